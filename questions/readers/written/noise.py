"""Lines that nobody wrote for a question: rules, page numbers, what web pages add, and who is answering."""

from __future__ import annotations

import re

PAGE = re.compile(
    r"第?\s*+\d{1,4}\s*+页(?:\s*+[,/]?\s*+共\s*+\d{1,4}\s*+页)?|-\s*+\d{1,4}\s*+-|\d{1,4}\s*+/\s*+\d{1,4}"
    r"|page\s*+\d+(?:\s*+of\s*+\d+)?|[·•]\s*+\d{1,4}\s*+[·•]|第[一二三四五六七八九十]{1,3}页.{0,10}"
    r"|\d{2,4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?\s++\d{1,2}:\d{2}(?::\d{2})?",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-=*_~.·•#+─━…\s]{3,}|[*\s]+|[-•·]")
_WEB = re.compile(
    r"标记(?:题目|试题)|试题正文|题干|反馈|未标记|部分正确|尚未作答|完成|获得\s?[\d.]+\s?分中的\s?[\d.]+\s?分"
    r"|满分\s?[\d.]+|选择一项或多项:?|选择一项:?|查看(?:答案)?解析|查看答案|收起解析|展开解析|显示答案|已收藏|收藏(?:本题)?"
    r"|纠错|笔记|上一题|下一题|提交答案|您答对了|回答正确|回答错误|答对了|答错了|已完成|章节测验|本题总得分:?\s?[\d.]*\s?分?"
    r"|得分/总分|得分\s?[\d.]+\s?分?|选项:|选择:|错题反馈|报错|分享|答题卡|加入错题本|选项如下:?|以下是选项:?|未作答|已作答|不正确"
    r"|窗体[顶底]端|题量:?\s?\d+(?:\s*+满分:?\s?[\d.]+)?|(?:最终|本次|最高)成绩:?\s?[\d.]+\s?分?|重做\s?\(.{1,16}\)|第\d{1,3}次作答"
    r"|[你您]的(?:回答|答案)(?:是|不|部分)?正确的?。?|[-\s(]*(?:全文)?完[-\s)]*|[-\s]*end[-\s]*",
    re.IGNORECASE,
)
_STARTS = frozenset("-=_~.·#+─━…•第pP0123456789")
"""What rules and page numbers begin with."""
_LONGEST_WEB = 24
_PERSON = re.compile(
    r"(?:姓\s*+名|单\s*+位|部\s*+门|得\s*+分|学\s*+号|班\s*+级|准考证号?|工\s*+号|成\s*+绩|日\s*+期|阅卷人|评卷人)\s*+[:_(]"
)


def is_noise(plain: str) -> bool:
    """Whether a folded line is a rule, a page number, or a button of a web page."""
    stripped = plain.strip(" \t*>#")
    if not stripped:
        return True
    if stripped[0] in _STARTS:
        if PAGE.fullmatch(stripped):
            return True
        if len(set(stripped[:200])) <= 4 and _RULE.fullmatch(stripped):
            return True
    return len(stripped) <= _LONGEST_WEB and _WEB.fullmatch(stripped) is not None


def asks_who(plain: str) -> bool:
    """``姓名：____ 单位：____``: blanks to fill in, but no question."""
    if ":" not in plain and "_" not in plain:
        return False
    found = [match.start() for match in _PERSON.finditer(plain[:200])]
    return len(found) > 1 or (found == [0] and len(plain) < 30)
