"""What the bytes of a file are, whatever the file is called."""

from __future__ import annotations

import re

from questions.model import UnreadableFile
from questions.readers.archives import open_archive

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMPTY = "这是一个空文件；请确认选对了文件，保存后再导入。"
_SAVE_AS = "请把题目放进 xlsx 或 CSV 表格（一行一题）后再导入。"

_MAGIC = (
    (b"%PDF", f"这是 PDF 文件，读不了里面的题目；{_SAVE_AS}"),
    (b"\x89PNG", f"这是一张图片，读不了里面的题目；{_SAVE_AS}"),
    (b"\xff\xd8\xff", f"这是一张图片，读不了里面的题目；{_SAVE_AS}"),
    (b"GIF8", f"这是一张图片，读不了里面的题目；{_SAVE_AS}"),
    (b"Rar!", "这是压缩包；请先解压，再导入里面的题库文件。"),
    (b"7z\xbc\xaf", "这是压缩包；请先解压，再导入里面的题库文件。"),
    (b"\x1f\x8b", "这是压缩包；请先解压，再导入里面的题库文件。"),
)
_OLE_STREAMS = (
    ("PowerPoint Document", f"这是 PPT 文件，读不了里面的题目；{_SAVE_AS}"),
    ("EncryptedPackage", "文件设了密码，读不了；请去掉密码，另存一份后再导入。"),
)
_ZIP_MEMBERS = (
    ("xl/workbook.bin", "这是 xlsb 表格；请在 Excel 里另存为 xlsx 后再导入。"),
    ("ppt/", f"这是 PPT 文件，读不了里面的题目；{_SAVE_AS}"),
)


def sniff(data: bytes) -> str:
    """The format: ``xlsx``, ``xls``, ``ods``, ``docx``, ``doc`` (and rtf), ``cartridge`` or ``text``.

    Raises UnreadableFile, which names what the file is and says what to do, for everything else.
    """
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(_EMPTY)
    for magic, message in _MAGIC:
        if data.startswith(magic):
            raise UnreadableFile(message)
    if data.startswith(b"PK\x03\x04"):
        return _inside_zip(data)
    if data.startswith(_OLE):
        return _inside_ole(data)
    if data.startswith(b"{\\rtf"):
        return "doc"
    return "text"


def _inside_zip(data: bytes) -> str:
    names = open_archive(data).namelist()
    if "xl/workbook.xml" in names:
        return "xlsx"
    if any(name.startswith("word/") for name in names):
        return "docx"
    if "content.xml" in names:
        return "ods"
    for start, message in _ZIP_MEMBERS:
        if any(name.startswith(start) for name in names):
            raise UnreadableFile(message)
    if "imsmanifest.xml" in names or (names and all(name.endswith((".xml", "/")) for name in names)):
        return "cartridge"
    raise UnreadableFile("这是压缩包；请先解压，再导入里面的题库文件。")


def _inside_ole(data: bytes) -> str:
    for stream, message in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            raise UnreadableFile(message)
    return "doc" if "WordDocument".encode("utf-16-le") in data else "xls"


_ROOT = re.compile(
    r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>|\s)*<(?:[\w.-]+:)?([\w.-]+)", re.IGNORECASE | re.DOTALL
)
_XML = {"quiz": "moodle", "questestinterop": "qti1", "assessmentitem": "qti2", "assessmenttest": "qti2"}
_JSON = re.compile(r"\s*[\[{]\s*[\[{\"'\]}]")


def sniff_text(text: str) -> str:
    """What a text is: ``html``, ``json``, ``moodle``, ``qti1``, ``qti2``, ``gift``, ``aiken`` or ``plain``.

    Plain is a table with separators, or whatever people write. Raises UnreadableFile for XML of another kind.
    """
    start = text[:4_000]
    if start.lstrip().startswith("<"):
        root = _ROOT.match(start)
        name = root[1].lower().removeprefix("qti-").replace("-", "") if root else "html"
        if name in _XML:
            return _XML[name]
        if start.lstrip().startswith("<?xml") and name != "html":
            raise UnreadableFile(f"这是 XML 文件，读不了里面的题目；{_SAVE_AS}")
        return "html"
    if _JSON.match(start):
        return "json"
    return "plain"
