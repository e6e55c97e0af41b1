"""What calamine does not say of an xls file (MS-XLS): how far its sheets reach, and how cells show their numbers."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from questions.readers.ole import ole_stream
from questions.readers.spreadsheets.percentages import BUILT_IN, Formats, Place, Shown, shown_as

_SHEET, _FORMAT, _STYLE, _BEGIN, _CLAIM = 0x85, 0x41E, 0xE0, 0x809, 0x200
_NUMBER, _RK, _FORMULA, _RKS = 0x203, 0x27E, 0x06, 0xBD
_TEXTS = {0xFD, 0x204, 0xD6, 0x205}
"""Records of one cell without a number: its text, true or false, an error."""
_CELLS = {_NUMBER, _RK, _FORMULA, _RKS, *_TEXTS}


@dataclass(frozen=True, slots=True)
class Workbook:
    formats: Formats
    most_cells: int
    """Of the rectangle that the filled cells of any sheet span from the first row and column on."""
    modest: bytes
    """The file without what its sheets claim to reach over: calamine makes room for all of it beforehand."""


def workbook_in(data: bytes) -> Workbook:
    """Raises ValueError, struct.error or IndexError for a damaged file; knows nothing of one without a large stream."""
    starts: list[int] = []
    formats, styles = dict(BUILT_IN), list[int]()
    sheets: dict[int, dict[Place, Shown]] = {}
    sheet: dict[Place, Shown] = {}
    rows = columns = most = 0
    stream, modest = ole_stream(data, "Workbook", "Book"), bytearray(data)
    for at, kind, body in _records(stream.data):
        if kind == _CLAIM:
            for offset in range(at + 4, at + 4 + len(body)):
                modest[stream.place(offset)] = 0
        elif kind == _SHEET:
            starts.append(struct.unpack_from("<I", body)[0])
        elif kind == _FORMAT:
            if (shown := shown_as(_code(body))) is not None:
                formats[struct.unpack_from("<H", body)[0]] = shown
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _BEGIN:
            rows = columns = 0
            sheet = sheets.setdefault(starts.index(at), {}) if at in starts else {}
        elif kind in _CELLS and len(body) >= 6:
            for (row, column), style in _cells(kind, body):
                rows, columns = max(rows, row + 1), max(columns, column + 1)
                if kind not in _TEXTS and style < len(styles) and styles[style] in formats:
                    sheet[row, column] = formats[styles[style]]
            most = max(most, rows * columns)
    return Workbook(sheets, most, bytes(modest))


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<2H", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _code(body: bytes) -> str:
    """The text of a number format: of one or two bytes a character in BIFF8, of one before."""
    count, flags = struct.unpack_from("<HB", body, 2)
    if flags > 1 or len(body) != 5 + count * (1 + flags):
        return body[3:].decode("gb18030", "replace")
    return body[5:].decode("utf-16-le" if flags else "latin-1")


def _cells(kind: int, body: bytes) -> Iterator[tuple[Place, int]]:
    """The cells that a record holds, with their styles."""
    row, column, style = struct.unpack_from("<3H", body)
    if kind != _RKS:
        yield (row, column), style
        return
    for number, start in enumerate(range(4, len(body) - 2, 6)):
        yield (row, column + number), struct.unpack_from("<H", body, start)[0]
