from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
from banks_made import as_written, banks, nasty_texts, plain_texts, questions, some_pictures
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings

from questions.model import EXPLANATION, Bank, Kind, Picture, Question, options_of
from questions.readers import read_bank
from questions.readers.programs.moodle import OURS
from questions.writers.moodle import write_moodle

LAMP = Question("E001", Kind.SINGLE, "下列哪种灯最省电？", options_of(["白炽灯", "LED 灯"]), ("B",))


def written(*questions: Question) -> list[Element]:
    return list(fromstring(write_moodle(questions, some_pictures())))


def fractions(question: Element) -> list[str | None]:
    return [answer.get("fraction") for answer in question.iterfind("answer")]


@given(banks(questions(tags=nasty_texts(lines=False))))
def test_what_was_written_is_read_again_as_the_same_bank(bank: Bank) -> None:
    read = read_bank(write_moodle(bank.questions, bank.pictures))
    assert as_written(read) == list(bank.questions)
    assert read.pictures == bank.pictures
    assert (read.format, read.encoding) == ("moodle", "utf-8")


@given(banks(questions(texts=plain_texts(), words=plain_texts(), tags=plain_texts(), unanswered=False)))
@settings(max_examples=40)
def test_a_plain_bank_is_the_same_when_moodle_has_written_it_anew(bank: Bank) -> None:
    data = write_moodle(bank.questions, bank.pictures).replace(OURS.encode(), b"")
    assert as_written(read_bank(data)) == list(bank.questions)


def test_the_file_is_what_moodle_knows() -> None:
    category, question = written(replace(LAMP, category="照明/灯", tags=("灯",), difficulty="易", explanation="光效高"))
    assert category.findtext("category/text") == "$course$/top/照明//灯"
    assert (question.get("type"), question.findtext("idnumber")) == ("multichoice", "E001")
    assert question.findtext("questiontext/text") == "下列哪种灯最省电？"
    assert question.findtext("generalfeedback/text") == "光效高"
    assert (question.findtext("single"), fractions(question)) == ("true", ["0", "100"])
    assert [tag.findtext("text") for tag in question.iterfind("tags/tag")] == ["灯", "难度:易"]


@pytest.mark.parametrize(
    ("answer", "written_fractions"),
    [(("A", "B"), ["50", "50", "-100"]), (("A", "B", "C"), ["33.33333"] * 3), ((), ["0", "0", "0"])],
)
def test_right_options_of_several_share_the_mark(answer: tuple[str, ...], written_fractions: list[str]) -> None:
    (question,) = written(replace(LAMP, kind=Kind.MULTIPLE, options=options_of(list("甲乙丙")), answer=answer))
    assert (question.findtext("single"), fractions(question)) == ("false", written_fractions)


def test_several_blanks_are_a_cloze_question() -> None:
    (question,) = written(Question("1", Kind.BLANK, "夏____冬____", (), ("26 | 二十六", "20")))
    assert question.get("type") == "cloze"
    gaps = "{1:SHORTANSWER:=26~=二十六}　{1:SHORTANSWER:=20}"
    assert question.findtext("questiontext/text", "").endswith(f'<p class="lvda-blanks">{gaps}</p>')


def test_pictures_are_files_beside_the_text_that_they_belong_to() -> None:
    name = next(iter(some_pictures()))
    (question,) = written(replace(LAMP, pictures=(Picture(name, "B", "灯"), Picture(name, EXPLANATION))))
    files = [part.find("file") for part in (question.findall("answer")[1], question.find("generalfeedback")) if part]
    assert [file.get("encoding") for file in files if file is not None] == ["base64", "base64"]
    assert f"@@PLUGINFILE@@/{name}" in question.findall("answer")[1].findtext("text", "")


def test_control_characters_that_xml_cannot_hold_are_left_out() -> None:
    assert as_written(read_bank(write_moodle([replace(LAMP, stem="节\x00\x0b能")]))) == [replace(LAMP, stem="节能")]
