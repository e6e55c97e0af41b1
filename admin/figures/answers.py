"""What the JSON addresses of figures answer, and the OpenAPI document that describes it: one shape, written once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from campaigns.figures import Overview, Questions
from campaigns.unit_standings import UnitPlace

Values_co = TypeVar("Values_co", covariant=True)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """What the persons of a unit, and of those below it, have reached."""

    rank: int | None
    """Among the units listed; null: listed, and not ranked."""
    code: str
    name: str
    level: str
    headcount: int | None
    """How many should take part; null: not told."""
    entrants: int
    rate: float | None
    """Of the headcount, 1 at most."""
    average: float | None
    total: int
    passed: int
    pass_rate: float | None
    units_below: int


@dataclass(frozen=True, slots=True)
class Units:
    """The units directly below one, in the order of the ranking."""

    below: str | None
    """The code of the unit that they are below; null: the tops of what takes part."""
    measure: str
    """By what they are ranked: ``participation``, ``average``, ``total``, ``pass_rate``."""
    units: tuple[UnitRow, ...]


@dataclass(frozen=True, slots=True)
class Answer(Generic[Values_co]):
    campaign: str
    """Its slug."""
    made_ms: int
    """When it was added up, in UTC milliseconds."""
    figures: Values_co


@dataclass(frozen=True, slots=True)
class Refusal:
    error: str
    """One sentence that says what to do."""


ANSWERS: Mapping[str, Any] = MappingProxyType(
    {"overview": Answer[Overview], "questions": Answer[Questions], "units": Answer[Units]}
)
_SAID = MappingProxyType(
    {
        "overview": "A campaign in numbers: people, attempts, results, by hour, by door, messages.",
        "questions": "How each question of a campaign fares: difficulty, discrimination, the most chosen wrong answer.",
        "units": "The units that take part, or those below one of them, in the order of their ranking.",
    }
)
_REFUSALS = MappingProxyType(
    {
        "403": "The account may not see figures.",
        "404": "No such campaign or unit, or one beyond what the account sees.",
        "503": "Not added up yet: ask again in a minute.",
    }
)


def as_json(answer: str, made: Answer[Any]) -> bytes:
    return _adapter(answer).dump_json(made)


def units_of(places: Iterable[UnitPlace], below: str | None, measure: str) -> Units:
    rows = (
        UnitRow(
            rank=one.rank,
            code=one.code,
            name=one.name,
            level=one.level,
            headcount=one.headcount,
            entrants=one.entrants,
            rate=one.rate,
            average=one.average,
            total=one.total,
            passed=one.passed,
            pass_rate=one.pass_rate,
            units_below=one.units_below,
        )
        for one in places
    )
    return Units(below, measure, tuple(rows))


def openapi(root: str) -> dict[str, Any]:
    """The OpenAPI document of the console's JSON addresses. `root`: the path that they are under."""
    schemas: dict[str, Any] = {}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "绿答 (lvda): figures of campaigns",
            "version": "1",
            "description": "For those who are signed in to the console. Figures hold no persons.",
        },
        "servers": [{"url": root}],
        "security": [{"session": []}],
        "paths": {f"/campaigns/{{slug}}/figures/{name}.json": {"get": _operation(name, schemas)} for name in ANSWERS},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "lvda"}},
        },
    }


def _operation(name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    parameters = [_parameter("slug", "path", "The campaign's slug, as its entry address has it.")]
    if name == "units":
        parameters.append(_parameter("unit", "query", "A unit's code: those below it."))
    refusals = {
        code: {"description": said, "content": _content(_hoisted(TypeAdapter(Refusal), schemas))}
        for code, said in _REFUSALS.items()
        if name != "units" or code != "503"
    }
    return {
        "operationId": f"figures_{name}",
        "summary": _SAID[name],
        "parameters": parameters,
        "responses": {
            "200": {"description": "The figures.", "content": _content(_hoisted(_adapter(name), schemas))},
            "302": {"description": "Not signed in: to the page where one signs in."},
            **refusals,
        },
    }


def _parameter(name: str, place: str, said: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": 64}
    return {"name": name, "in": place, "required": place == "path", "description": said, "schema": schema}


def _content(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _hoisted(adapter: TypeAdapter[Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """A schema whose parts stand among the document's own."""
    made = adapter.json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas.update(made.pop("$defs", {}))
    return made


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(ANSWERS[name])
