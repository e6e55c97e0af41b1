"""A report as Word: a template filled with what the report says.

Templates come from offices, so they are programs of strangers: they are rendered in a sandbox that calls nothing, after
`campaigns.reports.templates` has looked at every tag; see there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from docx.document import Document
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image

from campaigns.reports import charts
from campaigns.reports.content import Content, Photo
from campaigns.reports.sandbox import Sandbox
from campaigns.reports.tags import values_of

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

CHART_WIDTH = Mm(charts.WIDTH_MM)
PHOTO_WIDTH, PHOTO_HEIGHT = Mm(140), Mm(82)
"""The most that a photo takes of a page."""
_LONGEST = 255
"""Characters of what a document says about itself."""
_ILLEGAL = dict.fromkeys([*range(32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


class Picture:
    """A picture in a template: shown where it is named, and nothing else can be asked of it."""

    __slots__ = ("_alternative", "_data", "_template", "_width")

    def __init__(self, template: DocxTemplate, data: bytes, width: int, alternative: str) -> None:
        self._template, self._data, self._width = template, data, width
        self._alternative = alternative

    def __html__(self) -> str:
        from docxtpl import InlineImage  # noqa: PLC0415

        shown: str = InlineImage(self._template, BytesIO(self._data), width=self._width).__html__()
        return shown.replace("<wp:docPr ", f'<wp:docPr descr="{escape(self._alternative)}" ', 1)


def write_docx(content: Content, template: bytes, created: int) -> bytes:
    """The template, filled. `created` is the date in the file, UTC milliseconds.

    Raises what jinja2 and docxtpl raise over a template that has not been looked at.
    """
    from docxtpl import DocxTemplate  # noqa: PLC0415 — most processes write no report

    filled = DocxTemplate(BytesIO(template))
    filled.init_docx()
    _forget_the_author(filled.docx)  # before it is rendered: what it says about itself would be taken for a template
    filled.render(_values(content, filled), Sandbox())
    _mend(filled.docx)
    _introduce(filled.docx, content, created)
    out = BytesIO()
    filled.save(out)
    return out.getvalue()


def _values(content: Content, template: DocxTemplate) -> dict[str, Any]:
    def drawn(name: str) -> Picture | str:
        data = charts.draw(content, name)
        return Picture(template, data, CHART_WIDTH, charts.alternative(content, name)) if data else ""

    def shown(photo: Photo) -> Picture:
        data = _in_word(photo.data)
        return Picture(template, data, _width_of(data), photo.caption or "照片")

    return {name: _legal(value) for name, value in values_of(content, drawn, shown).items()}


def _legal(value: Any) -> Any:  # noqa: ANN401 — texts, lists and lines of them
    """Without what XML cannot hold, and what the library takes for breaks."""
    match value:
        case str():
            return value.translate(_ILLEGAL)
        case list():
            return [_legal(one) for one in value]
        case Mapping():
            return {name: _legal(one) for name, one in value.items()}
    return value


def _in_word(data: bytes) -> bytes:
    """Word shows no WebP."""
    if data[8:12] != b"WEBP":
        return data
    out = BytesIO()
    with Image.open(BytesIO(data), formats=["WEBP"]) as image:
        image.convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def _width_of(data: bytes) -> int:
    with Image.open(BytesIO(data)) as image:
        width, height = image.size
    return int(min(PHOTO_WIDTH, PHOTO_HEIGHT * width / height))


def _forget_the_author(document: Document) -> None:
    about = document.core_properties
    about.title = about.author = about.comments = about.subject = about.identifier = ""
    about.last_modified_by = about.keywords = about.category = ""


def _introduce(document: Document, content: Content, created: int) -> None:
    about = document.core_properties
    about.title, about.author = (text.translate(_ILLEGAL)[:_LONGEST] for text in (content.title, content.sender))
    about.language = "zh-CN"
    about.created = about.modified = dt.datetime.fromtimestamp(created / 1000, dt.UTC).replace(tzinfo=None)


def _mend(document: Document) -> None:
    """What a loop over nothing leaves behind, Word would offer to repair: tables without rows, cells without text."""
    parts = [part.element for part in document.part.package.iter_parts() if isinstance(part, XmlPart)]
    for part in parts:
        for table in list(part.iter(qn("w:tbl"))):
            if table.find(qn("w:tr")) is None:
                table.getparent().remove(table)
        for cell in part.iter(qn("w:tc")):
            last = cell[-1] if len(cell) else None
            if last is None or last.tag != qn("w:p"):
                cell.append(OxmlElement("w:p"))
