"""What all of a campaign's pages have in common: their blueprint, and what is done before and after each of them."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from bot.pages import reading, troubles
from bot.pages.assets import CachedBlueprint, asset
from bot.wording import PAGES, tell

FORM_BYTES = 64 * 1024
"""What a form of these pages may be at most, by far."""

_KEPT = {"pages.static", "pages.picture", "pages.banner"}
"""What phones may keep, and say themselves for how long."""

Page = AnyResponse | str | tuple[str, int]

blueprint = CachedBlueprint(
    "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/pages/static"
)
troubles.register(blueprint)


@blueprint.url_value_preprocessor
def _take_in_measure(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Before all else, because the check of a form's token, which comes before any page, reads the form."""
    request.max_content_length = FORM_BYTES


@blueprint.app_url_value_preprocessor
def _begin_reading(endpoint: str | None, values: dict[str, object] | None) -> None:
    """For the pages of all troubles too, which are worded without a blueprint; and before any of them can happen.

    Not for what programs ask for, which is most of what is asked: nobody reads it, and each answered message would pay.
    """
    if not troubles.is_for_a_machine(request.path):
        reading.begin()


@blueprint.teardown_app_request
def _end_reading(error: BaseException | None) -> None:
    reading.end()


@blueprint.app_context_processor
def _for_the_draws_too() -> dict[str, object]:
    return {"asset": asset}


@blueprint.context_processor
def _for_every_page() -> dict[str, object]:
    return troubles.words()


@blueprint.after_request
def _never_kept(response: Response) -> Response:
    """Pages say where a person stands now, so that Back shows the present and a shared phone shows nobody's past."""
    if request.endpoint not in _KEPT:
        response.headers["Cache-Control"] = "no-store"
    return response


def notice() -> str:
    """The kind line that a redirect asked for."""
    key = f"note.{request.args.get('note', '')}"
    return tell(key) if key in PAGES else ""
