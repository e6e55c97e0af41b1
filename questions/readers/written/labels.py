"""Letters in front of options: one option a line, several a line, glued, circled, ticked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from questions.model import LETTERS


@dataclass(frozen=True, slots=True)
class Label:
    letter: str
    """``A``…; empty for a tick box without a letter."""
    start: int
    """Where the label begins, with a sign in front of it."""
    end: int
    """Where the option's text begins."""
    look: str
    """``point`` (A. A、 A:), ``bracket`` ((A) [A] A)), ``small``, ``space``, ``glued``, ``alone``, ``circle``, ``word``
    (true. false.), ``box``, ``latin`` (a.led, perhaps no label), ``undotted`` (a letter whose point is missing)."""
    ticked: bool | None = None
    """Whether a sign says that the option is right (√A.) or not (×A.); None without a sign."""
    boxed: bool = False
    """Whether that sign is a box or circle to tick, which stands at every option."""


_TICKS, _CROSSES = "√✓✔✅★☑☒■●◉▣", "×✗✘✖❌□☐○◯◻▢"
_BOXES_FULL, _BOXES_EMPTY = "☑☒■●◉▣✅√✓✔", "□☐○◯◻▢"
_SQUARES = "☑☒■●◉▣□☐○◯◻▢"
"""Boxes and circles to tick: they may stand apart from the letter."""
_SIGN = rf"(?:(?P<sign>[{_TICKS}{_CROSSES}*]|\[[ xX√]\])\s*+)?"
_CORE = (
    r"(?:(?P<point>[A-Z])\s*+[.、:。]\s*+|(?P<comma>[A-Z])\s*+[,;](?!\s*+[A-Z]\b)\s*+"
    r"|[(\[]\s*+(?P<both>[A-Z])\s*+[)\]]\s*+[.、:]?\s*+|(?P<half>[A-Z])\s*+[)\]]\s*+[.、:]?\s*+"
    r"|选项\s*+(?P<named>[A-Z])\s*+[.、:)]?\s*+"
    r"|(?P<small>[a-z])\s*+[.、:]\s++|(?P<tight>[a-z])\s*+[.、)](?=\s*+[^\x00-\x7f]|[\s\d])\s*+"
    r"|\(\s*+(?P<round>[a-z])\s*+\)\s*+|(?P<latin>[a-z])\s?[.、)](?=[\"']?[A-Za-z]))"
)
_START = re.compile(rf"(?:[-+•·]\s++)?{_SIGN}{_CORE}")
_SPACE = re.compile(rf"{_SIGN}(?P<letter>[A-Z])[ \t]++(?=\S)")
_GLUED = re.compile(rf"{_SIGN}(?P<letter>[A-Z])(?=[^\x00-\x7f]|\d|[(“\"<])(?![级股类型座区轮班栋款卷])")
_TIGHT = re.compile(rf"{_SIGN}(?P<letter>[A-Z])(?=[A-Za-z])")
_ALONE = re.compile(r"(?P<letter>[A-Z])\s*+$")
_WORD = re.compile(r"(?P<letter>true|false)\s*+[.、:)]\s*+", re.IGNORECASE)
_CIRCLE = re.compile(rf"{_SIGN}(?P<letter>[①-⑳])\s*+[.、:]?\s*+")
_BOX = re.compile(rf"(?:[-*+]\s++)?(?P<sign>[{_BOXES_FULL}{_BOXES_EMPTY}]|\[[ xX√]\]|\([ ]\)(?=\s*+\S))\s*+(?=\S)")
_INNER = re.compile(
    rf"(?:(?P<box>[{_SQUARES}])\s{{0,3}}|(?P<sign>[{_TICKS}{_CROSSES}*]))?"
    r"(?:(?<![_&])(?P<point>[A-Z])\s{0,2}[.、:]|(?<![A-Za-z0-9_&])(?P<comma>[A-Z])[,;]"
    r"|[(\[]\s?(?P<both>[A-Z])\s?[)\]]|(?<![(\[_])(?P<half>[A-Z])\s?[)\]]"
    r"|(?<![A-Za-z0-9])(?P<small>[a-z])\s?[.、)])\s*+"
)
_GAP = re.compile(
    rf"(?:(?P<box>[{_SQUARES}])\s{{0,3}}|(?P<sign>[{_TICKS}{_CROSSES}]))?"
    rf"(?<![^\s{_SQUARES}{_TICKS}{_CROSSES}])(?P<letter>[A-Z])"
    r"(?=\s+\S|[^\x00-\x7f]|\d|(?<=[ \t][ \t][A-Z])[A-Za-z])\s*+"
)
_BEHIND = " \t。.;；,，、)]}”\"’'？?!！:…>|_%℃】"


def label_at(text: str, at: int = 0) -> Label | None:
    """The label that stands at a place of a folded line, weak ones included: ``A 甲``, ``A甲``, ``A``."""
    first = text[at : at + 1]
    if not first or ("\u4e00" <= first <= "\u9fff" and first != "选") or (first.isdigit() and first < "①"):
        return None
    if found := _START.match(text, at):
        return _label(found)
    if found := _WORD.match(text, at):
        return Label("A" if found["letter"].casefold() == "true" else "B", found.start(), found.end(), "word")
    if first in _SQUARES and (found := _BOX.match(text, at)) and found.end() > at + 1:
        return Label("", found.start(), found.end(), "box", first in _BOXES_FULL, True)
    for look, pattern in (("space", _SPACE), ("glued", _GLUED), ("alone", _ALONE), ("tight", _TIGHT)):
        if found := pattern.match(text, at):
            label = Label(found["letter"], found.start(), found.end(), look)
            return label if look == "alone" else _signed(label, found["sign"])
    if found := _CIRCLE.match(text, at):
        label = Label(LETTERS[ord(found["letter"]) - ord("①")], found.start(), found.end(), "circle")
        return _signed(label, found["sign"])
    if found := _BOX.match(text, at):
        sign = found["sign"]
        return Label("", found.start(), found.end(), "box", sign in _BOXES_FULL or sign[1:2] in {"x", "X", "√"}, True)
    return None


SMALL = {"small", "latin"}
"""Looks of small letters."""
_LOOKS = {
    "point": "point",
    "comma": "comma",
    "both": "bracket",
    "half": "bracket",
    "named": "point",
    "small": "small",
    "latin": "latin",
}


def _label(found: re.Match[str]) -> Label:
    group = found.lastgroup or "point"
    return _signed(Label(found[group].upper(), found.start(), found.end(), _LOOKS.get(group, "small")), found["sign"])


def _signed(label: Label, sign: str | None) -> Label:
    """The label with what the sign in front of it says."""
    if not sign:
        return label
    if sign[0] == "[":
        return replace(label, ticked=sign[1] != " ", boxed=True)
    return replace(label, ticked=sign == "*" or sign in _TICKS, boxed=sign in _SQUARES)


def labels_after(
    text: str, first: Label, end: int, most: str = "", *, behind: bool = False, empty: bool = False
) -> list[Label]:
    """The labels that follow a first one in its line before `end`: the next letters, each in its turn.

    `most`: the first letter that stands in a line of its own below, which therefore is none of these. `behind`:
    whether signs stand behind the options that they mark, not in front of them. `empty`: whether options may have no
    text, since they have pictures.
    """
    if first.look in {"circle", "box", "word", "alone"}:
        return list(_signs(text, first, end))
    due = _next(first.letter)
    if not due or text.find(due.lower() if first.look in SMALL else due, first.end, end) < 0:
        return []
    pattern = _GAP if first.look in {"space", "glued"} else _INNER
    found = list(_run(pattern.finditer(text, first.end, end), first, most, text, empty=empty))
    if first.look == "point":
        found += _undotted(text, found[-1] if found else first, end, most)
    return [_bare(label, text) for label in found] if behind else found


def _undotted(text: str, last: Label, end: int, most: str) -> list[Label]:
    """``B.乙 C 丙 D.丁``: the letter that is due without its point, where the letter after it shows that it is one."""
    due = _next(last.letter)
    after = _next(due)
    if not after or due == most:
        return []
    for match in _GAP.finditer(text, last.end, end):
        if match["letter"] != due or not text[last.end : match.start()].strip():
            continue
        label = Label(due, match.start(), match.end(), "undotted")
        rest = list(_run(_INNER.finditer(text, label.end, end), replace(label, look="point"), most, text))
        if rest or after == most:
            return [label, *rest]
    return []


def _bare(label: Label, text: str) -> Label:
    """The label without the sign in front of it."""
    if text[label.start] not in _TICKS + _CROSSES + "*" or text[label.start] in _SQUARES:
        return label
    return replace(label, start=label.start + 1, ticked=None)


def _run(found: Iterator[re.Match[str]], first: Label, most: str, text: str, *, empty: bool = False) -> Iterator[Label]:
    last = first
    for match in found:
        groups = match.groupdict()
        letter = groups.get("letter") or next(
            (groups[name] for name in ("point", "comma", "both", "half", "small") if groups.get(name)), ""
        )
        look = first.look if "letter" in groups else _inner_look(groups)
        small = letter.islower()
        letter = letter.upper()
        if letter != _next(last.letter) or letter == most or small != (first.look in SMALL):
            continue
        if first.look == "space" and not text[match.end("letter") :][:1].isspace():
            continue
        if not _apart(text, match, last, look, empty=empty):
            continue
        last = _signed(Label(letter, match.start(), match.end(), look), groups.get("box") or groups.get("sign"))
        yield last


def _inner_look(groups: dict[str, str | None]) -> str:
    if groups["point"]:
        return "point"
    if groups["comma"]:
        return "comma"
    return "small" if groups["small"] else "bracket"


def _apart(text: str, match: re.Match[str], last: Label, look: str, *, empty: bool) -> bool:
    """Whether it stands apart from the option before it, or is at least written just like that one's label."""
    if not text[last.end : match.start()].strip():
        return empty
    before = text[match.start() - 1]
    if before in _BEHIND or (match.group("sign" if "sign" in match.groupdict() else 0) and look == last.look):
        return look != "comma" or last.look == "comma"
    sign = text[last.start : last.end].strip()[-1:]
    return look == last.look and look in {"point", "bracket"} and match[0].strip()[-1:] == sign


def _signs(text: str, first: Label, end: int) -> Iterator[Label]:
    if first.look not in {"circle", "box"}:
        return
    marks = _BOXES_FULL + _BOXES_EMPTY if first.look == "box" else "①②③④⑤⑥⑦⑧⑨⑩"
    last = first
    for place in range(first.end, end):
        character = text[place]
        if character not in marks or not text[last.end : place].strip():
            continue
        if first.look == "box":
            if text[place - 1] not in " \t":
                continue
            last = Label("", place, _text_from(text, place + 1), "box", character in _BOXES_FULL, True)
        else:
            letter = LETTERS[ord(character) - ord("①")]
            if letter != _next(last.letter):
                continue
            last = Label(letter, place, _text_from(text, place + 1), "circle")
        yield last


def _text_from(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t.、:":
        at += 1
    return at


def _next(letter: str) -> str:
    place = LETTERS.find(letter) + 1
    return LETTERS[place] if 0 < place < len(LETTERS) else ""


def label_inside(text: str, start: int, end: int) -> Label | None:
    """The A with which options begin behind a stem in the same line; None unless B follows it there."""
    for match in _INNER.finditer(text, start, end):
        groups = match.groupdict()
        letter = next((groups[name] for name in ("point", "comma", "both", "half", "small") if groups[name]), "") or ""
        if letter not in {"A", "a"} or match.start() <= start:
            continue
        before = text[match.start() - 1]
        if before.isascii() and before.isalnum():
            continue
        label = Label("A", match.start(), match.end(), _inner_look(groups))
        first = _signed(label, groups["box"] or groups["sign"])
        if (
            before in _BEHIND or ("\u4e00" <= before <= "\u9fff" and text[match.end("point") :].lstrip()[:1] == ".")
        ) and labels_after(text, first, end):
            return first
    for match in _GAP.finditer(text, start, end):
        if match["letter"] == "A" and match.start() > start and text[match.start() - 1] in _BEHIND:
            first = Label("A", match.start(), match.end(), "space")
            if len(labels_after(text, first, end)) >= 2:
                return first
    return None


def first_lone_label(text: str, start: int, end: int) -> Label | None:
    """The A behind a stem whose B begins the next line."""
    for match in _INNER.finditer(text, start, end):
        if match["point"] == "A" and match.start() > start and text[match.start() - 1] in _BEHIND:
            return Label("A", match.start(), match.end(), "point", None)
    return None
