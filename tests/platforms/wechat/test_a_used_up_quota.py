"""A quota that is used up: what is due waits without a call, and goes out once when the platform lets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest
from campaign_made import OPENS, make_campaign
from simulator import Simulator, running_simulator
from simulator.followers import Follower

from campaigns import inbound, outbox
from campaigns.clock import DAY, MINUTE, SECOND
from campaigns.people import Sender as Who
from campaigns.people import find_identity, meet
from campaigns.store import Store
from platforms.sender import Office, Sender, Worded
from platforms.wechat.official import OfficialAccount, open_account
from platforms.wechat.ways import ways
from settings import Settings


@pytest.fixture
def platform() -> Iterator[Simulator]:
    with running_simulator(product_url="http://127.0.0.1:1", patience_s=0.1) as running:
        yield running


class Clock:
    now = OPENS

    def __call__(self) -> int:
        return self.now


def word(wording: str, values: Mapping[str, Any]) -> Worded:
    return Worded("", f"通知 {values['n']}", "")


def opened(platform: Simulator, store: Store, clock: Clock) -> tuple[Sender, OfficialAccount]:
    account = Settings(**platform.settings(), _env_file=None).accounts().wechat[""]  # type: ignore[arg-type]
    official = open_account(account, store, "secret", clock)
    office = Office(
        store=store,
        ways={(name, ""): way for name, way in ways(official).items()},
        word=word,
        template_of=lambda account, wording: "",
        clock=clock,
        random=Random(1),
    )
    return Sender(office, "w"), official


def known(store: Store, follower: Follower, n: int) -> None:
    """A follower who has just spoken, and is to be told something."""
    who = Who("wechat", "", follower.openid)
    meet(store, who, OPENS)
    with store.transaction() as session:
        identity = find_identity(session, who)
        assert identity is not None
        inbound.record(session, identity.id, "m:1", "好", OPENS)
        outbox.post(
            session,
            key=f"k{n}",
            wording="notice.won",
            values={"n": n},
            now=OPENS,
            person_id=identity.person_id,
            must=True,
        )


@pytest.mark.parametrize("cleared", [False, True])
def test_messages_wait_for_a_quota_and_go_out_once(store: Store, platform: Simulator, cleared: bool) -> None:
    make_campaign(store)
    clock = Clock()
    sender, official = opened(platform, store, clock)
    followers = [platform.follower(f"关注者{n}") for n in range(3)]
    for n, follower in enumerate(followers):
        follower.subscribed = True
        follower.says("你好")
        known(store, follower, n)
    platform.faults.quota("custom/send")
    for _ in range(20):
        sender.send_due()
        clock.now += MINUTE
    tried = sum("custom/send" in call.path for call in platform.calls.all())
    assert tried == 1, "one refusal closes the way for all"
    assert all(follower.received == [] for follower in followers)
    if cleared:
        official.clear_quota()
        clock.now += 10 * MINUTE + SECOND
    else:
        platform.faults.clear()
        clock.now += DAY
    for _ in range(5):
        sender.send_due()
        clock.now += MINUTE
    assert [[bubble.text for bubble in follower.received] for follower in followers] == [
        [f"通知 {n}"] for n in range(3)
    ]
