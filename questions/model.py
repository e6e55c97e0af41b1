"""What is asked: questions, their options and answers, and banks of them. Frozen, pure, complete.

A question's answer is a tuple of strings whose meaning depends on the kind:

========== ============================================ ==========================
kind       options                                      answer
========== ============================================ ==========================
single     two or more                                  one letter: ``("C",)``
multiple   two or more                                  letters ascending: ``("A", "C")``
true_false none                                         ``("true",)`` or ``("false",)``
blank      none                                         one string a blank, its alternatives joined by `` | ``
essay      none                                         at most one model answer; never marked by machine
========== ============================================ ==========================

An empty answer means that the source did not hold one; such a question is kept but cannot be played.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALTERNATIVES = " | "
"""What stands between the alternatives of one blank."""

TRUE, FALSE = "true", "false"
TRUE_FALSE_TEXTS = {TRUE: "正确", FALSE: "错误"}
"""How the two answers of a true/false question are shown, in this order: A, B."""


class QuestionError(ValueError):
    """The root of what can be wrong with questions and their files.

    QuestionError
      +-- UnreadableFile    a bank file that cannot be read at all
      +-- BadColumns        columns named for the parts of a question that a file's tables do not have
      +-- UnwritableBank    a bank that a file format cannot hold
    """


class UnreadableFile(QuestionError):
    """A bank file that cannot be read at all; its text is one plain sentence for the person who chose the file."""

    sheets: tuple[Sheet, ...] = ()
    """Its tables, where it has any: whoever says which column holds what may make it readable."""


class BadColumns(QuestionError):
    """Columns that a person has named and that cannot be what was meant; its text is one plain sentence for them."""


class UnwritableBank(QuestionError):
    """A bank that a file format cannot hold; its text is one plain sentence for the person who chose the format."""


class Kind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    BLANK = "blank"
    ESSAY = "essay"

    @property
    def label(self) -> str:
        """The Chinese name that people read: 单选, 多选, 判断, 填空, 简答."""
        return KIND_LABELS[self]


KIND_LABELS = {
    Kind.SINGLE: "单选",
    Kind.MULTIPLE: "多选",
    Kind.TRUE_FALSE: "判断",
    Kind.BLANK: "填空",
    Kind.ESSAY: "简答",
}


class Severity(StrEnum):
    ERROR = "error"
    """The question, as it stands, cannot be used."""
    WARNING = "warning"
    """It can be used; a person should look at it."""


@dataclass(frozen=True, slots=True)
class Option:
    letter: str
    """``A``… in the bank's own order; papers show them under other letters when they shuffle."""
    text: str


EXPLANATION = "explanation"
"""The place of a picture that belongs to the explanation."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a question shows. Its bytes are kept apart, under their hash."""

    sha256: str
    """Of the bytes as they are kept, lower-case hex."""
    place: str = ""
    """What it belongs to: empty for the stem, an option's letter, or `EXPLANATION`."""
    alt: str = ""
    """What the file says that it shows."""


@dataclass(frozen=True, slots=True)
class Question:
    number: str
    """What identifies it within its bank: the file's own number, or its place in the file."""
    kind: Kind
    stem: str
    options: tuple[Option, ...] = ()
    answer: tuple[str, ...] = ()
    explanation: str = ""
    category: str = ""
    difficulty: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    """Free words to find it by, in the file's order, none twice."""
    pictures: tuple[Picture, ...] = ()
    where: str = ""
    """Where the file holds it: sheet and row, line, or paragraph. Not part of what is asked."""

    @property
    def playable(self) -> bool:
        """Whether a machine can ask and mark it."""
        return bool(self.answer) and self.kind is not Kind.ESSAY


@dataclass(frozen=True, slots=True)
class Problem:
    where: str
    severity: Severity
    message: str
    """One plain Chinese sentence: what was found, and what to do."""


@dataclass(frozen=True, slots=True)
class Column:
    letter: str
    """As spreadsheet programs call it: ``F``, ``AA``."""
    header: str
    """Empty where the table has no header, or none over this column."""
    sample: str
    """Some of what stands below."""
    part: str
    """The part of a question that it was understood as (答案, 选项A…); empty: none, it was not read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file."""

    name: str
    """Empty for a file that has no sheets."""
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Bank:
    """What a reader found in one file: the questions, and everything that is wrong or doubtful about them."""

    format: str
    """``xlsx``, ``xls``, ``csv``…: what the bytes are, whatever the file is called."""
    encoding: str
    """Of a text format (``utf-8-sig``, ``gb18030``…), otherwise empty."""
    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """SHA-256 → the bytes (PNG, JPEG, GIF or WebP) of every picture that a question names."""
    sheets: tuple[Sheet, ...] = ()
    """How the tables of a spreadsheet or a delimited text were understood; empty for every other format."""


def options_of(texts: list[str] | tuple[str, ...]) -> tuple[Option, ...]:
    """Option texts in order, lettered from A."""
    return tuple(Option(letter, text) for letter, text in zip(LETTERS, texts, strict=False))
