"""Questions of an uploaded file one by one: looked at, mended, accepted, left out."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from admin.banks.previews import list_address, told
from admin.banks.question_form import (
    OVERRULE,
    QuestionForm,
    editor,
    focus_after,
    form_of,
    question_of,
    read_form,
    reshaped,
)
from admin.console import console
from admin.context import stores
from admin.parts import page_or_part, wants_part
from admin.rights import Action, needs
from campaigns import imports
from campaigns.errors import Moved, Refused
from campaigns.imports import Counts, Decision, Uploaded, UploadedQuestion

_DECISIONS = {decision.value: decision for decision in Decision}


@console.get("/uploads/<token>/questions/<int:ordinal>")
@needs(Action.IMPORT_BANKS)
def uploaded_question(token: str, ordinal: int) -> str:
    uploaded, counts, row = _one(token, ordinal)
    return render_template(page_or_part("preview_row"), row=row, **told(uploaded, counts))


@console.post("/uploads/<token>/questions/<int:ordinal>")
@needs(Action.IMPORT_BANKS)
def decide_uploaded(token: str, ordinal: int) -> str | AnyResponse:
    """Accept a question, leave it out, or take that back."""
    decision = decision_sent()
    imports.decide(stores().sql, token, ordinal, decision)
    return _changed(token, ordinal)


@console.get("/uploads/<token>/questions/<int:ordinal>/edit")
@needs(Action.IMPORT_BANKS)
def edit_uploaded(token: str, ordinal: int) -> str:
    uploaded, counts, row = _one(token, ordinal)
    return _form(uploaded, counts, row, form_of(row.question), row.version, focus="stem")


@console.post("/uploads/<token>/questions/<int:ordinal>/edit")
@needs(Action.IMPORT_BANKS)
def save_uploaded(token: str, ordinal: int) -> str | AnyResponse | tuple[str, int]:
    """Save what the form says, or change the form's own shape."""
    uploaded, counts, row = _one(token, ordinal)
    form = read_form(request.form)
    version = request.form.get("version", 0, type=int)
    do = request.form.get("do", "save")
    if do != "save":
        return _form(uploaded, counts, row, reshaped(form, do), version, focus=focus_after(do))
    try:
        imports.edit(stores().sql, token, ordinal, version, question_of(form, row.question))
    except Refused as error:
        return _form(uploaded, counts, row, form, version, str(error), focus="stem"), 422
    except Moved as error:
        return _form(uploaded, counts, row, form, row.version, str(error) + OVERRULE, focus="stem"), 422
    return _changed(token, ordinal, saved=True)


def _one(token: str, ordinal: int) -> tuple[Uploaded, Counts, UploadedQuestion]:
    with stores().sql.reading() as session:
        uploaded = imports.find(session, token)
        return uploaded, imports.counts(session, uploaded), imports.one(session, uploaded, ordinal)


def _form(
    uploaded: Uploaded,
    counts: Counts,
    row: UploadedQuestion,
    form: QuestionForm,
    version: int,
    refusal: str = "",
    focus: str = "",
) -> str:
    return render_template(
        page_or_part("preview_form"),
        row=row,
        version=version,
        **editor(form, refusal, focus),
        **told(uploaded, counts),
    )


def _changed(token: str, ordinal: int, *, saved: bool = False) -> AnyResponse:
    """The question as it is now, with the figures that have changed with it; without a script, the list it is in."""
    if not wants_part():
        return redirect(list_address(token, f"q{ordinal}"))
    uploaded, counts, row = _one(token, ordinal)
    part = render_template("admin/preview_changed.html", row=row, saved=saved, **told(uploaded, counts))
    return Response(part, headers={"HX-Trigger": "decided"})


@console.post("/uploads/<token>/rest")
@needs(Action.IMPORT_BANKS)
def decide_rest(token: str) -> AnyResponse:
    """Decide alike about all doubtful questions that are still open."""
    decision = decision_sent()
    decided = imports.decide_rest(stores().sql, token, decision)
    flash(f"已{'接受' if decision is Decision.ACCEPTED else '选择不导入'}其余 {decided} 题。", "success")
    return redirect(list_address(token))


def decision_sent() -> Decision:
    decision = _DECISIONS.get(request.form.get("decision", ""))
    if decision is None:
        raise Refused("没有收到您的决定，请返回上一页再试一次。")
    return decision
