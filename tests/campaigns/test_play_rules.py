"""Who may play, and what an answer is worth, by a campaign's own rules."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from sqlalchemy import select, update

from campaigns import people, play, tables, units
from campaigns.editions import Editions
from campaigns.errors import NotAdmitted
from campaigns.people import Sender
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores

WANG = Sender("wechat", "", "oWang")


@pytest.fixture
def stores(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def looked(stores: Stores) -> play.Turn:
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, WANG)
    assert turn is not None
    return turn


def begun(stores: Stores) -> play.Turn:
    people.meet(stores.sql, WANG, OPENS)
    turn = looked(stores)
    assert turn.edition is not None
    play.begin(stores.sql, turn, turn.edition, Random(1), OPENS, in_chat=True)
    return looked(stores)


def answered(stores: Stores, given: str, now: int = OPENS + 1) -> play.Marked:
    turn = looked(stores)
    assert turn.attempt is not None
    with stores.sql.direct() as direct:
        return play.answer(direct, turn, turn.attempt.position, given, now, in_chat=True)


# --- admission ---------------------------------------------------------------------------------------------------


def let_be(stores: Stores, unit_code: str = "", *, rostered: bool = False) -> None:
    with stores.sql.transaction() as session:
        if unit_code:
            people.join_unit(session, session.scalars(select(tables.Person.id)).one(), unit_code)
        session.execute(update(tables.Person).values(rostered=rostered))


def let_take_part(stores: Stores, campaign: int, code: str) -> None:
    """A unit with one below it takes part."""
    with stores.sql.transaction() as session:
        above = units.add(session, code, "市机关事务局")
        units.add(session, f"{code}1", "办公室", parent_code=code, level="department")
        session.add(tables.CampaignUnit(campaign_id=campaign, unit_id=above))


@pytest.mark.parametrize(
    ("admission", "unit", "rostered", "refused"),
    [
        ("open", "", False, ""),
        ("open", "U01", False, ""),
        ("unit", "", False, "unit"),
        ("unit", "U01", False, ""),
        ("roster", "", False, "roster"),
        ("roster", "U01", False, "roster"),
        ("roster", "U01", True, ""),
    ],
)
def test_who_may_begin_is_as_the_campaign_says(
    stores: Stores, admission: str, unit: str, rostered: bool, refused: str
) -> None:
    make_campaign(stores.sql)
    with stores.sql.transaction() as session:  # a roster would have to have somebody on it
        session.execute(update(tables.Campaign).values(admission=admission, version=tables.Campaign.version + 1))
    people.meet(stores.sql, WANG, OPENS)
    let_be(stores, unit, rostered=rostered)
    if not refused:
        assert begun(stores).attempt is not None
        return
    with pytest.raises(NotAdmitted) as raised:
        begun(stores)
    assert raised.value.args == (refused,)
    assert looked(stores).attempt is None


@pytest.mark.parametrize(("unit", "admitted"), [("B", True), ("B1", True), ("U01", False)])
def test_of_units_those_take_part_that_were_named_and_all_below_them(stores: Stores, unit: str, admitted: bool) -> None:
    campaign = make_campaign(stores.sql, replace(PLAN, admission="unit"))
    let_take_part(stores, campaign, "B")
    people.meet(stores.sql, WANG, OPENS)
    let_be(stores, unit)
    if admitted:
        assert begun(stores).attempt is not None
        return
    with pytest.raises(NotAdmitted, match="unit"):
        begun(stores)


def test_a_look_says_of_which_unit_a_person_is(stores: Stores) -> None:
    make_campaign(stores.sql)
    people.meet(stores.sql, WANG, OPENS)
    assert looked(stores).unit_id is None
    let_be(stores, "U02")
    with stores.sql.reading() as session:
        assert looked(stores).unit_id == people.find_unit(session, "U02").id


def test_an_attempt_goes_with_the_identity_that_began_it(stores: Stores) -> None:
    make_campaign(stores.sql)
    turn = begun(stores)
    with stores.sql.reading() as session:
        assert session.scalars(select(tables.Attempt.identity_id)).one() == turn.identity_id


# --- what an answer is worth -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("partial", "points"), [("none", 0), ("half", 5), ("each", 6)])
def test_a_multiple_choice_without_some_right_options(stores: Stores, partial: str, points: int) -> None:
    make_campaign(stores.sql, replace(PLAN, partial=partial))
    begun(stores)
    for given in ("C", "false"):
        assert not answered(stores, given).partly
    marked = answered(stores, "AB")
    assert (marked.right, marked.partly, marked.points, marked.score) == (False, points > 0, points, 20 + points)
    turn = looked(stores)
    assert turn.attempt is not None
    assert turn.attempt.score == 20 + points
    last = answered(stores, "1000", OPENS + 9)
    with stores.sql.reading() as session:
        again = play.retell(session, stores, turn.attempt.id, OPENS + 9)[1]
    assert replace(again, attempt=last.attempt) == replace(last, standing=None)


@pytest.mark.parametrize("given", ["A", "C"])
def test_a_question_found_wrong_has_its_full_points_whatever_is_given(stores: Stores, given: str) -> None:
    make_campaign(stores.sql)
    begun(stores)
    with stores.sql.transaction() as session:
        session.execute(
            update(tables.CampaignQuestion).where(tables.CampaignQuestion.ordinal == 1).values(withdrawn=True)
        )
        session.execute(update(tables.Campaign).values(version=tables.Campaign.version + 1))
    marked = answered(stores, given)
    assert (marked.withdrawn, marked.partly, marked.right, marked.points) == (True, False, given == "C", 10)


@pytest.mark.parametrize(
    ("reveals", "meanwhile", "at_the_end"),
    [("at_once", True, True), ("at_end", False, True), ("after_close", False, False)],
)
def test_whether_a_verdict_may_be_told_is_known_with_it(
    stores: Stores, reveals: str, meanwhile: bool, at_the_end: bool
) -> None:
    make_campaign(stores.sql, replace(PLAN, reveals=reveals))
    attempt = begun(stores).attempt
    assert attempt is not None
    assert [answered(stores, given).revealed for given in ("C", "false", "ABD", "1000")] == [
        *[meanwhile] * 3,
        at_the_end,
    ]
    with stores.sql.reading() as session:
        assert play.retell(session, stores, attempt.id, CLOSES - 1)[1].revealed == at_the_end
        assert play.retell(session, stores, attempt.id, CLOSES)[1].revealed
