"""The energy bank that comes with the product: ``energy.csv``, read by the same reader as everybody's own banks.

Its sources are laws and regulations by article, national standards, State Council notices, and arithmetic anyone can
repeat. Figures that change from year to year are left out of it.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files

from questions.model import Bank
from questions.readers import read_bank

SHIPPED_SLUG = "energy"
SHIPPED_NAME = "节能降碳知识题库"

_FILE = "energy.csv"


def energy_bank() -> Bank:
    """Read the shipped bank: over three hundred questions, all of them playable, each with explanation and source."""
    return read_bank(files(__name__).joinpath(_FILE).read_bytes(), _FILE)


def shipped_file() -> str:
    """The name of the shipped bank's file, with what tells one version of it from another."""
    digest = hashlib.sha256(files(__name__).joinpath(_FILE).read_bytes()).hexdigest()
    return f"{_FILE} ({digest[:12]})"
