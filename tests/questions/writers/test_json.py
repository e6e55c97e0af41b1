from __future__ import annotations

import base64
import json

from banks_made import as_written, banks, nasty_texts, questions, some_pictures
from hypothesis import given
from hypothesis import strategies as st

from questions.model import Bank, Kind, Picture, Question, options_of
from questions.readers import read_bank
from questions.writers.json import write_json

anything = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


@given(banks(questions(tags=nasty_texts(lines=False))))
def test_what_was_written_is_read_again_as_the_same_bank(bank: Bank) -> None:
    read = read_bank(write_json(bank.questions, bank.pictures))
    assert as_written(read) == list(bank.questions)
    assert read.pictures == bank.pictures
    assert (read.format, read.encoding) == ("json", "utf-8")


@given(anything, anything, st.lists(anything, max_size=3))
def test_nothing_is_tidied(stem: str, explanation: str, blanks: list[str]) -> None:
    question = Question("1", Kind.BLANK, stem, (), tuple(blanks), explanation)
    assert as_written(read_bank(write_json([question]))) == [question]


def test_the_file_is_what_its_description_says() -> None:
    name, data = next(iter(some_pictures().items()))
    question = Question(
        "E001", Kind.SINGLE, "哪种灯？", options_of(["甲", "乙"]), ("B",), tags=("灯",), pictures=(Picture(name, "B"),)
    )
    found = json.loads(write_json([question, Question("2", Kind.ESSAY, "谈谈")], some_pictures()))
    assert found == {
        "format": "lvda-questions",
        "version": 1,
        "questions": [
            {
                "number": "E001",
                "kind": "single",
                "stem": "哪种灯？",
                "answer": ["B"],
                "options": {"A": "甲", "B": "乙"},
                "tags": ["灯"],
                "pictures": [{"sha256": name, "place": "B"}],
            },
            {"number": "2", "kind": "essay", "stem": "谈谈", "answer": []},
        ],
        "pictures": {name: base64.b64encode(data).decode()},
    }


def test_a_picture_that_is_not_in_the_file_is_said() -> None:
    name = next(iter(some_pictures()))
    read = read_bank(write_json([Question("1", Kind.ESSAY, "看图", pictures=(Picture(name),))]))
    assert read.questions[0].pictures == ()
    assert any("图片不在文件里" in problem.message for problem in read.problems)
