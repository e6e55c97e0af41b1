"""Answer keys at the end of a text: numbers glued to answers, points behind them, no numbers at all, no questions."""

from __future__ import annotations

from textwrap import dedent

import pytest
from bank_files import answers, errors, warnings

from questions.model import Bank, UnreadableFile
from questions.readers import read_bank

BLANKS = """
    一、填空题
    1. 一千克等于____克。
    2. 一天有____小时。
    3. 一年有____个月。
    4. 一公里等于____米。
    5. 一周有____天。
    参考答案
"""
CHOICES = """
    1. 哪种灯最省电（）
    A.白炽灯
    B.LED 灯
    C.卤素灯
    2. 空调夏季宜设为（）
    A.20℃
    B.26℃
    C.16℃
    3. 哪种能源可以再生（）
    A.煤
    B.风能
    C.石油
"""
SECTIONS = """
    一、单选题
    1. 哪种灯最省电（）
    A.白炽灯
    B.LED 灯
    2. 空调夏季宜设为（）
    A.26℃
    B.16℃
    二、多选题
    1. 可以再生的有（）
    A.风能
    B.水能
    C.煤
    2. 省水的有（）
    A.感应龙头
    B.长流水
    C.中水回用
    三、判断题
    1. 随手关灯可以节电。（）
    2. 长流水可以节水。（）
    3. 人走电断。（）
"""


def read(text: str, key: str) -> Bank:
    return read_bank((dedent(text).strip() + "\n" + dedent(key).strip() + "\n").encode())


def test_a_mark_in_front_of_a_number_that_is_glued_to_its_answer_says_nothing() -> None:
    bank = read(BLANKS, "1.1000\n2.24\n3.12\n★4.1000\n5.7")
    assert answers(bank) == [("1000",), ("24",), ("12",), ("1000",), ("7",)]
    assert errors(bank) == []


def test_a_number_glued_to_its_answer_behind_a_gap_is_asked_about() -> None:
    bank = read(BLANKS, "1.1000\n2.24\n3.12\n5.7")
    assert answers(bank) == [("1000",), ("24",), ("12",), (), ()]
    assert any(said.startswith("第11行") and "第 5 题" in said for said in errors(bank))


@pytest.mark.parametrize("points", ["（2分）", " (2 分)", "【2分】", "（每空2分）", "（1.5分）"])
def test_points_behind_an_answer_are_no_part_of_it(points: str) -> None:
    bank = read(BLANKS, f"1、1000{points}\n2、24{points}\n3、12{points}\n4、1000{points}\n5、七{points}")
    assert answers(bank) == [("1000",), ("24",), ("12",), ("1000",), ("七",)]


def test_points_behind_letters_are_no_explanation() -> None:
    bank = read(CHOICES, "参考答案\n1.B（2分）\n2.B（2分）\n3.B（2分）")
    assert answers(bank) == [("B",)] * 3
    assert [question.explanation for question in bank.questions] == ["", "", ""]


def test_points_between_blanks_are_no_part_of_them() -> None:
    bank = read("一、填空题\n1. 一天有____小时，一年有____个月。\n答案：", "24（2分）；12（2分）")
    assert answers(bank) == [("24", "12")]


def test_points_in_a_model_answer_say_how_to_mark() -> None:
    bank = read("一、简答题\n1. 怎样节电？\n答案：", "随手关灯（2分）；调高空调温度（3分）")
    assert answers(bank) == [("随手关灯（2分）；调高空调温度（3分）",)]


@pytest.mark.parametrize(
    "key",
    [
        "参考答案\nB B B",
        "参考答案\nB、B、B",
        "参考答案：\nB\nB\nB",
        "参考答案：B B B",
        "参考答案\nBBB",
        "参考答案\n一、单选题：BBB",
    ],
)
def test_a_key_without_numbers_is_read_in_order_where_it_has_just_as_many_answers(key: str) -> None:
    bank = read(CHOICES, key)
    assert answers(bank) == [("B",)] * 3
    assert [said for said in warnings(bank) if "没有写题号，已按题目的顺序读入" in said]


@pytest.mark.parametrize("key", ["参考答案\nB A C B", "参考答案\nABC", "参考答案\nBBCA", "参考答案\nA\nB\nC\nA"])
def test_a_key_without_numbers_is_asked_about_where_it_may_belong_to_other_questions(key: str) -> None:
    bank = read(CHOICES, key)
    assert answers(bank) == [()] * 3
    assert any("请在每个答案前面写上题号" in said for said in errors(bank))


def test_each_part_of_a_key_without_numbers_answers_its_kind() -> None:
    bank = read(SECTIONS, "参考答案\n一、单选题：BA\n二、多选题：AB AC\n三、判断题：√×√")
    assert answers(bank) == [("B",), ("A",), ("A", "B"), ("A", "C"), ("true",), ("false",), ("true",)]
    assert len(warnings(bank)) == 1


def test_several_letters_in_one_piece_are_never_cut_for_multiple_choice() -> None:
    bank = read(SECTIONS, "参考答案\n一、单选题：BA\n二、多选题：AC\n三、判断题：√×√")
    assert answers(bank)[2:4] == [(), ()]
    assert len([said for said in errors(bank) if "请在每个答案前面写上题号" in said]) == 1


@pytest.mark.parametrize(
    "key",
    [
        "1.B\n2.A\n3.C",
        "参考答案\n1.B 2.A 3.C 4.D",
        "2026年节能知识竞赛\n参考答案及评分标准\n一、单选题（每题2分）\n1. B\n2. C\n3. D\n二、判断题\n1. 对\n2. 错",
        "一、单选题\n1-5 BACDA\n二、判断题\n1-5 √×√√×",
        "题号 1 2 3 4\n答案 A B C D",
    ],
)
def test_a_file_of_answers_alone_is_told_to_be_one(key: str) -> None:
    with pytest.raises(UnreadableFile, match="只有答案，没有题目；请"):
        read_bank(key.encode())


def test_a_key_may_name_sections_by_their_numbers_alone() -> None:
    text = SECTIONS + "    四、填空题\n    1. 节约资源是我国的____。\n    2. 夏季不低于____℃，冬季不高于____℃。\n"
    bank = read(text, "参考答案\n一、1.B 2.A\n二、1.AB 2.AC\n三、1.√ 2.× 3.√\n四、1.基本国策 2.26；20")
    assert answers(bank)[:4] == [("B",), ("A",), ("A", "B"), ("A", "C")]
    assert answers(bank)[4:] == [("true",), ("false",), ("true",), ("基本国策",), ("26", "20")]
    assert errors(bank) == []


def test_a_model_answer_in_a_key_has_no_word_in_front() -> None:
    bank = read(
        "一、简答题\n1. 怎样节电？\n2. 怎样节水？\n参考答案",
        "1.答：随手关灯，调高空调温度。\n2.答：一水多用，随手关水。",
    )
    assert answers(bank) == [("随手关灯，调高空调温度。",), ("一水多用，随手关水。",)]


def test_answers_below_numbers_that_are_no_questions_are_asked_about() -> None:
    listed = "4. 节水标志\n5. 宣传周\n参考答案\n错\n4. 节水标志\n5. 宣传周\n5. 全国节能宣传周始于哪一年？[单选题]错 *"
    bank = read(f"{listed}\nA.1991(正确答案)\nB.2000", "")
    assert answers(bank)[-1] == ("A",)
