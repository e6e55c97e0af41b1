"""What a text does throughout: answers behind the stem, filled brackets, lines of options without letters.

Each is only taken where the text shows that it is its habit, and is said once for all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from questions.model import LETTERS, Kind, Problem, Severity
from questions.readers.drafts import Draft
from questions.readers.meaning.answers import letters_in, truth_of
from questions.readers.meaning.kinds import kind_named
from questions.readers.written.answering import tail_answer
from questions.readers.written.blocks import Block
from questions.readers.written.brackets import ANSWERED, EMPTY
from questions.readers.written.folding import folded

_WHOLE = "整个文件"


def follow_habits(drafts: Sequence[Draft], blocks: Sequence[Block]) -> list[Problem]:
    """Answers the drafts that their text answers in a way of its own."""
    _codes(drafts)
    _glued_kinds(drafts)
    _all_ticked(drafts, blocks)
    _bare_options(drafts)
    return [*_tails(drafts), *_filled(drafts), *_bare_answers(drafts)]


_CODE = re.compile(
    r"[(（【\[]?((?:[A-Z]{1,4}-?)?\d{1,4}(?:[.-]\d{1,4}){0,2})(?:[)）】\]]|\s*+[、．:：]|[.](?!\d)|\s)\s*+(?=\S)"
)
_MOST = 0.6


def _codes(drafts: Sequence[Draft]) -> None:
    """``1.1 …``, ``S-03、…``: what nearly all questions without a number begin with, each with another, is theirs."""
    bare = [draft for draft in drafts if not draft.number]
    found = [(draft, code) for draft in bare if (code := _CODE.match(draft.stem)) and not code[1].isdigit()]
    if len(found) < max(3, _MOST * len(bare)) or len({code[1] for _, code in found}) < len(found):
        return
    for draft, code in found:
        draft.number, draft.stem = code[1], draft.stem[code.end() :]


_GLUED_KIND = re.compile(
    r"(?P<progress>\d{1,4}\s?/\s?\d{1,4}\s*)?"
    r"(?P<kind>单选题|单项选择题|多选题|多项选择题|不定项选择题|判断题|填空题|简答题|问答题)(?![的是和与及或、，,])\s*(?=\S)"
)
_GLUED_SHARE = 0.5


def _glued_kinds(drafts: Sequence[Draft]) -> None:
    """``多选题要提高…``, ``3/100多选题`` above a stem: the kind without any sign behind it, as programs write it."""
    found = [(draft, kind) for draft in drafts if (kind := _GLUED_KIND.match(draft.stem))]
    habit = len(found) > 1 and len(found) >= _GLUED_SHARE * len(drafts)
    for draft, kind in found:
        if not (habit or kind["progress"]):
            draft.warning(f"题干以“{kind['kind']}”开头，不一定是题干；请核对。")
            continue
        draft.stem = draft.stem[kind.end() :]
        judged = all(truth_of(option) is not None for option in draft.options or [draft.answer])
        if not draft.kind and not judged:
            draft.kind = kind["kind"]


def _all_ticked(drafts: Sequence[Draft], blocks: Sequence[Block]) -> None:
    """Every box ticked is an answer where the boxes of other questions show that they are for ticking."""
    if not any(block.ticked for block in blocks):
        return
    for draft, block in zip(drafts, blocks, strict=True):
        if block.all_ticked and not draft.answer:
            draft.answer = block.all_ticked
            draft.warning("每个选项都打了勾，已按全选读入；请核对。")


def _open(drafts: Sequence[Draft]) -> list[Draft]:
    return [draft for draft in drafts if not draft.answer and not draft.blanks and not _refused(draft)]


def _refused(draft: Draft) -> bool:
    return any(problem.severity is Severity.ERROR for problem in draft.problems)


def kind_of(draft: Draft) -> Kind | None:
    named = kind_named(draft.kind) if draft.kind else draft.section
    return named.kind if named else None


def _tails(drafts: Sequence[Draft]) -> list[Problem]:
    """Answers behind the stem: ``…是（ ）B``, ``…好习惯。√``."""
    open_drafts = [
        draft
        for draft in _open(drafts)
        if kind_of(draft) not in {Kind.BLANK, Kind.ESSAY} and not ANSWERED.search(folded(draft.stem))
    ]
    found = [(draft, tail) for draft in open_drafts if (tail := _tail(draft)) is not None]
    apart = [(draft, tail) for draft, tail in found if tail[2]]
    taken = found if 2 * len(found) > len(open_drafts) else apart
    for draft, (answer, start, _) in taken:
        draft.answer, draft.stem = answer, draft.stem[:start].rstrip()
    if not taken:
        return []
    return [Problem(_WHOLE, Severity.WARNING, f"有 {len(taken)} 道题的答案写在题干后面，已从题干中取出；请核对。")]


def _tail(draft: Draft) -> tuple[str, int, bool] | None:
    found = tail_answer(folded(draft.stem))
    if found is None or not draft.stem[: found[1]].strip():
        return None
    letters, truth = letters_in(found[0]), truth_of(found[0])
    if draft.options:
        within = letters is not None and all(LETTERS.index(letter) < len(draft.options) for letter in letters)
        return found if within else None
    return (
        found
        if truth is not None and (kind_of(draft) is Kind.TRUE_FALSE or not found[0].isalpha() or found[2])
        else None
    )


_HELD = re.compile(r"\(\s*+([^()]{1,60}?)\s*+\)")
_NO_ANSWER = re.compile(
    r"以下|下称|简称|包括|含|如|即|每空|注|\d+分|不含|例如|见|第.+[条款]|[a-z]{1,3}|[一二三四五六七八九十]|\d{1,2}"
)


def _filled(drafts: Sequence[Draft]) -> list[Problem]:
    """Fill-in questions whose brackets hold the answers: ``不低于（26）℃``."""
    count = 0
    for draft in _open(drafts):
        if kind_of(draft) is not Kind.BLANK or draft.options:
            continue
        plain = folded(draft.stem)
        if EMPTY.search(plain) or "__" in plain:
            continue
        held = [found for found in _HELD.finditer(plain) if not _aside(found[1]) or _amid(plain, found)]
        if not held:
            continue
        draft.blanks = [draft.stem[found.start(1) : found.end(1)].strip() for found in held]
        if any(left.end() == right.start() for left, right in pairwise(held)):
            draft.warning("题干里有两个挨着的括号，都当成了空；请核对哪一个是答案。")
        for found in reversed(held):
            draft.stem = f"{draft.stem[: found.start()]}（　）{draft.stem[found.end() :]}"
        count += 1
    if not count:
        return []
    return [Problem(_WHOLE, Severity.WARNING, f"有 {count} 道填空题的答案取自题干的括号；请核对。")]


_COUNTED_IN_HAN = re.compile(r"[一二三四五六七八九十]{1,3}")


def _amid(plain: str, held: re.Match[str]) -> bool:
    """Whether a Chinese number stands amid a sentence, ``第（三）天``, and is no point of a list or a law."""
    before, behind = plain[: held.start()], plain[held.end() :]
    counts = _COUNTED_IN_HAN.fullmatch(held[1]) is not None and "\u4e00" <= behind[:1] <= "\u9fff"
    return counts and "\u4e00" <= before[-1:] <= "\u9fff" and before[-1] not in "条款项章节例法"


def _aside(text: str) -> bool:
    found = _NO_ANSWER.match(text)
    return found is not None and not (text.isdigit() and len(text) > 0) and not text[:1].isdigit()


_COLUMNS = re.compile(r"\t+|\s{4,}")


def _bare_options(drafts: Sequence[Draft]) -> None:
    """Options without letters: the lines below a stem whose answer is a letter."""
    for draft in drafts:
        if draft.options or not draft.answer or "\n" not in draft.stem or kind_of(draft) in {Kind.BLANK, Kind.ESSAY}:
            continue
        letters = letters_in(draft.answer)
        lines = draft.stem.split("\n")
        if letters is None or kind_of(draft) is Kind.TRUE_FALSE:
            continue
        first = next((place for place, line in enumerate(lines) if _ends_stem(folded(line))), 0) + 1
        options = [text for line in lines[first:] for text in _COLUMNS.split(line)]
        if len(options) >= 2 and LETTERS.index(letters[-1]) < len(options):
            draft.stem, draft.options = "\n".join(lines[:first]), options
            draft.warning("选项没有字母，已把题干下面的每一行当作一个选项；请核对。")


def _ends_stem(plain: str) -> bool:
    return plain.rstrip().endswith(("?", ":", ")", "。")) or EMPTY.search(plain) is not None


_SAYS_ANSWER = re.compile(r"\s*(?:正确|参考|标准)?答案\s+(?=\S)")


def _bare_answers(drafts: Sequence[Draft]) -> list[Problem]:
    """Questions in words and the line below as their answer, where every open question is like that."""
    open_drafts = [draft for draft in _open(drafts) if not draft.options and not ANSWERED.search(folded(draft.stem))]
    paired = [draft for draft in open_drafts if _asks_then_says(draft.stem)]
    if len(paired) < 2 or 10 * len(paired) < 9 * len(open_drafts):
        return []
    for draft in paired:
        stem, _, answer = draft.stem.partition("\n")
        # ``答案 二十六``: a word and a space alone are no sure sign of an answer, but below such a question they are.
        draft.stem, draft.answer = stem, _SAYS_ANSWER.sub("", answer)
    return [
        Problem(_WHOLE, Severity.WARNING, f"有 {len(paired)} 道题没有写“答案：”，已把问句下面的文字当作答案；请核对。")
    ]


_LONGEST_SAID = 24
"""Characters of a line below a blank that is its answer; a longer one may be the rest of the stem."""


def _asks_then_says(stem: str) -> bool:
    first, _, rest = folded(stem).partition("\n")
    if EMPTY.search(first) and first.rstrip()[-1:] in ".。?":
        return (
            0 < len(rest) <= _LONGEST_SAID and "\n" not in rest and rest[-1] not in "。.?:" and not EMPTY.search(rest)
        )
    return bool(rest) and first.rstrip().endswith("?") and "?" not in rest
