"""What the rooms of the domain write into the audit log, and that every deed has a name that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from draw_made import AFTER, PRIZES, SOURCES, VALUES, make_finished
from keeping_made import NOW, PLAN, bring, create, publish
from sheets_made import csv_of

from campaigns import audit, banks, draws, keeping, merging, outbox, people, rosters, units
from campaigns.audit import Entry, words
from campaigns.banks.changes import _DEEDS
from campaigns.clock import DAY
from campaigns.keeping.changes import What
from campaigns.keeping.plans import CHOICES
from campaigns.keeping.prize_files import GROUP_CHOICES
from campaigns.people import Sender
from campaigns.privacy import Seal
from campaigns.store import Store, open_store

ROOT = Path(__file__).parents[3]
FILES = (".csv", ".xlsx")
SEAL = Seal("for tests")


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    yield store
    store.close()


def last(store: Store, most: int = 1) -> Entry:
    """The entry that was written last."""
    with store.reading() as session:
        return audit.entries(session, audit.Wanted(), most=most)[-1]


def test_a_draft_leaves_what_of_it_became_other(store: Store) -> None:
    bring(store)
    create(store)
    assert (last(store).what, last(store).subject) == ("campaign.created", "campaign:week")
    with store.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, name="改名", questions_per_paper=2), now=NOW, by="chen")
    entry = last(store)
    assert (entry.by, entry.what) == ("chen", "campaign.edited")
    assert entry.before == {"name": PLAN.name, "questions": 3}
    assert entry.after == {"name": "改名", "questions": 2}


def test_whatever_is_done_to_a_campaign_is_told_by_its_changes_at_one_place(store: Store) -> None:
    bring(store)
    create(store)
    publish(store)
    with store.transaction() as session:
        keeping.extend(session, "week", NOW + 9 * DAY, NOW, "chen", "下雨")
    entry = last(store)
    assert (entry.what, entry.before, entry.after, entry.note) == (
        "campaign.extended", {"closes_ms": NOW + 7 * DAY}, {"closes_ms": NOW + 9 * DAY}, "下雨",
    )  # fmt: skip


def test_a_question_leaves_its_words_before_and_after(store: Store) -> None:
    bring(store)
    with store.transaction() as session:
        entry = banks.find_question(session, "energy", "1")
        banks.edit(session, "energy", "1", replace(entry.question, stem="冬季呢？"), entry.revision, "chen", NOW)
    told = last(store)
    assert (told.what, told.subject, told.by) == ("bank.question_edited", "bank:energy", "chen")
    assert told.before is not None
    assert told.before["number"] == "1"
    assert told.after == {"stem": "冬季呢？"}


def test_a_unit_leaves_what_changed_and_never_an_officer_s_name_or_phone(store: Store) -> None:
    with store.transaction() as session:
        units.add(session, "CZ", "财政局")
    file = units.read_units(csv_of("单位代码,单位名称,联络员,联络员电话", "CZ,市财政局,王小明,13812345678"))
    with store.transaction() as session:
        units.import_units(session, file, SEAL, now=NOW, by="chen")
    told = last(store)
    assert (told.what, told.subject) == ("unit.edited", "unit:CZ")
    assert told.before == {"name": "财政局", "officer": ""}
    assert told.after == {"name": "市财政局", "officer": "named", "officer_phone": "changed"}


def test_a_roster_leaves_how_many_and_nobody_s_name(store: Store) -> None:
    with store.transaction() as session:
        units.add(session, "CZ", "财政局")
    file = rosters.read_roster(csv_of("单位,姓名,工号", "财政局,张三,1", "财政局,李四,2"))
    rosters.import_roster(store, file, SEAL, NOW, by="chen")
    told = last(store)
    assert (told.what, told.after) == ("roster.imported", {"added": 2, "changed": 0, "retired": 0})


def test_what_people_do_themselves_is_no_deed_of_the_staff(store: Store) -> None:
    for name in ("oWang", "oLi", "oZhang"):
        people.meet(store, Sender("wechat", "", name), NOW)
    with store.transaction() as session:
        merging.merge(session, 2, 1, NOW)
        assert audit.how_many(session, audit.Wanted()) == 0
        merging.merge(session, 3, 1, NOW, "chen")
    told = last(store)
    assert (told.by, told.what, told.subject, told.after) == ("chen", "person.merged", "person:3", {"into": 1})


def test_messages_sent_again_or_given_up_are_counted(store: Store) -> None:
    with store.transaction() as session:
        outbox.post(session, key="a", wording="sms", values={"text": "t"}, now=NOW, way="sms", recipient="138")
        (message,) = outbox.lease(session, "w", NOW, 1)
        outbox.settle_dead(session, message, "号码不存在。", begun=False)
        assert outbox.resend(session, NOW, None, "chen") == 1
        assert outbox.resend(session, NOW, None, "chen") == 0
        outbox.drop(session, "不发了。", [message.id], NOW, "chen")
        told = audit.entries(session, audit.Wanted(what="message"), most=9)
    assert [(one.what, one.after) for one in told] == [
        ("message.dropped", {"messages": 1}),
        ("message.resent", {"messages": 1}),
    ]


def test_a_draw_leaves_each_of_its_steps(store: Store) -> None:
    make_finished(store)
    with store.transaction() as session:
        frozen = draws.freeze(
            session, "week", PRIZES, SOURCES, quotas={}, exclusions=(), fallback="", reason="", by="chen", now=AFTER
        )
        draws.hold(session, frozen.announcement.id, VALUES, "chen", AFTER + DAY)
        draws.hold(session, frozen.announcement.id, VALUES, "chen", AFTER + DAY)  # changes nothing
        told = audit.entries(session, audit.Wanted(what="draw"), most=9)
    assert [one.what for one in told] == ["draw.held", "draw.values_entered", "draw.frozen"]
    assert told[1].after == VALUES
    assert told[2].after is not None
    assert told[2].after["list_hash"] == frozen.announcement.list_hash


def test_long_texts_are_shortened() -> None:
    before, after = audit.changed({"privacy_notice": "告" * 2_000, "name": "甲"}, {"privacy_notice": "", "name": "甲"})
    assert len(before["privacy_notice"]) < 600
    assert after == {"privacy_notice": ""}


# --- words ---------------------------------------------------------------------------------------------------------


def recorded() -> set[str]:
    """Every code that is written out in a module that records anything."""
    texts = (
        path.read_text(encoding="utf-8") for room in ("campaigns", "admin") for path in (ROOT / room).rglob("*.py")
    )
    codes = {code for text in texts if "audit.record(" in text for code in re.findall(r'"([a-z]+\.[a-z_]+)"', text)}
    return {code for code in codes if code.partition(".")[0] in words.ROOMS and not code.endswith(FILES)}


def test_every_deed_has_a_name() -> None:
    codes = {f"campaign.{what.value}" for what in What if what is not What.NOTICE} | {"campaign.announced"}
    codes |= {f"bank.{deed}" for deed in _DEEDS.values()} | recorded()
    assert sorted(codes - set(words.DEEDS)) == []


def test_a_deed_without_a_name_is_shown_as_it_is_written() -> None:
    assert words.deed("tree.planted") == "tree.planted"
    assert words.subject("tree:7") == "tree 7"
    assert words.sought("活动 week") == "campaign:week"
    assert words.sought("week") == "week"


def test_values_are_told_as_people_write_them() -> None:
    entry = Entry(
        1, NOW, "chen", "campaign.edited", "campaign:week",
        {"keyword": "", "two_person": False, "closes_ms": NOW},
        {"keyword": "节能", "two_person": True, "closes_ms": None, "units": ["CZ", "JY"]},
        "", None, "",
    )  # fmt: skip
    assert words.in_one_line(entry, "Asia/Shanghai") == (
        "口令：（空） → 节能；两人复核：否 → 是；结束时间：2026年7月4日 09:00 → （空）；参加单位：CZ、JY"
    )


def test_choices_and_prizes_are_told_as_people_chose_them() -> None:
    group = {"name": "幸运奖", "kind": "draw", "collecting": "pickup", "place": "101 室"}
    entry = Entry(
        1, NOW, "chen", "campaign.edited", "campaign:week",
        {"mode": "formal", "counts": "best", "points": {"single": 10}},
        {"mode": "daily", "counts": "sum", "points": {"single": 5, "true_false": 5},
         "prize_group": [{**group, "prize": [{"name": "台灯", "stock": 2}]}]},
        "", None, "",
    )  # fmt: skip
    assert words.in_one_line(entry, "Asia/Shanghai") == (
        "方式：正式答题 → 每日答题；取哪次成绩：最好的一次 → 每天最好成绩相加；分值：单选 10 → 单选 5，判断 5；"
        "奖项：名称 幸运奖，类型 抽奖，怎么领 自己来领，领奖地点和时间 101 室，奖品 名称 台灯，数量 2"
    )


def test_every_choice_of_a_campaign_has_words() -> None:
    for key, choices in (CHOICES | GROUP_CHOICES).items():
        for one in choices:
            entry = Entry(1, NOW, "", "campaign.edited", "campaign:week", None, {key: one}, "", None, "")
            assert words.differences(entry, "UTC")[0].after not in choices, (key, one)
