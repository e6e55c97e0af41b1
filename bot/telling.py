"""What a chat is told about a campaign, a question, a verdict, a result. Reads, never writes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from bot.fitting import ELLIPSIS, Asked, Parts, fit, fits
from bot.links import Links
from bot.messages import Inbound
from bot.rules import hours
from bot.wording import say
from campaigns import play
from campaigns.clock import SECOND, duration_in_words, in_words, local
from campaigns.draws import DrawState, published_draws
from campaigns.draws.pseudonyms import pseudonym
from campaigns.editions import Edition
from campaigns.errors import NoAttemptLeft
from campaigns.prizes.chances import Chance, chance
from campaigns.prizes.offers import OfferedGroup, offers
from campaigns.prizes.won import OwnAward, own_awards
from campaigns.signals import own_voids
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
    drawn: Chance | None = None
    """Their part in the campaign's draws; None: there are none."""
    lot: str | None = None
    """The prize that the attempt's end won; empty: none; None: there are none to win."""


def finish(edition: Edition, marked: play.Marked, stood: Stood, links: Links, inbound: Inbound) -> str:
    """The verdict on the last question, and the result of the attempt."""
    parts = _verdict(edition, marked, links, stood.person_id, inbound)
    used = duration_in_words(marked.used_ms or 0)
    if not marked.revealed:
        lines = [say("finished.later", used=used), later(edition), *_lot(edition, stood, links)]
        return fit(replace(parts, result="\n".join(lines)))
    lines = [
        say("finished", score=marked.score, used=used),
        *_stood(edition, stood, marked.score, marked.used_ms),
        *_lot(edition, stood, links),
    ]
    return fit(replace(parts, result="\n".join(lines), link=_review(edition, stood, links)))


def _lot(edition: Edition, stood: Stood, links: Links) -> list[str]:
    """Whether the attempt's end won a prize, and where to collect it."""
    if stood.lot is None:
        return []
    if not stood.lot:
        return [say("lot.none")]
    return [say("lot.won", prize=_short(stood.lot), url=links.prizes(edition.slug, stood.person_id))]


def _review(edition: Edition, stood: Stood, links: Links) -> str:
    """The way to the right answers; a winner's reply has the way to the prize instead, since one link makes the other
    one void.
    """
    return "" if stood.lot else say("finished.review", url=links.resume(edition.slug, stood.person_id))


def timed_out(edition: Edition, last: play.Finished, stood: Stood, links: Links, *, revealed: bool) -> str:
    """The result of an attempt that was finished by the clock."""
    if not revealed:
        return "\n".join([say("timed_out.later"), later(edition), *_lot(edition, stood, links)])
    lines = [
        say("timed_out", score=last.score, used=duration_in_words(last.used_ms)),
        *_stood(edition, stood, last.score, last.used_ms),
        *_lot(edition, stood, links),
    ]
    return fit(Parts(result="\n".join(lines), link=_review(edition, stood, links)))


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
    just_won = stood.lot and stood.drawn is not None and stood.drawn.won
    return [own, *_passed(edition, standing), *([] if just_won else _drawn(stood.drawn))]


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


def _drawn(drawn: Chance | None) -> list[str]:
    """Whether somebody takes part in a draw, under which pseudonym and with how many tickets."""
    if drawn is None:
        return []
    if drawn.excluded:
        return [say("draw.excluded")]
    if drawn.won:
        return [say("draw.won")]
    if drawn.frozen:
        return [say("draw.frozen")]
    if drawn.missing:
        return [say("draw.missing", points=drawn.missing)]
    return [say("draw.eligible", entrant=drawn.entrant, tickets=drawn.tickets)]


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
    lines = [*_counted(session, edition, turn, now), *_voided(session, edition, turn)]
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


VOIDS_TOLD = 2
LONGEST_REASON = 100
"""Characters of a reason in a chat."""


def _voided(session: Session, edition: Edition, turn: play.Turn) -> list[str]:
    """The last attempts that were declared void, with the reasons; their page has all."""
    void = own_voids(session, edition.id, turn.person_id)[-VOIDS_TOLD:]
    return [say("result.void", number=one.number, reason=_shortened(one.reason)) for one in void]


def _shortened(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else reason[:LONGEST_REASON] + ELLIPSIS


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
        *_drawn(chance(session, edition, standing)),
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
    """What somebody won, their part in the draws and where these are published, and what there is to win.

    As many of the prizes as a reply holds; their page has all.
    """
    if not edition.ranks:
        return say("prizes.practice", name=edition.name)
    own = own_awards(session, edition.id, turn.person_id)
    groups = offers(session, edition.id)
    draws = published_draws(session, edition.id, turn.person_id)[-DRAWS_TOLD:]
    entrant = pseudonym(edition.salt, turn.person_id)
    rest = [
        *_own_draw(
            session, edition, turn.person_id, now, is_frozen=any(draw.state is not DrawState.VOID for draw in draws)
        ),
        *(say("prizes.draw", url=links.draw(draw.id, entrant)) for draw in draws),
        *([say("prizes.later")] if edition.draws and not draws else []),
    ]
    if own or groups:
        rest.append(say("prizes.page", url=links.prizes(edition.slug, turn.person_id)))
    told = [_own_award(edition, award, now) for award in sorted(own, key=_waits_for_its_winner)[:AWARDS_TOLD]]
    return "\n".join([*told, *_fitting([_offered(edition, group) for group in groups], [*told, *rest]), *rest])


DRAWS_TOLD = 3
AWARDS_TOLD = 5
LONGEST_NAME = 40
"""Characters of a prize or a group in a chat."""


def _fitting(lines: list[str], beside: list[str]) -> list[str]:
    """As many of the lines as fit beside others, and a word where some do not."""
    for count in range(len(lines), -1, -1):
        shown = lines[:count] if count == len(lines) else [*lines[:count], say("prizes.more")]
        if fits("\n".join([*shown, *beside])):
            return shown
    return []


def _own_draw(session: Session, edition: Edition, person_id: int, now: int, *, is_frozen: bool) -> list[str]:
    """One's part in the draws; while points are not told yet, only the pseudonym. Once a list is frozen, what stands on
    it counts, and not what has been answered since: the draw's page tells that.
    """
    standing = play.standing_of(session, edition.id, person_id)
    if standing is None or not edition.draws:
        return []
    if is_frozen:
        return [say("draw.listed", entrant=pseudonym(edition.salt, person_id))]
    if not edition.is_revealed(now, finished=True):
        return [say("draw.number", entrant=pseudonym(edition.salt, person_id))]
    return _drawn(chance(session, edition, standing))


def _waits_for_its_winner(award: OwnAward) -> int:
    """What is still to be done comes first, what was forfeited last."""
    if award.state != "awarded":
        return 2
    return int(award.redeemed_ms is not None or award.collecting == "none")


def _own_award(edition: Edition, award: OwnAward, now: int) -> str:
    prize, group = _short(award.prize), _short(award.group)
    if award.state != "awarded":
        return say("won.forfeited", prize=prize, group=group, reason=_short(award.reason))
    won = say("won", prize=prize, group=group)
    if award.redeemed_ms is not None:
        return won + (say("won.sent", shipment=_short(award.shipment)) if award.shipment else say("won.handed_out"))
    if award.collecting == "none":
        return won + say("won.end")
    if award.collecting == "post" and award.claimed:
        return won + say("won.claimed")
    if award.is_overdue(now):
        return won + say("won.overdue")
    if award.claim_until_ms is None:
        return won + say("won.end")
    last = local(award.claim_until_ms - 1, edition.timezone)
    key = "won.until.post" if award.collecting == "post" else "won.until"
    return won + say(key, month=last.month, day=last.day)


_KINDS = {
    "rank": "prizes.kind.rank",
    "draw": "prizes.kind.draw",
    "instant": "prizes.kind.instant",
}


def _offered(edition: Edition, group: OfferedGroup) -> str:
    """A group of prizes, how it is won, and how many there are."""
    least = {"draw": edition.draw_points, "passed": group.least_points or edition.pass_points}
    points = least.get(group.kind, group.least_points)
    prizes = "、".join(
        say("prizes.left", prize=_short(prize.name), left=prize.left, stock=prize.stock)
        if group.kind == "instant"
        else say("prizes.stock", prize=_short(prize.name), stock=prize.stock)
        for prize in group.prizes[:PRIZES_TOLD]
    )
    if group.kind == "passed":
        how = say("prizes.passed", points=points) if points else say("prizes.passed.all")
        return say("prizes.group.alone", group=_short(group.name), how=how)
    how = say(_KINDS[group.kind]) + (say("prizes.least", points=points) if points else "")
    if len(group.prizes) > PRIZES_TOLD:
        prizes = say("prizes.and_more", prizes=prizes, count=len(group.prizes))
    return say("prizes.group", group=_short(group.name), how=how, prizes=prizes)


PRIZES_TOLD = 6
"""Of one group."""


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


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
