from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result

from admin.commands.staff import user
from campaigns import staff
from campaigns.errors import NotFound, Refused
from campaigns.staff import Role
from campaigns.store import open_store
from settings import Settings

NOW = 1_783_126_800_000


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(staff, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
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
