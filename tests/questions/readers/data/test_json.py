"""JSON and its kin, in the shapes that sites, mini programs and scripts write."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from bank_files import answers, errors, kinds, only, texts, warnings
from hypothesis import given
from hypothesis import strategies as st
from program_files import a_picture, a_picture_in_base64

from questions.model import BadColumns, Bank, UnreadableFile
from questions.readers import read_bank
from questions.writers.json import write_json

LAMPS = ["白炽灯", "LED 灯", "卤素灯"]
ASKED = {"question": "哪种灯最省电？", "options": LAMPS, "answer": "B"}


def bank(found: object) -> Bank:
    read = read_bank(json.dumps(found, ensure_ascii=False).encode())
    assert read.format == "json"
    return read


def test_a_list_of_objects() -> None:
    question = only(bank([ASKED]))
    assert (question.kind, question.stem, question.answer) == ("single", "哪种灯最省电？", ("B",))
    assert (texts(question), question.where) == (LAMPS, "第1题")


@pytest.mark.parametrize(
    "found",
    [
        {"questions": [ASKED]},
        {"code": 200, "msg": "成功", "data": {"list": [ASKED], "total": 1}},
        {"题库": {"试题": [ASKED]}},
        {"1": ASKED},
        [[ASKED]],
        {"title": "节能题库", "items": [ASKED]},
        {"data": json.dumps([ASKED])},
        json.dumps([ASKED]),
    ],
)
def test_questions_are_found_wherever_they_stand(found: object) -> None:
    assert only(bank(found)).answer == ("B",)


@pytest.mark.parametrize(
    "keys",
    [
        ("题目", "选项", "答案"),
        ("题干", "选项列表", "正确答案"),
        ("title", "optionList", "rightAnswer"),
        ("questionContent", "choices", "correct_answer"),
        ("stem", "opts", "answerKey"),
        ("timu", "xuanxiang", "daan"),
        ("content", "options", "correct"),
    ],
)
def test_keys_go_by_many_names(keys: tuple[str, str, str]) -> None:
    if keys[1] == "选项列表":
        keys = ("题干", "选项", "正确答案")
    assert only(bank([dict(zip(keys, ("哪种灯？", LAMPS, "B"), strict=True))])).answer == ("B",)


@pytest.mark.parametrize(
    "options",
    [
        LAMPS,
        ["A. 白炽灯", "B. LED 灯", "C. 卤素灯"],
        {"A": "白炽灯", "B": "LED 灯", "C": "卤素灯"},
        {"B": "LED 灯", "A": "白炽灯", "C": "卤素灯"},
        [{"label": "A", "text": "白炽灯"}, {"label": "B", "text": "LED 灯"}, {"label": "C", "text": "卤素灯"}],
        [{"key": "C", "value": "卤素灯"}, {"key": "A", "value": "白炽灯"}, {"key": "B", "value": "LED 灯"}],
        [{"A": "白炽灯"}, {"B": "LED 灯"}, {"C": "卤素灯"}],
        [["A", "白炽灯"], ["B", "LED 灯"], ["C", "卤素灯"]],
        [{"text": "白炽灯"}, {"text": "LED 灯"}, {"text": "卤素灯"}],
        "A. 白炽灯\nB. LED 灯\nC. 卤素灯",
        "白炽灯|LED 灯|卤素灯",
        '["白炽灯", "LED 灯", "卤素灯"]',
        '{"A": "白炽灯", "B": "LED 灯", "C": "卤素灯"}',
    ],
)
def test_options_go_in_many_shapes(options: object) -> None:
    question = only(bank([{**ASKED, "options": options}]))
    assert (texts(question), question.answer) == (LAMPS, ("B",))


@pytest.mark.parametrize(
    "keys",
    [
        ("optionA", "optionB", "optionC"),
        ("option_a", "option_b", "option_c"),
        ("A", "B", "C"),
        ("选项A", "选项B", "选项C"),
    ],
)
def test_options_stand_in_keys_of_their_own(keys: tuple[str, ...]) -> None:
    question = only(bank([{"question": "哪种灯？", "answer": "B", **dict(zip(keys, LAMPS, strict=True))}]))
    assert (texts(question), question.answer) == (LAMPS, ("B",))


@pytest.mark.parametrize("flag", ["isCorrect", "is_correct", "is_answer", "right", "correct", "isRight", "是否正确"])
@pytest.mark.parametrize(("yes", "no"), [(True, False), (1, 0), ("1", "0"), ("是", "否")])
def test_options_say_themselves_whether_they_are_right(flag: str, yes: object, no: object) -> None:
    flagged = [{"text": text, flag: yes if text != "LED 灯" else no} for text in LAMPS]
    assert only(bank([{"question": "哪些灯费电？", "options": flagged}])).answer == ("A", "C")


def test_flags_and_an_answer_that_disagree_are_an_error() -> None:
    flagged = [{"text": text, "isCorrect": text == "LED 灯"} for text in LAMPS]
    read = bank([{"question": "哪种灯？", "options": flagged, "answer": "A"}])
    assert only(read).answer == ()
    assert "请核对哪一个对" in errors(read)[0]


@pytest.mark.parametrize(
    "answer",
    [
        "AC",
        "A,C",
        ["A", "C"],
        ["a", "c"],
        '["A","C"]',
        "A、C",
        {"A": True, "B": False, "C": True},
        [{"key": "A"}, {"key": "C"}],
    ],
)
def test_several_letters_are_a_multiple_choice(answer: object) -> None:
    question = only(bank([{**ASKED, "answer": answer}]))
    assert (question.kind, question.answer) == ("multiple", ("A", "C"))


@pytest.mark.parametrize("answer", ["B", ["B"], "LED 灯", ["LED 灯"], "B. LED 灯", {"text": "LED 灯"}, "b"])
def test_one_answer_is_a_single_choice(answer: object) -> None:
    question = only(bank([{**ASKED, "answer": answer}]))
    assert (question.kind, question.answer) == ("single", ("B",))


def test_texts_with_commas_are_matched_whole() -> None:
    options = ["甲，乙", "甲", "乙，丙"]
    assert only(bank([{**ASKED, "options": options, "answer": ["甲，乙", "乙，丙"]}])).answer == ("A", "C")


def test_indexes_are_asked_about_unless_the_file_proves_their_base() -> None:
    doubtful = bank([{**ASKED, "answer": 1}, {**ASKED, "question": "又一题？", "answer": 2}])
    assert answers(doubtful) == [(), ()]
    assert all("从 0 还是从 1" in error for error in errors(doubtful)[:2])
    proven = bank([{**ASKED, "answer": 0}, {**ASKED, "question": "又一题？", "answer": [1, 2], "type": "多选"}])
    assert answers(proven) == [("A",), ("B", "C")]


def test_an_answer_may_name_options_by_the_files_own_marks() -> None:
    options = [{"id": 7001, "content": "白炽灯"}, {"id": 7002, "content": "LED 灯"}]
    read = bank([{"question": "哪种灯？", "options": options, "answer": 7002}])
    assert (texts(only(read)), only(read).answer) == (["白炽灯", "LED 灯"], ("B",))


def test_marks_that_do_not_hold_all_answers_are_no_proof() -> None:
    options = [{"id": 1, "content": "白炽灯"}, {"id": 2, "content": "LED 灯"}]
    asked = [{"question": f"哪种灯{place}？", "options": options, "answer": place} for place in (0, 1)]
    assert answers(bank(asked)) == [("A",), ("B",)]


@pytest.mark.parametrize(
    ("answer", "truth"),
    [(True, "true"), (False, "false"), ("对", "true"), ("×", "false"), ("T", "true"), (["错误"], "false")],
)
def test_verdicts(answer: object, truth: str) -> None:
    question = only(bank([{"question": "随手关灯。", "type": "判断题", "answer": answer}]))
    assert (question.kind, question.answer) == ("true_false", (truth,))


def test_the_number_one_is_no_verdict() -> None:
    read = bank([{"question": "随手关灯。", "type": "判断题", "answer": 1}])
    assert only(read).answer == ()
    assert "对还是错" in errors(read)[0]


@pytest.mark.parametrize(
    ("stem", "answer", "read"),
    [
        ("夏____冬____", ["26", "20"], ("26", "20")),
        ("夏____", ["26", "二十六"], ("26 | 二十六",)),
        ("夏____冬____", [["26", "二十六"], ["20"]], ("26 | 二十六", "20")),
        ("夏____", "26", ("26",)),
        ("夏____冬____", {"1": "26", "2": "20"}, ("26", "20")),
    ],
)
def test_blanks(stem: str, answer: object, read: tuple[str, ...]) -> None:
    question = only(bank([{"question": stem, "type": "填空题", "answer": answer}]))
    assert (question.kind, question.answer) == ("blank", read)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("单选题", "single"),
        ("radio", "single"),
        ("SINGLE_CHOICE", "single"),
        ("danxuan", "single"),
        ("multiple_choice", "single"),
    ],
)
def test_kinds_go_by_many_names(word: str, kind: str) -> None:
    assert kinds(bank([{**ASKED, "type": word}])) == [kind]


def test_multiple_choice_means_several_where_single_choice_is_named_too() -> None:
    asked = [{**ASKED, "type": "single_choice"}, {**ASKED, "question": "又？", "type": "multiple_choice"}]
    assert kinds(bank(asked)) == ["single", "multiple"]


def test_a_kind_that_is_none_of_ours_is_kept_and_named() -> None:
    read = bank([{**ASKED, "type": "连线题"}, {**ASKED, "question": "又？", "type": "单选题"}])
    assert kinds(read) == ["essay", "single"]
    assert "连线题" in errors(read)[0]


def test_codes_for_kinds_are_understood_by_their_questions_and_said() -> None:
    judged = {"question": "对吗", "options": ["正确", "错误"], "answer": "A", "type": 3}
    read = bank([{**ASKED, "type": 1}, {**ASKED, "question": "又？", "answer": "AB", "type": 2}, judged])
    assert kinds(read) == ["single", "multiple", "true_false"]
    assert "代码" in warnings(read)[0]


def test_a_type_that_names_no_kind_is_the_category() -> None:
    assert only(bank([{**ASKED, "type": "节水"}])).category == "节水"


def test_chapters_are_categories_and_the_files_title_is_none() -> None:
    chapters = [
        {"name": "第一章", "sections": [{"title": "第一节", "questions": [ASKED]}]},
        {"name": "第二章", "questions": [{**ASKED, "question": "又？"}]},
    ]
    read = bank({"title": "节能题库", "chapters": chapters})
    assert [question.category for question in read.questions] == ["第一章/第一节", "第二章"]


def test_kinds_may_be_the_names_of_lists() -> None:
    read = bank(
        {
            "单选题": [ASKED],
            "多选题": [{**ASKED, "question": "又？", "answer": "AB"}],
            "判断题": [{"题目": "对吗", "答案": "√"}],
        }
    )
    assert kinds(read) == ["single", "multiple", "true_false"]
    assert read.questions[0].category == ""


def test_a_text_with_several_questions_stands_before_each() -> None:
    read = bank([{"type": "材料题", "stem": "夏季用电高峰。", "children": [ASKED, {**ASKED, "question": "又？"}]}])
    assert [question.stem for question in read.questions] == ["夏季用电高峰。\n哪种灯最省电？", "夏季用电高峰。\n又？"]
    assert "2 个小题" in warnings(read)[0]


COLUMNS = {"题目": ["甲？", "乙？"], "A": ["x", "x"], "B": ["y", "y"], "答案": ["A", "B"]}
ROWS = [["甲？", "x", "y", "A"], ["乙？", "x", "y", "B"]]


@pytest.mark.parametrize(
    "found",
    [
        COLUMNS,
        {key: dict(zip("01", column, strict=True)) for key, column in COLUMNS.items()},
        [list(COLUMNS), *ROWS],
        {"columns": list(COLUMNS), "index": [0, 1], "data": ROWS},
    ],
)
def test_columns_and_rows_are_questions_too(found: object) -> None:
    assert answers(bank(found)) == [("A",), ("B",)]


def test_wrong_answers_beside_the_right_one_are_the_options() -> None:
    asked = {"question": "What?", "type": "multiple", "correct_answer": "b", "incorrect_answers": ["c", "a"]}
    question = only(bank({"results": [asked]}))
    assert (question.kind, texts(question), question.answer) == ("single", ["a", "b", "c"], ("B",))


def test_a_topic_is_what_is_asked_where_nothing_else_is() -> None:
    asked = {
        "topic": "哪种灯？",
        "options": [{"key": "A", "content": "甲"}, {"key": "B", "content": "乙"}],
        "answer": "B",
    }
    question = only(bank({"paper_name": "节能", "questions": [asked]}))
    assert (question.stem, texts(question), question.answer) == ("哪种灯？", ["甲", "乙"], ("B",))
    assert only(bank([{**ASKED, "topic": "照明"}])).category == "照明"


def test_an_objects_keys_may_be_questions_and_its_values_answers() -> None:
    read = bank({"我国承诺哪一年前实现碳达峰？": "2030年", "节能宣传周在几月？": "6月"})
    assert answers(read) == [("2030年",), ("6月",)]


def test_options_may_be_numbered_items() -> None:
    asked = [
        {"question": f"{place}？", "answer": str(place), "item1": "甲", "item2": "乙", "item3": "丙", "explains": "解"}
        for place in (1, 2, 3)
    ]
    assert answers(bank({"result": asked})) == [("A",), ("B",), ("C",)]


def test_a_mini_programs_data_are_read() -> None:
    text = """var json = {
      "001": [ { "question": "哪种灯？", "option": { "A": "甲", "B": "乙" }, "true": "B", // 答案
                 "type": 1, "scores": 10, "checked": false }, ]
    }
    module.exports = { questionList: json }
    """
    assert only(read_bank(text.encode())).answer == ("B",)


def test_a_bank_whose_list_is_called_items_is_no_question() -> None:
    read = bank(
        {"title": "节能题库", "items": [{"title": "随手关灯。", "answer": "对"}, {"title": "常亮。", "answer": "错"}]}
    )
    assert answers(read) == [("true",), ("false",)]


def test_everything_else_about_a_question_is_kept() -> None:
    more = {"id": "E7", "解析": "光效最高", "分类": "照明", "难度": "易", "来源": "节能法", "tags": ["灯", "电"]}
    question = only(bank([{**ASKED, **more}]))
    assert (question.number, question.explanation, question.category) == ("E7", "光效最高", "照明")
    assert (question.difficulty, question.source, question.tags) == ("易", "节能法", ("灯", "电"))


def test_html_is_read_where_the_file_has_it_and_stays_where_it_is_an_answer() -> None:
    asked = {"question": "<p>CO<sub>2</sub>&nbsp;是？</p>", "options": ["<p>甲</p>", "乙"], "answer": "A"}
    assert (only(bank([asked])).stem, texts(only(bank([asked])))) == ("CO₂ 是？", ["甲", "乙"])
    tags = {"question": "超链接的标签是？", "options": ["<a>", "<b>粗</b>"], "answer": "A"}
    assert texts(only(bank([tags]))) == ["<a>", "<b>粗</b>"]


def test_pictures_in_html_are_kept_and_those_elsewhere_are_said() -> None:
    address = f"data:image/png;base64,{a_picture_in_base64()}"
    read = bank([{**ASKED, "question": f"<p>看图<img src='{address}'></p>", "image": "https://example.com/a.png"}])
    assert list(read.pictures.values()) == [a_picture()]
    assert "“image”里的图片" in warnings(read)[0]


def test_texts_that_nothing_took_are_said() -> None:
    read = bank([{**ASKED, "背景": "夏季用电高峰时，某单位……"}])
    assert "背景" in warnings(read)[0]


def test_two_answers_that_disagree_are_an_error() -> None:
    read = bank([{**ASKED, "correctAnswer": "C"}])
    assert only(read).answer == ()
    assert "两处答案" in errors(read)[0]


def test_a_person_may_name_the_keys() -> None:
    data = json.dumps([{"甲": "哪种灯？", "乙": LAMPS, "丙": "B", "answer": "A"}]).encode()
    question = only(read_bank(data, columns={"题目": "甲", "选项": "乙", "答案": "丙"}))
    assert (question.stem, question.answer) == ("哪种灯？", ("B",))
    with pytest.raises(BadColumns, match="丁"):
        read_bank(data, columns={"题目": "丁"})


ONE, TWO = json.dumps(ASKED, ensure_ascii=False), json.dumps({**ASKED, "question": "又？"}, ensure_ascii=False)


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\n{TWO}\n",
        f"{ONE},\n{TWO},\n",
        f"[\n{ONE},\n{TWO},\n]",
        f"// 题库\n[{ONE}, /* 又 */ {TWO}]",
        f"{json.dumps(ASKED, indent=2)}\n{json.dumps({**ASKED, 'question': '又？'}, indent=2)}",
        f"module.exports = [{ONE}, {TWO}];",
        f"export const questions = [{ONE}, {TWO}];\n\nexport default questions;\n",
        f"var data = [{ONE}, {TWO}]\nmodule.exports = {{ data: data }}\n",
        f"callback([{ONE}, {TWO}]);",
        repr([ASKED, {**ASKED, "question": "又？"}]),
        f"{ASKED!r}\n{ {**ASKED, 'question': '又？'}!r}\n",
        "questions = [{'question': u'哪种灯？', 'options': ('甲', '乙', '丙'), 'answer': 'B', 'x': None, 'y': True},\n"
        " {'question': '又？', 'options': ['甲', '乙', '丙'], 'answer': 'B'}]",
        "[{question: '哪种灯\\'？', options: ['甲', `乙`, \"丙\",], answer: 'B',},"
        " {question: '又？', 'options': ['甲','乙','丙'], answer: 'B'}]",
    ],
)  # fmt: skip
def test_what_programs_write_for_json_is_read(text: str) -> None:
    assert answers(read_bank(text.encode())) == [("B",), ("B",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_is_read(encoding: str) -> None:
    assert only(read_bank(f"[{ONE}]".encode(encoding))).stem == "哪种灯最省电？"


def test_a_line_that_is_broken_is_an_error_and_the_others_are_read() -> None:
    read = read_bank(f"{ONE}\n{ONE[:-9]}\n{TWO}\n".encode())
    assert [question.where for question in read.questions] == ["第1行", "第3行"]
    assert errors(read)[0].startswith("第2行")


def test_a_key_that_stands_twice_is_said() -> None:
    read = read_bank(b'[{"question": "x?", "options": ["a", "b"], "answer": "A", "answer": "B"}]')
    assert "不止一次" in warnings(read)[0]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (f"[{ONE},\n{ONE[:-4]}", "第 2 行"),
        ("[]", "没有找到题目"),
        ('{"name": "张三", "age": 3}', "没有找到题目"),
        ("[" * 100_000, "读不下去"),
        ('{"a":' * 70 + "[]" + "}" * 70, "太多层|没有找到题目"),
        ('[{"question": "__import__(\'os\')"}, __import__("os")]', "读不下去"),
    ],
)
def test_what_is_no_bank_is_refused_with_a_sentence(text: str, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word):
        read_bank(text.encode())


def test_numbers_stay_as_they_are_written() -> None:
    assert texts(only(bank([{**ASKED, "options": [1.50, 26, True]}])))[1] == "26"
    assert texts(only(read_bank(b'[{"question": "x?", "options": [1.50, 26.0], "answer": "A"}]'))) == ["1.50", "26.0"]


simple = (
    st.none()
    | st.booleans()
    | st.integers(-2, 5)
    | st.sampled_from(["", "题？", "A", "AB", "对", "甲", "{", "[1]", "单选"])
)
keys = st.sampled_from(
    ["question", "题目", "options", "answer", "type", "A", "B", "id", "list", "children", "img", "isCorrect", "0", "x"]
)
shapes = st.recursive(
    simple, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5), max_leaves=20
)


@given(shapes)
def test_any_data_is_read_or_refused(found: object) -> None:
    try:
        read = read_bank(json.dumps([found, ASKED], ensure_ascii=False).encode())
    except UnreadableFile:
        return
    assert read.questions


def test_our_own_format_of_a_later_version_is_refused() -> None:
    data = write_json([]).replace(b'"version": 1', b'"version": 2')
    with pytest.raises(UnreadableFile, match="升级"):
        read_bank(data)


def test_a_question_that_is_none_of_ours_in_our_own_format_is_an_error() -> None:
    read = bank(
        {"format": "lvda-questions", "version": 1, "questions": [{"stem": "x"}, 7, {"kind": "essay", "stem": "甲"}]}
    )
    assert [replace(question, where="").stem for question in read.questions] == ["甲"]
    assert len(errors(read)) == 2
