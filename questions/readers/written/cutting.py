"""Lines that hold more than one thing in a row are cut: an answer and the next question, a heading and its first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from questions.readers.written.answering import closes
from questions.readers.written.brackets import marked_as_question
from questions.readers.written.flattened import MOST, flattened
from questions.readers.written.folding import folded
from questions.readers.written.labels import label_inside
from questions.readers.written.lines import Line
from questions.readers.written.titles import kind_heading

LONGEST = 20_000
"""Characters of a line that anybody may have written; what is longer is only text."""
_GLUED = re.compile(
    r"答案\s*+[\])]?\s*+:?\s*+(?:[A-J]{1,8}|[√×✓✗✔✘对错]|正确|错误)[\s。.;,]*+"
    r"(?=\d{1,4}\s*+(?:、\s*+\S|\.\s*+[^\s\d]|\.(?:19|20)\d\d年))"
)
_KEYED = re.compile(r"\d{1,4}\s*+[、.]\s*+(?:[A-J]{1,8}|[√×对错])(?:[\s,;、]|$)")
_NUMBER = re.compile(r"\s*+(\d{1,4})\s*+(?:、|\.(?!\d))")
_NEXT = re.compile(r"(?:(?<=[)\]。?√×✓✗✔✘对错])\s*+|\s{2,})(\d{1,4})\s*+(?:、|\.(?!\d))\s*+(?=\S)")
_HEADED = re.compile(
    r"((?:[一二三四五六七八九十]{1,3}\s*+[、.]|第[一二三四五六七八九十]{1,3}(?:部分|大题))[^\d()]{2,12}(?:\([^()]{0,40}\))?[\s:。]{0,3}"
    r"|[\u4e00-\u9fff]{2,8}\([^()]{2,40}\)[\s:。]{0,3})(?=1\s*+[、.](?!\d)\s*+\S)"
)


_OPTION = re.compile(r"[(\[]?[A-Ja-j]\s?[.、:)\]]")
_BEHIND = re.compile(r"\s(\d{1,4})\s?(?:、|\.(?!\d))\s*+(?=\S)")
_SUSPECT = re.compile(r"(?<=[题选断空)）\]】。？?√×✓✗✔✘对错\s:：A-J])\d{1,4}\s?[.、．]")
"""A number within a line, where another question might begin."""


def cut(line: Line) -> Iterator[Line]:
    """The lines that a line should have been; each question further on in it has a place of its own."""
    if len(line.text) > MOST or not _SUSPECT.search(line.text):
        yield line
        return
    plain = folded(line.text)
    if places := flattened(plain):
        yield from _flattened(line, places)
        return
    if len(line.text) > LONGEST:
        yield line
        return
    start = 0
    count = int(_NUMBER.match(plain) is not None)
    for place in sorted({*_after_answers(plain), *_questions(plain), *_after_heading(plain)}):
        yield _counted(_part(line, start, place), count)
        start = place
        count += 1
    yield _counted(_part(line, start, len(line.text)), count) if start else line


def _counted(part: Line, count: int) -> Line:
    """A part with the place of a question of its own where it is not the first one of its line."""
    return replace(part, where=f"{part.where}第{count}题") if count > 1 else part


def _flattened(line: Line, places: Sequence[tuple[int, bool]]) -> Iterator[Line]:
    """The parts of a line that holds many questions, counted."""
    starts = places if places[0][0] == 0 else [(0, False), *places]
    ends = [place for place, _ in starts[1:]] + [len(line.text)]
    count = 0
    for (start, asks), end in zip(starts, ends, strict=True):
        count += asks
        part = _part(line, start, end)
        if part.text:
            yield replace(part, where=f"{line.where}第{count}题") if asks else part


def _after_answers(plain: str) -> Iterator[int]:
    """``答案：C12、中国…`` is an answer and the next question."""
    if "答案" not in plain:
        return
    for found in _GLUED.finditer(plain):
        if found.end() < len(plain) and len(_KEYED.findall(plain, found.start(), found.start() + 200)) < 2:
            yield found.end()


def _questions(plain: str) -> list[int]:
    """``1.…（√）2.…（×）``: numbers that count on, each in front of a question of its own."""
    first = _NUMBER.match(plain)
    if first is None:
        return _after_option(plain)
    due, places = int(first[1]) + 1, []
    for found in _NEXT.finditer(plain, first.end()):
        if int(found[1]) == due:
            places.append(found.start(1))
            due += 1
    ends = [*places[1:], len(plain)]
    starts = [first.end(), *places]
    whole = all(_asks(plain[start:end]) for start, end in zip(starts, [*places[:1], *ends], strict=False))
    return places if places and whole else []


def _after_option(plain: str) -> list[int]:
    """``D.丁 12.下列…（ ）``: an option and the next question."""
    if _OPTION.match(plain) is None:
        return []
    found = _BEHIND.search(plain)
    return [found.start(1)] if found and marked_as_question(plain[found.end() :]) else []


def _asks(plain: str) -> bool:
    return marked_as_question(plain) or closes(plain) or label_inside(plain, 0, len(plain)) is not None


def _after_heading(plain: str) -> Iterator[int]:
    """``一、单选题 1.…`` is a heading and the first question below it."""
    found = _HEADED.match(plain)
    if found is not None and kind_heading(found[1]) is not None and len(_KEYED.findall(plain, found.end())) < 2:
        yield found.end()


def _part(line: Line, start: int, end: int) -> Line:
    text = line.text[start:end]
    first = start + len(text) - len(text.lstrip())
    last = start + len(text.rstrip())
    marked = tuple((max(a, first) - first, min(b, last) - first) for a, b in line.marked if a < last and b > first)
    return replace(
        line,
        text=line.text[first:last],
        automatic=line.automatic if start == 0 else 0,
        marked=marked,
        pictures=line.pictures if start == 0 else (),
        apart=line.apart and start == 0,
    )
