"""What was added up of campaigns, so that nobody adds it up again to look at it."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Json, Milliseconds, Table


class CampaignFigures(Table):
    """One part of a campaign's figures, as the worker added it up last."""

    __tablename__ = "campaign_figures"

    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), primary_key=True)
    part: Mapped[Code] = mapped_column(primary_key=True)
    """See `campaigns.figures`."""
    figures: Mapped[Json]
    made_ms: Mapped[Milliseconds]
    took_ms: Mapped[int]
    """How long it took: what is long is added up less often."""
