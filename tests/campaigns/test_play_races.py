"""What happens when two do the same at the same instant: real parallel connections, of two processes' stores."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from typing import TypeVar

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from sqlalchemy import func, select

from bot.dialogue import Desk, respond
from bot.links import Links
from bot.messages import Inbound, Said
from campaigns import people, play, tables
from campaigns.clock import DAY
from campaigns.counting import recount
from campaigns.editions import Editions
from campaigns.errors import Moved, NoAttemptLeft
from campaigns.people import Sender
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores

T = TypeVar("T")
pytestmark = pytest.mark.race
TWINS = 8
WANG = Sender("wechat", "", "oWang")


@pytest.fixture
def processes(store: Store, store_url: str) -> Iterator[list[Stores]]:
    """The stores of two processes over one database."""
    other = open_store(store_url)
    yield [Stores(sql, Ranking(sql, None), Editions()) for sql in (store, other)]
    other.close()


def at_once(what: Callable[[int], T]) -> list[T | BaseException]:
    """Do it in all threads at the same instant; each one's result, or what it raised."""
    start = threading.Barrier(TWINS)

    def one(number: int) -> T | BaseException:
        start.wait()
        try:
            return what(number)
        except (Moved, NoAttemptLeft) as refused:
            return refused

    with ThreadPoolExecutor(TWINS) as pool:
        return list(pool.map(one, range(TWINS)))


def looked(stores: Stores, sender: Sender = WANG, key: str = "") -> play.Turn:
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, sender, key)
    assert turn is not None
    return turn


def count(stores: Stores, table: type[tables.Table]) -> int:
    with stores.sql.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def begun(processes: list[Stores], sender: Sender = WANG) -> None:
    people.meet(processes[0].sql, sender, OPENS)
    turn = looked(processes[0], sender)
    assert turn.edition is not None
    play.begin(processes[0].sql, turn, turn.edition, Random(1), OPENS, in_chat=True)


def test_of_simultaneous_answers_to_one_question_the_first_counts_and_the_others_do_nothing(
    processes: list[Stores], repeats: int
) -> None:
    make_campaign(processes[0].sql)
    for repeat in range(repeats):
        sender = replace(WANG, sender=f"oWang{repeat}")
        begun(processes, sender)

        def answer(number: int, sender: Sender = sender) -> play.Marked:
            stores = processes[number % 2]
            turn = looked(stores, sender)
            with stores.sql.direct() as direct:
                return play.answer(direct, turn, 1, "CABD"[number % 4], OPENS + 5, in_chat=True)

        results = at_once(answer)
        marked = [result for result in results if isinstance(result, play.Marked)]
        assert len(marked) == 1
        assert sum(isinstance(result, Moved) for result in results) == TWINS - 1
        after = looked(processes[0], sender)
        assert after.attempt is not None
        assert (after.attempt.position, after.attempt.score) == (2, marked[0].score)
        assert count(processes[0], tables.Answer) == repeat + 1


@pytest.mark.parametrize("attempts_in_all", [None, 1])
def test_of_simultaneous_begins_one_opens_an_attempt(
    processes: list[Stores], repeats: int, attempts_in_all: int | None
) -> None:
    make_campaign(processes[0].sql, replace(PLAN, attempts_in_all=attempts_in_all))
    for repeat in range(repeats):
        sender = replace(WANG, sender=f"oWang{repeat}")
        people.meet(processes[0].sql, sender, OPENS)

        def begin(number: int, sender: Sender = sender) -> play.Attempt:
            stores = processes[number % 2]
            turn = looked(stores, sender)
            assert turn.edition is not None
            return play.begin(stores.sql, turn, turn.edition, Random(number), OPENS, in_chat=True)

        results = at_once(begin)
        assert sum(isinstance(result, play.Attempt) for result in results) == 1
        assert sum(isinstance(result, Moved) for result in results) == TWINS - 1, "nobody is told that none is left"
        assert count(processes[0], tables.Attempt) == repeat + 1


def test_the_last_attempt_that_is_allowed_is_begun_once(processes: list[Stores], repeats: int) -> None:
    make_campaign(processes[0].sql, replace(PLAN, attempts_in_all=1, questions_per_paper=1))
    for repeat in range(repeats):
        sender = replace(WANG, sender=f"oWang{repeat}")
        people.meet(processes[0].sql, sender, OPENS)

        def play_it_through(number: int, sender: Sender = sender) -> play.Marked:
            stores = processes[number % 2]
            turn = looked(stores, sender)
            assert turn.edition is not None
            play.begin(stores.sql, turn, turn.edition, Random(number), OPENS, in_chat=True)
            with stores.sql.direct() as direct:
                return play.answer(direct, looked(stores, sender), 1, "C", OPENS + 5, in_chat=True)

        finished = [result for result in at_once(play_it_through) if isinstance(result, play.Marked)]
        assert len(finished) == 1
        assert count(processes[0], tables.Attempt) == count(processes[0], tables.Standing) == repeat + 1


@pytest.mark.parametrize("counts", ["best", "first", "last", "sum"])
def test_an_attempt_is_finished_either_by_its_last_answer_or_by_the_clock(
    processes: list[Stores], repeats: int, counts: str
) -> None:
    campaign = make_campaign(
        processes[0].sql, replace(PLAN, counts=counts, questions_per_paper=1, seconds_per_attempt=60)
    )
    due = OPENS + 63_000
    for repeat in range(repeats):
        sender = replace(WANG, sender=f"oWang{repeat}")
        begun(processes, sender)

        def end_it(number: int, sender: Sender = sender) -> str:
            stores = processes[number % 2]
            turn = looked(stores, sender)
            with stores.sql.direct() as direct:
                if number < TWINS // 2:
                    play.answer(direct, turn, 1, "C", due - 1, in_chat=False)
                    return "answered"
                return "timed out" if play.expire(direct, turn, due) is not None else "nothing left"

        results = at_once(end_it)
        assert sum(result in {"answered", "timed out"} for result in results) == 1, results
        person = looked(processes[0], sender).person_id
        with processes[0].sql.reading() as session:
            row = session.scalars(select(tables.Attempt).where(tables.Attempt.person_id == person)).one()
            standing = play.standing_of(session, campaign, person)
            answers = play.answers_of(session, row.id)
        assert standing is not None
        assert row.timed_out == ("timed out" in results)
        assert len(answers) == ("answered" in results)
        assert standing.points == row.score


def test_a_sender_who_writes_twice_at_first_is_met_once(processes: list[Stores], repeats: int) -> None:
    make_campaign(processes[0].sql)
    for repeat in range(repeats):
        sender = replace(WANG, sender=f"oNew{repeat}")
        at_once(lambda number, sender=sender: people.meet(processes[number % 2].sql, sender, OPENS))  # type: ignore[misc]
        assert count(processes[0], tables.Identity) == count(processes[0], tables.Person) == repeat + 1


def test_a_storm_of_retries_gets_one_reply_and_has_one_effect(processes: list[Stores], repeats: int) -> None:
    make_campaign(processes[0].sql, replace(PLAN, attempts_in_all=1, attempts_per_day=1))
    desks = [Desk(stores, Links("https://quiz.example.gov.cn", "secret"), Random(3)) for stores in processes]
    texts = ("答题", "C", "错", "ABD", "1000")
    for repeat in range(repeats):
        sender = replace(WANG, sender=f"oStorm{repeat}")
        for step, text in enumerate(texts):
            received = OPENS + step * 7_000
            message = Inbound(sender, f"m:{step}", Said.TEXT, received // 1_000, received, text, taps=True)
            replies = at_once(lambda number, message=message: respond(message, desks[number % 2]).text)  # type: ignore[misc]
            assert len(set(replies)) == 1, replies
            assert "第" in str(replies[0])
        assert "🎉 答题完成！得分 40" in str(replies[0])
        assert count(processes[0], tables.Answer) == (repeat + 1) * 4
        assert count(processes[0], tables.Attempt) == repeat + 1
        assert count(processes[0], tables.Inbound) == (repeat + 1) * len(texts)


def test_a_close_between_look_and_answer_shuts_the_gate(processes: list[Stores]) -> None:
    make_campaign(processes[0].sql)
    begun(processes)
    turn = looked(processes[0])
    with processes[1].sql.transaction() as session:
        campaign = session.scalars(select(tables.Campaign)).one()
        campaign.state, campaign.version = "closed", campaign.version + 1
    with processes[0].sql.direct() as direct, pytest.raises(Moved):
        play.answer(direct, turn, 1, "C", OPENS + 5, in_chat=True)
    assert count(processes[0], tables.Answer) == 0


def play_through(stores: Stores, sender: Sender, given: tuple[str, ...], begun_ms: int) -> int:
    """Begin an attempt and answer so many questions of it; gives the person."""
    people.meet(stores.sql, sender, begun_ms)
    turn = looked(stores, sender)
    assert turn.edition is not None
    play.begin(stores.sql, turn, turn.edition, Random(1), begun_ms, in_chat=True)
    for position, one in enumerate(given, start=1):
        with stores.sql.direct() as direct:
            play.answer(direct, looked(stores, sender), position, one, begun_ms + position, in_chat=True)
    return turn.person_id


@pytest.mark.parametrize("counts", ["best", "first", "last", "sum"])
def test_who_finishes_while_they_are_merged_stands_as_all_their_attempts_say(
    processes: list[Stores], repeats: int, counts: str
) -> None:
    """The statement that finishes waits for the merge, and must not go on with the attempts as they were before."""
    campaign = make_campaign(processes[0].sql, replace(PLAN, counts=counts, closes_ms=OPENS + 3 * DAY))
    for repeat in range(repeats):
        chat, browser = replace(WANG, sender=f"chat{repeat}"), replace(WANG, sender=f"browser{repeat}")
        begins = (OPENS, OPENS + DAY) if counts != "last" else (OPENS + DAY, OPENS)
        gone = play_through(processes[0], browser, ("C", "false", "A", "7"), begins[repeat % 2])
        stays = play_through(processes[0], chat, ("C", "false", "ABD"), begins[1 - repeat % 2])
        last = looked(processes[1], chat)

        def finish(last: play.Turn = last, chat: Sender = chat) -> None:
            with processes[1].sql.direct() as direct:
                try:
                    play.answer(direct, last, 4, "1000", OPENS + 2 * DAY, in_chat=True)
                except Moved:
                    play.answer(direct, looked(processes[1], chat), 4, "1000", OPENS + 2 * DAY, in_chat=True)

        with ThreadPoolExecutor(1) as pool:
            with processes[0].sql.transaction() as session:
                people.merge(session, gone, stays, OPENS + 2 * DAY)
                answering = pool.submit(finish)
                time.sleep(0.3)  # until it waits
            answering.result(20)
        with processes[0].sql.transaction() as session:
            assert recount(session, campaign, [stays, gone], OPENS) == [], "what stands is what is counted from nothing"
            assert session.get(tables.Standing, (campaign, stays)) is not None
