"""What is wrong or doubtful in a question. What is between questions: test_duplicates."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.model import EXPLANATION, Kind, Picture, Question, Severity, options_of
from questions.review import CHAT_CHARACTERS, blank_marks, chat_size, review, review_bank

SINGLE = Question("1", Kind.SINGLE, "下列哪种灯最省电？", options_of(["白炽灯", "LED灯"]), ("B",), where="第2行")
BLANK = Question("2", Kind.BLANK, "夏季空调不低于____℃。", (), ("26",), where="第3行")
TRUTH = Question("3", Kind.TRUE_FALSE, "随手关灯是节能。", (), ("true",), where="第4行")


@pytest.mark.parametrize("question", [SINGLE, BLANK, TRUTH, replace(SINGLE, kind=Kind.MULTIPLE, answer=("A", "B"))])
def test_a_sound_question_has_no_problems(question: Question) -> None:
    assert review(question) == []


@pytest.mark.parametrize(
    ("question", "word"),
    [
        (replace(SINGLE, stem=" "), "没有题干"),
        (replace(SINGLE, options=SINGLE.options[:1], answer=("A",)), "只有 1 个选项"),
        (replace(SINGLE, options=options_of(["甲", "甲"])), "两个选项都是"),
        (replace(SINGLE, options=options_of(["甲", " "])), "选项是空的"),
        (replace(SINGLE, options=tuple(reversed(SINGLE.options))), "依次"),
        (replace(SINGLE, answer=("C",)), "不在选项里"),
        (replace(SINGLE, answer=("A", "B")), "单选题有 2 个答案"),
        (replace(SINGLE, answer=()), "没有答案"),
        (replace(TRUTH, answer=("对",)), "既不是正确也不是错误"),
        (replace(TRUTH, options=SINGLE.options), "不应有选项"),
        (replace(BLANK, answer=("26", "")), "没有答案"),
    ],
)
def test_what_makes_a_question_unusable_is_an_error(question: Question, word: str) -> None:
    found = [problem for problem in review(question) if problem.severity is Severity.ERROR]
    assert any(word in problem.message for problem in found)
    assert {problem.where for problem in found} == {question.where}


FOUR = replace(SINGLE, options=options_of(["煤炭", "石油", "太阳能", "天然气"]), answer=("C",), stem="可再生的是？")


@pytest.mark.parametrize(
    ("question", "word"),
    [
        (replace(SINGLE, kind=Kind.MULTIPLE), "只有一个答案"),
        (replace(SINGLE, explanation="正确答案是A，白炽灯。"), "解析里说答案是 A"),
        (replace(SINGLE, explanation="故选A。"), "解析里说答案是 A"),
        (replace(SINGLE, stem="哪种灯&nbsp;最省电？<br>"), "网页代码"),
        (replace(SINGLE, stem="哪种灯\ufffd省电？"), "乱码"),
        (replace(SINGLE, stem="开馆的日期是？", options=options_of(["35612", "1999-12-20"])), "日期"),
        (replace(BLANK, stem="____和____。"), "2 个空"),
        (replace(TRUTH, kind=Kind.ESSAY, answer=()), "不能自动判分"),
        (replace(TRUTH, stem="下列哪种灯最省电？"), "不能用对错回答"),
        (replace(TRUTH, stem="节能灯是什么？（ ）"), "不能用对错回答"),
    ],
)
def test_what_a_person_should_look_at_is_a_warning(question: Question, word: str) -> None:
    found = review(question)
    assert any(word in problem.message for problem in found)
    assert {problem.severity for problem in found} == {Severity.WARNING}


@pytest.mark.parametrize(
    ("question", "word"),
    [
        (replace(SINGLE, stem="最省电的灯（LED灯）是？"), "括号里写着“LED灯”"),
        (replace(SINGLE, stem="最省电的灯（ b ）是？"), "括号里写着“B”"),
        (replace(SINGLE, stem="LED灯问世以后，最省电的灯是？"), "有正确选项的原文“LED灯”"),
        (
            replace(FOUR, kind=Kind.MULTIPLE, stem="电从太阳能、天然气来，清洁的是？", answer=("C", "D")),
            "“太阳能”“天然气”",
        ),
        (replace(SINGLE, stem="哪种灯最省电？正确答案是B"), "泄露了答案"),
        (replace(TRUTH, stem="随手关灯是节能。答案：√"), "泄露了答案"),
        (replace(TRUTH, stem="随手关灯是节能（√）。"), "留着“（√）”"),
        (replace(TRUTH, stem="随手关灯是节能（ 错误 ）"), "留着“（ 错误 ）”"),
        (replace(TRUTH, stem="随手关灯是节能（T）"), "留着“（T）”"),
        (replace(BLANK, stem="节约用电从____做起，节约用电。", answer=("节约用电",)), "已经出现"),
    ],
)
def test_an_answer_that_the_stem_gives_away_is_a_warning(question: Question, word: str) -> None:
    (found,) = review(question)
    assert word in found.message
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    "question",
    [
        replace(FOUR, stem="煤炭、石油、太阳能、天然气中，可再生的是？"),
        replace(FOUR, stem="太阳能与煤炭相比，好在可再生。可再生的是？"),
        replace(SINGLE, stem="下列说法正确的是？", options=options_of(["错误", "正确"])),
        replace(SINGLE, stem="功率 26 瓦的灯，亮 1 小时用多少瓦时？", options=options_of(["13", "26"])),
        replace(SINGLE, stem="是水还是灯最费电？", options=options_of(["水", "灯"])),
        replace(FOUR, kind=Kind.MULTIPLE, stem="除太阳能外，还可再生的是？", answer=("C", "D")),
        replace(SINGLE, stem="省下来了吗？", options=options_of(["没有省", "省下来了"])),
        replace(BLANK, stem="100.05 千米等于____米（不计 0.050 千米）。", answer=("100.0",)),
        replace(TRUTH, stem="磁感应强度的单位是特斯拉（T），简称特。"),
        replace(TRUTH, stem="什么都不做也是节能，对吗？"),
        replace(TRUTH, stem="多少人用空调，就该开多少台，是不是？"),
        replace(TRUTH, stem="不管是谁，都要随手关灯。"),
        replace(BLANK, stem="答案写在横线上：夏季空调不低于____℃。"),
    ],
)
def test_what_only_looks_like_a_leak_is_left_alone(question: Question) -> None:
    assert review(question) == []


# --- options that sum up -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.SINGLE, Kind.MULTIPLE])
def test_all_of_the_above_stands_last(kind: Kind) -> None:
    texts = ["随手关灯", "以上都对", "步行上班", "双面打印"]
    asked = replace(SINGLE, kind=kind, options=options_of(texts), answer=("A", "B")[: 1 + (kind is Kind.MULTIPLE)])
    (found,) = review(asked)
    assert found.message == "选项 B 是“以上都对”，后面却还有别的选项；请核对选项的顺序。"


@pytest.mark.parametrize(
    "texts",
    [
        ["随手关灯", "步行上班", "以上都对"],
        ["随手关灯", "步行上班", "以上都对", "以上都不对"],
        ["随手关灯", "步行上班", "以上都是", "都不是"],
        ["随手关灯", "以上级通知为准", "步行上班"],
    ],
)
def test_where_it_does_or_is_none_there_is_nothing_to_say(texts: list[str]) -> None:
    assert review(replace(SINGLE, options=options_of(texts))) == []


# --- pictures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stem",
    [
        "如图，哪种灯最省电？",
        "如下图所示，哪种灯最省电？",
        "图中哪种灯最省电？",
        "哪种灯[SB2.gif]最省电？",
        '哪种灯<img alt="" src="a">最省电？',
        "哪种灯最省电？（见下图）",
        "哪种灯![](a.png)最省电？",
        "哪种灯最省电？【图片】",
    ],
)
def test_a_picture_that_is_spoken_of_and_not_there_is_a_warning(stem: str) -> None:
    (found,) = review(replace(SINGLE, stem=stem))
    assert "图片" in found.message
    assert review(replace(SINGLE, stem=stem, pictures=(Picture("0" * 64),))) == []
    assert review(replace(SINGLE, stem=stem, pictures=(Picture("0" * 64, "B"),))) == []
    assert len(review(replace(SINGLE, stem=stem, pictures=(Picture("0" * 64, EXPLANATION),)))) == 1


@pytest.mark.parametrize(
    "stem",
    [
        "例如图书馆里，哪种灯最省电？",
        "他试图中断供电，哪种灯最省电？",
        "图片的扩展名（.jpg）与灯无关，哪种灯最省电？",
        "蓝图中写着哪种灯最省电？",
    ],
)
def test_words_that_hold_the_one_for_picture_speak_of_none(stem: str) -> None:
    assert review(replace(SINGLE, stem=stem)) == []


def test_options_may_be_pictures_without_a_text() -> None:
    pictures = tuple(Picture(letter * 64, letter) for letter in "AB")
    assert review(replace(SINGLE, options=options_of(["", ""]), pictures=pictures)) == []
    assert review(replace(SINGLE, options=options_of(["", ""]), pictures=pictures[:1])) != []


def test_two_options_are_the_same_only_with_the_same_picture() -> None:
    same = replace(SINGLE, options=options_of(["灯", "灯"]))
    assert review(replace(same, pictures=(Picture("a" * 64, "A"), Picture("b" * 64, "B")))) == []
    for pictures in ((Picture("a" * 64, "A"), Picture("a" * 64, "B")), (Picture("a" * 64),)):
        assert "两个选项都是" in review(replace(same, pictures=pictures))[0].message


def test_markup_in_a_question_about_markup_is_its_matter() -> None:
    assert review(replace(SINGLE, stem="HTML 里换行用哪个标签？", options=options_of(["<p>", "<br>"]))) == []


# --- how long a question may be ----------------------------------------------------------------------------------


def test_a_question_too_long_for_a_chat_is_measured() -> None:
    (found,) = review(replace(SINGLE, stem="灯" * 600))
    assert found.message == ("在聊天里放不下（约 635 字，最多 600 字），放不下的部分会换成链接；最好缩短题干或选项。")
    (found,) = review(replace(SINGLE, stem="𠮷" * 520))
    assert "约 2,139 字节，最多 2,048 字节" in found.message


def test_a_question_that_just_fits_is_not_too_long() -> None:
    characters, _ = chat_size(SINGLE)
    room = CHAT_CHARACTERS - characters + len(SINGLE.stem)
    assert review(replace(SINGLE, stem="灯" * room)) == []
    assert review(replace(SINGLE, stem="灯" * (room + 1))) != []


# --- laws --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["stem", "explanation", "source"])
def test_a_law_that_is_cited_in_an_old_version_is_reported_once(part: str) -> None:
    cited = "依据《节约能源法》（2007年修订），又依据《节约能源法》（2007年修订），此处成立。"
    (found,) = review(replace(TRUTH, **{part: cited}))
    assert found.severity is Severity.WARNING
    assert "节约能源法" in found.message
    assert "2007" in found.message
    assert "2018" in found.message


def test_a_law_cited_in_an_option_counts_and_its_present_version_does_not() -> None:
    old, present = "《节约能源法》（2007年修订）", "《节约能源法》（2018年修正）"
    assert len(review(replace(SINGLE, options=options_of([old, "LED灯"])))) == 1
    assert review(replace(SINGLE, options=options_of([present, "LED灯"]))) == []


# --- the rest ----------------------------------------------------------------------------------------------------


def test_an_explanation_that_agrees_is_no_problem() -> None:
    assert review(replace(SINGLE, explanation="正确答案：B。LED灯光效最高。")) == []


@pytest.mark.parametrize(
    "stem",
    [
        "2025 年用电量约为多少千瓦时？",
        "某单位的邮政编码是____号。",
        "1 千克标准煤相当于____千焦。",
        "LED 灯的寿命时间约为（ ）小时。",
    ],
)
def test_a_figure_of_five_digits_is_no_date_where_none_is_asked_for(stem: str) -> None:
    assert review(replace(SINGLE, stem=stem, options=options_of(["29307", "35612", "41868"]))) == []


@pytest.mark.parametrize(
    "stem", ["世界环境日是哪一天？", "香港回归是____年____月____日。", "本办法施行于（ ）。", "开馆日期："]
)
def test_a_number_where_a_date_is_asked_for_is_told(stem: str) -> None:
    found = review(replace(SINGLE, stem=stem, options=options_of(["35612", "35613", "35614"])))
    assert any("变成数字的日期" in problem.message for problem in found)


def test_signs_tell_options_apart() -> None:
    assert review(replace(SINGLE, options=options_of(["-5℃", "5℃", "a>b", "a<b"]))) == []


def test_a_bank_is_reviewed_question_by_question_and_as_a_whole() -> None:
    assert [problem.where for problem in review_bank([replace(SINGLE, answer=()), replace(SINGLE, where="第9行")])] == [
        "第2行",
        "第9行",
    ]


@pytest.mark.parametrize(
    ("stem", "count"), [("没有空。", 0), ("____和（　）", 2), ("( )与【】", 2), ("第（1）条____", 1)]
)
def test_blanks_are_counted(stem: str, count: int) -> None:
    assert blank_marks(stem) == count


@given(
    st.builds(
        Question,
        number=st.text(max_size=3),
        kind=st.sampled_from(Kind),
        stem=st.text(max_size=30),
        options=st.lists(st.text(max_size=5), max_size=5).map(options_of),
        answer=st.lists(st.sampled_from(["A", "B", "F", "true", ""]), max_size=3).map(tuple),
        explanation=st.text(max_size=20),
    )
)
def test_every_question_can_be_reviewed_and_one_without_errors_is_whole(question: Question) -> None:
    found = review(question)
    if not any(problem.severity is Severity.ERROR for problem in found):
        assert question.stem.strip()
        assert question.answer or question.kind is Kind.ESSAY
        assert question.kind not in {Kind.SINGLE, Kind.MULTIPLE} or len(question.options) >= 2
