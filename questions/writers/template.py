"""Questions → the rows of our own template, for every format that has rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from questions.model import ALTERNATIVES, TRUE_FALSE_TEXTS, Kind, Question
from questions.readers.tables.rows import read_table
from questions.readers.tables.table import Row, Table
from questions.readers.tables.tabular import settle_table
from questions.readers.tables.template import BLANKS, VERBATIM, as_list, header

FEWEST_OPTION_COLUMNS = 4
_BETWEEN_TAGS = "、"


def template_rows(questions: Sequence[Question]) -> list[list[str]]:
    """The header, then a row a question; at least four option columns, as many as one needs.

    The column of tags is there when any question has some. A row that people's indulgent reading would not give
    back as it was says that it is to be taken as it stands (`questions.readers.tables.template.VERBATIM`).
    """
    width = max([FEWEST_OPTION_COLUMNS, *(len(question.options) for question in questions)])
    tags = any(question.tags for question in questions)
    head = header(width, tags=tags)
    rows = [_cells(question, width, tags, verbatim=False) for question in questions]
    left = list(range(len(questions)))
    while misread := _misread(head, rows, questions, left):
        for place in misread:
            rows[place] = _cells(questions[place], width, tags, verbatim=True)
        left = [place for place in left if place not in misread]
    return [head, *rows]


def _misread(
    head: Sequence[str], rows: Sequence[list[str]], questions: Sequence[Question], left: list[int]
) -> set[int]:
    """Which of the rows that are `left` do not say the same when they are read."""
    table = Table("", (Row(0, tuple(head)), *(Row(place + 1, tuple(rows[place])) for place in left)))
    read = {question.where: question for question, _ in settle_table(read_table(table))}
    same = {
        place
        for place in left
        if read.get(f"第{place + 1}行") == replace(questions[place], pictures=(), where=f"第{place + 1}行")
    }
    return set(left) - same


def _cells(question: Question, width: int, tags: bool, *, verbatim: bool) -> list[str]:
    options = [option.text for option in question.options]
    between = as_list if verbatim else _BETWEEN_TAGS.join
    return [
        question.number,
        question.kind.label + VERBATIM * verbatim,
        question.stem,
        *options,
        *[""] * (width - len(options)),
        (as_list if verbatim and question.kind is Kind.BLANK else _ANSWERS[question.kind])(question.answer),
        question.explanation,
        question.category,
        question.difficulty,
        question.source,
        *([between(question.tags)] if tags else []),
    ]


def _true_false(answer: Sequence[str]) -> str:
    return TRUE_FALSE_TEXTS[answer[0]] if answer else ""


_ANSWERS: dict[Kind, Callable[[Sequence[str]], str]] = {
    Kind.SINGLE: "".join,
    Kind.MULTIPLE: "".join,
    Kind.TRUE_FALSE: _true_false,
    Kind.BLANK: BLANKS.join,
    Kind.ESSAY: ALTERNATIVES.join,
}
