"""The answer of a choice question: letters, option texts, option numbers, in whatever spelling."""

from __future__ import annotations

import re

from questions.model import Kind
from questions.readers.meaning.answers import fold, indexes_in, letters_in, truth_of, unquoted
from questions.readers.meaning.conventions import Conventions, Item, has_text
from questions.readers.quoting import brief

_PARTS = re.compile(r"\s*[、,，;；|\n&]+\s*")
_LETTER_AND_TEXT = re.compile(r"([A-Ja-j])\s*(?:[.、．:：)）\s]\s*(\S.*)|[(（](\S.*)[)）])", re.DOTALL)
_BETWEEN_LETTERED = re.compile(r"(?<![\s,，;；、|])(?:[^\S\n]*+\n\s*+|[\s,，;；、|]++(?=[A-Ja-j]\s?[.、．:：]))")
_RANGE = re.compile(r"\s*[A-Ja-j]\s*[-~～—至到]\s*[A-Ja-j]\s*")


def read_choice(item: Item, kind: Kind, conventions: Conventions) -> tuple[str, ...]:
    """The letters, ascending; empty, with an error that says why, where there is any doubt which they are."""
    answer = item.draft.answer
    if not answer or not item.options:
        return ()
    readings = (_letters, _texts, _lettered_texts, _numbers)
    found = next((read for reading in readings if (read := reading(item, conventions)) is not None), None)
    if found is None:
        item.draft.error(_unmatched(item))
        return ()
    if kind is Kind.SINGLE and len(found) > 1:
        item.draft.error(f"题型是单选，答案却是“{brief(answer)}”；请改正答案，或把题型改为多选。")
        return ()
    return found


def texts_named(item: Item) -> int:
    """How many options an answer names by their texts; 1 where it is the text of one, or names none."""
    answer = item.draft.answer
    if has_text(item.options, answer):
        return 1
    lettered = _BETWEEN_LETTERED.split(answer)
    if len(lettered) > 1 and all(map(_LETTER_AND_TEXT.fullmatch, lettered)):
        return len(lettered)
    folded = {fold(option.text) for option in item.options}
    parts = [fold(part) for part in _PARTS.split(answer) if part]
    return len(parts) if len(parts) > 1 and all(part in folded for part in parts) else 1


def _unmatched(item: Item) -> str:
    answer = item.draft.answer
    if _RANGE.fullmatch(answer):
        return f"答案“{brief(answer)}”看不出是两个还是一串选项；请写全每个字母。"
    if any(problem.severity == "error" for problem in item.draft.problems):
        return f"答案“{brief(answer)}”没有读入；请改正后重新导入。"
    return f"答案“{brief(answer)}”对不上任何选项；请写选项的字母。"


def _letters(item: Item, conventions: Conventions) -> tuple[str, ...] | None:
    """The answer as letters; () with an error for letters that no option has."""
    draft = item.draft
    written = letters_in(draft.answer)
    if written is None:
        return None
    outside = [letter for letter in written if letter not in item.moved]
    if has_text(item.options, draft.answer):
        if outside:
            return None
        same = [option.letter for option in item.options if fold(option.text) == fold(draft.answer)]
        if same != [item.moved[letter] for letter in written]:
            if conventions.letters <= conventions.texts:
                draft.error(f"答案“{draft.answer}”既像选项字母，又是一个选项的文字；请写清楚是哪一个选项。")
                return ()
            draft.warning(f"答案“{draft.answer}”按选项字母读入，但它也是一个选项的文字；请核对。")
    if not outside:
        return tuple(sorted(item.moved[letter] for letter in written))
    if truth_of(draft.answer) is not None and any(truth_of(option.text) is not None for option in item.options):
        return None
    lettered = "".join(item.moved)
    draft.error(f"答案是 {brief(draft.answer)}，可是选项只有 {lettered}；请改正答案，或补上选项。")
    return ()


def _texts(item: Item, conventions: Conventions) -> tuple[str, ...] | None:
    """The options whose texts the answer repeats: one, or several with separators between."""
    answer = item.draft.answer
    if (whole := _option_like(item, answer)) is not None:
        if whole and conventions.base is not None and answer.isdigit():
            numbers = indexes_in(answer, len(item.options)) or ()
            if any(0 <= number - conventions.base < len(item.options) for number in numbers):
                item.draft.error(f"答案“{answer}”既像选项的序号，又是一个选项的文字；请改写成选项字母。")
                return ()
        return whole
    parts = [part for part in _PARTS.split(answer) if part]
    found = [_option_like(item, part) for part in parts] if len(parts) > 1 else []
    if not found or any(not letters for letters in found):
        return None
    chosen = sorted({letters[0] for letters in found if letters})
    return tuple(chosen) if len(chosen) == len(parts) else None


def _option_like(item: Item, text: str) -> tuple[str, ...] | None:
    """The one option with this text, () with an error for several, None for none."""
    folded = {fold(text), fold(unquoted(text))}
    same = [option.letter for option in item.options if fold(option.text) in folded]
    exact = [option.letter for option in item.options if option.text == text]
    if not same and (truth := truth_of(text)) is not None:
        same = [option.letter for option in item.options if truth_of(option.text) is truth]
    if len(exact) == 1:
        return tuple(exact)
    if len(same) > 1:
        item.draft.error(f"答案“{brief(text)}”与几个选项的文字都相同；请写选项的字母。")
        return ()
    return tuple(same) if same else None


def _lettered_texts(item: Item, conventions: Conventions) -> tuple[str, ...] | None:
    """``B. 26℃``, ``B:风能 C:水能``: letters and those options' texts; an error where the two disagree."""
    chosen: list[str] = []
    for line in _BETWEEN_LETTERED.split(item.draft.answer):
        found = _LETTER_AND_TEXT.fullmatch(line.strip())
        if found is None:
            return None
        letter = item.moved.get(found[1].upper())
        texts = {option.letter: fold(option.text) for option in item.options}
        if letter is None or texts[letter] != fold(found[2] or found[3]):
            item.draft.error(f"答案写的是“{brief(line)}”，字母和选项的文字对不上；请核对。")
            return ()
        chosen.append(letter)
    return tuple(sorted(set(chosen)))


def _numbers(item: Item, conventions: Conventions) -> tuple[str, ...] | None:
    """Option numbers, where the file proves what they count from."""
    draft, count = item.draft, len(item.draft.options)
    numbers = indexes_in(draft.answer, count)
    if not numbers:
        return None
    if conventions.base is None or conventions.letters:
        draft.error(f"答案“{brief(draft.answer)}”是序号，看不出从 0 还是从 1 数起；请改写成选项字母。")
        return ()
    places = [number - conventions.base for number in numbers]
    letters = [item.moved.get(chr(ord("A") + place)) if 0 <= place < count else None for place in places]
    if any(letter is None for letter in letters):
        draft.error(f"答案“{brief(draft.answer)}”超出了选项的个数；请改写成选项字母。")
        return ()
    read = "".join(filter(None, letters))
    draft.warning(f"答案“{brief(draft.answer)}”是序号，已按从 {conventions.base} 数起读成 {read}；请核对。")
    return tuple(sorted(letter for letter in letters if letter))
