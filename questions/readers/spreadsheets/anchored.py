"""Pictures in an xlsx file: those over a sheet, by the cell where they begin, and those that WPS puts into cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from questions.model import Picture, UnreadableFile
from questions.readers.archives import read_member
from questions.readers.pictures import Pictures
from questions.readers.spreadsheets.percentages import Place
from questions.readers.spreadsheets.workbook_parts import related, sheet_paths
from questions.readers.xml import parse_xml, without_namespaces

_CELL_IMAGES = "xl/cellimages.xml"
_IN_CELL = re.compile(r'=?(?:_xlfn\.)?DISPIMG\(\s*"([^"]{1,80})"[^)]*\)')
_SHEET_DRAWING = "drawings/"


@dataclass(slots=True)
class Anchored:
    """The pictures of a workbook."""

    over: dict[int, dict[Place, tuple[Picture, ...]]] = field(default_factory=dict)
    """Sheet (from 0) → row and column (from 0) → what begins there."""
    named: dict[str, Picture] = field(default_factory=dict)
    """Those that WPS shows in a cell, by the name that the cell's formula says."""
    lost: int = 0
    """How many of the file's pictures stand in no cell, or cannot be shown: of another format, damaged."""
    kept: Mapping[str, bytes] = field(default_factory=dict)

    def taken(self, text: str) -> tuple[str, tuple[Picture, ...]]:
        """A cell's text without WPS's formulas, and the pictures that these show."""
        if "DISPIMG(" not in text:
            return text, ()
        found = tuple(self.named[name] for name in _IN_CELL.findall(text) if name in self.named)
        return _IN_CELL.sub("", text).strip(), found


def anchored_in(archive: ZipFile) -> Anchored:
    """Raises UnreadableFile where a sheet's own list of parts is damaged; damaged drawings only lose their pictures."""
    names = set(archive.namelist())
    found, kept = Anchored(), Pictures()
    found.kept = kept.kept
    media = {name for name in names if name.startswith("xl/media/")}
    shown: set[str] = set()
    if not media:
        return found
    for index, sheet in enumerate(sheet_paths(archive)):
        for drawing in related(archive, sheet).values():
            if _SHEET_DRAWING in drawing and drawing.endswith(".xml") and drawing in names:
                over = found.over.setdefault(index, {})
                for place, held in _drawn(archive, drawing):
                    pictures = _kept(archive, drawing, held, kept, shown)
                    over[place] = over.get(place, ()) + pictures
    if _CELL_IMAGES in names:
        for image in _parts(archive, _CELL_IMAGES, "cellImage"):
            about = next(image.iter("cNvPr"), None)
            pictures = _kept(archive, _CELL_IMAGES, image, kept, shown)
            if about is not None and pictures:
                found.named[about.get("name", "")] = replace(pictures[0], alt="")
    found.lost = len(media - shown)
    return found


def _drawn(archive: ZipFile, drawing: str) -> Iterator[tuple[Place, Element]]:
    """The cell in which each shape of a drawing begins, and the shape."""
    for kind in ("twoCellAnchor", "oneCellAnchor"):
        for shape in _parts(archive, drawing, kind):
            row, column = shape.findtext("from/row", ""), shape.findtext("from/col", "")
            if row.isdigit() and column.isdigit():
                yield (int(row), int(column)), shape


def _parts(archive: ZipFile, name: str, tag: str) -> Sequence[Element]:
    try:
        root = without_namespaces(parse_xml(read_member(archive, name).decode("utf-8", "replace")))
    except UnreadableFile:
        return []
    return list(root.iter(tag))


def _kept(archive: ZipFile, part: str, shape: Element, kept: Pictures, shown: set[str]) -> tuple[Picture, ...]:
    """The pictures of a shape, which may be a group; the parts that hold them are added to `shown`."""
    targets = related(archive, part)
    pictures: list[Picture] = []
    for picture in shape.iter("pic"):
        about, blip = next(picture.iter("cNvPr"), None), next(picture.iter("blip"), None)
        path = targets.get((blip.get("embed", "") if blip is not None else "").encode(), "")
        alt = about.get("descr", "") if about is not None else ""
        held = kept.keep(read_member(archive, path), alt) if path in archive.namelist() else None
        if held is not None:
            shown.add(path)
            pictures.append(held)
    return tuple(pictures)
