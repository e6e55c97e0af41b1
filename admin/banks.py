"""Banks: the list, one with its questions, export, and import in two steps with a look at every problem between."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from admin.console import console
from admin.context import now, settings, stores
from admin.paging import page_asked, pages_offered
from admin.rights import Action, needs
from admin.uploads import Upload, Uploads
from campaigns import banks as bank_records
from campaigns.banks import Imported, ImportPlan
from campaigns.errors import NotFound, Refused
from questions.model import TRUE_FALSE_TEXTS, Bank, Kind, Question, Severity, UnreadableFile
from questions.readers import read_bank

PROBLEMS_SHOWN = 100
SEARCH_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Summary:
    """What a file holds, in questions; the last three make up the first."""

    read: int
    usable: int
    doubtful: int
    useless: int
    essays: int
    """Of the usable and doubtful ones: kept, and never drawn."""


@console.get("/banks")
@needs(Action.SEE_BANKS)
def banks() -> str:
    with stores().sql.reading() as session:
        found = bank_records.list_banks(session)
    return render_template("admin/banks.html", banks=found, kinds=list(Kind))


@console.get("/banks/<slug>")
@needs(Action.SEE_BANKS)
def bank(slug: str) -> str:
    text = request.args.get("search", "").strip()[:SEARCH_LENGTH]
    with stores().sql.reading() as session:
        found = bank_records.find_bank(session, slug)
        page = bank_records.search(session, slug, text, page_asked())
    return render_template(
        "admin/bank.html",
        bank=found,
        page=page,
        text=text,
        offered=pages_offered(page.number, page.pages),
        shown_answer=shown_answer,
    )


@console.get("/banks/<slug>/export.csv")
@needs(Action.EXPORT_BANKS)
def export(slug: str) -> Response:
    with stores().sql.reading() as session:
        data = bank_records.export(session, slug)
    return Response(data, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{slug}.csv"'})


@console.route("/uploads", methods=["GET", "POST"])
@needs(Action.IMPORT_BANKS)
def upload() -> str | AnyResponse | tuple[str, int]:
    """Choose a file; it is kept, and shown before anything is imported."""
    slug = request.args.get("bank", "")
    refusal = ""
    if request.method == "POST":
        try:
            return redirect(url_for("admin.preview", token=_keep(request.files.get("file"), slug)))
        except (UnreadableFile, Refused) as error:
            refusal = str(error)
    page = render_template("admin/upload.html", refusal=refusal, slug=slug)
    return (page, 422) if refusal else page


def _keep(file: FileStorage | None, slug: str) -> str:
    if file is None or not file.filename:
        raise Refused("还没有选文件，请先选择一个题库文件。")
    data = file.read()
    read_bank(data, file.filename)
    return _uploads().keep(data, file.filename, slug)


def _uploads() -> Uploads:
    return Uploads(settings().data_dir, settings().secret())


@console.route("/uploads/<token>", methods=["GET", "POST"])
@needs(Action.IMPORT_BANKS)
def preview(token: str) -> str | AnyResponse | tuple[str, int]:
    """What the file holds and what is wrong with it; sent off, it is imported.

    Into a bank that exists only when the form says which state of it the person has seen compared with the file.
    """
    kept, data = _uploads().find(token)
    found = read_bank(data, kept.title)
    slug, name = _target(kept)
    refusal = ""
    if request.method == "POST":
        slug, name = request.form.get("slug", "").strip(), request.form.get("name", "").strip()
        confirmed = request.form.get("confirmed", "")
        try:
            done = bank_records.import_bank(
                stores().sql,
                slug,
                "" if confirmed else name,
                found,
                now(),
                permit=lambda plan: _permit(plan, confirmed),
            )
        except Refused as error:
            refusal = str(error)
        else:
            _uploads().drop(kept)
            flash(_told(done), "success")
            return redirect(url_for("admin.bank", slug=slug))
    page = _preview(kept, found, slug, name, refusal)
    return (page, 422) if refusal else page


def _permit(plan: ImportPlan, confirmed: str) -> None:
    """Raises Refused when nobody has said yes to what the import will do to a bank that exists."""
    if confirmed == _state(plan):
        return
    if confirmed:
        raise Refused("题库刚刚有改动，还没有导入。请看新的对比，再确认一次。")
    raise Refused(f"代号 {plan.slug} 已有题库“{plan.called}”，还没有导入。请看对比后确认更新，或者换一个代号。")


def _state(plan: ImportPlan) -> str:
    """Which bank in which state a plan is for; empty for a bank that is still to be made."""
    return "" if plan.called is None else ":".join((plan.slug, *map(str, plan.basis)))


def _preview(kept: Upload, found: Bank, slug: str, name: str, refusal: str) -> str:
    number = page_asked()
    pages = max(1, -(-len(found.problems) // PROBLEMS_SHOWN))
    number = min(number, pages)
    stems = {question.where: question for question in found.questions}
    planned = _planned(slug, found)
    problems = bank_records.problems_by_place(found)[(number - 1) * PROBLEMS_SHOWN : number * PROBLEMS_SHOWN]
    return render_template(
        "admin/preview.html",
        title=kept.title,
        summary=summarise(found),
        planned=planned,
        confirmation=_state(planned) if planned else "",
        problems=[(problem, stems.get(problem.where)) for problem in problems],
        total=len(found.problems),
        page_number=number,
        offered=pages_offered(number, pages),
        slug=slug,
        name=name,
        meant=kept.slug,
        refusal=refusal,
    )


def _planned(slug: str, found: Bank) -> ImportPlan | None:
    """What importing into an existing bank would do; None when there is nothing to compare with."""
    with stores().sql.reading() as session:
        try:
            bank_records.find_bank(session, slug)
            return bank_records.plan_import(session, slug, "", found)
        except (NotFound, Refused):
            return None


def _target(kept: Upload) -> tuple[str, str]:
    """The slug and name of the bank that a file is meant for, or suggestions from what the file is called."""
    if kept.slug:
        with stores().sql.reading() as session:
            return kept.slug, bank_records.find_bank(session, kept.slug).name
    title = kept.title.rsplit(".", 1)[0]
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:64], title[:255]


def summarise(found: Bank) -> Summary:
    """Count a file's questions by the worst that is said about each."""
    worst: dict[str, Severity] = {}
    for problem in found.problems:
        if problem.severity is Severity.ERROR or problem.where not in worst:
            worst[problem.where] = problem.severity
    counts = Counter(worst.get(question.where) for question in found.questions)
    return Summary(
        read=len(found.questions),
        usable=counts[None],
        doubtful=counts[Severity.WARNING],
        useless=counts[Severity.ERROR],
        essays=sum(q.kind is Kind.ESSAY and worst.get(q.where) is not Severity.ERROR for q in found.questions),
    )


def shown_answer(question: Question) -> str:
    """An answer as people read it; empty when there is none."""
    if question.kind is Kind.TRUE_FALSE:
        return "".join(TRUE_FALSE_TEXTS[answer] for answer in question.answer)
    return ("；" if question.kind is Kind.BLANK else "").join(question.answer)


def _told(done: Imported) -> str:
    left_out = f"，没有导入 {done.left_out} 题（有错误）" if done.left_out else ""
    return f"导入完成：新增 {done.added} 题，更新 {done.changed} 题，不变 {done.unchanged} 题{left_out}。"
