"""What `lvda bank check FILE --json` prints."""

from __future__ import annotations

from questions.model import Bank, Problem, Question


def as_check(bank: Bank) -> dict[str, object]:
    """The bank as plain data for JSON: format, encoding, questions and problems, in the order of the file."""
    return {
        "format": bank.format,
        "encoding": bank.encoding,
        "questions": [_question(question) for question in bank.questions],
        "problems": [_problem(problem) for problem in bank.problems],
    }


def _question(question: Question) -> dict[str, object]:
    return {
        "number": question.number,
        "kind": question.kind.value,
        "stem": question.stem,
        "options": [option.text for option in question.options],
        "answer": list(question.answer),
        "explanation": question.explanation,
        "category": question.category,
        "difficulty": question.difficulty,
        "where": question.where,
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {"where": problem.where, "severity": problem.severity.value, "message": problem.message}
