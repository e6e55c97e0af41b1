"""The steps in which a campaign is made, what each of them decides, and which of them what is wrong belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from admin.campaigns.campaign_form import SECTIONS, CampaignForm, errors_of
from campaigns.keeping import Finding


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    """As addresses call it."""
    label: str
    said: str
    """What is decided in it, in a sentence."""
    sections: tuple[str, ...] = ()
    """Of the campaign's form; none: the step has a page of its own."""

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(name for section in self.sections for name in SECTIONS[section])

    @property
    def ticks(self) -> frozenset[str]:
        return frozenset(name for section in self.sections for name in TICKS_OF.get(section, ()))


NAME = Step("name", "名称与时间", "活动叫什么，什么时候可以答题。", ("name", "time"))
PAPER = Step("paper", "题目与组卷", "从哪个题库出题，每份试卷多少题，每题多少分。", ("paper",))
RULES = Step("rules", "答题规则", "每人答几次，取哪一次，什么时候公布对错。", ("rules",))
PEOPLE = Step("people", "参与与排名", "谁可以答题，怎么排名，多少分合格。", ("people", "ranking"))
PRIZES = Step("prizes", "奖品", "有哪些奖品，怎么中奖，怎么领；没有奖品就直接下一步。")
NOTICES = Step("notices", "通知", "要不要提醒没答题的人，什么时候不打扰。", ("notices",))
CHECK = Step("check", "检查并发布", "看一遍，没有问题就发布；发布以后题目、分值和规则不能再改。")
STEPS = (NAME, PAPER, RULES, PEOPLE, PRIZES, NOTICES, CHECK)

TICKS_OF: Mapping[str, tuple[str, ...]] = {
    "paper": ("reviewed_only", "same_paper", "shuffle_questions", "shuffle_options"),
    "ranking": ("two_person",),
}
"""Which of the form's boxes stand in which section."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A step with what a check found in it."""

    step: Step
    findings: Sequence[Finding] = ()

    @property
    def severity(self) -> str:
        """The gravest; empty: nothing was found."""
        found = {one.severity for one in self.findings}
        return "error" if "error" in found else "warning" if found else ""


def step_called(code: str) -> Step | None:
    return next((step for step in STEPS if step.code == code), None)


def beside(step: Step, by: int) -> Step | None:
    """The step so many places further on; None beyond the first and the last."""
    place = STEPS.index(step) + by
    return STEPS[place] if 0 <= place < len(STEPS) else None


def step_of(field: str) -> Step | None:
    """The step in which a field of the form, or of a plan, is decided; None for what lies outside of the plan."""
    (name,) = errors_of({field: ""})
    if name.startswith(("prize", "tickets", "wins")):
        return PRIZES
    return next((step for step in STEPS if name in step.fields | step.ticks), None)


def marked(findings: Sequence[Finding]) -> list[Marked]:
    """Every step with its findings; those that belong to none stand with the last."""
    return [Marked(step, [one for one in findings if (step_of(one.field) or CHECK) is step]) for step in STEPS]


def merged(draft: CampaignForm, sent: CampaignForm, step: Step) -> CampaignForm:
    """A draft's form with what was sent of one step; all else stays as it is in the draft."""
    own = step.ticks
    return replace(
        draft,
        texts={name: sent[name] if name in step.fields else text for name, text in draft.texts.items()},
        ticks=(draft.ticks - own) | (sent.ticks & own),
        parts=sent.parts if "parts" in step.fields else draft.parts,
        picture=sent.picture if "picture" in step.fields else draft.picture,
        version=sent.version,
    )
