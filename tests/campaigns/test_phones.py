from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import Refused
from campaigns.phones import PhoneEntry, fill, parts, read_phones


def xlsx(rows: list[list[object]]) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def test_a_list_of_liaison_officers_is_read_under_its_title_and_header() -> None:
    found = read_phones(
        xlsx([["联络员名单"], ["序号", "单位名称", "姓 名", "手机号码"], [1, "水务局", "张三", 13800138000.0]])
    )
    assert found.entries == (PhoneEntry("13800138000", "张三", "水务局"),)
    assert found.problems == ()


@pytest.mark.parametrize("written", ["+86 138-0013-8000", "0086 13800138000", "138 0013 8000", "8613800138000"])
def test_a_phone_may_be_written_as_people_write_it(written: str) -> None:
    assert read_phones(f"姓名,手机\n张三,{written}".encode()).entries == (PhoneEntry("13800138000", "张三"),)


def test_without_a_header_the_column_with_the_phones_is_found() -> None:
    assert [one.phone for one in read_phones("张三\t13800138000\n李四\t13900139000\n".encode("gb18030")).entries] == [
        "13800138000",
        "13900139000",
    ]


def test_what_is_no_phone_or_comes_twice_is_told_by_its_row_and_never_quoted() -> None:
    found = read_phones("姓名,手机\n甲,13800138000\n乙,1380013800\n丙,\n\n丁,13800138000".encode())
    assert len(found.entries) == 1
    assert [problem.partition("：")[0] for problem in found.problems] == ["第3行", "第4行", "第6行"]
    assert not any("138" in problem for problem in found.problems)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", "姓名,单位\n张三,水务局".encode(), b"PK\x03\x04rubbish", b"a"])
def test_a_file_without_phones_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Refused, match="请用"):
        read_phones(data)


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    with suppress(Refused):
        assert read_phones(data).entries


def test_a_text_greets_everybody_by_name_and_unit() -> None:
    entry = PhoneEntry("13800138000", "张三", "水务局")
    assert fill("{单位}{姓名}您好：答题今天 17 时截止。", entry) == "水务局张三您好：答题今天 17 时截止。"
    for wrong in ("{手机}", "  ", "字" * 501):
        with pytest.raises(Refused):
            fill(wrong, entry)


@pytest.mark.parametrize(("length", "counted"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (500, 8)])
def test_a_long_text_counts_as_several(length: int, counted: int) -> None:
    assert parts("字" * length) == counted
