from __future__ import annotations

from collections.abc import Iterator

import pytest
from award_made import CLAIM_SEAL, GUEST, LI, WON, ZHANG, make_winners, won, won_with_code
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.clock import DAY, HOUR
from campaigns.errors import ClaimRefused, NotFound, Refused
from campaigns.privacy import CLAIMS, Seal
from campaigns.prizes import awards, redeeming
from campaigns.prizes.claims import (
    ClaimCounts,
    ClaimText,
    campaigns_with_awards,
    claim,
    claims_of,
    correct_shipment,
    count_claims,
    ship,
)
from campaigns.store import Store, open_store
from campaigns.tables import Award, Claim

PHONE, ADDRESS = "13800138000", "江苏省苏州市姑苏区人民路 1 号"
LATE = WON + 9 * DAY


def post(session: Session, award_id: int, person_id: int = LI, now: int = WON, **over: str) -> None:
    told = {"way": "post", "name": "李四", "phone": PHONE, "address": ADDRESS, **over}
    claim(session, award_id, person_id, **told, seal=CLAIM_SEAL, now=now)


def refused(session: Session, award_id: int, person_id: int = LI, now: int = WON, **over: str) -> dict[str, str]:
    with pytest.raises(ClaimRefused) as refusal:
        post(session, award_id, person_id, now, **over)
    return refusal.value.faults


@pytest.fixture
def records(sqlite_url: str) -> Iterator[Store]:
    """For tests that are about sentences: one kind of database will do."""
    store = open_store(sqlite_url)
    yield store
    store.close()


def make_lamp(store: Store) -> int:
    """A prize to be posted, and won by person 2."""
    make_winners(store)
    return won(store, LI, "post")


@pytest.fixture
def lamp(records: Store) -> int:
    return make_lamp(records)


def test_a_claim_is_kept_sealed_and_read_by_the_desk(store: Store) -> None:
    lamp = make_lamp(store)
    with store.transaction() as session:
        post(session, lamp, phone="+86 138-0013-8000", name=" 李\t四 ", address=f"\n{ADDRESS}\n")
        told = ClaimText("李 四", PHONE, ADDRESS)
        (line,) = claims_of(session, "week", CLAIM_SEAL)
        assert (line.award_id, line.prize, line.group, line.way, line.text) == (
            lamp,
            "太阳能灯",
            "邮寄奖",
            "post",
            told,
        )
        assert (line.winner, line.unit, line.redeemed_ms) == ("李*", "市财政局", None)
        sealed = session.scalars(select(Claim.sealed)).one()
    for secret in (PHONE, "李", "苏州"):
        assert secret not in sealed


FAULTS = (
    ("name", " \t", "请填写收件人姓名。"),
    ("name", "李" * 51, "姓名最多 50 个字。"),
    ("phone", "", "请填写手机号，快递员要用它联系您。"),
    ("phone", "0512-65100000", "手机号应当是 11 位数字，请核对。"),
    ("address", "苏州", "请填写完整的收件地址：省、市、区县、街道和门牌号。"),
    ("address", "苏" * 201, "地址最多 200 个字，请写短一些。"),
)


def test_every_fault_is_told_in_a_sentence_at_its_field(records: Store, lamp: int) -> None:
    with records.transaction() as session:
        for field, told, sentence in FAULTS:
            assert refused(session, lamp, **{field: told}) == {field: sentence}  # type: ignore[arg-type]
        assert set(refused(session, lamp, name="", phone="", address="")) == {"name", "phone", "address"}, "all at once"
        assert claims_of(session, "week", CLAIM_SEAL) == []


def test_to_collect_a_prize_nothing_needs_to_be_told_and_no_address_is_kept(records: Store, lamp: int) -> None:
    cup = won(records, GUEST)
    with records.transaction() as session:
        post(session, cup, GUEST, way="pickup", name="", phone="")
        assert refused(session, cup, GUEST, way="pickup", phone="1") == {"phone": "手机号应当是 11 位数字，请核对。"}
        (line,) = claims_of(session, "week", CLAIM_SEAL)
    assert line.text == ClaimText()
    assert line.winner.startswith("参与者")


def test_a_prize_is_claimed_the_way_it_is_collected(records: Store, lamp: int) -> None:
    cup = won(records, LI)
    with records.transaction() as session:
        assert "领取方式是到领奖地点领取" in refused(session, cup)["award"]
        assert "领取方式是邮寄" in refused(session, lamp, way="pickup")["award"]
        assert "领取方式是邮寄" in refused(session, lamp, way="carrier pigeon")["award"]


def test_it_may_be_changed_until_it_is_sent(records: Store, lamp: int) -> None:
    with records.transaction() as session:
        post(session, lamp)
        post(session, lamp, now=WON + 1, address="江苏省南京市中山路 2 号")
        (line,) = claims_of(session, "week", CLAIM_SEAL)
        assert line.text == ClaimText("李四", PHONE, "江苏省南京市中山路 2 号")
        ship(session, lamp, "顺丰 SF1", "desk", WON + 2)
        assert "已经发放" in refused(session, lamp)["award"]


def test_nobody_but_the_winner_claims_it_and_whoever_they_turned_out_to_be(records: Store, lamp: int) -> None:
    with records.transaction() as session:
        for award_id, person_id in ((lamp, ZHANG), (999, LI)):
            with pytest.raises(NotFound):
                post(session, award_id, person_id)
        people.merge(session, LI, ZHANG, WON)
        post(session, lamp, ZHANG)


def test_after_the_deadline_it_is_too_late_but_a_claim_made_in_time_may_be_changed(records: Store, lamp: int) -> None:
    other = won(records, ZHANG, "post")
    with records.transaction() as session:
        deadline = session.scalars(select(Award.claim_until_ms).where(Award.id == lamp)).one()
        assert deadline is not None
        assert "过了领奖期限" in refused(session, lamp, now=deadline)["award"]
        post(session, lamp, now=deadline - 1)
        post(session, lamp, now=LATE)
        assert "过了领奖期限" in refused(session, other, ZHANG, now=LATE)["award"]


def test_what_was_forfeited_is_neither_claimed_nor_listed_nor_sent(records: Store, lamp: int) -> None:
    with records.transaction() as session:
        post(session, lamp)
        awards.take_back(session, lamp, "不符合条件", WON)
        assert "已经作废" in refused(session, lamp)["award"]
        assert claims_of(session, "week", CLAIM_SEAL) == []
        with pytest.raises(Refused, match="已经作废（不符合条件），不要寄出"):
            ship(session, lamp, "顺丰 SF1", "desk", WON)


def test_a_prize_is_sent_once_and_the_second_sender_reads_who_sent_it_and_when(store: Store) -> None:
    lamp = make_lamp(store)
    with store.transaction() as session:
        with pytest.raises(Refused, match="没有登记邮寄地址"):
            ship(session, lamp, "顺丰 SF1", "desk", WON)
        post(session, lamp)
        for nothing, sentence in ((" ", "请填写快递公司和单号"), ("单" * 101, "最多 100 个字")):
            with pytest.raises(Refused, match=sentence):
                ship(session, lamp, nothing, "desk", WON)
        with pytest.raises(Refused, match="还没有寄出"):
            correct_shipment(session, lamp, "顺丰 SF1", "chen", WON)
        ship(session, lamp, " 顺丰  SF1\n", "desk", WON + HOUR)
        with pytest.raises(Refused, match="已由 desk 于 2026年7月4日 11:00 寄出（顺丰 SF1），不要再寄"):
            ship(session, lamp, "中通 2", "other", WON + DAY)
        correct_shipment(session, lamp, "顺丰 SF12", "chen", WON)
        (line,) = claims_of(session, "week", CLAIM_SEAL, way="post", waiting=False)
        assert (line.shipment, line.redeemed_by, line.redeemed_ms) == ("顺丰 SF12", "desk", WON + HOUR)
        with pytest.raises(NotFound):
            ship(session, 999, "顺丰 SF1", "desk", WON)


def test_what_was_handed_out_at_the_desk_is_not_sent(records: Store) -> None:
    make_winners(records)
    lamp, code = won_with_code(records, LI, "post")
    with records.transaction() as session:
        post(session, lamp)
    redeeming.redeem(records, "desk", code, WON + HOUR)
    with records.transaction() as session:
        with pytest.raises(Refused, match="已由 desk 于 2026年7月4日 11:00 发放，不要再寄"):
            ship(session, lamp, "顺丰 SF1", "desk", WON)
        with pytest.raises(Refused, match="还没有寄出"):
            correct_shipment(session, lamp, "顺丰 SF1", "chen", WON)


def test_nothing_is_sent_to_an_address_that_was_changed_since_the_list_was_read(records: Store, lamp: int) -> None:
    with records.transaction() as session:
        post(session, lamp)
        post(session, lamp, now=WON + 1)
    with pytest.raises(Refused, match="收件信息在您打开列表以后改过"), records.transaction() as session:
        ship(session, lamp, "顺丰 SF1", "desk", WON + 2, claimed_ms=WON)
    with records.transaction() as session:
        ship(session, lamp, "顺丰 SF1", "desk", WON + 2, claimed_ms=WON + 1)


def test_a_list_is_counted_and_read_in_parts(store: Store) -> None:
    lamp = make_lamp(store)
    other, cup = won(store, ZHANG, "post"), won(store, GUEST)
    with store.transaction() as session:
        assert count_claims(session, "week") == ClaimCounts(waiting=0, done=0, pickup=0, unclaimed=2)
        post(session, lamp)
        post(session, cup, GUEST, now=WON + 1, way="pickup")
        assert count_claims(session, "week") == ClaimCounts(waiting=1, done=0, pickup=1, unclaimed=1)
        post(session, other, ZHANG, now=WON + 2)
        ship(session, lamp, "顺丰 SF1", "desk", WON + 3)
        assert count_claims(session, "week") == ClaimCounts(waiting=1, done=1, pickup=1, unclaimed=0)

        def listed(**asked: object) -> list[int]:
            return [line.award_id for line in claims_of(session, "week", CLAIM_SEAL, **asked)]  # type: ignore[arg-type]

        assert listed() == [lamp, cup, other]
        assert listed(way="post", waiting=True) == [other]
        assert listed(way="pickup") == [cup]
        assert listed(most=1, skipped=1) == [cup]
        assert campaigns_with_awards(session) == [("week", "节能宣传周有奖答题")]


def test_a_claim_that_was_sealed_under_a_lost_secret_is_listed_as_one_that_cannot_be_read(
    records: Store, lamp: int
) -> None:
    with records.transaction() as session:
        post(session, lamp)
        (line,) = claims_of(session, "week", Seal("another secret", CLAIMS))
    assert line.text is None
