"""The same reading in a process of its own, with little memory and little time: for what strangers hand in.

A parser that crashes, never ends or eats memory takes that process down and nothing else, and the person who chose
the file reads one sentence. The process gets the file through a pipe, inherits no other open file and hardly any
environment, works in an empty folder that is removed afterwards, and answers in lines of JSON.

For Linux and macOS; macOS knows no limit of address space, so that there the clock alone ends what eats memory.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import questions
from questions.model import BadColumns, Bank, Sheet, UnreadableFile
from questions.readers import Columns
from questions.readers.apart.bank_lines import Heard, Told, told_in
from questions.readers.documents import doc

_UNAVAILABLE = 69
"""The end code of a process that cannot import its own program (EX_UNAVAILABLE)."""
PROGRAM = (
    "import json, os, sys; asked = json.loads(sys.argv[1]); sys.path[:] = asked['path']\n"
    "try: from questions.readers.apart.confined import run\n"
    f"except ImportError: os._exit({_UNAVAILABLE})\n"
    "run(asked); os._exit(0)"
)
"""Ends at once: to free a hundred thousand questions one by one would take as long as to tell them."""
CONVERTED = frozenset({"doc", "rtf", "odt"})
"""What LibreOffice makes a docx of, in this process, before the limited one reads it."""
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
_MOST_TOLD = 192 << 20
"""Bytes of the answer: a hundred thousand long questions take less than half."""
_PIECE = 1 << 16

_TOO_LARGE = "文件太大或太复杂，读它要用的内存超出了限度；请只留下题目，拆成几个文件后再导入。"
_TOO_SLOW = "文件读了 {} 秒还没有读完，不像是题库；请只留下题目，拆成几个文件后再导入。"
_INCOMPLETE = "服务器上的程序没有装完整，读不了这种文件，文件本身没有问题；请联系管理员重新安装绿答，再导入。"
_BROKEN = "读这个文件时出了错，文件多半已损坏；请用 Excel、WPS 或 Word 打开后另存一份，再导入。"


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost."""

    memory: int = 512 << 20
    """Bytes of address space."""
    seconds: int = 10
    """Of processor time, and of time on the clock."""


LIMITS = Limits()


def read_bank(data: bytes, name: str = "", *, columns: Columns | None = None, limits: Limits = LIMITS) -> Bank:
    """What `questions.readers.read_bank` gives for the same file, and raises; within `limits`.

    Raises UnreadableFile, too, where a limit is reached or the reading process dies.
    """
    found = _read(data, columns or {}, limits, CONVERTED)
    if isinstance(found, Bank):
        return found
    converted = _read(doc.convert(data), columns or {}, limits, ())
    if isinstance(converted, str):
        raise UnreadableFile(_BROKEN)
    return replace(converted, format=found)


def _read(data: bytes, columns: Columns, limits: Limits, converted: Collection[str]) -> Bank | str:
    """The bank; or the format of a file that is to be converted first."""
    heard = Heard()
    with tempfile.TemporaryDirectory(prefix="lvda-") as folder:
        asked = {
            "path": _path(),
            "memory": limits.memory,
            "seconds": limits.seconds,
            "columns": dict(columns),
            "convert": sorted(converted),
        }
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", PROGRAM, json.dumps(asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            start_new_session=True,
        )
        until = time.monotonic() + limits.seconds
        try:
            for line in _lines(process, data, until):
                told = _understood(line)
                if told[0] == "convert":
                    return str(told[1])
                _refuse(told, heard.sheets)
                _take(heard, told)
            code = process.wait(max(0.0, until - time.monotonic()))
        except (TimeoutError, subprocess.TimeoutExpired) as error:
            raise UnreadableFile(_TOO_SLOW.format(limits.seconds)) from error
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
    if not heard.complete:
        raise UnreadableFile(_ending(code, limits))
    return heard.bank()


def _path() -> list[str]:
    """Where this process finds modules, for one that does without the site's own start-up."""
    root = str(Path(questions.__file__).parent.parent)
    return [root, *(os.path.abspath(place) for place in sys.path if place not in {"", root})]


def _understood(line: bytes) -> Told:
    try:
        return told_in(line)
    except ValueError as error:
        raise UnreadableFile(_BROKEN) from error


def _take(heard: Heard, told: Told) -> None:
    try:
        heard.take(told)
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableFile(_BROKEN) from error


def _refuse(told: Told, sheets: tuple[Sheet, ...]) -> None:
    what, said = told
    match what:
        case "unreadable":
            unreadable = UnreadableFile(said)
            unreadable.sheets = sheets
            raise unreadable
        case "columns":
            raise BadColumns(said)
        case "memory":
            raise UnreadableFile(_TOO_LARGE)
        case "incomplete":
            error = UnreadableFile(_INCOMPLETE)
            error.add_note(str(said))
            raise error
        case "fault":
            error = UnreadableFile(_BROKEN)
            error.add_note(str(said))
            raise error


def _ending(code: int, limits: Limits) -> str:
    """Why a process ended before it had said everything: what its end code tells."""
    if -code == signal.SIGXCPU:
        return _TOO_SLOW.format(limits.seconds)
    if -code in {signal.SIGABRT, signal.SIGKILL}:
        return _TOO_LARGE  # what calamine does, and the system, when there is no more memory
    return _INCOMPLETE if code == _UNAVAILABLE else _BROKEN


def _lines(process: subprocess.Popen[bytes], data: bytes, until: float) -> Iterator[bytes]:
    """The lines that the process says while it is handed the data.

    Raises TimeoutError when time is up, and UnreadableFile when it says more than any bank takes.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    left, begun, told = memoryview(data), bytearray(), 0
    os.set_blocking(process.stdin.fileno(), False)
    with selectors.DefaultSelector() as pipes:
        pipes.register(process.stdin, selectors.EVENT_WRITE)
        pipes.register(process.stdout, selectors.EVENT_READ)
        while pipes.get_map():
            left_seconds = until - time.monotonic()
            ready = pipes.select(left_seconds) if left_seconds > 0 else []
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                if key.fileobj is process.stdin:
                    left = left[_hand_over(key.fd, left) :]
                    if not left:
                        pipes.unregister(process.stdin)
                        process.stdin.close()
                    continue
                piece = os.read(key.fd, _PIECE)
                told += len(piece)
                if told > _MOST_TOLD:
                    raise UnreadableFile(_TOO_LARGE)
                begun += piece
                *lines, begun = begun.split(b"\n") if b"\n" in piece else [begun]
                yield from map(bytes, lines)
                if not piece:
                    pipes.unregister(process.stdout)


def _hand_over(pipe: int, data: memoryview) -> int:
    """How much of the data went through; all of it where nobody wants any more."""
    try:
        return os.write(pipe, data[:_PIECE])
    except BrokenPipeError:
        return len(data)
