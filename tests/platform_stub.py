"""A platform of a few lines, over real sockets: what tests of clients script themselves.

The simulator beside it knows what the platforms really do; this one does whatever a test says.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    args: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True)
class Raw:
    """An answer that is not simply JSON with status 200."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    trickled: bool = False
    """A byte at a time, a tenth of a second apart."""


Answer = dict[str, Any] | Raw
OK: Answer = {"errcode": 0, "errmsg": "ok"}


class Stub:
    """`answer` is called for every request, in its own thread; `calls` is what was asked, in order."""

    def __init__(self, answer: Callable[[Call], Answer]) -> None:
        self.answer = answer
        self.calls: list[Call] = []
        self.url = ""
        self.over = threading.Event()

    def asked(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]


@contextmanager
def running_stub(answer: Callable[[Call], Answer]) -> Iterator[Stub]:
    stub = Stub(answer)
    server = _Server(("127.0.0.1", 0), _handler(stub))
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        stub.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that gave up on us are what we are here for."""


def _handler(stub: Stub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            asked = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            call = Call(self.command, asked.path, dict(parse_qsl(asked.query)), json.loads(body) if body else {})
            stub.calls.append(call)
            answer = stub.answer(call)
            raw = answer if isinstance(answer, Raw) else Raw(body=json.dumps(answer).encode())
            head = [f"HTTP/1.1 {raw.status} Said", f"Content-Length: {len(raw.body)}"]
            head += [f"{name}: {value}" for name, value in raw.headers.items()]
            self._send("\r\n".join([*head, "", ""]).encode() + raw.body, raw.trickled)

        def _send(self, data: bytes, trickled: bool) -> None:
            step = 1 if trickled else len(data)
            for start in range(0, len(data), step):
                self.wfile.write(data[start : start + step])
                if trickled and stub.over.wait(0.1):
                    return

        def log_message(self, *args: object) -> None:
            pass

    return Handler
