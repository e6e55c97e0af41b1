"""A report's figures in sentences. What is not known is not said, and nothing is said that the figures do not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from campaigns.reports.content import Content, Counted, QuestionLine, UnitLine, percent, points

NAMED_UNITS = 5
NAMED_QUESTIONS = 2
WELL_KNOWN = 800
"""‰ right from which on a question is known well …"""
LITTLE_KNOWN = 600
"""… and below which it is not."""
LONGEST_STEM = 40
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...]


def paragraphs(content: Content) -> tuple[str, ...]:
    """What a bulletin says, in the order in which it is told; the office's own words are not among it."""
    told = (_opening, _turnout, _results, _units, _days, _questions, _prizes)
    return tuple(filter(None, (part(content) for part in told)))


def sections(content: Content) -> tuple[Section, ...]:
    """The same under the headings of a summary, numbered; without those that there is nothing to say about."""
    parts: Sequence[tuple[str, tuple[Callable[[Content], str], ...]]] = (
        ("基本情况", (_opening,)),
        ("参与情况", (_turnout, _units, _days)),
        ("答题成绩", (_results,)),
        ("题目分析", (_questions,)),
        ("奖励情况", (_prizes,)),
    )
    found = [(heading, tuple(filter(None, (part(content) for part in told)))) for heading, told in parts]
    said = [(heading, lines) for heading, lines in found if lines]
    return tuple(Section(f"{NUMERALS[place]}、{heading}", lines) for place, (heading, lines) in enumerate(said))


def next_heading(content: Content) -> str:
    """The heading of the office's own words, behind the others: 六、主要做法和体会."""
    return f"{NUMERALS[len(sections(content))]}、主要做法和体会"


def _opening(content: Content) -> str:
    theme = f"以“{content.theme}”为主题的" if content.theme else ""
    done = "已经结束" if content.is_over else "正在进行"
    brand = f"（{content.brand}）" if content.brand else ""
    who = f"{content.organiser}组织的" if content.organiser else ""
    what = f"{who}{theme}“{content.campaign}”{brand}"
    how = f"每人每次回答{content.questions_per_paper}道题"
    passing = f"，得{content.pass_points}分为合格" if content.pass_points else ""
    return f"{what}{done}，活动时间为{content.days}。活动在线上答题，{how}{passing}。"


def _turnout(content: Content) -> str:
    found = content.turnout
    us = content.subject
    if found.people == 0:
        return f"截至{content.as_of}，{us}还没有人参加答题。"
    finished = "" if found.finished is None else f"，答完{found.finished}次"
    sentence = f"截至{content.as_of}，{us}共有{found.people}人参加答题{finished}。"
    if content.headcount:
        sentence += f"应参与{content.headcount}人，其中{content.entrants}人完成答题，参与率{percent(content.rate)}。"
        if found.ranked > content.entrants:
            sentence += f"另有{found.ranked - content.entrants}人完成答题，没有归入参加的单位。"
        if content.entrants > content.headcount:
            sentence += "完成的人数比应参与人数多，应参与人数有待核对。"
    doors = [one for one in found.doors if one.count]
    if len(doors) > 1:
        sentence += f"其中{_listed(f'通过{one.label}参加的{one.count}人' for one in doors)}。"
    if content.unit and content.unit.rank and content.unit.among > 1:
        level = content.unit.level
        sentence += (
            f"按{content.measure}，在参加排名的{content.unit.among}个{_same_level(level)}中排第{content.unit.rank}名。"
        )
    return sentence


def _same_level(level: str) -> str:
    return "单位" if level == "单位" else f"同级（{level}）单位"


def _results(content: Content) -> str:
    found = content.turnout
    if not found.ranked or found.average is None:
        return ""
    sentence = f"有成绩的{found.ranked}人平均得分{points(found.average)}分"
    if content.pass_points:
        sentence += f"，其中{found.passed}人合格，合格率{percent(found.pass_rate)}"
    first = _most(found.histogram)
    if len(found.histogram) > 1 and len(first) == 1:
        share = percent(first[0].count / found.ranked)
        sentence += f"。得{first[0].label}分的人最多，有{first[0].count}人，占{share}"
    return f"{sentence}。"


def _units(content: Content) -> str:
    taking_part = [one for one in content.units if one.entrants]
    if len(content.units) < 2 or not taking_part:
        return ""
    sentence = f"{len(content.units)}个{'下级' if content.unit else ''}单位中，有{len(taking_part)}个单位有人完成答题。"
    first = [one for one in taking_part if one.rank is not None][:NAMED_UNITS]
    if len(first) > 1:
        sentence += (
            f"{content.measure}居前的是{_listed(f'{one.name}（{_measured(one, content.measure)}）' for one in first)}。"
        )
    absent = len(content.units) - len(taking_part)
    if absent:
        names = [one.name for one in content.units if not one.entrants]
        some = _listed(names[:NAMED_UNITS])
        sentence += f"{some}{'等' if absent > NAMED_UNITS else ''}{absent}个单位还没有人完成答题。"
    return sentence


def _measured(one: UnitLine, measure: str) -> str:
    match measure:
        case "平均分":
            return f"{points(one.average)}分"
        case "合格率":
            return percent(one.pass_rate)
        case "总分":
            return f"{one.total}分"
    return percent(one.rate)


def _days(content: Content) -> str:
    days = content.turnout.days
    first = _most(days)
    if not first or len(first) == len(days):
        return ""
    each = "当天" if len(first) == 1 else "每天"
    return f"{_listed(one.label for one in first)}答题最为集中，{each}答完{first[0].count}次。"


def _most(counted: Sequence[Counted]) -> list[Counted]:
    """Those that nothing else has more of: several where they are level."""
    most = max((one.count for one in counted), default=0)
    return [one for one in counted if most and one.count == most]


def _questions(content: Content) -> str:
    little = [one for one in content.questions if one.right_permille < LITTLE_KNOWN][:NAMED_QUESTIONS]
    well = [one for one in reversed(content.questions) if one.right_permille >= WELL_KNOWN][:NAMED_QUESTIONS]
    parts = []
    if well:
        parts.append(f"掌握较好的有{_listed(map(_asked, well))}")
    if little:
        parts.append(f"掌握不够的有{_listed(map(_asked, little))}，可以作为下一步宣传的重点")
    return f"从各题的正确率看，{'；'.join(parts)}。" if parts else ""


def _asked(one: QuestionLine) -> str:
    stem = one.stem if len(one.stem) <= LONGEST_STEM else f"{one.stem[:LONGEST_STEM]}…"
    return f"“{stem.rstrip('。：:')}”（正确率{percent(one.right_permille / 1000)}）"


def _prizes(content: Content) -> str:
    if not content.prizes:
        won = len(content.winners)
        return f"有{won}人次获奖。" if won else ""
    groups = list(_groups(content))
    sentence = f"活动设有{_listed(groups)}。"
    given = sum(one.given for one in content.prizes)
    if not given:
        return f"{sentence}奖品还没有产生获奖者。"
    handed_out = sum(one.handed_out for one in content.prizes)
    sentence += f"已有{given}份奖品产生获奖者"
    return f"{sentence}，发放{handed_out}份。" if handed_out else f"{sentence}。"


def _groups(content: Content) -> Iterator[str]:
    names = dict.fromkeys((one.group, one.way) for one in content.prizes)
    for group, way in names:
        own = [f"{one.prize}{one.stock}份" for one in content.prizes if one.group == group]
        called = group if way in group else f"{group}（{way}）"
        yield f"{called}：{'、'.join(own)}"


def _listed(parts: Iterable[str]) -> str:
    return "、".join(parts)
