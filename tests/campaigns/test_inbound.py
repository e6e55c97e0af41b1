from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_made import OPENS
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from campaigns import inbound, people, play, tables
from campaigns.clock import HOUR
from campaigns.editions import Editions
from campaigns.inbound import Effect, settle_reply
from campaigns.people import Sender
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores

WANG = Sender("wechat", "", "oWang")


@pytest.fixture
def wang(store: Store) -> int:
    """The identity of one follower."""
    return met(store, WANG)


def met(store: Store, sender: Sender) -> int:
    people.meet(store, sender, OPENS)
    with store.reading() as session:
        identity = people.find_identity(session, sender)
    assert identity is not None
    return identity.id


def record(store: Store, identity_id: int, key: str, reply: str, now: int = OPENS) -> None:
    with store.transaction() as session:
        inbound.record(session, identity_id, key, reply, now)


def leave_open(store: Store, identity_id: int, key: str) -> None:
    """As a finishing answer leaves its message between its commit and the moment its rank is known."""
    with store.transaction() as session:
        session.add(tables.Inbound(identity_id=identity_id, key=key, reply=None, attempt_id=None, received_ms=OPENS))


def effect(store: Store, sender: Sender, key: str) -> Effect | None:
    with store.direct() as direct:
        turn = play.look(direct, Stores(store, Ranking(store, None), Editions()), sender, key)
    assert turn is not None
    return turn.effect


def kept(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(tables.Inbound)) or 0


def settled(store: Store, identity_id: int, key: str, reply: str) -> str:
    with store.direct() as direct:
        return settle_reply(direct, identity_id, key, reply)


def test_a_retry_finds_the_reply_of_its_message(store: Store, wang: int) -> None:
    record(store, wang, "m:1", "【第1/4题……")
    assert effect(store, WANG, "m:1") == Effect("【第1/4题……", None)
    assert effect(store, WANG, "m:2") is None


def test_of_two_deliveries_of_one_message_the_later_has_no_effect(store: Store, wang: int) -> None:
    record(store, wang, "m:1", "the first")
    with pytest.raises(IntegrityError):
        record(store, wang, "m:1", "the second")
    assert effect(store, WANG, "m:1") == Effect("the first", None)


@pytest.mark.parametrize("other", [{"sender": "oLi"}, {"account": "second"}, {"channel": "wecom"}])
def test_messages_of_different_senders_never_collide(store: Store, wang: int, other: dict[str, str]) -> None:
    """The platform has been seen to use one MsgId for different senders."""
    somebody = replace(WANG, **other)
    record(store, wang, "m:1", "to Wang")
    record(store, met(store, somebody), "m:1", "to somebody else")
    assert effect(store, WANG, "m:1") == Effect("to Wang", None)
    assert effect(store, somebody, "m:1") == Effect("to somebody else", None)


@pytest.mark.parametrize("pair", [("m:1", "e:1"), ("m:1", "m:10"), ("m:1", "m:1 "), ("e:1:CLICK:A", "e:1:CLICK:a")])
def test_different_keys_never_collide(store: Store, wang: int, pair: tuple[str, str]) -> None:
    for key in pair:
        record(store, wang, key, f"to {key}")
    assert [effect(store, WANG, key) for key in pair] == [Effect(f"to {key}", None) for key in pair]


# --- a reply that waits for its rank -----------------------------------------------------------------------------


def test_an_empty_reply_is_set_once_and_everybody_reads_that_one(store: Store, wang: int) -> None:
    leave_open(store, wang, "m:1")
    assert effect(store, WANG, "m:1") == Effect(None, None)
    assert settled(store, wang, "m:1", "个人第 3 名") == "个人第 3 名"
    assert settled(store, wang, "m:1", "个人第 4 名") == "个人第 3 名"
    assert effect(store, WANG, "m:1") == Effect("个人第 3 名", None)


def test_a_reply_whose_message_was_forgotten_is_still_told(store: Store, wang: int) -> None:
    assert settled(store, wang, "m:9", "个人第 3 名") == "个人第 3 名"
    assert kept(store) == 0


def test_setting_one_reply_leaves_others_alone(store: Store, wang: int) -> None:
    li = replace(WANG, sender="oLi")
    leave_open(store, wang, "m:1")
    leave_open(store, met(store, li), "m:1")
    settled(store, wang, "m:1", "to Wang")
    assert effect(store, li, "m:1") == Effect(None, None)


# --- forgetting --------------------------------------------------------------------------------------------------


def test_messages_are_forgotten_after_48_hours_and_not_before(store: Store, wang: int) -> None:
    for number, age in enumerate((49 * HOUR, 48 * HOUR + 1, 48 * HOUR, HOUR, 0)):
        record(store, wang, f"m:{number}", "", OPENS - age)
    with store.transaction() as session:
        assert inbound.purge(session, OPENS, most=9) == 2
    assert [effect(store, WANG, f"m:{number}") is not None for number in range(5)] == [False, False, True, True, True]


def test_forgetting_takes_so_many_at_a_time(store: Store, wang: int) -> None:
    for number in range(5):
        record(store, wang, f"m:{number}", "", OPENS - 50 * HOUR)
    for expected in (2, 2, 1, 0):
        with store.transaction() as session:
            assert inbound.purge(session, OPENS, most=2) == expected
    assert kept(store) == 0


def test_what_a_message_did_outlives_the_message(store: Store, wang: int) -> None:
    record(store, wang, "m:1", "", OPENS - 50 * HOUR)
    with store.transaction() as session:
        inbound.purge(session, OPENS, most=9)
    assert met(store, WANG) == wang
