"""A campaign, and a phone to open its pages with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from campaign_made import make_campaign
from flask import Flask
from phone import ADDRESS, Phone
from werkzeug.serving import make_server

from bot.links import Links
from campaigns.store import Store


@pytest.fixture
def campaign(store: Store) -> int:
    """The id of a campaign that asks SUMMER, STANDBY, COMMUTE and LITRE in this order."""
    return make_campaign(store)


@pytest.fixture
def phone(app: Flask, campaign: int) -> Phone:
    return Phone(app)


@pytest.fixture
def links(app: Flask, clock: Callable[[], int]) -> Links:
    """The links that the chats of the application send, issued by the tests' clock."""
    links = Links(ADDRESS, "for tests", clock)
    app.extensions["lvda.links"] = links
    return links


@pytest.fixture
def address(app: Flask, campaign: int) -> Iterator[str]:
    """Where the application is served, for browsers."""
    app.config["SESSION_COOKIE_SECURE"] = False
    with make_server("127.0.0.1", 0, app, threaded=True) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
