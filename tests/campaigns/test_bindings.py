"""Somebody says who they are: with one hand, and with many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import TypeVar

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from sqlalchemy import func, select

from campaigns import bindings, people, play, tables, units
from campaigns.editions import Editions
from campaigns.errors import Moved, NotFound, NotMatched, Refused, StoreUnavailable
from campaigns.people import Sender
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores

T = TypeVar("T")
CHAT, BROWSER = Sender("wechat", "", "oWang"), Sender("h5", "", "token")


def on_roster(store: Store, *people_of: tuple[str, str, str]) -> list[int]:
    """Put persons, each as unit code, name, staff number, on rosters; gives their ids."""
    with store.transaction() as session:
        rows = [
            tables.Person(
                unit_id=units.find(session, code).id, name=name, staff_number=number, rostered=True, created_ms=OPENS
            )
            for code, name, number in people_of
        ]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def unit(store: Store, code: str) -> int:
    with store.reading() as session:
        return units.find(session, code).id


def met(store: Store, sender: Sender = CHAT) -> int:
    people.meet(store, sender, OPENS)
    with store.reading() as session:
        found = people.find_identity(session, sender)
        assert found is not None
        return found.id


def who(store: Store, identity_id: int) -> bindings.Bound:
    with store.reading() as session:
        return bindings.bound(session, session.get_one(tables.Identity, identity_id).person_id)


@pytest.fixture
def bureau(store: Store) -> Store:
    """A campaign, and a bureau with a department and a roster."""
    make_campaign(store)
    with store.transaction() as session:
        units.add(session, "U01-B", "办公室", "U01", "department")
    on_roster(store, ("U01", "张晓明", "1023"), ("U01-B", "张晓明", "A7"), ("U01", "李四", ""))
    return store


def test_name_and_number_lead_to_the_person_of_the_roster_below_the_unit_too(bureau: Store) -> None:
    chat = met(bureau)
    bindings.match(bureau, chat, unit(bureau, "U01"), " 张 晓明", "ａ7", OPENS)
    found = who(bureau, chat)
    assert (found.unit, found.name, found.rostered) == ("市财政局·办公室", "张*明", True)


def test_two_channels_of_one_person_are_one_entrant(bureau: Store) -> None:
    chat, browser = met(bureau), met(bureau, BROWSER)
    for identity in (chat, browser, chat):
        bindings.match(bureau, identity, unit(bureau, "U01"), "张晓明", "1023", OPENS)
    assert who(bureau, chat) == who(bureau, browser)


@pytest.mark.parametrize(
    ("name", "number"),
    [("张晓明", "1024"), ("张晓", "1023"), ("王五", "1023"), ("张晓明", ""), ("李四", "1023"), ("", ""), ("%", "_")],
)
def test_whatever_does_not_match_gets_one_and_the_same_sentence(bureau: Store, name: str, number: str) -> None:
    chat = met(bureau)
    with pytest.raises(NotMatched, match="姓名或工号与花名册对不上"):
        bindings.match(bureau, chat, unit(bureau, "U01"), name, number, OPENS)
    assert not who(bureau, chat).rostered


def test_whom_the_roster_gives_no_number_says_so(bureau: Store) -> None:
    chat = met(bureau)
    bindings.match(bureau, chat, unit(bureau, "U01"), "李四", "无", OPENS)
    assert who(bureau, chat).rostered


def test_a_roster_without_any_numbers_asks_for_none_and_cannot_tell_namesakes_apart(store: Store) -> None:
    make_campaign(store)
    on_roster(store, ("U02", "王五", ""), ("U02", "赵六", ""), ("U02", "赵六", ""))
    with store.reading() as session:
        assert bindings.needs(session, unit(store, "U02")) == bindings.Needs(name=True, number=False)
        assert bindings.needs(session, unit(store, "U01")) == bindings.Needs(name=False, number=False)
    chat = met(store)
    with pytest.raises(NotMatched, match="不止一位"):
        bindings.match(store, chat, unit(store, "U02"), "赵六", "", OPENS)
    bindings.match(store, chat, unit(store, "U02"), "王五", "", OPENS)
    assert who(store, chat).name == "王*"


def test_after_five_wrong_tries_even_the_right_one_waits_and_leaving_does_not_help(bureau: Store) -> None:
    chat, office = met(bureau), unit(bureau, "U01")
    for _ in range(bindings.TRIES):
        with pytest.raises(NotMatched, match="对不上"):
            bindings.match(bureau, chat, office, "张晓明", "9", OPENS)
    with bureau.transaction() as session:
        bindings.leave(session, chat)
        assert bindings.asking(session, chat) is None
    with pytest.raises(NotMatched, match="10 分钟后再试"):
        bindings.match(bureau, chat, office, "张晓明", "1023", OPENS)
    with pytest.raises(NotMatched, match="1 分钟后再试"):
        bindings.match(bureau, chat, office, "张晓明", "1023", OPENS + bindings.WAIT_MS - 1)
    bindings.match(bureau, chat, office, "张晓明", "1023", OPENS + bindings.WAIT_MS)
    assert who(bureau, chat).rostered


def test_whoever_is_bound_becomes_nobody_else_and_changes_no_unit_by_themselves(bureau: Store) -> None:
    chat = met(bureau)
    bindings.match(bureau, chat, unit(bureau, "U01"), "张晓明", "1023", OPENS)
    with pytest.raises(NotMatched, match="已绑定为花名册上的另一位"):
        bindings.match(bureau, chat, unit(bureau, "U01"), "张晓明", "A7", OPENS)
    with pytest.raises(Refused, match="已按花名册绑定"), bureau.transaction() as session:
        bindings.choose_unit(session, chat, unit(bureau, "U02"), OPENS)
    with bureau.transaction() as session:
        assert people.join_unit(session, who(bureau, chat).person_id, "U02") == "市财政局"


def test_a_guest_chooses_a_unit_and_another_one_later(bureau: Store) -> None:
    chat = met(bureau)
    for code in ("U01", "U02"):
        with bureau.transaction() as session:
            bindings.choose_unit(session, chat, units.find(session, code).id, OPENS, 1)
    assert who(bureau, chat).unit == "市水务局"
    with bureau.transaction() as session:
        session.add(tables.CampaignUnit(campaign_id=1, unit_id=units.find(session, "U02").id))
    with pytest.raises(Refused, match="不在这次活动的参与单位里"), bureau.transaction() as session:
        bindings.choose_unit(session, chat, units.find(session, "U01").id, OPENS, 1)
    with pytest.raises(NotFound), bureau.transaction() as session:
        bindings.choose_unit(session, chat, 4_711, OPENS)


def test_what_a_guest_has_played_goes_along_to_the_person_they_are(bureau: Store) -> None:
    chat = met(bureau)
    stores = Stores(bureau, Ranking(bureau, None), Editions())
    play_once(stores, CHAT, 1)
    found = bindings.match(bureau, chat, unit(bureau, "U01"), "张晓明", "1023", OPENS)
    assert found.standings[1]
    with bureau.reading() as session:
        assert session.scalars(select(tables.Standing.person_id)).all() == [found.person_id]


def play_once(stores: Stores, sender: Sender, seed: int) -> None:
    def looked() -> play.Turn:
        with stores.sql.direct() as direct:
            turn = play.look(direct, stores, sender)
        assert turn is not None
        return turn

    turn = looked()
    assert turn.edition is not None
    play.begin(stores.sql, turn, turn.edition, Random(seed), OPENS, in_chat=True)
    for position, given in enumerate(("C", "false", "ABD", "1000"), start=1):
        with stores.sql.direct() as direct:
            play.answer(direct, looked(), position, given, OPENS + position, in_chat=True)


# --- many at once ----------------------------------------------------------------------------------------------

TWINS = 8


@pytest.fixture
def processes(store: Store, store_url: str) -> Iterator[list[Stores]]:
    """The stores of two processes over one database."""
    other = open_store(store_url)
    yield [Stores(sql, Ranking(sql, None), Editions()) for sql in (store, other)]
    other.close()


def at_once(what: Callable[[int], T]) -> list[T | Exception]:
    start = threading.Barrier(TWINS)

    def one(number: int) -> T | Exception:
        start.wait()
        try:
            return what(number)
        except (Moved, Refused, StoreUnavailable) as refused:
            return refused

    with ThreadPoolExecutor(TWINS) as pool:
        return list(pool.map(one, range(TWINS)))


@pytest.mark.race
def test_chats_that_are_bound_to_one_person_at_once_are_one_entrant(processes: list[Stores], repeats: int) -> None:
    store = processes[0].sql
    make_campaign(store, replace(PLAN, attempts_in_all=1))
    for repeat in range(repeats):
        person = on_roster(store, ("U01", f"赵{repeat}", f"{repeat + 1}"))[0]
        senders = [Sender("wechat", "", f"o{repeat}-{number}") for number in range(TWINS)]
        identities = [met(store, sender) for sender in senders]
        for seed, sender in enumerate(senders[:3]):
            play_once(processes[0], sender, seed)
        office = unit(store, "U01")

        def bind(number: int, identities: list[int] = identities, repeat: int = repeat, office: int = office) -> int:
            sql = processes[number % 2].sql
            return bindings.match(sql, identities[number], office, f"赵{repeat}", f"{repeat + 1}", OPENS + 9).person_id

        results = at_once(bind)
        assert results == [person] * TWINS, results
        with store.reading() as session:
            attempt, standing = tables.Attempt, tables.Standing
            states = session.scalars(select(attempt.state).where(attempt.person_id == person)).all()
            assert sorted(states) == ["finished", "superseded", "superseded"]
            assert session.scalar(select(func.count()).select_from(standing)) == repeat + 1


@pytest.mark.race
def test_wrong_tries_at_once_are_no_more_than_one_after_the_other(processes: list[Stores], repeats: int) -> None:
    store = processes[0].sql
    make_campaign(store)
    on_roster(store, ("U01", "张晓明", "1023"))
    office = unit(store, "U01")
    for repeat in range(repeats):
        chat = met(store, Sender("wechat", "", f"o{repeat}"))

        def guess(number: int, chat: int = chat) -> object:
            return bindings.match(processes[number % 2].sql, chat, office, "张晓明", f"9{number}", OPENS)

        sentences = [str(result) for result in at_once(guess)]
        assert sum("对不上，请核对" in sentence for sentence in sentences) == bindings.TRIES, sentences


@pytest.mark.race
def test_a_merge_in_the_middle_of_a_quiz_loses_no_answer_that_was_taken(processes: list[Stores], repeats: int) -> None:
    store = processes[0].sql
    make_campaign(store)
    for repeat in range(repeats):
        person = on_roster(store, ("U01", f"钱{repeat}", f"{repeat + 1}"))[0]
        sender = Sender("wechat", "", f"o{repeat}")
        chat, office = met(store, sender), unit(store, "U01")

        def either(
            number: int, sender: Sender = sender, chat: int = chat, repeat: int = repeat, office: int = office
        ) -> int:
            stores = processes[number % 2]
            if number == 0:
                return bindings.match(stores.sql, chat, office, f"钱{repeat}", f"{repeat + 1}", OPENS).person_id
            for seed in range(6):
                with suppress(Moved):
                    play_once(stores, sender, seed)
                    break
            return 0

        results = at_once(either)
        assert results[0] == person, results
        with store.reading() as session:
            attempt, answer, standing = tables.Attempt, tables.Answer, tables.Standing
            rows = session.scalars(select(attempt).where(attempt.identity_id == chat)).all()
            assert {row.person_id for row in rows} <= {person}, "no attempt is left with the emptied person"
            assert sorted(row.ordinal for row in rows) == list(range(1, len(rows) + 1))
            for row in rows:
                taken = session.scalar(select(func.sum(answer.points)).where(answer.attempt_id == row.id)) or 0
                assert row.score == taken
            best = max((row.score for row in rows if row.state == "finished"), default=None)
            stood = session.scalars(select(standing.points).where(standing.person_id == person)).one_or_none()
            assert stood == best
