"""A bank of ten questions, and a draft over it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from energy_made import make_energy
from flask import Flask
from forms_sent import fields_of
from visitors import Visitor

from campaigns.store import Store


@pytest.fixture(autouse=True)
def reached(app: Flask) -> None:
    """The public address answers, whoever asks."""
    app.extensions["lvda.visit"] = lambda address, headers, seconds: (200, b"ok")


@pytest.fixture
def bank(records: Store) -> Store:
    """``energy``: ten questions of the kinds single and true/false, half of them about water."""
    make_energy(records)
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
