from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from banks_made import as_written, banks, nasty_texts, questions
from hypothesis import given, settings
from python_calamine import CalamineWorkbook

from questions.model import Bank, Kind, Question, UnwritableBank, options_of
from questions.readers import read_bank
from questions.shipped import energy_bank
from questions.writers.xlsx import write_xlsx

TEXTS = nasty_texts(hidden=False)
WORDS = nasty_texts(lines=False, hidden=False)
HEADER = ["编号", "题型", "题目", "选项A", "选项B", "选项C", "选项D", "答案", "解析", "分类", "难度", "来源"]
QUESTION = Question("1", Kind.SINGLE, "空调一般不低于多少？", options_of(["26 ℃", "20 ℃"]), ("A",), difficulty="易")


def sheet(data: bytes, name: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read(name).decode()


def cells(*written: Question) -> list[list[object]]:
    return opened(write_xlsx(written)).get_sheet_by_index(0).to_python()  # type: ignore[return-value]


def opened(data: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(data))


@given(banks(questions(texts=TEXTS, words=WORDS, tags=WORDS, pictures=False), most=4))
@settings(max_examples=60)
def test_what_was_written_is_read_again_as_the_same_bank(bank: Bank) -> None:
    try:
        data = write_xlsx(bank.questions)
    except UnwritableBank:
        return
    read = read_bank(data)
    assert as_written(read) == list(bank.questions)
    assert not [problem for problem in read.problems if "说明" in problem.where]


def test_the_shipped_bank_goes_out_and_comes_back() -> None:
    written = as_written(energy_bank())
    read = read_bank(write_xlsx(written))
    assert as_written(read) == written
    assert read.problems == energy_bank().problems == ()


def test_the_columns_are_those_of_the_template() -> None:
    header, row = cells(replace(QUESTION, tags=("空调", "夏季")))
    assert header == [*HEADER, "标签"]
    assert row == ["1", "单选", QUESTION.stem, "26 ℃", "20 ℃", "", "", "A", "", "", "易", "", "空调、夏季"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-18 ℃", "@x", "{=A1}", "26", "1-2", "20%", "2026-06-05", "TRUE", "http://a.b/", "_x0041_"]
)
def test_whatever_looks_like_a_formula_a_number_a_date_or_a_link_is_text(text: str) -> None:
    data = write_xlsx([replace(QUESTION, stem=text)])
    assert cells(replace(QUESTION, stem=text))[1][2] == text
    assert "<f>" not in sheet(data)
    assert "<v>" in sheet(data)
    assert re.findall(r'<c [^>]*(?<!t="s")>', sheet(data)) == []


def test_the_sheet_is_made_for_filling_in() -> None:
    data = write_xlsx([QUESTION])
    xml = sheet(data)
    assert 'state="frozen"' in xml
    assert "<autoFilter" in xml
    assert "单选,多选,判断,填空,简答" in xml
    assert "易,中,难" in xml
    styles = sheet(data, "xl/styles.xml")
    assert 'numFmtId="49"' in styles  # text
    assert opened(data).sheet_names == ["题库", "说明"]


def test_an_empty_template_can_be_written_and_filled_in() -> None:
    assert cells() == [HEADER]


def test_the_same_questions_are_the_same_bytes() -> None:
    assert write_xlsx([QUESTION]) == write_xlsx([QUESTION])


def test_a_text_that_no_cell_holds_is_refused() -> None:
    with pytest.raises(UnwritableBank, match="编号 1 的题“解析”超过 32767 个字符"):
        write_xlsx([replace(QUESTION, explanation="长" * 32_768)])
    assert cells(replace(QUESTION, explanation="长" * 32_767))[1][8] == "长" * 32_767
