"""Draws as they are on record: what every use case and page reads, and the gate that settles races."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, and_, select, update
from sqlalchemy.orm import Session

from campaigns.draws import scheme
from campaigns.draws.announcement import Announcement, announcement_of
from campaigns.draws.pseudonyms import pseudonym
from campaigns.draws.scheme import Award, AwardState
from campaigns.draws.sources import seed_text
from campaigns.errors import NotFound, Unverifiable
from campaigns.people import selves
from campaigns.tables import Award as AwardRow
from campaigns.tables import Campaign, Draw, DrawValue, Person, Prize, PrizeGroup, Standing

_ID = re.compile(r"C[0-9]{1,18}-D[0-9]{1,9}")


class DrawState(StrEnum):
    FROZEN = "frozen"
    ENTERED = "entered"
    """The values are typed in and wait for another person's confirmation."""
    HELD = "held"
    VOID = "void"
    """Given up before it was held, since a number did not appear or a secret was lost."""


@dataclass(frozen=True, slots=True)
class SourceValue:
    source: str
    value: str
    entered_ms: int
    entered_by: str

    @property
    def text(self) -> str:
        """As it goes into the seed."""
        return seed_text(self.source, self.value)


@dataclass(frozen=True, slots=True)
class DrawRecord:
    """Everything about a draw but its list, which may be long."""

    id: str
    campaign_id: int
    campaign_slug: str
    timezone: str
    two_person: bool
    state: DrawState
    announcement: Announcement
    frozen_ms: int
    frozen_by: str
    values: tuple[SourceValue, ...]
    """In the announced order; empty until they are entered."""
    seed: str | None
    held_ms: int | None
    confirmed_by: str
    """The second person, where the campaign wants two."""
    awards: tuple[Award, ...]
    voided_ms: int | None = None
    voided_by: str = ""
    void_reason: str = ""


@dataclass(frozen=True, slots=True)
class PublishedDraw:
    """A draw as somebody who took part in its campaign wants to hear of it."""

    id: str
    state: DrawState
    prizes: tuple[str, ...]
    """What this person has of it, and has not forfeited: several only where persons were merged."""


class ListedDraw(NamedTuple):
    id: str
    group: str
    """The name of the prizes that it is about."""
    state: DrawState


def find(session: Session, draw_id: str) -> DrawRecord:
    """Raises NotFound, also for what cannot be a draw's id and a database might choke on."""
    if not _ID.fullmatch(draw_id):
        raise NotFound("没有这样的抽奖编号，编号形如 C1-D1，请核对编号。")
    row = session.execute(
        select(
            Draw.id,
            Draw.campaign_id,
            Campaign.slug,
            Campaign.timezone,
            Campaign.two_person,
            Draw.state,
            Draw.announcement,
            Draw.frozen_ms,
            Draw.frozen_by,
            Draw.seed,
            Draw.held_ms,
            Draw.confirmed_by,
            Draw.voided_ms,
            Draw.voided_by,
            Draw.void_reason,
        )
        .join(Campaign, Campaign.id == Draw.campaign_id)
        .where(Draw.id == draw_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {draw_id} 的抽奖，请核对编号。")
    announcement = announcement_of(row.announcement)
    return DrawRecord(
        id=row.id,
        campaign_id=row.campaign_id,
        campaign_slug=row.slug,
        timezone=row.timezone,
        two_person=row.two_person,
        state=DrawState(row.state),
        announcement=announcement,
        frozen_ms=row.frozen_ms,
        frozen_by=row.frozen_by,
        values=values_of(session, draw_id, announcement.sources),
        seed=row.seed,
        held_ms=row.held_ms,
        confirmed_by=row.confirmed_by,
        awards=awards_of(session, draw_id),
        voided_ms=row.voided_ms,
        voided_by=row.voided_by,
        void_reason=row.void_reason,
    )


def list_draws(session: Session, campaign_slug: str | None = None) -> tuple[DrawRecord, ...]:
    """All draws, or those of one campaign, in the order in which they were frozen."""
    query = select(Draw.id).join(Campaign, Campaign.id == Draw.campaign_id).order_by(Draw.frozen_ms, Draw.id)
    if campaign_slug is not None:
        query = query.where(Campaign.slug == campaign_slug)
    return tuple(find(session, draw_id) for draw_id in session.scalars(query).all())


def published_draws(session: Session, campaign_id: int, person_id: int) -> tuple[PublishedDraw, ...]:
    """A campaign's draws in their order, with a person's own prizes; 0 is nobody's id.

    What somebody won before they turned out to be this person is theirs, too.
    """
    own = AwardRow.person_id.in_(selves(session, person_id))
    is_own = and_(AwardRow.draw_id == Draw.id, own, AwardRow.state == AwardState.AWARDED.value)
    rows = session.execute(
        select(Draw.id, Draw.state, AwardRow.prize)
        .outerjoin(AwardRow, is_own)
        .where(Draw.campaign_id == campaign_id)
        .order_by(Draw.ordinal, AwardRow.sequence)
    ).all()
    prizes: dict[str, list[str]] = {}
    for draw_id, _, prize in rows:
        prizes.setdefault(draw_id, []).extend([prize] if prize else [])
    states = {row.id: DrawState(row.state) for row in rows}
    return tuple(PublishedDraw(draw_id, states[draw_id], tuple(own)) for draw_id, own in prizes.items())


def listed_draws(session: Session, campaign_id: int) -> tuple[ListedDraw, ...]:
    """A campaign's draws in their order, without their lists and awards, which may be long."""
    rows = session.execute(
        select(Draw.id, PrizeGroup.name, Draw.state)
        .join(PrizeGroup, PrizeGroup.id == Draw.group_id)
        .where(Draw.campaign_id == campaign_id)
        .order_by(Draw.ordinal)
    )
    return tuple(ListedDraw(row.id, row.name, DrawState(row.state)) for row in rows)


def values_of(session: Session, draw_id: str, sources: tuple[str, ...]) -> tuple[SourceValue, ...]:
    query = select(DrawValue.source, DrawValue.value, DrawValue.entered_ms, DrawValue.entered_by)
    rows = session.execute(query.where(DrawValue.draw_id == draw_id)).all()
    return tuple(sorted((SourceValue(*row) for row in rows), key=lambda entered: sources.index(entered.source)))


def awards_of(session: Session, draw_id: str) -> tuple[Award, ...]:
    rows = session.execute(
        select(
            AwardRow.sequence,
            AwardRow.prize,
            AwardRow.entrant,
            AwardRow.rank,
            AwardRow.state,
            AwardRow.replaces,
            AwardRow.reason,
        )
        .where(AwardRow.draw_id == draw_id)
        .order_by(AwardRow.sequence)
    )
    return tuple(
        Award(row.sequence, row.prize, row.entrant, row.rank, AwardState(row.state), row.replaces, row.reason)
        for row in rows
    )


def frozen_list(session: Session, draw: DrawRecord) -> bytes:
    """The list, byte for byte. Raises Unverifiable when it is no longer the one whose hash was published."""
    data, list_hash = session.execute(select(Draw.entrants, Draw.list_hash).where(Draw.id == draw.id)).one()
    if not scheme.list_hash(data) == list_hash == draw.announcement.list_hash or draw.announcement.id != draw.id:
        raise Unverifiable(f"抽奖 {draw.id} 的名单与公布的哈希不符，数据可能被改动过，请从备份核对。")
    return data


def check_awards(session: Session, draw: DrawRecord) -> None:
    """See to it that each award is that of its entrant, and of its prize.

    The evidence names pseudonyms, so that it could not tell of a prize that was led to another person behind our back.
    Raises Unverifiable.
    """
    salt = session.execute(select(Campaign.salt).where(Campaign.id == draw.campaign_id)).scalar_one()
    rows = session.execute(
        select(AwardRow.sequence, AwardRow.entrant, AwardRow.person_id, AwardRow.prize, Prize.name)
        .join(Prize, Prize.id == AwardRow.prize_id)
        .where(AwardRow.draw_id == draw.id)
    )
    for sequence, entrant, person_id, prize, stocked in rows:
        if (person_id is not None and entrant != pseudonym(salt, person_id)) or prize != stocked:
            raise Unverifiable(
                f"抽奖 {draw.id} 序号 {sequence} 的中奖人或奖品与登记的不符，数据可能被改动过，请从备份核对。"
            )


def tampered_with(session: Session, draw: DrawRecord) -> str:
    """That awards are not those which were made, in a sentence; empty: nothing shows here. The evidence tells more."""
    try:
        check_awards(session, draw)
    except Unverifiable as error:
        return str(error)
    return ""


def take(session: Session, draw_id: str, state: DrawState) -> bool:
    """Whether the draw is in this state; if so its row is ours until the transaction ends.

    A conditional UPDATE rather than a look: whoever comes second waits here, and then sees what the first did.
    """
    gate = update(Draw).where(Draw.id == draw_id, Draw.state == state).values(state=state)
    return cast("CursorResult[Any]", session.execute(gate)).rowcount == 1


def persons_of(session: Session, campaign_id: int, entrants: Set[str]) -> dict[str, int]:
    """Person ids by pseudonym: looked for among those with a standing, then, for persons merged since, among all."""
    salt = session.execute(select(Campaign.salt).where(Campaign.id == campaign_id)).scalar_one()
    standing = select(Standing.person_id).where(Standing.campaign_id == campaign_id)
    found: dict[str, int] = {}
    for query in (standing, select(Person.id)):
        if len(found) == len(entrants):
            break
        for person_id in session.scalars(query, execution_options={"yield_per": 10_000}):
            if (entrant := pseudonym(salt, person_id)) in entrants:
                found[entrant] = person_id
    return found
