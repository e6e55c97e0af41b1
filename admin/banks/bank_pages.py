"""Banks: the list, and one with its questions, looked through, searched and exported."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from admin.banks.shown import shown_answer
from admin.console import console
from admin.context import me, stores
from admin.paging import page_asked, pages_offered
from admin.parts import part_wanted
from admin.rights import Action, may, needs
from campaigns import banks as bank_records
from campaigns import imports
from campaigns.banks import Page, Selection, Status
from campaigns.errors import Refused
from questions.model import Kind, UnwritableBank
from questions.writers import WRITERS, Writer

SEARCH_LENGTH = 100
WITHOUT = "_none"
"""What stands in an address for those without a category, or without a difficulty."""
_EVERYTHING = 1_000_000
_FILTERS = ("search", "kind", "category", "difficulty", "tag", "status", "doubtful")
"""What an address may ask for. Whatever else it holds goes into no link: `url_for` has words of its own there."""
_KINDS = {kind.value: kind for kind in Kind}
_STATUSES = {status.value: status for status in Status}


@console.get("/banks")
@needs(Action.SEE_BANKS)
def banks() -> str:
    with stores().sql.reading() as session:
        found = bank_records.list_banks(session)
        waiting = imports.waiting(session, me()) if may(current_user.account.role, Action.IMPORT_BANKS) else []
    return render_template("admin/banks.html", banks=found, waiting=waiting, kinds=list(Kind))


@console.get("/banks/<slug>")
@needs(Action.SEE_BANKS)
def bank(slug: str) -> str:
    part = part_wanted() == "listing"
    with stores().sql.reading() as session:
        found = bank_records.find_bank(session, slug)
        page = bank_records.search(session, slug, number=page_asked(), chosen=selection_asked())
        told = {} if part else {"facets": bank_records.facets(session, slug)}
    return render_template(
        "admin/bank_listing.html" if part else "admin/bank.html",
        bank=found,
        page=page,
        offered=pages_offered(page.number, page.pages),
        asked=_asked(*_FILTERS),
        statuses=list(Status),
        writers=WRITERS,
        without=WITHOUT,
        **told,
        **shown(),
    )


@console.get("/banks/<slug>/export/<form>")
@needs(Action.EXPORT_BANKS)
def export(slug: str, form: str) -> Response:
    """The bank as a file of one of the formats that it is written in."""
    writer = WRITERS.get(form)
    if writer is None:
        abort(404)
    try:
        with stores().sql.reading() as session:
            data = bank_records.export(session, slug, form)
    except UnwritableBank as error:
        raise Refused(str(error)) from error
    return download(data, writer, f"{slug}-{form}" if form.startswith("docx-") else slug)


def download(data: bytes, writer: Writer, name: str) -> Response:
    disposition = f'attachment; filename="{name}{writer.ending}"'
    return Response(data, mimetype=writer.media_type, headers={"Content-Disposition": disposition})


# --- what the screens of a bank share ----------------------------------------------------------------------------


def shown() -> dict[str, Any]:
    """What templates of questions of a bank need to know."""
    return {"shown_answer": shown_answer, "picture_url": picture_url, "view": view()}


def picture_url(sha256: str) -> str:
    return url_for("admin.bank_picture", sha256=sha256)


def view() -> dict[str, str]:
    """What the list of questions shows, to come back to it."""
    return _asked(*_FILTERS, "page")


def _asked(*names: str) -> dict[str, str]:
    return {name: request.args[name] for name in names if request.args.get(name)}


def list_address(slug: str, anchor: str = "") -> str:
    return url_for("admin.bank", slug=slug, _anchor=anchor or None, **view())  # type: ignore[arg-type]


def selection_asked() -> Selection:
    """Which questions the address asks for; what it holds that there is not asks for nothing."""
    asked = request.args
    return Selection(
        text=asked.get("search", "").strip()[:SEARCH_LENGTH],
        kind=_KINDS.get(asked.get("kind", "")),
        category=_text_asked("category"),
        difficulty=_text_asked("difficulty"),
        tag=asked.get("tag", ""),
        status=_STATUSES.get(asked.get("status", "")),
        doubtful=asked.get("doubtful") == "1",
    )


def _text_asked(name: str) -> str | None:
    text = request.args.get(name, "")
    return None if not text else "" if text == WITHOUT else text


def everything_in(session: Session, slug: str, chosen: Selection) -> Page:
    """All questions that are chosen, on one page."""
    return bank_records.search(session, slug, size=_EVERYTHING, chosen=chosen)
