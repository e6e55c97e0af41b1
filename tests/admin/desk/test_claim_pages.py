from __future__ import annotations

import logging
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from award_made import CLAIM_SEAL, GUEST, LI, WON, ZHANG, make_winners, won
from python_calamine import CalamineWorkbook
from visitors import Clock, Visitor

from campaigns.prizes.claims import claim
from campaigns.staff import Role
from campaigns.store import Store

SignIn = Callable[[Role], Visitor]
LONG = "江苏省苏州市姑苏区人民路 1 号"


@pytest.fixture
def lamps(records: Store, clock: Clock) -> list[int]:
    """Prizes that 李四 and 张晓明 want posted, the latter under a name that a spreadsheet would compute; and one of
    a guest who has told nothing yet."""
    make_winners(records)
    clock.now = WON
    ids = [won(records, person, "post") for person in (LI, ZHANG, GUEST)]
    with records.transaction() as session:
        claim(session, ids[0], LI, "post", "李四", "13800138000", LONG, CLAIM_SEAL, WON)
        claim(session, ids[1], ZHANG, "post", "=1+1", "13900139000", "@SUM(A1) 江苏省南京市", CLAIM_SEAL, WON + 1)
    return ids


@pytest.fixture
def clerk(lamps: list[int], signed_in: SignIn) -> Visitor:
    visitor = signed_in(Role.DESK)
    visitor.get("/admin/desk/claims")
    return visitor


def test_those_who_wait_are_listed_in_full_with_how_many_told_nothing(clerk: Visitor) -> None:
    text = clerk.get("/admin/desk/claims")
    assert "待寄出（2）" in text
    assert f"李四 13800138000 {LONG}" in text
    assert "邮寄奖 · 李* · 市财政局" in text
    assert "另有 1 位中奖人还没有登记地址。" in text


def test_what_is_posted_is_put_down_with_carrier_and_number_and_mended(clerk: Visitor, lamps: list[int]) -> None:
    sent = {"campaign": "week", "show": "waiting", "claimed_ms": WON}
    text = clerk.post(f"/admin/desk/claims/{lamps[0]}/ship", shipment="顺丰 SF1", **sent)
    assert "已登记寄出" in text
    assert "待寄出（1）" in text
    text = clerk.post(f"/admin/desk/claims/{lamps[0]}/ship", 422, shipment="中通 2", **sent)
    assert "已由 desk 于 2026年7月4日 10:00 寄出（顺丰 SF1），不要再寄。" in text
    text = clerk.get("/admin/desk/claims?show=sent&campaign=week")
    assert "顺丰 SF1 2026年7月4日 10:00 · desk" in text
    clerk.post(f"/admin/desk/claims/{lamps[0]}/correct", shipment="顺丰 SF12", campaign="week", show="sent")
    assert "顺丰 SF12" in clerk.get("/admin/desk/claims?show=sent")


def test_what_was_typed_in_vain_stays_and_nothing_is_sent_to_an_address_that_was_changed(
    records: Store, clerk: Visitor, lamps: list[int]
) -> None:
    with records.transaction() as session:
        claim(session, lamps[0], LI, "post", "李四", "13800138000", "江苏省无锡市中山路 9 号", CLAIM_SEAL, WON + 9)
    text = clerk.post(f"/admin/desk/claims/{lamps[0]}/ship", 422, shipment="顺丰 SF1", campaign="week", claimed_ms=WON)
    assert "收件信息在您打开列表以后改过" in text
    assert "无锡市" in text
    assert 'value="顺丰 SF1"' in clerk.page
    assert "请填写快递公司和单号" in clerk.post(
        f"/admin/desk/claims/{lamps[0]}/ship", 422, shipment=" ", campaign="week", claimed_ms=WON + 9
    )
    clerk.post("/admin/desk/claims/999/ship", 404, shipment="顺丰 SF1")


def test_the_couriers_file_holds_texts_and_taking_it_is_on_record_without_personal_data(
    clerk: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "admin.desk"):
        response = clerk.client.get("/admin/desk/claims.xlsx?campaign=week&show=waiting")
    assert response.headers["Content-Disposition"] == 'attachment; filename="week-claims-waiting.xlsx"'
    _, first, second = CalamineWorkbook.from_filelike(BytesIO(response.data)).get_sheet_by_index(0).to_python()
    assert first[3:6] == ["李四", "13800138000", LONG]
    assert second[3:6] == ["=1+1", "13900139000", "@SUM(A1) 江苏省南京市"]
    assert b"<f>" not in ZipFile(BytesIO(response.data)).read("xl/worksheets/sheet1.xml")
    (line,) = caplog.messages
    assert line == "desk took the file of 2 claims (waiting) of campaign week"


def test_an_unknown_campaign_is_told_and_without_any_award_the_page_says_so(clerk: Visitor) -> None:
    assert "没有" in clerk.get("/admin/desk/claims?campaign=other", 404)
    clerk.get("/admin/desk/claims.xlsx", 404)
    clerk.get("/admin/desk/claims?page=99&show=nonsense")
    assert "没有人登记到场领取" in clerk.get("/admin/desk/claims?show=pickup")


def test_before_anybody_won_anything_there_is_nothing_to_choose(records: Store, signed_in: SignIn) -> None:
    assert "还没有人中奖" in signed_in(Role.DESK).get("/admin/desk/claims")


def test_nobody_but_the_desk_and_the_owner_sees_claims(lamps: list[int], signed_in: SignIn) -> None:
    assert "李四" in signed_in(Role.OWNER).get("/admin/desk/claims")
    for role in (Role.ORGANISER, Role.EDITOR, Role.VIEWER):
        visitor = signed_in(role)
        for address in ("/admin/desk/claims", "/admin/desk/claims.xlsx?campaign=week"):
            visitor.get(address, 403)
        visitor.get("/admin/")
        visitor.post(f"/admin/desk/claims/{lamps[0]}/ship", 403, shipment="顺丰 SF1")
        assert "/admin/desk/claims" not in visitor.page
