"""The web console under ``/admin/``, put together."""

from __future__ import annotations

from flask import Flask

from admin import (
    accounts,
    messages,
    troubles,
)
from admin.banks import bank_pages, keeping, previews, question_pages, uploaded_questions, uploads
from admin.campaigns import absences, campaign_pages, doors, drafts, mending, plan_files, rankings, running
from admin.console import console as blueprint
from admin.desk import claim_pages, desk_pages
from admin.draws import draw_pages, forfeits, freezing, holding, stage, voiding
from admin.people import mending as people_mending
from admin.people import person_pages, roster_imports
from admin.prizes import award_pages, exclusion_pages, plan_pages, rank_pages
from admin.sign_in import login_manager
from admin.units import unit_imports, unit_pages

__all__ = ["blueprint", "register"]

SCREENS = (
    bank_pages,
    question_pages,
    keeping,
    uploads,
    previews,
    uploaded_questions,
    campaign_pages,
    drafts,
    plan_files,
    running,
    doors,
    rankings,
    absences,
    mending,
    unit_pages,
    unit_imports,
    person_pages,
    people_mending,
    roster_imports,
    draw_pages,
    freezing,
    holding,
    forfeits,
    voiding,
    stage,
    plan_pages,
    award_pages,
    rank_pages,
    exclusion_pages,
    desk_pages,
    claim_pages,
    messages,
    accounts,
    troubles,
)
"""Importing them is what puts their views on the blueprint."""


def register(app: Flask) -> None:
    """Give an application the console.

    The application brings a secret key, CSRF protection, the settings under ``config["LVDA"]``, and the stores and
    the clock (UTC milliseconds) as the extensions ``lvda`` and ``lvda.clock``.
    """
    login_manager().init_app(app)
    app.register_blueprint(blueprint)
