"""A bank of ten questions, for drafts made step by step."""

from __future__ import annotations

import pytest
from energy_made import make_energy
from flask import Flask

from campaigns.store import Store


@pytest.fixture
def bank(app: Flask, records: Store) -> Store:
    """With the bank ``energy``; and the public address answers, whoever asks."""
    app.extensions["lvda.visit"] = lambda address, headers, seconds: (200, b"ok")
    make_energy(records)
    return records
