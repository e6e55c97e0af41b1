"""Word documents made part by part, so that a test shows the XML that it is about."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from PIL import Image

from questions.readers.documents.docx import document_of
from questions.readers.documents.grids import Grid
from questions.readers.written.lines import Line

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = {
    "w": W,
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
}
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def relations(*targets: tuple[str, str, str]) -> str:
    """A .rels part of (id, kind, target); a target with a scheme is external."""
    found = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}{kind}" Target="{escape(target)}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if '://' in target else ''}/>"
        for name, kind, target in targets
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{found}</Relationships>'
    )


def _types(overrides: Mapping[str, str]) -> str:
    """The list of a package's parts and what they are."""
    defaults = "".join(
        f'<Default Extension="{ending}" ContentType="{kind}"/>'
        for ending, kind in (
            ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            ("xml", "application/xml"),
            ("png", "image/png"),
        )
    )
    named = "".join(
        f'<Override PartName="{part}" ContentType="{_CONTENT}{kind}+xml"/>' for part, kind in overrides.items()
    )
    return f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{defaults}{named}</Types>'


def xml(root: str, content: str) -> str:
    spaces = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{root} {spaces}>{content}</w:{root}>'


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(
    *body: str,
    styles: str = "",
    numbering: str = "",
    related: Sequence[tuple[str, str, str]] = (),
    parts: Mapping[str, str | bytes] | None = None,
    main: str = "word/document.xml",
) -> bytes:
    """A document of paragraphs and tables, with what its styles and lists are, and further parts."""
    folder, _, name = main.rpartition("/")
    also = [kind for kind, content in (("styles", styles), ("numbering", numbering)) if content]
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": _types({f"/{main}": "document.main"} | {f"/{folder}/{kind}.xml": kind for kind in also}),
        "_rels/.rels": relations(("rId1", "officeDocument", main)),
        main: xml("document", f"<w:body>{''.join(body)}<w:sectPr/></w:body>"),
    }
    if related or also:
        named = [(f"rId{90 + place}", kind, f"{kind}.xml") for place, kind in enumerate(also)]
        made[f"{folder}/_rels/{name}.rels"] = relations(*related, *named)
    if styles:
        made[f"{folder}/styles.xml"] = xml("styles", styles)
    if numbering:
        made[f"{folder}/numbering.xml"] = xml("numbering", numbering)
    return zipped({**made, **(parts or {})})


def p(*content: str, style: str = "", numbered: tuple[int, int] | None = None, more: str = "") -> str:
    """A paragraph of runs, or of plain text; `numbered` is list and level; `more` goes into its properties."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbered:
        properties += f'<w:numPr><w:ilvl w:val="{numbered[1]}"/><w:numId w:val="{numbered[0]}"/></w:numPr>'
    runs = "".join(part if part.startswith("<") else r(part) for part in content)
    return f"<w:p><w:pPr>{properties}{more}</w:pPr>{runs}</w:p>"


def r(text: str, more: str = "") -> str:
    """A run; `more` is the XML of its properties."""
    return f'<w:r><w:rPr>{more}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def red(text: str) -> str:
    return r(text, '<w:color w:val="FF0000"/>')


def bold(text: str) -> str:
    return r(text, "<w:b/>")


def under(text: str) -> str:
    return r(text, '<w:u w:val="single"/>')


def run(content: str) -> str:
    """A run of something else than text."""
    return f"<w:r>{content}</w:r>"


def table(*rows: Sequence[str]) -> str:
    """A table; a cell is plain text or the XML of what it holds, perhaps with its properties in front."""
    return f"<w:tbl>{''.join(f'<w:tr>{cells(row)}</w:tr>' for row in rows)}</w:tbl>"


def cells(row: Sequence[str]) -> str:
    return "".join(map(cell, row))


def cell(content: str) -> str:
    if content.startswith("<w:tc>"):
        return content
    return f"<w:tc>{content if content.startswith('<w:') else p(content)}</w:tc>"


def abstract(name: int, *levels: str, more: str = "") -> str:
    """The definition of a list: its levels in order."""
    numbered = "".join(f'<w:lvl w:ilvl="{index}">{level}</w:lvl>' for index, level in enumerate(levels))
    return f'<w:abstractNum w:abstractNumId="{name}">{more}{numbered}</w:abstractNum>'


def level(form: str, text: str, more: str = "", start: int = 1) -> str:
    return f'<w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'


def listed(name: int, definition: int, more: str = "") -> str:
    """A list made from a definition."""
    return f'<w:num w:numId="{name}"><w:abstractNumId w:val="{definition}"/>{more}</w:num>'


def picture(relation: str = "rId9", alt: str = "") -> str:
    return run(
        f'<w:drawing><wp:inline><wp:docPr id="1" name="图片 1" descr="{alt}"/><a:graphic><a:graphicData>'
        f'<a:blip r:embed="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )


def png(colour: str = "green", width: int = 8) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, 8), colour).save(out, "PNG")
    return out.getvalue()


WMF = b"\xd7\xcd\xc6\x9a" + bytes(60)


def lines(data: bytes) -> list[Line]:
    """The lines of a document, those of its tables too."""
    blocks = document_of(data).blocks
    return [line for block in blocks for line in (block.lines if isinstance(block, Grid) else (block,))]


def shown(data: bytes) -> list[str]:
    return [line.text for line in lines(data)]


def marked(data: bytes) -> list[str]:
    """The texts that are set apart."""
    return [line.text[start:end] for line in lines(data) for start, end in line.marked]


def doubts(data: bytes) -> list[str]:
    return [f"{where}{message}" for where, message in document_of(data).doubts]


QUESTION = (p("1. 下列哪种灯更省电？"), p("A. 白炽灯"), p("B. 节能灯"), p("答案：B"))
"""A question that any document may hold besides what its test is about."""
