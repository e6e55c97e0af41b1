"""Running text → questions as people write them: what Word, text, Markdown and one-cell layouts have in common.

`see` looks at each line by itself, `choose` finds which numbers are those of questions, `find_keys` what is an answer
key, `build` which lines belong together, `compose` what each of them is; `settle` decides what the answers mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from questions.model import Problem, Severity
from questions.readers.drafts import Draft
from questions.readers.tables.table import tidy_lines
from questions.readers.written.blocks import Block
from questions.readers.written.brackets import asks
from questions.readers.written.building import build
from questions.readers.written.compose import compose
from questions.readers.written.counting import mark_numbers
from questions.readers.written.doubts import note_doubts, note_gaps
from questions.readers.written.habits import follow_habits
from questions.readers.written.headings import mark_furniture, mark_headings
from questions.readers.written.keying import apply_keys
from questions.readers.written.keys import find_keys, is_only_a_key
from questions.readers.written.lines import Line
from questions.readers.written.marking import take_marks
from questions.readers.written.seen import see

__all__ = ["Written", "lines_of", "read_written"]


@dataclass(slots=True)
class Written:
    """What a text holds."""

    drafts: list[Draft] = field(default_factory=list)
    """In the order of the text, for `settle`."""
    problems: list[Problem] = field(default_factory=list)
    """About places that are no question, and about the whole text."""
    legend: list[str] = field(default_factory=list)
    """Texts around the questions, where people say what their codes mean."""
    understood: bool = False
    """Whether the text looks like questions at all."""
    only_key: bool = False
    """Whether it is the answers to questions that stand elsewhere."""


def read_written(lines: Sequence[Line]) -> Written:
    """All questions of a text, with what could not be placed reported line by line. Never raises."""
    seen = see(lines)
    problems = mark_furniture(seen)
    if is_only_a_key(seen):
        message = "这里只有题号和答案，没有题目，没有读入；请把答案贴到题目后面。"
        return Written(problems=[Problem(seen[0].line.where, Severity.WARNING, message)], only_key=True)
    regions = find_keys(seen)
    mark_headings(seen)
    problems += mark_numbers(seen)
    found = build(seen)
    above = [(region, found.above[region.start]) for region in regions]
    problems += found.problems + apply_keys(above, found.blocks)
    drafts = [compose(block) for block in found.blocks]
    note_gaps(found.blocks, drafts)
    problems += take_marks(drafts, found.blocks)
    problems += follow_habits(drafts, found.blocks)
    note_doubts(drafts)
    asked, stemless = _with_stems(drafts, found.blocks)
    return Written(asked, problems + stemless, found.legend, _understood(asked))


def _with_stems(drafts: Sequence[Draft], blocks: Sequence[Block]) -> tuple[list[Draft], list[Problem]]:
    """The drafts that ask something, and where a stem is missing."""
    asked: list[Draft] = []
    problems: list[Problem] = []
    for draft, block in zip(drafts, blocks, strict=True):
        if draft.stem or any(not picture.place for picture in draft.pictures):
            asked.append(draft)
        else:
            shown = block.seen.text.strip()[:20]
            problems.append(Problem(draft.where, Severity.ERROR, f"“{shown}”这里没有题干，没有读入；请补上题干。"))
    return asked, problems


def _understood(drafts: Sequence[Draft]) -> bool:
    return any(
        draft.options or draft.answer or draft.blanks or draft.section or draft.kind or asks(draft.stem)
        for draft in drafts
    )


def lines_of(text: str, where: str) -> list[Line]:
    """The lines of a text that is all in one place, such as a cell."""
    lines: list[Line] = []
    apart = False
    for line in tidy_lines(text).split("\n"):
        stripped = line.strip()
        if stripped:
            lines.append(Line(where, stripped, apart=apart))
        apart = not stripped
    return lines
