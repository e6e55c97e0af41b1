"""The audit log's screen: found again, proved, taken away; and the watch over all other screens."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from visitors import NOW, Visitor

from campaigns import audit
from campaigns.clock import DAY
from campaigns.staff import Role
from campaigns.store import Store


@pytest.fixture
def log(records: Store) -> Store:
    """A few changes of several days."""
    with records.transaction() as session:
        audit.record(
            session, "chen", "campaign.extended", "campaign:week", NOW - 3 * DAY,
            before={"closes_ms": NOW}, after={"closes_ms": NOW + DAY}, note="下雨",
        )  # fmt: skip
        audit.record(
            session, "li", "unit.edited", "unit:U7", NOW - 2 * DAY, before={"name": "旧名"}, after={"name": "新名"}
        )
        audit.record(session, "", "bank.shipped", "bank:energy", NOW - DAY, after={"added": 120})
        audit.record(
            session, "chen", "staff.role_changed", "staff:li", NOW, before={"role": "viewer"}, after={"role": "desk"}
        )
    return records


def test_changes_are_told_in_chinese_with_what_was_before_and_is_after(log: Store, owner: Visitor) -> None:
    shown = owner.get("/admin/audit")
    assert "活动延期 活动 week" in shown
    assert "结束时间 2026年7月4日 09:00 → 2026年7月5日 09:00 说明：下雨" in shown
    assert "名称 旧名 → 新名" in shown
    assert "角色 只读 → 兑奖台" in shown
    assert "命令行或程序 随程序更新题库 题库 energy 新增 120" in shown
    assert shown.index("更改角色") < shown.index("修改单位 单位 U7") < shown.index("活动延期 活动 week")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("by=chen", {"week", "li"}),
        ("by=-", {"energy"}),
        ("what=campaign", {"week"}),
        ("what=unit.edited", {"U7"}),
        ("subject=U7", {"U7"}),
        ("subject=单位 U7", {"U7"}),
        ("from=2026-07-02&until=2026-07-03", {"U7", "energy"}),
        ("until=2026-07-01", {"week"}),
        ("from=irgendwann&by=li", {"U7"}),
        ("by=nobody", set()),
    ],
)
def test_changes_are_found_by_who_what_whom_and_day(log: Store, owner: Visitor, query: str, found: set[str]) -> None:
    shown = owner.get(f"/admin/audit?{query}")
    told = re.findall(
        r'<div class="text-secondary">\S+ (\w+)</div></td>\s*<td class="break" data-label="改动">', owner.page
    )
    assert set(told) - {"owner"} == found
    assert ("没有这样的记录" in shown) == (not found)


def test_the_chain_is_proved_in_the_browser(log: Store, owner: Visitor, app: Flask) -> None:
    audit.chain(app.extensions["lvda"], NOW)
    assert "审计日志完整：核对了" in owner.get("/admin/audit/verify")


def test_an_export_holds_what_was_asked_for_and_is_an_entry_itself(log: Store, owner: Visitor) -> None:
    response = owner.client.get("/admin/audit/audit.xlsx?by=chen")
    rows = CalamineWorkbook.from_filelike(BytesIO(response.data)).get_sheet_by_index(0).to_python()
    assert rows[0][:5] == ["序号", "时间", "谁", "做了什么", "对象"]
    assert [row[2:5] for row in rows[1:]] == [["chen", "活动延期", "活动 week"], ["chen", "更改角色", "后台账号 li"]]
    assert "导出数据" in owner.get("/admin/audit?by=owner")
    text = owner.client.get("/admin/audit/audit.csv?by=li").data.decode("utf-8-sig")
    assert "名称：旧名 → 新名" in text


def test_only_owners_see_it(signed_in: Callable[[Role], Visitor]) -> None:
    for role in set(Role) - {Role.OWNER, Role.LIAISON}:
        signed_in(role).get("/admin/audit", 403)


def test_a_request_that_changes_something_without_an_entry_is_found(
    app: Flask, owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.get("/admin/units")
    monkeypatch.setattr(audit, "record", lambda *_, **__: None)
    owner.post("/admin/units", code="U1", name="财政局", level="unit")
    assert app.extensions["unrecorded"] == ["POST admin.add_unit changes unit"]
    app.extensions["unrecorded"].clear()
