from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from campaign_made import OPENS
from forms_sent import fields_of
from personal_data_made import ADDRESS, GUEST, LATER, Story, make_story
from sqlalchemy import select, update
from visitors import Clock, Visitor

from campaigns import tables
from campaigns.clock import DAY
from campaigns.editions import Editions
from campaigns.privacy import PHONES, Seal, requests
from campaigns.staff import Role
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores

ZONE = "Asia/Shanghai"


@pytest.fixture
def story(records: Store, clock: Clock) -> Story:
    made = make_story(Stores(records, Ranking(records, None), Editions()))
    clock.now = LATER
    return made


@pytest.fixture
def keeper(story: Story, signed_in: Callable[[Role], Visitor]) -> Visitor:
    return signed_in(Role.OWNER)


def asked(story: Story, kind: str, text: str = "") -> int:
    with story.stores.sql.transaction() as session:
        return requests.ask(session, story.guest, kind, text, LATER - 40 * DAY)


def state_of(story: Story, request_id: int) -> tuple[str, str, str]:
    with story.stores.sql.reading() as session:
        one = requests.find(session, request_id, ZONE)
        return one.state, one.answer, one.by


def test_requests_are_listed_by_when_they_are_due_and_answered(story: Story, keeper: Visitor) -> None:
    assert "没有待办的申请" in keeper.get("/admin/data-requests")
    copy, delete = asked(story, "copy"), asked(story, "delete", "不想留了")
    shown = keeper.get("/admin/data-requests")
    for part in ("待办 2 件", "完整副本", "不想留了", "张客人", "已经过期"):
        assert part in shown
    assert "导出完整副本" in keeper.get(f"/admin/data-requests/{copy}")
    keeper.post(f"/admin/data-requests/{copy}", do="finish")
    assert state_of(story, copy) == ("done", "副本已经交给您。", "owner")
    keeper.get(f"/admin/data-requests/{delete}")
    assert "要写明理由" in keeper.post(f"/admin/data-requests/{delete}", 422, do="refuse")
    keeper.post(f"/admin/data-requests/{delete}", do="refuse", answer="奖品还没有领")
    assert state_of(story, delete) == ("refused", "奖品还没有领", "owner")
    shown = keeper.get("/admin/data-requests")
    assert "没有同意" in shown
    assert "待办 0 件" in shown
    assert "奖品还没有领" in keeper.get(f"/admin/data-requests/{delete}")
    keeper.get("/admin/data-requests/999", 404)


def test_a_campaign_is_purged_with_a_reason_where_it_needs_one(story: Story, keeper: Visitor) -> None:
    with story.stores.sql.transaction() as session:
        session.execute(update(tables.Award).values(redeemed_ms=None))
    shown = keeper.get("/admin/campaigns/week/data")
    for part in ("3 份答卷，12 个回答", "1 份奖品没有发放", "没有定期限"):
        assert part in shown
    fields = fields_of(keeper.page, "sure")
    assert "请勾选" in keeper.post("/admin/campaigns/week/data/purge", 422, **fields)
    assert "请写明原因" in keeper.post("/admin/campaigns/week/data/purge", 422, **{**fields, "sure": "1"})
    assert story.count(tables.Attempt) == 4
    fields = fields_of(keeper.page, "sure")
    assert "已经清除" in keeper.post(
        "/admin/campaigns/week/data/purge", **{**fields, "sure": "1", "reason": "奖品都已当面发放"}
    )
    assert story.count(tables.Attempt) == 1
    assert "已清除" in keeper.get("/admin/data-requests/retention")
    for page in ("", "/awards", "/figures", "/rankings", "/prizes"):
        assert "个人信息已清除" in keeper.get(f"/admin/campaigns/week{page}")
    shown = keeper.get("/admin/campaigns/week")
    assert "活动的个人信息已经清除" in shown  # its log says so
    assert "参与 3 人" in shown  # and its figures are what they were


def test_a_period_is_set_and_only_shortened(story: Story, keeper: Visitor, clock: Clock) -> None:
    clock.now = OPENS + DAY
    shown = keeper.get("/admin/campaigns/week/data")
    assert "还没有结束" in shown
    assert "清除个人信息</button>" not in keeper.page
    keeper.post("/admin/campaigns/week/data/keep", **{**fields_of(keeper.page, "days"), "days": "90"})
    assert "90 天后自动清除" in keeper.get("/admin/campaigns/week/data")
    for days, sentence in (("120", "只能改短"), ("三", "请填写天数")):
        fields = fields_of(keeper.page, "days")
        assert sentence in keeper.post("/admin/campaigns/week/data/keep", 422, **{**fields, "days": days})
    assert "90 天" in keeper.get("/admin/data-requests/retention")


def test_a_copy_for_its_person_holds_everything_and_the_page_only_part(story: Story, keeper: Visitor) -> None:
    keeper.get(f"/admin/people/{story.guest}")
    assert f"/admin/people/{story.guest}/data" in keeper.page
    shown = keeper.get(f"/admin/people/{story.guest}/data")
    assert "139****4321" in shown
    assert ADDRESS not in shown
    token = fields_of(keeper.page, "导出")["csrf_token"][0]
    response = keeper.client.post(f"/admin/people/{story.guest}/data/export", data={"csrf_token": token, "form": "zip"})
    assert response.mimetype == "application/zip"
    page = zipfile.ZipFile(BytesIO(response.data)).read("个人信息.html").decode()
    assert ADDRESS in page
    with story.stores.sql.reading() as session:
        assert (
            session.scalar(select(tables.AuditEntry.by).where(tables.AuditEntry.what == "person.exported")) == "owner"
        )


def test_particulars_are_put_right_where_they_can_be(story: Story, keeper: Visitor) -> None:
    address = f"/admin/people/{story.li}/data"
    keeper.get(address)
    fields = fields_of(keeper.page, "staff_number")
    assert fields["unit"] == ["U01"]
    assert "11 位" in keeper.post(f"{address}/correct", 422, **{**fields, "phone": "138"})
    keeper.post(f"{address}/correct", **{**fields, "name": "李小明", "phone": ""})
    li = story.person(story.li)
    assert (li.name, Seal("a secret of the tests", PHONES).open(li.phone)) == ("李小明", "13812345678")
    keeper.post(f"{address}/correct", **{**fields, "name": "李小明", "drop_phone": "1"})
    assert story.person(story.li).phone is None


def test_a_person_is_deleted_when_it_is_asked_twice(story: Story, keeper: Visitor) -> None:
    asked(story, "delete")
    address = f"/admin/people/{story.guest}/data"
    assert "本人申请删除" in keeper.get(address)
    assert "请勾选" in keeper.post(f"{address}/forget", 422)
    assert story.person(story.guest).name == "张客人"
    keeper.post(f"{address}/forget", sure="1")
    assert story.person(story.guest).name == ""
    shown = keeper.get(address)
    assert GUEST.sender not in shown
    assert "张客人" not in shown
    assert "待办 0 件" in keeper.get("/admin/data-requests")


def test_what_is_kept_is_told_and_only_owners_manage_it(
    story: Story, keeper: Visitor, signed_in: Callable[[Role], Visitor]
) -> None:
    assert "48 小时" in keeper.get("/admin/data-requests/kept")
    organiser = signed_in(Role.ORGANISER)
    for page in ("/data-requests", "/data-requests/kept", "/campaigns/week/data", f"/people/{story.guest}/data"):
        organiser.get(f"/admin{page}", 403)
    assert "导出、更正、删除" not in organiser.get(f"/admin/people/{story.guest}")
