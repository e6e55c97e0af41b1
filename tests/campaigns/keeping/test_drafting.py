from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from keeping_made import NOW, PLAN, STEMS, bring, bring_bank, campaign, create, publish, published, statements
from sqlalchemy import func, select, update

from campaigns import keeping, pictures, tables, units
from campaigns.clock import DAY, HOUR, in_words
from campaigns.errors import Moved, NotFound, PlanRefused, Refused
from campaigns.keeping import Part, Plan
from campaigns.prizes.rules import PlannedGroup, PlannedPrize, Release, TicketRule
from campaigns.store import Store
from questions.model import Kind

GROUPS = (
    PlannedGroup(
        "前三名", "rank", (PlannedPrize("保温杯", 3),), 6, unit_quota=2, ties="points", place="二楼", claim_days=7
    ),
    PlannedGroup("幸运奖", "draw", (PlannedPrize("一等奖", 1), PlannedPrize("二等奖", 20)), collecting="post"),
    PlannedGroup(
        "当场开奖",
        "instant",
        (PlannedPrize("雨伞", 10, 25_000, (Release(NOW, 4), Release(NOW + HOUR, 6))),),
        collecting="none",
    ),
    PlannedGroup("证书", "passed", collecting="none"),
)


def test_a_campaign_begins_as_a_draft_with_everything_that_was_planned(store: Store) -> None:
    bring(store)
    plan = replace(
        PLAN, theme=" 绿色低碳 ", attempts_per_day=3, draw_points=20, points={Kind.SINGLE: 5}, two_person=True
    )
    create(store, plan)
    made = campaign(store)
    assert (made.state, made.version, made.theme) == ("draft", 1, "绿色低碳")
    assert made.points == {"single": 5, "multiple": 0, "true_false": 0, "blank": 0}
    assert (made.attempts_in_all, made.attempts_per_day, made.draw_points, made.two_person) == (None, 3, 20, True)


def everything(store: Store) -> Plan:
    """A plan in which every field says something of its own."""
    bring(store)
    bring_bank(store, "water", statements(range(1, 9), "节水", "易"))
    with store.transaction() as session:
        pictures.keep(session, [("a" * 64, b"\x89PNG")], NOW)
        for code in ("U01", "U02"):
            units.add(session, code, f"单位{code}")
    return Plan(
        slug="all", name="全部", bank="energy", opens_ms=NOW, closes_ms=NOW + DAY, timezone="Asia/Urumqi",
        questions_per_paper=4, theme="主题", organiser="主办", points=dict.fromkeys(keeping.MARKED_KINDS, 3),
        shuffle_questions=False, shuffle_options=False, attempts_in_all=4, attempts_per_day=2, draw_points=5,
        two_person=True, keyword="节能", reviewed_only=True, reminder_hour=0, notices_per_day=0, quiet_from=0,
        quiet_until=0, brand="绿色+", picture_sha256="a" * 64, mode="daily", hours=(540, 1020),
        recipe=(Part(1, kind=Kind.SINGLE), Part(3, "water", Kind.TRUE_FALSE, "节水", "易")), same_paper=True,
        partial="half", seconds_per_question=30, seconds_per_attempt=120, grace_seconds=0, least_ms_per_question=800,
        counts="sum", reveals="after_close", pass_points=6, admission="unit", units=("U01", "U02"),
        unit_ranking="average", least_headcount=5, privacy_notice="第一行\n第二行",
        tickets=TicketRule(2, 10, 1, 5), wins="group", prize_groups=GROUPS, keep_days=90,
    )  # fmt: skip


def test_what_was_planned_can_be_read_again(store: Store) -> None:
    plan = everything(store)
    assert all(
        getattr(plan, name) != getattr(PLAN, name) for name in PLAN.__slots__ if name not in {"bank", "opens_ms"}
    )
    create(store, plan)
    with store.reading() as session:
        assert keeping.plan_of(session, "all") == plan


def test_a_draft_is_edited_into_anything_else(store: Store) -> None:
    plan = everything(store)
    create(store)
    with store.transaction() as session:
        keeping.edit(session, "week", plan, 1, now=NOW)
    with store.reading() as session:
        assert keeping.plan_of(session, "all") == plan
        with pytest.raises(NotFound):
            keeping.find(session, "week")
    with store.transaction() as session:
        keeping.edit(session, "all", PLAN, now=NOW)
    with store.reading() as session:
        assert keeping.plan_of(session, "week") == PLAN
        assert session.scalar(select(func.count()).select_from(tables.CampaignPart)) == 1
        assert session.scalar(select(func.count()).select_from(tables.CampaignUnit)) == 0
        assert session.scalar(select(func.count()).select_from(tables.CampaignChange)) == 0


def test_of_two_who_edit_a_draft_the_second_is_told(store: Store) -> None:
    bring(store)
    create(store)
    with store.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, name="甲改的"), 1, now=NOW)
    with pytest.raises(Moved, match="被别人改过"), store.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, name="乙改的"), 1, now=NOW)
    assert campaign(store).name == "甲改的"


@pytest.mark.race
def test_of_edits_at_once_one_is_kept_whole(store: Store, repeats: int) -> None:
    bring(store)
    for turn in range(repeats):
        slug = f"week-{turn}"
        create(store, replace(PLAN, slug=slug))

        def attempt(count: int, slug: str = slug) -> bool:
            recipe = (Part(count, kind=Kind.SINGLE), Part(1, kind=Kind.BLANK))
            try:
                with store.transaction() as session:
                    keeping.edit(session, slug, replace(PLAN, slug=slug, name=f"{count} 道", recipe=recipe), 1, now=NOW)
            except Moved:
                return False
            return True

        with ThreadPoolExecutor(4) as threads:
            assert sum(threads.map(attempt, range(1, 5))) == 1
        with store.reading() as session:
            plan = keeping.plan_of(session, slug)
        assert plan.name == f"{plan.recipe[0].count} 道"
        assert len(plan.recipe) == 2


def test_the_rules_of_a_published_campaign_are_edited_no_more(store: Store) -> None:
    published(store)
    with pytest.raises(Refused, match="题目、分值、计分和排名规则都不能再改"), store.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, counts="last"), now=NOW)
    assert campaign(store).counts == "best"


def test_all_that_cannot_be_is_told_together(store: Store) -> None:
    with pytest.raises(PlanRefused) as refused:
        create(store, replace(PLAN, slug="", name="", draw_points=-1))
    assert list(refused.value.faults) == ["slug", "name", "draw_points"]


def test_each_day_is_played_once_where_nothing_else_is_said(store: Store) -> None:
    bring(store)
    create(store, replace(PLAN, mode="daily"))
    assert campaign(store).attempts_per_day == 1


def test_a_slug_is_used_once(store: Store) -> None:
    published(store)
    with pytest.raises(PlanRefused, match="已经有了") as refused:
        create(store)
    assert list(refused.value.faults) == ["slug"]


def test_a_draft_gets_no_slug_that_another_campaign_has(store: Store) -> None:
    published(store)
    create(store, replace(PLAN, slug="other", keyword="节能"))
    with pytest.raises(PlanRefused, match="活动代号 week 已经有了"), store.transaction() as session:
        keeping.edit(session, "other", replace(PLAN, keyword="节能"), now=NOW)
    with store.transaction() as session:
        keeping.edit(session, "other", replace(PLAN, slug="another", keyword="节能"), now=NOW)
    assert campaign(store, "another").keyword == "节能"


def test_a_keyword_is_used_once(store: Store) -> None:
    bring(store)
    create(store, replace(PLAN, keyword="节能"))
    with pytest.raises(PlanRefused, match="口令“节能”已经被活动 week 用了"):
        create(store, replace(PLAN, slug="other", keyword="节能"))
    create(store, replace(PLAN, slug="other"))
    with pytest.raises(PlanRefused, match="口令“节能”已经被活动 week 用了"), store.transaction() as session:
        keeping.edit(session, "other", replace(PLAN, slug="other", keyword=" 节能 "), now=NOW)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"bank": "water"}, "water"),
        ({"recipe": (Part(1, "water"), Part(1))}, "water"),
        ({"units": ("U01", "U09")}, "U01、U09"),
        ({"picture_sha256": "b" * 64}, "图片"),
    ],
)
def test_what_a_plan_names_must_be_there(store: Store, changes: dict[str, object], missing: str) -> None:
    bring(store)
    with pytest.raises(NotFound, match=missing):
        create(store, replace(PLAN, **changes))  # type: ignore[arg-type]
    with store.reading() as session:
        assert keeping.list_campaigns(session) == []


def test_a_campaign_is_copied_for_next_year(store: Store) -> None:
    plan = everything(store)
    create(store, replace(plan, reviewed_only=False, recipe=()))
    with store.transaction() as session:
        assert keeping.copy(session, "all", "next", "pepper", NOW) == "next"
    with store.reading() as session:
        copied = keeping.plan_of(session, "next")
        assert keeping.find(session, "next").salt == "pepper"
    assert (copied.slug, copied.name, copied.keyword) == ("next", plan.name, "")
    assert copied.closes_ms is not None
    assert in_words(copied.opens_ms, "Asia/Shanghai") == "2027年7月4日 09:00"
    assert in_words(copied.closes_ms, "Asia/Shanghai") == "2027年7月5日 09:00"
    released = [one.at_ms for group in copied.prize_groups for prize in group.prizes for one in prize.releases]
    assert [in_words(at, "Asia/Shanghai") for at in released] == ["2027年7月4日 09:00", "2027年7月4日 10:00"]
    alike = replace(copied, slug="all", keyword="节能", opens_ms=plan.opens_ms, closes_ms=plan.closes_ms)
    assert replace(alike, prize_groups=GROUPS) == replace(plan, reviewed_only=False, recipe=())


def test_a_copy_of_an_old_campaign_opens_in_the_years_to_come(store: Store) -> None:
    published(store)
    with store.transaction() as session:
        keeping.copy(session, "week", "later", "salt", NOW + 800 * DAY)
    assert in_words(campaign(store, "later").opens_ms, "Asia/Shanghai") == "2029年7月4日 09:00"


def test_a_leap_day_is_copied_to_the_last_of_february(store: Store) -> None:
    bring(store)
    leap = 1_835_366_400_000  # 2028-02-29 00:00 in Asia/Shanghai
    create(store, replace(PLAN, opens_ms=leap, closes_ms=None))
    with store.transaction() as session:
        keeping.copy(session, "week", "later", "salt", leap)
    assert in_words(campaign(store, "later").opens_ms, "Asia/Shanghai") == "2029年2月28日 00:00"


def test_a_copy_can_be_published_as_the_old_one_was(store: Store) -> None:
    published(store)
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(state="archived"))
        keeping.copy(session, "week", "later", "salt", NOW, "明年的活动")
    assert publish(store, "later") == 5
    assert campaign(store, "later").name == "明年的活动"
    assert len(STEMS) == 4
