"""Questions → Moodle XML, which we read again as the same questions.

Number: ``idnumber``; category: Moodle's categories; difficulty: a tag ``难度:…``; source: the last line of the general
feedback; several blanks: a cloze question with its gaps behind the text; pictures: files beside the texts.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from questions.model import ALTERNATIVES, EXPLANATION, TRUE, Kind, Picture, Question
from questions.readers.pictures import media_type
from questions.readers.programs.moodle import DIFFICULTY, OURS, PLAIN_TAG, SOURCE_OPENS
from questions.writers.markup import marked_up, verbatim

_LONGEST_NAME = 60
_KINDS = {
    Kind.SINGLE: "multichoice",
    Kind.MULTIPLE: "multichoice",
    Kind.TRUE_FALSE: "truefalse",
    Kind.BLANK: "shortanswer",
    Kind.ESSAY: "essay",
}
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CLOZE_SIGNS = re.compile(r"[^\w \u3000-\u303f\uff00-\uffef]")


def write_moodle(questions: Sequence[Question], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The questions as a file, in UTF-8, that `questions.readers.read_bank` reads as the same questions.

    `pictures`: SHA-256 → bytes of those that the questions name. Control characters, which XML cannot hold, are left
    out.
    """
    found = pictures or {}
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', OURS, "<quiz>"]
    category = ""
    for question in questions:
        if question.category != category:
            category = question.category
            parts.append(_category(category))
        parts.append(_question(question, found))
    return ("\n".join([*parts, "</quiz>"]) + "\n").encode()


def _category(category: str) -> str:
    path = "/".join(filter(None, ["$course$", "top", category.replace("/", "//")]))
    return f'<question type="category"><category>{_text(path)}</category></question>'


def _question(question: Question, pictures: Mapping[str, bytes]) -> str:
    cloze = question.kind is Kind.BLANK and len(question.answer) > 1
    lines = [
        f'<question type="{"cloze" if cloze else _KINDS[question.kind]}">',
        f"<name>{_text(_name(question))}</name>",
        _cloze(question, pictures) if cloze else _part(question, "questiontext", question.stem, "", pictures),
        _feedback(question, pictures),
        f"<idnumber>{_safe(question.number)}</idnumber>",
        *_answers(question, pictures, cloze),
        _tags(question),
        "</question>",
    ]
    return "\n".join(filter(None, lines))


def _answers(question: Question, pictures: Mapping[str, bytes], cloze: bool) -> list[str]:
    match question.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            return _options(question, pictures)
        case Kind.TRUE_FALSE:
            right = [question.answer == (TRUE,), bool(question.answer) and question.answer != (TRUE,)]
            return [
                f'<answer fraction="{100 if is_right else 0}">{_text(word)}</answer>'
                for word, is_right in zip(("true", "false"), right, strict=True)
            ]
        case Kind.BLANK:
            texts = [text for part in question.answer for text in part.split(ALTERNATIVES)] if not cloze else []
            return [f'<answer fraction="100">{_text(_starred(text))}</answer>' for text in texts]
        case Kind.ESSAY:
            return [f'<graderinfo format="plain_text">{_text(text)}</graderinfo>' for text in question.answer[:1]]


def _options(question: Question, pictures: Mapping[str, bytes]) -> list[str]:
    """The right ones of several get equal parts of the mark, and a wrong one costs all of it."""
    several = question.kind is Kind.MULTIPLE
    right = f"{100 / len(question.answer):.5f}".rstrip("0").rstrip(".") if question.answer else "0"
    wrong = "-100" if several and question.answer else "0"
    lines = [f"<single>{'false' if several else 'true'}</single><answernumbering>ABCD</answernumbering>"]
    for option in question.options:
        fraction = f' fraction="{right if option.letter in question.answer else wrong}"'
        lines.append(_part(question, "answer", option.text, option.letter, pictures, fraction))
    return lines


def _cloze(question: Question, pictures: Mapping[str, bytes]) -> str:
    """Every sign in a gap that could mean something to Moodle is written by its number."""
    gaps = [
        "{1:SHORTANSWER:" + "~".join(f"={_numbered(_starred(text))}" for text in part.split(ALTERNATIVES)) + "}"
        for part in question.answer
    ]
    shown = [picture for picture in question.pictures if not picture.place and picture.sha256 in pictures]
    body = marked_up(question.stem, shown, lambda picture: _address(picture, pictures))
    markup = f'{body}<p class="lvda-blanks">{"　".join(gaps)}</p>'
    return f'<questiontext format="html">{_text(markup)}{_files(shown, pictures)}</questiontext>'


def _numbered(text: str) -> str:
    return _CLOZE_SIGNS.sub(lambda found: f"&#{ord(found[0])};", text)


def _starred(text: str) -> str:
    return text.replace("*", "\\*")


def _feedback(question: Question, pictures: Mapping[str, bytes]) -> str:
    if not question.source:
        return _part(question, "generalfeedback", question.explanation, EXPLANATION, pictures)
    shown = [picture for picture in question.pictures if picture.place == EXPLANATION and picture.sha256 in pictures]
    body = marked_up(question.explanation, shown, lambda picture: _address(picture, pictures))
    markup = f"{body}{SOURCE_OPENS}{verbatim(question.source)}</div>"
    return f'<generalfeedback format="html">{_text(markup)}{_files(shown, pictures)}</generalfeedback>'


def _part(
    question: Question, tag: str, text: str, place: str, pictures: Mapping[str, bytes], attributes: str = ""
) -> str:
    """A text as it stands, or as HTML where pictures belong to it."""
    shown = [picture for picture in question.pictures if picture.place == place and picture.sha256 in pictures]
    if not shown:
        return (
            f'<{tag}{attributes} format="plain_text">{_text(text)}</{tag}>' if text or tag != "generalfeedback" else ""
        )
    markup = marked_up(text, shown, lambda picture: _address(picture, pictures))
    return f'<{tag}{attributes} format="html">{_text(markup)}{_files(shown, pictures)}</{tag}>'


def _address(picture: Picture, pictures: Mapping[str, bytes]) -> str:
    return f"@@PLUGINFILE@@/{_file_name(picture, pictures)}"


def _file_name(picture: Picture, pictures: Mapping[str, bytes]) -> str:
    return f"{picture.sha256}.{media_type(pictures[picture.sha256]).removeprefix('image/')}"


def _files(shown: Sequence[Picture], pictures: Mapping[str, bytes]) -> str:
    names = {_file_name(picture, pictures): pictures[picture.sha256] for picture in shown}
    return "".join(
        f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(data).decode()}</file>'
        for name, data in names.items()
    )


def _tags(question: Question) -> str:
    tags = [f"{PLAIN_TAG}{tag}" if tag.startswith((PLAIN_TAG, DIFFICULTY)) else tag for tag in question.tags]
    if question.difficulty:
        tags.append(f"{DIFFICULTY}{question.difficulty}")
    return f"<tags>{''.join(f'<tag>{_text(tag)}</tag>' for tag in tags)}</tags>" if tags else ""


def _name(question: Question) -> str:
    line = " ".join(question.stem.split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"


def _text(text: str) -> str:
    return f"<text>{_safe(text)}</text>"


def _safe(text: str) -> str:
    return escape(_ILLEGAL.sub("", text), {"\r": "&#13;"})
