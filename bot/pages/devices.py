"""From where a page begins an attempt: the visitor's address, and a token that the browser keeps from person to person.

The cookie is made when an attempt is begun, by which one agrees to the notice, and says nothing but that it is the same
browser. Unlike the cookie of `bot.pages.identity` it stays when the browser turns out to be another person: that many
persons begin by one browser is what it is for (see `campaigns.signals`).
"""

from __future__ import annotations

import secrets

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeSerializer

from bot.pages.identity import KEPT_S, over_https
from campaigns.editions import Edition
from campaigns.origins import Origin, origin_of

COOKIE = "lvda_device"
TOKEN_BYTES = 16


def origin(edition: Edition) -> Origin:
    """From where this request begins an attempt; the browser keeps its token from this response on."""
    return origin_of(request.remote_addr or "", _kept_token(), edition.id, _secret())


def _kept_token() -> str:
    """This browser's token; a new one where it has none, or one that is not ours."""
    signer = URLSafeSerializer(_secret(), salt="lvda-device")
    try:
        token = str(signer.loads(request.cookies.get(COOKIE, "")))
    except BadData:
        token = secrets.token_urlsafe(TOKEN_BYTES)

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            COOKIE, signer.dumps(token), max_age=KEPT_S, path="/q/", secure=over_https(), httponly=True, samesite="Lax"
        )
        return response

    return token


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
