"""Every sentence is used, and is always filled in whole: read off the code that says them."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import bot
from bot.wording import CHATS, say

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
