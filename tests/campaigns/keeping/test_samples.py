from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from campaign_made import PLAN, QUESTIONS, make_campaign

from campaigns import keeping, play
from campaigns.errors import Refused
from campaigns.keeping import Part
from campaigns.store import Store, open_store
from questions.model import Kind


@pytest.fixture
def drafted(sqlite_url: str) -> Store:
    """A draft ``next`` over the bank of a published campaign, with papers of two questions."""
    store = open_store(sqlite_url)
    make_campaign(store)
    with store.transaction() as session:
        plan = keeping.plan_of(session, "week")
        keeping.create(session, replace(plan, slug="next", questions_per_paper=2), "1" * 64, 1)
    return store


def test_a_draft_has_a_paper_of_what_its_bank_holds_now(drafted: Store) -> None:
    with drafted.reading() as session:
        edition = keeping.sample_edition(session, "next", Random(1))
    assert len(edition.questions) == len(QUESTIONS)
    assert len(play.paper_for(edition, Random(1))) == 2
    assert edition.state == "draft"


def test_where_all_get_the_same_paper_another_one_may_be_drawn_until_it_is_published(drafted: Store) -> None:
    assert PLAN.same_paper
    with drafted.reading() as session:
        editions = [keeping.sample_edition(session, "next", Random(seed)) for seed in range(20)]
    assert all(len(part.among) == part.count for edition in editions for part in edition.parts)
    assert len({edition.parts for edition in editions}) > 1


def test_what_is_published_is_shown_as_it_is_played(drafted: Store) -> None:
    with drafted.reading() as session:
        edition = keeping.sample_edition(session, "week", Random(1))
    assert len(play.paper_for(edition, Random(1))) == len(QUESTIONS)


def test_a_draft_that_has_too_few_questions_has_no_paper(drafted: Store) -> None:
    with drafted.transaction() as session:
        plan = replace(keeping.plan_of(session, "next"), recipe=(Part(2, kind=Kind.BLANK),))
        keeping.edit(session, "next", plan, now=1)
        with pytest.raises(Refused, match="题目还不够一份试卷"):
            keeping.sample_edition(session, "next", Random(1))
