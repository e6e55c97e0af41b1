"""Which column holds what, as a person says it in a form: one choice a column."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from campaigns.errors import Refused
from questions.model import LETTERS, Column, Sheet

UNREAD = ""
_MOST_OPTIONS = 10
_MOST_BLANKS = 5
PARTS = (
    "题目",
    "答案",
    "题型",
    *(f"选项{letter}" for letter in LETTERS[:_MOST_OPTIONS]),
    "选项",
    *(f"空{place}" for place in range(1, _MOST_BLANKS + 1)),
    "解析",
    "分类",
    "难度",
    "来源",
    "标签",
    "编号",
)
LABELS = {UNREAD: "不读", "选项": "选项（都在一格里）"}


def chosen_sheet(sheets: Sequence[Sheet]) -> Sheet | None:
    """The table whose columns a person is shown: the first one that was understood, else the first one."""
    told = [sheet for sheet in sheets if sheet.columns]
    understood = [sheet for sheet in told if any(column.part for column in sheet.columns)]
    return next(iter([*understood, *told]), None)


def columns_named(sheet: Sheet, sent: Mapping[str, str], *, alone: bool) -> dict[str, str]:
    """What the form says, as `questions.readers.read_bank` takes it: part of a question → column.

    A column is named by its letter where the table is `alone` in its file, else by its header if it can be: other
    tables may hold the same elsewhere. Raises Refused for a part that several columns are chosen for.
    """
    named: dict[str, list[str]] = defaultdict(list)
    twice = {part for part, count in Counter(column.part for column in sheet.columns).items() if count > 1}
    unread = 0
    for column in sheet.columns:
        part = sent.get(f"column-{column.letter}", column.part)
        if part not in PARTS and part != UNREAD:
            continue
        if part == column.part and (part in twice or part == UNREAD):
            continue  # blocks side by side hold the same parts, and nobody has said otherwise
        if part == UNREAD:
            unread += 1
            part = f"不读{unread}"
        named[part].append(_name_of(column, sheet, alone=alone))
    for part, columns in named.items():
        if len(columns) > 1:
            raise Refused(f"“{LABELS.get(part, part)}”选了几列（{'、'.join(columns)}），没有重新读取。请只留一列。")
    return {part: columns[0] for part, columns in named.items()}


def _name_of(column: Column, sheet: Sheet, *, alone: bool) -> str:
    headers = Counter(other.header for other in sheet.columns)
    letter_like = len(column.header) <= 4 and column.header.isascii()
    if alone or not column.header or headers[column.header] > 1 or letter_like:
        return f"{column.letter}列"
    return column.header
