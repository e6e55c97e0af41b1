"""Tables → questions: what the spreadsheet, CSV and document readers have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from questions.model import Problem, Severity, UnreadableFile
from questions.readers.reading import Reading
from questions.readers.rows import read_table
from questions.readers.settle import settle
from questions.readers.tables import Table

_NO_QUESTIONS = "文件里没有找到题目；请检查表头里有“题目”“选项A”“答案”这样的列名，下面一行一题。"


def read_tables(
    form: str, encoding: str, tables: Sequence[Table], problems: Sequence[Problem], columns: Mapping[str, str]
) -> Reading:
    """Each table is settled by itself, since each may have its own conventions.

    `columns`: see `questions.readers.read_bank`. Raises UnreadableFile where no table looks like questions.
    """
    read = [(table, read_table(table)) for table in tables]
    if not any(found.understood for _, found in read):
        raise UnreadableFile(_NO_QUESTIONS)
    around = "\n".join(text for _, found in read if not found.understood for text in found.legend)
    reading = Reading(form, encoding, problems=list(problems))
    for table, found in read:
        reading.problems += found.problems
        if not found.understood:
            reading.problems.append(_unread(table))
        reading.settled += settle(found.drafts, "\n".join([*found.legend, around]))
    return reading


def _unread(table: Table) -> Problem:
    where = f"工作表“{table.name}”" if table.name else "整个文件"
    return Problem(where, Severity.WARNING, "这个工作表看不出是题目，没有读入；如果里面有题目，请加上表头后再导入。")
