"""Which cells of an xlsx show their number as a percentage.

calamine gives 0.2 where a person sees 20%; in questions about saving energy that is every other option.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from zipfile import ZipFile

from questions.readers.archives import read_member

_TAG = re.compile(rb"<(?:\w+:)?(\w+)\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_STYLED = re.compile(rb"""<(?:\w+:)?c\s(?=[^>]*?\br\s*=\s*["']([A-Z]{1,3}\d{1,7})["'])[^>]*?\bs\s*=\s*["'](\d+)["']""")
_BUILT_IN = {b"9", b"10"}


def percent_cells(archive: ZipFile) -> dict[int, set[str]]:
    """Sheet (in the workbook's order, from 0) → references such as ``B2`` of its cells with a percentage format."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = _percent_styles(read_member(archive, "xl/styles.xml"))
    if not styles:
        return {}
    members = set(archive.namelist())
    return {
        index: {place.decode() for place, style in _STYLED.findall(read_member(archive, path)) if style in styles}
        for index, path in enumerate(_sheet_paths(archive))
        if path in members
    }


def _tags(xml: bytes) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    for name, attributes in _TAG.findall(xml):
        yield name, {key: double or single for key, double, single in _ATTRIBUTE.findall(attributes)}


def _percent_styles(xml: bytes) -> set[bytes]:
    """The cell style numbers whose format shows a percentage."""
    formats = _BUILT_IN | {
        attributes[b"numFmtId"]
        for name, attributes in _tags(xml)
        if name == b"numFmt" and b"%" in attributes.get(b"formatCode", b"") and b"numFmtId" in attributes
    }
    styles = re.search(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", xml, re.DOTALL)
    found = [attributes for name, attributes in _tags(styles[0]) if name == b"xf"] if styles else []
    return {str(place).encode() for place, attributes in enumerate(found) if attributes.get(b"numFmtId") in formats}


def _sheet_paths(archive: ZipFile) -> list[str]:
    """The member that holds each sheet; empty for one that is not named properly."""
    if "xl/_rels/workbook.xml.rels" not in archive.namelist():
        return []
    targets = {
        attributes.get(b"Id"): posixpath.normpath(
            posixpath.join("/xl", attributes[b"Target"].decode("utf-8", "replace"))
        )
        for name, attributes in _tags(read_member(archive, "xl/_rels/workbook.xml.rels"))
        if name == b"Relationship" and b"Target" in attributes
    }
    sheets = [attributes for name, attributes in _tags(read_member(archive, "xl/workbook.xml")) if name == b"sheet"]
    ids = [next((value for key, value in sheet.items() if key.endswith(b":id")), b"") for sheet in sheets]
    return [targets.get(found, "").lstrip("/") for found in ids]
