from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from campaign_made import make_campaign
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from campaigns import outbox, tables
from campaigns.clock import DAY
from campaigns.errors import Refused
from campaigns.outbox import Draft, Message, State
from campaigns.store import Store, open_store

NOW = 1_783_126_800_000


@pytest.fixture
def rival(store_url: str) -> Iterator[Store]:
    """Another process's view of the same database."""
    store = open_store(store_url)
    yield store
    store.close()


def posted(store: Store, key: str = "k", now: int = NOW, **over: Any) -> bool:
    with store.transaction() as session:
        given: dict[str, Any] = {"wording": "notice.opens", "values": {"campaign": "周"}, "way": "sms", **over}
        return outbox.post(session, key=key, now=now, **given)


def leased(store: Store, now: int = NOW, most: int = 10, holder: str = "w1") -> list[Message]:
    with store.transaction() as session:
        return outbox.lease(session, holder, now, most)


def begun(store: Store, message: Message, now: int = NOW) -> bool:
    with store.transaction() as session:
        return outbox.begin(session, message, "sms", now)


def sent(store: Store, message: Message, now: int = NOW) -> bool:
    with store.transaction() as session:
        return outbox.settle_sent(session, message, "sms", now)


def row(store: Store, key: str = "k") -> tables.OutboxMessage:
    with store.reading() as session:
        return session.scalars(select(tables.OutboxMessage).where(tables.OutboxMessage.key == key)).one()


def test_the_same_key_is_written_once(store: Store) -> None:
    assert posted(store)
    assert not posted(store, values={"campaign": "another"})
    assert row(store).values == {"campaign": "周"}


def test_what_is_posted_in_a_transaction_that_fails_was_never_posted(store: Store) -> None:
    def fails() -> None:
        with store.transaction() as session:
            outbox.post(session, key="k", wording="notice.opens", values={}, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with store.reading() as session:
        assert not outbox.has_due(session, NOW + DAY)


def test_many_are_posted_at_once_and_only_the_new_ones_are_counted(store: Store) -> None:
    posted(store, "2")
    with store.transaction() as session:
        assert outbox.post_all(session, [Draft(f"{number}", "notice.opens") for number in range(1_500)], NOW) == 1_499


def test_the_oldest_that_is_due_is_leased_first(store: Store) -> None:
    posted(store, "later", due_ms=NOW - 1)
    posted(store, "sooner", due_ms=NOW - 2)
    posted(store, "not yet", due_ms=NOW + 1)
    assert [message.key for message in leased(store, most=1)] == ["sooner"]
    assert [message.key for message in leased(store)] == ["later"]
    assert leased(store) == []


def test_whether_anything_is_due_is_seen_without_leasing_it(store: Store) -> None:
    posted(store, due_ms=NOW + 1)
    with store.reading() as session:
        assert not outbox.has_due(session, NOW)
        assert outbox.has_due(session, NOW + 1)
    assert len(leased(store, NOW + 1)) == 1


def test_a_lease_that_runs_out_lets_another_worker_go_on_and_tells_it_what_was_begun(store: Store) -> None:
    posted(store)
    first = leased(store)[0]
    assert not first.begun
    assert begun(store, first)
    assert leased(store, NOW + outbox.LEASE_MS - 1, holder="w2") == []
    second = leased(store, NOW + outbox.LEASE_MS, holder="w2")[0]
    assert second.begun
    assert second.key == first.key


def test_a_worker_whose_lease_was_taken_over_can_settle_nothing(store: Store) -> None:
    posted(store)
    first = leased(store)[0]
    second = leased(store, NOW + outbox.LEASE_MS, holder="w2")[0]
    assert not begun(store, first, NOW + outbox.LEASE_MS)
    assert not sent(store, first)
    with store.transaction() as session:
        assert not outbox.settle_later(session, first, NOW, "", begun=False)
        assert not outbox.settle_dead(session, first, "", begun=False)
        assert not outbox.settle_dropped(session, first, "")
    assert row(store).lease == "w2"
    assert sent(store, second)


def test_nothing_is_begun_after_its_lease_has_run_out(store: Store) -> None:
    posted(store)
    message = leased(store)[0]
    assert not begun(store, message, NOW + outbox.LEASE_MS)


def test_what_was_sent_is_settled_once_and_never_leased_again(store: Store) -> None:
    posted(store)
    message = leased(store)[0]
    assert begun(store, message)
    assert sent(store, message)
    assert not sent(store, message)
    assert leased(store, NOW + DAY) == []
    assert (row(store).state, row(store).sent_ms, row(store).begun) == ("sent", NOW, False)


def test_waiting_for_a_circuit_costs_no_try(store: Store) -> None:
    posted(store)
    message = leased(store)[0]
    with store.transaction() as session:
        outbox.settle_later(session, message, NOW + 5, "忙", begun=False)
    assert leased(store, NOW + 4) == []
    again = leased(store, NOW + 5)[0]
    assert again.tries == 0
    with store.transaction() as session:
        outbox.settle_later(session, again, NOW + 6, "忙" * 400, begun=True, costs_a_try=True)
    assert (row(store).tries, row(store).begun, len(row(store).reason)) == (1, True, 255)


@given(st.integers(0, 100), st.integers())
def test_pauses_grow_but_never_beyond_an_hour(tries: int, seed: int) -> None:
    pause = outbox.pause_ms(tries, Random(seed))
    longest = min(outbox.FIRST_PAUSE_MS * 2**tries, outbox.LONGEST_PAUSE_MS)
    assert longest // 2 <= pause <= longest


def dead(store: Store, key: str) -> None:
    posted(store, key)
    for message in leased(store):
        with store.transaction() as session:
            outbox.settle_dead(session, message, "对方不存在。", begun=False)


def test_dead_letters_are_listed_and_go_again_by_hand(store: Store) -> None:
    dead(store, "a")
    dead(store, "b")
    with store.transaction() as session:
        listed = outbox.listing(session, State.DEAD, most=10)
        assert [one.key for one in listed] == ["b", "a"]
        assert listed[0].reason == "对方不存在。"
        assert outbox.resend(session, NOW, [listed[0].id]) == 1
        assert outbox.resend(session, NOW) == 1
        assert outbox.resend(session, NOW) == 0
    assert {message.key for message in leased(store)} == {"a", "b"}


def test_what_was_sent_is_not_sent_again_by_hand(store: Store) -> None:
    posted(store)
    message = leased(store)[0]
    sent(store, message)
    with pytest.raises(Refused, match="已经发出"), store.transaction() as session:
        outbox.resend(session, NOW, [message.id])


def test_what_waits_is_dropped_by_hand_unless_it_is_being_sent(store: Store) -> None:
    posted(store, "a")
    posted(store, "b")
    held = leased(store, most=1)[0]
    with store.transaction() as session:
        waiting = outbox.listing(session, State.WAITING, most=10)
        free = next(one for one in waiting if one.id != held.id)
        assert outbox.drop(session, "不发了。", [free.id], NOW) == 1
    with pytest.raises(Refused), store.transaction() as session:
        outbox.drop(session, "不发了。", [held.id], NOW)
    assert row(store, held.key).state == "waiting"


def test_counts_tell_each_state_and_what_was_sent_today(store: Store) -> None:
    for key in "abcd":
        posted(store, key)
    for message in leased(store, most=2):
        sent(store, message, NOW)
    with store.transaction() as session:
        waiting = outbox.listing(session, State.WAITING, most=10)
        outbox.drop(session, "", [waiting[0].id], NOW)
        assert outbox.counts(session, NOW) == outbox.Counts(waiting=1, sent_today=2, dead=0, dropped=1)
        assert outbox.counts(session, NOW + 1).sent_today == 0


def test_a_listing_can_be_of_one_campaign(store: Store) -> None:
    campaign_id = make_campaign(store)
    posted(store, "a", campaign_id=campaign_id)
    posted(store, "b")
    with store.reading() as session:
        assert [one.key for one in outbox.listing(session, State.WAITING, most=5, campaign="week")] == ["a"]
        assert outbox.how_many(session, State.WAITING, "week") == 1
        assert outbox.how_many(session, State.WAITING) == 2


def test_what_has_become_untrue_is_withdrawn_unless_it_was_begun(store: Store) -> None:
    posted(store, "a")
    posted(store, "b")
    message = next(one for one in leased(store) if one.key == "b")
    begun(store, message)
    with store.transaction() as session:
        assert outbox.withdraw(session, "a", "中奖已作废。")
        assert not outbox.withdraw(session, "b", "中奖已作废。")
        assert not outbox.withdraw(session, "never", "")
    assert (row(store, "a").state, row(store, "b").state) == ("dropped", "waiting")


def test_what_has_become_untrue_is_not_sent_again_whatever_became_of_it(store: Store) -> None:
    for key in ("unanswered", "being sent", "not arriving"):
        posted(store, key)
    for message in leased(store):
        begun(store, message)
        if message.key == "unanswered":
            with store.transaction() as session:
                outbox.settle_later(session, message, NOW, "没有回答。", begun=True)
    dead(store, "dead")
    with store.transaction() as session:
        assert outbox.withdraw(session, "unanswered", "中奖已作废。"), "nobody is sending it just now"
        assert outbox.withdraw(session, "dead", "中奖已作废。"), "nor shall anybody resend it"
        assert not outbox.withdraw(session, "being sent", "中奖已作废。")
        assert outbox.resend(session, NOW) == 0
    assert [row(store, key).state for key in ("unanswered", "dead", "being sent")] == ["dropped", "dropped", "waiting"]
    assert (row(store, "being sent").expires_ms, row(store, "not arriving").expires_ms) == (0, None)


def test_all_messages_of_a_kind_are_withdrawn_from_one_campaign(store: Store) -> None:
    campaign_id = make_campaign(store)
    posted(store, "a", campaign_id=campaign_id, wording="notice.closes")
    posted(store, "b", campaign_id=campaign_id, wording="notice.opens")
    posted(store, "c", wording="notice.closes")
    with store.transaction() as session:
        assert outbox.withdraw_all(session, campaign_id, "notice.closes", "活动延期了。") == 1
    assert [row(store, key).state for key in "abc"] == ["dropped", "waiting", "waiting"]


def test_old_ones_are_purged_with_the_grants_spent_on_them_and_the_dead_stay(store: Store) -> None:
    dead(store, "dead")
    posted(store, "sent")
    posted(store, "young", now=NOW + DAY)
    message = leased(store)[0]
    sent(store, message)
    with store.transaction() as session:
        session.add(tables.Person(id=1, name="", unit_id=None, created_ms=NOW))
        session.flush()
        session.add(
            tables.Identity(
                id=1, channel="wechat", account="", sender="o", person_id=1, campaign_id=None, created_ms=NOW
            )
        )
        session.flush()
        grant = {"template_id": "t", "key": "e", "granted_ms": NOW, "outbox_id": message.id}
        session.add(tables.SubscriptionGrant(identity_id=1, **grant))
    with store.transaction() as session:
        assert outbox.purge(session, NOW + outbox.KEPT_MS, most=10) == 0
        assert outbox.purge(session, NOW + outbox.KEPT_MS + 1, most=10) == 1
    with store.reading() as session:
        assert set(session.scalars(select(tables.OutboxMessage.key))) == {"dead", "young"}
        assert session.scalars(select(tables.SubscriptionGrant)).all() == []


@pytest.mark.race
def test_workers_that_lease_at_once_never_get_the_same_message(store: Store, rival: Store, repeats: int) -> None:
    workers, count = 8, 240
    for _ in range(repeats):
        with store.transaction() as session:
            session.execute(update(tables.OutboxMessage).values(state="dropped"))
            outbox.post_all(session, [Draft(f"{_}:{number}", "notice.opens") for number in range(count)], NOW)
        start = threading.Barrier(workers)
        got: Counter[str] = Counter()

        def work(number: int, start: threading.Barrier = start, got: Counter[str] = got) -> None:
            start.wait(10)
            mine = rival if number % 2 else store
            while batch := leased(mine, most=7, holder=f"{number}"):
                got.update(message.key for message in batch)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))
        assert set(got.values()) == {1}
        assert len(got) >= count - 7 * workers, "what one had locked another skipped"
        got.update(message.key for message in leased(store, most=count))
        assert len(got) == count
