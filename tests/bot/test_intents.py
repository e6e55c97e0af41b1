from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intents import Intent, plain, read_intent, read_number


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("答题", Intent.PLAY),
        ("开始", Intent.PLAY),
        ("继续", Intent.PLAY),
        ("成绩", Intent.RESULT),
        ("排名", Intent.RANK),
        ("规则", Intent.RULES),
        ("奖品", Intent.PRIZES),
        ("绑定", Intent.BIND),
        ("帮助", Intent.HELP),
        ("退出", Intent.QUIT),
    ],
)
@pytest.mark.parametrize("said", ["{}", " {} ", "{}。", "{}!", "{}？\n", "　{}　"])
def test_commands_are_understood_as_people_type_and_speak_them(text: str, intent: Intent, said: str) -> None:
    assert read_intent(said.format(text)) is intent


@pytest.mark.parametrize("text", ["", "答", "我要答题了", "A", "1", "排名第一", "不继续"])
def test_nothing_else_is_a_command(text: str) -> None:
    assert read_intent(text) is None


@pytest.mark.parametrize(("text", "intent"), [("1", Intent.PLAY), ("７", Intent.QUIT), ("3.", Intent.RANK)])
def test_numbers_of_the_help_list_are_commands(text: str, intent: Intent) -> None:
    assert read_number(text) is intent


@pytest.mark.parametrize("text", ["0", "8", "12", "一", ""])
def test_other_numbers_are_none(text: str) -> None:
    assert read_number(text) is None


@given(st.sampled_from(["答题", "成绩", "退出"]), st.text(" 。.!！?？,，~\t\n　"), st.text(" 。.!！?？,，~\t\n　"))
def test_what_stands_around_a_command_does_not_matter(word: str, before: str, behind: str) -> None:
    assert plain(before + word + behind) == word
    assert read_intent(before + word + behind) is read_intent(word)


@given(st.text())
def test_any_text_is_read_without_complaint(text: str) -> None:
    assert read_intent(text) is None or plain(text).isalpha()
