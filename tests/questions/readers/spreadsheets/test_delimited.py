"""Text with separators as programs write it: quotes of either kind, and no header."""

from __future__ import annotations

import pytest
from bank_files import answers, kinds, texts, warnings

from questions.readers import read_bank

_HEADER = ["题干", "选项A", "选项B", "选项C", "答案"]
_ROWS = [
    ["空调夏季不低于几度，为什么，怎么做", "24℃", "26℃", "28℃", "B"],
    ["下列哪种灯, 最省电", "白炽灯", "LED 灯", "卤素灯", "B"],
]


def _quoted(row: list[str]) -> str:
    return ",".join(f"'{cell}'" for cell in row)


@pytest.mark.parametrize("header", [_quoted(_HEADER), ",".join(_HEADER)], ids=["quoted", "bare"])
def test_single_quotes_around_cells_are_no_part_of_them(header: str) -> None:
    bank = read_bank("\n".join([header, *map(_quoted, _ROWS)]).encode())
    assert bank.format == "csv"
    assert [question.stem for question in bank.questions] == [row[0] for row in _ROWS]
    assert texts(bank.questions[1]) == ["白炽灯", "LED 灯", "卤素灯"]
    assert answers(bank) == [("B",), ("B",)]
    assert bank.problems == ()


def test_apostrophes_and_quotes_within_single_quotes_stay() -> None:
    rows = [
        _quoted(_HEADER),
        r"""'What is "LED"?','it''s a lamp','it\'s a law','it's a "leaf"','A'""",
        _quoted(_ROWS[1]),
    ]
    bank = read_bank("\n".join(rows).encode())
    assert bank.questions[0].stem == 'What is "LED"?'
    assert texts(bank.questions[0]) == ["it's a lamp", "it's a law", 'it\'s a "leaf"']


def test_an_apostrophe_here_and_there_is_no_quote() -> None:
    bank = read_bank("题目,A,B,答案\n哪个是'节能'产品？,'节能灯',油灯,A\n哪个费电？,油汀,风扇,A\n".encode())
    assert texts(bank.questions[0]) == ["'节能灯'", "油灯"]


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_table_without_a_header_whose_answers_repeat_an_option(quote: str) -> None:
    rows = [
        ["哪种灯最省电，也最耐用？", "LED 灯", "A:白炽灯 B:LED 灯 C:卤素灯", "单选题"],
        ["随手关灯可以节电。", "正确", "A:正确 B:错误", "判断题"],
        ["哪些能源可以再生？", "A:风能 B:水能", "A:风能 B:水能 C:煤", "多选题"],
    ]
    text = "\n".join(",".join(f"{quote}{cell}{quote}" for cell in row) for row in rows)
    bank = read_bank(text.encode("gb18030"))
    assert kinds(bank) == ["single", "true_false", "multiple"]
    assert answers(bank) == [("B",), ("true",), ("A", "B")]
    assert [said for said in warnings(bank) if "没有表头" in said]
