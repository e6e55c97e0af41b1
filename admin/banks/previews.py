"""What a person sees of an uploaded file before it is imported: figures, questions, columns, where it shall go."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import Any

from flask import Response, render_template, request, url_for
from sqlalchemy.orm import Session

from admin.banks.columns_form import LABELS, PARTS, chosen_sheet
from admin.banks.shown import shown_answer
from admin.console import console
from admin.context import stores
from admin.paging import page_asked, pages_offered
from admin.parts import part_wanted
from admin.rights import Action, needs
from campaigns import banks as bank_records
from campaigns import imports
from campaigns.errors import Refused
from campaigns.imports import Counts, Show, Uploaded

SEARCH_LENGTH = 100
SHOWS = {
    Show.DOUBTFUL: "有问题",
    Show.LOOK: "请看",
    Show.UNUSABLE: "不能用",
    Show.UNDECIDED: "未决定",
    Show.EDITED: "已改",
    Show.LEFT_OUT: "不导入",
    Show.ALL: "全部",
}
_SHOWS = {show.value: show for show in Show}


@console.get("/uploads/<token>")
@needs(Action.IMPORT_BANKS)
def preview(token: str) -> str:
    return preview_page(token)


def preview_page(token: str, refusal: str = "", refused_columns: str = "") -> str:
    """The preview, or the part of it that is wanted; with why an import, or a reading anew, was refused."""
    with stores().sql.reading() as session:
        uploaded = imports.find(session, token)
        counts = imports.counts(session, uploaded)
        shown = _listing(session, uploaded, counts)
        if part_wanted() == "listing":
            return render_template("admin/preview_listing.html", **shown)
        shown |= _target(session, uploaded) | _columns(uploaded)
    part = part_wanted()
    template = f"admin/preview_{part}.html" if part in {"target", "comparison"} else "admin/preview.html"
    return render_template(template, refusal=refusal, refused_columns=refused_columns, **shown)


def _listing(session: Session, uploaded: Uploaded, counts: Counts) -> dict[str, Any]:
    """One page of the file's questions, and what its parts need to know."""
    known = told(uploaded, counts)
    page = imports.page(session, uploaded, known["show"], known["text"], page_asked())
    return known | {"page": page, "offered": pages_offered(page.number, page.pages)}


def told(uploaded: Uploaded, counts: Counts) -> dict[str, Any]:
    """What every part of the preview needs to know."""
    return {
        "uploaded": uploaded,
        "counts": counts,
        "shows": [(one, label, _count(counts, one)) for one, label in SHOWS.items()],
        "show": _show_asked(counts),
        "text": request.args.get("search", "").strip()[:SEARCH_LENGTH],
        "shown_answer": shown_answer,
        "picture_url": partial(url_for, "admin.uploaded_picture", token=uploaded.token),
        "view": {name: request.args[name] for name in ("show", "search", "page") if request.args.get(name)},
    }


def _show_asked(counts: Counts) -> Show:
    """What is in doubt first, unless something else is asked for, or nothing is."""
    asked = _SHOWS.get(request.args.get("show", ""))
    if asked is not None:
        return asked
    return Show.DOUBTFUL if counts.doubtful + counts.useless and not request.args.get("search") else Show.ALL


def _count(counts: Counts, show: Show) -> int:
    return {
        Show.ALL: counts.read,
        Show.DOUBTFUL: counts.doubtful + counts.useless,
        Show.LOOK: counts.doubtful,
        Show.UNUSABLE: counts.useless,
        Show.UNDECIDED: counts.undecided,
        Show.EDITED: counts.edited,
        Show.LEFT_OUT: counts.left_out,
    }[show]


def _target(session: Session, uploaded: Uploaded) -> dict[str, Any]:
    """Where the questions shall go, and what that would do to a bank that exists."""
    typed = request.form.get("slug", "").strip()
    banks = bank_records.list_banks(session)
    taken = {bank.slug for bank in banks}
    planned = None
    if uploaded.slug in taken:
        with suppress(Refused):  # nothing would go in: the import itself says so
            planned = imports.plan(session, uploaded)
    return {
        "planned": planned,
        "confirmation": imports.state_of(planned) if planned else "",
        "banks": [bank for bank in banks if bank.slug != uploaded.slug],
        # What was typed stays, though it was refused; but beside a comparison with that bank another one is wanted.
        "slug": typed if typed and typed != uploaded.slug else _free(uploaded.slug, taken),
        "name": request.form.get("name") or ("" if planned else uploaded.name),
    }


def _columns(uploaded: Uploaded) -> dict[str, Any]:
    """How the columns of a table were understood; or, after a refusal, what the person has chosen."""
    sheet = chosen_sheet(uploaded.sheets)
    columns = sheet.columns if sheet else ()
    chosen = {column.letter: request.form.get(f"column-{column.letter}", column.part) for column in columns}
    return {"sheet": sheet, "chosen": chosen, "column_parts": PARTS, "column_labels": LABELS}


def _free(slug: str, taken: Collection[str]) -> str:
    candidates = chain([slug], (f"{slug[:60]}-{number}" for number in range(2, 1_000)))
    return next((candidate for candidate in candidates if candidate not in taken), "")


@console.get("/uploads/<token>/pictures/<sha256>")
@needs(Action.IMPORT_BANKS)
def uploaded_picture(token: str, sha256: str) -> Response:
    with stores().sql.reading() as session:
        media_type, data = imports.picture(session, imports.find(session, token), sha256)
    return Response(data, mimetype=media_type, headers={"X-Content-Type-Options": "nosniff"})


def list_address(token: str, anchor: str = "") -> str:
    """The list that the request came from, as it was shown there."""
    view = {name: request.args.get(name) for name in ("show", "search", "page")}
    return url_for("admin.preview", token=token, _anchor=anchor or None, **view)  # type: ignore[arg-type]
