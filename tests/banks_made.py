"""Banks made at random (hypothesis): every kind, with the texts that have broken a file format somewhere.

Every text is as readers leave texts: not empty unless the part may be, without space around it, line feeds as the
only control characters. Pictures stand in the order of their places: stem, options, explanation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from io import BytesIO

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from PIL import Image

from questions.model import ALTERNATIVES, EXPLANATION, LETTERS, Bank, Kind, Option, Picture, Question, options_of

Texts = SearchStrategy[str]

_FRAGMENTS = (
    "夏季室内空调温度",
    "公共机构节能条例",
    "二氧化碳（CO₂）",
    "26 ℃",
    "ＡＢＣ１２３",
    "⼯业⾯积",
    "①②㎡㏑ﬁ",
    "🌱♻️",
    "“引号”",
    "\"'`",
    "a,b;c\td",
    "、，；。",
    " ",
    "  ",
    "{",
    "}",
    "{}",
    "=",
    "~",
    "#",
    ":",
    "::",
    "\\",
    "\\n",
    "\\\\",
    "//",
    "->",
    "%50%",
    "%",
    "<b>",
    "</b>",
    "<br>",
    "<p>",
    "<a href='x'>",
    "<script>",
    "&",
    "&lt;",
    "&nbsp;",
    "&#60;",
    "]]>",
    "<![CDATA[",
    "-->",
    "@@PLUGINFILE@@/a.png",
    "$CATEGORY: x",
    "[html]",
    "[id:1]",
    "[tag:x]",
    "____",
    "（　）",
    "( B )",
    "|",
    " | ",
    "；",
    "A. ",
    "B、",
    "1. ",
    "1、",
    "（1）",
    "答案：B",
    "解析：略",
    "一、单选题",
    "top",
    "/",
    "*",
    "\\*",
    "默认",
    "难度:",
    "标签:",
    "T",
    "F",
    "TRUE",
    "对",
    "错",
    "0",
    "-5",
    "+1",
    "=1+1",
    "@x",
    "'",
    "\n",
    "\n\n",
    "\n// ",
    "\n::",
    "{1:SHORTANSWER:=x}",
)
_HIDDEN = ("\u200b", "\u200d", "\ufeff", "\u00ad", "\u202e", "\u2028", "\xa0", "\u3000", "\ufe0f")


def _bare(text: str) -> str:
    return text.strip().strip("\ufeff").strip()


def nasty_texts(*, lines: bool = True, hidden: bool = True) -> Texts:
    """Texts made of what breaks formats. `lines`: of more than one line as well; `hidden`: with invisible characters
    and odd spaces, which readers of what people wrote take away.
    """
    fragments = st.sampled_from([*_FRAGMENTS, *(_HIDDEN if hidden else ())])
    letters = st.characters(codec="utf-8", categories=("L", "N", "P", "S"))
    mixed = st.lists(fragments | st.text(letters, min_size=1, max_size=4), min_size=1, max_size=6).map("".join)
    long = fragments.map(lambda fragment: (fragment + "节能") * 200)
    every = st.integers(0, 40).flatmap(lambda chance: long if chance == 40 else mixed)
    if not lines:
        every = every.map(lambda text: " ".join(text.replace("\u2028", " ").split("\n")))
    return every.map(_bare).filter(bool)


def plain_texts() -> Texts:
    """Texts that no format has trouble with."""
    return st.text(st.sampled_from("节能减排空调照明办公室水电气碳中和绿色"), min_size=2, max_size=12)


@cache
def some_pictures() -> dict[str, bytes]:
    """SHA-256 → bytes of a few small pictures, in every format that is kept."""
    found: dict[str, bytes] = {}
    for place, form in enumerate(("PNG", "JPEG", "GIF", "WEBP")):
        out = BytesIO()
        Image.new("RGB", (6 + place, 4), (40 * place, 160, 90)).save(out, form)
        found[hashlib.sha256(out.getvalue()).hexdigest()] = out.getvalue()
    return found


@st.composite
def questions(
    draw: st.DrawFn,
    *,
    texts: Texts | None = None,
    words: Texts | None = None,
    tags: Texts | None = None,
    kinds: Sequence[Kind] = tuple(Kind),
    unanswered: bool = True,
    pictures: bool = True,
) -> Question:
    """A question that `review` finds no error in, but perhaps that it has no answer (`unanswered`).

    `texts` are those of stem, options, answers, explanation and source; `words`, of one line, those of category and
    difficulty; `tags` those of tags. Without `tags` there are none; the bytes of pictures are `some_pictures`.
    """
    texts = nasty_texts() if texts is None else texts
    words = nasty_texts(lines=False) if words is None else words
    kind = draw(st.sampled_from(kinds))
    options: tuple[Option, ...] = ()
    if kind in {Kind.SINGLE, Kind.MULTIPLE}:
        most = draw(st.sampled_from([4, 8, 26]))
        options = options_of(draw(st.lists(texts, min_size=2, max_size=most, unique_by=_folded)))
    return Question(
        number="1",
        kind=kind,
        stem=draw(texts),
        options=options,
        answer=() if unanswered and draw(st.integers(0, 9)) == 9 else draw(_answers(kind, len(options), texts)),
        explanation=draw(st.just("") | texts),
        category=draw(st.just("") | words),
        difficulty=draw(st.sampled_from(["", "易", "中", "难"]) | words),
        source=draw(st.just("") | texts),
        tags=tuple(draw(st.lists(tags, max_size=3, unique=True))) if tags is not None else (),
        pictures=draw(_pictures(len(options), words)) if pictures else (),
    )


def _folded(text: str) -> str:
    return "".join(text.split())


def _alternatives(texts: list[str]) -> str:
    """One blank's answer; a text that holds the separator is alternatives itself, none with space around it."""
    parts = [part.strip() for part in ALTERNATIVES.join(texts).split(ALTERNATIVES)]
    return ALTERNATIVES.join(part for part in parts if part)


def _answers(kind: Kind, options: int, texts: Texts) -> SearchStrategy[tuple[str, ...]]:
    letters = st.sampled_from(LETTERS[: max(options, 1)])
    match kind:
        case Kind.SINGLE:
            return st.tuples(letters)
        case Kind.MULTIPLE:
            return st.lists(letters, min_size=1, unique=True).map(lambda chosen: tuple(sorted(chosen)))
        case Kind.TRUE_FALSE:
            return st.sampled_from([("true",), ("false",)])
        case Kind.BLANK:
            blank = st.lists(texts, min_size=1, max_size=3, unique=True).map(_alternatives).filter(bool)
            return st.lists(blank, min_size=1, max_size=3).map(tuple)
        case Kind.ESSAY:
            return st.just(()) | st.tuples(texts)


def _pictures(options: int, words: Texts) -> SearchStrategy[tuple[Picture, ...]]:
    places = ["", *LETTERS[:options], EXPLANATION]
    alts = st.just("") | words.map(lambda text: _bare(" ".join(text.split())[:200]))
    one = st.builds(Picture, st.sampled_from(sorted(some_pictures())), st.sampled_from(places), alts)
    several = st.lists(one, min_size=1, max_size=3, unique_by=lambda picture: (picture.sha256, picture.place))
    in_order = several.map(lambda found: tuple(sorted(found, key=lambda picture: places.index(picture.place))))
    return st.integers(0, 5).flatmap(lambda chance: in_order if chance == 5 else st.just(()))


@st.composite
def banks(draw: st.DrawFn, asked: SearchStrategy[Question] | None = None, *, most: int = 5) -> Bank:
    """One to `most` questions (`asked`: which), numbered so that each number is used once, with their pictures."""
    found = draw(st.lists(questions() if asked is None else asked, min_size=1, max_size=most))
    form = draw(st.sampled_from(["{}", "E{:03}", "第{}题", "2026-{}", "3.{}", "a:{} {{x}}"]))
    numbered = tuple(replace(question, number=form.format(place)) for place, question in enumerate(found, 1))
    shown = {picture.sha256 for question in numbered for picture in question.pictures}
    return Bank("", "", numbered, (), {name: some_pictures()[name] for name in sorted(shown)})


def as_written(bank: Bank) -> list[Question]:
    """The questions of a bank that was read, without their places in the file: to compare with what was written."""
    return [replace(question, where="") for question in bank.questions]
