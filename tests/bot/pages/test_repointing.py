"""The address of printed codes leads to the public one: of a small application, and of the whole one."""

from __future__ import annotations

from pathlib import Path

import pytest
from campaign_made import OPENS, make_campaign
from flask import Flask

from bot.pages import repointing
from campaigns.editions import Editions
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores
from settings import Settings
from wsgi import create_app

CODES = "https://qr.example.gov.cn"
PUBLIC = "https://quiz.example.gov.cn"


def application(code_url: str = CODES, base_url: str = PUBLIC) -> Flask:
    app = Flask("small")
    app.config["LVDA"] = Settings(code_url=code_url, base_url=base_url, _env_file=None)
    app.register_blueprint(repointing.blueprint)
    app.add_url_rule("/<path:path>", view_func=lambda path: "here", methods=["GET", "POST"])
    return app


def led_to(path: str, host: str = CODES, *, app: Flask | None = None, method: str = "GET") -> str | None:
    """Where a visitor is sent on to; None: they are answered here."""
    answer = (app or application()).test_client().open(path, base_url=host, method=method)
    if answer.status_code == 200:
        return None
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.headers["Location"]


@pytest.mark.parametrize(
    "path",
    [
        "/q/week",
        "/q/week?u=D01",
        "/q/week?u=D01&k=a%3Ab%26c",
        "/q/%E8%8A%82%E8%83%BD",
        "/q/week/question?after=3",
        "/draws/C1-D1",
        "/draws/C1-D1/audit.zip",
        "/certificates/",
        "/certificates/LD26-7K3M-0QXW-9BTA",
        "/q//elsewhere.example/",
    ],
)
def test_what_codes_hold_is_sent_on_with_all_that_it_says(path: str) -> None:
    assert led_to(path) == f"{PUBLIC}{path}"


@pytest.mark.parametrize("path", ["/", "/healthz", "/wechat", "/admin/", "/MP_verify_a.txt", "/quiz", "/pictures/00"])
def test_nothing_else_is(path: str) -> None:
    assert led_to(path if path != "/" else "/x") is None


@pytest.mark.parametrize(
    "host", [PUBLIC, "https://127.0.0.1:8000", "https://qr.example.gov.cn:8443", "https://evil.cn"]
)
def test_who_comes_by_another_address_is_answered_there(host: str) -> None:
    assert led_to("/q/week", host) is None


def test_the_schemes_own_port_is_the_same_address() -> None:
    assert led_to("/q/week", "https://qr.example.gov.cn:443") == f"{PUBLIC}/q/week"
    assert led_to("/q/week", "https://QR.example.gov.cn") == f"{PUBLIC}/q/week"


@pytest.mark.parametrize(("code_url", "base_url"), [("", PUBLIC), (PUBLIC, PUBLIC), (f"{PUBLIC}:443", f"{PUBLIC}/")])
def test_without_an_address_of_its_own_nobody_is_sent_in_a_circle(code_url: str, base_url: str) -> None:
    assert led_to("/q/week", PUBLIC, app=application(code_url, base_url)) is None


def test_a_form_of_a_page_that_was_open_leads_to_the_campaigns_entry() -> None:
    assert led_to("/q/week/answer", method="POST") == f"{PUBLIC}/q/week"


@pytest.mark.parametrize("host", ["qr.example.gov.cn:x", "[::1", "a b"])
def test_a_strange_host_is_nobodys(host: str) -> None:
    answer = application().test_client().get("/q/week", headers={"Host": host})
    assert answer.status_code in {200, 400}


def test_the_whole_application_sends_on_and_marks_no_visitor(store: Store, tmp_path: Path) -> None:
    make_campaign(store)
    settings = Settings(data_dir=tmp_path, base_url=PUBLIC, code_url=CODES, secret_key="for tests", _env_file=None)
    app = create_app(settings, Stores(store, Ranking(store, None), Editions()), lambda: OPENS)
    client = app.test_client()
    answer = client.get("/q/week?u=U01", base_url=CODES)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PUBLIC}/q/week?u=U01")
    assert "Set-Cookie" not in answer.headers
    assert client.get("/q/week?u=U01", base_url=PUBLIC).status_code == 200
    assert client.get("/healthz", base_url=CODES).status_code == 200
