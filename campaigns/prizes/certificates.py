"""Certificates of having taken part or passed: one a person and group, under a number that anybody can check.

Who has the points that the group ``passed`` asks for may have one, from when results may be told; who may win no prizes
may all the same. Each time its holder asks for it, it has their present name and points; what was issued is never taken
back, though a corrected key may leave its holder without the points.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns import people, tables
from campaigns.clock import day_number
from campaigns.draws.pseudonyms import pseudonym
from campaigns.editions import Edition
from campaigns.privacy import guest, shown
from campaigns.store import insertion

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L and O, which are read as 1, 1 and 0, and without U."""
RANDOM_BITS = 60
PREFIX = "LD"
PURGED = "（姓名已按期清除）"
"""What stands for the name once the campaign's personal data are gone."""
_TYPED = re.compile(rf"1D([0-9]{{2}})([{CROCKFORD}]{{12}})")
"""`PREFIX` and the rest, after letters that look like digits became them."""
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―－_·.]+")
_ALIKE = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Passed:
    """That somebody may have a certificate."""

    group_id: int
    group: str
    """What heads it."""
    mark: int
    """The points that it took; 0: to have finished."""
    points: int
    """Theirs."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is printed on one."""

    number: str
    group: str
    name: str
    """As the roster has it; a guest by their pseudonym."""
    points: int
    mark: int
    """The points that it took; 0: to have finished."""
    issued_ms: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody may know of a certificate; its points are its holder's own affair."""

    number: str
    group: str
    name: str
    """Masked."""
    campaign: str
    slug: str
    organiser: str
    issued_ms: int
    timezone: str


def passed(session: Session, edition: Edition, person_id: int, now: int) -> Passed | None:
    """Whether somebody may have the campaign's certificate now: one row is read. None: no, or there is none."""
    if not edition.is_revealed(now, finished=True):
        return None
    group, standing = tables.PrizeGroup, tables.Standing
    row = session.execute(
        select(group.id, group.name, group.least_points, standing.points)
        .join(standing, standing.campaign_id == group.campaign_id)
        .where(group.campaign_id == edition.id, group.kind == "passed", standing.person_id == person_id)
        .order_by(group.ordinal)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    mark = row.least_points or edition.pass_points
    return Passed(row.id, row.name, mark, row.points) if row.points >= mark else None


def certificate_of(session: Session, edition: Edition, person_id: int, random: Random, now: int) -> Certificate | None:
    """Somebody's certificate, issued when it is first asked for. None: they may have none.

    Of two who ask at once one issues it and the other finds it: the unique constraint decides.
    """
    found = passed(session, edition, person_id, now)
    if found is None:
        return None
    name = session.scalars(select(tables.Person.name).where(tables.Person.id == person_id)).one()
    row = _issued(session, found.group_id, person_id)
    if row is None:
        _issue(session, found, person_id, name, new_number(random, now, edition.timezone), now)
        row = _issued(session, found.group_id, person_id)
        assert row is not None
    if (row.name, row.points) != (name, found.points):
        certificate = tables.Certificate
        session.execute(
            update(certificate).where(certificate.number == row.number).values(name=name, points=found.points)
        )
    return Certificate(
        number=row.number,
        group=found.group,
        name=name or guest(pseudonym(edition.salt, row.person_id)),
        points=found.points,
        mark=found.mark,
        issued_ms=row.issued_ms,
    )


def check_number(session: Session, number: str) -> Checked | None:
    """What is known of a number, however it was typed. None: nobody was issued one like it."""
    read = read_number(number)
    if read is None:
        return None
    certificate, group, campaign = tables.Certificate, tables.PrizeGroup, tables.Campaign
    row = session.execute(
        select(certificate, group.name.label("group"), campaign)
        .join(group, group.id == certificate.group_id)
        .join(campaign, campaign.id == group.campaign_id)
        .where(certificate.number == read)
    ).one_or_none()
    if row is None:
        return None
    issued, held = row.Certificate, row.Campaign
    return Checked(
        number=issued.number,
        group=row.group,
        name=PURGED if held.purged_ms is not None else shown(issued.name, pseudonym(held.salt, issued.person_id)),
        campaign=held.name,
        slug=held.slug,
        organiser=held.organiser,
        issued_ms=issued.issued_ms,
        timezone=held.timezone,
    )


def new_number(random: Random, now: int, zone: str) -> str:
    """A number that nobody can guess, as ``LD26-7K3M-0QXW-9BTA``: the year, and 60 random bits."""
    year = day_number(now, zone) // 10_000 % 100
    bits = random.getrandbits(RANDOM_BITS)
    text = "".join(CROCKFORD[bits >> shift & 31] for shift in range(RANDOM_BITS - 5, -1, -5))
    return f"{PREFIX}{year:02d}-{text[:4]}-{text[4:8]}-{text[8:]}"


def read_number(text: str) -> str | None:
    """A number as it is kept, from what somebody typed; None for what is no number at all."""
    folded = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    found = _TYPED.fullmatch(folded.translate(_ALIKE))
    if found is None:
        return None
    year, rest = found.groups()
    return f"{PREFIX}{year}-{rest[:4]}-{rest[4:8]}-{rest[8:]}"


def _issue(session: Session, found: Passed, person_id: int, name: str, number: str, now: int) -> None:
    certificate = tables.Certificate
    session.execute(
        insertion(session.get_bind(), certificate)
        .values(
            number=number,
            group_id=found.group_id,
            person_id=person_id,
            name=name,
            points=found.points,
            issued_ms=now,
        )
        .on_conflict_do_nothing(index_elements=["group_id", "person_id"])
    )


def _issued(session: Session, group_id: int, person_id: int) -> tables.Certificate | None:
    """Their own, or the one that was issued to whoever turned out to be them."""
    certificate = tables.Certificate
    return session.scalars(
        select(certificate)
        .where(certificate.group_id == group_id, certificate.person_id.in_(people.selves(session, person_id)))
        .order_by(certificate.issued_ms, certificate.number)
        .limit(1)
    ).one_or_none()
