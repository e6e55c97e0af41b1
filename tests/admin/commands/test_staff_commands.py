from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result

from admin.commands.staff import user
from campaigns import staff, units
from campaigns.clock import now_ms
from campaigns.errors import NotFound, Refused
from campaigns.staff import Role, passwords, sessions
from campaigns.store import open_store
from settings import Settings

NOW = 1_783_126_800_000


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return Settings(database_url=sqlite_url, redis_url="none", data_dir=tmp_path / "var", _env_file=None)


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(user, arguments, obj=settings, catch_exceptions=False)


def role_of(settings: Settings, name: str, password: str) -> Role:
    store = open_store(settings.sql_url)
    try:
        return staff.sign_in(store, name, password, NOW).role
    finally:
        store.close()


def test_a_new_account_s_one_time_password_is_printed_and_works(settings: Settings) -> None:
    printed = run(settings, "add", "李雷", "--role", "editor").stdout
    password = re.search(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}", printed)
    assert password is not None
    assert role_of(settings, "李雷", password[0]) is Role.EDITOR


def test_a_reset_prints_another_one(settings: Settings) -> None:
    first = json.loads(run(settings, "add", "李雷", "--role", "viewer", "--json").stdout)
    second = json.loads(run(settings, "reset", "李雷", "--json").stdout)
    assert first["one_time_password"] != second["one_time_password"]
    assert role_of(settings, "李雷", second["one_time_password"]) is Role.VIEWER


def test_a_name_that_is_taken_and_one_that_nobody_has_are_refused(settings: Settings) -> None:
    run(settings, "add", "李雷", "--role", "viewer")
    with pytest.raises(Refused, match="李雷"):
        run(settings, "add", "李雷", "--role", "viewer")
    with pytest.raises(NotFound, match="韩梅梅"):
        run(settings, "reset", "韩梅梅")


def test_a_role_that_is_none_is_a_wrong_command(settings: Settings) -> None:
    result = run(settings, "add", "李雷", "--role", "king")
    assert result.exit_code == 2
    assert "king" in result.stderr


@pytest.fixture
def office(settings: Settings) -> Settings:
    """With the unit U01."""
    store = open_store(settings.sql_url)
    with store.transaction() as session:
        units.add(session, "U01", "市财政局")
    store.close()
    return settings


def test_a_liaison_is_made_with_a_unit_and_listed_with_it(office: Settings) -> None:
    run(office, "add", "王联络", "--role", "liaison", "--unit", "U01")
    assert "王联络 单位联络员 市财政局 还没换密码 从未登录" in " ".join(run(office, "list").stdout.split())
    (listed,) = json.loads(run(office, "list", "--json").stdout)
    assert (listed["role"], listed["unit_code"], listed["one_time"]) == ("liaison", "U01", True)
    with pytest.raises(Refused, match="要填单位代码"):
        run(office, "add", "b", "--role", "liaison")


def test_a_role_is_changed_and_an_account_disabled_and_enabled(office: Settings) -> None:
    run(office, "add", "boss", "--role", "owner")
    run(office, "add", "li", "--role", "viewer")
    assert "现在是单位联络员" in run(office, "role", "li", "--role", "liaison", "--unit", "U01").stdout
    assert "已停用" in run(office, "disable", "li").stdout
    assert "已停用" in run(office, "list").stdout
    assert "可以登录了" in run(office, "enable", "li").stdout
    with pytest.raises(Refused, match="最后一个能登录的管理员"):
        run(office, "disable", "boss")


def test_sessions_are_listed_and_ended(office: Settings) -> None:
    made = json.loads(run(office, "add", "li", "--role", "viewer", "--json").stdout)
    assert "没有在任何地方登录" in run(office, "sessions", "li").stdout
    store = open_store(office.sql_url)
    at = now_ms()
    account = staff.sign_in(store, "li", made["one_time_password"], at)
    with store.transaction() as session:
        for key in "abc":
            sessions.begin(session, account, key, at, address="10.0.0.7")
    store.close()
    listed = json.loads(run(office, "sessions", "li", "--json").stdout)
    assert [one["address"] for one in listed] == ["10.0.0.7"] * 3
    assert "1 处登录已退出" in run(office, "revoke", "li", "--session", str(listed[0]["id"])).stdout
    assert run(office, "sessions", "li").stdout.count("10.0.0.7") == 2
    assert "2 处登录已退出" in run(office, "revoke", "li").stdout


def test_there_is_no_second_step_to_lift(office: Settings) -> None:
    run(office, "add", "li", "--role", "viewer")
    with pytest.raises(NotFound, match="没有设置两步验证"):
        run(office, "lift-second-step", "li")
