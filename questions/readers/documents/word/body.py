"""The body of a Word document → lines and tables, as a reader of the page sees them.

What is not on the page is not read: deleted and hidden text, comments, footnotes, headers and footers, macros.
What is on the page and cannot be read is told with its place.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from questions.model import Problem, Severity
from questions.readers.documents.document import Document
from questions.readers.documents.grids import MOST_COLUMNS, Raw, RawCell, RawTable, moved, settled
from questions.readers.documents.marks import RawLine, Words
from questions.readers.documents.word.numbering import Numbering
from questions.readers.documents.word.package import Package, R, W, children, parsed
from questions.readers.documents.word.page import IN_WORD, Page
from questions.readers.documents.word.runs import ALTERNATIVES, GONE, A, Runs, branch
from questions.readers.documents.word.styles import NumberingOf, Styles, ground_of, numbering_of, outline_of
from questions.readers.pictures import Pictures

_VAL = W + "val"
_CONTENTS = re.compile(r"(toc|目录) ?\d")
_HIDDEN = "文件里有隐藏的文字，没有读入；如果里面有题目或答案，请在 Word 里取消隐藏后再导入。"

Chunk = Callable[[bytes], Document | None]
"""Reads a document that lies within the document (altChunk); None where it cannot."""


def read_body(package: Package, part: str, data: bytes, chunk: Chunk) -> Document:
    """The document whose main part is `part`, with the bytes `data`.

    Raises UnreadableFile where its XML is damaged, RecursionError where it is nested absurdly.
    """

    def tree(kind: str) -> Element | None:
        beside = posixpath.join(posixpath.dirname(part), f"{kind}.xml")
        found = package.part(package.related(part, kind, beside))
        return None if found is None else parsed(found)

    styles = Styles(tree("styles"))
    page = Page(package, package.relations(part), styles, Pictures())
    return _Body(page, Numbering(tree("numbering"), styles), chunk).read(data)


@dataclass(slots=True)
class _Body:
    page: Page
    numbering: Numbering
    chunk: Chunk
    _paragraphs: int = field(init=False, default=0)
    _tables: int = field(init=False, default=0)
    _apart: bool = field(init=False, default=False)
    """Whether the paragraph above is empty."""
    _carried: Words | None = field(init=False, default=None)
    """What stands before a paragraph mark that is deleted: the next paragraph goes on with it."""

    def read(self, data: bytes) -> Document:
        document = self.page.document
        raws: list[Raw] = []
        for element in children(data, W + "body"):
            self._block(element, raws, in_cell=False)
        if self._carried is not None:
            raws += self._carried.finished(self.page.where)
        document.blocks = settled(raws)
        if self.page.hidden:
            document.problems.append(Problem("整个文件", Severity.WARNING, _HIDDEN))
        document.pictures = self.page.pictures.kept
        return document

    def _block(self, element: Element, out: list[Raw], *, in_cell: bool) -> None:
        tag = element.tag
        if tag == W + "p":
            self._paragraph(element, out, in_cell)
        elif tag == W + "tbl":
            self._table(element, out, in_cell)
        elif tag == W + "sdt":
            if not _is_contents(element):
                self._blocks(element.find(W + "sdtContent"), out, in_cell)
        elif tag == W + "altChunk":
            self._alternative(element, out, in_cell)
        elif tag == ALTERNATIVES:
            self._blocks(branch(element), out, in_cell)
        elif tag not in GONE:
            self._blocks(element, out, in_cell)

    def _blocks(self, parent: Element | None, out: list[Raw], in_cell: bool) -> None:
        for element in parent if parent is not None else ():
            self._block(element, out, in_cell=in_cell)

    def _paragraph(self, element: Element, out: list[Raw], in_cell: bool) -> None:
        if not in_cell:
            self._next_paragraph()
        style_id, outline, ground, mark, own = "", None, None, None, NumberingOf()
        properties = element.find(W + "pPr")
        if properties is not None:
            named = properties.find(W + "pStyle")
            style_id = "" if named is None else named.get(_VAL, "")
            outline, ground, own = outline_of(properties), ground_of(properties), numbering_of(properties)
            mark = properties.find(W + "rPr")
        style = self.page.styles.paragraph(style_id)
        words, self._carried = self._carried or Words(), None
        Runs(self.page, words, style_id, style.ground if ground is None else ground).inline(element)
        # A field whose instruction goes on in the next paragraph is damage, or the whole rest would vanish.
        self.page.fields = [opened for opened in self.page.fields if opened.result]
        if _has(mark, "del"):
            self._carried = words
        elif not any(map(_CONTENTS.match, style.names)) and not (words.empty and _has(mark, "vanish")):
            label = self.numbering.label(own, style, style_id)
            level = style.outline if outline is None else outline
            heading = 0 if level is None or level > 8 else level + 1
            out += words.finished(self.page.where, label, heading, apart=self._apart)
            self._apart = words.empty
            if words.empty and in_cell and label.strip():
                # A column of numbers that are nothing but automatic numbering.
                out.append(RawLine(self.page.where, label.strip().rstrip(".．、"), 0, [], 0))
        boxes, self.page.boxes = self.page.boxes, []
        for box in boxes:
            self._box(box, out)

    def _next_paragraph(self) -> None:
        self._paragraphs += 1
        self.page.enter(f"第{self._paragraphs}段")

    def _box(self, box: Element, out: list[Raw]) -> None:
        """A text box, after the paragraph in which it is anchored, and at the same place."""
        if box.tag != A + "p":
            self._blocks(box, out, in_cell=True)
            return
        words = Words()
        words.add("".join(text.text or "" for text in box.iter(A + "t")))
        out += words.finished(self.page.where)

    def _table(self, element: Element, out: list[Raw], in_cell: bool) -> None:
        outside = self.page.where
        self._tables += not in_cell
        table = RawTable(f"{outside}里的表格" if in_cell else f"第{self._tables}个表格")
        for row in _below(element, "tr"):
            self.page.enter(f"{table.place}第{len(table.rows) + 1}行")
            table.rows.append(self._row(row))
        self.page.where = outside
        out.append(table)

    def _row(self, element: Element) -> list[RawCell]:
        if element.find(f"{W}trPr/{W}del") is not None:
            return []
        column = _count(element.find(f"{W}trPr/{W}gridBefore"), 0)
        cells: list[RawCell] = []
        for found in _below(element, "tc"):
            if column >= MOST_COLUMNS:
                break
            properties = found.find(W + "tcPr")
            cell = RawCell(column)
            wide = 1
            if properties is not None:
                merged = properties.find(W + "vMerge")
                cell.marked = bool(ground_of(properties))
                cell.continues = merged is not None and merged.get(_VAL, "continue") == "continue"
                wide = _count(properties.find(W + "gridSpan"), 1)
            self._blocks(found, cell.blocks, True)
            cells.append(cell)
            column += max(wide, 1)
        return cells

    def _alternative(self, element: Element, out: list[Raw], in_cell: bool) -> None:
        """A part of another format, read in its place."""
        if not in_cell:
            self._next_paragraph()
        data = self.page.part(element.get(R + "id", ""))
        held = None if data is None else self.chunk(data)
        if held is None:
            self.page.doubt(f"嵌着另一份文件，读不进来；{IN_WORD}打开后另存一份 docx，再导入。")
            return
        inside = f"{self.page.where}里"
        document = self.page.document
        document.places += [inside + where for where in held.places]
        document.doubts += [(inside + where, message) for where, message in held.doubts]
        document.problems += held.problems
        self.page.pictures.kept.update(held.pictures)
        out += [moved(block, inside) for block in held.blocks]


def _below(parent: Element, name: str) -> Iterable[Element]:
    """The rows of a table or the cells of a row, those inside content controls and insertions included."""
    for element in parent:
        if element.tag == W + name:
            yield element
        elif element.tag not in GONE and element.tag not in {W + "tr", W + "tc", W + "tbl", W + "p"}:
            yield from _below(element, name)


def _has(properties: Element | None, name: str) -> bool:
    return properties is not None and properties.find(W + name) is not None


def _count(element: Element | None, default: int) -> int:
    value = "" if element is None else element.get(_VAL, "")
    return min(int(value), MOST_COLUMNS) if value.isdecimal() and len(value) < 6 else default


def _is_contents(element: Element) -> bool:
    """Whether a content control is a table of contents."""
    gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and gallery.get(_VAL) == "Table of Contents"
