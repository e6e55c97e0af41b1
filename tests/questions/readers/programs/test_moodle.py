"""Moodle XML, as Moodle writes it and as other programs do."""

from __future__ import annotations

import pytest
from bank_files import answers, errors, kinds, only, texts, warnings
from hypothesis import given
from hypothesis import strategies as st
from program_files import a_picture, a_picture_in_base64, moodle, moodle_answer, moodle_question

from questions.model import EXPLANATION, Bank, UnreadableFile
from questions.readers import read_bank
from questions.readers.programs.moodle import SOURCE_OPENS


def bank(*questions: str) -> Bank:
    return read_bank(moodle(*questions).encode())


def choice(single: str = "true") -> str:
    return moodle_question(
        "multichoice",
        "<p>夏季空调温度不低于多少？</p>",
        f"<single>{single}</single>"
        + moodle_answer(0, "<p>22&nbsp;℃</p>")
        + moodle_answer(100, "<p>26 ℃</p>", "节能条例第三十一条。")
        + moodle_answer(0, "<p>20 ℃</p>", "太冷了。"),
    )


def test_single_choice_in_html_becomes_plain_text() -> None:
    question = only(bank(choice()))
    assert (question.kind, question.stem, question.answer) == ("single", "夏季空调温度不低于多少？", ("B",))
    assert texts(question) == ["22 ℃", "26 ℃", "20 ℃"]
    assert question.where == "第1题"


def test_feedback_explains_and_names_wrong_options_by_their_texts() -> None:
    assert only(bank(choice())).explanation == "节能条例第三十一条。\n“20 ℃”：太冷了。"


def test_general_feedback_comes_first_in_the_explanation() -> None:
    general = "<generalfeedback format='html'><text>&lt;p&gt;总说&lt;/p&gt;</text></generalfeedback>"
    question = moodle_question(
        "truefalse", "对吗", moodle_answer(100, "true", "是的") + moodle_answer(0, "false") + general
    )
    assert only(bank(question)).explanation == "总说\n是的"


@pytest.mark.parametrize("kind", ["multichoice", "oumultiresponse", "multichoiceset"])
def test_several_right_answers_are_a_multiple_choice(kind: str) -> None:
    share = 50 if kind == "multichoice" else 100
    options = moodle_answer(share, "甲") + moodle_answer(-100, "乙") + moodle_answer(share, "丙")
    question = only(bank(moodle_question(kind, "哪些？", f"<single>false</single>{options}")))
    assert (question.kind, question.answer) == ("multiple", ("A", "C"))


def test_half_credit_is_not_right_and_is_said() -> None:
    options = moodle_answer(100, "甲") + moodle_answer(50, "乙") + moodle_answer(0, "丙")
    read = bank(moodle_question("multichoice", "哪个？", f"<single>true</single>{options}"))
    assert only(read).answer == ("A",)
    assert "B 得 50%" in warnings(read)[0]


def test_true_and_false_are_read_by_their_fractions() -> None:
    true = moodle_answer(100, "true") + moodle_answer(0, "false")
    false = moodle_answer(0, "true") + moodle_answer(100, "false")
    read = bank(moodle_question("truefalse", "甲", true), moodle_question("truefalse", "乙", false))
    assert kinds(read) == ["true_false", "true_false"]
    assert answers(read) == [("true",), ("false",)]


def test_short_answers_with_the_whole_mark_are_alternatives() -> None:
    body = moodle_answer(100, "三") + moodle_answer(100, "3") + moodle_answer(50, "叁") + moodle_answer(0, "*")
    read = bank(moodle_question("shortanswer", "几级？", body))
    assert only(read).answer == ("三 | 3",)
    assert "叁" in warnings(read)[0]


def test_a_wildcard_in_an_answer_is_said() -> None:
    read = bank(moodle_question("shortanswer", "什么？", moodle_answer(100, "节*电") + moodle_answer(100, r"5\*5")))
    assert only(read).answer == ("节*电 | 5*5",)
    assert "任意文字" in warnings(read)[0]


def test_a_number_becomes_a_blank_and_its_tolerance_is_said() -> None:
    read = bank(moodle_question("numerical", "几度？", moodle_answer(100, "26", extra="<tolerance>0.5</tolerance>")))
    assert (only(read).kind, only(read).answer) == ("blank", ("26",))
    assert "25.5 至 26.5" in warnings(read)[0]


def test_an_exact_number_needs_no_word() -> None:
    read = bank(moodle_question("numerical", "几度？", moodle_answer(100, "26.0", extra="<tolerance>0</tolerance>")))
    assert only(read).answer == ("26 | 26.0",)
    assert warnings(read) == []


def test_an_essay_keeps_what_its_marker_is_told() -> None:
    told = "<graderinfo format='html'><text>&lt;p&gt;言之成理&lt;/p&gt;</text></graderinfo>"
    assert only(bank(moodle_question("essay", "谈谈", told))).answer == ("言之成理",)


def test_a_cloze_question_of_gaps_is_blanks() -> None:
    stem = "<p>夏季不低于{1:SHORTANSWER:=26~=二十六~%50%25}度，冬季不高于{1:SA:=20}度。</p>"
    read = bank(moodle_question("cloze", stem))
    assert only(read).stem == "夏季不低于____度，冬季不高于____度。"
    assert only(read).answer == ("26 | 二十六", "20")


def test_a_cloze_question_with_one_gap_to_choose_for_is_a_choice() -> None:
    read = bank(moodle_question("cloze", "空调{1:MULTICHOICE:~20#冷~=26#对~22}度"))
    assert (only(read).kind, only(read).stem, only(read).answer) == ("single", "空调____度", ("B",))
    assert texts(only(read)) == ["20", "26", "22"]


def test_a_mixed_cloze_question_is_kept_and_refused() -> None:
    read = bank(moodle_question("cloze", "{1:MC:=甲~乙}和{1:SA:=丙}"))
    assert kinds(read) == ["essay"]
    assert "完形填空" in errors(read)[0]


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("matching", "匹配题"),
        ("ddwtos", "拖拽填词题"),
        ("ordering", "排序题"),
        ("calculated", "计算题"),
        ("novel", "novel"),
    ],
)
def test_other_kinds_are_kept_and_named(kind: str, named: str) -> None:
    read = bank(moodle_question(kind, "<p>请配对</p>"))
    assert (kinds(read), only(read).stem) == (["essay"], "请配对")
    assert f"题型“{named}”还不支持" in errors(read)[0]


def test_a_description_is_no_question() -> None:
    read = bank(moodle_question("description", "请看下图"), choice())
    assert len(read.questions) == 1
    assert "说明文字" in warnings(read)[0]


def test_categories_tags_and_idnumbers_are_kept() -> None:
    path = "<category><text>$course$/top/Default for 节能/节水//用水/家庭</text></category>"
    body = "<idnumber>E7</idnumber><tags><tag><text>水</text></tag><tag><text>难度:易</text></tag></tags>"
    read = bank(f'<question type="category">{path}</question>', moodle_question("essay", "谈谈", body))
    question = only(read)
    assert (question.number, question.category, question.tags, question.difficulty) == (
        "E7",
        "节水/用水/家庭",
        ("水",),
        "易",
    )


def test_the_source_at_the_end_of_the_general_feedback_is_the_source() -> None:
    text = f"解析{SOURCE_OPENS}节能法</div>".replace("<", "&lt;")
    read = bank(
        moodle_question("essay", "谈谈", f"<generalfeedback format='html'><text>{text}</text></generalfeedback>")
    )
    assert (only(read).explanation, only(read).source) == ("解析", "节能法")


def test_pictures_are_kept_where_they_belong() -> None:
    file = f'<file name="a b.png" path="/" encoding="base64">{a_picture_in_base64()}</file>'
    image = '<img src="@@PLUGINFILE@@/a%20b.png" alt="灯">'
    question = (
        '<question type="multichoice"><questiontext format="html"><text><![CDATA[看图'
        f"{image}]]></text>{file}</questiontext>"
        f'<generalfeedback format="html"><text><![CDATA[{image}]]></text>{file}</generalfeedback>'
        f"<single>true</single>{moodle_answer(100, image, extra=file)}{moodle_answer(0, '乙')}</question>"
    )
    read = bank(question)
    assert [(picture.place, picture.alt) for picture in only(read).pictures] == [
        ("", "灯"),
        ("A", "灯"),
        (EXPLANATION, "灯"),
    ]
    assert list(read.pictures.values()) == [a_picture()]
    assert texts(only(read)) == ["图A", "乙"]


def test_a_picture_that_cannot_be_had_is_said_and_never_fetched() -> None:
    read = bank(moodle_question("essay", "<p>看<img src='https://example.com/x.png'>图</p>"))
    assert "x.png" in warnings(read)[0]


def test_small_digits_and_line_breaks_are_kept() -> None:
    read = bank(moodle_question("essay", "CO<sub>2</sub>排放<br>10<sup>3</sup> 吨<ul><li>甲</li><li>乙</li></ul>"))
    assert only(read).stem == "CO₂排放\n10³ 吨\n• 甲\n• 乙"


def test_mathjax_and_less_than_signs_stay() -> None:
    assert only(bank(moodle_question("essay", r"<p>\(a&lt;b\) 且 1 &lt; 2</p>"))).stem == r"\(a<b\) 且 1 < 2"


def test_plain_text_stays_as_it_is() -> None:
    assert only(bank(moodle_question("essay", "<a>是什么？", form="plain_text"))).stem == "<a>是什么？"


def test_control_characters_that_moodle_exports_do_not_matter() -> None:
    assert only(read_bank(moodle(moodle_question("essay", "节\x0b能&#11;")).encode())).stem.startswith("节能")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (moodle("<question>"), "第 4 行"),
        ('<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>', "实体"),
        ('<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>', "实体"),
        ("<quiz>&nbsp;</quiz>", "第 1 行"),
    ],
)
def test_unsound_and_unsafe_xml_is_refused(text: str, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word):
        read_bank(text.encode())


@given(st.text(st.sampled_from("{}:=~%#\\SA&;<>1*"), max_size=40))
def test_any_cloze_text_is_read_or_reported(text: str) -> None:
    read = bank(moodle_question("cloze", f"题{text}".replace("]]>", "")))
    assert len(read.questions) == 1
    assert only(read).answer or errors(read)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_bytes_decide_the_encoding_whatever_the_file_says_of_itself(encoding: str) -> None:
    assert only(read_bank(moodle(choice()).replace("UTF-8", "GB2312").encode(encoding))).answer == ("B",)
