"""Freeze: the list of entrants and everything else that decides a draw, published before anyone can know the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.draws import scheme
from campaigns.draws.announcement import PRIZE_LIMIT, Announcement
from campaigns.draws.pseudonyms import pseudonym, tickets_of
from campaigns.draws.records import DrawState
from campaigns.draws.scheme import NO_UNIT, Entrant, Prize
from campaigns.draws.sources import SourceKind, check_formats, check_names, check_unknown, default_fallback, kind_of
from campaigns.errors import DrawRefused, Moved, NotFound
from campaigns.tables import Attempt, Campaign, Draw, Identity, Person, Regrade, Standing, Unit

TEXT_LIMIT = 1_000
BROWSER = "h5"
"""The channel of identities that are a browser and nothing more."""


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
class Gathered:
    """Who takes part by now, and the list that says so."""

    campaign_id: int
    entrants: tuple[Entrant, ...]
    data: bytes
    guests: int
    """Entrants who are known only by a browser: one person with three browsers may be three of them."""


class _Campaign(NamedTuple):
    id: int
    name: str
    state: str
    closes_ms: int | None
    draw_points: int
    salt: str


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
) -> FrozenDraw:
    """Make a draw of all who have, by now, the points that the campaign asks for.

    `quotas` names the most prizes of a unit, by unit code; `default_quota` is that of every unit of the list that
    it does not name (entrants without a unit are no unit). `exclusions` are entrants. An empty `fallback` takes
    the usual one. `formats` says how the values of sources of other kinds than the known ones are written
    (`campaigns.draws.sources`). A second draw of one campaign needs a `reason`. `gathered` is what `gather` gave
    a moment before.

    Raises NotFound for an unknown campaign, DrawRefused when a rule says no, and Moved when another draw of the
    campaign was frozen in the same moment: roll back, look, and decide anew.
    """
    campaign = _find_campaign(session, campaign_slug)
    prizes, sources = _check_prizes(prizes), check_names(sources)
    check_unknown(sources, now)
    _check_scores_stand(session, campaign, now)
    fallback, reason = _check_text(fallback) or default_fallback(sources), _check_text(reason)
    ordinal = _next_ordinal(session, campaign.id)
    if ordinal > 1 and not reason:
        raise DrawRefused("本活动已经有过抽奖，再次抽奖请写明原因，原因将一并公布。")
    if gathered is None or gathered.campaign_id != campaign.id:
        gathered = _gather(session, campaign)
    entrants = gathered.entrants
    if not entrants:
        raise DrawRefused("还没有符合抽奖条件的参与者，请在有人完成答题后再冻结名单。")
    announcement = Announcement(
        id=f"C{campaign.id}-D{ordinal}",
        list_hash=scheme.list_hash(gathered.data),
        frozen_at=clock.iso(now),
        count=len(entrants),
        prizes=prizes,
        quotas=_all_quotas(session, quotas, default_quota, entrants),
        exclusions=_check_exclusions(exclusions, entrants),
        sources=sources,
        fallback=fallback,
        reason=reason,
        campaign=campaign.name,
        formats=check_formats(sources, formats or {}),
    )
    _insert(session, campaign.id, ordinal, announcement, gathered.data, by, now)
    return FrozenDraw(announcement, tuple(_warnings(campaign, announcement, gathered, now)))


def _find_campaign(session: Session, slug: str) -> _Campaign:
    row = session.execute(
        select(
            Campaign.id, Campaign.name, Campaign.state, Campaign.closes_ms, Campaign.draw_points, Campaign.salt
        ).where(Campaign.slug == slug)
    ).one_or_none()
    if row is None:
        raise NotFound(f"没有名为 {slug[:64]} 的活动，请核对活动代号。")
    return _Campaign(*row)


def _check_scores_stand(session: Session, campaign: _Campaign, now: int) -> None:
    """A list cannot be mended: it waits for scores that are being computed, and for attempts the clock has ended.

    While a campaign is on some attempt always has just ended; who is not on the list yet is then as ever.
    """
    mending = select(Regrade.id).where(Regrade.campaign_id == campaign.id, Regrade.finished_ms.is_(None))
    if session.scalar(mending.limit(1)) is not None:
        raise DrawRefused("成绩正在因更正题目重新计算，请等算完再冻结名单。")
    if campaign.state != "published" or campaign.closes_ms is None or now < campaign.closes_ms:
        return
    ended = select(Attempt.id).where(
        Attempt.campaign_id == campaign.id, Attempt.state == "open", Attempt.due_ms <= campaign.closes_ms
    )
    if session.scalar(ended.limit(1)) is not None:
        raise DrawRefused(
            "还有限时已到的答卷没有收齐，请半分钟后再冻结名单；一直这样，请检查后台任务（lvda worker）是否在运行。"
        )


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


def gather(session: Session, campaign_slug: str) -> Gathered:
    """The part of `freeze` that takes long for many entrants, for a session that only reads.

    On SQLite one writer at a time has the database: this keeps the freeze itself short. Raises NotFound.
    """
    return _gather(session, _find_campaign(session, campaign_slug))


def _gather(session: Session, campaign: _Campaign) -> Gathered:
    rows = session.execute(
        select(Standing.person_id, Standing.points, Unit.code)
        .join(Person, Person.id == Standing.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Standing.campaign_id == campaign.id, Standing.points >= campaign.draw_points)
    )
    entrants = tuple(
        Entrant(pseudonym(campaign.salt, person_id), unit or NO_UNIT, tickets)
        for person_id, points, unit in rows
        if (tickets := tickets_of(points, campaign.draw_points))
    )
    return Gathered(campaign.id, entrants, scheme.list_bytes(entrants), _count_guests(session, campaign))


def _count_guests(session: Session, campaign: _Campaign) -> int:
    channels = (
        select(Identity.person_id)
        .join(Standing, Standing.person_id == Identity.person_id)
        .where(Standing.campaign_id == campaign.id, Standing.points >= campaign.draw_points)
        .group_by(Identity.person_id)
        .having(func.min(Identity.channel) == BROWSER, func.max(Identity.channel) == BROWSER)
    )
    return session.execute(select(func.count()).select_from(channels.subquery())).scalar_one()


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


def _check_exclusions(exclusions: Collection[str], entrants: Sequence[Entrant]) -> tuple[str, ...]:
    """A mistyped exclusion could never be mended after the freeze, so each must be on the list."""
    if unknown := set(exclusions) - {entrant.entrant for entrant in entrants}:
        raise DrawRefused(f"要排除的编号 {sorted(unknown)[0]} 不在名单中，请核对编号。")
    return tuple(sorted(set(exclusions)))


def _insert(
    session: Session, campaign_id: int, ordinal: int, announcement: Announcement, data: bytes, by: str, now: int
) -> None:
    try:
        session.execute(
            insert(Draw).values(
                id=announcement.id,
                campaign_id=campaign_id,
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
    except IntegrityError as error:
        raise Moved("同一时刻有人冻结了本活动的另一次抽奖，请查看后再决定。") from error


def _warnings(campaign: _Campaign, announcement: Announcement, gathered: Gathered, now: int) -> list[str]:
    found = []
    if campaign.state in ("published", "paused") and (campaign.closes_ms is None or now < campaign.closes_ms):
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
    return found


def _fillable(announcement: Announcement, entrants: Sequence[Entrant]) -> int:
    excluded = frozenset(announcement.exclusions)
    eligible = Counter(entrant.unit for entrant in entrants if entrant.entrant not in excluded)
    return sum(min(count, announcement.quotas.get(unit, count)) for unit, count in eligible.items())
