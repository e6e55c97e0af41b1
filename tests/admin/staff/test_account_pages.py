from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

import pyotp
import pytest
from flask import Flask
from visitors import NOW, PASSWORD, Visitor

from campaigns import staff, units
from campaigns.clock import SECOND
from campaigns.staff import AccountLine, Role, second_steps
from campaigns.store import Store


@pytest.fixture
def office(records: Store) -> Store:
    """With the unit U01."""
    with records.transaction() as session:
        units.add(session, "U01", "市财政局")
    return records


def account(records: Store, name: str) -> AccountLine:
    with records.reading() as session:
        return staff.one(session, name, NOW)


def password_shown(visitor: Visitor) -> str:
    shown = re.search(r"<code>([a-z0-9]{4}(?:-[a-z0-9]{4}){3})</code>", visitor.page)
    assert shown is not None
    return shown[1]


def add(owner: Visitor, name: str = "王联络", role: str = "liaison", unit: str = "U01", *, status: int = 200) -> str:
    owner.get("/admin/staff")
    return owner.post("/admin/staff", status, name=name, role=role, unit=unit)


def test_a_liaison_is_made_and_signs_in_with_the_password_that_was_shown_once(
    office: Store, owner: Visitor, visitor: Visitor
) -> None:
    assert "王联络 的一次性密码" in add(owner)
    password = password_shown(owner)
    assert password not in owner.get("/admin/staff")
    assert "单位联络员 市财政局" in owner.get("/admin/staff")
    visitor.get("/admin/")
    assert "请先换成自己的密码" in visitor.post("/admin/sign-in", name="王联络", password=password)


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"unit": ""}, "要填单位代码"),
    ({"unit": "U99"}, "没有代码为 U99 的单位"),
    ({"role": "viewer"}, "只有单位联络员"),
    ({"role": "king"}, "请选一个角色"),
    ({"name": "有 空格"}, "用户名不能为空"),
    ({"name": "owner", "unit": "U01"}, "已经有人用了"),
]


def test_what_cannot_be_made_is_said_beside_what_was_typed(office: Store, owner: Visitor) -> None:
    for sent, sentence in REFUSED:
        assert sentence in add(owner, **sent, status=422)
        assert f'value="{sent.get("name", "王联络")}"' in owner.page


def test_an_account_is_given_another_role_reset_disabled_and_enabled(office: Store, owner: Visitor) -> None:
    add(owner)
    first = password_shown(owner)
    page = f"/admin/staff/{account(office, '王联络').id}"
    assert "只看本单位和下级单位" in owner.get(page)
    assert "现在是只读" in owner.post(f"{page}/role", role="viewer")
    assert "要填单位代码" in owner.post(f"{page}/role", 422, role="liaison")
    assert "密码已重置" in owner.post(f"{page}/reset")
    assert password_shown(owner) != first
    owner.get(page)
    assert "已停用" in owner.post(f"{page}/disable")
    assert account(office, "王联络").disabled_ms == NOW
    assert "可以登录了" in owner.post(f"{page}/enable")


def test_nobody_parts_with_their_own_rights_by_mistake(office: Store, owner: Visitor) -> None:
    page = f"/admin/staff/{account(office, 'owner').id}"
    assert "请让另一个管理员来办" in owner.get(page)
    for deed, sent in (("disable", {}), ("role", {"role": "viewer"})):
        assert "请让另一个管理员来办" in owner.post(f"{page}/{deed}", 422, **sent)
    assert account(office, "owner").role is Role.OWNER


def test_sessions_of_an_account_are_seen_and_ended(
    office: Store, owner: Visitor, signed_in: Callable[..., Visitor], app: Flask
) -> None:
    liaison = signed_in(Role.LIAISON, "U01")
    again = Visitor(app.test_client())
    again.get("/admin/sign-in")
    again.post("/admin/sign-in", name="liaison", password=PASSWORD)
    page = f"/admin/staff/{account(office, 'liaison').id}"
    assert owner.get(page).count("127.0.0.1") == 2
    number = re.findall(r"/sessions/(\d+)/revoke", owner.page)[0]
    assert "那一处已退出" in owner.post(f"{page}/sessions/{number}/revoke")
    assert "1 处登录已退出" in owner.post(f"{page}/sessions/revoke")
    for one in (liaison, again):
        one.get("/admin/units")
        assert one.address == "/admin/sign-in"


def test_the_second_step_of_whoever_lost_the_phone_is_lifted(office: Store, owner: Visitor, app: Flask) -> None:
    add(owner, "li", "viewer", "")
    seal, secret = second_steps.seal_of("a secret of the tests"), second_steps.new_secret(Random(1))
    with office.transaction() as session:
        found = staff.find_account(session, account(office, "li").id, 1)
        assert found is not None
        code = pyotp.TOTP(secret).at(NOW // SECOND)
        second_steps.set_up(session, found, seal.seal(secret), code, seal, NOW, Random(1))
    page = f"/admin/staff/{found.id}"
    assert "已打开，恢复码还剩 10 个" in owner.get(page)
    assert "两步验证已解除" in owner.post(f"{page}/lift-second-step")
    assert "没有设置两步验证" in owner.post(f"{page}/lift-second-step", 422)
