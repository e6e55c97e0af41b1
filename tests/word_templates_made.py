"""Word templates as offices would make them: a few paragraphs, a table, and what they should better have left out."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO

from docx import Document


def template_of(*paragraphs: str, rows: Sequence[Sequence[str]] = (), header: str = "") -> bytes:
    """A docx with these paragraphs, and a table of these rows."""
    paper = Document()
    for text in paragraphs:
        paper.add_paragraph(text)
    if rows:
        table = paper.add_table(rows=0, cols=len(rows[-1]))
        for row in rows:
            cells = table.add_row().cells
            for cell, text in zip(cells, row, strict=False):
                cell.text = text
    if header:
        paper.sections[0].header.paragraphs[0].text = header
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def text_of(data: bytes) -> str:
    """All that a reader of a docx reads, paragraphs and cells in order, one a line."""
    found = []
    paper = Document(BytesIO(data))
    for element in paper.element.body.iter():
        if element.tag.endswith("}p"):
            found.append("".join(node.text or "" for node in element.iter() if node.tag.endswith("}t")))
    return "\n".join(found)


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """The same with one more file in it."""
    out = BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def changed(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """The same with one of its files changed."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for one in before.infolist():
            content = before.read(one)
            after.writestr(one, change(content.decode()).encode() if one.filename == name else content)
    return out.getvalue()


def related(kind: str, target: str) -> Callable[[str], str]:
    """Adds what is fetched from elsewhere to a file of relationships."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    one = f'<Relationship Id="rId9{kind}" Type="{base}/{kind}" Target="{target}" TargetMode="External"/>'
    return lambda text: re.sub("</Relationships>", f"{one}</Relationships>", text)
