from __future__ import annotations

from collections.abc import Callable

import pytest
from award_made import WON, ZHANG, make_winners, won_with_code
from sqlalchemy import select
from visitors import NOW, PASSWORD, Clock, Visitor

from campaigns.clock import DAY
from campaigns.prizes import awards, codes
from campaigns.staff import Role
from campaigns.store import Store
from campaigns.tables import Award

SignIn = Callable[[Role], Visitor]


@pytest.fixture
def cup(records: Store) -> tuple[int, str]:
    """A prize to be collected, won by 张晓明 of 市财政局, and its code as they show it."""
    make_winners(records)
    award_id, code = won_with_code(records, ZHANG)
    return award_id, codes.shown_code(code)


@pytest.fixture
def clerk(signed_in: SignIn, clock: Clock) -> Visitor:
    """Somebody at the prize desk, after the prizes were won."""
    clock.now = WON
    visitor = signed_in(Role.DESK)
    visitor.get("/admin/desk")
    return visitor


def redeemed_by(store: Store) -> str:
    with store.reading() as session:
        return session.scalars(select(Award.redeemed_by)).one()


def test_a_code_is_looked_up_the_prize_is_shown_and_one_button_hands_it_out(
    records: Store, cup: tuple[int, str], clerk: Visitor
) -> None:
    text = clerk.post("/admin/desk/found", code=cup[1].lower())
    assert "保温杯" in text
    assert "奖项 现场奖 中奖人 张*明 单位 市财政局 领奖期限 2026年7月11日 23:59 状态 待发放" in text
    assert "张晓明" not in text
    assert redeemed_by(records) == ""
    text = clerk.post("/admin/desk/redeem", code=cup[1])
    assert "已发放 2026年7月4日 10:00，由 desk 发放。" in text
    assert "下一位的兑奖码" in text
    assert redeemed_by(records) == "desk"


def test_the_second_of_two_desks_reads_who_handed_it_out_and_when(
    records: Store, cup: tuple[int, str], clerk: Visitor, signed_in: SignIn, clock: Clock
) -> None:
    other = signed_in(Role.OWNER)
    for desk in (clerk, other):
        desk.get("/admin/desk")
        assert "待发放" in desk.post("/admin/desk/found", code=cup[1])
    clerk.post("/admin/desk/redeem", code=cup[1])
    clock.now += 5 * 60_000
    text = other.post("/admin/desk/redeem", 409, code=cup[1])
    assert "已经发放过，不要再发 2026年7月4日 10:00，由 desk 发放。" in text
    assert "已经发放过，不要再发" in other.post("/admin/desk/found", code=cup[1])
    assert redeemed_by(records) == "desk"


def test_a_void_prize_says_why_and_has_no_button(records: Store, cup: tuple[int, str], clerk: Visitor) -> None:
    with records.transaction() as session:
        awards.take_back(session, cup[0], "逾期未领", WON)
    text = clerk.post("/admin/desk/found", code=cup[1])
    assert "已作废，不要发放 逾期未领" in text
    assert "/admin/desk/redeem" not in clerk.page
    assert "已作废，不要发放" in clerk.post("/admin/desk/redeem", 409, code=cup[1])


def test_what_is_overdue_is_said_and_may_be_handed_out(cup: tuple[int, str], signed_in: SignIn, clock: Clock) -> None:
    clock.now = NOW + 30 * DAY
    clerk = signed_in(Role.DESK)
    clerk.get("/admin/desk")
    assert "已过领奖期限。中奖还没有作废，可以发放" in clerk.post("/admin/desk/found", code=cup[1])
    assert "已发放" in clerk.post("/admin/desk/redeem", code=cup[1])


def test_a_wrong_code_stays_in_the_form_and_five_lock_the_desk_for_a_minute(
    cup: tuple[int, str], clerk: Visitor, clock: Clock
) -> None:
    for _ in range(5):
        assert "没有这个兑奖码，请核对后重新输入" in clerk.post("/admin/desk/found", 422, code="7K3M-0000")
        assert 'value="7K3M-0000"' in clerk.page
    assert "连续输错 5 次，请一分钟后再试。" in clerk.post("/admin/desk/found", 422, code=cup[1])
    assert "连续输错 5 次" in clerk.post("/admin/desk/redeem", 422, code=cup[1])
    clock.now += 60_000
    assert "保温杯" in clerk.post("/admin/desk/found", code=cup[1])


def test_a_code_is_never_in_an_address(cup: tuple[int, str], clerk: Visitor) -> None:
    clerk.post("/admin/desk/found", code=cup[1])
    assert clerk.address == "/admin/desk/found"
    for address in ("desk", "desk/found"):
        clerk.get(f"/admin/{address}?code={cup[1]}")
        assert clerk.address == "/admin/desk"
        assert "保温杯" not in clerk.page


def test_those_who_hand_prizes_out_see_the_desk_and_others_do_not(signed_in: SignIn) -> None:
    for role in set(Role) - {Role.LIAISON}:
        visitor = signed_in(role)
        allowed = role not in (Role.EDITOR, Role.VIEWER)
        visitor.get("/admin/desk", 200 if allowed else 403)
        assert ('href="/admin/desk"' in visitor.page) == allowed


def test_the_desk_begins_at_its_own_page_and_sees_the_places_it_may_go_to(signed_in: SignIn) -> None:
    clerk = signed_in(Role.DESK)
    clerk.get("/admin/desk")
    for place, allowed in {
        "/admin/": True,
        "/admin/draws": True,
        "/admin/banks": False,
        "/admin/people": False,
    }.items():
        assert (f'href="{place}"' in clerk.page) == allowed
    assert '<a class="navbar-brand brand" href="/admin/desk">' in clerk.page
    clerk.post("/admin/sign-out")
    for asked, reached in ((None, "/admin/desk"), ("/admin/", "/admin/desk"), ("/admin/draws", "/admin/draws")):
        clerk.get("/admin/sign-in")
        clerk.post(f"/admin/sign-in?next={asked}" if asked else "/admin/sign-in", name="desk", password=PASSWORD)
        assert clerk.address == reached
        clerk.post("/admin/sign-out")
