"""Questions → GIFT, which Moodle and many other systems import, and which we read again as the same questions.

What GIFT has no place for stands in comments: number and tags as Moodle writes them (``[id:…] [tag:…]``), the rest in
``// [lvda] {…}``. Several blanks stand in the braces as one answer with ；between them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from questions.model import ALTERNATIVES, EXPLANATION, TRUE, Kind, Question
from questions.readers.programs.gift import KEPT, as_one_blank, category_of
from questions.readers.sniff import OUR_GIFT
from questions.writers.markup import in_address, marked_up

_RESERVED = re.compile(r"[\\:#={}~\n]|(?<=-)>")
_NOTABLE = re.compile(r"[^\[\]\\<>`\x00-\x1f\u2028\u2029]+")


def write_gift(questions: Sequence[Question], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The questions as a file, in UTF-8, that `questions.readers.read_bank` reads as the same questions.

    `pictures`: SHA-256 → bytes of those that the questions name; they stand in the texts, as HTML.
    """
    found = pictures or {}
    blocks = [OUR_GIFT]
    category = ""
    for question in questions:
        if question.category != category:
            category = question.category
            blocks.append(f"$CATEGORY: {_path(category)}")
        blocks.append(_block(question, found))
    return ("\n\n".join(blocks) + "\n").encode()


def _block(question: Question, pictures: Mapping[str, bytes]) -> str:
    lines = [_notes(question), KEPT + json.dumps(kept, ensure_ascii=False) if (kept := _kept(question)) else ""]
    stem = _text(question, question.stem, "", pictures)
    body = _answers(question, pictures)
    explained = question.explanation or any(picture.place == EXPLANATION for picture in question.pictures)
    general = f"####{_text(question, question.explanation, EXPLANATION, pictures)}" if explained else ""
    name = _escaped(" ".join(question.number.split())) or "题"
    lines.append(f"::{name}::{stem}{{{body}{general}}}")
    return "\n".join(filter(None, lines))


def _answers(question: Question, pictures: Mapping[str, bytes]) -> str:
    match question.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            shares = _shares(question)
            return "".join(
                f"\n\t{share}{_text(question, option.text, option.letter, pictures)}"
                for share, option in zip(shares, question.options, strict=True)
            )
        case Kind.TRUE_FALSE:
            return "" if not question.answer else "TRUE" if question.answer[0] == TRUE else "FALSE"
        case Kind.BLANK:
            return "".join(f"\n\t={_plain(text)}" for text in _alternatives(question.answer))
        case Kind.ESSAY:
            return ""


def _alternatives(answer: tuple[str, ...]) -> list[str]:
    texts = (
        [as_one_blank(answer)] if len(answer) > 1 else [text for part in answer for text in part.split(ALTERNATIVES)]
    )
    return [text.replace("*", "\\*") for text in texts]


def _shares(question: Question) -> list[str]:
    """What stands before each option: Moodle gives the right ones of several an equal share of the mark."""
    if question.kind is Kind.SINGLE or not question.answer:
        return ["=" if option.letter in question.answer else "~" for option in question.options]
    share = f"~%{100 / len(question.answer):.5f}".rstrip("0").rstrip(".") + "%"
    return [share if option.letter in question.answer else "~%-100%" for option in question.options]


def _text(question: Question, text: str, place: str, pictures: Mapping[str, bytes]) -> str:
    shown = [picture for picture in question.pictures if picture.place == place and picture.sha256 in pictures]
    if not shown:
        return _plain(text)
    return "[html]" + _escaped(marked_up(text, shown, lambda picture: in_address(pictures[picture.sha256])))


def _plain(text: str) -> str:
    return "[plain]" + _escaped(text)


def _escaped(text: str) -> str:
    return _RESERVED.sub(lambda found: "\\n" if found[0] == "\n" else f"\\{found[0]}", text)


def _path(category: str) -> str:
    return " ".join(category.replace("/", "//").split()) or "top"


def _notes(question: Question) -> str:
    number = [f"[id:{question.number}]"] if _NOTABLE.fullmatch(question.number) else []
    tags = [f"[tag:{tag}]" for tag in question.tags if _NOTABLE.fullmatch(tag)]
    return f"// {' '.join(number + tags)}" if number or tags else ""


def _kept(question: Question) -> dict[str, object]:
    """The fields that the question itself, as GIFT has it, does not tell."""
    found: dict[str, object] = {}
    if not _NOTABLE.fullmatch(question.number):
        found["number"] = question.number
    if not question.answer:
        found["kind"] = question.kind.value
    if "\\" in question.category or category_of(_path(question.category)) != question.category:
        found["category"] = question.category
    if question.difficulty:
        found["difficulty"] = question.difficulty
    if question.source:
        found["source"] = question.source
    if not all(_NOTABLE.fullmatch(tag) for tag in question.tags):
        found["tags"] = list(question.tags)
    if question.answer and (question.kind is Kind.ESSAY or (question.kind is Kind.BLANK and len(question.answer) > 1)):
        found["answer"] = list(question.answer)
    return found
