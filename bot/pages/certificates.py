"""Certificates: one's own, and the check of any.

================================ ==================================================================
``GET /q/<slug>/certificate``     one's own, with its number
``GET /q/<slug>/certificate.pdf`` the same to print; issues it, once, under one number
``GET /certificates``             where a number is typed in
``GET /certificates/<number>``    whether it is genuine: what the code of a certificate holds
================================ ==================================================================

A chat's own browser often hands a PDF on to another one, which has no session: so the address of the PDF carries, for
a quarter of an hour, whose it is.
"""

from __future__ import annotations

from random import SystemRandom

from flask import Response, current_app, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeSerializer

from bot.pages.blueprint import Page, blueprint
from bot.pages.moments import date
from bot.pages.visits import Visit, read_visit, received
from bot.wording import tell
from campaigns import addresses, people
from campaigns.clock import MINUTE, in_words
from campaigns.prints.certificates import CertificateText, certificate_pdf
from campaigns.prints.errors import PrintError
from campaigns.prizes.certificates import Certificate, certificate_of, check_number, passed
from campaigns.stores import Stores

FRESH_MS = 15 * MINUTE
UNPRINTABLE = 422


@blueprint.get("/q/<slug>/certificate")
def certificate(slug: str) -> Page:
    visit = read_visit(slug, received())
    own = _own(visit, visit.person_id)
    address = "" if own is None else _address(own.number)
    return render_template("quiz/certificate.html", edition=visit.edition, own=own, address=address)


@blueprint.get("/q/<slug>/certificate.pdf")
def certificate_to_print(slug: str) -> Page:
    visit = read_visit(slug, received())
    person_id = _named_by(visit, request.args.get("t", ""))
    if person_id is None:
        if not visit.person_id:
            return visit.to("certificate")
        token = _signer().dumps([visit.edition.id, visit.person_id, visit.now])
        return redirect(url_for("pages.certificate_to_print", slug=visit.edition.slug, t=token), 303)
    own = _own(visit, person_id)
    if own is None:
        return visit.to("certificate")
    try:
        pdf = certificate_pdf(_printed(visit, person_id, own), created=own.issued_ms)
    except PrintError:  # a name in a script that our fonts lack; the number is valid all the same
        back = (tell("certificate.back"), url_for("pages.certificate", slug=visit.edition.slug))
        title, sentence = tell("certificate.unprintable"), tell("certificate.unprintable.sentence", number=own.number)
        return render_template("quiz/trouble.html", title=title, sentence=sentence, way_on=back), UNPRINTABLE
    response = Response(pdf, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"{own.number}.pdf")
    return response


@blueprint.get("/certificates", strict_slashes=False)
@blueprint.get("/certificates/<number>")
def certificates(number: str = "") -> Page:
    asked = (number or request.args.get("number", "")).strip()
    stores: Stores = current_app.extensions["lvda"]
    with stores.sql.reading() as session:
        found = check_number(session, asked) if asked else None
    issued = "" if found is None else date(found.issued_ms, found.timezone)
    page = render_template("quiz/certificate_check.html", asked=asked, found=found, issued=issued)
    return (page, 404) if asked and found is None else page


def _own(visit: Visit, person_id: int) -> Certificate | None:
    """Somebody's certificate; issued if it was not. Nothing is written for whoever may have none."""
    with visit.stores.sql.reading() as session:
        if not person_id or passed(session, visit.edition, person_id, visit.now) is None:
            return None
    with visit.stores.sql.transaction() as session:
        return certificate_of(session, visit.edition, person_id, SystemRandom(), visit.now)


def _printed(visit: Visit, person_id: int, own: Certificate) -> CertificateText:
    edition = visit.edition
    with visit.stores.sql.reading() as session:
        unit = people.unit_name(session, person_id)
    return CertificateText(
        title=own.group,
        name=own.name,
        campaign=edition.name,
        points=own.points,
        mark=own.mark,
        date=in_words(own.issued_ms, edition.timezone).partition(" ")[0],
        number=own.number,
        address=_address(own.number),
        unit=unit,
        organiser=edition.organiser,
        brand=edition.brand or edition.theme,
    )


def _address(number: str) -> str:
    return addresses.certificate(current_app.config["LVDA"].printed_url, number)


def _named_by(visit: Visit, token: str) -> int | None:
    """Whose certificate an address of a PDF names; None when it is too old, or not ours, or of another campaign."""
    try:
        campaign_id, person_id, issued_ms = _signer().loads(token)
    except (BadData, ValueError, TypeError):
        return None
    is_fresh = campaign_id == visit.edition.id and visit.now - issued_ms <= FRESH_MS
    return int(person_id) if is_fresh else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="lvda-certificate")
