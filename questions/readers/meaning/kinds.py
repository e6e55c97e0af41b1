"""How people write a question's kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from questions.model import Kind


@dataclass(frozen=True, slots=True)
class Named:
    """A kind that a file names."""

    kind: Kind | None
    """None: a choice question, single or multiple as its answer says."""
    foreign: str = ""
    """The name of a kind that is not one of ours; `kind` is then ESSAY."""


CHOICE = Named(None)

_PATTERNS: tuple[tuple[re.Pattern[str], Named], ...] = tuple(
    (re.compile(pattern), named)
    for pattern, named in (
        (r"单选?多选|单选?[/或和及、]多选|单项?多项", CHOICE),
        (r"选择题?[(\-_:]?(单|只有一个)", Named(Kind.SINGLE)),
        (r"选择题?[(\-_:]?(多|不定)", Named(Kind.MULTIPLE)),
        (r"多项?选?择?|不定项|任选|复选|双选|multi|checkbox", Named(Kind.MULTIPLE)),
        (r"单项?选?择?|single|radio", Named(Kind.SINGLE)),
        (
            r"判断?(对错|正误|是非)|判断?|是非|对错|正误|true/?_?-?false|judge?ment|judge|boolean|t/?f",
            Named(Kind.TRUE_FALSE),
        ),
        (r"填空|填充|数值|数字|numeric(al)?|blank|fill|completion", Named(Kind.BLANK)),
        (r"简答|问答|论述|主观|简述|essay|shortanswer|short", Named(Kind.ESSAY)),
        (r"选择|choice|客观", CHOICE),
    )
)
_FOREIGN = re.compile(
    r"名词解释|计算|案例|材料|连线|匹配|配对|排序|完形|完型|阅读|编程|程序|操作|实操|作文|写作|翻译|听力|辨析|改错|"
    r"画图|绘图|作图|应用|综合|组合|分析|投票|调查|问卷|打分|量表|评分|上传|选词|共用|matching|match|order|sort|cloze"
)
_CODES = {
    "danxuan": "单选",
    "dan": "单选",
    "dx": "单选",
    "danxuanti": "单选",
    "duoxuan": "多选",
    "duo": "多选",
    "duoxuanti": "多选",
    "panduan": "判断",
    "panduanti": "判断",
    "pd": "判断",
    "bool": "判断",
    "tf": "判断",
    "yesno": "判断",
    "tiankong": "填空",
    "tiankongti": "填空",
    "tk": "填空",
    "gap": "填空",
    "input": "填空",
    "jianda": "简答",
    "jiandati": "简答",
    "wenda": "简答",
    "textarea": "简答",
    "open": "简答",
    "mcq": "选择题",
    "choose": "选择题",
    "xuanze": "选择题",
    "select": "选择题",
    "sc": "单选",
    "mc": "选择题",
    "multiple": "多选",
    "multi": "多选",
    "multiplechoice": "多选",
    "multiplechoices": "多选",
    "multichoice": "多选",
    "multipleselect": "多选",
    "multipleanswer": "多选",
    "multipleanswers": "多选",
    "multipleresponse": "多选",
    "singleselect": "单选",
    "oneanswer": "单选",
    "fillblank": "填空",
    "fillinblank": "填空",
    "fillinblanks": "填空",
    "fillintheblank": "填空",
    "fillintheblanks": "填空",
    "subjective": "简答",
    "longanswer": "简答",
    "openended": "简答",
    **dict.fromkeys(["a1型题", "a2型题", "a3型题", "a4型题", "a型题", "b型题", "b1型题"], "单选"),
    "x型题": "多选",
}
"""Words and codes of programs, which are too short to be looked for in what people write."""
_NUMBERING = (
    r"(?:(?:第?[一二三四五六七八九十]{1,3}(?:部分|大题)?|第\d+(?:部分|大题)|\d{1,2}|[IVX]{1,4})[、.,:)）．：\s]*"
    r"|[(（][一二三四五六七八九十\d]{1,3}[)）]\s*)?"
)
_SECTION = re.compile(
    rf"{_NUMBERING}[【\[(]?([^\s(（【\[\])】:：,，。.、;；\d]{{2,10}}?题?)[】\])]?(?:部分)?\s*(?:[(（\[【:：,，。、;；\d共每].*)?",
    re.DOTALL,
)
_TITLED = re.compile(r"(?:题目|试题)?(?:题型|类型)\s*[:：]\s*")
_MARKER = re.compile(r"[(（\[【]\s*([^()（）\[\]【】]{1,8}?)\s*[)）\]】]")


@lru_cache(maxsize=1024)
def kind_named(text: str) -> Named | None:
    """The kind that a whole cell or heading names; None where it names none."""
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()
    if not folded or len(folded) > 20:
        return None
    if _FOREIGN.match(folded):
        return Named(Kind.ESSAY, text.strip())
    for pattern, named in _PATTERNS:
        if found := pattern.match(folded):
            rest = folded[found.end() :]
            if not rest or re.fullmatch(
                r"(选择?)?题?(目|型)?(\(.*\))?|_?-?(choice|question|answer|select|in|theblanks?|s)*", rest
            ):
                return named
    if re.fullmatch(r"\D{1,8}题", folded):
        return Named(Kind.ESSAY, text.strip())
    return None


def kind_word(text: str) -> str:
    """What `kind_named` knows the word or code by that a column or a key of kinds holds; empty where it names none."""
    known = _CODES.get(re.sub(r"[\W_]", "", text).casefold())
    if known or kind_named(text):
        return known or text
    named = section_named(text)  # 1、单选题
    return (named.kind.label if named.kind else "选择题") if named and not named.foreign else ""


def kind_words(texts: Iterable[str]) -> dict[str, str]:
    """One file's words for kinds → ours. Beside no word for single choice, "multiple choice" is any choice."""
    words = {text: known for text in set(texts) if text and (known := kind_word(text))}
    if not any(named.kind is Kind.SINGLE for known in words.values() if (named := kind_named(known))):
        alike = {text for text in words if re.sub(r"[\W_]", "", text).casefold() == "multiplechoice"}
        words |= dict.fromkeys(alike, "选择题")
    return words


def section_named(text: str) -> Named | None:
    """The kind that a heading row or a sheet's name announces: ``一、单选题（每题2分）``."""
    if len(text) > 80:
        return None
    found = _SECTION.fullmatch(_TITLED.sub("", text.strip()))
    named = kind_named(found[1]) if found else None
    if named and named.foreign and not (_FOREIGN.match(named.foreign) and named.foreign.endswith("题")):
        return None
    return named


def kind_marked(stem: str) -> Named | None:
    """The kind that a bracket at the start or the end of a stem names: ``【多选】…`` or ``…（多选）``."""
    for found in _MARKER.finditer(stem):
        at_edge = found.start() <= 6 or found.end() >= len(stem) - 3
        if at_edge and (named := kind_named(found[1])) and not named.foreign:
            return named
    return None
