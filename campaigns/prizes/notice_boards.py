"""Who won, for the notice board (公示): a document to print and stamp (docx, A4), and the same list as xlsx.

Names are masked as everywhere in public; the pseudonym by which winners recognise themselves stands beside them. Prizes
that were taken back are told with the reason, and who has them now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import addresses
from campaigns.clock import local
from campaigns.errors import NotFound
from campaigns.prizes.results import WinnerLine, winners
from campaigns.tables import Campaign, Draw, PrizeGroup
from campaigns.text_tables import Cell, TextTable, as_xlsx

NOBODY = "—"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw that some of the winners come from."""

    group: str
    id: str
    address: str
    """Its public page."""
    list_hash: str


@dataclass(frozen=True, slots=True)
class WinnerNotice:
    """What a notice says."""

    campaign: str
    organiser: str
    issued: str
    """The day that stands under it, ``2026年7月10日``."""
    lines: tuple[WinnerLine, ...]
    draws: tuple[Drawn, ...] = ()
    period: str = ""
    """Between which days objections are heard; empty: left blank."""
    contact: str = ""
    """Where; empty: left blank."""


def winner_notice(
    session: Session,
    slug: str,
    base_url: str,
    now: int,
    *,
    group_id: int | None = None,
    draw_id: str | None = None,
    period: str = "",
    contact: str = "",
) -> WinnerNotice:
    """The notice of all a campaign's winners, or those of one group or draw. Raises NotFound for an unknown slug."""
    campaign = session.execute(
        select(Campaign.id, Campaign.name, Campaign.organiser, Campaign.timezone).where(Campaign.slug == slug)
    ).one_or_none()
    if campaign is None:
        raise NotFound(f"没有名为 {slug} 的活动，请用 lvda campaign list 查看。")
    lines = tuple(winners(session, campaign.id, group_id=group_id, draw_id=draw_id))
    held = {line.draw_id for line in lines if line.draw_id is not None}
    rows = session.execute(
        select(PrizeGroup.name, Draw.id, Draw.list_hash)
        .join(Draw, Draw.group_id == PrizeGroup.id)
        .where(Draw.campaign_id == campaign.id)
        .order_by(Draw.ordinal)
    )
    day = local(now, campaign.timezone)
    return WinnerNotice(
        campaign=campaign.name,
        organiser=campaign.organiser,
        issued=f"{day.year}年{day.month}月{day.day}日",
        lines=lines,
        draws=tuple(
            Drawn(row.name, row.id, addresses.draw(base_url, row.id), row.list_hash) for row in rows if row.id in held
        ),
        period=period,
        contact=contact,
    )


# --- what both files say -----------------------------------------------------------------------------------------


class Column(NamedTuple):
    name: str
    width: int
    """On paper, in millimetres."""
    of: Callable[[int, WinnerLine], Cell]


NUMBER = Column("序号", 13, lambda number, line: number)
PRIZE = Column("奖品", 35, lambda number, line: line.prize)
RANK = Column("名次", 14, lambda number, line: line.rank)
NAME = Column("姓名", 26, lambda number, line: line.name)
UNIT = Column("单位", 45, lambda number, line: line.unit or NOBODY)
ENTRANT = Column("抽奖编号", 45, lambda number, line: line.entrant or NOBODY)
GROUP = Column("奖项", 0, lambda number, line: line.group)


def listed(lines: Sequence[WinnerLine]) -> list[WinnerLine]:
    """Who has the prizes now, and the prizes that nobody has."""
    return [line for line in lines if line.state != "forfeited"]


def taken_back(lines: Sequence[WinnerLine]) -> Iterator[str]:
    """A sentence for each prize that was taken back."""
    in_its_place = {line.replaces_id: line for line in lines if line.replaces_id is not None}
    drawn_in_its_place = {(line.draw_id, line.replaces): line for line in lines if line.replaces is not None}
    for line in lines:
        if line.state != "forfeited":
            continue
        drawn = None if line.sequence is None else drawn_in_its_place.get((line.draw_id, line.sequence))
        now = in_its_place.get(line.award_id, drawn)
        lost = f"{line.prize}：{line.name}（{line.entrant}）已作废，原因：{line.reason.rstrip('。') or NOBODY}。"
        if now is None:
            yield lost
        elif now.state == "unfilled":
            yield f"{lost}无人递补，空缺。"
        else:
            yield f"{lost}由{now.name}（{now.entrant}）递补。"


# --- xlsx --------------------------------------------------------------------------------------------------------


def winner_xlsx(notice: WinnerNotice) -> bytes:
    """The list as a table: one sheet, in which no text is ever computed."""
    columns = (NUMBER, GROUP, PRIZE, RANK, NAME, UNIT, ENTRANT)
    rows = [[column.of(number, line) for column in columns] for number, line in enumerate(listed(notice.lines), 1)]
    return as_xlsx(TextTable("获奖名单", [column.name for column in columns], rows))


def winner_docx(notice: WinnerNotice) -> bytes:
    """The notice as offices post it, A4: see `campaigns.prizes.notice_documents`."""
    from campaigns.prizes.notice_documents import write_docx  # noqa: PLC0415 — it takes a while to load

    return write_docx(notice)
