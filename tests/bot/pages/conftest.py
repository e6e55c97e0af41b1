"""A campaign, and a phone to open its pages with."""

from __future__ import annotations

import pytest
from campaign_made import make_campaign
from flask import Flask
from phone import Phone

from campaigns.store import Store


@pytest.fixture
def campaign(store: Store) -> int:
    """The id of a campaign that asks SUMMER, STANDBY, COMMUTE and LITRE in this order."""
    return make_campaign(store)


@pytest.fixture
def phone(app: Flask, campaign: int) -> Phone:
    return Phone(app)
