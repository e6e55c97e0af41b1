"""Make a reply fit what the platform delivers: 600 characters and 2,048 bytes of UTF-8, markup counted.

When it is too long: shorten the explanation, then drop the links, then shorten the question and link to its page.
The verdict, the score and all options are never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from bot.wording import say
from questions.model import Option

CHARACTERS = 600
BYTES = 2_048
ELLIPSIS = "……"
SHORTEST_STEM = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a chat shows it."""

    header: str
    stem: str
    options: tuple[Option, ...]
    hint: str
    url: str
    """Its page, for a question too long for a chat."""
    tap_id: str = ""
    """``attempt.position``; empty where options are not tapped."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A reply before it is fitted: what comes before the explanation, the explanation, what follows, the question."""

    lead: str = ""
    explanation: str = ""
    follow: str = ""
    asked: Asked | None = None


def fit(parts: Parts) -> str:
    """The reply's text, shortened as far as needed."""
    text = _text(parts)
    if fits(text):
        return text
    parts = _shorten_explanation(parts)
    text = _text(parts)
    if fits(text) or parts.asked is None:
        return text
    parts = replace(parts, asked=replace(parts.asked, tap_id=""))
    text = _text(parts)
    return text if fits(text) else _text(_shorten_question(parts))


def fits(text: str) -> bool:
    return len(text) <= CHARACTERS and len(text.encode()) <= BYTES


def _shorten_explanation(parts: Parts) -> Parts:
    """The longest beginning of the explanation with which the reply fits; empty if none does."""
    low, high = 0, len(parts.explanation)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(_text(replace(parts, explanation=parts.explanation[:middle] + ELLIPSIS))):
            low = middle
        else:
            high = middle - 1
    return replace(parts, explanation=parts.explanation[:low] + ELLIPSIS if low else "")


def _shorten_question(parts: Parts) -> Parts:
    asked = parts.asked
    assert asked is not None
    see = say("question.cut", url=asked.url)
    stem = asked.stem
    while len(stem) > SHORTEST_STEM and not fits(_text(replace(parts, asked=replace(asked, stem=stem + see)))):
        stem = stem[: max(SHORTEST_STEM, len(stem) - 8)]
    parts = replace(parts, asked=replace(asked, stem=stem + see))
    return parts if fits(_text(parts)) else _shorten_options(parts)


def _shorten_options(parts: Parts) -> Parts:
    """Options too long even so: each keeps its letter and as much of its beginning as all of them can have."""
    asked = parts.asked
    assert asked is not None
    longest = max((len(option.text) for option in asked.options), default=0)
    while longest > 1 and not fits(_text(parts)):
        longest -= 1
        cut = tuple(
            option if len(option.text) <= longest else Option(option.letter, option.text[: longest - 1] + "…")
            for option in asked.options
        )
        parts = replace(parts, asked=replace(asked, options=cut, stem=parts.asked.stem if parts.asked else ""))
    return parts


def _text(parts: Parts) -> str:
    before = "\n".join(line for line in ((parts.lead + parts.explanation).strip(), parts.follow) if line)
    if parts.asked is None:
        return before
    return "\n\n".join(block for block in (before, _question(parts.asked)) if block)


def _question(asked: Asked) -> str:
    lines = [asked.header, asked.stem, *(_option(asked, option) for option in asked.options), asked.hint]
    return "\n".join(line for line in lines if line)


def _option(asked: Asked, option: Option) -> str:
    line = say("option", letter=option.letter, text=option.text)
    if not asked.tap_id:
        return line
    content, tap = quote(option.letter), f"{asked.tap_id}.{option.letter}"
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={tap}">{line}</a>'
