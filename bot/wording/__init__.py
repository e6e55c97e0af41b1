"""Every sentence that a participant reads, in one place: of chats in `chats`, of a campaign's pages in `pages` and, in
English, in `english`, of what goes out by itself in `notices`.

`say` fills in a chat's, `tell` a page's, `notify` a notice's. An outbox row holds a key and its values, so that it can
be told later and in another language. The public pages of a draw keep their prose in their templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final

from bot.wording.chats import CHATS
from bot.wording.english import ENGLISH
from bot.wording.notices import NOTICES, Words
from bot.wording.pages import PAGES

__all__ = [
    "CATALOGUES",
    "CHATS",
    "ENGLISH",
    "IN_CHINESE",
    "IN_ENGLISH",
    "NOTICES",
    "PAGES",
    "Words",
    "notify",
    "say",
    "speak",
    "tell",
]

IN_CHINESE, IN_ENGLISH = "zh", "en"
CATALOGUES: Final[Mapping[str, Mapping[str, str]]] = {IN_CHINESE: PAGES, IN_ENGLISH: ENGLISH}
"""The sentences of pages by language."""
_spoken: ContextVar[str] = ContextVar("spoken", default=IN_CHINESE)

LONGEST_VALUE = 80
"""Characters of a name within a notice, so that all of it reaches every phone."""


def say(key: str, **values: object) -> str:
    """A chat's sentence, filled in. Raises KeyError for an unknown key or a missing value: a programmer's error."""
    return CHATS[key].format(**values)


def tell(key: str, **values: object) -> str:
    """A page's sentence in the language that is spoken, filled in. Raises KeyError as `say`."""
    return CATALOGUES[_spoken.get()][key].format(**values)


def speak(language: str) -> None:
    """Let `tell` speak one of the CATALOGUES' languages, in this thread, until it is told otherwise."""
    if language not in CATALOGUES:
        raise KeyError(language)
    _spoken.set(language)


def notify(key: str, **values: object) -> Words:
    """A notice, filled in; names that are very long lose their end. Raises KeyError as `say`.

    What was worded by whoever posted it, as a reply that is sent later or a text of the organisers, stays as it is.
    """
    if "text" in values:
        return Words(str(values.get("title", "")), str(values["text"]))
    short = {name: _shortened(str(value)) for name, value in values.items()}
    return Words(NOTICES[key].title, NOTICES[key].text.format(**short))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
