"""What the columns of a bank can hold: questions cut to it, numbers, statuses, and the order in which people count."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from itertools import count

from questions.model import Option, Picture, Question

NUMBER_LENGTH = 64
LINE_LENGTH = 255
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Status(StrEnum):
    """How far a question has come. Retired ones are kept and never asked again."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        """The Chinese name that people read: 草稿, 已审, 停用."""
        return STATUS_LABELS[self]


STATUS_LABELS = {Status.DRAFT: "草稿", Status.REVIEWED: "已审", Status.RETIRED: "停用"}


def storable(question: Question) -> Question:
    """The question as the columns can hold it; the same for the same question, so that it is found again."""
    if _is_storable(question):
        return question
    return replace(
        question,
        number=_short(cleaned(question.number)),
        stem=cleaned(question.stem),
        options=tuple(Option(option.letter, cleaned(option.text)) for option in question.options),
        answer=tuple(map(cleaned, question.answer)),
        explanation=cleaned(question.explanation),
        category=line(question.category),
        difficulty=line(question.difficulty),
        source=cleaned(question.source),
        tags=tuple(dict.fromkeys(tag for tag in map(line, question.tags) if tag)),
        pictures=tuple(Picture(one.sha256, one.place, cleaned(one.alt)) for one in question.pictures),
    )


def _is_storable(question: Question) -> bool:
    """Whether nothing need be done about it, as about nearly all: a quarter of the cost of doing it."""
    lines = (question.category, question.difficulty, *question.tags)
    whole = "".join(
        (
            question.number,
            question.stem,
            question.explanation,
            question.source,
            *(option.text for option in question.options),
            *question.answer,
            *lines,
            *(picture.alt for picture in question.pictures),
        )
    )
    return (
        cleaned(whole) == whole
        and len(question.number) <= NUMBER_LENGTH
        and max(map(len, lines)) <= LINE_LENGTH
        and len({"", *question.tags}) == len(question.tags) + 1
    )


def cleaned(text: str) -> str:
    """Without what PostgreSQL cannot store: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def line(text: str) -> str:
    return cleaned(text)[:LINE_LENGTH]


def _short(number: str) -> str:
    """A number that fits its column; one that was cut still differs from its like."""
    if len(number) <= NUMBER_LENGTH:
        return number
    return f"{number[: NUMBER_LENGTH - 17]}-{hashlib.sha256(number.encode()).hexdigest()[:16]}"


def natural(number: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts 2 before 10, and 2-1 before 2-10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", number)
    return tuple((0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts)


class Numbers:
    """Gives each new question a number that no other has: the wanted one if it is free."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._largest = max((int(number) for number in self._taken if number.isdecimal()), default=0)

    def take(self, wanted: str) -> str:
        number = wanted if wanted and wanted not in self._taken else self._free(wanted)
        self._taken.add(number)
        if number.isdecimal():
            self._largest = max(self._largest, int(number))
        return number

    def _free(self, wanted: str) -> str:
        if not wanted or wanted.isdecimal():
            return str(self._largest + 1)
        head = wanted[: NUMBER_LENGTH - 8]
        return next(number for n in count(2) if (number := f"{head}-{n}") not in self._taken)
