"""A page that is opened in WeChat knows the follower who opened it, and is the person of their chat.

For official accounts that may ask (verified service accounts; ``oauth = true`` in the accounts' file). The page's
address must be of the domain that is set as 网页授权域名 on the platform. The made-up visitor of a snapshot page is
nobody: they are told how to open the page itself, and cannot take part.
"""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from bot.pages import sign_in_flow, troubles
from bot.pages.sign_in_flow import Way
from bot.pages.visits import Visit, read_visit, received
from bot.wording import tell
from campaigns.people import Sender
from platforms.errors import Unwelcome
from platforms.wechat.official import OfficialAccount
from platforms.wechat.sign_in import authorize_url, openid_of

CHANNEL = "wechat"

blueprint = Blueprint("wechat_sign_in", __name__)
troubles.register(blueprint)


def begin(visit: Visit) -> Response | None:
    """The way to the platform for whoever opens a page in WeChat; None: they stay, as who they are."""
    way = _way()
    agent = request.headers.get("User-Agent", "").lower()
    is_inside = "micromessenger" in agent and "wxwork" not in agent
    return sign_in_flow.begin(visit, way) if way is not None and is_inside else None


@blueprint.get("/q/<slug>/wechat")
def back(slug: str) -> Response | tuple[str, int]:
    """Where the platform sends the visitor to."""
    visit, way = read_visit(slug, received()), _way()
    if way is None:
        return visit.to("entry")
    try:
        return sign_in_flow.back(visit, way)
    except Unwelcome as error:
        return _told(str(error)), 403


def _told(sentence: str) -> str:
    title = tell("page.snapshot")
    return render_template("quiz/trouble.html", title=title, sentence=sentence, way_on=None, **troubles.words())


def _way() -> Way | None:
    official: OfficialAccount | None = current_app.extensions["lvda.signs_in"]
    if official is None:
        return None
    return Way(
        CHANNEL,
        lambda back_to, state: authorize_url(official.account, back_to, state),
        lambda code: Sender(CHANNEL, official.name, openid_of(official, code)),
    )
