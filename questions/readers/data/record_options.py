"""Options and answers of a data file: texts, objects, pairs, with marks and flags of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from questions.model import LETTERS
from questions.readers.data.record_keys import Record, folded_key, text_of
from questions.readers.meaning.answers import truth_of
from questions.readers.meaning.options import labelled, split_options, unlabelled
from questions.readers.tables.table import tidy

_TEXT_WORDS = (
    "text value content label name option title optioncontent optiontext textoption optionname optionvalue desc "
    "description val choice body answer item cont xuanxiang neirong 内容 选项 选项内容 文本 文字"
)
_LABEL_WORDS = (
    "label key letter id prefix no index tag code sort order optionkey optionid optionlabel option value name opt "
    "identifier mark num number sn 标号 字母 序号 编号 选项 标签"
)
_FLAG_WORDS = (
    "iscorrect correct isright right isanswer is_answer answer istrue true checked selected flag score ok isok "
    "iscorrectanswer isrightanswer rightflag answerflag fraction weight 是否正确 正确 是否答案 对错"
)
_TEXTS = _TEXT_WORDS.split()
_LABELS = _LABEL_WORDS.split()
_FLAGS = _FLAG_WORDS.split()
_ANSWERS = ("answer", "text", "content", "value", "label", "key", "id", "option", "name")
_LETTER = re.compile(r"(?:answer|option|choice)?[_-]?[（(\[【]?\s*([A-Za-z])\s*[)）\]】.、．:：]?", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(slots=True)
class Offered:
    """The options that a value holds."""

    texts: list[str]
    """In the places of their letters, empty where a letter is missing."""
    marks: dict[str, list[str]] = field(default_factory=dict)
    """The file's own (ids, numbers), one an option, under the key that holds them; none where they are letters."""
    flags: list[bool] | None = None
    """Which of them are right, where the file says so of any."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which keys of an option's object may hold what, the likeliest first."""

    texts: tuple[str, ...]
    marks: tuple[str, ...]
    flags: tuple[str, ...]


@lru_cache(maxsize=1024)
def _shape(keys: tuple[str, ...]) -> _Shape:
    folded = {folded_key(key): key for key in keys}
    parts = (tuple(folded[name] for name in names if name in folded) for names in (_TEXTS, _LABELS, _FLAGS))
    return _Shape(*parts)


def offered(value: object) -> Offered:
    """Options in one value: a text, a list of texts, pairs or objects, or an object of letters."""
    if isinstance(value, str):
        return Offered(split_options(tidy(value)))
    if isinstance(value, dict):
        pairs: list[tuple[str, object]] = list(value.items())
    else:
        pairs = [_pair(one) for one in value] if isinstance(value, list) else []
    letters, texts = [mark for mark, _ in pairs], [_text(one) for _, one in pairs]
    flags = [_flag(one) for _, one in pairs]
    order = _order(letters)
    if order is not None:
        placed = dict(zip(order, zip(texts, flags, strict=True), strict=True))
        spread = [placed.get(place, ("", None)) for place in range(max(order) + 1)]
        texts, flags = [text for text, _ in spread], [flag for _, flag in spread]
    elif not any(letters):
        texts = unlabelled(texts)
    told = any(flag is not None for flag in flags)
    marks = {} if order is not None else _marks(value, letters, texts)
    return Offered(texts, marks, [flag is True for flag in flags] if told else None)


def offers(value: object) -> bool:
    """Whether a value under a name of its own can be nothing but options: all of them have a letter or a flag."""
    if isinstance(value, str):
        return (found_labels := labelled(tidy(value))) is not None and not found_labels[0]
    if isinstance(value, list) and len(value) > 1 and all(isinstance(one, str) and one for one in value):
        return unlabelled(list(map(str, value))) != value
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(one, dict) and one for one in value):
        return False
    found = offered(value)
    lettered = _order([letter for letter, _ in map(_pair, value)]) is not None
    flagged = all(_flag(one) is not None for one in value) and any(found.flags or ())
    return all(found.texts) and (lettered or flagged)


def _marks(value: object, letters: list[str], texts: list[str]) -> dict[str, list[str]]:
    """Every key whose values tell the options apart and are not their texts."""
    entries = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    found = {"": letters}
    if len(entries) == len(texts) > 0:
        keys = set(_shape(tuple(entries[0])).marks).intersection(*entries)
        found |= {key: [text_of(one[key]) for one in entries] for key in keys}
    return {
        key: marks
        for key, marks in found.items()
        if marks and all(marks) and len(set(marks)) == len(marks) and marks != texts
    }


def _pair(one: object) -> tuple[str, object]:
    """The letter and the content of one entry of a list."""
    if isinstance(one, list) and (flagged := _flagged(one)) is not None:
        return flagged
    if isinstance(one, list) and len(one) == 2:
        return text_of(one[0]), one[1]
    if not isinstance(one, dict):
        return "", one
    if len(one) == 1:
        key, value = next(iter(one.items()))
        return (key, value) if _LETTER.fullmatch(key) else ("", one)
    shape = _shape(tuple(one))
    text = next((key for key in shape.texts if _is_text(one[key])), "")
    letter = next((key for key in shape.marks if _is_letter(one[key])), "")
    if letter and (letter != text or len(one) > 2):
        return text_of(one[letter]), {key: value for key, value in one.items() if key != letter}
    return "", one


def _flagged(one: list[object]) -> tuple[str, object] | None:
    """``["26 ℃", true]``, ``["C", "26 ℃", true]``: whether it is right stands beside an option's text."""
    flags = [part for part in one if isinstance(part, bool)]
    texts = [part for part in one if not isinstance(part, bool)]
    if len(flags) != 1 or not 1 <= len(texts) <= 2 or not all(isinstance(text, str | int | float) for text in texts):
        return None
    letter = text_of(texts[0]) if len(texts) == 2 else ""
    return letter, {"text": text_of(texts[-1]), "correct": flags[0]}


def _is_letter(value: object) -> bool:
    return isinstance(value, str) and len(value) < 5 and _LETTER.fullmatch(text_of(value)) is not None


def _is_text(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else isinstance(value, dict) and bool(text_of(value))


def _order(marks: Sequence[str]) -> list[int] | None:
    """Where options with letters of their own belong; None where they have none, or not all."""
    found = [_LETTER.fullmatch(mark) for mark in marks]
    places = [LETTERS.index(letter[1].upper()) for letter in found if letter]
    return places if places and len(set(places)) == len(places) == len(marks) else None


def _text(one: object) -> str:
    if not isinstance(one, dict):
        return text_of(one)
    for key in _shape(tuple(one)).texts:
        if not isinstance(one[key], bool) and (text := text_of(one[key])):
            return text
    return max((text_of(value) for value in one.values() if isinstance(value, str)), key=len, default="")


def _flag(one: object) -> bool | None:
    """Whether an option says of itself that it is right; None where it says nothing."""
    for key in _shape(tuple(one)).flags if isinstance(one, dict) else ():
        value = one[key] if isinstance(one, dict) else None
        text = text_of(value)
        if isinstance(value, bool) or text in {"0", "1"}:
            return text in {"true", "1"}
        if _NUMBER.fullmatch(text):
            return float(text) > 0
        if (truth := truth_of(text)) is not None:
            return truth
    return None


def answer_item(one: object) -> object:
    """What an object among the answers stands for."""
    if not isinstance(one, dict):
        return one
    folded = {folded_key(key): key for key in one}
    for name in _ANSWERS:
        if name in folded and text_of(one[folded[name]]):
            return one[folded[name]]
    return text_of(one)


def chosen(found: Record) -> object:
    """An answer that is an object: letters with true and false, numbered blanks, or the text of one."""
    if found and all(text_of(value) in {"true", "false"} for value in found.values()):
        right = [key.removesuffix("_correct") for key, value in found.items() if text_of(value) == "true"]
        return [letter[1].upper() if (letter := _LETTER.fullmatch(key)) else key for key in right]
    if found and all(key.isdigit() for key in found):
        return [found[key] for key in sorted(found, key=int)]
    return answer_item(found)


def as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
