"""A bank of ten questions, and a draft over it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from campaign_made import SUMMER
from flask import Flask
from forms_sent import fields_of
from visitors import NOW, Visitor

from campaigns import banks, units
from campaigns.store import Store
from questions.model import Bank, Kind, Question


@pytest.fixture(autouse=True)
def reached(app: Flask) -> None:
    """The public address answers, whoever asks."""
    app.extensions["lvda.visit"] = lambda address, headers, seconds: (200, b"ok")


@pytest.fixture
def bank(records: Store) -> Store:
    """``energy``: ten questions of the kinds single and true/false, half of them about water."""
    questions = [
        Question(
            number=str(number),
            kind=Kind.SINGLE if number <= 6 else Kind.TRUE_FALSE,
            stem=f"第 {number} 题的题干是什么？",
            options=SUMMER.options if number <= 6 else (),
            answer=("C",) if number <= 6 else ("true",),
            category="节水" if number % 2 else "节电",
        )
        for number in range(1, 11)
    ]
    with records.transaction() as session:
        plan = banks.plan_import(session, "energy", "节能题库", Bank("csv", "utf-8", tuple(questions)))
        banks.carry_out(session, plan, NOW)
        units.add(session, "U01", "市财政局", headcount=50)
    return records


@pytest.fixture
def drafted(bank: Store, owner: Visitor) -> Callable[..., Visitor]:
    """The owner, with a draft ``week`` made by the form, given what differs from the form as it opens."""

    def draft(**changed: object) -> Visitor:
        owner.get("/admin/campaigns/new")
        sent = {**fields_of(owner.page, "活动名称"), "name": "节能周", "slug": "week", "bank": "energy", **changed}
        owner.post("/admin/campaigns/new", **sent)
        assert owner.address == "/admin/campaigns/week"
        return owner

    return draft
