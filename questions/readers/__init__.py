"""Bank files → banks. What a file is, is decided by its content, never by its name.

One module a format: each turns bytes into `Draft`s, which `settle` turns into questions and problems, so that a
further format needs no more than its own module and a line in `sniff` and here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from questions.model import Bank, Problem, Question, Severity, UnreadableFile
from questions.readers.check import as_check
from questions.readers.delimited import read_delimited
from questions.readers.rows import read_table
from questions.readers.settle import settle
from questions.readers.sniff import refuse_other_text, sniff
from questions.readers.tables import Table
from questions.readers.text import decode
from questions.readers.workbook import read_xls, read_xlsx
from questions.review import NO_ANSWER, duplicates

__all__ = ["as_check", "read_bank"]

_NO_QUESTIONS = "文件里没有找到题目；请检查表头里有“题目”“选项A”“答案”这样的列名，下面一行一题。"


def read_bank(data: bytes, name: str = "") -> Bank:
    """Everything that a bank file holds, and everything that is wrong or doubtful about it.

    `name` is what the person calls the file; it decides nothing. Reads xlsx, xls, csv and tsv. Never raises anything
    but UnreadableFile, whose text is one Chinese sentence that says what to do.
    """
    form = sniff(data)
    if form == "xlsx":
        return _bank(form, "", *read_xlsx(data))
    if form == "xls":
        return _bank(form, "", *read_xls(data))
    text, encoding = decode(data)
    refuse_other_text(text)
    found = read_delimited(text)
    if found is None:
        raise UnreadableFile("这是一份文字文件，不是表格；请把题目放进 xlsx 或 CSV 表格（一行一题）后再导入。")
    delimiter, table, problems = found
    return _bank("tsv" if delimiter == "\t" else "csv", encoding, [table], problems)


def _bank(form: str, encoding: str, tables: Sequence[Table], problems: Sequence[Problem]) -> Bank:
    """The bank of some tables: each is settled by itself, since each may have its own conventions."""
    read = [(table, read_table(table)) for table in tables]
    if not any(found.understood for _, found in read):
        raise UnreadableFile(_NO_QUESTIONS)
    around = "\n".join(text for _, found in read if not found.understood for text in found.legend)
    general, ours = list(problems), list[Problem]()
    questions: list[Question] = []
    for table, found in read:
        general += found.problems
        if not found.understood:
            general.append(_unread(table))
        for question, doubts in settle(found.drafts, "\n".join([*found.legend, around])):
            questions.append(question)
            ours += doubts
    if not questions:
        general.append(Problem("整个文件", Severity.ERROR, "表里只有表头，没有题目；请填写题目后再导入。"))
    elif sum(problem.message == NO_ANSWER for problem in ours) == len(questions):
        general.append(Problem("整个文件", Severity.ERROR, "整个文件没有一个答案；请补上“答案”一列后再导入。"))
    numbered, renumbered = _numbered(questions)
    return Bank(form, encoding, numbered, (*general, *renumbered, *ours, *duplicates(numbered)))


def _unread(table: Table) -> Problem:
    where = f"工作表“{table.name}”" if table.name else "整个文件"
    return Problem(where, Severity.WARNING, "这个工作表看不出是题目，没有读入；如果里面有题目，请加上表头后再导入。")


def _numbered(questions: Sequence[Question]) -> tuple[tuple[Question, ...], list[Problem]]:
    """The file's own numbers where they tell the questions apart; otherwise every question's place in the file."""
    counts = Counter(question.number for question in questions)
    if counts[""] == 0 and len(counts) == len(questions):
        return tuple(questions), []
    twice = [number for number, count in counts.items() if count > 1 and number and not number.isdigit()]
    problems = [
        Problem("整个文件", Severity.WARNING, f"编号“{number}”用了不止一次，题目改按在文件中的次序编号；请核对。")
        for number in twice[:1]
    ]
    return tuple(replace(question, number=str(place)) for place, question in enumerate(questions, 1)), problems
