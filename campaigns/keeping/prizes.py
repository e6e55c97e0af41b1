"""Prizes that come after publishing: groups added, stock raised. Neither is ever taken away, nor changed otherwise.

Both are written down and shown to participants. A group whose list is frozen or whose ranks are settled stays as it
was announced.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.banks.storable import cleaned
from campaigns.errors import NotFound, PlanRefused, Refused
from campaigns.keeping.changes import What, make
from campaigns.keeping.changing import LONGEST_NOTE
from campaigns.keeping.listing import find
from campaigns.prizes import groups as prize_groups
from campaigns.prizes.awards import take_turn
from campaigns.prizes.planning import MOST_STOCK, prize_faults, settled_groups
from campaigns.prizes.rules import PlannedGroup, ticket_rule
from campaigns.tables import Campaign, Draw, Prize, PrizeGroup

_GROUPS = "prize_group."


def add_prizes(
    session: Session,
    slug: str,
    groups: Sequence[PlannedGroup],
    by: str,
    now: int,
    note: str = "",
    version: int | None = None,
) -> None:
    """Offer more prizes in a published campaign, behind those that it has.

    `by`, `note`, `version` as in `campaigns.keeping.changing`. Raises NotFound; PlanRefused with everything that
    cannot be, by the keys of `prize_faults` (the first of `groups` is 1); Refused for a campaign that takes none;
    Moved when somebody else was quicker.
    """
    campaign = _in_turn(session, slug)
    if not groups:
        raise Refused("请至少写一组要增加的奖项。")
    groups = settled_groups(groups)
    if _is_over(campaign, now) and any(group.kind == "instant" for group in groups):
        raise Refused(f"活动 {slug} 已经结束，不会再有人答题，不能再增加即时抽奖。")
    held = prize_groups.planned(session, campaign.id)
    found = prize_faults(
        (*held, *groups),
        ticket_rule(campaign.tickets),
        mode=campaign.mode,
        opens_ms=campaign.opens_ms,
        closes_ms=campaign.closes_ms,
    )
    if wrong := _of_added(found, len(held)):
        raise PlanRefused(wrong)
    said = {"groups": [[group.name, [[prize.name, prize.stock] for prize in group.prizes]] for group in groups]}
    make(session, campaign, What.PRIZES_ADDED, by, now, said=said, note=_reason(note), version=version)
    prize_groups.lay_down(session, campaign.id, groups)


def raise_stock(
    session: Session,
    slug: str,
    group_name: str,
    prize_name: str,
    more: int,
    by: str,
    now: int,
    note: str = "",
    version: int | None = None,
) -> None:
    """Offer more of a prize, from now on. Arguments and errors as of `add_prizes`.

    Refused for a group that is drawn or settled: it was announced how many there are.
    """
    campaign = _in_turn(session, slug)
    group = _find_group(session, campaign.id, group_name)
    if group.settled_ms is not None:
        raise Refused(f"“{group.name}”的名次已经定了，不能再增加奖品；请另外增加一组奖项。")
    if session.scalar(select(Draw.id).where(Draw.group_id == group.id, Draw.state != "void")) is not None:
        raise Refused(f"“{group.name}”的名单已经冻结，奖品份数已经公布，不能再增加；请另外增加一组奖项。")
    if group.kind == "instant" and _is_over(campaign, now):
        raise Refused(f"活动 {slug} 已经结束，不会再有人答题，不用再增加即时抽奖的奖品。")
    offers = select(Prize).where(Prize.group_id == group.id).execution_options(populate_existing=True)
    prizes = session.scalars(offers).all()
    prize = next((one for one in prizes if one.name == prize_name), None)
    if prize is None:
        raise NotFound(f"“{group.name}”里没有名为“{prize_name[:100]}”的奖品，请核对名称。")
    offered = prize.stock if group.kind != "draw" else sum(one.stock for one in prizes)
    if not 1 <= more <= MOST_STOCK - offered:
        raise Refused(f"要增加的份数至少 1 份，并且加上现有的 {offered} 份不能超过 {MOST_STOCK} 份。")
    said = {"group": group.name, "prize": prize.name, "more": more}
    make(session, campaign, What.STOCK_RAISED, by, now, said=said, note=_reason(note), version=version)
    session.execute(
        update(Prize)
        .where(Prize.id == prize.id)
        .values(stock=Prize.stock + more, releases=_with_more(prize, more, max(now, campaign.opens_ms)))
        .execution_options(synchronize_session=False)
    )


def _in_turn(session: Session, slug: str) -> Campaign:
    """The campaign, of which no list is frozen and no rank settled until this transaction is over."""
    campaign = find(session, slug)
    take_turn(session, campaign.id)
    session.refresh(campaign)
    if campaign.state == "draft":
        raise Refused(f"活动 {campaign.slug} 还是草稿，请直接修改它的奖项。")
    if campaign.state == "archived":
        raise Refused(f"活动 {campaign.slug} 已经归档，不能再增加奖品。")
    return campaign


def _is_over(campaign: Campaign, now: int) -> bool:
    return campaign.state == "closed" or (campaign.closes_ms is not None and campaign.closes_ms <= now)


def _find_group(session: Session, campaign_id: int, name: str) -> PrizeGroup:
    group = session.scalars(
        select(PrizeGroup)
        .where(PrizeGroup.campaign_id == campaign_id, PrizeGroup.name == name)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if group is None:
        raise NotFound(f"没有名为“{name[:100]}”的奖项，请核对名称。")
    return group


def _with_more(prize: Prize, more: int, at_ms: int) -> list[list[int]]:
    """Its releases, which make up its stock, with these from now on; none where all are given from the start."""
    return sorted([*prize.releases, [at_ms, more]]) if prize.releases else []


def _of_added(found: dict[str, str], held: int) -> dict[str, str]:
    """What is wrong with the groups behind so many, as if they were alone."""
    wrong = {}
    for key, sentence in found.items():
        if key == "prize_group":
            wrong[key] = sentence
        elif key.startswith(_GROUPS):
            place, _, rest = key.removeprefix(_GROUPS).partition(".")
            if int(place) > held:
                wrong[f"{_GROUPS}{int(place) - held}.{rest}"] = sentence
    return wrong


def _reason(note: str) -> str:
    reason = cleaned(note).strip()
    if len(reason) > LONGEST_NOTE:
        raise Refused(f"说明最多 {LONGEST_NOTE} 个字，请写短一些。")
    return reason
