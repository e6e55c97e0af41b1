from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns import consents, outbox, people, play, tables
from campaigns.draws import pseudonym
from campaigns.editions import Editions
from campaigns.errors import Moved, NotFound, Refused
from campaigns.merging import OneAttempt, states_after
from campaigns.people import Sender
from campaigns.prizes import lots
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.prizes.won import own_awards
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores

CHAT, BROWSER = Sender("wechat", "", "oWang"), Sender("h5", "", "token")
RIGHT = ("C", "false", "ABD", "1000")


def stores_of(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def turn_of(store: Store, sender: Sender) -> play.Turn:
    stores = stores_of(store)
    with store.direct() as direct:
        turn = play.look(direct, stores, sender)
    assert turn is not None
    return turn


def played(store: Store, sender: Sender, at: int, answers: Sequence[str] = RIGHT) -> int:
    """Begin an attempt and give these answers, a second each; gives the person."""
    people.meet(store, sender, at)
    turn = turn_of(store, sender)
    assert turn.edition is not None
    play.begin(store, turn, turn.edition, Random(1), at, in_chat=True)
    for position, given_answer in enumerate(answers, start=1):
        with store.direct() as direct:
            play.answer(direct, turn_of(store, sender), position, given_answer, at + 1_000 * position, in_chat=True)
    return turn.person_id


def attempts(store: Store, person_id: int) -> list[tuple[int, str, int]]:
    """Ordinal, state and score of a person's attempts."""
    attempt = tables.Attempt
    with store.reading() as session:
        rows = session.execute(
            select(attempt.ordinal, attempt.state, attempt.score)
            .where(attempt.person_id == person_id)
            .order_by(attempt.ordinal)
        )
        return [(row.ordinal, row.state, row.score) for row in rows]


def points(store: Store, campaign_id: int) -> dict[int, int]:
    standing = tables.Standing
    with store.reading() as session:
        rows = session.execute(select(standing.person_id, standing.points).where(standing.campaign_id == campaign_id))
        return {row.person_id: row.points for row in rows}


def merged(store: Store, from_id: int, into_id: int) -> people.Regrouped:
    with store.transaction() as session:
        return people.merge(session, from_id, into_id, OPENS + 99_000)


def identity_id(store: Store, sender: Sender) -> int:
    return turn_of(store, sender).identity_id


def test_of_two_that_are_one_the_attempts_are_numbered_as_they_were_begun_and_the_best_counts(store: Store) -> None:
    campaign = make_campaign(store)
    chat = played(store, CHAT, OPENS + 20_000, ("C", "true", "A", "7"))
    browser = played(store, BROWSER, OPENS)
    found = merged(store, browser, chat)
    assert attempts(store, chat) == [(1, "finished", 40), (2, "finished", 10)]
    assert attempts(store, browser) == []
    assert points(store, campaign) == {chat: 40}
    assert {standing.person_id for standing in found.standings[campaign]} == {chat, browser}
    assert turn_of(store, BROWSER).person_id == chat


def test_attempts_beyond_the_allowance_are_kept_and_not_counted(store: Store) -> None:
    campaign = make_campaign(store, replace(PLAN, attempts_in_all=1))
    first = played(store, CHAT, OPENS, ("A", "true", "A", "7"))
    second = played(store, BROWSER, OPENS + 60_000)
    merged(store, second, first)
    assert attempts(store, first) == [(1, "finished", 0), (2, "superseded", 40)]
    assert points(store, campaign) == {first: 0}


def test_of_two_open_attempts_the_later_gives_way_and_takes_no_answer_any_more(store: Store) -> None:
    make_campaign(store)
    first = played(store, CHAT, OPENS, ("C",))
    second = played(store, BROWSER, OPENS + 5_000, ("C", "false"))
    before = turn_of(store, BROWSER)
    merged(store, second, first)
    assert attempts(store, first) == [(1, "open", 10), (2, "superseded", 20)]
    with store.direct() as direct, pytest.raises(Moved):
        play.answer(direct, before, 3, "ABD", OPENS + 100_000, in_chat=False)
    again = turn_of(store, BROWSER)
    assert again.attempt is not None
    assert again.attempt.position == 2, "the browser goes on where the chat is"


def test_what_was_told_of_the_emptied_person_belongs_to_the_other(store: Store) -> None:
    campaign = make_campaign(store)
    chat, browser = played(store, CHAT, OPENS), played(store, BROWSER, OPENS + 9_000)
    with store.transaction() as session:
        people.join_unit(session, browser, "U02")
        consents.give(session, identity_id(store, BROWSER), campaign, "v1", OPENS)
        session.add(
            tables.OutboxMessage(
                key="k", person_id=browser, way="", account="", recipient="", wording="notice.won", values={},
                must=True, due_ms=OPENS, created_ms=OPENS, sent_by="",
            )
        )  # fmt: skip
    merged(store, browser, chat)
    with store.reading() as session:
        assert session.scalars(select(tables.OutboxMessage.person_id)).all() == [chat]
        assert consents.is_given(session, identity_id(store, BROWSER), campaign, "v1")
        assert people.unit_name(session, chat) == "市水务局"
        assert people.living(session, browser) == chat
        assert people.selves(session, chat) == [chat, browser]


def test_a_notice_that_waits_for_both_is_said_once(store: Store) -> None:
    campaign = make_campaign(store)
    chat, browser = played(store, CHAT, OPENS), played(store, BROWSER, OPENS + 9_000)
    with store.transaction() as session:
        for person in (chat, browser):
            for wording, must in (("notice.closing", False), ("notice.won", True)):
                outbox.post(
                    session, key=f"{wording}:{person}", wording=wording, values={}, now=OPENS, person_id=person,
                    campaign_id=campaign, must=must,
                )  # fmt: skip
    merged(store, browser, chat)
    with store.reading() as session:
        rows = session.scalars(select(tables.OutboxMessage).order_by(tables.OutboxMessage.id)).all()
        assert [(row.wording, row.state) for row in rows if row.person_id == chat] == [
            ("notice.closing", "waiting"),
            ("notice.won", "waiting"),
            ("notice.closing", "dropped"),
            ("notice.won", "waiting"),
        ]


def test_whoever_became_one_who_became_another_is_that_other(store: Store) -> None:
    make_campaign(store)
    persons = [played(store, replace(CHAT, sender=f"o{n}"), OPENS + n * 10_000) for n in range(3)]
    merged(store, persons[0], persons[1])
    merged(store, persons[1], persons[2])
    with store.reading() as session:
        assert people.living(session, persons[0]) == persons[2]
    people.meet(store, Sender("h5", "", "old link"), OPENS, person_id=persons[0])
    assert turn_of(store, Sender("h5", "", "old link")).person_id == persons[2]


def test_nobody_is_merged_with_themselves_twice_or_with_nobody(store: Store) -> None:
    make_campaign(store)
    chat, browser = played(store, CHAT, OPENS), played(store, BROWSER, OPENS + 9_000)
    with pytest.raises(Refused, match="同一个人"):
        merged(store, chat, chat)
    with pytest.raises(NotFound, match="4711"):
        merged(store, 4_711, chat)
    merged(store, browser, chat)
    with pytest.raises(Refused, match=f"已经并入编号 {chat}"):
        merged(store, browser, chat)


def test_a_wrong_binding_is_undone_with_what_its_identity_has_played(store: Store) -> None:
    campaign = make_campaign(store, replace(PLAN, attempts_in_all=1))
    chat = played(store, CHAT, OPENS, ("A", "true", "A", "7"))
    browser = played(store, BROWSER, OPENS + 60_000)
    merged(store, browser, chat)
    with store.transaction() as session:
        parted = people.unbind(session, identity_id(store, BROWSER), OPENS + 100_000)
    assert parted.person_id not in (chat, browser)
    assert turn_of(store, BROWSER).person_id == parted.person_id
    assert attempts(store, parted.person_id) == [(1, "finished", 40)], "it was superseded for the other's sake alone"
    assert attempts(store, chat) == [(1, "finished", 0)]
    assert points(store, campaign) == {chat: 0, parted.person_id: 40}


def test_what_an_identity_has_won_at_the_end_of_its_attempt_is_parted_with_it(store: Store) -> None:
    cup = PlannedGroup("即时奖", "instant", (PlannedPrize("杯子", 9, 1_000_000),))
    campaign = make_campaign(store, replace(PLAN, prize_groups=(cup,)))
    chat, browser = played(store, CHAT, OPENS), played(store, BROWSER, OPENS + 60_000)
    merged(store, browser, chat)
    edition = turn_of(store, BROWSER).edition
    assert edition is not None
    with store.transaction() as session:
        attempt_id = session.scalars(select(tables.Attempt.id).where(tables.Attempt.ordinal == 2)).one()
        assert lots.draw_lot(session, edition, attempt_id, OPENS + 90_000) == "杯子"
    with store.transaction() as session:
        parted = people.unbind(session, identity_id(store, BROWSER), OPENS + 100_000).person_id
    with store.reading() as session:
        assert [one.prize for one in own_awards(session, campaign, parted)] == ["杯子"]
        assert own_awards(session, campaign, chat) == []
        award = session.scalars(select(tables.Award)).one()
        assert (award.once, award.entrant) == (f"{campaign}:{parted}", pseudonym(edition.salt, parted))
        assert session.scalars(select(tables.OutboxMessage.person_id)).all() == [parted]


def test_an_identity_that_is_all_of_its_person_is_not_parted_from_them(store: Store) -> None:
    make_campaign(store)
    played(store, CHAT, OPENS)
    with pytest.raises(Refused, match="不用解除"), store.transaction() as session:
        people.unbind(session, identity_id(store, CHAT), OPENS)
    with pytest.raises(NotFound), store.transaction() as session:
        people.unbind(session, 4_711, OPENS)


def test_who_is_held_cannot_have_become_another(store: Store) -> None:
    make_campaign(store)
    chat, browser = played(store, CHAT, OPENS), played(store, BROWSER, OPENS + 9_000)
    with store.transaction() as session:
        people.hold(session, identity_id(store, BROWSER), browser)
    merged(store, browser, chat)
    with pytest.raises(Moved), store.transaction() as session:
        people.hold(session, identity_id(store, BROWSER), browser)


LIMITS = st.none() | st.integers(1, 4)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["whole", "open", "broken off"])), max_size=9),
    LIMITS,
    LIMITS,
)
def test_no_more_attempts_count_than_are_allowed_and_none_is_lost(
    made: list[tuple[int, str]], in_all: int | None, per_day: int | None
) -> None:
    states = {"whole": "finished", "open": "open", "broken off": "superseded"}
    days = sorted(day for day, _ in made)
    rows = [
        OneAttempt(n, day, n, states[kind], kind == "whole")
        for n, (day, (_, kind)) in enumerate(zip(days, made, strict=True))
    ]
    after = states_after(rows, in_all, per_day)
    assert list(after) == [row.id for row in rows]
    counting = [row for row in rows if after[row.id] != "superseded"]
    assert in_all is None or len(counting) <= in_all
    assert per_day is None or all(sum(row.day == day for row in counting) <= per_day for day in days)
    assert sum(state == "open" for state in after.values()) <= 1
    assert all(row.whole for row in rows if after[row.id] == "finished")
    settled = [replace(row, state=after[row.id]) for row in rows]
    assert states_after(settled, in_all, per_day) == after, "settled once, it stays so"
