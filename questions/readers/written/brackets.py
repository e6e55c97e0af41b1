"""Blanks and brackets in folded text: empty ones that ask, filled ones that answer."""

from __future__ import annotations

import re

from questions.readers.written.folding import folded

EMPTY = re.compile(r"(?<![A-Za-z0-9_])\(\)|\(\s++\)|_{2,}|\[\s*+\]")
ANSWERED = re.compile(
    r"[(\[]\s*+(?:[A-Ja-j](?:[A-Ja-j\s,、;/]{0,18}[A-Ja-j])?|[√×✓✗✔✘✖❌✅]|[对错TF]|正确|错误)\s*+[)\]]"
)


def marked_as_question(plain: str) -> bool:
    """Whether a folded text holds a blank, or a bracket for the answer or with it."""
    return EMPTY.search(plain) is not None or ANSWERED.search(plain) is not None


def asks(text: str) -> bool:
    """Whether a text asks for something: with a blank, a bracket, or a question mark."""
    plain = folded(text)
    return marked_as_question(plain) or "?" in plain
