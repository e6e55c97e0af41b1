from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from draw_made import AFTER, PRIZES, SOURCES, VALUES
from signals_made import LATER, RIGHT, answered, device, make_ten, person_of, stores_of
from sqlalchemy import event, select

from campaigns import absentees, draws, item_statistics, keeping, people, play, regrade, signals, tables
from campaigns.clock import DAY
from campaigns.editions import load_edition
from campaigns.errors import Moved, NotFound, Refused
from campaigns.merging import OneAttempt, states_after
from campaigns.people import Sender
from campaigns.prizes import groups, ranks
from campaigns.prizes.awards import Winner, put_on_record, take_back, terms_of
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.signals import OwnVoid, State, Voided
from campaigns.store import Store

ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For what no other database could see otherwise."""
REASON = "与他人共用答案"
TOP = PlannedGroup("名次奖", "rank", (PlannedPrize("保温杯", 1),))
SOON = Sender("wechat", "", "oSoon")


def voided(store: Store, *attempts: int, reason: str = REASON, signal_id: int | None = None) -> Voided:
    with store.transaction() as session:
        return signals.void(session, attempts, reason, "wang", LATER, signal_id=signal_id)


def restored(store: Store, *attempts: int, reason: str = "核对有误") -> Voided:
    with store.transaction() as session:
        return signals.restore(session, attempts, reason, "li", LATER + 1)


def refused(deed: Callable[[], object], error: type[Exception] = Refused) -> str:
    with pytest.raises(error) as refusal:
        deed()
    return str(refusal.value)


def states(store: Store, campaign_id: int) -> dict[int, str]:
    attempt = tables.Attempt
    with store.reading() as session:
        rows = session.execute(select(attempt.id, attempt.state).where(attempt.campaign_id == campaign_id))
        return {row.id: row.state for row in rows}


def points(store: Store, campaign_id: int) -> dict[int, int]:
    standing = tables.Standing
    with store.reading() as session:
        rows = session.execute(select(standing.person_id, standing.points).where(standing.campaign_id == campaign_id))
        return {row.person_id: row.points for row in rows}


def two_attempts(store: Store, campaign_id: int) -> tuple[int, int, int]:
    """A person, their better attempt and their worse one."""
    with store.transaction() as session:
        better = answered(session, campaign_id, "张三", RIGHT)
        person = person_of(session, better)
        worse = answered(session, campaign_id, "", "A" + RIGHT[1:], at=OPENS + 600_000, person_id=person)
    return person, better, worse


def test_a_void_attempt_does_not_count_and_counts_again_once_it_is_restored(store: Store) -> None:
    campaign_id = make_ten(store, attempts_in_all=2)
    person, better, worse = two_attempts(store, campaign_id)
    with store.transaction() as session:
        other = answered(session, campaign_id, "李四", "AA" + RIGHT[2:])
        rival = person_of(session, other)
        edition = load_edition(session, campaign_id)
    stores = stores_of(store)
    assert points(store, campaign_id) == {person: 100, rival: 80}
    done = voided(store, better)
    assert (done.attempts, done.persons, [one.points for one in done.standings]) == ((better,), 1, [90])
    signals.push(stores.ranking, done)
    assert points(store, campaign_id) == {person: 90, rival: 80}
    done = voided(store, worse)
    assert [(one.person_id, one.is_gone) for one in done.standings] == [(person, True)]
    assert points(store, campaign_id) == {rival: 80}
    assert stores.ranking.rank(campaign_id, rival).total == 1
    stores.units.refresh(campaign_id, LATER + 60_000)
    with store.reading() as session:
        assert play.attempts_left(session, person, edition, LATER) == 0, "the allowance is not given back"
        assert play.last_finished(session, person, campaign_id) is None
        assert signals.own_voids(session, campaign_id, person) == [
            OwnVoid(better, 1, REASON),
            OwnVoid(worse, 2, REASON),
        ]
        listed = signals.void_attempts(session, campaign_id)
        assert [(one.attempt_id, one.name, one.unit, one.score, one.by) for one in listed] == [
            (better, "张三", "市财政局", 100, "wang"),
            (worse, "张三", "市财政局", 90, "wang"),
        ]
        sums = session.scalars(select(tables.UnitStanding.entrants)).all()
        assert set(sums) == {1}
        statistics = item_statistics.item_statistics(session, "made-week", "week")
        assert [one.answered for one in statistics] == [1] * 10
        changes = keeping.changes_of(session, campaign_id, public=True)
        assert [(one.sentence, one.note, one.by) for one in changes] == [("经公平核查作废答卷 1 份", "", "wang")] * 2
    restored(store, better, worse)
    assert points(store, campaign_id) == {person: 100, rival: 80}
    with store.reading() as session:
        assert signals.own_voids(session, campaign_id, person) == []
        assert keeping.changes_of(session, campaign_id)[0].sentence == "经复核恢复答卷 2 份"
        entry = tables.AuditEntry
        entries = session.execute(
            select(entry.what, entry.subject, entry.before, entry.after, entry.note, entry.by)
            .where(entry.what.startswith("attempt."))
            .order_by(entry.id)
        ).all()
    good, void = {"state": "finished"}, {"state": "void"}
    assert [tuple(row) for row in entries[::2]] == [
        ("attempt.voided", f"attempt:{better}", good, void | {"campaign": "week"}, REASON, "wang"),
        ("attempt.restored", f"attempt:{better}", void, good | {"campaign": "week"}, "核对有误", "li"),
    ]


@ON_SQLITE
def test_what_cannot_be_voided_says_why_and_nothing_is_changed(store: Store) -> None:
    campaign_id = make_ten(store)
    elsewhere = make_campaign(store, replace(PLAN, slug="other", bank="more"))
    _, better, worse = two_attempts(store, campaign_id)
    with store.transaction() as session:
        there = answered(session, elsewhere, "王五", "CCCC")
    before = states(store, campaign_id)
    assert "写明原因" in refused(lambda: voided(store, better, reason=" "))
    assert "不换行" in refused(lambda: voided(store, better, reason="一\n二"))
    assert "200 字" in refused(lambda: voided(store, better, reason="长" * 201))
    assert "勾选" in refused(lambda: voided(store))
    assert "没有编号为 99 的答卷" in refused(lambda: voided(store, better, 99), NotFound)
    assert "不是同一个活动" in refused(lambda: voided(store, better, there))
    assert "没有作废" in refused(lambda: restored(store, better))
    assert states(store, campaign_id) == before
    voided(store, better)
    assert f"答卷 #{better} 已经作废了" in refused(lambda: voided(store, worse, better))
    assert states(store, campaign_id)[worse] == "finished"
    for state, said in (("open", "还没有答完"), ("superseded", "超出了次数")):
        with store.transaction() as session:
            row = session.get_one(tables.Attempt, worse)
            row.state, row.finished_ms = state, None if state == "open" else LATER
        assert said in refused(lambda: voided(store, worse))
    with store.transaction() as session:
        session.get_one(tables.Campaign, campaign_id).state = "archived"
    assert "已经归档" in refused(lambda: restored(store, better))


@ON_SQLITE
def test_a_regrade_scores_a_void_attempt_too_and_it_counts_no_more_than_before(store: Store) -> None:
    campaign_id = make_ten(store)
    person, _, worse = two_attempts(store, campaign_id)
    voided(store, worse)
    with store.reading() as session:
        assert regrade.forecast(session, "week", "1", None).attempts == 1
    with store.transaction() as session:
        regrade_id = regrade.correct(session, "week", "1", ("A",), "答案更正", LATER)
    mender, stores = regrade.Mender(), stores_of(store)
    while not mender.carry_on(stores, regrade_id, LATER + 9_000):
        pass
    assert points(store, campaign_id) == {person: 90}
    restored(store, worse)
    assert points(store, campaign_id) == {person: 100}


def merged(store: Store, from_id: int, into_id: int) -> None:
    with store.transaction() as session:
        people.merge(session, from_id, into_id, LATER)


def test_a_void_attempt_stays_void_through_a_merge_and_was_one_of_those_allowed(store: Store) -> None:
    campaign_id = make_ten(store, attempts_in_all=1)
    with store.transaction() as session:
        first = answered(session, campaign_id, "张三", RIGHT)
        second = answered(session, campaign_id, "", RIGHT, at=OPENS + 600_000)
        one, other = person_of(session, first), person_of(session, second)
    voided(store, first)
    merged(store, other, one)
    assert states(store, campaign_id) == {first: "void", second: "superseded"}
    assert points(store, campaign_id) == {}
    restored(store, first)
    assert states(store, campaign_id) == {first: "finished", second: "superseded"}
    assert points(store, campaign_id) == {one: 100}


@ON_SQLITE
def test_one_that_is_beyond_the_allowance_by_now_is_superseded_when_it_is_restored(store: Store) -> None:
    campaign_id = make_ten(store, attempts_in_all=1)
    with store.transaction() as session:
        first = answered(session, campaign_id, "张三", "A" + RIGHT[1:])
        second = answered(session, campaign_id, "", RIGHT, at=OPENS + 600_000)
        one, other = person_of(session, first), person_of(session, second)
    voided(store, second)
    merged(store, other, one)
    restored(store, second)
    assert states(store, campaign_id) == {first: "finished", second: "superseded"}
    assert points(store, campaign_id) == {one: 90}


def test_void_ones_use_up_the_allowance_whatever_it_is() -> None:
    three = [OneAttempt(n, 20260704, OPENS + n, state, True) for n, state in enumerate(("void", "finished", "open"), 1)]
    assert states_after(three, 2, None) == {1: "void", 2: "finished", 3: "superseded"}
    assert states_after(three, None, 3) == {1: "void", 2: "finished", 3: "open"}


@ON_SQLITE
@pytest.mark.parametrize("counts", ["best", "first", "last", "sum"])
def test_who_goes_on_after_a_void_attempt_is_ranked_as_if_it_had_never_been(store: Store, counts: str) -> None:
    campaign_id = make_campaign(store, replace(PLAN, counts=counts))
    people.meet(store, SOON, OPENS)

    def played(given: Sequence[str], at: int) -> int:
        stores = stores_of(store)
        with store.direct() as direct:
            turn = play.look(direct, stores, SOON)
        assert turn is not None
        assert turn.edition is not None
        attempt = play.begin(store, turn, turn.edition, Random(1), at, in_chat=True)
        for position, one in enumerate(given, start=1):
            with store.direct() as direct:
                turn = play.look(direct, stores, SOON)
                assert turn is not None
                play.answer(direct, turn, position, one, at + 1_000 * position, in_chat=True)
        return attempt.id

    first = played(("C", "false", "ABD", "1000"), OPENS + 1_000)
    voided(store, first)
    played(("C", "true", "A", "7"), OPENS + 100_000)
    assert list(points(store, campaign_id).values()) == [10]
    restored(store, first)
    assert list(points(store, campaign_id).values()) == [{"best": 40, "first": 40, "last": 10, "sum": 40}[counts]]


@ON_SQLITE
def test_whose_attempts_are_all_void_is_told_from_who_never_came(store: Store) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        only = answered(session, campaign_id, "张三", RIGHT)
        session.get_one(tables.Person, person_of(session, only)).rostered = True
    voided(store, only)
    with store.reading() as session:
        found = absentees.of(session, load_edition(session, campaign_id))
    assert [row[-1] for row in absentees.table(found).rows] == ["答卷已作废"]


# --- what was decided stays decided -----------------------------------------------------------------------------------


def test_whoever_is_on_a_frozen_list_waits_for_the_draw_and_whoever_won_forfeits_first(store: Store) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        attempts = [answered(session, campaign_id, f"张{n}", RIGHT) for n in range(4)]
    with store.transaction() as session:
        drawn = draws.freeze(
            session, "week", prizes=PRIZES[:1], sources=SOURCES, quotas={}, exclusions=(), fallback="", reason="",
            by="wang", now=AFTER,
        )  # fmt: skip
    with store.transaction() as session:
        late = answered(session, campaign_id, "迟到", RIGHT)
    assert f"抽奖 {drawn.id} 已经公布的名单里" in refused(lambda: voided(store, attempts[0]))
    assert voided(store, late).persons == 1, "who is not on the list is no entrant"
    with store.transaction() as session:
        draws.hold(session, drawn.id, VALUES, "wang", AFTER + 1_000)
    with store.reading() as session:
        winner = session.scalars(select(tables.Award.person_id).where(tables.Award.state == "awarded")).one()
        won = next(one for one in attempts if person_of(session, one) == winner)
    assert "先在“获奖”里把这份奖品作废" in refused(lambda: voided(store, won))
    others = [one for one in attempts if one != won]
    assert voided(store, *others).persons == 3
    with store.reading() as session:
        assert draws.verify(draws.audit_zip(session, drawn.id)).held


@ON_SQLITE
def test_a_list_that_was_gathered_before_is_gathered_anew(store: Store) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        first, _ = answered(session, campaign_id, "张三", RIGHT), answered(session, campaign_id, "李四", RIGHT)
    with store.reading() as session:
        gathered = draws.gather(session, "week")
    voided(store, first)
    with store.transaction() as session:
        drawn = draws.freeze(
            session, "week", prizes=PRIZES[:1], sources=SOURCES, quotas={}, exclusions=(), fallback="", reason="",
            by="wang", now=OPENS + 7_200_000, gathered=gathered,
        )  # fmt: skip
    assert drawn.announcement.count == 1


@ON_SQLITE
def test_whoever_has_a_prize_by_rank_or_one_that_was_handed_out_keeps_the_attempt(store: Store) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        groups.lay_down(session, campaign_id, [TOP])
        best = answered(session, campaign_id, "张三", RIGHT)
        second = answered(session, campaign_id, "李四", "A" + RIGHT[1:])
    with store.transaction() as session:
        ranks.settle(session, "week", "名次奖", (), "", "wang", AFTER)
    assert "已经获奖“保温杯”" in refused(lambda: voided(store, best))
    assert voided(store, second).persons == 1
    with store.transaction() as session:
        award = session.scalars(select(tables.Award)).one()
        award.redeemed_ms = AFTER
    assert "已经领走奖品“保温杯”" in refused(lambda: voided(store, best))
    with store.transaction() as session:
        award = session.scalars(select(tables.Award)).one()
        award.redeemed_ms = None
        session.flush()
        assert take_back(session, award.id, "成绩作废", AFTER)
    assert voided(store, best).persons == 1


@ON_SQLITE
def test_a_prize_won_at_once_holds_up_the_attempt_that_won_it_alone(store: Store) -> None:
    campaign_id = make_ten(store)
    person, better, worse = two_attempts(store, campaign_id)
    with store.transaction() as session:
        instant = PlannedGroup("惊喜", "instant", (PlannedPrize("帆布袋", 1, 1_000),))
        (group_id,) = groups.lay_down(session, campaign_id, [instant])
        put_on_record(session, terms_of(session, group_id), [Winner("帆布袋", "e", person, attempt_id=worse)], LATER)
    assert "帆布袋" in refused(lambda: voided(store, worse))
    assert voided(store, better).persons == 1


# --- the signals that led to it ---------------------------------------------------------------------------------------


def signal(store: Store, campaign_id: int, key: str, *attempts: int) -> int:
    with store.transaction() as session:
        row = tables.Signal(
            campaign_id=campaign_id, kind="device", key=key, attempts=list(attempts), values={}, found_ms=LATER
        )
        session.add(row)
        session.flush()
        return row.id


def decided(store: Store) -> dict[int, tuple[str, str]]:
    with store.reading() as session:
        rows = session.execute(select(tables.Signal.id, tables.Signal.state, tables.Signal.note))
        return {row.id: (row.state, row.note) for row in rows}


@ON_SQLITE
def test_voiding_settles_the_signal_that_led_to_it_and_those_of_which_nothing_is_left(store: Store) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        one, two, three = (answered(session, campaign_id, f"张{n}", RIGHT) for n in range(3))
    cause, of_one, of_all = (
        signal(store, campaign_id, key, *of) for key, of in (("a", (one, two)), ("b", (one,)), ("c", (one, three)))
    )
    voided(store, one, signal_id=cause)
    settled, left = (State.VOIDED.value, REASON), (State.OPEN.value, "")
    assert decided(store) == {cause: settled, of_one: settled, of_all: left}
    restored(store, one)
    assert decided(store) == {cause: left, of_one: left, of_all: left}
    voided(store, one, two)
    assert decided(store) == {cause: settled, of_one: settled, of_all: left}
    restored(store, one)
    assert decided(store)[cause] == settled, "one of its attempts is void still"


@ON_SQLITE
def test_a_settled_signal_is_open_again_when_there_is_more_of_it(store: Store) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        kiosk = [answered(session, campaign_id, f"王{n}", origin=device("kiosk")) for n in range(3)]
    stores = stores_of(store)
    signals.find_signals(stores, LATER)
    with store.reading() as session:
        (one,) = signals.listing(session, campaign_id)
    voided(store, *kiosk, signal_id=one.id)
    assert signals.find_signals(stores, LATER) == 0
    with store.transaction() as session:
        more = [answered(session, campaign_id, f"赵{n}", origin=device("kiosk"), at=LATER) for n in range(3)]
    signals.find_signals(stores, LATER + 60_000)
    with store.reading() as session:
        (one,) = signals.listing(session, campaign_id, State.OPEN)
    assert one.attempts == tuple(more)


@ON_SQLITE
def test_a_signal_is_decided_once(store: Store) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        one = answered(session, campaign_id, "张三", RIGHT)
    signal_id = signal(store, campaign_id, "a", one)

    def dismissed(note: str = "没有问题", which: int = signal_id) -> None:
        with store.transaction() as session:
            signals.dismiss(session, which, note, "wang", LATER)

    assert "写一句" in refused(lambda: dismissed(" "))
    assert "没有编号" in refused(lambda: dismissed(which=99), NotFound)
    dismissed()
    assert "刚刚有人处理过" in refused(dismissed, Moved)
    with store.transaction() as session:
        signals.reopen(session, signal_id, "wang", LATER)
        with pytest.raises(Moved):
            signals.reopen(session, signal_id, "wang", LATER)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_who_finishes_at_this_very_moment_is_ranked_without_the_void_attempt(store: Store) -> None:
    campaign_id = make_campaign(store, replace(PLAN, counts="sum"))
    people.meet(store, SOON, OPENS)
    stores, begun = stores_of(store), list[int]()
    with ThreadPoolExecutor(1) as others:

        def look() -> play.Turn:
            with store.direct() as direct:
                turn = play.look(direct, stores, SOON)
            assert turn is not None
            return turn

        def answer(position: int, given: str, at: int) -> None:
            turn = look()
            with store.direct() as direct:
                play.answer(direct, turn, position, given, at, in_chat=True)

        for day, given in ((0, ("C", "false", "ABD", "1000")), (DAY, ("C", "true", "A"))):
            turn = look()
            assert turn.edition is not None
            attempt = play.begin(store, turn, turn.edition, Random(1), OPENS + day + 1, in_chat=True)
            begun.append(attempt.id)
            for position, one in enumerate(given, start=1):
                answer(position, one, OPENS + day + 1_000 * position)
        with store.transaction() as session:
            signals.void(session, begun[:1], REASON, "wang", LATER)
            finishing = others.submit(answer, 4, "7", OPENS + DAY + 9_000)
            assert not finishing.done()
            time.sleep(0.3)  # it has begun, and waits
        with pytest.raises(Moved):
            finishing.result()
        answer(4, "7", OPENS + DAY + 9_000)
    assert list(points(store, campaign_id).values()) == [10]


@ON_SQLITE
def test_to_look_whether_many_attempts_may_be_void_takes_no_more_questions_than_of_two(store: Store) -> None:
    """Five hundred at once took seconds, during which nobody could answer."""
    campaign_id = make_ten(store)
    with store.transaction() as session:
        attempts = [answered(session, campaign_id, f"第{n}人") for n in range(32)]
    asked: list[str] = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("SELECT", "INSERT")):
            asked.append(statement)

    voided(store, *attempts[:2])
    of_two = len(asked)
    voided(store, *attempts[2:])
    assert len(asked) == 2 * of_two


@ON_SQLITE
def test_nothing_is_voided_while_the_personal_data_are_being_purged(store: Store) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        attempt = answered(session, campaign_id, "李雷")
        session.get_one(tables.Campaign, campaign_id).purged_ms = LATER
    assert "已经清除" in refused(lambda: voided(store, attempt))
