"""From a file to a bank: upload, columns named by hand, import. What is seen in between: `previews`."""

from __future__ import annotations

import re
from secrets import token_urlsafe
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin.banks.bank_pages import download
from admin.banks.columns_form import chosen_sheet, columns_named
from admin.banks.previews import list_address, preview_page
from admin.console import console
from admin.context import me, now, settings, stores
from admin.parts import wants_part
from admin.rights import Action, needs
from campaigns import banks as bank_records
from campaigns import imports
from campaigns.clock import day_number
from campaigns.errors import Moved, Refused
from campaigns.imports import Upload
from campaigns.jobs import asking
from campaigns.jobs.imports import BANK, LARGE, told_of_bank
from questions.model import BadColumns, Bank, Problem, Severity, UnreadableFile
from questions.readers.apart.limited import read_bank
from questions.writers import WRITERS

PASTED = "粘贴的文字.txt"


@console.url_value_preprocessor
def admit_long_texts(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A pasted bank is as long as a file, and a form's text is not otherwise. Before the form is first read."""
    if endpoint == "admin.upload":
        request.max_form_memory_size = request.max_content_length


@console.route("/uploads", methods=["GET", "POST"])
@needs(Action.IMPORT_BANKS)
def upload() -> str | AnyResponse | tuple[str, int]:
    """Choose a file, or paste its text; it is kept, and shown before anything is imported."""
    slug = request.args.get("bank", "")
    with stores().sql.reading() as session:
        bank = bank_records.find_bank(session, slug) if slug else None
    refusal = ""
    if request.method == "POST":
        try:
            return redirect(url_for("admin.preview", token=_take(slug, bank.name if bank else "")))
        except (UnreadableFile, Refused) as error:
            refusal = str(error)
    template = "admin/upload_refused.html" if refusal and wants_part() else "admin/upload.html"
    page = render_template(
        template, refusal=refusal, bank=bank, text=request.form.get("text", ""), largest=request.max_content_length
    )
    return (page, 422) if refusal else page


@console.get("/uploads/template.xlsx")
@needs(Action.IMPORT_BANKS)
def bank_template() -> Response:
    """Our own table without a question, for those who begin from nothing."""
    writer = WRITERS["xlsx"]
    return download(writer.write((), {}, ""), writer, "bank-template")


def _take(slug: str, name: str) -> str:
    """Keep what was sent; gives the token that finds it again."""
    data, title = _sent()
    suggested = (slug, name) if slug else _suggested(title)
    return _keep(Upload(data, title, *suggested, by=me()))


def _sent() -> tuple[bytes, str]:
    """The bytes of the file or of the text, and what they are called."""
    file, text = request.files.get("file"), request.form.get("text", "")
    if file is not None and file.filename:
        return file.read(), file.filename
    if text.strip():
        return text.replace("\r\n", "\n").encode("utf-8", "ignore"), PASTED
    raise Refused("还没有选文件，请先选择一个题库文件，或者把题目粘贴到下面。")


def _keep(upload: Upload) -> str:
    """Read and keep a file. Raises UnreadableFile, BadColumns; Refused for a file without any question."""
    try:
        found = read_bank(upload.data, upload.title, columns=upload.columns)
    except UnreadableFile as error:
        if not error.sheets or upload.columns:
            raise
        found = _not_understood(error)
    if not found.questions and not found.sheets:
        raise Refused(next((problem.message for problem in found.problems), "文件里没有找到题目。"))
    token = token_urlsafe(24)
    imports.keep(stores().sql, upload, found, token, now())
    return token


def _not_understood(error: UnreadableFile) -> Bank:
    """A table that the person has yet to explain: kept without questions, so that the columns can be named."""
    return Bank("", "", (), (Problem("整个文件", Severity.ERROR, str(error)),), sheets=error.sheets)


def _suggested(title: str) -> tuple[str, str]:
    """A slug and a name after what the file is called; where that holds no Latin letters, after the day."""
    name = title.rsplit(".", 1)[0][: bank_records.LINE_LENGTH]
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64].strip("-")
    return slug if re.search("[a-z]", slug) else f"bank-{day_number(now(), settings().timezone)}", name


# --- into a bank, or elsewhere ---------------------------------------------------------------------------------------


@console.post("/uploads/<token>/bank")
@needs(Action.IMPORT_BANKS)
def aim_upload(token: str) -> AnyResponse:
    """Compare the file with a bank that exists, to update it."""
    with stores().sql.reading() as session:
        bank = bank_records.find_bank(session, request.form.get("slug", ""))
    imports.aim(stores().sql, token, bank.slug, bank.name)
    return redirect(list_address(token))


@console.post("/uploads/<token>/columns")
@needs(Action.IMPORT_BANKS)
def read_columns(token: str) -> AnyResponse | tuple[str, int]:
    """Read the file again, with the columns that the person has named."""
    with stores().sql.reading() as session:
        uploaded = imports.find(session, token)
        data = imports.file_of(session, uploaded)
    sheet = chosen_sheet(uploaded.sheets)
    if sheet is None:
        raise Refused("这份文件不是表格，没有列可以选。")
    try:
        columns = columns_named(sheet, request.form, alone=len(uploaded.sheets) == 1)
        again = Upload(data, uploaded.title, uploaded.slug, uploaded.name, columns, uploaded.by)
        read_again = _keep(again)
    except (UnreadableFile, BadColumns, Refused) as error:
        return preview_page(token, refused_columns=str(error)), 422
    imports.drop(stores().sql, token)
    flash("已按您选的列重新读取，请看结果。", "success")
    return redirect(url_for("admin.preview", token=read_again))


@console.post("/uploads/<token>/drop")
@needs(Action.IMPORT_BANKS)
def drop_upload(token: str) -> AnyResponse:
    imports.drop(stores().sql, token)
    flash("这份上传的文件已经丢弃，题库没有改动。", "success")
    return redirect(url_for("admin.banks"))


@console.post("/uploads/<token>")
@needs(Action.IMPORT_BANKS)
def import_upload(token: str) -> AnyResponse | tuple[str, int]:
    """Import everything that goes in, or nothing.

    Into a bank that exists only when the form says which state of it the person has seen compared with the file.
    """
    slug, name = request.form.get("slug", "").strip(), request.form.get("name", "").strip()
    confirmed = request.form.get("confirmed", "")
    version = request.form.get("version", 0, type=int)
    if (job_id := _large(token, version, slug, name, confirmed)) is not None:
        return redirect(url_for("admin.job", job_id=job_id))
    try:
        done = imports.commit(
            stores().sql,
            token,
            version,
            slug,
            "" if confirmed else name,
            now(),
            permit=imports.permission(confirmed),
            by=me(),
        )
    except (Refused, Moved) as error:
        return preview_page(token, str(error)), 422
    flash(told_of_bank(done), "success")
    return redirect(url_for("admin.bank", slug=slug))


def _large(token: str, version: int, slug: str, name: str, confirmed: str) -> int | None:
    """The job that imports a long file of which nothing is left to ask; None: it is imported, or refused, at once."""
    with stores().sql.reading() as session:
        uploaded = imports.find(session, token)
        counts = imports.counts(session, uploaded)
        is_new = all(bank.slug != slug for bank in bank_records.list_banks(session))
        if counts.read <= LARGE or counts.undecided or uploaded.version != version or not (is_new or confirmed):
            return None
    arguments = {
        "token": token,
        "version": version,
        "slug": slug,
        "name": "" if confirmed else name,
        "confirmed": confirmed,
    }
    with stores().sql.transaction() as session:
        return asking.ask(session, BANK, f"导入题库：{uploaded.title}", arguments, me(), now())
