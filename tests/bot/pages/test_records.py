"""One's own record, the rules and what was changed, and the notice about personal data."""

from __future__ import annotations

from dataclasses import replace

from campaign_made import OPENS, PLAN, make_campaign
from phone import Page, Phone
from sqlalchemy import select

from campaigns import consents, keeping, people, tables
from campaigns.people import Sender
from campaigns.store import Store

RIGHT: list[dict[str, str | list[str]]] = [
    {"option": "C"},
    {"option": "B"},
    {"option": ["A", "B", "D"]},
    {"blank": "1000"},
]


def play(phone: Phone, path: str = "/q/week") -> Page:
    page = phone.begin(path)
    for fields in RIGHT:
        page = phone.submit(page.form, **fields)
    return page


def test_a_record_tells_every_attempt_and_which_one_counts(phone: Phone) -> None:
    assert "您还没有在这里参加过" in phone.open("/q/week/record").text
    phone.open("/q/week?u=U01")
    play(phone)
    page = phone.begin("/q/week")
    for fields in ({"option": "A"}, *RIGHT[1:]):
        page = phone.submit(page.form, **fields)
    text = phone.open("/q/week/record").text
    assert "单位 市财政局" in text
    assert "第 2 次 30 分" in text
    assert "第 1 次 计入排名 40 分" in text
    assert "您于 2026年7月4日 09:00 同意了告知" in text


def test_nobody_reads_the_review_of_another(phone: Phone, app: object, store: Store) -> None:
    play(phone)
    with store.reading() as session:
        (attempt_id,) = session.scalars(select(tables.Attempt.id))
    assert phone.open(f"/q/week/review?attempt={attempt_id}&show=all").status == 200
    stranger = Phone(app)  # type: ignore[arg-type]
    play(stranger)
    assert stranger.open(f"/q/week/review?attempt={attempt_id}").status == 404
    assert stranger.open(f"/q/week/review?attempt={'9' * 40}").status == 404


def test_an_attempt_that_gave_way_half_way_tells_no_answers_of_the_one_that_goes_on(
    phone: Phone, app: object, store: Store
) -> None:
    other = Phone(app)  # type: ignore[arg-type]
    for one in (phone, other):
        one.begin("/q/week")
    with store.transaction() as session:
        first, second = session.scalars(select(tables.Person.id).order_by(tables.Person.id))
        people.merge(session, second, first, OPENS)
        (gave_way,) = session.scalars(select(tables.Attempt.id).where(tables.Attempt.state == "superseded"))
    assert other.open(f"/q/week/review?attempt={gave_way}&show=all").status == 404
    record = other.open("/q/week/record")
    assert "不计入" in record.text
    assert f"attempt={gave_way}" not in record.html


def test_notices_are_stopped_and_wanted_again_where_there_is_a_chat(phone: Phone, store: Store) -> None:
    play(phone)
    assert phone.open("/q/week/record").forms == []
    with store.reading() as session:
        (person_id,) = session.scalars(select(tables.Person.id))
    people.meet(store, Sender("wechat", "a", "openid"), OPENS, person_id=person_id)
    stopped = phone.submit(phone.open("/q/week/record").form)
    assert "已停止活动通知" in stopped.text
    assert "活动通知会发到您的聊天里。" in phone.submit(stopped.form).text


def test_rules_tell_what_was_changed_and_why(phone: Phone, store: Store) -> None:
    assert "开始以来没有变更。" in phone.open("/q/week/rules").text
    with store.transaction() as session:
        keeping.extend(session, "week", PLAN.closes_ms + 86_400_000, OPENS, by="王工", note="时间较紧。")  # type: ignore[operator]
        keeping.add_notice(session, "week", "今晚<b>维护</b>。", "王工", OPENS)
    rules = phone.open("/q/week/rules")
    assert "截止时间由 2026年7月5日 17:00 延到 2026年7月6日 17:00 说明：时间较紧。" in rules.text
    assert "今晚<b>维护</b>。" in rules.text
    assert "<b>" not in rules.html
    assert "王工" not in rules.text
    entry = phone.open("/q/week").text
    assert "活动公告 今晚<b>维护</b>。 2026年7月4日 09:00" in entry


def test_rules_tell_everything_that_was_published(phone: Phone, store: Store) -> None:
    plan = replace(
        PLAN,
        slug="strict",
        mode="daily",
        attempts_per_day=2,
        counts="sum",
        partial="each",
        seconds_per_question=30,
        seconds_per_attempt=300,
        least_ms_per_question=1_500,
        reveals="at_end",
        pass_points=30,
        unit_ranking="average",
        least_headcount=10,
        admission="unit",
        hours=(540, 1_020),
    )
    make_campaign(store, plan)
    text = phone.open("/q/strict/rules").text
    for words in (
        "每天 09:00–17:00 可以答题。",
        "每日答题",
        "每天 2 次，取每天最好的一次成绩，各天相加。",
        "按选对的比例得分。",
        "每题限时 30 秒，超时该题不得分。",
        "每次限时 5分00秒",
        "3 秒以内的迟到仍然计入",
        "看题不足 1.5 秒就提交的回答不收",
        "交卷以后显示成绩和解析。",
        "得分达到 30 分为合格。",
        "先比参与者的平均分",
        "应参与人数不足 10 人的单位列出成绩，不参加排名。",
        "选择单位以后可以参加。",
        "所有人答同一份题。",
    ):
        assert words in text, words


def test_beginning_records_agreement_to_the_very_words_that_were_shown(phone: Phone, store: Store) -> None:
    notice = phone.open("/q/week/privacy")
    assert "机关事务管理局（以下称“我们”）" in notice.text
    assert "点击开始即表示已阅读并同意 《个人信息处理告知》" in phone.open("/q/week").text
    phone.begin("/q/week")
    with store.reading() as session:
        (consent,) = session.scalars(select(tables.Consent))
    assert consent.version in notice.text
    assert consent.given_ms == OPENS
    assert "点击开始即表示" not in phone.open("/q/week").text


def test_an_organisers_own_notice_takes_the_place_of_ours(phone: Phone, store: Store) -> None:
    own = "本单位的告知。\n\n第二段。"
    make_campaign(store, replace(PLAN, slug="own", privacy_notice=own))
    page = phone.open("/q/own/privacy")
    assert "本单位的告知。 第二段。" in page.text
    assert consents.version_of(own) in page.text


def test_who_comes_during_a_pause_reads_why_and_afterwards_no_more(phone: Phone, store: Store, clock: object) -> None:
    with store.transaction() as session:
        keeping.pause(session, "week", clock(), "王工", "机房停电，<b>下午</b>恢复")
    entry = phone.open("/q/week").text
    assert "答题暂停 机房停电，<b>下午</b>恢复" in entry
    with store.transaction() as session:
        keeping.resume(session, "week", clock(), "王工")
    assert "机房停电" not in phone.open("/q/week").text
    assert "机房停电" in phone.open("/q/week/rules").text
