"""wechatpy's clients with guards: one token among all processes, a deadline for every call, circuits, our own errors.

`Guarded` replaces what its clients do wrong: fetching a token without timeout, lock or stable_token; repeating for
ever when a token is refused; naming hosts that a setting does not move; raising errors that hold the request with its
token. Every call of a client ends in its answer or in a PlatformError (`platforms.errors`) whose text holds nothing
secret or personal; StoreUnavailable passes.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError
from wechatpy import WeChatClient
from wechatpy.work import WeChatClient as WorkClient

from campaigns.clock import MINUTE, SECOND, local
from campaigns.store import Store
from platforms.accounts import WechatAccount, WecomAccount
from platforms.circuits import TOKEN, Circuits
from platforms.deadlines import PlatformAdapter, ask, seconds_left, within, within_at_most
from platforms.errors import Busy, CircuitOpen, Misconfigured, PlatformError, Unreachable
from platforms.refusals import QUOTA_REACHED, WECHAT, WECOM, Meaning, refusal
from platforms.tokens import Fetched, Token, Tokens

CALL_S = 5.0
"""How long a call may take where nobody says otherwise."""
_STALE_TOKEN = {40001, 40014, 42001}
_FORCED_A_DAY = 18  # the platform allows 20, of which an administrator may want some
_PAUSE = 5 * SECOND
_LONGEST_RETRY_AFTER = 10 * MINUTE
_PLATFORMS_ZONE = "Asia/Shanghai"


class Guarded:
    """The guards. A client names its platform, its errors, and how its token is fetched."""

    PLATFORM: ClassVar[str]
    MEANINGS: ClassVar[Mapping[int, Meaning]]
    FORCED_A_DAY: ClassVar[int] = 0
    API_BASE_URL: ClassVar[str]

    def guard(
        self, name: str, identity: str, api_base: str, store: Store, secret: str, clock: Callable[[], int]
    ) -> None:
        """`identity` is all that a token belongs to: when it changes, the token kept under `name` is another one's."""
        self._clock = clock
        self._http = requests.Session()
        adapter = PlatformAdapter(api_base)
        self._http.mount("https://", adapter)
        self._http.mount("http://", adapter)
        self._store, self._secret, self._name, self._identity = store, secret, name, f"{identity}\n{api_base}"
        self.circuits = Circuits(store, self.PLATFORM, name, clock)
        self.tokens = self.tokens_for("access", self.fetch_token, self.FORCED_A_DAY)

    def tokens_for(self, purpose: str, fetch: Callable[[bool, float], Fetched], forced_a_day: int = 0) -> Tokens:
        """What the account needs a token or ticket for, shared among processes as its access token is."""
        return Tokens(
            self._store,
            self.PLATFORM,
            self._name,
            purpose,
            fetch,
            f"{self._secret}\n{self._identity}",
            self._clock,
            f"{socket.gethostname()[:24]}.{os.getpid()}",
            forced_a_day,
        )

    def fetch_token(self, force: bool, seconds: float) -> Fetched:
        """Asks the platform for an access token. Raises PlatformError."""
        raise NotImplementedError

    def fetch_access_token(self) -> None:
        """wechatpy's own way of getting a token, which no call may take."""
        raise NotImplementedError("tokens come from platforms.tokens")

    @property
    def access_token(self) -> str:
        """The shared token; for wechatpy's sake. Raises PlatformError."""
        with within_at_most(CALL_S):
            return self.tokens.get(seconds_left()).value

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:  # noqa: ANN401 — as wechatpy has it
        """One call, with at most one repetition: where the token was refused, with a newer one."""
        base = kwargs.pop("api_base_url", self.API_BASE_URL)
        process = kwargs.pop("result_processor", None)
        url = url_or_endpoint if "://" in url_or_endpoint else f"{base}{url_or_endpoint}"
        with within_at_most(CALL_S):
            answer = self._called(method, url, kwargs)
        return process(answer) if process else answer

    def _called(self, method: str, url: str, kwargs: dict[str, Any]) -> dict[str, Any]:
        api = urlsplit(url).path
        self.circuits.check(api, TOKEN)
        token = self._token()
        answer = self.exchange(method, url, **_with_token(kwargs, token))
        if _code(answer) in _STALE_TOKEN:
            token = self._token(refused=token)
            answer = self.exchange(method, url, **_with_token(kwargs, token))
        code = _code(answer)
        if code in _STALE_TOKEN:
            until = max(self.tokens.renewable_from(), self._clock() + SECOND)
            raise self._opened(TOKEN, until, "平台不认刚更新的访问凭证，一分钟后再试。", code)
        return self.accepted(api, answer)

    def _token(self, refused: Token | None = None) -> Token:
        try:
            return self.tokens.get(seconds_left()) if refused is None else self.tokens.renew(refused, seconds_left())
        except CircuitOpen as error:
            if refused is not None:
                self.circuits.open(TOKEN, error.until_ms, str(error))
            raise
        except Unreachable as error:  # what was to be done with the token was certainly not done
            raise CircuitOpen(str(error), error.code, self._clock() + _PAUSE) from error

    def accepted(self, api: str, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer, where it is no refusal. Raises PlatformError; a quota that is reached opens a circuit."""
        code = _code(answer)
        if code == 0:
            return answer
        if code == QUOTA_REACHED and code not in self.MEANINGS:
            until = _next_midnight(self._clock())
            raise self._opened(api, until, "这个接口今天的调用次数已经用完，明天零点恢复。", code)
        error = refusal(self.MEANINGS, code, str(answer.get("errmsg", "")))
        if isinstance(error, Busy) and error.after_ms >= MINUTE:
            self.circuits.open(api, self._clock() + error.after_ms, str(error))
        raise error

    def exchange(self, method: str, url: str, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 — as requests has it
        """One request and its JSON, within the deadline; needs no token.

        Raises Unreachable, Busy; CircuitOpen when there was nobody to ask, so that nothing can have been done.
        """
        if isinstance(kwargs.get("data"), dict):
            kwargs["data"] = json.dumps(kwargs["data"], ensure_ascii=False).encode()
        failure: PlatformError | None = None
        try:
            response = ask(self._http, method, url, **kwargs)
        except (requests.RequestException, OSError) as error:
            failure = self._failure(error)
        if failure is not None:  # raised out here, for what requests raises holds the address with token and secret
            self.circuits.unreached()
            raise failure
        answer = _read(response)
        if isinstance(answer, Unreachable):
            self.circuits.unreached()
            raise answer
        self.circuits.reached()
        if isinstance(answer, PlatformError):
            raise answer
        return answer

    def _failure(self, error: Exception) -> PlatformError:
        if _never_left(error):
            return CircuitOpen("连不上平台，几秒后再试；请检查服务器能不能访问外网。", until_ms=self._clock() + _PAUSE)
        return Unreachable("平台没有及时回答，稍后会再试。")

    def _opened(self, api: str, until_ms: int, reason: str, code: int) -> CircuitOpen:
        self.circuits.open(api, until_ms, reason)
        return CircuitOpen(reason, code, until_ms)


class GuardedWechat(Guarded, WeChatClient):  # type: ignore[misc]  # wechatpy has no types
    """An official account's client."""

    PLATFORM = "wechat"
    MEANINGS = WECHAT
    FORCED_A_DAY = _FORCED_A_DAY

    def __init__(self, account: WechatAccount, store: Store, secret: str, clock: Callable[[], int]) -> None:
        """`secret` is the installation's. Raises Misconfigured when the account lacks what a call needs."""
        if not account.may_call:
            raise Misconfigured("公众号没有填 AppID 或 AppSecret，不能调用平台接口。", 41004)
        super().__init__(account.app_id, account.secret, timeout=CALL_S, auto_retry=False)
        self.account = account
        self.guard(account.name, f"{account.app_id}\n{account.secret}", account.api_base, store, secret, clock)

    def fetch_token(self, force: bool, seconds: float) -> Fetched:
        """Source: 获取稳定版接口调用凭据, which wechatpy does not know."""
        asked = {
            "grant_type": "client_credential",
            "appid": self.account.app_id,
            "secret": self.account.secret,
            "force_refresh": force,
        }
        url = f"{self.API_BASE_URL}stable_token"
        with within(seconds):
            answer = self.exchange("post", url, data=asked)
        return _fetched(self.accepted(urlsplit(url).path, answer), "access_token")


class GuardedWecom(Guarded, WorkClient):  # type: ignore[misc]  # wechatpy has no types
    """A WeCom application's client."""

    PLATFORM = "wecom"
    MEANINGS = WECOM

    def __init__(self, account: WecomAccount, store: Store, secret: str, clock: Callable[[], int]) -> None:
        """`secret` is the installation's. Raises Misconfigured when the account lacks what a call needs."""
        if not account.may_call:
            raise Misconfigured("企业微信没有填齐企业 ID、AgentId 和 Secret，不能调用平台接口。", 41004)
        super().__init__(account.corp_id, account.secret, timeout=CALL_S, auto_retry=False)
        self.account = account
        identity = f"{account.corp_id}\n{account.agent_id}\n{account.secret}"
        self.guard(account.name, identity, account.api_base, store, secret, clock)

    def fetch_token(self, force: bool, seconds: float) -> Fetched:
        """Source: 企业微信 获取access_token; it gives the same token while it is good, and cannot be forced."""
        asked = {"corpid": self.account.corp_id, "corpsecret": self.account.secret}
        url = f"{self.API_BASE_URL}gettoken"
        with within(seconds):
            answer = self.exchange("get", url, params=asked)
        return _fetched(self.accepted(urlsplit(url).path, answer), "access_token")


def fetched_ticket(answer: Mapping[str, Any]) -> Fetched:
    """What an answer to ``ticket/getticket`` gives. Raises Unreachable when it is no such answer."""
    return _fetched(answer, "ticket")


def _never_left(error: Exception) -> bool:
    """Whether there was no connection to send a request by."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _fetched(answer: Mapping[str, Any], key: str) -> Fetched:
    token, seconds = answer.get(key), answer.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(seconds, int):
        raise Unreachable("平台的回答里没有访问凭证，稍后会再试。")
    return Fetched(token, seconds * SECOND)


def _with_token(kwargs: Mapping[str, Any], token: Token) -> dict[str, Any]:
    return {**kwargs, "params": {**(kwargs.get("params") or {}), "access_token": token.value}}


def _code(answer: Mapping[str, Any]) -> int:
    try:
        return int(answer.get("errcode") or 0)
    except (TypeError, ValueError):
        return 0


def _read(response: requests.Response) -> dict[str, Any] | PlatformError:
    status = response.status_code
    if status == 429:
        return Busy("调用平台接口太频繁，稍后会再试。", status, _retry_after(response))
    try:
        answer = json.loads(response.content.decode("utf-8", "replace"), strict=False)
    except ValueError:
        answer = None
    if status >= 500 or not isinstance(answer, dict):
        return Unreachable(f"平台出了故障（HTTP {status}），稍后会再试。", status)
    return answer


def _retry_after(response: requests.Response) -> int:
    text = response.headers.get("Retry-After", "")
    return min(int(text) * SECOND, _LONGEST_RETRY_AFTER) if text.isascii() and text.isdigit() else MINUTE


def _next_midnight(now: int) -> int:
    moment = local(now, _PLATFORMS_ZONE)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return int(midnight.timestamp()) * SECOND
