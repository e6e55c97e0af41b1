"""How questions are written on the console's pages."""

from __future__ import annotations

from questions.model import TRUE_FALSE_TEXTS, Kind, Question


def shown_answer(question: Question) -> str:
    """An answer as people read it; empty when there is none."""
    if question.kind is Kind.TRUE_FALSE:
        return "".join(TRUE_FALSE_TEXTS.get(answer, answer) for answer in question.answer)
    return ("；" if question.kind is Kind.BLANK else "").join(question.answer)
