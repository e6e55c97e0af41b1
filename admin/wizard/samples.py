"""A paper as participants will see it, before anybody does: on a page, and in a chat."""

from __future__ import annotations

from random import Random
from typing import Any

from flask import Response, current_app, render_template, request, url_for

from admin.campaigns.doors import entry_address
from admin.console import console
from admin.context import now, stores
from admin.rights import Action, needs
from campaigns import keeping, play

_FRAMED = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
_TOLD = "这是预览：可以点选试试，不会交卷，也不记成绩。"
_MOST = 999_999


@console.get("/campaigns/<slug>/sample")
@needs(Action.EDIT_CAMPAIGNS)
def sample_paper(slug: str) -> str:
    """A paper beside its messages; another ``paper`` number is another paper."""
    number = _number()
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
    return render_template(
        "admin/sample.html",
        campaign=found,
        number=number,
        following=number % _MOST + 1,
        messages=_sample(slug, number).chat,
    )


@console.get("/campaigns/<slug>/sample/page")
@needs(Action.EDIT_CAMPAIGNS)
def sample_page(slug: str) -> Response:
    """The page alone, as a phone shows it; the page around it may frame it."""
    response = Response(_sample(slug, _number()).page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _FRAMED
    return response


def _number() -> int:
    """Of the paper that is asked for, from 1."""
    return min(max(request.args.get("paper", 1, type=int), 1), _MOST)


def _sample(slug: str, number: int) -> Any:  # noqa: ANN401 — the participants' door has its own type for it
    random = Random(number)
    with stores().sql.reading() as session:
        edition = keeping.sample_edition(session, slug, random)
    return current_app.extensions["lvda.sample"](
        stores().sql,
        edition,
        play.paper_for(edition, random),
        now(),
        entry_address(slug),
        lambda sha256: url_for("admin.bank_picture", sha256=sha256),
        _TOLD,
    )
