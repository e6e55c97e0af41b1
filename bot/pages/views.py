"""What the pages show, as plain values: templates only lay them out. Reads, never writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import telling
from bot.pages.pictures import Shown, shown
from bot.wording import say, tell
from campaigns import play, privacy, tables
from campaigns.clock import duration_in_words, in_words
from campaigns.draws import DrawState, pseudonym, published_draws
from campaigns.editions import Edition
from campaigns.standings import Placed, Rank, Standing
from campaigns.store import Store
from questions.grading import answer_shown, given_shown, mark
from questions.model import EXPLANATION, Kind, Question
from questions.papers import Paper, Place, options_shown


@dataclass(frozen=True, slots=True)
class State:
    """Whether one may play now."""

    code: str
    """``open``, ``early``, ``paused`` or ``over``."""
    label: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ToChoose:
    """An option, lettered as the paper shows it; its text is empty where its pictures are all."""

    letter: str
    text: str
    pictures: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an answer, with the pictures of the option that it names."""

    text: str
    pictures: Sequence[Shown] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The waiting question, without its answer."""

    attempt_id: int
    position: int
    length: int
    score: int
    header: str
    stem: str
    pictures: Sequence[Shown]
    options: Sequence[ToChoose]
    several: bool
    """Whether more than one option may be ticked."""
    blanks: Sequence[str]
    """What to call each blank; empty for a choice."""

    @property
    def is_last(self) -> bool:
        return self.position == self.length


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was answered: what was given and what is right, an option a line."""

    position: int
    kind: str
    stem: str
    pictures: Sequence[Shown]
    right: bool
    points: int
    given: Sequence[Line]
    answer: Sequence[Line]
    explanation: str
    explained_by: Sequence[Shown]
    """The explanation's pictures."""


@dataclass(frozen=True, slots=True)
class Leader:
    """A line of the ranking."""

    rank: int
    name: str
    unit: str
    points: int
    used: str
    own: bool


@dataclass(frozen=True, slots=True)
class ToDraw:
    """The way to a draw's public page, and how it stands with it."""

    id: str
    title: str
    said: str


def state(edition: Edition, now: int) -> State:
    """Whether one may play now, and why not."""
    code, values = _state(edition, now)
    sentence = {
        "open": "state.open.endless" if edition.closes_ms is None else "state.open.until",
        "early": "state.early.sentence",
        "paused": "state.paused.sentence",
        "over": "state.over.sentence" if "closes" in values else "state.closed.sentence",
    }[code]
    return State(code, tell(f"state.{code}"), tell(sentence, **values))


def _state(edition: Edition, now: int) -> tuple[str, dict[str, str]]:
    closes = {} if edition.closes_ms is None else {"closes": in_words(edition.closes_ms, edition.timezone)}
    if edition.is_over(now):
        by_the_clock = edition.closes_ms is not None and now >= edition.closes_ms
        return "over", closes if by_the_clock else {}
    if edition.state == "paused":
        return "paused", {}
    if now < edition.opens_ms:
        return "early", {"opens": in_words(edition.opens_ms, edition.timezone)}
    return "open", closes


def rules(edition: Edition) -> list[tuple[str, str]]:
    """The rules as headings and sentences."""
    return [
        (tell("rules.window"), _window(edition)),
        (tell("rules.questions"), _paper_rule(edition)),
        (tell("rules.answering"), tell("rules.answering.sentence")),
        (tell("rules.attempts"), _attempts_rule(edition)),
        (tell("rules.ties"), tell("rules.ties.sentence")),
        (tell("rules.draw"), _draw_rule(edition)),
    ]


def _window(edition: Edition) -> str:
    opens = in_words(edition.opens_ms, edition.timezone)
    if edition.closes_ms is None:
        return say("rules.window.endless", opens=opens)
    return say("rules.window", opens=opens, closes=in_words(edition.closes_ms, edition.timezone))


def _paper_rule(edition: Edition) -> str:
    asked_kinds = {question.kind for question in edition.questions.values() if question.playable}
    points = {kind: edition.points_for(kind) for kind in Kind if kind in asked_kinds}
    length = edition.questions_per_paper
    if len(set(points.values())) == 1:
        each = next(iter(points.values()))
        return tell("rules.questions.same", length=length, points=each, full=each * length)
    by_kind = "，".join(tell("rules.kind", kind=kind.label, points=each) for kind, each in points.items())
    return tell("rules.questions.by_kind", length=length, by_kind=by_kind)


def _attempts_rule(edition: Edition) -> str:
    if edition.attempts_in_all == 1:
        return tell("rules.attempts.once")
    return tell("rules.attempts.sentence", allowed=telling.attempts_allowed(edition))


def _draw_rule(edition: Edition) -> str:
    return tell("rules.draw.points", points=edition.draw_points) if edition.draw_points else tell("rules.draw.all")


def left(edition: Edition, attempts: int | None) -> str:
    """How many attempts are left; empty when they are not counted."""
    if attempts is None:
        return ""
    if attempts:
        return tell("entry.left", left=attempts)
    key = "entry.none_left" if edition.attempts_per_day is None else "entry.none_left_now"
    return tell(key, allowed=telling.attempts_allowed(edition))


def asked(store: Store, edition: Edition, attempt: play.Attempt) -> Asked:
    """The question that waits in an attempt."""
    question = edition.questions[attempt.place.revision]
    header = tell(
        "question.header",
        position=attempt.position,
        length=len(attempt.paper),
        kind=question.kind.label,
        points=edition.points_for(question.kind),
    )
    return Asked(
        attempt_id=attempt.id,
        position=attempt.position,
        length=len(attempt.paper),
        score=attempt.score,
        header=header,
        stem=question.stem,
        pictures=shown(store, question.pictures, ""),
        options=_to_choose(store, question, attempt.place),
        several=question.kind is Kind.MULTIPLE,
        blanks=_blank_names(question),
    )


def _to_choose(store: Store, question: Question, place: Place) -> list[ToChoose]:
    """The options as a paper shows them. Pictures name options by the bank's letters, so they follow them."""
    banks = place.order if question.options else ""
    return [
        ToChoose(option.letter, option.text, shown(store, question.pictures, banks[n]) if banks else ())
        for n, option in enumerate(options_shown(question, place))
    ]


def unanswered(asked: Asked) -> str:
    """The line for a form that holds no answer."""
    if asked.blanks:
        return tell("unanswered.blank")
    return tell("unanswered.several" if asked.several else "unanswered.choice")


def _blank_names(question: Question) -> list[str]:
    if question.kind is not Kind.BLANK:
        return []
    if len(question.answer) == 1:
        return [tell("question.blank")]
    return [tell("question.blank.nth", number=number) for number in range(1, len(question.answer) + 1)]


def answered(store: Store, edition: Edition, paper: Paper, answer: tables.Answer) -> Answered:
    """One answered question of a paper."""
    place = paper[answer.position - 1]
    question = edition.questions[place.revision]
    return Answered(
        position=answer.position,
        kind=question.kind.label,
        stem=question.stem,
        pictures=shown(store, question.pictures, ""),
        right=mark(question, answer.given),
        points=answer.points,
        given=_lines(store, question, place, given_shown(question, place, answer.given)),
        answer=_lines(store, question, place, answer_shown(question, place)),
        explanation=question.explanation,
        explained_by=shown(store, question.pictures, EXPLANATION),
    )


def review(store: Store, edition: Edition, paper: Paper, answers: Mapping[int, tables.Answer]) -> list[Answered]:
    """All answered questions of a paper, in its order."""
    return [answered(store, edition, paper, answers[position]) for position in sorted(answers)]


def _lines(store: Store, question: Question, place: Place, said: str) -> list[Line]:
    """Letters with the words and pictures of their options; anything else as it is."""
    if question.kind not in {Kind.SINGLE, Kind.MULTIPLE}:
        return [Line(said)]
    options = {option.letter: option for option in _to_choose(store, question, place)}
    return [Line(f"{letter}. {options[letter].text}".rstrip(), options[letter].pictures) for letter in said]


def rank(last: play.Finished, standing: Standing, found: Rank) -> str:
    """Where a person stands; by another attempt than the last, when that was better."""
    if not found.rank:  # the copy that ranks are read from lags behind for a moment
        return tell("result.rank.soon")
    counts = (last.score, last.used_ms) == (standing.points, standing.used_ms)
    key = "result.rank" if counts else "result.rank.best"
    return tell(key, rank=found.rank, total=found.total, points=standing.points)


def draw(edition: Edition, standing: Standing, *, may_improve: bool) -> str:
    """Whether a standing takes part in a draw, and what it lacks."""
    if standing.points < edition.draw_points and not may_improve:
        return tell("result.draw.missed", points=edition.draw_points)
    return telling.draw_line(edition, standing)


def draws(session: Session, edition: Edition, person_id: int) -> list[ToDraw]:
    """The campaign's draws, with a person's own prizes."""
    found = published_draws(session, edition.id, person_id)
    return [
        ToDraw(
            id=one.id,
            title=tell("draws.title") if len(found) == 1 else tell("draws.title.nth", number=number),
            said=_draw_said(one.state, one.prizes),
        )
        for number, one in enumerate(found, start=1)
    ]


def _draw_said(state: DrawState, prizes: Sequence[str]) -> str:
    if prizes:
        return tell("draws.won", prize="、".join(prizes))
    return tell("draws.held") if state is DrawState.HELD else tell("draws.frozen")


def leaders(session: Session, edition: Edition, placed: Sequence[Placed], own_id: int) -> list[Leader]:
    """The first of a ranking, with names that do not give persons away."""
    person, unit = tables.Person, tables.Unit
    rows = session.execute(
        select(person.id, person.name, unit.name)
        .outerjoin(unit, unit.id == person.unit_id)
        .where(person.id.in_([place.person_id for place in placed]))
    )
    people = {person_id: (name, unit_name or "") for person_id, name, unit_name in rows}
    return [
        Leader(
            rank=place.rank,
            name=privacy.shown(people[place.person_id][0], pseudonym(edition.salt, place.person_id)),
            unit=people[place.person_id][1],
            points=place.points,
            used=duration_in_words(place.used_ms),
            own=place.person_id == own_id,
        )
        for place in placed
        if place.person_id in people  # the ranking is a copy: a person may have been merged away since
    ]
