"""Hold: the announced numbers are typed in, and the awards follow from them. Once, and never otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from campaigns import audit
from campaigns.draws import scheme
from campaigns.draws.awarding import record_awards
from campaigns.draws.preparing import ALREADY, VOIDED, Prepared, entered, given_for, ranking_for, seed_for
from campaigns.draws.records import DrawRecord, DrawState, find, take
from campaigns.errors import DrawRefused
from campaigns.tables import Draw, DrawValue


def hold(
    session: Session,
    draw_id: str,
    values: Mapping[str, str],
    by: str,
    now: int,
    *,
    correct: bool = False,
    prepared: Prepared | None = None,
) -> DrawRecord:
    """Enter the value of every announced source, and hold the draw.

    Where the campaign wants two persons the draw is then ``entered``, and `confirm` holds it. Until that,
    `correct` replaces values that were mistyped; once held, nothing does. The same values again change nothing.
    `prepared` is what `prepare` gave for these values.

    Raises NotFound, and DrawRefused for values that are wrong or differ from those entered before.
    """
    draw = find(session, draw_id)
    given = given_for(draw, values)
    if take(session, draw_id, DrawState.FROZEN):
        _enter(session, draw, given, by, now)
        if not draw.two_person:
            _settle(session, draw, given, "", now, prepared)
            audit.record(session, by, "draw.held", f"draw:{draw_id}", now)
    elif (found := find(session, draw_id)).state is DrawState.VOID:
        raise DrawRefused(VOIDED)
    elif entered(found) != given:
        if not correct or not take(session, draw_id, DrawState.ENTERED):
            raise DrawRefused(ALREADY)
        session.execute(delete(DrawValue).where(DrawValue.draw_id == draw_id))
        _enter(session, draw, given, by, now, before=entered(found))
    return find(session, draw_id)


def confirm(
    session: Session,
    draw_id: str,
    by: str,
    now: int,
    *,
    values: Mapping[str, str] | None = None,
    prepared: Prepared | None = None,
) -> DrawRecord:
    """Hold a draw whose values another person entered.

    `values` are those that the confirming person read: another set, typed in since, is then not confirmed.
    `prepared` is what `prepare` gave for the values on record.
    Raises NotFound, and DrawRefused when nothing waits, the same person entered the values, or they differ.
    """
    waiting = take(session, draw_id, DrawState.ENTERED)
    draw = find(session, draw_id)
    if not waiting:
        raise DrawRefused("本次抽奖没有等待复核的数值，请查看抽奖公示页。")
    if any(value.entered_by.strip().casefold() == by.strip().casefold() for value in draw.values):
        raise DrawRefused("数值是您本人录入的，须由另一人复核。")
    if values is not None and given_for(draw, values) != entered(draw):
        raise DrawRefused("您核对的数值与已录入的不同，请查明后由录入人更正。")
    _settle(session, draw, entered(draw), by, now, prepared)
    audit.record(session, by, "draw.confirmed", f"draw:{draw_id}", now)
    return find(session, draw_id)


def _enter(
    session: Session,
    draw: DrawRecord,
    given: Mapping[str, str],
    by: str,
    now: int,
    *,
    before: Mapping[str, str] | None = None,
) -> None:
    audit.record(session, by, "draw.values_entered", f"draw:{draw.id}", now, before=before, after=given)
    rows = [
        {"draw_id": draw.id, "source": source, "value": value, "entered_ms": now, "entered_by": by}
        for source, value in given.items()
    ]
    session.execute(insert(DrawValue), rows)
    session.execute(update(Draw).where(Draw.id == draw.id).values(state=DrawState.ENTERED))


def _settle(
    session: Session, draw: DrawRecord, given: Mapping[str, str], confirmed_by: str, now: int, prepared: Prepared | None
) -> None:
    """To be called by whoever has taken the draw's row."""
    seed = seed_for(draw, given)
    awards = scheme.fill(ranking_for(session, draw, seed, prepared), draw.announcement.rules)
    session.execute(
        update(Draw)
        .where(Draw.id == draw.id)
        .values(state=DrawState.HELD, seed=seed, held_ms=now, confirmed_by=confirmed_by)
    )
    record_awards(session, draw, awards, now, prepared.persons if prepared else {})
