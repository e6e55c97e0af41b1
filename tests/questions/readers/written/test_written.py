"""Questions as people write them: numbers, options, answers, keys, headings, and what only looks like them."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent

import pytest

from questions.model import EXPLANATION, Picture, Question, Severity
from questions.readers.documents.plain import text_lines
from questions.readers.meaning.settle import settle
from questions.readers.written import Written, lines_of, read_written
from questions.readers.written.lines import Line

Asked = tuple[str, str, tuple[str, ...], tuple[str, ...]]
"""Kind, stem, option texts, answer."""


class Read:
    """What a text was read as, with all that was said about it."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.written: Written = read_written(lines)
        self.settled = settle(self.written.drafts, "\n".join(self.written.legend))

    @property
    def questions(self) -> list[Question]:
        return [question for question, _ in self.settled]

    @property
    def asked(self) -> list[Asked]:
        return [
            (one.kind.value, one.stem, tuple(option.text for option in one.options), one.answer)
            for one in self.questions
        ]

    @property
    def answers(self) -> list[tuple[str, ...]]:
        return [question.answer for question in self.questions]

    @property
    def stems(self) -> list[str]:
        return [question.stem for question in self.questions]

    @property
    def numbers(self) -> list[str]:
        return [question.number for question in self.questions]

    def _said(self, severity: Severity) -> list[str]:
        own = [problem for _, problems in self.settled for problem in problems]
        return [
            f"{problem.where}：{problem.message}"
            for problem in [*self.written.problems, *own]
            if problem.severity is severity
        ]

    @property
    def errors(self) -> list[str]:
        return self._said(Severity.ERROR)

    @property
    def warnings(self) -> list[str]:
        return self._said(Severity.WARNING)


def read(text: str) -> Read:
    return Read(text_lines(dedent(text).strip("\n")))


ABCD = ("甲灯", "乙灯", "丙灯", "丁灯")


def _single(number: str, labels: str = "A.{} B.{} C.{} D.{}", answer: str = "答案：B") -> str:
    return f"{number}哪种灯最省电？\n{labels.format(*ABCD)}\n{answer}\n"


@pytest.mark.parametrize(
    "number",
    [
        "{}.",
        "{}. ",
        "{}、",
        "{}．",
        "（{}）",
        "({})",
        "第{}题 ",
        "第{}题：",
        "第 {} 题、",
        "{})",
        "{}）",
        "【{}】",
        "[{}] ",
        "Q{}. ",
        "题{}：",
        "题目{} ",
        "{}: ",
        "{}：",
        "{} ",
        "{}",
        "0{}. ",
        "No.{} ",
        "序号：{} ",
        "单选题{}、",
        "{}\t",
    ],
)
def test_every_way_of_numbering_is_a_number(number: str) -> None:
    found = read("\n".join(_single(number.format(value)) for value in (1, 2, 3)))
    assert found.asked == [("single", "哪种灯最省电？", ABCD, ("B",))] * 3
    assert found.numbers == ["1", "2", "3"]
    assert found.errors == found.warnings == []


@pytest.mark.parametrize("numbers", ["⒈⒉⒊", "⑴⑵⑶"])
def test_numbers_that_are_one_character_are_numbers(numbers: str) -> None:
    found = read("\n".join(_single(number) for number in numbers))
    assert found.numbers == ["1", "2", "3"]
    assert found.stems == ["哪种灯最省电？"] * 3


@pytest.mark.parametrize("numbers", [("第一题 ", "第二题 ", "第三题 "), ("第1题\n", "第2题\n", "第3题\n")])
def test_numbers_in_words_and_alone_on_their_lines_are_numbers(numbers: tuple[str, ...]) -> None:
    found = read("\n".join(_single(number) for number in numbers))
    assert found.numbers == ["1", "2", "3"]
    assert found.answers == [("B",)] * 3


@pytest.mark.parametrize(
    "labels",
    [
        "A.{}\nB.{}\nC.{}\nD.{}",
        "A、{}\nB、{}\nC、{}\nD、{}",
        "A．{}\nB．{}\nC．{}\nD．{}",
        "Ａ．{}\nＢ．{}\nＣ．{}\nＤ．{}",
        "A) {}\nB) {}\nC) {}\nD) {}",
        "A）{}\nB）{}\nC）{}\nD）{}",
        "(A){}\n(B){}\n(C){}\n(D){}",
        "（A）{}\n（B）{}\n（C）{}\n（D）{}",
        "[A] {}\n[B] {}\n[C] {}\n[D] {}",
        "A:{}\nB:{}\nC:{}\nD:{}",
        "A：{}\nB：{}\nC：{}\nD：{}",
        "A {}\nB {}\nC {}\nD {}",
        "A{}\nB{}\nC{}\nD{}",
        "A\t{}\nB\t{}\nC\t{}\nD\t{}",
        "A,{}\nB,{}\nC,{}\nD,{}",
        "a. {}\nb. {}\nc. {}\nd. {}",
        "a、{}\nb、{}\nc、{}\nd、{}",
        "a) {}\nb) {}\nc) {}\nd) {}",
        "(a) {}\n(b) {}\n(c) {}\n(d) {}",
        "①{}\n②{}\n③{}\n④{}",
        "① {} ② {} ③ {} ④ {}",
        "选项A：{}\n选项B：{}\n选项C：{}\n选项D：{}",
        "A\n{}\nB\n{}\nC\n{}\nD\n{}",
        "A.\n{}\nB.\n{}\nC.\n{}\nD.\n{}",
        "A.{}    B.{}\nC.{}    D.{}",
        "A.{}\tB.{}\tC.{}\tD.{}",
        "A.{}　　B.{}　　C.{}　　D.{}",
        "A.{}B.{}C.{}D.{}",
        "A、{}；B、{}；C、{}；D、{}",
        "A {}  B {}  C {}  D {}",
        "A{}  B{}  C{}  D{}",
        "(A){} (B){}\n(C){} (D){}",
        "- A. {}\n- B. {}\n- C. {}\n- D. {}",
        "A.{}，B.{}，C.{}，D.{}",
        "选项：A.{} B.{} C.{} D.{}",
        "选项：\nA.{}\nB.{}\nC.{}\nD.{}",
        "A. {}\n\nB. {}\n\nC. {}\n\nD. {}",
    ],
)
def test_every_way_of_lettering_options_is_understood(labels: str) -> None:
    found = read("\n".join(_single(f"{value}.", labels) for value in (1, 2, 3)))
    assert found.asked == [("single", "哪种灯最省电？", ABCD, ("B",))] * 3
    assert found.errors == []


@pytest.mark.parametrize(
    "answer",
    [
        "答案：B",
        "答案:B",
        "答案 B",
        "答案B",
        "答 案：B",
        "【答案】B",
        "【答案】：B",
        "[答案]B",
        "（答案）：B",
        "正确答案：B",
        "正确答案：B。",
        "正确答案是：B",
        "参考答案：B",
        "标准答案：B",
        "本题答案：B",
        "答：B",
        "正确选项：B",
        "答案：（B）",
        "答案：B、",
        "答案：Ｂ",
        "答案：b",
        "答案：乙灯",
        "答案：B. 乙灯",
        "答案：B 乙灯",
        "答案：选B",
        "答案：\nB",
        "【答案】\nB",
        "Answer: B",
        "ANSWER: B",
        "我的答案：A 正确答案：B 得分：0",
        "您的答案：C  正确答案：B",
        "我的答案：A\n正确答案：B",
        "正确答案个数：1个\n正确答案：B",
        "正确答案数：1\n参考答案：B",
        "B",
        "答案：B\n得分：2分",
    ],
)
def test_every_way_of_writing_the_answer_is_understood(answer: str) -> None:
    found = read("\n".join(_single(f"{value}.", answer=answer) for value in (1, 2, 3)))
    assert found.asked == [("single", "哪种灯最省电？", ABCD, ("B",))] * 3
    assert found.errors == []


@pytest.mark.parametrize(
    "answer", ["ABD", "A,B,D", "A, B, D", "A、B、D", "A B D", "ABD。", "（ABD）", "DBA", "甲灯、乙灯、丁灯", "abd"]
)
def test_several_letters_are_read_in_every_spelling(answer: str) -> None:
    found = read("\n".join(_single(f"{value}.", answer=f"参考答案：{answer}") for value in (1, 2)))
    assert found.answers == [("A", "B", "D")] * 2
    assert [kind for kind, *_ in found.asked] == ["multiple"] * 2


@pytest.mark.parametrize(
    "stem", ["哪种灯最省电（ B ）？", "哪种灯最省电？( B )", "（Ｂ）灯最省电", "最省电的是【B】", "最省电的是（B）。"]
)
def test_the_answer_in_the_stems_bracket_is_taken_out(stem: str) -> None:
    found = read("\n".join(f"{value}.{stem}\nA.甲\nB.乙\n" for value in (1, 2)))
    assert found.answers == [("B",)] * 2
    assert all("B" not in stem and "Ｂ" not in stem for stem in found.stems)
    assert found.errors == []


def test_the_last_of_two_brackets_is_asked_about_where_both_could_be_the_answer() -> None:
    found = read("1.电流（A）的单位是（ B ）。\nA.甲\nB.乙\n2.电压的单位是（ A ）。\nA.甲\nB.乙")
    assert found.answers[1] == ("A",)
    assert found.answers[0] in {(), ("B",)}
    assert found.answers[0] == ("B",) or found.errors


@pytest.mark.parametrize(
    ("sign", "truth"),
    [(sign, "true") for sign in ("√", "对", "正确", "✓", "✔", "T")]
    + [(sign, "false") for sign in ("×", "错", "错误", "✗", "❌", "F")],
)
@pytest.mark.parametrize(
    "form",
    [
        "随手关灯是好习惯。（ {} ）",
        "随手关灯是好习惯（{}）。",
        "（{}）随手关灯是好习惯。",
        "随手关灯是好习惯。\n答案：{}",
        "随手关灯是好习惯。{}",
        "随手关灯是好习惯。（ ）{}",
        "随手关灯是好习惯。\n（{}）",
    ],
)
def test_every_way_of_judging_is_understood(form: str, sign: str, truth: str) -> None:
    body = "\n".join(f"{value}.{form.format(sign)}" for value in (1, 2, 3))
    found = read(f"一、判断题\n{body}")
    assert [kind for kind, *_ in found.asked] == ["true_false"] * 3
    assert found.answers == [(truth,)] * 3
    assert all(sign not in stem for stem in found.stems if sign not in "对T错F")
    assert found.errors == []


@pytest.mark.parametrize("options", ["A.正确\nB.错误", "A.对 B.错", "正确 错误", "A. √  B. ×", "正确\n错误"])
def test_true_and_false_written_as_options_make_a_true_false_question(options: str) -> None:
    found = read(f"1.随手关灯。\n{options}\n答案：B\n2.人走断电。\n{options}\n答案：A")
    assert found.asked == [("true_false", "随手关灯。", (), ("false",)), ("true_false", "人走断电。", (), ("true",))]


@pytest.mark.parametrize(
    "mark", ["{}.甲 √", "√{}.甲", "*{}. 甲", "{}.甲（正确答案）", "{}、甲【正确】", "☑{}.甲", "{}. 甲 ✓", "[x] {}. 甲"]
)
def test_an_option_marked_with_a_sign_is_the_answer(mark: str) -> None:
    wrong = {"☑": "□", "[": "[ ] "}.get(mark[0], "")
    body = "\n".join(f"{value}.哪个？\n{wrong}A.乙\n{mark.format('B')}\n{wrong}C.丙" for value in (1, 2))
    found = read(body)
    assert found.asked == [("single", "哪个？", ("乙", "甲", "丙"), ("B",))] * 2
    assert found.errors == []


def test_ticked_boxes_need_no_letters() -> None:
    found = read("1.哪些？\n☑甲\n□乙\n☑丙\n2.哪个？\n□ 丁 ☑ 戊 □ 己")
    assert found.asked == [
        ("multiple", "哪些？", ("甲", "乙", "丙"), ("A", "C")),
        ("single", "哪个？", ("丁", "戊", "己"), ("B",)),
    ]


def test_every_box_ticked_is_all_of_them_where_other_boxes_are_not() -> None:
    found = read("1.哪些？\n☑甲\n☑乙\n2.哪个？\n□丁\n☑戊")
    assert found.answers == [("A", "B"), ("B",)]
    assert any("每个选项都打了勾" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "options",
    ["a.led lamp\nb.low carbon\nc.apple", "a)led lamp\nb)low carbon\nc)apple", "a.led lamp b.low carbon c.apple"],
)
def test_small_letters_in_front_of_latin_words_are_those_of_options(options: str) -> None:
    found = read(f"1. 选出正确的一项（ b ）\n{options}\n2. 下一题（ A ）\nA.甲\nB.乙")
    assert found.asked[0] == ("single", "选出正确的一项（　）", ("led lamp", "low carbon", "apple"), ("B",))


def test_chapters_and_numbers_within_them_are_the_numbers_of_questions() -> None:
    codes = ["1.1", "1.2", "1.3", "2.1", "2.2"]
    found = read("\n".join(f"{code} 第{code}种灯叫什么？\nA.甲\nB.乙\n答案：A" for code in codes))
    assert found.numbers == codes
    assert found.stems == [f"第{code}种灯叫什么？" for code in codes]


def test_a_chinese_number_amid_a_sentence_fills_its_blank() -> None:
    found = read(
        "一、填空题\n1. 低碳日是宣传周的第（三）天。\n2. 夏季不低于（26）℃。\n3. 依照第二十条（一）项，不低于（26）℃。"
    )
    assert found.answers == [("三",), ("26",), ("26",)]
    assert "第二十条（一）项" in found.stems[2]


@pytest.mark.parametrize("answer", ["本题正确答案是A、C", "本题正确答案：A、C", "正确答案为 A,C", "答案选AC"])
def test_the_answer_may_stand_in_a_short_sentence(answer: str) -> None:
    found = read(f"1. 哪些省电？\nA.甲\nB.乙\nC.丙\n{answer}\n2. 哪种省电？\nA.甲\nB.乙\n答案：A")
    assert found.answers == [("A", "C"), ("A",)]


def test_letters_judge_where_the_heading_says_what_they_mean() -> None:
    found = read("判断题（A正确 B错误）\n1.随手关灯可以节电。（A）\n2.长明灯可以节电。（B）")
    assert found.answers == [("true",), ("false",)]
    assert found.stems[0] == "随手关灯可以节电。（　）"


@pytest.mark.parametrize(
    ("right", "wrong"), [("（对）", "（错）"), ("（√）", "（×）"), ("【正确】", "【错误】"), (" √", " ×")]
)
def test_signs_behind_options_are_no_part_of_them(right: str, wrong: str) -> None:
    found = read(f"1. 哪种灯省电？\nA. 白炽灯{wrong}\nB. LED 灯{right}\nC. 卤素灯{wrong}\n2. 下一题（A）\nA.甲\nB.乙")
    assert found.asked[0] == ("single", "哪种灯省电？", ("白炽灯", "LED 灯", "卤素灯"), ("B",))


def test_small_letters_in_code_are_no_options() -> None:
    found = read("1. 下面的程序输出什么？（ A ）\na.append(1)\nb.append(2)\nA.甲\nB.乙")
    assert found.asked[0][2] == ("甲", "乙")
    assert "a.append(1)" in found.stems[0]


def test_boxes_that_are_all_alike_tick_nothing() -> None:
    found = read("1.哪个？\n□A.甲\n□B.乙\n答案：A\n2.哪个？\n■A.甲\n■B.乙\n答案：B")
    assert found.answers == [("A",), ("B",)]


@pytest.mark.parametrize(
    "stem",
    [
        "2.5米高的灯",
        "1.5 ℃是",
        "2026.7.1起",
        "1990年建成的",
        "5月1日是",
        "3个月内",
        "12.4国家宪法日在",
        "2020年",
        "100周年",
    ],
)
def test_numbers_that_begin_a_text_are_no_numbering(stem: str) -> None:
    found = read(f"{stem}哪个（　）？\nA.甲\nB.乙\n答案：A\n\n{stem}哪个（　）？\nA.丙\nB.丁\n答案：B")
    assert found.stems == [f"{stem}哪个（　）？"] * 2
    assert found.numbers == ["", ""]


def test_a_line_of_a_stem_that_begins_with_a_number_is_no_question() -> None:
    found = read(
        """
        1.某仓库的灯距离货物
        2.5米，这样对不对（　）？
        A.对的
        B.不够
        答案：B
        2.灯泡用了
        3年以上，应当（　）。
        A.换
        B.不换
        答案：A
        3.还有哪个？
        A.甲
        B.乙
        答案：A
        """
    )
    assert found.numbers == ["1", "2", "3"]
    assert found.answers == [("B",), ("A",), ("A",)]
    assert "2.5米" in found.stems[0]
    assert "3年以上" in found.stems[1]


@pytest.mark.parametrize(
    "stem", ["1.2020年节能周在几月？", "1．2020年节能周在几月？", "1、2020年节能周在几月？", "1. 5月节能周吗？"]
)
def test_a_number_glued_to_a_year_is_a_number(stem: str) -> None:
    found = read(f"{stem}\nA.甲\nB.乙\n答案：A\n2.哪个？\nA.甲\nB.乙\n答案：B")
    assert found.numbers == ["1", "2"]
    assert not found.stems[0].startswith("1")


def test_sub_statements_belong_to_the_stem() -> None:
    found = read(
        """
        1.下列说法：
        （1）随手关灯；
        （2）长明灯省电。
        正确的有（　）。
        A.（1）
        B.（2）
        答案：A
        2.下列正确的是（　）
        ①随手关灯
        ②人走断电
        A.①
        B.①②
        答案：B
        """
    )
    assert found.numbers == ["1", "2"]
    assert found.answers == [("A",), ("B",)]
    assert "（2）长明灯省电。" in found.stems[0]
    assert [option.text for option in found.questions[1].options] == ["①", "①②"]


def test_the_numbered_points_of_an_essays_answer_are_no_questions() -> None:
    found = read(
        """
        一、简答题
        1.简述节能措施。
        答：
        1.提高认识；
        2.加强管理；
        3.技术改造。
        2.简述节水措施。
        答：1、一水多用；
        2、及时维修。
        """
    )
    assert found.numbers == ["1", "2"]
    assert found.answers == [("1.提高认识；\n2.加强管理；\n3.技术改造。",), ("1、一水多用；\n2、及时维修。",)]


def test_numbers_begin_again_in_every_section_and_chapter() -> None:
    found = read(
        """
        第一章 照明
        一、单选题（每题2分，共2题）
        1.哪个？
        A.甲 B.乙
        答案：A
        2.哪个呢？
        A.甲 B.乙
        答案：B
        二、判断题（对的打√，错的打×）
        1.随手关灯。（√）
        第二章 空调
        一、多选题
        1.哪些？
        A.甲 B.乙
        答案：AB
        """
    )
    assert found.numbers == ["1", "2", "1", "1"]
    assert [question.category for question in found.questions] == ["第一章 照明"] * 3 + ["第二章 空调"]
    assert [kind for kind, *_ in found.asked] == ["single", "single", "true_false", "multiple"]


@pytest.mark.parametrize(
    "heading",
    [
        "一、单选题",
        "一．单选题（共30题）",
        "（一）单项选择题",
        "【单选题】",
        "单选题",
        "单选题：",
        "第一部分 单选题",
        "第一部分　单项选择题（每题1分，共20分）",
        "一、单项选择题：下列各题只有一个正确答案，请选出。",
        "Part 1 单选题",
        "节能知识竞赛题库（单选题）",
        "1、单选题",
        "## 单选题",
        "⼀、单选题",
        "题型：单选题",
        "类型：单选",
    ],
)
def test_every_heading_of_a_kind_holds_for_what_follows(heading: str) -> None:
    found = read(f"{heading}\n1.哪个？\nA.甲\nB.乙\n答案：AB\n2.哪个呢？\nA.甲\nB.乙\n答案：A")
    assert [question.kind.value for question in found.questions] == ["single", "single"]
    assert found.answers == [(), ("A",)]


@pytest.mark.parametrize(
    "stem",
    [
        "【多选】哪些？",
        "[多选题]哪些？",
        "(多选题) 哪些？",
        "多选题：哪些？",
        "哪些？（多选）",
        "哪些？[多选题]",
        "哪些？【多选题】（2分）",
        "（2分）【多选题】哪些？",
    ],
)
def test_a_kind_beside_the_stem_is_its_kind_and_no_part_of_it(stem: str) -> None:
    found = read(f"1.{stem}\nA.甲\nB.乙\n答案：A\n2.{stem}\nA.甲\nB.乙\n答案：AB")
    assert [question.kind.value for question in found.questions] == ["multiple", "multiple"]
    assert found.stems == ["哪些？"] * 2


def test_questions_without_numbers_are_told_apart_by_empty_lines() -> None:
    found = read(
        """
        节能知识题库

        哪种灯
        最省电？
        A.甲
        B.乙
        答案：A
        解析：甲灯省电。
        它是LED的。

        哪种灯最费电？
        A.甲
        B.乙
        答案：B

        随手关灯是好习惯。
        答案：对
        """
    )
    assert [asked[0] for asked in found.asked] == ["single", "single", "true_false"]
    assert found.stems == ["哪种灯\n最省电？", "哪种灯最费电？", "随手关灯是好习惯。"]
    assert found.questions[0].explanation == "甲灯省电。\n它是LED的。"
    assert found.written.legend == ["节能知识题库"]


def test_questions_without_numbers_or_empty_lines_are_told_apart_by_options_and_answers() -> None:
    found = read(
        """
        哪种灯最省电？
        A.甲
        B.乙
        答案：A
        哪种灯最费电？
        A.甲
        B.乙
        答案：B
        随手关灯是好习惯。
        答案：对
        """
    )
    assert found.stems == ["哪种灯最省电？", "哪种灯最费电？", "随手关灯是好习惯。"]
    assert found.answers == [("A",), ("B",), ("true",)]


def test_judgements_without_numbers_stand_one_on_a_line() -> None:
    found = read("判断题\n随手关灯是好习惯。（√）\n长明灯省电。（×）\n人走断电。（√）")
    assert found.answers == [("true",), ("false",), ("true",)]


def test_a_question_whose_number_is_missing_is_still_a_question_and_that_is_said() -> None:
    found = read("1.哪个？\nA.甲\nB.乙\n答案：A\n哪个没有题号？\nA.甲\nB.乙\n答案：B\n3.哪个呢？\nA.甲\nB.乙\n答案：A")
    assert found.stems == ["哪个？", "哪个没有题号？", "哪个呢？"]
    assert found.answers == [("A",), ("B",), ("A",)]
    assert any("没有题号" in warning for warning in found.warnings)


def test_a_number_that_is_left_out_is_said() -> None:
    found = read("1.哪个？\nA.甲 B.乙\n答案：A\n2.哪个？\nA.甲 B.乙\n答案：A\n4.哪个？\nA.甲 B.乙\n答案：B")
    assert found.numbers == ["1", "2", "4"]
    assert any("题号从 2 跳到 4" in warning for warning in found.warnings)


def test_a_whole_question_on_one_line_is_taken_apart() -> None:
    found = read(
        "1.哪个最省电（ ）？ A.甲 B.乙 C.丙 D.丁 答案：B 解析：乙省电。\n"
        "2.哪些？A、甲；B、乙；C、丙 答案：AB。解析：都对。\n"
        "3.随手关灯。答案：对 解析：好习惯。"
    )
    assert found.asked == [
        ("single", "哪个最省电（ ）？", ("甲", "乙", "丙", "丁"), ("B",)),
        ("multiple", "哪些？", ("甲", "乙", "丙"), ("A", "B")),
        ("true_false", "随手关灯。", (), ("true",)),
    ]
    assert [question.explanation for question in found.questions] == ["乙省电。", "都对。", "好习惯。"]


def test_an_answer_glued_to_the_next_question_is_cut() -> None:
    found = read(
        "11、哪个？\nA、甲\nB、乙\nC、丙\n答案：C12、中国在哪里？\nA、甲\nB、乙\n答案：B 13、2020年是（　）\n"
        "A、甲\nB、乙\n答案：A"
    )
    assert found.numbers == ["11", "12", "13"]
    assert found.answers == [("C",), ("B",), ("A",)]
    assert found.stems[1] == "中国在哪里？"


def test_an_answer_glued_to_the_last_option_is_taken() -> None:
    found = read("1.哪些？\nA. 知识库\nB. 数据库\nC. 解释器\nD. 推理机 答案：ABCD\n2.哪个？\nA.甲\nB.乙答案：B")
    assert found.answers == [("A", "B", "C", "D"), ("B",)]
    assert [option.text for option in found.questions[0].options][-1] == "推理机"


def test_a_text_that_begins_with_letters_is_a_text() -> None:
    found = read("一、填空题\n1.污水处理常用____。\n答案：AB法是常见工艺\n2.还有____。\n答案：A2O")
    assert found.answers == [("AB法是常见工艺",), ("A2O",)]


def test_an_option_that_is_broken_by_its_width_is_mended() -> None:
    found = read("1.哪个？\nA.公共机构应当建立健全本单位节能管理的规章\n制度并且执行\nB.乙\n答案：A")
    assert [option.text for option in found.questions[0].options] == [
        "公共机构应当建立健全本单位节能管理的规章制度并且执行",
        "乙",
    ]


def test_options_that_begin_behind_the_stem_and_go_on_below_are_all_found() -> None:
    found = read("1.哪个（　）？ A.甲\nB.乙\nC.丙\n答案：C\n2.哪些？A.甲 B.乙\nC.丙 D.丁\n答案：CD")
    assert found.asked == [
        ("single", "哪个（　）？", ("甲", "乙", "丙"), ("C",)),
        ("multiple", "哪些？", ("甲", "乙", "丙", "丁"), ("C", "D")),
    ]


def test_more_than_four_options_are_kept() -> None:
    found = read("1.哪些？\nA.甲 B.乙 C.丙\nD.丁 E.戊 F.己\n答案：AF")
    assert found.asked == [("multiple", "哪些？", ("甲", "乙", "丙", "丁", "戊", "己"), ("A", "F"))]


def test_a_letter_that_is_left_out_moves_the_answer_along_and_is_said() -> None:
    found = read("1.哪个？\nA.甲\nC.丙\nD.丁\n答案：D")
    assert found.asked == [("single", "哪个？", ("甲", "丙", "丁"), ("C",))]
    assert any("选项 B 是空的" in warning for warning in found.warnings)


def test_a_letter_that_is_used_twice_is_said() -> None:
    found = read("1.哪个？\nA.甲\nB.乙\nB.丙\nD.丁\n答案：D")
    assert found.asked == [("single", "哪个？", ("甲", "乙", "丙", "丁"), ("D",))]
    assert any("有两个选项 B" in warning for warning in found.warnings)


def test_options_without_letters_are_lines_below_the_stem_and_that_is_said() -> None:
    found = read("1.哪个省电？\n白炽灯\n节能灯\n荧光灯\n答案：B\n2.哪个费电？\n白炽灯\n节能灯\n答案：A")
    assert found.asked == [
        ("single", "哪个省电？", ("白炽灯", "节能灯", "荧光灯"), ("B",)),
        ("single", "哪个费电？", ("白炽灯", "节能灯"), ("A",)),
    ]
    assert len([warning for warning in found.warnings if "选项没有字母" in warning]) == 2


def test_options_without_letters_may_be_marked_with_the_answer() -> None:
    found = read(
        "1. 哪个省电？[单选题]\n白炽灯\n节能灯（正确答案）\n\n2. 哪些？[多选题]\n甲（正确答案）\n乙\n丙（正确答案）"
    )
    assert found.asked == [
        ("single", "哪个省电？", ("白炽灯", "节能灯"), ("B",)),
        ("multiple", "哪些？", ("甲", "乙", "丙"), ("A", "C")),
    ]


@pytest.mark.parametrize(
    ("text", "stem", "answer"),
    [
        ("1.夏季不低于____℃，冬季不高于____℃。\n答案：26；20", "夏季不低于____℃，冬季不高于____℃。", ("26", "20")),
        ("1.夏季不低于（　）℃。\n答案：26", "夏季不低于（　）℃。", ("26",)),
        ("1.夏季不低于__26__℃。", "夏季不低于____℃。", ("26",)),
        ("1.夏季不低于（26）℃，冬季不高于（20）℃。", "夏季不低于（　）℃，冬季不高于（　）℃。", ("26", "20")),
        (
            "1.《节约能源法》（以下简称《法》）自（2008年4月1日）起施行。",
            "《节约能源法》（以下简称《法》）自（　）起施行。",
            ("2008年4月1日",),
        ),
    ],
)
def test_blanks_are_answered_below_or_inside(text: str, stem: str, answer: tuple[str, ...]) -> None:
    found = read(f"一、填空题\n{text}")
    assert found.asked == [("blank", stem, (), answer)]


def test_questions_and_answers_in_words_are_blanks_or_essays() -> None:
    found = read("问：世界地球日是哪天？\n答：4月22日\n\n问：全国节能宣传周在几月？\n答：6月")
    assert found.asked == [
        ("blank", "世界地球日是哪天？", (), ("4月22日",)),
        ("blank", "全国节能宣传周在几月？", (), ("6月",)),
    ]
    found = read("Q: 世界地球日是哪天？\nA: 4月22日\n\nQ: 全国节能宣传周在几月？\nA: 6月")
    assert found.answers == [("4月22日",), ("6月",)]


def test_a_line_below_each_question_is_its_answer_and_that_is_said() -> None:
    found = read("1.世界地球日是哪天？\n4月22日\n2.全国节能宣传周在几月？\n6月\n3.碳中和目标是哪一年？\n2060年")
    assert found.answers == [("4月22日",), ("6月",), ("2060年",)]
    assert any("当作答案" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "line",
    [
        "解析：甲省电。",
        "【解析】甲省电。",
        "答案解析：甲省电。",
        "试题解析：甲省电。",
        "解析\n甲省电。",
        "【解析】\n甲省电。",
        "分析：甲省电。",
        "详解：甲省电。",
        "解释：甲省电。",
        "说明：甲省电。",
    ],
)
def test_every_way_of_explaining_is_an_explanation(line: str) -> None:
    found = read(f"1.哪个？\nA.甲\nB.乙\n答案：A\n{line}\n2.哪个呢？\nA.甲\nB.乙\n答案：B\n{line}")
    assert [question.explanation for question in found.questions] == ["甲省电。"] * 2
    assert found.answers == [("A",), ("B",)]


def test_options_named_in_an_explanation_are_no_options() -> None:
    found = read(
        "1.哪个？\nA.甲\nB.乙\n答案：A\n解析：\nA.甲正确，因为省电。\nB.乙错误。\n2.哪个呢？\nA.甲\nB.乙\n答案：B\n解析：A项错误，\nB、正确。"
    )
    assert [len(question.options) for question in found.questions] == [2, 2]
    assert "B.乙错误。" in found.questions[0].explanation
    assert found.errors == []


def test_what_is_said_about_one_question_stays_with_it() -> None:
    found = read(
        "1.哪个？\nA.甲\nB.乙\n答案：A\n难度：易\n分类：照明\n出处：《条例》\n考点：灯具、节电\n2.哪个呢？\nA.甲\nB.乙\n答案：B\n难度：难\n题型：多选题"
    )
    first, second = found.questions
    assert (first.difficulty, first.category, first.source, first.tags) == ("易", "照明", "《条例》", ("灯具", "节电"))
    assert (second.difficulty, second.category, second.kind.value) == ("难", "", "multiple")


def test_what_is_said_above_questions_holds_until_it_is_said_again() -> None:
    found = read(
        "分类：照明\n题型：单选题\n1.哪个？\nA.甲\nB.乙\n答案：A\n2.哪个呢？\nA.甲\nB.乙\n答案：B\n题型：判断题\n1.随手关灯。（√）\n分类：空调\n2.开窗开空调。（×）"
    )
    assert [question.kind.value for question in found.questions] == ["single", "single", "true_false", "true_false"]
    assert [question.category for question in found.questions] == ["照明", "照明", "照明", "空调"]


def _asked_only(count: int, *, start: int = 1, judged: bool = False) -> str:
    options = "" if judged else "\nA.甲 B.乙 C.丙 D.丁"
    return "\n".join(f"{number}.第{number}个说法（　）{options}" for number in range(start, start + count))


@pytest.mark.parametrize(
    "key",
    [
        "参考答案\n1-5：D A A B C",
        "参考答案：\n1-5 DAABC",
        "答案\n1～5：DAABC",
        "附：参考答案\n1—3 DAA 4—5 BC",
        "答案：1.D 2.A 3.A 4.B 5.C",
        "1.D 2.A 3.A 4.B 5.C",
        "1、D 2、A 3、A\n4、B 5、C",
        "标准答案\n1D 2A 3A 4B 5C",
        "答案及解析\n1.D\n2.A\n3.A\n4.B\n5.C",
        "答案及解析\n1.D 解析：好。\n2.【答案】A\n3.【答案】A【解析】对。\n4.答案：B\n5. C",
        "参考答案\n题号\t1\t2\t3\t4\t5\n答案\tD\tA\tA\tB\tC",
        "题号 1 2 3 4 5\n答案 D A A B C",
        "参考答案\n1\t2\t3\t4\t5\nD\tA\tA\tB\tC",
        "参考答案：1-5 DAABC",
        "【参考答案】\n1.D；2.A；3.A；4.B；5.C",
        "——————————\n参考答案\n1．D　2．A　3．A　4．B　5．C",
    ],
)
def test_an_answer_key_at_the_end_answers_by_number(key: str) -> None:
    found = read(f"{_asked_only(5)}\n{key}")
    assert found.answers == [("D",), ("A",), ("A",), ("B",), ("C",)]
    assert found.errors == []
    assert len(found.questions) == 5


def test_a_key_answers_section_by_section() -> None:
    found = read(
        f"一、单选题\n{_asked_only(3)}\n二、多选题\n{_asked_only(2)}\n三、判断题\n{_asked_only(3, judged=True)}\n"
        "四、填空题\n1.节约____，保护环境。\n2.夏季不低于____℃。\n"
        "参考答案\n一、单选题\n1-3 ABC\n二、多选题\n1、ABC 2、AD\n三、判断题\n1√ 2× 3√\n四、填空题\n1.能源 2.26"
    )
    assert found.answers == [
        ("A",),
        ("B",),
        ("C",),
        ("A", "B", "C"),
        ("A", "D"),
        ("true",),
        ("false",),
        ("true",),
        ("能源",),
        ("26",),
    ]
    assert found.errors == []


def test_a_key_without_headings_answers_sections_in_their_order_where_all_numbers_fit() -> None:
    found = read(f"一、单选题\n{_asked_only(3)}\n二、判断题\n{_asked_only(2, judged=True)}\n答案\n1.A 2.B 3.C\n1.√ 2.×")
    assert found.answers == [("A",), ("B",), ("C",), ("true",), ("false",)]


def test_a_key_stands_under_each_section() -> None:
    found = read(
        f"一、单选题\n{_asked_only(3)}\n答案：1-3 ABC\n二、判断题\n{_asked_only(2, judged=True)}\n答案：1.√ 2.×"
    )
    assert found.answers == [("A",), ("B",), ("C",), ("true",), ("false",)]
    assert found.errors == []


def test_a_key_whose_count_does_not_fit_is_reported_and_nothing_is_guessed() -> None:
    found = read(f"{_asked_only(5)}\n参考答案\n1-5 DAAB")
    assert found.answers == [()] * 5
    assert any("个数对不上" in error for error in found.errors)
    assert len([error for error in found.errors if "没有答案" in error]) == 5


def test_questions_that_a_key_leaves_out_have_no_answer() -> None:
    found = read(f"{_asked_only(4)}\n参考答案\n1.A 2.B 4.D")
    assert found.answers == [("A",), ("B",), (), ("D",)]
    assert len([error for error in found.errors if "没有答案" in error]) == 1


def test_an_entry_of_a_key_without_its_question_is_reported() -> None:
    found = read(f"{_asked_only(3)}\n参考答案\n1.A 2.B 3.C 4.D")
    assert found.answers == [("A",), ("B",), ("C",)]
    assert any("第 4 题" in error for error in found.errors)


def test_a_key_that_may_belong_to_several_sections_is_reported() -> None:
    found = read(f"一、单选题\n{_asked_only(3)}\n二、多选题\n{_asked_only(3)}\n参考答案\n1.A 2.B 3.C")
    assert found.answers == [()] * 6
    assert any("答案表" in error for error in found.errors)


def test_explanations_in_a_key_reach_their_questions() -> None:
    found = read(
        f"{_asked_only(2)}\n答案及解析\n1.【答案】A\n【解析】甲省电。\n2.【答案】B\n【解析】乙省电，\n而且便宜。"
    )
    assert [question.explanation for question in found.questions] == ["甲省电。", "乙省电，\n而且便宜。"]


def test_two_different_answers_are_asked_about() -> None:
    found = read("1.哪个？\nA.甲\nB.乙\n答案：A\n参考答案：B\n2.哪个？\nA.甲\nB.乙\n答案：A")
    assert found.answers == [(), ("A",)]
    assert any("两个不同的答案" in error for error in found.errors)


def test_a_question_without_an_answer_says_so() -> None:
    found = read("1.哪个？\nA.甲\nB.乙\n2.哪个呢？\nA.甲\nB.乙\n答案：A")
    assert found.answers == [(), ("A",)]
    assert len(found.errors) == 1


@pytest.mark.parametrize(
    "noise", ["-----", "==========", "*****", "第 1 页 共 5 页", "- 3 -", "3/12", "第3页", "————————", "• • •"]
)
def test_rules_and_page_numbers_are_nothing(noise: str) -> None:
    found = read(f"1.哪个？\nA.甲\n{noise}\nB.乙\n答案：A\n{noise}\n2.哪个呢？\n{noise}\nA.甲\nB.乙\n答案：B\n{noise}")
    assert found.asked == [("single", "哪个？", ("甲", "乙"), ("A",)), ("single", "哪个呢？", ("甲", "乙"), ("B",))]
    assert found.errors == found.warnings == []


def test_what_every_page_repeats_is_left_out_and_said() -> None:
    page = "\n".join(f"{number}.哪个？\nA.甲\nB.乙\n答案：A\nXX公司安全题库" for number in range(1, 5))
    found = read(page)
    assert found.asked == [("single", "哪个？", ("甲", "乙"), ("A",))] * 4
    assert [question.explanation for question in found.questions] == [""] * 4
    assert any("重复出现 4 次" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "head",
    [
        "节能知识竞赛题库",
        "姓名：____ 单位：____ 得分：____",
        "（总分100分，时间60分钟）",
        "注意事项：\n1.本卷共100分。\n2.请用黑色笔作答。",
        "说明：本题库仅供学习使用。",
    ],
)
def test_titles_and_instructions_are_no_questions(head: str) -> None:
    found = read(f"{head}\n一、单选题\n1.哪个？\nA.甲\nB.乙\n答案：A\n2.哪个呢？\nA.甲\nB.乙\n答案：B")
    assert found.stems == ["哪个？", "哪个呢？"]
    assert found.errors == []


def test_a_text_without_questions_is_not_understood() -> None:
    assert not read("节能工作总结\n一年来，我们做了许多工作。\n1.加强领导。\n2.狠抓落实。").written.understood
    assert not read("").written.understood


def _line(text: str, *marked: str, automatic: int = 0) -> Line:
    spans = tuple((text.index(part), text.index(part) + len(part)) for part in marked)
    return Line("第1段", text, automatic, spans)


def test_options_set_apart_by_their_look_are_answers_and_that_is_said_once() -> None:
    found = Read(
        [
            _line("1.哪个？"),
            _line("A.甲", "A.甲"),
            _line("B.乙"),
            _line("2.哪些？"),
            _line("A.丙  B.丁  C.戊", "丙", "C.戊"),
            _line("3.哪个？"),
            _line("A.己"),
            _line("B.庚", "庚"),
        ]
    )
    assert found.answers == [("A",), ("A", "C"), ("B",)]
    assert len(found.warnings) == 1
    assert "标记" in found.warnings[0]


def test_a_question_whose_options_all_look_alike_is_asked_about_where_looks_answer() -> None:
    found = Read(
        [
            _line("1.哪个？"),
            _line("A.甲", "A.甲"),
            _line("B.乙"),
            _line("2.哪个？"),
            _line("A.丙", "丙"),
            _line("B.丁", "丁"),
            _line("3.哪个？"),
            _line("A.己"),
            _line("B.庚"),
            _line("4.哪个？"),
            _line("A.己", "己"),
            _line("B.庚"),
        ]
    )
    assert found.answers == [("A",), (), (), ("A",)]
    assert len(found.errors) == 2


def test_looks_say_nothing_where_answers_are_written() -> None:
    found = Read([_line("1.哪个？"), _line("A.甲", "A.甲"), _line("B.乙"), _line("答案：B")])
    assert found.answers == [("B",)]


def test_words_set_apart_in_a_fill_in_question_are_its_answers() -> None:
    found = Read([_line("一、填空题"), _line("1.夏季不低于26℃，冬季不高于20℃。", "26", "20")])
    assert found.asked == [("blank", "夏季不低于____℃，冬季不高于____℃。", (), ("26", "20"))]


def test_words_set_apart_in_other_questions_are_only_emphasis() -> None:
    found = Read([_line("一、单选题"), _line("1.不正确的是（ A ）", "不正确"), _line("A.甲"), _line("B.乙")])
    assert found.stems == ["不正确的是（　）"]


def test_automatic_numbering_is_numbering_whatever_the_text_begins_with() -> None:
    found = Read(
        [
            _line("1. 2.5米高的灯是哪个？", automatic=3),
            _line("A. 甲", automatic=3),
            _line("B. B型", automatic=3),
            _line("答案：B"),
            _line("2. 3月是哪个？", automatic=3),
            _line("A. 甲", automatic=3),
            _line("B. 乙", automatic=3),
            _line("答案：A"),
        ]
    )
    assert found.asked == [
        ("single", "2.5米高的灯是哪个？", ("甲", "B型"), ("B",)),
        ("single", "3月是哪个？", ("甲", "乙"), ("A",)),
    ]


def test_pictures_go_where_their_lines_go() -> None:
    def shown(text: str, *names: str) -> Line:
        return Line("第1段", text, pictures=tuple(Picture(name) for name in names))

    found = Read(
        [
            shown("1.这是哪个标志？"),
            shown("", "stem"),
            shown("A.甲", "a"),
            shown("B.", "b"),
            shown("答案：B"),
            shown("解析：见图。", "why"),
            shown("2.哪个？", "stem2"),
            shown("A. B.", "a2", "b2"),
            shown("答案：A"),
        ]
    )
    first, second = found.questions
    assert [(picture.sha256, picture.place) for picture in first.pictures] == [
        ("stem", ""),
        ("a", "A"),
        ("b", "B"),
        ("why", EXPLANATION),
    ]
    assert [(picture.sha256, picture.place) for picture in second.pictures] == [("stem2", ""), ("a2", "A"), ("b2", "B")]
    assert found.errors == []


def test_full_width_letters_and_look_alike_radicals_are_matched_and_kept() -> None:
    found = read("⼀、单选题\n１．哪个部⻔？\nＡ．⼟⽊\nＢ．⽔利\n答案：Ａ\n２．哪个？\nＡ．甲\nＢ．乙\n答案：Ｂ")
    assert found.stems == ["哪个部⻔？", "哪个？"]
    assert [option.text for option in found.questions[0].options] == ["⼟⽊", "⽔利"]
    assert found.answers == [("A",), ("B",)]


def test_a_cell_is_read_like_any_text() -> None:
    found = Read(lines_of("1.哪个省电？\nA.甲 B.乙\n答案：B\n解析：省。", "第3行"))
    assert found.asked == [("single", "哪个省电？", ("甲", "乙"), ("B",))]
    assert found.questions[0].where == "第3行"
    found = Read(lines_of("哪个省电？（ B ）\nA.甲\nB.乙", "第4行"))
    assert found.asked == [("single", "哪个省电？（　）", ("甲", "乙"), ("B",))]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "1.哪个？\nA.甲 B.乙    （B）\n2.哪些？\nA.甲  B.乙  （ AB ）",
            [("single", "哪个？", ("甲", "乙"), ("B",)), ("multiple", "哪些？", ("甲", "乙"), ("A", "B"))],
        ),
        (
            "1.电流的单位是？\nA.伏特（V） B.安培（A）\n答案：B",
            [("single", "电流的单位是？", ("伏特（V）", "安培（A）"), ("B",))],
        ),
        (
            "一、判断题\n1.夏季空调不低于20℃。（×，应为26℃）\n2.随手关灯。（√）",
            [
                ("true_false", "夏季空调不低于20℃。（　）", (), ("false",)),
                ("true_false", "随手关灯。（　）", (), ("true",)),
            ],
        ),
        ("1.哪个？\nA.甲\nB.乙\n答案：B（乙）", [("single", "哪个？", ("甲", "乙"), ("B",))]),
        ("1.哪些？\nA.甲\nB.乙\n答案：(A)(B)", [("multiple", "哪些？", ("甲", "乙"), ("A", "B"))]),
        ("1.哪个：A.甲；B.乙；C.丙。答案：C", [("single", "哪个：", ("甲", "乙", "丙"), ("C",))]),
        ("1.哪些？（多选）（　）\nA.甲\nB.乙\n答案：A", [("multiple", "哪些？（　）", ("甲", "乙"), ("A",))]),
        (
            "【多选题】1、哪些？\nA.甲\nB.乙\n答案：A\n(单选题)2、哪个？\nA.甲\nB.乙\n答案：A",
            [("multiple", "哪些？", ("甲", "乙"), ("A",)), ("single", "哪个？", ("甲", "乙"), ("A",))],
        ),
        (
            "一、单选题 1.哪个？\nA.甲\nB.乙\n答案：A\n2.哪个呢？\nA.甲\nB.乙\n答案：B",
            [("single", "哪个？", ("甲", "乙"), ("A",)), ("single", "哪个呢？", ("甲", "乙"), ("B",))],
        ),
        (
            "判断题\n1.随手关灯。（√）2.长明灯省电。（×）3.人走断电。（√）",
            [
                ("true_false", "随手关灯。（　）", (), ("true",)),
                ("true_false", "长明灯省电。（　）", (), ("false",)),
                ("true_false", "人走断电。（　）", (), ("true",)),
            ],
        ),
        (
            "判断题\n√ 1.随手关灯。\n× 2.长明灯省电。",
            [("true_false", "随手关灯。", (), ("true",)), ("true_false", "长明灯省电。", (), ("false",))],
        ),
        ("1.哪个？\nⒶ甲\nⒷ乙\n答案：Ⓑ", [("single", "哪个？", ("甲", "乙"), ("B",))]),
        ("1.最本质的特征是（答案：A）。\nA.甲\nB.乙", [("single", "最本质的特征是（　）。", ("甲", "乙"), ("A",))]),
        (
            "1.如图（a）所示，哪个（　）\nA.甲\nB.乙\n答案：B",
            [("single", "如图（a）所示，哪个（　）", ("甲", "乙"), ("B",))],
        ),
        ("1.如图（a）所示，哪个（　）\nA.甲\nB.乙", [("single", "如图（a）所示，哪个（　）", ("甲", "乙"), ())]),
        (
            "1.数据库有（A、C）。\nA.MySQLB.RedisC.OracleD.Linux",
            [("multiple", "数据库有（　）。", ("MySQL", "Redis", "Oracle", "Linux"), ("A", "C"))],
        ),
        ("1.哪个？A.甲B.乙C.丙D.丁答案:C解析:见书", [("single", "哪个？", ("甲", "乙", "丙", "丁"), ("C",))]),
        (
            "照明\n\n1.1 哪个？\nA.甲\nB.乙\n答案：A\n\n1.2 哪个呢？\nA.甲\nB.乙\n答案：B\n\n"
            "2.1 还有哪个？\nA.甲\nB.乙\n答案：A",
            [
                ("single", "哪个？", ("甲", "乙"), ("A",)),
                ("single", "哪个呢？", ("甲", "乙"), ("B",)),
                ("single", "还有哪个？", ("甲", "乙"), ("A",)),
            ],
        ),
    ],
)
def test_odd_ways_of_writing(text: str, asked: list[Asked]) -> None:
    assert read(text).asked == asked


def test_a_title_in_brackets_above_a_question_is_its_category() -> None:
    found = read(
        "[照明]\n1.哪个？\nA.甲\nB.乙\n答案：A\n解析：省。\n\n[空调]\n2.哪个呢？\nA.甲\nB.乙\n答案：B\n解析：凉。"
    )
    assert [question.category for question in found.questions] == ["照明", "空调"]
    assert [question.explanation for question in found.questions] == ["省。", "凉。"]


def test_a_line_that_announces_one_answer_is_no_part_of_the_question() -> None:
    found = read(
        "题目 1\n哪个？\nA.甲\nB.乙\n答案与解析\n答案：A\n省。\n\n题目 2\n是____。\n答案与解析\n答案：节能\n对。"
    )
    assert found.stems == ["哪个？", "是____。"]
    assert found.answers == [("A",), ("节能",)]
    assert [option.text for option in found.questions[0].options] == ["甲", "乙"]


def test_an_answer_may_stand_above_the_options() -> None:
    found = read("1.输出什么？ 答案：B\njava Test\nA.甲\nB.乙\n2.哪个？ 答案：A\nA.丙\nB.丁")
    assert found.asked == [
        ("single", "输出什么？\njava Test", ("甲", "乙"), ("B",)),
        ("single", "哪个？", ("丙", "丁"), ("A",)),
    ]


def test_options_without_letters_may_stand_in_columns() -> None:
    found = read("1.哪个？\n甲\t\t乙\n丙\t\t丁\n2.哪个呢？\n戊\t\t己\n庚\t\t辛\n参考答案\n1.D 2.A")
    assert found.asked == [
        ("single", "哪个？", ("甲", "乙", "丙", "丁"), ("D",)),
        ("single", "哪个呢？", ("戊", "己", "庚", "辛"), ("A",)),
    ]
