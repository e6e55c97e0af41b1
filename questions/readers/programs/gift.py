"""GIFT files → questions. The grammar is that of Moodle's own reader (question/format/gift/format.php)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from questions.model import ALTERNATIVES, EXPLANATION, Kind, Problem, Severity
from questions.readers.meaning.answers import truth_of
from questions.readers.pictures import Pictures
from questions.readers.programs.exact import GAP, Choice, Exact, Number, number_in
from questions.readers.quoting import brief
from questions.readers.reading import Reading
from questions.readers.rich_text import Find, Shown, embedded, looks_marked_up, shown
from questions.readers.sniff import OUR_GIFT

KEPT = "// [lvda] "
"""In front of what GIFT has no place for: a JSON object of a question's other fields."""
BLANKS = "；"
"""Between the blanks of one question, for which GIFT has no form either."""

_ESCAPED = re.compile(r"\\([\\:#={}~n>])")
_MARKS = dict(zip("\\:#={}~n>", "\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5\ufdd6\ufdd7\ufdd8", strict=True))
_MEANT = str.maketrans({mark: "\n" if character == "n" else character for character, mark in _MARKS.items()})
"""Escaped characters are characters that no text has, until the text has been taken apart."""
_FORM = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d*)?)%")
_NOTE = re.compile(r"\[(id|tag):((?:\\\]|[^\]])+)\]")
_ROOTS = re.compile(r"\$\w+\$|top|(?:Default for|默认).*", re.IGNORECASE)
_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}


@dataclass(slots=True)
class _Block:
    """What stands between two empty lines."""

    line: int
    """Of the first line that is no comment, from 1."""
    text: str = ""
    comments: list[str] = field(default_factory=list)


def read_gift(text: str, encoding: str, columns: Mapping[str, str]) -> Reading:
    """Single and multiple choice, true/false, short answers, numbers, missing words, essays; others are reported."""
    reading = Reading("gift", encoding)
    pictures = Pictures()
    gift = _Gift(reading, embedded(pictures), text.startswith(OUR_GIFT))
    for block in _blocks(text):
        gift.read(block)
    reading.pictures = pictures.kept
    return reading


def _blocks(text: str) -> Iterator[_Block]:
    """Questions are apart by empty lines; one that an empty line would cut through its answers stays whole."""
    lines = (
        text.translate(dict.fromkeys(map(ord, _MARKS.values()))).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )
    block, body = _Block(0), list[str]()
    for number, line in enumerate([*lines, ""], 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            block.comments.append(stripped)
        elif stripped:
            block.line = block.line or number
            body.append(stripped)
        elif _is_open(body) and number <= len(lines):
            body.append("")
        else:
            if body:
                yield replace(block, text="\n".join(body))
            block, body = _Block(0), []


def _is_open(body: Iterable[str]) -> bool:
    """Whether a brace is open that the lines do not close."""
    text = _ESCAPED.sub("", "\n".join(line for line in body if not line.startswith("$CATEGORY:")))
    return text.count("{") == text.count("}") + 1 and text.rfind("{") > text.rfind("}")


class _Gift:
    def __init__(self, reading: Reading, find: Find, ours: bool) -> None:
        self._reading, self._find, self._ours = reading, find, ours
        self._category = ""

    def read(self, block: _Block) -> None:
        text = _ESCAPED.sub(lambda found: _MARKS[found[1]], block.text)
        while text.startswith("$CATEGORY:"):
            line, _, text = text.partition("\n")
            self._category = category_of(line.removeprefix("$CATEGORY:").translate(_MEANT))
            block.line += 1
        if not text.strip():
            return
        for below, part in _apart(text):
            self._question(block, block.line + below, part)
            block.comments = []

    def _question(self, block: _Block, line: int, text: str) -> None:
        item = Exact(f"第{line}行", category=self._category)
        name, text = _named(text)
        item.number = number_in(name)
        kept = _notes(item, block.comments)
        start, end = text.find("{"), text.find("}")
        if start < 0 and end < 0:
            told = f"“{brief(text.translate(_MEANT))}”后面没有花括号里的答案，当作说明文字，没有读入。"
            self._reading.problems.append(Problem(item.where, Severity.WARNING, told))
            return
        if start < 0 or end < start or text.count("{") > 1 or text.count("}") > 1:
            item.stem = self._text(text, "plain").text
            item.error("这一题的花括号不成对，或者不止一处；文字里的花括号请写成 \\{ 和 \\}，题目之间空一行。")
        else:
            self._answered(item, text[:start], text[start + 1 : end].strip(), text[end + 1 :])
        _take_back(item, kept)
        self._reading.settled.append(item.settled(verbatim=self._ours))

    def _answered(self, item: Exact, before: str, answers: str, after: str) -> None:
        form = found[1] if (found := _FORM.match(before)) else "moodle"
        gap = GAP if after.strip() else ""
        item.stem = item.take(self._text(f"{before}{gap}{after}" if gap else before, "moodle"))
        answers, cut, general = answers.rpartition("####")
        if not cut:
            answers, general = general, ""
        self._answers(item, answers.strip(), form, bool(gap))
        if general.strip():
            told = item.explanation
            item.explanation = item.take(self._text(general, form), EXPLANATION)
            item.explain([told])

    def _answers(self, item: Exact, answers: str, form: str, gap: bool) -> None:
        verdict = _TRUTHS.get(answers.partition("#")[0].strip().upper())
        if not answers:
            item.kind = Kind.ESSAY
        elif answers.startswith("#"):
            item.count(list(self._numbers(item, answers[1:], form)))
        elif "~" in answers:
            self._choices(item, answers, form)
        elif "=" in answers and "->" in answers:
            item.be_foreign("匹配题")
        elif verdict is None and "=" not in answers:
            verdict = truth_of(answers.partition("#")[0].strip())
            if verdict is None:
                self._words(item, answers, form)
        elif verdict is None:
            self._words(item, answers, form)
        if verdict is not None:
            item.judge(verdict)
            wrong, _, right = answers.partition("#")[2].partition("#")
            item.explain([self._text(right, form).text, self._text(wrong, form).text])

    def _choices(self, item: Exact, answers: str, form: str) -> None:
        choices: list[Choice] = []
        for piece in answers.replace("=", "~=").split("~"):
            body = piece.strip()
            if not body and not choices:
                continue
            right = body.startswith("=")
            share, body = _weighed(body[1:] if right else body, 1.0 if right else 0.0)
            text, feedback = self._parted(body, form)
            choices.append(Choice(text, share, feedback))
        item.choose(choices, several="=" not in answers and any(choice.share > 0 for choice in choices))

    def _words(self, item: Exact, answers: str, form: str) -> None:
        """Short answers: those with the whole mark are alternatives."""
        right: list[str] = []
        feedbacks: list[str] = []
        partly: list[str] = []
        for piece in answers.split("="):
            if not piece.strip():
                continue
            share, body = _weighed(piece.strip(), 1.0)
            text, feedback = self._parted(body, form)
            if share > 0.999:
                right.append(item.literal_stars(text.text))
                feedbacks.append(feedback)
            elif share > 0:
                partly.append(text.text)
        item.fill([right] if right else [])
        item.report_partial(partly)
        item.explain(feedbacks)

    def _numbers(self, item: Exact, answers: str, form: str) -> Iterator[Number]:
        partly: list[str] = []
        feedbacks: list[str] = []
        for piece in answers.partition("~")[0].split("="):
            if not piece.strip():
                continue
            share, body = _weighed(piece.strip(), 1.0)
            written, _, feedback = body.partition("#")
            written = written.strip().translate(_MEANT)
            if share > 0.999:
                feedbacks.append(self._text(feedback, form).text)
                yield _number(written)
            elif share > 0:
                partly.append(written)
        item.report_partial(partly)
        item.explain(feedbacks)

    def _parted(self, body: str, form: str) -> tuple[Shown, str]:
        """An answer and its feedback."""
        answer, _, feedback = body.partition("#")
        return self._text(answer, form), self._text(feedback, form).text

    def _text(self, raw: str, form: str) -> Shown:
        """What a text shows, in its own form or the question's."""
        if (found := _FORM.match(raw)) is not None:
            form, raw = found[1], raw[found.end() :]
        text = raw.strip().translate(_MEANT)
        if form == "html":
            return shown(text, self._find)
        if form == "moodle" and looks_marked_up(text):
            return shown(text, self._find, line_feeds=True)
        return Shown(text)


def _apart(text: str) -> Iterator[tuple[int, str]]:
    """(lines before it, question) of questions that somebody wrote without an empty line between them."""
    if text.count("{") < 2:
        yield 0, text
        return
    parts: list[tuple[int, list[str]]] = [(0, [])]
    for number, line in enumerate(text.split("\n")):
        parts[-1][1].append(line)
        if line.endswith("}"):
            parts.append((number + 1, []))
    found = [(number, "\n".join(lines)) for number, lines in parts if lines]
    whole = all(part.count("{") == part.count("}") > 0 for _, part in found)
    yield from found if whole else [(0, text)]


def _named(text: str) -> tuple[str, str]:
    """The question's name between double colons, and the rest."""
    name, mark, rest = text[2:].partition("::")
    if not text.startswith("::") or not mark:
        return "", text
    return name.strip().translate(_MEANT), rest.strip()


def category_of(path: str) -> str:
    """``$course$/top/节水`` → ``节水``; a doubled slash stands for one that parts nothing."""
    parts = path.strip().replace("//", "\ufdd9").split("/")
    names = [part.replace("\ufdd9", "/").strip() for part in parts]
    while names and (not names[0] or _ROOTS.fullmatch(names[0])):
        names.pop(0)
    return "/".join(names)


def _weighed(text: str, share: float) -> tuple[float, str]:
    found = _WEIGHT.match(text)
    return (float(found[1]) / 100, text[found.end() :].strip()) if found else (share, text)


def _number(written: str) -> Number:
    low, dots, high = written.partition("..")
    if dots:
        same = low.strip() == high.strip()
        return Number(low.strip()) if same else Number("", low.strip(), high.strip())
    value, colon, margin = (part.strip() for part in written.partition(":"))
    return Number.around(value, margin) if colon else Number(value)


def _notes(item: Exact, comments: Iterable[str]) -> dict[str, object]:
    """Number and tags from Moodle's comments; what our own comment keeps."""
    kept: dict[str, object] = {}
    for comment in comments:
        if comment.startswith(KEPT):
            kept |= _object(comment.removeprefix(KEPT))
            continue
        for what, text in _NOTE.findall(comment):
            if what == "id":
                item.number = text.replace("\\]", "]").strip()
            else:
                item.tags.append(text.replace("\\]", "]").strip())
    return kept


def _object(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _take_back(item: Exact, kept: Mapping[str, object]) -> None:
    """What our writer kept in a comment. What the question itself says goes first where the two disagree."""
    for name in ("number", "category", "difficulty", "source"):
        if isinstance(value := kept.get(name), str):
            setattr(item, name, value)
    tags, kind, answer = kept.get("tags"), kept.get("kind"), _texts(kept.get("answer"))
    if isinstance(tags, list):
        item.tags = _texts(tags)
    if not item.answer and isinstance(kind, str) and kind in _unanswered(item):
        item.kind = Kind(kind)
    if answer and item.kind is Kind.ESSAY and not item.foreign:
        item.answer = tuple(answer)
    elif answer and item.kind is Kind.BLANK:
        if item.answer == (as_one_blank(answer),):
            item.answer = tuple(answer)
        else:
            item.answer = ()
            item.error("花括号里的答案改过，与 [lvda] 注释里的几个空对不上；请删去注释，或让两处相同。")


def _unanswered(item: Exact) -> set[str]:
    """The kinds that a question without an answer may be of, as it stands in the file."""
    if item.foreign:
        return set()
    return {"single", "multiple"} if item.options else {"true_false", "blank", "essay"}


def as_one_blank(answer: Iterable[str]) -> str:
    """What stands in the braces for several blanks: the first alternative of each."""
    return BLANKS.join(part.split(ALTERNATIVES)[0] for part in answer)


def _texts(found: object) -> list[str]:
    return [part for part in found if isinstance(part, str)] if isinstance(found, list) else []
