from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_made import CLOSES, OPENS, PLAN
from keeping_made import bring, create
from pictures_made import png
from report_made import make_reported, stores_of, unit_id
from sqlalchemy import insert, update

from campaigns import keeping, people, tables
from campaigns.clock import HOUR
from campaigns.errors import NotFound, Refused
from campaigns.reports import photos
from campaigns.reports.content import Content, Counted, Order, PrizeLine, Winner
from campaigns.reports.gathering import gather, paragraphs_of
from campaigns.store import Store
from campaigns.stores import Stores

AFTER = CLOSES + 3_600_000
SUMMARY = Order("summary", "总结")


def of_unit(stores: Stores, code: str) -> Content:
    return gather(stores, "week", replace(SUMMARY, unit_id=unit_id(stores.sql, code)), AFTER)


def test_the_whole_is_told_with_its_units_prizes_and_masked_winners(week: Stores) -> None:
    steps: list[int] = []
    found = gather(week, "week", replace(SUMMARY, remarks=" 一\n\n 二  三 \n"), AFTER, steps.append)
    assert steps == [1, 2, 3]
    turnout = found.turnout
    assert (turnout.people, turnout.finished, turnout.ranked, turnout.passed) == (5, 5, 5, 4)
    assert turnout.average == 28.0
    assert turnout.days == (Counted("7月4日", 4), Counted("7月5日", 1))
    assert sum(one.count for one in turnout.histogram) == 5
    assert (found.headcount, found.entrants, found.rate) == (6, 4, 4 / 6)
    assert [(one.code, one.rank, one.entrants, one.rate) for one in found.units] == [
        ("U01", 1, 3, 0.75),
        ("U02", 2, 1, 0.5),
    ]
    assert found.prizes == (
        PrizeLine("幸运奖", "名次奖", "保温杯", 5, 1, 0),
        PrizeLine("幸运奖", "名次奖", "雨伞", 9, 1, 0),
    )
    assert found.winners == (
        Winner("幸运奖", "保温杯", "张*明", "市财政局"),
        Winner("幸运奖", "雨伞", "赵*", "市水务局"),
    )
    assert found.remarks == ("一", "二 三")
    assert (found.issued, found.year, found.days) == ("2026年7月5日", 2026, "2026年7月4日至7月5日")
    assert (found.sender, found.is_over, found.unit) == ("机关事务管理局", True, None)


def test_a_unit_is_told_with_those_below_it_and_nothing_of_others(week: Stores) -> None:
    found = of_unit(week, "U01")
    turnout = found.turnout
    assert (turnout.people, turnout.finished, turnout.ranked, turnout.average, turnout.passed) == (3, 3, 3, 30.0, 3)
    assert turnout.days == (Counted("7月4日", 3),)
    assert (found.headcount, found.entrants) == (4, 3)
    assert found.unit is not None
    assert found.sender == "市财政局"
    assert (found.unit.name, found.unit.rank, found.unit.among) == ("市财政局", 1, 2)
    assert [one.code for one in found.units] == ["U01-1"]
    assert found.winners == (Winner("幸运奖", "保温杯", "张*明", "市财政局"),)
    assert found.prizes == ()
    assert found.questions == ()


def test_the_figures_of_a_unit_are_those_that_the_table_of_units_has(week: Stores) -> None:
    whole = gather(week, "week", SUMMARY, AFTER)
    for line in whole.units:
        own = of_unit(week, line.code)
        assert (own.entrants, own.headcount, own.turnout.average) == (line.entrants, line.headcount, line.average)
        assert own.turnout.ranked == line.entrants


def test_a_winner_who_turned_out_to_be_somebody_else_is_of_their_unit(week: Stores) -> None:
    with week.sql.transaction() as session:
        session.execute(update(tables.Award).values(once=None))
        people.merge(session, 4, 3, AFTER)
    assert [one.prize for one in of_unit(week, "U01").winners] == ["保温杯", "雨伞"]
    assert of_unit(week, "U02").winners == ()


def test_a_unit_that_takes_no_part_and_a_draft_have_no_report(week: Stores) -> None:
    with week.sql.transaction() as session:
        campaign_id, unit = 1, unit_id(week.sql, "U02")
        session.execute(insert(tables.CampaignUnit).values(campaign_id=campaign_id, unit_id=unit))
    with pytest.raises(Refused, match="不在这个活动的参加范围里"):
        of_unit(week, "U01")
    with pytest.raises(NotFound, match="没有这个单位"):
        gather(week, "week", replace(SUMMARY, unit_id=999), AFTER)
    with pytest.raises(NotFound):
        gather(week, "nowhere", SUMMARY, AFTER)


def test_a_draft_is_to_be_published_first(records: Store, week: Stores) -> None:
    bring(records)
    create(records, replace(PLAN, slug="draft", bank="energy", questions_per_paper=1))
    with pytest.raises(Refused, match="还没有发布"):
        gather(week, "draft", SUMMARY, AFTER)


def test_photos_stand_in_the_order_in_which_they_were_chosen(week: Stores) -> None:
    with week.sql.transaction() as session:
        first, second = (
            photos.add(session, 1, photos.drawn(png(n, n, "green")), f"第{n}张", "chen", AFTER) for n in (30, 40)
        )
    found = gather(week, "week", replace(SUMMARY, photos=(second, first, 99)), AFTER)
    assert [one.caption for one in found.photos] == ["第40张", "第30张"]


def test_after_a_purge_a_unit_is_told_by_what_was_kept(week: Stores) -> None:
    before = of_unit(week, "U01")
    with week.sql.transaction() as session:
        session.execute(update(tables.Campaign).values(purged_ms=AFTER))
    found = of_unit(week, "U01")
    assert (found.turnout.ranked, found.turnout.average) == (before.turnout.ranked, before.turnout.average)
    assert found.turnout.finished is None


@pytest.mark.parametrize("plan", [{"mode": "practice"}, {"closes_ms": None}])
def test_practice_and_what_never_closes_are_told_too(records: Store, plan: dict[str, object]) -> None:
    make_reported(records, **plan)
    found = gather(stores_of(records), "week", SUMMARY, AFTER)
    assert found.turnout.finished == 5
    assert (found.headcount is None) == ("mode" in plan), "who practises has no standing that a unit could count"
    assert bool(found.units) == ("mode" not in plan)
    assert found.days == ("2026年7月4日至7月5日" if "mode" in plan else "自2026年7月4日起")


def test_paragraphs_are_lines_that_say_anything() -> None:
    assert paragraphs_of("") == ()
    assert paragraphs_of("a\r\n\r\n  b\tc \n") == ("a", "b c")


def test_a_campaign_closed_early_is_told_with_the_days_that_it_had(week: Stores) -> None:
    with week.sql.transaction() as session:
        keeping.close(session, "week", OPENS + HOUR, "chen")
    found = gather(week, "week", SUMMARY, OPENS + 2 * HOUR)
    assert found.days == "2026年7月4日"
