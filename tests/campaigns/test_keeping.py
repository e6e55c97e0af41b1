from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import func, select, update

from campaigns import banks, keeping, tables
from campaigns.clock import DAY, HOUR
from campaigns.editions import load_edition
from campaigns.errors import CampaignsError, Moved, NotFound, Refused
from campaigns.keeping import Plan
from campaigns.store import Store
from questions.model import Bank, Kind, Question, options_of

NOW = 1_783_126_800_000
STEMS = ["空调一般不低于多少度？", "下班后怎样处理显示器？", "宣传周在几月？", "复印四十页要几张纸？"]
PLAN = Plan(
    slug="week",
    name="节能宣传周知识问答",
    bank="energy",
    opens_ms=NOW,
    closes_ms=NOW + 7 * DAY,
    timezone="Asia/Shanghai",
    questions_per_paper=3,
)


def bring(store: Store, stems: list[str]) -> None:
    questions = [
        *(
            Question(str(n), Kind.SINGLE, stem, options_of(["甲", "乙"]), ("A",), where=f"第 {n} 行")
            for n, stem in enumerate(stems, start=1)
        ),
        Question("9", Kind.ESSAY, "谈谈节水。", where="第 9 行"),
        Question("10", Kind.BLANK, "第____天", answer=("三",), where="第 10 行"),
    ]
    banks.import_bank(store, "energy", "节能题库", Bank("csv", "", tuple(questions)), NOW)


def create(store: Store, plan: Plan = PLAN) -> int:
    with store.transaction() as session:
        return keeping.create(session, plan, "salt", NOW)


def publish(store: Store, slug: str = "week", now: int = NOW) -> int:
    with store.transaction() as session:
        return keeping.publish(session, slug, now).questions


def extend(store: Store, closes_ms: int, now: int = NOW) -> None:
    with store.transaction() as session:
        keeping.extend(session, "week", closes_ms, now)


def close(store: Store) -> None:
    with store.transaction() as session:
        keeping.close(session, "week")


def campaign(store: Store, slug: str = "week") -> tables.Campaign:
    with store.reading() as session:
        return keeping.find(session, slug)


@pytest.fixture
def published(store: Store) -> Store:
    bring(store, STEMS)
    create(store)
    publish(store)
    return store


def test_a_campaign_begins_as_a_draft_with_everything_that_was_planned(store: Store) -> None:
    bring(store, STEMS)
    plan = replace(
        PLAN, theme=" 绿色低碳 ", attempts_per_day=3, draw_points=20, points={Kind.SINGLE: 5}, two_person=True
    )
    create(store, plan)
    made = campaign(store)
    assert (made.state, made.version, made.theme, made.points) == ("draft", 1, "绿色低碳", {"single": 5})
    assert (made.attempts_in_all, made.attempts_per_day, made.draw_points, made.two_person) == (None, 3, 20, True)


def test_publishing_takes_the_questions_that_can_be_played(store: Store) -> None:
    bring(store, STEMS)
    campaign_id = create(store)
    assert publish(store) == 5
    with store.reading() as session:
        edition = load_edition(session, campaign_id)
    assert [question.stem for question in edition.questions.values()] == [*STEMS, "第____天"]
    assert (edition.state, edition.version) == ("published", 2)


def test_a_kind_without_points_is_not_asked(store: Store) -> None:
    bring(store, STEMS)
    create(store, replace(PLAN, points={Kind.SINGLE: 10, Kind.BLANK: 0}))
    assert publish(store) == 4


def test_a_later_import_does_not_reach_a_published_campaign(published: Store) -> None:
    bring(published, [STEMS[0], "下班后怎样处理显示器和打印机？", *STEMS[2:], "新来的一道题"])
    with published.reading() as session:
        edition = load_edition(session, keeping.find(session, "week").id)
    assert [question.stem for question in edition.questions.values()][:4] == STEMS


def test_a_bank_with_too_few_questions_cannot_be_published(store: Store) -> None:
    bring(store, STEMS[:1])
    create(store)
    with pytest.raises(Refused, match="只有 2 道，而一份试卷要 3 道"):
        publish(store)
    assert campaign(store).state == "draft"


def test_what_would_already_be_over_cannot_be_published(store: Store) -> None:
    bring(store, STEMS)
    create(store)
    with pytest.raises(Refused, match="已经过了"):
        publish(store, now=NOW + 7 * DAY)


def review(store: Store, *numbers: str) -> None:
    with store.transaction() as session:
        banks.set_status(session, "energy", numbers, banks.Status.REVIEWED, "王", NOW)


def test_a_campaign_for_reviewed_questions_is_published_without_drafts(store: Store) -> None:
    bring(store, STEMS)
    review(store, "1", "2", "10")
    campaign_id = create(store, replace(PLAN, reviewed_only=True))
    with store.transaction() as session:
        assert keeping.publish(session, "week", NOW) == keeping.Published(questions=3, left_out=2)
    with store.reading() as session:
        edition = load_edition(session, campaign_id)
    assert [question.number for question in edition.questions.values()] == ["1", "2", "10"]


def test_without_a_reviewed_question_such_a_campaign_cannot_be_published(store: Store) -> None:
    bring(store, STEMS)
    create(store, replace(PLAN, reviewed_only=True))
    with pytest.raises(Refused, match="5 道题都还是草稿"):
        publish(store)
    review(store, "1")
    with pytest.raises(Refused, match="只有 1 道（另有 4 道草稿"):
        publish(store)


def test_retired_questions_are_published_in_no_campaign(store: Store) -> None:
    bring(store, STEMS)
    with store.transaction() as session:
        banks.set_status(session, "energy", ["1"], banks.Status.RETIRED, "王", NOW)
    create(store)
    assert publish(store) == 4


def test_a_campaign_is_published_once(published: Store) -> None:
    with pytest.raises(Refused, match="已经发布过"):
        publish(published)


def test_extending_moves_the_close_and_raises_the_version(published: Store) -> None:
    extend(published, NOW + 8 * DAY)
    assert (campaign(published).closes_ms, campaign(published).version) == (NOW + 8 * DAY, 3)


@pytest.mark.parametrize(
    ("closes_ms", "now"), [(NOW + 7 * DAY, NOW), (NOW + 6 * DAY, NOW), (NOW + 8 * DAY, NOW + 9 * DAY)]
)
def test_a_close_never_moves_to_an_earlier_time_or_into_the_past(published: Store, closes_ms: int, now: int) -> None:
    with pytest.raises(Refused, match="要晚于"):
        extend(published, closes_ms, now)
    assert campaign(published).closes_ms == NOW + 7 * DAY


def test_a_campaign_that_never_closes_needs_no_extending(store: Store) -> None:
    bring(store, STEMS)
    create(store, replace(PLAN, closes_ms=None))
    publish(store)
    with pytest.raises(Refused, match="没有结束时间"):
        extend(store, NOW + DAY)


def test_a_closed_campaign_stays_closed(published: Store) -> None:
    close(published)
    assert (campaign(published).state, campaign(published).version) == ("closed", 3)
    with pytest.raises(Refused, match="已经结束"):
        close(published)
    with pytest.raises(Refused, match="不能延期"):
        extend(published, NOW + 9 * DAY)


def test_a_draft_has_nothing_to_close(store: Store) -> None:
    bring(store, STEMS)
    create(store)
    with pytest.raises(Refused, match="还没有发布"):
        close(store)


def test_a_change_decided_on_an_older_version_is_refused(published: Store) -> None:
    with published.reading() as session:
        seen = keeping.find(session, "week")
    extend(published, NOW + 8 * DAY)
    with pytest.raises(Moved), published.transaction() as session:
        keeping._change(session, seen, state="closed")
    assert campaign(published).state == "published"


@pytest.mark.race
def test_of_campaigns_published_twice_at_once_one_is(store: Store, repeats: int) -> None:
    bring(store, STEMS)
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


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"slug": "Week 1"}, "活动代号"),
        ({"name": "  "}, "活动名称"),
        ({"closes_ms": NOW}, "结束时间"),
        ({"questions_per_paper": 0}, "至少一道"),
        ({"attempts_in_all": 0}, "答题次数"),
        ({"attempts_per_day": -1}, "答题次数"),
        ({"points": {Kind.SINGLE: -1, Kind.BLANK: 2}}, "分值"),
        ({"points": {}}, "分值"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_a_reason(store: Store, changes: dict[str, object], reason: str) -> None:
    bring(store, STEMS)
    with pytest.raises(Refused, match=reason):
        create(store, replace(PLAN, **changes))  # type: ignore[arg-type]


def test_a_slug_is_used_once(published: Store) -> None:
    with pytest.raises(Refused, match="已经有了"):
        create(published)


def test_a_campaign_needs_a_bank(store: Store) -> None:
    with pytest.raises(NotFound, match="energy"):
        create(store)


def test_campaigns_are_listed_with_who_took_part_the_last_opened_first(published: Store) -> None:
    create(published, replace(PLAN, slug="later", opens_ms=NOW + HOUR))
    with published.transaction() as session:
        campaign_id = keeping.find(session, "week").id
        for _ in range(2):
            session.add(tables.Person(name="", unit_id=None, created_ms=NOW))
        session.flush()
        people = session.scalars(select(tables.Person.id).order_by(tables.Person.id)).all()
        for person_id, ordinal, state in [
            (people[0], 1, "finished"),
            (people[0], 2, "open"),
            (people[1], 1, "finished"),
        ]:
            session.add(
                tables.Attempt(
                    campaign_id=campaign_id,
                    person_id=person_id,
                    ordinal=ordinal,
                    day=20260704,
                    state=state,
                    paper="",
                    begun_ms=NOW,
                    shown_ms=NOW,
                    finished_ms=NOW if state == "finished" else None,
                )
            )
    with published.reading() as session:
        later, week = keeping.list_campaigns(session)
        assert keeping.overview(session, "week") == week
    assert (later.slug, later.people, later.attempts, later.finished) == ("later", 0, 0, 0)
    assert (week.slug, week.people, week.attempts, week.finished) == ("week", 2, 3, 2)


@pytest.mark.parametrize(
    ("state", "now", "phase"),
    [
        ("draft", NOW, "draft"),
        ("published", NOW - 1, "coming"),
        ("published", NOW, "open"),
        ("published", NOW + 7 * DAY, "over"),
        ("paused", NOW, "paused"),
        ("closed", NOW, "over"),
        ("archived", NOW, "archived"),
    ],
)
def test_a_phase_is_what_people_would_call_the_state(published: Store, state: str, now: int, phase: str) -> None:
    with published.transaction() as session:
        session.execute(update(tables.Campaign).values(state=state))
    with published.reading() as session:
        assert keeping.overview(session, "week").phase(now) == phase


def test_the_demo_is_open_at_once_and_made_only_once(store: Store) -> None:
    for seed in (1, 2):
        with store.transaction() as session:
            keeping.ensure_demo(session, NOW + seed, Random(seed))
    with store.reading() as session:
        demo = load_edition(session, keeping.find(session, "demo").id)
        assert session.scalars(select(tables.Unit.name).order_by(tables.Unit.code)).all() == list(
            keeping.DEMO_UNITS.values()
        )
        assert session.scalar(select(func.count()).select_from(tables.Campaign)) == 1
    assert demo.is_open(NOW + 1)
    assert (demo.closes_ms, demo.attempts_in_all, demo.attempts_per_day, demo.questions_per_paper) == (
        None,
        None,
        None,
        10,
    )
    assert len(demo.questions) >= 60
    assert len(demo.salt) == 64


def test_a_shipped_bank_that_the_organiser_changed_is_left_alone(store: Store) -> None:
    banks.import_bank(
        store,
        "energy",
        "我们的题库",
        Bank("csv", "", tuple(Question(str(n), Kind.TRUE_FALSE, f"第{n}句", answer=("true",)) for n in range(1, 11))),
        NOW,
    )
    with store.transaction() as session:
        keeping.ensure_demo(session, NOW, Random(1))
    with store.reading() as session:
        assert [(one.name, one.total) for one in banks.list_banks(session)] == [("我们的题库", 10)]
