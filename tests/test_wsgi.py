"""The wiring of the web application: what holds for every address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from campaign_made import OPENS, make_campaign
from flask import Flask, request
from follower import APP_ID, TOKEN, signed, text_xml
from phone import Phone
from wechatpy.crypto import WeChatCrypto
from werkzeug.test import TestResponse

import wsgi
from campaigns import tables
from campaigns.editions import Editions
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores
from settings import Settings
from wsgi import TrustedProxies, create_app, readable

PAGES = ("/q/week", "/q/nowhere", "/admin/sign-in", "/admin/nowhere", "/draws/nowhere")
NOW_S = OPENS // 1_000


@pytest.fixture
def records(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    yield store
    store.close()


def made_settings(folder: Path, **over: object) -> Settings:
    values = {"data_dir": folder, "base_url": "https://quiz.example.gov.cn", "secret_key": "for tests"}
    return Settings(_env_file=None, **{**values, "wechat_token": TOKEN, **over})  # type: ignore[arg-type]


def application(store: Store, folder: Path, **over: object) -> Flask:
    app = create_app(made_settings(folder, **over), Stores(store, Ranking(store, None), Editions()), lambda: OPENS)

    @app.get("/who")
    def who() -> dict[str, object]:
        return {"address": request.remote_addr, "secure": request.is_secure, "host": request.host}

    return app


@pytest.fixture
def app(records: Store, tmp_path: Path) -> Flask:
    make_campaign(records)
    return application(records, tmp_path)


# --- headers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_every_page_forbids_what_it_does_not_need(app: Flask, address: str) -> None:
    response = app.test_client().get(address, follow_redirects=True)
    assert response.mimetype == "text/html"
    policy = response.headers["Content-Security-Policy"]
    for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_what_is_no_page_needs_no_policy(app: Flask) -> None:
    assert "Content-Security-Policy" not in app.test_client().get("/healthz").headers


@pytest.mark.parametrize("address", PAGES)
def test_no_page_needs_scripts_or_styles_of_its_own(app: Flask, address: str) -> None:
    said = app.test_client().get(address, follow_redirects=True).text
    assert "<script>" not in said
    assert "<style" not in said
    assert " style=" not in said
    assert " onclick=" not in said


def test_cookies_are_kept_from_scripts_and_from_plain_http(app: Flask) -> None:
    response = app.test_client().get("/admin/sign-in", base_url="https://quiz.example.gov.cn")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("lvda=")
    for word in ("HttpOnly", "Secure", "SameSite=Lax"):
        assert word in cookie


# --- forms and callbacks -----------------------------------------------------------------------------------------


def test_a_form_without_its_token_is_refused_and_does_nothing(app: Flask, records: Store) -> None:
    phone = Phone(app)
    form = phone.open("/q/week").form
    token = form.fields.pop("csrf_token")
    refused = phone.submit(form)
    assert refused.status == 400
    assert "没有计入" in refused.text
    assert Phone(app).submit(form, csrf_token=token).status == 400, "a token of another browser"
    assert phone.submit(form, csrf_token=token).status == 200


@pytest.mark.parametrize("address", ["/admin/sign-in", "/admin/password", "/q/week/answer"])
def test_every_form_wants_a_token(app: Flask, address: str) -> None:
    assert app.test_client().post(address, data={"name": "admin"}).status_code == 400


def test_a_callback_needs_no_token_and_gets_no_cookie(app: Flask) -> None:
    query = {"timestamp": str(NOW_S), "nonce": "n0nce", "signature": signed(NOW_S)}
    response = app.test_client().post(
        "/wechat", query_string=query, data=text_xml("oWang", "答题", NOW_S, 1).encode(), content_type="text/xml"
    )
    assert response.status_code == 200
    assert "【第1/4题" in response.text
    assert "Set-Cookie" not in response.headers


def test_without_a_token_the_account_is_said_to_be_not_configured(records: Store, tmp_path: Path) -> None:
    client = application(records, tmp_path, wechat_token="").test_client()
    query = {"timestamp": str(NOW_S), "nonce": "n0nce", "signature": signed(NOW_S, token="")}
    assert client.post("/wechat", query_string=query, data=b"").status_code == 503
    assert client.get("/wechat", query_string=query).status_code == 503


# --- several official accounts -----------------------------------------------------------------------------------

WEST_TOKEN, WEST_KEY, WEST_APP_ID = "westtoken", "0123456789" * 4 + "abc", "wx00000000000west"


@pytest.fixture
def two_accounts(records: Store, tmp_path: Path) -> Flask:
    """The default account, and ``west`` with a token, a key and followers of its own."""
    make_campaign(records)
    further = tmp_path / "accounts.toml"
    further.write_text(
        f'[wechat.west]\napp_id = "{WEST_APP_ID}"\ntoken = "{WEST_TOKEN}"\naes_key = "{WEST_KEY}"\n'
        f'[wechat.plain]\napp_id = "wx0000000000plain"\ntoken = "plaintoken"\n'
    )
    return application(records, tmp_path, wechat_app_id=APP_ID, accounts_file=str(further))


def delivered(app: Flask, path: str, token: str, message_id: int, sender: str = "oWang") -> TestResponse:
    query = {"timestamp": str(NOW_S), "nonce": "n0nce", "signature": signed(NOW_S, token=token)}
    return app.test_client().post(path, query_string=query, data=text_xml(sender, "答题", NOW_S, message_id).encode())


def test_one_openid_on_two_accounts_is_two_people(two_accounts: Flask, records: Store) -> None:
    for path, token in (("/wechat", TOKEN), ("/wechat/plain", "plaintoken"), ("/wechat/plain", "plaintoken")):
        assert "【第1/4题" in delivered(two_accounts, path, token, 1).text
    with records.reading() as session:
        known = session.query(tables.Identity).order_by(tables.Identity.account).all()
    assert [(one.account, one.sender) for one in known] == [("", "oWang"), ("plain", "oWang")]
    assert len({one.person_id for one in known}) == 2


def test_an_account_believes_its_own_token_alone(two_accounts: Flask) -> None:
    assert delivered(two_accounts, "/wechat/plain", TOKEN, 1).status_code == 403
    assert delivered(two_accounts, "/wechat", "plaintoken", 1).status_code == 403
    assert delivered(two_accounts, "/wechat/nowhere", TOKEN, 1).status_code == 503


def test_an_account_with_a_key_opens_and_seals_with_its_own(two_accounts: Flask) -> None:
    crypto = WeChatCrypto(WEST_TOKEN, WEST_KEY, WEST_APP_ID)
    sealed = ET.fromstring(crypto.encrypt_message(text_xml("oWang", "答题", NOW_S, 1), "n0nce", str(NOW_S)))
    query = {
        "timestamp": str(NOW_S),
        "nonce": "n0nce",
        "signature": signed(NOW_S, token=WEST_TOKEN),
        "msg_signature": sealed.findtext("MsgSignature") or "",
        "encrypt_type": "aes",
    }
    client = two_accounts.test_client()
    answer = client.post("/wechat/west", query_string=query, data=ET.tostring(sealed))
    reply = ET.fromstring(answer.data)
    signature, stamp, nonce = (reply.findtext(name) or "" for name in ("MsgSignature", "TimeStamp", "Nonce"))
    assert "【第1/4题" in crypto.decrypt_message(answer.data, signature, stamp, nonce)
    assert delivered(two_accounts, "/wechat/west", WEST_TOKEN, 2).status_code == 403, "unencrypted in safe mode"


def test_each_account_shakes_hands_at_an_address_of_its_own(two_accounts: Flask) -> None:
    for path, token in (("/wechat", TOKEN), ("/wechat/west", WEST_TOKEN)):
        query = {"timestamp": str(NOW_S), "nonce": "n0nce", "signature": signed(NOW_S, token=token), "echostr": "2718"}
        assert two_accounts.test_client().get(path, query_string=query).text == "2718"


def test_a_body_that_is_too_large_is_refused(app: Flask) -> None:
    client = app.test_client()
    assert client.post("/admin/sign-in", data=b"x" * (wsgi.LARGEST_UPLOAD + 1)).status_code in {400, 413}


# --- proxies -----------------------------------------------------------------------------------------------------

FORWARDED = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil"}


@pytest.mark.parametrize(
    ("trusted", "remote", "believed"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.7", "10.0.0.7", True),
        ("10.0.0.7,fd00::/8", "fd00::1", True),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("10.0.0.7", "10.0.0.8", False),
        ("10.0.0.0/8", "203.0.113.5", False),
        ("10.0.0.0/8", "::ffff:11.1.2.3", False),
        ("10.0.0.0/8", "", False),
        ("", "10.1.2.3", False),
        ("", "127.0.0.1", False),
    ],
)
def test_forwarded_addresses_are_believed_from_named_proxies_alone(
    records: Store, tmp_path: Path, trusted: str, remote: str, believed: bool
) -> None:
    app = application(records, tmp_path, trusted_proxies=trusted)
    response = app.test_client().get("/who", headers=FORWARDED, environ_base={"REMOTE_ADDR": remote})
    assert response.json is not None
    assert response.json["host"] == "localhost"
    seen = (response.json["address"], response.json["secure"])
    assert seen == (("203.0.113.9", True) if believed else (remote, False))


def test_of_a_chain_of_addresses_the_proxys_own_entry_counts() -> None:
    """What stands before it was sent by the client, who may write anything there."""
    seen: dict[str, str] = {}

    def application(environ: dict[str, str], start_response: object) -> list[bytes]:
        seen.update(environ)
        return []

    proxied = TrustedProxies(application, ["10.0.0.7"])
    proxied({"REMOTE_ADDR": "10.0.0.7", "HTTP_X_FORWARDED_FOR": "1.1.1.1, 2.2.2.2"}, lambda *_: None)
    assert seen["REMOTE_ADDR"] == "2.2.2.2"


# --- when the database is away -----------------------------------------------------------------------------------


@pytest.fixture
def without_database(tmp_path: Path) -> Flask:
    away = open_store("postgresql://nobody:hunter2@127.0.0.1:1/none")
    return application(away, tmp_path)


@pytest.mark.parametrize("address", ["/q/week", "/draws/C1-D1"])
def test_pages_ask_for_patience_while_the_database_is_away(without_database: Flask, address: str) -> None:
    response = without_database.test_client().get(address)
    assert response.status_code == 503
    assert "请稍" in response.text
    assert "hunter2" not in response.text


def test_a_callback_waits_a_little_and_asks_for_patience_while_the_database_is_away(
    without_database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("bot.dialogue.time.sleep", waited.append)
    query = {"timestamp": str(NOW_S), "nonce": "n0nce", "signature": signed(NOW_S)}
    body = text_xml("oWang", "C", NOW_S, 1).encode()
    response = without_database.test_client().post("/wechat", query_string=query, data=body)
    assert response.status_code == 200
    assert "请稍等几秒再发一次" in response.text
    assert 1 < sum(waited) < 3, "the platform waits five seconds in all"


# --- the factory -------------------------------------------------------------------------------------------------


def test_the_factory_makes_the_application_that_the_environment_asks_for(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing: list[object] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LVDA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("LVDA_REDIS_URL", "none")
    monkeypatch.setenv("LVDA_WECHAT_TOKEN", TOKEN)
    monkeypatch.setattr(wsgi, "configure_logging", lambda settings: None)
    monkeypatch.setattr(wsgi.atexit, "register", closing.append)
    app = wsgi.create()
    settings: Settings = app.config["LVDA"]
    assert settings.sql_url == sqlite_url
    assert app.test_client().get("/readyz").json == {"database": True, "redis": None}
    (close,) = closing
    close()  # type: ignore[operator]


def test_a_query_that_is_not_utf_8_is_read_all_the_same() -> None:
    seen: list[object] = []

    def application(environ: dict[str, object], start_response: object) -> list[bytes]:
        seen.append(environ["QUERY_STRING"])
        return []

    readable(application)({"QUERY_STRING": "u=\xff\xe5&k=1"}, lambda *_: None)
    assert seen == ["u=%FF%E5&k=1"]
