"""Our own template: its header, and the rows of it that say exactly what they mean.

People fill in the template as they fill in any table, so its rows are read with the same indulgence: ``A.`` in front
of an option is no part of it, an answer in a bracket of the stem is taken out. A question that holds such things in
earnest is written with `VERBATIM` behind its kind, and then every cell is taken as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from questions.model import FALSE, LETTERS, TRUE, TRUE_FALSE_TEXTS, Kind, Question, options_of

BEFORE = ("编号", "题型", "题目")
AFTER = ("答案", "解析", "分类", "难度", "来源")
TAGS = "标签"
"""The last column, where any question has tags."""
VERBATIM = "（原样）"
BLANKS = "；"
"""What stands between the blanks of one question; the alternatives of one blank are joined by ` | `."""
GUIDE = "绿答题库模板：怎么填"
"""The first cell of a sheet that explains the template; such a sheet holds no questions."""

_KINDS = {f"{kind.label}{VERBATIM}": kind for kind in Kind}
_TRUTHS = {TRUE_FALSE_TEXTS[TRUE]: (TRUE,), TRUE_FALSE_TEXTS[FALSE]: (FALSE,), "": ()}


def header(options: int, *, tags: bool) -> list[str]:
    """The template's header with columns for so many options."""
    return [*BEFORE, *(f"选项{letter}" for letter in LETTERS[:options]), *AFTER, *([TAGS] if tags else [])]


def is_template(cells: Sequence[str]) -> bool:
    """Whether a header row is the template's, with or without tags; empty cells beside it do not matter."""
    filled = [cell for cell in cells if cell]
    plain = filled[:-1] if filled[-1:] == [TAGS] else filled
    return tuple(plain[: len(BEFORE)]) == BEFORE and tuple(plain[-len(AFTER) :]) == AFTER


def verbatim(cells: Sequence[str], options: int, where: str) -> Question | None:
    """The question of a row (with `options` option columns) that is to be taken as it stands.

    None for every other row, also for one whose answer is not spelled as the template spells it.
    """
    kind = _KINDS.get(cells[1]) if len(cells) > len(BEFORE) else None
    if kind is None:
        return None
    row = [*cells, *[""] * (len(BEFORE) + options + len(AFTER) + 1)]
    first = len(BEFORE)
    texts = row[first : first + options]
    while texts and not texts[-1]:
        texts.pop()
    said, explanation, category, difficulty, source, tags = row[first + options : first + options + len(AFTER) + 1]
    answer = _answer(kind, said, len(texts))
    if answer is None or not row[2] or not all(texts):
        return None
    return Question(
        number=row[0],
        kind=kind,
        stem=row[2],
        options=options_of(texts),
        answer=answer,
        explanation=explanation,
        category=category,
        difficulty=difficulty,
        source=source,
        tags=tuple(listed(tags) or ()),
        where=where,
    )


def _answer(kind: Kind, said: str, options: int) -> tuple[str, ...] | None:
    match kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            known = all(letter in LETTERS[:options] for letter in said)
            return tuple(said) if known and list(said) == sorted(set(said)) else None
        case Kind.TRUE_FALSE:
            return _TRUTHS.get(said)
        case Kind.BLANK:
            found = listed(said) if said else []
            return None if found is None else tuple(found)
        case Kind.ESSAY:
            return (said,) if said else ()


def as_list(texts: Sequence[str]) -> str:
    """Several texts in one cell of a row that is to be taken as it stands; empty for none."""
    return json.dumps(list(texts), ensure_ascii=False) if texts else ""


def listed(cell: str) -> list[str] | None:
    """The texts that `as_list` wrote; None for any other cell."""
    if not cell.startswith("["):
        return None
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) and all(isinstance(text, str) for text in found) else None
