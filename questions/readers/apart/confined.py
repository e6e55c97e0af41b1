"""The process in which `limited` has a file read: confined first, then it reads, tells, and ends."""

from __future__ import annotations

import gc
import resource
import sys
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from questions.model import BadColumns, UnreadableFile
from questions.readers import read_bank
from questions.readers.apart.bank_lines import line, lines_of, sheets_line
from questions.readers.sniff import sniff

_FEW_FILES = 64
_UNMAPPED = ("failed to map segment", "annot allocate memory")
"""What the system says of a module that is there, and that no memory is left for."""
_SMALL_FILE = 1 << 20
"""Nothing is written but modules that are compiled for the first time."""


def run(asked: Mapping[str, Any]) -> None:
    """Read the file that standard input holds; say on standard output, in lines, what it is or why it is refused.

    `asked`: ``memory`` in bytes, ``seconds`` of processor time, ``columns`` as `read_bank` takes them, ``convert``:
    the formats that are converted elsewhere, and are only named here.
    """
    confine(asked["memory"], asked["seconds"])
    gc.disable()  # it ends before there is anything to gain
    out = sys.stdout.buffer
    try:
        for told in _told(sys.stdin.buffer.read(), asked):
            out.write(told)
    except UnreadableFile as error:
        out.write(sheets_line(error.sheets))
        out.write(line("unreadable", str(error)))
    except BadColumns as error:
        out.write(line("columns", str(error)))
    except ImportError as error:
        unmapped = any(sign in str(error) for sign in _UNMAPPED)
        out.write(line("memory", True) if unmapped else line("incomplete", error.name or ""))
    except MemoryError:
        out.write(line("memory", True))
    except Exception as error:
        # A fault of ours: where it is may be told, but not the message, which may quote the file.
        last = traceback.extract_tb(error.__traceback__)[-1]
        out.write(line("fault", f"{type(error).__name__} at {last.filename}:{last.lineno}"))
    out.flush()


def _told(data: bytes, asked: Mapping[str, Any]) -> Iterator[bytes]:
    form = sniff(data)
    if form in asked["convert"]:
        yield line("convert", form)
    else:
        yield from lines_of(read_bank(data, columns=asked["columns"]))


def confine(memory: int, seconds: int) -> None:
    limits = {
        "RLIMIT_AS": (memory, memory),
        "RLIMIT_CPU": (seconds, seconds + 1),  # at the first it is told, at the second killed like for its memory
        "RLIMIT_NOFILE": (_FEW_FILES, _FEW_FILES),
        "RLIMIT_FSIZE": (_SMALL_FILE, _SMALL_FILE),
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_NPROC": (0, 0),
    }
    for name, limit in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), limit)
        except (AttributeError, ValueError, OSError):
            continue  # macOS knows no limit of address space; a limit that is lower already stays
