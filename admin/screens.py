"""The web console under ``/admin/``, put together."""

from __future__ import annotations

from flask import Flask

from admin import (
    accounts,
    audit_log,
    language,
    messages,
    system,
    troubles,
)
from admin.banks import bank_pages, first_bank, keeping, previews, question_pages, uploaded_questions, uploads
from admin.campaigns import absences, campaign_pages, doors, drafts, mending, plan_files, rankings, running
from admin.console import console as blueprint
from admin.desk import claim_pages, desk_pages
from admin.draws import draw_pages, forfeits, freezing, holding, stage, voiding
from admin.figures import figure_files, figure_pages
from admin.jobs import export_pages, job_pages
from admin.people import mending as people_mending
from admin.people import person_pages, roster_imports
from admin.privacy import person_data, request_pages, retention_pages
from admin.prizes import award_pages, exclusion_pages, plan_pages, rank_pages
from admin.reports import photo_pages, report_pages, template_pages
from admin.review import attempt_pages, signal_pages
from admin.sign_in import login_manager
from admin.staff import account_pages, own_account, own_second_step
from admin.units import unit_imports, unit_pages
from admin.wizard import samples, step_pages

__all__ = ["blueprint", "register"]

SCREENS = (
    bank_pages,
    first_bank,
    question_pages,
    keeping,
    uploads,
    previews,
    uploaded_questions,
    campaign_pages,
    drafts,
    plan_files,
    step_pages,
    samples,
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
    signal_pages,
    attempt_pages,
    desk_pages,
    claim_pages,
    messages,
    job_pages,
    export_pages,
    accounts,
    audit_log,
    system,
    own_account,
    own_second_step,
    account_pages,
    language,
    figure_pages,
    figure_files,
    report_pages,
    photo_pages,
    template_pages,
    request_pages,
    retention_pages,
    person_data,
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
