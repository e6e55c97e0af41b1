from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from visitors import NOW, Visitor

from admin.banks import Summary, shown_answer, summarise
from campaigns import banks
from campaigns.store import Store
from questions.model import Bank, Kind, Problem, Question, Severity, options_of
from questions.readers import read_bank

HEADER = "编号,题型,题目,选项A,选项B,选项C,选项D,答案,解析\r\n"
STEMS = ["空调一般不低于多少度？", "下班后怎样处理显示器？", "宣传周在几月举行？"]


def file(*rows: str, name: str = "节能 bank 2026.csv") -> tuple[io.BytesIO, str]:
    return io.BytesIO(("\ufeff" + HEADER + "\r\n".join(rows)).encode()), name


def row(number: int, stem: str, answer: str = "B") -> str:
    return f"{number},单选,{stem},甲项,乙项,丙项,丁项,{answer},这是解析"


GOOD = [row(number, stem) for number, stem in enumerate(STEMS, start=1)]
FAULTY = [*GOOD, row(4, "这道题没有答案，怎么办？", ""), row(5, "答案不在选项里怎么办？<script>alert(1)</script>", "F")]


def kept(records: Store, slug: str) -> list[str]:
    with records.reading() as session:
        return [question.stem for question in banks.search(session, slug).questions]


def imported(owner: Visitor) -> None:
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=file(*GOOD))
    owner.post(owner.address, slug="energy", name="节能题库")


def confirmation(visitor: Visitor) -> str:
    """What the page that is shown sends along to confirm an update."""
    found = re.search(r'name="confirmed" value="([^"]+)"', visitor.page)
    assert found is not None, "the page asks for no confirmation"
    return found[1]


def test_a_file_is_shown_with_every_problem_before_anything_is_imported(owner: Visitor, records: Store) -> None:
    owner.get("/admin/uploads")
    shown = owner.post("/admin/uploads", file=file(*FAULTY))
    assert "读到 5 题，可用 3，请看 0，不能用 2" in shown
    assert "这道题没有答案，怎么办？" in shown
    assert "第5行" in shown
    assert "&lt;script&gt;alert(1)" in owner.page
    assert 'value="bank-2026"' in owner.page
    with records.reading() as session:
        assert banks.list_banks(session) == []


def test_what_was_shown_is_imported_when_it_is_sent_off(owner: Visitor, records: Store) -> None:
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=file(*FAULTY))
    told = owner.post(owner.address, slug="energy", name="节能题库")
    assert "新增 3 题，更新 0 题，不变 0 题，没有导入 2 题" in told
    assert kept(records, "energy") == STEMS


def test_a_preview_can_be_looked_at_again_until_it_was_imported(owner: Visitor) -> None:
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=file(*GOOD))
    preview = owner.address
    assert "读到 3 题" in owner.get(preview)
    owner.post(preview, slug="energy", name="节能题库")
    assert "请重新上传" in owner.get(preview, 404)


def test_a_code_that_cannot_be_is_refused_and_the_file_is_still_there(owner: Visitor, records: Store) -> None:
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=file(*GOOD))
    assert "题库代号只能用" in owner.post(owner.address, 422, slug="节能", name="节能题库")
    assert "新增 3 题" in owner.post(owner.address, slug="energy", name="节能题库")


def test_an_update_is_compared_with_the_bank_it_is_for(owner: Visitor, records: Store) -> None:
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=file(*GOOD))
    owner.post(owner.address, slug="energy", name="节能题库")
    owner.get("/admin/uploads?bank=energy")
    shown = owner.post(
        "/admin/uploads?bank=energy", file=file(*GOOD[:2], row(3, STEMS[2], "C"), row(4, "新的一道题？"))
    )
    assert "新增 1 题，更新 1 题，不变 2 题" in shown
    assert 'name="name"' not in owner.page
    told = owner.post(owner.address, slug="energy", confirmed=confirmation(owner), name="改了的名字")
    assert "导入完成：新增 1 题，更新 1 题，不变 2 题" in told
    assert "节能题库" in told
    assert "改了的名字" not in told


def test_a_code_that_another_bank_has_is_compared_and_confirmed_before_anything_changes(
    owner: Visitor, records: Store
) -> None:
    imported(owner)
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=file(row(1, STEMS[0], "A"), row(2, "垃圾分一分有几类？"), name="other.csv"))
    shown = owner.post(owner.address, 422, slug="energy", name="另一个题库")
    assert "代号 energy 已有题库“节能题库”，还没有导入" in shown
    assert "与现有题库相比：新增 1 题，更新 1 题，不变 0 题" in shown
    assert kept(records, "energy") == STEMS
    told = owner.post(owner.address, slug="energy", confirmed=confirmation(owner))
    assert "导入完成：新增 1 题，更新 1 题" in told
    assert "另一个题库" not in owner.get("/admin/banks")


def test_instead_of_updating_another_bank_a_new_one_can_be_made(owner: Visitor, records: Store) -> None:
    imported(owner)
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=file(row(1, "垃圾分一分有几类？"), name="energy.csv"))
    assert "或者导入为新题库" in owner.page
    owner.post(owner.address, slug="waste", name="垃圾分类")
    assert (kept(records, "waste"), kept(records, "energy")) == (["垃圾分一分有几类？"], STEMS)


def test_what_was_confirmed_is_asked_again_when_the_bank_has_changed_since(owner: Visitor, records: Store) -> None:
    imported(owner)
    owner.get("/admin/uploads?bank=energy")
    owner.post("/admin/uploads?bank=energy", file=file(row(1, STEMS[0], "A")))
    seen = confirmation(owner)
    banks.import_bank(records, "energy", "", read_bank(file(row(1, STEMS[0], "C"))[0].read()), NOW)
    assert "题库刚刚有改动，还没有导入" in owner.post(owner.address, 422, slug="energy", confirmed=seen)
    assert "更新 1 题" in owner.post(owner.address, slug="energy", confirmed=confirmation(owner))


def test_problems_are_shown_in_the_order_of_the_rows(owner: Visitor) -> None:
    twins = [row(1, "没有答案怎么办？", ""), row(2, STEMS[0]), row(3, STEMS[0]), row(4, "也没有答案怎么办？", "")]
    owner.get("/admin/uploads")
    shown = owner.post("/admin/uploads", file=file(*twins))
    places = re.findall(r"第(\d+)行 (?:不能用|请看)", shown)
    assert len(places) >= 3
    assert places == sorted(places, key=int)


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


def test_a_bank_is_searched_and_exported_as_it_can_be_imported_again(owner: Visitor) -> None:
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=file(*GOOD))
    owner.post(owner.address, slug="energy", name="节能题库")
    found = owner.get("/admin/banks/energy?search=显示器")
    assert "找到 1 题" in found
    assert STEMS[0] not in found
    assert "没有找到含“没有这句”的题目" in owner.get("/admin/banks/energy?search=没有这句")
    exported = read_bank(owner.client.get("/admin/banks/energy/export.csv").data)
    assert [question.stem for question in exported.questions] == STEMS


def test_a_bank_that_does_not_exist_is_said_to_be_missing(owner: Visitor) -> None:
    assert "没有代号为 nowhere 的题库" in owner.get("/admin/banks/nowhere", 404)


def test_the_list_counts_questions_by_kind(owner: Visitor) -> None:
    assert "还没有题库" in owner.get("/admin/banks")
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=file(*GOOD))
    owner.post(owner.address, slug="energy", name="节能题库")
    shown = owner.get("/admin/banks")
    row = shown[shown.index("节能题库") :].split()[:8]
    assert row == ["节能题库", "energy", "3", "0", "0", "0", "0", "3"]


def test_uploads_wait_in_the_data_folder(owner: Visitor, app: Flask) -> None:
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=file(*GOOD))
    folder: Path = app.config["LVDA"].data_dir / "uploads"
    assert len(list(folder.iterdir())) == 1
    owner.post(owner.address, slug="energy", name="节能题库")
    assert list(folder.iterdir()) == []


def test_a_question_is_counted_by_the_worst_that_is_said_of_it() -> None:
    questions = tuple(
        Question(str(n), Kind.ESSAY if n == 1 else Kind.SINGLE, f"题{n}", answer=("A",), where=f"第{n}行")
        for n in range(5)
    )
    problems = (
        Problem("第2行", Severity.WARNING, "请看"),
        Problem("第3行", Severity.WARNING, "请看"),
        Problem("第3行", Severity.ERROR, "不行"),
        Problem("第3行", Severity.WARNING, "请看"),
        Problem("整个文件", Severity.WARNING, "请看"),
    )
    summary = summarise(Bank("csv", "", questions, problems))
    assert summary == Summary(read=5, usable=3, doubtful=1, useless=1, essays=1)


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
