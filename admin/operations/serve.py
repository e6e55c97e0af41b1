"""`lvda serve`: start everything that a server needs, keep it running, stop it in good order.

Valkey comes first and goes last; between them the database is prepared, and the web server and one worker run.
All of them are tied to this process: they end with it, however it ends.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from admin.operations.supervision import Child, keep, stop
from campaigns.embedded import EmbeddedServer, find_server, hold, start_embedded
from campaigns.errors import StoreUnavailable
from campaigns.stores import WITHOUT_REDIS
from campaigns.tether import tethered
from settings import Settings

WORKER = (sys.executable, "-P", "-c", "import sys; from cli import main; sys.exit(main())", "worker")
TICK_S = 0.1
GRACE_S = 15.0
"""Longer than the web server's own grace, so that it ends by itself."""
LOCK_S = 2.0
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotServe(Exception):
    """Why serving cannot begin, in one sentence that says what to do."""


def serve(
    settings: Settings,
    *,
    prepare: Callable[[], None],
    banner: Callable[[], str],
    target: str = "wsgi:create",
    worker: tuple[str, ...] = WORKER,
) -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP. Gives the program's exit code: 0, or 1 if it could not begin.

    `prepare` brings the database up to date, with Valkey already running; what it raises ends everything and goes
    on to the caller. `banner` is what the operator is told once the server answers. `target` is the WSGI
    application's ``module:factory``, `worker` the worker's command line. To be called from the main thread.
    """
    try:
        with _the_only_one(settings.data_dir) as lock, _stop_requests() as stops:
            _refuse_a_used_port(settings)
            with _embedded(settings) as valkey:
                prepare()
                programs = _programs(settings, valkey, lock, target, worker)
                _run(settings, programs, valkey, banner, stops)
    except CannotServe as error:
        _complain(str(error))
        return 1
    return 0


def _run(
    settings: Settings,
    programs: list[Child],
    valkey: EmbeddedServer | None,
    banner: Callable[[], str],
    stops: list[int],
) -> None:
    """Run the programs until a stop is asked for; Valkey is already running, and is only kept so."""
    kept = list(programs)
    if valkey is not None:
        kept.append(Child("Valkey", valkey.launch, valkey.process, time.monotonic()))
    told = False
    try:
        while not stops:
            for child in kept:
                keep(child, time.monotonic(), _complain)
            if not told and _answers(settings):
                told = True
                print(f"{banner()}\n已就绪 ready: {settings.public_url}", flush=True)
            time.sleep(TICK_S)
        _complain("正在停止；再按一次 Ctrl-C 立即结束。")
    finally:
        stop(programs, GRACE_S, lambda: len(stops) > 1)


def _programs(
    settings: Settings, valkey: EmbeddedServer | None, lock: int, target: str, worker: tuple[str, ...]
) -> list[Child]:
    """The web server and the worker, to be started."""
    environment = _environment(settings, valkey)
    place = (settings.host, str(settings.port), str(_web_processes(settings)))
    web = (sys.executable, "-P", "-m", "admin.operations.web", target, *place)
    return [
        Child("网页服务", lambda: _launch(web, environment, lock)),
        Child("后台任务", lambda: _launch(worker, environment, lock)),
    ]


def _launch(command: tuple[str, ...], environment: Mapping[str, str], lock: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        tethered(command),
        stdin=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,  # Ctrl-C in a terminal reaches this process alone, which stops all in order
        pass_fds=(lock,),  # after a kill, the data folder counts as free once the last of them has ended
    )


def _environment(settings: Settings, valkey: EmbeddedServer | None) -> dict[str, str]:
    """What the children are told: the same settings, and a fresh folder for the metrics of all web processes.

    The embedded server's address is told, not looked for: a child that starts while that server is being replaced
    must not go without it ever after.
    """
    metrics = settings.data_dir.resolve() / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir()
    return {
        **os.environ,
        "LVDA_DATA_DIR": str(settings.data_dir.resolve()),
        "LVDA_HOST": settings.host,
        "LVDA_PORT": str(settings.port),
        "LVDA_REDIS_URL": settings.redis_url or (valkey.url if valkey else WITHOUT_REDIS),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }


def _web_processes(settings: Settings) -> int:
    """One web process on SQLite, whose writers queue fairly only within one; else as set, or one a core."""
    if settings.sql_url.startswith("sqlite"):
        return 1
    return settings.workers or os.cpu_count() or 1


@contextmanager
def _the_only_one(data_dir: Path) -> Iterator[int]:
    """Hold the data folder against a second `lvda serve`; gives the lock's descriptor."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = hold(data_dir / "serve.lock", LOCK_S)
    except OSError as error:
        raise CannotServe(
            f"数据目录 {data_dir} 不能写入（{error.strerror}）：请检查目录权限，或改 LVDA_DATA_DIR。"
        ) from error
    if lock is None:
        raise CannotServe(
            f"数据目录 {data_dir} 已有一个 lvda serve 在运行：请先停止它，或用 LVDA_DATA_DIR 换一个目录。"
        )
    try:
        yield lock
    finally:
        os.close(lock)


@contextmanager
def _stop_requests() -> Iterator[list[int]]:
    """The signals received that ask to stop, as they come; they interrupt nothing."""
    received: list[int] = []
    former = {number: signal.signal(number, lambda got, frame: received.append(got)) for number in STOPPING}
    try:
        yield received
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _refuse_a_used_port(settings: Settings) -> None:
    """Granian's processes share their port, so it would not notice that another program has it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CannotServe(
                f"端口 {settings.host}:{settings.port} 不能使用（{error.strerror}）："
                "请用 LVDA_PORT 换一个端口，并确认 LVDA_HOST 是本机地址。"
            ) from error


@contextmanager
def _embedded(settings: Settings) -> Iterator[EmbeddedServer | None]:
    """The embedded Valkey, unless the settings name a server; where it cannot run, that is said and nothing else."""
    server = None if settings.redis_url else _start_valkey(settings)
    try:
        yield server
    finally:
        if server is not None:
            server.stop()


def _start_valkey(settings: Settings) -> EmbeddedServer | None:
    try:
        binary = find_server(settings.valkey_server)
        if binary is not None:
            return start_embedded(settings.data_dir, binary)
        reason = "没有找到 Valkey 或 Redis 程序；要用的话请设置 LVDA_VALKEY_SERVER 或 LVDA_REDIS_URL。"
    except StoreUnavailable as error:
        reason = str(error)
    _complain(f"{reason}现在不用 Redis 继续运行：功能不受影响，排名会慢一些。")
    return None


def _answers(settings: Settings) -> bool:
    """Whether the server says that it is alive."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.port, timeout=1.0)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _complain(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
