"""What a chat is told about a campaign, a question, a verdict, a result. Reads, never writes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from bot.fitting import Asked, Parts, fit
from bot.links import Links
from bot.messages import Inbound
from bot.rules import hours
from bot.wording import say
from campaigns import play
from campaigns.clock import SECOND, duration_in_words, in_words, local
from campaigns.draws import published_draws
from campaigns.draws.pseudonyms import pseudonym, tickets_of
from campaigns.editions import Edition
from campaigns.errors import NoAttemptLeft
from campaigns.standings import Rank, Standing
from campaigns.unit_standings import UnitPlace
from questions.grading import answer_shown
from questions.model import EXPLANATION, Kind, Option, Question
from questions.papers import options_shown


def asked(
    edition: Edition, attempt: play.Attempt, position: int, url: str, *, taps: bool = False, links: bool = False
) -> Asked:
    """The question at a position of an attempt; `taps` and `links` as of an `Inbound`."""
    markup = taps or links
    place = attempt.paper[position - 1]
    question = edition.questions[place.revision]
    return Asked(
        header=header(edition, question, position, len(attempt.paper)),
        stem=_plain(question.stem) if markup else question.stem,
        options=tuple(_told(option, markup=markup) for option in options_shown(question, place)),
        hint=_hint(question),
        url=url,
        tap_id=f"{attempt.id}.{position}" if taps and question.kind is not Kind.MULTIPLE else "",
        pictured=_is_pictured(question),
        markup=markup,
    )


def _told(option: Option, *, markup: bool) -> Option:
    """An option as a chat can show it: mostly as it is."""
    text = option.text or say("option.picture")
    if markup:
        text = _plain(text)
    return option if text == option.text else Option(option.letter, text)


def header(edition: Edition, question: Question, position: int, length: int) -> str:
    """The line above a question: where it stands in a paper of that length, its kind and its points."""
    points = edition.points_for(question.kind)
    return say("question.header", position=position, length=length, kind=question.kind.label, points=points)


def verdict(edition: Edition, marked: play.Marked, links: Links, person_id: int, inbound: Inbound) -> str:
    """A verdict and the next question."""
    return fit(_verdict(edition, marked, links, person_id, inbound))


def _verdict(edition: Edition, marked: play.Marked, links: Links, person_id: int, inbound: Inbound) -> Parts:
    position, told = marked.next_position, edition.reveals == "at_once"
    lead = _verdict_line(marked) if told else say("verdict.later") if position is not None else ""
    explanation = marked.question.explanation if told else ""
    url = links.question(edition.slug, person_id) if _needs_its_page(edition, marked) else links.entry(edition.slug)
    return Parts(
        lead=_plain(lead) if inbound.markup else lead,
        explanation=_plain(explanation) if inbound.markup else explanation,
        follow="" if position is None or not told else say("score", score=marked.score),
        asked=None
        if position is None
        else asked(edition, marked.attempt, position, url, taps=inbound.taps, links=inbound.links),
    )


def _verdict_line(marked: play.Marked) -> str:
    """The line about an answer; the explanation follows behind a wrong one, and under a right one."""
    if marked.withdrawn:
        return say("verdict.withdrawn", points=marked.points) + "\n"
    if marked.right:
        return say("verdict.right", points=marked.points) + "\n"
    answer = answer_shown(marked.question, marked.attempt.place)
    if marked.partly:
        return say("verdict.partly", answer=answer, points=marked.points)
    return say("verdict.wrong", answer=answer)


@dataclass(frozen=True, slots=True)
class Stood:
    """Where somebody stands when an attempt is finished."""

    person_id: int
    standing: Standing | None = None
    """None: the campaign ranks nobody, or tells it later."""
    rank: int = 0
    unit_rank: int | None = None
    """Of their unit, where units are ranked and theirs is."""


def finish(edition: Edition, marked: play.Marked, stood: Stood, links: Links, inbound: Inbound) -> str:
    """The verdict on the last question, and the result of the attempt."""
    parts = _verdict(edition, marked, links, stood.person_id, inbound)
    used = duration_in_words(marked.used_ms or 0)
    if not marked.revealed:
        return fit(replace(parts, result="\n".join([say("finished.later", used=used), later(edition)])))
    lines = [say("finished", score=marked.score, used=used), *_stood(edition, stood, marked.score, marked.used_ms)]
    review = say("finished.review", url=links.resume(edition.slug, stood.person_id))
    return fit(replace(parts, result="\n".join(lines), link=review))


def timed_out(edition: Edition, last: play.Finished, stood: Stood, links: Links, *, revealed: bool) -> str:
    """The result of an attempt that was finished by the clock."""
    if not revealed:
        return "\n".join([say("timed_out.later"), later(edition)])
    lines = [
        say("timed_out", score=last.score, used=duration_in_words(last.used_ms)),
        *_stood(edition, stood, last.score, last.used_ms),
    ]
    return fit(
        Parts(result="\n".join(lines), link=say("finished.review", url=links.resume(edition.slug, stood.person_id)))
    )


def timed_out_before(last: play.Finished, *, revealed: bool) -> str:
    """The line that a new attempt begins with when the one before it was finished by the clock."""
    return say("timed_out.before", score=last.score) if revealed else say("timed_out.before.later")


_BY_RULE = {"best": "finished.best", "first": "finished.first", "last": "finished.last", "sum": "finished.sum"}


def _stood(edition: Edition, stood: Stood, score: int, used_ms: int | None) -> list[str]:
    """Rank, pass mark and draw, as the standing behind a finished attempt has them."""
    standing = stood.standing
    if standing is None:
        return [say("finished.practice")]
    this_one = (standing.points, standing.used_ms) == (score, used_ms)
    own = say("finished.rank" if this_one else _BY_RULE[edition.counts], rank=stood.rank, points=standing.points)
    if stood.unit_rank is not None:
        own = say("finished.unit", own=own, rank=stood.unit_rank)
    return [own, *_passed(edition, standing), draw_line(edition, standing)]


def _passed(edition: Edition, standing: Standing) -> list[str]:
    line = edition.pass_points
    if not line:
        return []
    if standing.points >= line:
        return [say("pass.reached", line=line)]
    return [say("pass.missing", line=line, points=line - standing.points)]


def later(edition: Edition) -> str:
    """When scores and ranks are told that are not told yet."""
    if edition.closes_ms is None:
        return say("later.endless")
    return say("later", closes=in_words(edition.closes_ms, edition.timezone))


def limit(edition: Edition, attempt: play.Attempt, lead: str = "") -> str:
    """How much time an attempt that begins has; empty when it is not limited."""
    if attempt.due_ms is None or edition.seconds_per_attempt is None:
        return lead
    due = local(attempt.due_ms - edition.grace_seconds * SECOND, edition.timezone)
    said = say("limit.begun", limit=duration_in_words(edition.seconds_per_attempt * SECOND), due=f"{due:%H:%M:%S}")
    return f"{lead}\n{said}".strip()


def time_left(edition: Edition, attempt: play.Attempt, now: int) -> str:
    """How much time is left of an open attempt; empty when it is not limited."""
    if attempt.due_ms is None:
        return ""
    return say("limit.left", left=duration_in_words(attempt.due_ms - edition.grace_seconds * SECOND - now))


def draw_line(edition: Edition, standing: Standing) -> str:
    """Whether a standing takes part in a draw, and under which pseudonym."""
    tickets = tickets_of(standing.points, edition.draw_points)
    if not tickets:
        return say("draw.missing", points=edition.draw_points - standing.points)
    return say("draw.eligible", entrant=pseudonym(edition.salt, standing.person_id), tickets=tickets)


def closed(edition: Edition, now: int) -> str:
    """Why a campaign accepts nothing now."""
    if edition.is_over(now):
        if edition.closes_ms is not None and now >= edition.closes_ms:
            return say("campaign.over", name=edition.name, closes=in_words(edition.closes_ms, edition.timezone))
        return say("campaign.closed", name=edition.name)
    if edition.state == "paused":
        return say("campaign.paused", name=edition.name)
    opens = edition.next_open(now)
    if now >= edition.opens_ms and edition.hours is not None:
        return _out_of_hours(edition, opens)
    opens = edition.opens_ms if opens is None else opens
    return say("campaign.early", name=edition.name, opens=in_words(opens, edition.timezone))


def _out_of_hours(edition: Edition, opens: int | None) -> str:
    since, until = hours(edition)
    if opens is None:
        return say("campaign.hours.last", name=edition.name, since=since, until=until)
    moment = in_words(opens, edition.timezone)
    return say("campaign.hours", name=edition.name, since=since, until=until, opens=moment)


def no_attempt_left(edition: Edition, error: NoAttemptLeft) -> str:
    if error.args == ("today",):
        return say("attempts.none_today", limit=edition.attempts_per_day)
    return say("attempts.none", limit=edition.attempts_in_all)


def welcome(edition: Edition | None, now: int, unit: str, links: Links) -> str:
    if edition is None:
        return say("welcome.none")
    lines = [say("welcome", name=edition.name)]
    if edition.theme:
        lines.append(say("welcome.theme", theme=edition.theme))
    if unit:
        lines.append(unit)
    if edition.is_open(now):
        lines += [say("welcome.begin"), say("consent", url=links.privacy(edition.slug))]
    else:
        lines.append(closed(edition, now))
    return "\n".join(lines)


def result(session: Session, edition: Edition, turn: play.Turn, now: int) -> str:
    """Where a person stands in the campaign: the open attempt, the counted one, what is left."""
    lines = _counted(session, edition, turn, now)
    if turn.attempt is not None:
        position, length = turn.attempt.position, len(turn.attempt.paper)
        lines.append(
            say("result.open", position=position, length=length, score=turn.attempt.score)
            if edition.is_revealed(now, finished=False)
            else say("result.open.later", position=position, length=length)
        )
    elif not lines:
        return say("result.none")
    elif edition.is_open(now) and (left := play.attempts_left(session, turn.person_id, edition, now)) is not None:
        lines.append(say("result.left", left=left))
    return "\n".join(lines)


_COUNTED = {"first": "result.counts.first", "last": "result.counts.last", "sum": "result.counts.sum"}


def _counted(session: Session, edition: Edition, turn: play.Turn, now: int) -> list[str]:
    """What finished attempts have come to."""
    if not edition.ranks:
        last = play.last_finished(session, turn.person_id, edition.id)
        if last is None or not edition.is_revealed(now, finished=True):
            return [] if last is None else [say("result.kept", name=edition.name), later(edition)]
        used = duration_in_words(last.used_ms)
        return [say("result.practice", name=edition.name, score=last.score, used=used)]
    standing = play.standing_of(session, edition.id, turn.person_id)
    if standing is None:
        return []
    if not edition.is_revealed(now, finished=True):
        return [say("result.kept", name=edition.name), later(edition)]
    used = duration_in_words(standing.used_ms)
    return [
        say("result.best", name=edition.name, points=standing.points, used=used),
        *([say(_COUNTED[edition.counts])] if edition.counts in _COUNTED else []),
        *_passed(edition, standing),
        draw_line(edition, standing),
    ]


def rank(edition: Edition, standing: Standing | None, found: Rank, unit: UnitPlace | None, now: int) -> str:
    """A person's rank, and their unit's."""
    if not edition.ranks:
        return say("rank.practice", name=edition.name)
    if not edition.is_revealed(now, finished=True):
        return later(edition)
    if standing is None:
        return say("rank.none", total=found.total)
    used = duration_in_words(standing.used_ms)
    own = say("rank", name=edition.name, rank=found.rank, total=found.total, points=standing.points, used=used)
    if unit is None or unit.rank is None:
        return own
    return own + "\n" + say("rank.unit", unit=unit.name, rank=unit.rank)


def prizes(session: Session, edition: Edition, turn: play.Turn, links: Links, now: int) -> str:
    """One's own place in the campaign's draws, and where they are published."""
    if not edition.ranks:
        return say("prizes.practice", name=edition.name)
    standing = play.standing_of(session, edition.id, turn.person_id)
    told = standing is not None and edition.is_revealed(now, finished=True)
    lines = [draw_line(edition, standing)] if standing is not None and told else []
    draws = published_draws(session, edition.id, turn.person_id)
    lines += [say("prizes.won", draw=draw.id, prize=prize) for draw in draws for prize in draw.prizes]
    lines += [say("prizes.draw", url=links.draw(draw.id)) for draw in draws] or [say("prizes.later")]
    return "\n".join(lines)


def unclear(question: Question, text: str) -> str:
    """One line on how to answer this question."""
    match question.kind:
        case Kind.TRUE_FALSE:
            return say("answer.unclear.true_false")
        case Kind.BLANK:
            return say("answer.unclear.blanks", count=len(question.answer))
        case Kind.SINGLE if len(text.strip()) > 1:
            return say("answer.unclear.single")
        case _:
            return say("answer.unclear.choice")


def _hint(question: Question) -> str:
    if question.kind is Kind.MULTIPLE:
        return say("question.several")
    if question.kind is Kind.BLANK and len(question.answer) > 1:
        return say("question.blanks", count=len(question.answer))
    return ""


def _needs_its_page(edition: Edition, marked: play.Marked) -> bool:
    """A link to one's own page is signed, which costs: only where the next question is long or has pictures."""
    position = marked.next_position
    if position is None:
        return False
    question = edition.questions[marked.attempt.paper[position - 1].revision]
    return _is_pictured(question) or len(question.stem) + sum(len(option.text) for option in question.options) > 300


def _is_pictured(question: Question) -> bool:
    """Whether pictures are shown with it; those of its explanation come later, on the pages."""
    return any(picture.place != EXPLANATION for picture in question.pictures)


def _plain(text: str) -> str:
    """Text of a bank inside WeChat's markup: a ``<`` of its own must not begin a tag there."""
    return text.replace("<", "＜").replace(">", "＞")
