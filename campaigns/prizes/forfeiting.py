"""Awards that winners do not collect, taken back by hand: one, or many, each with who has its prize then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from campaigns import draws
from campaigns.draws import Prepared
from campaigns.errors import Moved, Refused
from campaigns.prizes import deadlines
from campaigns.prizes.listing import AwardLine, award_lines, successors_of
from campaigns.store import Store


@dataclass(frozen=True, slots=True)
class Forfeited:
    lost: AwardLine
    heir: AwardLine | None
    """The award that has its prize now, perhaps unfilled; None: it is back in the stock."""

    def following(self, *, full: bool) -> str:
        """What becomes of the prize, with names in full or masked."""
        if self.heir is None:
            return "奖品放回库存"
        if self.heir.entrant is None:
            return "没有可以递补的人，空缺"
        rank = f"（第 {self.heir.rank} 名）" if self.heir.kind == "rank" else ""
        return f"由 {self.heir.called(full=full)}{rank or ' '}递补"

    def sentence(self, *, full: bool) -> str:
        return f"“{self.lost.prize}”（{self.lost.called(full=full)}）已作废，{self.following(full=full)}。"


def overdue_ids(session: Session, campaign_id: int, now: int) -> list[int]:
    """The awards whose deadline has passed, the longest first."""
    return [one.award_id for one in deadlines.overdue(session, campaign_id, now)]


def forfeit(store: Store, line: AwardLine, reason: str, by: str, now: int) -> Forfeited:
    """Take an award back. Raises NotFound, and Refused without a reason, or when it is not live or was handed out."""
    prepared = _prepared(store, line)
    with store.transaction() as session:
        return _forfeit(session, line, reason, by, now, prepared)


def foresee(store: Store, line: AwardLine, now: int) -> Forfeited:
    """What `forfeit` would do now; nothing is changed. Raises as it does."""
    prepared = _prepared(store, line)
    with store.transaction() as session:
        undone = session.begin_nested()
        try:
            return _forfeit(session, line, "—", "", now, prepared)
        finally:
            undone.rollback()


def forfeit_all(
    store: Store, lines: Sequence[AwardLine], reason: str, by: str, now: int
) -> tuple[list[Forfeited], list[str]]:
    """One after the other, each for itself; gives those that were taken back, and why others were not."""
    done: list[Forfeited] = []
    refused: list[str] = []
    rankings: dict[str | None, Prepared | None] = {}
    for line in lines:
        try:
            if line.draw_id not in rankings:
                rankings[line.draw_id] = _prepared(store, line)
            with store.transaction() as session:
                done.append(_forfeit(session, line, reason, by, now, rankings[line.draw_id]))
        except (Refused, Moved) as error:
            refused.append(f"“{line.prize}”没有作废：{error}")
    return done, refused


def _prepared(store: Store, line: AwardLine) -> Prepared | None:
    """What takes long for a draw of many entrants, before the write."""
    if line.draw_id is None:
        return None
    with store.reading() as session:
        return draws.prepare(session, line.draw_id)


def _forfeit(session: Session, line: AwardLine, reason: str, by: str, now: int, prepared: Prepared | None) -> Forfeited:
    deadlines.forfeit(session, line.id, reason, by, now, prepared=prepared)
    lost = award_lines(session, line.campaign_id, [line.id])[line.id]
    return Forfeited(lost, successors_of(session, [lost]).get(lost.id))
