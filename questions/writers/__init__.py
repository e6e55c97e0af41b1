"""Banks into files, a module a format, imported when such a file is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module

from questions.model import Question

Pictures = Mapping[str, bytes]
"""SHA-256 → the bytes of the pictures that questions name."""


@dataclass(frozen=True, slots=True)
class Writer:
    label: str
    """What people choose it by."""
    ending: str
    """Of the file's name, with its dot."""
    media_type: str
    write: Callable[[Sequence[Question], Pictures, str], bytes]
    """(questions, pictures, title) → the file. Raises UnwritableBank for what the format cannot hold."""


def _plain(name: str, questions: Sequence[Question], pictures: Pictures, title: str) -> bytes:
    """A format without pictures."""
    data: bytes = getattr(import_module(f"{__name__}.{name}"), f"write_{name}")(questions)
    return data


def _pictured(name: str, questions: Sequence[Question], pictures: Pictures, title: str) -> bytes:
    data: bytes = getattr(import_module(f"{__name__}.{name}"), f"write_{name}")(questions, pictures)
    return data


def _paper(questions: Sequence[Question], pictures: Pictures, title: str, *, key: bool) -> bytes:
    data: bytes = import_module(f"{__name__}.docx").write_docx(questions, pictures, title=title, key=key)
    return data


_OFFICE = "application/vnd.openxmlformats-officedocument"
_XLSX, _DOCX = f"{_OFFICE}.spreadsheetml.sheet", f"{_OFFICE}.wordprocessingml.document"
WRITERS: Mapping[str, Writer] = {
    "xlsx": Writer("Excel 表格（模板）", ".xlsx", _XLSX, partial(_plain, "xlsx")),
    "csv": Writer("CSV 表格（模板）", ".csv", "text/csv", partial(_plain, "csv")),
    "docx": Writer("Word 试卷", ".docx", _DOCX, partial(_paper, key=False)),
    "docx-key": Writer("Word 试卷，带答案和解析", ".docx", _DOCX, partial(_paper, key=True)),
    "gift": Writer("GIFT", ".gift", "text/plain", partial(_pictured, "gift")),
    "moodle": Writer("Moodle XML", ".xml", "application/xml", partial(_pictured, "moodle")),
    "json": Writer("JSON（完整，含图片）", ".json", "application/json", partial(_pictured, "json")),
}
"""Every format that banks are written in, by its name. Of two with one ending the first is meant by the ending."""


def writer_named(file: str) -> str | None:
    """The name of the format that a file's name asks for; None for an ending that no format has."""
    return next((name for name, writer in WRITERS.items() if file.lower().endswith(writer.ending)), None)
