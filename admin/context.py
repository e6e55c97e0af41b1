"""What the application was wired with, typed; the wiring puts it there, and views hand it on as arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import current_app
from flask_login import current_user

from campaigns.stores import Stores
from settings import Settings


def stores() -> Stores:
    return cast(Stores, current_app.extensions["lvda"])


def settings() -> Settings:
    return cast(Settings, current_app.config["LVDA"])


def now() -> int:
    """Now, in UTC milliseconds."""
    return cast(Callable[[], int], current_app.extensions["lvda.clock"])()


def me() -> str:
    """The name of the account that is signed in: who does it, as histories will say."""
    return str(current_user.account.name)
