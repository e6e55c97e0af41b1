"""Every sentence is used, and is always filled in whole: read off the code that says them."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import bot
import campaigns
from bot.wording import CHATS, NOTICES, notify, say

ROOM = Path(bot.__file__).parent


@dataclass(frozen=True)
class Saying:
    where: str
    keys: tuple[str, ...]
    """What may be said here: a conditional expression has two."""
    values: frozenset[str]


def sayings() -> Iterator[Saying]:
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                values = frozenset(keyword.arg or "**" for keyword in node.keywords)
                yield Saying(f"{path.relative_to(ROOM)}:{node.lineno}", tuple(texts(node.args[0])), values)


def texts(node: ast.expr) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def strings() -> set[str]:
    """Every string in the code of this door, but those of the wording itself."""
    return {
        text
        for path in ROOM.rglob("*.py")
        if ROOM / "wording" not in path.parents
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.expr)
        for text in texts(node)
    }


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


SAYINGS = list(sayings())


def test_there_are_sayings() -> None:
    assert len(SAYINGS) > 40


@pytest.mark.parametrize("saying", SAYINGS, ids=lambda saying: saying.where)
def test_what_is_said_has_its_words_and_all_its_values(saying: Saying) -> None:
    for key in saying.keys:
        assert key in CHATS
        assert placeholders(CHATS[key]) <= saying.values, key


def test_no_sentence_is_without_use() -> None:
    assert set(CHATS) <= strings()


def test_an_unknown_key_or_a_missing_value_is_a_programmers_error() -> None:
    with pytest.raises(KeyError):
        say("no.such.sentence")
    with pytest.raises(KeyError):
        say("score")
    assert say("score", score=20) == "当前得分 20"


def test_braces_in_a_value_are_only_text() -> None:
    assert say("welcome", name="{score} 与 {0}") == "欢迎参加“{score} 与 {0}”！"


@pytest.mark.parametrize(("key", "sentence"), CHATS.items(), ids=CHATS.keys())
def test_sentences_are_written_with_chinese_punctuation(key: str, sentence: str) -> None:
    plain = "".join(text for text, *_ in string.Formatter().parse(sentence))
    assert sentence == sentence.strip()
    assert not set(plain) & set(",;!?"), "full-width punctuation, please"


@pytest.mark.parametrize("key", NOTICES)
def test_notices_are_posted_by_the_domain_and_written_as_all_sentences_are(key: str) -> None:
    posting = "".join(path.read_text() for path in Path(campaigns.__file__).parent.rglob("*.py"))
    assert f'"{key}"' in posting
    for sentence in NOTICES[key]:
        plain = "".join(text for text, *_ in string.Formatter().parse(sentence))
        assert sentence == sentence.strip()
        assert not set(plain) & set(",;!?"), "full-width punctuation, please"


def test_a_notice_is_filled_in_and_a_text_that_is_worded_already_stays_as_it_is() -> None:
    words = notify("notice.won", campaign="节能周", prize="{一等奖}", slug="week")
    assert words.title == "恭喜您中奖了"
    assert "您在“节能周”中获得 {一等奖}。" in words.text
    assert notify("sms", text="{姓名}您好", title="") == ("", "{姓名}您好")
    with pytest.raises(KeyError):
        notify("notice.won", campaign="节能周")
