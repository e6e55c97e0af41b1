"""What may still change once a campaign is published: its close, whether it is on, who takes part, its notices.

Each change is written down with who made it and why, and those that concern participants are shown to them. Recipe,
points, counting and tie rules never change any more.

Arguments that all of these share: `by` is the account's name, `note` the reason as participants read it, `version`
the version of the campaign that the decision was made on (None: as it is now). All raise NotFound for a slug that no
campaign has, Refused for what cannot be, and Moved when somebody else was quicker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from campaigns import outbox, tables
from campaigns.banks.storable import cleaned
from campaigns.clock import in_words
from campaigns.errors import Refused
from campaigns.keeping.changes import What, make, note_down
from campaigns.keeping.drafting import find_units
from campaigns.keeping.listing import find
from campaigns.units.tree import ids_in, takes_part

LONGEST_NOTE = 500
LIVE = frozenset({"published", "paused"})


def close(session: Session, slug: str, now: int, by: str = "", note: str = "", version: int | None = None) -> None:
    """End a published or paused campaign now."""
    campaign = find(session, slug)
    if campaign.state not in LIVE:
        raise Refused(
            f"活动 {slug} 还没有发布，不用结束。" if campaign.state == "draft" else f"活动 {slug} 已经结束了。"
        )
    said = {"state": [campaign.state, "closed"], "closes_ms": campaign.closes_ms}
    _make(session, campaign, What.CLOSED, by, now, said=said, note=note, version=version, state="closed")


def extend(
    session: Session, slug: str, closes_ms: int, now: int, by: str = "", note: str = "", version: int | None = None
) -> None:
    """Let a published campaign close later; never earlier, since people were told otherwise.

    Whoever was in the middle of an attempt when it closed has lost no time until it goes on.
    """
    campaign = find(session, slug)
    if campaign.state not in LIVE:
        raise Refused(f"活动 {slug} 还没有发布或者已经结束，不能延期。")
    if campaign.closes_ms is None:
        raise Refused(f"活动 {slug} 没有结束时间，不用延期。")
    if _has_settled_ranks(session, campaign.id):
        raise Refused(f"活动 {slug} 的名次奖已经评定，延期会让名次再变，不能延期。")
    if closes_ms <= max(campaign.closes_ms, now):
        at_least = in_words(max(campaign.closes_ms, now), campaign.timezone)
        raise Refused(f"新的结束时间要晚于 {at_least}：延期只能往后，请换一个时间。")
    said = {"closes_ms": [campaign.closes_ms, closes_ms]}
    closed, was_on = campaign.closes_ms, campaign.state == "published"
    _make(session, campaign, What.EXTENDED, by, now, said=said, note=note, version=version, closes_ms=closes_ms)
    if was_on and closed < now:  # what is paused is moved when it goes on, by all of its pause
        _move_open_attempts(session, campaign.id, now - closed, due_behind=closed)
    outbox.withdraw_all(session, campaign.id, "notice.closes", "活动延期了，没有发送。")


def _has_settled_ranks(session: Session, campaign_id: int) -> bool:
    group = tables.PrizeGroup
    settled = select(group.id).where(group.campaign_id == campaign_id, group.settled_ms.is_not(None))
    return session.scalar(settled.limit(1)) is not None


def pause(session: Session, slug: str, now: int, by: str = "", note: str = "", version: int | None = None) -> None:
    """Accept no answers for a while; attempts stay as they are."""
    campaign = find(session, slug)
    if campaign.state != "published" or (campaign.closes_ms is not None and campaign.closes_ms <= now):
        raise Refused(f"活动 {slug} 现在没有在进行，不用暂停。")
    said = {"state": ["published", "paused"]}
    _make(session, campaign, What.PAUSED, by, now, said=said, note=note, version=version, state="paused")


def resume(session: Session, slug: str, now: int, by: str = "", note: str = "", version: int | None = None) -> None:
    """Accept answers again; nobody who was in the middle of an attempt has lost time by the pause."""
    campaign = find(session, slug)
    if campaign.state != "paused":
        raise Refused(f"活动 {slug} 没有暂停，不用恢复。")
    if campaign.closes_ms is not None and campaign.closes_ms <= now:
        raise Refused(f"活动 {slug} 的结束时间在暂停期间已经过了：请先延期，再恢复。")
    lasted = max(0, now - _paused_ms(session, campaign.id, now))
    said = {"state": ["paused", "published"], "paused_ms": lasted}
    _make(session, campaign, What.RESUMED, by, now, said=said, note=note, version=version, state="published")
    _move_open_attempts(session, campaign.id, lasted)


def _paused_ms(session: Session, campaign_id: int, now: int) -> int:
    """Since when it has been paused; now, where nobody wrote it down."""
    change = tables.CampaignChange
    paused = session.scalars(
        select(change.at_ms)
        .where(change.campaign_id == campaign_id, change.what == What.PAUSED.value)
        .order_by(change.id.desc())
        .limit(1)
    ).one_or_none()
    return now if paused is None else paused


def _move_open_attempts(session: Session, campaign_id: int, by_ms: int, *, due_behind: int = 0) -> None:
    """Their beginning moves as their deadlines do: time used decides ranks, and a pause is nobody's time.

    Not those whose time was up by `due_behind`, which only nobody has written down yet.
    """
    attempt = tables.Attempt
    session.execute(
        update(attempt)
        .where(
            attempt.campaign_id == campaign_id,
            attempt.state == "open",
            attempt.due_ms.is_(None) | (attempt.due_ms > due_behind),
        )
        .values(
            begun_ms=attempt.begun_ms + by_ms,
            shown_ms=attempt.shown_ms + by_ms,
            due_ms=attempt.due_ms + by_ms,
        )
        .execution_options(synchronize_session=False)
    )


def archive(session: Session, slug: str, now: int, by: str = "", note: str = "", version: int | None = None) -> None:
    """Put a campaign that is over away; its keyword is free for another one."""
    campaign = find(session, slug)
    is_over = campaign.closes_ms is not None and campaign.closes_ms <= now
    if campaign.state != "closed" and not (campaign.state in LIVE and is_over):
        raise Refused(
            f"活动 {slug} 已经归档了。" if campaign.state == "archived" else f"活动 {slug} 还没有结束，不能归档。"
        )
    said = {"state": [campaign.state, "archived"], "keyword": campaign.keyword or ""}
    _make(
        session, campaign, What.ARCHIVED, by, now, said=said, note=note, version=version, state="archived", keyword=None
    )


def add_units(
    session: Session, slug: str, codes: Sequence[str], by: str, now: int, note: str = "", version: int | None = None
) -> list[str]:
    """Let more units take part, with all below them; gives the names of those that did not already."""
    campaign = find(session, slug)
    if campaign.state not in LIVE:
        raise Refused(f"活动 {slug} 还没有发布或者已经结束，不能增加参加单位；草稿请直接修改。")
    part = tables.CampaignUnit
    held = set(session.scalars(select(part.unit_id).where(part.campaign_id == campaign.id)))
    if not held:
        raise Refused(f"活动 {slug} 面向所有单位，不用增加。")
    new = [unit for unit in find_units(session, codes) if held.isdisjoint({unit.id, *ids_in(unit.path)})]
    if not new:
        raise Refused("这些单位（或者它们的上级）已经在参加了，没有要增加的。")
    names = [unit.name for unit in new]
    _make(session, campaign, What.UNITS_ADDED, by, now, said={"units": names}, note=note, version=version)
    session.execute(insert(part), [{"campaign_id": campaign.id, "unit_id": unit.id} for unit in new])
    return names


def note_people(session: Session, made_ms: int, by: str, now: int) -> dict[str, int]:
    """Write down that people came onto the roster, in every campaign that is for people on it alone.

    For whoever imports one, once it is done: `made_ms` is when its people were made. Gives how many there are by the
    slugs of the campaigns that have any. Raises nothing that others' changes could cause.
    """
    campaign, person = tables.Campaign, tables.Person
    found = {}
    for one in session.scalars(select(campaign).where(campaign.state.in_(LIVE), campaign.admission == "roster")).all():
        came = session.scalar(
            select(func.count())
            .select_from(person)
            .join(tables.Unit, tables.Unit.id == person.unit_id)
            .where(person.rostered, person.merged_into_id.is_(None), person.created_ms == made_ms, takes_part(one.id))
        )
        if came:
            note_down(session, one.id, What.PEOPLE_ADDED, by, now, said={"people": came})
            found[one.slug] = came
    return found


def add_notice(session: Session, slug: str, text: str, by: str, now: int, version: int | None = None) -> None:
    """Tell participants something; it stands on the campaign's pages from now on."""
    campaign = find(session, slug)
    if campaign.state in {"draft", "archived"}:
        raise Refused(f"活动 {slug} 还没有发布或者已经归档，没有人会看到公告。")
    if not text.strip():
        raise Refused("公告不能是空的，请写上要告诉大家的话。")
    _make(session, campaign, What.NOTICE, by, now, said={}, note=text, version=version)


def _make(
    session: Session,
    campaign: tables.Campaign,
    what: What,
    by: str,
    now: int,
    *,
    said: Mapping[str, object],
    note: str,
    version: int | None,
    **columns: object,
) -> None:
    reason = cleaned(note).strip()
    if len(reason) > LONGEST_NOTE:
        raise Refused(f"说明最多 {LONGEST_NOTE} 个字，请写短一些。")
    make(session, campaign, what, by, now, said=said, note=reason, version=version, **columns)
