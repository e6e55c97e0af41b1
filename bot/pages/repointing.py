"""Printed codes outlive a change of the public address: their own address (``LVDA_CODE_URL``) leads to it.

Only what codes and notices hold is sent on, ``/q/…``, ``/draws/…`` and ``/certificates/…``; never by a lasting
redirect, since the address that is right today may be blocked tomorrow.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import Blueprint, current_app, redirect, request
from werkzeug.wrappers import Response

blueprint = Blueprint("repointing", __name__)

SENT_ON = ("/q/", "/draws/", "/certificates/")
PORTS = {"http": 80, "https": 443}
OF_A_PATH = "/:@!$&'()*+,;=~"


@blueprint.before_app_request
def send_on() -> Response | None:
    """To the same path under the public address, for who came by the address of the codes."""
    settings = current_app.config["LVDA"]
    if not settings.code_url or not request.path.startswith(SENT_ON):
        return None
    if not _is_at(request.host, settings.code_url) or _is_at(request.host, settings.public_url):
        return None
    answer = redirect(f"{settings.public_url}{_asked_for()}", 302)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _asked_for() -> str:
    """The path and query of a page; of a form the campaign's entry page, since its token is another host's."""
    if request.method not in {"GET", "HEAD"}:
        return quote("/".join(request.path.split("/")[:3]), OF_A_PATH)
    query = request.query_string.decode("latin-1")
    return quote(request.path, OF_A_PATH) + (f"?{query}" if query else "")


def _is_at(host: str, address: str) -> bool:
    """Whether a Host header names the host of an address; the scheme's own port may be left out."""
    own, asked = urlsplit(address), urlsplit(f"//{host}")
    usual = PORTS[own.scheme.lower()]
    try:
        return asked.hostname == own.hostname and (asked.port or usual) == (own.port or usual)
    except ValueError:  # the port is no number: nobody's host
        return False
