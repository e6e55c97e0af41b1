"""Questions → CSV in our own template, which people edit in a spreadsheet program and import again.

UTF-8 with a byte order mark, without which Chinese editions of Excel read such a file as GBK.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence

from questions.model import ALTERNATIVES, LETTERS, TRUE_FALSE_TEXTS, Kind, Question

FEWEST_OPTION_COLUMNS = 4
BLANKS = "；"
"""What stands between the blanks of one question; the alternatives of one blank are joined by ` | `."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def write_csv(questions: Sequence[Question]) -> bytes:
    """The questions as a file that `questions.readers.read_bank` reads as the same questions.

    Columns: 编号, 题型, 题目, 选项A…, 答案, 解析, 分类, 难度, 来源; at least four options, as many as one needs.

    A cell that a spreadsheet program would run as a formula gets an apostrophe before it; one that begins with
    apostrophes and then such a sign gets one more, so that the reader can always take exactly one away.
    """
    width = max([FEWEST_OPTION_COLUMNS, *(len(question.options) for question in questions)])
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(
        [
            "编号",
            "题型",
            "题目",
            *(f"选项{letter}" for letter in LETTERS[:width]),
            "答案",
            "解析",
            "分类",
            "难度",
            "来源",
        ]
    )
    rows.writerows([_as_text(cell) for cell in _cells(question, width)] for question in questions)
    return text.getvalue().encode("utf-8-sig")


def _cells(question: Question, width: int) -> list[str]:
    options = [option.text for option in question.options]
    return [
        question.number,
        question.kind.label,
        question.stem,
        *options,
        *[""] * (width - len(options)),
        _ANSWERS[question.kind](question.answer),
        question.explanation,
        question.category,
        question.difficulty,
        question.source,
    ]


def _as_text(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _true_false(answer: tuple[str, ...]) -> str:
    return TRUE_FALSE_TEXTS[answer[0]] if answer else ""


_ANSWERS: dict[Kind, Callable[[tuple[str, ...]], str]] = {
    Kind.SINGLE: "".join,
    Kind.MULTIPLE: "".join,
    Kind.TRUE_FALSE: _true_false,
    Kind.BLANK: BLANKS.join,
    Kind.ESSAY: ALTERNATIVES.join,
}
