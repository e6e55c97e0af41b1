"""What a chat is told about a campaign, a question, a verdict, a result. Reads, never writes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from bot.fitting import Asked, Parts, fit
from bot.links import Links
from bot.messages import Inbound
from bot.wording import say
from campaigns import play
from campaigns.clock import duration_in_words, in_words
from campaigns.draws import published_draws
from campaigns.draws.pseudonyms import pseudonym, tickets_of
from campaigns.editions import Edition
from campaigns.errors import NoAttemptLeft
from campaigns.people import unit_name
from campaigns.standings import Rank, Standing
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
    options = [(option.letter, option.text or say("option.picture")) for option in options_shown(question, place)]
    return Asked(
        header=header(edition, question, position, len(attempt.paper)),
        stem=_plain(question.stem) if markup else question.stem,
        options=tuple(Option(letter, _plain(text) if markup else text) for letter, text in options),
        hint=_hint(question),
        url=url,
        tap_id=f"{attempt.id}.{position}" if taps and question.kind is not Kind.MULTIPLE else "",
        pictured=_is_pictured(question),
        markup=markup,
    )


def header(edition: Edition, question: Question, position: int, length: int) -> str:
    """The line above a question: where it stands in a paper of that length, its kind and its points."""
    points = edition.points_for(question.kind)
    return say("question.header", position=position, length=length, kind=question.kind.label, points=points)


def verdict(edition: Edition, marked: play.Marked, links: Links, person_id: int, inbound: Inbound) -> str:
    """A verdict and the next question."""
    return fit(_verdict(edition, marked, links, person_id, inbound))


def _verdict(edition: Edition, marked: play.Marked, links: Links, person_id: int, inbound: Inbound) -> Parts:
    lead = (
        say("verdict.right", points=marked.points) + "\n"
        if marked.right
        else say("verdict.wrong", answer=answer_shown(marked.question, marked.attempt.place))
    )
    position = marked.next_position
    url = links.question(edition.slug, person_id) if _needs_its_page(edition, marked) else links.entry(edition.slug)
    return Parts(
        lead=_plain(lead) if inbound.markup else lead,
        explanation=_plain(marked.question.explanation) if inbound.markup else marked.question.explanation,
        follow="" if position is None else say("score", score=marked.score),
        asked=None
        if position is None
        else asked(edition, marked.attempt, position, url, taps=inbound.taps, links=inbound.links),
    )


def finish(
    edition: Edition, marked: play.Marked, standing: Standing, rank: Rank, links: Links, inbound: Inbound
) -> str:
    """The verdict on the last question, and the result of the attempt."""
    this_one = (standing.points, standing.used_ms) == (marked.score, marked.used_ms)
    lines = [
        say("finished", score=marked.score, used=duration_in_words(marked.used_ms or 0)),
        say("finished.rank" if this_one else "finished.best", rank=rank.rank, points=standing.points),
        draw_line(edition, standing),
    ]
    review = say("finished.review", url=links.resume(edition.slug, standing.person_id))
    parts = _verdict(edition, marked, links, standing.person_id, inbound)
    return fit(replace(parts, result="\n".join(lines), link=review))


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
    return say("campaign.early", name=edition.name, opens=in_words(edition.opens_ms, edition.timezone))


def no_attempt_left(edition: Edition, error: NoAttemptLeft) -> str:
    if error.args == ("today",):
        return say("attempts.none_today", limit=edition.attempts_per_day)
    return say("attempts.none", limit=edition.attempts_in_all)


def welcome(edition: Edition | None, now: int, unit: str) -> str:
    if edition is None:
        return say("welcome.none")
    lines = [say("welcome", name=edition.name)]
    if edition.theme:
        lines.append(say("welcome.theme", theme=edition.theme))
    if unit:
        lines.append(unit)
    lines.append(say("welcome.begin") if edition.is_open(now) else closed(edition, now))
    return "\n".join(lines)


def rules(edition: Edition) -> str:
    full = sum(
        sorted((edition.points_for(q.kind) for q in edition.questions.values()), reverse=True)[: _length(edition)]
    )
    opens = in_words(edition.opens_ms, edition.timezone)
    return say(
        "rules",
        name=edition.name,
        window=say("rules.window.endless", opens=opens)
        if edition.closes_ms is None
        else say("rules.window", opens=opens, closes=in_words(edition.closes_ms, edition.timezone)),
        length=_length(edition),
        full=full,
        attempts=attempts_allowed(edition),
        draw=say("rules.draw", points=edition.draw_points) if edition.draw_points else say("rules.draw.all"),
    )


def attempts_allowed(edition: Edition) -> str:
    limits = []
    if edition.attempts_per_day is not None:
        limits.append(say("rules.attempts.per_day", limit=edition.attempts_per_day))
    if edition.attempts_in_all is not None:
        limits.append(say("rules.attempts.in_all", limit=edition.attempts_in_all))
    return "，".join(limits) or say("rules.attempts.free")


def result(session: Session, edition: Edition, turn: play.Turn, now: int) -> str:
    """Where a person stands in the campaign: the open attempt, the counted one, what is left."""
    lines = []
    standing = play.standing_of(session, edition.id, turn.person_id)
    if standing is not None:
        used = duration_in_words(standing.used_ms)
        lines += [say("result.best", name=edition.name, points=standing.points, used=used)]
        lines += [draw_line(edition, standing)]
    if turn.attempt is not None:
        length = len(turn.attempt.paper)
        lines.append(say("result.open", position=turn.attempt.position, length=length, score=turn.attempt.score))
    elif edition.is_open(now) and (left := play.attempts_left(session, turn.person_id, edition, now)) is not None:
        lines.append(say("result.left", left=left))
    return "\n".join(lines) if standing is not None or turn.attempt is not None else say("result.none")


def rank(edition: Edition, standing: Standing | None, found: Rank) -> str:
    if standing is None:
        return say("rank.none", total=found.total)
    return say(
        "rank",
        name=edition.name,
        rank=found.rank,
        total=found.total,
        points=standing.points,
        used=duration_in_words(standing.used_ms),
    )


def prizes(session: Session, edition: Edition, turn: play.Turn, links: Links) -> str:
    """One's own place in the campaign's draws, and where they are published."""
    standing = play.standing_of(session, edition.id, turn.person_id)
    lines = [draw_line(edition, standing)] if standing is not None else []
    draws = published_draws(session, edition.id, turn.person_id)
    lines += [say("prizes.won", draw=draw.id, prize=prize) for draw in draws for prize in draw.prizes]
    lines += [say("prizes.draw", url=links.draw(draw.id)) for draw in draws] or [say("prizes.later")]
    return "\n".join(lines)


def binding(session: Session, person_id: int) -> str:
    unit = unit_name(session, person_id)
    return say("bind.unit", unit=unit) if unit else say("bind.none")


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


def _length(edition: Edition) -> int:
    return edition.questions_per_paper


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
