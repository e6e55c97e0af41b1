"""Workers are killed while they send: nothing is lost, and what comes twice was begun and not yet on record.

The gateway is a small HTTP server that notes what it gets. A message has its outbox key with it, as gateways that know
idempotency keys want it: by that key everything arrives once, whoever is killed when.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, update
from system.program import LVDA, Program, installed

from campaigns import outbox, tables
from campaigns.clock import SECOND, now_ms
from campaigns.outbox import Draft
from campaigns.store import Store, open_store
from campaigns.tether import tethered
from platforms import sender

pytestmark = [pytest.mark.system, pytest.mark.race]

MOST = 2_000
"""Messages, in the long repetitions."""
PATIENCE_S = 120


@dataclass
class Gateway:
    """What it got, by key; `meanwhile` happens after a message came in and before it is answered."""

    url: str = ""
    got: Counter[str] = field(default_factory=Counter)
    meanwhile: Callable[[str], None] = lambda key: None
    status: int = 200

    def take(self, key: str) -> int:
        self.got[key] += 1
        self.meanwhile(key)
        return self.status


@contextmanager
def running_gateway() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = gateway.take(body["id"])
            try:
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")
            except OSError:  # whoever asked was killed
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Nobody reads it."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: object, client_address: object) -> None:
            """A connection that a killed worker leaves behind is no fault of ours."""

    server = Server(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Office:
    program: Program
    store: Store
    gateway: Gateway
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self) -> subprocess.Popen[bytes]:
        with (self.program.folder / "log").open("ab") as log:
            worker = subprocess.Popen(
                tethered((*LVDA, "worker")),
                cwd=self.program.folder,
                env=self.program.environment,
                stdout=log,
                stderr=log,
            )
        self.workers.append(worker)
        return worker

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)

    def post(self, count: int, first: int = 0) -> None:
        with self.store.transaction() as session:
            drafts = [
                Draft(f"k{number}", "sms", {"text": "t"}, way="sms", recipient="13800000000", must=True)
                for number in range(first, first + count)
            ]
            outbox.post_all(session, drafts, now_ms())

    def rows(self) -> list[tables.OutboxMessage]:
        with self.store.reading() as session:
            return list(session.scalars(select(tables.OutboxMessage)))

    def all_sent(self) -> bool:
        with self.store.reading() as session:
            return not outbox.how_many(session, outbox.State.WAITING)

    def until(self, what: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + patience_s
        while not what():
            assert time.monotonic() < deadline, (self.program.folder / "log").read_text()[-4_000:]
            time.sleep(0.05)

    def stop(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.terminate()
        for worker in self.workers:
            worker.wait(20)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = (
        f"sqlite:///{tmp_path / 'lvda.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue("blank_postgres_url")
    )
    with running_gateway() as gateway:
        body = "[json]\nphone = '{phone}'\ntext = '{text}'\nid = '{key}'\n"
        (tmp_path / "sms.toml").write_text(f"url = '{gateway.url}'\nper_second = 1000\n{body}")
        program = installed(tmp_path, database_url=url, redis_url="none", sms_file=str(tmp_path / "sms.toml"))
        program.run("init")
        store = open_store(url)
        office = Office(program, store, gateway)
        yield office
        office.stop()
        store.close()
        sys.stdout.write((tmp_path / "log").read_text()[-2_000:])


def test_two_workers_send_each_message_once(office: Office, repeats: int) -> None:
    posted = min(MOST, 150 * repeats)
    office.post(posted)
    office.start_worker()
    office.start_worker()
    office.until(office.all_sent)
    assert len(office.gateway.got) == posted
    assert set(office.gateway.got.values()) == {1}
    assert {row.state for row in office.rows()} == {"sent"}


def test_workers_that_are_killed_at_any_moment_lose_nothing_and_double_only_what_they_had_begun(
    office: Office, repeats: int
) -> None:
    random = Random(repeats)
    begun_with = min(MOST // 4, 60 * repeats)
    office.post(begun_with)
    office.gateway.meanwhile = lambda key: time.sleep(0.005)
    office.start_worker()
    office.start_worker()
    office.until(lambda: bool(office.gateway.got))
    may_double: set[str] = set()
    for turn in range(2 * repeats):
        time.sleep(random.uniform(0.1, 0.6))
        victim = office.workers[-1 - turn % 2]
        victim.send_signal(signal.SIGSTOP)
        may_double |= {row.key for row in office.rows() if row.begun and row.state == "waiting"}
        office.kill(victim)
        office.start_worker()
        office.post(20, MOST + 20 * turn)
    office.until(office.all_sent)
    posted = begun_with + 40 * repeats
    assert len(office.gateway.got) == posted, "nothing is lost"
    doubled = {key for key, count in office.gateway.got.items() if count > 1}
    assert doubled <= may_double
    assert sum(office.gateway.got.values()) - posted <= 2 * repeats * sender.THREADS
    assert {row.state for row in office.rows()} == {"sent"}


def test_a_worker_that_is_killed_before_it_begins_has_sent_nothing_and_its_message_goes_once(office: Office) -> None:
    office.post(1)
    with office.store.transaction() as session:  # as a worker leaves it that dies right after it has leased it
        assert len(outbox.lease(session, "dead", now_ms(), 1)) == 1
        session.execute(update(tables.OutboxMessage).values(leased_until_ms=now_ms() + SECOND))
    office.start_worker()
    office.until(office.all_sent)
    assert office.gateway.got == {"k0": 1}


def test_a_worker_that_is_killed_between_the_answer_and_its_record_is_the_one_case_of_a_message_that_comes_twice(
    office: Office,
) -> None:
    office.post(1)
    victims = [office.start_worker()]

    def kill(key: str) -> None:
        while victims:
            office.kill(victims.pop())

    office.gateway.meanwhile = kill
    office.until(lambda: bool(office.gateway.got))
    office.until(lambda: not victims)
    assert [(row.state, row.begun) for row in office.rows()] == [("waiting", True)]
    with office.store.transaction() as session:  # its lease runs out
        session.execute(update(tables.OutboxMessage).values(leased_until_ms=now_ms()))
    office.start_worker()
    office.until(office.all_sent)
    assert office.gateway.got == {"k0": 2}


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_begun(office: Office) -> None:
    office.post(40)
    worker = office.start_worker()
    office.gateway.meanwhile = lambda key: time.sleep(0.5)
    office.until(lambda: bool(office.gateway.got))
    worker.terminate()
    assert worker.wait(15) == 0
    left = Counter((row.state, row.begun) for row in office.rows())
    assert set(left) == {("sent", False), ("waiting", False)}
    assert left["sent", False] == sum(office.gateway.got.values())


def test_a_gateway_that_is_away_gets_everything_once_it_is_back(office: Office) -> None:
    office.gateway.status = 503
    office.post(20)
    office.start_worker()
    office.until(lambda: sum(office.gateway.got.values()) >= 2)
    assert {row.state for row in office.rows()} == {"waiting"}
    office.gateway.got.clear()
    office.gateway.status = 200
    office.until(office.all_sent)
    assert len(office.gateway.got) == 20
    assert set(office.gateway.got.values()) == {1}
    assert max(row.tries for row in office.rows()) == 0
