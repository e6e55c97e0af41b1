"""The worker as it is wired: a schedule, a platform that is simulated, and what people receive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from campaign_made import PLAN, make_campaign
from simulator import Simulator, running_simulator
from sqlalchemy import select, update

import worker
from admin.jobs.job_kinds import KINDS
from bot.wording import NOTICES
from campaigns import inbound, outbox, people, tables
from campaigns.clock import HOUR, now_ms
from campaigns.editions import Editions
from campaigns.people import Sender
from campaigns.standings import Ranking
from campaigns.store import CourteousQueue, Store
from campaigns.stores import Stores
from settings import Settings


@pytest.fixture
def platform() -> Iterator[Simulator]:
    with running_simulator() as simulator:
        yield simulator


def made_settings(folder: Path, **over: str) -> Settings:
    values = {"data_dir": folder, "base_url": "https://quiz.example.gov.cn", "secret_key": "for tests", **over}
    return Settings(_env_file=None, **values)


@contextmanager
def working(settings: Settings, store: Store) -> Iterator[None]:
    stop = threading.Event()
    codes: list[int] = []
    stores = Stores(store, Ranking(store, None), Editions())
    thread = threading.Thread(target=lambda: codes.append(worker.run(settings, stores, stop)))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
    assert codes == [0]


def until(what: Callable[[], object], patience_s: float = 20) -> None:
    deadline = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def test_the_schedule_writes_notices_and_people_receive_them(store: Store, platform: Simulator, tmp_path: Path) -> None:
    make_campaign(store)
    follower, now = platform.follower("甲"), now_ms()
    platform.member("zhangsan")
    with store.transaction() as session:
        session.execute(
            update(tables.Campaign).values(opens_ms=now - 1, closes_ms=now + 72 * HOUR, quiet_from=0, quiet_until=0)
        )
    for sender in (Sender("wechat", "", follower.openid), Sender("wecom", "", "zhangsan")):
        people.meet(store, sender, now - HOUR)
    with store.transaction() as session:
        for identity in session.scalars(select(tables.Identity)):
            inbound.record(session, identity.id, "m:1", "", now - HOUR)
    follower.follows()
    with working(made_settings(tmp_path, **platform.settings()), store):
        until(lambda: {state for state, _ in states(store)} == {"sent"})
    for phone in (follower, platform.member("zhangsan")):
        assert [PLAN.name in bubble.plain for bubble in phone.received] == [True]
    assert {wording for _, wording in states(store)} == {"notice.opens"}


def states(store: Store) -> list[tuple[str, str]]:
    with store.reading() as session:
        return [(row.state, row.wording) for row in session.scalars(select(tables.OutboxMessage))]


def test_a_way_that_is_set_wrong_keeps_nothing_else_from_going_out(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "sms.toml").write_text("url = 'nowhere'")
    with store.transaction() as session:
        outbox.post(session, key="a", wording="sms", values={"text": "t"}, now=1, way="sms", recipient="1", must=True)
    settings = made_settings(tmp_path, sms_file=str(tmp_path / "sms.toml"))
    with working(settings, store):
        until(lambda: "还没有接通“sms”" in reason(store))
    assert "短信网关的设置文件" in caplog.text


def reason(store: Store) -> str:
    with store.reading() as session:
        return session.scalars(select(tables.OutboxMessage.reason)).one()


def test_a_mistake_of_ours_ends_all_loops_so_that_the_worker_is_started_anew(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def mistaken(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("admin.operations.worker.SCHEDULE", ((mistaken, 1_000),))
    stores = Stores(store, Ranking(store, None), Editions())
    assert worker.run(made_settings(tmp_path), stores, threading.Event()) == 1
    assert "ZeroDivisionError" in caplog.text


def test_the_worker_does_every_kind_of_job_that_the_console_asks_for(tmp_path: Path) -> None:
    assert set(worker.kinds(made_settings(tmp_path))) == set(KINDS)


def test_notices_lead_to_the_campaign_and_winners_to_their_prizes() -> None:
    word = worker._wording("https://quiz.example.gov.cn")
    values = {"campaign": "周", "slug": "week", "prize": "一等奖", "closes": "明天"}
    prizes = "https://quiz.example.gov.cn/q/week/prizes"
    assert word("notice.won", {**values, "draw": "C1-D1"}).url == prizes
    assert word("notice.won", {**values, "draw": ""}).url == prizes
    assert word("notice.claim", {**values, "until": "7月20日"}).url == prizes
    assert word("notice.opens", values).url == "https://quiz.example.gov.cn/q/week"
    assert word("sms", {"text": "已经写好的话" * 50}).text == "已经写好的话" * 50


@pytest.mark.parametrize("key", NOTICES)
def test_every_notice_fits_however_long_the_names_are(key: str) -> None:
    word = worker._wording("https://quiz.example.gov.cn")
    longest = dict.fromkeys(("campaign", "prize", "closes", "until"), "长" * 255)
    worded = word(key, {**longest, "slug": "s" * 64, "draw": "C1-D1"})
    told = f"{worded.title}\n{worded.text}\n{worded.url}"
    assert len(told) <= 600
    assert len(told.encode()) <= 2_048


def test_a_courteous_writer_leaves_the_file_to_others_after_each_write(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("campaigns.store.time.sleep", slept.append)
    store.writers = CourteousQueue()
    with store.transaction() as session:
        session.execute(select(tables.Lease))
    if store.on_sqlite:
        assert [CourteousQueue.SHORTEST_S <= pause <= CourteousQueue.LONGEST_S for pause in slept] == [True]
    else:
        assert slept == []
