"""A page that is opened inside WeCom knows the member who opened it, and is the person of their chat.

The entry page sends a visitor of whom this browser knows nothing to the platform, which sends them back with a code,
unasked. Whoever has begun something here as a guest goes on as that guest. Nobody is kept out: whatever fails leads
back to the entry page, with one sentence.
"""

from __future__ import annotations

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from bot.pages import sign_in_flow, troubles
from bot.pages.sign_in_flow import Way
from bot.pages.visits import Visit, read_visit, received
from campaigns.people import Sender
from platforms.errors import Unwelcome
from platforms.wecom.application import Application
from platforms.wecom.sign_in import authorize_url, userid_of

CHANNEL = "wecom"

blueprint = Blueprint("wecom_sign_in", __name__)
troubles.register(blueprint)


def begin(visit: Visit) -> Response | None:
    """The way to the platform for whoever opens a page inside WeCom; None: they stay, as who they are."""
    way = _way()
    is_inside = "wxwork" in request.headers.get("User-Agent", "").lower()
    return sign_in_flow.begin(visit, way) if way is not None and is_inside else None


@blueprint.get("/q/<slug>/wecom")
def back(slug: str) -> Response:
    """Where the platform sends the visitor to; who is no member of the company goes on as a guest."""
    visit, way = read_visit(slug, received()), _way()
    if way is None:
        return visit.to("entry")
    try:
        return sign_in_flow.back(visit, way)
    except Unwelcome:
        return visit.to("entry", note=CHANNEL)


def _way() -> Way | None:
    application: Application | None = current_app.extensions["lvda.wecom"]
    if application is None:
        return None
    return Way(
        CHANNEL,
        lambda back_to, state: authorize_url(application.account, back_to, state),
        lambda code: Sender(CHANNEL, "", userid_of(application, code)),
    )
