"""That a campaign's personal data are gone: what counts on them is not to be done any more."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import Refused
from campaigns.tables import Campaign


def refuse_purged(session: Session, campaign_id: int, what: str) -> None:
    """Raises Refused where the personal data were purged; `what` cannot be done then, as ``更正题目``."""
    row = session.execute(
        select(Campaign.slug).where(Campaign.id == campaign_id, Campaign.purged_ms.is_not(None))
    ).one_or_none()
    if row is not None:
        raise Refused(f"活动 {row.slug} 的个人信息已经清除，答题记录不在了，不能再{what}。")
