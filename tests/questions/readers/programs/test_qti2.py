"""QTI 2.1, 2.2 and 3.0."""

from __future__ import annotations

import pytest
from bank_files import answers, errors, kinds, only, texts, warnings
from program_files import a_picture_in_base64, qti2, qti2_choice, qti2_declared

from questions.model import EXPLANATION, Bank, UnreadableFile
from questions.readers import read_bank

LAMPS = {"a": "白炽灯", "b": "LED 灯", "c": "卤素灯"}
ENTRY = '<textEntryInteraction responseIdentifier="RESPONSE" expectedLength="4"/>'
PLAIN = "<p>哪种灯最省电？</p>"


def bank(body: str, declarations: str = "", **more: str) -> Bank:
    read = read_bank(qti2(body, declarations, **more).encode())
    assert read.format == "qti2"
    return read


def test_single_choice() -> None:
    question = only(bank(PLAIN + qti2_choice(LAMPS), qti2_declared("b")))
    assert (question.kind, question.stem, question.answer) == ("single", "哪种灯最省电？", ("B",))
    assert (texts(question), question.where) == (list(LAMPS.values()), "第1题")


def test_the_prompt_belongs_to_the_stem() -> None:
    choice = qti2_choice(LAMPS).replace("<simpleChoice", "<prompt>哪种<b>灯</b>？</prompt><simpleChoice", 1)
    assert only(bank(f"<p>看。</p>{choice}", qti2_declared("b"))).stem == "看。\n哪种灯？"


def test_multiple_choice_by_what_is_correct_or_by_the_mapping() -> None:
    mapping = (
        '<mapping defaultValue="0"><mapEntry mapKey="a" mappedValue="1"/><mapEntry mapKey="b" mappedValue="-1"/>'
        '<mapEntry mapKey="c" mappedValue="1"/></mapping>'
    )
    declared = qti2_declared("a", "c", cardinality="multiple")
    assert only(bank(PLAIN + qti2_choice(LAMPS, 0), declared)).answer == ("A", "C")
    mapped = only(bank(PLAIN + qti2_choice(LAMPS, 0), qti2_declared(cardinality="multiple", mapping=mapping)))
    assert (mapped.kind, mapped.answer) == ("multiple", ("A", "C"))


def test_a_mapping_with_half_marks_is_said() -> None:
    mapping = '<mapping><mapEntry mapKey="a" mappedValue="2"/><mapEntry mapKey="b" mappedValue="1"/></mapping>'
    read = bank(PLAIN + qti2_choice(LAMPS), qti2_declared(mapping=mapping))
    assert only(read).answer == ("A",)
    assert "B 得 50%" in warnings(read)[0]


def test_rules_tell_the_answer_where_nothing_declares_it() -> None:
    rules = (
        "<responseProcessing><responseCondition><responseIf><match><variable identifier='RESPONSE'/>"
        "<baseValue baseType='identifier'>c</baseValue></match><setOutcomeValue identifier='SCORE'>"
        "<baseValue baseType='float'>1</baseValue></setOutcomeValue></responseIf></responseCondition>"
        "</responseProcessing>"
    )
    assert only(bank(PLAIN + qti2_choice(LAMPS), qti2_declared(), rest=rules)).answer == ("C",)


@pytest.mark.parametrize("options", [{"t": "正确", "f": "错误"}, {"true": "Yes!", "false": "No!"}])
def test_two_choices_that_say_true_and_false_are_a_verdict(options: dict[str, str]) -> None:
    question = only(bank(PLAIN + qti2_choice(options), qti2_declared(next(iter(options)))))
    assert (question.kind, question.answer) == ("true_false", ("true",))


def test_entries_are_blanks() -> None:
    second = ENTRY.replace('RESPONSE"', 'R2"')
    declared = qti2_declared("26", type="string") + qti2_declared("20", type="string").replace('RESPONSE"', 'R2"')
    question = only(bank(f"<p>夏{ENTRY}冬{second}度</p>", declared))
    assert (question.kind, question.stem, question.answer) == ("blank", "夏____冬____度", ("26", "20"))


def test_the_mapping_of_an_entry_gives_alternatives_and_half_marks() -> None:
    mapping = (
        '<mapping><mapEntry mapKey="York" mappedValue="1"/><mapEntry mapKey="york" mappedValue="1"/>'
        '<mapEntry mapKey="Yrk" mappedValue="0.5"/></mapping>'
    )
    read = bank(f"<p>哪里？</p>{ENTRY}", qti2_declared("York", type="string", mapping=mapping))
    assert (only(read).stem, only(read).answer) == ("哪里？", ("York | york",))
    assert "Yrk" in warnings(read)[0]


def test_numbers_are_blanks_and_a_tolerance_is_said() -> None:
    rules = "<responseProcessing><equal toleranceMode='absolute' tolerance='1 1'/></responseProcessing>"
    read = bank(f"<p>几度？</p>{ENTRY}", qti2_declared("26.0", type="float"), rest=rules)
    assert only(read).answer == ("26 | 26.0",)
    assert "误差" in warnings(read)[0]


def test_an_extended_text_is_an_essay() -> None:
    body = f"{PLAIN}<extendedTextInteraction responseIdentifier='RESPONSE'/>"
    assert kinds(bank(body, qti2_declared(type="string"))) == ["essay"]


@pytest.mark.parametrize(
    ("tag", "named"),
    [
        ("orderInteraction", "排序题"),
        ("matchInteraction", "匹配题"),
        ("gapMatchInteraction", "拖拽填空题"),
        ("hotspotInteraction", "热点题"),
        ("uploadInteraction", "文件上传题"),
    ],
)
def test_other_kinds_are_kept_and_named(tag: str, named: str) -> None:
    read = bank(f"{PLAIN}<{tag} responseIdentifier='RESPONSE'><simpleChoice>甲</simpleChoice></{tag}>")
    assert (kinds(read), only(read).stem) == (["essay"], "哪种灯最省电？")
    assert f"题型“{named}”还不支持" in errors(read)[0]


def test_two_questions_in_one_item_are_not_guessed_at() -> None:
    read = bank(PLAIN + qti2_choice(LAMPS) + qti2_choice(LAMPS), qti2_declared("a"))
    assert "组合题" in errors(read)[0]


def test_an_item_without_a_place_to_answer_is_an_error() -> None:
    assert "没有作答的地方" in errors(bank(PLAIN))[0]


def test_an_answer_that_is_no_choice_is_an_error() -> None:
    assert "不在选项里" in errors(bank(PLAIN + qti2_choice(LAMPS), qti2_declared("z")))[0]


def test_feedback_explains() -> None:
    rest = (
        '<modalFeedback outcomeIdentifier="F" identifier="correct" showHide="show"><p>光效最高</p></modalFeedback>'
        '<modalFeedback outcomeIdentifier="F" identifier="incorrect" showHide="show">再想想</modalFeedback>'
    )
    assert only(bank(PLAIN + qti2_choice(LAMPS), qti2_declared("b"), rest=rest)).explanation == "光效最高"


def test_pictures_are_kept_where_they_belong() -> None:
    image = f'<img src="data:image/png;base64,{a_picture_in_base64()}" alt="灯"/>'
    rest = f'<modalFeedback identifier="f">{image}</modalFeedback>'
    read = bank(f"<p>看图{image}</p>{qti2_choice({'a': image, 'b': '乙'})}", qti2_declared("a"), rest=rest)
    assert [picture.place for picture in only(read).pictures] == ["", "A", EXPLANATION]
    assert texts(only(read)) == ["图A", "乙"]


def test_version_three_has_other_names_for_the_same() -> None:
    text = (
        '<?xml version="1.0"?><qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i" '
        'title="t"><qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="identifier">'
        "<qti-correct-response><qti-value>A</qti-value><qti-value>C</qti-value></qti-correct-response>"
        "</qti-response-declaration><qti-item-body><p>哪些？</p>"
        '<qti-choice-interaction response-identifier="RESPONSE" max-choices="0"><qti-prompt>选</qti-prompt>'
        '<qti-simple-choice identifier="A">甲</qti-simple-choice><qti-simple-choice identifier="B">乙'
        '</qti-simple-choice><qti-simple-choice identifier="C">丙</qti-simple-choice></qti-choice-interaction>'
        "</qti-item-body></qti-assessment-item>"
    )
    question = only(read_bank(text.encode()))
    assert (question.kind, question.stem, question.answer) == ("multiple", "哪些？\n选", ("A", "C"))


def test_a_test_that_only_names_its_items_says_what_to_do() -> None:
    text = '<assessmentTest><assessmentSection><assessmentItemRef href="a.xml"/></assessmentSection></assessmentTest>'
    with pytest.raises(UnreadableFile, match="整个压缩包"):
        read_bank(text.encode())


def test_items_inside_a_test_are_read() -> None:
    items = "".join(
        qti2(PLAIN + str(place) + qti2_choice(LAMPS), qti2_declared("b")).partition("?>")[2] for place in range(2)
    )
    assert answers(read_bank(f"<assessmentTest>{items}</assessmentTest>".encode())) == [("B",), ("B",)]
