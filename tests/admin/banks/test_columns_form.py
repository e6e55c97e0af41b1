from __future__ import annotations

import pytest

from admin.banks.columns_form import PARTS, chosen_sheet, columns_named
from campaigns.errors import Refused
from questions.model import Column, Sheet
from questions.readers.tables.columns import choices_in


def sheet(*columns: tuple[str, str, str]) -> Sheet:
    return Sheet("题库", tuple(Column(letter, header, "…", part) for letter, header, part in columns))


SHEET = sheet(("A", "题干", "题目"), ("B", "解析", "解析"), ("C", "心情", ""), ("D", "answer", "答案"))


def test_every_part_that_can_be_chosen_is_one_that_readers_know() -> None:
    assert len(choices_in(dict.fromkeys(PARTS, "A"))) == len(PARTS)


def test_what_is_left_alone_is_named_as_it_was_understood() -> None:
    assert columns_named(SHEET, {}, alone=True) == {"题目": "A列", "解析": "B列", "答案": "D列"}


def test_a_column_gets_another_part_or_none() -> None:
    sent = {"column-B": "", "column-C": "解析", "column-D": "king"}
    assert columns_named(SHEET, sent, alone=True) == {"题目": "A列", "不读1": "B列", "解析": "C列"}


def test_among_several_sheets_a_column_goes_by_its_header_unless_that_could_be_a_letter() -> None:
    twice = sheet(
        ("A", "题干", "题目"), ("B", "内容", "解析"), ("C", "内容", "分类"), ("D", "key", "答案"), ("E", "", "来源")
    )
    assert columns_named(twice, {}, alone=False) == {
        "题目": "题干",
        "解析": "B列",
        "分类": "C列",
        "答案": "D列",
        "来源": "E列",
    }


def test_one_part_on_two_columns_is_refused() -> None:
    with pytest.raises(Refused, match="A列、C列"):
        columns_named(SHEET, {"column-C": "题目"}, alone=True)


def test_blocks_side_by_side_hold_the_same_parts_and_stay_as_they_are() -> None:
    both = sheet(("A", "题目", "题目"), ("B", "答案", "答案"), ("C", "题目", "题目"), ("D", "答案", "答案"))
    assert columns_named(both, {}, alone=True) == {}


def test_the_first_table_that_was_understood_is_the_one_to_show() -> None:
    notes = sheet(("A", "", ""))
    assert chosen_sheet([Sheet("空", ()), notes, SHEET]) is SHEET
    assert chosen_sheet([Sheet("空", ()), notes]) is notes
    assert chosen_sheet([Sheet("空", ())]) is None
