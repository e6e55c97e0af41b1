"""What a campaign asks and promises.

======================== ====================================================
``GET /q/<slug>/rules``   all its rules, and what was changed since
``GET /q/<slug>/privacy`` the notice about personal data
======================== ====================================================
"""

from __future__ import annotations

from flask import render_template

from bot import privacy_notices
from bot.pages.blueprint import Page, blueprint
from bot.pages.views import campaign, prizes
from bot.pages.views.changes import changes
from bot.pages.visits import read_visit, received


@blueprint.get("/q/<slug>/rules")
def rules(slug: str) -> Page:
    visit = read_visit(slug, received())
    with visit.stores.sql.reading() as session:
        changed = changes(session, visit.edition)
        groups = prizes.groups(session, visit.edition)
    return render_template(
        "quiz/rules.html",
        edition=visit.edition,
        state=campaign.state(visit.edition, visit.now),
        rules=campaign.rules(visit.edition),
        changes=changed,
        groups=groups,
    )


@blueprint.get("/q/<slug>/privacy")
def privacy(slug: str) -> Page:
    edition = read_visit(slug, received()).edition
    return render_template(
        "quiz/privacy.html",
        edition=edition,
        text=privacy_notices.notice_of(edition),
        version=privacy_notices.version_of(edition),
        own_words=bool(edition.privacy_notice),
    )
