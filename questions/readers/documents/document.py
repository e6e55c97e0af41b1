"""A document of running text and tables → questions in its order: what Word and web pages have in common."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from questions.model import Problem, Severity, UnreadableFile
from questions.readers.documents.grids import LEAST_STEM, Block, questions_of
from questions.readers.drafts import Draft
from questions.readers.meaning.kinds import section_named
from questions.readers.meaning.settle import settle
from questions.readers.reading import Reading
from questions.readers.tables.columns import Choice, choices_in
from questions.readers.tables.rows import TableDrafts
from questions.readers.tables.tabular import all_placed, settle_table
from questions.readers.written import read_written
from questions.readers.written.lines import Line

_HEADING_WITHIN = 3
"""How many lines above a table may be its heading."""


@dataclass(slots=True)
class Document:
    """What a reader of documents makes of a file."""

    blocks: list[Block] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    """The `where` of every paragraph and row in order, of those that hold nothing too."""
    doubts: list[tuple[str, str]] = field(default_factory=list)
    """(where, a sentence about what stands there and could not be read as it is)."""
    problems: list[Problem] = field(default_factory=list)
    """About the whole file."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)


ONLY_A_KEY = "这个文件里只有答案，没有题目；请把这些答案贴到题目文件的最后面，存成一个文件后再导入。"


@dataclass(slots=True)
class _Sorted:
    """The blocks of a document: tables of questions on one side, everything else as running text on the other.

    The running text stays one sequence even where tables stand in between, so that a key at the end finds its
    questions; so do the tables, which share their conventions.
    """

    lines: list[Line] = field(default_factory=list)
    tables: TableDrafts = field(default_factory=TableDrafts)


def read_document(form: str, document: Document, columns: Mapping[str, str], nothing: str) -> Reading:
    """The questions of a document.

    Raises UnreadableFile with the sentence `nothing` where it holds none, and BadColumns where a column that was
    named is in none of its tables.
    """
    choices = choices_in(columns)
    found = _sorted(document.blocks, choices)
    all_placed(choices, found.tables.placed)
    written = read_written(found.lines)
    if not written.understood and not written.only_key:
        # What stands around tables of questions: their captions, notes, signatures.
        written.drafts, written.problems = [], _not_questions(written.drafts)
    drafts = [*found.tables.drafts, *written.drafts]
    if not drafts:
        raise UnreadableFile(ONLY_A_KEY if written.only_key else nothing)
    order = _Order(document.places)
    problems = [*document.problems, *found.tables.problems, *written.problems]
    problems += _tell_doubts(document.doubts, sorted(drafts, key=order), order)
    around = "\n".join(written.legend)
    settled = settle_table(found.tables, around) + settle(written.drafts, "\n".join([around, *found.tables.legend]))
    ordered = sorted(zip(drafts, settled, strict=True), key=lambda pair: order(pair[0]))
    return Reading(form, "", [pair for _, pair in ordered], problems, document.pictures)


def _not_questions(drafts: Sequence[Draft]) -> list[Problem]:
    """Numbered text that nothing shows to be questions: told, not read."""
    message = "有编号的文字看不出是题目，没有读入；如果是题目，请补上选项或答案。"
    told = [draft for draft in drafts if len(draft.stem) >= LEAST_STEM]
    return [Problem(draft.where, Severity.WARNING, message) for draft in told[:1]]


class _Order:
    """Where a question begins, as a number that grows with the document."""

    def __init__(self, places: Sequence[str]) -> None:
        self._places = {where: place for place, where in reversed(list(enumerate(places)))}

    def __call__(self, draft: Draft) -> int:
        return self.of(draft.where.partition("（")[0])

    def of(self, where: str) -> int:
        return self._places.get(where, -1)


def _sorted(blocks: Sequence[Block], choices: Sequence[Choice]) -> _Sorted:
    found = _Sorted()
    headings: list[Line] = []
    for block in blocks:
        if isinstance(block, Line):
            found.lines.append(block)
            headings = [*headings, block][-_HEADING_WITHIN:]
        elif (read := questions_of(block, choices)) is None:
            found.lines += block.lines
        else:
            section = next((named for line in reversed(headings) if (named := section_named(line.text))), None)
            for draft in read.drafts:
                draft.section = draft.section or section
            found.tables.drafts += read.drafts
            found.tables.problems += read.problems
            found.tables.legend += read.legend
            found.tables.placed |= read.placed
    return found


def _tell_doubts(doubts: Iterable[tuple[str, str]], drafts: Sequence[Draft], order: _Order) -> list[Problem]:
    """Each doubt beside the question in which it stands; those above the first question are given back."""
    starts = [order(draft) for draft in drafts]
    above: list[Problem] = []
    for where, message in dict.fromkeys(doubts):
        at = bisect_right(starts, order.of(where)) - 1
        if at < 0:
            above.append(Problem(where, Severity.WARNING, f"这里{message}"))
        else:
            drafts[at].warning(f"{where}{message}")
    return above
