"""What programs and pages leave in running text: kinds glued to stems, page numbers, broken brackets, remarks."""

from __future__ import annotations

from textwrap import dedent

import pytest

from questions.model import Bank, Kind
from questions.readers import read_bank
from questions.readers.meaning.answers import blanks_in, without_remark


def bank_of(text: str) -> Bank:
    return read_bank(dedent(text).strip("\n").encode())


def said(bank: Bank, words: str) -> list[str]:
    return [problem.where for problem in bank.problems if words in problem.message]


def test_a_kind_glued_behind_the_number_is_no_part_of_the_stem() -> None:
    bank = bank_of("""
        66、多选题节水的办法有（）。
        A.修管道
        B.开龙头
        C.用雨水
        参考答案：A,C
        66、单选题中水可以用来（）。
        A.浇花
        B.饮用
        参考答案：A
    """)
    assert [question.stem for question in bank.questions] == ["节水的办法有（）。", "中水可以用来（）。"]
    assert [question.kind for question in bank.questions] == [Kind.MULTIPLE, Kind.SINGLE]


def test_a_stem_about_kinds_keeps_its_words() -> None:
    bank = bank_of("1.判断题的作答方式是（ ）。\nA.打勾\nB.写字\n答案：A\n2.省电的是（ ）。\nA.灯\nB.炉\n答案：A")
    assert bank.questions[0].stem == "判断题的作答方式是（ ）。"


def test_how_far_one_has_come_is_no_part_of_the_stem() -> None:
    bank = bank_of(
        "1/20单选题\n1.省电的是（ ）。\nA.灯\nB.炉\n答案：A\n2/20单选题\n2.省水的是（ ）。\nA.盆\nB.淋\n答案：B"
    )
    assert not any("/20" in question.stem for question in bank.questions)


def test_bare_page_numbers_are_left_out_and_said_once() -> None:
    lines = []
    for number in range(1, 9):
        lines += [f"{number}.第{number}种做法是（ ）。", "A.省电", "B.费电"]
        lines += [str(number // 3)] if number % 3 == 0 else []
        lines += ["答案：A"]
    bank = bank_of("\n".join(lines))
    assert all([option.text for option in question.options] == ["省电", "费电"] for question in bank.questions)
    assert len(said(bank, "像是页码")) == 1


def test_a_single_bare_number_is_asked_about() -> None:
    bank = bank_of("1.省电的是\n5\n（ ）。\nA.灯\nB.炉\n答案：A\n2.省水的是（ ）。\nA.盆\nB.淋\n答案：B")
    assert said(bank, "也许是页码") == ["第1行"]


def test_numbers_as_options_are_no_page_numbers() -> None:
    bank = bank_of("1.一年有几季（ ）？\nA\n4\nB\n5\n答案：A\n2.一天有几时（ ）？\nA\n24\nB\n25\n答案：A")
    assert [option.text for option in bank.questions[0].options] == ["4", "5"]
    assert not said(bank, "页码")


def test_a_bracket_broken_by_the_width_of_the_page_is_mended() -> None:
    bank = bank_of("1.夏季空调不低于（\n B ）。\nA.20℃\nB.26℃\n2.随手关灯是好习惯。（\n√ ）\n")
    assert [question.answer for question in bank.questions] == [("B",), ("true",)]
    assert bank.questions[0].stem == "夏季空调不低于（　）。"


@pytest.mark.parametrize("mark", ["★", "☆", "※", "△"])
def test_a_mark_in_front_of_every_number_is_no_part_of_the_stem(mark: str) -> None:
    bank = bank_of(f"{mark}1.省电的是（ ）。\nA.灯\nB.炉\n答案：A\n{mark}2.省水的是（ ）。\nA.盆\nB.淋\n答案：B")
    assert [question.stem for question in bank.questions] == ["省电的是（ ）。", "省水的是（ ）。"]


def test_a_letter_without_its_point_is_an_option_where_the_next_letter_shows_it() -> None:
    bank = bank_of("1.每（ ）一次。\nA.三月 B.半年 C 一年 D.两年\n答案：C")
    assert [option.text for option in bank.questions[0].options] == ["三月", "半年", "一年", "两年"]
    assert said(bank, "字母后面没有点") == ["第1行"]


def test_a_last_letter_without_its_point_is_asked_about() -> None:
    bank = bank_of("1.每（ ）一次。\nA.三月 B.半年 C 一年\n答案：B")
    assert said(bank, "像是还连着选项 C") == ["第1行"]


def test_a_kind_with_points_in_front_of_a_stem_is_no_heading() -> None:
    bank = bank_of("""
        20、多选(1分)下列哪些省电：
        得分/总分
        A.关灯
        B.断电
        C.待机
        正确答案：A B
        21、判断(1分)待机也耗电。
        A.对
        B.错
        正确答案：A你选对了
    """)
    assert [question.stem for question in bank.questions] == ["下列哪些省电：", "待机也耗电。"]
    assert [question.answer for question in bank.questions] == [("A", "B"), ("true",)]


def test_essays_go_on_behind_a_gap_in_their_numbers() -> None:
    bank = bank_of("四、简答题\n1. 简述节水的意义。\n2. 什么是中水？\n8. 简述节电的办法。")
    assert [question.number for question in bank.questions] == ["1", "2", "8"]
    assert said(bank, "题号从 2 跳到 8")


def test_blanks_go_on_behind_a_gap_in_their_numbers() -> None:
    bank = bank_of("填空题\n1.空调不低于（26）℃。\n2.水箱有（三）个。\n9.管道呈（8）字形。")
    assert [question.number for question in bank.questions] == ["1", "2", "9"]


def test_a_numbered_line_that_stays_in_a_stem_is_asked_about() -> None:
    bank = bank_of(
        "1.省电的是（ ）。\nA.灯\nB.炉\n答案：A\n2.下列做法\n90. 灯火通明\n节电的是（ ）。\nA.对的\nB.错的\n答案：B"
    )
    stems = [question.stem for question in bank.questions]
    assert not any("90." in stem for stem in stems) or said(bank, "像是另一道题")


def test_a_rule_around_a_title_is_a_chapter() -> None:
    bank = bank_of(
        "--- 用电 (1题) ---\n1. 省电的是什么？\nA.灯\nB.炉\n答案：A\n"
        "--- 用水 (1题) ---\n1. 省水的是什么？\nA.盆\nB.淋\n答案：B"
    )
    assert [question.stem for question in bank.questions] == ["省电的是什么？", "省水的是什么？"]
    assert [question.category for question in bank.questions] == ["用电 (1题)", "用水 (1题)"]


def test_a_v_marks_right_options_and_verdicts() -> None:
    bank = bank_of("哪个省电？\nv A. 节能灯\nB. 白炽灯\n\n随手关灯能节电。\nvv\n\n待机不耗电。\nvx")
    assert [question.answer for question in bank.questions] == [("A",), ("true",), ("false",)]


def test_listed_answers_leave_no_list_mark_in_the_stem() -> None:
    bank = bank_of(
        "# 库\n\n### 第 1 题｜判断\n随手关灯能节电。\n- 答案：正确\n- 解析：省电。\n\n"
        "### 第 2 题｜判断\n待机不耗电。\n- 答案：错误"
    )
    assert [question.stem for question in bank.questions] == ["随手关灯能节电。", "待机不耗电。"]


def test_escaped_underscores_are_a_blank() -> None:
    bank = bank_of("一、填空题\n1. 空调不低于\\_\\_\\_\\_℃。\n答案：26")
    assert bank.questions[0].stem == "空调不低于____℃。"
    assert bank.questions[0].answer == ("26",)


def test_an_answer_and_its_reason_divide_at_the_full_stop() -> None:
    bank = bank_of("1.省电的是（ ）。\nA.炉\nB.灯\n答案:B。根据常识，灯更省电。所以选B。")
    assert bank.questions[0].answer == ("B",)
    assert bank.questions[0].explanation == "根据常识，灯更省电。所以选B。"


@pytest.mark.parametrize(
    ("answer", "letters"),
    [("A,B,C (少选不得分)", "A,B,C"), ("D你选对了", "D"), ("A、B你错选为C", "A、B"), ("B。根据第二条。", "B")],
)
def test_remarks_behind_letters_are_no_part_of_the_answer(answer: str, letters: str) -> None:
    found = without_remark(answer)
    assert found is not None
    assert found[0] == letters


@pytest.mark.parametrize("answer", ["B。理由充分，所以选C。", "B", "空调。因为费电", "A.灯"])
def test_an_answer_in_doubt_has_no_remark(answer: str) -> None:
    assert without_remark(answer) is None


def test_a_choice_within_a_bracket_is_no_alternative() -> None:
    assert blanks_in("食用油（矿物油或橄榄油）", 1) == ["食用油（矿物油或橄榄油）"]
    assert blanks_in("矿物油或橄榄油", 1) == ["矿物油 | 橄榄油"]


def test_a_key_counts_numbers_as_answers() -> None:
    bank = bank_of("一、填空题\n1.空调不低于____℃，不高于____℃。\n2.等于____千克。\n参考答案\n1.26；20\n2.1000")
    assert [question.answer for question in bank.questions] == [("26", "20"), ("1000",)]


def test_what_most_questions_do_is_not_said_of_each() -> None:
    form = "{0}.第{0}个省电的是（B）。\nA.炉\nB.灯"
    bank = bank_of(
        "\n".join([*(form.format(number) for number in range(1, 6)), "6.省水的是（ ）。\nA.淋\nB.盆\n答案：A"])
    )
    assert not said(bank, "取自题干的括号")


def test_what_some_questions_do_is_said_once_with_how_many() -> None:
    given = "{0}.第{0}个省电的是（ ）。\nA.炉\nB.灯\n答案：B"
    held = "{0}.第{0}个省水的是（B）。\nA.淋\nB.盆"
    bank = bank_of("\n".join([*(given.format(n) for n in range(1, 6)), *(held.format(n) for n in range(6, 9))]))
    assert said(bank, "另有 2 题也是这样") == ["第21行"]


def test_a_sentence_that_begins_with_a_is_no_option_where_options_begin_below() -> None:
    bank = bank_of(
        "Q1. Saving power\n\nA company wants to save power.\n\nWhich is best?\n\n"
        "A. Lamps\n\nB. Ovens\n\nC. Heaters\n\nAnswer: A"
    )
    assert [option.text for option in bank.questions[0].options] == ["Lamps", "Ovens", "Heaters"]


def test_a_line_below_each_blank_is_its_answer_and_is_said_once() -> None:
    bank = bank_of("1.夏季空调不低于( )。\n26℃\n2.双面打印可以节约( )。\n纸张\n3.离开时应当( )。\n关灯")
    assert [question.answer for question in bank.questions] == [("26℃",), ("纸张",), ("关灯",)]
    assert len(said(bank, "没有写“答案：”")) == 1


def test_a_line_below_a_blank_that_ends_its_sentence_stays_in_the_stem() -> None:
    bank = bank_of("一、填空题\n1.夏季空调不低于____度，\n冬季不高于二十度。\n2.双面打印可以\n节约____。")
    assert not any(question.answer for question in bank.questions)


def test_two_brackets_side_by_side_are_asked_about() -> None:
    bank = bank_of("一、填空题\n1.水回到站外（水罐）（有封盖）。\n2.空调不低于（26）℃。")
    assert said(bank, "两个挨着的括号") == ["第2行"]


def test_an_essay_with_its_answer_behind_the_stem_is_asked_about() -> None:
    bank = bank_of(
        "一、简答题\n1.简述节电的办法。 离开房间时先关灯再关空调，电脑不用时让它睡眠，充电器拔下来，电梯少乘几层。\n"
        "2.简述节水的办法。"
    )
    assert said(bank, "像是连着答案") == ["第2行"]


def test_each_question_of_a_cut_line_has_a_place_of_its_own() -> None:
    bank = bank_of("判断题\n1.关灯能节电（ ）2.待机也耗电（ ）\n3.双面打印省纸（ ）")
    assert [question.where for question in bank.questions] == ["第2行", "第2行第2题", "第3行"]


def test_a_sentence_that_belongs_to_no_question_is_said_and_instructions_are_not() -> None:
    first = "一、单选题\n1.省电的是（ ）。\nA.灯\nB.炉\n答案：A\n\n二、判断题\n"
    bank = bank_of(f"{first}请判断对错。\n1.关灯省电。（√）")
    assert not said(bank, "看不出属于哪道题")
    bank = bank_of(f"{first}月球上没有电灯。\n1.关灯省电。（√）")
    assert said(bank, "看不出属于哪道题") == ["第8行"]
