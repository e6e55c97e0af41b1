"""Questions as cards: what goes out, what a tap does, what the tapped card becomes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from campaign_made import EDITION, LITRE, OPENS, PLAN, STANDBY, SUMMER, make_campaign
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from member import Member
from pictures_made import make_pictured_campaign
from sqlalchemy import select, update

from bot.channels import wecom_cards
from campaigns import keeping, outbox, play, tables
from campaigns.store import Store
from questions.model import Kind, Question, options_of
from questions.papers import PaperPart, draw_paper


@pytest.fixture
def zhang(card_app: Flask, store: Store, clock: Any) -> Member:
    return Member(card_app.test_client(), store, "ZhangSan", clock)


@pytest.fixture
def tap(zhang: Member, clock: Any) -> Callable[..., str]:
    """Taps an option of the last card, or ticks some and hands them in, a second later."""

    def tap(letters: str, *, of: dict[str, Any] | None = None) -> str:
        clock.pass_seconds(1)
        card = of or zhang.card
        if card["card_type"] == "vote_interaction":
            return zhang.ticks(letters, card["task_id"])
        assert letters in [button["key"] for button in card["button_list"]]
        return zhang.taps_card(letters, card["task_id"])

    return tap


def answers(store: Store) -> list[tuple[int, str]]:
    with store.reading() as session:
        return [(row.position, row.given) for row in session.scalars(select(tables.Answer))]


# --- asking ------------------------------------------------------------------------------------------------------


def test_a_whole_quiz_by_cards_where_they_fit_and_words_where_they_do_not(
    zhang: Member, store: Store, tap: Callable[..., str]
) -> None:
    make_campaign(store)
    assert zhang.says("答题").startswith("【第1/4题·单选·10分】\n公共建筑")
    assert zhang.card["main_title"]["title"] == "【第1/4题·单选·10分】"
    assert zhang.card["sub_title_text"] == SUMMER.stem
    assert [button["text"] for button in zhang.card["button_list"]] == ["A. 22 ℃", "B. 24 ℃", "C. 26 ℃", "D. 28 ℃"]
    tap("A")
    assert [button["text"] for button in zhang.card["button_list"]] == ["A. 正确", "B. 错误"]
    tap("B")
    assert zhang.card["card_type"] == "vote_interaction"
    assert zhang.card["checkbox"]["mode"] == 1
    assert [option["id"] for option in zhang.card["checkbox"]["option_list"]] == list("ABCD")
    words = tap("BDA")
    assert words.startswith("✅ 回答正确，+10分\n当前得分 20\n\n【第4/4题·填空·10分】\n1 立方米水等于")
    assert "card" not in zhang.posted[-1]
    assert "🎉 答题完成！得分 30" in zhang.says("1000")
    assert answers(store) == [(1, "A"), (2, "false"), (3, "ABD"), (4, "1000")]


def test_a_card_goes_out_once_to_whom_it_is_for_and_not_too_late(zhang: Member, store: Store, clock: Any) -> None:
    make_campaign(store)
    zhang.says("答题")
    clock.pass_seconds(5)
    assert zhang.retried().startswith("【第1/4题")
    with store.reading() as session:
        (row,) = session.scalars(select(tables.OutboxMessage))
    assert (row.way, row.recipient, row.must, row.due_ms) == ("wecom", "ZhangSan", True, OPENS)
    assert row.expires_ms == OPENS + 30 * 60_000
    assert row.values["text"] == ""  # the reply has said it


def ask(zhang: Member, store: Store, question: Question) -> str:
    make_campaign(store, replace(PLAN, questions_per_paper=1), [question])
    return zhang.says("答题")


def test_options_too_long_for_buttons_stand_above_them(zhang: Member, store: Store) -> None:
    ask(zhang, store, replace(SUMMER, options=options_of(["不低于 22 摄氏度的温度", "24", "26", "28"])))
    card = zhang.card
    assert [button["text"] for button in card["button_list"]] == ["A", "B", "C", "D"]
    assert card["horizontal_content_list"][0] == {"keyname": "A", "value": "不低于 22 摄氏度的温度"}


@pytest.mark.parametrize(
    "question",
    [
        LITRE,
        replace(SUMMER, stem="长" * 161),
        replace(SUMMER, options=options_of(["长" * 31, "短"])),
        replace(SUMMER, options=options_of([str(number) for number in range(7)])),
        Question("9", Kind.MULTIPLE, "长" * 45, options_of(["甲", "乙"]), ("A",)),
        Question("9", Kind.MULTIPLE, "短", options_of(["长" * 15, "乙"]), ("A",)),
        Question("9", Kind.MULTIPLE, "短", options_of([str(number) for number in range(21)]), ("A",)),
    ],
)
def test_what_phones_would_cut_off_is_no_card(zhang: Member, store: Store, question: Question) -> None:
    assert ask(zhang, store, question).startswith("【第1/1题")
    assert zhang.posted == []


@pytest.mark.parametrize(
    "question",
    [
        STANDBY,
        replace(SUMMER, stem="长" * 160, options=options_of(["长" * 30, "短"])),
        replace(SUMMER, options=options_of([str(number) for number in range(6)])),
        Question("9", Kind.MULTIPLE, "长" * 44, options_of(["长" * 14, "乙"]), ("A",)),
        Question("9", Kind.MULTIPLE, "短", options_of([str(number) for number in range(20)]), ("A",)),
    ],
)
def test_what_phones_show_whole_is_a_card(zhang: Member, store: Store, question: Question) -> None:
    assert ask(zhang, store, question).startswith("【第1/1题")
    assert zhang.card["task_id"]


@given(
    kind=st.sampled_from([Kind.SINGLE, Kind.MULTIPLE]),
    stem=st.text(min_size=1, max_size=200),
    texts=st.lists(st.text(min_size=1, max_size=40), min_size=2, max_size=24),
    seed=st.integers(),
)
def test_no_card_is_cut_off_on_a_phone_and_every_option_has_its_letter(
    kind: Kind, stem: str, texts: list[str], seed: int
) -> None:
    edition = replace(EDITION, questions={5: Question("1", kind, stem, options_of(texts), ("A",))})
    paper = draw_paper(
        edition.questions, [PaperPart(1, (5,))], Random(seed), same=False, shuffle_questions=False, shuffle_options=True
    )
    card = wecom_cards.question_card(edition, play.Attempt(7, 1, 0, paper, 0, 0, None), 1, "q-7-1-00000000")
    if card is None:
        return
    assert len(card["main_title"]["title"]) <= 36
    letters = "ABCDEFGHIJKLMNOPQRSTUVWX"[: len(texts)]
    if kind is Kind.MULTIPLE:
        assert len(card["main_title"]["desc"]) <= 44
        options = card["checkbox"]["option_list"]
        assert "".join(option["id"] for option in options) == letters
        assert all(len(option["text"]) <= 17 for option in options)
    else:
        assert len(card["sub_title_text"]) <= 160
        assert "".join(button["key"] for button in card["button_list"]) == letters
        assert len(letters) <= 6
        assert all(len(button["text"]) <= 10 for button in card["button_list"])
        assert all(len(row["value"]) <= 30 for row in card.get("horizontal_content_list", ()))


def test_a_question_with_pictures_is_told_in_words_with_a_link(zhang: Member, store: Store) -> None:
    make_pictured_campaign(store)
    assert "本题有图，点此看图" in zhang.says("答题")
    assert zhang.posted == []


def test_the_same_question_sent_again_has_another_task_id() -> None:
    first, again = wecom_cards.task_id(7, 3, "1:m:1:card"), wecom_cards.task_id(7, 3, "1:m:2:card")
    assert first != again
    assert wecom_cards.read_task_id(first) == wecom_cards.read_task_id(again) == (7, 3)


# --- answering ---------------------------------------------------------------------------------------------------


def test_the_tapped_card_becomes_the_verdict(zhang: Member, store: Store, tap: Callable[..., str]) -> None:
    make_campaign(store)
    zhang.says("答题")
    tap("C")
    assert zhang.passive["MsgType"] == "update_template_card"
    card = zhang.passive["TemplateCard"]
    assert card["CardType"] == "text_notice"
    assert card["MainTitle"] == {"Title": "✅ 回答正确，+10分", "Desc": "【第1/4题·单选·10分】"}
    assert card["SubTitleText"] == SUMMER.stem
    assert card["QuoteArea"]["QuoteText"] == SUMMER.explanation
    assert {row["KeyName"]: row["Value"] for row in card["HorizontalContentList"]} == {
        "您的答案": "C. 26 ℃",
        "正确答案": "C. 26 ℃",
        "当前得分": "10",
    }
    assert card["CardAction"] == {"Type": "1", "Url": "https://quiz.example.gov.cn/q/week"}
    tap("A")
    card = zhang.passive["TemplateCard"]
    assert card["MainTitle"]["Title"] == "❌ 正确答案：错误。"
    assert [row["Value"] for row in card["HorizontalContentList"]] == ["正确", "错误", "10"]


@pytest.mark.parametrize(("reveals", "at_the_end"), [("at_end", "✅ 回答正确，+10分"), ("after_close", "已记录。")])
def test_a_tapped_card_tells_no_verdict_before_it_may(
    zhang: Member, store: Store, tap: Callable[..., str], reveals: str, at_the_end: str
) -> None:
    make_campaign(store, replace(PLAN, reveals=reveals, questions_per_paper=2))
    zhang.says("答题")
    tap("A")
    card = zhang.passive["TemplateCard"]
    assert card["MainTitle"]["Title"] == "已记录。"
    assert "QuoteArea" not in card
    only = card["HorizontalContentList"]  # one row is no list to the reader of the tests
    assert (only["KeyName"], only["Value"]) == ("您的答案", "A. 22 ℃")
    tap("B")
    assert zhang.passive["TemplateCard"]["MainTitle"]["Title"] == at_the_end


def test_a_tapped_card_tells_of_points_for_some_of_the_right_options(
    zhang: Member, store: Store, tap: Callable[..., str]
) -> None:
    make_campaign(store, replace(PLAN, partial="half"))
    zhang.says("答题")
    for letters in ("C", "B", "AB"):
        tap(letters)
    card = zhang.passive["TemplateCard"]
    assert card["MainTitle"]["Title"] == "❌ 正确答案：ABD。少选，+5分。"
    assert [row["Value"] for row in card["HorizontalContentList"]] == ["AB", "ABD", "25"]


def test_the_last_tap_tells_the_result_in_words(zhang: Member, store: Store, tap: Callable[..., str]) -> None:
    make_campaign(store, replace(PLAN, questions_per_paper=1), [SUMMER])
    zhang.says("答题")
    result = tap("C")
    assert "🎉 答题完成！得分 10" in result
    assert "个人第 1 名" in result
    assert zhang.passive["TemplateCard"]["MainTitle"]["Title"] == "✅ 回答正确，+10分"


def test_a_tap_that_is_delivered_again_is_answered_alike_and_posts_nothing_twice(
    zhang: Member, store: Store, tap: Callable[..., str], clock: Any
) -> None:
    make_campaign(store)
    zhang.says("答题")
    tap("C")
    passive, posted = dict(zhang.passive), zhang.posted
    clock.pass_seconds(5)
    zhang.retried()
    assert zhang.passive["TemplateCard"] == passive["TemplateCard"]
    assert zhang.posted == posted
    assert answers(store) == [(1, "C")]


def test_a_tap_on_an_old_card_never_answers_another_question_and_shows_its_own_verdict(
    zhang: Member, store: Store, tap: Callable[..., str]
) -> None:
    make_campaign(store)
    zhang.says("答题")
    first = zhang.card
    tap("C")
    assert tap("B", of=first).startswith("这道题已经答过了，现在请答：\n\n【第2/4题")
    assert zhang.card["main_title"]["title"] == "【第2/4题·判断·10分】"
    assert zhang.passive["TemplateCard"]["MainTitle"]["Title"] == "✅ 回答正确，+10分"
    assert answers(store) == [(1, "C")]


def test_a_card_of_somebody_else_tells_nothing_of_them(
    card_app: Flask, zhang: Member, store: Store, tap: Callable[..., str], clock: Any
) -> None:
    make_campaign(store)
    zhang.says("答题")
    card = zhang.card
    tap("C")
    li = Member(card_app.test_client(), store, "LiSi", clock)
    li.says("答题")
    li.taps_card("C", card["task_id"])
    assert li.passive == {}
    assert answers(store) == [(1, "C")]


def test_a_tap_during_a_pause_costs_nothing_and_leaves_the_card_as_it_is(
    zhang: Member, store: Store, tap: Callable[..., str]
) -> None:
    make_campaign(store)
    zhang.says("答题")
    with store.transaction() as session:
        campaign = tables.Campaign
        session.execute(update(campaign).values(state="paused", version=campaign.version + 1))
    card = zhang.card
    assert "暂停答题" in tap("C", of=card)
    assert zhang.passive == {}
    with store.transaction() as session:
        session.execute(update(campaign).values(state="published", version=campaign.version + 1))
    tap("C", of=card)
    assert answers(store) == [(1, "C")]


def test_a_tap_after_the_close_is_told_kindly_that_it_does_not_count(
    zhang: Member, store: Store, tap: Callable[..., str]
) -> None:
    make_campaign(store)
    zhang.says("答题")
    with store.transaction() as session:
        keeping.close(session, PLAN.slug, OPENS)
    assert "这个回答没有计入" in tap("C")
    assert answers(store) == []


def test_boxes_handed_in_without_a_tick_cost_nothing(zhang: Member, store: Store, tap: Callable[..., str]) -> None:
    make_campaign(store)
    for text in ("答题", "C", "错"):
        zhang.says(text)
    assert "没看懂这个回答" in zhang.ticks("", "q-1-3-00000000")
    assert zhang.passive == {}
    assert len(answers(store)) == 2


def test_a_card_that_is_not_ours_gets_an_empty_200(zhang: Member, store: Store) -> None:
    make_campaign(store)
    zhang.says("答题")
    for task in ("leave-request-7", "q-1-1", "q-1-1-0000000g", f"q-{'9' * 19}-1-00000000"):
        zhang.taps_card("A", task)
        assert zhang.passive == {}
    assert answers(store) == []


def test_what_fails_is_delivered_again_and_then_nothing_is_lost_or_doubled(
    zhang: Member, store: Store, tap: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_campaign(store)
    zhang.says("答题")

    def broken(*_: object, **__: object) -> bool:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "post", broken)
        with pytest.raises(AssertionError, match="500"):
            tap("C")
    assert answers(store) == [(1, "C")]
    zhang.retried()
    assert zhang.card["main_title"]["title"] == "【第2/4题·判断·10分】"
    assert zhang.passive["TemplateCard"]["MainTitle"]["Title"] == "✅ 回答正确，+10分"
    assert answers(store) == [(1, "C")]


@pytest.mark.race
def test_one_tap_delivered_several_times_at_once_is_answered_once_and_followed_once(
    card_app: Flask, zhang: Member, store: Store, clock: Any, repeats: int
) -> None:
    make_campaign(store, replace(PLAN, attempts_in_all=None))
    for number in range(1, repeats + 1):
        clock.pass_seconds(1)
        zhang.says("答题")
        card, before = zhang.card, len(zhang.posted)
        clock.pass_seconds(1)
        twins = [Member(card_app.test_client(), store, "ZhangSan", clock) for _ in range(4)]
        with ThreadPoolExecutor(len(twins)) as pool:
            list(pool.map(Member.taps_card, twins, "CCCC", [card["task_id"]] * 4))
        assert {twin.passive["TemplateCard"]["MainTitle"]["Title"] for twin in twins} == {"✅ 回答正确，+10分"}
        assert len(zhang.posted) == before + 1
        assert [position for position, _ in answers(store)].count(1) == number
        for text in ("错", "ABD", "1000"):
            zhang.says(text)


def test_boxes_ticked_on_a_card_are_read_from_json_too(card_app: Flask, store: Store, clock: Any) -> None:
    make_campaign(store)
    zhang = Member(card_app.test_client(), store, "ZhangSan", clock, in_json=True)
    for text in ("答题", "C", "错"):
        zhang.says(text)
    assert "【第4/4题" in zhang.ticks("DAB", "q-1-3-00000000")
    assert zhang.passive["TemplateCard"]["MainTitle"]["Title"] == "✅ 回答正确，+10分"


# --- words beside cards ------------------------------------------------------------------------------------------


def test_whoever_types_goes_on_in_words_alone(zhang: Member, store: Store, clock: Any) -> None:
    make_campaign(store)
    zhang.says("答题")
    clock.pass_seconds(1)
    posted = zhang.posted
    assert zhang.says("继续").startswith("【第1/4题")
    assert zhang.says("c").startswith("✅ 回答正确，+10分\n夏季不低于 26 ℃。\n当前得分 10\n\n【第2/4题·判断")
    assert zhang.posted == posted


def test_behind_a_question_that_was_no_card_cards_come_again(zhang: Member, store: Store, clock: Any) -> None:
    make_campaign(store, replace(PLAN, questions_per_paper=2), [LITRE, replace(SUMMER, number="5")])
    assert zhang.says("答题").startswith("【第1/2题·填空")
    clock.pass_seconds(1)
    assert zhang.says("1000").startswith("✅ 回答正确，+10分\n1 立方米 = 1000 升。\n当前得分 10\n\n【第2/2题")
    assert zhang.card["main_title"]["title"] == "【第2/2题·单选·10分】"


def test_a_card_that_cannot_be_posted_leaves_the_words(
    zhang: Member, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_campaign(store)

    def broken(*_: object, **__: object) -> bool:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "post", broken)
        assert zhang.says("答题").startswith("【第1/4题")


def test_an_application_that_may_send_nothing_answers_in_words(wecom_app: Flask, store: Store, clock: Any) -> None:
    make_campaign(store)
    zhang = Member(wecom_app.test_client(), store, "ZhangSan", clock)
    assert zhang.says("答题").startswith("【第1/4题")
    assert zhang.posted == []
