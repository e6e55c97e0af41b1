"""A campaign as it would be played were it published now, for whoever wants to see a paper of it beforehand."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from sqlalchemy.orm import Session

from campaigns.editions import Edition, load_edition
from campaigns.errors import Refused
from campaigns.keeping.listing import find
from campaigns.keeping.recipes import Share, pool_of
from questions.papers import PaperPart


def sample_edition(session: Session, slug: str, random: Random) -> Edition:
    """Of a draft, with the questions that its banks have now; of what is published, what it is played with.

    `random` draws what publishing would draw once for everybody. Raises NotFound; Refused while questions are missing.
    """
    campaign = find(session, slug)
    edition = load_edition(session, campaign.id)
    if campaign.state != "draft":
        return edition
    pool = pool_of(session, campaign)
    if any(len(share.own) < share.count for share in pool.shares):
        raise Refused("题目还不够一份试卷，没有可以预览的：请到“题目与组卷”补充题目，或者把题数改少。")
    return replace(
        edition,
        questions=pool.questions,
        parts=tuple(
            PaperPart(share.count, _once(share, random) if campaign.same_paper else share.own) for share in pool.shares
        ),
    )


def _once(share: Share, random: Random) -> tuple[int, ...]:
    """In the order of the bank."""
    drawn = set(random.sample(share.own, share.count))
    return tuple(revision for revision in share.own if revision in drawn)
