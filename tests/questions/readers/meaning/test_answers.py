"""What an answer means: letters, texts, numbers, true or false, blanks; and where a person must be asked."""

from __future__ import annotations

import pytest
from bank_files import answers, bank_of, csv_bytes, errors, kinds, only, texts, warnings, xlsx_bytes
from hypothesis import given
from hypothesis import strategies as st

from questions.model import Bank
from questions.readers import read_bank
from questions.readers.meaning.answers import blanks_in, letters_in, truth_of

FOUR = ["甲方案", "乙方案", "丙方案", "丁方案"]


def _choice(answer: object, kind: str = "多选题", options: list[object] | None = None) -> Bank:
    return bank_of(["题型", "题目", "A", "B", "C", "D", "答案"], [kind, "哪些？", *(options or FOUR), answer])


def _judged(*codes: object, header: str = "答案", notes: str = "") -> Bank:
    rows = [["判断题", f"第{number}种说法。", code] for number, code in enumerate(codes)]
    return bank_of([notes], ["题型", "题目", header], *rows)


@pytest.mark.parametrize(
    "written",
    [
        "ABD",
        "abd",
        "A,B,D",
        "A、B、D",
        "A，B；D",
        "A|B|D",
        "A B D",
        "ＡＢＤ",
        '["A","B","D"]',
        "['A', 'B', 'D']",
        "（ABD）",
        "答案：ABD",
        "DBA",
        "A\nB\nD",
        "A和B和D",
        "甲方案、乙方案、丁方案",
        "A.甲方案\nB.乙方案\nD.丁方案",
        "正确答案：A、B、D。",
    ],
)
def test_every_spelling_of_several_letters_is_read(written: str) -> None:
    question = only(_choice(written))
    assert question.answer == ("A", "B", "D")
    assert texts(question) == FOUR


@pytest.mark.parametrize(
    "written", ["C", "c", "Ｃ", "（C）", "C.", "选C", "丙方案", "C. 丙方案", "C、丙方案", "答案：C", "С"]
)
def test_every_spelling_of_one_letter_is_read(written: str) -> None:
    assert only(_choice(written, "单选题")).answer == ("C",)


@pytest.mark.parametrize(
    "written", ["E", "ABE", "戊方案", "甲方案或乙方案", "AB法", "A-C", "AAB", "全选", "C. 甲方案", "B12"]
)
def test_an_answer_that_fits_no_option_is_asked_about_and_never_invented(written: str) -> None:
    bank = _choice(written)
    assert only(bank).answer == ()
    assert len(errors(bank)) >= 1
    assert any(written[:2] in error for error in errors(bank))


@pytest.mark.parametrize("written", ["", "略", "/", "暂无", "—"])
def test_an_answer_that_says_nothing_is_missing(written: str) -> None:
    bank = _choice(written)
    assert only(bank).answer == ()
    assert any("没有答案" in error for error in errors(bank))


def test_a_single_choice_with_two_letters_is_asked_about() -> None:
    bank = _choice("AB", "单选题")
    assert (only(bank).kind, only(bank).answer) == ("single", ())
    assert "单选" in errors(bank)[0]


def test_a_multiple_choice_with_one_letter_is_kept_and_looked_at() -> None:
    bank = _choice("B")
    assert (only(bank).kind, only(bank).answer) == ("multiple", ("B",))
    assert errors(bank) == []
    assert "只有一个答案" in warnings(bank)[0]


def test_numbers_that_reach_the_last_option_count_from_one() -> None:
    bank = bank_of(
        ["题目", "A", "B", "C", "D", "答案"], ["哪个？", *FOUR, 4], ["还有哪个？", *FOUR, 1], ["哪些？", *FOUR, "1,3"]
    )
    assert answers(bank)[:2] == [("D",), ("A",)]


def test_numbers_that_hold_a_zero_count_from_zero() -> None:
    bank = bank_of(
        ["题型", "题目", "A", "B", "C", "D", "答案"], ["单选", "哪个？", *FOUR, 0], ["单选", "哪个呢？", *FOUR, 3]
    )
    assert answers(bank) == [("A",), ("D",)]


def test_numbers_that_prove_nothing_are_asked_about() -> None:
    bank = bank_of(["题目", "A", "B", "C", "D", "答案"], ["哪个？", *FOUR, 1], ["哪个呢？", *FOUR, 2])
    assert answers(bank) == [(), ()]
    assert "从 0 还是从 1" in errors(bank)[0] or "从 0 还是从 1" in errors(bank)[1]


def test_a_number_that_is_an_options_text_is_that_option() -> None:
    bank = bank_of(["题目", "A", "B", "C", "D", "答案"], ["几级？", 8, 10, 12, 16, 10], ["哪个？", *FOUR, "C"])
    assert answers(bank) == [("B",), ("C",)]


def test_a_number_that_is_both_an_options_text_and_another_options_place_is_asked_about() -> None:
    bank = bank_of(["题目", "A", "B", "C", "D", "答案"], ["几个？", 4, 3, 2, 1, 3], ["哪个？", *FOUR, 4])
    assert answers(bank) == [(), ("D",)]


def test_a_letter_that_is_also_another_options_text_is_asked_about_unless_the_column_holds_letters() -> None:
    row = ["哪种维生素？", "B", "A", "C", "D", "A"]
    assert only(bank_of(["题目", "A", "B", "C", "D", "答案"], row)).answer == ()
    bank = bank_of(["题目", "A", "B", "C", "D", "答案"], row, ["哪个？", *FOUR, "C"])
    assert answers(bank) == [("A",), ("C",)]
    assert any("请核对" in warning for warning in warnings(bank))


def test_a_gap_between_options_moves_the_answer_along_and_is_said() -> None:
    bank = _choice("AD", options=["甲", "", "丙", "丁"])
    assert texts(only(bank)) == ["甲", "丙", "丁"]
    assert only(bank).answer == ("A", "C")
    assert "选项 B 是空的" in warnings(bank)[0]


def test_an_answer_that_names_a_missing_option_is_asked_about() -> None:
    bank = _choice("B", "单选题", ["甲", "", "丙", "丁"])
    assert only(bank).answer == ()
    assert errors(bank)


def test_an_explanation_in_the_answers_cell_is_taken_apart() -> None:
    bank = _choice("C\n答案解析：\n丙方案最省电。", "单选题")
    assert (only(bank).answer, only(bank).explanation) == (("C",), "丙方案最省电。")


def test_scraped_lines_behind_an_answer_are_said() -> None:
    bank = bank_of(["题型", "题目", "答案"], ["判断题", "随手关灯。", "对\n章节测验\n已完成"])
    assert only(bank).answer == ("true",)
    assert "章节测验" in warnings(bank)[0]


def test_an_answer_glued_to_the_last_option_is_taken() -> None:
    question = only(bank_of(["题型", "题目", "A", "B"], ["多选", "哪些？", "甲", "乙 答案：AB"]))
    assert (texts(question), question.answer) == (["甲", "乙"], ("A", "B"))


def test_a_glued_answer_that_contradicts_the_column_is_asked_about() -> None:
    bank = bank_of(["题型", "题目", "A", "B", "答案"], ["单选", "哪个？", "甲", "乙 答案：A", "B"])
    assert only(bank).answer == ()
    assert "答案栏却是" in errors(bank)[0]


def test_my_own_answer_is_no_answer() -> None:
    bank = bank_of(["题目", "A", "B", "我的答案", "正确答案", "答案个数"], ["哪个？", "甲", "乙", "A", "B", 1])
    assert only(bank).answer == ("B",)


def test_the_answer_in_the_stems_bracket_is_taken_and_no_longer_shown() -> None:
    bank = bank_of(
        ["题型", "题目", "A", "B"],
        ["单选题", "遵守规定的（ B ）是节能。", "甲", "乙"],
        ["判断题", "随手关灯是美德。（ √ ）", None, None],
        ["多选题", "节水器具有( A、B )。", "甲", "乙"],
    )
    assert answers(bank) == [("B",), ("true",), ("A", "B")]
    assert bank.questions[0].stem == "遵守规定的（　）是节能。"
    assert "√" not in bank.questions[1].stem
    assert errors(bank) == []


def test_an_answer_that_leaks_into_the_stem_is_taken_out_and_said() -> None:
    bank = bank_of(["题型", "题目", "A", "B", "答案"], ["单选题", "哪个省电（B）？", "甲", "乙", "B"])
    assert only(bank).stem == "哪个省电（　）？"
    assert "已从题干中去掉" in warnings(bank)[0]


def test_a_bracket_that_is_part_of_the_question_stays() -> None:
    bank = bank_of(
        ["题型", "题目", "A", "B", "答案"], ["单选题", "电流（A）和电压（V）的乘积是？", "电阻", "功率", "B"]
    )
    assert only(bank).stem == "电流（A）和电压（V）的乘积是？"
    assert only(bank).answer == ("B",)


@pytest.mark.parametrize("word", [*"对是Tt√✓✔☑", "正确", "TRUE", "True", "Y", "yes", "✔️", "对。", "（√）", "正确的"])
def test_every_word_and_sign_for_true(word: str) -> None:
    assert only(_judged(word)).answer == ("true",)


@pytest.mark.parametrize("word", [*"错否FfN×✗✘❌X", "错误", "FALSE", "False", "no", "✖️", "不对", "不正确", "（×）"])
def test_every_word_and_sign_for_false(word: str) -> None:
    assert only(_judged(word)).answer == ("false",)


def test_a_spreadsheets_own_true_and_false_are_read() -> None:
    assert answers(_judged(True, False)) == [("true",), ("false",)]


@pytest.mark.parametrize("codes", [(0, 1, 1), (1, 0), (1, 2, 1), ("0", "1")])
def test_digits_for_true_and_false_are_asked_about_where_nothing_proves_their_sense(codes: tuple[object, ...]) -> None:
    bank = _judged(*codes)
    assert set(answers(bank)) == {()}
    assert set(kinds(bank)) == {"true_false"}
    assert len([error for error in errors(bank) if "没有说明" in error]) == len(codes)


@pytest.mark.parametrize(
    ("header", "notes", "expected"),
    [
        ("答案", "判断题：1表示正确，0表示错误", [("true",), ("false",)]),
        ("答案", "判断题填写说明：0为正确 1为错误", [("false",), ("true",)]),
        ("答案（1对0错）", "", [("true",), ("false",)]),
        ("答案", "对填0，错填1", [("false",), ("true",)]),
        ("答案", "1=√；0=×", [("true",), ("false",)]),
        ("答案", "1=对，1=错", [(), ()]),
        ("答案", "填写说明：1、正确填写题干；2、错误的行会被退回", [(), ()]),
        ("答案", "判断题答对为1分，答错为0分", [(), ()]),
    ],
)
def test_digits_for_true_and_false_mean_what_the_file_says(
    header: str, notes: str, expected: list[tuple[str, ...]]
) -> None:
    assert answers(_judged(1, 0, header=header, notes=notes)) == expected


def test_explanations_that_begin_with_the_verdict_prove_the_digits() -> None:
    bank = bank_of(
        ["题型", "题目", "答案", "解析"],
        ["判断", "空调越低越好。", 1, "错误。应适度。"],
        ["判断", "随手关灯。", 0, "正确。这是节约。"],
        ["判断", "人走断电。", 0, ""],
    )
    assert answers(bank) == [("false",), ("true",), ("true",)]


def test_explanations_that_disagree_prove_nothing() -> None:
    bank = bank_of(
        ["题型", "题目", "答案", "解析"],
        ["判断", "空调越低越好。", 1, "错误。应适度。"],
        ["判断", "随手关灯。", 1, "正确。这是节约。"],
    )
    assert answers(bank) == [(), ()]


def test_a_letter_means_the_option_that_says_true_or_false() -> None:
    bank = bank_of(
        ["题型", "题目", "A", "B", "答案"],
        ["判断", "随手关灯。", "错误", "正确", "B"],
        ["判断", "人走断电。", "对", "错", "A"],
        [None, "长明灯好。", "√", "×", "B"],
    )
    assert answers(bank) == [("true",), ("true",), ("false",)]
    assert kinds(bank) == ["true_false"] * 3
    assert texts(bank.questions[0]) == []


def test_letters_without_options_are_read_as_usual_and_said() -> None:
    bank = _judged("A", "B")
    assert answers(bank) == [("true",), ("false",)]
    assert len([warning for warning in warnings(bank) if "A 为正确" in warning]) == 2


def test_numbers_of_the_options_true_and_false_count_from_one_only_when_a_two_occurs() -> None:
    header = ["题型", "题目", "A", "B", "答案"]
    rows = [["判断", f"说法{number}。", "正确", "错误", answer] for number, answer in enumerate((1, 2))]
    assert answers(bank_of(header, *rows)) == [("true",), ("false",)]
    rows = [["判断", f"说法{number}。", "正确", "错误", answer] for number, answer in enumerate((1, 0))]
    assert answers(bank_of(header, *rows)) == [(), ()]


def test_true_and_false_may_be_the_options_of_an_ordinary_single_choice() -> None:
    question = only(bank_of(["题型", "题目", "A", "B", "答案"], ["单选题", "这种说法？", "正确", "错误", "B"]))
    assert (question.kind, texts(question), question.answer) == ("single", ["正确", "错误"], ("B",))


def test_other_options_than_true_and_false_make_a_choice_of_a_true_false_question() -> None:
    bank = bank_of(["题型", "题目", "A", "B", "答案"], ["判断题", "可以吗？", "可以", "看情况", "A"])
    assert (only(bank).kind, only(bank).answer) == ("single", ("A",))
    assert warnings(bank)


def test_a_verdict_with_its_correction_is_read_and_said() -> None:
    bank = _judged("错，应为26℃")
    assert only(bank).answer == ("false",)
    assert warnings(bank)


@pytest.mark.parametrize(
    ("stem", "written", "expected"),
    [
        ("夏季不低于____℃。", "26", ("26",)),
        ("夏季不低于（　）℃。", "__26__", ("26",)),
        ("一周有____天。", "7或七", ("7 | 七",)),
        ("一周有____天。", "7;七", ("7 | 七",)),
        ("一周有____天。", "7|七", ("7 | 七",)),
        ("____和____。", "甲|乙", ("甲", "乙")),
        ("____和____。", "甲;某甲|乙", ("甲 | 某甲", "乙")),
        ("____和____。", "甲；乙", ("甲", "乙")),
        ("____和____。", "甲、乙", ("甲", "乙")),
        ("____和____。", "甲 乙", ("甲", "乙")),
        ("____和____。", "甲\n乙", ("甲", "乙")),
        ("____和____。", "第一空：甲；第二空：乙", ("甲", "乙")),
        ("____和____。", "（1）甲（2）乙", ("甲", "乙")),
        ("____和____。", '["甲", "乙"]', ("甲", "乙")),
        ("单位是____。", "km/h", ("km/h",)),
        ("时间是____。", "第一空： 1919-1949", ("1919-1949",)),
        ("口号是____。", "或者节约，或者浪费", ("或者节约，或者浪费",)),
    ],
)
def test_the_spellings_of_blanks(stem: str, written: str, expected: tuple[str, ...]) -> None:
    question = only(bank_of(["题型", "题目", "答案"], ["填空题", stem, written]))
    assert question.answer == expected


def test_the_answer_inside_the_stems_blank_is_taken_and_no_longer_shown() -> None:
    question = only(bank_of(["题型", "题目", "答案"], ["填空题", "夏季不低于__26__℃，冬季不高于__20__℃。", None]))
    assert question.stem == "夏季不低于____℃，冬季不高于____℃。"
    assert question.answer == ("26", "20")


def test_a_number_of_answers_that_does_not_fit_the_blanks_is_said() -> None:
    bank = bank_of(["题型", "题目", "答案"], ["填空题", "____和____和____。", "甲|乙"])
    assert only(bank).answer == ("甲", "乙")
    assert "3 个空" in warnings(bank)[0]


def test_a_blanks_answer_may_stand_under_an_option() -> None:
    bank = bank_of(
        ["题型", "题目", "A项", "B项", "答案"],
        ["填空题", "（）是标准。", "实践", None, "A"],
        ["单选", "哪个？", "甲", "乙", "A"],
    )
    assert bank.questions[0].answer == ("实践",)


def test_a_file_without_answers_says_so_for_every_question() -> None:
    bank = read_bank(csv_bytes([["题干", "选项A", "选项B"], ["哪个？", "甲", "乙"], ["还有哪个？", "丙", "丁"]], "gbk"))
    assert bank.encoding == "gb18030"
    assert answers(bank) == [(), ()]
    assert len(errors(bank)) == 3


def test_an_answer_column_is_found_by_its_content_and_that_is_said() -> None:
    bank = bank_of(["题目", "选项A", "选项B", "结果"], ["哪个？", "甲", "乙", "A"], ["还有哪个？", "丙", "丁", "B"])
    assert answers(bank) == [("A",), ("B",)]
    assert "“结果”" in warnings(bank)[0]


def test_tags_in_options_are_ordinary_text() -> None:
    question = only(
        read_bank(xlsx_bytes([["题目", "选项", "答案"], ["链接标签？", "A. <link> | B. <a> | C. <url>", "B"]]))
    )
    assert texts(question) == ["<link>", "<a>", "<url>"]


letters = st.sets(st.sampled_from("ABCDEFGH"), min_size=1).map(sorted)


@given(letters, st.sampled_from(["", ",", "、", "；", "|", " ", "，", " 和 "]), st.booleans())
def test_letters_are_read_in_any_spelling(chosen: list[str], separator: str, small: bool) -> None:
    written = separator.join(chosen)
    assert letters_in(written.lower() if small else written) == tuple(chosen)


@given(st.text(max_size=30))
def test_no_text_is_both_true_and_false_or_breaks_the_reading(text: str) -> None:
    assert truth_of(text) in {True, False, None}
    assert letters_in(text) is None or all("A" <= letter <= "Z" for letter in letters_in(text) or ())
    assert all(isinstance(part, str) for part in blanks_in(text, 2))


def test_option_numbers_are_said_once_a_file() -> None:
    rows = [["题目", "A", "B", "C", "答案"], *([f"第{n}问是什么？", "甲灯", "乙灯", "丙灯", n % 3] for n in range(6))]
    bank = bank_of(*rows)
    assert answers(bank) == [("A",), ("B",), ("C",)] * 2
    assert warnings(bank) == ["工作表“Sheet1”第2行：答案“0”是序号，已按从 0 数起读成 A，另有 5 题也是这样；请核对。"]


@pytest.mark.parametrize(
    "answer", ["A.甲方案 C.丙方案", "A、甲方案；C、丙方案", "A:甲方案\nC:丙方案", "C. 丙方案 A. 甲方案"]
)
def test_letters_and_texts_of_several_options_are_read_together(answer: str) -> None:
    assert answers(_choice(answer)) == [("A", "C")]


def test_letters_whose_texts_are_other_options_are_asked_about() -> None:
    bank = _choice("A.甲方案 C.丁方案")
    assert answers(bank) == [()]
    assert any("字母和选项的文字对不上" in said for said in errors(bank))


def test_points_in_a_column_of_answers_are_no_part_of_them() -> None:
    bank = bank_of(
        ["题型", "题目", "A", "B", "答案"],
        ["单选题", "哪种灯省电？", "甲", "乙", "B（2分）"],
        ["判断题", "随手关灯可以节电。", "", "", "对 (1分)"],
        ["填空题", "一公斤煤约发电____千瓦时。", "", "", "2.5（每空1分）"],
    )
    assert answers(bank) == [("B",), ("true",), ("2.5",)]


def test_yes_and_no_without_a_kind_are_read_as_true_and_false_and_said() -> None:
    bank = bank_of(["题目", "答案"], ["节能灯省电吗？", "是"])
    assert (only(bank).kind, only(bank).answer) == ("true_false", ("true",))
    assert "按判断题读入" in warnings(bank)[0]


@pytest.mark.parametrize(
    "stem", ["力争____年前碳达峰，____年前碳中和。", "力争__年前碳达峰，__年前碳中和。", "____是____的基础。"]
)
def test_what_stands_between_two_blanks_is_no_answer(stem: str) -> None:
    question = only(bank_of(["题型", "题目", "答案"], ["填空", stem, ""]))
    assert (question.stem, question.answer) == (stem, ())
