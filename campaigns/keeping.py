"""The life of a campaign: draft, published, closed; what may still change, and what never does again.

Every change raises the campaign's `version` by an UPDATE that names the version it was decided on, so of two that
change it together one is told to look again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import banks, outbox, tables
from campaigns.clock import in_words
from campaigns.errors import Moved, NotFound, Refused
from questions.grading import folded
from questions.model import Kind
from questions.papers import drawable
from questions.shipped import SHIPPED_SLUG

DEMO_SLUG = "demo"
DEMO_UNITS = {"D01": "办公室", "D02": "财务处", "D03": "后勤服务中心"}
POINTS = 10
KEYWORD_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a paper's recipe: so many questions, of a bank, a kind, a category, a difficulty."""

    count: int
    bank: str = ""
    """The bank's slug; empty: the plan's own."""
    kind: Kind | None = None
    """None, as empty in the following: any."""
    category: str = ""
    difficulty: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is decided about a campaign before it is published."""

    slug: str
    name: str
    bank: str
    """The bank's slug."""
    opens_ms: int
    closes_ms: int | None
    """The first millisecond in which nothing is accepted any more; None: never closes."""
    timezone: str
    questions_per_paper: int
    theme: str = ""
    organiser: str = ""
    points: Mapping[Kind, int] = field(
        default_factory=lambda: {kind: POINTS for kind in Kind if kind is not Kind.ESSAY}
    )
    """For a right answer; a kind that is missing is not asked."""
    shuffle_questions: bool = True
    shuffle_options: bool = True
    attempts_in_all: int | None = None
    """None: as many as one likes."""
    attempts_per_day: int | None = None
    draw_points: int = 0
    two_person: bool = False
    keyword: str = ""
    """What a participant may send to enter this campaign; empty: it has none."""
    reviewed_only: bool = False
    """Whether the bank's drafts are left out when it is published."""
    reminder_hour: int | None = None
    """From 0 to 23, in the campaign's zone; None: nobody is reminded."""
    notices_per_day: int = 2
    """To one person, but for those they must have; 0: the campaign sends no notices."""
    quiet_from: int = 21
    quiet_until: int = 8
    """The hours between which no notices go out; the same hour twice: at any time."""
    brand: str = ""
    picture_sha256: str | None = None
    mode: str = "formal"
    """``practice``: ranks nobody; ``formal``; ``daily``: anew each day."""
    hours: tuple[int, int] | None = None
    """The minutes of each day, from and until, between which answers are accepted; None: all day."""
    recipe: tuple[Part, ...] = ()
    """Empty: `questions_per_paper` of the bank, of any kind; else these, which then make up `questions_per_paper`."""
    same_paper: bool = False
    partial: str = "none"
    """Of a multiple choice of which only right options were chosen, and not all: ``none``, ``half``, ``each``."""
    seconds_per_question: int | None = None
    seconds_per_attempt: int | None = None
    grace_seconds: int = 3
    least_ms_per_question: int = 0
    counts: str = "best"
    """Which attempt is the standing: ``best``, ``first``, ``last``, or the ``sum`` of each day's best."""
    reveals: str = "at_once"
    """When verdicts and scores are told: ``at_once``, ``at_end`` of the attempt, ``after_close``."""
    pass_points: int = 0
    admission: str = "open"
    """Who may take part: anybody (``open``), who has chosen a ``unit``, who is on the ``roster``."""
    units: tuple[str, ...] = ()
    """The codes of the units that take part, with all below them; empty: all."""
    unit_ranking: str = "participation"
    """By what units are ranked: ``participation``, ``average``, ``total``, ``pass_rate``."""
    least_headcount: int = 0
    privacy_notice: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """What a campaign is played with from now on, in questions."""

    questions: int
    left_out: int
    """Drafts that it could have been played with, had it not been made for reviewed questions only."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A campaign as a list shows it."""

    id: int
    slug: str
    name: str
    theme: str
    organiser: str
    state: str
    timezone: str
    opens_ms: int
    closes_ms: int | None
    questions_per_paper: int
    draw_points: int
    """What its draws ask for; 0: to have finished."""
    reminder_hour: int | None
    notices_per_day: int
    quiet_from: int
    quiet_until: int
    people: int
    """Persons who began at least one attempt."""
    attempts: int
    finished: int

    def phase(self, now: int) -> str:
        """What a person would call its state now: draft, coming, open, paused, over, archived."""
        if self.state in {"draft", "paused", "archived"}:
            return self.state
        if self.state == "closed" or (self.closes_ms is not None and now >= self.closes_ms):
            return "over"
        return "open" if self.opens_ms <= now else "coming"


def create(session: Session, plan: Plan, salt: str, now: int) -> int:
    """Lay a campaign down as a draft; gives its id. `salt` makes its pseudonyms, and is never shown.

    Raises Refused for a plan that cannot be, NotFound for a bank that does not exist.
    """
    _check(plan)
    bank_id = banks.find_bank(session, plan.bank).id
    try:
        with session.begin_nested():
            campaign_id = session.execute(
                insert(tables.Campaign)
                .values(**_columns(plan), bank_id=bank_id, salt=salt, created_ms=now)
                .returning(tables.Campaign.id)
            ).scalar_one()
    except IntegrityError as error:
        keyword = f"，或者口令“{plan.keyword}”已经被别的活动用了" if plan.keyword else ""
        raise Refused(f"活动代号 {plan.slug} 已经有了{keyword}，请换一个。") from error
    for ordinal, part in enumerate(plan.recipe or (Part(plan.questions_per_paper),), start=1):
        session.add(
            tables.CampaignPart(
                campaign_id=campaign_id,
                ordinal=ordinal,
                count=part.count,
                bank_id=banks.find_bank(session, part.bank).id if part.bank else bank_id,
                kind="" if part.kind is None else part.kind.value,
                category=part.category,
                difficulty=part.difficulty,
            )
        )
    session.flush()
    return campaign_id


def publish(session: Session, slug: str, now: int) -> Published:
    """Let a draft be played from its opening on, with its bank's questions as they are now.

    From here on neither the questions nor the rules change any more. Raises NotFound; Refused when it is no draft,
    when it would already be over, or when the bank has not enough questions for one paper.
    """
    campaign = find(session, slug)
    if campaign.state != "draft":
        raise Refused(f"活动 {slug} 已经发布过了，不能再发布。")
    if campaign.closes_ms is not None and campaign.closes_ms <= now:
        raise Refused(f"活动 {slug} 的结束时间已经过了，请新建一个活动。")
    playable = _playable(session, campaign, reviewed_only=campaign.reviewed_only)
    left_out = len(_playable(session, campaign, reviewed_only=False)) - len(playable) if campaign.reviewed_only else 0
    if left_out and not playable:
        raise Refused(f"活动 {slug} 只用已审的题，而题库里 {left_out} 道题都还是草稿：请先把审过的题标为已审。")
    if len(playable) < campaign.questions_per_paper:
        drafts = f"（另有 {left_out} 道草稿，审过并标为已审以后才能用）" if left_out else ""
        raise Refused(
            f"题库里可以出题的只有 {len(playable)} 道{drafts}，而一份试卷要 {campaign.questions_per_paper} 道："
            "请先补充题目，或者把每份试卷的题数改少。"
        )
    _change(session, campaign, state="published")
    session.execute(
        insert(tables.CampaignQuestion),
        [
            {"campaign_id": campaign.id, "revision_id": revision_id, "ordinal": ordinal}
            for ordinal, revision_id in enumerate(playable, start=1)
        ],
    )
    return Published(len(playable), left_out)


def _playable(session: Session, campaign: tables.Campaign, *, reviewed_only: bool) -> tuple[int, ...]:
    """The revisions that a campaign could be published with now."""
    return drawable(
        {
            revision_id: question
            for revision_id, question in banks.current_questions(session, campaign.bank_id, reviewed_only=reviewed_only)
            if campaign.points.get(question.kind.value, 0) > 0
        }
    )


def close(session: Session, slug: str) -> None:
    """End a published or paused campaign now. Raises NotFound; Refused when there is nothing to end."""
    campaign = find(session, slug)
    if campaign.state not in {"published", "paused"}:
        raise Refused(
            f"活动 {slug} 还没有发布，不用结束。" if campaign.state == "draft" else f"活动 {slug} 已经结束了。"
        )
    _change(session, campaign, state="closed")


def extend(session: Session, slug: str, closes_ms: int, now: int) -> None:
    """Let a published campaign close later; never earlier, since people were told otherwise.

    Raises NotFound; Refused when it never closes, has been closed, or the new time is not later.
    """
    campaign = find(session, slug)
    if campaign.state not in {"published", "paused"}:
        raise Refused(f"活动 {slug} 还没有发布或者已经结束，不能延期。")
    if campaign.closes_ms is None:
        raise Refused(f"活动 {slug} 没有结束时间，不用延期。")
    if closes_ms <= max(campaign.closes_ms, now):
        at_least = in_words(max(campaign.closes_ms, now), campaign.timezone)
        raise Refused(f"新的结束时间要晚于 {at_least}：延期只能往后，请换一个时间。")
    _change(session, campaign, closes_ms=closes_ms)
    outbox.withdraw_all(session, campaign.id, "notice.closes", "活动延期了，没有发送。")


def find(session: Session, slug: str) -> tables.Campaign:
    """Raises NotFound for a slug that no campaign has."""
    campaign = session.scalars(select(tables.Campaign).where(tables.Campaign.slug == slug)).one_or_none()
    if campaign is None:
        raise NotFound(f"没有代号为 {slug} 的活动，请到活动列表里核对。")
    return campaign


def list_campaigns(session: Session) -> list[Overview]:
    """All campaigns, the last opened first, with how many took part."""
    return _overviews(session)


def overview(session: Session, slug: str) -> Overview:
    """One campaign with how many took part. Raises NotFound."""
    return _overviews(session, find(session, slug).id)[0]


def ensure_demo(session: Session, now: int, random: Random) -> None:
    """Make the demo campaign, open and never closing, with its units and the shipped bank, unless it is there.

    An older shipped bank gets what this version of the program ships, whether or not the demo is there; a campaign
    that has been published keeps the questions that it was published with.
    """
    banks.ensure_shipped_bank(session, now)
    if session.scalar(select(tables.Campaign.id).where(tables.Campaign.slug == DEMO_SLUG)) is not None:
        return
    for code, name in DEMO_UNITS.items():
        if session.scalar(select(tables.Unit.id).where(tables.Unit.code == code)) is None:
            session.add(tables.Unit(code=code, name=name, parent_id=None))
    create(session, replace(_DEMO, opens_ms=now), f"{random.getrandbits(256):064x}", now)
    publish(session, DEMO_SLUG, now)


_DEMO = Plan(
    slug=DEMO_SLUG,
    name="节能降碳知识有奖问答（演示）",
    bank=SHIPPED_SLUG,
    opens_ms=0,
    closes_ms=None,
    timezone="Asia/Shanghai",
    questions_per_paper=10,
    theme="绿色低碳，节能先行",
    organiser="机关事务管理局（演示）",
)


def _check(plan: Plan) -> None:
    if not banks.SLUG.fullmatch(plan.slug):
        raise Refused("活动代号只能用小写字母、数字和连字符（最多 64 个），例如 energy-week-2026。")
    if not 0 < len(plan.name.strip()) <= banks.LINE_LENGTH:
        raise Refused(f"活动名称不能为空，最多 {banks.LINE_LENGTH} 个字。")
    if max(len(plan.theme), len(plan.organiser)) > banks.LINE_LENGTH:
        raise Refused(f"主题和主办单位最多 {banks.LINE_LENGTH} 个字。")
    if len(folded(plan.keyword)) > KEYWORD_LENGTH:
        raise Refused(f"口令最多 {KEYWORD_LENGTH} 个字。")
    if plan.closes_ms is not None and plan.closes_ms <= plan.opens_ms:
        raise Refused("结束时间要晚于开始时间，请改一下。")
    if plan.questions_per_paper < 1:
        raise Refused("每份试卷至少一道题。")
    if any(allowed is not None and allowed < 1 for allowed in (plan.attempts_in_all, plan.attempts_per_day)):
        raise Refused("答题次数至少一次；不限次数就不要填。")
    if min(plan.points.values(), default=0) < 0 or max(plan.points.values(), default=0) == 0:
        raise Refused("每题分值不能是负数，并且至少有一种题型要有分值。")
    if not all(0 <= hour <= 23 for hour in (plan.reminder_hour or 0, plan.quiet_from, plan.quiet_until)):
        raise Refused("提醒和免打扰的钟点只能是 0 到 23。")
    if plan.notices_per_day < 0:
        raise Refused("每天的通知数不能是负数；不发通知请填 0。")


def _columns(plan: Plan) -> dict[str, Any]:
    return {
        "slug": plan.slug,
        "state": "draft",
        "name": plan.name.strip(),
        "theme": plan.theme.strip(),
        "organiser": plan.organiser.strip(),
        "timezone": plan.timezone,
        "opens_ms": plan.opens_ms,
        "closes_ms": plan.closes_ms,
        "questions_per_paper": plan.questions_per_paper,
        "points": {kind.value: points for kind, points in plan.points.items()},
        "shuffle_questions": plan.shuffle_questions,
        "shuffle_options": plan.shuffle_options,
        "attempts_in_all": plan.attempts_in_all,
        "attempts_per_day": plan.attempts_per_day,
        "draw_points": plan.draw_points,
        "two_person": plan.two_person,
        "keyword": folded(plan.keyword) or None,
        "reviewed_only": plan.reviewed_only,
        "reminder_hour": plan.reminder_hour,
        "notices_per_day": plan.notices_per_day,
        "quiet_from": plan.quiet_from,
        "quiet_until": plan.quiet_until,
        "brand": plan.brand.strip(),
        "picture_sha256": plan.picture_sha256,
        "mode": plan.mode,
        "hours_from": None if plan.hours is None else plan.hours[0],
        "hours_until": None if plan.hours is None else plan.hours[1],
        "same_paper": plan.same_paper,
        "partial": plan.partial,
        "seconds_per_question": plan.seconds_per_question,
        "seconds_per_attempt": plan.seconds_per_attempt,
        "grace_seconds": plan.grace_seconds,
        "least_ms_per_question": plan.least_ms_per_question,
        "counts": plan.counts,
        "reveals": plan.reveals,
        "pass_points": plan.pass_points,
        "admission": plan.admission,
        "unit_ranking": plan.unit_ranking,
        "least_headcount": plan.least_headcount,
        "privacy_notice": plan.privacy_notice.strip(),
    }


def _change(session: Session, campaign: tables.Campaign, **values: object) -> None:
    """Raises Moved when somebody changed the campaign since it was read."""
    changed = session.execute(
        update(tables.Campaign)
        .where(tables.Campaign.id == campaign.id, tables.Campaign.version == campaign.version)
        .values(version=campaign.version + 1, **values)
        .returning(tables.Campaign.id)
    ).one_or_none()
    if changed is None:
        raise Moved(f"活动 {campaign.slug} 刚刚被别人改过，请看一下现在的样子再决定。")


def _overviews(session: Session, campaign_id: int | None = None) -> list[Overview]:
    campaign, attempt = tables.Campaign, tables.Attempt
    counts = select(
        attempt.campaign_id,
        func.count(attempt.person_id.distinct()).label("people"),
        func.count().label("attempts"),
        func.count().filter(attempt.state == "finished").label("finished"),
    ).group_by(attempt.campaign_id)
    if campaign_id is not None:
        counts = counts.where(attempt.campaign_id == campaign_id)
    counted = counts.subquery()
    found = select(campaign, counted.c.people, counted.c.attempts, counted.c.finished).outerjoin(
        counted, counted.c.campaign_id == campaign.id
    )
    if campaign_id is not None:
        found = found.where(campaign.id == campaign_id)
    rows = session.execute(found.order_by(campaign.opens_ms.desc(), campaign.id.desc()))
    return [
        Overview(
            id=row.id,
            slug=row.slug,
            name=row.name,
            theme=row.theme,
            organiser=row.organiser,
            state=row.state,
            timezone=row.timezone,
            opens_ms=row.opens_ms,
            closes_ms=row.closes_ms,
            questions_per_paper=row.questions_per_paper,
            draw_points=row.draw_points,
            reminder_hour=row.reminder_hour,
            notices_per_day=row.notices_per_day,
            quiet_from=row.quiet_from,
            quiet_until=row.quiet_until,
            people=people or 0,
            attempts=attempts or 0,
            finished=finished or 0,
        )
        for row, people, attempts, finished in rows
    ]
