"""What a standing brings in draws, and what there is to win, as anybody may be told before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from draw_made import finish
from prizes_planned import PRIZES, TICKETS
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaigns import draws, keeping, people, tables
from campaigns.draws import pseudonym
from campaigns.editions import Edition, load_edition
from campaigns.prizes.awards import Winner, put_on_record, take_back, terms_of
from campaigns.prizes.chances import Chance, chance, is_excluded
from campaigns.prizes.exclusions import exclude
from campaigns.prizes.offers import offers
from campaigns.standings import Standing
from campaigns.store import Store

STANDING = Standing(1, 30, 60_000, OPENS)
OWN = pseudonym("0" * 64, 1)


@pytest.fixture
def played(store: Store) -> Store:
    """A campaign whose days give tickets, which person 1 has finished with 30 points."""
    make_campaign(store, replace(PLAN, tickets=TICKETS["by_day"], draw_points=20, prize_groups=PRIZES["all"]))
    with store.transaction() as session:
        for person_id in (1, 2):
            session.execute(insert(tables.Person).values(id=person_id, name="", created_ms=OPENS))
        finish(session, 1, 1, 30)
    return store


def edition(session: Session) -> Edition:
    return load_edition(session, 1)


def add_attempt(session: Session, ordinal: int, day: int, state: str) -> None:
    times = {"begun_ms": OPENS, "shown_ms": OPENS, "finished_ms": OPENS + 1, "used_ms": 1}
    session.add(
        tables.Attempt(
            campaign_id=1, person_id=1, ordinal=ordinal, day=day, state=state, paper="1", position=5, score=1, **times
        )
    )
    session.flush()


def test_days_count_once_each_and_superseded_attempts_not_at_all(played: Store) -> None:
    with played.transaction() as session:
        assert chance(session, edition(session), STANDING) == Chance(OWN, tickets=1, missing=0, least=20)
        add_attempt(session, 2, 20260704, "finished")
        add_attempt(session, 3, 20260705, "superseded")
        add_attempt(session, 4, 20260706, "finished")
        assert chance(session, edition(session), STANDING) == Chance(OWN, tickets=2, missing=0, least=20)


def test_whoever_lacks_points_has_no_tickets(played: Store) -> None:
    with played.reading() as session:
        few = chance(session, edition(session), replace(STANDING, points=5))
        assert few == Chance(OWN, tickets=0, missing=15, least=20)


def test_where_nothing_is_drawn_there_is_no_chance(played: Store) -> None:
    with played.reading() as session:
        ranked = replace(edition(session), prize_kinds=frozenset({"rank", "instant"}))
        assert chance(session, ranked, STANDING) is None
        unplanned = replace(ranked, prize_kinds=frozenset())
        assert chance(session, unplanned, STANDING) is not None, "a draw may come with prizes of its own"


def test_who_is_excluded_is_found_by_whoever_they_turned_out_to_be(played: Store) -> None:
    with played.transaction() as session:
        assert not edition(session).excludes
        exclude(session, "week", [2], "organiser", "", "王工", OPENS)
        assert not is_excluded(session, 1, 1)
        people.merge(session, 2, 1, OPENS)
        found = chance(session, edition(session), STANDING)
        assert found is not None
        assert found.excluded


def test_whoever_has_won_where_one_may_win_once_is_in_no_draw_any_more(played: Store) -> None:
    with played.transaction() as session:
        group_id = session.scalar(select(tables.PrizeGroup.id).where(tables.PrizeGroup.name == "答题惊喜"))
        assert group_id is not None
        put_on_record(session, terms_of(session, group_id), [Winner("帆布袋", OWN, 1)], OPENS)
        found = chance(session, edition(session), STANDING)
        assert found is not None
        assert found.won
        anybody = chance(session, replace(edition(session), wins="group"), STANDING)
        assert anybody is not None
        assert not anybody.won
        take_back(session, session.scalars(select(tables.Award.id)).one(), "代人答题", OPENS)
        again = chance(session, edition(session), STANDING)
        assert again is not None
        assert not again.won


def test_once_every_list_is_frozen_nobody_is_promised_a_part(played: Store) -> None:
    with played.transaction() as session:
        before = chance(session, edition(session), STANDING)
        assert before is not None
        assert not before.frozen
        session.execute(update(tables.Campaign).values(wins="group"))
        rules: dict[str, Any] = {"quotas": {}, "exclusions": (), "fallback": "", "reason": "", "group": "参与奖"}
        draws.freeze(session, "week", (), ["ssq:2026130"], **rules, by="王工", now=OPENS)
        found = chance(session, edition(session), STANDING)
        assert found is not None
        assert found.frozen


def test_what_is_left_is_what_was_not_given(played: Store) -> None:
    with played.transaction() as session:
        best, drawn, bag, passed = offers(session, 1)
        assert [(one.name, one.kind) for one in (best, drawn, bag, passed)] == [
            ("优胜奖", "rank"),
            ("参与奖", "draw"),
            ("答题惊喜", "instant"),
            ("合格证书", "passed"),
        ]
        assert [(one.name, one.stock, one.left) for one in best.prizes] == [("一等奖", 1, 1), ("二等奖", 3, 3)]
        assert passed.prizes == ()
        keeping.raise_stock(session, "week", "答题惊喜", "帆布袋", 4, "王工", OPENS)
        assert [(one.name, one.stock, one.left) for one in offers(session, 1)[2].prizes] == [("帆布袋", 5, 5)]
