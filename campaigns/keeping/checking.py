"""What would go wrong with a campaign, listed before it opens: each a sentence that says what to do.

Errors keep it from being published; warnings are for a person to weigh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import DAY, SECOND, in_words, local
from campaigns.errors import Refused
from campaigns.keeping.findings import ERROR, WARNING, Finding
from campaigns.keeping.listing import find
from campaigns.keeping.prize_checking import Reach, prize_findings
from campaigns.keeping.recipes import Pool, Share, pool_of
from campaigns.units.tree import ids_in
from questions.grading import read
from questions.model import LETTERS, Kind, Question, options_of
from questions.papers import Place

CHAT_CHARACTERS, CHAT_BYTES = 560, 1_900
"""What a question may have of the 600 characters and 2,048 bytes of a chat's reply, whose head is a line."""
NAMED = 3
"""So many units are named; the rest is counted."""
LONGEST_LOOK = 400 * DAY
"""How far into a window its hours are looked for: whoever has none within a year has none."""


@dataclass(frozen=True, slots=True)
class Days:
    """When a campaign can be played from now on."""

    count: int | None
    """On how many days of its zone; None: it never closes."""
    usable_ms: int


def check(
    session: Session, slug: str, now: int, address: str = "", is_command: Callable[[str], bool] | None = None
) -> list[Finding]:
    """Everything that would go wrong with a campaign, errors first.

    `address` is what is wrong with the public address, a sentence of whoever looked; empty: nothing. `is_command`
    says whether a chat takes a text for a command. Of a campaign that is published, only what can still be mended.
    Raises NotFound; Refused for one that is over.
    """
    campaign = find(session, slug)
    if campaign.state in {"closed", "archived"}:
        raise Refused(f"活动 {slug} 已经结束，没有什么要检查的。")
    pool = pool_of(session, campaign) if campaign.state == "draft" else None
    found = findings(session, campaign, pool, now)
    if is_command is not None and campaign.keyword and is_command(campaign.keyword):
        found.append(
            Finding(ERROR, f"口令“{campaign.keyword}”是聊天里已有的命令，发了也进不了这个活动：请换一个。", "keyword")
        )
    if address:
        found.append(Finding(WARNING, address))
    return sorted(found, key=lambda one: one.severity != ERROR)


def findings(session: Session, campaign: tables.Campaign, pool: Pool | None, now: int) -> list[Finding]:
    """The same as far as our own records tell; `pool` is None for a campaign whose questions are drawn already."""
    days = _days(campaign, now)
    found = [*_window(campaign, days, now), *_notices(campaign), *_people(session, campaign)]
    if pool is not None:
        drawn = (*_questions(campaign, pool), *_points(campaign, pool, days))
        prizes = prize_findings(session, campaign, _reach(campaign, pool, days, now))
        found = [*drawn, *_rules(campaign, days), *_times(campaign), *prizes, *found]
    return sorted(found, key=lambda one: one.severity != ERROR)


# --- questions ---------------------------------------------------------------------------------------------------


def _questions(campaign: tables.Campaign, pool: Pool) -> Iterator[Finding]:
    short = [share for share in pool.shares if len(share.own) < share.count]
    if short and pool.left_out and not pool.questions:
        yield Finding(
            ERROR,
            f"活动 {campaign.slug} 只用已审的题，而题库里 {pool.left_out} 道题都还是草稿：请先把审过的题标为已审。",
            "reviewed_only",
        )
        return
    for share in short:
        yield Finding(ERROR, _too_few(share, pool), "recipe" if len(pool.shares) > 1 else "questions_per_paper")
    if pool.left_out and not short:
        yield Finding(WARNING, f"只用已审的题：题库里 {pool.left_out} 道草稿不会出现在试卷里。", "reviewed_only")
    long = sum(not _fits_a_chat(question) for question in pool.questions.values())
    if long and campaign.seconds_per_question is None:
        yield Finding(WARNING, f"有 {long} 道题太长，聊天里只显示一部分，要点链接看全文：可以改短这些题。")


def _too_few(share: Share, pool: Pool) -> str:
    alone = len(pool.shares) == 1
    others = f"另有 {pool.left_out} 道草稿" if alone else "草稿不算"
    drafts = f"（{others}，审过并标为已审以后才能用）" if pool.left_out else ""
    if len(share.could) < share.count:
        lead = "题库里可以出题的" if alone else f"{share.called}可以出的题"
        wanted = "一份试卷要" if alone else "要出"
        return (
            f"{lead}只有 {len(share.could)} 道{drafts}，而{wanted} {share.count} 道，"
            f"还差 {share.count - len(share.could)} 道：请先补充题目，或者把题数改少。"
        )
    takers = "、".join(
        f"第 {other.ordinal} 部分" for other in pool.shares if other is not share and set(other.own) & set(share.could)
    )
    return (
        f"{share.called}要出 {share.count} 道，可以出的 {len(share.could)} 道里，"
        f"有 {len(share.could) - len(share.own)} 道归了{takers}，还差 {share.count - len(share.own)} 道："
        "请补充题目、把题数改少，或者把这些部分的要求分开。"
    )


def _fits_a_chat(question: Question) -> bool:
    text = "\n".join((question.stem, *(f"{one.letter}. {one.text}" for one in question.options)))
    return len(text) <= CHAT_CHARACTERS and len(text.encode()) <= CHAT_BYTES


# --- points ------------------------------------------------------------------------------------------------------


def _points(campaign: tables.Campaign, pool: Pool, days: Days) -> Iterator[Finding]:
    if _is_short(pool):
        return  # said already
    least, most = _full_points(campaign, pool)
    if least < most:
        yield Finding(
            WARNING,
            f"每个人的试卷满分不一样（{least} 到 {most} 分），排名不公平："
            "请让各题型分值相同、让所有人答同一份试卷，或者按题型分部分出题。",
            "points",
        )
    reachable = _full_standing(campaign, days, most)
    for field, called in (("draw_points", "参加抽奖要的分数"), ("pass_points", "合格分")):
        wanted = getattr(campaign, field)
        if reachable is not None and wanted > reachable:
            yield Finding(ERROR, f"{called}是 {wanted}，而满分只有 {reachable}，没有人能达到：请改低一些。", field)
    if campaign.mode == "practice" and campaign.draw_points:
        yield Finding(ERROR, "练习不计成绩，没有人能参加抽奖：请去掉抽奖分数，或者改成正式答题。", "draw_points")


def _is_short(pool: Pool) -> bool:
    """Whether questions are missing: of such a paper nobody knows what it is worth."""
    return any(len(share.own) < share.count for share in pool.shares)


def _reach(campaign: tables.Campaign, pool: Pool, days: Days, now: int) -> Reach:
    attempt = None if _is_short(pool) else _full_points(campaign, pool)[1]
    return Reach(
        days=days.count,
        attempt=attempt,
        standing=None if attempt is None else _full_standing(campaign, days, attempt),
        usable=lambda since: _days(campaign, max(now, since)).usable_ms,
    )


def _full_standing(campaign: tables.Campaign, days: Days, attempt: int) -> int | None:
    """The most points of a standing, of attempts that have so many; None: no end of them."""
    times = _counted_days(campaign, days)
    return None if times is None else attempt * times


def _full_points(campaign: tables.Campaign, pool: Pool) -> tuple[int, int]:
    """The least and the most that a paper can be worth."""
    least = most = 0
    for share in pool.shares:
        worth = sorted(campaign.points[pool.questions[revision].kind.value] for revision in share.own)
        least += sum(worth[: share.count])
        most += sum(worth[-share.count :])
    return (most, most) if campaign.same_paper else (least, most)


def _counted_days(campaign: tables.Campaign, days: Days) -> int | None:
    """How many attempts make up a standing at most; None: no end of them."""
    if campaign.counts != "sum":
        return 1
    limits = [limit for limit in (days.count, campaign.attempts_in_all) if limit is not None]
    return min(limits, default=None)


# --- the window --------------------------------------------------------------------------------------------------


def _window(campaign: tables.Campaign, days: Days, now: int) -> Iterator[Finding]:
    closes = campaign.closes_ms
    if closes is not None and closes <= now:
        yield Finding(
            ERROR,
            f"活动 {campaign.slug} 的结束时间（{in_words(closes, campaign.timezone)}）已经过了：请改成以后的时间。",
            "closes_ms",
        )
    elif days.usable_ms == 0:
        yield Finding(
            ERROR,
            f"从现在到结束，没有一刻在每天的答题时段（{_hours(campaign)}）里，谁也答不了题：请改时段或起止时间。",
            "hours",
        )


def _days(campaign: tables.Campaign, now: int) -> Days:
    begin = max(campaign.opens_ms, now)
    end = begin + LONGEST_LOOK if campaign.closes_ms is None else min(campaign.closes_ms, begin + LONGEST_LOOK)
    zone = ZoneInfo(campaign.timezone)
    day, count, usable = local(begin, campaign.timezone).date(), 0, 0
    while (midnight := datetime(day.year, day.month, day.day, tzinfo=zone)).timestamp() * 1_000 < end:
        first, last = campaign.hours_from or 0, 1440 if campaign.hours_until is None else campaign.hours_until
        open_ms = min(end, _at(midnight, last)) - max(begin, _at(midnight, first))
        if open_ms > 0:
            count, usable = count + 1, usable + open_ms
        day += timedelta(days=1)
    endless = campaign.closes_ms is None or campaign.closes_ms > end
    return Days(None if endless else count, usable)


def _at(midnight: datetime, minute: int) -> int:
    """A minute of a day by its clock on the wall, as UTC milliseconds."""
    if minute == 1440:
        return int((midnight + timedelta(days=1)).timestamp()) * 1_000
    return int(midnight.replace(hour=minute // 60, minute=minute % 60).timestamp()) * 1_000


def _hours(campaign: tables.Campaign) -> str:
    first, last = campaign.hours_from or 0, campaign.hours_until or 1440
    return f"{first // 60:02d}:{first % 60:02d}-{last // 60:02d}:{last % 60:02d}"


# --- rules -------------------------------------------------------------------------------------------------------


def _rules(campaign: tables.Campaign, days: Days) -> Iterator[Finding]:
    if campaign.reveals == "after_close" and campaign.closes_ms is None:
        yield Finding(
            ERROR, "结束后才公布成绩，而活动没有结束时间，成绩永远不会公布：请写上结束时间，或者早些公布。", "reveals"
        )
    if days.count == 1 and campaign.mode == "daily":
        yield Finding(WARNING, "每日答题只有一天可以答：请延长活动，或者改成正式答题。", "mode")
    elif days.count == 1 and campaign.attempts_per_day is not None:
        yield Finding(WARNING, "活动只有一天，每天的答题次数也就是总次数。", "attempts_per_day")
    if days.count == 1 and campaign.counts == "sum":
        yield Finding(WARNING, "活动只有一天，各天成绩相加就是这一天的最好成绩。", "counts")
    if (
        campaign.attempts_in_all is not None
        and campaign.attempts_per_day is not None
        and campaign.attempts_in_all < campaign.attempts_per_day
    ):
        yield Finding(
            WARNING,
            f"总共只能答 {campaign.attempts_in_all} 次，每天 {campaign.attempts_per_day} 次的限制起不了作用。",
            "attempts_per_day",
        )
    if campaign.same_paper and campaign.reveals == "at_once" and campaign.mode != "practice":
        yield Finding(
            WARNING, "所有人答同一份试卷又当场公布答案，先答的人可以告诉后答的人：可以改成结束后公布。", "reveals"
        )
    if campaign.unit_ranking == "pass_rate" and campaign.pass_points == 0:
        yield Finding(WARNING, "单位按合格率排名，但没有设合格分，答完的人都算合格：请写上合格分。", "pass_points")
    if not campaign.organiser:
        yield Finding(WARNING, "没有写主办单位：个人信息处理告知要说明由谁处理，海报上也会空着。", "organiser")
    if campaign.keyword and _is_an_answer(campaign.keyword):
        yield Finding(
            ERROR, f"口令“{campaign.keyword}”本身就是答题时会发的答案，会打断正在答的题：请换一个。", "keyword"
        )


def _is_an_answer(keyword: str) -> bool:
    options = Question("1", Kind.MULTIPLE, "", options_of([f"第{letter}项" for letter in LETTERS]), ())
    yes_or_no = Question("2", Kind.TRUE_FALSE, "", (), ())
    return any(read(one, Place(1, LETTERS), keyword) is not None for one in (options, yes_or_no))


def _times(campaign: tables.Campaign) -> Iterator[Finding]:
    each, whole, count = campaign.seconds_per_question, campaign.seconds_per_attempt, campaign.questions_per_paper
    quickest = campaign.least_ms_per_question
    if each is not None and whole is not None and each * count > whole:
        yield Finding(
            WARNING,
            f"{count} 道题每题限时 {each} 秒，合起来 {each * count} 秒，比整份的 {whole} 秒长：最后的题可能来不及答。",
            "seconds_per_attempt",
        )
    if each is not None and quickest >= each * SECOND:
        yield Finding(
            ERROR,
            f"每题最短用时 {quickest} 毫秒，不短于每题限时 {each} 秒，没有人能答上：请改短最短用时。",
            "least_ms_per_question",
        )
    elif whole is not None and quickest * count >= whole * SECOND:
        yield Finding(
            ERROR,
            f"{count} 道题按最短用时 {quickest} 毫秒算，{whole} 秒也答不完：请改短最短用时，或者放宽限时。",
            "least_ms_per_question",
        )
    if each is not None:
        yield Finding(
            WARNING,
            "每题限时的活动不在聊天里出题：在微信里发“答题”的人会收到网页链接，到网页上答。",
            "seconds_per_question",
        )


def _notices(campaign: tables.Campaign) -> Iterator[Finding]:
    hour = campaign.reminder_hour
    if hour is None:
        return
    if campaign.notices_per_day == 0:
        yield Finding(WARNING, f"设了每天 {hour} 点提醒，但活动不发通知：请改一下每天的通知数。", "reminder_hour")
    elif _is_quiet(hour, campaign.quiet_from, campaign.quiet_until):
        yield Finding(
            WARNING,
            f"每天 {hour} 点的提醒落在免打扰时段（{campaign.quiet_from} 点到 {campaign.quiet_until} 点），"
            "会推迟到免打扰结束，当天来不及就不发了：请改提醒的钟点。",
            "reminder_hour",
        )
    first, last = campaign.hours_from or 0, campaign.hours_until or 1440
    if not first <= hour * 60 < last:
        yield Finding(
            WARNING,
            f"每天 {hour} 点提醒时不在答题时段（{_hours(campaign)}）里，收到的人答不了题：请改提醒的钟点。",
            "reminder_hour",
        )


def _is_quiet(hour: int, start: int, end: int) -> bool:
    if start <= end:
        return start <= hour < end
    return hour >= start or hour < end


# --- people and units --------------------------------------------------------------------------------------------


def _people(session: Session, campaign: tables.Campaign) -> Iterator[Finding]:
    unit, chosen = tables.Unit, tables.CampaignUnit
    units = session.execute(
        select(unit.id, unit.name, unit.path, unit.parent_id, unit.headcount, unit.level).where(~unit.retired)
    ).all()
    tops = set(session.scalars(select(chosen.unit_id).where(chosen.campaign_id == campaign.id)))
    taking_part = [one for one in units if not tops or not tops.isdisjoint({one.id, *ids_in(one.path)})]
    if campaign.admission == "unit" and not taking_part:
        yield Finding(ERROR, "要选了单位才能答题，而没有可以选的单位：请先导入单位。", "admission")
    if campaign.admission == "roster" and not _rostered(session, {one.id for one in taking_part}):
        yield Finding(
            ERROR, "只有花名册上的人才能答题，而参加单位的花名册里一个人也没有：请先导入花名册。", "admission"
        )
    if campaign.mode != "practice" and taking_part:
        parents = {one.parent_id for one in units}
        counted = [one for one in taking_part if one.id not in parents and one.level != "department"]
        bare = [one.name for one in counted if one.headcount is None]
        named = "、".join(bare[:NAMED]) + (" 等" if len(bare) > NAMED else "")
        if bare and campaign.unit_ranking == "participation":
            yield Finding(
                WARNING,
                f"单位按参与率排名，而{named} {len(bare)} 个单位没有填应参与人数，排不了名：请补上人数。",
                "unit_ranking",
            )
        if campaign.least_headcount and all((one.headcount or 0) < campaign.least_headcount for one in taking_part):
            yield Finding(
                WARNING,
                f"没有一个单位达到 {campaign.least_headcount} 人，都排不了名：请改小最少人数，或者补上人数。",
                "least_headcount",
            )


def _rostered(session: Session, unit_ids: set[int]) -> bool:
    person = tables.Person
    found = session.scalars(
        select(person.unit_id).where(person.rostered, person.merged_into_id.is_(None)).group_by(person.unit_id)
    )
    return any(unit_id in unit_ids for unit_id in found)
