"""Many questions pasted as one line, as document sites give them: where each of them begins."""

from __future__ import annotations

import re

from questions.readers.written.answering import closes
from questions.readers.written.brackets import ANSWERED, marked_as_question
from questions.readers.written.labels import label_inside
from questions.readers.written.titles import kind_heading

MOST = 2_000_000
"""Characters of a line in which questions are looked for."""
_NUMBER = re.compile(r"(?:(?<=[A-J对错确误√×])|(?<![\d.第])(?=\d{1,4}\s?[、.](?!\d)))(\d{1,4})\s?[、.]")
"""Right behind an answer the question may begin with digits itself: ``答案：错误10.12月4日…``."""
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}\s?[、.]|第[一二三四五六七八九十]{1,3}(?:部分|大题))"
    r"[^\d(),。;:?!、]{2,20}(?:\([^()]{0,60}\))?[\s:。]{0,3}$"
)
_ANSWER = re.compile(r"答案\s?[\])]?\s?[:\]]")
_KEYED = re.compile(r"\s?(?:[A-J]{1,8}|[√×对错]|正确|错误|\[?答案)(?:[\s,;、。:\]]|解析|$)")
_TAIL = re.compile(r"[^()?A]*B\s?[、.][^()?]*C\s?[、.]")
"""The rest of a question of the line above: text and further options, nothing asked."""
_HEADING_WITHIN = 100
_FEWEST_AMID = 3
"""Questions of a line that begins with something else and counts from another number than 1."""
_LONGEST_QUESTION = 4_000
_FARTHEST = 20
"""How far numbers may jump where the one that is due does not follow at all."""


_TRIES, _TRIES_EACH = 200, 20
"""Numbers that are looked at, at all and for each question found: a line of mere numbers is given up soon."""


def flattened(plain: str) -> list[tuple[int, bool]]:
    """Where a folded line is to be cut, each with whether a question begins there; empty where it is to stay whole.

    The numbers count up, and every question that they begin is whole: it asks, and has options or an answer.
    """
    numbers = list(_NUMBER.finditer(plain))
    if len(numbers) < 2:
        return []
    first = next((place for place, found in enumerate(numbers) if found[1] == "1"), 0)
    latest = {int(found[1]): place for place, found in enumerate(numbers)}
    starts: list[re.Match[str]] = []
    for place, found in enumerate(numbers[first:], first):
        if place - first > _TRIES + _TRIES_EACH * len(starts):
            break
        value = int(found[1])
        if not starts:
            starts = [found]
        elif _whole(plain, starts[-1].end(), found.start()):
            due = int(starts[-1][1]) + 1
            jumps = due < value < due + _FARTHEST and latest.get(due, -1) < place
            if value == due or jumps or (value == 1 and _heading(plain, starts[-1].end(), found.start())):
                starts.append(found)
        elif value == int(starts[-1][1]) or (
            len(starts) == 1 and _TAIL.match(plain, starts[0].end(), found.start()) is not None
        ):
            starts[-1] = found
    while starts and not _whole(plain, starts[-1].end(), len(plain)):
        starts.pop()
    sure = bool(starts) and (starts[0][1] == "1" or not plain[: starts[0].start()].strip())
    if len(starts) < (2 if sure else _FEWEST_AMID):
        return []
    places: list[tuple[int, bool]] = []
    last = 0
    for found in starts:
        if (heading := _heading(plain, last, found.start())) is not None:
            places.append((heading, False))
        places.append((found.start(), True))
        last = found.end()
    return places


def _heading(plain: str, start: int, end: int) -> int | None:
    """Where the heading that ends at `end` begins: ``一、单选题（每题2分）``."""
    least = max(start, end - _HEADING_WITHIN)
    found = _HEADING.search(plain[least:end])
    return least + found.start() if found is not None and (kind_heading(found[0]) or found[0][-1] != "。") else None


def _whole(plain: str, start: int, end: int) -> bool:
    """Whether a text, without its number, asks something and has its options or its answer."""
    text = plain[start : min(end, start + _LONGEST_QUESTION)]
    if _KEYED.match(text) is not None:
        return False
    if _ANSWER.search(text, 4) is not None:
        return True
    asks = marked_as_question(text) or "?" in text
    if asks and label_inside(text, 0, len(text)) is not None:
        return True
    return ANSWERED.search(text) is not None or closes(text)
