"""The sender against ways that behave as platforms do."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from campaign_made import OPENS, make_campaign
from sqlalchemy import select

from campaigns import grants, inbound, outbox, people, reaching, tables
from campaigns.clock import DAY, HOUR, MINUTE
from campaigns.errors import StoreUnavailable
from campaigns.outbox import Draft, State
from campaigns.people import Sender as Who
from campaigns.store import Store, open_store
from platforms import sender as sending
from platforms.errors import Busy, CircuitOpen, Misconfigured, Refused, Unreachable, Unwelcome
from platforms.outgoing import Outgoing
from platforms.sender import Office, Sender, Worded


@dataclass
class Platform:
    """A way that notes what it is handed, and fails as it is told."""

    got: list[Outgoing] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    """Of the next calls."""
    before: Callable[[Outgoing], None] = lambda outgoing: None

    def __call__(self, outgoing: Outgoing, seconds: float) -> None:
        self.before(outgoing)
        self.got.append(outgoing)
        if self.failures:
            raise self.failures.pop(0)


@dataclass
class Clock:
    now: int = OPENS

    def __call__(self) -> int:
        return self.now


@dataclass
class Ticking(Clock):
    """Goes on by itself."""

    since: float = field(default_factory=time.monotonic)

    def __call__(self) -> int:
        return self.now + int((time.monotonic() - self.since) * 1_000)


@dataclass
class Room:
    """A sender, its platforms and its clock."""

    store: Store
    clock: Clock = field(default_factory=Clock)
    sms: Platform = field(default_factory=Platform)
    wecom: Platform = field(default_factory=Platform)
    custom: Platform = field(default_factory=Platform)
    subscription: Platform = field(default_factory=Platform)

    def sender(self, name: str = "w") -> Sender:
        ways = {"sms": self.sms, "wecom": self.wecom, "custom": self.custom, "subscription": self.subscription}
        office = Office(
            store=self.store,
            ways={(name, ""): way for name, way in ways.items()},
            word=word,
            template_of=lambda account, wording: f"t-{wording}",
            clock=self.clock,
            random=Random(1),
        )
        return Sender(office, name)

    def post(self, key: str = "k", **over: Any) -> None:
        given: dict[str, Any] = {"wording": "notice.opens", "values": {"campaign": "周"}, "now": self.clock.now, **over}
        if not {"person_id", "way"} & set(over):
            given |= {"way": "sms", "recipient": "13800000000"}
        with self.store.transaction() as session:
            outbox.post(session, key=key, **given)

    def row(self, key: str = "k") -> tables.OutboxMessage:
        with self.store.reading() as session:
            return session.scalars(select(tables.OutboxMessage).where(tables.OutboxMessage.key == key)).one()

    def later(self, ms: int) -> None:
        self.clock.now += ms


def word(wording: str, values: Mapping[str, Any]) -> Worded:
    return Worded("题目", f"{wording}:{values['campaign']}", "https://quiz.example.cn/q/week")


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store)


def test_what_is_due_is_worded_sent_and_recorded(room: Room) -> None:
    room.post()
    assert room.sender().send_due() == 1
    [outgoing] = room.sms.got
    assert (outgoing.key, outgoing.recipient, outgoing.text) == ("k", "13800000000", "notice.opens:周")
    assert (outgoing.title, outgoing.url, outgoing.resent) == ("题目", "https://quiz.example.cn/q/week", False)
    row = room.row()
    assert (row.state, row.sent_by, row.sent_ms, row.begun) == ("sent", "sms", OPENS, False)
    assert room.sender().send_due() == 0


def test_that_a_sending_begins_is_on_record_before_the_platform_is_called(room: Room) -> None:
    seen: list[tuple[bool, str]] = []
    room.sms.before = lambda outgoing: seen.append((room.row().begun, room.row().state))
    room.post()
    room.sender().send_due()
    assert seen == [(True, "waiting")]


def test_a_worker_that_was_killed_leaves_its_message_to_the_next_which_says_that_it_is_sent_again(room: Room) -> None:
    room.post()

    def killed(outgoing: Outgoing) -> None:
        raise KeyboardInterrupt

    room.sms.before = killed
    with pytest.raises(KeyboardInterrupt):
        room.sender("w1").send_due()
    room.sms.before = lambda outgoing: None
    assert room.sender("w2").send_due() == 0
    room.later(outbox.LEASE_MS)
    assert room.sender("w2").send_due() == 1
    assert room.sms.got[0].resent


# --- how a sending ends ----------------------------------------------------------------------------------------


def test_a_platform_that_is_away_costs_no_try_and_what_may_have_gone_out_is_marked(room: Room) -> None:
    room.sms.failures = [Unreachable("平台没有回答。")] * 20
    room.post()
    sender = room.sender()
    for _ in range(20):
        assert sender.send_due() == 1
        row = room.row()
        assert (row.state, row.tries, row.begun, row.reason) == ("waiting", 0, True, "平台没有回答。")
        assert 1_000 <= row.due_ms - room.clock.now <= 6 * MINUTE
        room.clock.now = row.due_ms
    sender.send_due()
    assert room.row().state == "sent"
    assert [outgoing.resent for outgoing in room.sms.got] == [False] + [True] * 20


def test_an_open_circuit_costs_no_try_and_is_waited_for(room: Room) -> None:
    until = OPENS + 5 * MINUTE
    room.sms.failures = [CircuitOpen("今天的额度用完了。", 45009, until)]
    room.post("a")
    room.post("b")
    sender = room.sender()
    sender.send_due()
    assert len(room.sms.got) == 1, "nobody else knocks meanwhile"
    for key in "ab":
        row = room.row(key)
        assert (row.state, row.tries, row.begun) == ("waiting", 0, False)
        assert until <= row.due_ms <= until + HOUR
    room.clock.now = until + HOUR
    assert sender.send_due() == 2


def test_a_busy_platform_is_asked_again_when_it_says(room: Room) -> None:
    room.sms.failures = [Busy("请稍后。", 45011, after_ms=5_000)]
    room.post()
    room.sender().send_due()
    row = room.row()
    assert row.tries == 0
    assert OPENS + 5_000 <= row.due_ms <= OPENS + 6_000


@pytest.mark.parametrize("error", [Busy("请稍后。"), Misconfigured("IP 不在白名单。"), ZeroDivisionError()])
def test_after_so_many_tries_a_message_is_dead_and_may_be_sent_again_by_hand(room: Room, error: Exception) -> None:
    room.sms.failures = [error] * outbox.MOST_TRIES
    room.post()
    for tries in range(1, outbox.MOST_TRIES + 1):
        assert room.row().state == "waiting"
        room.clock.now = max(room.clock.now + 2 * MINUTE, room.row().due_ms)
        room.sender().send_due()
        assert room.row().tries == tries
    row = room.row()
    assert row.state == "dead"
    assert row.reason
    with room.store.transaction() as session:
        outbox.resend(session, room.clock.now, [row.id])
    room.sender().send_due()
    assert room.row().state == "sent"


def test_a_mistake_of_ours_is_logged_without_the_text(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    room.sms.failures = [ZeroDivisionError()]
    room.post(recipient="13812345678", way="sms", values={"campaign": "秘密"})
    with caplog.at_level(logging.INFO):
        room.sender().send_due()
    assert "ZeroDivisionError" in caplog.text
    assert "13812345678" not in caplog.text
    assert "秘密" not in caplog.text
    assert room.row().state == "waiting"


def test_what_a_platform_refuses_for_good_is_dead_at_once(room: Room) -> None:
    room.sms.failures = [Refused("号码不存在。", 7)]
    room.post()
    room.sender().send_due()
    assert (room.row().state, room.row().reason, room.row().begun) == ("dead", "号码不存在。", False)


def test_a_way_that_is_not_set_up_is_said(room: Room) -> None:
    room.post(way="mail", recipient="a@example.cn", must=True)
    room.sender().send_due()
    assert room.row().state == "waiting"
    assert "mail" in room.row().reason
    room.post("notice", way="mail", recipient="a@example.cn")
    room.sender().send_due()
    assert room.row("notice").state == "dropped"


def test_a_record_that_fails_is_made_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "UNSETTLED_S", (0.0, 0.0))
    settle, failing = outbox.settle_sent, [StoreUnavailable("away"), StoreUnavailable("away")]

    def fails_twice(*args: Any) -> bool:
        if failing:
            raise failing.pop()
        return settle(*args)

    monkeypatch.setattr(outbox, "settle_sent", fails_twice)
    room.post()
    room.sender().send_due()
    assert room.row().state == "sent"
    assert len(room.sms.got) == 1


def test_a_database_that_is_away_is_no_reason_to_end(caplog: pytest.LogCaptureFixture) -> None:
    away = open_store("postgresql://nobody:hunter2@127.0.0.1:1/none")
    sender = Room(away).sender()
    for _ in range(3):
        assert sender.send_due() == 0
    assert caplog.text.count("again and again") == 1
    assert "hunter2" not in caplog.text


# --- to whom ---------------------------------------------------------------------------------------------------


def known(room: Room, channel: str = "wechat", name: str = "oWang") -> tuple[int, int]:
    people.meet(room.store, Who(channel, "", name), OPENS - DAY)
    with room.store.reading() as session:
        identity = people.find_identity(session, Who(channel, "", name))
        assert identity is not None
        return identity.id, identity.person_id


def speaks(room: Room, identity_id: int, ago: int = MINUTE, key: str = "m:1") -> None:
    with room.store.transaction() as session:
        inbound.record(session, identity_id, key, "", room.clock.now - ago)


def consents(room: Room, identity_id: int, *keys: str) -> None:
    with room.store.transaction() as session:
        for key in keys:
            grants.record(session, identity_id, ["t-notice.opens"], key, OPENS)


def spent(room: Room) -> list[bool]:
    with room.store.reading() as session:
        return [grant.outbox_id is not None for grant in session.scalars(select(tables.SubscriptionGrant))]


def test_a_member_is_told_in_wecom(room: Room) -> None:
    _, person_id = known(room, "wecom", "wang")
    room.post(person_id=person_id)
    room.sender().send_due()
    assert [outgoing.recipient for outgoing in room.wecom.got] == ["wang"]


def test_a_consent_is_spent_on_one_notice(room: Room) -> None:
    identity_id, person_id = known(room)
    consents(room, identity_id, "e:1")
    room.post("a", person_id=person_id)
    room.post("b", person_id=person_id)
    room.sender().send_due()
    assert [outgoing.key for outgoing in room.subscription.got] == ["a"]
    assert (room.row("b").state, room.row("b").reason) == ("dropped", reaching.OUT_OF_REACH)


def test_a_consent_that_was_not_used_is_given_back(room: Room) -> None:
    identity_id, person_id = known(room)
    consents(room, identity_id, "e:1")
    room.subscription.failures = [CircuitOpen("额度用完。", until_ms=OPENS + MINUTE)]
    room.post("a", person_id=person_id)
    room.sender().send_due()
    assert spent(room) == [False]


def test_a_consent_that_the_platform_does_not_know_is_not_given_back_for_the_next_ways_trouble(room: Room) -> None:
    identity_id, person_id = known(room)
    consents(room, identity_id, "e:1")
    speaks(room, identity_id)
    room.subscription.failures = [Unwelcome("没有授权。", 43101)]
    room.custom.failures = [CircuitOpen("额度用完。", until_ms=OPENS + MINUTE)]
    room.post("a", person_id=person_id)
    room.sender().send_due()
    assert (room.row("a").state, spent(room)) == ("waiting", [True])


def test_a_message_that_was_withdrawn_at_the_last_moment_spends_no_consent(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity_id, person_id = known(room)
    consents(room, identity_id, "e:1")
    room.post("a", person_id=person_id)
    lease = outbox.lease

    def leased_and_withdrawn(*given: Any) -> list[outbox.Message]:
        found = lease(*given)
        outbox.withdraw(given[0], "a", "中奖已作废。")
        return found

    monkeypatch.setattr(outbox, "lease", leased_and_withdrawn)
    room.sender().send_due()
    assert (room.row("a").state, room.subscription.got, spent(room)) == ("dropped", [], [False])


def test_a_consent_that_may_have_been_used_stays_spent_on_its_message(room: Room) -> None:
    identity_id, person_id = known(room)
    consents(room, identity_id, "e:1")
    room.subscription.failures = [Unreachable("没有回答。"), Busy("请稍后。")]
    room.post("a", person_id=person_id)
    for _ in range(2):
        room.sender().send_due()
        room.clock.now = room.row("a").due_ms
        assert spent(room) == [True]
    room.sender().send_due()
    assert room.row("a").state == "sent"
    assert spent(room) == [True]


def test_a_consent_that_the_platform_does_not_know_any_more_is_spent_and_the_next_way_is_taken(room: Room) -> None:
    identity_id, person_id = known(room)
    consents(room, identity_id, "e:1")
    speaks(room, identity_id)
    room.subscription.failures = [Unwelcome("没有授权。", 43101)]
    room.post("a", person_id=person_id)
    room.sender().send_due()
    assert [len(room.subscription.got), len(room.custom.got)] == [1, 1]
    assert (room.row("a").state, room.row("a").sent_by) == ("sent", "custom")
    assert spent(room) == [True]


def test_a_notice_that_perhaps_arrived_is_not_sent_by_another_way(room: Room) -> None:
    identity_id, person_id = known(room)
    consents(room, identity_id, "e:1")
    speaks(room, identity_id)
    for key, must in (("notice", False), ("must", True)):
        room.subscription.failures = [Unreachable("没有回答。"), Unwelcome("没有授权。", 43101)]
        room.post(key, person_id=person_id, must=must)
        sender = room.sender()
        sender.send_due()
        room.clock.now = room.row(key).due_ms
        sender.send_due()
        consents(room, identity_id, "e:2")
    assert (room.row("notice").state, room.row("notice").reason) == ("dropped", sending.PERHAPS_DELIVERED)
    assert (room.row("must").state, room.row("must").sent_by) == ("sent", "custom")


def test_who_is_told_five_times_is_told_no_more_until_they_speak(room: Room) -> None:
    identity_id, person_id = known(room)
    speaks(room, identity_id)
    for number in range(6):
        room.post(f"{number}", person_id=person_id, must=True)
    sender = room.sender()
    sender.send_due()
    assert len(room.custom.got) == 5
    assert (room.row("5").state, room.row("5").reason) == ("dead", reaching.OUT_OF_REACH)
    room.later(MINUTE)
    speaks(room, identity_id, 0, "m:2")
    with room.store.transaction() as session:
        outbox.resend(session, room.clock.now)
    sender.send_due()
    assert room.row("5").state == "sent"


def test_a_follower_who_is_not_welcome_any_where_is_dropped_with_the_platforms_reason(room: Room) -> None:
    identity_id, person_id = known(room)
    speaks(room, identity_id)
    room.custom.failures = [Unwelcome("超过 48 小时。", 45015), Unwelcome("超过 48 小时。", 45015)]
    room.post("notice", person_id=person_id)
    room.post("must", person_id=person_id, must=True)
    room.sender().send_due()
    assert (room.row("notice").state, room.row("notice").reason) == ("dropped", "超过 48 小时。")
    assert (room.row("must").state, room.row("must").reason) == ("dead", "超过 48 小时。")


def test_a_notice_waits_for_the_morning_and_keeps_its_tries(room: Room) -> None:
    campaign_id = make_campaign(room.store)
    _, person_id = known(room, "wecom", "wang")
    room.later(13 * HOUR)  # 22:00
    room.post(person_id=person_id, campaign_id=campaign_id)
    room.post("must", person_id=person_id, campaign_id=campaign_id, must=True)
    room.sender().send_due()
    assert [outgoing.key for outgoing in room.wecom.got] == ["must"]
    assert (room.row().due_ms, room.row().tries, room.row().reason) == (OPENS + 23 * HOUR, 0, reaching.QUIET)


def test_two_notices_a_day_and_the_third_tomorrow(room: Room) -> None:
    campaign_id = make_campaign(room.store)
    _, person_id = known(room, "wecom", "wang")
    for key in "abc":
        room.post(key, person_id=person_id, campaign_id=campaign_id)
    room.sender().send_due()
    assert len(room.wecom.got) == 2
    assert room.row("c").due_ms == OPENS + 23 * HOUR
    room.clock.now = room.row("c").due_ms
    room.sender().send_due()
    assert room.row("c").state == "sent"


# --- many at once ----------------------------------------------------------------------------------------------


def running(senders: list[Sender], done: Callable[[], bool], patience_s: float = 60.0) -> None:
    """Let senders run until something is so."""
    stop = threading.Event()
    threads = [threading.Thread(target=sender.run, args=(stop,)) for sender in senders]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + patience_s
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join(30)
    assert done(), "not in time"


def left(store: Store) -> int:
    with store.reading() as session:
        return outbox.how_many(session, State.WAITING)


@pytest.mark.race
def test_two_senders_send_each_message_once(store: Store, store_url: str, repeats: int) -> None:
    rooms = [Room(store, Ticking()), Room(open_store(store_url), Ticking())]
    for turn in range(repeats):
        with store.transaction() as session:
            drafts = [Draft(f"{turn}:{n}", "sms", {"campaign": ""}, way="sms", recipient=f"{n}") for n in range(150)]
            outbox.post_all(session, drafts, OPENS)
        running([room.sender(f"w{number}") for number, room in enumerate(rooms)], lambda: left(store) == 0)
    got = Counter(outgoing.key for room in rooms for outgoing in room.sms.got)
    assert len(got) == 150 * repeats
    assert set(got.values()) == {1}
    rooms[1].store.close()


@pytest.mark.race
def test_a_day_holds_no_more_notices_however_many_senders_there_are(store: Store, store_url: str, repeats: int) -> None:
    campaign_id = make_campaign(store)
    rooms = [Room(store, Ticking()), Room(open_store(store_url), Ticking())]
    for turn in range(repeats):
        _, person_id = known(rooms[0], "wecom", f"wang{turn}")
        with store.transaction() as session:
            about = {"person_id": person_id, "campaign_id": campaign_id}
            drafts = [Draft(f"{turn}:{n}", "notice.opens", {"campaign": ""}, **about) for n in range(12)]
            outbox.post_all(session, drafts, OPENS)
        for room in rooms:
            room.wecom.before = lambda outgoing: time.sleep(0.01)

        def all_seen(turn: int = turn) -> bool:
            with store.reading() as session:
                return outbox.counts(session, 0).sent_today == 2 * (turn + 1) and not outbox.has_due(session, OPENS)

        running([room.sender(f"w{number}") for number, room in enumerate(rooms)], all_seen)
    got = Counter(outgoing.recipient for room in rooms for outgoing in room.wecom.got)
    assert set(got.values()) == {2}
    rooms[1].store.close()


def test_a_platform_that_hangs_holds_up_nobody_else(store: Store) -> None:
    room = Room(store, Ticking())
    freed = threading.Event()

    def hangs(outgoing: Outgoing) -> None:
        freed.wait(30)

    room.sms.before = hangs
    for number in range(20):
        room.post(f"sms:{number}")
    for number in range(20):
        room.post(f"wecom:{number}", way="wecom", recipient=f"{number}")
    told: list[int] = []

    def all_others_are_told() -> bool:
        told.append(len(room.wecom.got))
        if told[-1] == 20:
            freed.set()
        return told[-1] == 20

    running([room.sender()], all_others_are_told, patience_s=20)


def test_what_was_begun_when_told_to_stop_is_finished(store: Store) -> None:
    room = Room(store, Ticking())
    stop = threading.Event()

    def told_to_stop_meanwhile(outgoing: Outgoing) -> None:
        stop.set()
        time.sleep(0.1)

    room.sms.before = told_to_stop_meanwhile
    for number in range(30):
        room.post(f"{number}")
    room.sender().run(stop)
    with store.reading() as session:
        states = Counter((row.state, row.begun) for row in session.scalars(select(tables.OutboxMessage)))
    assert set(states) == {("sent", False), ("waiting", False)}
    assert room.row("29").lease is None, "what was not begun is left to the next one at once"
    assert states["sent", False] == len(room.sms.got) <= sending.THREADS
