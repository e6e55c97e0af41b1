"""What there is to win and what one has won, on the pages: told to its winner alone, and to nobody before it is so."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import zxingcpp
from campaign_made import OPENS, PLAN, make_campaign
from flask import Flask
from phone import ADDRESS, Page, Phone
from PIL import Image
from prizes_planned import PRIZES, TICKETS
from sqlalchemy import select, update

from bot.links import Links
from campaigns import people, play, tables
from campaigns.clock import DAY
from campaigns.people import Sender
from campaigns.privacy import CLAIMS, Seal
from campaigns.prizes import awards, claims, exclusions
from campaigns.prizes.lots import decide_lots
from campaigns.store import Store
from campaigns.stores import Stores

CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")
ADDRESS_TOLD = {"name": "张晓明", "phone": "13800138000", "address": "苏州市姑苏区人民路 1 号 502 室"}


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One kind of store will do: what differs between them is tested where prizes are decided."""
    return sqlite_url


@pytest.fixture
def campaign(store: Store) -> int:
    """One question, and one bag for whoever is first."""
    return made(store, "bag")


def made(store: Store, prizes: str, **over: Any) -> int:
    plan = replace(PLAN, questions_per_paper=1, prize_groups=PRIZES[prizes])
    return make_campaign(store, replace(plan, **over))


def played(phone: Phone, slug: str = "week", option: str = "C") -> Page:
    """The result of an attempt."""
    return phone.submit(phone.begin(f"/q/{slug}").form, option=option)


def own(phone: Phone, slug: str = "week") -> Page:
    return phone.open(f"/q/{slug}/prizes")


def change(store: Store, **values: object) -> None:
    with store.transaction() as session:
        session.execute(update(tables.Award).values(**values))


def test_the_end_of_an_attempt_wins_a_prize_which_is_collected_by_a_code(phone: Phone, store: Store) -> None:
    result = played(phone)
    assert "🎁 恭喜，您中了 帆布袋！" in result.text
    assert 'href="/q/week/prizes"' in result.html
    page = own(phone)
    assert "答题惊喜" in page.text
    assert "请在 2026年7月14日 以前（含当日）领奖。" in page.text
    assert "市民中心一楼大厅，工作日 9:00–17:00" in page.text
    (code,) = CODE.findall(page.text)
    assert scanned(page) == f"{ADDRESS}/admin/desk#{code.replace('-', '')}"
    assert CODE.findall(own(phone).text) == [code], "it is the same each time"
    with store.reading() as session:
        kept = session.scalars(select(tables.Award)).one()
    assert code.replace("-", "") not in f"{kept.code_hash}{kept.code_sealed}"


def scanned(page: Page) -> str:
    data = re.search(r'src="data:image/png;base64,([^"]+)"', page.html)
    assert data is not None
    with Image.open(io.BytesIO(base64.b64decode(data[1]))) as picture:
        return zxingcpp.read_barcode(picture).text


def test_who_wins_nothing_is_told_so_and_sees_nothing_of_others(phone: Phone, app: Flask) -> None:
    played(phone)
    other = Phone(app)
    assert "这次没有中奖。" in played(other).text
    page = own(other)
    assert "您还没有获奖。" in page.text
    assert "还剩 0 份，共 1 份" in page.text
    assert CODE.findall(page.text) == []


def test_the_page_asks_nobody_who_they_are_and_says_how_to_come_by_ones_own(phone: Phone, app: Flask) -> None:
    played(phone)
    stranger = Phone(app)
    page = own(stranger)
    assert "请用答题时的手机和浏览器打开本页" in page.text
    assert page.forms == []
    assert CODE.findall(page.text) == []
    assert "只有这部手机的这个浏览器认得出您" in own(phone).text


def test_where_the_clock_ends_an_attempt_the_lot_is_told_a_little_later(
    store: Store, app: Flask, clock: Any, stores: Stores
) -> None:
    made(store, "bag", slug="timed", seconds_per_attempt=60)
    phone = Phone(app)
    phone.begin("/q/timed")
    clock.pass_seconds(70)
    assert "是否中奖稍后公布" in phone.open("/q/timed/result").text
    clock.pass_seconds(10)
    decide_lots(stores, clock())
    assert "🎁 恭喜，您中了 帆布袋！" in phone.open("/q/timed/result").text


def test_where_there_is_nothing_to_win_at_once_no_result_speaks_of_it(store: Store, app: Flask) -> None:
    made(store, "draw", slug="drawn")
    assert "中奖" not in played(Phone(app), "drawn").text


def test_a_prize_by_post_asks_for_an_address_and_never_shows_it_again(store: Store, app: Flask) -> None:
    made(store, "lamps", slug="post")
    phone = Phone(app)
    played(phone, "post")
    page = own(phone, "post")
    assert CODE.findall(page.text) == []
    refused = phone.submit(page.form, **{**ADDRESS_TOLD, "phone": "138", "address": "苏州"})
    assert refused.status == 422
    assert "手机号应当是 11 位数字" in refused.text
    assert "请填写完整的收件地址" in refused.text
    assert 'value="张晓明"' in refused.html, "nothing that was typed is lost"
    done = phone.submit(refused.form, **ADDRESS_TOLD)
    assert done.path == "/q/post/prizes?note=claimed"
    assert "收件信息已登记。" in done.text
    assert "以前（含当日）" in page.text
    assert "以前（含当日）" not in done.text, "the winner has nothing more to do"
    assert not any(told in done.html for told in ADDRESS_TOLD.values())
    with store.transaction() as session:
        (line,) = claims.claims_of(session, "post", Seal("for tests", CLAIMS))
        assert line.text == claims.ClaimText(**ADDRESS_TOLD)
        claims.ship(session, line.award_id, "顺丰 SF1234567890", "李", OPENS)
    sent = own(phone, "post")
    assert "已于 2026年7月4日 寄出：顺丰 SF1234567890。" in sent.text
    assert sent.forms == []


def test_nobody_says_where_to_send_the_prize_of_another(store: Store, app: Flask) -> None:
    made(store, "lamps", slug="post", wins="any")
    winner, other = Phone(app), Phone(app)
    for phone in (winner, other):
        played(phone, "post")
    form = own(other, "post").form
    form.fields["award"] = own(winner, "post").form.fields["award"]
    assert "登记收件信息" in other.submit(form, **ADDRESS_TOLD).text
    for odd in ("", "0", "x", "9" * 30):
        form.fields["award"] = odd
        assert other.submit(form, **ADDRESS_TOLD).status == 200
    with store.reading() as session:
        assert claims.claims_of(session, "post", Seal("for tests", CLAIMS)) == []


def test_a_form_without_the_pages_token_does_nothing(store: Store, app: Flask) -> None:
    made(store, "lamps", slug="post")
    phone = Phone(app)
    played(phone, "post")
    form = own(phone, "post").form
    del form.fields["csrf_token"]
    assert phone.submit(form, **ADDRESS_TOLD).status == 400


def test_a_deadline_that_passed_still_shows_the_code_and_says_whom_to_ask(phone: Phone, clock: Any) -> None:
    played(phone)
    clock.now += 11 * DAY
    page = own(phone)
    assert "领奖期限已过，请尽快联系主办单位。" in page.text
    assert len(CODE.findall(page.text)) == 1


def test_what_was_handed_out_or_taken_back_has_no_code_any_more(phone: Phone, store: Store) -> None:
    played(phone)
    change(store, redeemed_ms=OPENS)
    assert "已于 2026年7月4日 发放。" in own(phone).text
    change(store, redeemed_ms=None)
    with store.transaction() as session:
        assert awards.take_back(session, session.scalars(select(tables.Award.id)).one(), "代人答题", OPENS)
    taken = own(phone)
    assert "已作废：代人答题" in taken.text
    for page in (taken, phone.open("/q/week/result")):
        assert CODE.findall(page.text) == []
        assert "恭喜" not in page.text


def test_a_link_from_the_chat_leads_to_ones_own_prizes(
    store: Store, stores: Stores, app: Flask, links: Links, clock: Callable[[], int], campaign: int
) -> None:
    chat = Sender("wechat", "gh_1", "openid")
    people.meet(store, chat, OPENS)
    with store.direct() as direct:
        turn = play.look(direct, stores, chat)
    assert turn is not None
    phone = Phone(app)
    offered = phone.open(links.prizes("week", turn.person_id).removeprefix(ADDRESS))
    assert "以聊天里的身份继续答题" in offered.text
    page = phone.submit(offered.form)
    assert page.path == "/q/week/prizes"
    assert "认得出您" not in page.text
    elsewhere = phone.submit(replace(offered.form, fields={**offered.form.fields, "to": "//elsewhere"}))
    assert elsewhere.path.startswith("/q/week")


def test_every_page_leads_to_the_prizes_and_the_rules_name_them(store: Store, app: Flask) -> None:
    made(store, "all", slug="all", draw_points=10)
    phone = Phone(app)
    rules = phone.open("/q/all/rules").text
    assert "优胜奖 按名次，10 分及以上 一等奖 1 份 二等奖 3 份" in rules
    assert "参与奖 抽奖，10 分及以上 保温杯 20 份" in rules
    assert "答题惊喜 答完即抽 帆布袋 还剩 1 份，共 1 份 凭兑奖码到指定地点领取。获奖后 10 天内有效。" in rules
    assert "合格证书 完成答题即可领取" in rules
    assert 'href="/q/all/prizes"' in phone.open("/q/all").html
    played(phone, "all")
    for path in ("record", "result"):
        page = phone.open(f"/q/all/{path}")
        assert "奖品和领奖 🎁 您有 1 份奖品" in page.text
    page = own(phone, "all")
    assert 'href="/q/all/certificate"' in page.html
    assert "您已经获奖，本活动每人最多获奖一次，不再参加抽奖。" in page.text
    assert "获奖 本活动每人最多获奖一次。" in rules


def test_the_part_in_the_draw_is_told_where_one_may_win_again(store: Store, app: Flask) -> None:
    made(store, "all", slug="all", wins="any")
    phone = Phone(app)
    played(phone, "all")
    assert "您已获得抽奖资格（抽奖编号" in own(phone, "all").text


def test_whoever_may_not_win_is_told_kindly(store: Store, app: Flask) -> None:
    made(store, "all", slug="all")
    phone = Phone(app)
    phone.begin("/q/all")
    with store.transaction() as session:
        person_id = session.scalars(select(tables.Person.id)).one()
        exclusions.exclude(session, "all", [person_id], "organiser", "", "王工", OPENS)
    result = phone.submit(phone.open("/q/all/question").form, option="C")
    for page in (result, own(phone, "all")):
        assert "按活动规则，您不参加评奖，成绩照常计入。" in page.text
    assert "这次没有中奖。" in result.text


def test_tickets_are_counted_by_the_campaigns_rule(store: Store, app: Flask, clock: Any) -> None:
    made(store, "draw", slug="daily", mode="daily", tickets=TICKETS["by_day"])
    phone = Phone(app)
    assert "，1 张）" in played(phone, "daily").text
    clock.now += DAY
    assert "，2 张）" in played(phone, "daily").text
    page = own(phone, "daily")
    assert "，2 张）" in page.text
    assert "每人 1 张抽奖券；每多答一天加 1 张；最多 3 张。" in page.text


def test_before_results_are_told_the_page_has_the_number_and_no_tickets(store: Store, app: Flask) -> None:
    made(store, "draw", slug="later", reveals="after_close")
    phone = Phone(app)
    played(phone, "later")
    page = own(phone, "later").text
    assert re.search(r"您的抽奖编号 [0-9a-f]{16}，张数随成绩一起公布。", page)
    assert "张）" not in page


def test_it_is_told_in_english_too(phone: Phone) -> None:
    played(phone)
    text = phone.open("/q/week/prizes?lang=en").text
    assert "Congratulations! This is how to collect what you won." in text
    assert "Please collect it by 2026-07-14." in text
    assert "Days to do so after winning: 10." in text
