"""The console's language: Chinese or English, chosen in the frame and kept by the browser, whoever signs in with it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from admin.console import console
from admin.rights import Action, needs

COOKIE = "console_language"
LANGUAGES = ("zh", "en")
KEPT_S = 365 * 24 * 3600


@console.post("/language")
@needs(Action.SIGN_IN)
def choose_console_language() -> Response:
    """Go on in another language, on the page where one was."""
    chosen = request.form.get("language", "")
    response = redirect(_page_of_ours(request.form.get("next", "")))
    response.set_cookie(
        COOKIE,
        chosen if chosen in LANGUAGES else LANGUAGES[0],
        max_age=KEPT_S,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return response


@console.context_processor
def pages_again() -> dict[str, str]:
    """Where this very page can be asked for again; what only answers a form leads to the beginning."""
    rule = request.url_rule
    is_page = request.method == "GET" or (rule is not None and "GET" in (rule.methods or ()))
    return {"this_page": request.full_path.rstrip("?") if is_page else url_for("admin.campaigns")}


def _page_of_ours(address: str) -> str:
    """A page of the console, wherever the form came from."""
    parts, root = urlsplit(address), url_for("admin.campaigns")
    inside = not parts.scheme and not parts.netloc and parts.path.startswith(root) and "\\" not in address
    return address if inside else root
