"""What a column, or a key, of kinds says of its questions: words, codes of programs, or nothing that we know."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from questions.model import Problem, Severity
from questions.readers.drafts import Draft
from questions.readers.meaning.answers import letters_in, truth_of
from questions.readers.meaning.kinds import kind_named, kind_words
from questions.review import blank_marks

_SEVERAL = re.compile(r"[,，、;；|\n]")
_ABOUT_THE_MATTER = re.compile(r"(?:案例|材料|计算|听力|阅读|综合|应用|分析)")
"""Kinds that say what a question is about, not how it is answered."""


def read_kinds(drafts: Sequence[Draft], where: str) -> list[Problem]:
    """Puts our words for the file's; a word that names no kind is taken away where the content shows the kind.

    `drafts` share their words; `where` is the place of what is said once for all of them.
    """
    words = kind_words({draft.kind for draft in drafts})
    unknown: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.kind in words and not _about_the_matter(draft):
            draft.kind = words[draft.kind]
        elif draft.kind and not draft.kind.isdigit() and draft.verbatim is None and _shows_its_kind(draft):
            unknown[draft.kind].append(draft)
    return [_by_content(word, group, where) for word, group in unknown.items()]


def _about_the_matter(draft: Draft) -> bool:
    named = kind_named(draft.kind)
    return bool(named and named.foreign and _ABOUT_THE_MATTER.match(draft.kind) and sum(map(bool, draft.options)) > 1)


def _shows_its_kind(draft: Draft) -> bool:
    offered = sum(map(bool, draft.options)) > 1
    return offered or truth_of(draft.answer) is not None or bool(draft.answer and blank_marks(draft.stem))


def _by_content(word: str, group: Sequence[Draft], where: str) -> Problem:
    """Where some of the answers are several letters and others one, each of the latter may have lost some."""
    lone = [draft for draft in group if draft.options and draft.answer and not _several(draft.answer)]
    if any(_several(draft.answer) for draft in group if draft.options):
        for draft in lone:
            draft.warning(f"题型“{word[:20]}”认不出，答案只有一个，已按单选读入；请核对。")
    for draft in group:
        draft.kind = ""
    told = f"题型“{word[:20]}”认不出，这样的 {len(group)} 题已按题目的内容读入；请核对（例如{group[0].where}）。"
    return Problem(where, Severity.WARNING, told)


def _several(answer: str) -> bool:
    letters = letters_in(answer)
    return len(letters) > 1 if letters is not None else _SEVERAL.search(answer) is not None
