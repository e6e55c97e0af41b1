"""Kinds and chapters as headings announce them, and kinds beside stems."""

from __future__ import annotations

import re

from questions.readers.meaning.kinds import Named, kind_named, section_named
from questions.readers.written.brackets import ANSWERED, EMPTY

_POINTS = r"(?:本[小大]?题|分值|每[小]?题)?\s*+:?\s*+\d{1,2}(?:\.\d)?\s*+分"
_PREFIX = re.compile(rf"[(\[]\s*+([^()\[\]:,。]{{1,10}}?)(?:\s*+[,、:]\s*+{_POINTS})?\s*+[)\]]\s*+[.、:]?\s*+")
_SAID_FIRST = re.compile(
    r"(单选题?|单项选择题?|多选题?|多项选择题?|判断题?|填空题?|不定项选择题?|简答题|问答题|选择题)\s*+:\s*+"
)
_SCORED = re.compile(
    r"((?:单选|单项选择|多选|多项选择|不定项选择|判断|填空|简答)题?)\s?\(\s?\d{1,2}(?:\.\d)?\s?分\s?\)\s?(?=[^\s()、,。;:.共每])"
)
"""``多选(1分)下列…``: the kind and points, and the stem behind them in the same line."""
_STEM_BEGINS = re.compile(
    r"[\s*\"'“《(\[]*(?!(?:共|计|每|各|本|共计|总计|合计|总分|满分)\s*:?\s*(?:\d|[大小]?题|空|道|个)|\d{1,3}\s?(?:道|小?题|个|分))[^\W_]"
)
"""What follows a kind in brackets in a stem, and not in a heading: ``1. (判断题, 5分)随手关灯。``."""
_SUFFIX = re.compile(rf"[(\[]\s*+([^()\[\]]{{1,12}}?)(?:\s*+[,、:]\s*+{_POINTS})?\s*+[)\]]\s*+[*。:]?\s*+$")
_BESIDES = re.compile(rf"{_POINTS}|(?:难度)?\s*+:?\s*+(?:易|中|难|简单|一般|困难|较易|较难)|必答(?:题)?|[*]")
"""What stands beside stems in brackets, and is not asked: points, how hard it is."""
_INNER = re.compile(r"[(\[]\s*+((?:单选|单项选择|多选|多项选择|不定项选择|判断)题?)\s*+[)\]](?=\s*+[(\[]\s*+[)\]])")
_SUFFIX_WITHIN = 24


def kind_prefix(plain: str, start: int) -> tuple[str, int] | None:
    """The kind that a stem begins with (``[单选题]``, ``判断题：``), or "" for points, and where the stem goes on."""
    start += len(plain) - start - len(plain[start:].lstrip()) if plain[start : start + 1].isspace() else 0
    if found := _SAID_FIRST.match(plain, start) or _SCORED.match(plain, start):
        return found[1], found.end()
    found = _PREFIX.match(plain, start) if plain[start : start + 1] in "([" else None
    return _beside(found[1], found.end()) if found else None


def begins_scored(plain: str, start: int, *, weak: bool) -> bool:
    """Whether a stem begins at a place with its kind and points: it is no heading, though it looks like one."""
    if weak or _SCORED.match(plain, start):
        return _SCORED.match(plain, start) is not None
    found = kind_prefix(plain, start)
    return found is not None and bool(found[0]) and _STEM_BEGINS.match(plain, found[1]) is not None


def kind_suffix(plain: str, start: int) -> tuple[str, int] | None:
    """The kind that a stem ends with, or "" for points, and where the stem ends."""
    if plain[-1:] not in ")] *。:":
        return None
    least = max(start, len(plain) - _SUFFIX_WITHIN)
    opening = max(plain.rfind("(", least), plain.rfind("[", least))
    found = _SUFFIX.match(plain, opening) if opening >= 0 else None
    return _beside(found[1], len(plain[:opening].rstrip())) if found else None


def kind_inside(plain: str) -> tuple[str, int, int] | None:
    """The kind that stands in front of the last bracket of a stem, ``…（多选）（ ）``, and its place."""
    found = _INNER.search(plain) if "选" in plain or "判断" in plain else None
    return (found[1], found.start(), found.end()) if found else None


def _beside(text: str, place: int) -> tuple[str, int] | None:
    named = kind_named(text)
    if named is not None and (not named.foreign or text.endswith("题")):
        return text, place
    return ("", place) if _BESIDES.fullmatch(text) else None


_KIND_WORD = re.compile(
    r"单项?选择?题|单选|单项选择|多项?选择?题|多选|多项选择|不定项选择?题?|判断(?:正误|对错|改错)?题|判断|是非题|填空题|填空"
    r"|简答题|问答题|论述题|选择题|名词解释|案例分析题?|计算题|材料分析题|论述|简答"
)
_TAIL = re.compile(
    r"[题目型库类部分试\s:,.。、;\[\]()-]*(?:(?:共|每|计|总|本|请|对|把|将|从|答|A\s?[.、:=]?\s?(?:[正为是]|对|√)|多选|少选|错选|漏选|不|只有|至少|选|打|正确"
    r"|错误|用|满分|合计|各|\d{1,3}\s*(?:道|小?题|个|分|[-~到至])|(?:下列|以下|在|根据|判断|依据).*[打选分填答涂]).*)?"
)
"""What follows the name of a kind in a heading, and not in a question: 共20题, 每题2分, 对的打√."""
_EXPLAINED = re.compile(r"\([^()]*(?:分|打|填|写|请|、|,|共|对的|正确的|括号|√|×)[^()]*\)")
_COUNTED = re.compile(
    r"(?:第?[一二三四五六七八九十]{1,3}(?:部分|大题|章|节)?[、.:\s)]|\(?[一二三四五六七八九十\d]{1,2}\)?[、.:)\s]?"
    r"|part\s*\d*[:.\s]?|[IVXⅠ-Ⅻ]{1,4}[、.:\s])?\s*",
    re.IGNORECASE,
)
_BANK = re.compile(r"题库|试题|竞赛|考试|练习|部分|试卷|知识|测试|复习|答题")
_LONGEST_HEADING, _LONGEST_SECTION, _LONGEST_TITLE, _LONGEST_CHAPTER = 100, 60, 40, 60


def kind_heading(plain: str) -> Named | None:
    """The kind that a folded line announces for those below it: ``一、单选题（每题2分）``."""
    if len(plain) > _LONGEST_HEADING:
        return None
    line = plain.strip(" \t*#>").rstrip(":。 ")
    word = _KIND_WORD.search(line)
    if word is None or EMPTY.search(line) or ANSWERED.search(line) or "?" in line:
        return None
    if len(word[0]) < len(line) and not _TAIL.fullmatch(line, word.end()):
        return None
    if len({kind_named(found) for found in _KIND_WORD.findall(_EXPLAINED.sub("", line))}) > 1:
        return None
    named = section_named(line) or section_named(line.strip("[]()"))
    return named if named is not None or len(line) > _LONGEST_SECTION else _in_title(line)


def _in_title(line: str) -> Named | None:
    """A title that holds the name of one kind, and what such titles hold besides: 2026年知识竞赛题库（单选题）."""
    bare = _EXPLAINED.sub("", line)
    word = _KIND_WORD.search(bare)
    if word is None or len(bare) > _LONGEST_TITLE or "," in bare or ";" in bare:
        return None
    tail = bare[word.end() :]
    counted = _COUNTED.fullmatch(bare, 0, word.start()) is not None
    return kind_named(word[0]) if counted or (_BANK.search(bare) and ":" not in tail) else None


_CHAPTER = re.compile(
    r"第\s*+[\d一二三四五六七八九十百]{1,5}\s*+[章节讲篇课编卷集周期轮单部模套](?:元|分|块)?(?:[\s:、.(《].{0,50}|[^。?]{0,40})"
    r"|[一二三四五六七八九十]{1,3}\s*+[、.]\s*+[^?。]{1,40}|\([一二三四五六七八九十]{1,3}\)\s*+[、.]?\s*+[^?。]{1,40}"
    r"|(?:模块|专题|单元|项目|任务|chapter|unit|part|module)\s*+[\d一二三四五六七八九十]{1,3}(?:[\s:、.].{0,50})?"
    r"|-{2,}\s[^?。-][^?。]{1,40}\s-{2,}|={2,}\s[^?。=][^?。]{1,40}\s={2,}"
    r"|附[录件]\s*+[\d一二三四五六七八九十]{0,3}(?:[\s:、.].{0,50})?|\[[^\[\]?。]{2,20}\]",
    re.IGNORECASE,
)
_NAMED_CHAPTER = re.compile(r"第\s*+[\d一二三四五六七八九十百]{1,5}\s*+[章节讲篇编卷](?:[\s:、.《]|$)[^,;]*")


def chapter_shaped(plain: str) -> bool:
    """Whether a folded line looks like the title of a chapter; its neighbours decide whether it is one."""
    line = plain.strip(" \t*#>")
    return len(line) <= _LONGEST_CHAPTER and not EMPTY.search(line) and _CHAPTER.fullmatch(line) is not None


def is_chapter(plain: str) -> bool:
    """Whether a folded line says itself that it is the title of a chapter: ``第一章 总则``."""
    return chapter_shaped(plain) and _NAMED_CHAPTER.fullmatch(plain.strip(" \t*#>")) is not None
