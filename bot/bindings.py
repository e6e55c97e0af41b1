"""Saying who one is, in a chat (绑定): the unit, and where an office has a roster, name and staff number.

What a chat is asked for is in `campaigns.bindings`. Any command goes before it, and lets it wait; a question that waits
in this chat does, too, which is why asking puts that aside.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot import privacy_notices
from bot.intents import plain, read_intent
from bot.links import Links
from bot.messages import Inbound
from bot.wording import say
from campaigns import bindings, merging, people, play, units
from campaigns.bindings import Asking, Bound
from campaigns.editions import Edition, campaign_by_keyword
from campaigns.errors import NotFound, Refused
from campaigns.inbound import record
from campaigns.merging import Regrouped
from campaigns.stores import Stores
from questions.grading import folded

_LEAVE = frozenset({"退出", "取消"})
_LONGEST = 60
"""Characters of a name or a number."""
_LONGEST_ABOVE = 24
_LONGEST_UNIT = 30


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a message that was about it."""

    text: str
    then_play: bool = False
    """Whether they are bound now, and the quiz waited for that."""


def begin(turn: play.Turn, inbound: Inbound, stores: Stores, links: Links, *, then_play: bool = False) -> str:
    """Ask who somebody is; `then_play`: since the campaign does not let them play before."""
    with stores.sql.transaction() as session:
        bound = bindings.bound(session, turn.person_id)
        text = _first_question(session, turn, bound, inbound.received_ms, links, then_play=then_play)
        play.set_aside(session, turn)
        record(session, turn.identity_id, inbound.key, text, inbound.received_ms)
    return text


def after_code(session: Session, turn: play.Turn, edition: Edition, links: Links, now: int) -> str:
    """What a unit's code leaves to ask of whoever scanned it; empty: nothing."""
    bound = bindings.bound(session, turn.person_id)
    if edition.admission != "roster" or bound.rostered or not _may_be_named(session, edition, bound):
        return ""
    return _ask_name(session, turn.identity_id, bound.unit_id or 0, edition, links, now, then_play=False)


def heard(turn: play.Turn, inbound: Inbound, stores: Stores, links: Links) -> Told | None:
    """Take a message as the answer to what is asked for; None: nothing is, or it is something else."""
    if turn.attempt is not None and turn.attempt.shown_identity_id == turn.identity_id:
        return None
    with stores.sql.reading() as session:
        asking = bindings.asking(session, turn.identity_id)
        if asking is None:
            return None
        word = plain(inbound.text)
        is_command = word not in _LEAVE and read_intent(inbound.text) is not None
        if is_command or campaign_by_keyword(session, folded(inbound.text)[:64]) is not None:
            return None
    with stores.sql.transaction() as session:
        told, regrouped = _answered(session, turn, asking, word, inbound, links)
        reply = None if told.then_play else told.text  # the first question belongs to it, and is not there yet
        record(session, turn.identity_id, inbound.key, reply, inbound.received_ms)
    if regrouped is not None:
        merging.push(stores.ranking, regrouped)
    return told


def said_when_bound(person_id: int, stores: Stores) -> str:
    """What somebody is told who is bound, without what comes after it."""
    with stores.sql.reading() as session:
        return say("bind.done", who=_who(bindings.bound(session, person_id)))


def undo(turn: play.Turn, inbound: Inbound, stores: Stores) -> str:
    """Take a binding back (解除绑定), unless something was played by it already."""
    regrouped, now = None, inbound.received_ms
    with stores.sql.transaction() as session:
        bound = bindings.bound(session, turn.person_id)
        if bound.rostered and bindings.is_bound_to_play(session, turn.identity_id):
            text = say("bind.undo.played")
        elif bound.rostered:
            regrouped = people.unbind(session, turn.identity_id, now)
            text = say("bind.undo.done")
        elif bound.unit:
            people.leave_unit(session, turn.person_id)
            text = say("bind.undo.done")
        else:
            text = say("bind.undo.nothing")
        record(session, turn.identity_id, inbound.key, text, now)
    if regrouped is not None:
        merging.push(stores.ranking, regrouped)
    return text


def _first_question(session: Session, turn: play.Turn, bound: Bound, now: int, links: Links, *, then_play: bool) -> str:
    edition = turn.edition
    if bound.rostered:
        if edition is not None and bound.unit_id is not None and not _is_admitted(session, edition, bound.unit_id):
            return say("bind.outside", unit=bound.unit, name=edition.name)
        return say("bind.bound", who=_who(bound))
    if edition is not None and edition.admission == "roster" and _may_be_named(session, edition, bound):
        lead = say("bind.first.roster", name=edition.name, unit=bound.unit)
        asked = _ask_name(session, turn.identity_id, bound.unit_id or 0, edition, links, now, then_play=then_play)
        return f"{lead}\n{asked}"
    bindings.ask(session, turn.identity_id, "unit", now, then_play=then_play)
    if bound.unit:
        return say("bind.unit.other" if not then_play else "bind.unit.outside", unit=bound.unit)
    return say("bind.unit.first", name=edition.name) if then_play and edition is not None else say("bind.unit")


def _is_admitted(session: Session, edition: Edition, unit_id: int) -> bool:
    return units.is_admitted(session, edition.id, unit_id)


def _may_be_named(session: Session, edition: Edition, bound: Bound) -> bool:
    """Whether somebody's unit is one of the campaign's, and has a roster that they may be on."""
    if bound.unit_id is None or not _is_admitted(session, edition, bound.unit_id):
        return False
    try:
        return bindings.needs(session, bound.unit_id).name
    except NotFound:
        return False


def _answered(
    session: Session, turn: play.Turn, asking: Asking, word: str, inbound: Inbound, links: Links
) -> tuple[Told, Regrouped | None]:
    if word in _LEAVE:
        bindings.leave(session, turn.identity_id)
        return Told(say("bind.left")), None
    if asking.step == "unit" or asking.unit_id is None:
        return _heard_unit(session, turn, asking, inbound, links), None
    if len(inbound.text.strip()) > _LONGEST:
        return Told(say("bind.long")), None
    if asking.step == "number":
        return _heard_who(session, turn, asking, asking.name, inbound.text, inbound.received_ms)
    return _heard_name(session, turn, asking, inbound)


def _heard_unit(session: Session, turn: play.Turn, asking: Asking, inbound: Inbound, links: Links) -> Told:
    """A number of the list, or part of a name."""
    digits = unicodedata.normalize("NFKC", inbound.text).strip(" 第个.。")
    if asking.offered and digits.isdecimal() and len(digits) <= 2:
        if not 1 <= int(digits) <= len(asking.offered):
            return Told(say("bind.number.of", most=len(asking.offered)))
        return _chosen(session, turn, asking, asking.offered[int(digits) - 1], inbound.received_ms, links)
    campaign_id = turn.edition.id if turn.edition is not None else None
    listing = units.look_up(session, inbound.text, campaign_id)
    exact = [unit for unit in listing.units if folded(unit.name) == folded(inbound.text)]
    if len(exact) == 1 and listing.total == len(listing.units):
        return _chosen(session, turn, asking, exact[0].id, inbound.received_ms, links)
    if not listing.units:
        return Told(say("bind.unit.unknown", text=inbound.text.strip()[:20]))
    offered = [unit.id for unit in listing.units]
    bindings.ask(session, turn.identity_id, "unit", inbound.received_ms, offered=offered, then_play=asking.then_play)
    lines = [say("bind.list")]
    lines += [
        say("bind.list.unit", number=number, unit=_shown(unit.name, unit.above))
        for number, unit in enumerate(listing.units, start=1)
    ]
    if listing.total > len(offered):
        lines.append(say("bind.list.more", count=listing.total - len(offered)))
    return Told("\n".join(lines))


def _chosen(session: Session, turn: play.Turn, asking: Asking, unit_id: int, now: int, links: Links) -> Told:
    edition = turn.edition
    try:
        name = bindings.choose_unit(session, turn.identity_id, unit_id, now, edition.id if edition else None)
        needs = bindings.needs(session, unit_id)
    except (Refused, NotFound) as error:
        return Told(str(error))
    if edition is not None and needs.name:
        asked = _ask_name(session, turn.identity_id, unit_id, edition, links, now, then_play=asking.then_play)
        return Told(say("bind.chosen", unit=name) + "\n" + asked)
    if edition is not None and edition.admission == "roster":
        return Told(say("bind.no_roster", unit=name))
    bindings.leave(session, turn.identity_id)
    return _done(name, asking)


def _ask_name(
    session: Session, identity_id: int, unit_id: int, edition: Edition, links: Links, now: int, *, then_play: bool
) -> str:
    """The notice about personal data stands before the name: going on is agreeing."""
    bindings.ask(session, identity_id, "name", now, unit_id=unit_id, then_play=then_play)
    asked = say("bind.name", url=links.privacy(edition.slug))
    return asked if edition.admission == "roster" else asked + "\n" + say("bind.name.optional")


def _heard_name(session: Session, turn: play.Turn, asking: Asking, inbound: Inbound) -> tuple[Told, Regrouped | None]:
    if turn.edition is not None:
        privacy_notices.agree(session, turn.identity_id, turn.edition, inbound.received_ms)
    if not bindings.needs(session, asking.unit_id or 0).number:
        return _heard_who(session, turn, asking, inbound.text, "", inbound.received_ms)
    bindings.ask(
        session,
        turn.identity_id,
        "number",
        inbound.received_ms,
        unit_id=asking.unit_id,
        name=inbound.text.strip(),
        then_play=asking.then_play,
    )
    return Told(say("bind.number")), None


def _heard_who(
    session: Session, turn: play.Turn, asking: Asking, name: str, number: str, now: int
) -> tuple[Told, Regrouped | None]:
    found = bindings.try_match(session, turn.identity_id, asking.unit_id or 0, name, number, now)
    if isinstance(found, str):
        bindings.ask(session, turn.identity_id, "name", now, unit_id=asking.unit_id, then_play=asking.then_play)
        return Told(found + "\n" + say("bind.name.again")), None
    return _done(_who(bindings.bound(session, found.person_id)), asking), found


def _done(who: str, asking: Asking) -> Told:
    done = say("bind.done", who=who)
    return Told(done, True) if asking.then_play else Told(done + "\n" + say("bind.then"))


def _who(bound: Bound) -> str:
    return f"{bound.unit} {bound.name}".strip()


def _shown(name: str, above: str) -> str:
    """A unit with the end of what is above it, which tells it from others of its name."""
    short = name if len(name) <= _LONGEST_UNIT else name[: _LONGEST_UNIT - 1] + "…"
    if not above:
        return short
    return f"{short}（{above if len(above) <= _LONGEST_ABOVE else '…' + above[1 - _LONGEST_ABOVE :]}）"
