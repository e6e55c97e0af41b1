"""A paper as participants will see it, for whoever makes it: all its questions on one page, and as a chat asks them.

Nothing is kept, and nothing can be sent: the page has fields to try, and no form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flask import render_template

from bot import fitting, telling
from bot.pages import troubles
from bot.pages.forms import BLANK_LENGTH
from bot.pages.pictures import Shown
from bot.pages.views import questions
from bot.pages.views.questions import Asked
from campaigns import play
from campaigns.clock import SECOND
from campaigns.editions import Edition
from campaigns.store import Store
from questions.papers import Paper


@dataclass(frozen=True, slots=True)
class Sample:
    page: str
    """HTML of its own."""
    chat: Sequence[str]
    """A message a question; none where chats lead to the pages instead."""


def sample(
    store: Store, edition: Edition, paper: Paper, now: int, entry: str, picture_url: Callable[[str], str], told: str
) -> Sample:
    """The questions of a paper, without what is right.

    `entry` is the campaign's address, `picture_url` where a picture can be seen, given its hash, before participants
    may see it; `told` stands above the page. Inside a request.
    """
    due = None
    if edition.seconds_per_attempt is not None:
        due = now + (edition.seconds_per_attempt + edition.grace_seconds) * SECOND
    first = play.Attempt(0, 1, 0, paper, now, now, None, due)
    attempts = [replace(first, position=position) for position in range(1, len(paper) + 1)]
    asked = [_pictured(questions.asked(store, edition, one, now), picture_url) for one in attempts]
    page = render_template(
        "quiz/sample.html",
        asked_ones=asked,
        sampled=edition,
        told=told,
        blank_length=BLANK_LENGTH,
        **troubles.words(),
    )
    in_chat = attempts if edition.seconds_per_question is None else []
    return Sample(page, [_message(edition, one, entry) for one in in_chat])


def _message(edition: Edition, attempt: play.Attempt, entry: str) -> str:
    return fitting.fit(fitting.Parts(asked=telling.asked(edition, attempt, attempt.position, entry)))


def _pictured(asked: Asked, picture_url: Callable[[str], str]) -> Asked:
    """With its pictures where they can be seen already."""

    def moved(pictures: Sequence[Shown]) -> list[Shown]:
        return [replace(one, address=picture_url(one.address.rpartition("/")[2])) for one in pictures]

    options = [replace(option, pictures=moved(option.pictures)) for option in asked.options]
    return replace(asked, pictures=moved(asked.pictures), options=options)
