from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keeping_made import NOW, PLAN, STEMS, bring, bring_bank, campaign, create, publish, published, statements
from sqlalchemy import select

from campaigns import banks, keeping, tables
from campaigns.clock import DAY
from campaigns.editions import Edition, load_edition
from campaigns.errors import CampaignsError, Moved, Refused
from campaigns.keeping import Part
from campaigns.keeping.recipes import share_out
from campaigns.store import Store
from questions.model import Kind


def edition(store: Store, slug: str = "week") -> Edition:
    with store.reading() as session:
        return load_edition(session, keeping.find(session, slug).id)


def review(store: Store, *numbers: str) -> None:
    with store.transaction() as session:
        banks.set_status(session, "energy", numbers, banks.Status.REVIEWED, "王", NOW)


def test_publishing_takes_the_questions_that_can_be_played(store: Store) -> None:
    bring(store)
    create(store)
    assert publish(store) == 5
    made = edition(store)
    assert [question.stem for question in made.questions.values()] == [*STEMS, "第____天"]
    assert (made.state, made.version) == ("published", 2)


def test_a_kind_without_points_is_not_asked(store: Store) -> None:
    bring(store)
    create(store, replace(PLAN, points={Kind.SINGLE: 10, Kind.BLANK: 0}))
    assert publish(store) == 4


def test_a_later_import_does_not_reach_a_published_campaign(store: Store) -> None:
    published(store)
    bring(store, [STEMS[0], "下班后怎样处理显示器和打印机？", *STEMS[2:], "新来的一道题"])
    assert [question.stem for question in edition(store).questions.values()][:4] == STEMS


def test_a_bank_with_too_few_questions_cannot_be_published(store: Store) -> None:
    bring(store, STEMS[:1])
    create(store)
    with pytest.raises(Refused, match="只有 2 道，而一份试卷要 3 道，还差 1 道"):
        publish(store)
    assert campaign(store).state == "draft"


def test_what_would_already_be_over_cannot_be_published(store: Store) -> None:
    bring(store)
    create(store)
    with pytest.raises(Refused, match="已经过了"):
        publish(store, now=NOW + 7 * DAY)


def test_everything_that_keeps_it_from_being_published_is_told_at_once(store: Store) -> None:
    bring(store, STEMS[:1])
    create(store, replace(PLAN, admission="roster"))
    with pytest.raises(Refused) as refused:
        publish(store, now=NOW + 7 * DAY)
    assert len(str(refused.value).splitlines()) == 3


def test_a_campaign_for_reviewed_questions_is_published_without_drafts(store: Store) -> None:
    bring(store)
    review(store, "1", "2", "10")
    create(store, replace(PLAN, reviewed_only=True))
    with store.transaction() as session:
        made = keeping.publish(session, "week", Random(1), NOW)
    assert (made.questions, made.left_out) == (3, 2)
    assert made.warnings == ("只用已审的题：题库里 2 道草稿不会出现在试卷里。",)
    assert [question.number for question in edition(store).questions.values()] == ["1", "2", "10"]


def test_without_a_reviewed_question_such_a_campaign_cannot_be_published(store: Store) -> None:
    bring(store)
    create(store, replace(PLAN, reviewed_only=True))
    with pytest.raises(Refused, match="5 道题都还是草稿"):
        publish(store)
    review(store, "1")
    with pytest.raises(Refused, match="只有 1 道（另有 4 道草稿"):
        publish(store)


def test_retired_questions_are_published_in_no_campaign(store: Store) -> None:
    bring(store)
    with store.transaction() as session:
        banks.set_status(session, "energy", ["1"], banks.Status.RETIRED, "王", NOW)
    create(store)
    assert publish(store) == 4


def test_a_campaign_is_published_once(store: Store) -> None:
    published(store)
    with pytest.raises(Refused, match="已经发布过"):
        publish(store)


def test_parts_are_drawn_from_the_banks_kinds_and_categories_that_they_name(store: Store) -> None:
    bring(store)
    bring_bank(store, "water", [*statements(range(1, 4), "节水"), *statements(range(4, 9), "节粮")])
    recipe = (Part(2, kind=Kind.SINGLE), Part(1, "water", category="节水"), Part(3, "water"))
    create(store, replace(PLAN, recipe=recipe))
    publish(store)
    made = edition(store)
    stems = [[made.questions[revision].stem for revision in part.among] for part in made.parts]
    assert [part.count for part in made.parts] == [2, 1, 3]
    assert stems[0] == STEMS
    assert stems[1] == [f"第 {n} 句节水" for n in range(1, 4)]
    assert stems[2] == [f"第 {n} 句节粮" for n in range(4, 9)]
    assert made.questions_per_paper == 6


def test_a_question_that_two_banks_have_is_asked_once(store: Store) -> None:
    bring_bank(store, "energy", statements(range(1, 5)))
    bring_bank(store, "water", statements(range(3, 9)))
    create(store, replace(PLAN, recipe=(Part(2), Part(2, "water"))))
    publish(store)
    stems = [question.stem for question in edition(store).questions.values()]
    assert sorted(stems) == [f"第 {n} 句" for n in range(1, 9)]


def test_a_part_is_told_that_another_takes_its_questions(store: Store) -> None:
    bring_bank(store, "energy", [*statements(range(1, 4), "节水"), *statements(range(4, 6), "节电")])
    create(store, replace(PLAN, recipe=(Part(4), Part(1, category="节水"))))
    with pytest.raises(Refused, match=r"第 1 部分.*要出 4 道，可以出的 5 道里，有 3 道归了第 2 部分，还差 2 道"):
        publish(store)


def test_everybody_s_paper_is_drawn_when_it_is_published(store: Store) -> None:
    bring_bank(store, "energy", statements(range(1, 40)))
    drawn = set()
    for seed in range(3):
        slug = f"week-{seed}"
        create(store, replace(PLAN, slug=slug, same_paper=True))
        assert publish(store, slug, seed=seed) == 3
        numbers = [int(question.number) for question in edition(store, slug).questions.values()]
        assert numbers == sorted(numbers)
        drawn.add(tuple(numbers))
    assert len(drawn) == 3


def test_publishing_is_written_down(store: Store) -> None:
    bring(store)
    campaign_id = create(store)
    with store.transaction() as session:
        keeping.publish(session, "week", Random(1), NOW, "李主任")
    with store.reading() as session:
        (change,) = keeping.changes_of(session, campaign_id)
        assert keeping.changes_of(session, campaign_id, public=True) == []
    assert (change.at_ms, change.by, change.sentence) == (NOW, "李主任", "发布活动，题目 5 道")


def test_a_draft_edited_since_it_was_looked_at_is_not_published(store: Store) -> None:
    bring(store)
    create(store)
    with store.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, questions_per_paper=2), now=NOW)
    with pytest.raises(Moved), store.transaction() as session:
        keeping.publish(session, "week", Random(1), NOW, "", 1)
    with store.reading() as session:
        assert session.scalars(select(tables.CampaignQuestion.revision_id)).all() == []
    assert campaign(store).state == "draft"


def test_what_was_read_a_moment_before_is_what_is_published(store: Store) -> None:
    bring(store)
    create(store)
    with store.reading() as session:
        ready = keeping.make_ready(session, "week", NOW)
    bring(store, [*STEMS, "刚刚加的一道题"])
    with store.transaction() as session:
        keeping.publish(session, "week", Random(1), NOW, ready=ready)
    assert [question.stem for question in edition(store).questions.values()] == [*STEMS, "第____天"]


def test_a_draft_edited_since_it_was_read_is_not_published(store: Store) -> None:
    bring(store)
    create(store)
    with store.reading() as session:
        ready = keeping.make_ready(session, "week", NOW)
    with store.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, questions_per_paper=2), now=NOW)
    with pytest.raises(Moved), store.transaction() as session:
        keeping.publish(session, "week", Random(1), NOW, ready=ready)


@pytest.mark.race
def test_of_campaigns_published_twice_at_once_one_is(store: Store, repeats: int) -> None:
    bring(store)
    for turn in range(repeats):
        slug = f"week-{turn}"
        create(store, replace(PLAN, slug=slug))

        def attempt(_: int, slug: str = slug) -> bool:
            try:
                return publish(store, slug) == 5
            except CampaignsError:
                return False

        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(attempt, range(4))) == 1
        assert campaign(store, slug).version == 2


@given(st.lists(st.lists(st.integers(0, 20), unique=True, max_size=12), min_size=1, max_size=5))
def test_every_candidate_goes_to_the_first_part_with_the_fewest(could: list[list[int]]) -> None:
    own = share_out(could)
    shared = [candidate for part in own for candidate in part]
    assert sorted(shared) == sorted({candidate for part in could for candidate in part})
    for place, part in enumerate(own):
        for candidate in part:
            rivals = [(len(other), rank) for rank, other in enumerate(could) if candidate in other]
            assert min(rivals) == (len(could[place]), place)
