"""A wrong question of a campaign: found, withdrawn or its key corrected once somebody has seen what would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin.banks.shown import shown_answer
from admin.console import console
from admin.context import me, now, stores
from admin.rights import Action, may, needs
from admin.spreadsheets import people_file
from campaigns import keeping, regrade, tables
from campaigns.draws import pseudonym
from campaigns.errors import Moved, NotFound, Refused
from campaigns.privacy import shown
from campaigns.regrade import Asked, Forecast, Move
from campaigns.text_tables import TextTable
from questions.model import Question

SEARCH_LENGTH = 100
FOUND = 50
MOVES_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A question that a campaign was published with."""

    name: str
    """What `regrade.find_question` knows it by."""
    question: Question
    withdrawn: bool
    corrected: bool


@console.get("/campaigns/<slug>/questions")
@needs(Action.RUN_CAMPAIGNS)
def campaign_questions(slug: str) -> str:
    """Those that a search finds, and what was mended already."""
    wanted = request.args.get("search", "").strip()[:SEARCH_LENGTH]
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        held = _held(session, found.id)
        regrades = regrade.regrades_of(session, found.id)
    matching = sorted((one for one in held if _is_meant(one, wanted)), key=lambda one: not _is_called(one, wanted))
    return render_template(
        "admin/campaign_questions.html",
        campaign=found,
        held=matching[:FOUND],
        total=len(matching),
        search=wanted,
        regrades=regrades,
        shown_answer=shown_answer,
        tab="questions",
    )


@console.route("/campaigns/<slug>/questions/mend", methods=["GET", "POST"])
@needs(Action.RUN_CAMPAIGNS)
def mend_question(slug: str) -> str | AnyResponse | tuple[str, int]:
    """One question; first what its mending would change, then, confirmed, done."""
    number = request.values.get("number", "")
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        asked = regrade.find_question(session, found.id, number)
        version = keeping.find(session, slug).version
    if request.method == "GET":
        return _page(found, asked, version)
    how, reason = request.form.get("how", ""), request.form.get("reason", "").strip()
    try:
        key = None if how == "withdraw" else regrade.read_key(asked.question, request.form.get("answer", ""))
        if not reason:
            raise Refused("请写明原因，参与者会看到。")
        if not request.form.get("sure"):
            with stores().sql.reading() as session:
                forecast = regrade.forecast(session, slug, number, key)
            return _page(found, asked, version, forecast=forecast)
        seen = request.form.get("version", 0, type=int)
        with stores().sql.transaction() as session:
            if key is None:
                regrade_id = regrade.withdraw(session, slug, number, reason, now(), me(), seen)
            else:
                regrade_id = regrade.correct(session, slug, number, key, reason, now(), me(), seen)
    except (Refused, NotFound) as error:
        return _page(found, asked, version, refusal=str(error)), 422
    except Moved as error:
        return _page(found, asked, version, refusal=str(error)), 409
    flash("更正已经生效，新的答案马上按它判分；已有的成绩正在重新计算。", "success")
    return redirect(url_for("admin.campaign_regrade", slug=slug, regrade_id=regrade_id))


@console.get("/campaigns/<slug>/regrades/<int:regrade_id>")
@needs(Action.RUN_CAMPAIGNS)
def campaign_regrade(slug: str, regrade_id: int) -> str:
    """How far it is; once finished, who moved."""
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        one = _regrade(session, found.id, regrade_id)
        far = regrade.progress(session, regrade_id)
        moves = regrade.moves_of(session, regrade_id, MOVES_SHOWN) if far.is_finished else []
        salt = keeping.find(session, slug).salt
    return render_template(
        "admin/campaign_regrade.html",
        campaign=found,
        one=one,
        far=far,
        moves=[(move, shown(move.name, pseudonym(salt, move.person_id))) for move in moves],
        tab="questions",
    )


@console.get("/campaigns/<slug>/regrades/<int:regrade_id>/moves.xlsx")
@needs(Action.RUN_CAMPAIGNS)
def moves_file(slug: str, regrade_id: int) -> Response:
    with stores().sql.reading() as session:
        found = keeping.find(session, slug)
        _regrade(session, found.id, regrade_id)
        moves = regrade.moves_of(session, regrade_id)
        salt = found.salt
    header = ("姓名", "单位", "原得分", "现得分", "原名次", "现名次")
    rows = [
        (_called(one, salt), one.unit, one.points_before, one.points_after, one.rank_before, one.rank_after)
        for one in moves
    ]
    full = may(current_user.account.role, Action.SEE_NAMES)
    return people_file(TextTable("变动名单", header, rows), f"{slug}-moves-{regrade_id}", f"campaign:{slug}", full=full)


def _called(one: Move, salt: str) -> str:
    full = may(current_user.account.role, Action.SEE_NAMES)
    return one.name if one.name and full else shown(one.name, pseudonym(salt, one.person_id))


def _page(
    campaign: keeping.Overview, asked: Asked, version: int, *, refusal: str = "", forecast: Forecast | None = None
) -> str:
    return render_template(
        "admin/campaign_mend.html",
        campaign=campaign,
        asked=asked,
        version=version,
        key=regrade.key_shown(asked.question, asked.question.answer),
        refusal=refusal,
        forecast=forecast,
        sent=request.form,
        shown_answer=shown_answer,
        picture_url=_picture_url,
        tab="questions",
    )


def _picture_url(sha256: str) -> str:
    return url_for("admin.bank_picture", sha256=sha256)


def _regrade(session: Session, campaign_id: int, regrade_id: int) -> regrade.Regraded:
    for one in regrade.regrades_of(session, campaign_id):
        if one.id == regrade_id:
            return one
    raise NotFound("没有这次更正，请到题目更正的列表里看。")


def _held(session: Session, campaign_id: int) -> Sequence[Held]:
    """In the order of the campaign; a number that several banks have is written with its bank."""
    asked, revision, question, bank = tables.CampaignQuestion, tables.QuestionRevision, tables.Question, tables.Bank
    rows = session.execute(
        select(revision.id, question.number, bank.slug, asked.answer, asked.withdrawn)
        .join(revision, revision.id == asked.revision_id)
        .join(question, question.id == revision.question_id)
        .join(bank, bank.id == question.bank_id)
        .where(asked.campaign_id == campaign_id)
        .order_by(asked.ordinal)
    ).all()
    edition = stores().editions.get(stores().sql, campaign_id, session.get_one(tables.Campaign, campaign_id).version)
    times = Counter(row.number for row in rows)
    return [
        Held(
            row.number if times[row.number] == 1 else f"{row.slug}/{row.number}",
            edition.questions[row.id],
            row.withdrawn,
            row.answer is not None,
        )
        for row in rows
    ]


def _is_meant(one: Held, wanted: str) -> bool:
    if not wanted:
        return True
    texts = (one.question.stem, *(option.text for option in one.question.options))
    return _is_called(one, wanted) or any(wanted in text for text in texts)


def _is_called(one: Held, wanted: str) -> bool:
    return wanted in {one.name, one.question.number}
