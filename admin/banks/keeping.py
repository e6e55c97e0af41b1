"""What is done with a bank as a whole: its name, splitting, merging, its history; and what play says about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin.banks.bank_pages import everything_in
from admin.console import console
from admin.context import me, now, stores
from admin.paging import page_asked, pages_offered
from admin.rights import Action, needs
from campaigns import banks as bank_records
from campaigns import keeping
from campaigns.banks import Selection
from campaigns.errors import Moved, NotFound, Refused
from campaigns.item_statistics import ItemStatistics, item_statistics

_RANGE = re.compile(r"(\d{1,6})\s*[-—–~至到]\s*(\d{1,6})")
_MOST_IN_RANGE = 100_000


@console.get("/banks/<slug>/keeping")
@needs(Action.EDIT_BANKS)
def keep_bank(slug: str) -> str:
    return _keeping(slug)


def _keeping(slug: str, refusal: str = "", place: str = "") -> str:
    with stores().sql.reading() as session:
        bank = bank_records.find_bank(session, slug)
        told: dict[str, Any] = {
            "facets": bank_records.facets(session, slug),
            "others": [one for one in bank_records.list_banks(session) if one.slug != slug],
            "steps": bank_records.bank_history(session, slug),
        }
    return render_template(
        "admin/bank_keeping.html", bank=bank, refusal=refusal, place_of_refusal=place, sent=request.form, **told
    )


@console.post("/banks/<slug>/name")
@needs(Action.EDIT_BANKS)
def rename_bank(slug: str) -> AnyResponse | tuple[str, int]:
    try:
        with stores().sql.transaction() as session:
            bank_records.rename(session, slug, request.form.get("name", ""), me(), now())
    except Refused as error:
        return _keeping(slug, str(error), "name"), 422
    flash("题库名称已经改好。", "success")
    return redirect(url_for("admin.keep_bank", slug=slug))


@console.post("/banks/<slug>/split")
@needs(Action.EDIT_BANKS)
def split_bank(slug: str) -> AnyResponse | tuple[str, int]:
    """Let a new bank have the questions of some categories, tags or numbers."""
    sent = request.form
    new_slug, copy = sent.get("slug", "").strip(), sent.get("how") == "copy"
    try:
        with stores().sql.reading() as session:
            numbers = _chosen_numbers(session, slug)
        chosen = Selection(numbers=numbers)
        done = bank_records.split(stores().sql, slug, chosen, new_slug, sent.get("name", ""), me(), now(), copy=copy)
    except (Refused, Moved) as error:
        return _keeping(slug, str(error), "split"), 422
    flash(f"已{'复制' if done.copied else '移出'} {done.questions} 题，成为这个新题库。", "success")
    return redirect(url_for("admin.bank", slug=new_slug))


def _chosen_numbers(session: Session, slug: str) -> set[str]:
    """The numbers of the questions in the ticked categories, with the ticked tags, or of the typed numbers.

    Raises Refused when nothing is chosen.
    """
    sent = request.form
    selections = [Selection(category=category) for category in sent.getlist("category")]
    selections += [Selection(tag=tag) for tag in sent.getlist("tag") if tag]
    typed = _numbers_in(sent.get("numbers", ""))
    if not (selections or typed):
        raise Refused("还没有选题目：请勾选分类或标签，或者填写编号。")
    chosen = {entry.question.number for one in selections for entry in everything_in(session, slug, one).entries}
    return chosen | _that_exist(session, slug, typed)


def _numbers_in(text: str) -> dict[str, set[str]]:
    """``1-20，35、A-7``: ranges of whole numbers, and single numbers whatever they look like, by how they are typed."""
    found: dict[str, set[str]] = {}
    for part in filter(None, re.split(r"[,，、;；\s]+", text.strip())):
        found[part] = {part}
        between = _RANGE.fullmatch(part)
        if between and int(between[1]) <= int(between[2]) <= int(between[1]) + _MOST_IN_RANGE:
            found[part].update(map(str, range(int(between[1]), int(between[2]) + 1)))
    return found


def _that_exist(session: Session, slug: str, typed: Mapping[str, set[str]]) -> set[str]:
    """Those of the typed numbers that questions have; a range may have gaps. Raises Refused where nothing has any."""
    wanted = Selection(numbers=set().union(*typed.values()))
    there = {entry.question.number for entry in everything_in(session, slug, wanted).entries} if typed else set()
    if strange := [part for part, numbers in typed.items() if not numbers & there]:
        raise Refused(f"没有编号为 {'、'.join(strange[:5])} 的题，或者已经停用，所以没有拆分。请核对编号。")
    return there


@console.post("/banks/<slug>/merge")
@needs(Action.EDIT_BANKS)
def merge_bank(slug: str) -> str | tuple[str, int]:
    """Let another bank have the questions of this one; what a person has to look at is listed."""
    into = request.form.get("into", "")
    try:
        done = bank_records.merge(stores().sql, slug, into, me(), now())
    except (Refused, Moved, NotFound) as error:
        return _keeping(slug, str(error), "merge"), 422
    with stores().sql.reading() as session:
        source, target = bank_records.find_bank(session, slug), bank_records.find_bank(session, into)
    return render_template("admin/bank_merged.html", source=source, target=target, done=done)


# --- what play says ----------------------------------------------------------------------------------------------

ORDERS = {
    "flags": "要留意的在前",
    "number": "按编号",
    "hard": "答对最少的在前",
    "answered": "答得最多的在前",
    "discrimination": "区分度最低的在前",
}
_ROWS = 100


@console.get("/banks/<slug>/statistics")
@needs(Action.SEE_BANKS)
def bank_statistics(slug: str) -> str:
    """What every question of a bank has been answered like, in all campaigns or one."""
    campaign, order = request.args.get("campaign", ""), request.args.get("order", "flags")
    with stores().sql.reading() as session:
        bank = bank_records.find_bank(session, slug)
        rows = item_statistics(session, slug, campaign)
        campaigns = keeping.list_campaigns(session)
    answered = _ordered([row for row in rows if row.answered or row.earlier], order)
    pages = max(1, -(-len(answered) // _ROWS))
    number = min(page_asked(), pages)
    return render_template(
        "admin/bank_statistics.html",
        bank=bank,
        rows=answered[(number - 1) * _ROWS : number * _ROWS],
        number=number,
        offered=pages_offered(number, pages),
        unanswered=len(rows) - len(answered),
        campaigns=campaigns,
        campaign=campaign,
        orders=ORDERS,
        order=order,
    )


def _ordered(rows: Iterable[ItemStatistics], order: str) -> list[ItemStatistics]:
    """In the order that is asked for; equals by number, in which they come."""
    share = {row.number: 1001 if row.right_permille is None else row.right_permille for row in rows}
    match order:
        case "number":
            return list(rows)
        case "hard":
            return sorted(rows, key=lambda row: share[row.number])
        case "answered":
            return sorted(rows, key=lambda row: -row.answered)
        case "discrimination":
            return sorted(rows, key=lambda row: 2.0 if row.discrimination is None else row.discrimination)
        case _:
            return sorted(rows, key=lambda row: (not row.flags, share[row.number]))
