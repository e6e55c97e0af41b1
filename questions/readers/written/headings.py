"""Which lines are headings, and which every page repeats: decided by what stands around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from questions.model import Problem, Severity
from questions.readers.written.fields import Part
from questions.readers.written.noise import PAGE
from questions.readers.written.seen import Seen
from questions.readers.written.titles import begins_scored, chapter_shaped, is_chapter, kind_heading

_REPEATED = 3
_SHORTEST_REPEATED = 4
_FURNITURE = re.compile(r"题库|试题|试卷|竞赛|版权|公众号|网站|内部资料|www\.|https?:")
_LETTERED = {"point", "bracket", "small", "comma", "word"}
_LONGEST = 100
_IN_BRACKETS = re.compile(r"\[[^\[\]]+\]")
_BROKEN = re.compile(r"(?=.{25}).*[,;。].*|.*[,;、]", re.DOTALL)
"""Sentences: with a number in front they are the first line of a stem, not a title."""
_TITLE = re.compile(r"[^。?!:;,()]{2,24}")


def mark_furniture(seen: Sequence[Seen]) -> list[Problem]:
    """Marks the lines that every page repeats: headers, footers, where it was copied from. Says which."""
    pages = _mark_pages(seen)
    plain = [row.folded for row in seen if _bare(row)]
    often = {text for text, count in Counter(plain).items() if count >= _REPEATED}
    if not often:
        return pages
    beside = Counter(row.folded for place, row in enumerate(seen) if row.folded in often and _at_a_page(seen, place))
    counts = Counter(plain)
    repeated = sorted(
        text
        for text in often
        if (2 * beside[text] >= counts[text] or _FURNITURE.search(text)) and kind_heading(text) is None
    )
    for row in seen:
        if row.folded in repeated and _bare(row):
            row.noise = True
    message = "“{}”重复出现 {} 次，已当作页眉页脚略去；请核对。"
    said = [Problem("整个文件", Severity.WARNING, message.format(text[:30], counts[text])) for text in repeated]
    return pages + said


_FEWEST_PAGES = 2
_SHORTEST_PAGE = 8
"""Lines that a page has at the least."""


def _mark_pages(seen: Sequence[Seen]) -> list[Problem]:
    """Marks bare numbers on lines of their own that count up by one, far apart, as PDF leaves those of pages."""
    alone = [
        (place, int(row.folded.strip()))
        for place, row in enumerate(seen)
        if row.folded.strip().isdecimal() and len(row.folded.strip()) <= 3 and _between(seen, place)
    ]
    runs: list[list[tuple[int, int]]] = []
    for place, value in alone:
        if runs and value == runs[-1][-1][1] + 1 and place - runs[-1][-1][0] >= _SHORTEST_PAGE:
            runs[-1].append((place, value))
        else:
            runs.append([(place, value)])
    pages = [place for run in runs if len(run) >= _FEWEST_PAGES for place, _ in run]
    if 2 * len(pages) <= len(alone) or not pages:
        return []
    for place in pages:
        seen[place].noise = True
    message = f"有 {len(pages)} 行只写着一个数字，像是页码，已略去；请核对。"
    return [Problem(seen[pages[0]].line.where, Severity.WARNING, message)]


def _between(seen: Sequence[Seen], place: int) -> bool:
    """Whether a number stands where nothing waits for it: a letter alone or ``答案：`` above would."""
    if place == 0:
        return False
    above, below = seen[place - 1], seen[place + 1] if place + 1 < len(seen) else None
    if above.label is not None and above.label.look == "alone":
        return False
    if above.fields and not above.folded[above.fields[-1].value :].strip():
        return False
    strong = any(row.number is not None and not row.number.weak for row in seen[max(place - 40, 0) : place + 40])
    return strong and not (below is not None and below.folded.strip().isdecimal())


def _bare(row: Seen) -> bool:
    """Whether a line is only text: nothing of a question can be told by its look."""
    lettered = row.label is not None and row.label.look not in {"tight", "latin"}
    bare = not (row.noise or row.number is not None or row.evidence or lettered)
    return bare and len(row.folded) >= _SHORTEST_REPEATED


def _at_a_page(seen: Sequence[Seen], place: int) -> bool:
    return any(PAGE.fullmatch(row.folded.strip()) for row in seen[max(place - 1, 0) : place + 2] if row.noise)


def mark_headings(seen: Sequence[Seen]) -> None:
    """Marks the lines that announce a kind or a chapter."""
    for place, row in enumerate(seen):
        if row.key or row.noise or not _may_head(row):
            continue
        number = row.number
        if number is not None and begins_scored(row.folded, number.end, weak=number.weak):
            continue
        row.named = kind_heading(row.folded)
        if row.named is None and _shaped(row):
            row.chapter = is_chapter(row.folded) or _heads(seen, place)


def _may_head(row: Seen) -> bool:
    if len(row.folded) > _LONGEST:
        return False
    if row.line.heading:
        return True
    if row.label is not None and row.label.look in _LETTERED:
        return False
    return not row.fields or row.fields[0].start > 0 or row.folded.startswith("[")


def _shaped(row: Seen) -> bool:
    return bool(row.line.heading) or chapter_shaped(row.folded) or _titled(row)


def _titled(row: Seen) -> bool:
    """``1. 照明`` above questions that begin with 1 again."""
    number = row.number
    return number is not None and not number.weak and _TITLE.fullmatch(row.folded[number.end :].strip()) is not None


def _heads(seen: Sequence[Seen], place: int) -> bool:
    """Whether questions begin below, perhaps under further headings."""
    row = seen[place]
    if row.evidence == 2 or "?" in row.folded:
        return False
    for below in seen[place + 1 : place + 6]:
        if below.noise:
            continue
        if below.key or (below.label is not None and row.number is not None) or _answers(below):
            return False
        if below.number is not None and below.number.value == 1 and below.number.family != "han":
            other = row.number is None or row.number.family != below.number.family or bool(row.line.heading)
            return other or (below.evidence == 2 and not row.evidence)
        if kind_heading(below.folded) is not None or (below.number is not None and _IN_BRACKETS.fullmatch(row.folded)):
            return True
        if below.evidence < 2 and (chapter_shaped(below.folded) or below.line.heading):
            continue
        if row.line.heading and not below.line.heading:
            return row.number is None or _BROKEN.fullmatch(row.folded) is None
        return below.evidence == 2 and row.number is None and below.number is None and below.label is None
    return False


def _answers(row: Seen) -> bool:
    return bool(row.fields) and row.fields[0].start <= 1 and row.fields[0].part in {Part.ANSWER, Part.EXPLANATION}
