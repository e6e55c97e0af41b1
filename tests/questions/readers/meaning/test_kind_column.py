"""What columns of kinds say: words in Chinese and English, codes of programs, or nothing that we know."""

from __future__ import annotations

import pytest
from bank_files import answers, bank_of, errors, kinds, warnings

HEADER = ["题型", "题目", "A", "B", "C", "答案"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("single", "single"),
        ("single_choice", "single"),
        ("SC", "single"),
        ("danxuan", "single"),
        ("A1型题", "single"),
        ("multi", "multiple"),
        ("multiple", "multiple"),
        ("Multiple Choices", "multiple"),
        ("duoxuan", "multiple"),
        ("X型题", "multiple"),
        ("2、多选题", "multiple"),
    ],
)
def test_words_and_codes_name_the_kinds_of_choices(word: str, kind: str) -> None:
    bank = bank_of(
        HEADER,
        ["单选题", "哪个？", "甲", "乙", "丙", "A"],
        [word, "哪些？", "甲", "乙", "丙", "AC"[: 1 + (kind == "multiple")]],
    )
    assert kinds(bank) == ["single", kind]
    assert errors(bank) == []


@pytest.mark.parametrize("word", ["judgement", "judge", "true_false", "TF", "pd", "boolean", "yes_no"])
def test_words_and_codes_name_true_and_false(word: str) -> None:
    bank = bank_of(["type", "question", "answer"], [word, "随手关灯可以节电。", "√"], [word, "长明灯省电。", "×"])
    assert answers(bank) == [("true",), ("false",)]
    assert bank.problems == ()


def test_multiple_choice_alone_means_any_choice() -> None:
    bank = bank_of(
        HEADER,
        ["multiple choice", "哪个？", "甲", "乙", "丙", "A"],
        ["multiple choice", "哪些？", "甲", "乙", "丙", "AC"],
    )
    assert kinds(bank) == ["single", "multiple"]


def test_an_unknown_word_leaves_the_kind_to_the_content_and_that_is_said() -> None:
    bank = bank_of(
        HEADER,
        ["单选", "哪个省电？", "甲", "乙", "丙", "A"],
        ["case", "这样做对吗？", "对的", "不妥", "违规", "C"],
        ["case", "那样做呢？", "对的", "不妥", "违规", "B"],
    )
    assert kinds(bank) == ["single", "single", "single"]
    assert answers(bank) == [("A",), ("C",), ("B",)]
    assert warnings(bank) == [
        "工作表“Sheet1”：题型“case”认不出，这样的 2 题已按题目的内容读入；请核对（例如工作表“Sheet1”第3行）。"
    ]


def test_an_unknown_word_for_one_answer_and_several_is_doubtful_where_there_is_one() -> None:
    bank = bank_of(
        HEADER,
        ["单选", "哪个省电？", "甲", "乙", "丙", "A"],
        ["第三类", "哪些对？", "甲", "乙", "丙", "AB"],
        ["第三类", "还有哪些对？", "甲", "乙", "丙", "B"],
    )
    assert kinds(bank) == ["single", "multiple", "single"]
    assert "工作表“Sheet1”第4行：题型“第三类”认不出，答案只有一个，已按单选读入；请核对。" in warnings(bank)


def test_a_case_with_options_is_a_choice() -> None:
    bank = bank_of(
        HEADER, ["单选", "哪个省电？", "甲", "乙", "丙", "A"], ["案例分析题", "该怎么办？", "关", "开", "不管", "A"]
    )
    assert kinds(bank) == ["single", "single"]
    assert any("案例分析题" in told for told in warnings(bank))


def test_an_unknown_kind_with_nothing_to_choose_is_refused() -> None:
    bank = bank_of(
        HEADER, ["单选", "哪个省电？", "甲", "乙", "丙", "A"], ["排序题", "排一排。", "甲", "乙", "丙", "CAB"]
    )
    assert kinds(bank) == ["single", "essay"]
    assert "还不支持" in errors(bank)[0]
