"""Bank files → banks. What a file is, is decided by its content, never by its name.

One module a format: each turns bytes into a `Reading`. Those that hold what people wrote make `Draft`s, which
`settle` turns into questions and problems; those of programs (GIFT, Moodle, QTI, JSON) make questions themselves.
A further format needs no more than its own module, a branch in `sniff`, and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from questions.model import Bank
from questions.readers.aiken import read_aiken
from questions.readers.cartridge import read_cartridge
from questions.readers.check import as_check
from questions.readers.doc import read_doc
from questions.readers.docx import read_docx
from questions.readers.gift import read_gift
from questions.readers.html import read_html
from questions.readers.json import read_json
from questions.readers.moodle import read_moodle
from questions.readers.plain import read_plain
from questions.readers.qti1 import read_qti1
from questions.readers.qti2 import read_qti2
from questions.readers.reading import Reading, assemble
from questions.readers.sniff import sniff, sniff_text
from questions.readers.text import decode
from questions.readers.workbook import read_ods, read_xls, read_xlsx

__all__ = ["as_check", "read_bank"]

Columns = Mapping[str, str]
_BINARY: dict[str, Callable[[bytes, Columns], Reading]] = {
    "xlsx": read_xlsx,
    "xls": read_xls,
    "ods": read_ods,
    "docx": read_docx,
    "doc": read_doc,
    "cartridge": read_cartridge,
}
_TEXT: dict[str, Callable[[str, str, Columns], Reading]] = {
    "html": read_html,
    "json": read_json,
    "gift": read_gift,
    "aiken": read_aiken,
    "moodle": read_moodle,
    "qti1": read_qti1,
    "qti2": read_qti2,
    "plain": read_plain,
}
"""Each is handed the text, its encoding, and the columns that the person named."""


def read_bank(data: bytes, name: str = "", *, columns: Columns | None = None) -> Bank:
    """Everything that a bank file holds, and everything that is wrong or doubtful about it.

    `name` is what the person calls the file; it decides nothing. `columns` says where a table keeps what, over what
    its headers say: part of a question (答案, 题目, 选项A…) → a column's letter or header. Reads whatever `sniff` and
    `sniff_text` know. Never raises anything but UnreadableFile, whose text is one Chinese sentence that says what to
    do. What strangers hand in is read by `questions.readers.limited`, apart from this process.
    """
    asked: Columns = columns or {}
    form = sniff(data)
    if form != "text":
        return assemble(_BINARY[form](data, asked))
    text, encoding = decode(data)
    return assemble(_TEXT[sniff_text(text)](text, encoding, asked))
