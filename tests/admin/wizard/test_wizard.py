"""A campaign made step by step, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from forms_sent import fields_of
from visitors import Visitor

from campaigns import banks, keeping, tables
from campaigns.keeping import Part, Plan
from campaigns.staff import Role
from campaigns.store import Store
from questions.model import Kind


def steps(name: str = "") -> str:
    return f"/admin/campaigns/week/steps/{name}"


def plan_of(records: Store) -> Plan:
    with records.reading() as session:
        return keeping.plan_of(session, "week")


def version_of(records: Store) -> int:
    with records.reading() as session:
        return keeping.find(session, "week").version


def send(visitor: Visitor, step: str, status: int = 200, **changed: object) -> str:
    """A step as it is shown, with what differs."""
    visitor.get(steps(step))
    return visitor.post(steps(step), status, **{**fields_of(visitor.page, "步骤"), **changed})


@pytest.fixture
def begun(bank: Store, owner: Visitor) -> Visitor:
    """The owner, who has done the first step of a draft ``week``."""
    owner.get("/admin/campaigns/begin")
    sent = {**fields_of(owner.page, "活动名称"), "name": "节能周", "slug": "week", "organiser": "机关事务管理局"}
    owner.post("/admin/campaigns/begin", **sent)
    return owner


def test_the_first_step_lays_down_a_draft_and_leads_to_the_second(begun: Visitor, bank: Store) -> None:
    assert begun.address == steps("paper")
    assert plan_of(bank).name == "节能周"
    assert plan_of(bank).bank == "energy"  # the bank with most questions, until the next step


def test_a_name_for_addresses_that_is_free_is_proposed(bank: Store, owner: Visitor) -> None:
    owner.get("/admin/campaigns/begin")
    assert fields_of(owner.page, "活动名称")["slug"] == ["week-2026"]
    owner.post("/admin/campaigns/begin", **{**fields_of(owner.page, "活动名称"), "name": "一"})
    owner.get("/admin/campaigns/begin")
    assert fields_of(owner.page, "活动名称")["slug"] == ["week-2026-2"]


def test_what_is_wrong_with_the_first_step_stands_beside_its_field_and_nothing_typed_is_lost(
    bank: Store, owner: Visitor
) -> None:
    owner.get("/admin/campaigns/begin")
    sent = {**fields_of(owner.page, "活动名称"), "slug": "节能", "theme": "绿色低碳"}
    assert "还没有保存" in owner.post("/admin/campaigns/begin", 422, **sent)
    assert "小写字母" in owner.page.split('id="slug-error"')[1]
    assert fields_of(owner.page, "活动名称")["theme"] == ["绿色低碳"]


def test_each_step_keeps_its_own_and_leaves_the_others(begun: Visitor, bank: Store) -> None:
    send(begun, "paper", part_count="4", part_kind="true_false", points_true_false="5")
    assert begun.address == steps("rules")
    send(begun, "rules", counts="first", attempts_in_all="2")
    assert begun.address == steps("people")
    send(begun, "people", units="U01", admission="unit", draw_points="10", two_person="1")
    assert begun.address == steps("prizes")
    send(begun, "notices", reminder_hour="10")
    assert begun.address == steps("check")
    plan = plan_of(bank)
    assert plan.recipe == (Part(4, kind=Kind.TRUE_FALSE),)
    assert (plan.counts, plan.attempts_in_all, plan.units, plan.draw_points) == ("first", 2, ("U01",), 10)
    assert (plan.two_person, plan.reminder_hour, plan.shuffle_options, plan.name) == (True, 10, True, "节能周")


def test_a_box_that_was_ticked_is_unticked_in_its_step_alone(begun: Visitor, bank: Store) -> None:
    begun.get(steps("paper"))
    sent = fields_of(begun.page, "步骤")
    del sent["shuffle_options"]
    begun.post(steps("paper"), **sent)
    assert plan_of(bank).shuffle_options is False
    send(begun, "rules")
    assert (plan_of(bank).shuffle_options, plan_of(bank).shuffle_questions) == (False, True)


def test_every_step_is_reached_from_every_one_and_what_was_typed_is_kept(begun: Visitor, bank: Store) -> None:
    ways = {"next": "people", "": "people", "go-name": "name", "go-prizes": "prizes", "go-nowhere": "people"}
    for number, (do, step) in enumerate(ways.items(), start=1):
        send(begun, "rules", attempts_per_day=str(number), do=do)
        assert begun.address == steps(step)
        assert plan_of(bank).attempts_per_day == number
    send(begun, "rules", attempts_per_day="9", do="leave")
    assert begun.address == "/admin/campaigns/week"
    assert plan_of(bank).attempts_per_day == 9


def test_what_changes_nothing_is_not_written(begun: Visitor, bank: Store) -> None:
    before = version_of(bank)
    for step in ("name", "paper", "rules", "people", "prizes", "notices"):
        send(begun, step)
    assert version_of(bank) == before


def test_a_step_that_cannot_be_read_stays_and_the_draft_is_as_it_was(begun: Visitor, bank: Store) -> None:
    shown = send(begun, "rules", 422, attempts_per_day="很多", do="go-check")
    assert "还没有保存" in shown
    assert "请填整数" in begun.page.split('id="attempts_per_day-error"')[1]
    assert plan_of(bank).attempts_per_day is None


def test_units_that_do_not_exist_are_named_beside_their_field(begun: Visitor) -> None:
    assert "没有代码为 U99 的单位" in send(begun, "people", 422, units="U99")


def test_what_another_step_makes_impossible_is_said_with_the_name_of_that_step(begun: Visitor, bank: Store) -> None:
    prize = {"do": "next", "g0-name": "前三名", "g0-kind": "rank", "g0-ties": "time", "g0-collecting": "none",
             "g0-p0-name": "水杯", "g0-p0-stock": "3"}  # fmt: skip
    send(begun, "prizes", **prize)
    assert begun.address == steps("notices")
    assert plan_of(bank).prize_groups[0].prizes[0].stock == 3
    shown = send(begun, "rules", 422, mode="practice")
    assert "“奖品”：" in shown
    assert plan_of(bank).mode == "formal"


def test_prizes_are_added_and_removed_without_leaving_the_step(begun: Visitor, bank: Store) -> None:
    send(begun, "prizes", do="add")
    assert begun.address == steps("prizes")
    assert "第 1 组" in begun.page
    shown = begun.post(steps("prizes"), 422, **{**fields_of(begun.page, "步骤"), "do": "next"})
    assert "还没有保存" in shown
    begun.post(steps("prizes"), **{**fields_of(begun.page, "步骤"), "do": "remove-0"})
    assert "还没有奖项" in begun.page
    assert plan_of(bank).prize_groups == ()


def test_whoever_was_slower_is_told_and_may_insist(begun: Visitor, bank: Store) -> None:
    begun.get(steps("rules"))
    sent = {**fields_of(begun.page, "步骤"), "attempts_per_day": "3"}
    with bank.transaction() as session:
        changed = replace(keeping.plan_of(session, "week"), theme="别人写的主题")
        keeping.edit(session, "week", changed, now=1)
    begun.post(steps("rules"), 422, **sent)
    begun.post(steps("rules"), **fields_of(begun.page, "步骤"))
    assert (plan_of(bank).attempts_per_day, plan_of(bank).theme) == (3, "别人写的主题")


def test_what_a_check_finds_is_shown_in_its_step_and_all_of_it_in_the_last(begun: Visitor) -> None:
    send(begun, "paper", part_count="30")
    assert "还差 20 道" in begun.get(steps("paper"))
    assert "还差 20 道" not in begun.get(steps("rules"))
    shown = begun.get(steps("check"))
    assert "还差 20 道" in shown
    assert "还有 1 处必须改，改好才能发布" in shown
    assert 'action="/admin/campaigns/week/publish"' not in begun.page


def test_the_last_step_publishes(begun: Visitor, bank: Store) -> None:
    begun.get(steps("check"))
    assert "每份 10 题" in begun.page
    sent = fields_of(begun.page, "发布")
    if "提醒看过了" in begun.page:
        sent["read"] = begun.page.split('name="read" value="')[1].split('"')[0]  # type: ignore[assignment]
    begun.post("/admin/campaigns/week/publish", **sent)
    with bank.reading() as session:
        assert keeping.find(session, "week").state == "published"
    assert "已经发布" in begun.get(steps("rules"), 422)


def test_a_draft_leads_to_its_steps_and_to_all_settings(begun: Visitor) -> None:
    begun.get("/admin/campaigns/week")
    assert f'href="{steps("check")}"' in begun.page
    begun.get("/admin/campaigns/week/edit")
    assert f'href="{steps("name")}"' in begun.page
    begun.get(steps("rules"))
    assert 'href="/admin/campaigns/week/edit"' in begun.page


def test_without_any_bank_the_shipped_one_is_offered_and_leads_on(owner: Visitor, records: Store) -> None:
    assert "先要有题库" in owner.get("/admin/campaigns/begin")
    shown = owner.post("/admin/banks/shipped", then="campaign")
    assert owner.address == "/admin/campaigns/begin"
    assert "自带的题库已经装好" in shown
    with records.reading() as session:
        (bank,) = banks.list_banks(session)
        brought = session.query(tables.BankChange).one()
    assert bank.playable > 100
    assert brought.by == "owner"
    assert "已经在了" in owner.post("/admin/banks/shipped", 422)


def test_only_those_who_edit_campaigns_have_the_wizard(begun: Visitor, signed_in: Callable[[Role], Visitor]) -> None:
    for address in (steps("nowhere"), "/admin/campaigns/none/steps/name"):
        begun.get(address, 404)
    for role in (Role.VIEWER, Role.EDITOR, Role.DESK):
        visitor = signed_in(role)
        for address in ("/admin/campaigns/begin", steps("name"), "/admin/campaigns/week/sample"):
            visitor.get(address, 403)


def test_a_paper_is_shown_as_participants_will_see_it_without_what_is_right(begun: Visitor, app: Flask) -> None:
    send(begun, "paper", part_count="4", part_kind="true_false")
    shown = begun.get("/admin/campaigns/week/sample?paper=3")
    assert "【第1/4题·判断·10分】" in shown
    assert "A. 正确" in shown
    page = begun.client.get("/admin/campaigns/week/sample/page?paper=3")
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert page.text.count('type="radio"') == 8
    assert "<form" not in page.text
    assert "解析" not in page.text
    assert page.text == begun.client.get("/admin/campaigns/week/sample/page?paper=3").text
    assert page.text != begun.client.get("/admin/campaigns/week/sample/page?paper=4").text


def test_a_paper_that_has_too_few_questions_is_not_shown_and_says_what_to_do(begun: Visitor) -> None:
    send(begun, "paper", part_count="30")
    assert "题目还不够一份试卷" in begun.get("/admin/campaigns/week/sample", 422)


def test_a_paper_with_a_limit_for_each_question_is_not_shown_in_the_chat(begun: Visitor) -> None:
    send(begun, "rules", seconds_per_question="20")
    assert "限时的题只在网页上答" in begun.get("/admin/campaigns/week/sample")
    assert "20秒" in begun.client.get("/admin/campaigns/week/sample/page").text.replace(" ", "")
