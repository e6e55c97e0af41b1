from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.model import LETTERS, Kind, Question, Severity, options_of
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
        (Kind.MULTIPLE, ("A", "C"), "AC"),
        (Kind.TRUE_FALSE, ("true",), "正确"),
        (Kind.TRUE_FALSE, ("false",), "错误"),
        (Kind.TRUE_FALSE, (), ""),
        (Kind.BLANK, ("三 | 3", "6"), "三 | 3；6"),
        (Kind.ESSAY, ("言之成理即可",), "言之成理即可"),
    ],
)
def test_answers_are_written_as_people_write_them(kind: Kind, answer: tuple[str, ...], written: str) -> None:
    assert cells(question(kind=kind, answer=answer))[1][7] == written
