"""Aiken files → questions: a stem, options ``A.`` or ``A)``, and ``ANSWER: B``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from questions.model import LETTERS, Problem, Severity
from questions.readers.drafts import Draft
from questions.readers.meaning.settle import settle
from questions.readers.reading import Reading
from questions.readers.tables.table import tidy, tidy_lines

_OPTION = re.compile(r"([A-Z])[.)]\s*(.*)")
_ANSWER = re.compile(r"ANSWER:\s*(.*)")


def read_aiken(text: str, encoding: str, columns: Mapping[str, str]) -> Reading:
    """Through drafts, since people wrote it: a stem may have its number in front, options may be 正确 and 错误."""
    reading = Reading("aiken", encoding)
    reading.settled = settle(list(_drafts(text, reading.problems)))
    return reading


def _drafts(text: str, problems: list[Problem]) -> Iterator[Draft]:
    draft: Draft | None = None
    for number, line in enumerate(map(tidy, tidy_lines(text).split("\n")), 1):
        if not line:
            continue
        if draft is None:
            draft = Draft(f"第{number}行")
        option, answer = _OPTION.match(line), _ANSWER.match(line)
        if answer is not None:
            draft.answer = answer[1]
            yield draft
            draft = None
        elif option is not None and option[1] == LETTERS[len(draft.options)] and draft.stem:
            draft.options.append(option[2])
        elif draft.options:
            draft.options[-1] += f"\n{line}"
        else:
            draft.stem = f"{draft.stem}\n{line}".strip()
    if draft is not None:
        told = f"“{draft.stem[:20]}”后面没有 ANSWER: 行，没有读入；请补上答案。"
        problems.append(Problem(draft.where, Severity.ERROR, told))
