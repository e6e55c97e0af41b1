"""The command `lvda`: exit codes, and errors of one sentence."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import cli
from admin.operations import serve as serving
from campaigns.errors import NotFound, Refused, StoreUnavailable
from questions.model import UnreadableFile
from settings import SettingsError


@pytest.fixture(autouse=True)
def a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LVDA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LVDA_REDIS_URL", "none")
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


Lvda = tuple[int, str, str]


@pytest.fixture
def lvda(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    """Runs the command; gives its exit code, and what it wrote to stdout and stderr."""

    def run(*arguments: str) -> Lvda:
        monkeypatch.setattr(sys, "argv", ["lvda", *arguments])
        code: object = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code
        written = capsys.readouterr()
        assert isinstance(code, int)
        return code, written.out, written.err

    return run


def let_every_command_fail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def callback() -> None:
        raise error

    monkeypatch.setattr(cli.lvda, "get_command", lambda context, name: click.Command(name, callback=callback))


def test_a_command_that_is_done_ends_with_0(lvda: object, tmp_path: Path) -> None:
    code, out, err = lvda("init")  # type: ignore[operator]
    assert (code, err) == (0, "")
    assert "数据库已就绪" in out
    assert (tmp_path / "var" / "lvda.db").exists()


@pytest.mark.parametrize(
    "arguments",
    [("no-such-command",), ("chat", "--no-such-option"), ("qr",), ("bank",), ("qr", "demo", "-o", "x.gif"), ()],
    ids=" ".join,
)
def test_a_wrong_command_ends_with_2_and_says_how_it_goes(lvda: object, arguments: tuple[str, ...]) -> None:
    code, out, err = lvda(*arguments)  # type: ignore[operator]
    assert code == 2
    assert out == ""
    assert "--help" in err
    assert len(err.splitlines()) == 1 or arguments in {(), ("bank",)}, "one sentence, or the help that was meant"


def test_help_and_version_are_no_errors(lvda: object) -> None:
    for arguments in (("-h",), ("--help",), ("--version",), ("chat", "-h")):
        code, out, err = lvda(*arguments)  # type: ignore[operator]
        assert (code, err) == (0, "")
        assert out


@pytest.mark.parametrize(
    "error",
    [
        NotFound("没有名为 x 的活动，请检查链接或二维码。"),
        Refused("活动还没有发布，请先发布。"),
        StoreUnavailable("连不上数据库，请检查 LVDA_DATABASE_URL。"),
        UnreadableFile("这不是题库文件，请换一个。"),
        SettingsError("设置有误。LVDA_PORT：应当是整数。"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_cannot_be_met_ends_with_1_and_one_sentence(
    lvda: object, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    let_every_command_fail(monkeypatch, error)
    assert lvda("fail") == (1, "", f"{error}\n")  # type: ignore[operator]


def test_a_file_that_cannot_be_written_is_named(lvda: object, monkeypatch: pytest.MonkeyPatch) -> None:
    let_every_command_fail(monkeypatch, PermissionError(13, "Permission denied", "poster.pdf"))
    assert lvda("fail") == (1, "", "不能读写 poster.pdf（Permission denied）：请检查路径和权限。\n")  # type: ignore[operator]


def test_a_mistake_of_ours_is_not_dressed_up(lvda: object, monkeypatch: pytest.MonkeyPatch) -> None:
    let_every_command_fail(monkeypatch, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        lvda("fail")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eight"),
        ("TIMEZONE", "Mars/Olympus"),
        ("WECHAT_AES_KEY", "hunter2"),
        ("DATABASE_URL", "mysql://a:hunter2@b/c"),
        ("DATABASE_URL", "postgresql://a:hunter2@127.0.0.1:1/c"),
        ("DATABASE_URL", "postgresql://a:hunter2@b:c/d"),
    ],
    ids=lambda value: value,
)
def test_a_setting_that_cannot_be_used_is_named_and_its_value_is_not(
    lvda: object, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"LVDA_{name}", value)
    code, _, err = lvda("init")  # type: ignore[operator]
    assert code == 1
    assert f"LVDA_{name}" in err
    assert "hunter2" not in err
    assert len(err.splitlines()) == 1


def test_a_file_of_accounts_that_cannot_be_used_is_told_once_before_anything_starts(
    lvda: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def started(*given: object, **named: object) -> int:
        raise AssertionError("nothing is started")

    monkeypatch.setattr(serving, "serve", started)
    (tmp_path / "accounts.toml").write_text("[wechat.west]\noauth = 'hunter2'\n")
    monkeypatch.setenv("LVDA_ACCOUNTS_FILE", str(tmp_path / "accounts.toml"))
    code, out, err = lvda("serve")  # type: ignore[operator]
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "LVDA_ACCOUNTS_FILE：公众号 west" in err
    assert "hunter2" not in err


def test_the_doctor_ends_with_1_while_something_is_to_be_done(lvda: object) -> None:
    code, out, _ = lvda("doctor")  # type: ignore[operator]
    assert code == 1
    assert "✗ 没有设置 LVDA_BASE_URL" in out
    assert "✓ 数据目录 var 可写" in out


def test_every_command_that_users_were_promised_is_there_under_its_name() -> None:
    context = click.Context(cli.lvda)
    promised = {"serve", "worker", "init", "doctor", "chat", "bank", "campaign", "qr", "draw", "user"}
    for name in promised | set(cli.lvda.list_commands(context)):
        command = cli.lvda.get_command(context, name)
        assert command is not None
        assert command.name == name
