"""What a person sees when a page cannot be given: one plain sentence, and the way on."""

from __future__ import annotations

import logging

from flask import Blueprint, Flask, current_app, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from bot.pages import reading
from bot.pages.footer import footer_parts
from bot.pages.views.campaign import state as state_of
from bot.wording import tell
from campaigns.errors import Moved, NoAttemptLeft, NotFound, NotOpen, StoreUnavailable
from campaigns.stores import Stores

log = logging.getLogger(__name__)

RETRY_S = 5
MACHINES = frozenset({"wechat", "wecom", "api", "healthz", "readyz", "metrics"})
"""How addresses begin that programs ask for: they read the status, and want no page."""
_WORDS = {
    404: ("page.lost", "page.unknown.sentence"),
    405: ("page.lost", "page.lost.method"),
    413: ("page.large", "page.large.sentence"),
}


def register(blueprint: Blueprint) -> None:
    """Let a blueprint's pages answer these errors kindly."""
    blueprint.register_error_handler(NotFound, _unknown)
    blueprint.register_error_handler(NotOpen, _not_open)
    blueprint.register_error_handler(NoAttemptLeft, _no_attempt_left)
    blueprint.register_error_handler(CSRFError, _expired)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)
    for busy in (Moved, StoreUnavailable, OperationalError):
        blueprint.register_error_handler(busy, _busy)


def handle_errors(app: Flask) -> None:
    """Let every address that nobody else answers for, and every unexpected error, get a kind page.

    For the class of all HTTP errors, not for single codes: those of the application would come before what a
    blueprint, such as the console's, says of the whole class.
    """
    app.register_error_handler(HTTPException, _failed)


def _failed(error: HTTPException) -> Response | HTTPException:
    if is_for_a_machine(request.path):
        return error
    code = error.code or 500
    title, sentence = _WORDS.get(code, ("page.failed", "page.failed.sentence"))
    response = _page(code, tell(title), tell(sentence), _home())
    response.headers["Cache-Control"] = "no-store"
    for name, value in error.get_headers():
        response.headers.setdefault(name, value)
    return response


def is_for_a_machine(path: str) -> bool:
    return path[1:].partition("/")[0] in MACHINES


def _unknown(error: NotFound) -> Response:
    return _page(404, tell("page.unknown"), tell("page.unknown.sentence"))


def _not_open(error: NotOpen) -> Response:
    stores: Stores = current_app.extensions["lvda"]
    edition = stores.editions.by_slug(stores.sql, _slug())
    state = state_of(edition, current_app.extensions["lvda.clock"]())
    title = tell("page.late") if request.endpoint == "pages.answer" else state.label
    return _page(403, title, state.sentence, (tell("result.home"), url_for("pages.entry", slug=edition.slug)))


def _no_attempt_left(error: NoAttemptLeft) -> Response:
    stores: Stores = current_app.extensions["lvda"]
    edition = stores.editions.by_slug(stores.sql, _slug())
    if error.args == ("today",):
        sentence = tell("page.none_left.today", limit=edition.attempts_per_day)
    else:
        sentence = tell("page.none_left.in_all", limit=edition.attempts_in_all)
    return _page(
        403, tell("page.none_left"), sentence, (tell("result.see"), url_for("pages.result", slug=edition.slug))
    )


def _expired(error: CSRFError) -> Response:
    return _page(400, tell("page.expired"), tell("page.expired.sentence"), _on())


def _too_large(error: RequestEntityTooLarge) -> Response:
    return _page(413, tell("page.large"), tell("page.large.sentence"), _on())


def _busy(error: Exception) -> Response:
    # Neither the text of the error nor its cause: they may hold what people typed.
    log.error("a page could not be given: %s", type(error).__name__)
    response = _page(503, tell("page.busy"), tell("page.busy.sentence"), _on())
    response.headers["Retry-After"] = str(RETRY_S)
    return response


def _page(status: int, title: str, sentence: str, way_on: tuple[str, str] | None = None) -> Response:
    # What the pages' templates use is given here, since the error may be that of an address without a blueprint.
    return make_response(
        render_template("quiz/trouble.html", title=title, sentence=sentence, way_on=way_on, **words()), status
    )


def words() -> dict[str, object]:
    """What the pages' layout shows on each of them."""
    return {
        "tell": tell,
        "footer": footer_parts(current_app.config["LVDA"].footer),
        "reading": reading.current(),
        "reading_choices": reading.choices(),
    }


def _on() -> tuple[str, str]:
    if "slug" not in (request.view_args or {}):
        return _home()
    return tell("page.retry"), url_for("pages.question", slug=_slug())


def _home() -> tuple[str, str]:
    return tell("page.home"), url_for("pages.home")


def _slug() -> str:
    return str((request.view_args or {})["slug"])
