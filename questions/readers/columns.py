"""What a column's header says the column holds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


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
        "questionstem questioncontent questiontitle 内容 标题 title content text 名称"
    ),
    Role.ANSWER: (
        "正确答案 标准答案 答案 正确选项 正确项 试题答案 题目答案 正解 参考答案 答案选项 正确答案选项 "
        "correctanswer rightanswer answer answers correct correctoption key answerkey 标答"
    ),
    Role.KIND: ("题型 试题类型 题目类型 题型名称 试题题型 问题类型 题目题型 questiontype 类型 题类 type kind qtype"),
    Role.OPTIONS: (
        "选项 备选项 备选答案 选项内容 候选项 试题选项 题目选项 所有选项 全部选项 答案选项列表 选择项 "
        "候选答案 options choices option choice"
    ),
    Role.NUMBER: (
        "编号 题号 题目编号 试题编号 序号 题目序号 试题序号 题序 no number 序 id 题目id 试题id questionid # 编码"
    ),
    Role.EXPLANATION: (
        "解析 答案解析 试题解析 题目解析 整体解析 解答 详解 答案详解 解释 答案说明 分析 试题分析 题解 "
        "explanation analysis explain rationale feedback 说明 解题思路"
    ),
    Role.CATEGORY: (
        "分类 类别 题目分类 试题分类 所属分类 章节 所属章节 知识点 考点 模块 科目 学科 专业 领域 栏目 "
        "标签 目录 所属题库 题库 分组 category chapter subject topic tag tags 章 单元 主题 题目类别 "
        "试题类别 一级分类"
    ),
    Role.DIFFICULTY: "难度 难易度 难易程度 难度等级 难度系数 难度级别 题目难度 试题难度 难易 difficulty level",
    Role.SOURCE: (
        "来源 出处 依据 试题来源 题目来源 出题依据 参考依据 政策依据 参考来源 文件依据 source reference 参考文献"
    ),
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
_PREFIX = r"(?:备选|候选|选择|供选)?(?:答案)?(?:选项|选择|备选项|候选项|option|choice|answer)?"
_OPTION = re.compile(rf"{_PREFIX}[_\-(\[【.:]?([a-j])[)\]】.:]?(?:选项|项目|项|内容|选项内容|答案)?")
_COUNTED = re.compile(
    r"(?:选项|备选项|候选项|选择|备选答案|option|choice|项)[_\-(]?(\d{1,2}|[一二三四五六七八九十])\)?(?:内容)?"
)
_BLANK = re.compile(
    r"(?:第?(\d{1,2}|[一二三四五六七八九十])空|空格?_?(\d{1,2}|[一二三四五六七八九十])|blank_?(\d{1,2}))(?:答案)?"
)
_NUMBERED_ANSWER = re.compile(r"(?:答案|answer)[_\-]?(\d{1,2}|[一二三四五六七八九十])")
_NOTE = re.compile(r"[(\[【{<].*?[)\]】}>]|必填|选填|可选|[*:·\"'“”]+")
_CHINESE = "一二三四五六七八九十"


@lru_cache(maxsize=4096)
def meaning(header: str) -> Meaning | None:
    """What a header cell announces, whatever its spacing, width, case and notes; None for any other text."""
    if not header or len(header) > 60:
        return None
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", header)).casefold().lstrip("*").rstrip("*:")
    plain = _NOTE.sub("", folded)
    if known := _MEANINGS.get(folded) or _MEANINGS.get(plain) or _MEANINGS.get(plain.replace("_", "")):
        return known
    for text in (folded, plain):
        if found := _OPTION.fullmatch(text):
            return Meaning(Role.OPTION, ord(found[1]) - ord("a"), int(text == found[1]))
        if found := _COUNTED.fullmatch(text):
            return Meaning(Role.OPTION, _ordinal(found[1]))
        if found := _BLANK.fullmatch(text):
            return Meaning(Role.BLANK, _ordinal(found[1] or found[2] or found[3]))
        if found := _NUMBERED_ANSWER.fullmatch(text):
            return Meaning(Role.BLANK, _ordinal(found[1]), rank=1)
    return None


def _ordinal(text: str) -> int:
    number = _CHINESE.index(text) + 1 if text in _CHINESE else int(text)
    return max(number - 1, 0)
