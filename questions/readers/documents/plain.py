"""Plain text → questions: a table with separators, Markdown, or questions as people write them."""

from __future__ import annotations

from collections.abc import Mapping

from questions.model import UnreadableFile
from questions.readers.documents.document import ONLY_A_KEY, Document, read_document
from questions.readers.documents.markdown import is_markdown, markdown_blocks
from questions.readers.meaning.settle import settle
from questions.readers.reading import Reading
from questions.readers.spreadsheets.delimited import is_quoted, read_delimited
from questions.readers.tables.layout import header_score
from questions.readers.tables.table import Table, tidy_lines
from questions.readers.tables.tabular import read_tables
from questions.readers.written import Written, read_written
from questions.readers.written.lines import Line

MOST_LINES = 200_000
NOTHING = (
    "没有在文字里找到题目；请写成“1. 题干”，下面一行一个“A. 选项”，再写一行“答案：B”，一题接一题；"
    "或者用有“题目、选项A、选项B、答案”这样表头的表格。"
)
_HEADER_WITHIN = 30
_SAMPLE = 200
_FIRST_LINES = 3
"""A header within so many lines is one, whatever stands below it."""


def read_plain(text: str, encoding: str, columns: Mapping[str, str]) -> Reading:
    """Raises UnreadableFile where the text holds no questions, and BadColumns like `questions.readers.read_bank`."""
    text = tidy_lines(text)
    if text.count("\n") > MOST_LINES:
        raise UnreadableFile(f"文字超过 {MOST_LINES} 行；请拆成几个文件，分别导入。")
    if is_markdown(text) and not columns:
        return _markdown(text, encoding)
    found = read_delimited(text)
    if found is not None and (columns or _is_table(found[1]) or is_quoted(text)):
        delimiter, table, problems = found
        return read_tables("tsv" if delimiter == "\t" else "csv", encoding, [table], problems, columns)
    lines = text_lines(text)
    written = read_written(lines)
    if found is not None and not _surely_written(written):
        delimiter, table, problems = found
        return read_tables("tsv" if delimiter == "\t" else "csv", encoding, [table], problems, columns)
    if not written.understood:
        raise UnreadableFile(ONLY_A_KEY if written.only_key else NOTHING)
    settled = settle(written.drafts, "\n".join(written.legend))
    return Reading("txt", encoding, settled, written.problems)


def text_lines(text: str) -> list[Line]:
    """The lines of a tidy text that hold something, with their places."""
    lines: list[Line] = []
    apart = False
    for number, row in enumerate(text.split("\n"), 1):
        stripped = row.strip()
        if stripped:
            lines.append(Line(f"第{number}行", stripped, apart=apart))
        apart = not stripped
    return lines


def _markdown(text: str, encoding: str) -> Reading:
    blocks = markdown_blocks(text)
    places = [block.where if isinstance(block, Line) else block.table.place for block in blocks]
    reading = read_document("md", Document(blocks, places), {}, NOTHING)
    reading.encoding = encoding
    return reading


def _is_table(table: Table) -> bool:
    """Whether a header says what the columns hold, and what stands below it is cut as it is."""
    for index, row in enumerate(table.rows[:_HEADER_WITHIN]):
        score = header_score(row.cells)
        if not score:
            continue
        if index <= _FIRST_LINES and (score > 2 or len(table.rows) == index + 1):
            return True
        below = table.rows[index + 1 :][:_SAMPLE]
        cut = sum(len(other.filled) > 1 for other in table.rows[:_SAMPLE])
        alike = sum(abs(len(other.cells) - len(row.cells)) <= 1 for other in below)
        if 2 * alike >= len(below) > 0 and 2 * cut >= len(table.rows[:_SAMPLE]):
            return True
    return False


def _surely_written(written: Written) -> bool:
    """Whether a text that may also be cut into a table is read better as questions that people wrote."""
    whole = sum(bool(draft.options or draft.answer) for draft in written.drafts)
    return written.understood and 2 * whole >= len(written.drafts) > 0
