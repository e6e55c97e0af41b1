"""JSON, JSON lines, Python literals and scripts' data → questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from questions.model import Problem, Severity, UnreadableFile
from questions.readers.data.literals import documents, inner_data
from questions.readers.data.own import is_own, read_own
from questions.readers.data.record_keys import Record, folded_key, is_option, is_record, key_meaning, text_of
from questions.readers.data.record_options import as_list
from questions.readers.data.records import Place, Records
from questions.readers.meaning.kind_column import read_kinds
from questions.readers.meaning.kinds import kind_named, section_named
from questions.readers.meaning.settle import settle
from questions.readers.pictures import Pictures
from questions.readers.reading import Reading
from questions.readers.rich_text import embedded
from questions.readers.tables.columns import Choice, Role, choices_in
from questions.readers.tables.table import Row, Table, tidy
from questions.readers.tables.tabular import all_placed, read_tables

_DEEPEST = 60
_SHORTEST_STEM = 6
_NO_QUESTIONS = (
    "这个 JSON 文件里没有找到题目；请检查每道题有“题目”“选项”“答案”（或 question、options、answer）这样的键。"
)
_TOO_DEEP = "这个 JSON 文件套了太多层；请只留下题目的列表，再导入。"
_GENERAL_NAMES = (
    "题目 试题 题库 题目列表 试题列表 questions question data items list rows results result records content body quiz "
    "exam paper children subquestions array value response payload object page docs entries bank output"
)
_GENERAL = frozenset(_GENERAL_NAMES.split())
"""Names that say nothing about the questions under them."""
_SUBORDINATE = frozenset(
    ["children", "childs", "subquestions", "subs", "sub", "childquestions", "subitems", "小题", "子题"]
)
_NAMES = ("title", "name", "chapter", "chapterName", "章节", "章", "标题", "名称", "分类", "category", "label")


def read_json(text: str, encoding: str, columns: Mapping[str, str]) -> Reading:
    """Our own format exactly; any other through drafts, since people wrote it. `columns` names keys.

    Raises UnreadableFile where the text is no data or holds no questions, BadColumns for keys that it does not have.
    """
    try:
        return _read(text, encoding, columns)
    except RecursionError as error:
        raise UnreadableFile(_TOO_DEEP) from error


def _read(text: str, encoding: str, columns: Mapping[str, str]) -> Reading:
    read = documents(text)
    found = [(where, inner if isinstance(value, str) and (inner := inner_data(value)) else value)
             for where, value in read.found]  # fmt: skip
    if len(found) == 1 and isinstance(own := found[0][1], dict) and is_own(own):
        return read_own(own, encoding)
    choices = choices_in(columns)
    if len(found) == 1 and (table := _table(found[0][1])) is not None:
        return read_tables("json", encoding, [table], read.problems, columns)
    walk = _Walk(frozenset(choice.column.casefold() for choice in choices if choice.meaning.role is Role.STEM))
    for where, value in found:
        walk.read(value, Place(where))
    if not walk.found:
        all_placed(choices, ())
        raise UnreadableFile(_NO_QUESTIONS)
    keys = {key.casefold() for record, _ in walk.found for key in record}
    all_placed(choices, {choice for choice in choices if choice.column.casefold() in keys})
    return _reading(walk, choices, encoding, read.problems)


def _reading(walk: _Walk, choices: Sequence[Choice], encoding: str, problems: list[Problem]) -> Reading:
    pictures = Pictures()
    reading = Reading("json", encoding, problems=[*problems, *walk.problems])
    placed = _without_common(walk.found)
    drafts = Records(placed, choices, embedded(pictures), reading.problems).drafts()
    reading.problems += read_kinds(drafts, "整个文件")
    reading.settled = settle(drafts, "\n".join(walk.legend))
    reading.pictures = pictures.kept
    return reading


def _without_common(found: Sequence[tuple[Record, Place]]) -> list[tuple[Record, Place]]:
    """The places without the names that all of them share, which are those of the whole file."""
    common = 0
    first = found[0][1].path
    while all(place.path[common : common + 1] == first[common : common + 1] != () for _, place in found):
        common += 1
    return [
        (record, replace(place, path=place.path[common:], where=place.where or f"第{number}题"))
        for number, (record, place) in enumerate(found, 1)
    ]


def _table(value: object) -> Table | None:
    """Rows of cells, the first of them a header; perhaps with the header apart, as pandas writes it."""
    if isinstance(value, dict) and isinstance(header := value.get("columns"), list):
        rows = value.get("data")
        value = [header, *rows] if isinstance(rows, list) else None
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(row, list) for row in value):
        return None
    if any(isinstance(cell, dict) or (isinstance(cell, list) and not _texts(cell)) for row in value for cell in row):
        return None
    cells = [tuple(map(text_of, row)) for row in value]
    return Table("", tuple(Row(number, row) for number, row in enumerate(cells, 1) if any(row)))


@dataclass(slots=True)
class _Walk:
    """The records of a file, wherever they stand in it."""

    asked: frozenset[str]
    """Keys, case folded, that a person has named for the text to ask."""
    found: list[tuple[Record, Place]] = field(default_factory=list)
    legend: list[str] = field(default_factory=list)
    """Texts around the questions, where people say what their codes mean."""
    problems: list[Problem] = field(default_factory=list)

    def read(self, value: object, place: Place, depth: int = 0) -> bool:
        """Whether there was a record in it."""
        if depth > _DEEPEST:
            raise UnreadableFile(_TOO_DEEP)
        before = len(self.found)
        if isinstance(value, list):
            self.found += [(record, place) for record in _rows(value)]
            for one in value if len(self.found) == before else ():
                if isinstance(one, dict | list):
                    self.read(one, place, depth + 1)
        elif isinstance(value, dict):
            self._object(value, place, depth)
        return len(self.found) > before

    def _object(self, value: Record, place: Place, depth: int) -> None:
        records = list(_column_records(value)) or _pairs(value) or _named_records(value)
        if records:
            self.found += [(record, place) for record in records]
            return
        below = {key: inner for key, one in value.items() if (inner := _container(one)) is not None}
        if is_record(value, self.asked):
            if self._composite(value, below, place, depth):
                return
            self.found.append((value, place))
            return
        if (held := _without_stem(value)) is not None:
            told = f"有一题没有题干（只有“{held[:20]}”），没有读入；请补上题干。"
            self.problems.append(
                Problem(
                    place.where or (f"第{len(self.found)}题后面" if self.found else "第1题前面"), Severity.ERROR, told
                )
            )
            return
        self.legend += [tidy(one)[:500] for one in value.values() if isinstance(one, str)]
        named = _named(value, place)
        for key, inner in below.items():
            self.read(inner, _inside(key, named), depth + 1)

    def _composite(self, value: Record, below: Record, place: Place, depth: int) -> bool:
        """A text with several questions about it: each gets the text in front of its own."""
        inner = {key: one for key, one in below.items() if not _is_part(value, key)}
        if not inner:
            return False
        shared = [text_of(one) for key, one in value.items() if (known := key_meaning(key)) and known.role is Role.STEM]
        kinds = [text_of(one) for key, one in value.items() if (known := key_meaning(key)) and known.role is Role.KIND]
        named = [found for text in kinds if (found := kind_named(text)) is not None]
        heading = bool(named) and not named[0].foreign
        under = any(folded_key(key) in _SUBORDINATE for key in inner)
        above = next(filter(None, shared), "") if under or (named and not heading) else ""
        inside = replace(place, above="\n".join(filter(None, [place.above, above]))) if above else _named(value, place)
        before = len(self.found)
        for one in inner.values():
            self.read(one, replace(inside, section=named[0]) if heading else inside, depth + 1)
        if len(self.found) == before:
            return False
        if above:
            told = (
                f"“{above[:20]}”下面有 {len(self.found) - before} 个小题，已各自成题，共用的文字放在每题前面；请核对。"
            )
            self.problems.append(Problem("整个文件", Severity.WARNING, told))
        return True


def _without_stem(value: Record) -> str | None:
    """The answer of what would be a question if it had a text to ask; None for anything else."""
    parts = [(known.role, text) for key, one in value.items() if (known := key_meaning(key)) and (text := text_of(one))]
    roles = [role for role, _ in parts]
    offered = Role.OPTIONS in roles or roles.count(Role.OPTION) > 1
    if Role.ANSWER not in roles or not offered or Role.STEM in roles:
        return None
    return next(text for role, text in parts if role is Role.ANSWER)


def _column_records(value: Record) -> Iterator[Record]:
    """Records of an object that holds a column under each key: ``{"题目": […], "答案": […]}``."""
    columns = {key: _column(one) for key, one in value.items()}
    held = {key: column for key, column in columns.items() if column is not None}
    lengths = {len(column) for column in held.values()}
    roles = {known.role for key in held if (known := key_meaning(key)) is not None}
    if (
        len(held) < 2
        or len(lengths) != 1
        or Role.STEM not in roles
        or not roles & {Role.ANSWER, Role.OPTIONS, Role.OPTION}
    ):
        return
    for place in range(lengths.pop()):
        yield {key: column[place] for key, column in held.items()}


def _pairs(value: Record) -> list[Record]:
    """Records of an object whose keys are questions and whose values are their answers."""
    plain = all(isinstance(one, str) or _texts(one) for one in value.values())
    if len(value) < 2 or not plain or any(key_meaning(key) for key in value):
        return []
    return [_pair(key, one) for key, one in value.items()] if _ask(value) else []


def _ask(keys: Iterable[str]) -> bool:
    """Whether nearly all keys are sentences, which only questions are."""
    asking = [len(key.strip()) >= _SHORTEST_STEM and not key.isascii() for key in keys]
    return sum(asking) > 0.8 * len(asking)


def _pair(stem: str, answer: object) -> Record:
    """A question and its answer; the options may follow the stem behind bars, the answer being one of them."""
    text, *options = map(str.strip, stem.split("|"))
    chosen = [part.strip() if isinstance(part, str) else "" for part in as_list(answer)]
    if text and len(options) > 1 and set(chosen) <= set(options):
        return {"题目": text, "选项": options, "答案": answer}
    return {"题目": stem, "答案": answer}


def _named_records(value: Record) -> list[Record]:
    """Records of an object whose keys are questions and whose values hold all the rest: ``{"…": {"answer": "D"}}``."""
    rests = [one for one in value.values() if isinstance(one, dict)]
    if len(value) < 2 or len(rests) < len(value) or not _ask(value):
        return []
    roles = [{known.role for key in rest if (known := key_meaning(key)) is not None} for rest in rests]
    whole = all(Role.ANSWER in found and Role.STEM not in found for found in roles)
    return [{"题目": key, **rest} for key, rest in zip(value, rests, strict=True)] if whole else []


def _rows(value: list[object]) -> list[Record]:
    """Records of a list of questions with their answers: ``[["…", "T"], …]``."""
    pairs = [one for one in value if isinstance(one, list) and len(one) == 2 and isinstance(one[0], str)]
    if len(pairs) < len(value) or any(isinstance(answer, dict | list) for _, answer in pairs):
        return []
    asking = [stem for stem, _ in pairs if len(stem.strip()) >= _SHORTEST_STEM]
    return [_pair(stem, answer) for stem, answer in pairs] if len(asking) > 0.8 * len(pairs) else []


def _texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _column(value: object) -> list[object] | None:
    """A column's cells: a list, or pandas' object of row numbers."""
    if isinstance(value, dict) and value and all(key.isdigit() for key in value):
        value = list(value.values())
    if not isinstance(value, list) or not value or any(isinstance(cell, dict) for cell in value):
        return None
    return value


def _container(value: object) -> object:
    """A value that may hold records, perhaps as JSON in a text; None for any other."""
    if isinstance(value, str):
        value = inner_data(value) if value[:1] in {"[", "{"} else None
    return value if isinstance(value, dict | list) and value else None


def _is_part(record: Record, key: str) -> bool:
    """Whether a list or object is an ordinary part of a question, not questions of its own."""
    value = record[key]
    inner = inner_data(value) if isinstance(value, str) else value
    held = inner if isinstance(inner, list) else list(inner.values()) if isinstance(inner, dict) else []
    known = key_meaning(key)
    plain = known is not None and known.role in {Role.OPTIONS, Role.ANSWER}
    if folded_key(key) in {"item", "items"}:  # of a question or of a bank
        roles = {meant.role for name in record if (meant := key_meaning(name)) is not None}
        plain = plain and bool(roles & {Role.ANSWER, Role.KIND})
    return not any(isinstance(one, dict) and not (plain and is_option(one)) and is_record(one) for one in held)


def _named(value: Record, place: Place) -> Place:
    """The place inside an object that has a name."""
    for key in _NAMES:
        if isinstance(name := value.get(key), str) and 0 < len(name.strip()) <= 60:
            return _inside(name, place, given=True)
    for key, one in value.items():
        role = known.role if (known := key_meaning(key)) is not None else None
        heading = isinstance(one, str) and 0 < len(one) <= 60 and (role is Role.CATEGORY or kind_named(one) is not None)
        if heading and role in {Role.CATEGORY, Role.KIND}:
            place = _inside(str(one), place, given=True)
    return place


def _inside(name: str, place: Place, *, given: bool = False) -> Place:
    """The place under a name: of a kind, of a chapter, or of nothing in particular (data, items, 0, 1…)."""
    text = tidy(name)
    named = kind_named(text) or section_named(text)
    if named is not None and not named.foreign:
        return replace(place, section=named)
    if not given and (text.casefold() in _GENERAL or text.isdigit() or text.isascii()):
        return place
    return replace(place, path=(*place.path, text)) if text else place
