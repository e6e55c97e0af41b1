"""Every sentence that a participant reads, in one place: of chats in `chats`, of a campaign's pages in `pages`.

`say` fills in a chat's, `tell` a page's. An outbox row holds a key and its values, so that it can be told later and in
another language. The public pages of a draw keep their prose in their templates.
"""

from __future__ import annotations

from bot.wording.chats import CHATS
from bot.wording.pages import PAGES

__all__ = ["CHATS", "PAGES", "say", "tell"]


def say(key: str, **values: object) -> str:
    """A chat's sentence, filled in. Raises KeyError for an unknown key or a missing value: a programmer's error."""
    return CHATS[key].format(**values)


def tell(key: str, **values: object) -> str:
    """A page's sentence, filled in. Raises KeyError for an unknown key or a missing value: a programmer's error."""
    return PAGES[key].format(**values)
