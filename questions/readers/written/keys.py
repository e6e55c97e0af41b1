"""Where answer keys stand in a text, and what they say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from questions.readers.meaning.kinds import Named
from questions.readers.written.brackets import ANSWERED, EMPTY
from questions.readers.written.entries import Group, add_texts, answerlike, entries_in, go_on, listed_in, paired
from questions.readers.written.fields import Part
from questions.readers.written.labels import label_inside, labels_after
from questions.readers.written.seen import Seen, see
from questions.readers.written.titles import chapter_shaped, kind_heading

_HEADING = re.compile(
    r"(?:附\s*+[:]?\s*+)?[^?。:]{0,30}?(?:参考|标准|正确|试题|题库|习题)?答\s*+案(?:及|与|和|、|&)?(?:详细|试题|题目|答案)?(?:解析|详解|说明|部分|页|一览表?|汇总|速查|表|如下|对照表)?"
    r"(?:\s*+\(.{0,30}\))?\s*+[:]?"
)


def is_key_heading(plain: str) -> bool:
    """Whether a folded line may head a key: 参考答案, 附：第一章答案及解析."""
    if "答" not in plain or len(plain) > 80:
        return False
    stripped = plain.strip(" \t*#>[]-=")
    return 2 <= len(stripped) <= 60 and _HEADING.fullmatch(stripped) is not None


@dataclass(slots=True)
class Region:
    """The lines of one key: where it begins, where it ends, and what it says."""

    start: int
    end: int
    groups: list[Group]


def find_keys(seen: Sequence[Seen]) -> list[Region]:
    """Every key of a text; its lines are marked, so that nobody takes them for questions."""
    regions: list[Region] = []
    above = _Above()
    place = 0
    while place < len(seen):
        region = _region(seen, place, above) if above.asked else None
        if region is None:
            above.add(seen[place])
            place += 1
            continue
        for row in seen[region.start : region.end]:
            row.key = True
        regions.append(region)
        place = region.end
    return regions


_TITLE_LINES = 2
"""How many lines above a key may say whose it is."""


def is_only_a_key(seen: Sequence[Seen]) -> bool:
    """Whether a text holds answers by number and headings, and no question."""
    count = lines = 0
    for place, row in enumerate(seen):
        if row.noise or kind_heading(row.folded) is not None or is_key_heading(row.folded) or _chapter(row):
            continue
        if place + 1 < len(seen) and (pairs := paired(row.folded, seen[place + 1].folded, "")):
            count += len(pairs)
        elif _paired_at(seen, place - 1):
            continue
        elif found := entries_in(_titled(row.folded)[1], row.line.where):
            count += len(found[0]) + len(found[1])
        elif lines >= _TITLE_LINES or count:
            return False
        lines += 1
    return count > 2


_MOST_REFUSED, _MOST_TRIED = 5, 200
"""How often one heading is looked into in vain, and how often any is."""


@dataclass(slots=True)
class _Above:
    """What stands above the line at hand."""

    asked: set[int] = field(default_factory=set)
    """The numbers that questions may have."""
    answers: int = 0
    """How many lines hold an answer of their own question."""
    tried: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """How often a line that looks like the heading of a key was none: then it is how answers begin here."""

    def add(self, row: Seen) -> None:
        if row.number is not None and (row.evidence or not row.number.weak):
            self.asked.add(row.number.value)
        self.answers += any(field.part is Part.ANSWER for field in row.fields)


def _region(seen: Sequence[Seen], place: int, above: _Above) -> Region | None:
    """The key that begins in a line, with a heading or without."""
    row = seen[place]
    if row.noise or (row.label is not None and not row.fields):
        return None
    if is_key_heading(row.folded):
        return _headed(seen, place, above, place + 1)
    if _LISTS.match(row.folded.strip(_EDGES)) and _lists(seen, place, above):
        return _headed(seen, place, above, place)
    return _unheaded(seen, place) if _starts(seen, place) else None


def _headed(seen: Sequence[Seen], place: int, above: _Above, first: int) -> Region | None:
    """The key under a heading; `first` is the line with which its answers begin."""
    row = seen[place]
    if above.refused[row.folded] >= _MOST_REFUSED or above.tried >= _MOST_TRIED:
        return None
    end = _end(seen, first)
    groups = _read(seen, first, end)
    if _answers_above(groups, above) or (end == len(seen) and _lists_answers(groups, above)):
        return Region(place, end, groups)
    above.refused[row.folded] += 1
    above.tried += 1
    row.noise = not row.fields and _answered_below(seen, place)
    return None


def _unheaded(seen: Sequence[Seen], place: int) -> Region:
    """The lines of entries, and the headings right above them."""
    end = place
    while end < len(seen) and (seen[end].noise or _starts(seen, end) or _paired_at(seen, end - 1)):
        end += 1
    first = place
    while first and (kind_heading(seen[first - 1].folded) or seen[first - 1].noise) and not seen[first - 1].key:
        first -= 1
    if first < place and seen[first].noise:
        first = place
    return Region(first, end, _read(seen, first, end))


def _answered_below(seen: Sequence[Seen], place: int) -> bool:
    """Whether a line that only says 答案与解析 stands above the answer of its question."""
    below = next((row for row in seen[place + 1 : place + 4] if not row.noise), None)
    return below is not None and bool(below.fields) and below.fields[0].part in {Part.ANSWER, Part.EXPLANATION}


def _answers_above(groups: Sequence[Group], above: _Above) -> bool:
    """Whether what stands under a heading answers what stands above it, and is not the answer of one question."""
    entries = [entry for group in groups for entry in group.entries]
    known = sum(entry.value in above.asked for entry in entries)
    certain = sum(answerlike(entry.answer) for entry in entries)
    if any(group.problems for group in groups):
        return True
    if not entries or 2 * known < len(entries):
        return False
    if above.answers == 0:
        return certain > 0 or known == len(entries) > 1
    return certain >= 2 and 2 * certain >= len(entries)


def _lists(seen: Sequence[Seen], place: int, above: _Above) -> bool:
    """Whether a line that begins with 答案： holds as many answers as questions stand above, and ends the text."""
    listed = listed_in(_LISTS.sub("", seen[place].folded.strip(_EDGES)))
    return len(listed) == len(above.asked) > 2 and above.answers == 0 and _end(seen, place) == len(seen)


def _lists_answers(groups: Sequence[Group], above: _Above) -> bool:
    """Whether answers without numbers end the text, enough of them for the questions above, none of which has any."""
    count = sum(len(part) for group in groups for part in group.listed)
    return above.answers == 0 and count > 2 and 2 * count >= len(above.asked) > 1


_ENTRIES = re.compile(
    r"\d\s?(?:[.、:)]\s{0,2}|\s+)?(?:[A-Ja-j√×✓✗✔✘❌TF]|对|错|正确|错误)|\d\s{0,2}[-~至到]\s{0,2}\d|^\D{0,6}\d{1,4}(?:[\s,、|]+\d{1,4}){2}"
)
"""Something that looks like an entry of a key, or like its numbers."""


def _starts(seen: Sequence[Seen], place: int) -> bool:
    """Whether a line without any heading can only be a key: several entries, or a range of them."""
    row = seen[place]
    if not _ENTRIES.search(row.folded[:60]):
        return False
    if _paired_at(seen, place):
        return True
    _, rest = _titled(row.folded)
    found = entries_in(rest, row.line.where)
    if found is None:
        return False
    entries, problems = found
    return bool(problems) or len(entries) >= 2


def _paired_at(seen: Sequence[Seen], place: int) -> bool:
    if not 0 <= place < len(seen) - 1:
        return False
    return paired(seen[place].folded, seen[place + 1].folded, "") is not None


_EDGES = " \t*#>★☆※△▲"
"""What stands in front of an entry, or around a heading, and says nothing."""
_LEAD = re.compile(r"\[?(?:参考|正确|标准)?答\s?案\]?\s*+[:]?\s*+(?=\d)")
_LISTS = re.compile(r"\[?(?:参考|正确|标准)?答\s?案\]?\s*+[:]\s*+(?=[A-J√×✓✗✔✘对错TF])")
_LISTING_SECTION = re.compile(
    r"([^:]{2,24}?(?:题|选|断)[^:]{0,4}(?:\([^()]{0,40}\))?)\s*+[:\s]\s*+(?=[A-J√×✓✗✔✘对错TF])"
)
_SECTION_LEAD = re.compile(r"([^\d]{2,24}?(?:题|选|断|空)[^\d:]{0,4}(?:\([^()]{0,40}\))?)\s*+[:]?\s*+(?=第?\d)")


def _titled(plain: str) -> tuple[Named | None, str]:
    """The kind that a line of a key begins with, and the rest: ``一、单选题：1.D 2.A``."""
    stripped = plain.strip(_EDGES)
    if found := _LEAD.match(stripped):
        return None, stripped[found.end() :]
    if found := _SECTION_LEAD.match(stripped):
        named = kind_heading(found[1])
        if named is not None:
            return named, stripped[found.end() :]
    return None, stripped


def _end(seen: Sequence[Seen], start: int) -> int:
    """The first line after a key's heading that is a question again, or the headings above it."""
    for place in range(start, len(seen)):
        row = seen[place]
        if row.noise:
            continue
        label = row.label
        options = label is not None and label.letter == "A" and not _alone(seen, place) and _option_b(seen, place)
        if options or (row.number is not None and _asks(row)):
            first = place
            if options:
                while first > start and seen[first].number is None:
                    first -= 1
                if seen[first].number is None:
                    first = place
            while first > start and (
                seen[first - 1].noise or _chapter(seen[first - 1]) or kind_heading(seen[first - 1].folded)
            ):
                first -= 1
            return first
    return len(seen)


def _alone(seen: Sequence[Seen], place: int) -> bool:
    """Whether a letter and the line below are nothing but letters: answers, not options."""
    label = seen[place].label
    below = next((row.label for row in seen[place + 1 : place + 4] if not row.noise), None)
    return label is not None and label.look == "alone" and (below is None or below.look == "alone")


def _option_b(seen: Sequence[Seen], place: int) -> bool:
    """Whether B follows the A that a line begins with."""
    label = seen[place].label
    if label is not None and labels_after(seen[place].folded, label, len(seen[place].folded)):
        return True
    return any(row.label is not None and row.label.letter == "B" for row in seen[place + 1 : place + 4])


def _asks(row: Seen) -> bool:
    """Whether a numbered line asks something, as no entry of a key does."""
    if any(field.part in {Part.ANSWER, Part.EXPLANATION} for field in row.fields):
        return False
    start = row.number.end if row.number else 0
    if label_inside(row.folded, start, len(row.folded)) is not None:
        return True
    return EMPTY.search(row.folded, start) is not None and ANSWERED.search(row.folded, start) is None


_ORDINAL = re.compile(
    r"\s*(?:第\s?)?([一二三四五六七八九十]{1,3})\s?(?:[、.:]|大题|部分)[\s、.:]*+(?=第?\d{1,3}\s?(?:[.、:)](?!\d)|[-~至到]|[A-J√×对错]))"
)
_ORDINAL_ALONE = re.compile(r"[一二三四五六七八九十]{1,3}")


def _rows(seen: Sequence[Seen]) -> Iterator[Seen]:
    """The lines of a key, with the number of a section on a line of its own: ``一、1.B 2.C``."""
    for row in seen:
        if (found := _ORDINAL.match(row.folded)) is None:
            yield row
            continue
        line = replace(row.line, automatic=0, marked=())
        yield from see([replace(line, text=found[1]), replace(line, text=row.text[found.end() :])])


def _read(seen: Sequence[Seen], start: int, end: int) -> list[Group]:
    groups = [Group(seen[start].line.where if start < len(seen) else "")]
    rows = list(_rows(seen[start:end]))
    skip = False
    for place, row in enumerate(rows):
        if skip or row.noise:
            skip = False
            continue
        where = row.line.where
        named = kind_heading(row.folded)
        title, rest = _titled(row.folded)
        found = entries_in(rest, where)
        listed = _listed(rest) if found is None else None
        if listed is not None and listed[0] is not None:
            groups.append(Group(where, listed[0], listed=listed[1]))
            continue
        if _ORDINAL_ALONE.fullmatch(row.folded):
            groups.append(Group(where, None, row.text))
            continue
        if found is None and (named is not None or (_chapter(row) and _heads(row))):
            groups.append(Group(where, named, row.text.strip()))
            continue
        if title is not None and (found is not None or rest != row.folded.strip(_EDGES)):
            groups.append(Group(where, title, ""))
        if place + 1 < len(rows) and (pairs := paired(row.folded, rows[place + 1].folded, where)):
            groups[-1].entries += pairs
            skip = True
        elif found is not None:
            entries, problems = found
            groups[-1].entries += entries
            groups[-1].problems += problems
        elif listed is not None and not groups[-1].entries:
            groups[-1].listed += listed[1]
        elif row.number is not None or rest[:1].isdigit():
            add_texts(row, groups[-1])
        elif groups[-1].entries:
            go_on(row, groups[-1].entries[-1])
        elif not is_key_heading(row.folded):
            groups[-1].title = groups[-1].title or row.text.strip()
    return [group for group in groups if group.entries or group.listed or group.problems or group.doubts]


def _listed(plain: str) -> tuple[Named | None, list[str]] | None:
    """The answers without numbers of a line of a key, and the kind that it begins with: ``一、单选题：BACDA``."""
    plain = _LISTS.sub("", plain)
    named = None
    if (found := _LISTING_SECTION.match(plain)) and (named := kind_heading(found[1])) is not None:
        plain = plain[found.end() :]
    listed = listed_in(plain)
    return (named, listed) if listed else None


def _chapter(row: Seen) -> bool:
    return bool(row.line.heading) or chapter_shaped(row.folded)


def _heads(row: Seen) -> bool:
    return row.number is None or row.number.family == "han"
