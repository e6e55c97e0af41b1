"""How somebody reads the pages: in Chinese or English, in ordinary or large letters.

Chosen by links (``?lang=en``, ``?text=large`` on any page) and kept in a cookie of its own, which says nothing else.
What organisers wrote, and the questions, stay in Chinese.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from flask import Response, after_this_request, current_app, g, request

from bot.wording import IN_CHINESE, IN_ENGLISH, speak, tell

COOKIE = "lvda_reading"
KEPT_S = 365 * 24 * 3600
LANGUAGES = {IN_CHINESE: "zh-CN", IN_ENGLISH: "en"}
"""The languages that may be chosen, and what pages in them are marked with."""
SIZES = ("ordinary", "large")


@dataclass(frozen=True, slots=True)
class Reading:
    language: str = IN_CHINESE
    size: str = SIZES[0]

    @property
    def lang(self) -> str:
        """For the attribute of that name."""
        return LANGUAGES[self.language]

    @property
    def is_large(self) -> bool:
        return self.size == SIZES[1]


@dataclass(frozen=True, slots=True)
class Choice:
    """A link to the same page, read otherwise."""

    address: str
    words: str
    lang: str


def begin() -> None:
    """Read this request's choice, and keep it if it is new; before anything is worded."""
    kept = _kept()
    reading = _chosen(kept)
    g.reading = reading
    speak(reading.language)
    if reading != kept:
        _keep(reading)


def end() -> None:
    """Leave the thread as it was found."""
    speak(IN_CHINESE)


def current() -> Reading:
    """How this request's page is read."""
    reading: Reading = g.get("reading", Reading())
    return reading


def choices() -> list[Choice]:
    """The links that change it."""
    reading = current()
    other = IN_ENGLISH if reading.language == IN_CHINESE else IN_CHINESE
    size = SIZES[0] if reading.is_large else SIZES[1]
    return [
        Choice(_here(lang=other), tell("reading.language"), LANGUAGES[other]),
        Choice(_here(text=size), tell("reading.ordinary" if reading.is_large else "reading.large"), reading.lang),
    ]


def _kept() -> Reading:
    language, _, size = request.cookies.get(COOKIE, "").partition(".")
    return _valid(Reading(), language, size)


def _chosen(kept: Reading) -> Reading:
    return _valid(kept, request.args.get("lang", ""), request.args.get("text", ""))


def _valid(reading: Reading, language: str, size: str) -> Reading:
    return replace(
        reading,
        language=language if language in LANGUAGES else reading.language,
        size=size if size in SIZES else reading.size,
    )


def _keep(reading: Reading) -> None:
    @after_this_request
    def keep(response: Response) -> Response:
        secure = request.is_secure or bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(
            COOKIE,
            f"{reading.language}.{reading.size}",
            max_age=KEPT_S,
            secure=secure,
            httponly=True,
            samesite="Lax",
        )
        return response


def _here(**chosen: str) -> str:
    """This page's address with another choice; one slash at its beginning, so that it stays on this host."""
    args = {name: value for name, value in request.args.items(multi=False) if name not in {"lang", "text"}}
    return f"/{quote(request.path.lstrip('/'))}?{urlencode({**args, **chosen})}"
