"""Read what a person typed, and mark it. Pure.

What was *given* is text in the bank's own terms, whatever order a paper showed: ``C``, ``AC``, ``true``, or for
blanks the typed texts joined by ``；``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from questions.model import ALTERNATIVES, FALSE, LETTERS, TRUE, TRUE_FALSE_TEXTS, Kind, Option, Question
from questions.papers import Place, options_shown

BLANK_SEPARATOR = "；"

_TRUE = re.compile(r"对|对的|√|✓|✔|(?:A[.、]?)?正确|是|是的|T|TRUE|Y|YES|A|1")
_FALSE = re.compile(r"错|错的|不对|×|✗|✘|❌|X|(?:B[.、]?)?错误|不正确|否|不是|F|FALSE|N|NO|B|2")
_POLITE = re.compile(
    r"^(?:我?的?答案[是为选]?[::]?|我?选择?(?:项|了|的是|答案)?[::]?|应该[是选])|(?:这个)?(?:选项|项|吧|[。.!!])+$"
)
_LETTERS = re.compile(r"[A-Z](?:[\s、,;/|&+和与跟.。]*[A-Z])*")
_NUMBERS = re.compile(r"第?[1-9一二三四五六七八九]个?(?:[\s、,;和与跟]*第?[1-9一二三四五六七八九]个?)*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")
_EDGES = "。.，,；;、!！?？:：\"'“”‘’()（）《》<>【】[] \t\r\n"


def read(question: Question, place: Place, text: str) -> str | None:
    """What a typed text gives as the answer to a question as a paper shows it; None when it is not understood."""
    match question.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            return _read_letters(question, place, text)
        case Kind.TRUE_FALSE:
            return _read_true_false(text)
        case Kind.BLANK:
            return _read_blanks(question, text)
        case Kind.ESSAY:
            return None


def mark(question: Question, given: str) -> bool:
    """Whether what was given is right. Multiple choice is right when it is exactly the answer."""
    match question.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            return given == "".join(question.answer)
        case Kind.TRUE_FALSE:
            return (given,) == question.answer
        case Kind.BLANK:
            typed = given.split(BLANK_SEPARATOR)
            return len(typed) == len(question.answer) and all(
                folded(text) in {folded(alternative) for alternative in blank.split(ALTERNATIVES)}
                for text, blank in zip(typed, question.answer, strict=True)
            )
        case Kind.ESSAY:
            return False


def credit(question: Question, given: str, points: int, partial: str) -> int:
    """What an answer gets of a question's points: all when it is right, and else what `partial` leaves.

    Only a multiple choice has something between all and nothing, when at least one right option was chosen, some are
    missing, and none is wrong: ``half`` gives half of the points, ``each`` their share by the number of right options,
    both rounded down (so of 1 point there is no half); ``none`` gives nothing.
    """
    if mark(question, given):
        return points
    chosen, right = set(given), set(question.answer)
    if question.kind is not Kind.MULTIPLE or not chosen or not chosen < right:
        return 0
    match partial:
        case "half":
            return points // 2
        case "each":
            return points * len(chosen) // len(right)
        case _:
            return 0


def answer_shown(question: Question, place: Place) -> str:
    """The right answer as a person reads it, under the letters of their paper: ``C``, ``AC``, ``正确``, ``26；20``.

    Of a blank's alternatives the first, which is how the bank itself would say it.
    """
    match question.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            return "".join(sorted(place.shown(letter) for letter in question.answer))
        case Kind.TRUE_FALSE:
            return TRUE_FALSE_TEXTS[question.answer[0]]
        case Kind.BLANK | Kind.ESSAY:
            return BLANK_SEPARATOR.join(blank.split(ALTERNATIVES)[0] for blank in question.answer)


def given_shown(question: Question, place: Place, given: str) -> str:
    """What a person gave, as they saw it; empty when they gave nothing in time."""
    match question.kind:
        case _ if not given:
            return ""
        case Kind.SINGLE | Kind.MULTIPLE:
            return "".join(sorted(place.shown(letter) for letter in given))
        case Kind.TRUE_FALSE:
            return TRUE_FALSE_TEXTS[given]
        case Kind.BLANK | Kind.ESSAY:
            return given


def folded(text: str) -> str:
    """Text as blanks are compared: NFKC, case folded, without white space and punctuation at the edges."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().strip(_EDGES).split())


def _read_letters(question: Question, place: Place, text: str) -> str | None:
    """What was chosen. What may be meant in two ways is not understood: to ask again costs nothing, to guess might."""
    shown = options_shown(question, place)
    chosen = _by_letters(text, len(shown)) or _by_words(text, shown) or _by_numbers(text, shown)
    if not chosen or (question.kind is Kind.SINGLE and len(chosen) != 1):
        return None
    return "".join(sorted(place.meant(letter) for letter in chosen))


def _by_letters(text: str, count: int) -> set[str]:
    """The options named by their letters: ``b``, ``ABD``, ``选 A、C``; a range (``A-D``) is not one."""
    plain = _POLITE.sub("", _plain(text)).strip()
    letters = set(re.findall("[A-Z]", plain)) if _LETTERS.fullmatch(plain) else set()
    return letters if letters <= set(LETTERS[:count]) else set()


def _by_words(text: str, shown: Sequence[Option]) -> set[str]:
    """The option whose own words were typed, perhaps behind its letter (``B. 24 ℃``)."""
    typed = folded(text)
    return {
        option.letter
        for option in shown
        if (words := folded(option.text))
        and not _is_position(typed, len(shown))
        and typed in {words, *(f"{option.letter.casefold()}{mark}{words}" for mark in (".", "、", ",", ":", ""))}
    }


def _by_numbers(text: str, shown: Sequence[Option]) -> set[str]:
    """The options named by their places: ``2``, ``1 3``, ``124``, ``第三个``.

    A number that stands in an option may mean that option as well, and one that is no place can only mean it.
    """
    plain = _POLITE.sub("", _plain(text)).strip()
    said = [_numbers(option.text) for option in shown]
    typed = plain.translate(_NUMERALS)
    if _NUMBER.fullmatch(typed) and not _is_position(typed, len(shown)) and len(shown) > 1:
        meant = {option.letter for option, numbers in zip(shown, said, strict=True) if numbers[:1] == [typed]}
        if meant or any(typed in numbers for numbers in said):
            return meant if len(meant) == 1 else set()
    if not _NUMBERS.fullmatch(plain):
        return set()
    places = re.findall(r"\d", typed)
    if places != sorted(set(places)) or any(set(places) & set(numbers) for numbers in said):
        return set()
    return {LETTERS[int(place) - 1] for place in places} if int(places[-1]) <= len(shown) else set()


def _numbers(text: str) -> list[str]:
    """The numbers that stand in a text, Chinese numerals among them."""
    return _NUMBER.findall(unicodedata.normalize("NFKC", text).translate(_NUMERALS))


def _is_position(typed: str, count: int) -> bool:
    return len(typed) == 1 and "1" <= typed.translate(_NUMERALS) <= str(count)


def _read_true_false(text: str) -> str | None:
    plain = _plain(text)
    for candidate in (plain, _POLITE.sub("", plain)):
        word = "".join(candidate.split())
        if _TRUE.fullmatch(word):
            return TRUE
        if _FALSE.fullmatch(word):
            return FALSE
    return None


def _read_blanks(question: Question, text: str) -> str | None:
    if len(question.answer) == 1:
        return text.strip().replace(BLANK_SEPARATOR, ";") if folded(text) else None
    for separators in (r"\s*[;；|\n]\s*", r"\s*[、,，]\s*", r"\s+"):
        parts = re.split(separators, text.strip())
        if len(parts) == len(question.answer) and all(folded(part) for part in parts):
            return BLANK_SEPARATOR.join(parts)
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()
