"""Who is behind a browser: a token in a signed cookie, which leads to a person once they begin.

Merely opening a page makes no person and changes none, so that crawlers and link previews do not either: a unit that a
link names waits in the cookie until its person says so, and a link from a chat only offers to be the chat's person.

Such a link makes one browser that person, once, without a table of its own: it is void as soon as a browser became the
person after it was issued. So every adoption makes all earlier links of that person void. Where a platform itself says
who opened a page, the browser becomes that person without being asked: see `bot.pages.wecom_sign_in`.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, replace

from flask import Response, after_this_request, current_app, request
from flask import session as cookies
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from bot.links import Resume
from campaigns import people, play, tables
from campaigns.clock import DAY, SECOND
from campaigns.editions import Edition
from campaigns.errors import Moved, NotFound
from campaigns.people import Sender
from campaigns.stores import Stores

CHANNEL = "h5"
COOKIE = "lvda_h5"
KEPT_S = 180 * DAY // SECOND
TOKEN_BYTES = 16
UNIT_CODE_LENGTH = 64
LOOKS = 3
"""How often a browser whose tabs play two campaigns at once is looked at before it is told to try again."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a browser's cookie says."""

    token: str = ""
    """Empty: this browser has none yet."""
    unit: str = ""
    """The code of the unit that a link named before there was a person to join it."""


def read_visitor() -> Visitor:
    """The visitor of this request; a cookie that is not ours counts as none."""
    try:
        kept = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadData:
        return Visitor()
    return Visitor(kept["token"], kept["unit"])


def remember(visitor: Visitor) -> None:
    """Let the browser keep the cookie from this response on."""
    value = _signer().dumps({"token": visitor.token, "unit": visitor.unit})

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            COOKIE, value, max_age=KEPT_S, path="/q/", secure=over_https(), httponly=True, samesite="Lax"
        )
        return response


def look(stores: Stores, visitor: Visitor, edition: Edition) -> play.Turn | None:
    """Where a visitor stands in the page's campaign; None: they have not begun anything yet.

    Raises Moved when another tab of the same browser keeps entering another campaign.
    """
    if not visitor.token:
        return None
    for _ in range(LOOKS):
        with stores.sql.direct() as direct:
            turn = play.look(direct, stores, _sender(visitor))
        if turn is None or (turn.edition is not None and turn.edition.id == edition.id):
            return turn
        with stores.sql.transaction() as session:
            people.enter(session, turn.identity_id, edition.id)
    raise Moved


def meet(stores: Stores, visitor: Visitor, now: int) -> Visitor:
    """Make a guest of a visitor who begins; whoever calls lets them `join_named_unit`, which keeps the cookie too."""
    visitor = replace(visitor, token=visitor.token or _new_token())
    people.meet(stores.sql, _sender(visitor), now)
    return visitor


@dataclass(frozen=True, slots=True)
class Offer:
    """What whoever follows a link from a chat decides about."""

    unit: str
    """The name of the unit that the chat's person stands for; empty: none."""
    own_attempts: bool
    """Whether this browser has attempts of its own, which it would not show any more."""


def offer(session: Session, turn: play.Turn | None, resume: Resume, now: int) -> Offer | None:
    """What a link from a chat offers; None: it is too old, or was used, or its person is gone."""
    resume = replace(resume, person_id=people.living(session, resume.person_id))
    if not _may_adopt(session, resume, now):
        return None
    attempt = tables.Attempt
    own = turn is not None and session.scalar(select(exists().where(attempt.person_id == turn.person_id)))
    return Offer(people.unit_name(session, resume.person_id), bool(own))


def adopt(stores: Stores, edition: Edition, resume: Resume, now: int) -> bool:
    """Let this browser be the person that a chat's link was made for; False: the link holds no more.

    The person's row is ours while it is decided, so that of two browsers that bring one link only one gets it. The same
    browser may bring it twice, by a double tap: it is the same identity then. Who was bound since the link was made is
    who they are now.
    """
    if not resume.is_fresh(now):
        return False
    browser = Visitor(_adopting_token(resume))
    with stores.sql.transaction() as session:
        resume = replace(resume, person_id=people.held_living(session, resume.person_id))
        if people.find_identity(session, _sender(browser)) is None:
            if not _may_adopt(session, resume, now):
                return False
            session.add(
                tables.Identity(
                    channel=CHANNEL,
                    account="",
                    sender=browser.token,
                    person_id=resume.person_id,
                    campaign_id=edition.id,
                    created_ms=max(now, resume.issued_ms),  # of two machines' clocks one may be a little behind
                )
            )
    remember(browser)
    return True


def become(stores: Stores, edition: Edition, visitor: Visitor, sender: Sender, now: int) -> None:
    """Let this browser be the person of whom a platform says that they opened the page; made if they are new."""
    with stores.sql.reading() as session:
        known = people.find_identity(session, sender)
    if known is None:
        people.meet(stores.sql, sender, now)
    browser = replace(visitor, token=_new_token())
    with stores.sql.transaction() as session:
        found = people.find_identity(session, sender)
        if found is None:
            raise Moved
        people.hold(session, found.id, found.person_id)
        row = tables.Identity(
            channel=CHANNEL,
            account="",
            sender=browser.token,
            person_id=found.person_id,
            campaign_id=edition.id,
            created_ms=now,
        )
        session.add(row)
    remember(browser)


def _may_adopt(session: Session, resume: Resume, now: int) -> bool:
    if not resume.is_fresh(now) or session.get(tables.Person, resume.person_id) is None:
        return False
    identity = tables.Identity
    newest: int | None = session.scalar(
        select(func.max(identity.created_ms)).where(identity.person_id == resume.person_id, identity.channel == CHANNEL)
    )
    return newest is None or newest < resume.issued_ms


def _adopting_token(resume: Resume) -> str:
    """The token with which this browser adopts: by its session, so that it is the same when the form is sent twice."""
    browser = f"{cookies['csrf_token']}\n{resume.person_id}\n{resume.issued_ms}"
    return hmac.digest(_secret().encode(), f"lvda-adopt\n{browser}".encode(), "sha256").hex()[: 2 * TOKEN_BYTES]


def represent(stores: Stores, visitor: Visitor, unit_code: str) -> Visitor:
    """Keep the code of a unit that a link names until whoever opened it says that they are of it.

    Raises NotFound for a code that no unit has.
    """
    if len(unit_code) > UNIT_CODE_LENGTH or not unit_code.isprintable():
        raise NotFound(unit_code)
    with stores.sql.reading() as session:
        people.find_unit(session, unit_code)
    visitor = replace(visitor, unit=unit_code)
    remember(visitor)
    return visitor


def join_named_unit(stores: Stores, visitor: Visitor, person_id: int) -> None:
    """Let a person be of the unit that their link named, if it named one. Raises NotFound when that is gone."""
    remember(replace(visitor, unit=""))
    if visitor.unit:
        with stores.sql.transaction() as session:
            people.join_unit(session, person_id, visitor.unit)


def named_unit(session: Session, visitor: Visitor, person_id: int) -> str:
    """The name of the unit that a link named and that the person is not of yet; empty when there is none."""
    try:
        named = people.find_unit(session, visitor.unit) if visitor.unit else None
    except NotFound:
        return ""
    person = session.get(tables.Person, person_id)
    return "" if named is None or (person is not None and person.unit_id == named.id) else named.name


def _sender(visitor: Visitor) -> Sender:
    return Sender(CHANNEL, "", visitor.token)


def _new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def over_https() -> bool:
    """Whether cookies of this request are for secure connections alone."""
    return request.is_secure or bool(current_app.config["SESSION_COOKIE_SECURE"])


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(_secret(), salt="lvda-h5")


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
