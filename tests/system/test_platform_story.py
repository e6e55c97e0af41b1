"""What followers and members live through, told by the simulator of both platforms: the program runs as it does for
its users, and every word between it and the platforms goes over HTTP.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from simulator import Simulator, running_simulator
from simulator.followers import Follower
from sqlalchemy import select
from system.program import Program, installed

from campaigns import outbox, tables
from campaigns.clock import now_ms
from campaigns.people import Sender, find_identity
from campaigns.store import Store, open_store

pytestmark = pytest.mark.system

VALUES = {"ssq:2999130": "03.08.15.22.27.31+09", "sse:29991130": "3857.93"}
PATIENCE_S = 90.0
MANY = 1_000_000
"""Calls that a fault befalls: all of them, until it is cleared."""


@dataclass
class Running:
    """The program, served and connected to the simulator of both platforms."""

    program: Program
    process: subprocess.Popen[bytes]
    platforms: Simulator
    records: Store
    """The program's own database."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(kind, marks=pytest.mark.xdist_group(f"platforms, {kind}")) for kind in ("embedded", "postgresql")
    ],
)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """SQLite and the embedded Valkey; or PostgreSQL and Redis, with two web processes. All tests of a kind share it."""
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        platforms = stack.enter_context(running_simulator())
        settings = platforms.settings()
        if request.param == "postgresql":
            settings["database_url"] = stack.enter_context(request.getfixturevalue("postgres").blank())
            settings["redis_url"] = request.getfixturevalue("any_redis_server")
            settings["workers"] = "2"
        program = installed(folder, **settings)
        platforms.connect(program.url)
        program.run("init", "--demo")
        records = open_store(settings.get("database_url", f"sqlite:///{folder / 'var' / 'lvda.db'}"))
        stack.callback(records.close)
        yield Running(program, stack.enter_context(program.serving()), platforms, records)


@pytest.fixture
def platforms() -> Iterator[Simulator]:
    """For a program of one's own."""
    with running_simulator() as simulator:
        yield simulator


def plays(says: Callable[[str], str]) -> str:
    """A whole attempt, answered with whatever; the last reply."""
    reply = says("答题")
    while "🎉" not in reply:
        assert "题·" in reply, reply
        reply = says("A")
    return reply


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def draw(program: Program, prizes: int) -> None:
    sources = [word for source in VALUES for word in ("--source", source)]
    frozen = program.json("draw", "freeze", "demo", "--prize", f"纪念奖={prizes}", *sources)
    values = [word for source, value in VALUES.items() for word in ("--value", f"{source}={value}")]
    program.run("draw", "hold", frozen["id"], *values)


# --- the story ---------------------------------------------------------------------------------------------------


def test_a_follower_comes_by_a_unit_s_code_and_a_member_writes_both_play_win_and_are_told(running: Running) -> None:
    follower, member = running.platforms.follower("张三"), running.platforms.member("lisi", "李四")
    [code] = running.program.json("wechat", "codes", "demo", "--unit", "D01")
    welcome = follower.scans(code["url"])
    assert "欢迎参加" in welcome
    unit = re.findall(r"您代表 (.+?) 参加", welcome)
    assert unit, welcome
    assert unit[0] in follower.says("绑定")
    assert "答题" in member.says("帮助")
    for player in (follower, member):
        assert re.search(r"个人第 [12] 名", plays(player.says))
    draw(running.program, 2)
    until(lambda: len(follower.received) > 0, "nobody told the follower")
    until(lambda: any("纪念奖" in bubble.text for bubble in member.received), "nobody told the member")
    running.platforms.settle()
    [told] = follower.received
    assert "纪念奖" in told.plain
    assert "/q/demo/prizes" in told.text


def test_a_retry_of_the_platform_gets_the_same_reply_and_counts_once(running: Running) -> None:
    follower = running.platforms.follower("王五")
    follower.follows("demo")
    follower.says("答题")
    reply = follower.says("A")
    assert follower.again() == reply
    assert "第3/" not in follower.says("继续")


def test_who_agreed_to_one_notice_is_told_by_it_days_later(tmp_path: Path, platforms: Simulator) -> None:
    platforms.account().templates["T-won"] = ("thing1", "thing2")
    (tmp_path / "accounts.toml").write_text(
        '[default.templates."notice.won"]\nid = "T-won"\nfields = { thing1 = "campaign", thing2 = "prize" }\n'
    )
    program = installed(tmp_path, **platforms.settings(), redis_url="none", accounts_file="accounts.toml")
    platforms.connect(program.url)
    program.run("init", "--demo")
    follower = platforms.follower("赵六")
    with program.serving():
        follower.follows("demo")
        plays(follower.says)
        follower.grants("T-won")
        platforms.pass_time(3 * 86_400)
        draw(program, 1)
        until(lambda: len(follower.received) > 0, "nobody told the winner")
        platforms.settle()
    [notice] = follower.received
    assert (notice.kind, notice.values["thing2"]) == ("subscription", "纪念奖")
    assert follower.granted.get("T-won", 0) == 0


def test_officers_of_a_list_get_their_texts_once_though_the_gateway_fails_meanwhile(
    tmp_path: Path, platforms: Simulator
) -> None:
    (tmp_path / "sms.toml").write_text(platforms.sms_toml())
    (tmp_path / "officers.csv").write_text("姓名,手机\n张三,13800138000\n李四,13900139000\n王五,138\n")
    program = installed(tmp_path, redis_url="none", sms_file="sms.toml", sms_secret="gateway-secret")
    program.run("init")
    platforms.faults.drop(times=1, done=True)
    with program.serving():
        for _ in range(2):
            program.run("sms", "send", "officers.csv", "--text", "{姓名}您好：答题今天截止。")
        until(
            lambda: len(platforms.texts) >= 2 and not program.json("outbox", "list", "--state", "waiting"), "no texts"
        )
    assert sorted(text.content for text in platforms.texts) == ["张三您好：答题今天截止。", "李四您好：答题今天截止。"]


# --- whatever the platform does ----------------------------------------------------------------------------------


def notices(records: Store, followers: list[Follower], round_: str) -> None:
    """A notice that must go out, for each of them."""
    with records.transaction() as session:
        for follower in followers:
            identity = find_identity(session, Sender("wechat", "", follower.openid))
            assert identity is not None
            outbox.post(
                session,
                key=f"{round_}:{follower.openid}",
                wording="notice.won",
                values={"campaign": round_, "prize": "纪念奖", "draw": "C1-D1"},
                now=now_ms(),
                person_id=identity.person_id,
                must=True,
            )


def comes(follower: Follower) -> None:
    """Follows, and says something: from then on they may be written to."""
    follower.follows("demo")
    follower.says("答题")


def all_sent(records: Store) -> bool:
    with records.reading() as session:
        states = Counter(session.scalars(select(tables.OutboxMessage.state)))
    assert set(states) <= {"waiting", "sent"}, states
    return set(states) == {"sent"}


def received(follower: Follower, round_: str) -> int:
    return sum(f"“{round_}”" in bubble.plain for bubble in follower.received)


@pytest.mark.race
@pytest.mark.parametrize("fault", ["hangs", "fails", "forgets its tokens", "drops connections"])
def test_while_the_platform_fails_everybody_is_answered_and_what_is_due_goes_out_once_it_is_back(
    running: Running, fault: str
) -> None:
    platforms, records = running.platforms, running.records
    followers = [platforms.follower(f"{fault} {number}") for number in range(8)]
    delivered, called = len(platforms.deliveries), len(platforms.calls.all())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(comes, followers))
        notices(records, followers, "before")
        until(lambda: all_sent(records), "not sent although all is well")
        begin(platforms, fault)
        notices(records, followers, "meanwhile")
        for reply in pool.map(lambda follower: plays(follower.says), followers):
            assert "得分" in reply
        until(lambda: is_felt(platforms, called), "it befell nobody")
        platforms.faults.clear()
        notices(records, followers, "after")
        until(lambda: all_sent(records), "not sent although all is well again")
        platforms.settle()
    waited_for = [delivery for delivery in platforms.deliveries[delivered:] if len(delivery.attempts) > 1]
    assert waited_for == [], "the webhook never waits for it"
    for follower in followers:
        assert [received(follower, round_) for round_ in ("before", "meanwhile", "after")] == [1, 1, 1]


def begin(platforms: Simulator, fault: str) -> None:
    match fault:
        case "hangs":
            platforms.faults.hang(30, times=MANY)
        case "fails":
            platforms.faults.status(503, times=MANY)
        case "forgets its tokens":
            platforms.faults.invalidate_tokens()
        case "drops connections":
            platforms.faults.drop(times=MANY)


def is_felt(platforms: Simulator, called: int) -> bool:
    """Whether a call was befallen, of those after the first so many that were answered."""
    begun = any(fault.left is not None and fault.left < MANY for fault in platforms.faults.on())
    return begun or any(call.code for call in platforms.calls.all()[called:])


@pytest.mark.race
def test_a_worker_that_is_killed_again_and_again_loses_nothing(running: Running) -> None:
    """A message may come twice, if the worker was killed between the platform's answer and the record of it: at most
    those that were in flight.
    """
    platforms, records = running.platforms, running.records
    followers = [platforms.follower(f"killed {number}") for number in range(4)]
    for follower in followers:
        comes(follower)
    platforms.faults.latency(0.2)
    for kill in range(3):
        notices(records, followers, f"round{kill}")
        time.sleep(0.7)
        for child in workers_of(running.process.pid):
            os.kill(child, signal.SIGKILL)
    platforms.faults.clear()
    until(lambda: all_sent(records), "not sent although all is well again")
    for follower in followers:
        assert all(received(follower, f"round{kill}") >= 1 for kill in range(3))


def workers_of(supervisor: int) -> list[int]:
    """The worker processes below a supervisor."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if parent == supervisor and b"worker" in command:
            found.append(int(entry.name))
    return found
