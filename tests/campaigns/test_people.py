from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from campaigns import people, tables
from campaigns.errors import NotFound
from campaigns.people import Sender
from campaigns.store import Store

WANG = Sender("wechat", "", "oWang")


def identity(store: Store, sender: Sender) -> tables.Identity:
    with store.reading() as session:
        found = people.find_identity(session, sender)
    assert found is not None
    return found


def persons(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(tables.Person)) or 0


def test_whoever_is_met_is_a_new_guest_in_the_campaign_of_the_day(store: Store) -> None:
    campaign = make_campaign(store)
    people.meet(store, WANG, OPENS)
    met = identity(store, WANG)
    assert (met.channel, met.account, met.sender) == ("wechat", "", "oWang")
    assert (met.campaign_id, met.created_ms) == (campaign, OPENS)
    with store.reading() as session:
        person = session.get_one(tables.Person, met.person_id)
        assert (person.name, person.unit_id, person.created_ms) == ("", None, OPENS)


def test_meeting_again_finds_the_same_person(store: Store) -> None:
    people.meet(store, WANG, OPENS)
    before = identity(store, WANG).id
    people.meet(store, WANG, OPENS + 1)
    assert identity(store, WANG).id == before
    assert persons(store) == 1


@pytest.mark.parametrize("other", [{"channel": "wecom"}, {"account": "second"}, {"sender": "owang"}])
def test_a_sender_is_only_the_same_within_one_account_of_one_channel(store: Store, other: dict[str, str]) -> None:
    people.meet(store, WANG, OPENS)
    people.meet(store, replace(WANG, **other), OPENS)
    assert identity(store, WANG).person_id != identity(store, replace(WANG, **other)).person_id
    assert persons(store) == 2


def test_an_identity_may_lead_to_a_person_who_is_known(store: Store) -> None:
    people.meet(store, WANG, OPENS)
    browser = Sender("h5", "", "a token")
    people.meet(store, browser, OPENS, person_id=identity(store, WANG).person_id)
    assert identity(store, browser).person_id == identity(store, WANG).person_id
    assert persons(store) == 1


def test_an_identity_cannot_lead_to_nobody(store: Store) -> None:
    with pytest.raises(IntegrityError):
        people.meet(store, WANG, OPENS, person_id=4_711)
    with store.reading() as session:
        assert people.find_identity(session, WANG) is None


def test_whoever_is_met_without_a_campaign_is_in_none(store: Store) -> None:
    people.meet(store, WANG, OPENS)
    assert identity(store, WANG).campaign_id is None


def test_entering_changes_what_the_next_message_is_about(store: Store) -> None:
    make_campaign(store)
    people.meet(store, WANG, OPENS)
    other = make_campaign(store, replace(PLAN, slug="other", opens_ms=CLOSES, closes_ms=None))
    with store.transaction() as session:
        people.enter(session, identity(store, WANG).id, other)
    assert identity(store, WANG).campaign_id == other


def test_a_person_joins_a_unit_by_its_code_and_may_change_it(store: Store) -> None:
    make_campaign(store)
    people.meet(store, WANG, OPENS)
    person = identity(store, WANG).person_id
    for code, name in (("U01", "市财政局"), ("U02", "市水务局")):
        with store.transaction() as session:
            assert people.join_unit(session, person, code) == name
        with store.reading() as session:
            assert people.unit_name(session, person) == name


def test_a_unit_that_does_not_exist_is_said_to_be_so_and_changes_nothing(store: Store) -> None:
    make_campaign(store)
    people.meet(store, WANG, OPENS)
    person = identity(store, WANG).person_id
    with pytest.raises(NotFound, match="U99"), store.transaction() as session:
        people.join_unit(session, person, "U99")
    with store.reading() as session:
        assert people.unit_name(session, person) == ""
        assert people.find_unit(session, "U01").name == "市财政局"
