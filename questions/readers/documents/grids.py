"""Tables of documents: tables of questions, or anything else that people put side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from questions.model import EXPLANATION, LETTERS, Picture, Problem, Severity
from questions.readers.documents.marks import Look, RawLine, line_of, usual_look
from questions.readers.drafts import Draft
from questions.readers.tables.columns import Choice, Role, meaning
from questions.readers.tables.rows import TableDrafts, read_table
from questions.readers.tables.table import Row, Table
from questions.readers.tables.upright import turned
from questions.readers.written.lines import Line

MOST_COLUMNS = 256
_HEADER_WITHIN = 30
LEAST_STEM = 4
"""Characters that a typical stem has at the least; what has shorter ones is something else."""
_MARKED_ANSWERS = "这个表格没有“答案”一列，已把加了颜色、加粗或底纹的选项当作答案；请核对。"


@dataclass(frozen=True, slots=True)
class PlacedTable(Table):
    """A table that has no name but a place: ``第2个表格``."""

    place: str = ""

    def where(self, row: Row) -> str:
        return f"{self.place}第{row.number}行"


@dataclass(frozen=True, slots=True)
class Cell:
    column: int
    """From 0; a cell over several columns stands in the first of them."""
    blocks: Sequence[Line | Grid]
    marked: bool = False
    """Whether the cell itself is coloured."""
    continues: bool = False
    """Whether it is the lower part of a cell that is merged downwards."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a document, and the same as running text, for it may be either."""

    table: PlacedTable
    lines: tuple[Line, ...]
    marked: frozenset[tuple[int, int]]
    """(row number, column) of the cells whose whole text is set apart."""
    pictures: Mapping[tuple[int, int], tuple[Picture, ...]]


Block = Line | Grid


@dataclass(slots=True)
class RawCell:
    """A cell whose lines have not been compared with the rest of the document yet."""

    column: int
    blocks: list[Raw] = field(default_factory=list)
    marked: bool = False
    continues: bool = False


@dataclass(slots=True)
class RawTable:
    place: str
    rows: list[list[RawCell]] = field(default_factory=list)


Raw = RawLine | RawTable | Line | Grid
"""What a reader finds, in order; lines and tables of documents within documents are settled already."""


def grid_of(place: str, rows: Sequence[Sequence[Cell]]) -> list[Block]:
    """A table's blocks: itself, or what its cells hold where it only arranges other tables on the page."""
    alone = all(sum(bool(cell.blocks) for cell in row) <= 1 for row in rows)
    if alone and any(isinstance(block, Grid) for row in rows for cell in row for block in cell.blocks):
        return [block for row in rows for cell in row for block in cell.blocks]
    found: list[Row] = []
    lines: list[Line] = []
    marked: set[tuple[int, int]] = set()
    pictures: dict[tuple[int, int], tuple[Picture, ...]] = {}
    spread: dict[tuple[int, int], str] = {}
    above: dict[int, str] = {}
    for number, row in enumerate(rows, 1):
        texts = [""] * max((cell.column + 1 for cell in row), default=0)
        for cell in row:
            if cell.continues:
                spread[number, cell.column] = above.get(cell.column, "")
                continue
            held = _flat(cell.blocks)
            texts[cell.column] = above[cell.column] = "\n".join(line.text for line in held if line.text)
            if held and (cell.marked or all(_wholly_marked(line) for line in held)):
                marked.add((number, cell.column))
            if shown := tuple(picture for line in held for picture in line.pictures):
                pictures[number, cell.column] = shown
        if any(texts):
            found.append(Row(number, tuple(texts)))
        lines += _row_lines(f"{place}第{number}行", [_flat(cell.blocks) for cell in row if not cell.continues])
    return [Grid(PlacedTable("", tuple(found), spread, place=place), tuple(lines), frozenset(marked), pictures)]


def settled(raws: Sequence[Raw]) -> list[Block]:
    """The blocks of a document, once it is known what its ordinary text looks like."""
    return _settled(raws, usual_look(_raw_lines(raws)))


def _raw_lines(raws: Iterable[Raw]) -> Iterator[RawLine]:
    for raw in raws:
        if isinstance(raw, RawLine):
            yield raw
        elif isinstance(raw, RawTable):
            for row in raw.rows:
                for cell in row:
                    yield from _raw_lines(cell.blocks)


def _settled(raws: Iterable[Raw], usual: Look) -> list[Block]:
    found: list[Block] = []
    for raw in raws:
        if isinstance(raw, RawLine):
            found.append(line_of(raw, usual))
        elif isinstance(raw, RawTable):
            rows = [
                [Cell(cell.column, _settled(cell.blocks, usual), cell.marked, cell.continues) for cell in row]
                for row in raw.rows
            ]
            found += grid_of(raw.place, rows)
        else:
            found.append(raw)
    return found


def moved(block: Block, prefix: str) -> Block:
    """The same block of a document that is part of another: `prefix` says where."""
    if isinstance(block, Line):
        return replace(block, where=prefix + block.where)
    table = replace(block.table, place=prefix + block.table.place)
    return replace(block, table=table, lines=tuple(replace(line, where=prefix + line.where) for line in block.lines))


def _flat(blocks: Iterable[Line | Grid]) -> list[Line]:
    return [line for block in blocks for line in (block.lines if isinstance(block, Grid) else (block,))]


def _wholly_marked(line: Line) -> bool:
    inside = sum(end - max(start, line.automatic) for start, end in line.marked if end > line.automatic)
    return not line.text or inside >= len(line.text) - line.automatic > 0


def _row_lines(where: str, cells: Sequence[list[Line]]) -> list[Line]:
    """A row as running text: cells side by side with tabs between, unless one holds lines of its own."""
    found: list[Line] = []
    while cells and not cells[-1]:
        cells = cells[:-1]
    joined: Line | None = None
    for cell in cells:
        first = cell[0] if cell else Line(where, "")
        joined = first if joined is None else _beside(joined, first)
        if len(cell) > 1:
            found += [joined, *cell[1:]]
            joined = None
    if joined is not None:
        found.append(joined)
    return [replace(line, where=where) for line in found if line.text.strip() or line.pictures]


def _beside(left: Line, right: Line) -> Line:
    shift = len(left.text) + 1
    spans = tuple((start + shift, end + shift) for start, end in right.marked)
    text = f"{left.text}\t{right.text}"
    return replace(left, text=text, marked=left.marked + spans, pictures=left.pictures + right.pictures)


def questions_of(grid: Grid, choices: Sequence[Choice]) -> TableDrafts | None:
    """What a table holds, None for one that is no table of questions."""
    answered = None if choices else _answered_by_marks(grid)
    table = turned(grid.table) or answered or grid.table
    read = read_table(table, choices)
    stems = sorted(len(draft.stem) for draft in read.drafts)
    useful = sum(bool(draft.answer or any(draft.options) or any(draft.blanks)) for draft in read.drafts)
    if not stems or stems[len(stems) // 2] < LEAST_STEM or 2 * useful < len(stems):
        return None
    if table is answered:
        read.problems.append(Problem(table.place, Severity.WARNING, _MARKED_ANSWERS))
    read.problems = [
        replace(problem, where=table.place) if problem.where == "整个文件" else problem for problem in read.problems
    ]
    _hang_pictures(grid, read.drafts)
    return read


def _header(table: Table) -> tuple[int, dict[int, tuple[Role, int]]]:
    """The index of a table's header and what its columns hold; (-1, nothing) where it has none."""
    for index, row in enumerate(table.rows[:_HEADER_WITHIN]):
        known = {column: meaning(cell) for column, cell in enumerate(row.cells) if cell}
        roles = {column: (found.role, found.index) for column, found in known.items() if found}
        named = [role for role, _ in roles.values()]
        if named.count(Role.OPTION) >= 2 or Role.STEM in named:
            return index, roles
    return -1, {}


def _answered_by_marks(grid: Grid) -> PlacedTable | None:
    """The table with the answers that only colour or bold shows, as a column; None where it has them otherwise."""
    index, roles = _header(grid.table)
    options = {column: LETTERS[at] for column, (role, at) in roles.items() if role is Role.OPTION and at < len(LETTERS)}
    if len(options) < 2 or any(role in {Role.ANSWER, Role.OPTION_FLAG} for role, _ in roles.values()):
        return None
    rows, width = list(grid.table.rows), max(len(row.cells) for row in grid.table.rows)
    answered = False
    for at, row in enumerate(rows[index:], index):
        filled = [column for column in options if row.cell(column)]
        right = sorted(options[column] for column in filled if (row.number, column) in grid.marked)
        if at == index:
            answer = "答案"
        else:
            answer = "".join(right) if len(right) < len(filled) else ""
            answered |= bool(answer)
        rows[at] = replace(row, cells=(*row.cells, *[""] * (width - len(row.cells)), answer))
    return replace(grid.table, rows=tuple(rows)) if answered else None


def _hang_pictures(grid: Grid, drafts: Sequence[Draft]) -> None:
    """Pictures in a table's cells belong to the question of the row, and there to what the column holds."""
    if not grid.pictures:
        return
    _, roles = _header(grid.table)
    by_where = {draft.where: draft for draft in drafts}
    for (number, column), pictures in grid.pictures.items():
        draft = by_where.get(f"{grid.table.place}第{number}行")
        if draft is None:
            continue
        role, at = roles.get(column, (Role.STEM, 0))
        place = LETTERS[at] if role is Role.OPTION else EXPLANATION if role is Role.EXPLANATION else ""
        draft.pictures += [replace(picture, place=place) for picture in pictures]
