"""A question that waits, and questions that were answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.pages.moments import duration, time_of_day
from bot.pages.pictures import Shown, shown
from bot.wording import tell
from campaigns import play, tables
from campaigns.clock import SECOND
from campaigns.editions import Edition
from campaigns.store import Store
from questions.grading import answer_shown, given_shown, mark
from questions.model import EXPLANATION, Kind, Question
from questions.papers import Paper, Place, options_shown


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
class Timer:
    """How long somebody has for a question, or for what is left of an attempt."""

    left_s: int
    """Whole seconds that are left, at least 0."""
    grace_s: int
    """How much later the server still takes an answer."""
    until: str
    """The time of day, for those who see no clock run: ``14:32:10``."""
    left: str
    """In words."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The waiting question, without its answer."""

    attempt_id: int
    position: int
    length: int
    score: str
    """In words; empty while it is not told."""
    header: str
    stem: str
    pictures: Sequence[Shown]
    options: Sequence[ToChoose]
    hint: str
    several: bool
    """Whether more than one option may be ticked."""
    blanks: Sequence[str]
    """What to call each blank; empty for a choice."""
    timer: Timer | None
    submit: str
    """What the button says."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was answered: what was given and what is right, an option a line."""

    position: int
    stem: str
    pictures: Sequence[Shown]
    outcome: str
    """``right``, ``partly``, ``wrong``; ``missed``: not answered in time."""
    withdrawn: bool
    points: int
    given: Sequence[Line]
    answer: Sequence[Line]
    explanation: str
    explained_by: Sequence[Shown]
    """The explanation's pictures."""

    @property
    def right(self) -> bool:
        return self.outcome == "right"


def asked(store: Store, edition: Edition, attempt: play.Attempt, now: int) -> Asked:
    """The question that waits in an attempt."""
    question = edition.questions[attempt.place.revision]
    header = tell(
        "question.header",
        position=attempt.position,
        length=len(attempt.paper),
        kind=tell(f"kind.{question.kind.value}"),
        points=edition.points_for(question.kind),
    )
    is_told = edition.is_revealed(now, finished=False)
    return Asked(
        attempt_id=attempt.id,
        position=attempt.position,
        length=len(attempt.paper),
        score=tell("question.score", score=attempt.score) if is_told else "",
        header=header,
        stem=question.stem,
        pictures=shown(store, question.pictures, ""),
        options=_to_choose(store, question, attempt.place),
        hint=_hint(edition, question),
        several=question.kind is Kind.MULTIPLE,
        blanks=_blank_names(question),
        timer=_timer(edition, attempt, now),
        submit=_submit(edition, attempt),
    )


def _submit(edition: Edition, attempt: play.Attempt) -> str:
    if not attempt.is_last:
        return tell("question.submit")
    return tell("question.hand_in" if edition.reveals == "after_close" else "question.submit_last")


def _hint(edition: Edition, question: Question) -> str:
    if question.kind is not Kind.MULTIPLE:
        return ""
    return tell("question.several" if edition.partial == "none" else "question.several.partial")


def _timer(edition: Edition, attempt: play.Attempt, now: int) -> Timer | None:
    """By whichever limit comes first; None without one."""
    grace = edition.grace_seconds * SECOND
    ends = []
    if edition.seconds_per_question is not None:
        ends.append(attempt.shown_ms + edition.seconds_per_question * SECOND)
    if attempt.due_ms is not None:
        ends.append(attempt.due_ms - grace)
    if not ends:
        return None
    end = min(ends)
    left = max(0, end - now)
    return Timer(left // SECOND, edition.grace_seconds, time_of_day(end, edition.timezone), duration(left))


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
    return _answered(store, edition, paper, answer.position, answer.given, answer.points)


def review(store: Store, edition: Edition, paper: Paper, answers: Mapping[int, tables.Answer]) -> list[Answered]:
    """All questions of a finished paper, in its order; those that the clock kept from being answered too."""
    return [
        answered(store, edition, paper, answers[position])
        if position in answers
        else _answered(store, edition, paper, position, "", _unanswered_points(edition, paper, position))
        for position in range(1, len(paper) + 1)
    ]


def _unanswered_points(edition: Edition, paper: Paper, position: int) -> int:
    revision = paper[position - 1].revision
    return edition.points_for(edition.questions[revision].kind) if revision in edition.withdrawn else 0


def _answered(store: Store, edition: Edition, paper: Paper, position: int, given: str, points: int) -> Answered:
    place = paper[position - 1]
    question = edition.questions[place.revision]
    withdrawn = place.revision in edition.withdrawn
    return Answered(
        position=position,
        stem=question.stem,
        pictures=shown(store, question.pictures, ""),
        outcome="right" if withdrawn else _outcome(question, given, points),
        withdrawn=withdrawn,
        points=points,
        given=_lines(store, question, place, given_shown(question, place, given)) if given else (),
        answer=_lines(store, question, place, answer_shown(question, place)),
        explanation=question.explanation,
        explained_by=shown(store, question.pictures, EXPLANATION),
    )


def _outcome(question: Question, given: str, points: int) -> str:
    if not given:
        return "missed"
    if mark(question, given):
        return "right"
    return "partly" if points else "wrong"


def _lines(store: Store, question: Question, place: Place, said: str) -> list[Line]:
    """Letters with the words and pictures of their options; anything else as it is."""
    if question.kind not in {Kind.SINGLE, Kind.MULTIPLE}:
        return [Line(said)]
    options = {option.letter: option for option in _to_choose(store, question, place)}
    return [Line(f"{letter}. {options[letter].text}".rstrip(), options[letter].pictures) for letter in said]
