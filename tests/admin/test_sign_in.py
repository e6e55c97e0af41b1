from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

import pytest
from flask import Flask
from visitors import NOW, PASSWORD, Clock, Visitor

from campaigns import staff
from campaigns.clock import MINUTE
from campaigns.staff import Role
from campaigns.store import Store


def added(records: Store, name: str = "zhang") -> str:
    with records.transaction() as session:
        return staff.add(session, name, Role.OWNER, NOW, Random(1))


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_what_they_wanted(visitor: Visitor, owner: Visitor) -> None:
    assert "用户名" in visitor.get("/admin/banks")
    assert "导入新题库" in visitor.post("/admin/sign-in?next=/admin/banks", name="owner", password=PASSWORD)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/admin/", "//evil.example/admin/", "/q/demo", "/admin/\\evil"]
)
def test_a_link_cannot_lead_out_of_the_console_after_signing_in(
    app: Flask, visitor: Visitor, owner: Visitor, elsewhere: str
) -> None:
    visitor.get("/admin/sign-in")
    visitor.post("/admin/sign-in?" + "next=" + elsewhere, name="owner", password=PASSWORD)
    assert visitor.address == "/admin/"


def test_a_wrong_password_is_refused_in_one_sentence(visitor: Visitor, records: Store) -> None:
    added(records)
    visitor.get("/admin/sign-in")
    assert "用户名或密码不对" in visitor.post("/admin/sign-in", 403, name="zhang", password="wrong")


def test_a_one_time_password_opens_nothing_but_the_page_to_change_it(visitor: Visitor, records: Store) -> None:
    one_time = added(records)
    visitor.get("/admin/")
    assert "请先换成自己的密码" in visitor.post("/admin/sign-in", name="zhang", password=one_time)
    for address in ("/admin/", "/admin/banks", "/admin/uploads", "/admin/campaigns/demo"):
        visitor.get(address)
        assert visitor.address == "/admin/password"
    assert "密码已经改好" in visitor.post("/admin/password", old=one_time, new=PASSWORD, again=PASSWORD)
    visitor.get("/admin/banks")
    assert visitor.address == "/admin/banks"


def test_two_different_new_passwords_are_not_taken(owner: Visitor) -> None:
    owner.get("/admin/password")
    told = owner.post("/admin/password", 422, old=PASSWORD, new="一二三四五六七八九十", again="另一个完全不同的密码")
    assert "两次输入的新密码不一样" in told


def test_a_password_that_is_too_short_is_refused_with_the_rule(owner: Visitor) -> None:
    owner.get("/admin/password")
    assert "至少要 10 个字符" in owner.post("/admin/password", 422, old=PASSWORD, new="短", again="短")


def test_half_an_hour_without_a_click_ends_the_session(owner: Visitor, clock: Clock) -> None:
    clock.now += 30 * MINUTE
    owner.get("/admin/banks")
    assert owner.address == "/admin/banks"
    clock.now += 30 * MINUTE + 1
    assert "超过 30 分钟没有操作" in owner.get("/admin/banks")


def test_what_somebody_typed_for_too_long_is_not_lost_with_the_session(owner: Visitor, clock: Clock) -> None:
    owner.get("/admin/uploads")
    form = re.search(r'name="csrf_token" value="([^"]+)"', owner.page)
    assert form is not None
    sent = {"csrf_token": form[1], "text": "1. 哪个省电？\nA. 白炽灯\nB. 节能灯\n答案：B"}
    clock.now += 30 * MINUTE + 1
    refused = owner.client.post("/admin/uploads", data=sent, headers={"HX-Request": "true"})
    assert (refused.status_code, "HX-Redirect" in refused.headers) == (401, False)
    assert "填写的内容还在" in refused.text
    owner.get("/admin/sign-in")
    owner.post("/admin/sign-in", name="owner", password=PASSWORD)
    assert "HX-Redirect" in owner.client.post("/admin/uploads", data=sent, headers={"HX-Request": "true"}).headers


def test_every_click_gives_another_half_hour(owner: Visitor, clock: Clock) -> None:
    for _ in range(4):
        clock.now += 20 * MINUTE
        owner.get("/admin/banks")
        assert owner.address == "/admin/banks"


def test_what_a_page_asks_for_by_itself_keeps_nobody_signed_in(owner: Visitor, clock: Clock) -> None:
    for _ in range(3):
        clock.now += 10 * MINUTE
        assert owner.client.get("/admin/banks", headers={"X-Automatic": "1"}).status_code == 200
    clock.now += 1
    assert owner.client.get("/admin/banks", headers={"X-Automatic": "1"}).status_code == 302


def test_a_password_changed_elsewhere_ends_this_session(owner: Visitor, records: Store) -> None:
    with records.transaction() as session:
        staff.reset(session, "owner", Random(2), NOW)
    assert "请重新登录" in owner.get("/admin/banks")


def test_who_signed_out_is_out(owner: Visitor) -> None:
    owner.get("/admin/")
    assert "您已退出" in owner.post("/admin/sign-out")
    owner.get("/admin/banks")
    assert owner.address == "/admin/sign-in"


def test_a_form_without_its_token_changes_nothing(owner: Visitor) -> None:
    response = owner.client.post("/admin/sign-out")
    assert response.status_code == 400
    assert "没有执行" in response.text
    owner.get("/admin/banks")
    assert owner.address == "/admin/banks"


def test_the_session_cookie_is_kept_from_scripts_other_sites_and_plain_http(visitor: Visitor) -> None:
    cookie = visitor.client.get("/admin/sign-in").headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_pages_of_the_console_are_kept_by_no_cache_and_run_no_scripts(owner: Visitor) -> None:
    response = owner.client.get("/admin/")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_an_unknown_address_is_answered_in_the_console_s_own_words(owner: Visitor) -> None:
    assert "没有这个页面" in owner.get("/admin/nowhere/at/all", 404)


def test_people_without_the_right_are_told_so(signed_in: Callable[[Role], Visitor]) -> None:
    assert "没有做这件事的权限" in signed_in(Role.VIEWER).get("/admin/banks", 403)
