"""Bank files → banks. What a file is, is decided by its content, never by its name.

One module a format, imported when such a file comes: its `read_…` turns bytes into a `Reading`. Those that hold what
people wrote make `Draft`s, which `meaning.settle` turns into questions and problems; those of programs (GIFT, Moodle,
QTI, JSON) make questions themselves. A further format needs no more than its own module, a branch in `sniff` and a
line in `_MODULES`.

Rooms, from the file to the question: `spreadsheets` (xlsx, xls, ods, csv), `documents` (Word, web pages, Markdown,
text), `programs` (GIFT, Aiken, Moodle, QTI) and `data` (JSON) know files; `tables` knows where a table keeps what, and
`written` what running text says; `meaning` knows what a kind, an option or an answer in a draft means. `apart` reads
in a process of its own. What they share lies here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from questions.model import Bank
from questions.readers.check import as_check
from questions.readers.reading import Reading, assemble
from questions.readers.sniff import sniff, sniff_text
from questions.readers.tables.columns import choices_in
from questions.readers.text import decode

__all__ = ["as_check", "read_bank"]

Columns = Mapping[str, str]
_MODULES = {
    "xlsx": "spreadsheets.workbook",
    "xls": "spreadsheets.workbook",
    "ods": "spreadsheets.ods",
    "docx": "documents.docx",
    "doc": "documents.doc",
    "rtf": "documents.doc",
    "odt": "documents.doc",
    "mht": "documents.mht",
    "html": "documents.html",
    "plain": "documents.plain",
    "json": "data.json",
    "gift": "programs.gift",
    "aiken": "programs.aiken",
    "moodle": "programs.moodle",
    "qti1": "programs.qti1",
    "qti2": "programs.qti2",
    "cartridge": "programs.cartridge",
}
"""What `sniff` and `sniff_text` say → the module with its `read_…`."""


def read_bank(data: bytes, name: str = "", *, columns: Columns | None = None) -> Bank:
    """Everything that a bank file holds, and everything that is wrong or doubtful about it.

    `name` is what the person calls the file; it decides nothing. `columns` says where a table keeps what, over what
    its headers say: part of a question (答案, 题目, 选项A…) → a column's letter or header. Reads whatever `sniff` and
    `sniff_text` know.

    Raises UnreadableFile, and BadColumns for columns that the file's tables do not have; the text of both is one
    Chinese sentence that says what to do. Never raises anything else. What strangers hand in is read by
    `questions.readers.apart.limited`, apart from this process.
    """
    asked: Columns = columns or {}
    choices_in(asked)
    form = sniff(data)
    if form != "text":
        return assemble(_reader(form)(data, asked))
    text, encoding = decode(data)
    return assemble(_reader(sniff_text(text))(text, encoding, asked))


def _reader(form: str) -> Callable[..., Reading]:
    """Handed the bytes, or the text and its encoding; then the columns that the person has named."""
    module = import_module(f"{__name__}.{_MODULES[form]}")
    read: Callable[..., Reading] = getattr(module, f"read_{form}")
    return read
