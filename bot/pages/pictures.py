"""The pictures of questions: their addresses, their sizes, and their bytes.

A picture is named by the hash of its bytes, so what stands under an address never changes and phones may keep it.
Whoever knows the hash may see it, once a question that shows it is in a published campaign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from flask import Response, request, url_for
from PIL import Image
from sqlalchemy import Text, cast, exists, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response as AnyResponse

from bot.pages.assets import KEPT_S
from campaigns import pictures, tables
from campaigns.errors import NotFound
from campaigns.store import Store
from questions.model import EXPLANATION, Picture

HIGHEST, HIGHEST_IN_AN_OPTION = 640, 160
"""How high a picture is shown, in pixels; whoever wants it larger opens it by itself. As wide as its place allows."""
SIZES_KEPT = 4_096
_HASH = re.compile(r"[0-9a-f]{64}")
BANNER_WIDTH, BANNER_HEIGHT = 800, 420
"""Pixels that the picture of a campaign has at most: twice what a phone shows of it in its own."""
BANNER_BYTES = 36_000
"""So much of the first page's weight it may be."""
BANNERS_KEPT = 16
_QUALITIES = (80, 65, 50, 35, 20)
_ALONE = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
"""For a picture that is opened by itself: browsers lay it out on a page of their own, with a style of their own."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as a page shows it."""

    address: str
    alt: str
    size: tuple[int, int] | None
    """Its width and height on the page, in pixels, at most: so its place is kept while it is loaded. None: unknown."""


def serve(store: Store, sha256: str) -> AnyResponse:
    """The bytes of a picture, for a year. Raises werkzeug's NotFound for what no published campaign shows."""
    try:
        with store.reading() as session:
            if not (_HASH.fullmatch(sha256) and _is_published(session, sha256)):
                raise NoSuchPage
            media_type, data = pictures.picture(session, sha256)
    except NotFound as error:
        raise NoSuchPage from error
    return _kept(data, media_type, sha256)


def serve_banner(store: Store, sha256: str) -> AnyResponse:
    """A campaign's picture as its entry page shows it: JPEG, `BANNER_BYTES` at most.

    Raises werkzeug's NotFound for what no published campaign has.
    """
    campaign = tables.Campaign
    with store.reading() as session:
        is_shown = exists().where(campaign.picture_sha256 == sha256, campaign.state != "draft")
        if not (_HASH.fullmatch(sha256) and session.scalar(select(is_shown))):
            raise NoSuchPage
    try:
        return _kept(_banner(store, sha256)[0], "image/jpeg", f"{sha256}-banner")
    except (NotFound, OSError) as error:
        raise NoSuchPage from error


def banner_shown(store: Store, sha256: str) -> Shown | None:
    """A campaign's picture on its entry page; None where it cannot be read."""
    try:
        _, size = _banner(store, sha256)
    except (NotFound, OSError):
        return None
    return Shown(url_for("pages.banner", sha256=sha256), "", size)


@lru_cache(BANNERS_KEPT)
def _banner(store: Store, sha256: str) -> tuple[bytes, tuple[int, int]]:
    """Its bytes and its size in pixels; clear ground becomes white."""
    with store.reading() as session:
        _, data = pictures.picture(session, sha256)
    with Image.open(BytesIO(data)) as image:
        image.thumbnail((BANNER_WIDTH, BANNER_HEIGHT))
        clear = image.convert("RGBA")
    flat = Image.new("RGB", clear.size, "white")
    flat.paste(clear, mask=clear)
    for quality in _QUALITIES:
        out = BytesIO()
        flat.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= BANNER_BYTES:
            break
    return out.getvalue(), flat.size


def _kept(data: bytes, media_type: str, etag: str) -> AnyResponse:
    response = Response(data, mimetype=media_type)
    response.headers["Cache-Control"] = f"public, max-age={KEPT_S}, immutable"
    response.headers["Content-Security-Policy"] = _ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(etag)
    return response.make_conditional(request)


def _is_published(session: Session, sha256: str) -> bool:
    """Whether a question of a campaign that was published, whatever became of it since, shows a picture."""
    revision, asked, campaign = tables.QuestionRevision, tables.CampaignQuestion, tables.Campaign
    if not session.scalar(select(exists().where(tables.Picture.sha256 == sha256))):
        return False  # without reading through all campaigns
    published = exists().where(
        campaign.state != "draft",
        asked.campaign_id == campaign.id,
        revision.id == asked.revision_id,
        cast(revision.pictures, Text).contains(sha256),
    )
    return bool(session.scalar(select(published)))


def shown(store: Store, of_question: Iterable[Picture], place: str) -> list[Shown]:
    """Those of a question's pictures that belong to a place: its stem, an option's letter, its explanation."""
    return [
        Shown(url_for("pages.picture", sha256=one.sha256), one.alt, _size(store, one.sha256, _highest(place)))
        for one in of_question
        if one.place == place
    ]


def _highest(place: str) -> int:
    return HIGHEST if place in {"", EXPLANATION} else HIGHEST_IN_AN_OPTION


def _size(store: Store, sha256: str, highest: int) -> tuple[int, int] | None:
    try:
        width, height = _measured(store, sha256)
    except (NotFound, OSError):
        return None
    return (width, height) if height <= highest else (max(1, width * highest // height), highest)


@lru_cache(SIZES_KEPT)
def _measured(store: Store, sha256: str) -> tuple[int, int]:
    """Read off the picture's first bytes; once in the life of a process, since a hash always means the same picture."""
    with store.reading() as session:
        _, data = pictures.picture(session, sha256)
    with Image.open(BytesIO(data)) as image:
        return image.size
