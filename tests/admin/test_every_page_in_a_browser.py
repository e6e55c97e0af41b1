"""Every page of the console that one can get to, at a desk and on a phone.

The pages are found as people find them, by following links, until each kind of page has been seen once. They are laid
into one page that the browser has loaded, with its styles: to load each of them takes three times as long.
"""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from accessibility import obstacles
from bank_uploads import FAULTY, file
from campaign_made import CLOSES, OPENS
from draw_made import freeze, make_finished
from flask import Flask
from forms_sent import fields_of
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from visitors import Clock, Visitor

from campaigns import keeping, tables
from campaigns.clock import DAY
from campaigns.draws import pseudonym
from campaigns.editions import Editions
from campaigns.prizes import awards, groups
from campaigns.prizes.awards import Winner
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.signals.finding import find_signals_of
from campaigns.staff import Role
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores
from questions.readers import read_bank

pytestmark = pytest.mark.browser

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
WIDTH = "document.documentElement.scrollWidth"
LAY = """text => {
    const laid = new DOMParser().parseFromString(text, "text/html");
    document.title = laid.title;
    document.documentElement.lang = laid.documentElement.lang;
    document.body.replaceWith(document.adoptNode(laid.body));
    document.querySelectorAll("main details").forEach(one => one.open = true);
}"""
OURS = "console.css"
"""What pages that look like the console's have in common."""
LINK = re.compile(r'(?:href|hx-get)="(/admin/[^"#]*)')
STARTS = (
    "/admin/",
    "/admin/sign-in",
    "/admin/people/2",
    "/admin/people?search=欧阳",
    "/admin/campaigns/week/prizes/new",
)
"""Where people come from elsewhere, or by typing."""
_MOST = 600
"""Far more addresses than there are kinds of pages."""


@dataclass
class Found:
    """For each endpoint that answers with a page its address and what it says; and the endpoints of files."""

    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


@pytest.fixture
def visitor(
    records: Store,
    clock: Clock,
    app: Flask,
    signed_in: Callable[[Role], Visitor],
    monkeypatch: pytest.MonkeyPatch,
) -> Visitor:
    """The owner; with a campaign that is over, its draw frozen, a draft, and a file of questions looked through."""
    monkeypatch.setattr("admin.banks.uploads.read_bank", read_bank)
    app.extensions["lvda.visit"] = lambda address, headers, seconds: (200, b"ok")
    clock.now = CLOSES + DAY
    make_finished(records, (40, 40, 30, 20))
    with records.transaction() as session:
        session.execute(update(tables.Person).values(name="欧阳晓明"))
        keeping.copy(session, "week", "next", "1" * 64, clock.now)
        lay_down_prizes(session)
        session.add(tables.Identity(channel="wechat", account="", sender="o1", person_id=2, created_ms=OPENS))
        session.add(
            tables.DataRequest(person_id=2, kind="delete", text="", state="open", answer="", by="", asked_ms=OPENS)
        )
        for attempt in session.scalars(select(tables.Attempt)):
            attempt.paper = "1CABD 2 3ABCD 4"
            origin = {"network": "10.3.7.0/24", "address_hash": "a", "device_hash": "d"}
            session.add(tables.AttemptOrigin(attempt_id=attempt.id, campaign_id=1, begun_ms=OPENS, **origin))
    freeze(records, now=clock.now)
    find_signals_of(Stores(records, Ranking(records, None), Editions()), 1, clock.now)
    owner = signed_in(Role.OWNER)
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=file(*FAULTY))
    for path, holds in (("exports", 'name="dataset"'), ("reports/new", 'name="remarks"')):
        owner.get(f"/admin/campaigns/week/{path}")
        sent: dict[str, Any] = {"dataset": "standings", **fields_of(owner.page, holds)}
        owner.post(f"/admin/campaigns/week/{path}", **sent)
    return owner


def lay_down_prizes(session: Session) -> None:
    """A rank's, one of them given and to be handed out."""
    group = PlannedGroup(
        "名次奖", "rank", (PlannedPrize("保温杯", 9),), collecting="pickup", place="大厅", claim_days=7
    )
    groups.lay_down(session, 1, [group])
    group_id = session.scalars(select(tables.PrizeGroup.id)).one()
    terms = awards.terms_of(session, group_id)
    awards.put_on_record(session, terms, [Winner("保温杯", pseudonym(terms.salt, 1), 1)], CLOSES + 1)


@pytest.fixture
def page(browser: Browser, address: str, visitor: Visitor) -> Iterator[Page]:
    cookie = visitor.client.get_cookie("lvda")
    assert cookie is not None
    context = browser.new_context(reduced_motion="reduce")
    context.add_cookies([{"name": "lvda", "value": cookie.value, "url": address}])
    yield context.new_page()
    context.close()


def follow(app: Flask, visitor: Visitor) -> Found:
    """Follow the links from where people start, until every kind of page has been seen once."""
    found, seen, waiting = Found(), set(STARTS), deque(STARTS)
    routes = app.url_map.bind("localhost")
    for _ in range(_MOST):
        if not waiting:
            break
        address = waiting.popleft()
        endpoint = str(routes.match(urlsplit(address).path, method="GET")[0])
        if endpoint in found.pages or endpoint in found.files or endpoint == "admin.static":
            continue
        answer = visitor.client.get(address)
        if answer.status_code != 200:
            continue
        if answer.mimetype != "text/html":
            found.files.add(endpoint)
            continue
        found.pages[endpoint] = (address, answer.text)
        links = (urljoin(address, html.unescape(link)) for link in LINK.findall(answer.text))
        fresh = [link for link in links if link not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    return found


def test_every_page_can_be_read_and_used_by_everybody_at_a_desk_and_on_a_phone(
    app: Flask, visitor: Visitor, page: Page, address: str
) -> None:
    page.goto(f"{address}/")
    wrong: dict[str, object] = {}
    pages = {path: text for path, text in follow(app, visitor).pages.values() if OURS in text}
    for path, text in pages.items():
        page.set_viewport_size(DESK)
        page.evaluate(LAY, text)
        wrong[f"{path} at a desk"] = obstacles(page)
        wrong[f"{path} has more or less than one heading"] = page.locator("h1").count() - 1
        page.set_viewport_size(PHONE)
        wrong[f"{path} on a phone"] = obstacles(page, "color-contrast")
        if (width := page.evaluate(WIDTH)) > PHONE["width"]:
            wrong[f"{path} is too wide"] = width
    assert len(pages) > 70
    assert "\n".join(f"{where}: {what}" for where, what in wrong.items() if what) == ""
