"""Rows of tables → drafts of questions: one row a question, or one row an option."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from questions.model import LETTERS, Problem, Severity
from questions.readers.answers import letters_in, literal, truth_of
from questions.readers.columns import Role, meaning
from questions.readers.drafts import Draft
from questions.readers.kinds import Named, section_named
from questions.readers.layout import Layout, header_score, headless_layout, layouts_of, merged_header
from questions.readers.options import WEAK_SEPARATORS, labelled, separator_of, split_options
from questions.readers.tables import Mark, Row, Table

_HEADER_WITHIN = 30
_SAMPLE = 300
_CHAPTER = re.compile(r"第.{1,4}[章节讲部分篇课][\s:：、.]?.{0,40}|[一二三四五六七八九十]{1,3}、.{1,40}")


@dataclass(slots=True)
class TableDrafts:
    """What one table holds."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    legend: list[str] = field(default_factory=list)
    """Texts around the questions (titles, instructions, headers), where people say what their codes mean."""
    understood: bool = False
    """Whether the table looks like questions at all."""


def read_table(table: Table) -> TableDrafts:
    """All questions of a table, with what could not be placed reported row by row."""
    found = TableDrafts()
    start = _find_header(table.rows)
    if start is None:
        layout = headless_layout(table.rows[:_SAMPLE])
        if layout is None:
            found.legend = [cell for row in table.rows[:200] for cell in row.cells if cell]
            return found
        _Reader(table, found, [layout]).read(table.rows)
        return found
    first, header, body = start
    for row in table.rows[:first]:
        found.legend += [cell for cell in row.cells if cell]
        _before_header(table, row, found)
    reader = _Reader(table, found, [])
    for row in table.rows[:first]:
        if len({row.cells[column] for column in row.filled}) == 1:
            reader.heading(row.cells[row.filled[0]])
    reader.head(header, table.rows[body:])
    reader.read(table.rows[body:])
    return found


def _find_header(rows: Sequence[Row]) -> tuple[int, Row, int] | None:
    """(index of the header's first row, the header, index of the first row below it)."""
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        both = merged_header(row, rows[index + 1]) if index + 1 < len(rows) else None
        if both and header_score(both.cells):
            return index, both, index + 2
        if header_score(row.cells):
            return index, row, index + 1
    return _lone_stems(rows)


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

    def __init__(self, table: Table, found: TableDrafts, layouts: list[Layout]) -> None:
        self.table = table
        self.found = found
        self.section: Named | None = section_named(table.name) if table.name else None
        self.chapter = ""
        self.header: tuple[str, ...] = ()
        self.blocks: list[list[Draft]] = []
        self._use(layouts, table.rows)

    def read(self, rows: Sequence[Row]) -> None:
        for index, row in enumerate(rows):
            filled = row.filled
            if not filled:
                continue
            if len(filled) == 1 or len({row.cells[column] for column in filled}) == 1:
                if self.heading(row.cells[filled[0]]):
                    continue
            elif any(meaning(row.cells[column]) for column in filled[:2]) and header_score(row.cells):
                self.head(row, rows[index + 1 :])
                continue
            self._questions(row)
        self._collect()

    def _use(self, layouts: list[Layout], below: Sequence[Row]) -> None:
        self._collect()
        self.layouts = layouts
        self.blocks = [[] for _ in layouts]
        self.groups = [_Group(self.table, layout, below) for layout in layouts]
        self.separators = [_separator(layout, below) for layout in layouts]
        where = f"工作表“{self.table.name}”" if self.table.name else "整个文件"
        notes = dict.fromkeys(note for layout in layouts for note in layout.notes)
        for separator in dict.fromkeys(self.separators):
            if separator in WEAK_SEPARATORS:
                notes[f"选项是按“{separator}”分开的，它也可能是选项里的字；请核对每题有几个选项。"] = None
        self.found.problems += [Problem(where, Severity.WARNING, note) for note in notes]
        self.found.understood |= bool(layouts)

    def _collect(self) -> None:
        for drafts in self.blocks:
            self.found.drafts += drafts
        self.blocks = []

    def head(self, row: Row, below: Sequence[Row]) -> None:
        """A header: the first, that of another section, or the same one pasted twice, which is worth a word."""
        if row.cells == self.header:
            message = "这一行又是一次表头，没有当作题目读入；请核对。"
            self.found.problems.append(Problem(self.table.where(row), Severity.WARNING, message))
        self.header = row.cells
        self.found.legend += [cell for cell in row.cells if cell]
        self._use(layouts_of(row, below[:_SAMPLE]), below)

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
        for block, layout in enumerate(self.layouts):
            group = self.groups[block]
            draft = group.add(row) if group.grouped else _draft(self.table, row, layout, self.separators[block])
            if draft is None:
                self._unplaced(row, layout, group.grouped)
                continue
            draft.section = self.section
            draft.category = draft.category or self.chapter
            if block:
                draft.where += f"（并排第{block + 1}组）"
            self.blocks[block].append(draft)

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
    if column is None:
        return ""
    cells = [cell for row in below[:_SAMPLE] if (cell := row.cell(column))]
    return separator_of(cell for cell in cells if literal(cell) is None and labelled(cell) is None)


def _texts(table: Table, row: Row, layout: Layout, role: Role) -> str:
    """A cell whose text may be merged over several rows."""
    column = layout.column(role)
    if column is None:
        return ""
    return row.cell(column) or table.spread.get((row.number, column), "")


def _draft(table: Table, row: Row, layout: Layout, separator: str) -> Draft | None:
    """The question of a row; None where it has no stem."""
    stem = row.cell(layout.stem)
    if not stem:
        return None
    column = layout.column
    answer = column(Role.ANSWER)
    draft = Draft(
        where=table.where(row),
        number=row.cell(column(Role.NUMBER)),
        kind=_texts(table, row, layout, Role.KIND),
        stem=stem,
        answer=row.cell(answer),
        explanation=row.cell(column(Role.EXPLANATION)),
        category=_texts(table, row, layout, Role.CATEGORY),
        difficulty=_texts(table, row, layout, Role.DIFFICULTY),
        source=_texts(table, row, layout, Role.SOURCE),
        template=layout.template,
        answer_mark=row.marks.get(answer) if answer is not None else None,
    )
    if layout.options:
        draft.options = [row.cell(option) for option in layout.options]
    elif cell := row.cell(column(Role.OPTIONS)):
        draft.options = split_options(cell, separator)
    draft.blanks = [row.cell(blank) for blank in layout.blanks]
    _report_marks(draft, row, layout)
    return draft


def _report_marks(draft: Draft, row: Row, layout: Layout) -> None:
    for place, mark in row.marks.items():
        if place not in layout.options and place not in layout.blanks and place != layout.column(Role.OPTION_TEXT):
            continue
        shown = row.cell(place)
        if mark is Mark.DATE:
            draft.warning(f"“{shown}”在表格里是日期或时间，写法可能已被改变；请把单元格设为文本，照原样重填。")
        else:
            draft.warning(f"“{shown}”在表格里是数字；如果原来是百分数，请把单元格设为文本后写成百分数。")


class _Group:
    """One row an option: collects the rows of a question under its first."""

    def __init__(self, table: Table, layout: Layout, below: Sequence[Row]) -> None:
        self.table, self.layout = table, layout
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
            current = self.draft = _draft(self.table, row, self.layout, "")
            if current is not None and row.cell(self.text):
                self._prepare(current)
        elif current is not None and self.took:
            _report_marks(current, row, self.layout)
        if current is not None and (begins or self.took) and row.cell(self.text):
            self._option(current, row)
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
