"""The JSON addresses do what their OpenAPI document says, whatever they are asked for."""

from __future__ import annotations

import json

import pytest
import schemathesis
from campaign_made import OPENS, PLAN, make_campaign
from figures_made import Played, play
from flask import Flask
from hypothesis import HealthCheck, given, settings
from visitors import Clock, Visitor

from admin.figures.answers import ANSWERS, openapi
from campaigns.clock import HOUR
from campaigns.store import Store

PATHS = [f"/campaigns/{{slug}}/figures/{name}.json" for name in ANSWERS]


@pytest.fixture(autouse=True)
def played(records: Store, clock: Clock) -> None:
    clock.now = OPENS + 3 * HOUR
    played = [Played(unit="U01"), Played(unit="U02", channel="h5", network="10.3.7.0/24"), Played(("C",))]
    play(records, make_campaign(records), played)


def test_the_document_is_told_to_whoever_may_see_figures(app: Flask, owner: Visitor) -> None:
    response = owner.client.get("/admin/openapi.json")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert json.loads(response.data) == openapi("/admin")
    assert {f"/admin{path}" for path in PATHS} <= {
        str(rule).replace("<", "{").replace(">", "}") for rule in app.url_map.iter_rules()
    }
    assert app.test_client().get("/admin/openapi.json").status_code == 302


def test_answers_are_as_the_document_says(app: Flask, owner: Visitor) -> None:
    cookie = owner.client.get_cookie("lvda")
    assert cookie is not None
    document = openapi("/admin")
    for path in PATHS:
        parameters = document["paths"][path]["get"]["parameters"]
        _offer(parameters, slug=[PLAN.slug, "nowhere", "%"], unit=["U01", "X", "市"])
    api = schemathesis.openapi.from_dict(document)
    api.app = app
    for path in PATHS:
        assert _statuses(api[path]["GET"], cookie.value) == {200, 404}, path


def _statuses(operation: schemathesis.schemas.APIOperation, cookie: str) -> set[int]:
    """What an address answers with, each answer compared with the document."""
    found = set()

    @settings(max_examples=20, derandomize=True, database=None, suppress_health_check=list(HealthCheck), deadline=None)
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        case.cookies = {"lvda": cookie}
        found.add(case.call_and_validate().status_code)

    ask()
    return found


def _offer(parameters: list[dict[str, object]], **values: list[str]) -> None:
    """What there is, among what there is not: left to chance nothing would ever be found."""
    for one in parameters:
        one["schema"] = {"type": "string", "enum": values[str(one["name"])]}
