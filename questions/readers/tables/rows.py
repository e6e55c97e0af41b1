"""Rows of tables → drafts of questions: one row a question, or one row an option."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

from questions.model import EXPLANATION, LETTERS, Picture, Problem, Severity
from questions.readers.drafts import Draft
from questions.readers.meaning.answers import letters_in, truth_of
from questions.readers.meaning.kind_column import read_kinds
from questions.readers.meaning.kinds import Named, section_named
from questions.readers.meaning.options import WEAK_SEPARATORS
from questions.readers.quoting import brief
from questions.readers.tables.columns import Choice, Role, locate, meaning
from questions.readers.tables.layout import (
    Layout,
    chosen_layout,
    header_score,
    headless_layout,
    layouts_of,
    merged_header,
)
from questions.readers.tables.option_column import cut, following, separator_of
from questions.readers.tables.table import Mark, Row, Table
from questions.readers.tables.template import verbatim

_BETWEEN_TAGS = re.compile(r"[、,，;；|\s]+")
_HEADER_WITHIN = 30
_SAMPLE = 300
_CHAPTER = re.compile(r"第.{1,4}[章节讲部分篇课][\s:：、.]?.{0,40}|[一二三四五六七八九十]{1,3}、.{1,40}")


_SUMS_UP = re.compile(
    r"(?:合计|总计|小计|共计|总题[数量]|题目总数|题目数量|总[数分]|满分|平均分|(?:制表|审核|审批|填表|填报|编制|校对|出题|命题)"
    r"(?:人|单位|部门|日期|时间)?|备注|注)(?:\s*[:：].{0,80})?"
)
"""What the first cell of a row below the questions says: figures about them, or who made them."""


@dataclass(slots=True)
class TableDrafts:
    """What one table holds."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    legend: list[str] = field(default_factory=list)
    """Texts around the questions (titles, instructions, headers), where people say what their codes mean."""
    understood: bool = False
    """Whether the table looks like questions at all."""
    placed: set[Choice] = field(default_factory=set)
    """The columns that a person has named, and that this table has."""

    def locate(self, choices: Sequence[Choice], header: Sequence[str], table: Table) -> None:
        width = max((len(row.cells) for row in table.rows), default=0)
        self.placed.update(locate(choices, header, 0, width).values())


def read_table(table: Table, choices: Sequence[Choice] = ()) -> TableDrafts:
    """All questions of a table, with what could not be placed reported row by row.

    `choices`: columns that a person has named, over what headers say; a table that has none of them is read as
    usual. Raises BadColumns for choices that contradict each other in this table.
    """
    found = TableDrafts()
    start = _find_header(table.rows, choices)
    if start is None:
        found.locate(choices, (), table)
        layout = chosen_layout(table.rows, choices) if choices else None
        layout = layout or headless_layout(table.rows[:_SAMPLE])
        if layout is None:
            found.legend = [cell for row in table.rows[:200] for cell in row.cells if cell]
            return found
        _Reader(table, found, [layout], choices).read(table.rows)
        return found
    first, header, body = start
    for row in table.rows[:first]:
        found.legend += [cell for cell in row.cells if cell]
        _before_header(table, row, found)
    reader = _Reader(table, found, [], choices)
    for row in table.rows[:first]:
        if len({row.cells[column] for column in row.filled}) == 1:
            reader.heading(row.cells[row.filled[0]])
    reader.head(header, table.rows[body:])
    reader.read(table.rows[body:])
    return found


def layouts_in(table: Table, choices: Sequence[Choice]) -> tuple[Row | None, Sequence[Row], list[Layout]]:
    """How `read_table` understands a table where it begins: its header, the rows below, what their columns hold."""
    start = _find_header(table.rows, choices)
    if start is None:
        layout = chosen_layout(table.rows, choices) if choices else None
        layout = layout or headless_layout(table.rows[:_SAMPLE])
        return None, table.rows, [layout] if layout else []
    _, header, body = start
    return header, table.rows[body:], layouts_of(header, table.rows[body : body + _SAMPLE], choices)


def _find_header(rows: Sequence[Row], choices: Sequence[Choice]) -> tuple[int, Row, int] | None:
    """(index of the header's first row, the header, index of the first row below it)."""
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        both = merged_header(row, rows[index + 1]) if index + 1 < len(rows) else None
        if both and header_score(both.cells):
            return index, both, index + 2
        if header_score(row.cells):
            return index, row, index + 1
    return _chosen_header(rows, choices) or _lone_stems(rows)


def _chosen_header(rows: Sequence[Row], choices: Sequence[Choice]) -> tuple[int, Row, int] | None:
    """A row with the header of a column that was named; else the first row, if it announces any part at all."""
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        if any(choice.by_header and choice.found_in(row.cells, 0, len(row.cells)) is not None for choice in choices):
            return index, row, index + 1
    if choices and rows and any(_announces(cell) for cell in rows[0].cells):
        return 0, rows[0], 1
    return None


def _announces(cell: str) -> bool:
    """A bare letter may be a header, and as well an answer."""
    return len(cell) > 1 and meaning(cell) is not None


def _lone_stems(rows: Sequence[Row]) -> tuple[int, Row, int] | None:
    """A table of one column, where each cell holds a whole question."""
    columns = {column for row in rows for column in row.filled}
    if len(columns) == 1:
        for index, row in enumerate(rows[:_HEADER_WITHIN]):
            known = meaning(row.cells[next(iter(columns))]) if row.filled else None
            if known and known.role is Role.STEM:
                return index, row, index + 1
    return None


def _before_header(table: Table, row: Row, found: TableDrafts) -> None:
    if len(set(row.cells) - {""}) >= 4 or any(letters_in(cell) for cell in row.cells[1:] if cell):
        message = "这一行在表头上面，没有读入；如果它是题目，请移到表头下面。"
        found.problems.append(Problem(table.where(row), Severity.WARNING, message))


class _Reader:
    """Walks down one table, keeping the headings and headers that hold for the rows below them."""

    def __init__(self, table: Table, found: TableDrafts, layouts: list[Layout], choices: Sequence[Choice]) -> None:
        self.table = table
        self.found = found
        self.choices = choices
        self._whole = f"工作表“{table.name}”" if table.name else "整个文件"
        self.section: Named | None = section_named(table.name) if table.name else None
        self.chapter = ""
        self.header: tuple[str, ...] = ()
        self.header_again = False
        """Whether a heading has come since, below which the same header is no surprise."""
        self.blocks: list[list[Draft]] = []
        self._use(layouts, table.rows)

    def read(self, rows: Sequence[Row]) -> None:
        for index, row in enumerate(rows):
            filled = row.filled
            if not filled:
                continue
            cells = row.cells
            first = cells[filled[0]]
            if first == cells[filled[-1]] and all(cells[column] == first for column in filled):
                if self.heading(first):
                    self.header_again = True
                    continue
            elif (meaning(first) or meaning(cells[filled[1]])) and header_score(cells):
                self.head(row, rows[index + 1 : index + 1 + _SAMPLE])
                continue
            self._questions(row)
            if filled[-1] > self.last or any(cells[column] for column in self.holes if column < len(cells)):
                self._beyond(row)
        self._collect()

    def _use(self, layouts: list[Layout], below: Sequence[Row]) -> None:
        self._collect()
        self.layouts = layouts
        self.blocks = [[] for _ in layouts]
        self.separators = [_separator(layout, below) for layout in layouts]
        takers = [_Taker(self.table, layout, self.separators[block]) for block, layout in enumerate(layouts)]
        self.groups = [_Group(taker, below) for taker in takers]
        known = {column for column, cell in enumerate(self.header) if cell}
        known |= {column for layout in layouts for column in layout.columns()}
        self.last = max(known, default=0)
        self.holes = [column for column in range(self.last) if column not in known]
        notes = dict.fromkeys(note for layout in layouts for note in layout.notes)
        for separator in dict.fromkeys(self.separators):
            if separator in WEAK_SEPARATORS:
                notes[f"选项是按“{separator}”分开的，它也可能是选项里的字；请核对每题有几个选项。"] = None
        self.found.problems += [Problem(self._whole, Severity.WARNING, note) for note in notes]
        self.found.understood |= bool(layouts)

    def _collect(self) -> None:
        self.found.problems += read_kinds([draft for drafts in self.blocks for draft in drafts], self._whole)
        for drafts in self.blocks:
            self.found.drafts += drafts
        self.blocks = []

    def head(self, row: Row, below: Sequence[Row]) -> None:
        """A header: the first, that of another section, or the same one pasted twice, which is worth a word."""
        if row.cells == self.header and not self.header_again:
            message = "这一行又是一次表头，没有当作题目读入；请核对。"
            self.found.problems.append(Problem(self.table.where(row), Severity.WARNING, message))
        self.header, self.header_again = row.cells, False
        self.found.legend += [cell for cell in row.cells if cell]
        self.found.locate(self.choices, row.cells, self.table)
        self._use(layouts_of(row, below[:_SAMPLE], self.choices), below)

    def heading(self, text: str) -> bool:
        """Whether a row with a single text is a heading, which then holds for the rows below."""
        if named := section_named(text):
            self.section = named
            self.found.legend.append(text)
            return True
        if _CHAPTER.fullmatch(text) and "（" not in text and "?" not in text and "？" not in text and "。" not in text:
            self.chapter = text
            return True
        return False

    def _questions(self, row: Row) -> None:
        if _SUMS_UP.fullmatch(row.cells[row.filled[0]]) and self._stands_below(row):
            return
        for block, layout in enumerate(self.layouts):
            if self._goes_on(row, layout, self.blocks[block]):
                continue
            group = self.groups[block]
            draft = group.add(row) if group.grouped else group.taker.draft(row)
            if draft is None:
                self._unplaced(row, layout, group.grouped)
                continue
            draft.section = self.section
            draft.category = draft.category or self.chapter
            if block:
                draft.where += f"（并排第{block + 1}组）"
            self.blocks[block].append(draft)

    def _goes_on(self, row: Row, layout: Layout, above: Sequence[Draft]) -> bool:
        """Whether a row holds options of the question above it, where its stem would stand: ``A. 26 ℃``."""
        if layout.options or not above or row.filled != [layout.stem]:
            return False
        draft = above[-1]
        options = following(row.cells[layout.stem], len(draft.options)) if len(draft.options) < len(LETTERS) else []
        draft.options += options
        return bool(options)

    def _stands_below(self, row: Row) -> bool:
        """Whether a row that begins like figures about the questions, or like who made them, is no question."""
        for layout in self.layouts:
            parts = (*layout.options, *layout.blanks, layout.column(Role.OPTIONS), layout.column(Role.ANSWER))
            if layout.stem != row.filled[0] and row.cell(layout.stem) and any(map(row.cell, parts)):
                return False
        message = f"这一行像是合计或落款（“{brief(row.cells[row.filled[0]])}”），没有当作题目读入；请核对。"
        self.found.problems.append(Problem(self.table.where(row), Severity.WARNING, message))
        return True

    def _beyond(self, row: Row) -> None:
        """What stands in columns that neither a header nor their content tells."""
        columns = [column for column in row.filled if column > self.last or column in self.holes]
        held = "；".join(f"第 {column + 1} 列的“{row.cells[column][:20]}”" for column in columns[:3])
        told = f"{held}没有读入，因为这一列没有表头；请核对。"
        self.found.problems.append(Problem(self.table.where(row), Severity.WARNING, told))

    def _unplaced(self, row: Row, layout: Layout, grouped: bool) -> None:
        """A row without a stem: prefilled numbers are nothing, anything else is reported."""
        if grouped and self.groups[self.layouts.index(layout)].took:
            return
        parts = [*layout.options, *layout.blanks]
        parts += [
            layout.single[role]
            for role in (Role.OPTIONS, Role.OPTION_TEXT, Role.ANSWER, Role.EXPLANATION)
            if role in layout.single
        ]
        held = [row.cell(column) for column in parts if row.cell(column)]
        if len(self.layouts) == 1 and not held and len(row.filled) == 1:
            held = [row.cells[column] for column in row.filled if not row.cells[column].isdigit()]
        if held:
            severity = Severity.ERROR if len(held) > 1 else Severity.WARNING
            message = f"这一行没有题干（只有“{held[0][:20]}”），没有读入；请补上题干，或清空这一行。"
            self.found.problems.append(Problem(self.table.where(row), severity, message))


def _separator(layout: Layout, below: Sequence[Row]) -> str:
    column = layout.column(Role.OPTIONS)
    return "" if column is None else separator_of(row.cell(column) for row in below[:_SAMPLE])


_TAKEN = (
    Role.NUMBER,
    Role.STEM,
    Role.ANSWER,
    Role.EXPLANATION,
    Role.OPTIONS,
    Role.KIND,
    Role.CATEGORY,
    Role.DIFFICULTY,
    Role.SOURCE,
    Role.TAGS,
)
_MERGED = _TAKEN[5:]
"""Parts whose cell may be merged over several rows."""


class _Taker:
    """Takes the parts of a question out of a row, where one layout says that they are."""

    def __init__(self, table: Table, layout: Layout, separator: str) -> None:
        self.table, self.layout, self.separator = table, layout, separator
        width = max([layout.stem, *layout.single.values(), *layout.options, *layout.blanks]) + 1
        # Behind the cells of every row: the last of them is the cell of a part that has no column.
        self._padding = ("",) * (width + 1)
        first, second, *others = (layout.single.get(role, -1) for role in _TAKEN)
        self._parts = itemgetter(first, second, *others)
        self._places = dict(zip(layout.options, LETTERS, strict=False))
        self._places[layout.single.get(Role.EXPLANATION, -1)] = EXPLANATION
        self._pictured: dict[int, list[int]] = defaultdict(list)
        for number, column in sorted(table.pictures):
            self._pictured[number].append(column)
        columns = [*layout.options, *layout.blanks]
        self._counted = itemgetter(-1, -1, *columns)

    def draft(self, row: Row) -> Draft | None:
        """The question of a row; None where it has no stem."""
        cells = row.cells + self._padding
        number, stem, answer, explanation, options, *merged = self._parts(cells)
        if not stem:
            return None
        layout = self.layout
        if self.table.spread:
            merged = [text or self._spread(row, role) for text, role in zip(merged, _MERGED, strict=True)]
        kind, category, difficulty, source, tags = merged
        draft = Draft(
            where=self.table.where(row),
            number=number,
            kind=kind,
            stem=stem,
            answer=answer,
            explanation=explanation,
            category=category,
            difficulty=difficulty,
            source=source,
            tags=split_tags(tags),
            template=layout.template,
        )
        counted = list(self._counted(cells))[2:]
        if layout.options:
            draft.options = counted[: len(layout.options)]
        if options and not any(draft.options):
            draft.options = cut(options, self.separator)
        draft.blanks = counted[len(layout.options) :]
        if layout.template:
            draft.verbatim = verbatim(row.cells, len(layout.options), draft.where)
        if self.table.pictures:
            draft.pictures = self.pictures(row)
        if row.marks:
            draft.answer_mark = row.marks.get(layout.single.get(Role.ANSWER, -1))
            self.report_marks(draft, row)
        return draft

    def _spread(self, row: Row, role: Role) -> str:
        column = self.layout.column(role)
        return "" if column is None else self.table.spread.get((row.number, column), "")

    def pictures(self, row: Row) -> list[Picture]:
        """The pictures of a row, each at the part of the question whose column it stands in; else at the stem."""
        return [
            replace(one, place=self._places.get(column, ""))
            for column in self._pictured.get(row.number, ())
            for one in self.table.pictures[row.number, column]
        ]

    def report_marks(self, draft: Draft, row: Row) -> None:
        """What a spreadsheet did to the cells of a row."""
        layout = self.layout
        for column, mark in row.marks.items():
            if column not in {*layout.options, *layout.blanks, layout.column(Role.OPTION_TEXT)}:
                continue
            shown = row.cell(column)
            if mark is Mark.DATE:
                draft.warning(f"“{shown}”在表格里是日期或时间，写法可能已被改变；请把单元格设为文本，照原样重填。")
            else:
                draft.warning(f"“{shown}”在表格里是数字；如果原来是百分数，请把单元格设为文本后写成百分数。")


def split_tags(cell: str) -> list[str]:
    """The tags of one cell, none twice: people write 、 , ; or spaces between them."""
    return list(dict.fromkeys(filter(None, _BETWEEN_TAGS.split(cell)))) if cell else []


class _Group:
    """One row an option: collects the rows of a question under its first."""

    def __init__(self, taker: _Taker, below: Sequence[Row]) -> None:
        self.taker, layout = taker, taker.layout
        self.layout = layout
        self.text = layout.column(Role.OPTION_TEXT)
        if self.text is None:
            self.text = layout.column(Role.OPTIONS)
        self.flag = layout.column(Role.OPTION_FLAG)
        self.grouped = self.text is not None and (self.flag is not None or self._continues(below[:_SAMPLE]))
        self.draft: Draft | None = None
        self.took = False
        """Whether the row last given belonged to the question before it."""

    def _continues(self, rows: Sequence[Row]) -> bool:
        with_option = [row for row in rows if row.cell(self.text)]
        return bool(with_option) and sum(not row.cell(self.layout.stem) for row in with_option) >= 0.4 * len(
            with_option
        )

    def add(self, row: Row) -> Draft | None:
        """A new question when the row begins one, otherwise None."""
        stem, number = row.cell(self.layout.stem), row.cell(self.layout.column(Role.NUMBER))
        current = self.draft
        same = current is not None and (number in {"", current.number}) and stem in {"", current.stem}
        begins = bool(stem) and not (same and bool(number) and bool(row.cell(self.text)))
        self.took = not begins and same and bool(row.cell(self.text))
        if begins:
            current = self.draft = self.taker.draft(row)
            if current is not None and row.cell(self.text):
                self._prepare(current)
        elif current is not None and self.took:
            self.taker.report_marks(current, row)
        if current is not None and (begins or self.took) and row.cell(self.text):
            self._option(current, row)
            if self.taker.table.pictures and len(current.options) <= len(LETTERS):
                letter = LETTERS[len(current.options) - 1]
                shown = self.taker.pictures(row)
                current.pictures += [replace(one, place=letter) for one in shown if not begins]
        return current if begins else None

    def _prepare(self, draft: Draft) -> None:
        """Letters in the answer column of the first row are the answer; anything else there is a flag like 1 or √."""
        draft.options = []
        answer = self.layout.column(Role.ANSWER)
        lettered = letters_in(draft.answer) is not None and truth_of(draft.answer) is None
        self.flag = self.layout.column(Role.OPTION_FLAG)
        if self.flag is None and not lettered:
            self.flag = answer
        if self.flag is not None:
            draft.answer = ""

    def _option(self, draft: Draft, row: Row) -> None:
        draft.options.append(row.cell(self.text))
        if self.flag is None or len(draft.options) > len(LETTERS):
            return
        flag = row.cell(self.flag).casefold()
        letter = LETTERS[len(draft.options) - 1]
        right = True if flag == "1" else False if flag in {"", "0"} else truth_of(flag)
        if right:
            draft.answer += letter
        elif right is None:
            draft.error(f"选项 {letter} 是否正确写的是“{flag[:20]}”，认不出；请写 1 或 0。")
