from __future__ import annotations

from dataclasses import fields

import pytest

from admin.campaigns.campaign_form import SECTIONS, TICKS, CampaignForm, PartRow
from admin.wizard.steps import CHECK, NAME, PAPER, PEOPLE, PRIZES, RULES, STEPS, beside, marked, merged, step_of
from campaigns.keeping import Finding, Plan


def test_every_section_of_the_form_is_decided_in_exactly_one_step() -> None:
    assert sorted(section for step in STEPS for section in step.sections) == sorted(SECTIONS)


def test_every_box_of_the_form_stands_in_exactly_one_step() -> None:
    assert sorted(tick for step in STEPS for tick in step.ticks) == sorted(TICKS)


def test_everything_that_a_plan_decides_belongs_to_a_step() -> None:
    assert [field.name for field in fields(Plan) if step_of(field.name) is None] == []


@pytest.mark.parametrize(
    ("field", "step"),
    [("closes_ms", NAME), ("hours", NAME), ("questions_per_paper", PAPER), ("points", PAPER), ("mode", RULES),
     ("units", PEOPLE), ("two_person", PEOPLE), ("prize_group.1.name", PRIZES), ("wins", PRIZES), ("tickets", PRIZES)],
)  # fmt: skip
def test_what_is_wrong_belongs_to_the_step_that_decides_it(field: str, step: object) -> None:
    assert step_of(field) is step


def test_what_lies_outside_of_the_plan_stands_with_the_last_step() -> None:
    found = {
        one.step.code: one
        for one in marked([Finding("warning", "公网地址打不开。"), Finding("error", "满。", "points")])
    }
    assert [one.sentence for one in found[CHECK.code].findings] == ["公网地址打不开。"]
    assert (found["check"].severity, found["paper"].severity, found["rules"].severity) == ("warning", "error", "")


def test_a_step_changes_what_is_its_own_and_leaves_all_else_as_the_draft_says() -> None:
    draft = CampaignForm({"name": "周", "mode": "daily"}, frozenset({"same_paper", "two_person"}), picture="abc")
    sent = CampaignForm({"name": "", "mode": "formal"}, frozenset(), (), version=7)
    rules = merged(draft, sent, RULES)
    assert (rules["name"], rules["mode"], rules.version) == ("周", "formal", 7)
    assert (rules.ticks, rules.parts, rules.picture) == (draft.ticks, draft.parts, "abc")
    paper = merged(draft, CampaignForm({}, frozenset(), (PartRow("3"),)), PAPER)
    assert (paper.ticks, paper.parts) == (frozenset({"two_person"}), (PartRow("3"),))
    assert merged(draft, sent, NAME).picture == ""


def test_the_steps_lead_from_the_first_to_the_last() -> None:
    assert beside(NAME, -1) is None
    assert beside(NAME, 1) is PAPER
    assert beside(CHECK, 1) is None
