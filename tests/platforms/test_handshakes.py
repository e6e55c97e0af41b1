"""The platform's handshake, tried on the real callbacks."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from campaign_made import OPENS
from flask import Flask
from follower import AES_KEY, APP_ID, TOKEN
from wechatpy.work.crypto import WeChatCrypto

from campaigns.editions import Editions
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores
from platforms.accounts import WechatAccount, WecomAccount
from platforms.handshakes import visit, with_official_account, with_wecom
from settings import Settings
from wsgi import create_app

NOW_S = OPENS // 1_000
PUBLIC = "https://quiz.example.gov.cn"
ACCOUNT = WechatAccount("", APP_ID, "", TOKEN, AES_KEY)
WECOM = WecomAccount("", "ww1234567890", "1000002", "", TOKEN, AES_KEY)


@pytest.fixture
def records(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    yield store
    store.close()


@pytest.fixture
def app(records: Store, tmp_path: Path) -> Flask:
    settings = Settings(
        data_dir=tmp_path,
        base_url=PUBLIC,
        wechat_app_id=APP_ID,
        wechat_token=TOKEN,
        wechat_aes_key=AES_KEY,
        _env_file=None,
    )
    return create_app(settings, Stores(records, Ranking(records, None), Editions()), lambda: OPENS)


def visits(app: Flask) -> object:
    def go(address: str, query: Mapping[str, str], seconds: float) -> tuple[int, str]:
        answer = app.test_client().get(urlsplit(address).path, query_string=dict(query))
        return answer.status_code, answer.text

    return go


def shaken(app: Flask, path: str = "/wechat", now_s: int = NOW_S, token: str = TOKEN) -> str:
    account = WechatAccount("", APP_ID, "", token, AES_KEY)
    return with_official_account(account, PUBLIC + path, now_s, 5, visits(app))  # type: ignore[arg-type]


def test_a_callback_that_is_there_is_well(app: Flask) -> None:
    assert shaken(app) == ""


def test_what_is_wrong_is_told_with_what_to_do(app: Flask) -> None:
    assert "重启 lvda serve" in shaken(app, token="another")
    assert "时钟" in shaken(app, now_s=NOW_S - 301)
    assert "还不认识这个账号" in shaken(app, "/wechat/west")
    assert "反向代理" in shaken(app, "/elsewhere")


@pytest.mark.parametrize(
    ("answer", "told"),
    [((200, "a page of the proxy"), "改动或缓存"), ((301, ""), "转向"), ((502, ""), "HTTP 502")],
    ids=str,
)
def test_what_a_proxy_answers_in_its_place_is_told(answer: tuple[int, str], told: str) -> None:
    assert told in with_official_account(ACCOUNT, PUBLIC, NOW_S, 5, lambda *_: answer)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (requests.exceptions.SSLError(), "证书"),
        (requests.ConnectionError(), "连不上"),
        (TimeoutError(), "连不上"),
        (OSError(), "连不上"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_place_that_cannot_be_reached_is_told(error: Exception, told: str) -> None:
    def fail(address: str, query: Mapping[str, str], seconds: float) -> tuple[int, str]:
        raise error

    assert told in with_official_account(ACCOUNT, PUBLIC, NOW_S, 5, fail)


def test_the_echo_of_wecom_is_encrypted_and_comes_back_bare() -> None:
    def wecom(address: str, query: Mapping[str, str], seconds: float) -> tuple[int, str]:
        crypto = WeChatCrypto(TOKEN, AES_KEY, WECOM.corp_id)
        signature, stamp, nonce, echo = (query[name] for name in ("msg_signature", "timestamp", "nonce", "echostr"))
        return 200, crypto.check_signature(signature, stamp, nonce, echo)

    assert with_wecom(WECOM, f"{PUBLIC}/wecom", NOW_S, 5, wecom) == ""
    assert "改动" in with_wecom(WECOM, f"{PUBLIC}/wecom", NOW_S, 5, lambda *_: (200, "something"))


class _Slow(http.server.BaseHTTPRequestHandler):
    """Answers a byte at a time, for ever."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            return

    def log_message(self, *args: object) -> None:
        pass


def test_a_server_that_trickles_holds_nobody_longer_than_was_given_to_it() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with pytest.raises((requests.RequestException, OSError)):
            visit(f"http://127.0.0.1:{server.server_port}/wechat", {"echostr": "1"}, 0.3)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
