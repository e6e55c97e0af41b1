"""``lvda wechat``, against the platforms' simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import zxingcpp
from campaign_made import make_campaign
from click.testing import CliRunner, Result
from PIL import Image
from simulator import Simulator, running_simulator

from admin.commands.wechat import IS_COMMAND, wechat
from bot.intents import read_intent
from campaigns import keeping
from campaigns.errors import NotFound, Refused
from campaigns.store import open_store
from platforms.errors import Misconfigured, PlatformError
from settings import Settings

FILE = '[[menu]]\nname = "答题"\ntext = "答题"\n[[menu]]\nname = "本期"\ncampaign = "week"\n'


@pytest.fixture
def platform() -> Iterator[Simulator]:
    with running_simulator(accounts=("", "west")) as running:
        yield running


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path, platform: Simulator) -> Settings:
    store = open_store(sqlite_url)
    make_campaign(store)
    store.close()
    (tmp_path / "accounts.toml").write_text(platform.accounts_toml())
    values = {"database_url": sqlite_url, "redis_url": "none", "data_dir": tmp_path / "var"}
    return Settings(
        **values,
        base_url="https://quiz.example.gov.cn",
        accounts_file=str(tmp_path / "accounts.toml"),
        **platform.settings(),
        _env_file=None,
    )  # type: ignore[arg-type]


def run(settings: Settings, *arguments: str) -> Result:
    """As the command line wires it."""

    @click.group()
    @click.pass_context
    def lvda(context: click.Context) -> None:
        context.obj = settings
        context.meta[IS_COMMAND] = lambda text: read_intent(text) is not None

    lvda.add_command(wechat)
    return CliRunner().invoke(lvda, ["wechat", *arguments])


def file(folder: Path, text: str = FILE) -> str:
    path = folder / "menu.toml"
    path.write_text(text)
    return str(path)


# --- menus -------------------------------------------------------------------------------------------------------


def test_a_menu_is_pushed_and_shown_with_what_changes(settings: Settings, platform: Simulator, tmp_path: Path) -> None:
    done = run(settings, "menu", "push", file(tmp_path), "--yes")
    assert done.exit_code == 0, done.output
    assert "+ 答题 → 发送“答题”" in done.output
    assert "5 分钟" in done.output
    assert platform.account().menu == {
        "button": [
            {"name": "答题", "type": "click", "key": "答题"},
            {"name": "本期", "type": "view", "url": "https://quiz.example.gov.cn/q/week"},
        ]
    }
    assert run(settings, "menu", "show").output.splitlines() == [
        "答题 → 发送“答题”",
        "本期 → 打开 https://quiz.example.gov.cn/q/week",
    ]
    assert platform.account("west").menu is None


def test_the_same_menu_again_changes_nothing(settings: Settings, platform: Simulator, tmp_path: Path) -> None:
    run(settings, "menu", "push", file(tmp_path), "--yes")
    again = run(settings, "menu", "push", file(tmp_path))
    assert (again.exit_code, again.output) == (0, "菜单与文件一样，没有改动。\n")
    assert len(platform.calls.of("menu/create")) == 1


def test_without_a_terminal_and_without_yes_nothing_is_changed(
    settings: Settings, platform: Simulator, tmp_path: Path
) -> None:
    run(settings, "menu", "push", file(tmp_path), "--yes")
    asked = run(settings, "menu", "push", file(tmp_path, '[[menu]]\nname = "帮助"\ntext = "帮助"\n'))
    assert isinstance(asked.exception, Refused)
    assert "- 答题" in asked.output
    assert "+ 帮助" in asked.output
    assert len(platform.calls.of("menu/create")) == 1


def test_an_account_is_named(settings: Settings, platform: Simulator, tmp_path: Path) -> None:
    assert run(settings, "menu", "push", file(tmp_path), "--account", "west", "--yes").exit_code == 0
    assert platform.account().menu is None
    assert platform.account("west").menu is not None
    unknown = run(settings, "menu", "show", "--account", "east")
    assert isinstance(unknown.exception, NotFound)
    assert "west" in str(unknown.exception)


def test_without_a_file_it_is_the_menu_that_comes_with_the_program(settings: Settings, platform: Simulator) -> None:
    assert run(settings, "menu", "push", "--yes").exit_code == 0
    assert platform.account().menu is not None
    assert [one["name"] for one in platform.account().menu["button"]] == ["开始答题", "我的", "活动"]


def test_an_account_without_a_menu_is_told_how_to_make_one(settings: Settings) -> None:
    shown = run(settings, "menu", "show")
    assert shown.exit_code == 0
    assert "lvda wechat menu push" in shown.output
    assert json.loads(run(settings, "menu", "show", "--json").stdout) == {"account": "", "button": []}


def test_a_keyword_of_a_published_campaign_may_be_sent_and_a_draft_may_not_be_opened(
    settings: Settings, tmp_path: Path, sqlite_url: str
) -> None:
    store = open_store(sqlite_url)
    with store.transaction() as session:
        keeping.find(session, "week").keyword = "节水"
    for keyword, code in (("节电", 1), ("节水", 0)):
        text = f'[[menu]]\nname = "本期"\ntext = "{keyword}"\n'
        assert run(settings, "menu", "push", file(tmp_path, text), "--yes").exit_code == code
    with store.transaction() as session:
        keeping.find(session, "week").state = "draft"
    store.close()
    refused = run(settings, "menu", "push", file(tmp_path), "--yes")
    assert "还没有发布" in str(refused.exception)


def test_what_the_platform_refuses_is_one_sentence(settings: Settings, platform: Simulator, tmp_path: Path) -> None:
    platform.faults.answer(40164, times=None)
    refused = run(settings, "menu", "push", file(tmp_path), "--yes")
    assert isinstance(refused.exception, PlatformError)
    assert "203.0.113.7" in str(refused.exception)


def test_an_account_without_a_secret_is_told(settings: Settings, tmp_path: Path) -> None:
    refused = run(settings.model_copy(update={"wechat_secret": type(settings.wechat_secret)("")}), "menu", "show")
    assert isinstance(refused.exception, Misconfigured)


# --- codes -------------------------------------------------------------------------------------------------------


def test_codes_are_made_once_and_drawn_as_pictures(settings: Settings, platform: Simulator, tmp_path: Path) -> None:
    for _ in range(2):
        done = run(settings, "codes", "week", "--all-units", "-o", str(tmp_path / "codes"))
        assert done.exit_code == 0, done.output
    tickets = {ticket.scene: ticket.url for ticket in platform.account().tickets.values()}
    assert set(tickets) == {"week:U01", "week:U02"}
    assert len(platform.calls.of("qrcode/create")) == 2
    for scene, url in tickets.items():
        assert f"{scene}\t到 " in done.output
        (read,) = zxingcpp.read_barcodes(Image.open(tmp_path / "codes" / f"{scene.replace(':', '-')}.png"))
        assert read.text == url
    assert "--permanent" in done.stderr


def test_permanent_codes_for_the_campaign_and_for_a_unit(settings: Settings, platform: Simulator) -> None:
    done = run(settings, "codes", "week", "--permanent", "--json")
    (code,) = json.loads(done.stdout)
    assert (code["scene"], code["expires_at"]) == ("week", None)
    assert done.stderr == ""
    assert "week:U02\t永久" in run(settings, "codes", "week", "--unit", "U02", "--permanent").output
    assert [ticket.until_s for ticket in platform.account().tickets.values()] == [None, None]


def test_a_follower_who_scans_lands_in_the_campaign_and_the_unit(settings: Settings, platform: Simulator) -> None:
    run(settings, "codes", "week", "--unit", "U01", "--account", "west", "--json")
    (ticket,) = platform.account("west").tickets.values()
    assert (ticket.scene, platform.account().tickets) == ("week:U01", {})


@pytest.mark.parametrize("arguments", [("nowhere",), ("week", "--unit", "U99")])
def test_what_does_not_exist_gets_no_code(settings: Settings, platform: Simulator, arguments: tuple[str, ...]) -> None:
    assert isinstance(run(settings, "codes", *arguments).exception, NotFound)
    assert platform.calls.all() == []


# --- domain verification -----------------------------------------------------------------------------------------


def test_a_verification_file_is_shown_under_our_address(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "MP_verify_a1B2.txt").write_text("a1B2")
    done = run(settings, "verify-file", str(tmp_path / "MP_verify_a1B2.txt"))
    assert "https://quiz.example.gov.cn/MP_verify_a1B2.txt" in done.output
    as_json = run(settings, "verify-file", str(tmp_path / "MP_verify_a1B2.txt"), "--json")
    assert json.loads(as_json.output) == {"url": "https://quiz.example.gov.cn/MP_verify_a1B2.txt"}
    (tmp_path / "other.txt").write_text("a1B2")
    assert isinstance(run(settings, "verify-file", str(tmp_path / "other.txt")).exception, Refused)


def test_a_quota_that_is_used_up_is_told_and_can_be_cleared(settings: Settings, platform: Simulator) -> None:
    told = json.loads(run(settings, "quota", "--json").stdout)
    assert told["客服消息"]["left"] > 0
    platform.faults.quota("custom/send")
    refused = run(settings, "quota", "--clear")
    assert isinstance(refused.exception, Refused)
    assert platform.account().clears == 0
    assert "客服消息" in run(settings, "quota", "--clear", "--yes").stdout
    assert platform.account().clears == 1
