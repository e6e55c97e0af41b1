"""What the bytes of a file are, whatever the file is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zipfile import ZipFile

from questions.model import UnreadableFile
from questions.readers.archives import open_archive, read_member
from questions.readers.ole import ole_streams

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
    """The format: ``xlsx``, ``xls``, ``ods``, ``docx``, ``doc``, ``rtf``, ``odt``, ``mht``, ``cartridge`` or ``text``.

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
        return "rtf"
    if _is_word_xml(data[:2_000]):
        return "doc"
    return "mht" if is_mht(data) else "text"


def _is_word_xml(start: bytes) -> bool:
    """Whether it is Word's XML in a single file, of 2003 or later, which goes the way of the older formats."""
    return start.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"<?xml") and b'progid="Word.Document"' in start


def is_mht(data: bytes) -> bool:
    """Whether bytes begin like a message that holds a web page."""
    start = data[:2_000].lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    return b"mime-version:" in start[:400] and (b"multipart/related" in start or b"text/html" in start)


def _inside_zip(data: bytes) -> str:
    archive = open_archive(data)
    names = archive.namelist()
    if "xl/workbook.xml" in names:
        return "xlsx"
    if any(name.replace("\\", "/").casefold().startswith("word/") for name in names) or _says_word(archive):
        return "docx"
    if "content.xml" in names:
        return _open_document(archive)
    for start, message in _ZIP_MEMBERS:
        if any(name.startswith(start) for name in names):
            raise UnreadableFile(message)
    if any(name.rpartition("/")[2] == "imsmanifest.xml" for name in names) or _holds_items(names):
        return "cartridge"
    raise UnreadableFile("这是压缩包；请先解压，再导入里面的题库文件。")


_BESIDE_ITEMS = ("/", ".xml", ".qti", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".css", ".xsd", ".ds_store")


def _holds_items(names: Sequence[str]) -> bool:
    """Whether an archive holds nothing but XML and what its pages show."""
    ours = [name.lower() for name in names if not name.startswith("__MACOSX/")]
    return any(name.endswith((".xml", ".qti")) for name in ours) and all(name.endswith(_BESIDE_ITEMS) for name in ours)


def _says_word(archive: ZipFile) -> bool:
    """Whether the list of a package's parts names a Word document, wherever that may lie."""
    types = "[Content_Types].xml"
    return types in archive.namelist() and b"wordprocessingml.document.main" in read_member(archive, types)


def _open_document(archive: ZipFile) -> str:
    """Which program's OpenDocument file: its first member says so."""
    said = read_member(archive, "mimetype") if "mimetype" in archive.namelist() else b""
    if b"opendocument.text" in said:
        return "odt"
    if b"opendocument.presentation" in said:
        raise UnreadableFile(f"这是演示文稿，读不了里面的题目；{_SAVE_AS}")
    return "ods"


def _inside_ole(data: bytes) -> str:
    held = ole_streams(data)
    for stream, message in _OLE_STREAMS:
        if stream in held:
            raise UnreadableFile(message)
    return "doc" if "WordDocument" in held else "xls"


_ROOT = re.compile(
    r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>|\s)*<(?:[\w.-]+:)?([\w.-]+)", re.IGNORECASE | re.DOTALL
)
_XML = {"quiz": "moodle", "questestinterop": "qti1", "assessmentitem": "qti2", "assessmenttest": "qti2"}
_JSON = re.compile(
    r"(?:\s|//[^\n]*\n|/\*.*?\*/)*(?:"
    r"\[\s*(?:[\[{\"'\]]|u['\"])|\{\s*(?:[\"'}]|u['\"]|\d+\s*:\s*[\"'\[{(]|[A-Za-z_$]\w*\s*:\s*[\"'\[{\d])|\(\s*[\[{]"
    r"|\"[\[{]\s*[\[{\\]|export\s+default\s*[\[{]|[A-Za-z_]\w*(?:\(|\s*=)\s*[\[{]\s*[\[{\"']"
    r"|(?:module\.exports|exports(?:\.\w+)?|(?:export\s+)?(?:var|let|const)\s+\w+(?:\s*:[^=\n]{1,60})?)\s*=\s*[\[{])",
    re.DOTALL,
)
"""JSON, or what a program's source has for it: single quotes, bare keys, comments, a name that it is assigned to."""
OUR_GIFT = "// 绿答 lvda-questions gift 1"
"""The first line of a GIFT file that `questions.writers.gift` wrote: its texts stay as they are."""
_COMMENT = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
_BRACE = re.compile(
    r"(?<!\\)\{(\s*(?:[=~]\s*[^}\s]|#\s*[-+=%.\d]|(?i:T|F|TRUE|FALSE)\s*(?:#|\}\s*$)))?(\s*(?:\}|####))?", re.MULTILINE
)
_NAMED_ESSAY = re.compile(r"^::[^\n]{1,200}::[^\n{}]{0,2000}\{\s*(?:\}|####)", re.MULTILINE)
_WRITTEN_ANSWER = re.compile(r"^[^\S\n]*[【\[(（]?(?:正确|参考|标准)?(?:答案|解析)\s*[】\])）]?\s*[:：]", re.MULTILINE)
_OPTION_LINES = re.compile(r"^[^\S\n]*A\s*[.、．)].*\n[^\S\n]*B\s*[.、．)]", re.MULTILINE)
_HEADER = re.compile(r"\s*[^\n]*(?:题目|题干|question)[^\n]*[,\t;|，][^\n]*(?:答案|answer)", re.IGNORECASE)
_AIKEN_ANSWER = re.compile(r"ANSWER: ?[A-Z](?:, ?[A-Z])*")
_AIKEN_OPTION = re.compile(r"([A-Z])[.)]\s*\S")


def sniff_text(text: str) -> str:
    """What a text is: ``html``, ``json``, ``moodle``, ``qti1``, ``qti2``, ``gift``, ``aiken`` or ``plain``.

    Plain is a table with separators, or whatever people write. Raises UnreadableFile for XML of another kind.
    """
    start = text.lstrip()[:4_000]
    if start.startswith("<"):
        root = _ROOT.match(start)
        name = root[1].lower().removeprefix("qti-").replace("-", "") if root else "html"
        if name in _XML:
            return _XML[name]
        if start.startswith("<?xml") and name != "html":
            raise UnreadableFile(f"这是 XML 文件，读不了里面的题目；{_SAVE_AS}")
        return "html"
    if text.startswith(OUR_GIFT):
        return "gift"
    if _JSON.match(start):
        return "json"
    if _is_gift(text):
        return "gift"
    return "aiken" if _is_aiken(text) else "plain"


def _is_gift(text: str) -> bool:
    """Nearly every brace opens answers as GIFT has them, as do most paragraphs, and nothing says 答案：.

    So has a text with a name between double colons in front of empty braces.
    """
    if "{" not in text or any(sign.search(text) for sign in (_WRITTEN_ANSWER, _OPTION_LINES)):
        return False
    if _HEADER.match(text[:500]):
        return False
    body = _COMMENT.sub("", text)
    braces = _BRACE.findall(body)
    strong = sum(bool(answers) for answers, _ in braces) + len(_NAMED_ESSAY.findall(body))
    answered = sum(bool(answers or empty) for answers, empty in braces)
    lines = [line.strip() for line in body.split("\n")]
    blocks = sum(bool(line) and not below for line, below in zip(lines, [*lines[1:], ""], strict=True))
    return strong > 0 and answered >= 0.5 * len(braces) and answered >= 0.3 * blocks


def _is_aiken(text: str) -> bool:
    """Every ANSWER: stands right below options that run from A; nothing says 答案："""
    if "ANSWER:" not in text or _WRITTEN_ANSWER.search(text):
        return False
    letters, found = "", 0
    for line in filter(None, map(str.strip, text.split("\n"))):
        if (option := _AIKEN_OPTION.match(line)) and option[1] == chr(ord("A") + len(letters)):
            letters += option[1]
        elif _AIKEN_ANSWER.fullmatch(line):
            if len(letters) < 2:
                return False
            letters, found = "", found + 1
        else:
            letters = ""
    return found > 0
