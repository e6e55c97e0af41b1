"""Where a table keeps what: its header rows, and the column of every part of a question.

Headers are believed first and then checked against what stands below them; a column whose header says nothing is
recognised by its content, and that is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from questions.model import LETTERS, Kind
from questions.readers.meaning.answers import letters_in, truth_of
from questions.readers.meaning.kinds import kind_named, kind_word
from questions.readers.meaning.options import WEAK_SEPARATORS, labelled
from questions.readers.tables.columns import Choice, Meaning, Role, locate, meaning
from questions.readers.tables.option_column import separator_of
from questions.readers.tables.table import Row
from questions.readers.tables.template import is_template
from questions.review import blank_marks

_SUPPORT = {Role.ANSWER, Role.OPTION, Role.OPTIONS, Role.OPTION_TEXT, Role.OPTION_FLAG, Role.BLANK, Role.KIND}
_CODE = re.compile(r"[0-9]")
_INDEX = re.compile(r"\d(?:[,，、;；|/\s]*\d)*")


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns (from 0) of one block of questions; a table may hold several side by side."""

    stem: int
    single: dict[Role, int] = field(default_factory=dict)
    """The column of every role that has just one."""
    options: tuple[int, ...] = ()
    """The columns of options A, B, C…"""
    blanks: tuple[int, ...] = ()
    """The columns of the answers of blank 1, 2…"""
    template: bool = False
    """Whether the header is that of our own template, whose spellings are fixed."""
    notes: tuple[str, ...] = ()
    """What a person should know about how the header was understood: whole sentences."""

    unread: tuple[int, ...] = ()
    """Columns without a header that are told in the notes."""

    def column(self, role: Role) -> int | None:
        return self.single.get(role)

    def columns(self) -> set[int]:
        """All that hold something of a question, or are told not to."""
        return {self.stem, *self.single.values(), *self.options, *self.blanks, *self.unread}


def header_score(cells: Sequence[str]) -> int:
    """How many cells announce a part of a question; 0 where the row cannot be a header."""
    meanings = [known for known in _meanings(cells) if known]
    roles = {known.role for known in meanings}
    filled = sum(1 for cell in cells if cell)
    options = sum(known.role is Role.OPTION for known in meanings)
    named = Role.STEM in roles and roles & _SUPPORT
    unnamed = options >= 2 and roles & {Role.ANSWER, Role.KIND, Role.NUMBER}
    return len(meanings) if (named or unnamed) and 2 * len(meanings) >= filled else 0


def layouts_of(header: Row, below: Sequence[Row], choices: Sequence[Choice] = ()) -> list[Layout]:
    """The blocks that a header row announces, from left to right; `below` is a sample of the rows under it.

    `choices` overrule the header. Raises BadColumns for choices that contradict each other here.
    """
    cells = header.cells
    starts = [0] if choices and not _names_a_stem(cells) else _starts(cells)
    ends = [*starts[1:], max([len(cells), *(len(row.cells) for row in below)])]
    found = [_layout(cells, start, end, below, choices) for start, end in zip(starts, ends, strict=True)]
    return [layout for layout in found if layout is not None]


def chosen_layout(rows: Sequence[Row], choices: Sequence[Choice]) -> Layout | None:
    """The layout of a table without a header whose columns a person has named; None where they are not enough."""
    width = max((len(row.cells) for row in rows), default=0)
    layout = _layout((), 0, width, rows, choices) if locate(choices, (), 0, width) else None
    if layout is None:
        return None
    if not (layout.options or layout.blanks or layout.single.keys() & _SUPPORT - {Role.KIND}):
        return None
    note = f"表格没有表头，从第 {rows[0].number} 行起都当作题目读入；请核对第一题。"
    return replace(layout, notes=(note, *layout.notes))


def merged_header(upper: Row, lower: Row) -> Row | None:
    """Two header rows as one, where the upper one says 选项 over the A, B, C, D of the lower one."""
    width = max(len(upper.cells), len(lower.cells))
    pairs = [(upper.cell(column), lower.cell(column)) for column in range(width)]
    options = 0
    for above, under in pairs:
        known = meaning(under) if under else None
        if under and (known is None or known.role is not Role.OPTION):
            return None
        over = meaning(above) if above else None
        if under and over and over.role is not Role.OPTIONS:
            return None
        options += bool(under)
    return replace(lower, cells=tuple(under or above for above, under in pairs)) if options >= 2 else None


def _names_a_stem(cells: Sequence[str]) -> bool:
    return any(known.role is Role.STEM for known in map(meaning, cells) if known)


def _meanings(cells: Sequence[str]) -> list[Meaning | None]:
    found = [meaning(cell) if cell else None for cell in cells]
    bare = [known for known in found if known and known.role is Role.OPTION and known.rank]
    return [None if len(bare) < 2 and known in bare else known for known in found]


def _starts(cells: Sequence[str]) -> list[int]:
    """The first column of every block: a stem header that comes again, with its neighbours, starts another."""
    if not _names_a_stem(cells):
        return [0]
    # Blocks are told by their first header; the first block also has what stands before it.
    first = next((column for column, cell in enumerate(cells) if cell), 0)
    stems = [column for column, cell in enumerate(cells) if (known := meaning(cell)) and known.role is Role.STEM]
    again = [column for column in stems[1:] if cells[column] == cells[stems[0]]]
    starts = [0]
    for column in again:
        start = first + column - stems[0]
        if start < len(cells) and cells[start] == cells[first]:
            starts.append(start)
    return starts


def _layout(
    header: Sequence[str], start: int, end: int, below: Sequence[Row], choices: Sequence[Choice]
) -> Layout | None:
    meanings = dict(enumerate(_meanings(header)))
    columns = {column: meanings.get(column) for column in range(start, end)}
    chosen = locate(choices, header, start, end)
    _overrule(columns, chosen)
    single: dict[Role, int] = {}
    notes: list[str] = []
    for role in Role:
        if role in {Role.OPTION, Role.BLANK, Role.IGNORED}:
            continue
        candidates = [(known.rank, column) for column, known in columns.items() if known and known.role is role]
        if candidates:
            filled = [pair for pair in candidates if _share(below, pair[1], bool) >= 0.3]
            single[role] = min(filled or candidates)[1]
            if role is Role.ANSWER and len(filled) > 1:
                notes.append(f"表里有几列答案，读入的是“{header[single[role]]}”这一列；请核对。")
    options, blanks = _indexed(columns, Role.OPTION), _indexed(columns, Role.BLANK)
    unknown = [column for column, known in columns.items() if known is None and _share(below, column, bool) > 0]
    if blanks and not options and Role.ANSWER in single and _numbered_answers(columns):
        options, blanks = blanks, ()
    options = options or _under_one_header(single, header, unknown, chosen)
    unknown = [column for column in unknown if column not in options]
    _mend_kind(single, below, unknown, chosen)
    if Role.ANSWER not in single and not blanks and Role.OPTION_FLAG not in single:
        _find_answer(single, header, below, unknown, notes)
    if Role.STEM not in single:
        _find_stem(single, below, unknown, min(options, default=end))
    if Role.OPTION_FLAG in single and Role.OPTIONS in single:
        single[Role.OPTION_TEXT] = single.pop(Role.OPTIONS)
    if (
        Role.NUMBER not in single
        and (running := _running(below, header, unknown, single.get(Role.STEM, 0))) is not None
    ):
        single[Role.NUMBER] = running
    options = _continued(options, single, header, below, unknown, notes)
    unread = [column for column in unknown if column not in single.values() and column not in options]
    left = [
        header[column] if column < len(header) and header[column] else f"第 {column + 1} 列"
        for column in unread
        if (column < len(header) and header[column]) or _share(below, column, bool) >= 0.3
    ]
    if left:
        notes.append(f"这些列认不出是什么，没有读入：{'、'.join(left[:8])}。")
    if Role.STEM not in single:
        return None
    told = tuple(column for column in unread if _share(below, column, bool) >= 0.3)
    template = not chosen and is_template(header)
    return Layout(single[Role.STEM], single, options, blanks, template, tuple(notes), told)


_EITHER_OR = {Role.OPTIONS: Role.OPTION, Role.OPTION: Role.OPTIONS, Role.ANSWER: Role.BLANK}
"""A part that is named leaves no place for this other spelling of it."""


def _overrule(columns: dict[int, Meaning | None], chosen: Mapping[int, Choice]) -> None:
    """What a person has named holds, and what headers say of the same part does not."""
    said = {choice.meaning for choice in chosen.values()}
    instead = {_EITHER_OR.get(named.role) for named in said}
    for column, known in columns.items():
        if known and (replace(known, rank=0) in said or known.role in instead):
            columns[column] = Meaning(Role.IGNORED)
    columns.update((column, choice.meaning) for column, choice in chosen.items())


def _indexed(columns: dict[int, Meaning | None], role: Role) -> tuple[int, ...]:
    """The columns of a counted role in the order of their letters or numbers; the first of two alike counts."""
    found: dict[int, int] = {}
    for column, known in columns.items():
        if known and known.role is role:
            found.setdefault(known.index, column)
    return tuple(found[index] for index in sorted(found))


def _numbered_answers(columns: dict[int, Meaning | None]) -> bool:
    return all(known.rank for known in columns.values() if known and known.role is Role.BLANK)


def _under_one_header(
    single: dict[Role, int], header: Sequence[str], unknown: list[int], chosen: Container[int]
) -> tuple[int, ...]:
    """The option columns that one merged header 选项 covers: filled columns beside it that have no header."""
    if (first := single.get(Role.OPTIONS)) is None or first in chosen:
        return ()
    columns = [first]
    while (following := columns[-1] + 1) in unknown and (following >= len(header) or not header[following]):
        columns.append(following)
    if len(columns) == 1:
        return ()
    del single[Role.OPTIONS]
    return tuple(columns)


def _running(below: Sequence[Row], header: Sequence[str], unknown: Sequence[int], stem: int) -> int | None:
    """A column of bare numbers in front of the stem, which nobody has named."""
    bare = [column for column in unknown if column < stem and not "".join(header[column : column + 1])]
    found = [column for column in bare if _share(below, column, str.isdigit) == 1.0]
    return found[0] if found else None


def _continued(
    options: tuple[int, ...],
    single: Mapping[Role, int],
    header: Sequence[str],
    below: Sequence[Row],
    unknown: Sequence[int],
    notes: list[str],
) -> tuple[int, ...]:
    """The options with those behind them that no header names, where the answers name them by their letters."""
    while len(options) > 1 and (column := max(options) + 1) in unknown and not "".join(header[column : column + 1]):
        letter = LETTERS[len(options) : len(options) + 1]
        rows = [row for row in below if row.cell(column)]
        if not letter or not any(letter in (letters_in(row.cell(single.get(Role.ANSWER))) or ()) for row in rows):
            break
        notes.append(f"第 {column + 1} 列没有表头，答案里有 {letter}，已把它当作选项 {letter}；请核对。")
        options = (*options, column)
    return options


def _share(rows: Sequence[Row], column: int, test: Callable[[str], object]) -> float:
    """The share of rows, or of the filled cells for any other test than `bool`, whose cell passes."""
    cells = [row.cell(column) for row in rows]
    if test is not bool:
        cells = [cell for cell in cells if cell]
    return sum(1 for cell in cells if test(cell)) / len(cells) if cells else 0.0


def _ours(text: str) -> bool:
    named = kind_named(kind_word(text))
    return named is not None and not named.foreign


def _kind_or_code(text: str) -> bool:
    return bool(kind_word(text)) or _CODE.fullmatch(text) is not None


def _mend_kind(single: dict[Role, int], below: Sequence[Row], unknown: list[int], chosen: Container[int]) -> None:
    """类型 and 类别 may each hold kinds or topics: the content says which."""
    kind = single.get(Role.KIND)
    if (
        kind is not None
        and kind not in chosen
        and _share(below, kind, bool) > 0
        and _share(below, kind, _kind_or_code) < 0.3
    ):
        del single[Role.KIND]
        single.setdefault(Role.CATEGORY, kind)
    if Role.KIND not in single:
        candidates = [*unknown, *([single[Role.CATEGORY]] if Role.CATEGORY in single else [])]
        for column in candidates:
            if column not in chosen and _share(below, column, _ours) >= 0.7:
                single[Role.KIND] = column
                if single.get(Role.CATEGORY) == column:
                    del single[Role.CATEGORY]
                break


def _answerlike(text: str) -> bool:
    return letters_in(text) is not None or truth_of(text) is not None


def _find_answer(
    single: dict[Role, int], header: Sequence[str], below: Sequence[Row], unknown: list[int], notes: list[str]
) -> None:
    for column in reversed(unknown):
        if column not in single.values() and _share(below, column, _answerlike) >= 0.8:
            single[Role.ANSWER] = column
            name = header[column] if column < len(header) else ""
            notes.append(
                f"没有叫“答案”的列，按内容把{f'“{name}”' if name else f'第 {column + 1} '}列当作答案；请核对。"
            )
            return


def _find_stem(single: dict[Role, int], below: Sequence[Row], unknown: list[int], before: int) -> None:
    """A stem column whose header is a title or empty: the longest text left of the options."""
    taken = set(single.values())
    lengths = {column: _length(below, column) for column in unknown if column < before and column not in taken}
    if lengths:
        single[Role.STEM] = max(lengths, key=lambda column: lengths[column])


def _headless_answer(rows: Sequence[Row], columns: Sequence[int], single: Mapping[Role, int]) -> int | None:
    """The column of answers in a table without a header, by what stands in it and beside it; None for doubt."""
    lettered = [column for column in columns if _share(rows, column, _answerlike) >= 0.8]
    if lettered:
        return lettered[-1]
    if len(columns) < 2:
        return None
    if (repeated := _repeats_an_option(rows, columns)) is not None:
        return repeated
    last = columns[-1]
    named = [(row, kind_named(kind_word(row.cell(single.get(Role.KIND))))) for row in rows]
    chosen = [row for row, told in named if told and told.kind not in {Kind.BLANK, Kind.ESSAY}]
    if Role.KIND in single and (len(columns) == 2 if not chosen else _share(chosen, last, _answerlike) >= 0.8):
        return last
    if len(columns) == 3 and _share(rows, last, _INDEX.fullmatch) == 1.0:
        return last if _holds_options(rows, columns[1]) else None
    asking = _share(rows, columns[0], _asks) >= 0.6 and _length(rows, last) < _length(rows, columns[0])
    return last if len(columns) == 2 and asking else None


def _repeats_an_option(rows: Sequence[Row], columns: Sequence[int]) -> int | None:
    """The column whose texts stand among the lettered options of another, in most rows."""
    for options in columns:
        if _share(rows, options, labelled) < 0.8:
            continue
        filled = [row for row in rows if row.cell(options)]
        for column in columns:
            same = [row for row in filled if row.cell(column) and row.cell(column) in row.cell(options)]
            if column != options and 2 * len(same) > len(filled):
                return column
    return None


def _holds_options(rows: Sequence[Row], column: int) -> bool:
    """Whether what stands in a column's cells are options, by their letters or by what separates them."""
    separator = separator_of(row.cell(column) for row in rows)
    return _share(rows, column, labelled) >= 0.6 or (separator != "" and separator not in WEAK_SEPARATORS)


def _asks(text: str) -> bool:
    return blank_marks(text) > 0 or text.endswith(("？", "?"))


def _length(rows: Sequence[Row], column: int) -> int:
    return sum(len(row.cell(column)) for row in rows)


def headless_layout(rows: Sequence[Row]) -> Layout | None:
    """The layout of a table without a header, by content alone; None where the content does not tell."""
    width = max((len(row.cells) for row in rows), default=0)
    columns = [column for column in range(width) if _share(rows, column, bool) >= 0.4]
    if rows and len(rows[0].filled) > 1 and all(meaning(rows[0].cells[column]) for column in rows[0].filled):
        return None  # it has a header, and none that says what is asked
    single: dict[Role, int] = {}
    for column in columns:
        if _share(rows, column, _ours) >= 0.8:
            single.setdefault(Role.KIND, column)
        elif _share(rows, column, str.isdigit) >= 0.9 and column == columns[0]:
            single[Role.NUMBER] = column
    answer = _headless_answer(rows, [column for column in columns if column not in single.values()], single)
    if answer is None:
        return None
    single[Role.ANSWER] = answer
    left = [column for column in columns if column not in single.values()]
    lengths = {column: _length(rows, column) for column in left[:3] if not _holds_options(rows, column)}
    if not lengths:
        return None
    stem = single[Role.STEM] = max(lengths, key=lambda column: lengths[column])
    last = max(single.values())
    texts = [column for column in range(stem + 1, width) if column not in single.values() and column < max(last, width)]
    texts = [column for column in texts if _share(rows, column, bool) > 0 and (column < last or last < stem)]
    options: tuple[int, ...] = tuple(texts) if len(texts) > 1 else ()
    if len(texts) == 1:
        single[Role.OPTIONS] = texts[0]
    note = "表格没有表头，各列是按内容认出来的；请核对，最好加上“题目、选项A、选项B、答案”这样的表头。"
    return Layout(stem, single, options, notes=(note,))
