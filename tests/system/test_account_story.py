"""How two official accounts are connected, side by side, told by the platforms' simulator and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from simulator import Simulator, running_simulator
from system.program import Program, installed

pytestmark = pytest.mark.system


@pytest.fixture
def platforms() -> Iterator[Simulator]:
    with running_simulator(accounts=("", "west")) as simulator:
        yield simulator


@pytest.fixture
def program(tmp_path: Path, platforms: Simulator) -> Program:
    (tmp_path / "accounts.toml").write_text(platforms.accounts_toml())
    made = installed(tmp_path, accounts_file=str(tmp_path / "accounts.toml"), redis_url="none", **platforms.settings())
    made.environment["LVDA_BASE_URL"] = made.url
    platforms.connect(made.url)
    made.run("init", "--demo")
    return made


def test_two_accounts_are_connected_each_for_itself(program: Program, platforms: Simulator) -> None:
    with program.serving():
        for account in ("", "west"):
            assert platforms.account(account).greets()
            option = ["--account", account] if account else []
            program.run("wechat", "menu", "push", "--yes", *option)
            [code] = program.json("wechat", "codes", "demo", "--unit", "D02", "--permanent", *option)
            follower = platforms.follower("张三", account)
            assert "您代表 财务处 参加" in follower.scans(code["url"])
            for button in _clicked(platforms, account):
                assert follower.clicks(button), f"{button} is answered"
            assert "第1/10题" in follower.clicks("答题")
    scenes = [[ticket.scene for ticket in platforms.account(name).tickets.values()] for name in ("", "west")]
    assert scenes == [["demo:D02"], ["demo:D02"]]


def _clicked(platforms: Simulator, account: str) -> list[str]:
    """The keys of the menu as the platform has it."""
    menu = platforms.account(account).menu
    assert menu is not None
    leaves = [leaf for button in menu["button"] for leaf in button.get("sub_button") or [button]]
    return [leaf["key"] for leaf in leaves if leaf["type"] == "click"]


def test_the_doctor_and_the_platform_see_the_same(program: Program, platforms: Simulator) -> None:
    for account in ("", "west"):
        program.run("wechat", "menu", "push", "--yes", *(["--account", account] if account else []))
    verified = program.folder / "MP_verify_a1B2c3D4.txt"
    verified.write_text("a1B2c3D4")
    with program.serving():
        program.run("wechat", "verify-file", str(verified))
        with urlopen(f"{program.url}/{verified.name}", timeout=5) as answer:
            assert answer.read() == b"a1B2c3D4"
        platforms.faults.answer(40164, times=None, path="stable_token")
        assert "203.0.113.7" in _doctor(program)
        platforms.faults.clear()
        found = _doctor(program)
    assert [line for line in found.splitlines() if line.startswith("✗") and "不是 https" not in line] == []
    assert found.count("握手成功") == 3
    assert found.count("取得到访问凭证") == 3
    assert _doctor(program).count("从本机连不上") == 3, "the server has stopped"


def _doctor(program: Program) -> str:
    """What it says, well or not."""
    done = program.done("doctor")
    assert done.stderr == ""
    return done.stdout
