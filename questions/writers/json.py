"""Questions → JSON in our own format, which loses nothing: for keeping a bank, and for other programs.

::

    {"format": "lvda-questions", "version": 1, "questions": [
    {"number": "E001", "kind": "single", "stem": "…", "options": {"A": "…", "B": "…"}, "answer": ["B"],
     "explanation": "…", "category": "…", "difficulty": "…", "source": "…", "tags": ["…"],
     "pictures": [{"sha256": "…", "place": "B", "alt": "…"}]},
    …
    ],
    "pictures": {"<sha256>": "<Base64 of a PNG, JPEG, GIF or WebP>"}}

UTF-8, one question a line. What a question does not have is left out, but for number, kind, stem and answer. Kinds and
answers are those of `questions.model`, a picture's place is empty for the stem, an option's letter, or
``explanation``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence

from questions.model import Picture, Question
from questions.readers.data.own import FORMAT, VERSION


def write_json(questions: Sequence[Question], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The questions as a file that `questions.readers.read_bank` reads as the same questions.

    `pictures`: SHA-256 → bytes of those that the questions name.
    """
    named = {picture.sha256 for question in questions for picture in question.pictures}
    held = {name: base64.b64encode(data).decode() for name, data in (pictures or {}).items() if name in named}
    lines = ",\n".join(_json(_fields(question)) for question in questions)
    head = f'{{"format": {_json(FORMAT)}, "version": {VERSION}, "questions": ['
    return f'{head}\n{lines}\n],\n"pictures": {_json(held)}}}\n'.encode()


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False)


def _fields(question: Question) -> dict[str, object]:
    optional = {
        "options": {option.letter: option.text for option in question.options},
        "explanation": question.explanation,
        "category": question.category,
        "difficulty": question.difficulty,
        "source": question.source,
        "tags": question.tags,
        "pictures": [_picture(picture) for picture in question.pictures],
    }
    return {
        "number": question.number,
        "kind": question.kind.value,
        "stem": question.stem,
        "answer": question.answer,
        **{name: value for name, value in optional.items() if value},
    }


def _picture(picture: Picture) -> dict[str, str]:
    fields = {"sha256": picture.sha256, "place": picture.place, "alt": picture.alt}
    return {name: value for name, value in fields.items() if value}
