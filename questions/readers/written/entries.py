"""What the lines of an answer key say: numbers with letters, ranges, two-line tables, words."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from questions.model import Kind, Problem, Severity
from questions.readers.meaning.answers import letters_in, truth_of, without_points
from questions.readers.meaning.kinds import Named
from questions.readers.written.fields import Part
from questions.readers.written.seen import Seen


@dataclass(slots=True)
class Entry:
    """What a key says about one number."""

    value: int
    answer: str
    where: str
    explanation: str = ""


@dataclass(slots=True)
class Group:
    """The entries of a key that stand under one heading."""

    where: str
    named: Named | None = None
    title: str = ""
    entries: list[Entry] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    """Answers without numbers, as they are written: one, or several in one piece."""
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    """Problems that do not show that this is a key, as `problems` do."""


_HEAD = re.compile(
    r"(?:第\s?)?(\d{1,4})(?:\s?题)?(?:\s{0,2}[-~至到]{1,2}\s{0,2}(\d{1,4}))?(?:\s?题)?\s{0,4}[.、:)\]]?\s{0,4}"
)
_BETWEEN = " \t,;、。.;|/:()[]"
_TRUTHS = re.compile(r"正确|错误|[对错√×✓✗✔✘✖❌TFtf]")
_PAIR_NUMBERS = re.compile(r"(?:题\s?号|序\s?号|题\s?目|编号)?[\s:|]*+(\d{1,4}(?:[\s,、|.]++\d{1,4})++)[\s|]*+")
_PAIR_ANSWERS = re.compile(r"(?:参考|正确|标准)?(?:答\s?案|选\s?项)?[\s:|]*+(.+)")


def answerlike(text: str) -> bool:
    """Whether a text is nothing but letters of options, or a word or sign for true or false."""
    letters = letters_in(text)
    if letters is not None:
        return letters[-1] <= "J" or text.strip() in {"T", "t"}
    return truth_of(text) is not None and not (text.isascii() and len(text) == 1)


def entries_in(plain: str, where: str) -> tuple[list[Entry], list[Problem]] | None:
    """The entries of a folded line that holds nothing else: ``1-5 DABCB``, ``1.D 2.A``, ``1√ 2×``.

    A range that does not have just as many answers as numbers is a problem, and gives none of them.
    """
    if not plain[:1].isdigit() and not plain.startswith("第"):
        return None
    entries: list[Entry] = []
    problems: list[Problem] = []
    at = 0
    while at < len(plain):
        head = _HEAD.match(plain, at)
        if head is None:
            return None
        end = head.end()
        while end < len(plain) and not plain[end].isdigit():
            end += 1
        if plain[end - 1 : end] == "第":
            end -= 1
        value = plain[head.end() : end].strip(_BETWEEN)
        first, last = int(head[1]), int(head[2] or head[1])
        if head[2]:
            if not (first < last <= first + 500) or not _only_answers(value):
                return None
            found = _spread(value, last - first + 1)
            if found is None:
                problems.append(_uneven(where, first, last, value))
            else:
                entries += [Entry(number, answer, where) for number, answer in enumerate(found, first)]
        elif not value or not answerlike(value):
            return None
        else:
            entries.append(Entry(first, value, where))
        at = end
    return entries, problems


_IN_ONE_PIECE = re.compile(r"[A-J]{2,200}|[√×✓✗✔✘✖]{2,200}|[对错]{2,200}|[TF]{2,200}")


def listed_in(plain: str) -> list[str]:
    """The answers of a folded line that holds nothing else, and no numbers: ``B A C``, ``BACDA``, ``√ ×``."""
    parts = [part for part in re.split(r"[\s,;、|/。.]+", plain) if part]
    return parts if all(answerlike(part) or _IN_ONE_PIECE.fullmatch(part) for part in parts) else []


def one_by_one(listed: list[str], count: int, kinds: Collection[Kind | None]) -> list[str] | None:
    """So many answers of a list, to questions of these kinds (None: unknown); None for any other number of answers.

    Letters in one piece are cut only where they cannot be the several letters of one question.
    """
    if len(listed) == count and all(map(answerlike, listed)):
        return listed
    lengths = {len(part) for part in listed[:-1]}
    known = kinds and not {None, Kind.MULTIPLE} & set(kinds)
    if Kind.MULTIPLE in kinds or len(lengths) > 1 or not (known or any(map(_repeats, listed))):
        return None
    return _spread("".join(listed), count)


def _repeats(part: str) -> bool:
    return len(set(part)) < len(part)


def _only_answers(text: str) -> bool:
    return bool(text) and not _TRUTHS.sub("", re.sub(r"[A-Ja-j\s,;、|/.]", "", text))


def _spread(text: str, count: int) -> list[str] | None:
    """The answers of so many numbers; None for any other number of answers."""
    parts = [part for part in re.split(r"[\s,;、|/.]+", text) if part]
    if len(parts) == count and all(map(answerlike, parts)):
        return parts
    joined = "".join(parts)
    if joined.isascii() and joined.isalpha():
        return list(joined) if len(joined) == count else None
    truths = _TRUTHS.findall(joined)
    return truths if len(truths) == count and "".join(truths) == joined else None


def _uneven(where: str, first: int, last: int, text: str) -> Problem:
    return Problem(
        where,
        Severity.ERROR,
        f"答案表里第 {first} 到 {last} 题有 {last - first + 1} 题，却写着“{text[:30]}”，个数对不上，没有读入；请改正。",
    )


def paired(upper: str, lower: str, where: str) -> list[Entry] | None:
    """The entries of two lines, numbers above and answers below: ``题号 1 2 3`` and ``答案 A B C``."""
    if not any(character.isdigit() for character in upper[:8]):
        return None
    numbers, answers = _PAIR_NUMBERS.fullmatch(upper.strip()), _PAIR_ANSWERS.fullmatch(lower.strip())
    if numbers is None or answers is None:
        return None
    values = re.findall(r"\d+", numbers[1])
    given = [part for part in re.split(r"[\s|]+|(?<=[A-J])[,、](?=[A-J]\s)", answers[1]) if part]
    if len(given) != len(values) or not all(map(answerlike, given)):
        return None
    return [Entry(int(value), answer, where) for value, answer in zip(values, given, strict=True)]


_INNER = re.compile(r"(?:(?<=\s)|(?<=[;,。]))(\d{1,4})\s{0,2}[.、]\s{0,2}(?=\S)")


_DECIMAL = re.compile(r"[\s★☆※△]{0,3}(\d{1,4})\.(?=\d)")
"""``4.1000`` where answer 4 is due is the number 1000."""
_MOST_LEFT_OUT = 20
_JUMPED = "答案表里的“{}”看不出是不是第 {} 题的答案，没有读入；请在题号后面加一个空格。"


def add_texts(row: Seen, group: Group) -> None:
    """Entries in words: ``1.节约优先 2.26``, ``3. 答：…``, ``4.【答案】B【解析】…``."""
    plain, where = row.folded, row.line.where
    number = row.number
    if number is None:
        due = group.entries[-1].value + 1 if group.entries else 1
        found = _DECIMAL.match(plain)
        value = int(found[1]) if found else 0
        if found and value == due:
            group.entries.append(Entry(due, row.text[found.end() :].strip(), where))
        elif group.entries and due < value <= due + _MOST_LEFT_OUT:
            group.doubts.append(Problem(where, Severity.ERROR, _JUMPED.format(row.text.strip()[:20], value)))
        elif group.entries:
            go_on(row, group.entries[-1])
        return
    if row.fields:
        group.entries.append(_with_fields(row, number.value, number.end))
        return
    cuts = [(number.value, number.start, number.end)]
    for found in _INNER.finditer(plain, number.end):
        if int(found[1]) == cuts[-1][0] + 1:
            cuts.append((int(found[1]), found.start(), found.end()))
    ends = [start for _, start, _ in cuts[1:]] + [len(plain)]
    for (value, _, start), end in zip(cuts, ends, strict=True):
        answer, explanation = _leading(row.text[start:end].strip())
        group.entries.append(Entry(value, answer, where, explanation))


_LEADING = re.compile(
    r"([A-J](?:\s*+[,、]?\s*+[A-J]){0,9}(?![A-Za-z])|[√×✓✗✔✘]|正确|错误|[对错])\s*+(?:[.。,;:]\s*+|\s++|(?=\())(?=\S)"
)


_SAYS_ANSWER = re.compile(r"^答\s*+[:：]\s*+(?=\S)")


def _leading(text: str) -> tuple[str, str]:
    """The answer, and an explanation that follows it without a name: ``B。根据《节约能源法》…``."""
    text = _SAYS_ANSWER.sub("", text)
    if answerlike(bare := without_points(text)):
        return bare, ""
    found = _LEADING.match(text.replace("，", ","))
    if found is None or not answerlike(found[1]):
        return text.strip(), ""
    return found[1].strip(), text[found.end() :].strip()


def _with_fields(row: Seen, value: int, start: int) -> Entry:
    entry = Entry(value, "", row.line.where)
    ends = [field.start for field in row.fields[1:]] + [len(row.text)]
    head = row.text[start : row.fields[0].start].strip()
    if head:
        entry.answer = head.strip(" \t,，;；。.")
    for named, end in zip(row.fields, ends, strict=True):
        text = row.text[named.value : end].strip()
        if named.part is Part.ANSWER:
            entry.answer = text.strip(" \t,，;；。.") if answerlike(text.strip(" \t,，;；。.")) else text
        elif named.part is Part.EXPLANATION:
            entry.explanation = text
    return entry


def go_on(row: Seen, entry: Entry) -> None:
    for place, named in enumerate(row.fields):
        end = row.fields[place + 1].start if place + 1 < len(row.fields) else len(row.text)
        text = row.text[named.value : end].strip()
        if named.part is Part.ANSWER and not entry.answer:
            entry.answer = text
        elif named.part is Part.EXPLANATION:
            entry.explanation = f"{entry.explanation}\n{text}".strip()
    if row.fields:
        return
    if entry.explanation or answerlike(entry.answer):
        entry.explanation = f"{entry.explanation}\n{row.text.strip()}".strip()
    else:
        entry.answer = f"{entry.answer}\n{row.text.strip()}".strip()
