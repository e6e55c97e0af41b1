"""Every address of the console × every role × identifiers of another unit: who gets in, and what they learn.

The table of rights says who may; a liaison gets 404, not 403, wherever there is more than their own units: that there
is such a page, unit, person or campaign is not to be told.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from visitors import NOW, Visitor
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from admin import troubles
from admin.rights import OPEN_TO_ALL, Action, action_of, is_scoped, may
from campaigns import tables, units
from campaigns.staff import Role
from campaigns.store import Store

FOREIGN = ("别家水务局", "X77", "钱外人", "F777", "别家的活动", "foreign", "别家的简讯", "别家的导出", "别家的照片")
"""Names, codes and titles of what lies beyond the liaison's unit, none of them part of anything else."""
OURS, THEIRS = "U01", "X77"


@dataclass(frozen=True)
class Door:
    rule: Rule
    method: str
    action: Action | None
    is_scoped: bool

    @property
    def names(self) -> set[str]:
        """Of the arguments that its address holds."""
        return set(self.rule.arguments) - set(self.rule.defaults or {})

    def address(self, values: dict[str, Any]) -> str:
        """With what the values hold, by the argument's name; others name nothing that there is."""
        filled = {name: values.get(name, self._nothing(name)) for name in self.names}
        built = self.rule.build(filled)
        assert built is not None
        return built[1]

    def _nothing(self, name: str) -> object:
        converter = self.rule._converters[name]
        if isinstance(converter, AnyConverter):
            return min(converter.items)  # what an address spells out is no identifier
        return 999_999 if isinstance(converter, IntegerConverter) else "nothing"

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


def doors(app: Flask) -> Iterator[Door]:
    """Every address of the console with every method that it takes; those left out that all may call."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin.") and rule.endpoint != "admin.static":
            view = app.view_functions[rule.endpoint]
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Door(rule, method, action_of(view), is_scoped(view))


def knock(client: FlaskClient, door: Door, values: dict[str, Any], query: str = "") -> tuple[int, bytes, str]:
    """The status, all that it says, and where it leads."""
    with client.open(door.address(values) + query, method=door.method) as answer:
        return answer.status_code, answer.data, answer.headers.get("Location", "")


def guarded(app: Flask) -> list[Door]:
    return [door for door in doors(app) if door.action not in OPEN_TO_ALL]


def report(session: Session, campaign_id: int, unit_id: int | None, title: str) -> int:
    made = tables.Report(
        campaign_id=campaign_id, unit_id=unit_id, kind="bulletin", title=title, sender="", remarks="", photos=[],
        by="owner", at_ms=NOW,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.id


def photo(session: Session, campaign_id: int, caption: str) -> int:
    sha256 = f"{campaign_id:064d}"
    session.add(tables.Picture(sha256=sha256, media_type="image/png", data=b"png", created_ms=NOW))
    session.flush()
    made = tables.ReportPhoto(campaign_id=campaign_id, picture_sha256=sha256, caption=caption, by="owner", at_ms=NOW)
    session.add(made)
    session.flush()
    return made.id


def job(session: Session, unit_id: int | None, by: str, title: str) -> int:
    made = tables.Job(
        kind="report", title=title, arguments={"slug": PLAN.slug}, by=by, unit_id=unit_id, message="", file_name="",
        media_type="", asked_ms=NOW,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.id


def person(session: Session, campaign_id: int, unit_id: int, name: str, number: str) -> int:
    """On the roster, with a finished attempt that stands."""
    made = tables.Person(name=name, unit_id=unit_id, staff_number=number, rostered=True, created_ms=NOW)
    session.add(made)
    session.flush()
    attempt = tables.Attempt(
        campaign_id=campaign_id, person_id=made.id, ordinal=1, day=20260704, state="finished", paper="1",
        begun_ms=OPENS, shown_ms=OPENS, finished_ms=OPENS, used_ms=61_000, score=10,
    )  # fmt: skip
    session.add(attempt)
    session.flush()
    session.add(
        tables.Standing(
            campaign_id=campaign_id, person_id=made.id, attempt_id=attempt.id, points=10, used_ms=61_000,
            finished_ms=OPENS, version=1, changed_ms=OPENS,
        )
    )  # fmt: skip
    # Of each unit somebody has stayed away, too.
    session.add(
        tables.Person(name=f"{name}二", unit_id=unit_id, staff_number=f"{number}2", rostered=True, created_ms=NOW)
    )
    session.flush()
    return made.id


@pytest.fixture
def world(records: Store) -> dict[str, dict[str, Any]]:
    """What addresses name: of the liaison's own unit U01, and of X77, which has a campaign of its own besides."""
    with records.transaction() as session:
        units.add(session, THEIRS, "别家水务局", officer="钱外人")
    shared = make_campaign(records)
    apart = make_campaign(records, replace(PLAN, slug="foreign", name="别家的活动", units=(THEIRS,)))
    with records.transaction() as session:
        own, other = (units.find(session, code) for code in (OURS, THEIRS))
        return {
            "own": {
                "slug": PLAN.slug,
                "code": OURS,
                "person_id": person(session, shared, own.id, "张晓明", "A001"),
                "report_id": report(session, shared, own.id, "我们的简讯"),
                "job_id": job(session, own.id, "liaison", "我们的导出"),
                "photo_id": photo(session, shared, "现场"),
            },
            "foreign": {
                "slug": "foreign",
                "code": THEIRS,
                "person_id": person(session, shared, other.id, "钱外人", "F777"),
                "report_id": report(session, shared, other.id, "别家的简讯"),
                "job_id": job(session, other.id, "owner", "别家的导出"),
                "photo_id": photo(session, apart, "别家的照片"),
            },
            "everybody's": {
                "report_id": report(session, shared, None, "别家的简讯"),
                "job_id": job(session, None, "owner", "别家的导出"),
            },
        }


@pytest.fixture
def untokened(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """So that what the guard says of a form is seen, and not that its token is missing; in the sentence alone."""
    app.config["WTF_CSRF_ENABLED"] = False
    monkeypatch.setattr(troubles, "_page", lambda sentence, code: (sentence, code))
    return app


@pytest.fixture
def liaison(world: object, signed_in: Callable[..., Visitor], untokened: Flask) -> FlaskClient:
    return signed_in(Role.LIAISON, OURS).client


def learnt(data: bytes) -> str:
    """All that an answer says; what is in the parts of a workbook or a document, too."""
    if not data.startswith(b"PK"):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_who_is_not_signed_in_gets_nowhere_but_to_the_sign_in(world: object, untokened: Flask) -> None:
    client = untokened.test_client()
    let_in = []
    for door in doors(untokened):
        if door.action is not Action.SIGN_IN:
            status, _, onward = knock(client, door, {})
            if status != 302 or not onward.startswith("/admin/sign-in"):
                let_in.append(str(door))
    assert not let_in


def test_nobody_opens_what_the_table_of_rights_does_not_say(
    world: dict[str, dict[str, Any]], untokened: Flask, signed_in: Callable[..., Visitor]
) -> None:
    """By any method, with identifiers of what there is; what they may open does not answer that they may not."""
    clients = {role: signed_in(role, OURS if role is Role.LIAISON else "").client for role in Role}
    wrong = []
    for (role, client), door in product(clients.items(), guarded(untokened)):
        assert door.action is not None
        if not may(role, door.action):
            expected = {403}
        elif role is Role.LIAISON and not door.is_scoped:
            expected = {404}
        elif door.method == "GET" and not door.names:
            expected = {200, 302, 404, 422}
        else:
            continue  # it would be done
        status, *_ = knock(client, door, world["own"])
        if status not in expected:
            wrong.append(f"{role}: {door}: {status}")
    assert not wrong


def test_what_is_of_another_unit_does_not_exist_for_a_liaison(
    world: dict[str, dict[str, Any]], untokened: Flask, liaison: FlaskClient
) -> None:
    """Each identifier of an address in turn is another unit's, or that of a thing of all units, all others our own."""
    wrong = []
    for door in guarded(untokened):
        for whose in ("foreign", "everybody's"):
            for name in door.names & set(world[whose]):
                if door.is_scoped:
                    status, *_ = knock(liaison, door, {**world["own"], name: world[whose][name]})
                    if status != 404:
                        wrong.append(f"{door} with {whose} {name}: {status}")
    assert not wrong


QUERIES = ("", "?unit=X77", "?search=水务&level=unit")


def test_a_liaison_learns_nothing_of_another_unit_whatever_they_ask_for(
    world: dict[str, dict[str, Any]], untokened: Flask, liaison: FlaskClient
) -> None:
    """A page either does not exist, or tells nothing of it; files are looked into."""
    told, opened = [], 0
    for query, door in product(QUERIES, guarded(untokened)):
        if door.is_scoped and door.method == "GET":
            status, data, _ = knock(liaison, door, world["own"], query)
            opened += status == 200
            if status == 200:
                said = learnt(data)  # what they typed themselves may stand in the form again
                told += [f"{door}{query} tells {word}" for word in FOREIGN if word in said and word not in query]
            elif status not in {302, 404, 409, 422}:
                told.append(f"{door}{query}: {status}")
    assert not told
    assert opened > 40


def test_every_identifier_of_an_address_for_liaisons_is_one_that_these_tests_know(
    world: dict[str, dict[str, Any]], untokened: Flask
) -> None:
    """Otherwise they would knock with identifiers of nothing, and be content."""
    known = set(world["own"]) | {"sha256"}
    assert {name for door in guarded(untokened) if door.is_scoped for name in door.names} <= known
