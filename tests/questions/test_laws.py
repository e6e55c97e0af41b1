"""Citations of superseded versions: what is one, what is not, and the table that says so."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.laws import REPEALED, laws, superseded


def cited(text: str) -> list[str]:
    return [citation.text for citation in superseded(text)]


@pytest.mark.parametrize(
    ("text", "citation"),
    [
        ("《节约能源法》（2007年修订）第四条", "《节约能源法》（2007年修订）"),
        ("按《中华人民共和国节约能源法》(2016)的规定", "《中华人民共和国节约能源法》(2016)"),
        ("《节约能源法》（2016年7月2日第一次修正）", "《节约能源法》（2016年7月2日第一次修正）"),
        ("《中华人民共和国节约能源法（2016年修正）》", "节约能源法（2016年修正）"),
        ("节约能源法(2016)", "节约能源法(2016)"),
        ("依据节约能源法（2007修订）", "节约能源法（2007修订）"),
        ("2007年修订的《节约能源法》规定", "2007年修订的《节约能源法》"),
        ("2016年版《节约能源法》", "2016年版《节约能源法》"),
        ("《节约能源法》2016年修正版", "《节约能源法》2016年修正版"),
        ("《公共机构节能条例》（2008年）", "《公共机构节能条例》（2008年）"),
        ("《水法》（２００２年）", "《水法》（２００２年）"),
    ],
)
def test_a_law_cited_in_a_superseded_version_is_found(text: str, citation: str) -> None:
    assert cited(text) == [citation]


@pytest.mark.parametrize(
    "text",
    [
        "《节约能源法》于1997年通过，2007年修订。",
        "《节约能源法》（1997年通过）",
        "1997年通过的《节约能源法》",
        "2008年施行的《公共机构节能条例》",
        "公共机构节能条例（2008年10月1日起施行）",
        "2007年修订《节约能源法》时，增加了公共机构节能的规定。",
        "《环境保护法》曾经规定保护环境是基本国策。",
    ],
)
def test_what_tells_history_is_no_citation(text: str) -> None:
    assert cited(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "《节约能源法》（2018年修正）第四条",
        "《节约能源法》第四条",
        "《节约能源法》（2007年修订、2018年修正）",
        "《节约能源法》（2007年修订，2018年修正）",
        "节约能源法》（2007年修订）",
        "《反食品浪费法》（2021年）",
        "GB/T 2589-2020",
        "《节约能源法》（2029年修订）",
        "《节约能源法》（以下简称节能法，2007）",
    ],
)
def test_the_present_version_none_or_one_that_the_table_does_not_know_is_let_be(text: str) -> None:
    assert cited(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "《浙江省公共机构节能条例》（2008年）",
        "浙江省公共机构节能条例（2008年）",
        "供水法（2002年）",
        "《供水法》（2002年）",
    ],
)
def test_a_longer_title_that_ends_like_a_known_one_is_another_law(text: str) -> None:
    assert cited(text) == []


@pytest.mark.parametrize(
    "number",
    [
        "GB/T 2589-2008",
        "GB/T2589—2008",
        "gb/t 2589－2008",
        "ＧＢ／Ｔ　２５８９－２００８",
        "GB 2589–2008",
        "GB50189-2005",
    ],
)
def test_a_standards_old_number_is_found_however_it_is_typed(number: str) -> None:
    assert cited(f"依据{number}计算") == [number]


def test_a_standard_that_changed_its_number_is_found_under_the_old_one() -> None:
    assert [citation.law.present for citation in superseded("GB 12021.3-2010")] == ["GB 21455-2019"]
    assert [citation.law.present for citation in superseded("《建筑照明设计标准》GB 50034-2013")] == ["GB/T 50034-2024"]


def test_a_standards_title_with_the_year_of_an_old_version_is_found() -> None:
    assert cited("《公共建筑节能设计标准》（2005）") == ["《公共建筑节能设计标准》（2005）"]


@pytest.mark.parametrize("text", ["HB 2589-2008", "GB/T 2589-20081", "电话 2589-2008", "2589-2008"])
def test_other_numbers_with_a_dash_are_no_standards(text: str) -> None:
    assert cited(text) == []


@pytest.mark.parametrize(
    "text", ["GB/T 2589-2020代替GB/T 2589-2008", "《水法》（2002年修订）与《水法》（2016年修正）有何不同？"]
)
def test_a_text_that_names_the_present_version_as_well_compares_the_two(text: str) -> None:
    assert cited(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "《固体废物污染环境防治法》（2020年修订）第四十九条",
        "《中华人民共和国环境保护法》第六条",
        "《清洁生产促进法》（2012年修正）",
        "《大气污染防治法》第12条",
    ],
)
def test_an_article_or_a_version_of_a_repealed_law_is_found(text: str) -> None:
    assert cited(text) == [text]


def test_several_citations_come_in_their_order() -> None:
    text = "GB/T 2589-2008；《水法》（2002年修订）；GB/T 2589-2008；节约能源法（2016年）"
    assert cited(text) == ["GB/T 2589-2008", "《水法》（2002年修订）", "GB/T 2589-2008", "节约能源法（2016年）"]


def test_the_message_says_what_is_in_force_and_what_to_do() -> None:
    assert [citation.message for citation in superseded("《节约能源法》（2007年修订）")] == [
        "“《节约能源法》（2007年修订）”不是现行版本（现行为2018年修正）；请核对题目按现行版本是否仍然成立。"
    ]
    assert [citation.message for citation in superseded("《环境保护法》第六条")] == [
        "“《环境保护法》第六条”已经废止（2026年8月15日起由《生态环境法典》取代）；请核对题目，改引现行规定。"
    ]


@given(st.text(alphabet="《》（）()[]-—法水节约能源GB/T 2589.0127年修订第条的", max_size=60))
def test_a_citation_stands_in_its_text(text: str) -> None:
    assert all(citation.text in text for citation in superseded(text))


def test_every_line_of_the_table_has_its_four_columns_and_is_found_by_them() -> None:
    table = laws()
    assert len(table) >= 40
    names = [name for law in table for name in law.names]
    assert len(set(names)) == len(names)
    for law in table:
        assert all(name == name.strip() and name and "《" not in name for name in law.names), law
        assert law.note, law
        assert law.repealed or re.search(r"\d{4}", law.present), law
        assert law.superseded or not law.repealed, law
        assert law.year not in law.superseded, law
        assert all(re.fullmatch(r"\d{4}|[A-Z]+(/T)? [\d.]+-\d{4}", old) for old in law.superseded), law


def test_every_superseded_version_of_the_table_is_found() -> None:
    for law in laws():
        for old in law.superseded:
            if len(old) > 4:
                text = old
            elif law.names[0].isascii():
                text = f"{law.names[0]}-{old}"
            else:
                text = f"《{law.names[0]}》（{old}年）"
            assert [citation.law for citation in superseded(text)] == [law], text


def test_a_standards_present_number_is_its_own() -> None:
    for law in laws():
        if law.names[0].isascii():
            number, _, year = law.present.rpartition("-")
            assert number.replace("/T", "") == law.names[0].replace("/T", ""), law
            assert year == law.year, law


def test_what_is_repealed_says_what_stands_in_its_place() -> None:
    repealed = [law for law in laws() if law.repealed]
    assert repealed
    assert all("取代" in law.note and law.present == REPEALED for law in repealed)


def test_the_table_tells_in_its_own_head_how_to_extend_it() -> None:
    lines = files("questions").joinpath("laws.tsv").read_text("utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    assert all(
        any(line.startswith(f"# {column}") for line in head) for column in ("name", "present", "superseded", "note")
    )
    assert all(line.count("\t") == 3 for line in lines if line and not line.startswith("#"))
