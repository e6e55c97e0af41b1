"""Markdown → lines and tables: what it shows, with what it sets apart as marks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from questions.readers.documents.grids import Block, Cell, grid_of
from questions.readers.written.lines import Line

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|(?=[\u4e00-\u9fff]))(.*)$")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_TASK = re.compile(r"[ \t]*(?:[-*+]|\d{1,4}[.)])[ \t]+\[([ xX√✓])\][ \t]+(?=\S)")
_BULLET = re.compile(r"[ \t]*[*+-][ \t]+(?=[(（\[【]?[A-Za-z][.、．:：)）\]】]|\d{1,4}[.、．)）])")
_DIVIDER = re.compile(r"[ \t]*+(?:\|[ \t]*+)?:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+(?:\|[ \t]*+)?")
_SLANTED = re.compile(r"^\*(?=[^*\s])([^*\n]{1,500})(?<!\s)\*$")
"""A whole line between single stars; within a line a star may as well mark an option."""
_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_FRONT = re.compile(r"---\n(?:[\w-]+:.*\n)+---\n")
_SIGNS = (
    (re.compile(r"^ {0,3}#{1,6}[ \t]+\S", re.MULTILINE), 1),
    (re.compile(r"^[ \t]*+[-*+][ \t]++\[[ xX]\][ \t]", re.MULTILINE), 1),
    (re.compile(r"^[ \t]*+(?:\|[ \t]*+)?:?-{2,}+:?[ \t]*+\|[ \t:|-]*+$", re.MULTILINE), 1),
    (re.compile(r"^ {0,3}```", re.MULTILINE), 2),
    (re.compile(r"\*\*[^*\s][^*\n]{0,200}\*\*"), 2),
    (re.compile(r"^<details", re.MULTILINE | re.IGNORECASE), 1),
    (re.compile(r"^[ \t]*+\d{1,4}\\[.)]", re.MULTILINE), 2),
    (re.compile(r"\\_\\_"), 1),
    (re.compile(r"^>[ \t]\S", re.MULTILINE), 1),
)
_TAGS = "b|strong|u|mark|font|span|em|i|center|div|p|details|summary|sub|sup|small|big|kbd|ins|ul|ol|li|blockquote|hr"
_TOKEN = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])|(?P<ticks>`{1,3})(?P<code>[^`\n]+)(?P=ticks)|(?P<math>\$[^$\n]{1,500}\$)"
    r"|(?P<image>!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\))|(?<!!)\[(?P<link>[^\]\n]{1,200})\]\((?:https?:|mailto:|[/#.])[^)\n]{0,500}\)"
    rf"|(?P<star>\*\*|==)|<(?P<close>/)?(?P<tag>{_TAGS})(?:[ \t][^<>\n]{{0,200}})?/?>",
    re.IGNORECASE,
)
_MARKING = {"b", "strong", "u", "mark", "font", "span", "**", "=="}
"""Tags and signs that set text apart."""


def is_markdown(text: str) -> bool:
    """Whether a text uses what only Markdown has."""
    sample = text[:200_000]
    return any(len(pattern.findall(sample)) >= least for pattern, least in _SIGNS)


def markdown_blocks(text: str) -> list[Block]:
    """The lines and tables of a text, in order."""
    front = _FRONT.match(text)
    skipped = text[: front.end()].count("\n") if front else 0
    rows = text.split("\n")
    blocks: list[Block] = []
    fenced = apart = False
    number = skipped
    while number < len(rows):
        row = rows[number]
        where = f"第{number + 1}行"
        if _FENCE.match(row):
            fenced = not fenced
        elif not row.strip():
            apart = True
        elif not fenced and (size := _table(rows, number)):
            blocks += _grid(rows[number : number + size], number + 1)
            number += size - 1
            apart = False
        else:
            made = [Line(where, row.strip())] if fenced else list(_lines(row, where))
            if made:
                made[0] = replace(made[0], apart=apart)
                apart = False
            blocks += made
        number += 1
    return blocks


def _lines(row: str, where: str) -> Iterator[Line]:
    """The lines that a row of the file shows: more than one where it breaks them itself."""
    row = _QUOTE.sub("", row, count=1) if row.lstrip().startswith(">") else row
    heading = _HEADING.match(row)
    level = len(heading[1]) if heading else 0
    body = heading[2].rstrip().rstrip("#").rstrip() if heading else row
    before = ""
    if task := _TASK.match(body):
        before, body = ("☐ " if task[1] == " " else "☑ "), body[task.end() :]
    elif bullet := _BULLET.match(body):
        body = body[bullet.end() :]
    for part in _BREAK.split(body):
        said = part.rstrip("\\").strip()
        slanted = _SLANTED.match(said)
        shown = _shown(slanted[1] if slanted else said)
        if shown.text:
            text = before + shown.text
            shown.marked = [(0, len(shown.text))] if slanted else shown.marked
            marked = tuple((start + len(before), end + len(before)) for start, end in shown.marked)
            yield Line(where, text, marked=marked, heading=level)
            before = ""


@dataclass(slots=True)
class _Shown:
    text: str = ""
    marked: list[tuple[int, int]] = field(default_factory=list)


def _shown(text: str) -> _Shown:
    """What a line shows, and what of it is set apart. Underscores stay: they are blanks more often than emphasis."""
    shown = _Shown()
    opened: dict[str, int] = {}
    stars = {sign: text.count(sign) for sign in ("**", "==")}
    at = 0
    for found in _TOKEN.finditer(text):
        shown.text += html.unescape(text[at : found.start()])
        at = found.end()
        if found["star"] or found["tag"]:
            _toggle(shown, opened, stars, found)
        else:
            shown.text += found["escaped"] or found["code"] or found["math"] or found["image"] or found["link"]
    shown.text += html.unescape(text[at:])
    last = len(shown.text) - len(shown.text.lstrip())
    if last or shown.text != shown.text.rstrip():
        end = len(shown.text.strip())
        shown.marked = [(max(a - last, 0), min(b - last, end)) for a, b in shown.marked]
        shown.text = shown.text.strip()
    return shown


def _toggle(shown: _Shown, opened: dict[str, int], stars: dict[str, int], found: re.Match[str]) -> None:
    """A sign that begins or ends what is set apart; one that nothing answers is text."""
    sign = found["star"]
    if sign:
        if sign not in opened and stars[sign] < 2:
            shown.text += sign
        stars[sign] -= 1
    name = sign or found["tag"].casefold()
    if name not in _MARKING or (
        not sign and found["tag"] and "=" not in found[0] and name in {"font", "span"} and not found["close"]
    ):
        return
    if name in opened:
        start = opened.pop(name)
        if shown.text[start:].strip():
            shown.marked.append((start, len(shown.text.rstrip())))
    elif not found["close"] and (not sign or stars[sign] > 0):
        opened[name] = len(shown.text)


def _table(rows: Sequence[str], start: int) -> int:
    """How many rows the table that begins here has; 0 where none does."""
    if "|" not in rows[start] or start + 1 >= len(rows) or "|" not in rows[start + 1]:
        return 0
    if not _DIVIDER.fullmatch(rows[start + 1]):
        return 0
    end = start + 2
    while end < len(rows) and "|" in rows[end]:
        end += 1
    return end - start


def _grid(rows: Sequence[str], number: int) -> list[Block]:
    cells = [_cells(row, f"第{number + place}行") for place, row in enumerate(rows) if place != 1]
    return grid_of(f"第{number}行的表格", cells)


def _cells(row: str, where: str) -> list[Cell]:
    body = row.strip()
    body = body.removeprefix("|")
    if body.endswith("|") and not body.endswith("\\|"):
        body = body[:-1]
    parts = re.split(r"(?<!\\)\|", body)
    return [Cell(column, list(_lines(part.strip(), where))) for column, part in enumerate(parts)]
