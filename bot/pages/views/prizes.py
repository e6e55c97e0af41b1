"""What there is to win in a campaign, what somebody has won, and how they come by it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.pages.moments import date
from bot.wording import tell
from campaigns import addresses, draws, play, tables
from campaigns.draws import DrawState
from campaigns.draws.pseudonyms import pseudonym
from campaigns.draws.waiting import PENDING
from campaigns.editions import Edition
from campaigns.errors import Moved, Unverifiable
from campaigns.prints import codes as qr
from campaigns.prints.errors import PrintError
from campaigns.prizes.chances import Chance, chance
from campaigns.prizes.codes import shown_code
from campaigns.prizes.offers import OfferedGroup, offers
from campaigns.prizes.rules import ONE_TICKET
from campaigns.prizes.won import OwnAward, own_awards

QR_PIXELS = 480


@dataclass(frozen=True, slots=True)
class Group:
    """A group of prizes as everybody reads it."""

    name: str
    how: str
    """How it is won, and what it takes."""
    prizes: Sequence[tuple[str, str]]
    """Each with how many there are."""
    collecting: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What a claim's form brought that was refused, and why, by field."""

    award_id: int = 0
    name: str = ""
    phone: str = ""
    address: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Award:
    """Something that somebody won, and what they do to have it."""

    id: int
    prize: str
    group: str
    state: str
    """``waiting`` for its winner, ``overdue``, ``done``, ``forfeited``."""
    said: str
    """How far it has got."""
    place: str
    """Where and when to collect it, as the organisers wrote it; empty: they did not, or there is no need."""
    how: str
    code: str
    """By which it is handed out, in groups of four; empty: by none."""
    picture: str
    """The code as an address for scanning: a PNG as a ``data:`` address; empty: none."""
    claims: bool
    """Whether it is asked where to send it."""
    claimed: bool

    @property
    def is_waiting(self) -> bool:
        """Whether its winner is yet to have it."""
        return self.state in {"waiting", "overdue"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """Somebody's part in the draws, and the rule of it."""

    own: Sequence[str]
    """Empty: nobody's."""
    rule: str


def groups(session: Session, edition: Edition) -> list[Group]:
    """What there is to win."""
    return [_group(edition, one) for one in offers(session, edition.id)]


def _group(edition: Edition, group: OfferedGroup) -> Group:
    least = {"draw": edition.draw_points, "passed": group.least_points or edition.pass_points}
    points = least.get(group.kind, group.least_points)
    return Group(
        name=group.name,
        how=tell(f"prizes.least.{group.kind}", points=points) if points else tell(f"prizes.how.{group.kind}"),
        prizes=[
            (
                prize.name,
                tell("prizes.left", left=prize.left, stock=prize.stock)
                if group.kind == "instant"
                else tell("prizes.stock", stock=prize.stock),
            )
            for prize in group.prizes
        ],
        collecting="" if group.kind == "passed" else _collecting(group),
    )


def _collecting(group: OfferedGroup) -> str:
    """What is asked of its winners, and how many a unit may have."""
    said = [
        "" if group.unit_quota is None else tell("prizes.unit_quota", quota=group.unit_quota),
        tell(f"prizes.collecting.{group.collecting}"),
        "" if group.claim_days is None or group.collecting == "none" else tell("prizes.within", days=group.claim_days),
    ]
    return tell("list.space").join(filter(None, said))


def has_code(award: OwnAward) -> bool:
    """Whether it is handed out by its code."""
    return award.state == "awarded" and award.redeemed_ms is None and award.collecting == "pickup"


def own(edition: Edition, awards: Sequence[OwnAward], codes: Mapping[int, str], now: int, desk_url: str) -> list[Award]:
    """What somebody has won, the latest first; `codes` by award, `desk_url` is the public address of the console."""
    return [_award(edition, one, codes.get(one.id, ""), now, desk_url) for one in reversed(awards)]


def _award(edition: Edition, award: OwnAward, code: str, now: int, desk_url: str) -> Award:
    state, said = _state(edition, award, now)
    waits = state in {"waiting", "overdue"}
    return Award(
        id=award.id,
        prize=award.prize,
        group=award.group,
        state=state,
        said=said,
        place=award.place if waits else "",
        how=tell(f"won.how.{award.collecting}") if waits else "",
        code=shown_code(code) if code else "",
        picture=_picture(addresses.desk(desk_url, code)) if code else "",
        claims=award.collecting == "post" and state == "waiting",
        claimed=award.claimed,
    )


def _state(edition: Edition, award: OwnAward, now: int) -> tuple[str, str]:
    if award.state != "awarded":
        return "forfeited", tell("won.forfeited", reason=award.reason)
    if award.redeemed_ms is not None:
        when = date(award.redeemed_ms, edition.timezone)
        if award.shipment:
            return "done", tell("won.sent", when=when, shipment=award.shipment)
        return "done", tell("won.handed_out", when=when)
    if award.collecting == "none" or (award.collecting == "post" and award.claimed):  # nothing is left to be done
        return "waiting", ""
    if award.is_overdue(now):
        return "overdue", tell("won.overdue")
    if award.claim_until_ms is None:
        return "waiting", ""
    return "waiting", tell(f"won.until.{award.collecting}", until=date(award.claim_until_ms - 1, edition.timezone))


def _picture(address: str) -> str:
    try:
        png = qr.png(address, pixels=QR_PIXELS)
    except PrintError:  # the public address is of a kind that codes do not hold: the letters remain
        return ""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def drawn(session: Session, edition: Edition, person_id: int, folder: Path, now: int) -> Drawn | None:
    """Somebody's part in the draws, whose lists are kept in a folder; None: the campaign draws nothing."""
    if not edition.draws:
        return None
    standing = play.standing_of(session, edition.id, person_id)
    if standing is None:
        return Drawn([], draw_rule(edition))
    found = [one for one in draws.published_draws(session, edition.id, person_id) if one.state is not DrawState.VOID]
    if found:
        told = [_place(session, edition, one.id, person_id, folder) for one in found if one.state in PENDING]
    elif edition.is_revealed(now, finished=True):
        told = [own_draw(chance(session, edition, standing), may_improve=edition.is_open(now))]
    else:
        told = [tell("prizes.number", entrant=pseudonym(edition.salt, person_id))]
    return Drawn(told, draw_rule(edition))


def _place(session: Session, edition: Edition, draw_id: str, person_id: int, folder: Path) -> str:
    """What stands on a list that is frozen, and not what was answered since."""
    try:
        place = draws.own_place(session, folder, draws.find(session, draw_id), person_id)
    except (Moved, Unverifiable):  # the draw's own page says what is the matter
        return tell("prizes.place.later", entrant=pseudonym(edition.salt, person_id))
    if not place.is_listed:
        return tell("prizes.place.none", entrant=place.pseudonym)
    if place.excluded:
        return tell("prizes.place.excluded", entrant=place.pseudonym)
    return tell("prizes.place", entrant=place.pseudonym, tickets=place.tickets)


def own_draw(found: Chance | None, *, may_improve: bool) -> str:
    """Whether somebody takes part in the draws, with how many tickets, and what they lack."""
    if found is None:
        return ""
    if found.excluded:
        return tell("result.draw.excluded")
    if found.won:
        return tell("result.draw.won")
    if found.frozen:
        return tell("result.draw.frozen")
    if not found.missing:
        return tell("result.draw", entrant=found.entrant, tickets=found.tickets)
    if may_improve:
        return tell("result.draw.missing", points=found.missing)
    return tell("result.draw.missed", points=found.least)


def wins_rule(edition: Edition) -> str:
    """How often one may win; empty where that is not limited, and where there is nothing to win."""
    if edition.wins == "any" or not edition.prize_kinds - {"passed"}:
        return ""
    return tell(f"rules.wins.{edition.wins}")


def draw_rule(edition: Edition) -> str:
    """Who takes part in the draws, with how many tickets; empty where nothing is drawn."""
    if not edition.draws:
        return ""
    rule = tell("rules.draw.points", points=edition.draw_points) if edition.draw_points else tell("rules.draw.all")
    tickets = edition.tickets
    if tickets == ONE_TICKET:
        return rule
    said = [
        tell("rules.tickets", count=tickets.base),
        tell("rules.tickets.points", points=tickets.per_points) if tickets.per_points else "",
        tell("rules.tickets.days", count=tickets.per_day) if tickets.per_day else "",
        tell("rules.tickets.most", count=tickets.most) if tickets.most else "",
    ]
    return tell("list.space").join((rule, tell("list.semicolon").join(filter(None, said)) + tell("list.stop")))


def lot(session: Session, attempt_id: int) -> str:
    """Whether the end of a finished attempt won a prize; empty where there was none to win."""
    attempt, award = tables.Attempt, tables.Award
    row = session.execute(
        select(attempt.lot_ms, award.prize, award.state)
        .outerjoin(award, award.attempt_id == attempt.id)
        .where(attempt.id == attempt_id)
    ).one()
    if row.lot_ms is None:
        return tell("result.lot.soon")
    if row.prize is None:
        return tell("result.lot.none") if row.lot_ms else ""
    return tell("result.lot.won", prize=row.prize) if row.state == "awarded" else ""


def own_count(session: Session, edition: Edition, person_id: int) -> str:
    """How many prizes somebody has, as the way to them says; empty: none."""
    count = sum(one.state == "awarded" for one in own_awards(session, edition.id, person_id)) if person_id else 0
    return tell("prizes.own.count", count=count) if count else ""
