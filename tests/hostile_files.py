"""Files that want something else than to be read: bombs, lies, escapes, rubbish. Each is small until it is opened."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from bank_files import csv_bytes, ods_around, ods_bytes, xls_bytes, xlsx_bytes
from word_made import QUESTION, docx

ROWS = [["题目", "选项A", "选项B", "答案"], ["下列哪种灯更省电，节能减排？", "白炽灯", "节能灯", "B"]]
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
ENTITIES = {"laughs": LAUGHS, "outside": OUTSIDE}

_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def zip_bytes(members: Mapping[str, bytes | str], level: int = 9) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def changed(data: bytes, members: Mapping[str, bytes | str | None]) -> bytes:
    """An archive with some members replaced or added; None takes one away."""
    with zipfile.ZipFile(BytesIO(data)) as old:
        kept: dict[str, bytes | str] = {name: old.read(name) for name in old.namelist()}
    kept |= {name: content for name, content in members.items() if content is not None}
    return zip_bytes({name: content for name, content in kept.items() if members.get(name, "") is not None})


def sheet_of(body: str, before: str = "") -> bytes:
    """An xlsx whose one sheet has this XML between the tags of its data."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    sheet = f"{head}{before}<worksheet {_S}><sheetData>{body}</sheetData></worksheet>"
    return changed(xlsx_bytes(ROWS), {"xl/worksheets/sheet1.xml": sheet})


def row_of(number: int, texts: list[str], first: int = 0) -> str:
    cells = "".join(
        f'<c r="{chr(65 + first + place)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for place, text in enumerate(texts)
    )
    return f'<row r="{number}">{cells}</row>'


def overlapping(count: int = 4_900, size: int = 40_000) -> bytes:
    """Thousands of names for one and the same member, so that a few bytes unpack to two hundred megabytes."""
    body = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = body.compress(bytes(size)) + body.flush()
    about = struct.pack("<HHHHHIII", 20, 0, 8, 0, 0, zlib.crc32(bytes(size)), len(packed), size)
    name = b"xl/workbook.xml"
    local = b"PK\x03\x04" + about + struct.pack("<HH", len(name), 0) + name + packed
    central = b""
    for number in range(count):
        other = name if number == 0 else b"xl/media/%09d" % number
        central += b"PK\x01\x02\x14\x00" + about + struct.pack("<HHHHHII", len(other), 0, 0, 0, 0, 0, 0) + other
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(central), len(local), 0)
    return local + central + end


def lying(data: bytes, member: str, says: int) -> bytes:
    """An archive in which a member says another size than it has."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        size = archive.getinfo(member).file_size
    return data.replace(struct.pack("<I", size), struct.pack("<I", says))


def random_bytes(count: int, start: bytes = b"") -> bytes:
    return start + random.Random(count).randbytes(count)


def picture_bomb(side: int = 60_000) -> bytes:
    """A PNG of as many pixels as a city map, in a few hundred kilobytes at most."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    squeezed = zlib.compressobj(9)
    line = bytes(side // 8 + 1)
    packed = b"".join(squeezed.compress(line) for _ in range(2_000)) + squeezed.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", packed)
        + chunk(b"IEND", b"")
    )


def every_kind() -> dict[str, bytes]:
    """A small honest file of every kind, to be cut and mangled."""
    return {
        "xlsx": xlsx_bytes(ROWS),
        "xls": xls_bytes(ROWS),
        "ods": ods_bytes(ROWS),
        "csv": csv_bytes(ROWS),
        "gbk": csv_bytes(ROWS, "gb18030"),
        "utf-16": csv_bytes(ROWS, "utf-16"),
        "docx": docx(*QUESTION),
        "txt": "1. 下列哪种灯更省电？\nA. 白炽灯\nB. 节能灯\n答案：B\n".encode(),
        "json": '[{"题目": "哪个省电？", "选项A": "白炽灯", "选项B": "节能灯", "答案": "B"}]'.encode(),
        "gift": "::1::哪个省电？{~白炽灯 =节能灯}".encode(),
        "moodle": '<?xml version="1.0"?><quiz><question type="truefalse"><questiontext><text>省电。</text>'
        '</questiontext><answer fraction="100"><text>true</text></answer></question></quiz>'.encode(),
        "ods without content": ods_around(""),
    }
