"""Answers that are only shown by how they look: another colour, bold, underlined."""

from __future__ import annotations

from collections.abc import Sequence

from questions.model import LETTERS, Kind, Problem, Severity
from questions.readers.drafts import Draft
from questions.readers.meaning.kinds import kind_marked, kind_named
from questions.readers.written.blocks import OPTION, TEXT, Block, Entry
from questions.readers.written.brackets import ANSWERED

_CHECK = "答案是按颜色、加粗这类标记认出来的（{count} 题）；请核对。"
_FEW = 0.5
"""Where less than this share of the questions without an answer is marked, marks are no way of answering."""


def take_marks(drafts: Sequence[Draft], blocks: Sequence[Block]) -> list[Problem]:
    """Marked options become answers where nothing else answers their questions; said once for the whole text."""
    if not any(entry.seen.line.marked for block in blocks for entry in block.entries):
        return []
    open_drafts = [
        (draft, block) for draft, block in zip(drafts, blocks, strict=True) if not draft.answer and not _inside(draft)
    ]
    taken = [(draft, block, _marked_letters(block)) for draft, block in open_drafts if len(draft.options) > 1]
    sure = [item for item in taken if 0 < len(item[2]) < len(item[0].options)]
    count = 0
    if sure and len(sure) >= _FEW * len(taken):
        for draft, _, letters in taken:
            if 0 < len(letters) < len(draft.options):
                draft.answer = letters
                count += 1
            elif letters:
                draft.error("每个选项都有颜色或加粗的标记，看不出哪个是答案；请补上答案。")
            else:
                draft.error("没有选项带标记，看不出答案；请补上答案。")
    count += sum(_marked_blanks(draft, block) for draft, block in open_drafts)
    return [Problem("整个文件", Severity.WARNING, _CHECK.format(count=count))] if count else []


def _inside(draft: Draft) -> bool:
    return ANSWERED.search(draft.stem.replace("（", "(").replace("）", ")")) is not None and bool(draft.options)


def _marked_letters(block: Block) -> str:
    """The letters of the options whose text is marked from end to end."""
    found: set[str] = set()
    partly: set[str] = set()
    for entry in block.entries:
        if entry.what == OPTION:
            (found if _whole(entry) else partly).add(entry.letter)
    return "".join(sorted(letter for letter in found - partly if letter in LETTERS))


def _whole(entry: Entry) -> bool:
    text = entry.seen.text
    start, end = entry.start, entry.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1] in " \t\u3000。；;.，,":
        end -= 1
    return start < end and any(first <= start and end <= last for first, last in entry.seen.line.marked)


def _marked_blanks(draft: Draft, block: Block) -> int:
    """Words set apart in the stem of a fill-in question are the answers of its blanks; 1 where that was so."""
    named = kind_named(draft.kind) if draft.kind else draft.section or kind_marked(draft.stem)
    if named is None or named.kind is not Kind.BLANK or draft.answer or "__" in draft.stem:
        return 0
    texts: list[str] = []
    blanks: list[str] = []
    for entry in block.entries:
        if entry.what != TEXT:
            break
        text, held = _blanked(entry)
        texts.append(text)
        blanks += held
    whole = "".join(texts).replace("____", "").strip(" 。.：:")
    if not blanks or not whole:
        return 0
    draft.stem = "\n".join(texts)
    draft.blanks = blanks
    return 1


def _blanked(entry: Entry) -> tuple[str, list[str]]:
    """The text with a blank for every marked span of it, and what the spans say."""
    out, held = "", []
    at = entry.start
    for first, last in entry.seen.line.marked:
        if first < entry.start or last > entry.end:
            continue
        said = entry.seen.text[first:last].strip(" （）()_")
        if said:
            out += f"{entry.seen.text[at:first]}____"
            held.append(said)
            at = last
    return (out + entry.seen.text[at : entry.end]).strip(), held
