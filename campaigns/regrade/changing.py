"""Committing the change: from then on it is how answers are marked, and all know of it.

Arguments shared: `number` as for `find_question`; `reason` as participants read it; `by` the account's name;
`version` of the campaign that the decision was made on, None: as it is now. Both functions give the regrade's id, for
`Mender`; raise NotFound for a campaign or a question that does not exist, Refused for what cannot be, and Moved when
somebody else was quicker.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.banks.storable import cleaned
from campaigns.errors import Refused
from campaigns.keeping.changes import What, make
from campaigns.keeping.listing import find
from campaigns.privacy.purged import refuse_purged
from campaigns.regrade.moves import note_ranks
from campaigns.regrade.questions import Asked, find_question

LONGEST_REASON = 500
MENDED = frozenset({"published", "paused", "closed"})
"""The states of campaigns whose questions may be mended."""


def withdraw(
    session: Session, slug: str, number: str, reason: str, now: int, by: str = "", version: int | None = None
) -> int:
    """Withdraw a question: every paper that holds it has its full points, and no new paper asks it."""
    campaign, asked = _mendable(session, slug, number, reason)
    if asked.withdrawn:
        raise Refused(f"编号为 {asked.number} 的题已经作废了，不用再作废。")
    return _commit(session, campaign, asked, None, reason, now, by, version)


def correct(
    session: Session,
    slug: str,
    number: str,
    key: Sequence[str],
    reason: str,
    now: int,
    by: str = "",
    version: int | None = None,
) -> int:
    """Correct the key of a question; `key` as `read_key` gives it."""
    campaign, asked = _mendable(session, slug, number, reason)
    if asked.withdrawn:
        raise Refused(f"编号为 {asked.number} 的题已经作废，人人得分，不用再更正答案。")
    if tuple(key) == asked.question.answer:
        raise Refused(f"编号为 {asked.number} 的题的答案本来就是这样，不用更正。")
    return _commit(session, campaign, asked, list(key), reason, now, by, version)


def _mendable(session: Session, slug: str, number: str, reason: str) -> tuple[tables.Campaign, Asked]:
    campaign = find(session, slug)
    if campaign.state == "draft":
        raise Refused(f"活动 {slug} 还没有发布：请直接在题库里改题。")
    if campaign.state not in MENDED:
        raise Refused(f"活动 {slug} 已经归档，成绩不再改变。")
    refuse_purged(session, campaign.id, "更正题目")
    if not reason.strip():
        raise Refused("请写明原因，参与者会看到。")
    if len(reason.strip()) > LONGEST_REASON:
        raise Refused(f"原因最多 {LONGEST_REASON} 个字，请写短一些。")
    going_on = select(tables.Regrade.id).where(
        tables.Regrade.campaign_id == campaign.id, tables.Regrade.finished_ms.is_(None)
    )
    if session.scalar(going_on) is not None:
        raise Refused(f"活动 {slug} 的上一次更正还没有算完，请等它算完再试。")
    return campaign, find_question(session, campaign.id, number)


def _commit(
    session: Session,
    campaign: tables.Campaign,
    asked: Asked,
    key: list[str] | None,
    reason: str,
    now: int,
    by: str,
    version: int | None,
) -> int:
    """The ranks before are read first: the campaign's row is locked for no longer than it must."""
    before = list(asked.question.answer)
    regrade_id = session.execute(
        insert(tables.Regrade)
        .values(
            campaign_id=campaign.id,
            revision_id=asked.revision_id,
            answer_before=before,
            answer_after=key,
            by=cleaned(by),
            begun_ms=now,
        )
        .returning(tables.Regrade.id)
    ).scalar_one()
    note_ranks(session, campaign.id, regrade_id)
    said: dict[str, object] = {"number": asked.number}
    what = What.QUESTION_WITHDRAWN
    if key is not None:
        what, said["answer"] = What.KEY_CORRECTED, [before, key]
    make(session, campaign, what, cleaned(by), now, said=said, note=cleaned(reason).strip(), version=version)
    held = tables.CampaignQuestion
    session.execute(
        update(held)
        .where(held.campaign_id == campaign.id, held.revision_id == asked.revision_id)
        .values(**({"withdrawn": True} if key is None else {"answer": key}))
    )
    return regrade_id
