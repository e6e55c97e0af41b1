"""Sheets that hold the answers to the questions of another: found by number, and by kind where numbers come again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from questions.model import Kind, Problem, Severity
from questions.readers.drafts import Draft
from questions.readers.meaning.answers import letters_in, truth_of
from questions.readers.meaning.kinds import Named, kind_named, kind_word, section_named
from questions.readers.tables.columns import Role, meaning
from questions.readers.tables.table import Row, Table

_HEADER_WITHIN = 10
_NUMBER = re.compile(r"第?\s*(\d{1,4})\s*[、．.:：)）题]?")
_IN_STEM = re.compile(r"\s*(\d{1,4})\s*(?:[、．:：)）]|\.(?!\d))\s*\S")
_NAME = re.compile(r"(?:参考|标准|正确)?答案(?:表|页|及解析|解析)?|的|[\s\-—_（）()]+")


@dataclass(frozen=True, slots=True)
class Given:
    """One answer of such a sheet."""

    where: str
    sheet: str
    """The name of the sheet that its questions stand on, as far as its own name says."""
    kind: Kind | None
    number: str
    answer: str
    explanation: str = ""


def answers_in(table: Table) -> list[Given] | None:
    """The answers of a sheet that holds numbers and answers and nothing to ask; None for any other table."""
    rows = [row for row in table.rows if row.filled]
    named = section_named(_NAME.sub("", table.name)) if table.name else None
    found = list(_below_header(table, rows, named)) or _in_lines(table, rows, named)
    if not found and "答案" in table.name and all(_is_pair(row) for row in rows):
        found = [_given(table, row, named, row.cell(0), row.cell(1)) for row in rows]
    return found or None


def awaiting(table: Table) -> Table:
    """The same table with a column for the answers where its header has but numbers and questions."""
    for place, row in enumerate(table.rows[:_HEADER_WITHIN]):
        roles = {told.role for column in row.filled if (told := meaning(row.cells[column]))}
        if {Role.NUMBER, Role.STEM} <= roles and not roles & {Role.ANSWER, Role.OPTION, Role.OPTIONS, Role.KIND}:
            width = max(len(other.cells) for other in table.rows)
            header = replace(row, cells=(*row.cells, *[""] * (width - len(row.cells)), "答案"))
            return replace(table, rows=(*table.rows[:place], header, *table.rows[place + 1 :]))
    return table


def put_answers(found: Sequence[Given], drafts: Sequence[Draft], sheets: Sequence[str]) -> list[Problem]:
    """Gives the questions their answers; what belongs to none of them, or may belong to several, is told.

    `sheets`: beside each draft, the name of its sheet.
    """
    problems: list[Problem] = []
    meant: dict[int, list[Given]] = defaultdict(list)
    numbered: dict[str, list[int]] = defaultdict(list)
    for place, draft in enumerate(drafts):
        numbered[_number_of(draft)].append(place)
    for given in found:
        places = numbered.get(given.number, [])
        for narrower in (
            [place for place in places if given.sheet and sheets[place] == given.sheet],
            [place for place in places if given.kind is not None and _kind_of(drafts[place]) is given.kind],
        ):
            places = narrower or places
        if len(places) == 1:
            meant[places[0]].append(given)
            continue
        number = f"“{given.number[:20]}”" if given.number else "空的"
        which = f"有 {len(places)} 道题的编号都是{number}" if places else f"没有哪一题的编号是{number}"
        told = f"这里的答案“{given.answer[:20]}”没有读入：{which}；请核对，或把答案填到题目那一行。"
        problems.append(Problem(given.where, Severity.ERROR, told))
    for place, answers in meant.items():
        _put(drafts[place], answers)
    return problems


def _put(draft: Draft, answers: Sequence[Given]) -> None:
    written = [*filter(None, [draft.answer]), *(given.answer for given in answers)]
    if len({_same(text) for text in written}) > 1:
        both = "”和“".join(text[:20] for text in dict.fromkeys(written))
        draft.error(f"这一题写着不同的答案“{both}”（{answers[0].where}）；请核对哪一个对。")
        draft.answer = ""
        return
    draft.answer = draft.answer or answers[0].answer
    draft.explanation = draft.explanation or answers[0].explanation


def _same(text: str) -> object:
    truth = truth_of(text)
    return truth if truth is not None else letters_in(text) or text


def _number_of(draft: Draft) -> str:
    found = _NUMBER.fullmatch(draft.number) or _IN_STEM.match(draft.stem)
    return str(int(found[1])) if found else ""


def _kind_of(draft: Draft) -> Kind | None:
    named = kind_named(kind_word(draft.kind)) if draft.kind else draft.section
    return named.kind if named else None


def _given(table: Table, row: Row, named: Named | None, number: str, answer: str, explanation: str = "") -> Given:
    found = _NUMBER.fullmatch(number)
    sheet = _NAME.sub("", table.name)
    kind = named.kind if named else None
    return Given(table.where(row), sheet, kind, str(int(found[1])) if found else number, answer, explanation)


def _is_pair(row: Row) -> bool:
    return row.filled == [0, 1] and _NUMBER.fullmatch(row.cell(0)) is not None


def _below_header(table: Table, rows: Sequence[Row], named: Named | None) -> Iterator[Given]:
    """Columns of numbers and answers, perhaps several of each side by side; headings above their parts."""
    header = next((place for place, row in enumerate(rows[:_HEADER_WITHIN]) if _is_header(row)), None)
    if header is None:
        return
    for row in rows[:header]:
        named = section_named(row.cells[row.filled[0]]) or named
    columns = list(_columns(rows[header]))
    for row in rows[header + 1 :]:
        texts = {row.cells[column] for column in row.filled}
        if len(texts) == 1 and (section := section_named(*texts)) is not None:
            named = section
            continue
        if _is_header(row):
            columns = list(_columns(row))
            continue
        for one in columns:
            number, answer = row.cell(one[Role.NUMBER]), row.cell(one[Role.ANSWER])
            if answer and (answer != number or number.isdigit()):  # a chapter may be merged over both
                own = kind_named(kind_word(row.cell(one.get(Role.KIND)))) or named
                yield _given(table, row, own, number, answer, row.cell(one.get(Role.EXPLANATION)))


def _is_header(row: Row) -> bool:
    known = [meaning(row.cells[column]) for column in row.filled]
    roles = {told.role for told in known if told}
    if not roles >= {Role.NUMBER, Role.ANSWER} or not all(known):
        return False
    # 得分 and 姓名 stand over what persons have answered.
    named = zip(row.filled, known, strict=True)
    others = {row.cells[column] for column, told in named if told and told.role not in _OURS}
    return others <= {"分值", "分数", "备注"}


_OURS = {Role.NUMBER, Role.ANSWER, Role.KIND, Role.EXPLANATION}


def _columns(header: Row) -> Iterator[dict[Role, int]]:
    """Of each block its columns: a number that comes again behind an answer begins another."""
    block: dict[Role, int] = {}
    for column in header.filled:
        told = meaning(header.cells[column])
        role = told.role if told else Role.IGNORED
        if role is Role.NUMBER and block.keys() >= {Role.NUMBER, Role.ANSWER}:
            yield block
            block = {}
        block.setdefault(role, column)
    if {Role.NUMBER, Role.ANSWER} <= block.keys():
        yield block


def _in_lines(table: Table, rows: Sequence[Row], named: Named | None) -> list[Given]:
    """Numbers in one row, and the answers in the row below them; nothing where there is a row of another kind."""
    found: list[Given] = []
    above: Row | None = None
    for row in rows:
        first = meaning(row.cell(0)) if row.cell(0) else None
        if len(row.filled) == 1:
            named = section_named(row.cells[row.filled[0]]) or named
        elif first and first.role is Role.NUMBER and all(_NUMBER.fullmatch(row.cells[at]) for at in row.filled[1:]):
            above = row
        elif first and first.role is Role.ANSWER and above is not None:
            columns = [column for column in row.filled if column]
            found += [_given(table, row, named, above.cell(column), row.cell(column)) for column in columns]
            above = None
        else:
            return []
    return found
