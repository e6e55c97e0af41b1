"""The one HTTP gateway, set by a file, against a small gateway that is really there."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from campaigns.clock import SECOND
from campaigns.pacing import next_turn
from campaigns.store import Store, open_store
from platforms import sms
from platforms.errors import Busy, Misconfigured, PlatformError, Refused, Unreachable
from platforms.outgoing import Outgoing

NOW = 1_783_126_800_000  # 2026-07-04 09:00 in Shanghai
MESSAGE = Outgoing("win:1", "draw.won", "13800138000", '恭喜"张三"，请领奖 & 带证件')


@dataclass
class Stub:
    """A gateway: what it was asked, and what it answers."""

    url: str = ""
    status: int = 200
    answer: str = '{"result": {"code": "0"}}'
    hangs_s: float = 0.0
    trickles: bool = False
    asked: list[tuple[str, dict[str, list[str]], dict[str, str], str]] = field(default_factory=list)


@pytest.fixture
def stub() -> Iterator[Stub]:
    made = Stub()
    stopped = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            made.asked.append((urlsplit(self.path).path, parse_qs(urlsplit(self.path).query), dict(self.headers), body))
            stopped.wait(made.hangs_s)
            self.send_response(made.status)
            self.end_headers()
            for character in made.answer if made.trickles else [made.answer]:
                try:
                    self.wfile.write(character.encode())
                except OSError:
                    return
                stopped.wait(0.1 if made.trickles else 0)

        do_GET = do_POST = answer

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_address[1]}/send"
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    yield made
    stopped.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    yield store
    store.close()


BODY = '[json]\nmobile = "{phone}"\ncontent = "{text}"\nid = "{key}"\n'
ANSWER = '[answer]\nfield = "result.code"\naccepted = ["0"]\nlater = ["busy"]\n'


def send(store: Store, description: str, *, seconds: float = 5.0, secret: str = "s3cret") -> None:
    sms.way(sms.read_gateway(description, secret), store, lambda: NOW, "Asia/Shanghai")(MESSAGE, seconds)


def test_a_message_goes_out_as_json_just_as_the_file_says(stub: Stub, sqlite_store: Store) -> None:
    headers = '[headers]\nAuthorization = "Bearer {secret}"\n'
    send(sqlite_store, f'url = "{stub.url}"\n{headers}{BODY}sent = "{{time}}"\nlist = ["{{phone}}", 7]\n{ANSWER}')
    [(path, _, told, body)] = stub.asked
    assert (path, told["Authorization"]) == ("/send", "Bearer s3cret")
    assert json.loads(body) == {
        "mobile": "13800138000",
        "content": MESSAGE.text,
        "id": "win:1",
        "sent": "20260704090000",
        "list": ["13800138000", 7],
    }


def test_a_form_and_a_query_quote_what_they_hold(stub: Stub, sqlite_store: Store) -> None:
    send(sqlite_store, f'url = "{stub.url}"\n[form]\np = "{{phone}}"\nt = "{{text}}"\n')
    send(sqlite_store, f'url = "{stub.url}"\nmethod = "GET"\n[query]\np = "{{phone}}"\nt = "{{text}}"\n')
    (_, _, _, form), (_, query, _, _) = stub.asked
    expected = {"p": ["13800138000"], "t": [MESSAGE.text]}
    assert parse_qs(form) == query == expected


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (200, '{"result": {"code": "busy"}}', Busy),
        (200, '{"result": {"code": 0}}', None),
        (200, '{"result": {"code": "31"}}', Refused),
        (200, "OK", Refused),
        (200, "", Refused),
        (429, "", Busy),
        (500, "", Unreachable),
        (503, "", Unreachable),
        (401, "", Misconfigured),
        (404, "", Refused),
        (302, "", Refused),
    ],
)
def test_what_the_gateway_answers_says_whether_to_try_again(
    stub: Stub, sqlite_store: Store, status: int, answer: str, kind: type[PlatformError] | None
) -> None:
    stub.status, stub.answer = status, answer
    description = f'url = "{stub.url}"\n{BODY}{ANSWER}'
    if kind is None:
        send(sqlite_store, description)
        return
    with pytest.raises(PlatformError) as refused:
        send(sqlite_store, description)
    assert type(refused.value) is kind
    assert "13800138000" not in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("trickles", [False, True])
def test_a_gateway_that_hangs_or_trickles_is_left_in_time(stub: Stub, sqlite_store: Store, trickles: bool) -> None:
    stub.trickles, stub.hangs_s = trickles, 0.0 if trickles else 30.0
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        send(sqlite_store, f'url = "{stub.url}"\n{BODY}{ANSWER}', seconds=0.4)
    assert time.monotonic() - begun < 20, "not for as long as the gateway likes"


def test_a_gateway_that_is_not_there_is_unreachable(sqlite_store: Store) -> None:
    with pytest.raises(Unreachable):
        send(sqlite_store, f'url = "http://127.0.0.1:1/send"\n{BODY}')


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("url = ", "TOML"),
        (BODY, "url"),
        (f'url = "ftp://x/"\n{BODY}', "url"),
        ('url = "https://x/"\n', "[json]"),
        ('url = "https://x/"\n[json]\na = "{phone}"', "{text}"),
        ('url = "https://x/"\n[json]\na = "{phone}{text}{name}"', "{name}"),
        (f'url = "https://x/"\nmethod = "PUT"\n{BODY}', "method"),
        (f'url = "https://x/"\nper_second = 0\n{BODY}', "per_second"),
        (f'url = "https://x/"\nseconds = 90\n{BODY}', "seconds"),
        (f'url = "https://x/"\nspeed = 1\n{BODY}', "speed"),
        (f'url = "https://x/"\n{BODY}[form]\na = "1"\n', "[form]"),
        ('url = "https://x/"\n[json]\na = "{phone}{text}{secret}"', "LVDA_SMS_SECRET"),
        ("url = x\n", "第 1 行"),
        (f'url = "https://[x/"\n{BODY}', "url"),
        (f'url = "https://x:99999/"\n{BODY}', "url"),
        (f'url = "https://x/"\nanswer = "hush"\n{BODY}', "[answer]"),
        (f'url = "https://x/"\nheaders = "hush"\n{BODY}', "[headers]"),
        ('url = "https://x/"\njson = "{phone}{text}"', "[json]"),
        (f'url = "https://x/"\n{BODY}[headers]\na = 1\n', "[headers]"),
        (f'url = "https://x/"\n{BODY}[headers]\na = "{{text}}"\n', "{text}"),
        (f'url = "https://x/"\n{BODY}[answer]\nfield = "code"\naccepted = "ok"\n', "accepted"),
        (f'url = "https://x/"\n{BODY}[answer]\nfield = "code"\naccepted = 3\n', "accepted"),
        (f'url = "https://x/"\n{BODY}[answer]\nfield = "code"\n', "accepted"),
        (f'url = "https://x/"\n{BODY}[answer]\naccepted = ["0"]\n', "field"),
    ],
)
def test_a_description_that_is_wrong_says_where(description: str, said: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        sms.read_gateway(description, "")
    assert said in str(refused.value)


def test_a_file_in_another_encoding_is_refused_and_a_byte_order_mark_is_not(tmp_path: Path) -> None:
    file = tmp_path / "sms.toml"
    file.write_bytes(f'# 网关\nurl = "https://x/"\n{BODY}'.encode("gb18030"))
    with pytest.raises(Misconfigured, match="UTF-8"):
        sms.read_gateway_file(file, "")
    file.write_text(f'# 网关\nurl = "https://x/"\n{BODY}', encoding="utf-8-sig")
    assert sms.read_gateway_file(file, "").url == "https://x/"


def test_a_secret_that_no_header_can_hold_is_told_and_not_tried_for_ever(sqlite_store: Store) -> None:
    description = f'url = "http://127.0.0.1:9/"\n{BODY}[headers]\nAuthorization = "{{secret}}"\n'
    for secret in ("秘密", "a\nb"):
        with pytest.raises(Misconfigured, match="LVDA_SMS_SECRET"):
            send(sqlite_store, description, secret=secret)


def test_a_gateway_shows_no_secret() -> None:
    gateway = sms.read_gateway(f'url = "https://x/"\n[headers]\nkey = "k3y"\n{BODY}', "s3cret")
    assert "s3cret" not in repr(gateway)
    assert "k3y" not in repr(gateway)


def test_turns_are_as_far_apart_as_the_contract_says(store: Store) -> None:
    turns = [next_turn(store, "sms", 100, NOW, SECOND) for _ in range(5)]
    assert turns == [NOW, NOW + 100, NOW + 200, NOW + 300, NOW + 400]
    assert next_turn(store, "sms", 100, NOW + 5_000, SECOND) == NOW + 5_000, "an idle minute is not saved up"


def test_a_turn_too_far_ahead_is_left_to_others(store: Store) -> None:
    next_turn(store, "sms", 10 * SECOND, NOW, SECOND)
    assert next_turn(store, "sms", 10 * SECOND, NOW, SECOND) == NOW + 10 * SECOND
    assert next_turn(store, "sms", 10 * SECOND, NOW + 9_500, SECOND) == NOW + 10 * SECOND


def test_a_message_whose_turn_is_far_comes_again_later(stub: Stub, sqlite_store: Store) -> None:
    description = f'url = "{stub.url}"\nper_second = 0.1\n{BODY}'
    send(sqlite_store, description)
    with pytest.raises(Busy) as later:
        send(sqlite_store, description)
    assert later.value.after_ms == 10 * SECOND
    assert len(stub.asked) == 1


@pytest.mark.race
def test_no_two_processes_get_the_same_turn(store_url: str, repeats: int) -> None:
    def take(number: int) -> list[int]:
        store = open_store(store_url)
        try:
            return [next_turn(store, f"race-{number}", 10, NOW, SECOND) for _ in range(8)]
        finally:
            store.close()

    for number in range(repeats):
        with ThreadPoolExecutor(4) as pool:
            futures: list[Callable[[], list[int]]] = [pool.submit(take, number).result for _ in range(4)]
            turns = sorted(turn for result in futures for turn in result())
        assert turns == [NOW + 10 * place for place in range(32)]
