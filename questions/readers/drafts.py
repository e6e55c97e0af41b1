"""A question as a file holds it, before anybody has decided what it means. Every reader makes these."""

from __future__ import annotations

from dataclasses import dataclass, field

from questions.model import Picture, Problem, Question, Severity
from questions.readers.meaning.kinds import Named
from questions.readers.tables.table import Mark


@dataclass(slots=True)
class Draft:
    where: str
    number: str = ""
    kind: str = ""
    """The file's own word or code for the kind of this question."""
    section: Named | None = None
    """The kind that the sheet or a heading above announces."""
    stem: str = ""
    options: list[str] = field(default_factory=list)
    """Texts of options A, B, C… in their places; empty where the file leaves one out."""
    answer: str = ""
    blanks: list[str] = field(default_factory=list)
    """The answers of blank 1, 2…, where the file holds them apart."""
    explanation: str = ""
    category: str = ""
    difficulty: str = ""
    source: str = ""
    tags: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    """Their places in the letters of `options`."""
    parted: bool = False
    """Whether its reader has taken stem, options, answer and explanation apart, so that nobody need look again."""
    template: bool = False
    """Whether it is written in our own template."""
    verbatim: Question | None = None
    """The question itself, where its row says that every cell means just what it says."""
    answer_mark: Mark | None = None
    problems: list[Problem] = field(default_factory=list)

    def error(self, message: str) -> None:
        self.problems.append(Problem(self.where, Severity.ERROR, message))

    def warning(self, message: str) -> None:
        self.problems.append(Problem(self.where, Severity.WARNING, message))
