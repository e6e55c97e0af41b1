from __future__ import annotations

import pytest
from draw_made import AFTER, make_finished
from sqlalchemy import select, update

from campaigns import keeping, people
from campaigns.errors import NotFound, Refused
from campaigns.prizes import exclusions
from campaigns.prizes.awards import Winner, put_on_record, take_back, terms_of
from campaigns.prizes.groups import lay_down
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.store import Store
from campaigns.tables import Award, Campaign, Person

ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For what no other database could see otherwise."""


def excluded(store: Store, *person_ids: int, why: str = "organiser", note: str = "筹备组") -> int:
    with store.transaction() as session:
        return exclusions.exclude(session, "week", person_ids, why, note, "wang", AFTER)


def listed(store: Store) -> list[tuple[int, str]]:
    with store.reading() as session:
        return [(one.person_id, one.why) for one in exclusions.exclusions_of(session, 1)]


def test_who_is_put_on_the_list_stands_there_once_with_who_did_it_and_why(store: Store) -> None:
    make_finished(store, (40,) * 4)
    with store.transaction() as session:
        session.execute(update(Person).where(Person.id == 2).values(name="李四", staff_number="007"))
        version = session.scalars(select(Campaign.version)).one()
    assert excluded(store, 2, 3, 2) == 2
    assert excluded(store, 3, why="other") == 0
    with store.reading() as session:
        first, second = exclusions.exclusions_of(session, 1)
        assert (first.person_id, first.name, first.unit, first.staff_number) == (2, "李四", "市水务局", "007")
        assert (first.why, first.note, first.by, first.at_ms) == ("organiser", "筹备组", "wang", AFTER)
        assert (second.person_id, second.name, second.unit) == (3, "", "")
        assert exclusions.excluded_ids(session, 1) == {2, 3}
        assert session.scalars(select(Campaign.version)).one() == version + 1, "whoever plays it looks at it anew"
        [told] = keeping.changes_of(session, 1, public=True)
        assert told.sentence == "排除名单增加 2 人"
    with store.transaction() as session:
        assert exclusions.readmit(session, "week", [2, 4], "wang", AFTER) == 1
        assert exclusions.readmit(session, "week", [2], "wang", AFTER) == 0
        assert keeping.changes_of(session, 1, public=True)[0].sentence == "排除名单减少 1 人"
    assert listed(store) == [(3, "organiser")]


def test_who_turns_out_to_be_another_is_excluded_as_that_one(store: Store) -> None:
    make_finished(store, (40,) * 4)
    excluded(store, 1)
    with store.transaction() as session:
        people.merge(session, 1, 2, AFTER)
    assert excluded(store, 2) == 0
    assert excluded(store, 1) == 0
    assert listed(store) == [(2, "organiser")]
    with store.transaction() as session:
        assert exclusions.excluded_ids(session, 1) == {1, 2}
        people.merge(session, 2, 3, AFTER)
        assert exclusions.readmit(session, "week", [3], "wang", AFTER) == 1
    assert listed(store) == []


@ON_SQLITE
def test_last_years_winners_are_excluded_unless_they_forfeited(store: Store) -> None:
    make_finished(store, (40,) * 4)
    make_finished(store, (40,), slug="last-year", name="去年的活动")
    with store.transaction() as session:
        [group_id] = lay_down(session, 2, [PlannedGroup("名次奖", "rank", (PlannedPrize("灯", 3),))])
        won = [Winner("灯", f"e{person_id}", person_id) for person_id in (1, 2, 3)]
        put_on_record(session, terms_of(session, group_id), won, AFTER)
        take_back(session, session.scalars(select(Award.id).where(Award.person_id == 3)).one(), "弃奖", AFTER)
    with store.transaction() as session:
        assert exclusions.exclude_winners_of(session, "week", "last-year", "wang", AFTER) == 2
        assert exclusions.exclude_winners_of(session, "week", "last-year", "wang", AFTER) == 0
        notes = {one.note for one in exclusions.exclusions_of(session, 1)}
        assert notes == {"在“去年的活动”中获奖"}
        with pytest.raises(Refused):
            exclusions.exclude_winners_of(session, "week", "week", "wang", AFTER)
    assert listed(store) == [(1, "won_before"), (2, "won_before")]


@ON_SQLITE
def test_what_does_not_exist_is_not_found_and_changes_nothing(store: Store) -> None:
    make_finished(store, (40,))
    with pytest.raises(NotFound, match="编号为 99 的人"):
        excluded(store, 1, 99)
    with pytest.raises(Refused):
        excluded(store, 1, why="bad")
    with store.reading() as session, pytest.raises(NotFound):
        exclusions.exclude(session, "none", [1], "other", "", "wang", AFTER)
    assert listed(store) == []
