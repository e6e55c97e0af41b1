"""Parametric codes of official accounts: whoever scans one follows, and lands in its campaign and unit.

A temporary code lives at most 30 days, and its successor is another picture: for screens and pages, where the worker
renews it before it ends. A permanent one is for what hangs on walls; an account has 100,000 of them. Source: the
platform's page 生成带参数的二维码 (createQRCode).

Of all processes one makes a code: the row that says who is making it comes first, and the primary key, or a conditional
UPDATE, decides. A row without a ticket is being made since `made_ms`; its maker may have died, so after a while another
may take it over. The address that a code holds stays in the row, and is shown, while its successor is made.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import DAY, MINUTE, SECOND
from campaigns.errors import Moved, Refused
from campaigns.store import Store
from platforms import errors

log = logging.getLogger(__name__)

LIFETIME_S = 2_592_000
"""The longest that a temporary code may be asked for."""
RENEWED_BEFORE_MS = 5 * DAY
MAKING_MS = 2 * MINUTE
"""After how long a maker that has not finished counts as dead."""
RENEWED_AT_ONCE = 200
"""By one tick of the schedule."""
SCENE_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Made:
    """What the platform answers."""

    ticket: str
    url: str
    """What the code holds."""
    seconds: int | None
    """How long it lives; None: for ever."""


Make = Callable[[str, int | None], Made]
"""Asks the platform for a code of a scene that lives so many seconds (None: for ever). Raises PlatformError."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code that may be shown."""

    account: str
    scene: str
    url: str
    made_ms: int
    expires_ms: int | None
    """None: never."""

    @property
    def slug(self) -> str:
        return self.scene.partition(":")[0]

    @property
    def unit_code(self) -> str:
        return self.scene.partition(":")[2]


def scene_of(slug: str, unit_code: str = "") -> str:
    """What the code of a campaign, or of a unit in it, says to the callback. Raises Refused when it is too long."""
    scene = f"{slug}:{unit_code}" if unit_code else slug
    if len(scene) > SCENE_LENGTH:
        raise Refused(
            f"公众号二维码的参数最多 {SCENE_LENGTH} 个字符，“{scene}”有 {len(scene)} 个：请缩短活动或单位代号。"
        )
    return scene


def code_for(store: Store, account: str, scene: str, make: Make, now: int, *, permanent: bool = False) -> Code:
    """The code of a scene: the kept one while it is good for some days, otherwise a new one.

    Asked for a permanent one, a temporary one is replaced. Raises Moved while another process is making it, and
    PlatformError, with everything as it was before.
    """
    kept = _find(store, account, scene)
    if kept is not None and kept.ticket and (kept.expires_ms is None or not (permanent or _ends(kept, now))):
        return _code(kept)
    _claim(store, account, scene, kept, now)
    try:
        made = make(scene, None if permanent else LIFETIME_S)
    except BaseException:
        _give_back(store, account, scene, kept, now)
        raise
    return _lay_down(store, account, scene, made, now)


def renew_codes(store: Store, makers: Mapping[str, Make], now: int) -> int:
    """Replace temporary codes that end soon, of campaigns that are not over; gives how many were replaced.

    A code that cannot be replaced now is tried again by a later tick; there are days for it.
    """
    with store.reading() as session:
        due = _due(session, list(makers), now)
    renewed = 0
    tired: set[str] = set()
    for account, scene in due:
        if account in tired:
            continue
        try:
            code_for(store, account, scene, makers[account], now)
            renewed += 1
        except Moved:
            continue
        except errors.PlatformError as error:
            log.warning("the code of %s could not be renewed: %s", scene, error)
            if not isinstance(error, errors.Refused):
                tired.add(account)  # not reachable now: the others would only wait for it, too
    return renewed


def codes_of(session: Session, slug: str, now: int) -> list[Code]:
    """The codes of a campaign that may be shown now, its own before those of its units, by account."""
    return [code for code in all_codes(session, now) if code.slug == slug]


def all_codes(session: Session, now: int) -> list[Code]:
    """All codes that may be shown now, by account and scene."""
    ticket = tables.QrTicket
    rows = session.execute(
        select(ticket.account, ticket.scene, ticket.ticket, ticket.url, ticket.made_ms, ticket.expires_ms)
        .where(ticket.url != "", or_(ticket.expires_ms.is_(None), ticket.expires_ms > now))
        .order_by(ticket.account, ticket.scene)
    )
    return [_code(row) for row in rows]


def permanent_codes(session: Session, account: str) -> int:
    """How many of its permanent codes an account has used here."""
    ticket = tables.QrTicket
    return session.scalar(select(func.count()).where(ticket.account == account, ticket.expires_ms.is_(None))) or 0


_Kept = Row[str, str, str, str, int, int | None]


def _find(store: Store, account: str, scene: str) -> _Kept | None:
    ticket = tables.QrTicket
    with store.reading() as session:
        return session.execute(
            select(ticket.account, ticket.scene, ticket.ticket, ticket.url, ticket.made_ms, ticket.expires_ms).where(
                ticket.account == account, ticket.scene == scene
            )
        ).one_or_none()


def _ends(kept: _Kept, now: int) -> bool:
    return kept.expires_ms is not None and kept.expires_ms <= now + RENEWED_BEFORE_MS


def _code(kept: _Kept) -> Code:
    return Code(kept.account, kept.scene, kept.url, kept.made_ms, kept.expires_ms)


def _claim(store: Store, account: str, scene: str, kept: _Kept | None, now: int) -> None:
    """Be the one who makes it. Raises Moved when another process is."""
    ticket = tables.QrTicket
    others = Moved(f"{scene} 的公众号二维码正由另一个程序生成：请过两分钟再试。")
    if kept is None:
        row = {"account": account, "scene": scene, "ticket": "", "url": "", "made_ms": now, "expires_ms": now}
        try:
            with store.transaction() as session:
                session.execute(insert(ticket).values(row))
        except IntegrityError as error:
            raise others from error
        return
    if not kept.ticket and kept.made_ms > now - MAKING_MS:
        raise others
    with store.transaction() as session:
        claimed = session.execute(
            update(ticket)
            .where(ticket.account == account, ticket.scene == scene)
            .where(ticket.made_ms == kept.made_ms, ticket.ticket == kept.ticket)
            .values(ticket="", made_ms=now)
            .returning(ticket.scene)
        ).one_or_none()
    if claimed is None:
        raise others


def _give_back(store: Store, account: str, scene: str, kept: _Kept | None, claimed_ms: int) -> None:
    ticket = tables.QrTicket
    ours = (ticket.account == account, ticket.scene == scene, ticket.ticket == "", ticket.made_ms == claimed_ms)
    with store.transaction() as session:
        if kept is None:
            session.execute(delete(ticket).where(*ours))
        else:
            session.execute(update(ticket).where(*ours).values(ticket=kept.ticket, made_ms=kept.made_ms))


def _lay_down(store: Store, account: str, scene: str, made: Made, claimed_ms: int) -> Code:
    """Keep what was made. Raises Moved when it took so long that another process has made one instead."""
    ticket = tables.QrTicket
    expires_ms = None if made.seconds is None else claimed_ms + made.seconds * SECOND
    with store.transaction() as session:
        ours = session.execute(
            update(ticket)
            .where(ticket.account == account, ticket.scene == scene)
            .where(ticket.ticket == "", ticket.made_ms == claimed_ms)
            .values(ticket=made.ticket, url=made.url, expires_ms=expires_ms)
            .returning(ticket.scene)
        ).one_or_none()
    if ours is None:
        raise Moved(f"{scene} 的公众号二维码已由另一个程序生成：请再看一次。")
    return Code(account, scene, made.url, claimed_ms, expires_ms)


def _due(session: Session, accounts: list[str], now: int) -> list[tuple[str, str]]:
    """Account and scene of codes to be made anew, those that end first before the others."""
    ticket, campaign = tables.QrTicket, tables.Campaign
    live = set(
        session.scalars(
            select(campaign.slug).where(
                campaign.state.in_(("published", "paused")), or_(campaign.closes_ms.is_(None), campaign.closes_ms > now)
            )
        )
    )
    rows = session.execute(
        select(ticket.account, ticket.scene)
        .where(ticket.account.in_(accounts))
        .where(
            ((ticket.ticket == "") & (ticket.made_ms <= now - MAKING_MS))
            | ((ticket.ticket != "") & (ticket.expires_ms <= now + RENEWED_BEFORE_MS))
        )
        .order_by(ticket.expires_ms, ticket.account, ticket.scene)
    )
    due = [(account, scene) for account, scene in rows if scene.partition(":")[0] in live]
    return due[:RENEWED_AT_ONCE]
