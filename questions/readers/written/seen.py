"""A line of text and what it may be, before its neighbours have been asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from questions.readers.meaning.kinds import Named
from questions.readers.written.answering import closes
from questions.readers.written.brackets import ANSWERED, EMPTY
from questions.readers.written.cutting import LONGEST, cut
from questions.readers.written.fields import Field, Part, fields_in, looks_like_an_answer
from questions.readers.written.folding import folded
from questions.readers.written.labels import Label, label_at, label_inside, labels_after
from questions.readers.written.lines import Line
from questions.readers.written.noise import asks_who, is_noise
from questions.readers.written.numbers import Number, number_in
from questions.readers.written.titles import kind_prefix, kind_suffix


@dataclass(slots=True)
class Seen:
    line: Line
    text: str
    folded: str
    number: Number | None = None
    label: Label | None = None
    """At the very start of the line; what follows a number is looked at when the number is accepted."""
    fields: list[Field] = field(default_factory=list)
    evidence: int = 0
    """2: a question is asked or answered here; 1: perhaps; 0: nothing says so."""
    noise: bool = False
    """A rule, a page number, what a web page adds: nothing that anybody wrote."""
    named: Named | None = None
    """The kind that this heading announces."""
    chapter: bool = False
    key: bool = False
    """Whether it belongs to an answer key."""
    accepted: bool = False
    """Whether its number is that of a question."""
    given: str = ""
    """The answer that stands in a bracket with its name: ``是（答案：A）。``"""

    @property
    def ends(self) -> bool:
        """Whether it ends the questions above it."""
        return self.named is not None or self.chapter or self.key


_ASKED = re.compile(r"[?]|_|\(\s*+\)|什么|哪|多少|几[个种项条类]|简述|论述|如何|为何")
_OPEN_ENDS = frozenset("(（[【ABCDEFGHIJＡＢＣＤＥＦＧＨＩＪ、，, \u3000")
_TELLING = {Part.ANSWER, Part.OPTIONS, Part.STEM}
_SURE = {"point", "bracket", "small", "word"}
"""Looks of labels that are those of options."""
_NAMED_ANSWER = re.compile(r"[(\[]\s*+(?:正确|参考|标准)?答案\s*+:\s*+([^()\[\]]{1,20}?)\s*+[)\]]")


def see(lines: Sequence[Line]) -> list[Seen]:
    """Every line with what it may be; lines that hold more than one thing in a row are cut."""
    found = [_seen(part) for line in _unbroken(_ticked(lines)) for part in cut(line)]
    for place, row in enumerate(found):
        if row.number is not None and row.number.given:
            _not_given(row, found[place - 1] if place else None, found[place + 1] if place + 1 < len(found) else None)
    if any(row.fields and row.fields[0].word == "q" for row in found):
        _answers_to_q(found)
    return found


_LONGEST_BROKEN = 2_000
_TICKED = re.compile(r"v\s+(?=[A-J]\s?[.、．)])")
_JUDGED = {"vv": "（√）", "vx": "（×）"}


def _ticked(lines: Sequence[Line]) -> Sequence[Line]:
    """A ``v`` in front of right options as the sign that it stands for; then ``vv`` and ``vx`` are verdicts."""
    if not any(_TICKED.match(line.text) for line in lines):
        return lines
    found: list[Line] = []
    for line in lines:
        if found and line.text in _JUDGED and not line.apart:
            found[-1] = replace(found[-1], text=found[-1].text + _JUDGED[line.text])
        else:
            found.append(replace(line, text=_TICKED.sub("√", line.text, count=1)) if line.text[:1] == "v" else line)
    return found


_OPENED = re.compile(r"[(\[]\s*+(?:[A-J](?:[\s,、]{0,2}[A-J]){0,9}[\s,、]{0,2})?$")
_CLOSED = re.compile(
    r"\s*+(?:[A-J](?:[\s,、]{0,2}[A-J]){0,9}|[√×✓✗✔✘]|[对错TF]|正确|错误)?\s*+[)\]](?!\s*[A-Za-z0-9、.]\s*[、.])"
)


def _unbroken(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, with a bracket for the answer that was broken by the width of the page in one piece again."""
    held: Line | None = None
    for line in lines:
        if held is not None and _goes_on(held, line):
            length = len(held.text)
            marked = tuple((start + length, end + length) for start, end in line.marked)
            pictures = (*held.pictures, *line.pictures)
            held = replace(held, text=held.text + line.text, marked=(*held.marked, *marked), pictures=pictures)
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def _goes_on(upper: Line, lower: Line) -> bool:
    if upper.text[-1:] not in _OPEN_ENDS or lower.automatic or lower.apart or len(upper.text) > _LONGEST_BROKEN:
        return False
    opened = _OPENED.search(folded(upper.text[-40:]))
    return opened is not None and _CLOSED.match(folded(lower.text[:40])) is not None


def _seen(line: Line) -> Seen:
    text = line.text
    if len(text) > LONGEST:
        return Seen(line, text, text)
    plain = folded(text)
    seen = _with_answer(line, plain) if "答案" in plain else Seen(line, text, plain)
    plain = seen.folded
    if is_noise(plain):
        seen.noise = True
        return seen
    seen.fields = fields_in(plain)
    if line.automatic:
        _automatic(seen, line.automatic)
    else:
        seen.number = number_in(plain)
        if seen.number is None:
            seen.label = label_at(plain, len(plain) - len(plain.lstrip(" \t>")))
    seen.evidence = _evidence(seen)
    return seen


def _with_answer(line: Line, plain: str) -> Seen:
    """``…是（答案：A）。`` is a stem with a bracket, and its answer."""
    found = _NAMED_ANSWER.search(plain)
    if found is None or not looks_like_an_answer(found[1]) or not plain[: found.start()].strip():
        return Seen(line, line.text, plain)
    given = line.text[found.start(1) : found.end(1)]
    text = f"{line.text[: found.start()]}（　）{line.text[found.end() :]}"
    return Seen(replace(line, text=text, marked=()), text, folded(text), given=given)


def _automatic(seen: Seen, length: int) -> None:
    """Automatic numbering shows what it is, and the text begins behind it whatever it begins with."""
    shown = seen.folded[:length]
    if number := number_in(shown):
        seen.number = replace(number, end=length, weak=number.family == "han")
    elif label := label_at(shown.rstrip()):
        seen.label = replace(label, end=length, look="point" if label.look == "alone" else label.look)
    elif label := label_at(seen.folded, length):
        seen.label = label


def _evidence(seen: Seen) -> int:
    plain, label = seen.folded, seen.label
    if any(named.part in _TELLING for named in seen.fields):
        return 2
    if label is not None and label.look in _SURE:
        return 2 if label.letter == "A" else 1 if seen.fields else 0
    if asks_who(plain):
        return 0
    start = seen.number.end if seen.number else 0
    if EMPTY.search(plain, start) or ANSWERED.search(plain, start) or (seen.number and seen.number.given):
        return 2
    if "A" in plain and label_inside(plain, start, len(plain)) is not None:
        return 2
    if seen.number and (kind_prefix(plain, start) or kind_suffix(plain, start)):
        return 2
    if closes(plain):
        return 2
    return 1 if seen.fields or _ASKED.search(plain, start) else 0


def _answers_to_q(rows: Sequence[Seen]) -> None:
    """``A:`` answers ``Q:`` where no B follows."""
    for place, row in enumerate(rows):
        label = row.label
        below = rows[place + 1].label if place + 1 < len(rows) else None
        if label is None or label.letter != "A" or row.folded[label.start : label.end].strip() != "A:":
            continue
        if below is None or below.letter != "B":
            row.label = None
            row.fields = [Field(Part.ANSWER, "a", label.start, label.end, False)]


def _not_given(row: Seen, above: Seen | None, below: Seen | None) -> None:
    """``（C）1.0`` between options in brackets is one of them, not a number with its answer in front."""
    label = label_at(row.folded)
    if label is None or label.look != "bracket" or row.number is None:
        return
    before = _last_letter(above, above.label) if above is not None else ""
    last = _last_letter(row, label)
    after = label_at(below.folded) if below is not None and below.folded.startswith("(") else None
    counted = below is not None and below.number is not None and below.number.value == row.number.value + 1
    leads = after is not None and after.letter == _next(last) and (row.number.weak or not counted)
    if last != label.letter or _next(before) == label.letter or leads:
        row.number, row.label = None, label
        row.evidence = _evidence(row)


def _last_letter(row: Seen, first: Label | None) -> str:
    """The letter of the last option of a line of options in brackets."""
    if first is None or not row.folded.startswith("("):
        return ""
    return [first, *labels_after(row.folded, first, len(row.folded))][-1].letter


def _next(letter: str) -> str:
    return chr(ord(letter) + 1) if letter else ""
