"""Where one may win once in a campaign: draws beside other draws, ranks and lots."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from campaign_made import CLOSES
from draw_made import AFTER, SALT, VALUES, freeze, make_finished
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaigns import draws, people, tables
from campaigns.draws import AwardState, Prize, pseudonym
from campaigns.draws.waiting import pending
from campaigns.editions import load_edition
from campaigns.errors import DrawRefused
from campaigns.prizes.awards import Winner, put_on_record, terms_of
from campaigns.prizes.lots import draw_lot
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.store import Store, open_store

TOP = PlannedGroup("前三名", "rank", (PlannedPrize("奖状", 3),))
INSTANT = PlannedGroup("即时奖", "instant", (PlannedPrize("红包", 12, odds_ppm=1_000_000),))
ONE = (Prize("奖", 1),)


def hold(store: Store, draw_id: str) -> draws.DrawRecord:
    with store.transaction() as session:
        return draws.hold(session, draw_id, VALUES, "wang", AFTER)


def award(session: Session, person_id: int, group: str = "前三名") -> None:
    """A prize of a planned group goes to somebody."""
    row = session.execute(
        select(tables.PrizeGroup.id, tables.Prize.name)
        .join(tables.Prize, tables.Prize.group_id == tables.PrizeGroup.id)
        .where(tables.PrizeGroup.name == group)
    ).one()
    winner = Winner(prize=row.name, entrant=pseudonym(SALT, person_id), person_id=person_id)
    put_on_record(session, terms_of(session, row.id), [winner], AFTER)


def test_who_has_won_is_excluded_from_later_draws_for_everybody_to_see(store: Store) -> None:
    make_finished(store, [40] * 4, prize_groups=(TOP,))
    with store.transaction() as session:
        award(session, 2)
        people.merge(session, 2, 3, AFTER)
    first = hold(store, freeze(store, prizes=ONE).id)
    assert first.announcement.exclusions == (pseudonym(SALT, 3),)
    assert first.announcement.excluded_by == {"won": 1}
    second = freeze(store, prizes=ONE, reason="增补").announcement
    assert set(second.exclusions) == {pseudonym(SALT, 3), first.awards[0].entrant}


def test_who_forfeited_may_win_again(store: Store) -> None:
    make_finished(store, [40] * 4)
    draw_id = freeze(store, prizes=ONE).id
    hold(store, draw_id)
    with store.transaction() as session:
        heir = draws.forfeit(session, draw_id, 1, "弃奖", AFTER)
    assert freeze(store, prizes=ONE, reason="增补").announcement.exclusions == (heir.entrant,)


@pytest.mark.parametrize("wins", ["group", "any"])
def test_where_one_may_win_again_nobody_is_excluded_and_draws_wait_for_no_other(sqlite_store: Store, wins: str) -> None:
    make_finished(sqlite_store, [40] * 4, wins=wins)
    draw_id = freeze(sqlite_store, prizes=ONE).id
    freeze(sqlite_store, prizes=ONE, reason="增补")
    hold(sqlite_store, draw_id)
    assert freeze(sqlite_store, prizes=ONE, reason="再增补").announcement.exclusions == ()


def test_a_second_list_waits_until_the_first_is_drawn(store: Store) -> None:
    campaign_id = make_finished(store, two_person=True)
    draw_id = freeze(store).id
    for _ in range(2):
        with pytest.raises(DrawRefused, match="尚未开奖"):
            freeze(store, reason="增补")
        with store.transaction() as session:
            assert draws.pending(session, campaign_id)
            draws.hold(session, draw_id, VALUES, "wang", AFTER)
    with store.transaction() as session:
        draws.confirm(session, draw_id, "li", AFTER)
        assert not draws.pending(session, campaign_id)
    freeze(store, reason="增补")


def test_a_list_waits_for_instant_prizes_that_are_still_played_for(sqlite_store: Store) -> None:
    make_finished(sqlite_store, [40] * 4, prize_groups=(INSTANT,))
    with pytest.raises(DrawRefused, match="请等活动结束"):
        freeze(sqlite_store, now=CLOSES - 1)
    with pytest.raises(DrawRefused, match="没有开出结果"):
        freeze(sqlite_store)
    with sqlite_store.transaction() as session:
        session.execute(update(tables.Attempt).values(lot_ms=AFTER))
    freeze(sqlite_store)


def test_where_one_may_win_again_no_list_waits_for_lots(sqlite_store: Store) -> None:
    make_finished(sqlite_store, [40] * 4, prize_groups=(INSTANT,), wins="group")
    freeze(sqlite_store, now=CLOSES - 1)


def test_a_forfeited_prize_passes_over_who_has_won_elsewhere_and_the_evidence_holds(store: Store) -> None:
    make_finished(store, [40] * 5, prize_groups=(TOP,))
    draw_id = freeze(store, prizes=ONE).id
    hold(store, draw_id)
    with store.reading() as session:
        ranking = draws.prepare(session, draw_id).ranking
        persons = {pseudonym(SALT, person): person for person in range(1, 6)}
    with store.transaction() as session:
        award(session, persons[ranking[1].entrant])
        award(session, persons[ranking[2].entrant])
        people.merge(session, persons[ranking[2].entrant], persons[ranking[4].entrant], AFTER)
    with store.transaction() as session:
        heir = draws.forfeit(session, draw_id, 1, "逾期未领", AFTER)
    assert (heir.entrant, heir.sequence, heir.replaces) == (ranking[3].entrant, 4, 3)
    with store.reading() as session:
        record = draws.find(session, draw_id)
        verdict = draws.verify(draws.audit_zip(session, draw_id))
        told = session.scalars(
            select(tables.OutboxMessage.person_id).where(
                tables.OutboxMessage.state == "waiting", tables.OutboxMessage.values["prize"].as_string() == "奖"
            )
        ).all()
        left = session.scalars(select(tables.Prize.stock - tables.Prize.given).where(tables.Prize.name == "奖")).one()
    assert [award.state for award in record.awards] == ["forfeited"] * 3 + ["awarded"]
    assert record.awards[1].reason == "本活动每人限中一次，此人已另有中奖，依次递补"
    assert (verdict.holds, verdict.awards) == (True, record.awards)
    assert told == [persons[ranking[3].entrant]], "nobody is told of what they cannot have"
    assert left == 0
    with store.transaction() as session:
        last = draws.forfeit(session, draw_id, 4, "弃奖", AFTER)
    assert last.state is AwardState.UNFILLED, "the last one turned out to be somebody who has a prize"


def test_no_prize_is_forfeited_to_somebody_on_a_list_that_is_to_be_drawn(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    hold(store, draw_id)
    second = freeze(store, reason="增补", prizes=ONE).id
    with store.transaction() as session, pytest.raises(DrawRefused, match="尚未开奖"):
        draws.forfeit(session, draw_id, 1, "弃奖", AFTER)
    hold(store, second)
    with store.transaction() as session:
        draws.forfeit(session, draw_id, 1, "弃奖", AFTER)


# --- in the same moment ----------------------------------------------------------------------------------------


@pytest.fixture
def rival(store_url: str) -> Iterator[Store]:
    """Another process's view of the same database."""
    store = open_store(store_url)
    yield store
    store.close()


def at_once(*deeds: Callable[[], object]) -> None:
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        start.wait(10)
        deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        for future in [pool.submit(run, deed) for deed in deeds]:
            future.result(30)


@pytest.mark.race
def test_no_award_slips_between_a_list_and_its_draw(store: Store, rival: Store, repeats: int) -> None:
    """Whoever is given a prize while the list is frozen is either excluded on it, or has not been given the prize."""
    outcomes = set()
    for number in range(repeats):
        slug = f"week-{number}"
        campaign_id = make_finished(store, [40] * 6, slug=slug, prize_groups=(INSTANT,))
        with store.reading() as session:
            edition = load_edition(session, campaign_id)
            attempts = session.scalars(select(tables.Attempt.id).where(tables.Attempt.campaign_id == campaign_id)).all()
            persons = [session.get_one(tables.Attempt, attempt).person_id for attempt in attempts]
        with store.transaction() as session:
            rest = tables.Attempt.id.in_(attempts[1:])
            session.execute(update(tables.Attempt).where(rest).values(lot_ms=AFTER))

        def lot(edition: object = edition, attempt: int = attempts[0]) -> None:
            with rival.transaction() as session:
                draw_lot(session, edition, attempt, AFTER)  # type: ignore[arg-type]

        def list_and_draw(slug: str = slug) -> None:
            try:
                draw_id = freeze(store, campaign_slug=slug, prizes=[Prize("奖", 6)]).id
            except DrawRefused:  # the lot was not decided yet
                return
            hold(store, draw_id)

        at_once(lot, list_and_draw)
        with store.reading() as session:
            awarded = (tables.Award.campaign_id == campaign_id, tables.Award.state == "awarded")
            found = session.scalars(select(tables.Award.person_id).where(*awarded)).all()
            outcomes.add(len(found))
        assert len(set(found)) == len(found)
        assert set(found) <= set(persons)
    assert outcomes <= {1, 6}


@pytest.mark.race
def test_a_list_waits_for_an_award_that_is_being_made(store: Store, rival: Store) -> None:
    """The award asked whether a draw is pending, and has not been committed when the freeze begins."""
    campaign_id = make_finished(store, [40] * 3, prize_groups=(TOP,))
    asked, frozen = threading.Event(), threading.Event()

    def give() -> None:
        with rival.transaction() as session:
            assert not pending(session, campaign_id)
            asked.set()
            assert not frozen.wait(0.3), "the freeze did not wait"
            award(session, 1)

    def freeze_then() -> None:
        assert asked.wait(10)
        freeze(store, prizes=[Prize("奖", 3)])
        frozen.set()

    at_once(give, freeze_then)
    with store.reading() as session:
        (draw,) = draws.list_draws(session)
    assert draw.announcement.exclusions == (pseudonym(SALT, 1),)
    assert [one.state for one in hold(store, draw.id).awards] == ["awarded", "awarded", "unfilled"]


@pytest.mark.race
def test_an_award_that_comes_after_the_freeze_sees_the_list(store: Store, rival: Store) -> None:
    """The award asks while the freeze has not been committed."""
    campaign_id = make_finished(store, [40] * 3, prize_groups=(TOP,))
    begun, told = threading.Event(), []

    def freeze_slowly() -> None:
        with store.transaction() as session:
            given = {"quotas": {}, "exclusions": (), "fallback": "", "reason": "", "by": "wang", "now": AFTER}
            draws.freeze(session, "week", ONE, ["ssq:2026130"], **given)  # type: ignore[arg-type]
            begun.set()

    def ask() -> None:
        assert begun.wait(10)
        with rival.transaction() as session:
            told.append(pending(session, campaign_id))

    at_once(freeze_slowly, ask)
    assert told == [True]
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Award)) == 0
