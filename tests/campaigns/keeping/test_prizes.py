"""Prizes that come after publishing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import draw_made
import pytest
from keeping_made import NOW, PLAN, bring, campaign, create, publish, published
from sqlalchemy import insert, select, update

from campaigns import keeping, tables
from campaigns.clock import DAY, HOUR
from campaigns.errors import Moved, NotFound, PlanRefused, Refused
from campaigns.keeping import What
from campaigns.prizes.rules import PlannedGroup, PlannedPrize, Release
from campaigns.store import Store, open_store

RANK = PlannedGroup("前三名", "rank", (PlannedPrize("保温杯", 3),), place="二楼")
DRAW = PlannedGroup("幸运奖", "draw", (PlannedPrize("一等奖", 1), PlannedPrize("二等奖", 9)), collecting="post")
LOT = PlannedGroup(
    "当场开奖", "instant", (PlannedPrize("雨伞", 2, 10_000, (Release(NOW, 2),)),), collecting="none"
)  # fmt: skip
LATER = NOW + HOUR


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Store]:
    """What is refused is decided in Python; what is written, and in turn, is tested on both databases."""
    store = open_store(sqlite_url)
    yield store
    store.close()


def add(store: Store, *groups: PlannedGroup, now: int = LATER, version: int | None = None) -> None:
    with store.transaction() as session:
        keeping.add_prizes(session, "week", groups, "王敏", now, "多方赞助", version)


def more(store: Store, group: str, prize: str, count: int, now: int = LATER) -> None:
    with store.transaction() as session:
        keeping.raise_stock(session, "week", group, prize, count, "王敏", now, "多方赞助")


def offered(store: Store) -> dict[str, int]:
    with store.reading() as session:
        return {row.name: row.stock for row in session.execute(select(tables.Prize.name, tables.Prize.stock))}


def changes(store: Store) -> list[tuple[str, str, str]]:
    """What participants read of what was done, the latest first."""
    with store.reading() as session:
        found = keeping.changes_of(session, keeping.find(session, "week").id, public=True)
    return [(one.sentence, one.note, one.by) for one in found]


def set_state(store: Store, **columns: object) -> None:
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(**columns))


def freeze(store: Store, group: str) -> None:
    """As far as it concerns a group: its draw is there."""
    with store.transaction() as session:
        found = session.scalars(select(tables.PrizeGroup).where(tables.PrizeGroup.name == group)).one()
        session.execute(
            insert(tables.Draw).values(
                id="C1-D1", campaign_id=found.campaign_id, group_id=found.id, ordinal=1, state="frozen", entrants=b"",
                list_hash="", announcement={}, reason="", frozen_ms=NOW, frozen_by="", confirmed_by="",
            )
        )  # fmt: skip


def test_groups_are_added_behind_those_that_there_are_and_shown(store: Store) -> None:
    published(store, prize_groups=(RANK,))
    add(store, DRAW, replace(LOT, name=" 当场 开奖"))
    with store.reading() as session:
        plan = keeping.plan_of(session, "week")
    assert plan.prize_groups == (RANK, DRAW, replace(LOT, name="当场 开奖"))
    assert campaign(store).version == 3
    said = "新增奖项：幸运奖（一等奖 1 份、二等奖 9 份）；当场 开奖（雨伞 2 份）"
    assert changes(store) == [(said, "多方赞助", "王敏")]


def test_certificates_are_added_without_prizes(sqlite: Store) -> None:
    published(sqlite)
    add(sqlite, PlannedGroup("证书", "passed"))
    assert changes(sqlite)[0][0] == "新增奖项：证书"


def test_what_cannot_be_of_added_groups_is_told_of_them_alone(sqlite: Store) -> None:
    published(sqlite, prize_groups=(RANK, PlannedGroup("证书", "passed")))
    wrong = (RANK, replace(DRAW, prizes=()), PlannedGroup("又一张", "passed"))
    with pytest.raises(PlanRefused) as refused:
        add(sqlite, *wrong)
    assert set(refused.value.faults) == {"prize_group.1.name", "prize_group.2.prize", "prize_group.3.kind"}
    assert changes(sqlite) == []


def test_of_a_prize_there_may_be_more(store: Store) -> None:
    published(store, prize_groups=(DRAW, LOT))
    more(store, "幸运奖", "二等奖", 5)
    more(store, "当场开奖", "雨伞", 8)
    assert offered(store) == {"一等奖": 1, "二等奖": 14, "雨伞": 10}
    assert [said for said, _, _ in changes(store)] == [
        "增加奖品：当场开奖（雨伞 8 份）",
        "增加奖品：幸运奖（二等奖 5 份）",
    ]
    with store.reading() as session:
        lots = keeping.plan_of(session, "week").prize_groups[1].prizes[0].releases
    assert lots == (Release(NOW, 2), Release(LATER, 8))


def test_more_of_what_is_not_yet_played_for_is_released_at_the_opening(sqlite: Store) -> None:
    published(sqlite, prize_groups=(LOT,))
    more(sqlite, "当场开奖", "雨伞", 8, now=NOW - DAY)
    with sqlite.reading() as session:
        keeping.copy(session, "week", "next", "salt", NOW)
        assert keeping.plan_of(session, "next").prize_groups[0].prizes[0].stock == 10


@pytest.mark.parametrize(("count", "prize"), [(0, "二等奖"), (-1, "二等奖"), (99_991, "二等奖"), (100_000, "一等奖")])
def test_there_are_never_fewer_of_a_prize_nor_more_than_a_list_holds(sqlite: Store, count: int, prize: str) -> None:
    published(sqlite, prize_groups=(DRAW,))
    with pytest.raises(Refused, match="至少 1 份"):
        more(sqlite, "幸运奖", prize, count)
    assert offered(sqlite)["二等奖"] == 9


def test_what_does_not_exist_is_told(sqlite: Store) -> None:
    published(sqlite, prize_groups=(DRAW,))
    for group, prize in (("特别奖", "一等奖"), ("幸运奖", "三等奖")):
        with pytest.raises(NotFound, match="核对名称"):
            more(sqlite, group, prize, 1)
    with pytest.raises(Refused, match="至少写一组"):
        add(sqlite)
    with pytest.raises(Refused, match="最多 500 个字"), sqlite.transaction() as session:
        keeping.add_prizes(session, "week", [RANK], "", LATER, "长" * 501)


def test_of_a_draft_prizes_are_planned(sqlite: Store) -> None:
    bring(sqlite)
    create(sqlite, replace(PLAN, prize_groups=(DRAW,)))
    for deed in (lambda: add(sqlite, RANK), lambda: more(sqlite, "幸运奖", "一等奖", 1)):
        with pytest.raises(Refused, match="还是草稿"):
            deed()


def test_of_what_is_archived_nothing_is_offered_any_more(sqlite: Store) -> None:
    published(sqlite, prize_groups=(DRAW,))
    set_state(sqlite, state="archived")
    for deed in (lambda: add(sqlite, RANK), lambda: more(sqlite, "幸运奖", "一等奖", 1)):
        with pytest.raises(Refused, match="已经归档"):
            deed()


def test_a_group_whose_list_is_frozen_stays_as_it_was_announced(store: Store) -> None:
    published(store, prize_groups=(DRAW, RANK))
    freeze(store, "幸运奖")
    with pytest.raises(Refused, match="名单已经冻结"):
        more(store, "幸运奖", "一等奖", 1)
    more(store, "前三名", "保温杯", 1)
    assert offered(store) == {"一等奖": 1, "二等奖": 9, "保温杯": 4}


def test_ranks_that_are_settled_stay_as_they_are(sqlite: Store) -> None:
    published(sqlite, prize_groups=(RANK,))
    set_state(sqlite, state="closed")
    more(sqlite, "前三名", "保温杯", 1)  # one more for who is level at the last place
    with sqlite.transaction() as session:
        session.execute(update(tables.PrizeGroup).values(settled_ms=LATER))
    with pytest.raises(Refused, match="名次已经定了"):
        more(sqlite, "前三名", "保温杯", 1)
    assert offered(sqlite) == {"保温杯": 4}


@pytest.mark.parametrize("closed", [{"state": "closed"}, {"closes_ms": LATER}])
def test_once_nobody_plays_there_is_no_more_to_be_won_at_once(sqlite: Store, closed: dict[str, object]) -> None:
    published(sqlite, prize_groups=(LOT,))
    set_state(sqlite, **closed)
    for deed in (lambda: add(sqlite, replace(LOT, name="又一次")), lambda: more(sqlite, "当场开奖", "雨伞", 1)):
        with pytest.raises(Refused, match="不会再有人答题"):
            deed()
    add(sqlite, DRAW)


def test_of_two_who_add_to_a_campaign_the_second_looks_again(sqlite: Store) -> None:
    published(sqlite)
    seen = campaign(sqlite).version
    add(sqlite, RANK, version=seen)
    with pytest.raises(Moved, match="被别人改过"):
        add(sqlite, DRAW, version=seen)


@pytest.mark.race
def test_of_stock_that_is_raised_at_once_nothing_is_lost(store: Store, repeats: int) -> None:
    bring(store)
    create(store, replace(PLAN, prize_groups=(LOT,)))
    publish(store)

    done = 4 * repeats
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: more(store, "当场开奖", "雨伞", 1), range(done)))
    assert offered(store) == {"雨伞": 2 + done}
    with store.reading() as session:
        (prize,) = session.scalars(select(tables.Prize))
        assert sum(count for _, count in prize.releases) == prize.stock
        assert sum(one.what is What.STOCK_RAISED for one in keeping.changes_of(session, 1)) == done


@pytest.mark.race
def test_a_list_that_is_frozen_while_stock_is_raised_says_how_many_there_are(store: Store, repeats: int) -> None:
    groups = [replace(DRAW, name=f"第 {n} 天") for n in range(repeats)]
    draw_made.make_finished(store, prize_groups=tuple(groups))

    def raise_it(group: str) -> None:
        with suppress(Refused):
            more(store, group, "一等奖", 5, draw_made.AFTER)

    with ThreadPoolExecutor(2) as pool:
        for group in groups:
            raising = pool.submit(raise_it, group.name)
            frozen = pool.submit(draw_made.freeze, store, prizes=(), group=group.name, reason="分组抽")
            raising.result()
            announced = {prize.name: prize.count for prize in frozen.result().announcement.prizes}
            with store.reading() as session:
                prize, offer = tables.Prize, tables.PrizeGroup
                rows = session.execute(
                    select(prize.name, prize.stock)
                    .join(offer, offer.id == prize.group_id)
                    .where(offer.name == group.name)
                )
                assert {row.name: row.stock for row in rows} == announced
            with store.transaction() as session:  # the next one waits for this one otherwise
                session.execute(update(tables.Draw).values(state="held", seed="0" * 64, held_ms=draw_made.AFTER))
