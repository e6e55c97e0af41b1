"""HTTP calls that end in time, whatever the other side does.

A timeout of requests is one of each read: a server that sends a byte a second holds its caller for ever. Here every
read, of headers and body, waits no longer than until the call's deadline. Connecting is bounded by requests itself;
looking up a name by the resolver alone.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

CONNECT_S = 3.0
_LARGEST_ANSWER = 4 * 1024 * 1024
_DEADLINE: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Whatever is asked of a platform inside has ended after so many seconds, all together."""
    outer = _DEADLINE.get()
    inner = time.monotonic() + seconds
    reset = _DEADLINE.set(inner if outer is None else min(inner, outer))
    try:
        yield
    finally:
        _DEADLINE.reset(reset)


@contextmanager
def within_at_most(seconds: float) -> Iterator[None]:
    """The same, where there is no deadline yet."""
    with within(seconds if _DEADLINE.get() is None else seconds_left()):
        yield


def seconds_left() -> float:
    """Until the deadline; a minute where there is none."""
    deadline = _DEADLINE.get()
    return 60.0 if deadline is None else deadline - time.monotonic()


def ask(session: Session, method: str, url: str, **kwargs: Any) -> Response:  # noqa: ANN401 — requests' own
    """One request and its whole answer, within the deadline; no redirect is followed.

    Raises requests.RequestException, or an OSError.
    """
    left = seconds_left()
    if left <= 0:
        raise TimeoutError("no time left")
    connect = min(CONNECT_S, left)
    response = session.request(method, url, timeout=(connect, left), allow_redirects=False, stream=True, **kwargs)
    with response:
        body = bytearray()
        for chunk in response.iter_content(64 * 1024):
            body += chunk
            if len(body) > _LARGEST_ANSWER:
                raise ConnectionError("the answer is too large")
        response._content = bytes(body)  # as requests itself keeps what it has read
    return response


class PlatformAdapter(HTTPAdapter):
    """Keeps to the deadline, and sends what is meant for a platform to another address where one is set.

    wechatpy names hosts in many places, so the address is changed where all its calls come through.
    """

    def __init__(self, api_base: str = "") -> None:
        self._api_base = urlsplit(api_base)
        super().__init__(pool_maxsize=32)

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 — as the base has it
        if self._api_base.netloc and request.url:
            asked = urlsplit(request.url)
            if asked.netloc != self._api_base.netloc:
                path = self._api_base.path.rstrip("/") + asked.path
                request.url = urlunsplit((self._api_base.scheme, self._api_base.netloc, path, asked.query, ""))
        return super().send(request, *args, **kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — as the base has it
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 — as the base has it
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _Reading(io.RawIOBase):
    """A socket's bytes until the deadline of the call that reads them."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._socket = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 — any writable buffer
        left = seconds_left()
        if left <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — as the base has it
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Reading(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _Answer


class _SecureConnection(HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}
