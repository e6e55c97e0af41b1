"""What stands around every page: where one can go, the footer, the language."""

from __future__ import annotations

import re
from collections.abc import Callable

from campaign_made import make_campaign
from visitors import Visitor

from admin.menu import MORE, PLACES
from campaigns.staff import Role
from campaigns.store import Store


def offered(visitor: Visitor) -> set[str]:
    """The labels of the places that the menu offers."""
    menu = visitor.page.split('aria-label="主菜单"')[1].split("</nav>")[0]
    return set(re.findall(r">([^<>\s]+)</a>", menu))


def test_the_menu_offers_what_the_role_may_go_to(records: Store, signed_in: Callable[..., Visitor]) -> None:
    make_campaign(records)
    for role, unit, some, others in (
        (Role.EDITOR, "", {"活动", "题库"}, {"人员", "兑奖台", "后台账号"}),
        (Role.VIEWER, "", {"活动", "人员", "抽奖"}, {"题库", "通知", "后台账号"}),
        (
            Role.LIAISON,
            "U01",
            {"活动", "单位", "人员"},
            {"题库", "抽奖", "兑奖台", "通知", "后台账号", "审计日志", "系统"},
        ),
    ):
        visitor = signed_in(role, unit)
        visitor.get("/admin/")
        assert some <= offered(visitor), role
        assert not others & offered(visitor), role


def test_every_place_of_the_menu_is_there_and_has_a_label_of_its_own(owner: Visitor) -> None:
    owner.get("/admin/")
    labels = [place.label for place in (*PLACES, *MORE)]
    assert len(labels) == len(set(labels))
    assert set(labels) == offered(owner)


def test_the_footer_links_the_registration_where_the_law_wants_it(visitor: Visitor) -> None:
    visitor.get("/admin/")
    assert '<a href="https://beian.miit.gov.cn/" rel="noopener noreferrer">京ICP备00000000号</a>' in visitor.page


def test_the_language_is_kept_by_the_browser_and_the_page_stays(visitor: Visitor) -> None:
    visitor.get("/admin/sign-in?next=/admin/banks")
    assert '<html lang="zh-CN">' in visitor.page
    visitor.post("/admin/language", language="en", next="/admin/sign-in?next=/admin/banks")
    assert visitor.address == "/admin/sign-in"
    assert '<html lang="en">' in visitor.page
    visitor.get("/admin/sign-in")
    assert '<html lang="en">' in visitor.page
    visitor.post("/admin/language", language="zh")
    assert '<html lang="zh-CN">' in visitor.page


def test_a_choice_of_language_leads_nowhere_else(visitor: Visitor) -> None:
    visitor.get("/admin/sign-in")
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.page)
    assert token is not None
    for address in ("https://evil.example/admin/", "//evil.example/admin/", "/admin\\evil", "/q/week"):
        sent = {"csrf_token": token[1], "language": "en", "next": address}
        assert visitor.client.post("/admin/language", data=sent).location == "/admin/"
