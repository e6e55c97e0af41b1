"""Official accounts' menus, for the command line and the console: what there is, what a file makes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from campaigns import addresses, audit, keeping
from campaigns.editions import campaign_by_keyword
from campaigns.errors import Refused
from campaigns.store import Store
from platforms.wechat.menus import Button, Meanings, read_menu
from platforms.wechat.official import OfficialAccount
from questions.grading import folded
from settings import Settings

SHIPPED_MENU = Path(__file__).parents[1] / "deploy" / "wechat-menu.toml"


def buttons_there(official: OfficialAccount) -> list[Button]:
    """The menu as it is on the platform; empty: the account has none. Raises PlatformError."""
    buttons = (official.menu() or {}).get("button")
    return buttons if isinstance(buttons, list) else []


def read_file(data: bytes, settings: Settings, store: Store, is_command: Callable[[str], bool]) -> list[Button]:
    """The menu that a file describes; `is_command` tells whether a text is a command of the chat. Raises Refused."""
    return read_menu(data, _meanings(settings, store, is_command))


def record_set(session: Session, account: str, changes: list[str], by: str, now: int) -> None:
    """Put on record that an account's menu was replaced; what came and went, a line an entry."""
    gone, come = ([line[2:].strip() for line in changes if line.startswith(sign)] for sign in "-+")
    audit.record(
        session,
        by,
        "wechat.menu_set",
        f"wechat:{account or 'default'}",
        now,
        before={"buttons": gone},
        after={"buttons": come},
    )


def _meanings(settings: Settings, store: Store, is_command: Callable[[str], bool]) -> Meanings:
    def understood(text: str) -> bool:
        if is_command(text):
            return True
        with store.reading() as session:
            return campaign_by_keyword(session, folded(text)) is not None

    def entry(slug: str) -> str:
        with store.reading() as session:
            if keeping.find(session, slug).state == "draft":
                raise Refused(f"活动 {slug} 还没有发布，现在打开是空的，请先发布。")
        return addresses.entry(settings.public_url, slug)

    return Meanings(settings.public_url, understood, entry)
