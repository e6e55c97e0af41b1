"""The parts of an xlsx file and how they refer to each other."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from zipfile import ZipFile

from questions.readers.archives import read_member

_TAG = re.compile(rb"<(?:\w+:)?(\w+)\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def tags(xml: bytes) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    """Every tag of an XML part, with its attributes as they are written."""
    for name, attributes in _TAG.findall(xml):
        yield name, {key: double or single for key, double, single in _ATTRIBUTE.findall(attributes)}


def related(archive: ZipFile, part: str) -> dict[bytes, str]:
    """Id → the part within the file that it means; what lies elsewhere is left out.

    Raises UnreadableFile where the list is damaged.
    """
    folder, name = posixpath.split(part)
    listed = f"{folder}/_rels/{name}.rels"
    if listed not in archive.namelist():
        return {}
    found: dict[bytes, str] = {}
    for tag, attributes in tags(read_member(archive, listed)):
        if tag == b"Relationship" and b"Target" in attributes and attributes.get(b"TargetMode") != b"External":
            target = attributes[b"Target"].decode("utf-8", "replace")
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[attributes.get(b"Id", b"")] = path
    return found


def sheet_paths(archive: ZipFile) -> list[str]:
    """The part that holds each sheet, in the workbook's order; empty for one that is not named properly."""
    workbook = "xl/workbook.xml"
    targets = related(archive, workbook)
    sheets = [attributes for name, attributes in tags(read_member(archive, workbook)) if name == b"sheet"]
    ids = [next((value for key, value in sheet.items() if key.endswith(b":id")), b"") for sheet in sheets]
    return [targets.get(found, "") for found in ids]
