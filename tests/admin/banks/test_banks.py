from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from bank_uploads import STEMS, held, imported
from flask import Flask
from PIL import Image
from visitors import NOW, Visitor

from admin.banks.keeping import _numbers_in
from admin.banks.shown import shown_answer
from campaigns import banks, tables
from campaigns.banks import Status
from campaigns.item_statistics import ItemStatistics, WrongChoice
from campaigns.staff import Role
from campaigns.store import Store
from questions.model import Bank, Kind, Picture, Question, UnwritableBank, options_of
from questions.readers import read_bank
from questions.writers import WRITERS

BANK = "/admin/banks/energy"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def reading_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin.banks.uploads.read_bank", read_bank)


def question(number: str, stem: str, **changes: object) -> Question:
    made = Question(number, Kind.SINGLE, stem, options_of([f"{number}甲", f"{number}乙"]), ("A",))
    return replace(made, **changes)  # type: ignore[arg-type]


def kept(records: Store, number: str, slug: str = "energy") -> Question:
    with records.reading() as session:
        return banks.find_question(session, slug, number).question


def statuses(records: Store, slug: str = "energy") -> dict[str, str]:
    with records.reading() as session:
        rows = session.query(tables.Question).all()
        return {one.number: one.status for one in rows}


@pytest.fixture
def stocked(owner: Visitor, records: Store) -> Visitor:
    """A bank of five questions in two categories."""
    made = [
        question("1", STEMS[0], category="节电", difficulty="易", tags=("夏",), explanation="第一条"),
        question("2", STEMS[1], category="节电", difficulty="难"),
        question("3", STEMS[2], category="宣传"),
        Question("4", Kind.TRUE_FALSE, "电器待机不耗电。", answer=("false",), category="节电"),
        question("5-1/甲", "没有分类的题是哪一道？"),
    ]
    banks.import_bank(records, "energy", "节能题库", Bank("csv", "", tuple(made)), NOW)
    owner.get(BANK)
    return owner


def at(number: str, what: str = "") -> str:
    return f"{BANK}/question{what}?number={number}"


def test_the_list_counts_questions_by_kind(owner: Visitor) -> None:
    assert "还没有题库" in owner.get("/admin/banks")
    imported(owner)
    shown = owner.get("/admin/banks")
    row_ = shown[shown.index("节能题库") :].split()[:10]
    assert row_ == ["节能题库", "energy", "3", "0", "0", "0", "0", "3", "3", "草稿"]


def test_a_bank_is_searched(owner: Visitor) -> None:
    imported(owner)
    found = owner.get(f"{BANK}?search=显示器")
    assert "找到 1 题" in found
    assert STEMS[0] not in found
    assert "没有找到含“没有这句”的题目" in owner.get(f"{BANK}?search=没有这句")


@pytest.mark.parametrize("form", WRITERS)
def test_a_bank_is_exported_in_every_format_as_it_can_be_imported_again(stocked: Visitor, form: str) -> None:
    assert f'href="{BANK}/export/{form}"' in stocked.page
    response = stocked.client.get(f"{BANK}/export/{form}")
    name = "energy-docx-key" if form == "docx-key" else "energy"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}{WRITERS[form].ending}"'
    assert response.mimetype == WRITERS[form].media_type
    if form != "docx":
        assert STEMS[0] in {question.stem for question in read_bank(response.data).questions}


def test_a_format_that_there_is_not_and_a_bank_that_it_cannot_hold_are_said_to_be(
    stocked: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stocked.get(f"{BANK}/export/pdf", 404)

    def refuse(*arguments: object) -> bytes:
        raise UnwritableBank("第 1 题太长，表格放不下。")

    monkeypatch.setattr(banks, "export", refuse)
    assert "表格放不下" in stocked.get(f"{BANK}/export/xlsx", 422)


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("", ["1", "2", "3", "4", "5-1/甲"]),
        ("kind=true_false", ["4"]),
        ("category=节电", ["1", "2", "4"]),
        ("category=_none", ["5-1/甲"]),
        ("difficulty=难", ["2"]),
        ("tag=夏", ["1"]),
        ("status=retired", []),
        ("status=draft&category=节电&kind=single", ["1", "2"]),
        ("kind=king&status=lost&page=x", ["1", "2", "3", "4", "5-1/甲"]),
    ],
)
def test_questions_are_chosen_by_what_they_are(stocked: Visitor, asked: str, numbers: list[str]) -> None:
    stocked.get(f"{BANK}?{asked}")
    assert re.findall(r'name="number" value="([^"]+)"', stocked.page) == numbers


def test_the_list_alone_is_given_to_whoever_asks_for_it_alone(stocked: Visitor) -> None:
    part = stocked.client.get(f"{BANK}?kind=true_false", headers=HTMX | {"HX-Target": "listing"})
    assert part.text.lstrip().startswith('<section class="card mb-3" id="listing"')
    assert "待机" in part.text


def test_a_bank_that_does_not_exist_is_said_to_be_missing(owner: Visitor) -> None:
    for path in ("", "/keeping", "/statistics", "/add", "/question?number=1"):
        assert "没有代号为 nowhere 的题库" in owner.get(f"/admin/banks/nowhere{path}", 404)


# --- one question ------------------------------------------------------------------------------------------------


def test_a_question_is_edited_in_place_and_its_history_says_so(stocked: Visitor, records: Store) -> None:
    stocked.get(at("1", "/edit"))
    seen = held(stocked, "version")
    stocked.post(
        at("1", "/edit"), version=seen, kind="single", stem=STEMS[0], option=["甲", "乙"], was=["A", "B"], right=["1"]
    )
    assert kept(records, "1").answer == ("B",)
    told = stocked.get(at("1", "/history"))
    assert "修改" in told
    assert "owner" in told
    assert "答案 A B" in told
    assert "第 2 版" in told


def test_an_edit_with_an_error_is_refused_and_what_was_typed_stays(stocked: Visitor, records: Store) -> None:
    stocked.get(at("1", "/edit"))
    shown = stocked.post(
        at("1", "/edit"),
        422,
        version=held(stocked, "version"),
        kind="single",
        stem="没有选项的题？",
        explanation="为何",
    )
    assert "没有保存" in shown
    assert "没有选项的题？" in shown
    assert kept(records, "1").stem == STEMS[0]


def test_an_edit_of_what_somebody_else_has_edited_is_not_lost(stocked: Visitor, records: Store) -> None:
    stocked.get(at("4", "/edit"))
    seen = held(stocked, "version")
    mine = {"kind": "true_false", "stem": "我改的。", "truth": "true"}
    stocked.post(at("4", "/edit"), version=seen, kind="true_false", stem="别人改的。", truth="true")
    stocked.get(at("4", "/edit"))
    shown = stocked.post(at("4", "/edit"), 422, version=seen, **mine)
    assert "刚刚被别人改过" in shown
    assert "我改的。" in shown
    stocked.post(at("4", "/edit"), version=held(stocked, "version"), **mine)
    assert kept(records, "4").stem == "我改的。"


def test_a_number_may_hold_anything(stocked: Visitor, records: Store) -> None:
    stocked.get(at("5-1/甲", "/edit"))
    stocked.post(
        at("5-1/甲", "/edit"), version=held(stocked, "version"), kind="true_false", stem="改成判断题了。", truth="true"
    )
    assert kept(records, "5-1/甲").kind is Kind.TRUE_FALSE
    assert "改成判断题了。" in stocked.get(at("5-1/甲"))


def test_the_form_changes_its_shape_without_saving_anything(stocked: Visitor, records: Store) -> None:
    stocked.get(at("1", "/edit"))
    stocked.post(at("1", "/edit"), do="redraw", kind="blank", stem="空")
    assert 'name="blank"' in stocked.page
    assert kept(records, "1").kind is Kind.SINGLE


def test_an_earlier_revision_is_restored(stocked: Visitor, records: Store) -> None:
    stocked.get(at("4", "/edit"))
    stocked.post(
        at("4", "/edit"), version=held(stocked, "version"), kind="true_false", stem="电器待机不耗电。", truth="true"
    )
    stocked.get(at("4", "/history"))
    told = stocked.post(at("4", "/restore"), revision=held(stocked, "revision"), version=held(stocked, "version"))
    assert "已恢复成第 1 版，现在是第 3 版" in told
    assert kept(records, "4").answer == ("false",)


def test_a_question_is_added_by_hand(stocked: Visitor, records: Store) -> None:
    stocked.get(f"{BANK}/add")
    stocked.post(f"{BANK}/add", do="add", kind="single", stem="新题", option=["甲", "乙"], was=["", ""])
    assert stocked.page.count('name="option"') == 3
    assert "没有保存" in stocked.post(f"{BANK}/add", 422, kind="single", stem="新题", option=["甲", "乙"], was=["", ""])
    told = stocked.post(f"{BANK}/add", kind="single", stem="新题", option=["甲", "乙"], was=["", ""], right=["0"])
    number = re.search(r"编号 (\d+)", told)
    assert number is not None
    assert kept(records, number[1]).answer == ("A",)


def test_an_edit_is_answered_with_the_question_alone_where_scripts_run(stocked: Visitor) -> None:
    stocked.get(at("4", "/edit"))
    data = {"csrf_token": held(stocked, "csrf_token"), "version": held(stocked, "version"), "kind": "true_false"}
    part = stocked.client.post(at("4", "/edit"), data=data | {"stem": "改了。", "truth": "true"}, headers=HTMX)
    assert "<html" not in part.text
    assert part.text.lstrip().startswith('<li class="item"')
    assert "改了。" in part.text


def test_what_is_doubtful_about_a_question_stands_beside_it(owner: Visitor, records: Store) -> None:
    doubtful = question("1", STEMS[0], explanation="解析里说答案是 B。")
    banks.import_bank(records, "energy", "节能题库", Bank("csv", "", (doubtful, question("2", STEMS[1]))), NOW)
    assert "哪一个对" in owner.get(BANK)
    assert "找到 1 题" in owner.get(f"{BANK}?doubtful=1")


def test_html_in_a_question_is_text(owner: Visitor, records: Store) -> None:
    nasty = question("<1>", "<script>alert(1)</script>", category="<b>", explanation="<i>", tags=("<u>",))
    banks.import_bank(records, "energy", "<名>", Bank("csv", "", (nasty,)), NOW)
    for path in ("", "/keeping", "/statistics", "/question?number=<1>", "/question/edit?number=<1>"):
        owner.get(f"{BANK}{path}")
        for tag in ("<script>alert", "<b>", "<i>", "<u>", "<名>", "<1>"):
            assert tag not in owner.page


def test_pictures_of_a_bank_are_shown_to_those_who_may_see_it(
    owner: Visitor, records: Store, app: Flask, signed_in: Callable[[Role], Visitor]
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    shown = question("1", STEMS[0], pictures=(Picture("ab" * 32, "B", "空调"),))
    banks.import_bank(records, "energy", "节能", Bank("docx", "", (shown,), (), {"ab" * 32: out.getvalue()}), NOW)
    owner.get(BANK)
    address = f"/admin/pictures/{'ab' * 32}"
    assert f'src="{address}"' in owner.page
    assert owner.client.get(address).data == out.getvalue()
    assert signed_in(Role.VIEWER).client.get(address).status_code == 403
    assert app.test_client().get(address).status_code == 302


# --- many, and the bank as a whole -------------------------------------------------------------------------------


def test_ticked_questions_get_another_status(stocked: Visitor, records: Store) -> None:
    told = stocked.post(f"{BANK}/status", number=["1", "5-1/甲"], becomes="reviewed")
    assert "已把 2 题改成“已审”" in told
    assert [number for number, status in statuses(records).items() if status == Status.REVIEWED] == ["1", "5-1/甲"]


def test_all_that_was_found_get_another_status(stocked: Visitor, records: Store) -> None:
    assert "已把 3 题改成“停用”" in stocked.post(f"{BANK}/status?category=节电", all="1", becomes="retired")
    assert "共 2 题" in stocked.get(BANK)
    assert "找到 3 题" in stocked.get(f"{BANK}?status=retired")


def test_nothing_ticked_changes_nothing(stocked: Visitor) -> None:
    assert "还没有勾选" in stocked.post(f"{BANK}/status", 422, becomes="retired")
    stocked.get(BANK)
    stocked.post(f"{BANK}/status", 422, number=["1"], becomes="king")


def test_a_bank_is_renamed(stocked: Visitor) -> None:
    assert "题库名称已经改好" in stocked.post(f"{BANK}/name", name="新名字")
    shown = stocked.get(f"{BANK}/keeping")
    assert "节能题库 新名字" in shown
    assert "不能为空" in stocked.post(f"{BANK}/name", 422, name=" ")


def test_some_questions_become_a_bank_of_their_own(stocked: Visitor, records: Store) -> None:
    stocked.get(f"{BANK}/keeping")
    told = stocked.post(
        f"{BANK}/split", category=["宣传"], numbers="1-2，5-1/甲", name="另一个", slug="other", how="move"
    )
    assert "已移出 4 题" in told
    assert kept(records, "3", "other").stem == STEMS[2]
    assert "共 1 题" in stocked.get(BANK)


def test_a_copy_leaves_the_questions_where_they_are(stocked: Visitor) -> None:
    stocked.get(f"{BANK}/keeping")
    told = stocked.post(f"{BANK}/split", tag=["夏"], name="另一个", slug="other", how="copy")
    assert "已复制 1 题" in told
    assert "共 5 题" in stocked.get(BANK)


def test_a_split_that_cannot_be_keeps_what_was_typed(stocked: Visitor) -> None:
    stocked.get(f"{BANK}/keeping")
    assert "还没有选题目" in stocked.post(f"{BANK}/split", 422, name="另一个", slug="other")
    assert 'value="另一个"' in stocked.page
    shown = stocked.post(f"{BANK}/split", 422, category=["宣传"], name="另一个", slug="不行")
    assert "代号只能用" in shown
    assert re.search(r'value="宣传" checked', stocked.page)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1-3，7", {"1-3", "1", "2", "3", "7"}),
        ("A-7、2—4", {"A-7", "2—4", "2", "3", "4"}),
        ("9-2", {"9-2"}),
        ("1-999999", {"1-999999"}),
        (" ", set()),
    ],
)
def test_numbers_are_ranges_or_whatever_a_file_called_them(text: str, numbers: set[str]) -> None:
    assert set().union(*_numbers_in(text).values()) == numbers


@pytest.mark.parametrize("typed", ["1-2，77", "8-9", "A-7"])
def test_a_number_that_no_question_has_is_not_passed_over_in_a_split(
    stocked: Visitor, records: Store, typed: str
) -> None:
    stocked.get(f"{BANK}/keeping")
    told = stocked.post(f"{BANK}/split", 422, category=["宣传"], numbers=typed, name="另一个", slug="other")
    assert f"没有编号为 {typed.rpartition('，')[2]} 的题" in told
    assert len(statuses(records)) == 5


@pytest.mark.parametrize("asked", ["slug=other", "_external=1&_scheme=javascript", "_anchor=x", "_method=POST"])
def test_an_address_leads_nowhere_but_to_what_it_may_ask_for(stocked: Visitor, asked: str) -> None:
    for view in ("", "/question"):
        stocked.get(f"{BANK}{view}?search=空调&number=1&page=1&{asked}")
        assert "javascript:" not in stocked.page
        assert "other" not in "".join(re.findall(r'href="[^"]*"', stocked.page))


def test_a_bank_of_many_pages_leads_to_them_whatever_else_the_address_holds(stocked: Visitor, records: Store) -> None:
    many = [question(str(number), f"第{number}题问的是什么？") for number in range(60)]
    banks.import_bank(records, "many", "许多", Bank("csv", "", tuple(many)), NOW)
    stocked.get("/admin/banks/many?slug=other&status=draft")
    assert 'href="/admin/banks/many?page=2&amp;status=draft"' in stocked.page


def test_a_change_that_nobody_is_known_for_was_not_the_program_s(stocked: Visitor) -> None:
    assert "（没有记录）" in stocked.get(f"{BANK}/question/history?number=1")
    assert "（没有记录）" in stocked.get(f"{BANK}/keeping")


def test_a_question_is_ticked_in_the_list_alone(stocked: Visitor) -> None:
    for address, ticked in (("", True), ("/question?number=1", False), ("/question/history?number=1", False)):
        stocked.get(f"{BANK}{address}")
        assert ('type="checkbox" name="number"' in stocked.page) is ticked


def test_a_bank_is_merged_into_another_and_what_is_to_be_looked_at_is_listed(stocked: Visitor, records: Store) -> None:
    others = (
        question("1", "另一个题库的题是什么？"),
        question("2", STEMS[0], options=question("1", "").options),
        question("3", STEMS[1], options=question("2", "").options, answer=("B",)),
    )
    banks.import_bank(records, "other", "另一个", Bank("csv", "", others), NOW)
    stocked.get("/admin/banks/other/keeping")
    told = stocked.post("/admin/banks/other/merge", into="energy")
    assert "移入 1 题，已有 1 题，留下 1 题" in told
    assert "没有合并" in told
    stocked.get("/admin/banks/other/keeping")
    assert "没有代号为 nowhere" in stocked.post("/admin/banks/other/merge", 422, into="nowhere")


def test_statistics_say_when_there_is_nothing_to_say(stocked: Visitor) -> None:
    assert "还没有人答过" in stocked.get(f"{BANK}/statistics")
    assert "另有 5 题没有人答过" in stocked.get(f"{BANK}/statistics?order=hard")
    stocked.get(f"{BANK}/statistics?campaign=nowhere", 404)


def item(number: str, right: int | None, discrimination: float | None, answered: int, *flags: str) -> ItemStatistics:
    return ItemStatistics(
        number, f"题{number}", answered, 0, right, WrongChoice("B", 7), discrimination, answered, 0, flags
    )


@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        ("flags", ["3", "2", "1"]),
        ("number", ["1", "2", "3"]),
        ("hard", ["2", "3", "1"]),
        ("answered", ["2", "1", "3"]),
        ("discrimination", ["3", "1", "2"]),
        ("nonsense", ["3", "2", "1"]),
    ],
)
def test_statistics_stand_in_the_order_that_is_asked_for(
    stocked: Visitor, monkeypatch: pytest.MonkeyPatch, order: str, numbers: list[str]
) -> None:
    rows = [
        item("1", 900, 0.3, 50),
        item("2", 400, None, 80),
        item("3", 600, -0.2, 40, "区分度为负，请核对答案"),
        item("4", None, None, 0),
    ]
    monkeypatch.setattr("admin.banks.keeping.item_statistics", lambda *arguments: rows)
    shown = stocked.get(f"{BANK}/statistics?order={order}")
    assert re.findall(r"编号 (\d)", shown) == numbers
    assert "40.0%" in shown
    assert "B（7 次）" in shown
    assert "区分度为负，请核对答案" in shown


@pytest.mark.parametrize("path", ["/keeping", "/add", "/question/edit?number=1"])
def test_whoever_may_not_edit_is_refused(stocked: Visitor, signed_in: Callable[[Role], Visitor], path: str) -> None:
    signed_in(Role.EDITOR).get(f"{BANK}{path}")
    signed_in(Role.VIEWER).get(f"{BANK}{path}", 403)


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        (Question("1", Kind.MULTIPLE, "?", options_of(["甲", "乙"]), ("A", "B")), "AB"),
        (Question("1", Kind.TRUE_FALSE, "?", answer=("false",)), "错误"),
        (Question("1", Kind.BLANK, "?", answer=("三 | 3", "六")), "三 | 3；六"),
        (Question("1", Kind.SINGLE, "?"), ""),
    ],
)
def test_answers_are_shown_as_people_read_them(question: Question, shown: str) -> None:
    assert shown_answer(question) == shown
