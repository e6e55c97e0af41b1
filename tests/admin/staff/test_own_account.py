from __future__ import annotations

import re

import pyotp
import pytest
from flask import Flask
from visitors import NOW, PASSWORD, Clock, Visitor

from campaigns import staff
from campaigns.clock import HOUR, MINUTE, SECOND
from campaigns.staff import Role
from campaigns.store import Store


def again(app: Flask, visitor: Visitor, password: str = PASSWORD) -> Visitor:
    """The owner once more, in another browser, their password given."""
    other = Visitor(app.test_client())
    other.get("/admin/sign-in")
    other.post("/admin/sign-in", name="owner", password=password)
    return other


def secret_of(visitor: Visitor) -> str:
    shown = re.search(r'href="(otpauth://[^"]+)"', visitor.page)
    assert shown is not None
    return pyotp.parse_uri(shown[1].replace("&amp;", "&")).secret


def set_up(visitor: Visitor, clock: Clock) -> tuple[str, list[str]]:
    """A second step; gives the secret and the recovery codes."""
    visitor.get("/admin/account/second-step")
    secret = secret_of(visitor)
    sealed = re.search(r'name="sealed" value="([^"]+)"', visitor.page)
    assert sealed is not None
    assert secret not in sealed[1]
    code = pyotp.TOTP(secret).at(clock.now // SECOND)
    visitor.post("/admin/account/second-step", sealed=sealed[1], code=code)
    return secret, re.findall(r"<code>([a-z0-9-]{14})</code>", visitor.page)


def test_where_one_is_signed_in_is_listed_and_can_be_ended(app: Flask, owner: Visitor) -> None:
    other = again(app, owner)
    shown = owner.get("/admin/account")
    assert shown.count("127.0.0.1") == 2
    assert "退出其他全部 1 处" in shown
    (number,) = re.findall(r"/admin/account/sessions/(\d+)/revoke", owner.page)
    assert "那一处已退出" in owner.post(f"/admin/account/sessions/{number}/revoke")
    other.get("/admin/banks")
    assert other.address == "/admin/sign-in"
    assert "已经不在了" in owner.post(f"/admin/account/sessions/{number}/revoke", 404)


def test_all_others_are_ended_at_once(app: Flask, owner: Visitor) -> None:
    others = [again(app, owner) for _ in range(2)]
    owner.get("/admin/account")
    assert "其他 2 处登录已全部退出" in owner.post("/admin/account/sessions/revoke-others")
    for other in others:
        other.get("/admin/banks")
        assert other.address == "/admin/sign-in"


def test_a_cookie_that_was_kept_opens_nothing_after_signing_out(app: Flask, owner: Visitor) -> None:
    kept = owner.client.get_cookie("lvda")
    assert kept is not None
    owner.get("/admin/")
    owner.post("/admin/sign-out")
    thief = app.test_client()
    thief.set_cookie("lvda", kept.value, secure=True, domain="localhost")
    assert thief.get("/admin/banks", base_url="https://localhost").status_code == 302


def test_after_twelve_hours_one_signs_in_again_however_busy(owner: Visitor, clock: Clock) -> None:
    for _ in range(24):
        clock.now += 29 * MINUTE
        owner.get("/admin/account")
        assert owner.address == "/admin/account"
    clock.now = NOW + 12 * HOUR
    assert "登录满 12 小时" in owner.get("/admin/account")


def test_with_a_second_step_a_password_alone_opens_nothing(app: Flask, owner: Visitor, clock: Clock) -> None:
    secret, codes = set_up(owner, clock)
    assert len(codes) == 10
    assert "已打开 恢复码还剩 10 个" in owner.get("/admin/account")
    other = again(app, owner)
    assert other.address == "/admin/sign-in/code"
    other.get("/admin/banks")
    assert other.address == "/admin/sign-in"
    other = again(app, owner)
    assert "验证码不对" in other.post("/admin/sign-in/code", 403, code="000000")
    clock.now += MINUTE
    other.post("/admin/sign-in/code?next=/admin/banks", code=pyotp.TOTP(secret).at(clock.now // SECOND))
    assert other.address == "/admin/banks"


def test_a_recovery_code_lets_in_who_has_no_phone_at_hand(app: Flask, owner: Visitor, clock: Clock) -> None:
    _, codes = set_up(owner, clock)
    other = again(app, owner)
    other.post("/admin/sign-in/code", code=codes[0])
    assert "恢复码还剩 9 个" in other.get("/admin/account")


def test_who_takes_too_long_between_password_and_code_begins_anew(app: Flask, owner: Visitor, clock: Clock) -> None:
    set_up(owner, clock)
    other = again(app, owner)
    clock.now += 5 * MINUTE + 1
    assert "请重新输入用户名和密码" in other.get("/admin/sign-in/code")
    assert other.address == "/admin/sign-in"


def test_a_wrong_code_keeps_the_secret_that_the_app_has_already(owner: Visitor) -> None:
    owner.get("/admin/account/second-step")
    secret = secret_of(owner)
    sealed = re.search(r'name="sealed" value="([^"]+)"', owner.page)
    assert sealed is not None
    assert "验证码不对" in owner.post("/admin/account/second-step", 422, sealed=sealed[1], code="000000")
    assert secret_of(owner) == secret


def test_a_second_step_is_stopped_by_a_code_and_its_recovery_codes_are_renewed(owner: Visitor, clock: Clock) -> None:
    secret, old = set_up(owner, clock)
    owner.get("/admin/account")
    assert "验证码不对" in owner.post("/admin/account/second-step/codes", 422, code="000000")
    clock.now += MINUTE
    assert "以前的全部作废" in owner.post(
        "/admin/account/second-step/codes", code=pyotp.TOTP(secret).at(clock.now // SECOND)
    )
    new = re.findall(r"<code>([a-z0-9-]{14})</code>", owner.page)
    assert not set(old) & set(new)
    owner.get("/admin/account")
    assert "验证码不对" in owner.post("/admin/account/second-step/stop", 422, code=old[0])
    assert "两步验证已关闭" in owner.post("/admin/account/second-step/stop", code=new[0])


@pytest.fixture
def strict(app: Flask) -> Flask:
    """Where everybody must have a second step."""
    app.config["LVDA"] = app.config["LVDA"].model_copy(update={"second_step": "required"})
    return app


def test_where_a_second_step_is_required_nothing_goes_before_setting_it_up(
    strict: Flask, records: Store, clock: Clock, owner: Visitor
) -> None:
    for address in ("/admin/banks", "/admin/", "/admin/staff"):
        owner.get(address)
        assert owner.address == "/admin/account/second-step"
    assert "设置好以后才能继续" in owner.get("/admin/")
    _, codes = set_up(owner, clock)
    owner.get("/admin/banks")
    assert owner.address == "/admin/banks"
    owner.get("/admin/account")
    assert "不能关闭" in owner.post("/admin/account/second-step/stop", 422, code=codes[0])
    with records.reading() as session:
        assert staff.one(session, Role.OWNER.value, NOW).recovery_left == 10
