from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from campaign_made import CLOSES, EDITION, OPENS, make_campaign
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from campaigns import tables, ticks, units
from campaigns.counting import recount
from campaigns.editions import Edition, Editions, load_edition
from campaigns.people import join_unit
from campaigns.standings import Ranking, sql_top
from campaigns.store import Store
from campaigns.stores import Stores
from campaigns.unit_standings import UnitPlace, UnitRanking, ranked
from campaigns.unit_sums import add_up, outdate_for, read_sums, read_tally

AFTER = CLOSES + 60_000
MEASURES = ("participation", "average", "total", "pass_rate")


def made_tree(store: Store) -> dict[str, int]:
    """A city with two offices, one of them with two departments, and a county beside; by code."""
    with store.transaction() as session:
        return {
            code: units.add(session, code, name, above, level, headcount)
            for code, name, above, level, headcount in (
                ("C1", "苏州市", "", "city", None),
                ("A", "财政局", "C1", "unit", 4),
                ("B", "水务局", "C1", "unit", None),
                ("B1", "办公室", "B", "department", 2),
                ("B2", "工程处", "B", "department", 3),
                ("K", "吴江区", "", "county", 10),
            )
        }


def place_people(store: Store, campaign_id: int, people: Sequence[tuple[int, int | None, int]], now: int) -> None:
    """Persons with one finished attempt each: (id, unit, points)."""
    with store.transaction() as session:
        session.execute(
            insert(tables.Person),
            [{"id": person, "name": "", "unit_id": unit, "created_ms": OPENS} for person, unit, _ in people],
        )
        session.execute(
            insert(tables.Attempt),
            [
                {
                    "campaign_id": campaign_id,
                    "person_id": person,
                    "ordinal": 1,
                    "day": 20260704,
                    "state": "finished",
                    "paper": "1A",
                    "position": 2,
                    "score": points,
                    "begun_ms": OPENS,
                    "shown_ms": OPENS,
                    "finished_ms": now,
                    "used_ms": 1_000 * person,
                }
                for person, _, points in people
            ],
        )
        recount(session, campaign_id, [person for person, _, _ in people], now)


def edition_of(store: Store, campaign_id: int) -> Edition:
    with store.reading() as session:
        return load_edition(session, campaign_id)


def told(places: Sequence[UnitPlace]) -> list[tuple[int | None, str, int | None, int, int]]:
    return [(one.rank, one.code, one.headcount, one.entrants, one.total) for one in places]


@pytest.fixture
def campaign(store: Store) -> int:
    campaign_id = make_campaign(store)
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(pass_points=60))
        session.execute(delete(tables.Unit))
    return campaign_id


@pytest.fixture
def tree(store: Store, campaign: int) -> dict[str, int]:
    del campaign
    return made_tree(store)


@pytest.fixture
def people(store: Store, campaign: int, tree: dict[str, int]) -> None:
    place_people(
        store,
        campaign,
        [
            (1, tree["A"], 80),
            (2, tree["A"], 40),
            (3, tree["B1"], 90),
            (4, tree["B2"], 60),
            (5, tree["B"], 50),
            (6, None, 100),
            (7, tree["B1"], 100),
            (8, tree["C1"], 10),
        ],
        OPENS + 1_000,
    )


@pytest.mark.usefixtures("people")
def test_a_person_counts_once_in_their_unit_and_in_all_above(store: Store, campaign: int, tree: dict[str, int]) -> None:
    edition = edition_of(store, campaign)
    ranking = UnitRanking(store)
    assert told(ranking.table(edition, now=AFTER)) == [
        (1, "C1", 9, 7, 430),
        (None, "K", 10, 0, 0),
    ]
    assert told(ranking.table(edition, tree["C1"], now=AFTER)) == [(1, "B", 5, 4, 300), (2, "A", 4, 2, 120)]
    assert told(ranking.table(edition, tree["B"], now=AFTER)) == [(1, "B1", 2, 2, 190), (2, "B2", 3, 1, 60)]
    assert ranking.table(edition, tree["B1"], now=AFTER) == ()
    city = ranking.table(edition, now=AFTER)[0]
    assert (city.rate, city.passed, city.average) == (7 / 9, 4, 430 / 7)


@pytest.mark.usefixtures("people")
def test_all_of_a_level_are_ranked_together_or_below_one(store: Store, campaign: int, tree: dict[str, int]) -> None:
    edition, ranking = edition_of(store, campaign), UnitRanking(store)
    assert [one.code for one in ranking.table(edition, None, "unit", now=AFTER)] == ["B", "A"]
    assert [one.code for one in ranking.table(edition, tree["C1"], "department", now=AFTER)] == ["B1", "B2"]
    assert ranking.table(edition, tree["K"], "department", now=AFTER) == ()


@pytest.mark.usefixtures("people")
def test_a_department_is_told_the_place_of_its_unit(store: Store, campaign: int, tree: dict[str, int]) -> None:
    edition, ranking = edition_of(store, campaign), UnitRanking(store)
    for code in ("B", "B1", "B2"):
        place = ranking.place(edition, tree[code], AFTER)
        assert place is not None
        assert (place.rank, place.code) == (1, "B")
    assert ranking.place(edition, 10_000, AFTER) is None


@pytest.mark.usefixtures("people")
def test_a_campaign_for_some_units_ranks_those(store: Store, campaign: int, tree: dict[str, int]) -> None:
    with store.transaction() as session:
        rows = [{"campaign_id": campaign, "unit_id": tree[code]} for code in ("B", "B1", "K")]
        session.execute(insert(tables.CampaignUnit), rows)
    edition, ranking = edition_of(store, campaign), UnitRanking(store)
    assert [one.code for one in ranking.table(edition, now=AFTER)] == ["B", "K"]
    assert ranking.place(edition, tree["A"], AFTER) is None
    assert ranking.table(edition, tree["C1"], now=AFTER) == ranking.table(edition, tree["C1"], "unit", now=AFTER) == ()


@pytest.mark.usefixtures("people")
def test_more_entrants_than_people_are_shown_and_count_as_all(
    store: Store, campaign: int, tree: dict[str, int]
) -> None:
    with store.transaction() as session:
        session.execute(update(tables.Unit).where(tables.Unit.code == "B1").values(headcount=1))
    first = UnitRanking(store).table(edition_of(store, campaign), tree["B"], now=AFTER)[0]
    assert (first.code, first.entrants, first.headcount, first.rate, first.is_over) == ("B1", 2, 1, 1.0, True)


@pytest.mark.usefixtures("people")
def test_a_headcount_of_a_part_is_no_headcount(store: Store, campaign: int, tree: dict[str, int]) -> None:
    with store.transaction() as session:
        session.execute(update(tables.Unit).where(tables.Unit.code == "B2").values(headcount=None))
    table = UnitRanking(store).table(edition_of(store, campaign), tree["C1"], now=AFTER)
    assert told(table) == [(1, "A", 4, 2, 120), (None, "B", None, 4, 300)]


@pytest.mark.usefixtures("people")
def test_what_changes_after_the_close_is_shown_at_once(store: Store, campaign: int, tree: dict[str, int]) -> None:
    edition, ranking = edition_of(store, campaign), UnitRanking(store)
    assert ranking.table(edition, None, "unit", now=AFTER)[0].total == 300
    place_people(store, campaign, [(9, tree["B"], 70)], OPENS + 2_000)  # a transaction that took its time
    assert ranking.table(edition, None, "unit", now=AFTER)[0].total == 370
    with store.transaction() as session:
        session.execute(update(tables.Person).where(tables.Person.id == 9).values(unit_id=tree["A"]))
        outdate_for(session, [9])
    assert ranking.table(edition, None, "unit", now=AFTER)[0].total == 300
    with store.transaction() as session:
        session.execute(update(tables.Attempt).where(tables.Attempt.person_id == 9).values(state="superseded"))
        recount(session, campaign, [9], OPENS + 3_000)
    assert sum(one.total for one in ranking.table(edition, None, "unit", now=AFTER)) == 420
    assert UnitRanking(store).table(edition, now=AFTER) == ranking.table(edition, now=AFTER)


@pytest.mark.usefixtures("people")
def test_while_it_is_open_the_worker_adds_up_and_readers_take_what_it_made(
    store: Store, campaign: int, tree: dict[str, int]
) -> None:
    edition, stores = edition_of(store, campaign), Stores(store, Ranking(store, None), Editions())
    now = OPENS + 30_000
    assert ticks.refresh_units(stores, now) == 1
    assert ticks.refresh_units(stores, now + 1_000) == 0, "nothing changed"
    assert stores.units.table(edition, None, "unit", now=now)[0].total == 300
    place_people(store, campaign, [(9, tree["B"], 70)], now + 1_000)
    assert ticks.refresh_units(stores, now + 2_100) == 1
    assert stores.units.table(edition, None, "unit", now=now + 900)[0].total == 300, "what was read is kept a second"
    assert stores.units.table(edition, None, "unit", now=now + 2_100)[0].total == 370


@pytest.mark.usefixtures("people")
def test_without_a_worker_readers_are_less_than_five_seconds_behind(
    store: Store, campaign: int, tree: dict[str, int]
) -> None:
    edition, ranking = edition_of(store, campaign), UnitRanking(store)
    now = OPENS + 30_000
    assert ranking.table(edition, None, "unit", now=now)[0].total == 300
    place_people(store, campaign, [(9, tree["B"], 70)], now + 1)
    assert ranking.table(edition, None, "unit", now=now + 4_999)[0].total == 370


@pytest.mark.usefixtures("people")
def test_what_is_outdated_while_it_is_added_up_is_added_up_again(
    store: Store, campaign: int, tree: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    edition, ranking = edition_of(store, campaign), UnitRanking(store)

    def add_up_and_be_overtaken(session: object, campaign_id: int) -> object:
        monkeypatch.undo()
        found = add_up(session, campaign_id)  # type: ignore[arg-type]
        with store.transaction() as other:
            other.execute(update(tables.Person).where(tables.Person.id == 1).values(unit_id=tree["B"]))
            outdate_for(other, [1])
        return found

    monkeypatch.setattr("campaigns.unit_standings.add_up", add_up_and_be_overtaken)
    ranking.table(edition, now=AFTER)
    assert ranking.table(edition, None, "unit", now=AFTER)[0].total == 380
    assert UnitRanking(store).table(edition, None, "unit", now=AFTER)[0].total == 380


@pytest.mark.usefixtures("people")
def test_who_joins_another_unit_after_the_close_counts_there(store: Store, campaign: int, tree: dict[str, int]) -> None:
    edition, ranking = edition_of(store, campaign), UnitRanking(store)
    later = AFTER + 60_000
    assert [one.total for one in ranking.table(edition, tree["C1"], now=later)] == [300, 120]
    with store.transaction() as session:
        join_unit(session, 1, "B")
    assert [one.total for one in ranking.table(edition, tree["C1"], now=later)] == [380, 40]


@pytest.mark.usefixtures("people")
def test_persons_are_ranked_within_a_unit_too(store: Store, campaign: int, tree: dict[str, int]) -> None:
    with store.reading() as session:
        assert [(one.rank, one.person_id) for one in sql_top(session, campaign, 9, tree["B"])] == [
            (1, 7),
            (2, 3),
            (3, 4),
            (4, 5),
        ]
        assert [one.person_id for one in sql_top(session, campaign, 9, tree["B1"])] == [7, 3]


@pytest.mark.parametrize("seed", range(3))
def test_the_stored_sums_are_what_counting_by_hand_gives(store: Store, campaign: int, seed: int) -> None:
    random = Random(seed)
    parents: dict[int, int | None] = {}
    with store.transaction() as session:
        codes: list[str] = []
        for number in range(40):
            above = random.choice(["", *codes])
            unit_id = units.add(session, f"T{number}", f"单位{number}", above)
            parents[unit_id] = session.scalar(select(tables.Unit.parent_id).where(tables.Unit.id == unit_id))
            codes.append(f"T{number}")
    some = [(n, random.choice([None, *parents]), random.randrange(0, 110, 10)) for n in range(1, 300)]
    place_people(store, campaign, some, OPENS + 1_000)
    by_hand: dict[int, list[int]] = {}
    for _, unit_id, points in some:
        at = unit_id
        while at is not None:
            one = by_hand.setdefault(at, [0, 0, 0])
            by_hand[at] = [one[0] + 1, one[1] + points, one[2] + (points >= 60)]
            at = parents[at]

    UnitRanking(store).refresh(campaign, AFTER)
    with store.reading() as session:
        stored = read_sums(session, campaign)
        assert read_tally(session, campaign).is_settled
    assert {unit_id: list(sums) for unit_id, sums in stored.items()} == by_hand


# --- the published order ---------------------------------------------------------------------------------------------

figures = st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(0, 4).map(lambda n: 10 * n), st.integers(0, 5))


def made_place(number: int, headcount: int, entrants: int, points: int, passed: int) -> UnitPlace:
    total, passed = points * entrants, min(passed, entrants)
    return UnitPlace(
        rank=None,
        unit_id=number,
        code=f"U{number:02d}",
        name="",
        headcount=headcount or None,
        entrants=entrants,
        rate=min(1.0, entrants / headcount) if headcount else None,
        average=total / entrants if entrants else None,
        total=total,
        passed=passed,
        pass_rate=passed / entrants if entrants else None,
    )


@given(st.lists(figures, max_size=12), st.sampled_from(MEASURES), st.integers(0, 4), st.randoms())
def test_the_order_is_whole_and_does_not_depend_on_how_units_are_read(
    rows: list[tuple[int, int, int, int]], measure: str, least: int, random: Random
) -> None:
    edition = replace(EDITION, unit_ranking=measure, least_headcount=least)
    places = [made_place(number, *row) for number, row in enumerate(rows)]
    found = ranked(random.sample(places, len(places)), edition)
    assert found == ranked(places, edition)
    assert sorted(one.unit_id for one in found) == list(range(len(rows)))
    with_rank = [one for one in found if one.rank is not None]
    assert [one.rank for one in with_rank] == list(range(1, len(with_rank) + 1))
    for one in found:
        told_enough = one.headcount is not None or (measure != "participation" and least == 0)
        assert (one.rank is not None) == (one.entrants > 0 and told_enough and (one.headcount or least) >= least)
    value = {
        "participation": lambda one: one.rate or 0,
        "average": lambda one: one.average or 0,
        "total": lambda one: one.total,
        "pass_rate": lambda one: one.pass_rate or 0,
    }
    for better, worse in pairwise(with_rank):
        keys = [
            tuple(value[name](one) for name in (measure, "participation", "average", "pass_rate"))
            for one in (better, worse)
        ]
        assert keys[0] > keys[1] or (keys[0] == keys[1] and better.code < worse.code)
