from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from forms_sent import fields_of
from PIL import Image
from visitors import Visitor

from campaigns import keeping, tables
from campaigns.clock import DAY
from campaigns.keeping import Part, Plan
from campaigns.staff import Role
from campaigns.store import Store
from questions.model import Kind


def plan_of(records: Store, slug: str = "week") -> Plan:
    with records.reading() as session:
        return keeping.plan_of(session, slug)


def picture(colour: str = "green") -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (64, 32), colour).save(out, "PNG")
    out.seek(0)
    return out, "题头.png"


def test_a_draft_is_made_by_the_form_with_what_is_right_for_most(drafted: Callable[..., Visitor], bank: Store) -> None:
    owner = drafted()
    assert "发布前检查" in owner.page
    plan = plan_of(bank)
    assert (plan.name, plan.mode, plan.counts, plan.questions_per_paper) == ("节能周", "formal", "best", 10)
    assert plan.closes_ms is not None
    assert plan.closes_ms > plan.opens_ms + 6 * DAY


def test_a_draft_is_edited_and_everything_else_stays(drafted: Callable[..., Visitor], bank: Store) -> None:
    owner = drafted(theme="绿色低碳", pass_points="6")
    before = plan_of(bank)
    owner.get("/admin/campaigns/week/edit")
    owner.post("/admin/campaigns/week/edit", **{**fields_of(owner.page, "活动名称"), "counts": "sum"})
    after = plan_of(bank)
    assert after.counts == "sum"
    assert (after.theme, after.pass_points, after.opens_ms) == (before.theme, before.pass_points, before.opens_ms)


def test_what_is_refused_keeps_everything_typed_and_says_why_beside_the_field(bank: Store, owner: Visitor) -> None:
    owner.get("/admin/campaigns/new")
    sent = {
        **fields_of(owner.page, "活动名称"),
        "slug": "节能",
        "bank": "energy",
        "brand": "亭·节能",
        "pass_points": "高",
    }
    shown = owner.post("/admin/campaigns/new", 422, **sent)
    assert "有几处要改，还没有保存" in shown
    for name, sentence in (("slug", "小写字母"), ("pass_points", "请填整数"), ("name", "不能为空")):
        assert sentence in owner.page.split(f'id="{name}-error"')[1].split("</div>")[0]
    kept = fields_of(owner.page, "活动名称")
    assert (kept["brand"], kept["slug"], kept["pass_points"]) == (["亭·节能"], ["节能"], ["高"])
    assert '<details class="card mb-3 section" id="section-ranking" open>' in owner.page


def test_a_slug_that_is_taken_is_said_beside_it(drafted: Callable[..., Visitor]) -> None:
    owner = drafted()
    owner.get("/admin/campaigns/new")
    sent = {**fields_of(owner.page, "活动名称"), "name": "另一个", "slug": "week", "bank": "energy"}
    owner.post("/admin/campaigns/new", 422, **sent)
    assert "已经有了" in owner.page.split('id="slug-error"')[1]


@pytest.mark.parametrize("code", ["U99", "U01、U99"])
def test_units_that_do_not_exist_are_named(bank: Store, owner: Visitor, code: str) -> None:
    owner.get("/admin/campaigns/new")
    sent = {**fields_of(owner.page, "活动名称"), "name": "周", "slug": "week", "bank": "energy", "units": code}
    assert "没有代码为 U99 的单位" in owner.post("/admin/campaigns/new", 422, **sent)


def test_the_recipe_grows_and_shrinks_without_scripts_and_says_what_each_line_could_draw(
    bank: Store, owner: Visitor
) -> None:
    owner.get("/admin/campaigns/new")
    sent = {**fields_of(owner.page, "活动名称"), "bank": "energy", "name": "没写完", "do": "redraw"}
    assert "可抽 10 题" in owner.post("/admin/campaigns/new", **sent)
    shown = owner.post("/admin/campaigns/new", **{**fields_of(owner.page, "活动名称"), "do": "add"})
    assert fields_of(owner.page, "活动名称")["name"] == ["没写完"]
    sent = {
        **fields_of(owner.page, "活动名称"),
        "part_count": ["4", "6"],
        "part_kind": ["true_false", ""],
        "part_category": ["", "节电"],
        "do": "redraw",
    }
    shown = owner.post("/admin/campaigns/new", **sent)
    assert "可抽 4 题" in shown  # the four of true and false: no line has fewer
    assert "只有 3 题" in shown  # of five about power two are among those
    shown = owner.post("/admin/campaigns/new", **{**fields_of(owner.page, "活动名称"), "do": "remove-1"})
    assert "共 4 题" in shown
    sent = {**fields_of(owner.page, "活动名称"), "slug": "week"}
    owner.post("/admin/campaigns/new", **sent)
    assert plan_of(bank).recipe == (Part(4, kind=Kind.TRUE_FALSE),)


def test_htmx_gets_the_recipe_alone(bank: Store, owner: Visitor) -> None:
    owner.get("/admin/campaigns/new")
    fields = {**fields_of(owner.page, "活动名称"), "bank": "energy", "do": "add"}
    part = owner.client.post(
        "/admin/campaigns/new",
        data={"csrf_token": fields_of(owner.page)["csrf_token"], **fields},
        headers={"HX-Request": "true", "HX-Target": "recipe"},
    )
    assert part.text.lstrip().startswith('<fieldset class="field" id="recipe">')
    assert part.text.count("recipe-line") == 2


def test_a_picture_is_kept_at_once_and_stays_though_the_form_is_refused(bank: Store, owner: Visitor) -> None:
    owner.get("/admin/campaigns/new")
    sent = {**fields_of(owner.page, "活动名称"), "bank": "energy", "slug": "week"}
    owner.post("/admin/campaigns/new", 422, **sent, picture=picture())
    sent = {**fields_of(owner.page, "活动名称"), "name": "有图的"}
    owner.post("/admin/campaigns/new", **sent)
    sha256 = plan_of(bank).picture_sha256
    assert sha256 is not None
    assert owner.client.get(f"/admin/campaigns/pictures/{sha256}").mimetype == "image/png"
    owner.get("/admin/campaigns/week/edit")
    owner.post("/admin/campaigns/week/edit", **{**fields_of(owner.page, "活动名称"), "drop_picture": "1"})
    assert plan_of(bank).picture_sha256 is None


def test_what_is_no_picture_is_refused_beside_its_field(bank: Store, owner: Visitor) -> None:
    owner.get("/admin/campaigns/new")
    sent = {**fields_of(owner.page, "活动名称"), "name": "周", "bank": "energy", "slug": "week"}
    owner.post("/admin/campaigns/new", 422, **sent, picture=(io.BytesIO(b"<svg onload=alert(1)>"), "a.svg"))
    assert "不是能显示的图片" in owner.page.split('id="picture-error"')[1]


def test_of_two_who_edit_one_draft_the_second_is_told_and_loses_nothing(
    drafted: Callable[..., Visitor], bank: Store
) -> None:
    owner = drafted()
    owner.get("/admin/campaigns/week/edit")
    first = {**fields_of(owner.page, "活动名称"), "theme": "先存的"}
    second = {**fields_of(owner.page, "活动名称"), "brand": "后存的"}
    owner.post("/admin/campaigns/week/edit", **first)
    owner.get("/admin/campaigns/week/edit")
    shown = owner.post("/admin/campaigns/week/edit", 422, **second)
    assert "刚刚被别人改过" in shown
    assert plan_of(bank).theme == "先存的"
    again = fields_of(owner.page, "活动名称")
    assert again["brand"] == ["后存的"]
    owner.post("/admin/campaigns/week/edit", **again)
    assert (plan_of(bank).theme, plan_of(bank).brand) == ("", "后存的")


def test_a_plan_goes_down_as_a_file_and_up_into_the_form(drafted: Callable[..., Visitor], bank: Store) -> None:
    owner = drafted(theme="绿色低碳")
    data = owner.client.get("/admin/campaigns/week/plan.toml").data
    owner.get("/admin/campaigns/file")
    changed = data.replace(b'"week"', b'"next"').replace("节能周".encode(), "明年的节能周".encode())
    shown = owner.post("/admin/campaigns/file", file=(io.BytesIO(changed), "plan.toml"))
    assert "还没有保存" in shown
    with bank.reading() as session:
        assert session.query(tables.Campaign).count() == 1
    owner.post("/admin/campaigns/new", **fields_of(owner.page, "活动名称"))
    assert plan_of(bank, "next").name == "明年的节能周"
    assert plan_of(bank, "next").theme == "绿色低碳"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "还没有选文件"), ("name = ", "。"), ("nonsense = 1", "nonsense")],
)
def test_a_file_that_is_no_plan_is_refused_and_its_text_stays(
    bank: Store, owner: Visitor, text: str, sentence: str
) -> None:
    owner.get("/admin/campaigns/file")
    assert sentence in owner.post("/admin/campaigns/file", 422, text=text)
    assert text in owner.page


def test_an_editor_of_banks_makes_no_campaigns(bank: Store, signed_in: Callable[[Role], Visitor]) -> None:
    editor = signed_in(Role.EDITOR)
    assert "新建活动" not in editor.get("/admin/")
    editor.get("/admin/campaigns/new", 403)
