"""A quiz on a phone's pages, over real stores."""

from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_made import CLOSES, COMMUTE, LITRE, OPENS, PLAN, QUESTIONS, STANDBY, SUMMER, make_campaign
from flask import Flask
from phone import Page, Phone
from sqlalchemy import func, select, update

from campaigns import keeping, play, tables
from campaigns.draws.pseudonyms import pseudonym
from campaigns.errors import StoreUnavailable
from campaigns.people import join_unit
from campaigns.store import Store
from campaigns.stores import Stores
from questions.model import Kind, Question

RIGHT: list[dict[str, str | list[str]]] = [
    {"option": "C"},
    {"option": "B"},
    {"option": ["A", "B", "D"]},
    {"blank": "１０００"},
]


def count(store: Store, table: type[tables.Table]) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def answer_all(phone: Phone, page: Page, answers: list[dict[str, str | list[str]]] = RIGHT) -> Page:
    for fields in answers:
        page = phone.submit(page.form, **fields)
    return page


# --- playing -----------------------------------------------------------------------------------------------------


def test_a_whole_quiz_is_played_with_forms_alone(phone: Phone) -> None:
    first = phone.begin("/q/week")
    assert "第1/4题·单选·10分" in first.text
    assert SUMMER.stem in first.text

    second = phone.submit(first.form, option="C")
    assert "✅ 回答正确，+10分" in second.text
    assert SUMMER.explanation in second.text
    assert "第2/4题·判断·10分 当前得分 10" in second.text

    third = phone.submit(second.form, option="A")
    assert "❌ 回答错误 您的答案 正确 正确答案 错误 解析 待机也耗电。" in third.text
    assert "第3/4题·多选·10分 当前得分 10" in third.text

    fourth = phone.submit(third.form, option=["D", "A", "B"])
    assert "✅ 回答正确，+10分 正确答案 A. 步行 B. 骑自行车 D. 乘地铁" in fourth.text
    assert "第4/4题·填空·10分" in fourth.text

    end = phone.submit(fourth.form, blank="一千")
    assert end.path == "/q/week/result?after=4"
    assert "得分 30 分" in end.text
    assert "个人第 1 名（共 1 人）" in end.text
    mistakes, all_of_it = phone.open("/q/week/review"), phone.open("/q/week/review?show=all")
    assert [question.stem in mistakes.text for question in QUESTIONS] == [False, True, False, False]
    assert all(question.stem in all_of_it.text for question in QUESTIONS)


def test_the_entry_page_tells_the_campaign_and_its_rules(phone: Phone) -> None:
    page = phone.open("/q/week")
    for words in (
        "主办：机关事务管理局",
        "节能宣传周有奖答题",
        "绿色低碳，节能先行",
        "进行中 截止时间 2026年7月5日 17:00",
        "2026年7月4日 09:00 至 2026年7月5日 17:00",
        "每次 4 题，每题 10 分，满分 40 分。",
        "完成答题即可参加抽奖。",
        "还没有人上榜",
        "开始答题",
    ):
        assert words in page.text


def test_points_that_differ_by_kind_are_told_by_kind(phone: Phone, store: Store) -> None:
    points = {Kind.SINGLE: 10, Kind.TRUE_FALSE: 5, Kind.MULTIPLE: 20, Kind.BLANK: 10}
    make_campaign(store, replace(PLAN, slug="mixed", points=points, draw_points=20, attempts_per_day=1))
    text = phone.open("/q/mixed").text
    assert "单选每题 10 分，多选每题 20 分，判断每题 5 分，填空每题 10 分。" in text
    assert "得分达到 20 分即可参加抽奖。" in text
    assert "每天 1 次，取最好的一次成绩。" in text


def test_no_page_holds_an_answer_before_it_is_committed(phone: Phone, store: Store) -> None:
    telling = tuple(
        Question(str(n), Kind.SINGLE, f"题{n}？", SUMMER.options, ("C",), f"解析之{n}号机密") for n in range(1, 4)
    )
    blank = Question("4", Kind.BLANK, "填____。", answer=("只有答案才有的字",), explanation="解析之4号机密")
    make_campaign(store, replace(PLAN, slug="secret"), (*telling, blank))
    page = phone.begin("/q/secret")
    for position, fields in enumerate([{"option": "C"}] * 3 + [{"blank": "1"}], start=1):
        again = phone.open("/q/secret/question?after=4")
        for seen in (page, again):
            assert all(f"解析之{later}号机密" not in seen.html for later in range(position, 5))
            assert "只有答案才有的字" not in seen.html
            assert "checked" not in seen.html
        page = phone.submit(page.form, **fields)
    assert "只有答案才有的字" in page.html


def test_an_open_attempt_is_gone_on_with(phone: Phone) -> None:
    phone.submit(phone.begin("/q/week").form, option="C")
    page = phone.open("/q/week")
    assert "继续答题（第2/4题）" in page.html
    assert STANDBY.stem in phone.submit(page.form).text


def test_a_better_attempt_counts_and_the_result_says_so(phone: Phone) -> None:
    answer_all(phone, phone.begin("/q/week"))
    end = answer_all(phone, phone.begin("/q/week"), [{"option": "A"}, *RIGHT[1:]])
    assert "得分 30 分" in end.text
    assert "个人第 1 名（共 1 人，按最好成绩 40 分）" in end.text


def test_the_result_tells_the_draw_number(phone: Phone, campaign: int, store: Store) -> None:
    end = answer_all(phone, phone.begin("/q/week"))
    with store.reading() as session:
        person_id = session.scalars(select(tables.Person.id)).one()
    assert f"抽奖编号 {pseudonym('0' * 64, person_id)}" in end.text


@pytest.mark.parametrize(("attempts", "said"), [(2, "再得 20 分可参加抽奖"), (1, "满 30 分可参加抽奖，本次未达到。")])
def test_a_result_below_the_mark_says_what_is_missing(phone: Phone, store: Store, attempts: int, said: str) -> None:
    make_campaign(store, replace(PLAN, slug="mark", draw_points=30, attempts_in_all=attempts))
    wrong: list[dict[str, str | list[str]]] = [{"option": "A"}, {"option": "A"}, {"option": "C"}, {"blank": "1000"}]
    assert said in answer_all(phone, phone.begin("/q/mark"), wrong).text


def test_the_ranking_gives_no_name_away(app: Flask, phone: Phone, store: Store) -> None:
    answer_all(phone, phone.begin("/q/week"))
    with store.transaction() as session:
        (first,) = session.scalars(select(tables.Person.id))
        join_unit(session, first, "U02")
        session.execute(update(tables.Person).values(name="欧阳节能"))
    other = Phone(app)
    answer_all(other, other.begin("/q/week"), [{"option": "A"}, *RIGHT[1:]])
    text = other.open("/q/week").text
    with store.reading() as session:
        second = session.scalars(select(tables.Person.id).where(tables.Person.id != first)).one()
    assert "1 欧**能 市水务局 40分" in text
    assert f"2 参与者{pseudonym('0' * 64, second)[-4:]} 我 30分" in text
    assert "第 2 名（共 2 人）" in text
    assert "欧阳节能" not in text


# --- what is sent twice, late, or not at all ---------------------------------------------------------------------


def test_a_double_tap_answers_once_and_shows_the_verdict(phone: Phone, store: Store) -> None:
    first = phone.begin("/q/week")
    phone.submit(first.form, option="C")
    again = phone.submit(first.form, option="A")
    assert "这道题已经答过了，以第一次的回答为准。" in again.text
    assert "✅ 回答正确，+10分" in again.text
    assert "第2/4题" in again.text
    assert count(store, tables.Answer) == 1


def test_the_last_answer_sent_twice_finishes_once(phone: Phone, store: Store) -> None:
    last = answer_all(phone, phone.begin("/q/week"), RIGHT[:3])
    phone.submit(last.form, **RIGHT[3])
    again = phone.submit(last.form, blank="1")
    assert again.path == "/q/week/result"
    assert "得分 40 分" in again.text
    assert count(store, tables.Answer) == 4


def test_a_form_of_an_earlier_attempt_cannot_answer_a_later_one(phone: Phone, store: Store) -> None:
    old = phone.begin("/q/week")
    answer_all(phone, old)
    new = phone.begin("/q/week")
    late = phone.submit(old.form, option="C")
    assert "那道题不再等待回答，现在请答这一题。" in late.text
    assert late.form.fields["attempt"] == new.form.fields["attempt"]
    assert count(store, tables.Answer) == 4


def test_a_form_cannot_run_ahead(phone: Phone, store: Store) -> None:
    first = phone.begin("/q/week")
    first.form.fields["position"] = "3"
    assert "第1/4题" in phone.submit(first.form, option="C").text
    assert count(store, tables.Answer) == 0


def test_beginning_twice_begins_one_attempt(phone: Phone, store: Store) -> None:
    entry = phone.open("/q/week")
    phone.submit(entry.form)
    assert "第1/4题" in phone.submit(entry.form).text
    assert count(store, tables.Attempt) == 1


def test_a_question_sent_without_an_answer_costs_nothing(phone: Phone, store: Store) -> None:
    page = phone.submit(phone.begin("/q/week").form)
    assert page.status == 422
    assert "请先选择一个答案再提交。" in page.text
    assert "✅" in phone.submit(page.form, option="C").text
    assert count(store, tables.Answer) == 1


def test_what_was_typed_is_still_there_when_a_blank_is_missing(phone: Phone, store: Store) -> None:
    pair = Question("1", Kind.BLANK, "夏季____℃，冬季____℃。", answer=("26", "20"))
    make_campaign(store, replace(PLAN, slug="blanks", questions_per_paper=1), (pair,))
    page = phone.begin("/q/blanks")
    assert "第 1 空" in page.text
    page = phone.submit(page.form, blank=["二十六&", ""])
    assert "请把每个空都填上再提交。" in page.text
    assert 'value="二十六&amp;"' in page.html
    assert "得分 10 分" in phone.submit(page.form, blank=["26", "20"]).text


def test_nonsense_in_a_form_costs_nothing(phone: Phone, store: Store) -> None:
    page = phone.begin("/q/week")
    nonsense: list[dict[str, str | list[str]]] = [
        {"option": "Z"},
        {"option": ["A", "B"]},
        {"option": "\0"},
        {"blank": "C"},
        {"position": "1" * 5_000},
        {"position": "-1", "attempt": "x"},
        {"attempt": "9" * 30},
    ]
    for fields in nonsense:
        again = phone.submit(page.form, **fields)
        assert again.status in {200, 422}, fields
        assert "第1/4题" in again.text, fields
    assert count(store, tables.Answer) == 0


def test_nonsense_in_an_address_changes_nothing(phone: Phone) -> None:
    phone.begin("/q/week")
    for query in ("after=x", "after=-1", f"after={'9' * 40}", "note=%00", "note=joined.up"):
        page = phone.open(f"/q/week/question?{query}")
        assert page.status == 200, query
        assert "第1/4题" in page.text, query
        assert "✅" not in page.text, query


def test_an_answer_survives_a_change_of_the_campaign_at_the_same_moment(
    phone: Phone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = phone.begin("/q/week")
    answer, waiting = play.answer, [CLOSES + 1]

    def extended_meanwhile(*arguments: object, **more: object) -> play.Marked:
        if waiting:
            with store.transaction() as session:
                keeping.extend(session, "week", waiting.pop(), OPENS)
        return answer(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(play, "answer", extended_meanwhile)
    assert "✅" in phone.submit(page.form, option="C").text
    assert waiting == []


def test_what_a_page_says_is_never_markup(phone: Phone, store: Store) -> None:
    sharp = replace(SUMMER, stem="<b>5 < 6</b>？", explanation="<script>alert(1)</script>")
    make_campaign(store, replace(PLAN, slug="sharp", name="<i>名</i>", questions_per_paper=1), (sharp,))
    pages = [phone.open("/q/sharp"), page := phone.begin("/q/sharp"), phone.submit(page.form, option="C")]
    assert all("<b>" not in page.html and "<i>" not in page.html and "<script" not in page.html for page in pages)
    assert "<script>alert(1)</script>" in pages[2].text


# --- when a campaign is not open ---------------------------------------------------------------------------------


def test_before_the_opening_nobody_begins(phone: Phone, clock: object, store: Store) -> None:
    clock.now = OPENS - 1
    page = phone.open("/q/week")
    assert "未开始 将于 2026年7月4日 09:00 开始" in page.text
    assert page.forms == []


def test_a_begin_that_comes_too_late_is_refused_kindly_and_makes_no_person(
    phone: Phone, clock: object, store: Store
) -> None:
    entry = phone.open("/q/week")
    clock.now = CLOSES
    page = phone.submit(entry.form)
    assert page.status == 403
    assert "已于 2026年7月5日 17:00 结束" in page.text
    assert count(store, tables.Person) == 0


def test_an_answer_that_comes_after_the_close_is_not_counted(phone: Phone, clock: object, store: Store) -> None:
    page = phone.begin("/q/week")
    clock.now = CLOSES
    late = phone.submit(page.form, option="C")
    assert late.status == 403
    assert "这个回答没有计入" in late.text
    assert count(store, tables.Answer) == 0
    assert phone.open("/q/week/question").status == 403


def test_a_pause_keeps_the_place(phone: Phone, store: Store) -> None:
    page = phone.submit(phone.begin("/q/week").form, option="C")
    with store.transaction() as session:
        paused = update(tables.Campaign).values(state="paused", version=tables.Campaign.version + 1)
        session.execute(paused)
    assert "已暂停" in phone.open("/q/week").text
    assert phone.submit(page.form, option="B").status == 403
    with store.transaction() as session:
        session.execute(paused.values(state="published"))
    assert "第3/4题" in phone.submit(page.form, option="B").text


def test_results_stay_after_the_close(phone: Phone, clock: object) -> None:
    answer_all(phone, phone.begin("/q/week"))
    clock.now = CLOSES
    page = phone.open("/q/week/result")
    assert page.status == 200
    assert "得分 40 分" in page.text
    assert page.forms == []


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"attempts_in_all": 1}, "您的答题次数已用完（共 1 次）"),
        ({"attempts_per_day": 1}, "您今天的答题次数已用完（每天 1 次），请明天再来。"),
    ],
)
def test_without_an_attempt_left_the_page_says_so(phone: Phone, store: Store, limit: dict[str, int], said: str) -> None:
    make_campaign(store, replace(PLAN, slug="few", **limit))
    entry = phone.open("/q/few")
    assert "还可答题 1 次" in entry.text
    answer_all(phone, phone.submit(entry.form))
    refused = phone.submit(entry.form)
    assert refused.status == 403
    assert said in refused.text
    assert phone.open("/q/few").forms == []


def test_an_unknown_campaign_gets_a_kind_page(phone: Phone) -> None:
    for path in ("none", "", "week/nowhere"):
        page = phone.open(f"/q/{path}")
        assert page.status == 404, path
        assert "没有找到这个活动" in page.text, path


def test_a_draft_is_not_shown(phone: Phone, store: Store) -> None:
    with store.transaction() as session:
        keeping.create(session, replace(PLAN, slug="draft", bank="made-week"), "0" * 64, OPENS)
    page = phone.open("/q/draft")
    assert page.status == 404
    assert "没有找到这个活动" in page.text


def test_whoever_has_not_begun_is_led_to_the_beginning(phone: Phone) -> None:
    for page in ("question", "result", "answer", "begin"):
        assert phone.open(f"/q/week/{page}").path == "/q/week", page


def test_a_form_without_its_token_is_refused_kindly(phone: Phone, store: Store) -> None:
    page = phone.begin("/q/week")
    page.form.fields["csrf_token"] = "stale"
    refused = phone.submit(page.form, option="C")
    assert refused.status == 400
    assert "页面放得太久了" in refused.text
    assert 'href="/q/week/question"' in refused.html
    assert count(store, tables.Answer) == 0


def test_a_store_that_is_away_is_told_in_one_plain_sentence(phone: Phone, app: Flask, stores: Stores) -> None:
    class Away:
        def by_slug(self, store: Store, slug: str) -> object:
            raise StoreUnavailable

    app.extensions["lvda"] = replace(stores, editions=Away())
    page = phone.open("/q/week/question")
    assert page.status == 503
    assert page.headers["Retry-After"]
    assert "现在人多，请稍等几秒" in page.text


# --- every page --------------------------------------------------------------------------------------------------


def test_pages_need_no_script_and_no_style_of_their_own(phone: Phone) -> None:
    first = phone.begin("/q/week")
    pages = [phone.open("/q/week"), first, phone.submit(first.form), phone.open("/q/none")]
    pages.append(answer_all(phone, first))
    for page in pages:
        assert "<script" not in page.html
        assert "<style" not in page.html
        assert "style=" not in page.html
        assert 'lang="zh-CN"' in page.html
        assert page.headers["Cache-Control"] == "no-store"
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_every_field_of_a_question_has_a_name_that_is_read_out(phone: Phone) -> None:
    page = phone.begin("/q/week")
    for question, fields in zip((SUMMER, STANDBY, COMMUTE, LITRE), RIGHT, strict=True):
        assert page.html.count("<legend>") == page.html.count("<fieldset") == 1
        seen = [part for part in page.html.split("<input") if 'type="hidden"' not in part.split(">")[0]][1:]
        assert len(seen) == (len(question.options) or (2 if question is STANDBY else 1))
        assert page.html.count("<label") == len(seen)
        page = phone.submit(page.form, **fields)
