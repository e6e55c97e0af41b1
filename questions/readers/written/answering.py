"""Answers that stand in the running text of a question: behind the stem, alone on a line."""

from __future__ import annotations

import re

from questions.readers.meaning.answers import letters_in, truth_of

_LETTERS = re.compile(r"(\(\s*+)?([A-J](?:[\s,、]{0,2}[A-J]){0,9})(?(1)\s*+\))\s*+[.。]?")
_WORDS = {"对", "错", "正确", "错误", "√", "×", "✓", "✗", "✔", "✘", "❌", "✅"}
_TAIL = re.compile(
    r"(?:(?<=[。?!:;)\]…”])\s*+|\s++)([A-J](?:[\s,、]{0,2}[A-J]){0,9}|√|×|[✓✗✔✘❌✅]|对|错|正确|错误|[TF])\s*+[.。]?$"
)


def lone_answer(plain: str) -> str:
    """The answer that a folded line consists of; empty for any other line."""
    text = plain.strip()
    if len(text) > 30:
        return ""
    if text.strip(".。()") in _WORDS:
        return text.strip(".。()")
    found = _LETTERS.fullmatch(text)
    return found[2] if found and letters_in(found[2]) is not None else ""


def tail_answer(plain: str) -> tuple[str, int, bool] | None:
    """(answer, where it begins, whether punctuation sets it apart) at the end of a folded stem."""
    end = plain.rstrip()
    found = _TAIL.search(end, max(0, len(end) - 32))
    if found is None:
        return None
    answer = found[1]
    if letters_in(answer) is None and truth_of(answer) is None:
        return None
    start = found.start(1)
    before = end[:start].rstrip()
    return answer, start, before[-1:] in "。?!:;)]…”"


def closes(plain: str) -> bool:
    """Whether a folded line ends with a sign for true or false behind its full stop or bracket."""
    if len(plain) < 8 or plain.rstrip(".。 ")[-1:] not in "√×✓✗✔✘❌✅对错确误TF":
        return False
    found = tail_answer(plain)
    return found is not None and found[2] and truth_of(found[0]) is not None
