"""Signs that something was cut wrongly: said beside the question, so that nothing goes wrong in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from questions.model import LETTERS, Kind
from questions.readers.drafts import Draft
from questions.readers.written.blocks import Block
from questions.readers.written.brackets import EMPTY, marked_as_question
from questions.readers.written.folding import folded
from questions.readers.written.habits import kind_of

_LISTED = re.compile(r"[①-⑳⑴-⒇⒈-⒛“\"《]|\(?\d{1,2}[.、)]|[^\u4e00-\u9fff]+$")
"""What lines below a question begin with that belong to it: points, code, quotations."""
_OPENS = re.compile(r"[(（【\[_＿]")
_NUMBERED = re.compile(r"\d\s?[.、](?:\D|(?:19|20)\d\d年)")
_LIKE_NUMBER = re.compile(r"[（(]?\d{1,4}\s?[.．、)）]")
_ANSWERED_ESSAY = re.compile(r"[。?:][ \t]+\S[^\n]{30,}")
_NUMBERED_LINE = re.compile(r"^\s?(\d{1,3})\s?[、.](?!\d)", re.MULTILINE)
_MORE = re.compile(
    r"(?<![A-Za-z])B\s?[、.][^\n]{1,80}(?<![A-Za-z])C\s?[、.]"
    r"|[一二三四五六七八九十]{1,2}\s?、[^\d()、,。]{2,16}题?(?:\([^()]{0,60}\))?[\s:]{0,3}1\s?[、.](?!\d)"
    r"|[A-D√×]\s?\)[^\n]{0,60}[\s。;]\d{1,4}\s?[、.](?!\d)[^\n]{4,200}\("
)
"""Options, a heading in front of a number, or an answered question and the next: more than one stem holds."""
_ANSWER = re.compile(r"(?:正确|参考|标准)?答案\s*+[\])]?\s*+:")


def note_gaps(blocks: Sequence[Block], drafts: Sequence[Draft]) -> None:
    """Numbers that jump: perhaps the question between is part of the one above."""
    last: Block | None = None
    for block, draft in zip(blocks, drafts, strict=True):
        if block.value is None:
            continue
        if last is not None and last.about.run == block.about.run and last.value is not None:
            if block.value > last.value + 1:
                draft.warning(f"题号从 {last.value} 跳到 {block.value}；请核对中间有没有漏掉的题。")
            elif block.value == last.value:
                draft.warning(f"题号 {block.value} 用了两次；请核对。")
        last = block


def note_doubts(drafts: Sequence[Draft]) -> None:
    """What looks like a piece of something else in a stem, an option or an explanation."""
    numbered = any(draft.number for draft in drafts)
    for draft in drafts:
        if numbered and not draft.number and (found := _LIKE_NUMBER.match(draft.stem)):
            draft.warning(f"题干开头的“{found[0]}”可能是题号；请核对。")
        _in_stem(draft)
        _in_options(draft)
        explained = folded(draft.explanation)
        if explained and marked_as_question(explained) and _asks(explained):
            draft.warning("解析里像是还有一道题；请核对。")


def _in_stem(draft: Draft) -> None:
    if "答案" in draft.stem and _ANSWER.search(folded(draft.stem)):
        draft.warning("题干里还有“答案：”；请核对题干。")
    plain = folded(draft.stem)
    if _MORE.search(plain):
        draft.warning("题干里像是还连着别的题目、标题或选项；请核对题干。")
    if kind_of(draft) is Kind.ESSAY and not draft.answer and _ANSWERED_ESSAY.search(plain):
        draft.warning("题干后面像是连着答案；请核对题干。")
    if "\n" not in draft.stem:
        return
    _numbered_lines(draft, plain)
    if draft.blanks:
        return
    if any(line.strip().isdigit() for line in plain.split("\n")):
        draft.warning("题干里有单独一行的数字，也许是页码；请核对题干。")
    lines = folded(draft.stem).split("\n")
    asking = [place for place, line in enumerate(lines) if marked_as_question(line)]
    if not draft.options and kind_of(draft) in {None, Kind.TRUE_FALSE} and len(asking) > 1:
        draft.warning("题干里像是有几道题；请核对。")
    elif asking and asking[-1] + 1 < len(lines) and not _LISTED.match(lines[asking[-1] + 1]):
        rest = draft.stem.split("\n")[asking[-1] + 1]
        draft.warning(f"题干下面的“{rest[:20]}”不一定是题干；请核对。")


def _numbered_lines(draft: Draft, plain: str) -> None:
    """Lines with a higher number, of no list that begins with 1: perhaps questions behind a gap in the numbers."""
    values = {int(found[1]) for found in _NUMBERED_LINE.finditer(plain)}
    own = int(draft.number) if draft.number.isdigit() else 0
    if values and own < min(values) and 1 not in values and (own != 1 or min(values) != 2):
        draft.warning(f"题干里有“{min(values)}.”开头的一行，像是另一道题；请核对。")


def _asks(plain: str) -> bool:
    ends = (")", "。", "?")
    return any(marked_as_question(line) for line in plain.split("\n") if line.rstrip().endswith(ends))


def _in_options(draft: Draft) -> None:
    """An option that goes on into the next one, or into something else."""
    if not draft.options:
        return
    following = LETTERS[len(draft.options) : len(draft.options) + 1]
    last = draft.options[-1]
    if following in last and re.search(
        rf"(?<![A-Za-z]){following}\s?[.、:)]|(?<=\s){following}(?=\s+\S|[\u4e00-\u9fff\d])", folded(last)
    ):
        draft.warning(f"最后一个选项里像是还连着选项 {following}；请核对选项。")
    for letter, text in zip(LETTERS, draft.options, strict=False):
        if "\n" in text:
            draft.warning(f"选项 {letter} 占了几行，其中也许有别的选项或别的文字；请核对。")
        elif ("答案" in text and _ANSWER.search(folded(text))) or (
            _OPENS.search(text) and _holds_question(folded(text))
        ):
            draft.warning(f"选项 {letter} 里像是还有别的内容；请核对。")


def _holds_question(plain: str) -> bool:
    return EMPTY.search(plain) is not None or (_NUMBERED.search(plain) is not None and marked_as_question(plain))
