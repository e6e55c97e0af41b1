"""Tables → questions: what the spreadsheet, CSV and document readers have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from questions.model import BadColumns, Kind, Option, Problem, Question, Severity, UnreadableFile
from questions.readers.drafts import Draft
from questions.readers.meaning.settle import settle
from questions.readers.reading import Reading, Settled
from questions.readers.tables.answer_sheets import Given, answers_in, awaiting, put_answers
from questions.readers.tables.columns import Choice, choices_in
from questions.readers.tables.pasted import read_pasted, take_apart
from questions.readers.tables.rows import TableDrafts, layouts_in, read_table
from questions.readers.tables.sheets import sheet_of
from questions.readers.tables.table import Table
from questions.readers.tables.template import GUIDE
from questions.readers.tables.upright import turned
from questions.readers.written import Written
from questions.review import review

_ONLY_ANSWERS = "这个文件里只有答案，没有题目；请把答案表放进题目所在的文件（另一个工作表也可以），再导入。"
_NO_QUESTIONS = "文件里没有找到题目；请检查表头里有“题目”“选项A”“答案”这样的列名，下面一行一题。"


def read_tables(
    form: str,
    encoding: str,
    tables: Sequence[Table],
    problems: Sequence[Problem],
    columns: Mapping[str, str],
    *,
    pastes: bool = False,
) -> Reading:
    """Each table is settled by itself, since each may have its own conventions.

    `columns`: see `questions.readers.read_bank`. `pastes`: whether what is no table of questions may be text that was
    pasted into one; a text that was cut at its commas is not.

    Raises UnreadableFile where no table looks like questions, and BadColumns where a column that was named is in none.
    """
    choices = choices_in(columns)
    shown = [table for table in tables if not _explains(table)]
    sheets = tuple(sheet_of(table, choices) for table in shown)
    shown, keys = _answers_apart(shown, choices)
    read = [(table.name, _read(table, choices)) for table in shown]
    understood = any(found.understood for _, found in read)
    left = [table for table, (_, found) in zip(shown, read, strict=True) if not found.understood]
    pasted = read_pasted(left, beside=understood) if pastes and left else None
    only_answers = not understood and any(answers_in(table) is not None for table in left)
    del tables, shown, left  # the rows, of which nothing is needed any more, take as much room as the questions
    all_placed(choices, set().union(*(found.placed for _, found in read)))
    if not understood and pasted is None:
        error = UnreadableFile(_ONLY_ANSWERS if only_answers else _NO_QUESTIONS)
        error.sheets = sheets
        raise error
    drafts = [(name, draft) for name, found in read for draft in found.drafts]
    key_problems = put_answers(keys, [draft for _, draft in drafts], [name for name, _ in drafts]) if keys else []
    around = "\n".join(text for _, found in read if not found.understood for text in found.legend)
    reading = Reading(form, encoding, problems=[*problems, *key_problems], sheets=sheets)
    for name, found in read:
        reading.problems += found.problems
        if not found.understood and (pasted is None or not _is_of(name, pasted)):
            reading.problems.append(_unread(name))
        reading.settled += settle_table(found, around)
    if pasted is not None:
        reading.problems += pasted.problems
        reading.settled += settle(pasted.drafts, "\n".join([*pasted.legend, around]))
    return reading


def _read(table: Table, choices: Sequence[Choice]) -> TableDrafts:
    """Columns that a person names are those of the table as it stands, whichever way it runs."""
    found = read_table(table if choices else turned(table) or table, choices)
    left = sum(map(len, table.pictures.values())) - sum(len(draft.pictures) for draft in found.drafts)
    if table.pictures and left > 0:
        message = f"有 {left} 张图片不在题目的行里，没有读入；请把图片移到题目所在的行后再导入。"
        found.problems.append(Problem(f"工作表“{table.name}”", Severity.WARNING, message))
    return found


def _answers_apart(tables: Sequence[Table], choices: Sequence[Choice]) -> tuple[list[Table], list[Given]]:
    """The tables that may hold questions, and the answers on sheets of their own beside tables of questions."""
    found = [answers_in(table) if len(tables) > 1 else None for table in tables]
    asking = [awaiting(table) for table, given in zip(tables, found, strict=True) if given is None]
    if len(asking) == len(tables) or not any(layouts_in(turned(table) or table, choices)[2] for table in asking):
        return list(tables), []
    return asking, [given for keys in found for given in keys or ()]


def _is_of(name: str, pasted: Written) -> bool:
    """Whether the sheet of this name holds some of the questions, or their answers."""
    return "答案" in name or any(draft.where.startswith(f"工作表“{name}”") for draft in pasted.drafts)


def all_placed(choices: Iterable[Choice], placed: Collection[Choice]) -> None:
    """Raises BadColumns for a column that was named and that no table of the file has."""
    for choice in choices:
        if choice not in placed:
            raise BadColumns(
                f"没有找到指定给“{choice.part}”的列“{choice.column}”；请写列的字母（例如 F）或表头的文字。"
            )


def settle_table(found: TableDrafts, around: str = "") -> list[Settled]:
    """The questions of one table, in its order. `around`: what stands beside the table, for conventions."""
    written = [draft for draft in found.drafts if draft.verbatim is None]
    bare = [draft for draft in written if not (draft.answer or any(draft.options) or any(draft.blanks))]
    if any("\n" in draft.stem for draft in bare):
        for draft in bare:
            take_apart(draft)
    settled = iter(settle(written, "\n".join([*found.legend, around])))
    return [_as_it_stands(draft) or _on_one_line(*next(settled)) for draft in found.drafts]


def _as_it_stands(draft: Draft) -> Settled | None:
    return None if draft.verbatim is None else (draft.verbatim, draft.problems + review(draft.verbatim))


def _on_one_line(question: Question, problems: list[Problem]) -> Settled:
    """Lines within an option or an answer come from narrow cells; only stems and explanations have paragraphs."""
    options, answer = question.options, question.answer
    if any("\n" in option.text for option in options):
        options = tuple(Option(option.letter, " ".join(option.text.split())) for option in options)
    if question.kind is Kind.BLANK and any("\n" in part for part in answer):
        answer = tuple(" ".join(part.split()) for part in answer)
    if options is question.options and answer is question.answer:
        return question, problems
    return replace(question, options=options, answer=answer), problems


def _explains(table: Table) -> bool:
    """Whether it is the sheet of our own template that says how to fill it in."""
    return bool(table.rows) and table.rows[0].cell(0) == GUIDE


def _unread(name: str) -> Problem:
    where = f"工作表“{name}”" if name else "整个文件"
    return Problem(where, Severity.WARNING, "这个工作表看不出是题目，没有读入；如果里面有题目，请加上表头后再导入。")
