from __future__ import annotations

import hashlib

import pytest
from draw_made import AFTER, OTHER_VALUES, SALT, VALUES, freeze, make_finished
from sqlalchemy import select, update

from campaigns import draws, tables
from campaigns.draws import DrawRecord, DrawState, Prize, pseudonym
from campaigns.draws.records import frozen_list
from campaigns.draws.scheme import fill, rank, read_list, seed_of
from campaigns.errors import DrawRefused, NotFound, Unverifiable
from campaigns.store import Store

LATER = AFTER + 86_400_000


def hold(store: Store, draw_id: str, values: dict[str, str] = VALUES, by: str = "wang", **more: bool) -> DrawRecord:
    with store.transaction() as session:
        return draws.hold(session, draw_id, values, by, LATER, **more)


def confirm(store: Store, draw_id: str, by: str, values: dict[str, str] | None = None) -> DrawRecord:
    with store.transaction() as session:
        return draws.confirm(session, draw_id, by, LATER, values=values)


def test_the_awards_follow_from_the_list_and_the_values(store: Store) -> None:
    make_finished(store)
    frozen = freeze(store, quotas={"U01": 1}, exclusions=[pseudonym(SALT, 5)])
    held = hold(store, frozen.id)
    texts = [f"{source}:{value}" for source, value in VALUES.items()]
    with store.reading() as session:
        ranking = rank(seed_of(frozen.id, frozen.list_hash, texts), read_list(frozen_list(session, held)))
    assert held.awards == fill(ranking, frozen.announcement.rules)
    assert (held.state, held.held_ms) == (DrawState.HELD, LATER)
    assert [value.text for value in held.values] == texts


def test_the_prize_desk_knows_the_persons_behind_the_pseudonyms(store: Store) -> None:
    make_finished(store)
    hold(store, freeze(store).id)
    with store.reading() as session:
        rows = session.execute(select(tables.Award.entrant, tables.Award.person_id)).all()
    assert len(rows) == 4
    assert all(entrant == pseudonym(SALT, person_id) for entrant, person_id in rows)


def test_prizes_beyond_the_entrants_are_recorded_as_unfilled(store: Store) -> None:
    make_finished(store, [40, 40])
    held = hold(store, freeze(store, prizes=[Prize("奖", 3)]).id)
    assert [award.state for award in held.awards] == ["awarded", "awarded", "unfilled"]


def test_held_again_with_the_same_values_changes_nothing(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    held = hold(store, draw_id)
    assert hold(store, draw_id, by="li") == held


def test_held_again_with_other_values_is_refused(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    held = hold(store, draw_id)
    for correct in (False, True):
        with pytest.raises(DrawRefused, match="不能更改"):
            hold(store, draw_id, OTHER_VALUES, correct=correct)
    with store.reading() as session:
        assert draws.find(session, draw_id) == held


def test_another_spelling_of_a_value_draws_nobody_else(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    for spelling in ("3857.930", "3,857.93", "+3857.93"):
        with pytest.raises(DrawRefused, match="写法不对"):
            hold(store, draw_id, {**VALUES, "sse:20261130": spelling})
    held = hold(store, draw_id, {**VALUES, "sse:20261130": " ３８５７.93 "})
    assert [value.value for value in held.values] == list(VALUES.values())


def test_once_held_a_value_that_could_not_be_is_as_late_as_any_other(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    hold(store, draw_id)
    with pytest.raises(DrawRefused, match="不能更改"):
        hold(store, draw_id, {**VALUES, "sse:20261130": "1"})


def test_a_source_of_another_kind_is_held_in_its_announced_format(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store, sources=["weather:20261130"], formats={"weather:20261130": "##.#"}).id
    with pytest.raises(DrawRefused, match=r"应写作：##\.#（"):
        hold(store, draw_id, {"weather:20261130": "7.5"})
    assert hold(store, draw_id, {"weather:20261130": "07.5"}).state is DrawState.HELD


def test_a_value_that_is_missing_holds_nothing(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    with pytest.raises(DrawRefused, match="还缺来源"):
        hold(store, draw_id, {"ssq:2026130": VALUES["ssq:2026130"]})
    with store.reading() as session:
        assert draws.find(session, draw_id).state is DrawState.FROZEN


def test_two_persons_hold_it_together(store: Store) -> None:
    make_finished(store, two_person=True)
    draw_id = freeze(store).id
    entered = hold(store, draw_id)
    assert (entered.state, entered.seed, entered.awards) == (DrawState.ENTERED, None, ())
    with pytest.raises(DrawRefused, match="另一人"):
        confirm(store, draw_id, by=" Wang ")
    held = confirm(store, draw_id, by="li", values=VALUES)
    assert (held.state, held.confirmed_by, len(held.awards)) == (DrawState.HELD, "li", 4)
    with pytest.raises(DrawRefused, match="没有等待复核"):
        confirm(store, draw_id, by="zhao")


def test_what_the_second_person_did_not_read_is_not_confirmed(store: Store) -> None:
    make_finished(store, two_person=True)
    draw_id = freeze(store).id
    hold(store, draw_id)
    with pytest.raises(DrawRefused, match="不同"):
        confirm(store, draw_id, by="li", values=OTHER_VALUES)


def test_mistyped_values_may_be_corrected_until_they_are_confirmed(store: Store) -> None:
    make_finished(store, two_person=True)
    draw_id = freeze(store).id
    hold(store, draw_id, OTHER_VALUES)
    with pytest.raises(DrawRefused, match="不能更改"):
        hold(store, draw_id, VALUES)
    hold(store, draw_id, VALUES, correct=True)
    assert confirm(store, draw_id, by="li").values[0].value == VALUES["ssq:2026130"]


def test_one_person_needs_no_confirmation(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    with pytest.raises(DrawRefused, match="没有等待复核"):
        confirm(store, draw_id, by="li")


def test_a_secret_is_revealed_at_the_draw(store: Store) -> None:
    make_finished(store)
    source = "secret:" + hashlib.sha256(b"a very long secret").hexdigest()
    draw_id = freeze(store, sources=[source]).id
    with pytest.raises(DrawRefused, match="密语"):
        hold(store, draw_id, {source: "another"})
    assert hold(store, draw_id, {source: "a very long secret"}).state is DrawState.HELD


def test_a_list_that_was_changed_behind_our_back_is_not_drawn_from(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    with store.transaction() as session:
        session.execute(update(tables.Draw).values(entrants=b"0123456789abcdef\tU01\t1\n"))
    with pytest.raises(Unverifiable, match="哈希不符"):
        hold(store, draw_id)


def test_an_unknown_draw_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="C9-D9"):
        hold(store, "C9-D9")


def test_what_was_prepared_gives_the_same_awards(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    with store.reading() as session:
        prepared = draws.prepare(session, draw_id, VALUES)
    with store.transaction() as session:
        held = draws.hold(session, draw_id, VALUES, "wang", LATER, prepared=prepared)
    assert held.awards == fill(prepared.ranking, held.announcement.rules)
    with store.reading() as session:
        rows = session.execute(select(tables.Award.entrant, tables.Award.person_id)).all()
    assert [entrant for entrant, _ in rows] == [pseudonym(SALT, person_id) for _, person_id in rows]


def test_what_was_prepared_for_other_values_is_not_used(store: Store) -> None:
    make_finished(store, wins="any")
    draw_id, twin_id = freeze(store).id, freeze(store, reason="又一次").id
    with store.reading() as session:
        for_others = draws.prepare(session, draw_id, OTHER_VALUES)
        for_twin = draws.prepare(session, twin_id, VALUES)
        right = draws.prepare(session, draw_id, VALUES)
    assert len({for_others.seed, for_twin.seed, right.seed}) == 3
    with store.transaction() as session:
        held = draws.hold(session, draw_id, VALUES, "wang", LATER, prepared=for_others)
    assert held.awards == fill(right.ranking, held.announcement.rules)


def test_nothing_is_prepared_before_there_are_values(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    with store.reading() as session, pytest.raises(DrawRefused, match="尚未录入"):
        draws.prepare(session, draw_id)
