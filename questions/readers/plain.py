"""Plain text → questions: a table with separators, or questions as people write them."""

from __future__ import annotations

from collections.abc import Mapping

from questions.model import UnreadableFile
from questions.readers.delimited import read_delimited
from questions.readers.reading import Reading
from questions.readers.tabular import read_tables


def read_plain(text: str, encoding: str, columns: Mapping[str, str]) -> Reading:
    """Raises UnreadableFile where the text holds no questions."""
    found = read_delimited(text)
    if found is None:
        raise UnreadableFile("这是一份文字文件，不是表格；请把题目放进 xlsx 或 CSV 表格（一行一题）后再导入。")
    delimiter, table, problems = found
    return read_tables("tsv" if delimiter == "\t" else "csv", encoding, [table], problems, columns)
