"""Where the parts of a question stand: headers, columns, cells, sheets, headings."""

from __future__ import annotations

from io import BytesIO

import pytest
import xlsxwriter
from bank_files import answers, bank_of, csv_bytes, errors, kinds, only, texts, warnings, xls_bytes, xlsx_bytes

from questions.model import Bank
from questions.readers import read_bank

AC = ["空调夏季设定温度一般不低于多少？", "22℃", "24℃", "26℃", "28℃", "C"]
LAMP = ["下列哪种灯最省电？", "白炽灯", "卤素灯", "荧光灯", "LED灯", "D"]


def test_a_header_with_options_a_to_d_is_read() -> None:
    bank = bank_of(["题目", "选项A", "选项B", "选项C", "选项D", "答案"], AC, LAMP)
    assert kinds(bank) == ["single", "single"]
    assert answers(bank) == [("C",), ("D",)]
    assert texts(bank.questions[0]) == ["22℃", "24℃", "26℃", "28℃"]
    assert bank.questions[1].where == "工作表“Sheet1”第3行"
    assert bank.problems == ()


@pytest.mark.parametrize(
    "header",
    [
        ["题干", "选项 A", "选项 B", "选项  C", "选项 D", "正确答案（必填）"],
        ["试题内容*", "A项", "B项", "C项", "D项目", "标准答案"],
        ["题 目（必填）", "A", "B", "C", "D", "正确选项"],
        ["question", "option_a", "option_b", "option_c", "option_d", "correct_answer"],
        ["问题", "选项1", "选项2", "选项3", "选项4", "参考答案："],
        ["试题题干", "Ａ选项", "Ｂ选项", "Ｃ选项", "Ｄ选项", "答案"],
        ["题目", "答案1", "答案2", "答案3", "答案4", "正确答案"],
        ["题干", "选项一", "选项二", "选项三", "选项四", "答 案"],
        ["某单位节能知识竞赛试题库", "选项A", "选项B", "选项C", "选项D", "答案"],
    ],
)
def test_header_wordings_and_spacings_mean_the_same(header: list[str]) -> None:
    bank = bank_of(header, AC, LAMP)
    assert answers(bank) == [("C",), ("D",)]
    assert bank.questions[0].stem == AC[0]
    assert errors(bank) == []


def test_titles_and_instructions_above_the_header_are_passed_over() -> None:
    bank = bank_of(
        ["节能知识竞赛题库"],
        ["填写说明：每行一题，答案填字母。"],
        [],
        ["序号", "题目", "选项A", "选项B", "选项C", "选项D", "答案"],
        [1, *AC],
    )
    assert only(bank).number == "1"
    assert only(bank).where == "工作表“Sheet1”第5行"


def test_a_header_in_two_rows_is_one_header() -> None:
    bank = bank_of(["题目", "选项", None, None, None, "答案"], [None, "A", "B", "C", "D"], AC)
    assert texts(only(bank)) == ["22℃", "24℃", "26℃", "28℃"]
    assert only(bank).answer == ("C",)


def test_one_header_over_several_option_columns_covers_them_all() -> None:
    bank = bank_of(["题目", "选项", None, None, None, "答案"], AC, LAMP)
    assert texts(bank.questions[1]) == ["白炽灯", "卤素灯", "荧光灯", "LED灯"]


def test_every_column_of_the_shipped_layout_is_read() -> None:
    header = ["编号", "题型", "题目", *(f"选项{letter}" for letter in "ABCDE"), "答案", "解析", "分类", "难度", "来源"]
    row = [
        "E001",
        "多选",
        "哪些是可再生能源？",
        "太阳能",
        "煤",
        "风能",
        "",
        "",
        "AC",
        "煤不可再生。",
        "能源",
        "易",
        "教材",
    ]
    question = only(read_bank(csv_bytes([header, row])))
    assert (question.number, question.kind, question.answer) == ("E001", "multiple", ("A", "C"))
    assert (question.explanation, question.category, question.difficulty, question.source) == (
        "煤不可再生。",
        "能源",
        "易",
        "教材",
    )
    assert texts(question) == ["太阳能", "煤", "风能"]


def test_the_kind_column_may_stand_last() -> None:
    bank = bank_of(
        ["题目", "A项", "B项", "答案", "类型"],
        ["节约用电人人有责。", "正确", "错误", "A", "判断题"],
        ["哪个省电？", "甲灯", "乙灯", "B", "单选题"],
    )
    assert kinds(bank) == ["true_false", "single"]
    assert answers(bank) == [("true",), ("B",)]


def test_a_column_of_kinds_is_found_under_any_header() -> None:
    bank = bank_of(
        ["类别", "题目", "A", "B", "答案"],
        ["多选题", "哪些对？", "甲", "乙", "AB"],
        ["单选题", "哪个对？", "甲", "乙", "A"],
    )
    assert kinds(bank) == ["multiple", "single"]
    bank = bank_of(
        ["类型", "题目", "A", "B", "答案"],
        ["照明", "哪些对？", "甲", "乙", "AB"],
        ["空调", "哪个对？", "甲", "乙", "A"],
    )
    assert [question.category for question in bank.questions] == ["照明", "空调"]


def test_a_sheet_name_says_the_kind() -> None:
    header = ["序号", "题干", "选项 A", "选项 B", "答案"]
    bank = read_bank(
        xlsx_bytes(
            {
                "单选题": [header, [1, "哪个？", "甲", "乙", "B"]],
                "多选题": [header, [1, "哪些？", "甲", "乙", "AB"]],
                "判断题": [header, [1, "对吗", "正确", "错误", "A"]],
                "填空题": [["序号", "题干", "空 1", "空  2"], [1, "两个空是____和____。", "甲", "乙"]],
                "简答题": [["序号", "题干", "答案"], [1, "说说看", "都行"]],
            }
        )
    )
    assert kinds(bank) == ["single", "multiple", "true_false", "blank", "essay"]
    assert answers(bank) == [("B",), ("A", "B"), ("true",), ("甲", "乙"), ("都行",)]
    assert [question.number for question in bank.questions] == ["1", "2", "3", "4", "5"]


def test_heading_rows_say_the_kind_and_chapters_the_category() -> None:
    bank = bank_of(
        ["题号", "题目", "A", "B", "答案"],
        ["第一章 照明"],
        ["一、单项选择题（每题2分，共4分）"],
        [1, "哪个省电？", "甲", "乙", "B"],
        ["二、判断题"],
        [1, "随手关灯是节能。", None, None, "√"],
    )
    assert kinds(bank) == ["single", "true_false"]
    assert answers(bank) == [("B",), ("true",)]
    assert {question.category for question in bank.questions} == {"第一章 照明"}


def test_every_section_may_have_its_own_header() -> None:
    bank = bank_of(
        ["一、判断题"],
        ["序号", "题目", "答案"],
        [1, "随手关灯。", "对"],
        ["二、单选题"],
        ["序号", "题目", "选项A", "选项B", "答案"],
        [1, "哪个省电？", "甲", "乙", "B"],
    )
    assert answers(bank) == [("true",), ("B",)]
    assert errors(bank) == []


def test_a_header_pasted_twice_is_reported() -> None:
    header = ["题目", "A", "B", "答案"]
    bank = bank_of(header, ["哪个？", "甲", "乙", "A"], header, ["还有哪个？", "丙", "丁", "B"])
    assert answers(bank) == [("A",), ("B",)]
    assert "又是一次表头" in warnings(bank)[0]


@pytest.mark.parametrize(
    "cell",
    [
        "A. 22℃\nB. 24℃\nC. 26℃",
        "A.22℃ B.24℃ C.26℃",
        "A、22℃；B、24℃；C、26℃",
        "(A)22℃ (B)24℃ (C)26℃",
        "22℃|24℃|26℃",
        "22℃&24℃&26℃",
        "22℃；24℃；26℃",
        "22℃\n24℃\n26℃",
        "22℃ 24℃ 26℃",
        '["22℃", "24℃", "26℃"]',
        "['22℃', '24℃', '26℃']",
        '{"A": "22℃", "B": "24℃", "C": "26℃"}',
        '[{"key": "A", "value": "22℃"}, {"key": "B", "value": "24℃"}, {"key": "C", "value": "26℃"}]',
        "A.22℃|B.24℃|C.26℃",
    ],
)
def test_all_options_in_one_cell(cell: str) -> None:
    question = only(bank_of(["题目", "选项", "答案"], ["温度不低于？", cell, "C"]))
    assert texts(question) == ["22℃", "24℃", "26℃"]
    assert question.answer == ("C",)


def test_the_usual_separator_of_the_column_wins_over_another_inside_an_option() -> None:
    bank = bank_of(
        ["题目", "选项", "答案"],
        ["哪个？", "甲;乙|丙", "A"],
        ["哪个呢？", "丁|戊|己", "B"],
        ["哪一个？", "庚|辛;壬", "B"],
    )
    assert [texts(question) for question in bank.questions] == [["甲;乙", "丙"], ["丁", "戊", "己"], ["庚", "辛;壬"]]


def test_letters_in_front_of_options_in_their_own_columns_are_no_part_of_them() -> None:
    bank = bank_of(["题目", "A", "B", "答案"], ["哪个？", "A. 甲", "B. 乙", "B"], ["哪种维生素？", "A", "C", "B"])
    assert [texts(question) for question in bank.questions] == [["甲", "乙"], ["A", "C"]]


def test_options_behind_the_stem_are_found() -> None:
    question = only(bank_of(["题目", "答案"], ["哪个省电？\nA. 白炽灯 B. LED灯", "B"]))
    assert question.stem == "哪个省电？"
    assert texts(question) == ["白炽灯", "LED灯"]


def test_one_row_an_option_with_a_flag() -> None:
    bank = bank_of(
        ["试题"],
        ["题目序号", "题目类型", "题目内容", "所属题库", "是否正确项", "选项内容"],
        [1, 1, "哪个端口？", "网络", 0, 21],
        [1, None, None, None, 1, 80],
        [2, 2, "哪些对？", "网络", 1, "甲"],
        [2, None, None, None, 0, "乙"],
        [2, None, None, None, 1, "丙"],
        [3, 3, "随手关灯。", "节能", 1, "正确"],
        [3, None, None, None, 0, "错误"],
    )
    assert kinds(bank) == ["single", "multiple", "true_false"]
    assert answers(bank) == [("B",), ("A", "C"), ("true",)]
    assert texts(bank.questions[0]) == ["21", "80"]
    assert errors(bank) == []
    assert "1 为单选、2 为多选、3 为判断" in warnings(bank)[0]


def test_one_row_an_option_with_the_stem_repeated_in_every_row() -> None:
    bank = bank_of(
        ["题号", "题目", "选项内容", "是否正确"],
        [1, "哪个？", "甲", "否"],
        [1, "哪个？", "乙", "是"],
        [2, "还有哪个？", "丙", "是"],
        [2, "还有哪个？", "丁", "否"],
    )
    assert answers(bank) == [("B",), ("A",)]


def test_a_question_whose_options_carry_no_flag_has_no_answer() -> None:
    bank = bank_of(["题号", "题目", "选项内容", "是否正确"], [1, "哪个？", "甲", 0], [1, None, "乙", 0])
    assert only(bank).answer == ()
    assert any("没有答案" in error for error in errors(bank))


def test_two_blocks_side_by_side_are_read_one_after_the_other() -> None:
    bank = bank_of(
        ["序号", "题目", "答案", None, "序号", "题目", "答案"],
        [1, "随手关灯。", "对", None, 3, "长明灯省电。", "错"],
        [2, "人走断电。", "对"],
    )
    assert [question.stem for question in bank.questions] == ["随手关灯。", "人走断电。", "长明灯省电。"]
    assert answers(bank) == [("true",), ("true",), ("false",)]
    assert bank.questions[2].where == "工作表“Sheet1”第2行（并排第2组）"


def test_questions_with_their_answers_as_text_alone() -> None:
    bank = bank_of(["题目", "答案"], ["全国节能宣传周在哪个月？", "6月"], ["世界地球日是____。", "4月22日"])
    assert kinds(bank) == ["blank", "blank"]
    assert answers(bank) == [("6月",), ("4月22日",)]
    assert "没有写题型" in warnings(bank)[0]


def test_a_table_without_a_header_is_read_by_its_content_and_that_is_said() -> None:
    bank = bank_of([1, *AC], [2, *LAMP])
    assert answers(bank) == [("C",), ("D",)]
    assert texts(bank.questions[0]) == ["22℃", "24℃", "26℃", "28℃"]
    assert any("没有表头" in warning for warning in warnings(bank))


def test_a_kind_marked_in_the_stem_counts() -> None:
    bank = bank_of(
        ["题目", "选项", "答案"], ["哪些对？（多选）", "甲|乙|丙", "AB"], ["【单选题】哪个对？", "甲|乙", "A"]
    )
    assert kinds(bank) == ["multiple", "single"]


@pytest.mark.parametrize("name", ["名词解释", "案例分析题", "连线题", "排序题", "计算题"])
def test_a_kind_that_is_not_ours_is_kept_with_an_error_that_names_it(name: str) -> None:
    bank = bank_of(
        ["题型", "题目", "A", "B", "答案"],
        [name, "能耗是什么？", None, None, "略"],
        ["单选", "哪个？", "甲", "乙", "A"],
    )
    assert kinds(bank)[0] == "essay"
    assert any(name in error for error in errors(bank))


def test_a_generic_choice_is_single_or_multiple_as_its_answer_says() -> None:
    bank = bank_of(
        ["题型", "题目", "A", "B", "答案"],
        ["选择题", "哪个？", "甲", "乙", "A"],
        ["选择题", "哪些？", "丙", "丁", "AB"],
    )
    assert kinds(bank) == ["single", "multiple"]


def test_a_merged_kind_holds_for_all_its_rows() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["题型", "题目", "A", "B", "C", "答案"])
        sheet.merge_range(1, 0, 2, 0, "多选题")
        sheet.write_row(1, 1, ["哪些？", "甲", "乙", "丙", "AB"])
        sheet.write_row(2, 1, ["还有哪些？", "丁", "戊", "己", "A"])
    assert kinds(read_bank(out.getvalue())) == ["multiple", "multiple"]


def test_an_xls_file_is_read_like_any_other() -> None:
    bank = read_bank(
        xls_bytes(
            [["目录", "题号", "题干", "A项", "B项", "答案", "类型"], [1, 260, "哪个？", "甲", "乙", "B", "单选题"]]
        )
    )
    assert bank.format == "xls"
    assert (only(bank).number, only(bank).answer) == ("260", ("B",))


def _templated() -> Bank:
    return bank_of(
        ["序号", "题目", "选项A", "选项B", "答案"],
        [1, "哪个？", "甲", "乙", "B"],
        [2],
        [3],
        [],
        [None, None, "å"],
        [4, None, "甲", "乙", "A"],
    )


def test_prefilled_numbers_are_no_questions_but_a_row_without_a_stem_is_reported() -> None:
    bank = _templated()
    assert len(bank.questions) == 1
    assert [warning for warning in warnings(bank) if "第6行" in warning]
    assert [error for error in errors(bank) if "第7行" in error]
    assert len(bank.problems) == 2


def test_columns_that_nobody_understands_are_named() -> None:
    bank = bank_of(["题目", "A", "B", "答案", "神秘"], ["哪个？", "甲", "乙", "A", "x"])
    assert "神秘" in warnings(bank)[0]


def test_numbers_in_front_of_stems_become_the_numbers() -> None:
    bank = bank_of(
        ["题目", "A", "B", "答案"],
        ["1. 哪个？", "甲", "乙", "A"],
        ["2、还有哪个？", "丙", "丁", "A"],
        ["3.5 度是多少？", "戊", "己", "B"],
    )
    assert [question.stem for question in bank.questions] == ["哪个？", "还有哪个？", "3.5 度是多少？"]


def test_a_sheet_of_instructions_beside_the_questions_is_reported_as_unread() -> None:
    bank = read_bank(
        xlsx_bytes({"题库": [["题目", "A", "B", "答案"], ["哪个？", "甲", "乙", "A"]], "说明": [["一行一题"]]})
    )
    assert len(bank.questions) == 1
    assert warnings(bank)[0].startswith("工作表“说明”")


def test_whole_questions_in_one_column_are_taken_apart() -> None:
    bank = bank_of(
        ["题干"], ["一、单选题"], ["1.节能灯是（ A ）。\nA.好 B.坏"], ["二、判断题"], ["1.随手关灯好（ √ ）"]
    )
    assert [question.stem for question in bank.questions] == ["节能灯是（　）。", "随手关灯好（　）"]
    assert texts(bank.questions[0]) == ["好", "坏"]
    assert answers(bank) == [("A",), ("true",)]


def test_options_separated_by_what_may_stand_inside_them_are_reported() -> None:
    bank = bank_of(["题目", "选项", "答案"], ["which?", "led lamp bulb", "A"])
    assert "分开的" in warnings(bank)[0]


def test_a_heading_above_the_header_says_the_kind() -> None:
    bank = bank_of(["题型：多选题"], ["题目", "A", "B", "答案"], ["哪些？", "甲", "乙", "A"])
    assert kinds(bank) == ["multiple"]


@pytest.mark.parametrize("options", [("x", "y"), ("v", "n"), ("是", "否"), ("T", "N")])
def test_letters_and_yes_and_no_are_ordinary_options_where_no_kind_is_given(options: tuple[str, str]) -> None:
    question = only(bank_of(["题目", "A", "B", "答案"], ["哪个变量？", *options, "B"]))
    assert (question.kind, texts(question), question.answer) == ("single", list(options), ("B",))


def test_letters_in_front_of_options_in_a_cell_need_no_point() -> None:
    bank = bank_of(
        ["题目", "选项", "答案"],
        ["哪种灯最省电？", "A白炽灯  B LED灯  C卤素灯", "B"],
        ["空调夏季宜设为多少？", "A20℃  B26℃  C30℃", "B"],
    )
    assert [texts(question) for question in bank.questions] == [["白炽灯", "LED灯", "卤素灯"], ["20℃", "26℃", "30℃"]]


def test_options_that_only_begin_with_their_letters_stay() -> None:
    bank = bank_of(["题目", "A", "B", "C", "答案"], ["哪种驾照可开公交车？", "A1", "B1", "C1", "A"])
    assert texts(only(bank)) == ["A1", "B1", "C1"]


def test_options_glued_behind_a_stem_are_found_by_their_letters() -> None:
    bank = bank_of(
        ["题目", "答案"],
        ["空调夏季宜设为多少？A.20℃B.26℃C.30℃D.16℃", "B"],
        ["哪种灯最省电？A.白炽灯;B.LED灯;C.卤素灯", "B"],
    )
    assert [question.stem for question in bank.questions] == ["空调夏季宜设为多少？", "哪种灯最省电？"]
    assert [texts(question) for question in bank.questions] == [
        ["20℃", "26℃", "30℃", "16℃"],
        ["白炽灯", "LED灯", "卤素灯"],
    ]


@pytest.mark.parametrize(
    "row",
    [
        ["合计", "共 2 题", None, None, None],
        ["总题数", 2],
        ["制表人：张三", None, "审核人：李四", None, "日期：2026年6月"],
        ["平均分", "", "", "", 85.5],
    ],
)
def test_figures_and_names_below_the_questions_are_told_and_not_read(row: list[object]) -> None:
    bank = bank_of(
        ["序号", "题目", "A", "B", "答案"],
        [1, "哪种灯省电？", "LED灯", "油灯", "A"],
        [2, "哪种费电？", "甲", "乙", "B"],
        row,
    )
    assert len(bank.questions) == 2
    assert errors(bank) == []
    (said,) = warnings(bank)
    assert "第4行：这一行像是合计或落款" in said


def test_a_question_whose_number_is_a_word_of_sums_is_read() -> None:
    bank = bank_of(["序号", "题目", "A", "B", "答案"], ["备注", "哪种灯省电？", "LED灯", "油灯", "A"])
    assert len(bank.questions) == 1


def test_an_answer_and_its_explanation_may_share_a_column() -> None:
    bank = bank_of(
        ["题目", "A", "B", "答案及解析"],
        ["哪种灯省电？", "LED灯", "油灯", "A。LED 灯光效最高。"],
        ["哪种费电？", "风扇", "油汀", "B\n解析：油汀功率大。"],
    )
    assert answers(bank) == [("A",), ("B",)]
    assert [question.explanation for question in bank.questions] == ["LED 灯光效最高。", "油汀功率大。"]


@pytest.mark.parametrize("header", ["可选项", "供选项", "选项列表"])
def test_options_have_further_names(header: str) -> None:
    bank = bank_of(["No.", "题目", header, "答案", "理由"], [1, "哪种灯省电？", "LED灯;油灯;煤油灯", "A", "光效高"])
    assert texts(only(bank)) == ["LED灯", "油灯", "煤油灯"]
    assert (only(bank).number, only(bank).explanation) == ("1", "光效高")


def test_a_sign_with_a_correction_behind_judges() -> None:
    bank = bank_of(["题目", "答案"], ["随手关灯可以节电。", "√"], ["空调夏季宜设为 20℃。", "×（应为26℃）"])
    assert answers(bank) == [("true",), ("false",)]
    assert any("已按错误读入" in said for said in warnings(bank))
