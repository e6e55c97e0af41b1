"""What of prizes cannot be, and what would go wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keeping_made import NOW, PLAN, bring, check, create

from campaigns import tables, units
from campaigns.clock import DAY, HOUR
from campaigns.errors import PlanRefused
from campaigns.keeping import settled
from campaigns.keeping.plans import faults
from campaigns.keeping.prize_files import odds_text, read_odds
from campaigns.prizes.rules import MILLION, PlannedGroup, PlannedPrize, Release, TicketRule
from campaigns.store import Store, open_store

CUP = PlannedPrize("保温杯", 3)
RANK = PlannedGroup("前三名", "rank", (CUP,), place="二楼")
DRAW = PlannedGroup("幸运奖", "draw", (CUP,), place="二楼")
LOT = PlannedGroup("当场开奖", "instant", (replace(CUP, odds_ppm=10_000),), collecting="none")
PASSED = PlannedGroup("证书", "passed")


def wrong(*groups: PlannedGroup, **changes: Any) -> set[str]:
    """What is told to be wrong with a plan of these groups."""
    return set(faults(settled(replace(PLAN, prize_groups=groups, **changes))))


def lot(stock: int = 3, odds_ppm: int = 1, releases: tuple[Release, ...] = ()) -> PlannedGroup:
    return replace(LOT, prizes=(PlannedPrize("伞", stock, odds_ppm, releases),))


def test_a_group_of_each_kind_can_be() -> None:
    assert wrong(RANK, DRAW, LOT, PASSED) == set()


@pytest.mark.parametrize(
    ("group", "key"),
    [
        (replace(RANK, name=" "), "name"),
        (replace(RANK, name="奖" * 101), "name"),
        (replace(RANK, name="奖\x00"), "name"),
        (replace(RANK, kind="gift"), "kind"),
        (replace(RANK, prizes=()), "prize"),
        (replace(RANK, prizes=tuple(PlannedPrize(str(n), 1) for n in range(51))), "prize"),
        (replace(RANK, least_points=-1), "least_points"),
        (replace(DRAW, least_points=10), "least_points"),
        (replace(RANK, unit_quota=0), "unit_quota"),
        (replace(RANK, ties="luck"), "ties"),
        (replace(DRAW, ties="points"), "ties"),
        (replace(RANK, collecting="drone"), "collecting"),
        (replace(RANK, place="楼" * 501), "place"),
        (replace(RANK, place="楼\x00"), "place"),
        (replace(RANK, claim_days=0), "claim_days"),
        (replace(RANK, claim_days=366), "claim_days"),
        (replace(PASSED, prizes=(CUP,)), "prize"),
        (replace(PASSED, unit_quota=1), "unit_quota"),
        (replace(PASSED, claim_days=1), "claim_days"),
        (replace(PASSED, collecting="post"), "collecting"),
        (replace(PASSED, place="二楼"), "collecting"),
        (replace(RANK, prizes=(CUP, PlannedPrize(" 保温杯", 1))), "prize.2.name"),
        (replace(RANK, prizes=(PlannedPrize("", 1),)), "prize.1.name"),
        (replace(RANK, prizes=(PlannedPrize("杯", 0),)), "prize.1.stock"),
        (replace(RANK, prizes=(PlannedPrize("杯", 100_001),)), "prize.1.stock"),
        (replace(DRAW, prizes=(PlannedPrize("杯", 100_000), PlannedPrize("伞", 1))), "prize"),
        (replace(RANK, prizes=(PlannedPrize("杯", 1, 5),)), "prize.1.odds"),
        (replace(RANK, prizes=(PlannedPrize("杯", 1, 0, (Release(NOW, 1),)),)), "prize.1.releases"),
        (lot(odds_ppm=0), "prize.1.odds"),
        (lot(odds_ppm=MILLION + 1), "prize.1.odds"),
        (lot(releases=(Release(NOW, 2),)), "prize.1.releases"),
        (lot(releases=(Release(NOW, 4), Release(NOW, -1))), "prize.1.releases"),
        (lot(releases=(Release(NOW - 1, 3),)), "prize.1.releases"),
        (lot(releases=(Release(NOW + 7 * DAY, 3),)), "prize.1.releases"),
    ],
)
def test_what_cannot_be_of_a_group_is_told(group: PlannedGroup, key: str) -> None:
    assert wrong(PASSED if group.kind != "passed" else RANK, group) == {f"prize_group.2.{key}"}


def test_what_cannot_be_of_all_groups_is_told() -> None:
    assert wrong(RANK, replace(DRAW, name="前三名")) == {"prize_group.2.name"}
    assert wrong(PASSED, replace(PASSED, name="又一个")) == {"prize_group.2.kind"}
    assert wrong(RANK, mode="practice") == {"prize_group"}
    assert wrong(*(replace(RANK, name=str(n)) for n in range(51))) == {"prize_group"}


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        (TicketRule(base=0), "base"),
        (TicketRule(base=1_001), "base"),
        (TicketRule(per_points=-1), "per_points"),
        (TicketRule(per_day=1_001), "per_day"),
        (TicketRule(most=1_001), "most"),
        (TicketRule(base=3, most=2), "most"),
    ],
)
def test_what_cannot_be_of_tickets_is_told(rule: TicketRule, key: str) -> None:
    assert wrong(tickets=rule) == {f"tickets.{key}"}


def test_what_is_kept_of_a_group_is_tidy() -> None:
    releases = (Release(NOW + HOUR, 1), Release(NOW, 2))
    (group, passed) = settled(
        replace(
            PLAN,
            prize_groups=(
                replace(lot(releases=releases), name=" 当场\u3000开奖 ", place="一楼\r\n二楼 "),
                PASSED,
            ),
        )
    ).prize_groups
    assert (group.name, group.place) == ("当场 开奖", "一楼\n二楼")
    assert [release.count for release in group.prizes[0].releases] == [2, 1]
    assert passed.collecting == "none"


@given(st.integers(0, MILLION))
def test_a_chance_is_written_so_that_it_is_read_again(ppm: int) -> None:
    assert read_odds(odds_text(ppm)) == ppm


@pytest.mark.parametrize(("text", "ppm"), [("2.5%", 25_000), (" 100 ％", MILLION), ("0.0001%", 1), ("２%", 20_000)])
def test_a_chance_is_read_as_people_write_it(text: str, ppm: int) -> None:
    assert read_odds(text) == ppm


@pytest.mark.parametrize("text", ["", "2.5", "%", "-1%", "0.00001%", "1e3%", "半"])
def test_what_is_no_chance_is_none(text: str) -> None:
    assert read_odds(text) is None


def test_a_campaign_with_prizes_that_cannot_be_is_not_laid_down(sqlite: Store) -> None:
    bring(sqlite)
    with pytest.raises(PlanRefused, match="还没有奖品"):
        create(sqlite, replace(PLAN, prize_groups=(replace(RANK, prizes=()),)))


# --- what would go wrong -----------------------------------------------------------------------------------------


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    yield store
    store.close()


def found(store: Store, *groups: PlannedGroup, **changes: Any) -> list[tuple[str, str]]:
    """Severity and sentence of what is found about a plan of these groups, of a paper of 30 points."""
    bring(store)
    create(store, replace(PLAN, **{"two_person": True, "attempts_per_day": 1, "prize_groups": groups, **changes}))
    return [(one.severity, one.sentence) for one in check(store)]


def test_there_is_nothing_to_say_about_prizes_that_are_well(sqlite: Store) -> None:
    assert found(sqlite, replace(RANK, least_points=30), DRAW, LOT, replace(PASSED, least_points=20)) == []


ONE_DAY = {"closes_ms": NOW + 8 * HOUR, "attempts_per_day": None, "attempts_in_all": 1}


@pytest.mark.parametrize(
    ("group", "changes", "severity", "sentence"),
    [
        (replace(RANK, least_points=31), {}, "error", "满分只有 30 分"),
        (replace(LOT, least_points=31), {"counts": "sum"}, "error", "一份试卷只有 30 分"),
        (replace(RANK, place=""), {}, "warning", "没有写地点"),
        (PASSED, {}, "warning", "答完的人都有证书"),
        (DRAW, {"two_person": False}, "warning", "开奖只要一个人"),
        (LOT, {"attempts_per_day": None}, "warning", "次数不限"),
        (RANK, {"closes_ms": None}, "warning", "没有结束时间"),
        (lot(releases=(Release(NOW + 12 * HOUR, 3),)), {"hours": (540, 1020)}, "warning", "不在答题时段里"),
        (lot(releases=(Release(NOW + 7 * DAY - 1, 3),)), {"hours": (600, 1020)}, "error", "此后没有人能答题"),
        (DRAW, {"tickets": TicketRule(per_day=1), **ONE_DAY}, "warning", "只有一天可以答"),
        (DRAW, {"tickets": TicketRule(per_points=11), "draw_points": 20}, "warning", "多 10 分，谁也加不到"),
        (DRAW, {"tickets": TicketRule(base=994, per_day=1)}, "error", "最多能有 1001 张"),
    ],
)  # fmt: skip
def test_what_would_go_wrong_with_prizes_is_found(
    sqlite: Store, group: PlannedGroup, changes: dict[str, Any], severity: str, sentence: str
) -> None:
    ((told, said),) = found(sqlite, group, **changes)
    assert told == severity
    assert sentence in said


@pytest.mark.parametrize(
    ("wins", "groups", "told"),
    [
        ("campaign", (RANK, DRAW), ["一共 6 份"]),
        ("group", (RANK, replace(DRAW, prizes=(PlannedPrize("杯", 6),))), ["“幸运奖”有 6 份"]),
        ("any", (lot(stock=6),), []),
    ],
)
def test_more_prizes_than_people_on_the_roster_are_told(
    sqlite: Store, wins: str, groups: tuple[PlannedGroup, ...], told: list[str]
) -> None:
    with sqlite.transaction() as session:
        unit_id = units.add(session, "U01", "财政局", headcount=5)
        session.add_all(tables.Person(name=f"甲{n}", unit_id=unit_id, rostered=True, created_ms=NOW) for n in range(5))
    said = [sentence for _, sentence in found(sqlite, *groups, wins=wins, admission="roster")]
    assert len(said) == len(told)
    assert all(part in sentence for part, sentence in zip(told, said, strict=True))


@pytest.mark.parametrize(("headcounts", "told"), [((2, 3), 1), ((3, 3), 0), ((2, None), 0)])
def test_more_prizes_than_people_of_the_units_are_told_where_all_have_said(
    sqlite: Store, headcounts: tuple[int | None, ...], told: int
) -> None:
    with sqlite.transaction() as session:
        units.add(session, "U", "市", headcount=99)
        for number, headcount in enumerate(headcounts):
            units.add(session, f"U{number}", f"第 {number} 局", "U", headcount=headcount)
        units.add(session, "U0D", "办公室", "U0", "department", headcount=1)
    said = [sentence for _, sentence in found(sqlite, RANK, DRAW, admission="unit", unit_ranking="average")]
    assert ["而能参加的只有 5 人" in sentence for sentence in said] == [True] * told
