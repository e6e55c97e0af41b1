"""Files of programs, damaged in any way: a bank or a sentence, never anything else."""

from __future__ import annotations

from functools import cache

import pytest
from banks_made import some_pictures
from hypothesis import given, settings
from hypothesis import strategies as st
from program_files import (
    a_picture,
    a_picture_in_base64,
    equal,
    manifest,
    moodle,
    moodle_answer,
    moodle_question,
    package,
    qti1,
    qti1_choice,
    qti1_item,
    qti1_rule,
    qti2,
    qti2_choice,
    qti2_declared,
)

from questions.model import Kind, Picture, Question, UnreadableFile, options_of
from questions.readers import read_bank
from questions.writers.gift import write_gift
from questions.writers.json import write_json
from questions.writers.moodle import write_moodle

LAMPS = {"a": "白炽灯", "b": "LED 灯"}
IMAGE = f'<img src="data:image/png;base64,{a_picture_in_base64()}"/>'


@cache
def sound() -> dict[str, bytes]:
    """A sound file of every format."""
    name = next(iter(some_pictures()))
    questions = [
        Question(
            "1", Kind.SINGLE, "哪种灯？", options_of(["甲", "乙"]), ("B",), "解析", "照明", "易", "节能法", ("灯",)
        ),
        Question("2", Kind.MULTIPLE, "哪些？", options_of(["甲", "乙"]), ("A", "B"), pictures=(Picture(name, "A"),)),
        Question("3", Kind.TRUE_FALSE, "对吗", (), ("true",)),
        Question("4", Kind.BLANK, "____和____", (), ("26 | 二十六", "20")),
        Question("5", Kind.ESSAY, "谈谈", (), ("言之成理",)),
    ]
    cloze = moodle_question("cloze", f"{{1:SA:=26~%50%20#x}}和{{2:NM:=3:0.1}}{IMAGE}")
    numerical = moodle_question("numerical", "几？", moodle_answer(100, "3", "对", "<tolerance>1</tolerance>"))
    item = qti2(f"<p>甲{IMAGE}</p>{qti2_choice(LAMPS)}", qti2_declared("b"))
    rule = qti1_rule(f"<and>{equal('a')}<not>{equal('b')}</not></and>") + qti1_rule("<other/>", 0)
    classic = qti1(qti1_item(f"甲{IMAGE}", qti1_choice(LAMPS, "Multiple"), rule, kind="multiple_answers_question"))
    return {
        "our json": write_json(questions, some_pictures()),
        "our gift": write_gift(questions, some_pictures()),
        "our moodle": write_moodle(questions, some_pictures()),
        "json": '[{"题目": "甲？", "选项": {"A": "x", "B": "y"}, "答案": ["A"]}, {"题目": "乙"}]'.encode(),
        "json lines": '{"q": "甲？", "options": ["x", "y"], "a": "A"}\n{"q": "乙？", "a": 1}\n'.encode(),
        "script": "module.exports = [{question: '甲？', options: ['x', `y`,], answer: 0}, /* x */];".encode(),
        "python": "[{'question': '甲？', 'options': ('x', 'y'), 'answer': 'A', 'x': None}]".encode(),
        "gift": "$CATEGORY: a/b\n\n::一::[html]<p>甲</p>{=x#对 ~%50%y}尾\n\n乙{#3:1}\n\n丙{T#a#b####c}\n".encode(),
        "aiken": "甲？\nA. x\nB) y\nANSWER: B\n\n乙？\nA. x\nB. y\nANSWER: A\n".encode(),
        "moodle": moodle(cloze, numerical, moodle_question("matching", "配")).encode(),
        "qti1": classic.encode(),
        "qti2": item.encode(),
        "cartridge": package(
            {"imsmanifest.xml": manifest("1.xml"), "1.xml": item, "q.xml": classic, "a.png": a_picture()}
        ),
    }


def read_or_refused(data: bytes) -> None:
    try:
        read_bank(data)
    except UnreadableFile as refused:
        sentence = str(refused)
    else:
        sentence = "请"
    assert "请" in sentence


PIECES = (
    *(sign.encode() for sign in "<>\"'{}[]&;\\=~#:\n\r,题"),
    *(b"", b"-1", b"\x00", b"\xff", b"&#0;", b"&#xD800;", b"]]>", b"<!--", b"<![CDATA[", b"null", b"1e999", b"\\ud800"),
    *(b"<item>", b"</item>", b"<a><a><a>", b'fraction="x"', b"%%", b"{1:SA:=}", b"data:image/png;base64,AA"),
)
pieces = st.sampled_from(PIECES)
places = st.floats(0, 1)
changes = st.lists(st.tuples(places, st.integers(0, 30), pieces), min_size=1, max_size=5)


@pytest.mark.parametrize("name", sorted(sound()))
@given(changes)
@settings(max_examples=60)
def test_a_file_with_stretches_cut_out_and_others_put_in(name: str, found: list[tuple[float, int, bytes]]) -> None:
    data = sound()[name]
    for place, length, piece in found:
        start = int(place * len(data))
        data = data[:start] + piece + data[start + length :]
    read_or_refused(data)


@pytest.mark.parametrize("name", sorted(sound()))
@given(places, places, st.integers(1, 3))
@settings(max_examples=20)
def test_a_file_cut_short_or_with_a_part_of_it_again(name: str, first: float, last: float, times: int) -> None:
    data = sound()[name]
    start, end = sorted((int(first * len(data)), int(last * len(data))))
    read_or_refused(data[:start])
    read_or_refused(data[:end] + data[start:end] * times + data[end:])


@pytest.mark.parametrize("name", sorted(sound()))
def test_every_sound_file_is_read(name: str) -> None:
    assert read_bank(sound()[name]).questions


DEEP = 20_000


@pytest.mark.parametrize(
    "text",
    [
        f"<quiz>{'<a>' * DEEP}{'</a>' * DEEP}</quiz>",
        f"<assessmentItem><itemBody>{'<p>' * DEEP}{'</p>' * DEEP}</itemBody></assessmentItem>",
        qti1(f"<item><presentation>{'<flow>' * DEEP}{'</flow>' * DEEP}</presentation></item>"),
        qti1(qti1_item("甲", qti1_choice(LAMPS), qti1_rule("<and>" * DEEP + "</and>" * DEEP))),
        moodle(moodle_question("essay", "<ol><li><sub>" * DEEP)),
        moodle(moodle_question("essay", "<!--" * DEEP + "&nbsp;" * DEEP)),
        moodle(moodle_question("cloze", "{1:SA:" * DEEP)),
        '{"题目":' + "[" * 900 + "]" * 900 + ',"答案":"A"}',
        '[{"a":' * 300 + "1" + "}]" * 300,
        "[{'a': " + "(" * 5_000 + ")" * 5_000 + "}]",
        "甲{T}" + "\n" * DEEP,
        "甲{=a\n\n" * DEEP,
    ],
)
def test_neither_depth_nor_repetition_is_more_than_it_can_bear(text: str) -> None:
    read_or_refused(text.encode())


def test_space_in_front_of_xml_does_no_harm() -> None:
    assert read_bank(b" " * 9_000 + sound()["moodle"]).format == "moodle"
