"""Web pages in one file (MHTML): the page, and the pictures that come with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes

from questions.model import UnreadableFile
from questions.readers.documents.document import Document, read_document
from questions.readers.documents.html import NOTHING, page_of
from questions.readers.reading import Reading
from questions.readers.text import decode

_DAMAGED = "网页文件（mht）已损坏，打不开；请用 Word 或 WPS 打开它，另存为 docx 后再导入。"


@dataclass(slots=True)
class _Parts:
    page: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict)
    """Address, as the page writes it → bytes."""


def read_mht(data: bytes, columns: Mapping[str, str]) -> Reading:
    """The questions of a web page with its pictures. Raises UnreadableFile where it holds none."""
    return read_document("mht", document_of_mht(data), columns, NOTHING)


def document_of_mht(data: bytes) -> Document:
    """The page as lines and tables. Raises UnreadableFile where the message is damaged or holds no page."""
    try:
        parts = _parts(data)
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise UnreadableFile(_DAMAGED) from error
    if not parts.page.strip():
        raise UnreadableFile(_DAMAGED)
    return page_of(parts.page, parts.pictures)


def _parts(data: bytes) -> _Parts:
    message = message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n\t "))
    found = _Parts()
    for part in message.walk():
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        kind = part.get_content_type()
        if kind == "text/html" and not found.page:
            found.page = _text(content, part.get_content_charset())
        elif kind.startswith("image/"):
            address, name = str(part.get("Content-Location", "")), str(part.get("Content-ID", ""))
            for key in (address, address.rpartition("/")[2], f"cid:{name.strip('<> ')}"):
                if key:
                    found.pictures.setdefault(key, content)
    return found


def _text(content: bytes, charset: str | None) -> str:
    """Word declares Chinese pages as gb2312 and means more."""
    if charset and not charset.startswith("gb"):
        return content.decode(charset, "replace")
    return decode(content)[0]
