from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from campaigns.embedded import EmbeddedServer, adopt_embedded, find_server, hold, start_embedded
from campaigns.errors import StoreUnavailable


@pytest.fixture(scope="module")
def binary() -> Path:
    found = find_server()
    assert found is not None
    return found


@contextmanager
def running(data_dir: Path, binary: Path) -> Iterator[EmbeddedServer]:
    server = start_embedded(data_dir, binary)
    try:
        yield server
    finally:
        server.stop()


def test_a_running_server_is_adopted_and_a_stopped_one_is_not(tmp_path: Path, binary: Path) -> None:
    assert adopt_embedded(tmp_path) is None
    with running(tmp_path, binary) as server:
        assert adopt_embedded(tmp_path) == server.url
    assert adopt_embedded(tmp_path) is None


def test_what_the_server_held_survives_a_kill(tmp_path: Path, binary: Path) -> None:
    with running(tmp_path, binary) as server, Redis.from_url(server.url) as client:
        client.set("kept", 1)
        server.process.kill()
        server.process.wait()
        server.launch()
        server.wait_until_it_answers()
        assert client.get("kept") == b"1"


def test_a_second_server_over_one_folder_is_refused(tmp_path: Path, binary: Path) -> None:
    with running(tmp_path, binary) as server, Redis.from_url(server.url) as client:
        with pytest.raises(StoreUnavailable, match="已有一个"):
            start_embedded(tmp_path, binary)
        assert client.ping()


def test_only_the_owner_reaches_the_socket(tmp_path: Path, binary: Path) -> None:
    with running(tmp_path, binary) as server:
        assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700


def test_a_folder_whose_path_is_too_long_for_a_socket_works_all_the_same(tmp_path: Path, binary: Path) -> None:
    long = tmp_path / "数据 文件夹" / ("x" * 120)
    with running(long, binary) as server:
        assert not server.socket.is_relative_to(long)
        assert adopt_embedded(long) == server.url
        with Redis.from_url(server.url) as client:
            assert client.ping()
    assert not server.socket.parent.exists()
    assert adopt_embedded(long) is None


def test_a_server_that_ends_at_once_is_reported_with_its_log(tmp_path: Path) -> None:
    broken = tmp_path / "valkey-server"
    broken.write_text("#!/bin/sh\necho out of order\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(StoreUnavailable, match="没有启动成功"):
        start_embedded(tmp_path, broken)
    assert "out of order" in (tmp_path / "valkey.log").read_text()


def test_a_failed_start_leaves_the_folder_free(tmp_path: Path, binary: Path) -> None:
    with pytest.raises(StoreUnavailable):
        start_embedded(tmp_path, Path("/bin/false"))
    with running(tmp_path, binary) as server:
        assert adopt_embedded(tmp_path) == server.url


def test_a_server_that_is_named_but_not_there_is_refused() -> None:
    with pytest.raises(StoreUnavailable, match="LVDA_VALKEY_SERVER"):
        find_server("/nowhere/valkey-server")


def test_a_named_server_wins() -> None:
    assert find_server("/bin/sh") == Path("/bin/sh")


def test_a_held_file_is_free_again_when_let_go(tmp_path: Path) -> None:
    first = hold(tmp_path / "lock")
    assert first is not None
    assert hold(tmp_path / "lock") is None
    os.close(first)
    again = hold(tmp_path / "lock")
    assert again is not None
    os.close(again)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with a killed parent")
def test_a_killed_starter_takes_the_server_with_it_and_the_next_one_starts(tmp_path: Path, binary: Path) -> None:
    starter = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from campaigns.embedded import start_embedded
        start_embedded(Path({str(tmp_path)!r}), Path({str(binary)!r}))
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    ended = subprocess.run([sys.executable, "-c", starter], cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -9
    with running(tmp_path, binary) as server:  # the lock is free only once the former server has ended
        assert adopt_embedded(tmp_path) == server.url
