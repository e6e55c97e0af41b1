"""A campaign's personal data, removed for good, and what of it stays: figures, evidence, awards without names.

What goes: attempts with their answers, where they came from, standings, consents, claims, codes, moves, exclusions,
signals; the identities of whoever came for this campaign alone, and the names that they gave. What stays: the figures
as they were last, the sums of units, prizes and awards (without persons), frozen lists and all else that a draw's
evidence is made of, the campaign's log, numbers of certificates. Whoever is on a roster, or took part elsewhere, stays
who they are.

`begin` decides, keeps the final figures and destroys the salt, without which nobody can tell any more who the
pseudonyms of the evidence were. From then on nothing brings the data back, and `carry_on` removes them batch by batch:
each is one short transaction, any process may go on where another stopped.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.banks.storable import cleaned
from campaigns.draws.waiting import is_pending, waits_for_lots, waits_for_scores
from campaigns.errors import Refused
from campaigns.keeping.changes import What, make
from campaigns.keeping.listing import find
from campaigns.privacy.clearing import (
    clear_identities,
    clear_messages,
    clear_messages_to,
    clear_persons,
    delete_claims,
    with_former_selves,
)
from campaigns.prizes.awards import take_turn, to_be_collected
from campaigns.stores import Stores
from campaigns.unit_sums import add_up, replace_sums

log = logging.getLogger(__name__)

BATCH = 100
"""Rows of one transaction: others write between two."""
LONGEST_REASON = 500
Found = Sequence[Any]
"""Ids, or numbers, of rows that are to be removed."""
_DROPPED = "活动的个人信息已经清除，没有发送。"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What speaks against a purge."""

    sentence: str
    is_final: bool
    """Whether it holds whatever the reason to do it all the same."""


@dataclass(frozen=True, slots=True)
class Purged:
    """How much there was when it began."""

    people: int
    attempts: int
    answers: int
    claims: int


# --- may it be done? ------------------------------------------------------------------------------------------------


def is_over(campaign: tables.Campaign, now: int) -> bool:
    return campaign.state in {"closed", "archived"} or (campaign.closes_ms is not None and campaign.closes_ms <= now)


def obstacles(session: Session, slug: str, now: int) -> list[Obstacle]:
    """Everything that speaks against purging a campaign now. Raises NotFound."""
    campaign = find(session, slug)
    if campaign.state == "draft":
        return [Obstacle(f"活动 {slug} 还没有发布，没有个人信息。", is_final=True)]
    if campaign.purged_ms is not None:
        return [Obstacle(f"活动 {slug} 的个人信息已经清除过了。", is_final=True)]
    if not is_over(campaign, now):
        return [Obstacle(f"活动 {slug} 还没有结束，结束以后才能清除个人信息。", is_final=True)]
    if waits := waits_for_scores(session, campaign.id, now) or waits_for_lots(session, campaign.id, now):
        return [Obstacle(waits, is_final=True)]
    said = [
        "有一次抽奖已经冻结名单，还没有开奖：请先开奖，或者作废这次抽奖。" if is_pending(session, campaign.id) else "",
        *_groups_to_decide(session, campaign),
        _to_be_claimed(session, campaign.id),
        _asked_for(session, campaign.id),
    ]
    return [Obstacle(sentence, is_final=False) for sentence in said if sentence]


def _groups_to_decide(session: Session, campaign: tables.Campaign) -> list[str]:
    """Prizes of the plan that nobody has been given yet, and that cannot be given afterwards."""
    group, draw = tables.PrizeGroup, tables.Draw
    own = (group.campaign_id == campaign.id,)
    drawn = exists().where(draw.group_id == group.id, draw.state != "void")
    undrawn = session.scalars(select(group.name).where(*own, group.kind == "draw", ~drawn)).all()
    unsettled = session.scalars(select(group.name).where(*own, group.kind == "rank", group.settled_ms.is_(None))).all()
    return [
        *(f"“{name}”还没有抽奖，清除以后就没有名单可抽了。" for name in undrawn),
        *(f"“{name}”还没有评定名次，清除以后就没有成绩可评了。" for name in unsettled),
    ]


def _to_be_claimed(session: Session, campaign_id: int) -> str:
    waiting = to_be_collected(session, tables.Award.campaign_id == campaign_id)
    return f"还有 {waiting} 份奖品没有发放，清除以后不再知道该给谁：请先发放或者作废。" if waiting else ""


def _asked_for(session: Session, campaign_id: int) -> str:
    request, attempt = tables.DataRequest, tables.Attempt
    took_part = exists().where(attempt.campaign_id == campaign_id, attempt.person_id == request.person_id)
    asked = session.scalar(
        select(func.count())
        .select_from(request)
        .where(request.state == "open", request.kind.in_(("copy", "correct")), took_part)
    )
    return f"有 {asked} 位参与者要个人信息的副本或更正，还没有办：请先办好。" if asked else ""


# --- doing it ---------------------------------------------------------------------------------------------------------


def purge(
    stores: Stores, slug: str, by: str, now: int, reason: str = "", on_the_way: Callable[[int], None] | None = None
) -> Purged:
    """All of it at once; a purge that somebody began is carried on. `on_the_way` is told how many attempts are left.

    Raises as `begin`.
    """
    with stores.sql.reading() as session:
        campaign = find(session, slug)
        campaign_id, begun = campaign.id, campaign.purged_ms is not None
    counted = Purged(0, 0, 0, 0) if begun else begin(stores, slug, by, now, reason)
    while not carry_on(stores, campaign_id, now, for_s=1.0):
        if on_the_way is not None:
            with stores.sql.reading() as session:
                on_the_way(left(session, campaign_id))
    return counted


def begin(stores: Stores, slug: str, by: str, now: int, reason: str = "", version: int | None = None) -> Purged:
    """Keep the final figures, and let the campaign be purged from now on: `carry_on` does the rest.

    `version` is of the campaign as somebody saw it who decided. Raises NotFound; Refused while it is open, or scores
    are being made; Refused without a `reason` while draws are to be held, prizes to be handed out or requests to be
    answered; Moved when somebody was quicker.
    """
    from campaigns import figures  # noqa: PLC0415 — what most of the house does not need to mask a name

    reason = cleaned(reason).strip()
    if len(reason) > LONGEST_REASON:
        raise Refused(f"原因最多 {LONGEST_REASON} 个字，请写短一些。")
    with stores.sql.reading() as session:
        _refuse(obstacles(session, slug, now), reason)
        campaign = find(session, slug)
        campaign_id, seen = campaign.id, campaign.version if version is None else version
        final = {part: figures.compute(session, campaign_id, part, now) for part in figures.PARTS}
        overview = final[figures.OVERVIEW]
        final[figures.OVERVIEW] = replace(overview, values=replace(overview.values, bursts=()))  # they name networks
        sums = add_up(session, campaign_id)
        counted = count(session, campaign_id)
    with stores.sql.transaction() as session:
        take_turn(session, campaign_id)  # whoever freezes a list or gives an award waits, and then sees the purge
        campaign = find(session, slug)
        _refuse(obstacles(session, slug, now), reason)
        state = campaign.state if campaign.state == "archived" else "closed"  # and never to be extended again
        for part, one in final.items():
            figures.keep(session, campaign_id, part, one)
        replace_sums(session, campaign_id, sums)
        said, gone = asdict(counted), {"purged_ms": now, "salt": "", "state": state}
        make(session, campaign, What.PURGED, by, now, said=said, note=reason, version=seen, **gone)
    return counted


def _refuse(found: Sequence[Obstacle], reason: str) -> None:
    standing = [one.sentence for one in found if one.is_final or not reason]
    if standing:
        way_on = "" if any(one.is_final for one in found) else "\n一定要现在清除的，请写明原因。"
        raise Refused("\n".join(standing) + way_on)


def count(session: Session, campaign_id: int) -> Purged:
    """How much there is to be removed."""
    attempt, answer, award, claim = tables.Attempt, tables.Answer, tables.Award, tables.Claim
    own = attempt.campaign_id == campaign_id
    people, attempts = session.execute(select(func.count(attempt.person_id.distinct()), func.count()).where(own)).one()
    answers = session.scalar(
        select(func.count()).select_from(answer).join(attempt, attempt.id == answer.attempt_id).where(own)
    )
    claims = session.scalar(
        select(func.count())
        .select_from(claim)
        .join(award, award.id == claim.award_id)
        .where(award.campaign_id == campaign_id)
    )
    return Purged(people, attempts, answers or 0, claims or 0)


def left(session: Session, campaign_id: int) -> int:
    """How many attempts of a purge that has begun are still there; 0: it is done."""
    attempt = tables.Attempt
    return session.scalar(select(func.count()).select_from(attempt).where(attempt.campaign_id == campaign_id)) or 0


def unfinished(session: Session) -> list[int]:
    """The campaigns whose purge has begun and not come to its end."""
    campaign, attempt = tables.Campaign, tables.Attempt
    rest = exists().where(attempt.campaign_id == campaign.id)
    return list(session.scalars(select(campaign.id).where(campaign.purged_ms.is_not(None), rest).order_by(campaign.id)))


def carry_on(stores: Stores, campaign_id: int, now: int, *, for_s: float) -> bool:
    """Remove what can be removed in a while; gives whether nothing is left. Attempts go last: they tell what is left.

    Several may do it at once, and in vain. What is to be removed is looked up before the transaction that does it: to
    look through a large table takes its time, and holds up nobody who answers.
    """
    left_s, is_tired = for_s, False
    for find_some, remove in _STEPS:
        while True:
            with stores.sql.reading() as session:
                some = find_some(session, campaign_id)
            if not some:
                break
            if is_tired:
                return False
            begun = time.monotonic()
            with stores.sql.transaction() as session:
                remove(session, campaign_id, some)
            left_s -= time.monotonic() - begun
            is_tired = left_s <= 0
    if stores.ranking.has_redis and not stores.ranking.rebuild(campaign_id, now):
        log.warning("the ranking of campaign %d is still in redis, without names: make it anew", campaign_id)
    return True


def _awards(session: Session, campaign_id: int) -> Found:
    award = tables.Award
    leads = (award.person_id, award.attempt_id, award.once, award.code_hash, award.code_sealed)
    return session.scalars(
        select(award.id)
        .where(award.campaign_id == campaign_id, or_(*(column.is_not(None) for column in leads)))
        .order_by(award.id)
        .limit(BATCH)
    ).all()


def _clear_awards(session: Session, campaign_id: int, ids: Found) -> None:
    award = tables.Award
    delete_claims(session, ids)
    nobody = {"person_id": None, "attempt_id": None, "once": None, "code_hash": None, "code_sealed": None}
    session.execute(update(award).where(award.id.in_(ids)).values(**nobody))


def _messages(session: Session, campaign_id: int) -> Found:
    outbox = tables.OutboxMessage
    return session.scalars(
        select(outbox.id)
        .where(outbox.campaign_id == campaign_id, or_(outbox.person_id.is_not(None), outbox.recipient != ""))
        .limit(BATCH)
    ).all()


def _clear_messages(session: Session, campaign_id: int, ids: Found) -> None:
    clear_messages(session, ids, _DROPPED)


def _consents(session: Session, campaign_id: int) -> Found:
    consent = tables.Consent
    return session.scalars(select(consent.id).where(consent.campaign_id == campaign_id).limit(BATCH)).all()


def _delete_consents(session: Session, campaign_id: int, ids: Found) -> None:
    session.execute(delete(tables.Consent).where(tables.Consent.id.in_(ids)))


def _moves(session: Session, campaign_id: int) -> Found:
    move, regrade = tables.RegradeMove, tables.Regrade
    return session.scalars(
        select(move.person_id)
        .join(regrade, regrade.id == move.regrade_id)
        .where(regrade.campaign_id == campaign_id)
        .limit(BATCH)
    ).all()


def _delete_moves(session: Session, campaign_id: int, person_ids: Found) -> None:
    move, regrade = tables.RegradeMove, tables.Regrade
    own = select(regrade.id).where(regrade.campaign_id == campaign_id)
    session.execute(delete(move).where(move.regrade_id.in_(own), move.person_id.in_(person_ids)))


def _exclusions(session: Session, campaign_id: int) -> Found:
    exclusion = tables.Exclusion
    own = select(exclusion.person_id).where(exclusion.campaign_id == campaign_id)
    return session.scalars(own.limit(BATCH)).all()


def _delete_exclusions(session: Session, campaign_id: int, person_ids: Found) -> None:
    exclusion = tables.Exclusion
    own = exclusion.campaign_id == campaign_id
    session.execute(delete(exclusion).where(own, exclusion.person_id.in_(person_ids)))


def _signals(session: Session, campaign_id: int) -> Found:
    signal = tables.Signal
    return session.scalars(select(signal.id).where(signal.campaign_id == campaign_id).limit(BATCH)).all()


def _delete_signals(session: Session, campaign_id: int, ids: Found) -> None:
    session.execute(delete(tables.Signal).where(tables.Signal.id.in_(ids)))


def _certificates(session: Session, campaign_id: int) -> Found:
    certificate, group = tables.Certificate, tables.PrizeGroup
    return session.scalars(
        select(certificate.number)
        .join(group, group.id == certificate.group_id)
        .where(group.campaign_id == campaign_id, (certificate.name != "") | (certificate.points != 0))
        .limit(BATCH)
    ).all()


def _clear_certificates(session: Session, campaign_id: int, numbers: Found) -> None:
    certificate = tables.Certificate
    session.execute(update(certificate).where(certificate.number.in_(numbers)).values(name="", points=0))


def _onlookers(session: Session, campaign_id: int) -> Found:
    """Whoever came for this campaign and never began to play."""
    identity, person, attempt = tables.Identity, tables.Person, tables.Attempt
    return session.scalars(
        select(person.id)
        .join(identity, identity.person_id == person.id)
        .where(
            identity.campaign_id == campaign_id,
            person.rostered.is_(False),
            ~exists().where(attempt.person_id == person.id),
        )
        .distinct()
        .limit(BATCH)
    ).all()


def _clear_onlookers(session: Session, campaign_id: int, person_ids: Found) -> None:
    _clear(session, _gone(session, person_ids))  # but for one who began to play elsewhere just now


def _attempts(session: Session, campaign_id: int) -> Found:
    """The next attempts, all of a person's together; of somebody with more than a batch of their own as many."""
    attempt = tables.Attempt
    found = session.execute(
        select(attempt.id, attempt.person_id)
        .where(attempt.campaign_id == campaign_id)
        .order_by(attempt.person_id, attempt.ordinal)
        .limit(BATCH + 1)
    ).all()
    batch = found[:BATCH]
    if len(found) > BATCH and found[BATCH].person_id == batch[-1].person_id:
        batch = [row for row in batch if row.person_id != batch[-1].person_id] or batch
    return [row.id for row in batch]


def _delete_attempts(session: Session, campaign_id: int, ids: Found) -> None:
    """And whoever has no other ones; a person's last ones go together with who they are."""
    attempt, standing, inbound = tables.Attempt, tables.Standing, tables.Inbound
    person_ids = session.scalars(select(attempt.person_id).where(attempt.id.in_(ids)).distinct()).all()
    session.execute(delete(standing).where(standing.campaign_id == campaign_id, standing.person_id.in_(person_ids)))
    session.execute(update(inbound).where(inbound.attempt_id.in_(ids)).values(attempt_id=None))
    for table in (tables.Answer, tables.AttemptOrigin, tables.AttemptVoid):
        session.execute(delete(table).where(table.attempt_id.in_(ids)))
    session.execute(delete(attempt).where(attempt.id.in_(ids)))
    _clear(session, _gone(session, person_ids))


_STEPS: Sequence[tuple[Callable[[Session, int], Found], Callable[[Session, int, Found], None]]] = (
    (_awards, _clear_awards),
    (_messages, _clear_messages),
    (_consents, _delete_consents),
    (_moves, _delete_moves),
    (_exclusions, _delete_exclusions),
    (_signals, _delete_signals),
    (_certificates, _clear_certificates),
    (_onlookers, _clear_onlookers),
    (_attempts, _delete_attempts),
)
"""What finds some of what is to go, by ids, and what removes it."""


def _gone(session: Session, person_ids: Sequence[int]) -> list[int]:
    """Of persons those whom nothing keeps: no roster, and no attempt in any other campaign."""
    person, attempt = tables.Person, tables.Attempt
    return list(
        session.scalars(
            select(person.id).where(
                person.id.in_(person_ids),
                person.rostered.is_(False),
                ~exists().where(attempt.person_id == person.id),
            )
        )
    )


def _clear(session: Session, person_ids: Sequence[int]) -> None:
    if not person_ids:
        return
    everyone = with_former_selves(session, person_ids)
    clear_identities(session, everyone)
    clear_messages_to(session, everyone)
    clear_persons(session, everyone, units_too=True)
