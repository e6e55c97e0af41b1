"""What a table's column holds: what its header says, or what a person says over the header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from questions.model import BadColumns


class Role(StrEnum):
    NUMBER = "number"
    KIND = "kind"
    STEM = "stem"
    OPTION = "option"
    """One option a column; its index says which."""
    OPTIONS = "options"
    """All options in one cell."""
    OPTION_TEXT = "option text"
    """The option of a row that holds one option."""
    OPTION_FLAG = "option flag"
    """Whether the option of this row is right: 1 or 0, 是 or 否."""
    ANSWER = "answer"
    BLANK = "blank"
    """The answer of one blank; its index says which."""
    EXPLANATION = "explanation"
    CATEGORY = "category"
    DIFFICULTY = "difficulty"
    SOURCE = "source"
    TAGS = "tags"
    IGNORED = "ignored"
    """Known, and nothing of ours: scores, dates, a person's own answer."""


@dataclass(frozen=True, slots=True)
class Meaning:
    role: Role
    index: int = 0
    """Of an option or a blank, from 0."""
    rank: int = 0
    """Of several headers with one role the lowest rank holds it, the leftmost among equals."""


_WORDS: dict[Role, str] = {
    Role.STEM: (
        "题干 题目 试题 题目内容 试题内容 题干内容 试题题干 题目题干 题目描述 试题描述 题目正文 问题 "
        "问题内容 题面 题目名称 试题名称 题目标题 问题描述 问题题目 题 question stem questiontext "
        "questionstem questioncontent questiontitle 内容 标题 title content text 名称 problem questionname"
    ),
    Role.ANSWER: (
        "正确答案 标准答案 答案 正确选项 正确项 试题答案 题目答案 正解 参考答案 答案选项 正确答案选项 "
        "correctanswer rightanswer answer answers correct correctoption key answerkey 标答 正确选项内容 正确选项文本 "
        "正确答案内容 正确答案文本 答案内容 答案文本 rightoption answerlist "
        "答案及解析 答案与解析 答案和解析 答案/解析 参考答案及解析 正确答案及解析 标准答案及解析 答案及说明 答案及依据"
    ),
    Role.KIND: ("题型 试题类型 题目类型 题型名称 试题题型 问题类型 题目题型 questiontype 类型 题类 type kind qtype"),
    Role.OPTIONS: (
        "选项 备选项 备选答案 可选项 供选项 选项列表 选项内容 候选项 试题选项 题目选项 所有选项 全部选项 答案选项列表 "
        "选择项 候选答案 options choices option choice"
    ),
    Role.NUMBER: (
        "编号 题号 题目编号 试题编号 序号 题目序号 试题序号 题序 no number 序 id 题目id 试题id questionid # 编码"
    ),
    Role.EXPLANATION: (
        "解析 答案解析 试题解析 题目解析 整体解析 解答 详解 答案详解 解释 答案说明 分析 试题分析 题解 "
        "explanation analysis explain rationale feedback 说明 解题思路 理由 判断理由 改正 改错 正确说法"
    ),
    Role.CATEGORY: (
        "分类 类别 题目分类 试题分类 所属分类 章节 所属章节 知识点 考点 模块 科目 学科 专业 领域 栏目 "
        "目录 所属题库 题库 分组 category chapter subject topic 章 单元 主题 题目类别 "
        "试题类别 一级分类"
    ),
    Role.DIFFICULTY: "难度 难易度 难易程度 难度等级 难度系数 难度级别 题目难度 试题难度 难易 difficulty level",
    Role.SOURCE: (
        "来源 出处 依据 试题来源 题目来源 出题依据 参考依据 政策依据 参考来源 文件依据 source reference 参考文献"
    ),
    Role.TAGS: "标签 题目标签 试题标签 关键词 关键字 tags tag keywords keyword labels",
    Role.OPTION_FLAG: (
        "是否正确项 是否正确 是否答案 是否正确答案 是否为正确答案 是否正确选项 是否为答案 正确与否 "
        "iscorrect isright 是否为正确项 是否为正确选项"
    ),
    Role.IGNORED: (
        "分值 分数 得分 单空分数 每题分数 题目分值 试题分值 score point points 我的答案 你的答案 "
        "用户答案 学生答案 考生答案 作答 答案个数 答案数量 选项个数 选项数 选项数量 正确答案个数 "
        "选项解析 选项图片 题目图片 题目视频 题目音频 图片 备注 创建时间 更新时间 出题人 录入人 审核人 "
        "时间 作者 状态 选项序号 选项标识 选项编号 remark time author 错误率 正确率 是否正确作答 审题人 "
        "姓名 单位 部门"
    ),
}
_MEANINGS: dict[str, Meaning] = {
    word: Meaning(role, 0, rank) for role, words in _WORDS.items() for rank, word in enumerate(words.split())
}
_PREFIX = r"(?:备选|候选|选择|供选)?(?:答案)?(?:选项|选择|备选项|候选项|options?|opt|choices?|answer)?"
_OPTION = re.compile(rf"(?:{_PREFIX}[_\-(\[【.:]?([a-j])[)\]】.:]?(?:选项|项目|项|内容|选项内容|答案)?|选项([k-z]))")
_COUNTED = re.compile(
    r"(?:选项|备选项|候选项|选择|备选答案|options?|opt|choices?|项)[_\-(]?(\d{1,2}|[一二三四五六七八九十])\)?(?:内容)?"
)
_BLANK = re.compile(
    r"(?:第?(\d{1,2}|[一二三四五六七八九十])空|空格?_?(\d{1,2}|[一二三四五六七八九十])|blank_?(\d{1,2}))(?:答案)?"
)
_NUMBERED_ANSWER = re.compile(r"(?:答案|answer)[_\-]?(\d{1,2}|[一二三四五六七八九十])")
_NOTE = re.compile(r"[(\[【{<].*?[)\]】}>]|必填|选填|可选|[*:·\"'“”]+")
_CHINESE = "一二三四五六七八九十"
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_OF_A_QUESTION = {"question", "questions", "ques", "problem"}
_OF_ANYTHING = _OF_A_QUESTION | {"quiz", "topic", "subject"}
_OF_A_TEXT = {"content", "text", "name", "value", "desc", "title", "str"}


@lru_cache(maxsize=4096)
def meaning(header: str) -> Meaning | None:
    """What a header cell announces, whatever its spacing, width, case and notes; None for any other text."""
    if not header or len(header) > 60 or header.isdigit():
        return None
    folded = _folded(header)
    plain = _NOTE.sub("", folded)
    if known := _MEANINGS.get(folded) or _MEANINGS.get(plain) or _MEANINGS.get(plain.replace("_", "")):
        return known
    for text in (folded, plain):
        if found := _OPTION.fullmatch(text):
            letter = found[1] or found[2]
            return Meaning(Role.OPTION, ord(letter) - ord("a"), int(text == letter))
        if found := _COUNTED.fullmatch(text):
            return Meaning(Role.OPTION, _ordinal(found[1]))
        if found := _BLANK.fullmatch(text):
            return Meaning(Role.BLANK, _ordinal(found[1] or found[2] or found[3]))
        if found := _NUMBERED_ANSWER.fullmatch(text):
            return Meaning(Role.BLANK, _ordinal(found[1]), rank=1)
    return _as_programs_say(header)


def _as_programs_say(header: str) -> Meaning | None:
    """``questionAnswer``, ``quiz_type_name``: without words that only say whose part it is, or that it is text."""
    words = [word.casefold() for word in _WORD.findall(header)] if header.isascii() and " " not in header else []
    core = list(words)
    while len(core) > 1 and core[0] in _OF_ANYTHING:
        del core[0]
    while len(core) > 1 and core[-1] in _OF_A_TEXT:
        del core[-1]
    if core == words:
        return None
    known = meaning("_".join(core)) or meaning("".join(core))
    if known is None or (known.role is Role.NUMBER and words[0] not in _OF_A_QUESTION):
        return None  # a quiz's number is the same for all of its questions
    return known if known.role is Role.OPTION else replace(known, rank=known.rank + 50)


def _folded(header: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", header)).casefold().lstrip("*").rstrip("*:.")


def _ordinal(text: str) -> int:
    number = _CHINESE.index(text) + 1 if text in _CHINESE else int(text)
    return max(number - 1, 0)


PARTS = (
    "编号、题型、题目、选项（都在一格里）、选项A…选项Z、答案、空1、空2…、解析、分类、难度、来源、标签、"
    "不读（几列：不读1、不读2…）"
)
"""What a person may name a column for, in the words that they are told."""
_PARTS = {
    "编号": Role.NUMBER,
    "题型": Role.KIND,
    "题目": Role.STEM,
    "选项": Role.OPTIONS,
    "答案": Role.ANSWER,
    "解析": Role.EXPLANATION,
    "分类": Role.CATEGORY,
    "难度": Role.DIFFICULTY,
    "来源": Role.SOURCE,
    "标签": Role.TAGS,
}
PART_NAMES = {role: part for part, role in _PARTS.items()}
"""The same, from the role."""
_UNREAD_PART = re.compile(r"不读(\d{0,2})")
_OPTION_PART = re.compile(r"选项([a-z])")
_BLANK_PART = re.compile(r"空([1-9]\d?)")
_LETTERS = re.compile(r"第?([a-z]{1,3})(列?)")


@dataclass(frozen=True, slots=True)
class Choice:
    """A column that a person has named for a part of the question, over what the headers say."""

    part: str
    """As the person wrote it, and so the column."""
    column: str
    meaning: Meaning

    @property
    def by_header(self) -> bool:
        """Whether it can only be the text of a header, not a letter."""
        return _LETTERS.fullmatch(_folded(self.column)) is None

    def found_in(self, header: Sequence[str], start: int, end: int) -> int | None:
        """The column (from 0) within [start, end); None where there is no such column.

        Raises BadColumns for what is the letter of one column and the header of another: ``F列`` is the letter alone.
        """
        wanted = _folded(self.column)
        named = [column for column in range(start, min(end, len(header))) if _folded(header[column]) == wanted]
        letters = _LETTERS.fullmatch(wanted)
        lettered = _number(letters[1]) if letters else None
        if letters and letters[2]:
            named = []
        if lettered is not None and named and lettered not in named:
            letter = wanted.upper()
            raise BadColumns(f"“{letter}”既是第 {letter} 列，又是另一列的表头；要指前者，请写成“{letter}列”。")
        if named:
            return named[0]
        return lettered if lettered is not None and start <= lettered < end else None


def choices_in(columns: Mapping[str, str]) -> tuple[Choice, ...]:
    """What a person has named: part of a question → a column's letter or header, as `read_bank` takes it.

    Raises BadColumns for a part that there is not, a part without a column, and a part that is named twice.
    """
    found = [Choice(part.strip(), column.strip(), _part(part)) for part, column in columns.items()]
    seen: dict[Meaning, str] = {}
    for choice in found:
        if not choice.column:
            raise BadColumns(f"没有写“{choice.part}”在哪一列；请写列的字母（例如 F）或表头的文字。")
        if choice.meaning in seen:
            raise BadColumns(f"“{choice.part}”指定了不止一列；请只留一个。")
        seen[choice.meaning] = choice.part
    return tuple(found)


def _part(text: str) -> Meaning:
    folded = _folded(text)
    if folded in _PARTS:
        return Meaning(_PARTS[folded])
    if found := _UNREAD_PART.fullmatch(folded):
        return Meaning(Role.IGNORED, int(found[1] or 0))
    if found := _OPTION_PART.fullmatch(folded):
        return Meaning(Role.OPTION, ord(found[1]) - ord("a"))
    if found := _BLANK_PART.fullmatch(folded):
        return Meaning(Role.BLANK, int(found[1]) - 1)
    raise BadColumns(f"题目里没有“{text.strip()[:20]}”这一部分；可以指定的有：{PARTS}。")


def locate(choices: Iterable[Choice], header: Sequence[str], start: int, end: int) -> dict[int, Choice]:
    """Column (from 0) → what a person has named it for, within [start, end).

    Raises BadColumns for a column that is named for two parts.
    """
    found: dict[int, Choice] = {}
    for choice in choices:
        column = choice.found_in(header, start, end)
        if column is None:
            continue
        if column in found:
            raise BadColumns(f"“{found[column].part}”和“{choice.part}”指定的是同一列；一列只能是一个部分，请改正。")
        found[column] = choice
    return found


def _number(letters: str) -> int:
    """``a`` is 0, ``aa`` is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("a") + 1
    return number - 1
