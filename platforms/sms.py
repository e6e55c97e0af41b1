"""Short messages by one HTTP gateway, as a file describes it: every operator's differs, and none needs a program.

::

    url = "https://sms.example.gov.cn/send"
    method = "POST"                                  # or GET
    per_second = 10                                  # what the contract allows, all machines together
    seconds = 5
    [headers]
    Authorization = "Bearer {secret}"
    [json]                                           # or [form], or [query]
    mobile = "{phone}"
    content = "{text}"
    id = "{key}"                                     # the same for the same message: most gateways then send it once
    [answer]                                         # what it says when it has taken a message
    field = "code"
    accepted = ["0"]
    later = ["busy"]                                 # any other value is final

Places: ``{phone}``, ``{text}``, ``{key}``, ``{secret}`` (LVDA_SMS_SECRET), ``{time}`` (20261121093000).
"""

from __future__ import annotations

import json
import re
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from campaigns.clock import SECOND, local
from campaigns.pacing import next_turn
from campaigns.store import Store
from platforms.deadlines import PlatformAdapter, ask, within
from platforms.errors import Busy, Misconfigured, PlatformError, Refused, Unreachable
from platforms.outgoing import Outgoing, Way

_PLACE = re.compile(r"\{(\w+)\}")
_PLACES = frozenset({"phone", "text", "key", "secret", "time"})
_KEYS = frozenset({"url", "method", "per_second", "seconds", "headers", "json", "form", "query", "answer"})
_TABLES = ("headers", "json", "form", "query", "answer")
_PACE = "sms"
_WAIT_MS = SECOND
"""How long a sender waits for its turn; for a later one the message comes again."""
_AWAY = "短信网关没有回答，稍后再试。"


@dataclass(frozen=True)
class Gateway:
    url: str
    method: str
    per_second: float
    seconds: float
    secret: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    json: Mapping[str, Any] | None
    form: Mapping[str, str] | None
    query: Mapping[str, str] | None
    answer_field: str
    accepted: frozenset[str]
    later: frozenset[str]


def read_gateway_file(file: Path, secret: str) -> Gateway:
    """The gateway that a file describes. Raises Misconfigured; OSError when it cannot be read."""
    try:
        return read_gateway(file.read_text("utf-8-sig"), secret)
    except UnicodeDecodeError as error:
        raise _wrong("不是 UTF-8 编码，请另存为 UTF-8") from error


def read_gateway(text: str, secret: str) -> Gateway:
    """A gateway's description. Raises Misconfigured with a sentence that names what is wrong, and never a value."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise _wrong(f"{f'第 {line[1]} 行' if line else '末尾'}不符合 TOML 的写法，请检查引号和括号") from error
    if unknown := sorted(set(said) - _KEYS):
        raise _wrong(f"里的 {unknown[0]} 不认识，可以写 {'、'.join(sorted(_KEYS))}")
    _check_tables(said)
    url, method = said.get("url", ""), said.get("method", "POST")
    if not isinstance(url, str) or not _is_address(url):
        raise _wrong("要写 url，例如 https://sms.example.gov.cn/send")
    if method not in {"GET", "POST"}:
        raise _wrong("的 method 只能是 GET 或 POST")
    rate, seconds = said.get("per_second", 10), said.get("seconds", 5)
    if not isinstance(rate, int | float) or not 0 < rate <= 1_000:
        raise _wrong("的 per_second 应当是每秒条数，例如 10")
    if not isinstance(seconds, int | float) or not 0 < seconds <= 30:
        raise _wrong("的 seconds 应当是 1 到 30 秒")
    bodies = {name: said.get(name) for name in ("json", "form", "query")}
    if not any(bodies.values()):
        raise _wrong("要有 [json]、[form] 或 [query]，写明手机号和内容放在哪里")
    if bodies["json"] and bodies["form"]:
        raise _wrong("只能有 [json] 和 [form] 中的一个")
    places = set(_PLACE.findall(repr(said)))
    if stranger := sorted(places - _PLACES):
        raise _wrong(f"里的 {{{stranger[0]}}} 不认识，可以用 {'、'.join(f'{{{place}}}' for place in sorted(_PLACES))}")
    if not {"phone", "text"} <= places:
        raise _wrong("里要有 {phone} 和 {text}，否则不知道发给谁、发什么")
    if "secret" in places and not secret:
        raise _wrong("用到了 {secret}，请设 LVDA_SMS_SECRET")
    answer = said.get("answer", {})
    _check_answer(answer)
    return Gateway(
        url, method, float(rate), float(seconds), secret, said.get("headers", {}), bodies["json"], bodies["form"],
        bodies["query"], str(answer.get("field", "")), frozenset(map(str, answer.get("accepted", []))),
        frozenset(map(str, answer.get("later", []))),
    )  # fmt: skip


def _check_tables(said: Mapping[str, Any]) -> None:
    for name in _TABLES:
        if not isinstance(said.get(name, {}), dict):
            raise _wrong(f"的 {name} 应当是一个表，像 [{name}]")
    headers = said.get("headers", {})
    if not all(isinstance(value, str) for value in headers.values()):
        raise _wrong("的 [headers] 里每一项都应当是引号里的文字")
    if "{text}" in repr(headers):
        raise _wrong("的 [headers] 里不能放 {text}：请放到 [json]、[form] 或 [query]")


def _check_answer(answer: Mapping[str, Any]) -> None:
    """Without what is accepted all would count as refused, and be sent again by hand."""
    for name in ("accepted", "later"):
        values = answer.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, str | int) for value in values):
            raise _wrong(f'的 [answer] {name} 应当是一列值，像 ["0"]')
    if bool(answer.get("field")) != bool(answer.get("accepted")):
        raise _wrong("的 [answer] 要同时写 field（看哪一项）和 accepted（什么值算成功）")


def _is_address(url: str) -> bool:
    try:
        return bool(re.fullmatch(r"https?://[^\s/]+(/\S*)?", url)) and urlsplit(url).port != 0
    except ValueError:  # of brackets, or of a port, that cannot be
        return False


def _wrong(what: str) -> Misconfigured:
    return Misconfigured(f"短信网关的设置文件{what}。")


def way(gateway: Gateway, store: Store, clock: Callable[[], int], zone: str) -> Way:
    """The way by this gateway; `zone` is that of ``{time}``."""

    def send(outgoing: Outgoing, seconds: float) -> None:
        _await_turn(gateway, store, clock)
        moment = local(clock(), zone)
        values = {
            "phone": outgoing.recipient,
            "text": outgoing.text,
            "key": outgoing.key,
            "secret": gateway.secret,
            "time": f"{moment:%Y%m%d%H%M%S}",
        }
        _judge(gateway, _asked(gateway, values, min(seconds, gateway.seconds)))

    return send


def _await_turn(gateway: Gateway, store: Store, clock: Callable[[], int]) -> None:
    now = clock()
    wait = next_turn(store, _PACE, int(SECOND / gateway.per_second), now, _WAIT_MS) - now
    if wait > _WAIT_MS:
        raise Busy("短信网关按约定的速度发送，稍后轮到。", after_ms=wait)
    time.sleep(max(0, wait) / SECOND)


def _asked(gateway: Gateway, values: Mapping[str, str], seconds: float) -> tuple[int, bytes]:
    """The status and the answer, within so many seconds in all.

    Raises Unreachable; Misconfigured when it cannot even be asked as the file says.
    """
    try:
        with within(seconds), requests.Session() as session:
            session.trust_env = False
            session.mount("https://", PlatformAdapter())
            session.mount("http://", PlatformAdapter())
            response = ask(
                session,
                gateway.method,
                gateway.url,
                headers=_filled(gateway.headers, values),
                params=_filled(gateway.query, values),
                json=_filled(gateway.json, values),
                data=_filled(gateway.form, values),
            )
            return response.status_code, response.content
    except ValueError as error:  # of an address or a header that cannot be, as requests says, too: nothing was sent
        raise _wrong("里有不能用的网址或 [headers]，或 LVDA_SMS_SECRET 里有不能用的字符") from error
    except (requests.RequestException, OSError) as error:
        raise Unreachable(_AWAY) from error


def _filled(template: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401 — of TOML: tables, lists, texts, numbers
    """The template with its places filled in; the encoding of what it becomes quotes them."""
    match template:
        case str():
            return _PLACE.sub(lambda place: values[place[1]], template)
        case dict():
            return {name: _filled(value, values) for name, value in template.items()}
        case list():
            return [_filled(value, values) for value in template]
        case _:
            return template


def _judge(gateway: Gateway, answered: tuple[int, bytes]) -> None:
    """Raises PlatformError unless the gateway says that it has taken the message."""
    status, body = answered
    if status == requests.codes.too_many_requests:
        raise Busy("短信网关说太快了，稍后再试。", status)
    if status >= 500:
        raise Unreachable(_AWAY, status)
    if status in {requests.codes.unauthorized, requests.codes.forbidden}:
        raise Misconfigured("短信网关不认这里的密钥：请核对 LVDA_SMS_SECRET 和网关的设置文件。", status)
    if status >= 300:
        raise Refused(f"短信网关没有收下（HTTP {status}）：请核对手机号，或问网关的服务商。", status)
    if not gateway.answer_field:
        return
    said = _value(body, gateway.answer_field)
    if said in gateway.accepted:
        return
    if said in gateway.later:
        raise Busy("短信网关忙，稍后再试。")
    raise _final(said)


def _final(said: str) -> PlatformError:
    shown = said if re.fullmatch(r"[\w\-.]{1,32}", said, re.ASCII) else "没有写明"
    return Refused(f"短信网关没有收下（代码：{shown}）：请查服务商的代码表。")


def _value(body: bytes, name: str) -> str:
    """The value of a field such as ``result.code``; empty where there is none."""
    try:
        found: Any = json.loads(body.decode("utf-8", "replace"))
    except ValueError:
        return ""
    for part in name.split("."):
        found = found.get(part, "") if isinstance(found, dict) else ""
    return str(found)
