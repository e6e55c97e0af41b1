"""The answer of a true/false question: words, signs, letters of the options, or codes whose sense is proven."""

from __future__ import annotations

import re

from questions.model import FALSE, TRUE
from questions.readers.meaning.answers import fold, leading_truth, letters_in, truth_of, unquoted
from questions.readers.meaning.conventions import Conventions, Item, truths_of
from questions.readers.quoting import brief

_CUSTOM = {"A": True, "B": False}


def read_truth(item: Item, conventions: Conventions) -> tuple[str, ...]:
    """(TRUE,) or (FALSE,); empty, with an error that says why, where the file does not prove which."""
    if not item.draft.answer:
        return ()
    truth = _truth(item, conventions)
    return () if truth is None else (TRUE if truth else FALSE,)


def _truth(item: Item, conventions: Conventions) -> bool | None:
    draft, answer = item.draft, unquoted(item.draft.answer)
    options = truths_of(item.options) or _lone_truth(item)
    letters = letters_in(answer)
    if options and letters and len(letters) == 1 and letters[0] in item.moved:
        return options.get(item.moved[letters[0]])
    if (plain := truth_of(answer)) is not None:
        return plain
    if answer in {"0", "1", "2"}:
        return _digit(item, answer, conventions)
    if letters and len(letters) == 1 and not item.options and letters[0] in _CUSTOM:
        return _letter(item, letters[0], conventions)
    if (leading := leading_truth(f"{answer} ")) is not None:
        draft.warning(f"答案是“{brief(answer)}”，已按{'正确' if leading else '错误'}读入；请核对。")
        return leading
    if options and (named := _lettered(item, answer) or _remarked(item, answer)):
        return options[named]
    same = [option.letter for option in item.options if fold(option.text) == fold(answer)]
    if options and len(same) == 1:
        return options[same[0]]
    draft.error(f"判断题的答案“{brief(answer)}”看不出是对还是错；请写“对”或“错”。")
    return None


_LETTER_AND_TEXT = re.compile(r"([A-Ja-j])\s*[.、．:：)）\s]\s*(\S.*)", re.DOTALL)


def _lettered(item: Item, answer: str) -> str:
    """The option that is named by its letter and its text (``B. 错误``); empty where the two do not agree."""
    found = _LETTER_AND_TEXT.fullmatch(answer)
    letter = item.moved.get(found[1].upper(), "") if found else ""
    same = [option.letter for option in item.options if found and fold(option.text) == fold(found[2])]
    return letter if same == [letter] else ""


_REMARKED = re.compile(r"([A-Ja-j])\s*[（(][^（）()]{2,}[)）]?")


def _remarked(item: Item, answer: str) -> str:
    """The option that is named by its letter, with a remark behind: ``B（应为26℃）``; what it is taken for is said."""
    found = _REMARKED.fullmatch(answer)
    letter = item.moved.get(found[1].upper(), "") if found else ""
    if letter:
        item.draft.warning(f"答案是“{brief(answer)}”，已按选项 {letter} 读入；请核对。")
    return letter


def _lone_truth(item: Item) -> dict[str, bool] | None:
    """A single option that says true or false, as some exports leave it."""
    if len(item.options) != 1 or (truth := truth_of(item.options[0].text)) is None:
        return None
    return {"A": truth}


def _digit(item: Item, answer: str, conventions: Conventions) -> bool | None:
    """Both 1 = true and 0 = true are in use, and with option texts digits may count options from 0 or from 1."""
    if answer in conventions.truths:
        return conventions.truths[answer]
    options = truths_of(item.options)
    base = conventions.base if conventions.base is not None else conventions.truth_base
    if options and base == 1 and answer in {"1", "2"}:
        option = item.options[int(answer) - 1]
        item.draft.warning(f"答案“{answer}”按第 {answer} 个选项“{option.text}”读入；请核对。")
        return options[option.letter]
    item.draft.error(f"判断题的答案写的是“{answer}”，文件里没有说明它表示对还是错；请改写成“对”或“错”。")
    return None


def _letter(item: Item, letter: str, conventions: Conventions) -> bool:
    """A for true is nearly universal; it is taken, and said."""
    if letter in conventions.truths:
        return conventions.truths[letter]
    truth = _CUSTOM[letter]
    item.draft.warning(f"判断题没有写选项，答案“{letter}”已按 A 为正确、B 为错误读入；请核对。")
    return truth
