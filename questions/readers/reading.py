"""What a format's module finds in a file, and how that becomes a bank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from questions.model import Bank, Problem, Question, Severity, Sheet
from questions.review import NO_ANSWER, duplicates

Settled = tuple[Question, list[Problem]]
"""A question with everything that is wrong or doubtful about it (`questions.review.review` included)."""


@dataclass(slots=True)
class Reading:
    """What every format's module gives: the questions in the file's order, and what else is to be said."""

    format: str
    """``xlsx``, ``docx``, ``gift``…: what the bytes are."""
    encoding: str = ""
    """Of a text format, otherwise empty."""
    settled: list[Settled] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """About the whole file, a sheet, or a place that holds no question."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """SHA-256 → bytes, as `questions.readers.pictures` keeps them."""
    sheets: Sequence[Sheet] = ()
    """How the tables of a spreadsheet or a delimited text were understood."""


def assemble(reading: Reading) -> Bank:
    """The bank: questions numbered, compared with each other, and reported where none has an answer."""
    questions = [question for question, _ in reading.settled]
    ours = [problem for _, doubts in reading.settled for problem in doubts]
    general = list(reading.problems)
    if not questions:
        general.append(Problem("整个文件", Severity.ERROR, "文件里只有表头或说明，没有题目；请填写题目后再导入。"))
    elif sum(problem.message == NO_ANSWER for problem in ours) == len(questions):
        general.append(Problem("整个文件", Severity.ERROR, "整个文件没有一个答案；请补上答案后再导入。"))
    numbered, renumbered = _numbered(questions)
    shown = {picture.sha256 for question in numbered for picture in question.pictures}
    pictures = {name: data for name, data in reading.pictures.items() if name in shown}
    problems = (*general, *renumbered, *ours, *duplicates(numbered))
    return Bank(reading.format, reading.encoding, numbered, problems, pictures, tuple(reading.sheets))


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
