"""Moodle's cloze questions (``{1:SHORTANSWER:=26~%50%25}``) → blanks, or one choice with a gap."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from questions.readers.programs.exact import GAP, Choice, Exact
from questions.readers.rich_text import Find, shown

OURS = re.compile(r'<p class="lvda-blanks">(.*)</p>$', re.DOTALL)
"""The gaps of a question that we wrote stand behind its text, which stays as it is."""

_GAP = re.compile(
    r"\{\d*:(?P<kind>NUMERICAL|NM|MULTICHOICE|MULTICHOICE_[HVS]{1,2}|MULTIRESPONSE|MULTIRESPONSE_[HS]{1,2}|"
    r"MC|MCV|MCH|MCS|MCVS|MCHS|MR|MRH|MRS|MRHS|MRVS|SHORTANSWER|SHORTANSWER_C|SA|SAC|MW|MWC|REGEXP|RX)"
    r":(?P<answers>(?:\\.|[^\\{}]|\{(?!\d*:[A-Z]))*)\}"
)
_SEPARATOR = re.compile(r"(?<!\\)~")
_WEIGHT = re.compile(r"(=)|%(-?\d+(?:[.,]\d*)?)%")
_FEEDBACK = re.compile(r"(?<![\\&])(?<!&amp;)#")
_WORDS = {"SHORTANSWER", "SHORTANSWER_C", "SA", "SAC", "MW", "MWC"}
_NUMBERS = {"NUMERICAL", "NM"}


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    share: float


def read_cloze(item: Exact, text: str, find: Find) -> None:
    """Gaps for words and numbers become blanks; a single gap to choose for, a choice; all else is reported."""
    own = OURS.search(text)
    stem = text[: own.start()] if own else _GAP.sub(GAP, text)
    item.stem = item.take(shown(stem, find))
    gaps = list(_GAP.finditer(own[1] if own else text))
    kinds = {gap["kind"] for gap in gaps}
    if gaps and kinds <= _WORDS:
        item.fill(_right(item, gap["answers"]) for gap in gaps)
    elif gaps and kinds <= _WORDS | _NUMBERS:
        _numbers(item, gaps)
    elif len(gaps) == 1 and gaps[0]["kind"].startswith("M"):
        several = gaps[0]["kind"].startswith(("MULTIRESPONSE", "MR"))
        found = _answers(gaps[0]["answers"])
        item.choose([Choice(shown(answer.text, find), answer.share) for answer in found], several=several)
    else:
        item.be_foreign("完形填空（混合多种空）")


def _answers(text: str) -> list[_Answer]:
    found: list[_Answer] = []
    for part in _SEPARATOR.split(text):
        weight = _WEIGHT.match(part)
        share = 0.0 if weight is None else 1.0 if weight[1] else float(weight[2].replace(",", ".")) / 100
        body = _FEEDBACK.split(part[weight.end() if weight else 0 :], maxsplit=1)[0]
        found.append(_Answer(re.sub(r"\\([}~#\"/\\])", r"\1", body), share))
    return found


def _right(item: Exact, text: str) -> list[str]:
    answers = _answers(text)
    if any(0 < answer.share < 0.999 for answer in answers):
        item.warning("有的答案原来只得一部分分，这里不算对；请核对。")
    words = [html.unescape(answer.text) for answer in answers if answer.share > 0.999]
    if any("*" in word.replace("\\*", "") for word in words):
        item.warning("答案里的 * 原来表示任意文字，这里按 * 本身读入；请核对。")
    return [word.replace("\\*", "*") for word in words]


def _numbers(item: Exact, gaps: list[re.Match[str]]) -> None:
    """Among the gaps are numbers, which may be missed by a little."""
    blanks: list[list[str]] = []
    for gap in gaps:
        words = _right(item, gap["answers"])
        if gap["kind"] in _NUMBERS:
            values = [word.partition(":") for word in words]
            if any(margin.strip(" 0.") for _, _, margin in values):
                item.warning("答案允许有误差，这里只认写出的数；请核对。")
            words = [value.strip() for value, _, _ in values]
        blanks.append(words)
    item.fill(blanks)
