"""Whatever a bank holds, a reply fits what the platform delivers, and never lacks what it is for."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import campaign_made
import pytest
from follower import without_markup
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import telling
from bot.fitting import BYTES, CHARACTERS, ELLIPSIS, Asked, Parts, cut, fit, fits
from bot.links import Links
from bot.messages import Inbound, Said
from bot.telling import Stood
from campaigns import play
from campaigns.editions import Edition
from campaigns.people import Sender
from campaigns.prizes.chances import Chance
from campaigns.standings import Standing
from questions.model import ALTERNATIVES, EXPLANATION, Kind, Option, Picture, Question, options_of
from questions.papers import Place
from questions.review import CHAT_BYTES, CHAT_CHARACTERS, review

LINKS = Links("https://quiz.example.gov.cn", "secret")
SPOKEN = Inbound(Sender("wechat", "", "oWang"), "m:1", Said.TEXT, 0, 0, "B", taps=True)

EDITION = replace(campaign_made.EDITION, questions_per_paper=3)


def asked(**changes: object) -> Asked:
    options = options_of(["22 ℃", "24 ℃", "26 ℃", "28 ℃"])
    made = Asked(
        "【第2/10题·单选·10分】", "公共建筑夏季空调？", options, "", "https://quiz.example.gov.cn/q/week", "7.2"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


# --- step by step ------------------------------------------------------------------------------------------------


def test_what_fits_is_left_as_it_is() -> None:
    text = fit(Parts("✅ 回答正确，+10分\n", "解析。", "当前得分 10", asked()))
    assert without_markup(text) == (
        "✅ 回答正确，+10分\n解析。\n当前得分 10\n\n【第2/10题·单选·10分】\n公共建筑夏季空调？\n"
        "A. 22 ℃\nB. 24 ℃\nC. 26 ℃\nD. 28 ℃"
    )
    assert text.count("<a ") == 4


def test_first_the_explanation_is_shortened_and_no_more_than_needed() -> None:
    parts = Parts("✅ 回答正确，+10分\n", "解" * 900, "当前得分 10", asked())
    text = fit(parts)
    assert fits(text)
    assert text.count("<a ") == 4
    kept = text.count("解")
    assert ELLIPSIS in text
    assert not fits(fit_of(parts, explanation="解" * (kept + 1) + ELLIPSIS))


def fit_of(parts: Parts, explanation: str) -> str:
    """The reply with this explanation, whether it fits or not."""
    short = fit(replace(parts, explanation="￿"))
    return short.replace("￿", explanation)


def test_then_the_links_are_dropped() -> None:
    options = tuple(Option(letter, "选项" * 20) for letter in "ABCD")
    text = fit(Parts("✅ 回答正确，+10分\n", "解" * 900, "当前得分 10", asked(options=options, stem="题" * 200)))
    assert fits(text)
    assert "<a " not in text
    assert "解" not in text
    assert "题" * 200 in text


def test_then_the_question_is_shortened_and_links_to_its_page() -> None:
    text = fit(Parts("❌ 正确答案：C。", "解" * 900, "当前得分 10", asked(stem="题" * 3_000)))
    assert fits(text)
    assert "题……题目较长，全文请看：https://quiz.example.gov.cn/q/week\nA. 22 ℃\nB. 24 ℃\nC. 26 ℃\nD. 28 ℃" in text
    assert text.startswith("❌ 正确答案：C。\n当前得分 10\n\n【第2/10题·单选·10分】\n题")
    assert len(text) > CHARACTERS - 20 or len(text.encode()) > BYTES - 20, "no shorter than needed"


def test_at_last_options_keep_their_letters_and_an_equal_part_of_their_words() -> None:
    options = (*(Option(letter, "选" * 800) for letter in "ABCDEFG"), Option("H", "短"))
    text = fit(Parts("❌ 正确答案：C。", "", "当前得分 10", asked(options=options, stem="题" * 3_000)))
    assert fits(text)
    lines = re.findall(r"^([A-H])\. (.*)$", text, re.MULTILINE)
    assert [letter for letter, _ in lines] == list("ABCDEFGH")
    assert {len(words) for _, words in lines[:7]} == {len(lines[0][1])}
    assert lines[0][1].endswith("选…")
    assert lines[7][1] == "短"


def test_a_right_answer_longer_than_a_reply_is_shortened_too() -> None:
    text = fit(Parts("❌ 正确答案：" + "空" * 2_000 + "。", "解析", "当前得分 10", asked()))
    assert fits(text)
    assert text.startswith("❌ 正确答案：空")
    assert "\n当前得分 10\n\n【第2/10题" in text
    assert text.endswith("A. 22 ℃\nB. 24 ℃\nC. 26 ℃\nD. 28 ℃")


def test_a_result_is_kept_whole_and_its_link_given_up_last() -> None:
    result, link = "🎉 答题完成！得分 80 · 用时 3分12秒\n个人第 12 名", "查看每题解析：https://x"
    text = fit(Parts("✅ 回答正确，+10分\n", "解" * 900, result=result, link=link))
    assert fits(text)
    assert text.endswith(f"……\n\n{result}\n{link}")
    text = fit(Parts("❌ 正确答案：" + "空" * 2_000 + "。", "解" * 900, result=result, link=link))
    assert fits(text)
    assert text.endswith(f"……\n\n{result}")


def test_other_replies_only_lose_their_end() -> None:
    assert cut("欢迎") == "欢迎"
    assert cut("名" * 700) == "名" * 598 + ELLIPSIS
    assert len(cut("𠮷" * 700).encode()) <= BYTES


def test_a_text_of_any_length_is_fitted_at_once() -> None:
    options = tuple(Option(letter, "选" * 100_000) for letter in "ABCD")
    began = time.process_time()
    assert fits(fit(Parts("❌" * 100_000, "解" * 100_000, "当前得分 0", asked(options=options, stem="题" * 100_000))))
    assert time.process_time() - began < 5, "a loop over every length would take minutes"


# --- whatever a bank holds ---------------------------------------------------------------------------------------

CHARACTERS_OF_BANKS = st.sampled_from("节能 a1<>&\"'。𠮷é\n　")
LENGTHS = st.one_of(st.integers(1, 60), st.sampled_from([150, 400, 599, 700, 2_500]))


@st.composite
def texts(draw: st.DrawFn) -> str:
    pattern = draw(st.text(CHARACTERS_OF_BANKS, min_size=1, max_size=6))
    return (pattern * 2_500)[: draw(LENGTHS)]


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from([Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.BLANK]))
    made = Question("1", kind, draw(texts()), explanation=draw(st.just("") | texts()))
    if kind is Kind.TRUE_FALSE:
        return replace(made, answer=(draw(st.sampled_from(["true", "false"])),))
    if kind is Kind.BLANK:
        return replace(made, answer=tuple(draw(st.lists(texts(), min_size=1, max_size=5))))
    options = options_of(["选" + text.replace("\n", "") for text in draw(st.lists(texts(), min_size=2, max_size=26))])
    letters = [option.letter for option in options]
    right = draw(st.sets(st.sampled_from(letters), min_size=1, max_size=1 if kind is Kind.SINGLE else 8))
    return replace(made, options=options, answer=tuple(sorted(right)))


def marked(question: Question, following: Question | None, *, right: bool, score: int) -> tuple[Edition, play.Marked]:
    pair = {1: question} if following is None else {1: question, 2: following}
    edition = replace(EDITION, questions=pair)
    paper = tuple(Place(number, "".join(o.letter for o in q.options)) for number, q in pair.items())
    attempt = play.Attempt(123_456_789, 1, score, paper, 0, 0, 1)
    points = 10 if right else 0
    used = 192_000 if following is None else None
    return edition, play.Marked(attempt, question, "A", right, points, score + points, used)


def letters_of(question: Question) -> list[str]:
    return ["A", "B"] if question.kind is Kind.TRUE_FALSE else [option.letter for option in question.options]


def lettered(text: str) -> list[str]:
    """The letters of the option lines behind the last marker of a question."""
    _, _, behind = without_markup(text).rpartition("【第")
    return re.findall(r"^([A-Z])\. ", behind, re.MULTILINE)


def verdict_is_whole(text: str, question: Question, right: bool) -> bool:
    if right:
        return text.startswith("✅ 回答正确，+10分\n")
    if question.kind is Kind.BLANK:
        return text.startswith("❌ 正确答案：")
    shown = {"true": "正确", "false": "错误"}
    return text.startswith(f"❌ 正确答案：{''.join(shown.get(part, part) for part in question.answer)}。")


@settings(max_examples=150)
@given(
    question=questions(), following=questions(), right=st.booleans(), score=st.integers(0, 9_990), taps=st.booleans()
)
def test_a_verdict_with_its_next_question_always_fits(
    question: Question, following: Question, right: bool, score: int, taps: bool
) -> None:
    edition, told = marked(question, following, right=right, score=score)
    text = telling.verdict(edition, told, LINKS, 7, replace(SPOKEN, taps=taps))
    assert fits(text)
    assert verdict_is_whole(text, question, right)
    assert f"\n当前得分 {told.score}\n\n【第2/2题·{following.kind.label}·10分】\n" in text
    assert lettered(text)[-len(letters_of(following)) :] == letters_of(following)


@settings(max_examples=100)
@given(question=questions(), right=st.booleans(), best=st.booleans(), taps=st.booleans())
def test_a_result_always_fits(question: Question, right: bool, best: bool, taps: bool) -> None:
    edition, told = marked(question, None, right=right, score=990)
    standing = Standing(987_654, told.score if best else 1_000_000, told.used_ms or 0, 1)
    text = telling.finish(
        edition,
        told,
        Stood(7, standing, 123_456, 1_234, Chance("0" * 16, 999, 0, 0)),
        LINKS,
        replace(SPOKEN, taps=taps),
    )
    assert fits(text)
    assert verdict_is_whole(text, question, right)
    assert f"🎉 答题完成！得分 {told.score} · 用时 3分12秒\n个人第 123456 名" in text
    assert "抽奖编号" in text


@settings(max_examples=100)
@given(question=questions(), taps=st.booleans())
def test_a_question_alone_always_fits(question: Question, taps: bool) -> None:
    edition, told = marked(question, None, right=True, score=0)
    shown = telling.asked(edition, told.attempt, 1, LINKS.resume("week", 7), taps=taps)
    text = fit(Parts("没看懂这个回答，请回复选项字母，如 A；发送 帮助 查看更多。", asked=shown))
    assert fits(text)
    assert text.startswith("没看懂这个回答")
    assert lettered(text)[-len(letters_of(question)) :] == letters_of(question)


PICTURED = (Picture("0" * 64), Picture("1" * 64, "B"))


@settings(max_examples=100)
@given(question=questions(), following=questions(), right=st.booleans(), taps=st.booleans())
def test_the_way_to_a_questions_pictures_is_never_given_up(
    question: Question, following: Question, right: bool, taps: bool
) -> None:
    following = replace(following, pictures=PICTURED)
    edition, told = marked(question, following, right=right, score=0)
    text = telling.verdict(edition, told, LINKS, 7, replace(SPOKEN, taps=taps))
    assert fits(text)
    _, _, behind = text.rpartition("【第2/2题")
    page = r"https://quiz\.example\.gov\.cn/q/week/question\?k=[\w.-]+"
    words = "(?:本题有图，点此看图|本题较长且有图，点此看全文和图)"
    line = rf'<a href="{page}">{words}</a>' if taps else rf"{words}：{page}"
    assert len(re.findall(rf"^{line}$", behind, re.MULTILINE)) == 1
    assert lettered(text)[-len(letters_of(following)) :] == letters_of(following)
    if "点此看全文和图" in behind:
        assert "题目较长，全文请看" not in behind, "one link will do"


def test_a_question_without_pictures_of_its_own_has_no_such_line() -> None:
    question = Question("1", Kind.BLANK, "____", answer=("26",), pictures=(Picture("0" * 64, EXPLANATION),))
    edition, told = marked(question, None, right=True, score=0)
    shown = telling.asked(edition, told.attempt, 1, LINKS.question("week", 7), taps=True)
    assert "图" not in fit(Parts(asked=shown))


def test_an_option_that_is_only_a_picture_says_so() -> None:
    question = Question("1", Kind.SINGLE, "哪个？", options_of(["", "灯"]), ("A",), pictures=(Picture("0" * 64, "A"),))
    edition, told = marked(question, None, right=True, score=0)
    shown = telling.asked(edition, told.attempt, 1, LINKS.question("week", 7), taps=True)
    assert "\nA. （见图）\nB. 灯" in without_markup(fit(Parts(asked=shown)))


# --- what a review of the bank says of it ------------------------------------------------------------------------


def alone(question: Question) -> tuple[str, str]:
    """A question alone in a chat, at the end of a paper of a hundred, and as it would be were there room for it."""
    place = Place(1, "".join(option.letter for option in question.options))
    edition = replace(EDITION, questions={1: question}, points={kind.value: 100 for kind in Kind})
    attempt = play.Attempt(123_456_789, 100, 0, (place,) * 100, 0, 0, 1)
    shown = telling.asked(edition, attempt, 100, LINKS.question("week", 7), taps=True)
    link = ["本题有图，点此看图"] if shown.pictured else []
    options = (f"{option.letter}. {option.text}" for option in shown.options)
    return fit(Parts(asked=shown)), "\n".join(filter(None, [shown.header, shown.stem, *link, *options, shown.hint]))


def is_said_to_be_too_long(question: Question) -> bool:
    return any("放不下" in problem.message for problem in review(question))


def test_a_review_measures_by_the_limits_of_a_chat() -> None:
    assert (CHAT_CHARACTERS, CHAT_BYTES) == (CHARACTERS, BYTES)


@settings(max_examples=400)
@given(question=questions())
def test_a_review_warns_of_exactly_the_questions_that_are_cut(question: Question) -> None:
    text, whole = alone(question)
    assert is_said_to_be_too_long(question) == (without_markup(text) != whole)


@pytest.mark.parametrize("length", range(540, 580))
def test_a_review_warns_to_the_very_character(length: int) -> None:
    for question in (
        Question("1", Kind.MULTIPLE, "灯" * length, options_of(["甲", "乙"]), ("A", "B")),
        Question("1", Kind.TRUE_FALSE, "灯" * length, answer=("true",)),
        Question("1", Kind.BLANK, "灯" * length, answer=("甲", "乙")),
        Question("1", Kind.SINGLE, "𠮷" * (length - 60), options_of(["<b>", "<i>"]), ("A",)),
    ):
        text, whole = alone(question)
        assert is_said_to_be_too_long(question) == (without_markup(text) != whole), question.kind


@settings(max_examples=100)
@given(question=questions())
def test_a_review_leaves_room_for_the_link_to_pictures(question: Question) -> None:
    pictured = replace(question, pictures=PICTURED)
    text, whole = alone(pictured)
    assert is_said_to_be_too_long(pictured) or without_markup(text) == whole


@given(question=questions(), following=questions(), right=st.booleans())
def test_text_of_a_bank_is_never_markup_where_markup_is_read(
    question: Question, following: Question, right: bool
) -> None:
    edition, told = marked(question, following, right=right, score=0)
    text = telling.verdict(edition, told, LINKS, 7, SPOKEN)
    ours = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=[A-Z]&msgmenuid=123456789\.2\.[A-Z]">|</a>')
    assert "<" not in ours.sub("", text)


def test_alternatives_of_a_blank_are_shown_by_the_first() -> None:
    question = Question("1", Kind.BLANK, "____", answer=(f"26{ALTERNATIVES}二十六", "20"))
    edition, told = marked(question, None, right=False, score=0)
    text = telling.finish(edition, told, Stood(1, Standing(1, 0, 0, 0), 1), LINKS, SPOKEN)
    assert text.startswith("❌ 正确答案：26；20。\n\n🎉")
