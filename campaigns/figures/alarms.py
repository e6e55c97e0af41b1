"""What somebody should look at now: read off the figures that are kept, and a few counts by an index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import DAY, HOUR, MINUTE, SECOND, in_words, local, minute_of_day
from campaigns.figures.adding_up import RARELIER
from campaigns.figures.kept import current
from campaigns.figures.overviews import BURST_MS
from campaigns.figures.shapes import OVERVIEW, QUESTIONS, Figures, Item, Overview
from campaigns.item_statistics import FEWEST, NEGATIVE
from campaigns.keeping.findings import ERROR, WARNING
from campaigns.prizes.deadlines import count_due

MISSED_PERMILLE = 200
"""‰ right up to which nearly everyone misses a question."""
SILENT_MS = HOUR
DAYTIME = (9, 21)
"""The hours of the campaign's zone between which somebody should be answering."""
STALLED_MS = 10 * MINUTE
"""How long a message that is due may lie."""
LATE_MS = 5 * MINUTE
"""How old figures may be, beside the time they take, before nobody seems to add them up."""
NEAR_MS = 3 * DAY
"""How long before its deadline a prize that nobody has claimed is told of."""
QUESTIONS_TOLD = 5


@dataclass(frozen=True, slots=True)
class Alarm:
    kind: str
    """``question_missed``, ``question_doubtful``, ``burst``, ``silent``, ``messages_stalled``, ``messages_dead``,
    ``prizes_near``, ``prizes_overdue``, ``signals_open``, ``worker_away``."""
    severity: str
    """``error``: something does not work; ``warning``: to be looked at."""
    sentence: str
    what_to_do: str
    link_kind: str
    """Where it is dealt with: ``questions``, ``signals``, ``messages``, ``awards``, ``doors``, ``system``."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What all alarms are read off."""

    session: Session
    campaign: tables.Campaign
    overview: Figures[Overview] | None
    now: int

    @property
    def is_played(self) -> bool:
        """Whether answers are accepted now, and were all through the last hour."""
        one, now = self.campaign, self.now
        if one.state != "published" or one.opens_ms > now - SILENT_MS:
            return False
        if one.closes_ms is not None and now >= one.closes_ms:
            return False
        if one.hours_from is None or one.hours_until is None:
            return True
        return one.hours_from + 60 <= minute_of_day(now, one.timezone) < one.hours_until


def alarms(session: Session, campaign_id: int, now: int) -> list[Alarm]:
    """What of a campaign somebody should look at, what does not work first.

    Nothing of drafts, and nothing of what was purged: there is nobody left to do anything about it for.
    """
    campaign = session.get_one(tables.Campaign, campaign_id)
    if campaign.state == "draft" or campaign.opens_ms > now or campaign.purged_ms is not None:
        return []
    seen = _Seen(session, campaign, current(session, campaign_id, OVERVIEW, now), now)
    found = [alarm for look in _LOOKS for alarm in look(seen)]
    return sorted(found, key=lambda alarm: alarm.severity != ERROR)


def _worker_away(seen: _Seen) -> Iterator[Alarm]:
    if not seen.is_played:
        return
    kept = tables.CampaignFigures
    row = seen.session.execute(
        select(kept.made_ms, kept.took_ms).where(kept.campaign_id == seen.campaign.id, kept.part == OVERVIEW)
    ).one_or_none()
    made_ms, took_ms = (seen.campaign.opens_ms, 0) if row is None else (row.made_ms, row.took_ms)
    # The questions take longer by far, and everything rests for as long as all of it takes.
    if seen.now - made_ms > LATE_MS + 10 * RARELIER * took_ms:
        yield Alarm(
            "worker_away",
            ERROR,
            f"数据自 {in_words(made_ms, seen.campaign.timezone)} 起没有更新，后台任务程序好像没有运行。",
            "请管理员检查 lvda serve 或 lvda worker 是否在运行；它停着的时候，通知也不会发出。",
            "system",
        )


def _messages(seen: _Seen) -> Iterator[Alarm]:
    counts = seen.overview.values.messages if seen.overview else ()
    dead = sum(one.count for one in counts if one.state == "dead")
    if dead:
        yield Alarm(
            "messages_dead",
            ERROR,
            f"有 {dead} 条通知没有发出去。",
            "请到“通知”里看原因，改好以后点重发，或者放弃。",
            "messages",
        )
    oldest = _oldest_due(seen.session) if any(one.state == "waiting" for one in counts) else None
    if oldest is not None and seen.now - oldest > STALLED_MS:
        yield Alarm(
            "messages_stalled",
            ERROR,
            f"通知积压：最早的一条该在 {_ago(seen.now - oldest)}前发出，还没有发。",
            "请管理员检查后台任务程序，并到“通知”里看最近的失败原因。",
            "messages",
        )


def _silent(seen: _Seen) -> Iterator[Alarm]:
    """Of a campaign that has an end: one that never closes may well rest for days."""
    if seen.overview is None or not seen.is_played or seen.campaign.closes_ms is None:
        return
    if not DAYTIME[0] < local(seen.now, seen.campaign.timezone).hour < DAYTIME[1]:
        return
    last_ms = seen.overview.values.last_ms
    if last_ms is None:
        told = "活动开始以来还没有人答题。"
    elif seen.now - last_ms > SILENT_MS:
        told = f"活动开着，但已经 {_ago(seen.now - last_ms)}没有人答题。"
    else:
        return
    yield Alarm(
        "silent",
        WARNING,
        told,
        "请用手机扫一次二维码，看能不能打开；打得开的话，请联络员再发一次通知。",
        "doors",
    )


def _questions(seen: _Seen) -> Iterator[Alarm]:
    kept = current(seen.session, seen.campaign.id, QUESTIONS, seen.now)
    asked = [one for one in (kept.values.items if kept else ()) if not one.withdrawn and one.answered >= FEWEST]
    missed = [one for one in asked if (one.right_permille or 0) <= MISSED_PERMILLE]
    if missed:
        yield Alarm(
            "question_missed",
            ERROR,
            f"几乎人人答错：{_named(missed)}。",
            "请核对答案；答案录错了就到“题目更正”里改正，系统会重新计分。",
            "questions",
        )
    doubtful = [one for one in asked if NEGATIVE in one.flags and one not in missed]
    if doubtful:
        yield Alarm(
            "question_doubtful",
            WARNING,
            f"得分高的人反而答错：{_named(doubtful)}。",
            "请核对题干和答案有没有歧义。",
            "questions",
        )


def _bursts(seen: _Seen) -> Iterator[Alarm]:
    if seen.overview is None or seen.now - seen.overview.made_ms > BURST_MS:
        return
    for one in seen.overview.values.bursts:
        yield Alarm(
            "burst",
            WARNING,
            f"同一个网络 {one.network} 在 {BURST_MS // MINUTE} 分钟里开始答题 {one.attempts} 次（{one.people} 人）。",
            "单位里的人往往共用一个出口地址，集中答题是正常的；人数明显不对时，请到“公平核查”里看。",
            "signals",
        )


def _prizes(seen: _Seen) -> Iterator[Alarm]:
    overdue = count_due(seen.session, seen.campaign.id, 0, seen.now)
    if overdue:
        yield Alarm(
            "prizes_overdue",
            WARNING,
            f"有 {overdue} 份奖品过了领取期限还没有人领。",
            "请联系获奖人；确定不领的，到“获奖”里写明原因作废，由后面的人递补。",
            "awards",
        )
    near = count_due(seen.session, seen.campaign.id, seen.now, seen.now + NEAR_MS)
    if near:
        yield Alarm(
            "prizes_near",
            WARNING,
            f"有 {near} 份奖品 {NEAR_MS // DAY} 天内到期，还没有人领。",
            "系统会自动提醒获奖人；联系得上的，请再打个电话。",
            "awards",
        )


def _signals(seen: _Seen) -> Iterator[Alarm]:
    signal = tables.Signal
    waiting = seen.session.scalar(
        select(func.count()).where(signal.campaign_id == seen.campaign.id, signal.state == "open")
    )
    if waiting:
        yield Alarm(
            "signals_open",
            WARNING,
            f"有 {waiting} 条公平核查线索还没有人看。",
            "请在抽奖和公布名次以前看完：没有问题的不予采纳，确有问题的写明原因作废。",
            "signals",
        )


_LOOKS: tuple[Callable[[_Seen], Iterator[Alarm]], ...] = (
    _worker_away,
    _messages,
    _questions,
    _silent,
    _bursts,
    _prizes,
    _signals,
)


def _oldest_due(session: Session) -> int | None:
    """When the message that waits longest was due, of all campaigns; the state stands there for planners to see."""
    outbox = tables.OutboxMessage
    query = select(outbox.due_ms).where(outbox.state == literal_column("'waiting'")).order_by(outbox.due_ms, outbox.id)
    return session.scalar(query.limit(1))


def _named(items: Iterable[Item]) -> str:
    """``第 3 题（“公共建筑夏季…”，对 12%）``, the worst first."""
    worst = sorted(items, key=lambda one: (one.right_permille or 0, one.ordinal))
    told = "，".join(
        f"第 {one.number} 题（“{_short(one.stem)}”，答对 {(one.right_permille or 0) / 10:.0f}%）"
        for one in worst[:QUESTIONS_TOLD]
    )
    return told if len(worst) <= QUESTIONS_TOLD else f"{told}等 {len(worst)} 题"


def _short(stem: str) -> str:
    line = " ".join(stem.split())
    return line if len(line) <= 16 else f"{line[:15]}…"


def _ago(ms: int) -> str:
    """``25 分钟``, ``3 小时``, ``2 天``."""
    minutes = ms // (60 * SECOND)
    if minutes < 90:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // (24 * 60)} 天"
