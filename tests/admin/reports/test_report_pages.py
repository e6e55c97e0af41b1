from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO

import pytest
from pictures_made import png
from report_made import make_reported, stores_of, unit_id
from sqlalchemy import select
from visitors import NOW, Clock, Visitor
from word_templates_made import template_of, text_of

from campaigns import tables
from campaigns.jobs.working import do_next
from campaigns.reports import asking, photos, templates
from campaigns.reports.content import Order
from campaigns.reports.making import make_report
from campaigns.staff import Role
from campaigns.store import Store
from questions.model import Picture
from questions.readers.pictures import Pictures

REPORTS = "/admin/campaigns/week/reports"
TEMPLATES = "/admin/reports/templates"


@pytest.fixture
def week(records: Store) -> Store:
    make_reported(records)
    return records


def work(week: Store, clock: Clock) -> None:
    """What a worker does of the jobs that wait."""
    while do_next(stores_of(week), {"report": make_report}, "w", clock, threading.Event()):
        pass


def written(week: Store, code: str = "", **order: object) -> int:
    """A summary of the whole, or of a unit."""
    unit = unit_id(week, code) if code else None
    with week.transaction() as session:
        return asking.write(session, 1, Order("summary", f"总结{code}", unit_id=unit, **order), "wang", NOW)  # type: ignore[arg-type]


def deeds(week: Store) -> list[str]:
    with week.reading() as session:
        return list(session.scalars(select(tables.AuditEntry.what).order_by(tables.AuditEntry.id)))


def test_a_bulletin_is_written_made_and_taken_away(owner: Visitor, week: Store, clock: Clock) -> None:
    assert "还没有报告" in owner.get(REPORTS)
    assert "下载 Word 就能报送" in owner.get(REPORTS)
    owner.get(f"{REPORTS}/new?kind=bulletin")
    assert 'value="1"' in owner.page.split('id="issue"')[1][:80]
    photo = (BytesIO(png(60, 40, "green")), "hall.png")
    shown = owner.post(
        f"{REPORTS}/new",
        kind="bulletin",
        issue="1",
        remarks="各单位都张贴了海报。",
        format=["docx", "pdf"],
        photos=photo,
    )
    assert "第1期 “节能宣传周有奖答题”活动进展情况" in shown
    assert "各单位都张贴了海报。" in shown
    assert shown.count("等待") == 2
    assert "正在后台生成" in shown
    work(week, clock)
    shown = owner.get(f"{REPORTS}/1")
    assert shown.count("已经做好") == 2
    assert "正在后台生成" not in shown
    response = owner.client.get(f"{REPORTS}/1/files/1")
    assert "%E6%B4%BB%E5%8A%A8" in response.headers["Content-Disposition"]
    said = text_of(response.data)
    assert "机关事务管理局组织的" in said
    assert "各单位都张贴了海报。" in said
    assert owner.client.get(f"{REPORTS}/1/files/2").data.startswith(b"%PDF")
    assert {"report.written", "report.photo_added", "job.asked", "report.file_taken"} <= set(deeds(week))
    assert "第1期" in owner.get(REPORTS)
    assert 'value="2"' in owner.client.get(f"{REPORTS}/new").text.split('id="issue"')[1][:80]


def test_the_part_that_tells_how_far_a_file_is_renews_itself_until_it_is_there(
    owner: Visitor, week: Store, clock: Clock
) -> None:
    written(week)
    owner.get(f"{REPORTS}/1")
    owner.post(f"{REPORTS}/1/files", form="xlsx")
    part = owner.client.get(f"{REPORTS}/1", headers={"HX-Request": "true"}).text
    assert part.count("hx-trigger") == 1
    assert "<h1" not in part
    work(week, clock)
    part = owner.client.get(f"{REPORTS}/1", headers={"HX-Request": "true"}).text
    assert "hx-trigger" not in part
    assert "没有这种格式" in owner.post(f"{REPORTS}/1/files", form="exe")


def test_a_report_is_said_anew_and_removed(owner: Visitor, week: Store) -> None:
    written(week)
    owner.get(f"{REPORTS}/1/edit")
    shown = owner.post(f"{REPORTS}/1/edit", kind="summary", title="新标题", unit="U02", sender="水务局")
    for said in ("已经保存", "新标题", "市水务局和它的下级", "水务局"):
        assert said in shown
    assert "“新标题”已经删除" in owner.post(f"{REPORTS}/1/remove")
    owner.get(f"{REPORTS}/1", 404)


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"kind": "letter"}, 422, "没有这种报告"),
        ({"kind": "bulletin", "issue": "九"}, 422, "期号应当是一个整数"),
        ({"kind": "summary", "unit": "U99"}, 404, "没有代码为 U99 的单位"),
        ({"kind": "summary", "photo": "7"}, 422, "请重新选择"),
    ],
)
def test_a_form_that_will_not_do_comes_back_with_what_was_typed(
    owner: Visitor, week: Store, sent: dict[str, str], status: int, said: str
) -> None:
    owner.get(f"{REPORTS}/new")
    assert said in owner.post(f"{REPORTS}/new", status, remarks="写了很久的话", **sent)
    assert "写了很久的话" in owner.page
    owner.get(f"{REPORTS}/1", 404)


def test_a_draft_has_no_reports(owner: Visitor, week: Store) -> None:
    with week.transaction() as session:
        session.get_one(tables.Campaign, 1).state = "draft"
    assert "还没有发布" in owner.get(f"{REPORTS}/new", 422)


def test_a_viewer_reads_and_takes_away_and_writes_nothing(
    signed_in: Callable[..., Visitor], week: Store, clock: Clock
) -> None:
    report_id = written(week)
    with week.transaction() as session:
        found = asking.find(session, 1, report_id)
        asking.ask_file(session, "week", found, "docx", "wang", NOW)
    work(week, clock)
    viewer = signed_in(Role.VIEWER)
    shown = viewer.get(f"{REPORTS}/1")
    assert "下载" in shown
    assert "修改" not in shown
    assert viewer.client.get(f"{REPORTS}/1/files/1").status_code == 200
    viewer.get(f"{REPORTS}/new", 403)
    viewer.get(TEMPLATES, 403)


def test_photos_are_drawn_before_anything_is_written(
    owner: Visitor, week: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of a phone takes longer than a hundred answers, and on SQLite those would wait."""
    drawn: list[bool] = []
    keep = Pictures.keep

    def noted(pictures: Pictures, data: bytes, alt: str = "") -> Picture | None:
        drawn.append(week.engine.pool.checkedout() > 0)  # type: ignore[attr-defined]
        return keep(pictures, data, alt)

    monkeypatch.setattr(Pictures, "keep", noted)
    owner.get(f"{REPORTS}/photos")
    owner.post(f"{REPORTS}/photos", photos=[(BytesIO(png(60, n, "green")), f"{n}.png") for n in (40, 41)])
    assert drawn == [False, False]


def test_a_liaison_has_the_reports_and_photos_of_their_own_units_and_no_others(
    signed_in: Callable[..., Visitor], week: Store, clock: Clock
) -> None:
    whole, own, below, other = (written(week, code) for code in ("", "U01", "U01-1", "U02"))
    with week.transaction() as session:
        photos.add(session, 1, photos.drawn(png(60, 40, "red")), "别人的照片", "wang", NOW)
    liaison = signed_in(Role.LIAISON, "U01")
    shown = liaison.get(REPORTS)
    assert ("总结U01-1" in shown, "总结U02" in shown, "全活动" in shown) == (True, False, False)
    for seen in (own, below):
        liaison.get(f"{REPORTS}/{seen}")
    for foreign in (whole, other):
        for address in ("", "/edit", "/files/1"):
            liaison.get(f"{REPORTS}/{foreign}{address}", 404)
    liaison.get(f"{REPORTS}/photos")
    liaison.get(f"{REPORTS}/photos/1", 404)
    liaison.get(TEMPLATES, 404)
    liaison.get(f"{REPORTS}/new?kind=summary")
    assert "没有代码为 U02 的单位" in liaison.post(f"{REPORTS}/new", 404, kind="summary", unit="U02")
    shown = liaison.post(f"{REPORTS}/new", kind="bulletin", issue="3", format="docx")
    assert "市财政局“节能宣传周有奖答题”参与情况" in shown
    assert "市财政局和它的下级" in shown
    work(week, clock)
    said = text_of(liaison.client.get(f"{REPORTS}/5/files/1").data)
    assert "市财政局共有3人参加答题" in said
    assert "市水务局" not in said


def test_photos_are_brought_described_and_removed(owner: Visitor, week: Store) -> None:
    owner.get(f"{REPORTS}/photos")
    assert "还没有选照片" in owner.post(f"{REPORTS}/photos", 422)
    assert "不是能用的照片" in owner.post(f"{REPORTS}/photos", 422, photos=(BytesIO(b"no picture"), "x.jpg"))
    two = [(BytesIO(png(60, 40, colour)), "x.png") for colour in ("red", "green")]
    assert "传了 2 张照片" in owner.post(f"{REPORTS}/photos", photos=two, caption="大厅")
    picture = owner.client.get(f"{REPORTS}/photos/1")
    assert (picture.mimetype, picture.data[:4]) == ("image/png", b"\x89PNG")
    owner.post(f"{REPORTS}/photos/1/caption", caption="一楼大厅")
    assert 'value="一楼大厅"' in owner.page
    owner.post(f"{REPORTS}/photos/1/remove")
    owner.get(f"{REPORTS}/photos/1", 404)
    assert owner.client.get(f"{REPORTS}/photos/2").status_code == 200


def test_a_template_is_taken_away_changed_and_used(owner: Visitor, week: Store, clock: Clock) -> None:
    assert "自带的模板" in owner.get(TEMPLATES)
    shipped = owner.client.get(f"{TEMPLATES}/summary/shipped.docx")
    assert shipped.data == templates.shipped("summary")
    bad = (BytesIO(template_of("{{参加人}}")), "坏.docx")
    assert "没有“参加人”这个标记" in owner.post(f"{TEMPLATES}/summary", 422, file=bad)
    assert "还没有选文件" in owner.post(f"{TEMPLATES}/summary", 422)
    good = (BytesIO(template_of("我们的{{标题}}")), "我们的.docx")
    assert "以后的总结都用“我们的.docx”生成" in owner.post(f"{TEMPLATES}/summary", file=good)
    assert text_of(owner.client.get(f"{TEMPLATES}/uploaded/1.docx").data) == "我们的{{标题}}"
    written(week)
    owner.post(f"{REPORTS}/1/files", form="docx")
    work(week, clock)
    assert text_of(owner.client.get(f"{REPORTS}/1/files/1").data) == "我们的总结"
    owner.get(TEMPLATES)
    assert "以前上传的" in owner.post(f"{TEMPLATES}/summary/shipped")
    owner.get(f"{TEMPLATES}/letter/shipped.docx", 404)
    owner.get(f"{TEMPLATES}/uploaded/9.docx", 404)


def test_the_page_names_every_tag_that_there_is(owner: Visitor, week: Store) -> None:
    shown = owner.get(TEMPLATES)
    for said in ("参与率", "单位表", "补充段落", "成绩图", "{%tr for 行 in 单位表 %}"):
        assert said in shown
