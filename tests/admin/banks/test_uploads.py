from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from bank_files import xlsx_bytes
from bank_uploads import FAULTY, GOOD, HEADER, STEMS, commit, file, held, imported, row, upload
from flask import Flask
from PIL import Image
from visitors import NOW, Clock, Visitor

from admin.banks import uploads
from campaigns import banks, imports
from campaigns.clock import DAY
from campaigns.staff import Role
from campaigns.store import Store
from questions.model import Bank, Kind, Picture, Question, options_of
from questions.readers import read_bank
from questions.readers.apart import limited

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def reading_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading in this process: that it happens in another is one test's, and takes a moment each time."""
    monkeypatch.setattr("admin.banks.uploads.read_bank", read_bank)


def kept(records: Store, slug: str = "energy") -> list[Question]:
    with records.reading() as session:
        return list(banks.search(session, slug).questions)


def stems(records: Store, slug: str = "energy") -> list[str]:
    return [question.stem for question in kept(records, slug)]


def form(visitor: Visitor, ordinal: int, **changes: object) -> dict[str, object]:
    """The editor of a question as the page fills it in, with what a person changes."""
    visitor.get(f"{preview_of(visitor)}/questions/{ordinal}/edit")
    page = visitor.page
    fields: dict[str, object] = {name: held(visitor, name) for name in ("version",) if f'name="{name}" value="' in page}
    fields["kind"] = re.search(r'<option value="(\w+)" selected', page)[1]  # type: ignore[index]
    fields["stem"] = re.search(r'name="stem"[^>]*>([^<]*)<', page)[1]  # type: ignore[index]
    fields["option"] = re.findall(r'name="option"[^>]*>([^<]*)<', page)
    fields["was"] = re.findall(r'name="was" value="([A-Z]?)"', page)
    fields["right"] = re.findall(r'name="right" value="(\d+)" checked', page)
    return fields | changes


def preview_of(visitor: Visitor) -> str:
    found = re.match(r"/admin/uploads/[\w-]+", visitor.address)
    assert found is not None, visitor.address
    return found[0]


def save(visitor: Visitor, ordinal: int, status: int = 200, **changes: object) -> str:
    preview = preview_of(visitor)
    return visitor.post(f"{preview}/questions/{ordinal}/edit", status, **form(visitor, ordinal, **changes))


def decide(visitor: Visitor, ordinal: int, decision: str) -> str:
    preview = preview_of(visitor)
    visitor.get(preview)
    return visitor.post(f"{preview}/questions/{ordinal}", decision=decision)


# --- from the upload to the preview ------------------------------------------------------------------------------


def test_a_file_is_shown_with_every_problem_before_anything_is_imported(owner: Visitor, records: Store) -> None:
    shown = upload(owner, *FAULTY)
    assert "6 题读入，3 可用，1 请看，2 不能用" in shown
    assert "这道题没有答案，怎么办？" in shown
    assert "第5行" in shown
    assert "&lt;script&gt;alert(1)" in owner.page
    assert 'value="bank-2026"' in owner.page
    with records.reading() as session:
        assert banks.list_banks(session) == []


def shown_ordinals(visitor: Visitor) -> list[int]:
    return [int(ordinal) for ordinal in re.findall(r'<li class="item[^"]*" id="q(\d+)">', visitor.page)]


def test_what_is_in_doubt_is_shown_first_and_all_on_request(owner: Visitor) -> None:
    upload(owner, *FAULTY)
    preview = owner.address
    assert shown_ordinals(owner) == [4, 5, 6]
    owner.get(f"{preview}?show=all")
    assert shown_ordinals(owner) == [1, 2, 3, 4, 5, 6]
    owner.get(f"{preview}?show=look")
    assert shown_ordinals(owner) == [6]
    owner.get(f"{preview}?show=all&search=显示器")
    assert shown_ordinals(owner) == [2]
    assert "没有找到含“没有这句”的题目" in owner.get(f"{preview}?search=没有这句&show=all")


def test_a_clean_file_is_shown_whole(owner: Visitor) -> None:
    shown = upload(owner, *GOOD)
    assert "3 题读入，3 可用，0 请看，0 不能用" in shown
    assert all(stem in shown for stem in STEMS)


def test_what_was_shown_is_imported_when_it_is_sent_off(owner: Visitor, records: Store) -> None:
    upload(owner, *FAULTY[:-1])
    told = commit(owner, slug="energy", name="节能题库")
    assert "新增 3 题，更新 0 题，不变 0 题，没有导入 2 题" in told
    assert stems(records) == STEMS


def test_a_preview_can_be_looked_at_again_until_it_was_imported(owner: Visitor) -> None:
    upload(owner, *GOOD)
    preview = owner.address
    assert "节能 bank 2026.csv" in owner.get("/admin/banks")
    assert "3 题读入" in owner.get(preview)
    commit(owner, slug="energy", name="节能题库")
    assert "请重新上传" in owner.get(preview, 404)
    assert "还没有导入完的文件" not in owner.get("/admin/banks")


def test_what_nobody_came_back_to_is_gone_after_a_day(owner: Visitor, clock: Clock, records: Store) -> None:
    upload(owner, *GOOD)
    preview = owner.address
    found = read_bank(file(*GOOD)[0].read())
    imports.keep(records, imports.Upload(b"", "another"), found, "another", clock.now + DAY + 1)
    assert "请重新上传" in owner.get(preview, 404)


def test_a_file_can_be_thrown_away(owner: Visitor) -> None:
    upload(owner, *GOOD)
    preview = owner.address
    assert "已经丢弃" in owner.post(f"{preview}/drop")
    owner.get(preview, 404)


def test_pasted_text_is_a_file_too(owner: Visitor, records: Store) -> None:
    owner.get("/admin/uploads")
    text = HEADER.replace(",", "\t") + "\r\n".join(GOOD).replace(",", "\t")
    assert "3 题读入" in owner.post("/admin/uploads", text=text)
    assert "粘贴的文字.txt" in owner.page
    assert 'value="bank-20260704"' in owner.page


def test_pasted_text_may_be_as_long_as_a_file(owner: Visitor) -> None:
    many = "\n".join(row(number, f"第{number}个各不相同的问题是{number * 7919}吗？") for number in range(1, 4_001))
    owner.get("/admin/uploads")
    assert "4000 题读入" in owner.post("/admin/uploads", text=HEADER.replace("\r\n", "\n") + many)


def test_pasted_text_that_holds_no_questions_is_still_there_to_be_mended(owner: Visitor) -> None:
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", 422, text="今天天气很好")
    assert "今天天气很好</textarea>" in owner.page


def test_a_word_file_is_previewed_with_its_pictures(owner: Visitor, records: Store) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    document = docx.Document()
    document.add_paragraph("1. 图中的标志表示什么？")
    document.add_picture(io.BytesIO(picture.getvalue()))
    for line in ("A. 节能", "B. 节水", "答案：B", "2. 电器待机也耗电。（√）"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=(io.BytesIO(out.getvalue()), "标志.docx"))
    owner.get(f"{owner.address}?show=all")
    found = re.search(r'src="(/admin/uploads/[^"]+/pictures/[0-9a-f]{64})"', owner.page)
    assert found is not None
    shown = owner.client.get(found[1])
    assert (shown.mimetype, shown.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert shown.data == picture.getvalue()


def test_our_template_is_there_to_begin_with(owner: Visitor) -> None:
    owner.get("/admin/uploads")
    assert 'href="/admin/uploads/template.xlsx"' in owner.page
    template = owner.client.get("/admin/uploads/template.xlsx")
    assert template.headers["Content-Disposition"] == 'attachment; filename="bank-template.xlsx"'
    (sheet,) = read_bank(template.data).sheets
    assert {"题目", "答案"} <= {column.part for column in sheet.columns}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "空"), (b"%PDF-1.7", "PDF"), (b"\x89PNG\r\n\x1a\n" + bytes(64), "图片")],
)
def test_a_file_that_is_no_bank_is_refused_in_the_reader_s_own_sentence(
    owner: Visitor, data: bytes, sentence: str
) -> None:
    owner.get("/admin/uploads")
    assert sentence in owner.post("/admin/uploads", 422, file=(io.BytesIO(data), "题库.xlsx"))


def test_no_file_at_all_is_asked_for(owner: Visitor) -> None:
    owner.get("/admin/uploads")
    assert "还没有选文件" in owner.post("/admin/uploads", 422)


def test_a_file_that_is_too_large_is_refused_in_one_sentence(owner: Visitor) -> None:
    response = owner.client.post(
        "/admin/uploads",
        input_stream=io.BytesIO(b"--x\r\n"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(21 * 1024 * 1024)},
    )
    assert response.status_code == 413
    assert "超过 20 MB" in response.text


def test_files_are_read_in_a_process_of_their_own(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert uploads.read_bank is limited.read_bank
    assert "3 题读入" in upload(owner, *GOOD)


def test_notes_about_the_whole_file_stand_above_its_questions(owner: Visitor) -> None:
    rows = [
        ["题目", "选项A", "选项B", "答案", "心情"],
        *([f"问题{n}是什么？", "甲", "乙", "A", "好"] for n in range(4)),
    ]
    owner.get("/admin/uploads")
    shown = owner.post("/admin/uploads", file=(io.BytesIO(xlsx_bytes(rows)), "题.xlsx"))
    assert "关于整个文件" in shown
    assert "心情" in shown


@pytest.mark.parametrize("path", ["", "/questions/1", "/questions/1/edit", "/pictures/00"])
def test_a_token_that_is_not_ours_finds_nothing(owner: Visitor, path: str) -> None:
    assert "请重新上传" in owner.get(f"/admin/uploads/nothing{path}", 404)


@pytest.mark.parametrize("role", [Role.VIEWER])
def test_whoever_may_not_import_sees_no_upload(
    owner: Visitor, signed_in: Callable[[Role], Visitor], role: Role
) -> None:
    upload(owner, *GOOD)
    other = signed_in(role)
    other.get(owner.address, 403)
    other.get("/admin/uploads", 403)


# --- deciding ----------------------------------------------------------------------------------------------------


def test_a_doubtful_question_stands_in_the_way_until_it_is_decided_about(owner: Visitor, records: Store) -> None:
    upload(owner, *FAULTY)
    preview = owner.address
    assert "还有 1 题“请看”没有决定" in commit(owner, 422, slug="energy", name="节能题库")
    assert "已接受" in decide(owner, 6, "accepted")
    owner.get(preview)
    assert "新增 4 题" in commit(owner, slug="energy", name="节能题库")


def test_a_question_that_is_left_out_is_not_imported(owner: Visitor, records: Store) -> None:
    upload(owner, *FAULTY)
    preview = owner.address
    decide(owner, 6, "left_out")
    decide(owner, 1, "left_out")
    owner.get(preview)
    commit(owner, slug="energy", name="节能题库")
    assert stems(records) == STEMS[1:]


def test_the_rest_is_accepted_with_one_button(owner: Visitor) -> None:
    upload(owner, *FAULTY, row(7, "还有哪几类？", "D", "多选"))
    preview = owner.address
    assert "已接受其余 2 题" in owner.post(f"{preview}/rest", decision="accepted")
    assert "新增 5 题" in commit(owner, slug="energy", name="节能题库")


def test_a_decision_that_there_is_not_is_refused(owner: Visitor) -> None:
    upload(owner, *FAULTY)
    preview = owner.address
    owner.post(f"{preview}/questions/6", 422, decision="perhaps")
    owner.get(preview)
    owner.post(f"{preview}/rest", 422)


def test_a_question_is_mended_in_place_and_goes_in_as_it_was_mended(owner: Visitor, records: Store) -> None:
    upload(owner, *FAULTY)
    preview = owner.address
    save(owner, 4, right=["2"], tags="办公，用电", difficulty="易")
    owner.get(f"{preview}?show=edited")
    assert "已改" in owner.page
    owner.post(f"{preview}/rest", decision="accepted")
    commit(owner, slug="energy", name="节能题库")
    mended = kept(records)[3]
    assert (mended.answer, mended.tags, mended.difficulty) == (("C",), ("办公", "用电"), "易")


def test_a_mended_question_that_is_still_wrong_says_what_remains(owner: Visitor) -> None:
    upload(owner, *FAULTY)
    save(owner, 4, option=["甲", "甲"], was=["A", "B"], right=["0"])
    owner.get(f"{preview_of(owner)}/questions/4")
    assert "有两个选项都是" in owner.page


def test_what_was_typed_is_still_there_when_it_cannot_be_kept(owner: Visitor) -> None:
    upload(owner, *FAULTY)
    shown = save(owner, 4, 422, stem="", explanation="刚刚写的解析")
    assert "题干是空的" in shown
    assert "刚刚写的解析" in shown


def test_an_edit_of_what_somebody_else_has_edited_is_not_lost(owner: Visitor) -> None:
    upload(owner, *FAULTY)
    preview = owner.address
    mine = form(owner, 4, explanation="我写的解析", right=["0"])
    save(owner, 4, explanation="别人写的解析", right=["1"])
    shown = owner.post(f"{preview}/questions/4/edit", 422, **mine)
    assert "在别处改过" in shown
    assert "我写的解析" in shown
    again = form(owner, 4, explanation="我写的解析", right=["0"])
    assert owner.post(f"{preview}/questions/4/edit", **again)


def test_the_form_changes_its_shape_without_saving_anything(owner: Visitor) -> None:
    upload(owner, *FAULTY)
    preview = owner.address
    owner.post(f"{preview}/questions/4/edit", do="add", **form(owner, 4))
    assert owner.page.count('name="option"') == 5
    owner.post(f"{preview}/questions/4/edit", do="redraw", **form(owner, 4, kind="true_false"))
    assert 'name="truth"' in owner.page
    owner.get(f"{preview}/questions/4")
    assert "单选" in owner.page


def test_a_question_that_is_not_there_cannot_be_seen(owner: Visitor) -> None:
    upload(owner, *FAULTY)
    assert "没有这道题" in owner.get(f"{preview_of(owner)}/questions/99", 404)


# --- with a script: parts of pages -------------------------------------------------------------------------------


def test_a_decision_is_answered_with_the_question_and_the_new_figures(owner: Visitor) -> None:
    upload(owner, *FAULTY)
    token = held(owner, "csrf_token")
    part = owner.client.post(
        f"{owner.address}/questions/6", data={"csrf_token": token, "decision": "accepted"}, headers=HTMX
    )
    assert part.status_code == 200
    assert "<html" not in part.text
    assert '<li class="item" id="q6">' in part.text
    assert 'hx-swap-oob="innerHTML:#summary"' in part.text
    assert part.headers["HX-Trigger"] == "decided"


def test_the_list_alone_is_given_to_whoever_asks_for_it_alone(owner: Visitor) -> None:
    upload(owner, *FAULTY)
    part = owner.client.get(f"{owner.address}?show=all", headers=HTMX | {"HX-Target": "listing"})
    assert part.text.lstrip().startswith('<section class="card mb-3" id="listing"')
    whole = owner.client.get(owner.address, headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "<html" in whole.text


def test_an_upload_leads_on_to_its_preview_and_a_refused_one_says_why(owner: Visitor) -> None:
    owner.get("/admin/uploads")
    token = held(owner, "csrf_token")
    done = owner.client.post("/admin/uploads", data={"csrf_token": token, "file": file(*GOOD)}, headers=HTMX)
    assert done.status_code == 200
    assert done.headers["HX-Redirect"].startswith("/admin/uploads/")
    refused = owner.client.post(
        "/admin/uploads", data={"csrf_token": token, "file": (io.BytesIO(b"%PDF-1.7"), "x.pdf")}, headers=HTMX
    )
    assert refused.status_code == 422
    assert "<html" not in refused.text
    assert "PDF" in refused.text


def test_an_import_that_is_refused_keeps_what_was_typed(owner: Visitor) -> None:
    upload(owner, *GOOD)
    data = {"csrf_token": held(owner, "csrf_token"), "version": held(owner, "version"), "slug": "energy-1"}
    refused = owner.client.post(
        owner.address, data=data | {"name": "好名字", "version": "0"}, headers=HTMX | {"HX-Target": "target"}
    )
    assert refused.status_code == 422
    assert "刚刚有改动" in refused.text
    assert "<html" not in refused.text
    assert 'value="好名字"' in refused.text


def test_whoever_is_signed_out_meanwhile_is_led_to_the_door(owner: Visitor, clock: Clock) -> None:
    upload(owner, *GOOD)
    clock.now += DAY
    part = owner.client.get(owner.address, headers=HTMX)
    assert part.status_code == 200
    assert part.headers["HX-Redirect"].startswith("/admin/sign-in")


# --- into the bank -----------------------------------------------------------------------------------------------


def test_a_code_that_cannot_be_is_refused_and_the_file_is_still_there(owner: Visitor) -> None:
    upload(owner, *GOOD)
    assert "题库代号只能用" in commit(owner, 422, slug="节能", name="节能题库")
    assert "新增 3 题" in commit(owner, slug="energy", name="节能题库")


def test_what_has_changed_since_the_page_was_shown_is_looked_at_again(owner: Visitor) -> None:
    upload(owner, *FAULTY)
    preview, seen = owner.address, held(owner, "version")
    owner.post(f"{preview}/rest", decision="accepted")
    assert "刚刚有改动" in owner.post(preview, 422, version=seen, slug="energy", name="节能题库")


def test_an_update_is_compared_with_the_bank_it_is_for(owner: Visitor) -> None:
    imported(owner)
    shown = upload(owner, *GOOD[:2], row(3, STEMS[2], "C"), row(4, "新的一道题？"), bank="energy")
    assert "新增 1 题，更新 1 题，不变 2 题" in shown
    told = commit(owner, slug="energy", confirmed=held(owner, "confirmed"), name="改了的名字")
    assert "导入完成：新增 1 题，更新 1 题，不变 2 题" in told
    assert "节能题库" in told
    assert "改了的名字" not in told


def test_the_same_file_again_changes_nothing(owner: Visitor) -> None:
    imported(owner)
    assert "新增 0 题，更新 0 题，不变 3 题" in upload(owner, *GOOD, bank="energy")
    assert "新增 0 题" in commit(owner, slug="energy", confirmed=held(owner, "confirmed"))


def test_a_code_that_was_typed_stays_when_the_import_is_refused(owner: Visitor) -> None:
    imported(owner)
    upload(owner, *FAULTY, name="other.csv")
    assert "没有决定" in commit(owner, 422, slug="energy", name="另一个题库")
    assert 'name="slug" value="energy"' in owner.page
    assert "更新“节能题库”" not in owner.page


def test_a_code_that_another_bank_has_is_compared_and_confirmed_before_anything_changes(
    owner: Visitor, records: Store
) -> None:
    imported(owner)
    upload(owner, row(1, STEMS[0], "A"), row(2, "垃圾分一分有几类？"), name="other.csv")
    shown = commit(owner, 422, slug="energy", name="另一个题库")
    assert "代号 energy 已有题库“节能题库”，还没有导入" in shown
    assert "相比：新增 1 题，更新 1 题，不变 0 题" in shown
    assert stems(records) == STEMS
    assert "新增 1 题，更新 1 题" in commit(owner, slug="energy", confirmed=held(owner, "confirmed"))
    assert "另一个题库" not in owner.get("/admin/banks")


def test_instead_of_updating_another_bank_a_new_one_can_be_made(owner: Visitor, records: Store) -> None:
    imported(owner)
    upload(owner, row(1, "垃圾分一分有几类？"), name="energy.csv")
    assert "或者导入为新题库" in owner.page
    commit(owner, slug="waste", name="垃圾分类")
    assert (stems(records, "waste"), stems(records)) == (["垃圾分一分有几类？"], STEMS)


def test_a_file_uploaded_for_a_new_bank_can_update_one_after_all(owner: Visitor) -> None:
    imported(owner)
    upload(owner, row(1, STEMS[0], "A"), name="第二版.csv")
    preview = owner.address
    assert "更新 1 题" in owner.post(f"{preview}/bank", slug="energy")
    assert "更新 1 题" in commit(owner, slug="energy", confirmed=held(owner, "confirmed"))


def test_what_was_confirmed_is_asked_again_when_the_bank_has_changed_since(owner: Visitor, records: Store) -> None:
    imported(owner)
    upload(owner, row(1, STEMS[0], "A"), bank="energy")
    seen = held(owner, "confirmed")
    banks.import_bank(records, "energy", "", read_bank(file(row(1, STEMS[0], "C"))[0].read()), NOW)
    assert "题库刚刚有改动，还没有导入" in commit(owner, 422, slug="energy", confirmed=seen)
    assert "更新 1 题" in commit(owner, slug="energy", confirmed=held(owner, "confirmed"))


def test_an_import_says_in_the_bank_s_history_who_made_it_and_from_what(owner: Visitor, records: Store) -> None:
    imported(owner)
    with records.reading() as session:
        (step,) = banks.bank_history(session, "energy")
    assert (step.by, step.file, step.added) == ("owner", "节能 bank 2026.csv", 3)


def test_nothing_of_an_upload_is_left_on_the_machine(owner: Visitor, app: Flask) -> None:
    upload(owner, *GOOD)
    data_dir: Path = app.config["LVDA"].data_dir
    assert not (data_dir / "uploads").exists()


def test_pictures_of_an_upload_are_for_staff_alone(owner: Visitor, app: Flask, records: Store) -> None:
    picture = Picture("ab" * 32)
    question = Question("1", Kind.SINGLE, "?", options_of(["甲", "乙"]), ("A",), pictures=(picture,), where="第1段")
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    found = Bank("docx", "", (question,), (), {picture.sha256: out.getvalue()})
    imports.keep(records, imports.Upload(b"", "x.docx"), found, "token", NOW)
    address = f"/admin/uploads/token/pictures/{picture.sha256}"
    assert owner.client.get(address).status_code == 200
    assert Visitor(app.test_client()).client.get(address).status_code == 302


# --- which column holds what -------------------------------------------------------------------------------------

HEADERLESS = [["空调几度合适", "二十六", "二十", "B1"], ["下班关灯吗", "是的", "不", "B2"]]
TOLD = [
    ["题目", "选项A", "选项B", "答案", "备用答案"],
    *([f"第{n}个问题是什么？", f"甲{n}", f"乙{n}", "A", "B"] for n in range(1, 6)),
]


def upload_table(visitor: Visitor, sheets: object) -> str:
    visitor.get("/admin/uploads")
    return visitor.post("/admin/uploads", file=(io.BytesIO(xlsx_bytes(sheets)), "题库.xlsx"))  # type: ignore[arg-type]


def test_the_preview_says_what_each_column_was_understood_as(owner: Visitor) -> None:
    upload_table(owner, TOLD)
    assert re.findall(r'name="column-(\w)".*?selected>([^<]+)<', owner.page, re.DOTALL)[:4] == [
        ("A", "题目"),
        ("B", "选项A"),
        ("C", "选项B"),
        ("D", "答案"),
    ]
    assert "第1个问题是什么？；第2个问题是什么？" in owner.page


def test_the_file_is_read_again_with_the_columns_that_were_chosen(owner: Visitor, records: Store) -> None:
    upload_table(owner, TOLD)
    first = owner.address
    told = owner.post(f"{first}/columns", **{"column-D": "", "column-E": "答案"})
    assert "已按您选的列重新读取" in told
    assert owner.address != first
    commit(owner, slug="energy", name="节能题库")
    assert {question.answer for question in kept(records)} == {("B",)}
    assert "按别的列重新读取过" in owner.get(first, 404)


def test_a_table_that_was_not_understood_is_read_once_its_columns_are_named(owner: Visitor) -> None:
    shown = upload_table(owner, HEADERLESS)
    assert "文件里没有找到题目" in shown
    assert "请在下面选出题目、选项和答案各是哪一列" in shown
    chosen = {"column-A": "题目", "column-B": "选项A", "column-C": "选项B", "column-D": "答案"}
    assert "2 题读入" in owner.post(f"{owner.address}/columns", **chosen)


def test_one_part_on_two_columns_is_refused_and_what_was_chosen_stays(owner: Visitor) -> None:
    upload_table(owner, TOLD)
    preview = owner.address
    assert "“答案”选了几列（D列、E列）" in owner.post(f"{preview}/columns", 422, **{"column-E": "答案"})
    assert re.search(r'name="column-E".*?<option value="答案" selected', owner.page, re.DOTALL)
    assert "5 题读入" in owner.get(preview)


def test_columns_that_make_no_questions_are_refused_and_the_file_waits_on(owner: Visitor) -> None:
    upload_table(owner, HEADERLESS)
    preview = owner.address
    owner.post(f"{preview}/columns", 422, **{"column-D": "来源"})
    assert "各列是怎样理解的" in owner.get(preview)


def test_what_is_no_table_has_no_columns_to_choose(owner: Visitor) -> None:
    owner.get("/admin/uploads")
    data = '[{"题目": "哪一个？", "选项": ["甲", "乙"], "答案": "A"}]'.encode()
    assert "各列是怎样理解的" not in owner.post("/admin/uploads", file=(io.BytesIO(data), "题.json"))
    owner.post(f"{owner.address}/columns", 422)
