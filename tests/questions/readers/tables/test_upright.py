"""Sheets where the parts of a question stand below each other."""

from __future__ import annotations

from bank_files import answers, bank_of, kinds, texts

FIRST = [["题目", "下列哪种灯最省电？"], ["题型", "单选题"], ["A", "白炽灯"], ["B", "LED 灯"], ["答案", "B"]]
SECOND = [["题目", "随手关灯可以节电。"], ["题型", "判断题"], ["答案", "对"]]


def test_cards_below_each_other_are_questions() -> None:
    bank = bank_of(*FIRST, [None], *SECOND)
    assert kinds(bank) == ["single", "true_false"]
    assert answers(bank) == [("B",), ("true",)]
    assert texts(bank.questions[0]) == ["白炽灯", "LED 灯"]
    assert [question.where for question in bank.questions] == ["工作表“Sheet1”第1行", "工作表“Sheet1”第7行"]
    assert bank.problems == ()


def test_cards_may_stand_side_by_side() -> None:
    bank = bank_of(
        ["题目", "哪个省电？", "哪个费电？"], ["A", "白炽灯", "白炽灯"], ["B", "节能灯", "节能灯"], ["答案", "B", "A"]
    )
    assert answers(bank) == [("B",), ("A",)]


def test_titles_and_headings_stand_between_cards() -> None:
    first = [row for row in FIRST if row[0] != "题型"]
    second = [row for row in SECOND if row[0] != "题型"]
    bank = bank_of(["节能知识题库"], ["一、单选题"], *first, ["二、判断题"], *second)
    assert kinds(bank) == ["single", "true_false"]
    assert answers(bank) == [("B",), ("true",)]


def test_a_card_without_its_question_is_reported() -> None:
    bank = bank_of(*FIRST, ["题型", "单选题"], ["A", "甲"], ["B", "乙"], ["答案", "A"])
    assert len(bank.questions) == 1
    assert "没有题干" in bank.problems[0].message
