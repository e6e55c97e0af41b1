from __future__ import annotations

import pytest
from campaign_made import OPENS, make_campaign

from campaigns import consents, people
from campaigns.consents import GivenConsent
from campaigns.people import Sender
from campaigns.store import Store


@pytest.fixture
def chat(store: Store) -> int:
    """An identity in campaign 1."""
    make_campaign(store)
    sender = Sender("wechat", "", "oWang")
    people.meet(store, sender, OPENS)
    with store.reading() as session:
        found = people.find_identity(session, sender)
        assert found is not None
        return found.id


def test_a_wording_is_known_by_its_text_alone() -> None:
    assert consents.version_of("告知") == consents.version_of("告知") != consents.version_of("告知。")
    assert len(consents.version_of("")) == consents.VERSION_LENGTH


def test_a_consent_is_to_one_wording_and_keeps_its_first_time(store: Store, chat: int) -> None:
    for version, now in (("a", OPENS), ("a", OPENS + 1), ("b", OPENS + 2)):
        with store.transaction() as session:
            consents.give(session, chat, 1, version, now)
    with store.reading() as session:
        assert consents.is_given(session, chat, 1, "a")
        assert not consents.is_given(session, chat, 1, "c")
        assert consents.given(session, chat, 1) == [GivenConsent("b", OPENS + 2), GivenConsent("a", OPENS)]
