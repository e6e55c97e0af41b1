"""What a file's codes mean, found by proof: in the words around the questions, or in the answers as a whole."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from questions.model import Kind, Option
from questions.readers.drafts import Draft
from questions.readers.meaning.answers import fold, indexes_in, leading_truth, letters_in, truth_of
from questions.readers.meaning.kinds import Named


@dataclass(frozen=True, slots=True)
class Item:
    """A draft with its cells taken apart."""

    draft: Draft
    named: Named | None
    """The kind that the file names, if any."""
    options: tuple[Option, ...]
    moved: Mapping[str, str]
    """From an option's letter in the file to its letter here."""

    @property
    def kind(self) -> Kind | None:
        return self.named.kind if self.named else None


_WORD = r"(正确|错误|不正确|对|错|√|×|true|false|是(?!非|否|不))"
# What follows must end there: "1、正确填写题干" in a list of instructions explains no code.
_CODE_FIRST = re.compile(
    rf"(?<![\dA-Za-z.])([012AB])\s*(?:[=＝:：\-—－]|代表|表示|为|是|填)?\s*[“\"（(]?{_WORD}(?![\u4e00-\u9fff])",
    re.IGNORECASE,
)
_WORD_FIRST = re.compile(
    rf"{_WORD}[”\"）)]?\s*的?(?:[=＝:：\-—－]|请?填写?|写|用|为|选|记)\s*[“\"]?([012AB])(?![\d.A-Za-z分个题道])",
    re.IGNORECASE,
)
_CODES = ("0", "1", "2")


_PAIRS = ({"t", "f"}, {"true", "false"}, {"right", "wrong"}, {"v", "x"})
_YES_NO = ({"是", "否"}, {"y", "n"}, {"yes", "no"})


def truths_of(options: Sequence[Option], *, judged: bool = True) -> dict[str, bool] | None:
    """Letter → truth where the options just say true and false; None for any others.

    Yes and no only count where the question is `judged` a true/false one: elsewhere they answer a question.
    """
    if len(options) != 2 or max(len(option.text) for option in options) > 6:
        return None
    first, second = (truth_of(option.text) for option in options)
    if first is None or second is not (not first):
        return None
    texts = {fold(option.text) for option in options}
    if not judged and texts in _YES_NO:
        return None
    # Letters such as x and y are words for true and false only in their own company.
    if any(text.isascii() and text.isalpha() for text in texts) and texts not in (*_PAIRS, *_YES_NO):
        return None
    return {options[0].letter: bool(first), options[1].letter: bool(second)}


@dataclass(frozen=True, slots=True)
class Conventions:
    truths: Mapping[str, bool] = field(default_factory=dict)
    """Proven meanings of the codes 0, 1, 2, A, B of true/false questions without option texts."""
    base: int | None = None
    """What option numbers count from, 0 or 1, where the answers prove it."""
    truth_base: int | None = None
    """The same for the numbers of the options 正确 and 错误: 1 where some answer is 2, and none is 0."""
    letters: int = 0
    """How many choice answers can only be letters…"""
    texts: int = 0
    """…or only option texts."""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    """What the file's code numbers for kinds mean, by the content of their questions."""
    coded: frozenset[str] = frozenset()
    """The digits that answer questions without options or kind…"""
    coded_alone: bool = False
    """…and whether nothing but two such digits answers them: they can only be codes for true and false."""

    @classmethod
    def found_in(cls, items: Sequence[Item], legend: str) -> Conventions:
        untyped = [item for item in items if item.kind is None and not item.options and item.draft.answer]
        answers = {item.draft.answer for item in untyped}
        letters, texts = _spellings(items)
        return cls(
            truths=_legend(legend) or _explained(items),
            base=_base(item for item in items if truths_of(item.options) is None),
            truth_base=1 if _base(item for item in items if truths_of(item.options)) == 1 else None,
            letters=letters,
            texts=texts,
            kinds=_kinds(items),
            coded=frozenset(answers & set(_CODES)),
            coded_alone=answers in ({"0", "1"}, {"1", "2"}),
        )


def _legend(text: str) -> dict[str, bool]:
    """The codes that the text around the questions explains; empty where it contradicts itself."""
    found: dict[str, set[bool]] = defaultdict(set)
    pairs = [(code, word) for code, word in _CODE_FIRST.findall(text)]
    pairs = pairs or [(code, word) for word, code in _WORD_FIRST.findall(text)]
    for code, word in pairs:
        truth = True if word == "是" else truth_of(word)
        if truth is not None:
            found[code.upper()].add(truth)
    return _proven(found)


def _explained(items: Iterable[Item]) -> dict[str, bool]:
    """Codes whose questions' explanations begin with the verdict (错误。应为…), if they all agree."""
    found: dict[str, set[bool]] = defaultdict(set)
    counted = 0
    for item in items:
        if item.draft.answer in _CODES and item.kind in {Kind.TRUE_FALSE, None} and not item.options:
            truth = leading_truth(item.draft.explanation)
            if truth is not None:
                found[item.draft.answer].add(truth)
                counted += 1
    return _proven(found) if counted >= 2 else {}


def _proven(found: Mapping[str, set[bool]]) -> dict[str, bool]:
    """One meaning a code, and one code a meaning; of 0 and 1 the one tells the other."""
    if any(len(truths) > 1 for truths in found.values()):
        return {}
    single = {code: next(iter(truths)) for code, truths in found.items()}
    for pair in (("0", "1"), ("A", "B")):
        known = [code for code in pair if code in single]
        if len(known) == 2 and single[pair[0]] is single[pair[1]]:
            return {}
        if len(known) == 1 and not (pair[0] == "0" and "2" in single):
            single[pair[1] if known[0] == pair[0] else pair[0]] = not single[known[0]]
    if "1" in single and "2" in single and single["1"] is single["2"]:
        return {}
    return single


def _spellings(items: Iterable[Item]) -> tuple[int, int]:
    letters = texts = 0
    for item in items:
        answer = item.draft.answer
        if len(item.options) < 2 or not answer:
            continue
        as_text = has_text(item.options, answer)
        as_letters = letters_in(answer)
        within = as_letters is not None and all(letter in item.moved for letter in as_letters)
        letters += within and not as_text
        texts += as_text and not within
    return letters, texts


def has_text(options: Sequence[Option], answer: str) -> bool:
    """Whether the answer is just the text of one of the options."""
    slack = 1 if len(answer) <= 2 else 4
    least, most = len(answer) - slack, len(answer) + slack
    near = [option.text for option in options if least <= len(option.text) <= most]
    return any(text == answer for text in near) or (bool(near) and fold(answer) in map(fold, near))


def _base(items: Iterable[Item]) -> int | None:
    """0 where some answer is 0 and none reaches the number of options, 1 where one does and none is 0."""
    zero = full = False
    for item in items:
        answer, count = item.draft.answer, len(item.draft.options)
        if len(item.options) < 2 or not answer or not any(character.isdigit() for character in answer):
            continue
        if has_text(item.options, answer):
            continue
        if numbers := indexes_in(answer, count):
            zero |= 0 in numbers
            full |= count in numbers
    return None if zero == full else 0 if zero else 1


def _kinds(items: Iterable[Item]) -> dict[str, Kind]:
    coded: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.named is None and item.draft.kind.isdigit():
            coded[item.draft.kind].append(item)
    return {code: kind for code, group in coded.items() if (kind := _kind_of(group)) is not None}


def _kind_of(group: Sequence[Item]) -> Kind | None:
    """The kind of a code whose questions all look alike; None where they do not."""
    chosen = [letters for item in group if (letters := letters_in(item.draft.answer)) is not None]
    if all(item.options for item in group):
        if all(truths_of(item.options) is not None for item in group):
            return Kind.TRUE_FALSE
        return Kind.MULTIPLE if any(len(letters) > 1 for letters in chosen) else Kind.SINGLE
    if any(item.options for item in group):
        return None
    if all(truth_of(item.draft.answer) is not None or item.draft.answer in _CODES for item in group):
        return Kind.TRUE_FALSE
    return None
