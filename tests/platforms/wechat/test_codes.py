"""Parametric codes: made once, kept, renewed in time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest
from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns import tables
from campaigns.clock import DAY
from campaigns.errors import Moved, Refused
from campaigns.store import Store, open_store
from platforms.errors import Refused as NeverTaken
from platforms.errors import Unreachable
from platforms.wechat.codes import (
    LIFETIME_S,
    MAKING_MS,
    Code,
    Made,
    all_codes,
    code_for,
    codes_of,
    permanent_codes,
    renew_codes,
    scene_of,
)

LIFETIME_MS = LIFETIME_S * 1_000


@dataclass
class Platform:
    """Makes tickets, counts them, and refuses when told to."""

    asked: list[tuple[str, int | None]] = field(default_factory=list)
    refusal: BaseException | None = None

    def make(self, scene: str, seconds: int | None) -> Made:
        self.asked.append((scene, seconds))
        if self.refusal is not None:
            raise self.refusal
        number = len(self.asked)
        return Made(f"ticket-{number}", f"http://weixin.qq.com/q/{number}", seconds)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def week(store: Store) -> Store:
    """A store with a campaign that never closes, and one that does."""
    make_campaign(store, replace(PLAN, closes_ms=None))
    make_campaign(store, replace(PLAN, slug="short"))
    return store


def shown(store: Store, now: int) -> list[Code]:
    with store.reading() as session:
        return all_codes(session, now)


def rows(store: Store) -> list[tuple[str, str, str]]:
    ticket = tables.QrTicket
    with store.reading() as session:
        return [tuple(row) for row in session.execute(select(ticket.scene, ticket.ticket, ticket.url))]  # type: ignore[misc]


# --- scenes ------------------------------------------------------------------------------------------------------


def test_a_scene_names_the_campaign_and_perhaps_the_unit() -> None:
    assert (scene_of("week"), scene_of("week", "U01")) == ("week", "week:U01")


@given(st.text(min_size=1, max_size=70), st.text(max_size=70))
def test_a_scene_is_never_longer_than_the_platform_takes(slug: str, unit: str) -> None:
    try:
        assert 1 <= len(scene_of(slug, unit)) <= 64
    except Refused:
        assert len(slug) + len(unit) >= 63


# --- one code ----------------------------------------------------------------------------------------------------


def test_a_code_is_made_once_and_kept(store: Store, platform: Platform) -> None:
    made = code_for(store, "", "week", platform.make, OPENS)
    assert made == Code("", "week", "http://weixin.qq.com/q/1", OPENS, OPENS + LIFETIME_MS)
    assert code_for(store, "", "week", platform.make, OPENS + DAY) == made
    assert platform.asked == [("week", LIFETIME_S)]
    assert shown(store, OPENS) == [made]


def test_accounts_and_units_have_codes_of_their_own(store: Store, platform: Platform) -> None:
    for account, scene in (("", "week"), ("west", "week"), ("", "week:U01"), ("", "weekend")):
        code_for(store, account, scene, platform.make, OPENS)
    with store.reading() as session:
        found = codes_of(session, "week", OPENS)
    assert [(one.account, one.unit_code) for one in found] == [("", ""), ("", "U01"), ("west", "")]


def test_a_permanent_code_never_ends_and_replaces_a_temporary_one(week: Store, platform: Platform) -> None:
    code_for(week, "", "week", platform.make, OPENS)
    made = code_for(week, "", "week", platform.make, OPENS + 1, permanent=True)
    assert made.expires_ms is None
    assert code_for(week, "", "week", platform.make, OPENS + 400 * DAY) == made, "also for who asks for any code"
    assert renew_codes(week, {"": platform.make}, OPENS + 400 * DAY) == 0
    assert platform.asked == [("week", LIFETIME_S), ("week", None)]
    with week.reading() as session:
        assert permanent_codes(session, "") == 1


def test_a_code_that_ends_soon_is_made_anew_and_an_ended_one_is_not_shown(store: Store, platform: Platform) -> None:
    code_for(store, "", "week", platform.make, OPENS)
    assert shown(store, OPENS + LIFETIME_MS) == []
    later = OPENS + LIFETIME_MS - DAY
    assert code_for(store, "", "week", platform.make, later).url.endswith("/2")
    assert [one.expires_ms for one in shown(store, OPENS + LIFETIME_MS)] == [later + LIFETIME_MS]


@pytest.mark.parametrize("refusal", [Unreachable("不通"), NeverTaken("不行"), KeyboardInterrupt()], ids=type)
def test_what_the_platform_refused_leaves_all_as_it_was(
    store: Store, platform: Platform, refusal: BaseException
) -> None:
    platform.refusal = refusal
    with pytest.raises(type(refusal)):
        code_for(store, "", "week", platform.make, OPENS)
    assert rows(store) == []
    platform.refusal = None
    kept = code_for(store, "", "week", platform.make, OPENS)
    platform.refusal = refusal
    with pytest.raises(type(refusal)):
        code_for(store, "", "week", platform.make, OPENS + 1, permanent=True)
    assert shown(store, OPENS) == [kept]
    platform.refusal = None
    assert code_for(store, "", "week", platform.make, OPENS + 2) == kept


# --- several processes -------------------------------------------------------------------------------------------


def test_while_one_process_makes_a_code_another_is_told_to_wait_and_the_old_one_is_shown(
    store: Store, platform: Platform
) -> None:
    kept = code_for(store, "", "week", platform.make, OPENS)
    later = OPENS + LIFETIME_MS - DAY

    def slow(scene: str, seconds: int | None) -> Made:
        with pytest.raises(Moved, match="另一个程序"):
            code_for(store, "", "week", platform.make, later + 1)
        assert [one.url for one in shown(store, later)] == [kept.url]
        return Made("slow", "http://weixin.qq.com/q/slow", seconds)

    assert code_for(store, "", "week", slow, later).url.endswith("/slow")
    assert len(platform.asked) == 1


def test_a_maker_that_died_is_followed_by_another(week: Store, platform: Platform) -> None:
    """Its row is there, without a ticket; neither command nor worker waits for it for ever."""
    for scene in ("week", "short"):
        with week.transaction() as session:
            session.add(tables.QrTicket(account="", scene=scene, ticket="", url="", made_ms=OPENS, expires_ms=OPENS))
    assert shown(week, OPENS) == []
    with pytest.raises(Moved):
        code_for(week, "", "week", platform.make, OPENS + MAKING_MS - 1)
    assert renew_codes(week, {"": platform.make}, OPENS + MAKING_MS - 1) == 0
    assert code_for(week, "", "week", platform.make, OPENS + MAKING_MS).url.endswith("/1")
    assert renew_codes(week, {"": platform.make}, OPENS + MAKING_MS) == 1


def test_a_maker_that_was_overtaken_keeps_nothing(store: Store, platform: Platform) -> None:
    def sleeping(scene: str, seconds: int | None) -> Made:
        code_for(store, "", "week", platform.make, OPENS + MAKING_MS)
        return Made("late", "http://weixin.qq.com/q/late", seconds)

    with pytest.raises(Moved):
        code_for(store, "", "week", sleeping, OPENS)
    assert [url for _, _, url in rows(store)] == ["http://weixin.qq.com/q/1"]


@pytest.fixture
def processes(store: Store, store_url: str) -> Iterator[list[Store]]:
    other = open_store(store_url)
    yield [store, other]
    other.close()


@pytest.mark.race
def test_of_many_processes_one_makes_the_code(processes: list[Store], repeats: int) -> None:
    for turn in range(repeats):
        platform, start = Platform(), threading.Barrier(8)

        def one(
            number: int, platform: Platform = platform, start: threading.Barrier = start, scene: str = f"week{turn}"
        ) -> str:
            for permanent in (False, True):
                start.wait()
                try:
                    code_for(processes[number % 2], "", scene, platform.make, OPENS + permanent, permanent=permanent)
                except Moved:
                    continue
            return scene

        with ThreadPoolExecutor(8) as pool:
            scenes = set(pool.map(one, range(8)))
        assert sorted(platform.asked, key=str) == [
            (scene, seconds) for scene in scenes for seconds in (LIFETIME_S, None)
        ]


# --- renewing ----------------------------------------------------------------------------------------------------


def test_the_worker_renews_what_ends_within_days_in_campaigns_that_are_not_over(
    week: Store, platform: Platform
) -> None:
    for scene in ("week", "week:U01", "short", "gone"):
        code_for(week, "", scene, platform.make, OPENS)
    code_for(week, "", "week:U02", platform.make, OPENS + 20 * DAY)
    code_for(week, "west", "week", platform.make, OPENS)
    assert renew_codes(week, {"": platform.make}, OPENS + 24 * DAY) == 0
    del platform.asked[:]
    assert OPENS + 26 * DAY > CLOSES
    assert renew_codes(week, {"": platform.make}, OPENS + 26 * DAY) == 2
    assert [scene for scene, _ in platform.asked] == ["week", "week:U01"]
    assert renew_codes(week, {"": platform.make}, OPENS + 26 * DAY) == 0


def test_an_account_that_cannot_be_reached_is_asked_once_a_tick_and_the_others_are_served(
    week: Store, platform: Platform
) -> None:
    away = Platform(refusal=Unreachable("不通"))
    for account, scene in (("", "week"), ("", "week:U01"), ("west", "week")):
        code_for(week, account, scene, platform.make, OPENS)
    later = OPENS + 26 * DAY
    assert renew_codes(week, {"": away.make, "west": platform.make}, later) == 1
    assert [scene for scene, _ in away.asked] == ["week"]
    assert renew_codes(week, {"": platform.make}, later) == 2, "nothing was lost"


def test_one_code_that_is_refused_does_not_keep_the_others(week: Store, platform: Platform) -> None:
    for scene in ("week", "week:U01"):
        code_for(week, "", scene, platform.make, OPENS)

    def picky(scene: str, seconds: int | None) -> Made:
        if scene == "week":
            raise NeverTaken("这个参数不行")
        return platform.make(scene, seconds)

    assert renew_codes(week, {"": picky}, OPENS + 26 * DAY) == 1
