"""The zip package of a Word document: its parts, what they refer to, and their XML."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from questions.model import UnreadableFile
from questions.readers.archives import open_archive, read_member

_PIECE = 1 << 16
DAMAGED = "Word 文件已损坏，打不开；请用 Word 或 WPS 打开它，另存为 docx 后再导入。"
_UNSAFE = "文件里有 XML 实体，不是 Word 写的，为安全起见没有读入；请用 Word 或 WPS 打开它，另存为 docx 后再导入。"

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
        b"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/chart", b"http://schemas.openxmlformats.org/drawingml/2006/chart"),
    (b"http://purl.oclc.org/ooxml/drawingml/diagram", b"http://schemas.openxmlformats.org/drawingml/2006/diagram"),
)
"""ISO's strict names for what the transitional ones name (ISO/IEC 29500-1 and -4)."""


@dataclass(frozen=True, slots=True)
class Relation:
    kind: str
    """The last word of its type: ``image``, ``aFChunk``, ``officeDocument``…"""
    target: str
    """The name of a part in the package; empty where it would lie outside."""
    external: bool


class Package:
    """The parts of a package by name, whatever the case and the slashes of the zip's own names.

    Raises UnreadableFile like `open_archive`.
    """

    def __init__(self, data: bytes) -> None:
        self._archive = open_archive(data)
        self._members = {_plain(name): name for name in reversed(self._archive.namelist())}

    def part(self, name: str) -> bytes | None:
        """A part's bytes, None where there is no such part."""
        member = self._members.get(_plain(name))
        return None if member is None else read_member(self._archive, member)

    def relations(self, part: str) -> dict[str, Relation]:
        """What a part refers to, by id; the empty name stands for the package itself."""
        folder, name = posixpath.split(part)
        data = self.part(posixpath.join(folder, "_rels", f"{name}.rels"))
        if data is None:
            return {}
        found: dict[str, Relation] = {}
        for element in parsed(data).iter(_RELATION):
            external = element.get("TargetMode") == "External"
            kind = element.get("Type", "").rpartition("/")[2]
            found[element.get("Id", "")] = Relation(kind, _inside(folder, element.get("Target", "")), external)
        return found

    def related(self, part: str, kind: str, default: str) -> str:
        """The name of the first part of a kind that a part refers to, `default` where none is named."""
        for relation in self.relations(part).values():
            if relation.kind == kind and relation.target and not relation.external:
                return relation.target
        return default


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _inside(folder: str, target: str) -> str:
    """A target's place in the package; empty where it points out of it."""
    path = unquote(target.replace("\\", "/"))
    path = posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path))
    return "" if path == ".." or path.startswith("../") or path == "." else path


def transitional(data: bytes) -> bytes:
    """XML whose namespaces have the names that nearly all files use."""
    if b"purl.oclc.org" in data:
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
    return data


def parsed(data: bytes) -> Element:
    """A part's tree. Raises UnreadableFile for XML that is damaged, or that declares entities."""
    with _refusing():
        root: Element = defusedxml.ElementTree.fromstring(transitional(data))
    return root


def children(data: bytes, parent: str) -> Iterator[Element]:
    """The children of the root's first child of a name, each forgotten before the next is read: a body may be long.

    Raises UnreadableFile like `parsed`.
    """
    with _refusing():
        target = _Growing()
        parser = defusedxml.ElementTree.DefusedXMLParser(target=target)
        whole = transitional(data)
        for start in range(0, len(whole), _PIECE):
            parser.feed(whole[start : start + _PIECE])
            yield from target.finished(parent)
        parser.close()
        yield from target.finished(parent, last=True)


class _Growing:
    """A tree whose root is known while it grows."""

    def __init__(self) -> None:
        builder = TreeBuilder()
        self.root: Element | None = None
        self.start: Callable[[str, dict[str, str]], Element] = self._first
        self.data, self.end, self.close = builder.data, builder.end, builder.close
        self._begin = builder.start

    def _first(self, tag: str, attributes: dict[str, str]) -> Element:
        self.root = self._begin(tag, attributes)
        self.start = self._begin  # the rest of the tree needs no detour
        return self.root

    def finished(self, parent: str, *, last: bool = False) -> list[Element]:
        """Takes the children that are complete out of the tree; the last one may still grow."""
        holder = None if self.root is None else self.root.find(parent)
        if holder is None or not len(holder):
            return []
        found = holder[:] if last else holder[:-1]
        del holder[: len(found)]
        return found


@contextmanager
def _refusing() -> Iterator[None]:
    """The parser's own errors as UnreadableFile; what a consumer of a generator raises does not pass through here."""
    try:
        yield
    except DefusedXmlException as error:
        raise UnreadableFile(_UNSAFE) from error
    except (ParseError, LookupError, ValueError) as error:
        raise UnreadableFile(DAMAGED) from error
