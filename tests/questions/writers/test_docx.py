from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO

from banks_made import as_written, plain_texts, questions, some_pictures
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.model import EXPLANATION, Bank, Kind, Picture, Question, options_of
from questions.readers import read_bank
from questions.shipped import energy_bank
from questions.writers.docx import SECTIONS, write_docx

ORDER = list(SECTIONS)
INSIDE = st.sampled_from(
    ["CO₂", "26 ℃", "，", "《节约能源法》", "50%", "3.5 千瓦时", "“引号”", "LED", "a=b", "<b>", "&", "🌱", "（节）"]
)
TEXTS = st.tuples(plain_texts(), st.lists(INSIDE, max_size=3).map("".join), plain_texts()).map("".join)
"""Texts without what stands around the parts of a question on paper."""
AC = Question("1", Kind.SINGLE, "空调一般不低于多少？", options_of(["26 ℃", "20 ℃", "18 ℃", "16 ℃"]), ("A",), "夏季。")


@st.composite
def asked(draw: st.DrawFn) -> Question:
    made = draw(questions(texts=TEXTS, words=plain_texts(), tags=plain_texts(), unanswered=False, pictures=False))
    if made.kind is Kind.BLANK:
        return replace(made, stem=f"{'、'.join(['____'] * len(made.answer))}{made.stem}")
    options = options_of([option.text for option in made.options[:8]])
    answer = made.answer if not options else tuple(letter for letter in made.answer if letter <= "H") or ("A",)
    return replace(made, stem=made.stem + draw(st.sampled_from("？。")), options=options, answer=answer)


@given(st.lists(asked(), min_size=1, max_size=6, unique_by=lambda question: question.stem))
@settings(max_examples=25)
def test_a_paper_with_its_key_is_read_again_as_the_same_questions(made: list[Question]) -> None:
    grouped = sorted(made, key=lambda question: ORDER.index(question.kind))
    written = [replace(question, number=str(place)) for place, question in enumerate(grouped, 1)]
    assert as_written(read_bank(write_docx(made, key=True))) == written


def test_the_shipped_bank_goes_out_and_comes_back() -> None:
    written = sorted(energy_bank().questions, key=lambda question: ORDER.index(question.kind))
    read = read_bank(write_docx(energy_bank().questions, title="节能知识竞赛", key=True))
    assert [replace(question, number="") for question in as_written(read)] == [
        replace(question, number="", where="") for question in written
    ]
    assert read.problems == ()


def paragraphs(*asked: Question, key: bool, title: str = "节能知识竞赛") -> list[str]:
    return [paragraph.text for paragraph in Document(BytesIO(write_docx(asked, title=title, key=key))).paragraphs]


def test_a_paper_has_a_title_a_place_for_names_and_a_section_for_every_kind() -> None:
    truth = Question("2", Kind.TRUE_FALSE, "待机不耗电。", answer=("false",))
    told = paragraphs(truth, AC, replace(AC, stem="还有哪个？"), key=False)
    assert told[0] == "节能知识竞赛"
    assert "姓名" in told[1]
    assert "单位" in told[1]
    assert told[2:] == [
        "一、单选题（共 2 题）",
        "1. 空调一般不低于多少？（　　）",
        "A. 26 ℃\tB. 20 ℃\tC. 18 ℃\tD. 16 ℃",
        "2. 还有哪个？（　　）",
        "A. 26 ℃\tB. 20 ℃\tC. 18 ℃\tD. 16 ℃",
        "二、判断题（共 1 题）",
        "3. 待机不耗电。（　　）",
    ]


def test_with_the_key_the_answer_and_what_is_known_of_it_stand_below_each_question() -> None:
    told = paragraphs(replace(AC, category="空调", difficulty="易", source="通知", tags=("夏季", "室温")), key=True)
    assert told[3:] == [
        "1. 空调一般不低于多少？",
        "A. 26 ℃\tB. 20 ℃\tC. 18 ℃\tD. 16 ℃",
        "答案：A",
        "解析：夏季。",
        "【分类】空调　【难度】易　【标签】夏季、室温　【来源】通知",
    ]


def test_nothing_of_the_key_is_on_a_paper_without_it() -> None:
    with zipfile.ZipFile(BytesIO(write_docx([replace(AC, source="通知")], key=False))) as archive:
        text = archive.read("word/document.xml").decode()
    assert "夏季" not in text
    assert "通知" not in text
    assert "答案" not in text


def test_options_stand_two_on_a_line_or_alone_where_they_are_longer() -> None:
    two = replace(AC, options=options_of(["政府机关和事业单位", "国家机关", "医院", "个体工商户"]))
    one = replace(AC, options=options_of(["很长的选项" * 6, "短"]))
    assert paragraphs(two, key=False)[4] == "A. 政府机关和事业单位\tB. 国家机关"
    assert paragraphs(one, key=False)[5] == "B. 短"


def test_a_stem_that_has_room_for_the_answer_gets_no_more() -> None:
    blank = Question("2", Kind.BLANK, "是____。", answer=("26",))
    told = paragraphs(replace(AC, stem="不低于（　）的是？"), blank, key=False)
    assert told[3] == "1. 不低于（　）的是？"
    assert told[6] == "2. 是____。"


def test_lines_of_a_stem_and_of_an_explanation_stay_lines() -> None:
    question = replace(AC, stem="读材料：\n第一段。\n哪个对？", explanation="第一行。\n第二行。")
    (read,) = as_written(read_bank(write_docx([question], key=True)))
    assert (read.stem, read.explanation) == (question.stem, question.explanation)


def test_the_page_is_a4_its_fonts_are_named_and_its_number_stands_below() -> None:
    with zipfile.ZipFile(BytesIO(write_docx([AC], key=False))) as archive:
        parts = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    assert re.search(r'w:pgSz w:w="11906" w:h="16838"', parts["word/document.xml"])
    assert 'w:eastAsia="宋体"' in parts["word/styles.xml"]
    assert 'w:eastAsia="黑体"' in parts["word/styles.xml"]
    footer = next(text for name, text in parts.items() if name.startswith("word/footer"))
    assert 'w:instr="PAGE"' in footer
    assert not [name for name in parts if name.endswith((".ttf", ".odttf"))]


def test_pictures_stand_where_they_belong_and_come_back() -> None:
    kept = dict(list(some_pictures().items())[:3])
    first, second, third = kept
    shown = (Picture(first), Picture(second, "B"), Picture(third, EXPLANATION))
    bank = Bank("", "", (replace(AC, pictures=shown),), (), kept)
    read = read_bank(write_docx(bank.questions, kept, key=True))
    assert [(one.sha256, one.place) for one in read.questions[0].pictures] == [(one.sha256, one.place) for one in shown]
    assert read.pictures == kept
    without = write_docx(bank.questions, kept, key=False)
    with zipfile.ZipFile(BytesIO(without)) as archive:
        assert sum(name.startswith("word/media/") for name in archive.namelist()) == 2


def test_a_text_with_characters_that_no_document_holds_is_written_without_them() -> None:
    assert paragraphs(replace(AC, stem="哪\x00个\ud800？\uffff"), key=True)[3] == "1. 哪个？"
