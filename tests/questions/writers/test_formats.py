"""Every format that a bank can be written in, by its name."""

from __future__ import annotations

import pytest
from banks_made import as_written

from questions.readers import read_bank
from questions.shipped import energy_bank
from questions.writers import WRITERS, writer_named

SHIPPED = as_written(energy_bank())


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "docx"])
def test_the_shipped_bank_can_be_written_and_read_in_every_format(name: str) -> None:
    found = read_bank(WRITERS[name].write(SHIPPED, {}, "节能题库"))
    asked = {question.stem: (question.kind, question.options, question.answer) for question in SHIPPED}
    assert {question.stem: (question.kind, question.options, question.answer) for question in found.questions} == asked


def test_a_file_name_asks_for_a_format() -> None:
    assert [writer_named(f"a.b{writer.ending.upper()}") for writer in WRITERS.values()] == [
        "xlsx",
        "csv",
        "docx",
        "docx",
        "gift",
        "moodle",
        "json",
    ]
    assert writer_named("bank.pdf") is None
