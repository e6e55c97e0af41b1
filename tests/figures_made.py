"""A campaign of which somebody wants to see figures: attempts written down as play would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from campaign_made import OPENS, QUESTIONS
from sqlalchemy import select

from campaigns import tables, units
from campaigns.clock import MINUTE
from campaigns.store import Store
from questions import grading

_NUMBERS = count(1)


@dataclass(frozen=True)
class Played:
    """One attempt; by a person of its own where none is named."""

    given: Sequence[str] = ("C", "false", "ABD", "1000")
    """To the first questions of the paper; fewer than four: still open."""
    channel: str = "wechat"
    at_ms: int = OPENS
    minutes: int = 2
    unit: str = ""
    person_id: int = 0
    ordinal: int = 1
    state: str = ""
    timed_out: bool = False
    network: str = ""
    """Of its origin; empty: none is known."""


def play(store: Store, campaign_id: int, attempts: Sequence[Played]) -> list[int]:
    """Write attempts down, with answers, standings and origins; gives their persons."""
    persons = []
    with store.transaction() as session:
        asked = tables.CampaignQuestion
        revisions = list(
            session.scalars(
                select(asked.revision_id).where(asked.campaign_id == campaign_id).order_by(asked.ordinal)
            )
        )  # fmt: skip
        for one in attempts:
            person_id = one.person_id
            if not person_id:
                unit_id = units.find(session, one.unit).id if one.unit else None
                person = tables.Person(name="", unit_id=unit_id, created_ms=OPENS)
                session.add(person)
                session.flush()
                person_id = person.id
            persons.append(person_id)
            identity = tables.Identity(
                channel=one.channel, account="", sender=f"s{next(_NUMBERS)}", person_id=person_id, created_ms=OPENS
            )
            session.add(identity)
            session.flush()
            points = [10 if grading.mark(q, what) else 0 for q, what in zip(QUESTIONS, one.given, strict=False)]
            state = one.state or ("finished" if len(one.given) == len(QUESTIONS) else "open")
            ends = one.at_ms + one.minutes * MINUTE
            attempt = tables.Attempt(
                campaign_id=campaign_id, person_id=person_id, identity_id=identity.id, ordinal=one.ordinal,
                day=20260704, state=state, paper="", position=len(one.given) + 1, score=sum(points),
                begun_ms=one.at_ms, shown_ms=ends, timed_out=one.timed_out,
                finished_ms=None if state == "open" else ends, used_ms=None if state == "open" else ends - one.at_ms,
            )  # fmt: skip
            session.add(attempt)
            session.flush()
            session.add_all(
                tables.Answer(
                    attempt_id=attempt.id, position=n, revision_id=revision, given=what, points=got, answered_ms=ends
                )
                for n, (revision, what, got) in enumerate(zip(revisions, one.given, points, strict=False), start=1)
            )
            if one.network:
                session.add(
                    tables.AttemptOrigin(
                        attempt_id=attempt.id, campaign_id=campaign_id, begun_ms=one.at_ms, network=one.network,
                        address_hash=one.network, device_hash="",
                    )
                )  # fmt: skip
            if state == "finished" and one.ordinal == 1:
                session.add(
                    tables.Standing(
                        campaign_id=campaign_id, person_id=person_id, attempt_id=attempt.id, points=sum(points),
                        used_ms=ends - one.at_ms, finished_ms=ends, version=1, changed_ms=ends,
                    )
                )  # fmt: skip
    return persons
