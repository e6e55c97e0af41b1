"""Questions → CSV in our own template, which people edit in a spreadsheet program and import again.

UTF-8 with a byte order mark, without which Chinese editions of Excel read such a file as GBK.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from questions.model import Question
from questions.writers.template import template_rows

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def write_csv(questions: Sequence[Question]) -> bytes:
    """The questions as a file that `questions.readers.read_bank` reads as the same questions, without pictures.

    Columns: 编号, 题型, 题目, 选项A…, 答案, 解析, 分类, 难度, 来源 and, where any question has some, 标签.

    A cell that a spreadsheet program would run as a formula gets an apostrophe before it; one that begins with
    apostrophes and then such a sign gets one more, so that the reader can always take exactly one away.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerows([_as_text(cell) for cell in row] for row in template_rows(questions))
    return text.getvalue().encode("utf-8-sig")


def _as_text(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell
