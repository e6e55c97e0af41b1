"""The console over a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from argon2 import PasswordHasher
from changes_on_record import watched
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from sqlalchemy import select, update
from visitors import NOW, PASSWORD, Clock, Visitor
from werkzeug.serving import make_server

import wsgi
from campaigns import staff, tables
from campaigns.editions import Editions
from campaigns.staff import Role, passwords, sessions
from campaigns.staff.model import account_of
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores
from settings import Settings


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(sqlite_url: str) -> Iterator[Store]:
    """The console's own store: what it does in SQL is tested on both databases elsewhere."""
    store = open_store(sqlite_url)
    yield store
    store.close()


@pytest.fixture
def app(records: Store, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    """Whatever is changed in it leaves an entry in the audit log: see `changes_on_record`."""
    settings = Settings(
        data_dir=tmp_path / "var",
        base_url="https://quiz.example.cn",
        secret_key="a secret of the tests",  # type: ignore[arg-type]
        footer="京ICP备00000000号",
        _env_file=None,
    )
    app = wsgi.create_app(settings, Stores(records, Ranking(records, None), Editions()), clock)
    with watched(app, records):
        yield app


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def signed_in(app: Flask, records: Store, clock: Clock) -> Callable[..., Visitor]:
    """A visitor who has an account of a role, with a password of their own, and has signed in.

    A liaison is given the code of their unit.
    """

    def sign_in(role: Role, unit_code: str = "") -> Visitor:
        visitor, key = Visitor(app.test_client()), f"the key of {role.value}"
        with records.transaction() as session:
            staff.add(session, role.value, role, NOW, Random(1), unit_code=unit_code)
            known = {"password_hash": passwords.HASHER.hash(PASSWORD), "one_time": False}
            session.execute(update(tables.Staff).where(tables.Staff.name == role.value).values(**known))
            account = session.scalars(select(tables.Staff).where(tables.Staff.name == role.value)).one()
            sessions.begin(session, account_of(account), key, clock(), address="127.0.0.1")
        with visitor.client.session_transaction() as cookie:
            cookie |= {"_user_id": key, "_fresh": True}
        visitor.get("/admin/password")
        return visitor

    return sign_in


@pytest.fixture
def owner(signed_in: Callable[[Role], Visitor]) -> Visitor:
    return signed_in(Role.OWNER)


# --- in Chromium ----------------------------------------------------------------------------------------------------


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    app.config["SESSION_COOKIE_SECURE"] = False
    with make_server("127.0.0.1", 0, app, threaded=True) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/admin"
        server.shutdown()
        thread.join()


GAVE_WAY = ("htmx:sendAbort,", "htmx:afterRequest,")
"""What htmx says of a request that gave way to a newer one, or to the next page; of one that failed it says more."""


def _is_complaint(message: ConsoleMessage) -> bool:
    return message.type == "error" and not message.text.startswith(GAVE_WAY)


@pytest.fixture
def opened(
    browser: Browser, address: str, signed_in: Callable[[Role], Visitor]
) -> Iterator[Callable[..., tuple[Page, list[str]]]]:
    """A page of an owner who has signed in, and what the browser complains about meanwhile."""
    contexts: list[BrowserContext] = []

    def open_page(**options: object) -> tuple[Page, list[str]]:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        cookie = signed_in(Role.OWNER).client.get_cookie("lvda")
        assert cookie is not None
        context.add_cookies([{"name": "lvda", "value": cookie.value, "url": address}])
        page = context.new_page()
        page.set_default_timeout(40_000)
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if _is_complaint(message) else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page, said

    yield open_page
    for context in contexts:
        context.close()
