from __future__ import annotations

import logging
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from award_made import GUEST, LI, WON, ZHANG, make_winners, won
from draw_made import AFTER, SALT, VALUES, finish, freeze, make_finished
from forms_sent import fields_of
from sqlalchemy import insert, select, update
from visitors import Clock, Visitor

from campaigns import draws, keeping, people, tables
from campaigns.clock import DAY
from campaigns.draws import pseudonym
from campaigns.office_tables import tables_in
from campaigns.prizes import awards, groups, listing
from campaigns.prizes.awards import Winner
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.staff import Role
from campaigns.store import Store

PAGE = "/admin/campaigns/week/awards"
LATE = WON + 30 * DAY


@pytest.fixture
def week(records: Store) -> Store:
    """张晓明 has a thermos, 李四 and a guest a lamp, in a campaign that is over; the three are its ranking."""
    make_winners(records)
    with records.transaction() as session:
        campaign_id = keeping.find(session, "week").id
        for person_id, points in ((ZHANG, 40), (LI, 30), (GUEST, 20)):
            finish(session, campaign_id, person_id, points)
    won(records, ZHANG, "pickup")
    won(records, LI, "post")
    won(records, GUEST, "post")
    return records


@pytest.fixture
def late(clock: Clock) -> None:
    """Every deadline has passed."""
    clock.now = LATE


def states(week: Store) -> dict[int, str]:
    with week.reading() as session:
        rows = session.execute(select(tables.Award.id, tables.Award.state))
        return {row.id: row.state for row in rows}


def test_every_award_is_listed_with_how_far_it_has_got_and_what_is_left(owner: Visitor, week: Store) -> None:
    with week.transaction() as session:
        session.execute(update(tables.Award).where(tables.Award.id == 1).values(redeemed_ms=WON, redeemed_by="desk"))
        session.execute(insert(tables.Claim).values(award_id=2, way="post", sealed="", claimed_ms=WON))
    shown = owner.get(PAGE)
    assert "保温杯 现场奖 名次奖 50 1 49 1" in shown
    assert "太阳能灯 邮寄奖 名次奖 50 2 48 0" in shown
    for told in ("张晓明", "已发放", "李四", "已登记，待寄出", "没有登记地址", "参与者"):
        assert told in shown
    assert "对不上" not in shown


def test_stock_that_does_not_add_up_with_the_awards_is_told_loudly(owner: Visitor, week: Store) -> None:
    with week.transaction() as session:
        session.execute(update(tables.Prize).where(tables.Prize.name == "保温杯").values(given=3))
    assert "对不上" in owner.get(PAGE)


def test_who_won_twice_since_they_were_merged_is_named(owner: Visitor, week: Store) -> None:
    with week.transaction() as session:
        people.merge(session, LI, ZHANG, WON)
    assert "不止一次" not in owner.get(PAGE), "here one may win again"
    for wins, said in (("group", False), ("campaign", True)):
        with week.transaction() as session:
            session.execute(update(tables.Campaign).values(wins=wins))
        shown = owner.get(PAGE)
        assert ("有人得了不止一次奖" in shown) == said
    assert "张晓明：保温杯（现场奖，待领取） 作废" in shown
    assert "张晓明：太阳能灯（邮寄奖，没有登记地址） 作废" in shown


def test_awards_are_picked_out(late: None, owner: Visitor, week: Store) -> None:
    with week.transaction() as session:
        session.execute(update(tables.Award).where(tables.Award.id == 1).values(redeemed_ms=WON, redeemed_by="desk"))
        session.execute(insert(tables.Claim).values(award_id=2, way="post", sealed="", claimed_ms=WON))
    for which, names in {
        "overdue": {"参与者"},
        "unclaimed": {"参与者"},
        "waiting": {"参与者", "李四"},
        "handed_out": {"张晓明"},
        "forfeited": set(),
        "nonsense": {"参与者", "李四", "张晓明"},
    }.items():
        shown = owner.get(f"{PAGE}?which={which}")
        assert {name for name in ("参与者", "李四", "张晓明") if name in shown} == names, which
    with week.reading() as session:
        group_id = listing.stock_of(session, keeping.find(session, "week").id)[0].group_id
    shown = owner.get(f"{PAGE}?group={group_id}")
    assert "张晓明" in shown
    assert "李四" not in shown


def test_who_has_it_next_is_foreseen_and_comes_true(late: None, owner: Visitor, week: Store) -> None:
    shown = owner.get(f"{PAGE}/1/forfeit")
    assert "由 李四（第 2 名）递补" in shown
    assert states(week) == {1: "awarded", 2: "awarded", 3: "awarded"}
    assert "请写明" in owner.post(f"{PAGE}/1/forfeit", 422, reason=" ")
    shown = owner.post(f"{PAGE}/1/forfeit", reason="逾期未领")
    assert "“保温杯”（张晓明）已作废，由 李四（第 2 名）递补。" in shown
    assert states(week) == {1: "forfeited", 2: "awarded", 3: "awarded", 4: "awarded"}
    assert "由 李四 递补" in owner.get(f"{PAGE}?which=forfeited")
    assert "保温杯 现场奖 名次奖 50 1 49 0" in owner.get(PAGE)


def test_a_drawn_prize_goes_to_the_next_and_an_instant_one_back_into_stock(owner: Visitor, records: Store) -> None:
    make_finished(records)
    frozen = freeze(records)
    with records.transaction() as session:
        held = draws.hold(session, frozen.id, VALUES, "wang", AFTER)
        campaign_id = keeping.find(session, "week").id
        (group_id,) = groups.lay_down(
            session, campaign_id, [PlannedGroup("即时奖", "instant", (PlannedPrize("书签", 5),), collecting="none")]
        )
        terms = awards.terms_of(session, group_id)
        awards.put_on_record(session, terms, [Winner("书签", pseudonym(SALT, 12), 12, attempt_id=12)], AFTER)
    assert "待领取" in owner.get(PAGE)
    assert "不用领取" in owner.get(PAGE)
    lost = held.awards[0].entrant
    assert lost is not None
    owner.get(f"{PAGE}/1/forfeit")
    shown = owner.post(f"{PAGE}/1/forfeit", reason="逾期未领")
    assert f"（参与者{lost[-4:]}）已作废，由 参与者" in shown
    owner.get(f"{PAGE}/5/forfeit")
    assert "已作废，奖品放回库存" in owner.post(f"{PAGE}/5/forfeit", reason="重复账号")
    assert "书签 即时奖 即时抽奖 5 0 5 0" in owner.get(PAGE)


def test_what_was_handed_out_is_not_forfeited(late: None, owner: Visitor, week: Store) -> None:
    owner.get(f"{PAGE}/1/forfeit")
    with week.transaction() as session:
        session.execute(update(tables.Award).where(tables.Award.id == 1).values(redeemed_ms=WON, redeemed_by="desk"))
    assert "已经领走" in owner.post(f"{PAGE}/1/forfeit", 422, reason="逾期未领")
    owner.get(f"{PAGE}/99/forfeit", 404)


def test_all_that_are_overdue_are_forfeited_with_one_reason(late: None, owner: Visitor, week: Store) -> None:
    with week.transaction() as session:
        session.execute(insert(tables.Claim).values(award_id=2, way="post", sealed="", claimed_ms=WON))
    assert "2 个奖过了领取期限" in owner.get(PAGE)
    sent = fields_of(owner.page, "forfeit-overdue")
    assert "请写明作废的原因" in owner.post(f"{PAGE}/forfeit-overdue", 422, **sent)
    shown = owner.post(f"{PAGE}/forfeit-overdue", **{**sent, "reason": "逾期未领"})
    assert shown.count("已作废，") == 2
    assert [states(week)[one] for one in (1, 2, 3)] == ["forfeited", "awarded", "forfeited"]
    assert "刚刚有变化" in owner.post(f"{PAGE}/forfeit-overdue", 409, **{**sent, "reason": "逾期未领"})


def test_the_full_list_is_formula_safe_and_who_takes_it_is_logged(
    owner: Visitor, week: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with week.transaction() as session:
        session.execute(update(tables.Person).where(tables.Person.id == LI).values(name="=1+1"))
    with caplog.at_level(logging.INFO):
        data = owner.client.get(f"{PAGE}.xlsx").data
    (table,) = tables_in(data)
    assert [row.cells[2] for row in table.rows] == [
        "姓名",
        "张晓明",
        "=1+1",
        "参与者" + pseudonym("0" * 64, GUEST)[-4:],
    ]
    assert "<f>" not in zipfile.ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "owner took the full list of 3 awards of campaign week" in caplog.text
    assert "张晓明" not in caplog.text


def test_the_lists_for_the_notice_board_are_masked(owner: Visitor, week: Store) -> None:
    paper = owner.client.get(f"{PAGE}/notice-board?form=docx&period=7月6日至10日&contact=办公室").data
    text = zipfile.ZipFile(BytesIO(paper)).read("word/document.xml").decode()
    assert "张*明" in text
    assert "7月6日至10日" in text
    assert "张晓明" not in text
    (table,) = tables_in(owner.client.get(f"{PAGE}/notice-board?form=xlsx").data)
    assert "张*明" in table.rows[1].cells


def test_who_only_looks_sees_masked_names_and_forfeits_nothing(
    late: None, signed_in: Callable[[Role], Visitor], week: Store
) -> None:
    viewer = signed_in(Role.VIEWER)
    assert "张*明" in viewer.get(PAGE)
    assert "张晓明" not in viewer.page
    assert "作废的原因" not in viewer.page
    viewer.post(f"{PAGE}/1/forfeit", 403, reason="嫉妒")
    viewer.get(f"{PAGE}.xlsx", 403)
    viewer.get(f"{PAGE}/notice-board", 403)
