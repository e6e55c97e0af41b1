"""Campaigns that nobody can play yet: laid down, edited, read again as plans, copied from earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import audit, banks, tables
from campaigns.clock import local
from campaigns.errors import NotFound, PlanRefused, Refused
from campaigns.keeping.changes import claim
from campaigns.keeping.listing import find
from campaigns.keeping.plan_files import plan_values
from campaigns.keeping.plans import Part, Plan, faults, settled
from campaigns.prizes import groups
from campaigns.prizes.rules import PlannedGroup, ticket_rule
from questions.model import Kind

_LOOKED_UP = 500


def create(session: Session, plan: Plan, salt: str, now: int, by: str = "") -> int:
    """Lay a campaign down as a draft; gives its id. `salt` makes its pseudonyms, and is never shown; `by` is the
    account's name.

    Raises PlanRefused with everything in the plan that cannot be, NotFound for a bank, unit or picture that does not
    exist, and Refused for a slug or keyword that another campaign has.
    """
    campaign_id, plan = _create(session, plan, salt, now)
    after = {"name": plan.name, "bank": plan.bank, "opens_ms": plan.opens_ms, "closes_ms": plan.closes_ms}
    audit.record(session, by, "campaign.created", f"campaign:{plan.slug}", now, after=after)
    return campaign_id


def _create(session: Session, plan: Plan, salt: str, now: int) -> tuple[int, Plan]:
    plan = _accepted(plan)
    bank_id = banks.find_bank(session, plan.bank).id
    try:
        with session.begin_nested():
            campaign_id = session.execute(
                insert(tables.Campaign)
                .values(
                    **_columns(session, plan), bank_id=bank_id, slug=plan.slug, state="draft", salt=salt, created_ms=now
                )
                .returning(tables.Campaign.id)
            ).scalar_one()
    except IntegrityError as error:
        raise _taken(session, plan) from error
    _lay_down_parts(session, campaign_id, bank_id, plan)
    groups.lay_down(session, campaign_id, plan.prize_groups)
    return campaign_id, plan


def edit(session: Session, slug: str, plan: Plan, version: int | None = None, *, now: int, by: str = "") -> None:
    """Let a draft be as another plan says; with another slug in it, it gets that one.

    `by` is the account's name, `version` is the one that the plan was made from; None: as it is now. Raises what
    `create` does; Refused for what is published; Moved when somebody has edited it since.
    """
    plan = _accepted(plan)
    campaign = find(session, slug)
    if campaign.state != "draft":
        raise Refused(
            f"活动 {slug} 已经发布，题目、分值、计分和排名规则都不能再改；"
            "还可以延期、暂停和恢复、增加参加单位和人员、发公告。"
        )
    was = plan_values(plan_of(session, slug))
    bank_id, campaign_id = banks.find_bank(session, plan.bank).id, campaign.id
    try:
        with session.begin_nested():
            claim(session, campaign, version=version, slug=plan.slug, bank_id=bank_id, **_columns(session, plan))
    except IntegrityError as error:
        raise _taken(session, plan, campaign_id) from error
    for table in (tables.CampaignPart, tables.CampaignUnit):
        session.execute(delete(table).where(table.campaign_id == campaign_id))
    groups.clear(session, campaign_id)
    _lay_down_parts(session, campaign_id, bank_id, plan)
    groups.lay_down(session, campaign_id, plan.prize_groups)
    before, after = audit.changed(was, plan_values(plan))
    audit.record(session, by, "campaign.edited", f"campaign:{slug}", now, before=before, after=after)


def plan_of(session: Session, slug: str) -> Plan:
    """What was decided about a campaign, as it is now. Raises NotFound."""
    campaign = find(session, slug)
    part, unit = tables.CampaignPart, tables.CampaignUnit
    bank = session.get_one(tables.Bank, campaign.bank_id)
    recipe = session.execute(
        select(part.count, tables.Bank.slug, part.kind, part.category, part.difficulty)
        .join(tables.Bank, tables.Bank.id == part.bank_id)
        .where(part.campaign_id == campaign.id)
        .order_by(part.ordinal)
    )
    units = session.scalars(
        select(tables.Unit.code)
        .join(unit, unit.unit_id == tables.Unit.id)
        .where(unit.campaign_id == campaign.id)
        .order_by(tables.Unit.code)
    )
    plain = {name: getattr(campaign, name) for name in _PLAIN}
    return settled(
        Plan(
            **plain,
            bank=bank.slug,
            points={Kind(kind): points for kind, points in campaign.points.items()},
            keyword=campaign.keyword or "",
            hours=None
            if campaign.hours_from is None or campaign.hours_until is None
            else (campaign.hours_from, campaign.hours_until),
            recipe=tuple(Part(row[0], row[1], Kind(row[2]) if row[2] else None, row[3], row[4]) for row in recipe),
            units=tuple(units),
            tickets=ticket_rule(campaign.tickets),
            prize_groups=groups.planned(session, campaign.id),
        )
    )


def copy(session: Session, slug: str, new_slug: str, salt: str, now: int, name: str = "", by: str = "") -> str:
    """Lay a campaign down anew as a draft that opens a year later, or as many as it takes; gives the new slug.

    Without the keyword, which only one campaign can have. Raises what `create` does.
    """
    old = plan_of(session, slug)
    years = 1
    while _years_later(old.opens_ms, years, old.timezone) <= now:
        years += 1
    plan = replace(
        old,
        slug=new_slug,
        name=name or old.name,
        keyword="",
        opens_ms=_years_later(old.opens_ms, years, old.timezone),
        closes_ms=None if old.closes_ms is None else _years_later(old.closes_ms, years, old.timezone),
        prize_groups=tuple(_group_years_later(group, years, old.timezone) for group in old.prize_groups),
    )
    _create(session, plan, salt, now)
    audit.record(session, by, "campaign.copied", f"campaign:{new_slug}", now, after={"from": slug})
    return new_slug


def _group_years_later(group: PlannedGroup, years: int, zone: str) -> PlannedGroup:
    prizes = tuple(
        replace(
            prize,
            releases=tuple(replace(one, at_ms=_years_later(one.at_ms, years, zone)) for one in prize.releases),
        )
        for prize in group.prizes
    )
    return replace(group, prizes=prizes)


def _years_later(ms: int, years: int, zone: str) -> int:
    """The same time of the same day; of 29 February the 28th where there is none."""
    moment = local(ms, zone)
    try:
        later = moment.replace(year=moment.year + years)
    except ValueError:
        later = moment.replace(year=moment.year + years, day=28)
    return int(later.timestamp()) * 1_000 + ms % 1_000


def find_units(session: Session, codes: Sequence[str]) -> list[tables.Unit]:
    """Raises NotFound with every code that no unit has."""
    unit = tables.Unit
    found: dict[str, tables.Unit] = {}
    for start in range(0, len(codes), _LOOKED_UP):
        rows = session.scalars(select(unit).where(unit.code.in_(codes[start : start + _LOOKED_UP])))
        found.update((row.code, row) for row in rows)
    if missing := [code for code in codes if code not in found]:
        raise NotFound(f"没有代码为 {'、'.join(missing)} 的单位，请到单位列表里核对。")
    return [found[code] for code in dict.fromkeys(codes)]


def _accepted(plan: Plan) -> Plan:
    plan = settled(plan)
    if found := faults(plan):
        raise PlanRefused(found)
    return plan


def _taken(session: Session, plan: Plan, own_id: int | None = None) -> PlanRefused:
    """Says which of what only one campaign can have another one has."""
    campaign = tables.Campaign
    others = select(campaign.slug).where(campaign.id != own_id) if own_id is not None else select(campaign.slug)
    holder = session.scalars(others.where(campaign.keyword == plan.keyword)).one_or_none() if plan.keyword else None
    if holder is None or session.scalars(others.where(campaign.slug == plan.slug)).one_or_none() is not None:
        return PlanRefused({"slug": f"活动代号 {plan.slug} 已经有了，请换一个。"})
    return PlanRefused({"keyword": f"口令“{plan.keyword}”已经被活动 {holder} 用了，请换一个，或者先把那个活动归档。"})


def _lay_down_parts(session: Session, campaign_id: int, bank_id: int, plan: Plan) -> None:
    recipe = plan.recipe or (Part(plan.questions_per_paper),)
    own = {"": bank_id}
    for part in recipe:
        if part.bank not in own:
            own[part.bank] = banks.find_bank(session, part.bank).id
    session.execute(
        insert(tables.CampaignPart),
        [
            {
                "campaign_id": campaign_id,
                "ordinal": ordinal,
                "count": part.count,
                "bank_id": own[part.bank],
                "kind": "" if part.kind is None else part.kind.value,
                "category": part.category,
                "difficulty": part.difficulty,
            }
            for ordinal, part in enumerate(recipe, start=1)
        ],
    )
    if units := find_units(session, plan.units):
        session.execute(
            insert(tables.CampaignUnit), [{"campaign_id": campaign_id, "unit_id": unit.id} for unit in units]
        )


_PLAIN = (
    "slug",
    "name",
    "theme",
    "brand",
    "organiser",
    "picture_sha256",
    "mode",
    "timezone",
    "opens_ms",
    "closes_ms",
    "questions_per_paper",
    "same_paper",
    "shuffle_questions",
    "shuffle_options",
    "partial",
    "seconds_per_question",
    "seconds_per_attempt",
    "grace_seconds",
    "least_ms_per_question",
    "attempts_in_all",
    "attempts_per_day",
    "counts",
    "reveals",
    "pass_points",
    "admission",
    "unit_ranking",
    "least_headcount",
    "privacy_notice",
    "keep_days",
    "draw_points",
    "two_person",
    "wins",
    "reviewed_only",
    "reminder_hour",
    "notices_per_day",
    "quiet_from",
    "quiet_until",
)
"""What a plan and a campaign's row have alike."""


def _columns(session: Session, plan: Plan) -> dict[str, Any]:
    """Raises NotFound for a picture that is not kept."""
    if plan.picture_sha256 is not None and session.get(tables.Picture, plan.picture_sha256) is None:
        raise NotFound("活动图片没有保存下来，请重新上传。")
    return {name: getattr(plan, name) for name in _PLAIN if name != "slug"} | {
        "points": {kind.value: points for kind, points in plan.points.items()},
        "keyword": plan.keyword or None,
        "tickets": plan.tickets.as_json(),
        "hours_from": None if plan.hours is None else plan.hours[0],
        "hours_until": None if plan.hours is None else plan.hours[1],
    }
