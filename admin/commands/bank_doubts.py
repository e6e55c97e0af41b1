"""What a bank file leaves in doubt, as commands count and say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from campaigns import banks
from campaigns.banks import ImportPlan
from questions.model import Bank, Problem, Severity

SEVERITIES = {Severity.ERROR: "不能用", Severity.WARNING: "请看"}


@dataclass(frozen=True, slots=True)
class Doubt:
    """The questions of a file by the worst that is said about them."""

    read: int
    doubtful: frozenset[str]
    """Where those are that can be used and should be looked at."""
    useless: frozenset[str]
    """Where those are that cannot be used."""
    warnings: Sequence[Problem]
    """Everything that should be looked at, but for what is said about questions that cannot be used."""

    @property
    def ready(self) -> int:
        return self.read - len(self.doubtful) - len(self.useless)

    @property
    def in_words(self) -> str:
        return f"读到 {self.read} 题，可用 {self.ready}，请看 {len(self.doubtful)}，不能用 {len(self.useless)}。"


def sort_out(bank: Bank) -> Doubt:
    """Count a file's questions by the worst that is said about each."""
    places = {question.where for question in bank.questions}
    useless = {one.where for one in bank.problems if one.severity is Severity.ERROR} & places
    warnings = [one for one in bank.problems if one.severity is Severity.WARNING and one.where not in useless]
    doubtful = {one.where for one in warnings} & places
    return Doubt(len(bank.questions), frozenset(doubtful), frozenset(useless), warnings)


def with_likenesses(bank: Bank, plan: ImportPlan) -> Bank:
    """The file with what else is to be said once it is compared with the bank that it is meant for, by places."""
    together = replace(bank, problems=(*bank.problems, *banks.likenesses(plan)))
    return replace(together, problems=banks.problems_by_place(together))


def problem_line(problem: Problem) -> str:
    return f"{problem.where}\t{SEVERITIES[problem.severity]}\t{problem.message}"
