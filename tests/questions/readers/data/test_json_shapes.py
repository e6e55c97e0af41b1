"""JSON whose shape says what its keys do not: pairs, flags, sentences as keys, lists under names of their own."""

from __future__ import annotations

import json

from bank_files import answers, errors, kinds, only, texts, warnings

from questions.model import Bank
from questions.readers import read_bank

LAMPS = ["白炽灯", "LED 灯", "卤素灯"]


def bank(found: object) -> Bank:
    return read_bank(json.dumps(found, ensure_ascii=False).encode())


def test_options_may_be_pairs_of_a_text_and_whether_it_is_right() -> None:
    read = bank(
        [
            {"type": "多选题", "stem": "哪些省电？", "options": [["步行", True], ["驾车", False], ["骑行", True]]},
            {"type": "判断题", "stem": "长明灯省电。", "options": [["错", True], ["对", False]]},
            {"type": "单选题", "stem": "哪个省电？", "options": [["A", "白炽灯", False], ["B", "LED 灯", True]]},
        ]
    )
    assert answers(read) == [("A", "C"), ("false",), ("B",)]
    assert texts(read.questions[0]) == ["步行", "驾车", "骑行"]
    assert texts(read.questions[2]) == ["白炽灯", "LED 灯"]
    assert read.problems == ()


def test_options_with_letters_may_stand_under_any_name() -> None:
    options = [
        {"id": 70 + place, "name": text, "number": letter}
        for place, letter, text in zip(range(3), "ABC", LAMPS, strict=True)
    ]
    question = only(bank([{"title": "哪种灯最省电？", "answer": "B", "libraryItemVOList": options}]))
    assert (question.kind, texts(question), question.answer) == ("single", LAMPS, ("B",))


def test_other_lists_are_no_options() -> None:
    files = [{"id": 1, "name": "图1"}, {"id": 2, "name": "图2"}]
    question = only(bank([{"题目": "____是最省电的灯。", "答案": "LED 灯", "附件": files}]))
    assert (question.kind, question.options) == ("blank", ())


def test_options_may_follow_the_stem_behind_bars() -> None:
    read = bank(
        {"最省电的灯是        。|白炽灯|LED 灯|卤素灯": "LED 灯", "世界水日是哪天？|3月22日|4月22日": "3月22日"}
    )
    assert [question.stem for question in read.questions] == ["最省电的灯是        。", "世界水日是哪天？"]
    assert answers(read) == [("B",), ("A",)]
    assert read.problems == ()


def test_bars_whose_parts_do_not_hold_the_answer_stay_in_the_stem() -> None:
    read = bank({"命令 a|b|c 的作用是什么？": "管道相连", "命令 d 的作用是什么呢？": "退出"})
    assert read.questions[0].stem == "命令 a|b|c 的作用是什么？"


def test_questions_may_be_the_keys_of_what_is_known_of_them() -> None:
    read = bank(
        {
            "下列哪种灯最省电？": {"options": LAMPS, "answer": "B"},
            "随手关灯可以节电。": {"type": "判断", "answer": "对"},
        }
    )
    assert kinds(read) == ["single", "true_false"]
    assert [question.stem for question in read.questions] == ["下列哪种灯最省电？", "随手关灯可以节电。"]
    assert answers(read) == [("B",), ("true",)]


def test_a_kind_that_we_do_not_know_is_told_once_and_read_by_content() -> None:
    case = {"type": "scenario", "question": "这样做对吗？", "options": ["可以", "不妥"], "answer": "B"}
    read = bank([{**case, "type": "single", "question": "哪种好？"}, case, {**case, "question": "那样做呢？"}])
    assert kinds(read) == ["single", "single", "single"]
    assert errors(read) == []
    assert warnings(read) == ["整个文件：题型“scenario”认不出，这样的 2 题已按题目的内容读入；请核对（例如第2题）。"]


def test_a_question_without_its_text_is_reported() -> None:
    read = bank(
        [
            {"question": "", "options": LAMPS, "answer": "A"},
            {"question": "哪种灯最省电？", "options": LAMPS, "answer": "B"},
            {"question": None, "options": LAMPS, "answer": "C"},
        ]
    )
    assert answers(read) == [("B",)]
    assert errors(read) == [
        "第1题前面：有一题没有题干（只有“A”），没有读入；请补上题干。",
        "第1题后面：有一题没有题干（只有“C”），没有读入；请补上题干。",
    ]


def test_rows_may_hold_their_options_as_a_list() -> None:
    rows = [["题目", "选项", "答案"], ["哪种灯最省电？", LAMPS, "B"], ["哪种灯最费电？", LAMPS, "A"]]
    assert answers(bank(rows)) == [("B",), ("A",)]
    assert answers(bank(rows[1:])) == [("B",), ("A",)]


def test_options_may_tell_themselves_by_their_letters_under_any_name() -> None:
    lettered = ["A. 白炽灯", "B. LED 灯"]
    assert texts(only(bank([{"题目": "哪个省电？", "kexuan": lettered, "答案": "B"}]))) == LAMPS[:2]
    assert texts(only(bank([{"题目": "哪个省电？", "kexuan": " ".join(lettered), "答案": "B"}]))) == LAMPS[:2]
