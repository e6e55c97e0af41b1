"""The installation's screen: what the doctor finds, menus of official accounts, rankings made anew."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from campaign_made import make_campaign
from flask import Flask
from simulator import Simulator, running_simulator
from sqlalchemy import select
from visitors import Visitor

from admin import system as screen
from admin.operations.findings import Finding
from campaigns import tables
from campaigns.staff import Role
from campaigns.store import Store
from settings import Settings

MENU = '[[menu]]\nname = "答题"\ntext = "答题"\n'
PAGE = "/admin/system/menu?account=west"


@pytest.fixture
def platform(app: Flask, tmp_path: Path) -> Iterator[Simulator]:
    """An official account that the console may call."""
    with running_simulator(accounts=("", "west")) as running:
        (tmp_path / "accounts.toml").write_text(running.accounts_toml())
        settings: Settings = app.config["LVDA"]
        changed = {**settings.model_dump(), "accounts_file": str(tmp_path / "accounts.toml"), **running.settings()}
        app.config["LVDA"] = Settings(**changed, _env_file=None)  # type: ignore[call-arg]
        yield running


def deeds(records: Store) -> list[str]:
    with records.reading() as session:
        return list(session.scalars(select(tables.AuditEntry.what).where(tables.AuditEntry.by == "owner")))


def test_the_doctor_is_asked_only_when_somebody_wants_it_and_ailments_come_first(
    owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Finding(True, "数据库可用。"), Finding(False, "磁盘快满了：请清理。")]
    asked: list[object] = []

    def examine(settings: object) -> list[Finding]:
        asked.append(settings)
        return found

    monkeypatch.setattr(screen, "examine", examine)
    assert "开始检查" in owner.get("/admin/system")
    assert not asked
    shown = owner.get("/admin/system?check=1")
    assert "1 处要处理" in shown
    assert shown.index("磁盘快满了") < shown.index("数据库可用")


def test_a_ranking_is_made_anew_and_that_is_on_record(owner: Visitor, records: Store) -> None:
    make_campaign(records)
    assert "没有用 Redis" in owner.get("/admin/system")
    shown = owner.post("/admin/system/rankings", campaign="week")
    assert "排名已照数据库重做" in shown
    assert "ranking.rebuilt" in deeds(records)


def test_a_menu_is_compared_before_it_is_pushed(owner: Visitor, records: Store, platform: Simulator) -> None:
    shown = owner.get(PAGE)
    assert "这个公众号还没有菜单" in shown
    assert "开始答题" in shown  # the one that comes with the program stands in the field
    shown = owner.post(PAGE, menu=MENU)
    assert "＋ 答题 → 发送“答题”" in shown
    assert platform.account("west").menu is None
    owner.post(PAGE, menu=MENU, confirmed=confirmed(owner.page))
    assert platform.account("west").menu == {"button": [{"name": "答题", "type": "click", "key": "答题"}]}
    assert "答题 → 发送“答题”" in owner.get(PAGE)
    assert "wechat.menu_set" in deeds(records)
    assert "与现在的菜单一样" in owner.post(PAGE, menu=MENU)


def test_a_menu_that_somebody_changed_meanwhile_is_shown_again(owner: Visitor, platform: Simulator) -> None:
    owner.get(PAGE)
    shown = owner.post(PAGE, 422, menu=MENU, confirmed='["seen otherwise"]')
    assert "刚刚有变化" in shown
    assert "会这样改" in shown
    assert platform.account("west").menu is None


def test_a_text_that_is_no_menu_is_refused_and_stays(owner: Visitor, platform: Simulator) -> None:
    owner.get(PAGE)
    shown = owner.post(PAGE, 422, menu='[[menu]]\nname = "去哪"\n')
    assert "“去哪”" in shown
    assert 'name = "去哪"' in html.unescape(owner.page)


def test_an_account_that_may_not_call_says_what_is_missing(owner: Visitor) -> None:
    assert "LVDA_WECHAT_APP_ID" in owner.get("/admin/system/menu")


def test_those_who_run_no_installation_do_not_see_it(signed_in: Callable[[Role], Visitor]) -> None:
    for role in (Role.EDITOR, Role.VIEWER, Role.DESK):
        signed_in(role).get("/admin/system", 403)
    signed_in(Role.ORGANISER).get("/admin/system")


def confirmed(page: str) -> str:
    found = re.search(r'name="confirmed" value="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])
