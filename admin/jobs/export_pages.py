"""导出: tables of a campaign to take away, of what one may see and as one may see it."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from admin import scope
from admin.console import console
from admin.context import me, now, stores
from admin.jobs.job_pages import STATES
from admin.rights import Action, may, needs
from campaigns import keeping
from campaigns.errors import NotFound, Refused
from campaigns.exports import making
from campaigns.exports.datasets import DATASETS
from campaigns.exports.making import FORMATS, KIND, Wish
from campaigns.exports.scopes import Dataset
from campaigns.jobs import asking

LOOKED_THROUGH = 100
SHOWN = 10
"""Of one's own exports of the campaign, the newest."""


@console.route("/campaigns/<slug>/exports", methods=["GET", "POST"])
@needs(Action.EXPORT, scoped=True)
def campaign_exports(slug: str) -> str | Response | tuple[str, int]:
    """What can be had; and, sent, the wish for it, which a job fulfils."""
    if request.method == "GET":
        return _page(slug, Wish(slug, "", unit=request.args.get("unit", "").strip()))
    sent = request.form
    wish = Wish(
        slug,
        sent.get("dataset", ""),
        sent.get("form", "xlsx"),
        sent.get("unit", "").strip(),
        bool(sent.get("full")),
    )
    if wish.dataset in DATASETS and DATASETS[wish.dataset] not in _offered():
        abort(404 if current_user.account.unit_id is not None else 403)
    if wish.full and not _sees_names():
        abort(403)
    try:
        if wish.dataset not in DATASETS:
            raise Refused("还没有选要导出的内容：请先选一种。")
        with stores().sql.transaction() as session:
            job_id = making.ask(session, wish, me(), now(), own=scope.own_unit(session))
    except Refused as error:
        return _page(slug, wish, str(error)), 422
    except NotFound as error:
        if not wish.unit:
            raise
        return _page(slug, wish, str(error)), 404
    return redirect(url_for("admin.job", job_id=job_id))


def _page(slug: str, wish: Wish, refusal: str = "") -> str:
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        own = scope.own_unit(session)
        lately = asking.listing(session, by=me(), kind=KIND, most=LOOKED_THROUGH)
    return render_template(
        "admin/campaign_exports.html",
        campaign=found,
        datasets=_offered(),
        formats={form: label for form, (label, _) in FORMATS.items()},
        wish=wish,
        own=own,
        sees_names=_sees_names(),
        refusal=refusal,
        lately=[one for one in lately if one.arguments.get("slug") == slug][:SHOWN],
        states=STATES,
        tab="exports",
    )


def _offered() -> list[Dataset]:
    """What this role may take; a liaison only what is of their units."""
    account = current_user.account
    return [
        one
        for one in DATASETS.values()
        if all(may(account.role, Action(right)) for right in one.needs) and (one.by_unit or account.unit_id is None)
    ]


def _sees_names() -> bool:
    return may(current_user.account.role, Action.SEE_NAMES)
