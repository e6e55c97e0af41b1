"""Figures to take away: as JSON, which the charts are drawn from, and as CSV."""

from __future__ import annotations

import json

from flask import Response, request, url_for

from admin.console import console
from admin.context import me, now, stores
from admin.figures.answers import Answer, as_json, openapi, units_of
from admin.figures.sheets import TABLES
from admin.rights import Action, needs
from admin.scope import own_unit, unit_asked
from campaigns import audit, figures
from campaigns.editions import Edition
from campaigns.errors import NotFound
from campaigns.figures import OVERVIEW, QUESTIONS, Figures, Part
from campaigns.text_tables import TextTable, as_csv
from campaigns.unit_standings import table_of

JSON = "application/json"
NOT_YET = "数据还在汇总，请过一分钟再看。"
_OF_ALL = "全部单位的数据不在您的范围内，请看自己单位的数据。"


@console.get("/campaigns/<slug>/figures/overview.json", defaults={"part": OVERVIEW})
@console.get("/campaigns/<slug>/figures/questions.json", defaults={"part": QUESTIONS})
@needs(Action.SEE_FIGURES, scoped=True)
def figures_json(slug: str, part: Part) -> Response:
    """One part of a campaign's figures; of all units together, so not for a liaison."""
    edition = stores().editions.by_slug(stores().sql, slug)
    found = part_of(edition, part)
    if found is None:
        return Response(json.dumps({"error": NOT_YET}), 503, {"Retry-After": "60"}, mimetype=JSON)
    return _json(part, Answer(slug, found.made_ms, found.values), f"{slug}-{part}")


@console.get("/campaigns/<slug>/figures/units.json")
@needs(Action.SEE_FIGURES, scoped=True)
def unit_figures_json(slug: str) -> Response:
    """The tops of what takes part, or a liaison's own unit; with ``?unit=CODE`` those below it."""
    at = now()
    edition = stores().editions.by_slug(stores().sql, slug)
    with stores().sql.reading() as session:
        unit = unit_asked(session, request.args.get("unit", ""))
    places = stores().units.table(edition, unit.id if unit else None, now=at)
    answer = units_of(places, unit.code if unit else None, edition.unit_ranking)
    return _json("units", Answer(slug, at, answer), f"{slug}-units")


@console.get("/campaigns/<slug>/figures/hours.csv", defaults={"table": "hours"})
@console.get("/campaigns/<slug>/figures/scores.csv", defaults={"table": "scores"})
@console.get("/campaigns/<slug>/figures/doors.csv", defaults={"table": "doors"})
@console.get("/campaigns/<slug>/figures/messages.csv", defaults={"table": "messages"})
@console.get("/campaigns/<slug>/figures/questions.csv", defaults={"table": "questions"})
@needs(Action.SEE_FIGURES, scoped=True)
def figures_csv(slug: str, table: str) -> Response:
    part, table_made = TABLES[table]
    edition = stores().editions.by_slug(stores().sql, slug)
    found = part_of(edition, part)
    if found is None:
        return Response(NOT_YET, 503, {"Retry-After": "60"}, mimetype="text/plain")
    return _csv(slug, table, table_made(found.values))


@console.get("/campaigns/<slug>/figures/units.csv")
@needs(Action.SEE_FIGURES, scoped=True)
def unit_figures_csv(slug: str) -> Response:
    edition = stores().editions.by_slug(stores().sql, slug)
    with stores().sql.reading() as session:
        unit = unit_asked(session, request.args.get("unit", ""))
    return _csv(slug, "units", table_of(stores().units.table(edition, unit.id if unit else None, now=now())))


@console.get("/openapi.json")
@needs(Action.SEE_FIGURES, scoped=True)
def console_openapi() -> Response:
    """What these addresses take and answer."""
    document = openapi(url_for("admin.campaigns").rstrip("/"))
    return Response(json.dumps(document, ensure_ascii=False), mimetype=JSON)


def part_of(edition: Edition, part: Part) -> Figures[object] | None:
    """A part as a page shows it. Raises NotFound for a liaison: it is of all units."""
    with stores().sql.reading() as session:
        if own_unit(session) is not None:
            raise NotFound(_OF_ALL)
        return figures.current(session, edition.id, part, now())


def _json(name: str, answer: Answer[object], file_name: str) -> Response:
    response = Response(as_json(name, answer), mimetype=JSON)
    if "download" in request.args:
        _put_on_record(answer.campaign, name, "json")
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name}.json"'
    return response


def _csv(slug: str, name: str, table: TextTable) -> Response:
    _put_on_record(slug, name, "csv", rows=len(table.rows))
    disposition = f'attachment; filename="{slug}-{name}.csv"'
    return Response(as_csv(table), mimetype="text/csv", headers={"Content-Disposition": disposition})


def _put_on_record(slug: str, name: str, form: str, **told: int) -> None:
    with stores().sql.transaction() as session:
        said = {"what": f"figures.{name}", "format": form, **told, "masked": True}
        audit.record(session, me(), "export.made", f"campaign:{slug}", now(), after=said)
