"""A question as a template card of WeCom, and what the card becomes once it is answered.

The lengths are those of the page 发送应用消息 (模板卡片消息): beyond them phones cut a text off, and what is cut
off cannot be answered. A question that does not fit is no card but a text. A card's task id names attempt and position
as an official account's tap does, so that a tap on an old card never answers another question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from bot import telling
from bot.channels.callback_xml import Written
from bot.fitting import ELLIPSIS, Asked
from bot.links import Links
from bot.wording import say
from campaigns import play, tables
from campaigns.editions import Edition
from campaigns.stores import Stores
from questions import grading
from questions.model import Kind, Option
from questions.papers import Place, load, options_shown

TITLE, DESCRIPTION, BODY = 36, 44, 160
BUTTONS, BUTTON = 6, 10
ROW = 30
BOXES, BOX = 20, 17
SUBMIT = "submit"

_TASK = re.compile(r"q-(\d{1,18})-(\d{1,4})-[0-9a-f]{8}", re.ASCII)

Card = Mapping[str, Any]
"""What the platform takes as ``template_card``."""


def task_id(attempt_id: int, position: int, key: str) -> str:
    """The task id of one sending of a question: the platform refuses the same one a second time."""
    return f"q-{attempt_id}-{position}-{sha256(key.encode()).hexdigest()[:8]}"


def read_task_id(task: str) -> tuple[int, int] | None:
    """The attempt and the position that a task id of ours names."""
    found = _TASK.fullmatch(task)
    return (int(found[1]), int(found[2])) if found else None


def waiting_card(edition: Edition, attempt: play.Attempt, key: str) -> Card | None:
    """The waiting question as a card; None: it does not fit one. `key` is the message's that the card goes out as."""
    return question_card(edition, attempt, attempt.position, task_id(attempt.id, attempt.position, key))


def question_card(edition: Edition, attempt: play.Attempt, position: int, task: str) -> Card | None:
    """A question of an attempt as a card; None: it does not fit one."""
    asked = telling.asked(edition, attempt, position, "")
    if asked.pictured or not asked.options or len(asked.header) > TITLE:
        return None
    kind = edition.questions[attempt.paper[position - 1].revision].kind
    card = _boxes(asked) if kind is Kind.MULTIPLE else _buttons(asked)
    return None if card is None else {**card, "task_id": task}


def _buttons(asked: Asked) -> Card | None:
    """One right answer: a button for each option, with its text on it where all of them are short."""
    if len(asked.stem) > BODY or len(asked.options) > BUTTONS:
        return None
    card = {
        "card_type": "button_interaction",
        "main_title": {"title": asked.header},
        "sub_title_text": asked.stem,
    }
    lines = [_line(option) for option in asked.options]
    if all(len(line) <= BUTTON for line in lines):
        return {**card, "button_list": [_button(o, line) for o, line in zip(asked.options, lines, strict=True)]}
    if any(len(option.text) > ROW for option in asked.options):
        return None
    return {
        **card,
        "horizontal_content_list": [{"keyname": option.letter, "value": option.text} for option in asked.options],
        "button_list": [_button(option, option.letter) for option in asked.options],
    }


def _button(option: Option, text: str) -> Card:
    return {"text": text, "key": option.letter}


def _boxes(asked: Asked) -> Card | None:
    """Several right answers: a box for each option, and one button to hand them in."""
    lines = [_line(option) for option in asked.options]
    if len(asked.stem) > DESCRIPTION or len(lines) > BOXES or any(len(line) > BOX for line in lines):
        return None
    options = [{"id": o.letter, "text": line} for o, line in zip(asked.options, lines, strict=True)]
    return {
        "card_type": "vote_interaction",
        "main_title": {"title": asked.header, "desc": asked.stem},
        "checkbox": {"question_key": "answer", "option_list": options, "mode": 1},
        "submit_button": {"text": say("card.submit"), "key": SUBMIT},
    }


def _line(option: Option) -> str:
    return say("option", letter=option.letter, text=option.text)


def settled_card(
    session: Session, stores: Stores, links: Links, person_id: int, attempt_id: int, position: int, now: int
) -> Written | None:
    """What an answered question's card becomes, as a passive reply names it; None: it is not answered.

    Told from what is recorded, so that it says the same however often, and however late, it is asked for; but what may
    be told later is told to whoever asks later.
    """
    row = session.get(tables.Attempt, attempt_id)
    answers = play.answers_of(session, attempt_id)
    if row is None or row.person_id != person_id or position not in answers:
        return None
    answer = answers[position]
    version = session.get_one(tables.Campaign, row.campaign_id).version
    edition = stores.editions.get(stores.sql, row.campaign_id, version)
    paper = load(row.paper)
    place = paper[position - 1]
    question = edition.questions[place.revision]
    revealed = edition.is_revealed(now, finished=row.state == "finished")
    verdict = _verdict(edition, place, answer) if revealed else say("verdict.later")
    header = telling.header(edition, question, position, len(paper))
    shown: dict[str, Any] = {
        "CardType": "text_notice",
        "MainTitle": {"Title": _cut(verdict, TITLE), "Desc": _cut(header, DESCRIPTION)},
    }
    if question.explanation and revealed:
        shown["QuoteArea"] = {"Type": 0, "QuoteText": _cut(question.explanation, BODY)}
    options = {option.letter: option for option in options_shown(question, place)}
    shown["SubTitleText"] = _cut(question.stem, BODY)
    given = _named(options, grading.given_shown(question, place, answer.given))
    shown["HorizontalContentList"] = [{"KeyName": say("card.given"), "Value": given or say("card.none")}]
    if revealed:
        right = _named(options, grading.answer_shown(question, place))
        score = sum(one.points for one in answers.values() if one.position <= position)
        shown["HorizontalContentList"] += [
            {"KeyName": say("card.answer"), "Value": right},
            {"KeyName": say("card.score"), "Value": str(score)},
        ]
    shown["CardAction"] = {"Type": 1, "Url": links.entry(edition.slug)}
    return shown


def _verdict(edition: Edition, place: Place, answer: tables.Answer) -> str:
    question = edition.questions[place.revision]
    if place.revision in edition.withdrawn:
        return say("verdict.withdrawn", points=answer.points)
    if grading.mark(question, answer.given):
        return say("verdict.right", points=answer.points)
    right = grading.answer_shown(question, place)
    if answer.points:
        return say("verdict.partly", answer=right, points=answer.points)
    return say("verdict.wrong", answer=right)


def _named(options: Mapping[str, Option], answer: str) -> str:
    """An answer of one letter with the words behind it, for whoever no longer sees the options."""
    option = options.get(answer)
    return answer if option is None else _cut(_line(option), ROW)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - len(ELLIPSIS)] + ELLIPSIS
