"""The answers of questions that are answered in words: blanks and essays."""

from __future__ import annotations

from questions.model import ALTERNATIVES
from questions.readers.meaning.answers import blanks_in, letters_in
from questions.readers.meaning.conventions import Item
from questions.review import blank_marks


def read_blanks(item: Item) -> tuple[str, ...]:
    """One string a blank, its alternatives joined; from their own columns, the answer, or the options it names."""
    draft = item.draft
    if any(draft.blanks):
        return _columns(item)
    marks = blank_marks(draft.stem)
    if item.options:
        return _from_options(item, marks)
    if not draft.answer:
        return ()
    if draft.template and (written := _template_blanks(draft.answer)) and marks in {0, len(written)}:
        return written
    found = tuple(blanks_in(draft.answer, marks))
    if marks == 0 and len(found) > 1:
        draft.warning(f"题干里看不到空，答案按 {len(found)} 个空读入；请核对。")
    return found


def _template_blanks(answer: str) -> tuple[str, ...]:
    """Our own template writes ；between blanks and the model's separator between alternatives."""
    return tuple(part.strip() for part in answer.split("；"))


def _columns(item: Item) -> tuple[str, ...]:
    """Each in its own column, where one cell may hold alternatives."""
    blanks = list(item.draft.blanks)
    while blanks and not blanks[-1]:
        blanks.pop()
    return tuple(blanks_in(text, 1)[0] if text else "" for text in blanks)


def _from_options(item: Item, marks: int) -> tuple[str, ...]:
    """Some files keep a blank's text under option A and answer A; the letters say which texts are meant."""
    draft = item.draft
    texts = {option.letter: option.text for option in item.options}
    letters = letters_in(draft.answer) if draft.answer else tuple(item.moved)
    if letters is None or any(letter not in item.moved for letter in letters):
        draft.warning("填空题却有选项，答案按答案栏读入，选项没有读入；请核对。")
        return tuple(blanks_in(draft.answer, marks))
    chosen = [texts[item.moved[letter]] for letter in letters]
    if len(chosen) > 1 and marks == 1:
        draft.warning("一个空有几个答案，已按都算对读入；请核对。")
        return (ALTERNATIVES.join(chosen),)
    if len(texts) > len(chosen) or not draft.answer:
        draft.warning(f"填空题的答案取自选项：“{'、'.join(chosen)[:40]}”；请核对。")
    return tuple(chosen)


def read_essay(item: Item) -> tuple[str, ...]:
    """At most one model answer."""
    draft = item.draft
    texts = {option.letter: option.text for option in item.options}
    letters = letters_in(draft.answer) if draft.answer and texts else None
    if letters and all(letter in item.moved for letter in letters):
        return ("\n".join(texts[item.moved[letter]] for letter in letters),)
    parts = [part for part in draft.blanks if part]
    answer = draft.answer or "\n".join(parts) or ("" if len(texts) != 1 else next(iter(texts.values())))
    return (answer,) if answer else ()
