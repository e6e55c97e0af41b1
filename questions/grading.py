"""Read what a person typed, and mark it. Pure.

What was *given* is text in the bank's own terms, whatever order a paper showed: ``C``, ``AC``, ``true``, or for
blanks the typed texts joined by ``；``.
"""

from __future__ import annotations

import re
import unicodedata

from questions.model import ALTERNATIVES, FALSE, LETTERS, TRUE, TRUE_FALSE_TEXTS, Kind, Question
from questions.papers import Place, options_shown

BLANK_SEPARATOR = "；"

_TRUE = re.compile(r"对|对的|√|✓|✔|(?:A[.、]?)?正确|是|是的|T|TRUE|Y|YES|A|1")
_FALSE = re.compile(r"错|错的|不对|×|✗|✘|❌|X|(?:B[.、]?)?错误|不正确|否|不是|F|FALSE|N|NO|B|2")
_POLITE = re.compile(
    r"^(?:我?的?答案[是为选]?[::]?|我?选择?(?:项|了|的是|答案)?[::]?|应该[是选])|(?:这个)?(?:选项|项|吧|[。.!!])+$"
)
_SEPARATORS = re.compile(r"[\s、,，;；/|&+和与跟.。．-]+")
_ORDINALS = str.maketrans("一二三四五六七八九", "123456789")
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
    """What a person gave, as they saw it."""
    match question.kind:
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
    shown = options_shown(question, place)
    chosen = _letters(text, len(shown), {folded(option.text) for option in shown})
    if chosen is None:
        chosen = _whole_option(text, {folded(option.text): option.letter for option in shown})
    if chosen is None or (question.kind is Kind.SINGLE and len(chosen) != 1):
        return None
    return "".join(sorted(place.meant(letter) for letter in chosen))


def _letters(text: str, count: int, texts: set[str]) -> set[str] | None:
    """The shown letters that a text names by letter or by number."""
    plain = _plain(text)
    tokens = _SEPARATORS.sub("", _POLITE.sub("", plain).removeprefix("第").replace("个", "").replace("第", ""))
    tokens = tokens.translate(_ORDINALS)
    if tokens.isascii() and tokens.isdigit():
        numbers = [int(digit) for digit in tokens]
        if texts & {tokens, *tokens} or not all(1 <= number <= count for number in numbers):
            return None
        return {LETTERS[number - 1] for number in numbers}
    if tokens and all(token in LETTERS[:count] for token in tokens):
        return set(tokens)
    return None


def _whole_option(text: str, letters: dict[str, str]) -> set[str] | None:
    """The option whose own words were typed, perhaps behind its letter (``B. 24 ℃``)."""
    typed = folded(text)
    if len(typed) == 1 and "1" <= typed <= str(len(letters)):
        return None  # may mean the option's position as well as its words: ask for the letter, it costs nothing
    if typed in letters:
        return {letters[typed]}
    for words, letter in letters.items():
        if typed in {f"{letter.casefold()}{mark}{words}" for mark in (".", "、", ",", ":", "")}:
            return {letter}
    return None


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
    if not text.strip():
        return None
    if len(question.answer) == 1:
        return text.strip().replace(BLANK_SEPARATOR, ";")
    for separators in (r"\s*[;；|\n]\s*", r"\s*[、,，]\s*", r"\s+"):
        parts = re.split(separators, text.strip().strip("；;"))
        if len(parts) == len(question.answer):
            return BLANK_SEPARATOR.join(parts)
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()
