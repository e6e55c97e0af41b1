"""Word documents → questions.

Rooms: `word.package` (the zip and its XML), `word.styles` (how text looks), `word.numbering` (automatic numbers),
`word.formulas`, `word.symbols`, and `word.body`, which walks through the text.
"""

from __future__ import annotations

from collections.abc import Mapping

from questions.model import UnreadableFile
from questions.readers.documents.document import Document, read_document
from questions.readers.documents.grids import Grid
from questions.readers.documents.html import page_of
from questions.readers.documents.mht import document_of_mht
from questions.readers.documents.word.body import read_body
from questions.readers.documents.word.package import DAMAGED, Package
from questions.readers.reading import Reading
from questions.readers.sniff import is_mht
from questions.readers.text import decode

NOTHING = (
    "没有在文件里找到题目；请写成“1. 题干”，下面一行一个“A. 选项”，再写“答案：B”，"
    "或者放进有“题目、选项A、选项B、答案”这样表头的表格，一行一题。"
)
_ONLY_PICTURES = "文件里只有图片，没有文字，读不出题目；请先用 WPS 的“图片转文字”把题目变成文字，核对后再导入。"
_DEEPEST = 3
"""How far documents may lie within documents."""


def read_docx(data: bytes, columns: Mapping[str, str], form: str = "docx") -> Reading:
    """The questions of a Word document, wherever its text stands: paragraphs, tables, text boxes, nested documents.

    `form` is what the file was before it became one. Raises UnreadableFile where it is damaged or holds no questions,
    and BadColumns like `questions.readers.read_bank`.
    """
    document = document_of(data)
    text = any(isinstance(block, Grid) or block.text for block in document.blocks)
    nothing = NOTHING if text or not document.blocks else _ONLY_PICTURES
    return read_document(form, document, columns, nothing)


def document_of(data: bytes, depth: int = 0) -> Document:
    """A Word document as lines and tables. Raises UnreadableFile where it is damaged."""
    package = Package(data)
    part = package.related("", "officeDocument", "word/document.xml")
    main = package.part(part)
    if main is None:
        raise UnreadableFile(DAMAGED)

    def chunk(held: bytes) -> Document | None:
        return _held(held, depth + 1) if depth < _DEEPEST else None

    try:
        return read_body(package, part, main, chunk)
    except RecursionError as error:
        raise UnreadableFile(DAMAGED) from error


def _held(data: bytes, depth: int) -> Document | None:
    """A document within a document (altChunk): another Word file, a web page, or plain text."""
    try:
        if data.startswith(b"PK\x03\x04"):
            return document_of(data, depth)
        if is_mht(data):
            return document_of_mht(data)
        if data.startswith((b"{\\rtf", b"\xd0\xcf\x11\xe0")):
            return None
        text, _ = decode(data)
        return page_of(text) if "<" in text else page_of(f"<pre>{text.replace('&', '&amp;')}</pre>")
    except UnreadableFile:
        return None
