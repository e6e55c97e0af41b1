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
    (b"{\\rtf", f"这是 RTF 文档，读不了里面的题目；{_SAVE_AS}"),
    (b"\x89PNG", f"这是一张图片，读不了里面的题目；{_SAVE_AS}"),
    (b"\xff\xd8\xff", f"这是一张图片，读不了里面的题目；{_SAVE_AS}"),
    (b"GIF8", f"这是一张图片，读不了里面的题目；{_SAVE_AS}"),
    (b"Rar!", "这是压缩包；请先解压，再导入里面的题库文件。"),
    (b"7z\xbc\xaf", "这是压缩包；请先解压，再导入里面的题库文件。"),
    (b"\x1f\x8b", "这是压缩包；请先解压，再导入里面的题库文件。"),
)
_OLE_STREAMS = (
    ("WordDocument", f"这是旧版 Word 文件（doc），读不了里面的题目；{_SAVE_AS}"),
    ("PowerPoint Document", f"这是 PPT 文件，读不了里面的题目；{_SAVE_AS}"),
    ("EncryptedPackage", "文件设了密码，读不了；请去掉密码，另存一份后再导入。"),
)
_ZIP_MEMBERS = (
    ("xl/workbook.bin", "这是 xlsb 表格；请在 Excel 里另存为 xlsx 后再导入。"),
    ("word/", f"这是 Word 文件，读不了里面的题目；{_SAVE_AS}"),
    ("ppt/", f"这是 PPT 文件，读不了里面的题目；{_SAVE_AS}"),
    ("imsmanifest.xml", f"这是课程包，读不了里面的题目；{_SAVE_AS}"),
    ("content.xml", "这是 ODF 文档；请在 WPS 或 LibreOffice 里另存为 xlsx 后再导入。"),
)


def sniff(data: bytes) -> str:
    """The format: ``xlsx``, ``xls`` or ``text``.

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
    return "text"


def _inside_zip(data: bytes) -> str:
    names = open_archive(data).namelist()
    if "xl/workbook.xml" in names:
        return "xlsx"
    for start, message in _ZIP_MEMBERS:
        if any(name.startswith(start) for name in names):
            raise UnreadableFile(message)
    raise UnreadableFile("这是压缩包；请先解压，再导入里面的题库文件。")


def _inside_ole(data: bytes) -> str:
    for stream, message in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            raise UnreadableFile(message)
    return "xls"


_MARKUP = re.compile(r"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(!doctype html|\w+)", re.IGNORECASE | re.DOTALL)
_JSON = re.compile(r"\s*[\[{]\s*[\[{\"']")


def refuse_other_text(text: str) -> None:
    """Raises UnreadableFile for text that is of a known format but no table: HTML, XML, JSON."""
    if markup := _MARKUP.match(text[:4_000]):
        if "html" in markup[1].lower() or markup[1].lower() in {"table", "head", "body", "div", "style", "meta"}:
            raise UnreadableFile("这是网页（HTML）文件；请用 Excel 或 WPS 打开它，另存为 xlsx 后再导入。")
        raise UnreadableFile(f"这是 XML 文件，读不了里面的题目；{_SAVE_AS}")
    if _JSON.match(text[:1_000]):
        raise UnreadableFile(f"这是 JSON 文件，读不了里面的题目；{_SAVE_AS}")
