"""The parts of a question that a word in front names: ``答案：``, ``【解析】``, ``难度：``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from questions.readers.meaning.answers import letters_in, truth_of


class Part(StrEnum):
    STEM = "stem"
    OPTIONS = "options"
    ANSWER = "answer"
    EXPLANATION = "explanation"
    KIND = "kind"
    CATEGORY = "category"
    DIFFICULTY = "difficulty"
    SOURCE = "source"
    TAGS = "tags"
    IGNORED = "ignored"
    """Known, and nothing of ours: somebody's own answer, points, how many answered right."""


ABOUT = frozenset({Part.KIND, Part.CATEGORY, Part.DIFFICULTY, Part.SOURCE, Part.TAGS})
"""What is said about a question, or about all that follow."""

_WORDS: dict[Part, str] = {
    Part.STEM: "题目 题干 试题 问题 问 题目内容 试题内容 题干内容 题目描述 试题题干 q question",
    Part.OPTIONS: "选项 备选项 备选答案 候选项 选择项 供选答案 题目选项 试题选项 options choices",
    Part.ANSWER: (
        "答案 正确答案 参考答案 标准答案 正确选项 正确项 试题答案 题目答案 本题答案 本题正确答案 正解 标答 答 "
        "答案选项 标准答案为 正确答案为 正确答案是 答案为 答案是 本题答案是 本题答案为 参考答案为 参考答案是 "
        "标准答案是 answer answers ans correctanswer rightanswer thecorrectansweris thecorrectanswersare "
        "correctanswers 正确的答案 本题选 应选 参考回答 参考要点 答案要点 参考答案要点 答题要点 正确答案选项 "
        "系统答案 answerkey"
    ),
    Part.EXPLANATION: (
        "解析 答案解析 试题解析 题目解析 本题解析 参考解析 整体解析 解答 详解 答案详解 解释 答案说明 分析 "
        "试题分析 题解 答案分析 解题思路 解析说明 点评 名师点评 说明 参考答案解析 正确答案解析 解析内容 题目说明 "
        "答题解析 知识拓展 易错提示 注 explanation analysis feedback rationale 专家解析 试题详解 详细解析 "
        "解题分析 思路 错误原因 理由 改正 更正 纠正 正确说法 应改为 判断依据 答题依据 易错点"
    ),
    Part.KIND: "题型 试题类型 题目类型 试题题型 题目题型 类型 题类 题型名称 questiontype type",
    Part.CATEGORY: (
        "分类 类别 题目分类 试题分类 所属分类 章节 所属章节 知识点 模块 科目 学科 所属题库 栏目 主题 category"
    ),
    Part.DIFFICULTY: "难度 难易度 难易程度 难度等级 难度系数 难度级别 题目难度 试题难度 难易 difficulty",
    Part.SOURCE: (
        "来源 出处 依据 试题来源 题目来源 出题依据 参考依据 政策依据 法律依据 参考来源 文件依据 命题依据 制定依据 "
        "法规依据 教材依据 标准依据 条款依据 source reference"
    ),
    Part.TAGS: "考点 标签 关键词 关键字 考查点 考查知识点 核心考点 本题考点 考核点 鉴定点 tags",
    Part.IGNORED: (
        "我的答案 你的答案 您的答案 学生答案 考生答案 用户答案 作答 作答结果 您的作答 我的作答 我的选择 你选择 "
        "你的选择 您选择 您的选择 你的作答 学员答案 提交答案 答题结果 作答答案 正确答案个数 正确答案数 "
        "正确答案数量 答案个数 答案数 答案数量 选项个数 选项数 得分 分值 分数 本题得分 本题分值 本题总得分 满分 "
        "题目分值 试题分值 正确率 全站正确率 易错项 错误率 答题用时 用时 做题时间 收藏 创建时间 更新时间 出题人 "
        "录入人 审核人 审题人 命题人 试题编号 题目编号 题号 编号 序号 学生得分 做对次数 平均正确率 被作答次数 "
        "建议时间 建议用时 答题时间 题目id 试题id score points point myanswer youranswer"
    ),
}
_PARTS = {word: part for part, words in _WORDS.items() for word in words.split()}
_LONGEST = max(map(len, _PARTS))
_OPENS = "[("
_CLOSES = "])"
_EDGES = " \t。.;；,，、)]}”\"'！!?？…>|\u3000"
"""A word that names a part begins a line, or stands behind one of these."""
_BARE = {Part.ANSWER, Part.EXPLANATION, Part.IGNORED}
"""Parts that may stand in the middle of a line behind a mere space or full stop."""
_ROUGH = {
    "说明",
    "注",
    "分析",
    "问",
    "答",
    "解释",
    "思路",
    "类型",
    "类别",
    "分类",
    "题型",
    "依据",
    "来源",
    "出处",
    "主题",
    "模块",
    "q",
    "试题",
    "题目",
    "问题",
    "题干",
    "选项",
    "答案是",
    "答案为",
}
"""Words that stand in ordinary sentences too: they name a part only where a line or a bracket begins with them."""
_SPACED = re.compile(
    r"\[?\s*(正确答案|参考答案|标准答案|正确选项|答案|解析|答案解析|难度|answer)\s*\]?[ \t]+(?=\S)", re.IGNORECASE
)
_GLUED_LETTERS = re.compile(
    r"(?:本题)?(正确答案|参考答案|标准答案|答案)\s*(?:选|是|为)?\s*([A-J](?:[\s、,]{0,2}[A-J]){0,9}|[√×✓✗✔✘])[。.]?$"
)


_ALONE = {"答案", "正确答案", "参考答案", "标准答案", "本题答案", "解析", "答案解析", "试题解析", "本题解析", "详解"}
"""Words that name a part even where nothing else stands on their line."""


@dataclass(frozen=True, slots=True)
class Field:
    part: Part
    word: str
    start: int
    """Where its name (or the bracket around it) begins."""
    value: int
    """Where what it says begins."""
    bracketed: bool
    """Whether the name stands in a bracket of its own: 【答案】."""


def fields_in(text: str) -> list[Field]:
    """The named parts of a folded line, in order."""
    found: list[Field] = []
    end = 0
    for place in _signs(text) if ":" in text or "]" in text else ():
        field = _before(text, place, end)
        if field is not None and _fits(text, field, bool(found)):
            found.append(field)
            end = field.value
    if not found or found[0].start > 2:
        spaced = _spaced(text)
        if spaced is not None:
            return [spaced, *(field for field in found if field.start >= spaced.value)]
    return found


def _signs(text: str) -> Iterator[int]:
    """Where colons and closing brackets stand."""
    place = -1
    while True:
        colon, bracket = text.find(":", place + 1), text.find("]", place + 1)
        if colon < 0 and bracket < 0:
            return
        place = min(at for at in (colon, bracket) if at >= 0)
        yield place


def _before(text: str, sign: int, least: int) -> Field | None:
    """The name that ends at a sign, if it is one; nothing before `least` belongs to it."""
    last = sign
    bracketed = text[sign] == "]"
    while last > least and text[last - 1] in " \t\u3000":
        last -= 1
    if not bracketed and last > least and text[last - 1] in _CLOSES:
        bracketed = True
        last -= 1
        while last > least and text[last - 1] in " \t":
            last -= 1
    word, start = _name(text, last, least)
    if word is None:
        return None
    first = start
    while first > least and text[first - 1] in " \t\u3000":
        first -= 1
    opened = first > least and text[first - 1] in _OPENS
    if bracketed and not opened:
        return None
    value = sign + 1
    if bracketed:
        if text[value : value + 1] == ":":
            value += 1
        elif text[sign] == "]" and text[value : value + 2] == " :":
            value += 2
    return Field(_PARTS[word], word, first - 1 if opened else start, value, bracketed and opened)


def _name(text: str, last: int, least: int) -> tuple[str | None, int]:
    """The longest known name that ends at `last`, and where it begins; spaces within it do not count."""
    best: tuple[str | None, int] = (None, last)
    held = ""
    at = last
    while at > least and len(held) < _LONGEST:
        at -= 1
        character = text[at]
        if character in " \t":
            continue
        if not character.isalpha():
            break
        held = character.casefold() + held
        if held in _PARTS:
            best = held, at
    return best


def _fits(text: str, field: Field, after: bool) -> bool:
    """Whether it stands where a name stands: at the start, in a bracket, or behind the end of something."""
    before = text[: field.start].rstrip(" \t\u3000*#>-●•◆▲")
    if not before or field.bracketed:
        return True
    if field.word in _ROUGH and not (after and field.word not in {"答", "问", "注", "q", "思路"}):
        return False
    if field.part not in _BARE and not after:
        return False
    if field.word == "答案" and before[-1] in "的其无该为个选此种":
        return False
    if after and field.part is Part.EXPLANATION and field.word not in _ROUGH:
        return True
    edge = text[field.start - 1] in _EDGES or text[field.start] in "[("
    if edge and field.part is not Part.ANSWER:
        return True
    value = text[field.value :].strip()
    return (edge and bool(after or not value.startswith("(")) and field.word != "答") or looks_like_an_answer(value)


def _spaced(text: str) -> Field | None:
    """A name at the start of a line without a colon: ``答案 B``, ``答案B``, ``解析 …``."""
    stripped = len(text) - len(text.lstrip())
    if text[stripped : stripped + 1] not in "正参标答解难试详本aA[":
        return None
    if (word := text.strip()) in _ALONE:
        return Field(_PARTS[word], word, stripped, len(text), False)
    if found := _SPACED.match(text, stripped):
        part = _PARTS[found[1].casefold()]
        if part is not Part.ANSWER or looks_like_an_answer(text[found.end() :]):
            return Field(part, found[1], stripped, found.end(), found[0].startswith("["))
    if found := _GLUED_LETTERS.match(text, stripped):
        return Field(Part.ANSWER, found[1], stripped, found.start(2), False)
    return None


_GOES_ON = re.compile(r"\[?(?:答案)?(?:解析|详解|难度|知识点|分类|考点|得分|出处|来源)\s*+[\]:]")
_FIRST = re.compile(r"[^\s,，。;；]*(?:[\s,，、]*[A-Ja-j](?![A-Za-z\u4e00-\u9fff]))*")


def looks_like_an_answer(text: str) -> bool:
    """Whether a text is, or begins with, letters of options or a word for true or false."""
    head = text.strip()[:40]
    following = _GOES_ON.search(head)
    first = _FIRST.match(head[: following.start()].strip(" 。.;；,，") if following else head)
    return first is not None and bool(first[0]) and (letters_in(first[0]) is not None or truth_of(first[0]) is not None)
