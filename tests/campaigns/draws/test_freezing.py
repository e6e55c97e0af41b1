from __future__ import annotations

from typing import Any

import pytest
from campaign_made import CLOSES, OPENS
from draw_made import AFTER, PRIZES, SALT, freeze, make_finished
from sqlalchemy import insert, select

from campaigns import draws, regrade, tables
from campaigns.clock import ON_THE_WAY_MS
from campaigns.draws import Prize, pseudonym
from campaigns.draws.records import frozen_list
from campaigns.draws.scheme import list_hash, read_list
from campaigns.editions import Editions
from campaigns.errors import DrawRefused, NotFound
from campaigns.regrade import Mender
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores


def test_entrants_are_those_with_the_points_under_their_pseudonyms(store: Store) -> None:
    campaign_id = make_finished(store, [40, 30, 20, 30], draw_points=30)
    frozen = freeze(store)
    with store.reading() as session:
        data = frozen_list(session, draws.find(session, frozen.id))
    expected = sorted((pseudonym(SALT, person), unit) for person, unit in ((1, "U01"), (2, "U02"), (4, "U01")))
    assert [(entrant, unit) for entrant, unit, _ in read_list(data)] == expected
    assert frozen.id == f"C{campaign_id}-D1"
    assert frozen.list_hash == list_hash(data)
    assert frozen.announcement.count == 3


def test_what_is_announced_is_what_is_on_record(store: Store) -> None:
    make_finished(store)
    frozen = freeze(store, quotas={"U01": 2}, exclusions=[pseudonym(SALT, 3)], fallback="顺延一期")
    with store.reading() as session:
        draw = draws.find(session, frozen.id)
    assert draw.announcement == frozen.announcement
    assert draw.announcement.quotas == {"U01": 2}
    assert draw.announcement.fallback == "顺延一期"
    assert draw.announcement.frozen_at == "2026-07-05T10:00:00Z"
    assert (draw.state, draw.seed, draw.values, draw.awards) == ("frozen", None, (), ())


def test_the_format_of_another_kind_of_source_is_published(store: Store) -> None:
    make_finished(store)
    frozen = freeze(store, sources=["ssq:2026130", "weather:20261130"], formats={"weather:20261130": "##.#"})
    with store.reading() as session:
        assert draws.find(session, frozen.id).announcement == frozen.announcement
    assert frozen.announcement.as_json()["formats"] == {"weather:20261130": "##.#"}


def test_where_every_spelling_is_the_schemes_own_none_is_announced(store: Store) -> None:
    make_finished(store)
    assert "formats" not in freeze(store).announcement.as_json()


def test_a_default_quota_is_written_out_for_every_unit_of_the_list(store: Store) -> None:
    make_finished(store)
    frozen = freeze(store, quotas={"U02": 3}, default_quota=1)
    assert frozen.announcement.quotas == {"U01": 1, "U02": 3}


def test_later_finishers_change_nothing(store: Store) -> None:
    make_finished(store, [40, 40])
    frozen = freeze(store)
    make_finished(store, [40], slug="other")
    with store.reading() as session:
        assert draws.find(session, frozen.id).announcement.count == 2
        assert draws.list_draws(session, "other") == ()


def test_an_open_campaign_may_be_frozen_with_a_warning(store: Store) -> None:
    make_finished(store)
    assert any("仍在进行" in warning for warning in freeze(store, now=CLOSES - 1).warnings)


def test_a_closed_campaign_with_good_sources_gives_no_warning(store: Store) -> None:
    make_finished(store)
    assert freeze(store).warnings == ()


def test_the_lottery_alone_is_warned_of(store: Store) -> None:
    make_finished(store)
    assert any("停售前" in warning for warning in freeze(store, sources=["ssq:2026130"]).warnings)


def test_prizes_that_nobody_may_have_are_warned_of(store: Store) -> None:
    make_finished(store, [40] * 3)
    found = freeze(store, quotas={"U01": 0}, exclusions=[pseudonym(SALT, 2)]).warnings
    assert "奖品共 4 份，按名额和排除名单最多只能发出 1 份，其余将空缺。" in found


def test_entrants_who_are_only_a_browser_are_counted_in_a_warning(store: Store) -> None:
    campaign_id = make_finished(store, [40, 40, 40, 20, 40], draw_points=30)
    with store.transaction() as session:
        for channel, person_id in (("h5", 1), ("h5", 2), ("wechat", 2), ("h5", 3), ("h5", 1), ("h5", 4), ("wechat", 5)):
            sender = f"{channel}-{person_id}-{session.query(tables.Identity).count()}"
            session.add(
                tables.Identity(channel=channel, account="", sender=sender, person_id=person_id, created_ms=OPENS)
            )
    (warning,) = freeze(store).warnings
    assert "名单中有 2 人只凭浏览器参加" in warning
    with store.reading() as session:
        assert draws.gather(session, "week").guests == 2
        assert draws.gather(session, "week").campaign_id == campaign_id


def test_a_second_draw_needs_a_reason_that_is_published(store: Store) -> None:
    campaign_id = make_finished(store, wins="group")
    freeze(store)
    with pytest.raises(DrawRefused, match="原因"):
        freeze(store, reason="  ")
    again = freeze(store, reason="一等奖增补", now=AFTER + 1)
    assert (again.id, again.announcement.reason) == (f"C{campaign_id}-D2", "一等奖增补")
    with store.reading() as session:
        assert [draw.id for draw in draws.list_draws(session)] == [f"C{campaign_id}-D1", again.id]


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"prizes": []}, "至少设一种奖品"),
        ({"prizes": [Prize("奖", 0)]}, "正整数"),
        ({"prizes": [Prize("奖", 100_001)]}, "100000"),
        ({"prizes": [*PRIZES, Prize("一等奖", 1)]}, "两次"),
        ({"prizes": [Prize("一\t等奖", 1)]}, "换行"),
        ({"sources": []}, "至少指定"),
        ({"sources": ["sse:20260705"]}, "不是以后的日期"),
        ({"sources": ["ssq:2025100", "sse:20261130"]}, "往年的期号"),
        ({"sources": ["weather:20261130"]}, "weather:20261130=##"),
        ({"formats": {"sse:20261130": "####.#"}}, "固定"),
        ({"quotas": {"U99": 1}}, "U99"),
        ({"quotas": {"U01": -1}}, "正整数"),
        ({"default_quota": -1}, "正整数"),
        ({"exclusions": ["0" * 16]}, "不在名单中"),
        ({"fallback": "长" * 1_001}, "写短些"),
    ],
)
def test_what_could_not_be_mended_later_is_refused_now(store: Store, over: dict[str, Any], said: str) -> None:
    make_finished(store)
    with pytest.raises(DrawRefused, match=said):
        freeze(store, **over)
    with store.reading() as session:
        assert draws.list_draws(session) == ()


def test_a_draw_without_entrants_is_refused(store: Store) -> None:
    make_finished(store, [30, 20], draw_points=40)
    with pytest.raises(DrawRefused, match="没有符合"):
        freeze(store)


def test_an_unknown_campaign_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        freeze(store, campaign_slug="nowhere", now=OPENS)


def test_entrants_gathered_before_make_the_same_list(store: Store) -> None:
    make_finished(store)
    with store.reading() as session:
        gathered = draws.gather(session, "week")
    assert freeze(store, gathered=gathered).list_hash == list_hash(gathered.data)


def test_entrants_of_another_campaign_are_not_taken(store: Store) -> None:
    make_finished(store, [40, 40])
    make_finished(store, [40], slug="other")
    with store.reading() as session:
        gathered = draws.gather(session, "other")
    assert freeze(store, gathered=gathered).announcement.count == 2


def open_until(store: Store, campaign_id: int, due_ms: int) -> None:
    with store.transaction() as session:
        session.execute(insert(tables.Person).values(id=99, name="", created_ms=OPENS))
        values = {"person_id": 99, "ordinal": 1, "day": 20260704, "paper": "1", "begun_ms": OPENS, "shown_ms": OPENS}
        session.execute(insert(tables.Attempt).values(campaign_id=campaign_id, due_ms=due_ms, **values))


def test_a_list_waits_for_attempts_that_the_clock_has_ended_before_the_close(store: Store) -> None:
    campaign_id = make_finished(store)
    open_until(store, campaign_id, CLOSES)
    freeze(store, now=CLOSES - 1)
    with pytest.raises(DrawRefused, match="没有收齐"):
        freeze(store, now=CLOSES + ON_THE_WAY_MS, reason="加抽")


def test_a_list_waits_for_nobody_who_was_still_at_it_at_the_close(store: Store) -> None:
    campaign_id = make_finished(store)
    open_until(store, campaign_id, CLOSES + 1)
    freeze(store, now=CLOSES + ON_THE_WAY_MS)


def test_a_list_waits_for_answers_that_are_on_their_way_at_the_close(sqlite_store: Store) -> None:
    make_finished(sqlite_store)
    with pytest.raises(DrawRefused, match="还在路上"):
        freeze(sqlite_store, now=CLOSES + ON_THE_WAY_MS - 1)


def test_a_list_waits_for_scores_that_are_being_computed_anew(store: Store) -> None:
    make_finished(store)
    with store.transaction() as session:
        regrade.withdraw(session, "week", "1", "题目有误", AFTER)
    with pytest.raises(DrawRefused, match="重新计算"):
        freeze(store)
    mender = Mender()
    stores = Stores(store, Ranking(store, None), Editions())
    with store.reading() as session:
        regrade_id = session.scalars(select(tables.Regrade.id)).one()
    now = AFTER
    while not mender.carry_on(stores, regrade_id, now):
        now += 1_000
    freeze(store)
