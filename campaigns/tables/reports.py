"""Reports that go upward: what an office writes into them, their templates and photos."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, JsonList, Line, Milliseconds, Prose, Table

KINDS = "kind IN ('bulletin', 'summary')"


class ReportTemplate(Table):
    """A Word file that an organiser has edited; the newest of a kind is used, the older ones stay."""

    __tablename__ = "report_template"
    __table_args__ = (CheckConstraint(KINDS, name="kind"),)

    id: Mapped[Id]
    kind: Mapped[Code]
    """``bulletin``: 工作简讯; ``summary``: 总结."""
    name: Mapped[Line]
    """What the file was called."""
    data: Mapped[bytes] = mapped_column(LargeBinary)
    retired: Mapped[bool] = mapped_column(default=False)
    by: Mapped[Line]
    at_ms: Mapped[Milliseconds]


class ReportPhoto(Table):
    """A picture that a campaign's reports may show."""

    __tablename__ = "report_photo"
    __table_args__ = (UniqueConstraint("campaign_id", "picture_sha256"),)

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    picture_sha256: Mapped[str] = mapped_column(ForeignKey("picture.sha256"))
    caption: Mapped[Line]
    by: Mapped[Line]
    at_ms: Mapped[Milliseconds]


class Report(Table):
    """A report as it was asked for; its file is made by a job, and can be made again."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(KINDS, name="kind"),
        UniqueConstraint("campaign_id", "kind", "issue"),
    )

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    unit_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("unit.id"))
    """Of a unit and those below it; null: of the whole campaign."""
    kind: Mapped[Code]
    issue: Mapped[int | None]
    """第几期, counted for a campaign's bulletins of the whole; null: not counted."""
    title: Mapped[Line]
    sender: Mapped[Line]
    """The office that it is signed by."""
    remarks: Mapped[Prose]
    """What the organiser adds in their own words: paragraphs divided by line ends."""
    photos: Mapped[JsonList]
    """The ids of the photos chosen, in order."""
    by: Mapped[Line]
    at_ms: Mapped[Milliseconds]
