"""The console's blueprint, which every screen puts its views on, and what its templates can say."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, g, request
from flask_login import current_user

from admin.context import now, settings
from admin.menu import MORE, OF_CAMPAIGN, PLACES, open_to
from admin.rights import Action, may
from campaigns.clock import duration_in_words, in_words, local

LARGEST_ID = 2**63 - 1

console = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates", static_folder="static")


@console.url_value_preprocessor
def admit_numbers(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A number that no database takes for an id names nothing."""
    if any(isinstance(value, int) and value > LARGEST_ID for value in (values or {}).values()):
        abort(404)


@console.before_request
def choose_language() -> None:
    """Chinese, unless the browser was told otherwise; the environment of the templates looks at it."""
    g.console_language = "en" if request.cookies.get("console_language") == "en" else "zh"


@console.context_processor
def words() -> dict[str, Any]:
    """What every template knows: who is signed in and may do what, the clock, and how times are written."""
    account = current_user.account if current_user.is_authenticated else None
    return {
        "account": account,
        "may": lambda action: account is not None and not account.one_time and may(account.role, Action(action)),
        "lang": g.get("console_language", "zh"),
        "main_menu": open_to(account, PLACES) if account else [],
        "more_menu": open_to(account, MORE) if account else [],
        "places_of_campaign": open_to(account, OF_CAMPAIGN) if account else [],
        "now_ms": now(),
        "in_words": in_words,
        "local": local,
        "duration_in_words": duration_in_words,
        "zone": settings().timezone,
        "footer": current_app.extensions["lvda.footer_parts"](settings().footer),
    }


@console.after_request
def keep_nothing(response: Response) -> Response:
    """Pages hold names and answers: neither proxies nor a shared computer's back button shall show them again."""
    if request.endpoint != f"{console.name}.static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
