"""QTI 1.2: the standard's own items, and those of Canvas, Blackboard and Common Cartridge."""

from __future__ import annotations

import pytest
from bank_files import answers, errors, kinds, only, texts, warnings
from program_files import (
    a_picture,
    a_picture_in_base64,
    equal,
    qti1,
    qti1_choice,
    qti1_item,
    qti1_labels,
    qti1_material,
    qti1_rule,
)

from questions.model import Bank
from questions.readers import read_bank

LAMPS = {"11": "白炽灯", "12": "LED 灯", "13": "卤素灯"}
TEXT = '<response_str ident="r1"><render_fib><response_label ident="a1"/></render_fib></response_str>'


def bank(*items: str, **more: str) -> Bank:
    read = read_bank(qti1(*items, **more).encode())
    assert read.format == "qti1"
    return read


def single(rules: str, options: dict[str, str] | None = None, **more: str) -> str:
    return qti1_item("<p>哪种灯最省电？</p>", qti1_choice(options or LAMPS), rules, **more)


def several(rules: str, **more: str) -> str:
    return qti1_item("哪些灯？", qti1_choice(LAMPS, "Multiple"), rules, **more)


def all_of(*right: str, wrong: tuple[str, ...] = ()) -> str:
    return f"<and>{''.join(map(equal, right))}{''.join(f'<not>{equal(one)}</not>' for one in wrong)}</and>"


def test_the_choice_that_sets_the_score_is_right() -> None:
    question = only(bank(single(qti1_rule(equal("12")))))
    assert (question.kind, question.stem, question.answer) == ("single", "哪种灯最省电？", ("B",))
    assert texts(question) == ["白炽灯", "LED 灯", "卤素灯"]
    assert question.where == "第1题"


def test_conditions_that_only_show_feedback_decide_nothing() -> None:
    told = '<displayfeedback feedbacktype="Response" linkrefid="11_fb"/>'
    rules = qti1_rule("<other/>", None) + qti1_rule(equal("11"), None, more=told) + qti1_rule(equal("12"))
    feedback = f'<itemfeedback ident="11_fb"><flow_mat>{qti1_material("太费电")}</flow_mat></itemfeedback>'
    question = only(bank(single(rules, feedback=feedback)))
    assert question.answer == ("B",)
    assert question.explanation == "“白炽灯”：太费电"


def test_half_of_the_score_is_not_right_and_is_said() -> None:
    read = bank(single(qti1_rule(equal("12")) + qti1_rule(equal("13"), 50)))
    assert only(read).answer == ("B",)
    assert "C 得 50%" in warnings(read)[0]


@pytest.mark.parametrize(
    "rules",
    [
        qti1_rule(all_of("11", "13", wrong=("12",))),
        qti1_rule(f"{equal('11')}{equal('13')}<not>{equal('12')}</not>"),
        qti1_rule(equal("11"), 50, action="Add") + qti1_rule(equal("13"), 50, action="Add"),
        qti1_rule(equal("11"), 50, action="Add")
        + qti1_rule(equal("13"), 50, action="Add")
        + qti1_rule(equal("12"), -50, action="Add"),
        qti1_rule('<varsubset respident="r1">11,13</varsubset>'),
    ],
)
def test_the_choices_that_earn_the_whole_score_together_are_right(rules: str) -> None:
    read = bank(several(rules))
    assert (only(read).kind, only(read).answer) == ("multiple", ("A", "C"))
    assert warnings(read) == []


def test_a_score_that_needs_not_all_of_them_is_said() -> None:
    read = bank(several(qti1_rule(f"<or>{equal('11')}{equal('12')}</or>")))
    assert only(read).answer == ("A", "B")
    assert "选全" in warnings(read)[0]


@pytest.mark.parametrize(
    ("options", "truth"),
    [
        ({"1": "True", "2": "False"}, "true"),
        ({"1": "错误", "2": "正确"}, "false"),
        ({"true": "Richtig", "false": "Falsch"}, None),
    ],
)
def test_two_choices_that_say_true_and_false_are_a_verdict(options: dict[str, str], truth: str | None) -> None:
    right = next(iter(options))
    question = only(bank(single(qti1_rule(equal(right)), options)))
    assert (question.kind, question.answer) == ("true_false", (truth or "true",))


def test_texts_that_earn_the_score_are_alternatives() -> None:
    rules = qti1_rule(equal("节能") + equal("节电")) + qti1_rule(equal("省"), 50)
    read = bank(qti1_item("要什么？", TEXT, rules, kind="short_answer_question"))
    assert (only(read).kind, only(read).answer) == ("blank", ("节能 | 节电",))
    assert "省" in warnings(read)[0]


def test_a_response_inside_the_text_leaves_a_gap() -> None:
    item = (
        f"<item><presentation><flow>{qti1_material('空调')}{TEXT}{qti1_material('度')}</flow></presentation>"
        f"<resprocessing>{qti1_rule(equal('26'))}</resprocessing></item>"
    )
    assert only(bank(item)).stem == "空调____度"


def test_several_texts_are_several_blanks() -> None:
    second = TEXT.replace("r1", "r2")
    rules = qti1_rule(equal("26"), 50, action="Add") + qti1_rule(equal("20", "r2"), 50, action="Add")
    read = bank(qti1_item("夏季、冬季各几度？", TEXT + second, rules))
    assert only(read).answer == ("26", "20")


def test_named_blanks_of_canvas_stand_in_the_stem() -> None:
    responses = "".join(
        f'<response_lid ident="response_{name}"><material><mattext>{name}</mattext></material>'
        f"<render_choice>{qti1_labels(words)}</render_choice></response_lid>"
        for name, words in {"冬": {"3": "20"}, "夏": {"1": "26", "2": "二十六"}}.items()
    )
    rules = qti1_rule(equal("1", "response_夏"), 50, action="Add") + qti1_rule(
        equal("3", "response_冬"), 50, action="Add"
    )
    read = bank(qti1_item("夏[夏]冬[冬]度", responses, rules, kind="fill_in_multiple_blanks_question"))
    assert (only(read).stem, only(read).answer) == ("夏____冬____度", ("26 | 二十六", "20"))


@pytest.mark.parametrize(
    ("condition", "answer", "said"),
    [
        (equal("26"), ("26",), ""),
        (f"<or>{equal('26.0')}<and><vargte respident='r1'>25</vargte><varlte respident='r1'>27</varlte></and></or>",
         ("26 | 26.0",), "25 至 27"),
        ("<vargte respident='r1'>25</vargte><varlte respident='r1'>27</varlte>", (), "25 至 27"),
        ("<vargte respident='r1'>26</vargte><varlte respident='r1'>26</varlte>", ("26",), ""),
    ],
)  # fmt: skip
def test_numbers_are_blanks_and_ranges_are_said(condition: str, answer: tuple[str, ...], said: str) -> None:
    read = bank(qti1_item("几度？", TEXT, qti1_rule(condition), kind="numerical_question"))
    assert (only(read).kind, only(read).answer) == ("blank", answer)
    assert said in "".join(errors(read) + warnings(read))


def test_a_text_that_nothing_marks_is_an_essay() -> None:
    assert kinds(bank(qti1_item("谈谈", TEXT))) == ["essay"]
    assert kinds(bank(qti1_item("谈谈", TEXT, kind="essay_question"))) == ["essay"]


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("matching_question", "匹配题"),
        ("multiple_dropdowns_question", "下拉选择题"),
        ("calculated_question", "计算题"),
        ("file_upload_question", "文件上传题"),
        ("Ordering", "排序题"),
        ("Hot Spot", "热点题"),
    ],
)
def test_other_kinds_are_kept_and_named(kind: str, named: str) -> None:
    read = bank(single(qti1_rule(equal("12")), kind=kind))
    assert (kinds(read), only(read).stem) == (["essay"], "哪种灯最省电？")
    assert f"题型“{named}”还不支持" in errors(read)[0]


def test_several_lists_without_a_known_kind_are_not_guessed_at() -> None:
    second = qti1_choice(LAMPS).replace("r1", "r2")
    read = bank(qti1_item("配对", qti1_choice(LAMPS) + second, qti1_rule(equal("11"))))
    assert "组合题" in errors(read)[0]


def test_an_item_that_asks_nothing_is_left_out_and_said() -> None:
    read = bank(qti1_item("看下图", "", kind="text_only_question"), single(qti1_rule(equal("12"))))
    assert len(read.questions) == 1
    assert "说明文字" in warnings(read)[0]


def test_sections_are_categories_and_the_root_is_none() -> None:
    inner = f'<section title="节水">{single(qti1_rule(equal("12")))}</section>'
    assert only(bank(inner)).category == "节水"


def test_pictures_of_the_standard_and_in_html_are_kept() -> None:
    image = f'<material><matimage imagtype="image/png" embedded="base64">{a_picture_in_base64()}</matimage></material>'
    address = f"<img src='data:image/png;base64,{a_picture_in_base64()}'>"
    item = single(qti1_rule(equal("11")), {"11": "甲", "12": "乙"}).replace("<presentation>", f"<presentation>{image}")
    read = bank(item, single(qti1_rule(equal("11")), {"11": f"丙{address}", "12": "丁"}))
    assert [[picture.place for picture in question.pictures] for question in read.questions] == [[""], ["A"]]
    assert list(read.pictures.values()) == [a_picture()]


def test_blackboards_blocks_are_read() -> None:
    def block(text: str) -> str:
        return (
            '<flow class="FORMATTED_TEXT_BLOCK"><material><mat_extension>'
            f'<mat_formattedtext type="HTML">{text}</mat_formattedtext></mat_extension></material></flow>'
        )

    labels = "".join(
        f'<flow_label class="Block"><response_label ident="{ident}" shuffle="Yes"><flow_mat class="RESPONSE_BLOCK">'
        f"{block(text)}</flow_mat></response_label></flow_label>"
        for ident, text in LAMPS.items()
    )
    item = (
        "<item maxattempts='0'><itemmetadata><bbmd_asi_object_id>_1_1</bbmd_asi_object_id>"
        "<bbmd_questiontype>Multiple Choice</bbmd_questiontype></itemmetadata>"
        f'<presentation><flow class="Block"><flow class="QUESTION_BLOCK">{block("&lt;p&gt;哪种灯？&lt;/p&gt;")}</flow>'
        '<flow class="RESPONSE_BLOCK"><response_lid ident="response" rcardinality="Single" rtiming="No">'
        f'<render_choice shuffle="No" minnumber="0" maxnumber="0">{labels}</render_choice></response_lid></flow></flow>'
        '</presentation><resprocessing scoremodel="SumOfScores"><outcomes><decvar varname="SCORE" maxvalue="1.0"/>'
        '</outcomes><respcondition title="correct"><conditionvar><varequal respident="response" case="No">12</varequal>'
        '</conditionvar><setvar variablename="SCORE" action="Set">SCORE.max</setvar>'
        '<displayfeedback linkrefid="correct" feedbacktype="Response"/></respcondition>'
        '<respcondition title="incorrect"><conditionvar><other/></conditionvar>'
        '<setvar variablename="SCORE" action="Set">0.0</setvar></respcondition></resprocessing>'
        f'<itemfeedback ident="correct"><flow_mat>{block("光效最高")}</flow_mat></itemfeedback></item>'
    )
    question = only(bank(item))
    assert (question.kind, question.stem, question.answer) == ("single", "哪种灯？", ("B",))
    assert (texts(question), question.explanation) == (list(LAMPS.values()), "光效最高")


def test_common_cartridges_profiles_are_read() -> None:
    pattern = qti1_rule('<varsubstring respident="r1" case="No">节电</varsubstring>')
    read = bank(
        several(qti1_rule(all_of("11", "12", wrong=("13",))), kind="cc.multiple_response.v0p1", label="cc_profile"),
        qti1_item("什么？", TEXT, qti1_rule(equal("节能")), kind="cc.fib.v0p1", label="cc_profile"),
        qti1_item("什么？？", TEXT, pattern, kind="cc.pattern_match.v0p1", label="cc_profile"),
        qti1_item("谈谈", TEXT, kind="cc.essay.v0p1", label="cc_profile"),
    )
    assert answers(read) == [("A", "B"), ("节能",), ("节电",), ()]
    assert kinds(read) == ["multiple", "blank", "blank", "essay"]
    assert any("包含" in warning for warning in warnings(read))


def test_an_item_without_rules_has_no_answer_and_an_error() -> None:
    read = bank(single(""), single(qti1_rule(equal("12"))))
    assert only_answer(read, 0) == ()
    assert any("没有答案" in error for error in errors(read))


def only_answer(read: Bank, place: int) -> tuple[str, ...]:
    return read.questions[place].answer


def test_a_rule_that_nobody_understands_is_said() -> None:
    read = bank(single(qti1_rule(f"<novel/>{equal('11')}") + qti1_rule(equal("12"))))
    assert only(read).answer == ("B",)
    assert any("看不懂" in warning for warning in warnings(read))
