from __future__ import annotations

import json
from dataclasses import replace

import pytest
from campaign_made import PLAN, make_campaign
from flask import Flask
from phone import ADDRESS, Form, Page, Phone
from sqlalchemy import select, update

from campaigns import tables
from campaigns.privacy import CLAIMS, Seal, kept, requests
from campaigns.store import Store

MINE = "/q/week/my-data"


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """What SQL does is tested on both databases elsewhere."""
    return sqlite_url


@pytest.fixture
def player(phone: Phone) -> Phone:
    phone.begin("/q/week")
    return phone


def form_for(page: Page, end: str) -> Form:
    return next(form for form in page.forms if form.action.endswith(end))


def test_who_has_not_begun_has_no_data_and_gets_none_by_looking(phone: Phone, store: Store) -> None:
    assert "没有您的信息" in phone.open(MINE).text
    assert phone.open(f"{MINE}.json").path == MINE
    with store.reading() as session:
        assert session.scalars(select(tables.Person.id)).all() == []


def test_one_sees_everything_about_oneself_and_takes_it_along(player: Phone, store: Store) -> None:
    page = player.open(MINE)
    for part in ("身份资料", "进入的身份", "网页", "对告知的同意", "没有答完"):
        assert part in page.text
    assert "我的个人信息" in player.open("/q/week/record").text
    with store.reading() as session:
        (token,) = session.scalars(select(tables.Identity.sender))
    assert token not in page.html
    away = player.client.get(f"{MINE}.json", base_url=ADDRESS)
    assert away.status_code == 303
    file = Phone(player.client.application).client.get(away.location, base_url=ADDRESS)  # a browser without the session
    assert file.headers["Content-Disposition"] == "attachment; filename=my-data.json"
    assert len(json.loads(file.data)["attempts"]) == 1
    assert token not in file.text
    assert "我的个人信息" in player.open(f"{MINE}.html").html


def test_the_address_of_a_file_is_good_for_a_quarter_of_an_hour_and_one_campaign(
    player: Phone, store: Store, app: Flask
) -> None:
    make_campaign(store, replace(PLAN, slug="other"))
    away = player.client.get(f"{MINE}.json", base_url=ADDRESS).location
    stranger = Phone(app)
    assert stranger.open(away.replace("/week/", "/other/")).path == "/q/other/my-data"
    assert stranger.open(away[:-4] + "abcd").path == MINE
    app.extensions["lvda.clock"].pass_seconds(15 * 60 + 1)
    assert stranger.open(away).path == MINE


def test_what_winners_told_is_shown_in_part(player: Phone, store: Store) -> None:
    with store.transaction() as session:
        campaign_id = session.scalars(select(tables.Campaign.id)).one()
        person_id = session.scalars(select(tables.Person.id)).one()
        group = tables.PrizeGroup(campaign_id=campaign_id, ordinal=1, name="奖", kind="instant", collecting="post")
        session.add(group)
        session.flush()
        prize = tables.Prize(group_id=group.id, ordinal=1, name="灯", stock=1, given=1, releases=[])
        session.add(prize)
        session.flush()
        award = tables.Award(
            campaign_id=campaign_id, prize_id=prize.id, prize="灯", entrant="e", person_id=person_id, state="awarded",
            awarded_ms=1, changed_ms=1,
        )  # fmt: skip
        session.add(award)
        session.flush()
        told = json.dumps({"name": "张晓明", "phone": "13812345678", "address": "江苏省苏州市一号"})
        session.add(
            tables.Claim(award_id=award.id, way="post", sealed=Seal("for tests", CLAIMS).seal(told), claimed_ms=1)
        )
    for shown in (player.open(MINE).html, player.open(f"{MINE}.json").html, player.open(f"{MINE}.html").html):
        assert "138****5678" in shown
        for secret in ("13812345678", "苏州市一号", "晓明"):
            assert secret not in shown


def test_a_request_is_made_shown_with_its_day_and_taken_back(player: Phone, store: Store) -> None:
    form = form_for(player.open(MINE), "/my-data")
    assert "请写明哪里不对" in player.submit(form, kind="correct", text=" ").text
    page = player.submit(form, kind="correct", text="单位错了，我在水务局")
    assert "申请已收到" in page.text
    assert "单位错了，我在水务局" in page.text
    assert "最迟" in page.text
    assert 'value="correct"' not in page.html  # nobody asks twice
    page = player.submit(form_for(page, "/undo"))
    assert "申请已撤销" in page.text
    assert 'value="correct"' in page.html
    assert player.open(f"{MINE}/undo").path == MINE


def test_nobody_takes_back_what_others_asked_for(player: Phone, store: Store, app: Flask) -> None:
    page = player.submit(form_for(player.open(MINE), "/my-data"), kind="delete", text="")
    form = form_for(page, "/undo")
    other = Phone(app)
    other.begin("/q/week")
    own = form_for(other.submit(form_for(other.open(MINE), "/my-data"), kind="copy", text=""), "/undo")
    other.submit(own, request=str(form.fields["request"]))
    other.submit(own, request="9" * 30)
    with store.reading() as session:
        assert len(requests.waiting(session, "Asia/Shanghai")) == 2


def test_an_answer_is_read_where_it_was_asked_for(player: Phone, store: Store) -> None:
    player.submit(form_for(player.open(MINE), "/my-data"), kind="copy", text="")
    with store.transaction() as session:
        (waiting,) = requests.waiting(session, "Asia/Shanghai")
        requests.finish(session, waiting.id, "副本已经交给您。", "wang", waiting.asked_ms)
    page = player.open(MINE)
    assert "答复： 副本已经交给您。" in page.text
    assert "wang" not in page.html


def test_consent_is_taken_back_and_given_anew_by_beginning(player: Phone, store: Store) -> None:
    page = player.open(MINE)
    form = form_for(page, "/stop")
    assert "撤回同意" in player.submit(form).text  # without saying that one is sure: nothing
    page = player.submit(form, sure="1")
    assert "已撤回同意" in page.text
    assert "删除" in page.text
    assert not [one for one in page.forms if one.action.endswith("/stop")]
    assert "您还没有同意过告知" in player.open("/q/week/record").text
    with store.reading() as session:
        assert [one.text for one in requests.waiting(session, "Asia/Shanghai")] == [requests.WITHDRAWN]
    player.submit(player.open("/q/week").forms[0])
    assert "同意了告知" in player.open("/q/week/record").text


def test_what_is_kept_is_public_in_both_languages(phone: Phone) -> None:
    page = phone.open("/privacy")
    assert page.status == 200
    for row in kept.ROWS:
        assert row.zh.what in page.text
    assert kept.ROWS[0].en.what in phone.open("/privacy?lang=en").text


def test_the_notice_says_how_long_this_campaigns_data_are_kept(phone: Phone, store: Store) -> None:
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(keep_days=180, version=tables.Campaign.version + 1))
    assert "活动结束 180 天后清除" in phone.open("/q/week/privacy").text
