"""Make a reply fit what the platform delivers: 600 characters and 2,048 bytes of UTF-8, markup counted.

When it is too long: shorten the explanation, then drop the links, then shorten the question and link to its page.
The verdict, the score and all options are never dropped, only an option's or a right answer's end; nor is the link to
a question's pictures, without which it may not be understood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.wording import say
from questions.model import Option

CHARACTERS = 600
BYTES = 2_048
ELLIPSIS = "……"
SHORTEST_STEM = 12
LONGEST_LEAD = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a chat shows it."""

    header: str
    stem: str
    options: tuple[Option, ...]
    hint: str
    url: str
    """Its page, for a question too long for a chat, and for its pictures."""
    tap_id: str = ""
    """``attempt.position``; empty where options are not tapped."""
    pictured: bool = False
    """Whether it shows pictures, which a chat leaves to its page."""
    markup: bool = False
    """Whether this client reads links as markup."""
    is_cut: bool = False
    """Whether its end is missing here."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A reply before it is fitted: the verdict, its explanation, the score, the next question or else the result."""

    lead: str = ""
    explanation: str = ""
    follow: str = ""
    asked: Asked | None = None
    result: str = ""
    link: str = ""
    """A last line that can be done without."""


def fit(parts: Parts) -> str:
    """The reply's text, shortened as far as needed."""
    for shorten in (_as_it_is, _shorten_explanation, _drop_links, _shorten_lead, _shorten_question, _shorten_options):
        parts = shorten(parts)
        text = _text(parts)
        if fits(text):
            return text
    return cut(text)


def fits(text: str) -> bool:
    return len(text) <= CHARACTERS and len(text.encode()) <= BYTES


def cut(text: str) -> str:
    """Plain text, without its end if it is too long."""
    return text if fits(text) else text[: _longest(len(text), lambda n: fits(text[:n] + ELLIPSIS))] + ELLIPSIS


def _as_it_is(parts: Parts) -> Parts:
    return parts


def _shorten_explanation(parts: Parts) -> Parts:
    """The longest beginning of the explanation with which the reply fits; empty if none does."""

    def shortened(length: int) -> Parts:
        return replace(parts, explanation=parts.explanation[:length] + ELLIPSIS if length else "")

    return shortened(_longest(len(parts.explanation), lambda length: fits(_text(shortened(length)))))


def _drop_links(parts: Parts) -> Parts:
    return replace(parts, link="", asked=parts.asked and replace(parts.asked, tap_id=""))


def _shorten_lead(parts: Parts) -> Parts:
    """The right answer to a question of many blanks can alone be longer than a reply."""
    return parts if len(parts.lead) <= LONGEST_LEAD else replace(parts, lead=parts.lead[:LONGEST_LEAD] + ELLIPSIS)


def _shorten_question(parts: Parts) -> Parts:
    """The longest beginning of the question with which the reply fits, and a link to the whole of it."""
    asked = parts.asked
    if asked is None:
        return parts
    see = ELLIPSIS if asked.pictured else say("question.cut", url=asked.url)

    def shortened(length: int) -> Parts:
        return replace(parts, asked=replace(asked, stem=asked.stem[:length] + see, is_cut=True))

    return shortened(max(SHORTEST_STEM, _longest(len(asked.stem), lambda length: fits(_text(shortened(length))))))


def _shorten_options(parts: Parts) -> Parts:
    """Options too long even so: each keeps its letter and as much of its beginning as all of them can have."""
    asked = parts.asked
    if asked is None:
        return parts

    def shortened(length: int) -> Parts:
        return replace(parts, asked=replace(asked, options=tuple(_shortened(o, length) for o in asked.options)))

    longest = max((len(option.text) for option in asked.options), default=0)
    return shortened(_longest(longest, lambda length: fits(_text(shortened(length)))))


def _shortened(option: Option, length: int) -> Option:
    return option if len(option.text) <= length else Option(option.letter, option.text[: max(0, length - 1)] + "…")


def _longest(most: int, works: Callable[[int], bool]) -> int:
    """The greatest number up to `most` that works, where smaller ones work better; 0 if none does."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if works(middle) else (low, middle - 1)
    return low


def _text(parts: Parts) -> str:
    before = "\n".join(line for line in ((parts.lead + parts.explanation).strip(), parts.follow) if line)
    question = "" if parts.asked is None else _question(parts.asked)
    result = "\n".join(line for line in (parts.result, parts.link) if line)
    return "\n\n".join(block for block in (before, question, result) if block)


def _question(asked: Asked) -> str:
    options = (_option(asked, option) for option in asked.options)
    lines = [asked.header, asked.stem, _pictures(asked), *options, asked.hint]
    return "\n".join(line for line in lines if line)


def _pictures(asked: Asked) -> str:
    """The line that leads to a question's pictures."""
    if not asked.pictured:
        return ""
    words = say("question.picture.cut" if asked.is_cut else "question.picture")
    if asked.markup:
        return f'<a href="{asked.url}">{words}</a>'
    return say("question.picture.url", words=words, url=asked.url)


def _option(asked: Asked, option: Option) -> str:
    line = say("option", letter=option.letter, text=option.text)
    if not asked.tap_id:
        return line
    letter = option.letter  # of LETTERS: nothing to quote
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={letter}&msgmenuid={asked.tap_id}.{letter}">{line}</a>'
