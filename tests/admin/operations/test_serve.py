"""`serve` with a small application in place of the product's: what it starts, keeps running, and stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TypeVar

import pytest
from redis import Redis

from admin.operations.serve import serve
from campaigns.embedded import adopt_embedded, hold
from settings import Settings

pytestmark = pytest.mark.system

T = TypeVar("T")

PROGRAM = """
import os, sys, time
from admin.operations.serve import serve
from settings import read_settings


def create():
    if "BROKEN" in os.environ:
        sys.exit("the application is broken")

    def application(environ, start_response):
        if environ["PATH_INFO"] == "/slow":
            open("slow-began", "x").close()
            time.sleep(0.5)
        what = os.environ if environ["PATH_INFO"] == "/environment" else [f"{os.getpid()} {os.getppid()}"]
        start_response("200 OK", [("Content-Type", "text/plain")])
        return ["\\n".join(f"{name}={what[name]}" if what is os.environ else name for name in what).encode()]

    return application


def prepare():
    print("prepared", flush=True)


if __name__ == "__main__":
    worker = (sys.executable, "-c", "import time; time.sleep(600)")
    banner = lambda: "the banner"
    sys.exit(serve(read_settings(), prepare=prepare, banner=banner, target="program:create", worker=worker))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(look: Callable[[], T | None]) -> T:
    """What `look` gives, once it gives something."""
    deadline = time.monotonic() + 30
    while (seen := look()) is None or seen is False:
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
    return seen


class Served:
    """A running `serve`, in a folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.port = free_port()
        (folder / "program.py").write_text(PROGRAM)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LVDA_")}
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "program.py"],
                cwd=folder,
                env={
                    **inherited,
                    "LVDA_PORT": str(self.port),
                    "LVDA_DATA_DIR": "data",
                    "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), str(folder)]),
                    **environment,
                },
                stdout=out,
                stderr=err,
            )

    def said(self) -> str:
        return (self.folder / "out").read_text()

    def complained(self) -> str:
        return (self.folder / "err").read_text()

    def get(self, path: str) -> str | None:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            try:
                connection.request("GET", path)
                return connection.getresponse().read().decode()
            except OSError:
                return None

    def web_processes(self) -> tuple[int, int] | None:
        """The process that answers, and granian's main one."""
        answer = self.get("/")
        return tuple(map(int, answer.split())) if answer else None  # type: ignore[return-value]

    def web_processes_without(self, victim: int) -> tuple[int, int] | None:
        found = self.web_processes()
        return found if found and victim not in found else None

    def ready(self) -> tuple[int, int]:
        eventually(lambda: "ready: " in self.said())
        return eventually(self.web_processes)


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[Served]:
    running = Served(folder, **environment)
    try:
        yield running
    finally:
        running.process.kill()  # its children end with it
        running.process.wait()


def ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_it_is_ready_when_it_answers_and_stops_with_what_it_started(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        web = running.ready()
        url = adopt_embedded(running.data_dir)
        assert url is not None
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(30) == 0
        assert running.said() == f"prepared\nthe banner\n已就绪 ready: http://127.0.0.1:{running.port}\n"
        assert all(map(ended, web))
        assert adopt_embedded(running.data_dir) is None


def test_a_request_that_has_begun_is_answered_before_it_stops(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        running.ready()
        with closing(HTTPConnection("127.0.0.1", running.port, timeout=10)) as connection:
            connection.request("GET", "/slow")
            eventually((tmp_path / "slow-began").exists)
            running.process.send_signal(signal.SIGINT)
            assert connection.getresponse().status == 200
        assert running.process.wait(30) == 0


def test_whatever_is_killed_is_replaced(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        answering, main = running.ready()
        os.kill(answering, signal.SIGKILL)
        eventually(lambda: running.web_processes_without(answering))
        os.kill(main, signal.SIGKILL)
        eventually(lambda: running.web_processes_without(main))
        url = adopt_embedded(running.data_dir)
        assert url is not None
        with Redis.from_url(url) as client:
            client.set("kept", 1)
            os.kill(client.info("server")["process_id"], signal.SIGKILL)
        eventually(lambda: adopt_embedded(running.data_dir))
        with Redis.from_url(url) as client:
            assert client.get("kept") == b"1"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with a killed parent")
def test_killed_itself_it_leaves_nothing_behind_and_starts_again(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        web = first.ready()
        first.process.kill()
        first.process.wait()
        eventually(lambda: all(map(ended, web)))
        with served(tmp_path) as second:
            assert second.ready() != web
            assert adopt_embedded(second.data_dir) is not None


def test_an_application_that_cannot_start_is_reported_and_it_is_not_called_ready(tmp_path: Path) -> None:
    with served(tmp_path, BROKEN="1", LVDA_REDIS_URL="none") as running:
        eventually(lambda: "网页服务连续" in running.complained())
        assert "the application is broken" in running.complained()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(30) == 0
        assert running.said() == "prepared\n"


def test_without_a_valkey_program_it_says_so_and_goes_on(tmp_path: Path) -> None:
    with served(tmp_path, LVDA_VALKEY_SERVER="/nowhere/valkey-server") as running:
        running.ready()
        assert "不用 Redis 继续运行" in running.complained()
        assert adopt_embedded(running.data_dir) is None


def test_its_children_share_a_fresh_folder_for_metrics(tmp_path: Path) -> None:
    left = tmp_path / "data" / "metrics" / "counter_1.db"
    left.parent.mkdir(parents=True)
    left.touch()
    with served(tmp_path, LVDA_REDIS_URL="none") as running:
        running.ready()
        told = running.get("/environment")
        assert told is not None
        assert f"PROMETHEUS_MULTIPROC_DIR={left.parent}" in told.splitlines()
        assert not left.exists()


def never() -> None:
    raise AssertionError("it began all the same")


def test_a_used_port_is_refused_before_anything_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings = Settings(data_dir=tmp_path, port=other.getsockname()[1])
        assert serve(settings, prepare=never, banner=str) == 1
    assert "LVDA_PORT" in capsys.readouterr().err
    assert not (tmp_path / "valkey").exists()


def test_a_second_one_over_the_same_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = hold(tmp_path / "serve.lock")
    assert lock is not None
    with open(lock, "rb"):
        assert serve(Settings(data_dir=tmp_path, port=free_port()), prepare=never, banner=str) == 1
    assert "已有一个 lvda serve" in capsys.readouterr().err


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert serve(Settings(data_dir=tmp_path / "file" / "data"), prepare=never, banner=str) == 1
    assert "LVDA_DATA_DIR" in capsys.readouterr().err


def test_a_database_that_cannot_be_prepared_ends_all_that_was_started(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="it began"):
        serve(Settings(data_dir=tmp_path, port=free_port()), prepare=never, banner=str)
    assert adopt_embedded(tmp_path) is None
