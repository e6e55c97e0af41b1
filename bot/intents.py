"""What a person asks for by a word, in any state. Pure."""

from __future__ import annotations

import unicodedata
from enum import Enum, auto


class Intent(Enum):
    PLAY = auto()
    RESULT = auto()
    RANK = auto()
    RULES = auto()
    PRIZES = auto()
    BIND = auto()
    UNBIND = auto()
    HELP = auto()
    QUIT = auto()
    MUTE = auto()
    """No more notices, please."""
    UNMUTE = auto()


_WORDS = {
    "答题": Intent.PLAY,
    "开始": Intent.PLAY,
    "继续": Intent.PLAY,
    "开始答题": Intent.PLAY,
    "继续答题": Intent.PLAY,
    "成绩": Intent.RESULT,
    "排名": Intent.RANK,
    "规则": Intent.RULES,
    "奖品": Intent.PRIZES,
    "绑定": Intent.BIND,
    "绑定单位": Intent.BIND,
    "解除绑定": Intent.UNBIND,
    "解绑": Intent.UNBIND,
    "帮助": Intent.HELP,
    "退出": Intent.QUIT,
    "退订": Intent.MUTE,
    "退订通知": Intent.MUTE,
    "恢复通知": Intent.UNMUTE,
}

_NUMBERS = {
    "1": Intent.PLAY,
    "2": Intent.RESULT,
    "3": Intent.RANK,
    "4": Intent.RULES,
    "5": Intent.PRIZES,
    "6": Intent.BIND,
    "7": Intent.QUIT,
}


def read_intent(text: str) -> Intent | None:
    """The command that a text is; None if it is none."""
    return _WORDS.get(plain(text))


def read_number(text: str) -> Intent | None:
    """The command behind a number of the help list: to be asked only when no question waits."""
    return _NUMBERS.get(plain(text))


def plain(text: str) -> str:
    """A command or keyword as typed or spoken, without what does not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().strip(" 。.!！?？,，~～\t\r\n").split())
