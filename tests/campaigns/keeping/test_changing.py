from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from keeping_made import NOW, PLAN, bring, campaign, create, publish, published
from sqlalchemy import select, update

from campaigns import keeping, outbox, rosters, tables, units
from campaigns.clock import DAY, HOUR, MINUTE
from campaigns.errors import Moved, NotFound, Refused
from campaigns.keeping import Change, What
from campaigns.privacy import Seal
from campaigns.store import Store


def do(store: Store, deed: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    with store.transaction() as session:
        return deed(session, "week", *arguments, **more)


def changes(store: Store, *, public: bool = False) -> list[Change]:
    with store.reading() as session:
        return keeping.changes_of(session, keeping.find(session, "week").id, public=public)


def attempt(store: Store, campaign_id: int, *, due_ms: int | None, state: str = "open") -> int:
    with store.transaction() as session:
        person = tables.Person(name="", unit_id=None, created_ms=NOW)
        session.add(person)
        session.flush()
        made = tables.Attempt(
            campaign_id=campaign_id, person_id=person.id, ordinal=1, day=20260704, state=state, paper="",
            begun_ms=NOW, shown_ms=NOW + MINUTE, due_ms=due_ms, finished_ms=NOW if state == "finished" else None,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


def times(store: Store, attempt_id: int) -> tuple[int, int, int | None]:
    with store.reading() as session:
        found = session.get_one(tables.Attempt, attempt_id)
        return found.begun_ms, found.shown_ms, found.due_ms


def test_extending_moves_the_close_raises_the_version_and_is_written_down(store: Store) -> None:
    published(store)
    do(store, keeping.extend, NOW + 8 * DAY, NOW + HOUR, by="王", note=" 应基层要求 ")
    assert (campaign(store).closes_ms, campaign(store).version) == (NOW + 8 * DAY, 3)
    change = changes(store, public=True)[0]
    assert (change.at_ms, change.by, change.what, change.note) == (NOW + HOUR, "王", What.EXTENDED, "应基层要求")
    assert change.values == {"closes_ms": [NOW + 7 * DAY, NOW + 8 * DAY]}
    assert change.sentence == "结束时间由 2026年7月11日 09:00 延到 2026年7月12日 09:00"


def test_nobody_loses_the_time_between_a_close_and_its_extension(store: Store) -> None:
    campaign_id = published(store)
    closes = campaign(store).closes_ms or 0
    over = attempt(store, campaign_id, due_ms=closes)
    timed = attempt(store, campaign_id, due_ms=closes + 1)
    untimed = attempt(store, campaign_id, due_ms=None)
    do(store, keeping.extend, closes + DAY, closes + HOUR)
    assert times(store, over) == (NOW, NOW + MINUTE, closes), "its time was up before"
    assert times(store, timed) == (NOW + HOUR, NOW + HOUR + MINUTE, closes + 1 + HOUR)
    assert times(store, untimed) == (NOW + HOUR, NOW + HOUR + MINUTE, None)


def test_what_closed_in_a_pause_moves_by_the_pause_alone(store: Store) -> None:
    campaign_id = published(store)
    closes = campaign(store).closes_ms or 0
    timed = attempt(store, campaign_id, due_ms=closes)
    do(store, keeping.pause, closes - MINUTE)
    do(store, keeping.extend, closes + DAY, closes + HOUR)
    do(store, keeping.resume, closes + HOUR)
    assert times(store, timed)[2] == closes + HOUR + MINUTE


def test_a_closing_notice_that_waits_goes_out_no_more_when_the_close_moves(store: Store) -> None:
    campaign_id = published(store)
    person_id = store_person(store)
    with store.transaction() as session:
        outbox.post(
            session, key="c", wording="notice.closes", values={}, now=NOW, person_id=person_id, campaign_id=campaign_id
        )
    do(store, keeping.extend, NOW + 8 * DAY, NOW)
    with store.reading() as session:
        (row,) = session.execute(select(tables.OutboxMessage.state, tables.OutboxMessage.reason)).all()
    assert row.state == "dropped"
    assert "延期" in row.reason


def store_person(store: Store) -> int:
    with store.transaction() as session:
        person = tables.Person(name="", unit_id=None, created_ms=NOW)
        session.add(person)
        session.flush()
        return person.id


@pytest.mark.parametrize(
    ("closes_ms", "now"), [(NOW + 7 * DAY, NOW), (NOW + 6 * DAY, NOW), (NOW + 8 * DAY, NOW + 9 * DAY)]
)
def test_a_close_never_moves_to_an_earlier_time_or_into_the_past(store: Store, closes_ms: int, now: int) -> None:
    published(store)
    with pytest.raises(Refused, match="要晚于"):
        do(store, keeping.extend, closes_ms, now)
    assert campaign(store).closes_ms == NOW + 7 * DAY
    assert len(changes(store)) == 1


def test_a_campaign_that_never_closes_needs_no_extending(store: Store) -> None:
    published(store, closes_ms=None)
    with pytest.raises(Refused, match="没有结束时间"):
        do(store, keeping.extend, NOW + DAY, NOW)


def test_a_closed_campaign_stays_closed(store: Store) -> None:
    published(store)
    do(store, keeping.close, NOW, "王", "提前完成")
    assert (campaign(store).state, campaign(store).version) == ("closed", 3)
    assert changes(store)[0].sentence == "活动结束"
    with pytest.raises(Refused, match="已经结束"):
        do(store, keeping.close, NOW)
    with pytest.raises(Refused, match="不能延期"):
        do(store, keeping.extend, NOW + 9 * DAY, NOW)
    with pytest.raises(Refused, match="不用暂停"):
        do(store, keeping.pause, NOW)
    with pytest.raises(Refused, match="没有暂停"):
        do(store, keeping.resume, NOW)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (lambda session, slug: keeping.close(session, slug, NOW), "还没有发布"),
        (lambda session, slug: keeping.extend(session, slug, NOW + 9 * DAY, NOW), "还没有发布"),
        (lambda session, slug: keeping.pause(session, slug, NOW), "没有在进行"),
        (lambda session, slug: keeping.resume(session, slug, NOW), "没有暂停"),
        (lambda session, slug: keeping.archive(session, slug, NOW), "还没有结束"),
        (lambda session, slug: keeping.add_units(session, slug, ["U01"], "", NOW), "草稿请直接修改"),
        (lambda session, slug: keeping.add_notice(session, slug, "好", "", NOW), "还没有发布"),
    ],
)
def test_a_draft_is_edited_and_not_changed(store: Store, deed: Callable[..., None], reason: str) -> None:
    bring(store)
    create(store)
    with pytest.raises(Refused, match=reason):
        do(store, deed)
    assert (campaign(store).version, changes(store)) == (1, [])


def test_nobody_loses_time_to_a_pause(store: Store) -> None:
    campaign_id = published(store)
    timed, untimed = attempt(store, campaign_id, due_ms=NOW + 10 * MINUTE), attempt(store, campaign_id, due_ms=None)
    finished = attempt(store, campaign_id, due_ms=NOW + 10 * MINUTE, state="finished")
    do(store, keeping.pause, NOW + 2 * MINUTE, note="停电检修")
    assert campaign(store).state == "paused"
    do(store, keeping.resume, NOW + 32 * MINUTE)
    assert campaign(store).state == "published"
    assert times(store, timed) == (NOW + 30 * MINUTE, NOW + 31 * MINUTE, NOW + 40 * MINUTE)
    assert times(store, untimed) == (NOW + 30 * MINUTE, NOW + 31 * MINUTE, None)
    assert times(store, finished) == (NOW, NOW + MINUTE, NOW + 10 * MINUTE)
    resumed, paused = changes(store, public=True)
    assert (paused.sentence, paused.note) == ("活动暂停", "停电检修")
    assert resumed.sentence == "活动恢复，没答完的限时顺延 30分00秒"


def test_each_pause_counts_for_itself(store: Store) -> None:
    campaign_id = published(store)
    timed = attempt(store, campaign_id, due_ms=NOW + HOUR)
    for begin in (MINUTE, 10 * MINUTE):
        do(store, keeping.pause, NOW + begin)
        do(store, keeping.resume, NOW + begin + 2 * MINUTE)
    assert times(store, timed)[2] == NOW + HOUR + 4 * MINUTE


def test_a_clock_that_was_set_back_takes_no_time_from_anybody(store: Store) -> None:
    campaign_id = published(store)
    timed = attempt(store, campaign_id, due_ms=NOW + HOUR)
    do(store, keeping.pause, NOW + 10 * MINUTE)
    do(store, keeping.resume, NOW)
    assert times(store, timed)[2] == NOW + HOUR


def test_what_ended_while_it_was_paused_is_extended_before_it_goes_on(store: Store) -> None:
    published(store)
    do(store, keeping.pause, NOW)
    with pytest.raises(Refused, match="请先延期"):
        do(store, keeping.resume, NOW + 7 * DAY)
    do(store, keeping.extend, NOW + 9 * DAY, NOW + 7 * DAY)
    do(store, keeping.resume, NOW + 7 * DAY)
    assert campaign(store).state == "published"


def test_what_is_over_is_put_away(store: Store) -> None:
    published(store)
    with pytest.raises(Refused, match="还没有结束"):
        do(store, keeping.archive, NOW)
    do(store, keeping.archive, NOW + 7 * DAY, "王")
    assert campaign(store).state == "archived"
    with pytest.raises(Refused, match="已经归档"):
        do(store, keeping.archive, NOW + 7 * DAY)
    assert [one.what for one in changes(store, public=True)] == []


def test_a_keyword_is_free_again_when_its_campaign_is_put_away(store: Store) -> None:
    published(store, keyword="节能")
    do(store, keeping.close, NOW)
    with pytest.raises(Refused, match="先把那个活动归档"):
        create(store, replace(PLAN, slug="next", keyword="节能"))
    do(store, keeping.archive, NOW)
    create(store, replace(PLAN, slug="next", keyword="节能"))
    assert changes(store)[0].values["keyword"] == "节能"
    assert campaign(store).keyword is None


@pytest.fixture
def cities(store: Store) -> Store:
    """Two cities with a unit each; the campaign is for the first."""
    with store.transaction() as session:
        for code in ("A", "B"):
            units.add(session, code, f"{code} 市", level="city")
            units.add(session, f"{code}1", f"{code} 市财政局", code)
    published(store, units=("A",))
    return store


def test_units_are_added_once_and_shown(cities: Store) -> None:
    assert do(cities, keeping.add_units, ["B1", "A1", "B1"], "王", NOW) == ["B 市财政局"]
    with cities.reading() as session:
        assert keeping.plan_of(session, "week").units == ("A", "B1")
    assert changes(cities, public=True)[0].sentence == "新增参加单位：B 市财政局"
    with pytest.raises(Refused, match="已经在参加"):
        do(cities, keeping.add_units, ["B1", "A1", "A"], "王", NOW)
    with pytest.raises(NotFound, match="X1、X2"):
        do(cities, keeping.add_units, ["X1", "B", "X2"], "王", NOW)
    assert campaign(cities).version == 3


def test_a_campaign_for_all_units_needs_none_added(store: Store) -> None:
    with store.transaction() as session:
        units.add(session, "A", "A 市")
    published(store)
    with pytest.raises(Refused, match="面向所有单位"):
        do(store, keeping.add_units, ["A"], "", NOW)


def test_a_notice_is_shown_as_it_was_written(store: Store) -> None:
    published(store)
    do(store, keeping.add_notice, "  7 月 6 日机房检修，20 时后请勿答题。\n", "王", NOW)
    (notice,) = changes(store, public=True)
    assert (notice.what, notice.sentence) == (What.NOTICE, "7 月 6 日机房检修，20 时后请勿答题。")
    assert campaign(store).version == 3
    for text, reason in ((" ", "不能是空的"), ("长" * 501, "最多 500")):
        with pytest.raises(Refused, match=reason):
            do(store, keeping.add_notice, text, "王", NOW)


def test_a_change_decided_on_an_older_version_is_refused(store: Store) -> None:
    published(store)
    do(store, keeping.extend, NOW + 8 * DAY, NOW, version=2)
    deeds: list[Callable[..., None]] = [
        lambda session, slug: keeping.close(session, slug, NOW, version=2),
        lambda session, slug: keeping.pause(session, slug, NOW, version=2),
        lambda session, slug: keeping.add_notice(session, slug, "好", "", NOW, version=2),
        lambda session, slug: keeping.extend(session, slug, NOW + 9 * DAY, NOW, version=2),
    ]
    for deed in deeds:
        with pytest.raises(Moved, match="看一下现在的样子"):
            do(store, deed)
    assert (campaign(store).state, campaign(store).version, len(changes(store))) == ("published", 3, 2)


@pytest.mark.race
def test_of_those_who_pause_a_campaign_at_once_one_does(store: Store, repeats: int) -> None:
    campaign_id = published(store)
    timed = attempt(store, campaign_id, due_ms=NOW + HOUR)

    def attempted(deed: Callable[..., None], now: int) -> bool:
        try:
            do(store, deed, now)
        except (Moved, Refused):
            return False
        return True

    for turn in range(repeats):
        begin = NOW + turn * HOUR
        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(lambda _, at=begin: attempted(keeping.pause, at), range(4))) == 1
            assert sum(threads.map(lambda _, at=begin: attempted(keeping.resume, at + MINUTE), range(4))) == 1
    assert times(store, timed)[2] == NOW + HOUR + repeats * MINUTE
    assert len(changes(store)) == 1 + 2 * repeats


def test_many_units_are_counted(store: Store) -> None:
    change = Change(1, NOW, "", What.UNITS_ADDED, {"units": [f"{n} 局" for n in range(1, 8)]}, "", "Asia/Shanghai")
    assert change.sentence == "新增参加单位：1 局、2 局、3 局、4 局、5 局 等 7 个单位"


@pytest.mark.parametrize(
    ("what", "values", "sentence"),
    [
        (What.PEOPLE_ADDED, {"people": 12}, "花名册新增 12 人"),
        (What.QUESTION_WITHDRAWN, {"number": "7"}, "编号为 7 的题作废，含有它的答卷都得这道题的满分"),
        (
            What.KEY_CORRECTED,
            {"number": "7", "answer": [["A"], ["A", "C"]]},
            "编号为 7 的题更正了答案，成绩重新计算",
        ),
        (What.ARCHIVED, {"state": ["closed", "archived"]}, "活动归档"),
    ],
)
def test_every_change_is_a_sentence(what: What, values: dict[str, object], sentence: str) -> None:
    assert Change(1, NOW, "", what, values, "", "Asia/Shanghai").sentence == sentence


def test_only_the_organiser_reads_the_answer_that_was_corrected() -> None:
    values = {"number": "7", "answer": [["A"], ["A", "C"]]}
    change = Change(1, NOW, "", What.KEY_CORRECTED, values, "", "Asia/Shanghai")
    assert change.detail == "答案由 A 改为 AC"
    assert "AC" not in change.sentence


def test_who_came_onto_the_roster_is_told_where_they_may_take_part(cities: Store) -> None:
    with cities.transaction() as session:
        session.execute(update(tables.Campaign).values(admission="roster"))
        keeping.create(session, replace(PLAN, slug="open"), "salt", NOW)
        for code, made in (("A1", NOW), ("A1", NOW + HOUR), ("A", NOW + HOUR), ("B1", NOW + HOUR)):
            unit_id = units.find(session, code).id
            session.add(tables.Person(name="张三", unit_id=unit_id, rostered=True, created_ms=made))
    publish(cities, "open")
    with cities.transaction() as session:
        assert keeping.note_people(session, NOW + HOUR, "王", NOW + HOUR) == {"week": 2}
        assert keeping.note_people(session, NOW + 2 * HOUR, "王", NOW + 2 * HOUR) == {}
    assert changes(cities, public=True)[0].sentence == "花名册新增 2 人"
    assert campaign(cities).version == 3
    assert campaign(cities, "open").version == 2


def test_a_roster_that_is_imported_is_told_in_the_campaigns_for_it(store: Store) -> None:
    with store.transaction() as session:
        units.add(session, "A", "市财政局")
    file = rosters.read_roster("单位,姓名,工号\n市财政局,张三,1\n".encode())
    rosters.import_roster(store, file, Seal("secret"), NOW)
    published(store, admission="roster")
    more = rosters.read_roster("单位,姓名,工号\n市财政局,张三,1\n市财政局,李四,2\n".encode())
    rosters.import_roster(store, more, Seal("secret"), NOW + HOUR, by="王")
    rosters.import_roster(store, more, Seal("secret"), NOW + 2 * HOUR, by="王")
    (told,) = changes(store, public=True)
    assert (told.sentence, told.by, told.at_ms) == ("花名册新增 1 人", "王", NOW + HOUR)


def test_a_plan_of_a_published_campaign_is_the_one_it_was_published_with(store: Store) -> None:
    published(store)
    do(store, keeping.extend, NOW + 8 * DAY, NOW)
    with store.reading() as session:
        assert keeping.plan_of(session, "week") == replace(PLAN, closes_ms=NOW + 8 * DAY)
    with pytest.raises(Refused):
        publish(store)
