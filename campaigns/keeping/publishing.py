"""From here on neither the questions nor the rules of a campaign change any more."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sqlalchemy import insert
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.errors import Refused
from campaigns.keeping.changes import What, make
from campaigns.keeping.checking import findings
from campaigns.keeping.findings import ERROR, Finding
from campaigns.keeping.listing import find
from campaigns.keeping.recipes import Pool, Share, pool_of


@dataclass(frozen=True, slots=True)
class Published:
    """What a campaign is played with from now on, in questions."""

    questions: int
    left_out: int
    """Drafts that it could have been played with, had it not been made for reviewed questions only."""
    warnings: tuple[str, ...] = ()
    """What may go wrong, a sentence each; it was published all the same."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything that publishing a draft reads: a large bank takes a second, in which nobody else could write."""

    version: int
    """Of the campaign as it was read."""
    pool: Pool
    findings: tuple[Finding, ...]


def make_ready(session: Session, slug: str, now: int) -> Ready:
    """Read what `publish` needs. Raises NotFound; Refused when it is no draft."""
    campaign = find(session, slug)
    if campaign.state != "draft":
        raise Refused(f"活动 {slug} 已经发布过了，不能再发布。")
    pool = pool_of(session, campaign)
    return Ready(campaign.version, pool, tuple(findings(session, campaign, pool, now)))


def publish(
    session: Session,
    slug: str,
    random: Random,
    now: int,
    by: str = "",
    version: int | None = None,
    ready: Ready | None = None,
) -> Published:
    """Let a draft be played from its opening on, with its banks' questions as they are now.

    A campaign whose papers are all the same gets its questions drawn here, once. `version` is the one that the
    decision was made on; None: as it is now. `ready` was made a moment ago, outside of this transaction; None: it is
    made here. Raises NotFound; Refused when it is no draft, and with every error that `check` finds; Moved when
    somebody has edited it since.
    """
    ready = ready or make_ready(session, slug, now)
    if errors := [one.sentence for one in ready.findings if one.severity == ERROR]:
        raise Refused("\n".join(errors))
    campaign, pool = find(session, slug), ready.pool
    asked = [
        {"campaign_id": campaign.id, "revision_id": revision, "part": share.ordinal}
        for share in pool.shares
        for revision in _drawn(share, random, once=campaign.same_paper)
    ]
    said = {"questions": len(asked), "left_out": pool.left_out}
    seen = ready.version if version is None else version
    make(session, campaign, What.PUBLISHED, by, now, said=said, version=seen, state="published")
    places = {revision: place for place, revision in enumerate(pool.questions)}
    asked.sort(key=lambda row: places[row["revision_id"]])
    session.execute(
        insert(tables.CampaignQuestion), [row | {"ordinal": ordinal} for ordinal, row in enumerate(asked, start=1)]
    )
    return Published(len(asked), pool.left_out, tuple(one.sentence for one in ready.findings))


def _drawn(share: Share, random: Random, *, once: bool) -> tuple[int, ...]:
    return tuple(random.sample(share.own, share.count)) if once else share.own
