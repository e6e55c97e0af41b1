"""Who won what, as others may read it."""

from __future__ import annotations

from draw_made import AFTER, SALT, VALUES, freeze, make_finished
from sqlalchemy import select, update

from campaigns import draws, tables
from campaigns.draws import Prize, pseudonym
from campaigns.prizes.results import UNFILLED, winners
from campaigns.store import Store


def drawn(store: Store, **over: object) -> str:
    draw_id = freeze(store, **over).id
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", AFTER)
    return draw_id


def test_winners_are_listed_by_masked_name_unit_and_pseudonym_in_the_order_of_prizes(store: Store) -> None:
    campaign_id = make_finished(store)
    with store.transaction() as session:
        session.execute(update(tables.Person).where(tables.Person.id % 2 == 0).values(name="欧阳晓明"))
    draw_id = drawn(store)
    with store.reading() as session:
        lines = winners(session, campaign_id)
        full = winners(session, campaign_id, full_names=True)
        awards = draws.find(session, draw_id).awards
    assert [(line.prize, line.entrant, line.rank, line.sequence) for line in lines] == [
        (award.prize, award.entrant, award.rank, award.sequence) for award in awards
    ]
    person = {pseudonym(SALT, number): number for number in range(1, 13)}
    for line, other in zip(lines, full, strict=True):
        number = person[line.entrant]
        guest = f"参与者{line.entrant[-4:]}"
        assert (line.name, other.name) == (("欧**明", "欧阳晓明") if number % 2 == 0 else (guest, guest))
        assert line.unit == {1: "市财政局", 2: "市水务局", 0: ""}[number % 3]
        assert (line.group, line.kind, line.draw_id, line.is_live) == ("抽奖", "draw", draw_id, True)


def test_forfeits_and_what_nobody_has_stay_in_the_list(store: Store) -> None:
    campaign_id = make_finished(store, (40,) * 2)
    draw_id = drawn(store, prizes=[Prize("奖", 3)])
    with store.transaction() as session:
        draws.forfeit(session, draw_id, 1, "逾期未领", AFTER)
    with store.reading() as session:
        lines = winners(session, campaign_id, draw_id=draw_id)
    assert [(line.state, line.reason, line.replaces) for line in lines] == [
        ("forfeited", "逾期未领", None), ("awarded", "", None), ("unfilled", "", None), ("unfilled", "", 1),
    ]  # fmt: skip
    assert [line.name for line in lines[2:]] == [UNFILLED] * 2
    assert [line.entrant for line in lines[2:]] == [""] * 2


def test_only_one_draw_or_group_is_listed_when_it_is_asked_for(store: Store) -> None:
    campaign_id = make_finished(store, wins="any")
    first, second = drawn(store), drawn(store, reason="增补")
    with store.reading() as session:
        group_id = session.scalars(select(tables.Draw.group_id).where(tables.Draw.id == second)).one()
        assert {line.draw_id for line in winners(session, campaign_id)} == {first, second}
        assert {line.draw_id for line in winners(session, campaign_id, draw_id=first)} == {first}
        assert {line.draw_id for line in winners(session, campaign_id, group_id=group_id)} == {second}
        assert winners(session, campaign_id + 1) == []


def test_who_turned_out_to_be_somebody_else_goes_by_that_name_and_unit(store: Store) -> None:
    campaign_id = make_finished(store)
    draw_id = drawn(store)
    with store.transaction() as session:
        own = session.scalars(select(tables.Award.person_id).where(tables.Award.sequence == 1)).one()
        unit_id = session.scalars(select(tables.Unit.id).where(tables.Unit.code == "U02")).one()
        session.add(tables.Person(id=99, name="诸葛亮", unit_id=unit_id, created_ms=AFTER))
        session.flush()
        session.execute(update(tables.Person).where(tables.Person.id == own).values(merged_into_id=99))
    with store.reading() as session:
        line = winners(session, campaign_id, draw_id=draw_id)[0]
        entrant = draws.find(session, draw_id).awards[0].entrant
    assert (line.name, line.unit, line.entrant) == ("诸*亮", "市水务局", entrant)
