from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from banks_made import as_written, banks, nasty_texts
from banks_made import questions as questions_made
from hypothesis import given
from hypothesis import strategies as st

from questions.model import LETTERS, Bank, Kind, Question, Severity, options_of
from questions.readers import read_bank
from questions.writers.csv import write_csv

WORDS = [
    "夏季办公室空调温度",
    "公共机构节能条例",
    "双面打印",
    "人走灯灭",
    "二氧化碳（CO₂）排放",
    "一级能效的空调器",
    "节约用水，从点滴做起",
    "绿色出行“135”",
    'a,b;c "引号"',
    "第一行\n第二行",
]
RISKY = ["=1+1", "+86 的区号", "-18 ℃ 以下", "@所有人", "'=已经有撇号", "''-18", '=HYPERLINK("http://x")']

stems = st.lists(st.sampled_from(WORDS), min_size=2, max_size=4, unique=True).map("，".join)
texts = st.sampled_from([*WORDS, *RISKY])
optional = st.sampled_from(["", *WORDS, *RISKY])


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from([Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.BLANK]))
    stem, options, answer = draw(stems), (), ()
    match kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            options = options_of(draw(st.lists(texts, min_size=3, max_size=8, unique=True)))
            letters = st.sampled_from(LETTERS[: len(options)])
            few = (1, 1) if kind is Kind.SINGLE else (2, len(options))
            answer = tuple(sorted(draw(st.lists(letters, min_size=few[0], max_size=few[1], unique=True))))
        case Kind.TRUE_FALSE:
            answer = (draw(st.sampled_from(["true", "false"])),)
        case Kind.BLANK:
            stem += "是____。"
            answer = (draw(st.sampled_from(["三", "3 | 三", "26 ℃ | 26 度"])),)
    return Question(
        number="",
        kind=kind,
        stem=stem,
        options=options,
        answer=answer,
        explanation=draw(optional),
        category=draw(st.sampled_from(["", "政策法规", "节水"])),
        difficulty=draw(st.sampled_from(["", "易", "难"])),
        source=draw(optional),
    )


@given(st.lists(questions(), min_size=1, max_size=6, unique_by=lambda question: question.stem))
def test_what_was_written_is_read_again_as_the_same_bank(drawn: list[Question]) -> None:
    written = [replace(question, number=str(place)) for place, question in enumerate(drawn, start=1)]
    bank = read_bank(write_csv(written))
    assert [replace(question, where="") for question in bank.questions] == written
    assert not [problem for problem in bank.problems if problem.severity is Severity.ERROR]
    assert (bank.format, bank.encoding) == ("csv", "utf-8-sig")


def cells(*written: Question) -> list[list[str]]:
    return list(csv.reader(io.StringIO(write_csv(written).decode("utf-8-sig"))))


def question(**changes: object) -> Question:
    made = Question("1", Kind.SINGLE, "空调一般不低于多少？", options_of(["26 ℃", "20 ℃"]), ("A",))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_file_is_the_template_that_people_know() -> None:
    assert cells(question(explanation="解", category="空调与照明", difficulty="易", source="通知")) == [
        ["编号", "题型", "题目", "选项A", "选项B", "选项C", "选项D", "答案", "解析", "分类", "难度", "来源"],
        ["1", "单选", "空调一般不低于多少？", "26 ℃", "20 ℃", "", "", "A", "解", "空调与照明", "易", "通知"],
    ]


def test_there_are_as_many_option_columns_as_the_widest_question_needs() -> None:
    header, *rows = cells(question(), question(options=options_of(list("一二三四五六"))))
    assert header[3:9] == [f"选项{letter}" for letter in "ABCDEF"]
    assert {len(row) for row in rows} == {len(header)}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-18 ℃", "@x", "\tx", "'=1"])
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    assert cells(question(stem=text))[1][2] == f"'{text}"


@pytest.mark.parametrize("text", ["26", "'引号'", "1-2", "a=b"])
def test_a_harmless_cell_stays_as_it_is(text: str) -> None:
    assert cells(question(stem=text))[1][2] == text


@pytest.mark.parametrize(
    ("kind", "answer", "written"),
    [
        (Kind.MULTIPLE, ("A", "B"), "AB"),
        (Kind.TRUE_FALSE, ("true",), "正确"),
        (Kind.TRUE_FALSE, ("false",), "错误"),
        (Kind.TRUE_FALSE, (), ""),
        (Kind.BLANK, ("三 | 3", "6"), "三 | 3；6"),
        (Kind.ESSAY, ("言之成理即可",), "言之成理即可"),
    ],
)
def test_answers_are_written_as_people_write_them(kind: Kind, answer: tuple[str, ...], written: str) -> None:
    options = question().options if kind is Kind.MULTIPLE else ()
    stem = "是____和____。" if kind is Kind.BLANK else "是什么？"
    told = cells(question(kind=kind, answer=answer, options=options or (), stem=stem))[1]
    assert told[7] == written


def test_tags_have_a_column_where_any_question_has_some() -> None:
    header, tagged, bare = cells(question(tags=("照明", "节电")), question(number="2", stem="还有哪个？"))
    assert header[-1] == "标签"
    assert (tagged[-1], bare[-1]) == ("照明、节电", "")


def test_a_question_that_would_be_misread_says_that_it_is_meant_as_it_stands() -> None:
    told = cells(
        question(options=options_of(["A. 甲", "B. 乙"])),
        question(number="2", stem="2. 是什么（ B ）", answer=("B",)),
        question(number="3", stem="减号是哪个？", options=options_of(["+", "-", "/"])),
        question(number="4", kind=Kind.BLANK, stem="____", options=(), answer=("三；3", "6"), tags=("绿色 办公",)),
        question(number="5", stem="平常的题是哪个？"),
    )
    assert [row[1] for row in told[1:]] == ["单选（原样）", "单选（原样）", "单选（原样）", "填空（原样）", "单选"]
    assert told[4][7] == '["三；3", "6"]'
    assert told[4][-1] == '["绿色 办公"]'


def test_a_row_that_is_meant_as_it_stands_is_still_looked_at() -> None:
    header = "编号,题型,题目,选项A,选项B,答案,解析,分类,难度,来源"
    bank = read_bank(f"{header}\r\n1,单选（原样）,A. 哪个？,A. 甲,A. 甲,A,,,,\r\n".encode())
    assert (bank.questions[0].stem, bank.questions[0].options[0].text) == ("A. 哪个？", "A. 甲")
    assert any("有两个选项" in problem.message for problem in bank.problems)


texts_without_ends = nasty_texts(hidden=False)
lines_without_ends = nasty_texts(lines=False, hidden=False)


@given(
    banks(questions_made(texts=texts_without_ends, words=lines_without_ends, tags=lines_without_ends, pictures=False))
)
def test_whatever_a_question_says_it_says_again(bank: Bank) -> None:
    assert as_written(read_bank(write_csv(bank.questions))) == list(bank.questions)
