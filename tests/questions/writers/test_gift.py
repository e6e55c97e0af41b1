from __future__ import annotations

from dataclasses import replace

import pytest
from banks_made import as_written, banks, nasty_texts, plain_texts, questions, some_pictures
from hypothesis import given, settings

from questions.model import EXPLANATION, Bank, Kind, Picture, Question, options_of
from questions.readers import read_bank
from questions.writers.gift import write_gift

LAMP = Question("E001", Kind.SINGLE, "下列哪种灯最省电？", options_of(["白炽灯", "LED 灯"]), ("B",))


def written(*questions: Question) -> list[str]:
    return write_gift(questions).decode().split("\n")[2:-1]


@given(banks(questions(tags=nasty_texts(lines=False))))
def test_what_was_written_is_read_again_as_the_same_bank(bank: Bank) -> None:
    read = read_bank(write_gift(bank.questions, bank.pictures))
    assert as_written(read) == list(bank.questions)
    assert read.pictures == bank.pictures
    assert (read.format, read.encoding) == ("gift", "utf-8")


@given(banks(questions(texts=plain_texts(), words=plain_texts(), pictures=False)))
@settings(max_examples=30)
def test_a_plain_bank_is_the_same_without_our_first_line(bank: Bank) -> None:
    data = write_gift(bank.questions).partition(b"\n")[2]
    assert as_written(read_bank(data)) == list(bank.questions)


def test_the_file_is_what_moodle_knows() -> None:
    question = replace(LAMP, category="照明", tags=("灯", "节电"), explanation="LED 灯光效最高。")
    assert written(question) == [
        "$CATEGORY: 照明",
        "",
        "// [id:E001] [tag:灯] [tag:节电]",
        "::E001::[plain]下列哪种灯最省电？{",
        "\t~[plain]白炽灯",
        "\t=[plain]LED 灯####[plain]LED 灯光效最高。}",
    ]


@pytest.mark.parametrize(
    ("question", "braces"),
    [
        (replace(LAMP, kind=Kind.MULTIPLE, answer=("A", "B")), ["{", "\t~%50%[plain]白炽灯", "\t~%50%[plain]LED 灯}"]),
        (replace(LAMP, kind=Kind.MULTIPLE), ["{", "\t~%-100%[plain]白炽灯", "\t~%100%[plain]LED 灯}"]),
        (Question("1", Kind.TRUE_FALSE, "随手关灯。", (), ("true",)), ["{TRUE}"]),
        (Question("1", Kind.TRUE_FALSE, "随手关灯。", (), ("false",)), ["{FALSE}"]),
        (Question("1", Kind.BLANK, "不低于几度？", (), ("26 | 二十六",)), ["{", "\t=[plain]26", "\t=[plain]二十六}"]),
        (Question("1", Kind.BLANK, "几到几度？", (), ("20 | 廿", "26")), ["{", "\t=[plain]20；26}"]),
        (Question("1", Kind.ESSAY, "谈谈节水。", (), ("言之成理",)), ["{}"]),
    ],
)
def test_each_kind_has_the_form_that_gift_has_for_it(question: Question, braces: list[str]) -> None:
    text = "\n".join(written(question))
    assert text[text.index("{", text.index("::[plain]")) :].split("\n") == braces


def test_what_gift_has_no_place_for_stands_in_a_comment() -> None:
    lines = written(replace(LAMP, difficulty="易", source="节能法"))
    assert '// [lvda] {"difficulty": "易", "source": "节能法"}' in lines


def test_signs_of_gift_in_a_text_are_escaped() -> None:
    assert r"[plain]a\:b\=c\~d\#e\{f\}g\\h\ni-\>j{" in "\n".join(written(replace(LAMP, stem="a:b=c~d#e{f}g\\h\ni->j")))


def test_pictures_stand_in_the_text_that_they_belong_to() -> None:
    (name, *_), data = sorted(some_pictures()), some_pictures()
    question = replace(LAMP, pictures=(Picture(name, "B", "灯"), Picture(name, EXPLANATION)))
    text = write_gift([question], data).decode()
    assert text.count("data\\:image/") == 2
    assert '\t=[html]<div style\\="white-space\\:pre-wrap">LED 灯</div><p><img src\\="data\\:image/' in text
