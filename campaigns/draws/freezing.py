"""Freeze: the list of entrants and everything else that decides a draw, published before anyone can know the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import audit, clock
from campaigns.draws import scheme
from campaigns.draws.announcement import PRIZE_LIMIT, Announcement
from campaigns.draws.excluding import excluded
from campaigns.draws.gathering import Gathered, Offering, find_offering, gather_for, is_fresh
from campaigns.draws.records import DrawState
from campaigns.draws.scheme import NO_UNIT, Entrant, Prize
from campaigns.draws.sources import SourceKind, check_formats, check_names, check_unknown, default_fallback, kind_of
from campaigns.draws.waiting import is_pending, waits_for_lots, waits_for_scores
from campaigns.errors import DrawRefused, Moved, NotFound
from campaigns.privacy.purged import refuse_purged
from campaigns.prizes import groups
from campaigns.prizes.awards import take_turn
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.tables import Campaign, Draw, PrizeGroup, Unit
from campaigns.tables import Prize as PrizeRow

TEXT_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class FrozenDraw:
    announcement: Announcement
    warnings: tuple[str, ...]
    """Plain sentences for the organiser: what is allowed, and should still be thought about."""

    @property
    def id(self) -> str:
        return self.announcement.id

    @property
    def list_hash(self) -> str:
        return self.announcement.list_hash


@dataclass(frozen=True, slots=True)
class _Offered:
    """What is drawn."""

    prizes: tuple[Prize, ...]
    group_id: int | None
    """Of a group that was planned; None: one is to be laid down."""
    group: str
    unit_quota: int | None


def freeze(
    session: Session,
    campaign_slug: str,
    prizes: Sequence[Prize],
    sources: Sequence[str],
    *,
    quotas: Mapping[str, int],
    exclusions: Collection[str],
    fallback: str,
    reason: str,
    by: str,
    now: int,
    default_quota: int | None = None,
    formats: Mapping[str, str] | None = None,
    gathered: Gathered | None = None,
    group: str = "",
) -> FrozenDraw:
    """Make a draw of all who have, by now, the points that the campaign asks for, with tickets by its rule.

    `group` is the name of a group of prizes that was planned to be drawn; without it, these `prizes` become one.
    `quotas` names the most prizes of a unit, by unit code; `default_quota` is that of every unit of the list that
    it does not name (entrants without a unit are no unit), and otherwise the group's own. `exclusions` are entrants,
    beside those of the campaign's exclusion list and those who have won where one may win once. An empty `fallback`
    takes the usual one. `formats` says how the values of sources of other kinds than the known ones are written
    (`campaigns.draws.sources`). A second draw of one campaign needs a `reason`; that of a planned group has one.
    `gathered` is what `gather` gave a moment before.

    Raises NotFound for an unknown campaign or group, DrawRefused when a rule says no, and Moved when another draw of
    the campaign was frozen in the same moment: roll back, look, and decide anew.
    """
    take_turn(session, find_offering(session, campaign_slug).id)
    campaign = find_offering(session, campaign_slug)  # as it is now that it is ours
    offered, sources = _offered(session, campaign, prizes, group), check_names(sources)
    check_unknown(sources, now)
    _check_time(session, campaign, now)
    fallback, reason = _check_text(fallback) or default_fallback(sources), _check_text(reason)
    ordinal = _next_ordinal(session, campaign.id)
    if ordinal > 1 and not reason:
        if not group:
            raise DrawRefused("本活动已经有过抽奖，再次抽奖请写明原因，原因将一并公布。")
        reason = _why_again(session, offered)
    if gathered is None or not is_fresh(session, gathered, campaign, now):
        gathered = gather_for(session, campaign)
    entrants = gathered.entrants
    if not entrants:
        raise DrawRefused("还没有符合抽奖条件的参与者，请在有人完成答题后再冻结名单。")
    passed_over, reasons = excluded(session, campaign, exclusions, entrants)
    usual_quota = offered.unit_quota if default_quota is None else default_quota
    announcement = Announcement(
        id=f"C{campaign.id}-D{ordinal}",
        list_hash=scheme.list_hash(gathered.data),
        frozen_at=clock.iso(now),
        count=len(entrants),
        prizes=offered.prizes,
        quotas=_all_quotas(session, quotas, usual_quota, entrants),
        exclusions=passed_over,
        sources=sources,
        fallback=fallback,
        reason=reason,
        campaign=campaign.name,
        formats=check_formats(sources, formats or {}),
        group=offered.group,
        tickets={**campaign.tickets.as_json(), "draw_points": campaign.draw_points},
        excluded_by=reasons,
    )
    try:
        group_id = offered.group_id or _lay_down_group(session, campaign.id, ordinal, offered.prizes)
        _insert(session, campaign.id, group_id, ordinal, announcement, gathered.data, by, now)
        session.execute(update(Campaign).where(Campaign.id == campaign.id).values(version=Campaign.version + 1))
    except IntegrityError as error:
        raise Moved("同一时刻有人冻结了本活动的另一次抽奖，请查看后再决定。") from error
    told = {"campaign": campaign_slug, "list_hash": announcement.list_hash, "entrants": len(entrants), "group": group}
    audit.record(session, by, "draw.frozen", f"draw:{announcement.id}", now, after=told, note=reason)
    return FrozenDraw(announcement, tuple(_warnings(session, campaign, announcement, gathered, now)))


def _offered(session: Session, campaign: Offering, prizes: Sequence[Prize], group: str) -> _Offered:
    if not group:
        return _Offered(_check_prizes(prizes), None, "", None)
    if prizes:
        raise DrawRefused("按奖项组抽奖时，奖品以奖项组为准，请不要另外指定奖品。")
    planned = session.execute(
        select(PrizeGroup.id, PrizeGroup.kind, PrizeGroup.unit_quota, Draw.id.label("draw_id"))
        .outerjoin(Draw, and_(Draw.group_id == PrizeGroup.id, Draw.state != DrawState.VOID))
        .where(PrizeGroup.campaign_id == campaign.id, PrizeGroup.name == group)
    ).one_or_none()
    if planned is None:
        raise NotFound(f"本活动没有名为“{group[:100]}”的奖项组，请核对名称。")
    if planned.kind != "draw":
        raise DrawRefused(f"奖项组“{group}”不是抽奖产生的，不能冻结名单。")
    if planned.draw_id is not None:
        raise DrawRefused(f"奖项组“{group}”的名单已经冻结（抽奖 {planned.draw_id}），同一组奖品不能再抽。")
    rows = session.execute(
        select(PrizeRow.name, PrizeRow.stock).where(PrizeRow.group_id == planned.id).order_by(PrizeRow.ordinal)
    )
    return _Offered(_check_prizes([Prize(*row) for row in rows]), planned.id, group, planned.unit_quota)


def _why_again(session: Session, offered: _Offered) -> str:
    """Of the draw of a planned group that is not the campaign's first. One that was given up is not passed over."""
    voided = session.execute(
        select(Draw.id, Draw.void_reason)
        .where(Draw.group_id == offered.group_id, Draw.state == DrawState.VOID)
        .order_by(Draw.ordinal.desc())
        .limit(1)
    ).one_or_none()
    if voided is None:
        return f"本活动的奖项分组抽取，本次抽“{offered.group}”。"
    return f"抽奖 {voided.id} 没有开奖，已经作废（{voided.void_reason}），本次重新抽“{offered.group}”。"


def _check_time(session: Session, campaign: Offering, now: int) -> None:
    """A list cannot be mended. Raises DrawRefused where something has to be done before, Refused after a purge."""
    refuse_purged(session, campaign.id, "冻结名单")
    if waits := waits_for_scores(session, campaign.id, now):
        raise DrawRefused(waits)
    if campaign.wins != "campaign":
        return
    if is_pending(session, campaign.id):
        raise DrawRefused("本活动每人限中一次，还有一次抽奖已冻结名单、尚未开奖，请等它开奖后再冻结。")
    if waits := waits_for_lots(session, campaign.id, now):
        raise DrawRefused(waits)


def _check_prizes(prizes: Sequence[Prize]) -> tuple[Prize, ...]:
    if not prizes:
        raise DrawRefused("请至少设一种奖品，例如 一等奖=1。")
    cleaned = tuple(replace(prize, name=prize.name.strip()) for prize in prizes)
    for prize in cleaned:
        if not prize.name or len(prize.name) > 100 or not prize.name.isprintable():
            raise DrawRefused("奖品名称不能为空，不能超过 100 字，也不能换行。")
        if prize.count < 1:
            raise DrawRefused(f"奖品“{prize.name}”的数量须是正整数。")
    if len({prize.name for prize in cleaned}) != len(cleaned):
        raise DrawRefused("同一种奖品写了两次，请合并数量。")
    if sum(prize.count for prize in cleaned) > PRIZE_LIMIT:
        raise DrawRefused(f"一次抽奖的奖品不能超过 {PRIZE_LIMIT} 份。")
    return cleaned


def _check_text(text: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise DrawRefused(f"说明文字不能超过 {TEXT_LIMIT} 字，请写短些。")
    return text.strip()


def _next_ordinal(session: Session, campaign_id: int) -> int:
    latest = session.execute(select(func.max(Draw.ordinal)).where(Draw.campaign_id == campaign_id)).scalar_one()
    return (latest or 0) + 1


def _all_quotas(
    session: Session, quotas: Mapping[str, int], default: int | None, entrants: Sequence[Entrant]
) -> dict[str, int]:
    if any(quota < 0 for quota in (*quotas.values(), default or 0)):
        raise DrawRefused("单位名额须是 0 或正整数。")
    present = {entrant.unit for entrant in entrants}
    if absent := set(quotas) - present - {NO_UNIT}:
        known = set(session.scalars(select(Unit.code).where(Unit.code.in_(absent))))
        if unknown := sorted(absent - known):
            raise DrawRefused(f"没有代码为 {unknown[0]} 的单位，请核对单位代码。")
    usual = {} if default is None else dict.fromkeys(present - {NO_UNIT}, default)
    return {**usual, **quotas}


def _lay_down_group(session: Session, campaign_id: int, ordinal: int, prizes: Sequence[Prize]) -> int:
    """A group of these prizes, under a name that no planned one has; gives its id."""
    name = "抽奖" if ordinal == 1 else f"第 {ordinal} 次抽奖"
    taken = set(session.scalars(select(PrizeGroup.name).where(PrizeGroup.campaign_id == campaign_id)))
    while name in taken:
        name = f"{name}（另设）"
    offered = tuple(PlannedPrize(prize.name, prize.count) for prize in prizes)
    return groups.lay_down(session, campaign_id, [PlannedGroup(name, "draw", offered)])[0]


def _insert(
    session: Session,
    campaign_id: int,
    group_id: int,
    ordinal: int,
    announcement: Announcement,
    data: bytes,
    by: str,
    now: int,
) -> None:
    session.execute(
        insert(Draw).values(
            id=announcement.id,
            campaign_id=campaign_id,
            group_id=group_id,
            ordinal=ordinal,
            state=DrawState.FROZEN,
            entrants=data,
            list_hash=announcement.list_hash,
            announcement=announcement.as_json(),
            reason=announcement.reason,
            frozen_ms=now,
            frozen_by=by,
            confirmed_by="",
        )
    )


def _warnings(
    session: Session, campaign: Offering, announcement: Announcement, gathered: Gathered, now: int
) -> list[str]:
    found = []
    if campaign.is_on(now):
        found.append("活动仍在进行：此后完成答题的人不在本次抽奖名单中。")
    if all(kind_of(source) is SourceKind.LOTTERY for source in announcement.sources):
        found.append("只用双色球（约 24 位）作来源：请务必在该期停售前公布名单哈希，最好再加一个来源。")
    if all(kind_of(source) is SourceKind.SECRET for source in announcement.sources):
        found.append("只用密语作来源：知道密语的人在冻结前就能算出结果，最好再加一个公开数字。")
    if gathered.guests:
        found.append(
            f"名单中有 {gathered.guests} 人只凭浏览器参加，没有别的身份：同一个人换浏览器或清除记录，可能占几个编号，"
            "领奖时请核对是否为同一人。"
        )
    wanted, fillable = sum(prize.count for prize in announcement.prizes), _fillable(announcement, gathered.entrants)
    if fillable < wanted:
        found.append(f"奖品共 {wanted} 份，按名额和排除名单最多只能发出 {fillable} 份，其余将空缺。")
    if campaign.wins == "campaign" and (unsettled := _unsettled_ranks(session, campaign.id)):
        found.append(f"名次奖“{unsettled}”还没有核定：本次抽奖开奖后才能核定，抽中的人将不再得名次奖。")
    return found


def _unsettled_ranks(session: Session, campaign_id: int) -> str | None:
    """The name of a group by rank that is still to be decided."""
    query = select(PrizeGroup.name).where(
        PrizeGroup.campaign_id == campaign_id, PrizeGroup.kind == "rank", PrizeGroup.settled_ms.is_(None)
    )
    return session.scalar(query.order_by(PrizeGroup.ordinal).limit(1))


def _fillable(announcement: Announcement, entrants: Sequence[Entrant]) -> int:
    passed_over = frozenset(announcement.exclusions)
    eligible = Counter(entrant.unit for entrant in entrants if entrant.entrant not in passed_over)
    return sum(min(count, announcement.quotas.get(unit, count)) for unit, count in eligible.items())
