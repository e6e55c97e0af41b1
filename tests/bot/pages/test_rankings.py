"""Who is first: persons and units, with names that give nobody away."""

from __future__ import annotations

from dataclasses import replace

from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from phone import Phone

from campaigns import tables, units
from campaigns.store import Store

HOUR = 3_600_000


def make_people(store: Store, campaign_id: int, unit_id: int, count: int, points: int) -> None:
    """So many persons of a unit with a standing."""
    with store.transaction() as session:
        for number in range(count):
            person = tables.Person(name=f"王{number}明", unit_id=unit_id, created_ms=OPENS)
            session.add(person)
            session.flush()
            done = {"used_ms": 60_000 + number, "finished_ms": OPENS + HOUR}
            attempt = tables.Attempt(
                campaign_id=campaign_id, person_id=person.id, ordinal=1, day=20260704, state="finished", paper="[]",
                position=5, score=points, begun_ms=OPENS, shown_ms=OPENS, **done,
            )  # fmt: skip
            session.add(attempt)
            session.flush()
            session.add(
                tables.Standing(
                    campaign_id=campaign_id, person_id=person.id, attempt_id=attempt.id, points=points, version=1,
                    changed_ms=OPENS + HOUR, **done,
                )
            )  # fmt: skip


def make_tree(store: Store) -> tuple[int, int]:
    """A city with two offices; gives the ids of these."""
    with store.transaction() as session:
        units.add(session, "C", "苏州市", level="city", headcount=20)
        return units.add(session, "C-1", "姑苏区", "C", headcount=10), units.add(
            session, "C-2", "虎丘区", "C", headcount=4
        )


def test_the_first_hundred_are_listed_and_ones_own_place_is_told(phone: Phone, campaign: int, store: Store) -> None:
    office, _ = make_tree(store)
    make_people(store, campaign, office, 101, 50)
    page = phone.begin("/q/week")
    for fields in ({"option": "C"}, {"option": "B"}, {"option": "A"}, {"blank": "1"}):
        page = phone.submit(page.form, **fields)  # type: ignore[arg-type]
    ranking = phone.open("/q/week/rankings")
    assert "前 100 名，共 102 人上榜" in ranking.text
    assert "我的名次 第 102 名（共 102 人）" in ranking.text
    assert "1 王*明 姑苏区 50分" in ranking.text
    assert "王0明" not in ranking.text
    assert "得分高的在前；得分相同，用时短的在前" in ranking.text


def test_units_are_ranked_down_the_tree_by_the_published_rule(
    phone: Phone, campaign: int, store: Store, clock: object
) -> None:
    first, second = make_tree(store)
    make_people(store, campaign, first, 5, 40)
    make_people(store, campaign, second, 3, 20)
    clock.now = CLOSES
    top = phone.open("/q/week/rankings/units")
    assert "1 苏州市 平均分 32.5 · 参与 8/20 40.0%" in top.text
    assert "先比参与率，再比平均分，再比合格率；都相同的，按单位代码。" in top.text
    below = phone.open("/q/week/rankings/units?of=C")
    assert "1 虎丘区 平均分 20.0 · 参与 3/4 75.0%" in below.text
    assert "2 姑苏区 平均分 40.0 · 参与 5/10 50.0%" in below.text
    assert phone.open("/q/week/rankings/units?of=nowhere").status == 404


def test_ones_own_unit_is_marked_at_every_level(phone: Phone, store: Store, campaign: int) -> None:
    make_tree(store)
    phone.open("/q/week?u=C-1")
    phone.begin("/q/week?u=C-1")
    assert "苏州市 本单位" in phone.open("/q/week/rankings/units").text
    assert "姑苏区 本单位" in phone.open("/q/week/rankings/units?of=C").text


def test_a_measure_of_its_own_is_shown_first(phone: Phone, store: Store, clock: object) -> None:
    first, _ = make_tree(store)
    campaign = make_campaign(store, replace(PLAN, slug="total", unit_ranking="total"))
    make_people(store, campaign, first, 5, 40)
    clock.now = CLOSES
    assert "1 苏州市 参与率 25.0% · 平均分 40.0 200" in phone.open("/q/total/rankings/units").text
