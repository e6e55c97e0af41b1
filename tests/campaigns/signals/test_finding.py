from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from campaign_made import CLOSES, OPENS
from signals_made import ALIKE, LATER, RIGHT, answered, device, make_ten, stores_of
from sqlalchemy import delete, select, update

from campaigns import regrade, signals, tables
from campaigns.clock import DAY
from campaigns.errors import NotFound
from campaigns.signals import Finder, Kind, Listed, State, find_signals
from campaigns.store import Store

ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For what no other database could see otherwise."""
WRONG_ELSEWHERE = ("CCCCCABDDA", "CCCABCCCCA", "CACACACCCC", "CCBBBCCCCC", "DCDCDCCCCC", "ACCCCCCCBB")


def crowd(store: Store, campaign_id: int) -> None:
    """Others, each wrong in a way of their own."""
    with store.transaction() as session:
        for number, given in enumerate(WRONG_ELSEWHERE * 3):
            turn = number // len(WRONG_ELSEWHERE)
            answered(session, campaign_id, f"某{number}", given[turn:] + given[:turn], origin=device(f"own {number}"))


def listed(store: Store, campaign_id: int) -> list[Listed]:
    with store.reading() as session:
        return signals.listing(session, campaign_id)


def test_what_is_odd_is_listed_once_and_nothing_else(store: Store) -> None:
    campaign_id = make_ten(store)
    crowd(store, campaign_id)
    with store.transaction() as session:
        swift = answered(session, campaign_id, "张快", RIGHT, ms_each=900)
        twins = [answered(session, campaign_id, name, ALIKE) for name in ("李一", "李二")]
        kiosk = [answered(session, campaign_id, f"王{n}", RIGHT, origin=device("kiosk"), unit="U02") for n in range(3)]
        pair = device("at home")
        answered(session, campaign_id, "赵父", origin=pair)
        answered(session, campaign_id, "赵母", origin=pair)
    stores = stores_of(store)
    assert find_signals(stores, LATER) == 3
    assert find_signals(stores, LATER + 1) == 0
    found = {one.kind: one for one in listed(store, campaign_id)}
    assert {kind: list(one.attempts) for kind, one in found.items()} == {
        Kind.SPEED: [swift],
        Kind.SAME_ANSWERS: twins,
        Kind.DEVICE: kiosk,
    }
    assert found[Kind.SPEED].sentence == "10 道题平均每题 0.9 秒，得 100 分（满分 100 分）。"
    assert found[Kind.SAME_ANSWERS].sentence.startswith("2 个人答的 10 道题相同，出题顺序也一样，其中 5 道错得完全一样")
    assert found[Kind.DEVICE].sentence == "3 个人用同一个浏览器答了 3 次，来自 1 个单位。"
    with store.reading() as session:
        assert signals.counts(session, campaign_id) == signals.Counts(3, 0, 0)
        assert signals.find(session, campaign_id, found[Kind.SPEED].id) == found[Kind.SPEED]
        for absent in (0, 99, 2**70):
            with pytest.raises(NotFound):
                signals.find(session, campaign_id, absent)
        with pytest.raises(NotFound):
            signals.find(session, campaign_id + 1, found[Kind.SPEED].id)


@ON_SQLITE
def test_a_tick_goes_on_with_what_was_finished_since(store: Store) -> None:
    campaign_id = make_ten(store)
    crowd(store, campaign_id)
    with store.transaction() as session:
        first = answered(session, campaign_id, "李一", ALIKE, origin=device("kiosk"))
        slow = answered(session, campaign_id, "孙慢", ALIKE, origin=device("kiosk"))
        session.execute(update(tables.Attempt).where(tables.Attempt.id == slow).values(state="open", finished_ms=None))
    stores, finder = stores_of(store), Finder()
    assert finder.find_signals(stores, LATER) == 0
    with store.transaction() as session:
        session.execute(
            update(tables.Attempt)
            .where(tables.Attempt.id == slow)
            .values(state="finished", finished_ms=LATER + 1, shown_ms=LATER + 1)
        )
        third = answered(session, campaign_id, "李三", RIGHT, origin=device("kiosk"), at=LATER)
    assert finder.find_signals(stores, LATER + 2) == 0, "it is not looked again at once"
    assert finder.find_signals(stores, LATER + 90_000) == 2
    assert {one.kind: one.attempts for one in listed(store, campaign_id)} == {
        Kind.SAME_ANSWERS: (first, slow),
        Kind.DEVICE: (first, slow, third),
    }
    with store.transaction() as session:
        more = answered(session, campaign_id, "李四", ALIKE, origin=device("kiosk"), at=LATER + 91_000)
    assert finder.find_signals(stores, LATER + 300_000) == 0, "nothing new, but more of it"
    assert {one.kind: one.attempts for one in listed(store, campaign_id)} == {
        Kind.SAME_ANSWERS: (first, slow, more),
        Kind.DEVICE: (first, slow, third, more),
    }


@ON_SQLITE
def test_no_tick_goes_on_for_long_and_all_is_read_in_the_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.signals.finding.BATCH", 2)
    campaign_id = make_ten(store)
    with store.transaction() as session:
        swift = [answered(session, campaign_id, f"张{n}", RIGHT, ms_each=900) for n in range(7)]
    finder, stores = Finder(), stores_of(store)
    found = [finder.find_signals(stores, LATER, seconds=0) for _ in range(6)]
    assert found == [2, 2, 2, 1, 0, 0]
    assert sorted(one.attempts[0] for one in listed(store, campaign_id)) == swift


@ON_SQLITE
def test_what_turns_out_to_be_usual_is_listed_no_more(store: Store) -> None:
    campaign_id = make_ten(store)
    crowd(store, campaign_id)
    with store.transaction() as session:
        for name in ("李一", "李二"):
            answered(session, campaign_id, name, ALIKE)
    stores = stores_of(store)
    assert find_signals(stores, LATER) == 1
    with store.transaction() as session:  # everybody falls for the first five, and is wrong elsewhere in another way
        for number, rest in zip(range(40), product("ABD", repeat=5), strict=False):
            answered(session, campaign_id, f"周{number}", "ABDDA" + "".join(rest))
    assert find_signals(stores, LATER) == 0
    assert listed(store, campaign_id) == []


@ON_SQLITE
def test_a_mended_question_is_wrong_no_more(store: Store) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        for number in range(12):
            answered(session, campaign_id, f"某{number}")
        for name in ("李一", "李二"):
            answered(session, campaign_id, name, "ABD" + "C" * 7)
    finder, stores = Finder(), stores_of(store)
    finder.find_signals(stores, LATER)
    assert [one.kind for one in listed(store, campaign_id)] == [Kind.SAME_ANSWERS]
    with store.transaction() as session:
        session.execute(delete(tables.Signal))
        regrade.withdraw(session, "week", "1", "题目有误", LATER)
    finder.find_signals(stores, LATER + 60_000)
    assert listed(store, campaign_id) == [], "two wrong answers tell nothing"


@ON_SQLITE
@pytest.mark.parametrize(
    "values",
    [
        {"state": "archived"},
        {"mode": "practice"},
        {"state": "closed", "closes_ms": OPENS + 1},
        {"purged_ms": LATER},
        {"opens_ms": CLOSES - 1},
    ],
    ids=["archived", "practice", "closed long ago", "purged", "not open yet"],
)
def test_campaigns_that_nobody_judges_are_left_alone(store: Store, values: dict[str, object]) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        answered(session, campaign_id, "张快", RIGHT, ms_each=900)
        session.execute(update(tables.Campaign).values(**values))
    now = OPENS + 40 * DAY if values.get("state") == "closed" else LATER
    assert find_signals(stores_of(store), now) == 0


@ON_SQLITE
def test_what_fails_half_way_is_read_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        answered(session, campaign_id, "张快", RIGHT, ms_each=900)
    finder, stores = Finder(), stores_of(store)
    with monkeypatch.context() as broken:
        broken.setattr("campaigns.signals.finding._keep", _away)
        with pytest.raises(OSError, match="away"):
            finder.find_signals(stores, LATER)
    assert finder.find_signals(stores, LATER) == 1


def _away(*_: object) -> int:
    raise OSError("away")


@ON_SQLITE
def test_a_dismissed_signal_stays_so_and_opens_again_when_asked(store: Store) -> None:
    campaign_id = make_ten(store)
    with store.transaction() as session:
        answered(session, campaign_id, "张快", RIGHT, ms_each=900)
    stores = stores_of(store)
    find_signals(stores, LATER)
    (one,) = listed(store, campaign_id)
    with store.transaction() as session:
        signals.dismiss(session, one.id, " 练过很多遍 ", "wang", LATER)
    find_signals(stores, LATER)
    (dismissed,) = listed(store, campaign_id)
    assert dismissed == replace(one, state=State.DISMISSED, note="练过很多遍", by="wang", decided_ms=LATER)
    with store.transaction() as session:
        signals.reopen(session, one.id, "wang", LATER + 1)
    assert listed(store, campaign_id) == [one]
    with store.reading() as session:
        entry = tables.AuditEntry
        entries = session.execute(
            select(entry.what, entry.subject, entry.note).where(entry.what.startswith("signal")).order_by(entry.id)
        )
        assert [tuple(entry) for entry in entries] == [
            ("signal.dismissed", f"signal:{one.id}", "练过很多遍"),
            ("signal.reopened", f"signal:{one.id}", "练过很多遍"),
        ]
