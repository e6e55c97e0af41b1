"""Questions of a bank one by one: edited in place, added, their history, their status; and the pictures they show."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin.banks.bank_pages import everything_in, list_address, selection_asked, shown
from admin.banks.question_form import (
    OVERRULE,
    QuestionForm,
    editor,
    empty_form,
    focus_after,
    form_of,
    question_of,
    read_form,
    reshaped,
)
from admin.console import console
from admin.context import me, now, stores
from admin.parts import page_or_part, wants_part
from admin.rights import Action, needs
from campaigns import banks as bank_records
from campaigns import pictures, tables
from campaigns.banks import Entry, Status
from campaigns.errors import Moved, Refused
from questions.model import Question
from questions.review import review


@console.get("/pictures/<sha256>")
@needs(Action.SEE_BANKS)
def bank_picture(sha256: str) -> Response:
    with stores().sql.reading() as session:
        media_type, data = pictures.picture(session, sha256)
    return Response(data, mimetype=media_type, headers={"X-Content-Type-Options": "nosniff"})


# Numbers are whatever a file called its questions: they stand in the query, where a slash is only a slash.


@console.get("/banks/<slug>/question")
@needs(Action.SEE_BANKS)
def bank_question(slug: str) -> str:
    bank, entry = _one(slug)
    return render_template(page_or_part("bank_row"), bank=bank, entry=entry, focus=True, **shown())


@console.get("/banks/<slug>/question/edit")
@needs(Action.EDIT_BANKS)
def edit_question(slug: str) -> str:
    bank, entry = _one(slug)
    return _form(bank, entry, form_of(entry.question), entry.revision, focus="stem")


@console.post("/banks/<slug>/question/edit")
@needs(Action.EDIT_BANKS)
def save_question(slug: str) -> str | AnyResponse | tuple[str, int]:
    """Save what the form says as a new revision, or change the form's own shape."""
    bank, entry = _one(slug)
    form = read_form(request.form)
    seen = request.form.get("version", 0, type=int)
    do = request.form.get("do", "save")
    if do != "save":
        return _form(bank, entry, reshaped(form, do), seen, focus=focus_after(do))
    number = entry.question.number
    try:
        question = question_of(form, entry.question)
        with stores().sql.transaction() as session:
            bank_records.edit(session, slug, number, question, seen, me(), now())
    except Refused as error:
        return _form(bank, entry, form, seen, str(error), focus="stem"), 422
    except Moved as error:
        return _form(bank, entry, form, entry.revision, str(error) + OVERRULE, focus="stem"), 422
    if not wants_part():
        return redirect(list_address(slug, f"b{entry.id}"))
    return bank_question(slug)


@console.get("/banks/<slug>/question/history")
@needs(Action.SEE_BANKS)
def question_history(slug: str) -> str:
    bank, entry = _one(slug)
    with stores().sql.reading() as session:
        steps = bank_records.history(session, slug, entry.question.number)
    return render_template(
        page_or_part("bank_history"), bank=bank, entry=entry, steps=list(reversed(steps)), focus=False, **shown()
    )


@console.post("/banks/<slug>/question/restore")
@needs(Action.EDIT_BANKS)
def restore_question(slug: str) -> AnyResponse:
    """Let a question say again what it said at an earlier revision."""
    _, entry = _one(slug)
    number, revision = entry.question.number, request.form.get("revision", 0, type=int)
    seen = request.form.get("version", 0, type=int)
    with stores().sql.transaction() as session:
        latest = bank_records.restore(session, slug, number, revision, seen, me(), now())
    flash(f"编号 {number} 的题已恢复成第 {revision} 版，现在是第 {latest} 版。", "success")
    return redirect(url_for("admin.question_history", slug=slug, number=number))


@console.route("/banks/<slug>/add", methods=["GET", "POST"])
@needs(Action.EDIT_BANKS)
def add_question(slug: str) -> str | AnyResponse | tuple[str, int]:
    with stores().sql.reading() as session:
        bank = bank_records.find_bank(session, slug)
    form = read_form(request.form) if request.method == "POST" else empty_form()
    do = request.form.get("do", "save")
    refusal = ""
    if request.method == "POST" and do == "save":
        try:
            question = question_of(form, Question("", form.kind, ""))
            with stores().sql.transaction() as session:
                number = bank_records.add(session, slug, question, me(), now())
        except Refused as error:
            refusal = str(error)
        else:
            flash(f"已新增，编号 {number}，状态是草稿。", "success")
            return redirect(url_for("admin.add_question", slug=slug))
    elif request.method == "POST":
        form = reshaped(form, do)
    page = render_template(
        "admin/bank_add_part.html" if wants_part() else "admin/bank_add.html",
        bank=bank,
        empty=Question("", form.kind, ""),
        **editor(form, refusal, focus_after(do) if request.method == "POST" and not refusal else "stem"),
        **shown(),
    )
    return (page, 422) if refusal else page


@console.post("/banks/<slug>/status")
@needs(Action.EDIT_BANKS)
def set_status(slug: str) -> AnyResponse:
    """Give the ticked questions another status, or all that the search has found."""
    status = next((one for one in Status if one.value == request.form.get("becomes")), None)
    if status is None:
        raise Refused("没有收到要改成什么状态，请返回上一页再试一次。")
    numbers = request.form.getlist("number")
    if request.form.get("all"):
        with stores().sql.reading() as session:
            numbers = [entry.question.number for entry in everything_in(session, slug, selection_asked()).entries]
    if not numbers:
        raise Refused("还没有勾选题目，请先勾选要改状态的题。")
    with stores().sql.transaction() as session:
        changed = bank_records.set_status(session, slug, numbers, status, me(), now())
    flash(f"已把 {changed} 题改成“{status.label}”。", "success")
    return redirect(list_address(slug))


def _one(slug: str) -> tuple[tables.Bank, Entry]:
    with stores().sql.reading() as session:
        entry = bank_records.find_question(session, slug, request.args.get("number", ""))
        bank = bank_records.find_bank(session, slug)
    return bank, replace(entry, problems=tuple(review(entry.question)))


def _form(bank: tables.Bank, entry: Entry, form: QuestionForm, version: int, refusal: str = "", focus: str = "") -> str:
    return render_template(
        page_or_part("bank_form"),
        bank=bank,
        entry=entry,
        version=version,
        **editor(form, refusal, focus),
        **shown(),
    )
