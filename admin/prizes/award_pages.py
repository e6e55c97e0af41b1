"""获奖: every award of a campaign with how far it has got, what is overdue and forfeited, and lists to take away."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin.console import LARGEST_ID, console
from admin.context import me, now, settings, stores
from admin.office_files import digest
from admin.paging import page_asked, pages_offered
from admin.people.person_pages import sees_names
from admin.rights import Action, needs
from admin.spreadsheets import XLSX, people_file
from campaigns import keeping
from campaigns.errors import Moved, NotFound, Refused
from campaigns.prizes import forfeiting, listing, notice_boards
from campaigns.prizes.listing import Which

SHOWN = 100
LONGEST_LINE = 200
TOLD = 10
"""So many deeds are told one by one."""
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which awards somebody wants to see."""

    which: Which
    group_id: int | None

    def address(self, slug: str, page: int | None = None) -> str:
        which = None if self.which is Which.ALL else self.which.value
        return url_for("admin.campaign_awards", slug=slug, which=which, group=self.group_id, page=page)


@console.get("/campaigns/<slug>/awards")
@needs(Action.SEE_DRAWS)
def campaign_awards(slug: str) -> str:
    """With ``?which=`` and ``?group=`` some of them."""
    return awards_page(slug)


def awards_page(slug: str, refusal: str = "", reason: str = "") -> str:
    asked, at = _asked(), now()
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        late = forfeiting.overdue_ids(session, found.id, at)
        stock = listing.stock_of(session, found.id)
        doubled = listing.won_twice(session, found.id)
        counts = listing.counts_of(session, found.id, late, asked.group_id)
        total = counts[asked.which]
        pages = max(1, -(-total // SHOWN))
        page = min(page_asked(), pages)
        lines = listing.awards_of(
            session,
            found.id,
            asked.which,
            late,
            group_id=asked.group_id,
            skipped=(page - 1) * SHOWN,
            most=SHOWN,
        )
        successors = listing.successors_of(session, lines)
    return render_template(
        "admin/awards.html",
        campaign=found,
        asked=asked,
        whiches=list(Which),
        counts=counts,
        stock=stock,
        doubled=doubled,
        groups={one.group_id: one.group for one in stock},
        lines=lines,
        successors=successors,
        late=set(late),
        seen=digest(sorted(late)),
        full=sees_names(),
        total=total,
        page=page,
        offered=pages_offered(page, pages),
        refusal=refusal,
        reason=reason,
        tab="awards",
        part="awards",
    )


@console.route("/campaigns/<slug>/awards/<int:award_id>/forfeit", methods=["GET", "POST"])
@needs(Action.RUN_DRAWS)
def forfeit_award(slug: str, award_id: int) -> str | AnyResponse | tuple[str, int]:
    """One award, whatever it was won by: looked at, then with a reason taken back."""
    reason = request.form.get("reason", "").strip()
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        line = listing.award_lines(session, found.id, [award_id]).get(award_id)
    if line is None:
        raise NotFound("这个活动没有这个奖，请从获奖名单里选。")
    refusal, code, foreseen = "", 200, None
    try:
        if request.method == "POST":
            done = forfeiting.forfeit(stores().sql, line, reason, me(), now())
            flash(done.sentence(full=sees_names()), "success")
            return redirect(url_for("admin.campaign_awards", slug=slug))
        foreseen = forfeiting.foresee(stores().sql, line, now())
    except (Refused, Moved) as error:
        refusal, code = str(error), 200 if request.method == "GET" else 409 if isinstance(error, Moved) else 422
    page = render_template(
        "admin/award_forfeit.html",
        campaign=found,
        line=line,
        following=foreseen.following(full=sees_names()) if foreseen else "",
        full=sees_names(),
        refusal=refusal,
        reason=reason,
        tab="awards",
        part="awards",
    )
    return page, code


@console.post("/campaigns/<slug>/awards/forfeit-overdue")
@needs(Action.RUN_DRAWS)
def forfeit_overdue(slug: str) -> AnyResponse | tuple[str, int]:
    """All that are overdue, if they are those that the form was about."""
    reason = request.form.get("reason", "").strip()
    with stores().sql.reading() as session:
        campaign_id = keeping.find(session, slug).id
        late = forfeiting.overdue_ids(session, campaign_id, now())
        lines = listing.award_lines(session, campaign_id, late)
    if request.form.get("seen") != digest(sorted(late)):
        return awards_page(slug, "逾期的名单刚刚有变化，还没有作废：请看新的名单，再确认一次。", reason), 409
    if not reason:
        return awards_page(slug, "请写明作废的原因，会和名单一起公布。", reason), 422
    done, refused = forfeiting.forfeit_all(stores().sql, [lines[one] for one in late], reason, me(), now())
    for one in done[:TOLD]:
        flash(one.sentence(full=sees_names()), "success")
    if len(done) > TOLD:
        flash(f"一共作废 {len(done)} 个，名单里都列着。", "success")
    for sentence in refused[:TOLD]:
        flash(sentence, "danger")
    return redirect(url_for("admin.campaign_awards", slug=slug))


@console.get("/campaigns/<slug>/awards.xlsx")
@needs(Action.SEE_NAMES)
def awards_file(slug: str) -> Response:
    """The whole list with names in full, for the office's files; who took it away is logged."""
    at = now()
    with stores().sql.reading() as session:
        found = keeping.find(session, slug)
        lines = listing.awards_of(session, found.id)
        zone = found.timezone
    log.info("%s took the full list of %d awards of campaign %s", me(), len(lines), slug)
    return people_file(listing.table_of(lines, zone, at, full=True), f"{slug}-awards", f"campaign:{slug}", full=True)


@console.get("/campaigns/<slug>/awards/notice-board")
@needs(Action.RUN_DRAWS)
def notice_board_file(slug: str) -> Response:
    """The list for the notice board (公示), names masked: as ``docx``, or as ``xlsx``."""
    period, contact = (request.args.get(name, "").strip()[:LONGEST_LINE] for name in ("period", "contact"))
    with stores().sql.reading() as session:
        notice = notice_boards.winner_notice(
            session,
            slug,
            settings().public_url,
            now(),
            group_id=_group_asked(),
            period=period,
            contact=contact,
        )
    if request.args.get("form") == "xlsx":
        data, mimetype, ending = notice_boards.winner_xlsx(notice), XLSX, "xlsx"
    else:
        data, mimetype, ending = notice_boards.winner_docx(notice), DOCX, "docx"
    disposition = f'attachment; filename="{slug}-winners.{ending}"'
    return Response(data, mimetype=mimetype, headers={"Content-Disposition": disposition})


def _asked() -> Asked:
    which = request.args.get("which", "")
    return Asked(Which(which) if which in set(Which) else Which.ALL, _group_asked())


def _group_asked() -> int | None:
    """``?group=``; None for anything that is no id."""
    group_id = request.args.get("group", type=int)
    return group_id if group_id is not None and 0 < group_id <= LARGEST_ID else None
