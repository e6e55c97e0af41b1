"""The big screen of the ceremony: opened here, or taken away as a file."""

from __future__ import annotations

import logging

from flask import Response, abort, request
from flask_login import current_user

from admin.console import console
from admin.context import me, settings, stores
from admin.rights import Action, may, needs
from campaigns.draws.screens import screen_page, screen_policy

log = logging.getLogger(__name__)


@console.get("/draws/<draw_id>/screen")
@needs(Action.SEE_DRAWS)
def screen(draw_id: str) -> Response:
    """Masked names; with ``?names=full`` full ones, for who may see them. ``?download=1`` gives a file."""
    full = request.args.get("names") == "full"
    if full and not may(current_user.account.role, Action.SEE_NAMES):
        abort(403)
    page = f"{settings().public_url}/draws/{draw_id}"
    with stores().sql.reading() as session:
        made = screen_page(session, draw_id, full_names=full, page=page)
    if full:
        log.info("the screen of draw %s was taken with full names by %s", draw_id, me())
    headers = {"Content-Security-Policy": f"{screen_policy()}; frame-ancestors 'none'"}
    if request.args.get("download"):
        headers["Content-Disposition"] = f'attachment; filename="screen-{draw_id}.html"'
    return Response(made, mimetype="text/html", headers=headers)
