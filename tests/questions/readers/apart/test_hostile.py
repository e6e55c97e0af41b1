"""Hostile files: refused with a sentence, or read for what they are; never more than 10 s and 512 MiB, never a crash.

All are read as the product reads them, by a process apart. Its limits are what makes a test fail that takes too long:
the sentence would be another.
"""

from __future__ import annotations

import re
import resource
import stat
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO

import pytest
from bank_files import csv_bytes, ods_around, ods_bytes, only, xls_bytes, xlsx_bytes
from hostile_files import (
    ENTITIES,
    ROWS,
    changed,
    every_kind,
    lying,
    overlapping,
    picture_bomb,
    random_bytes,
    row_of,
    sheet_of,
    zip_bytes,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from word_made import QUESTION, docx, p, picture

from questions.model import Bank, Severity, UnreadableFile
from questions.readers import read_bank as read_here
from questions.readers.apart.limited import read_bank
from questions.readers.archives import MOST_UNPACKED

MEBIBYTE = 1 << 20


@pytest.fixture(autouse=True)
def memory() -> Iterator[None]:
    """No child of this process has ever taken more than it may, but for what it held when it was forked from it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    yield
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    assert after <= max(before, own) or after * unit <= 512 * MEBIBYTE


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as error:
        read_bank(data)
    sentence = str(error.value)
    assert re.fullmatch(r"[^。\n]+；[^。\n]+。", sentence), sentence
    assert getattr(error.value, "__notes__", []) == []
    return sentence


def read_or_refused(data: bytes) -> Bank | None:
    refusal: UnreadableFile | None = None
    try:
        return read_bank(data)
    except UnreadableFile as error:
        refusal = error
    assert "秒还没有读完" not in str(refusal)
    assert getattr(refusal, "__notes__", []) == []
    return None


# --- zips ---------------------------------------------------------------------------------------------------------

BOMB = zip_bytes({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": bytes(MOST_UNPACKED + 1)})


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (BOMB, "超过 160 MB"),
        (zip_bytes({f"{number}.zip": BOMB for number in range(16)}), "压缩包"),
        (zip_bytes({"bank.zip": zip_bytes({"bank.zip": BOMB})}), "压缩包"),
        (overlapping(), "160 MB"),
        (lying(BOMB, "xl/worksheets/sheet1.xml", 2_000), "160 MB"),
        (lying(zip_bytes({"xl/workbook.xml": "<w/>", "xl/a": bytes(777)}), "xl/a", 2_000_000_000), "160 MB"),
        (lying(zip_bytes({"word/document.xml": bytes(80 * MEBIBYTE)}), "word/document.xml", 900), "损坏"),
        (zip_bytes({f"word/{number}": b"" for number in range(70_000)}, level=1), "160 MB"),
        (zip_bytes({"xl/workbook.xml": "<workbook/>"})[:-30], "损坏"),
    ],
    ids=["flat", "wide", "nested", "overlapping", "says less", "says more", "docx says less", "members", "no end"],
)
def test_zip_bombs_and_liars_are_refused(data: bytes, word: str) -> None:
    assert word in refused(data)


def test_a_zip_that_holds_itself_is_no_bank() -> None:
    data = zip_bytes({"r/r.zip": zip_bytes({"r/r.zip": b"PK\x03\x04" + bytes(100)})})
    assert "压缩包" in refused(data)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini", "C:\\boot.ini"])
def test_a_member_that_wants_out_of_its_archive_goes_nowhere(name: str) -> None:
    manifest = (
        '<?xml version="1.0"?><manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>'
        f'<resource identifier="r" type="imsqti_xmlv1p2" href="{name}"><file href="{name}"/></resource>'
        "</resources></manifest>"
    )
    bank = read_or_refused(zip_bytes({"imsmanifest.xml": manifest, name: "<x>root:x:0:0</x>"}))
    assert bank is None or "root:" not in repr(bank)


def test_a_link_in_a_cartridge_leads_nowhere() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("imsmanifest.xml", "<manifest><resources/></manifest>")
        link = zipfile.ZipInfo("item.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    bank = read_or_refused(out.getvalue())
    assert bank is None or "root:" not in repr(bank)


# --- entities -----------------------------------------------------------------------------------------------------


def _in_shared_strings(entities: str) -> bytes:
    said = f'<?xml version="1.0"?>{entities}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return changed(xlsx_bytes(ROWS), {"xl/sharedStrings.xml": f"{said}<si><t>&i;</t></si></sst>"})


def _in_document(entities: str) -> bytes:
    with zipfile.ZipFile(BytesIO(docx(*QUESTION, p("&i;")))) as archive:
        whole = archive.read("word/document.xml").decode()
    declared, rest = whole.replace("&amp;i;", "&i;").split("?>", 1)
    return changed(docx(*QUESTION), {"word/document.xml": f"{declared}?>{entities}{rest}"})


ENTITY_BOMBS: dict[str, Callable[[str], bytes]] = {
    "xlsx": _in_shared_strings,
    "docx": _in_document,
    "ods": lambda entities: ods_around(f'<?xml version="1.0"?>{entities}<x>&i;</x>'),
    "moodle": lambda entities: f'<?xml version="1.0"?>{entities}<quiz>&i;</quiz>'.encode(),
    "qti": lambda entities: f'<?xml version="1.0"?>{entities}<questestinterop>&i;</questestinterop>'.encode(),
    "qti 2": lambda entities: f'<?xml version="1.0"?>{entities}<assessmentItem>&i;</assessmentItem>'.encode(),
}


@pytest.mark.parametrize("entities", list(ENTITIES))
@pytest.mark.parametrize("form", list(ENTITY_BOMBS))
def test_entities_are_neither_expanded_nor_fetched(form: str, entities: str) -> None:
    bank = read_or_refused(ENTITY_BOMBS[form](ENTITIES[entities]))
    assert bank is None or ("root:" not in repr(bank) and "哈哈哈哈" not in repr(bank))


# --- tables without an end -----------------------------------------------------------------------------------------

EMPTY_CELL = '<table:table-cell table:number-columns-repeated="1024"/>'


@pytest.mark.parametrize(
    "data",
    [
        sheet_of("".join(map(row_of, (1, 2), ROWS)) + "".join(f'<row r="{n}"/>' for n in range(3, 1_000_003))),
        sheet_of(
            "".join(map(row_of, (1, 2), ROWS))
            + "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 300_003))
        ),
        csv_bytes([*ROWS, *[["", "", "", ""]] * 1_000_000]),
        csv_bytes(ROWS) + b"\r\n" * 1_000_000,
    ],
    ids=["xlsx", "xlsx with formats", "csv", "csv of lines"],
)
def test_a_million_empty_rows_are_nothing_or_refused(data: bytes) -> None:
    bank = read_or_refused(data)
    assert bank is None or only(bank).answer == ("B",)


def test_what_stands_at_the_end_of_the_sheet_is_said_and_costs_nothing() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    bank = read_bank(sheet_of("".join(map(row_of, (1, 2), ROWS)) + far))
    assert only(bank).answer == ("B",)
    assert "256" in bank.problems[0].message
    empty = f'<table:table-row table:number-rows-repeated="1048573">{EMPTY_CELL}</table:table-row>'
    rows = ods_bytes(ROWS)
    with zipfile.ZipFile(BytesIO(rows)) as archive:
        content = archive.read("content.xml").decode()
    last = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    bank = read_bank(ods_around(content.replace("</table:table>", f"{empty}{last}</table:table>")))
    assert only(bank).answer == ("B",)
    assert "256" in bank.problems[0].message


def test_a_table_that_repeats_itself_a_million_times_is_cut_off() -> None:
    cells = "".join(
        f'<table:table-cell table:number-columns-repeated="16384"><text:p>{n}</text:p></table:table-cell>' for n in "ab"
    )
    data = ods_bytes(f'<table:table-row table:number-rows-repeated="1048576">{cells}</table:table-row>')
    assert "表格太大" in refused(data)


def test_an_xls_that_spans_the_whole_sheet_is_too_large() -> None:
    rows: list[list[object]] = [list(row) for row in ROWS]
    data = xls_bytes([*rows, *[[]] * 65_533, [*[None] * 255, "z"]])
    assert "表格太大" in refused(data)


# --- macros, links, pictures ---------------------------------------------------------------------------------------


def test_macros_and_links_to_elsewhere_are_passed_over() -> None:
    members = {
        "xl/vbaProject.bin": random_bytes(5_000),
        "xl/externalLinks/externalLink1.xml": '<externalLink><externalBook r:id="rId1"/></externalLink>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": '<Relationships><Relationship Id="rId1" '
        'Target="http://127.0.0.1:1/evil.xlsx" TargetMode="External"/></Relationships>',
    }
    assert only(read_bank(changed(xlsx_bytes(ROWS), members))).answer == ("B",)
    assert only(read_bank(changed(docx(*QUESTION), {"word/vbaProject.bin": random_bytes(5_000)}))).answer == ("B",)


def test_formulas_that_fetch_something_are_texts() -> None:
    formula = "=HYPERLINK(&quot;http://127.0.0.1:1/&quot;)"
    row = row_of(2, [formula, "甲", "乙", "A"])
    assert only(read_bank(sheet_of(row_of(1, ROWS[0]) + row))).stem.startswith("=HYPERLINK")


def test_a_picture_of_billions_of_pixels_is_not_drawn() -> None:
    relation = [("rId9", "image", "media/image1.png")]
    data = docx(*QUESTION, p(picture()), related=relation, parts={"word/media/image1.png": picture_bomb()})
    bank = read_bank(data)
    assert only(bank).answer == ("B",)
    assert bank.pictures == {}
    assert any(problem.severity is Severity.WARNING and "图" in problem.message for problem in bank.problems)


# --- depth and texts that run away ----------------------------------------------------------------------------------

DEEP = 50_000


@pytest.mark.parametrize(
    "data",
    [
        b"[" * DEEP,
        b"[" * DEEP + b"]" * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b"<quiz>" + b"<a>" * DEEP,
        b"<questestinterop>" + b"<a>" * DEEP + b"</a>" * DEEP + b"</questestinterop>",
        b"<html><body>" + b"<div>" * DEEP + b"x",
        b"<html><body>" + b"<table><tr><td>" * 5_000 + b"x",
        b"<html><body>" + b"<ol><li>" * 5_000 + b"x",
        docx("<w:tbl><w:tr><w:tc>" * 5_000 + "</w:tc></w:tr></w:tbl>" * 5_000),
        ods_bytes(
            "<table:table-row><table:table-cell><text:p>"
            + "<text:span>" * DEEP
            + "</text:span>" * DEEP
            + "</text:p></table:table-cell></table:table-row>"
        ),
        "题目,选项,答案\n哪个？,{0},A\n".replace("{0}", "[" * 100_000).encode(),
    ],
    ids=["list", "lists", "objects", "moodle", "qti", "html", "tables", "items", "docx", "ods", "cell"],
)
def test_depth_is_refused_or_read(data: bytes) -> None:
    read_or_refused(data)


TORRENTS = {
    "brackets": "(",
    "closing": ")",
    "wide brackets": "（",
    "pairs": "（）",
    "squares": "【",
    "underscores": "_",
    "letters": "A",
    "labels": "A.",
    "labels and spaces": "A. ",
    "digits": "1",
    "numbers": "1.",
    "numbers and spaces": "1. ",
    "spaces": " ",
    "wide spaces": "\u3000",
    "tabs": "\t",
    "lines": "\n",
    "quotes": '"',
    "apostrophes": "'",
    "commas": ",",
    "bars": "|",
    "semicolons": "；",
    "ticks": "√",
    "stars": "*",
    "hashes": "#",
    "dashes": "-",
    "equals": "=",
    "tildes": "~",
    "braces": "{",
    "closing braces": "}",
    "backslashes": "\\",
    "colons": ":",
    "dots": ".",
    "slashes": "/",
    "angles": "<",
    "tags": "<b>",
    "comments": "<!--",
    "entities": "&#",
    "answers": "答案：",
    "explanations": "解析",
    "sections": "一、",
    "kinds": "单选题",
    "chapters": "第一章",
    "laws": "《节约能源法》",
    "years": "2018年",
    "standards": "GB/T ",
    "words": "节",
    "options": "选项A",
}


@pytest.mark.parametrize("some", range(6))
def test_much_of_one_thing_takes_no_longer_than_of_another(some: int) -> None:
    """As the middle of a line of a question: whoever looks on from every place at which it might begin never ends."""
    lines = []
    for number, text in enumerate(list(TORRENTS.values())[some::6], 1):
        whole = text * (MEBIBYTE // 8 // len(text))
        lines += [f"{number}. 下列哪种灯更省电{whole}？", f"A. 白炽灯{whole}", "B. 节能灯", "答案：B", f"解析：{whole}"]
    read_or_refused("\n".join(lines).encode())


def test_a_text_of_nothing_but_one_thing_is_refused_or_read() -> None:
    for text in TORRENTS.values():
        with suppress(UnreadableFile):
            read_here((text * (MEBIBYTE // 16 // len(text))).encode())


PAGES = {
    "divs": "<div>",
    "paragraphs": "<p>节能",
    "tables": "<table><tr><td>",
    "cells": "<td>甲",
    "marks": "<b>甲",
    "ends": "<div></p>",
    "Markdown tables": "| ",
    "Markdown headings": "# ",
}


@pytest.mark.parametrize("piece", list(PAGES))
def test_a_page_of_nothing_but_one_thing_is_refused_or_read_in_time(piece: str) -> None:
    read_or_refused((PAGES[piece] * (MEBIBYTE // 4 // len(PAGES[piece])) + "节能").encode())


@pytest.mark.parametrize("form", [csv_bytes, xlsx_bytes, ods_bytes])
def test_cells_may_hold_tens_of_thousands_of_characters_of_one_thing(form: Callable[[object], bytes]) -> None:
    header = ["题型", "题目", "选项", "选项A", "选项B", "答案", "解析"]
    row = ["单选", "哪个？", "", "甲", "乙", "A", "略"]
    rows = [header]
    for text in TORRENTS.values():
        whole = (text * (20_000 // len(text))).replace('"', "”" if form is csv_bytes else '"')
        rows += [[*row[:place], whole, *row[place + 1 :]] for place in range(len(row))]
    assert read_or_refused(form(rows)) is not None


# --- rubbish --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (random_bytes(20 * MEBIBYTE), "编码"),
        (random_bytes(20 * MEBIBYTE, b"PK\x03\x04"), "损坏"),
        (random_bytes(20 * MEBIBYTE, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "损坏"),
        (bytes(20 * MEBIBYTE), "空文件"),
        (b"\x00\x01" * MEBIBYTE, ""),
        (b"%PDF-1.7\n" + random_bytes(1_000), "PDF"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" + random_bytes(100_000), ""),
        (b"MZ\x90\x00" + random_bytes(100_000), ""),
        (b"\x7fELF\x02\x01\x01" + random_bytes(100_000), ""),
        (b"GIF89a" + random_bytes(1_000), "图片"),
    ],
    ids=["random", "zip", "ole", "zeros", "controls", "pdf", "mp4", "exe", "elf", "gif"],
)
def test_what_is_no_bank_is_refused(data: bytes, word: str) -> None:
    assert word in refused(data)


def test_nul_bytes_in_a_text_are_nothing_or_refused() -> None:
    bank = read_or_refused(csv_bytes(ROWS).replace(b"B", b"\x00"))
    assert bank is None or any(problem.severity is Severity.ERROR for problem in bank.problems)
    assert read_or_refused(csv_bytes(ROWS, "utf-8").replace(b"A", b"\x00\x00")) is None


KINDS = every_kind()


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_file_that_ends_too_soon_is_a_bank_or_refused(kind: str) -> None:
    data = KINDS[kind]
    for end in range(0, len(data), max(1, len(data) // 97)):
        with suppress(UnreadableFile):
            read_here(data[:end])


@pytest.mark.parametrize("kind", list(KINDS))
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_file_that_was_mangled_is_a_bank_or_refused(kind: str, data: st.DataObject) -> None:
    mangled = bytearray(KINDS[kind])
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, max(0, len(mangled) - 1)))
        cut = data.draw(st.integers(0, 4))
        mangled[place : place + cut] = data.draw(st.binary(max_size=4))
    with suppress(UnreadableFile):
        read_here(bytes(mangled))


INNER = {
    "xlsx": [
        "xl/worksheets/sheet1.xml",
        "xl/workbook.xml",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "xl/_rels/workbook.xml.rels",
    ],
    "ods": ["content.xml"],
    "docx": ["word/document.xml"],
}


@pytest.mark.parametrize("kind", list(INNER))
@given(st.data())
@settings(max_examples=100, deadline=None)
def test_an_archive_whose_contents_were_mangled_is_a_bank_or_refused(kind: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(INNER[kind]))
    with zipfile.ZipFile(BytesIO(KINDS[kind])) as archive:
        mangled = bytearray(archive.read(name))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(mangled)))
        pieces = st.binary(max_size=4) | st.sampled_from(
            [b"<", b">", b'"', b"&", b"<!--", b"</", b'r="A1"', b"99999999"]
        )
        mangled[place : place + data.draw(st.integers(0, 6))] = data.draw(pieces)
    with suppress(UnreadableFile):
        read_here(changed(KINDS[kind], {name: bytes(mangled)}))
