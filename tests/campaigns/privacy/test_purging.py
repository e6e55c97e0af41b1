from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from personal_data_made import GUEST, LATER, LI, ONLOOKER, REGULAR, Story, play_all
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from campaigns import consents, draws, figures, keeping, people, tables
from campaigns.clock import DAY, HOUR, MINUTE
from campaigns.draws import Prize
from campaigns.errors import Moved, Refused
from campaigns.keeping import What
from campaigns.people import Sender
from campaigns.privacy import purging, retention
from campaigns.prizes.certificates import PURGED, check_number
from campaigns.prizes.results import winners

GONE = (
    tables.AttemptOrigin, tables.Claim, tables.Exclusion, tables.Signal,
)  # fmt: skip


def refused(story: Story, now: int = LATER, reason: str = "") -> str:
    with pytest.raises(Refused) as refusal:
        purging.begin(story.stores, "week", "wang", now, reason)
    return str(refusal.value)


def known(story: Story) -> set[str]:
    """The senders by whom somebody is still known."""
    with story.stores.sql.reading() as session:
        return {one for one in session.scalars(select(tables.Identity.sender)) if not one.startswith("cleared-")}


def test_a_purge_takes_away_who_they_were_and_leaves_who_stays(story_anywhere: Story) -> None:
    story = story_anywhere
    counted = purging.purge(story.stores, "week", "wang", LATER)
    assert counted == purging.Purged(people=3, attempts=3, answers=12, claims=1)
    assert {table.__tablename__: story.count(table) for table in GONE} == dict.fromkeys(
        (table.__tablename__ for table in GONE), 0
    )
    assert (story.count(tables.Attempt), story.count(tables.Answer), story.count(tables.Standing)) == (1, 4, 1)
    assert known(story) == {LI.sender, REGULAR.sender}
    assert (story.person(story.li).name, story.person(story.li).staff_number) == ("李晓明", "A007")
    guest = story.person(story.guest)
    assert (guest.name, guest.unit_id, guest.phone) == ("", None, None)
    assert GUEST.sender not in known(story)
    assert ONLOOKER.sender not in known(story)
    with story.stores.sql.reading() as session:
        message = session.scalars(select(tables.OutboxMessage)).one()
        assert (message.state, message.person_id, message.values) == ("dropped", None, {})
        consents = session.scalars(select(tables.Consent.campaign_id)).all()
        assert set(consents) != {story.campaign_id}
        assert story.campaign_id not in consents


def test_figures_and_sums_of_units_stay_as_they_were(story: Story) -> None:
    edition = story.stores.editions.by_slug(story.stores.sql, "week")
    with story.stores.sql.reading() as session:
        before = figures.compute(session, story.campaign_id, "overview", LATER).values
    units_before = story.stores.units.table(edition, now=LATER)
    purging.purge(story.stores, "week", "wang", LATER)
    with story.stores.sql.reading() as session:
        after = figures.compute(session, story.campaign_id, "overview", LATER + DAY).values
    assert (
        (after.people, after.attempts, after.finished) == (before.people, before.attempts, before.finished) == (3, 3, 3)
    )
    edition = story.stores.editions.by_slug(story.stores.sql, "week")
    assert edition.purged
    assert story.stores.units.table(edition, now=LATER + DAY) == units_before
    assert [one.entrants for one in units_before if one.code == "U01"] == [2]
    with story.stores.sql.transaction() as session:  # whoever says now that units have changed changes nothing of it
        people.join_unit(session, story.regular, "U02")
    story.stores.units.refresh(story.campaign_id, LATER + DAY)
    assert story.stores.units.table(edition, now=LATER + 2 * DAY) == units_before


def test_awards_stay_without_names_and_draws_can_still_be_checked(story: Story) -> None:
    with story.stores.sql.transaction() as session:
        frozen = draws.freeze(
            session, "week", (Prize("一等奖", 1),), ("ssq:2026130",), quotas={}, exclusions=(), fallback="", reason="",
            by="wang", now=CLOSES + DAY,
        )  # fmt: skip
        draws.hold(session, frozen.id, {"ssq:2026130": "03.08.15.22.27.31+09"}, by="wang", now=CLOSES + 2 * DAY)
    purging.purge(story.stores, "week", "wang", LATER, "奖品都在主办单位手里")
    with story.stores.sql.reading() as session:
        draw = draws.find(session, frozen.id)
        draws.records.check_awards(session, draw)
        assert draws.records.frozen_list(session, draw)
        assert {one.name[:3] for one in winners(session, story.campaign_id, full_names=True)} == {"参与者"}
        assert session.scalars(select(tables.Award.person_id)).all() == [None, None]
        checked = check_number(session, "LD26-AAAA-BBBB-CCCC")
        assert checked is not None
        assert checked.name == PURGED
        assert keeping.find(session, "week").salt == ""


def test_what_counts_on_the_data_is_refused_afterwards(story: Story) -> None:
    from campaigns import regrade  # noqa: PLC0415

    purging.purge(story.stores, "week", "wang", LATER)
    assert "已经清除过了" in refused(story)
    with story.stores.sql.transaction() as session:
        with pytest.raises(Refused, match="不能再更正题目"):
            regrade.withdraw(session, "week", "1", "题目有误", LATER)
        with pytest.raises(Refused, match="不能再冻结名单"):
            draws.freeze(
                session, "week", (Prize("一等奖", 1),), ("ssq:2026150",), quotas={}, exclusions=(), fallback="",
                reason="", by="wang", now=LATER,
            )  # fmt: skip
        with pytest.raises(Refused, match="已经结束"):
            keeping.extend(session, "week", LATER + DAY, LATER)


def test_an_open_campaign_is_not_purged_whatever_the_reason(story: Story) -> None:
    assert "还没有结束" in refused(story, OPENS + 1, "一定要")
    assert story.count(tables.Attempt) == 4


def test_instant_prizes_that_are_not_decided_yet_are_decided_first_whatever_the_reason(story: Story) -> None:
    """The secret by which they are decided goes with the purge, and whoever won is not known any more."""
    with story.stores.sql.transaction() as session:
        group = tables.PrizeGroup(campaign_id=story.campaign_id, ordinal=2, name="即时奖", kind="instant")
        session.add(group)
        session.execute(update(tables.Attempt).values(lot_ms=None))
    assert "即时抽奖没有开出结果" in refused(story, reason="主办单位要求")
    with story.stores.sql.transaction() as session:
        session.execute(update(tables.Attempt).values(lot_ms=LATER))
    purging.purge(story.stores, "week", "wang", LATER, "主办单位要求")


def test_what_is_still_to_be_decided_needs_a_reason(story: Story) -> None:
    with story.stores.sql.transaction() as session:
        session.execute(update(tables.Award).values(redeemed_ms=None))
        session.execute(update(tables.PrizeGroup).values(settled_ms=None))
        session.add(tables.DataRequest(person_id=story.li, kind="copy", asked_ms=OPENS))
    told = refused(story)
    for part in ("1 份奖品没有发放", "“邮寄奖”还没有评定名次", "1 位参与者要个人信息的副本", "请写明原因"):
        assert part in told
    assert story.count(tables.Attempt) == 4
    purging.purge(story.stores, "week", "wang", LATER, "主办单位要求")
    with story.stores.sql.reading() as session:
        change = keeping.changes_of(session, story.campaign_id)[0]
        entry = session.scalars(select(tables.AuditEntry).where(tables.AuditEntry.what == "campaign.purged")).one()
    assert (change.what, change.note, change.values["attempts"]) == (What.PURGED, "主办单位要求", 3)
    assert (entry.by, entry.subject, entry.note) == ("wang", "campaign:week", "主办单位要求")


def test_what_was_broken_off_is_carried_on(story_anywhere: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of one, and a process that dies after each: one that goes on comes to the same end."""
    story = story_anywhere
    for sender in (LI, GUEST):
        play_all(story.stores, sender, story.campaign_id, OPENS + 2 * DAY // 3)
    monkeypatch.setattr(purging, "BATCH", 1)
    purging.begin(story.stores, "week", "wang", LATER)
    steps = 0
    while not purging.carry_on(story.stores, story.campaign_id, LATER, for_s=-1):
        steps += 1
        with story.stores.sql.reading() as session:
            assert purging.unfinished(session) == [story.campaign_id]
    assert steps > 5
    with story.stores.sql.reading() as session:
        assert purging.unfinished(session) == []
        assert purging.left(session, story.campaign_id) == 0
    assert known(story) == {LI.sender, REGULAR.sender}
    assert purging.purge(story.stores, "week", "wang", LATER).attempts == 0


def test_who_decided_on_an_older_state_looks_again(story: Story) -> None:
    with pytest.raises(Moved):
        purging.begin(story.stores, "week", "wang", LATER, version=1)
    assert story.count(tables.Attempt) == 4


# --- by itself ------------------------------------------------------------------------------------------------------


def keep_for(story: Story, days: int) -> None:
    with story.stores.sql.transaction() as session:
        retention.set_keep_days(session, "week", days, "wang", OPENS)


def test_data_are_purged_when_their_time_is_over_and_not_before(story: Story) -> None:
    keep_for(story, 20)
    assert retention.purge_due(story.stores, CLOSES + 20 * DAY - 1) == 0
    assert story.count(tables.Attempt) == 4
    assert retention.purge_due(story.stores, CLOSES + 20 * DAY) == 1
    assert story.count(tables.Attempt) == 1
    assert retention.purge_due(story.stores, CLOSES + 21 * DAY) == 0


def test_where_nobody_began_to_play_those_who_came_are_forgotten_too(story: Story) -> None:
    empty_id = make_campaign(story.stores.sql, replace(PLAN, slug="empty", name="没有人答"))
    visitor = Sender("wechat", "", "oVisitor")
    people.meet(story.stores.sql, visitor, OPENS)
    with story.stores.sql.transaction() as session:
        identity = people.find_identity(session, visitor)
        assert identity is not None
        identity.campaign_id = empty_id
        consents.give(session, identity.id, empty_id, "v1", OPENS)
    purging.begin(story.stores, "empty", "wang", LATER)  # and whoever did is killed
    assert retention.purge_due(story.stores, LATER + MINUTE) == 1
    assert visitor.sender not in known(story)
    with story.stores.sql.reading() as session:
        assert empty_id not in session.scalars(select(tables.Consent.campaign_id)).all()
    assert retention.purge_due(story.stores, LATER + 2 * HOUR) == 0


def test_certificates_are_cleared_some_at_a_time_and_each_once(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    with story.stores.sql.transaction() as session:
        group_id = session.scalars(select(tables.Certificate.group_id)).one()
        session.add_all(
            tables.Certificate(
                number=f"LD26-AAAA-BBBB-000{n}",
                group_id=group_id,
                person_id=person_id,
                name="某人",
                points=40,
                issued_ms=LATER,
            )
            for n, person_id in enumerate((story.li, story.regular))
        )
    monkeypatch.setattr(purging, "BATCH", 1)
    cleared: list[int] = []

    @event.listens_for(story.stores.sql.engine, "after_cursor_execute")
    def note(_connection: object, cursor: sqlite3.Cursor, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE certificate"):
            cleared.append(cursor.rowcount)

    purging.begin(story.stores, "week", "wang", LATER)
    for _ in range(2):
        purging.carry_on(story.stores, story.campaign_id, LATER, for_s=60)
    assert cleared == [1, 1, 1]


def test_what_is_to_go_is_looked_up_while_others_write(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of messages is looked through whole: on SQLite nobody answers while a transaction does that."""
    writing: list[bool] = []
    transaction = story.stores.sql.transaction

    @contextmanager
    def noted() -> Iterator[Session]:
        with transaction() as session:
            writing.append(True)
            yield session
            writing.pop()

    looked: list[bool] = []

    @event.listens_for(story.stores.sql.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT outbox.id") and "campaign_id" in statement:
            looked.append(bool(writing))

    purging.begin(story.stores, "week", "wang", LATER)
    monkeypatch.setattr(story.stores.sql, "transaction", noted)
    assert purging.carry_on(story.stores, story.campaign_id, LATER, for_s=60)
    assert looked
    assert not any(looked)


def test_what_something_speaks_against_waits_for_a_person(story: Story) -> None:
    keep_for(story, 20)
    with story.stores.sql.transaction() as session:
        session.execute(update(tables.Award).values(redeemed_ms=None))
    assert retention.purge_due(story.stores, LATER) == 0
    with story.stores.sql.reading() as session:
        first = retention.kept(session, LATER)[0]
    assert (first.slug, first.is_due(LATER), first.purged_ms) == ("week", True, None)


def test_a_campaign_that_was_closed_early_is_over_from_then_on(story: Story) -> None:
    keep_for(story, 5)
    with story.stores.sql.transaction() as session:
        keeping.close(session, "week", CLOSES - DAY)
    with story.stores.sql.reading() as session:
        assert retention.kept_of(session, "week", LATER).due_ms == CLOSES + 4 * DAY


def test_what_participants_were_told_is_only_shortened(story: Story) -> None:
    keep_for(story, 90)
    with story.stores.sql.transaction() as session:
        for days, sentence in ((120, "只能改短"), (90, "只能改短"), (0, "1 到 3650")):
            with pytest.raises(Refused, match=sentence):
                retention.set_keep_days(session, "week", days, "wang", OPENS)
        retention.set_keep_days(session, "week", 30, "wang", OPENS)
        told = keeping.changes_of(session, story.campaign_id, public=True)[0]
    assert told.sentence == "个人信息改为在活动结束 30 天后清除"
