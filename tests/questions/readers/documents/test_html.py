"""Web pages, and what office programs save as such: the page as it is seen, then its questions."""

from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from bank_files import answers, kinds, only, texts, warnings
from hypothesis import given, settings
from hypothesis import strategies as st
from word_made import png

from questions.model import Bank, UnreadableFile
from questions.readers import read_bank
from questions.readers.documents import markup
from questions.readers.documents.document import Document
from questions.readers.documents.grids import Grid
from questions.readers.documents.html import page_of
from questions.readers.written.lines import Line

PAGE = "<p>1. 下列哪种灯更省电？</p><p>A. 白炽灯</p><p>B. 节能灯</p><p>答案：B</p>"


def _lines(document: Document) -> list[Line]:
    return [line for block in document.blocks for line in (block.lines if isinstance(block, Grid) else (block,))]


def _shown(page: str) -> list[str]:
    return [line.text for line in _lines(page_of(page))]


def _marked(page: str) -> list[str]:
    return [line.text[start:end] for line in _lines(page_of(page)) for start, end in line.marked]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>甲</p><div>乙</div>丙<br>丁", ["甲", "乙", "丙", "丁"]),
        ("<p>甲<p>乙", ["甲", "乙"]),
        ("<div>甲<span> 乙\n  丙 </span></div>", ["甲 乙 丙"]),
        ("<p>甲 &amp; 乙 &lt;a&gt;&nbsp;丙&#65;</p>", ["甲 & 乙 <a> 丙A"]),
        ("<ol><li>甲<li>乙</ol>", ["1. 甲", "2. 乙"]),
        ("<ol start=3 type=A><li>甲</li><li>乙</li></ol>", ["C. 甲", "D. 乙"]),
        (
            "<ol><li>题<ol type='A'><li>甲</li><li>乙</li></ol></li><li>题</li></ol>",
            ["1. 题", "A. 甲", "B. 乙", "2. 题"],
        ),
        ("<ol style='list-style-type: upper-alpha'><li>甲</li></ol>", ["A. 甲"]),
        ("<ol><li value=9>甲</li><li>乙</li></ol>", ["9. 甲", "10. 乙"]),
        ("<ul><li>甲</li></ul><p>乙</p>", ["甲", "乙"]),
        ("<ol><li></li></ol><p>乙</p>", ["乙"]),
        ("<pre>甲\n  乙</pre>", ["甲", "乙"]),
        ("甲<script>alert(1)</script><style>p{}</style><!-- 乙 -->", ["甲"]),
        ("<html><head><title>题</title></head><body>甲</body></html>", ["甲"]),
        ("<p><![if !supportLists]>1.&nbsp;&nbsp;<![endif]>甲<!--[if gte mso 9]>乙<![endif]--></p>", ["1.  甲"]),
        ("CO<sub>2</sub> 10m<sup>3</sup>", ["CO₂ 10m³"]),
        ("是<u>&nbsp;&nbsp;&nbsp;&nbsp;</u>度", ["是____度"]),
        ("<p>是<input type=text>度</p>", ["是____度"]),
        ("<del>旧</del><ins>新</ins><s>不要</s>", ["新不要"]),
        ("<input type=checkbox checked>甲<br><input type=radio>乙", ["☑甲", "□乙"]),
        ("<font face=Wingdings>\xfc</font>甲", ["√甲"]),
        ("<b>甲<p>乙</b>丙", ["甲", "乙", "丙"]),
        ("</p></div></b>甲</td>", ["甲"]),
        ("<![不是什么 甲", ["<![不是什么 甲"]),
    ],
)
def test_a_page_is_read_as_it_is_seen(page: str, shown: list[str]) -> None:
    assert _shown(page) == shown


def test_lists_number_automatically_and_headings_have_their_level() -> None:
    found = _lines(page_of("<h2>一、单选题</h2><ol><li>哪个？</ol>"))
    assert [(line.text, line.automatic, line.heading) for line in found] == [("一、单选题", 0, 2), ("1. 哪个？", 3, 0)]


def test_empty_paragraphs_stand_between() -> None:
    assert [line.apart for line in _lines(page_of("<p>甲</p><p>乙</p><p>&nbsp;</p><p>丙</p><br>丁<br><br>戊"))] == [
        False,
        False,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "page",
    [
        "B. <b>节能灯</b>",
        "B. <strong>节能灯</strong>",
        "B. <mark>节能灯</mark>",
        "B. <u>节能灯</u>",
        "B. <font color=red>节能灯</font>",
        "B. <font color='#FF0000'>节能灯</font>",
        "B. <span style='color: rgb(255, 0, 0)'>节能灯</span>",
        "B. <span style='COLOR:#f00'>节能灯</span>",
        "B. <span style='background-color:yellow'>节能灯</span>",
        "B. <span style='font-weight:700'>节能灯</span>",
        "B. <span style='text-decoration: underline'>节能灯</span>",
        "<style>.right{color:red}</style>B. <span class=right>节能灯</span>",
        "<head><style>span.a b.ok { font-weight : bold }</style></head>B. <i class='x ok'>节能灯</i>",
    ],
)
def test_what_is_set_apart_is_marked(page: str) -> None:
    assert _marked(f"<p>A. 白炽灯，一般的文字，一般的文字</p><p>{page}</p>") == ["节能灯"]


@pytest.mark.parametrize(
    "page",
    [
        "<span style='color:#333'>节能灯</span>",
        "<span style='color:windowtext'>节能灯</span>",
        "<span style='background:white'>节能灯</span>",
        "<span style='background-color: rgb(255, 255, 255)'>节能灯</span>",
        "<b style='font-weight:normal'>节能灯</b>",
        "<a href=x style='color:blue'><u>节能灯</u></a>",
        "<em>节能灯</em>",
    ],
)
def test_what_looks_like_any_other_text_is_not_marked(page: str) -> None:
    assert _marked(f"<p>A. 白炽灯，一般的文字，一般的文字</p><p>{page}</p>") == []


def test_tables_in_tables_in_tables_are_text_in_the_end() -> None:
    assert _shown(f"{'<table><tr><td>' * 50}甲{'</table>' * 50}")[-1] == "甲"


def test_a_page_of_more_elements_than_any_bank_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MOST_ELEMENTS", 1_000)
    assert len(_shown("<p>甲" * 1_000)) == 1_000
    with pytest.raises(UnreadableFile, match="网页太大"):
        read_bank(("<html>" + "<p>甲" * 1_001).encode())


@pytest.mark.parametrize(
    "hidden", ["<p style='display:none'>丙</p>", "<p hidden>丙</p>", "<div style='visibility: hidden'><b>丙</b></div>"]
)
def test_hidden_text_is_not_read_and_that_is_said(hidden: str) -> None:
    bank = read_bank(f"<html>{PAGE}{hidden}</html>".encode())
    assert answers(bank) == [("B",)]
    assert sum("隐藏" in warning for warning in warnings(bank)) == 1


@pytest.mark.parametrize(
    ("page", "word"),
    [
        ("<del>旧</del>", "删除"),
        ("<s>旧</s>", "删除线"),
        ("<math><mi>x</mi></math>", "公式"),
        ("<img src=a.png>", "图片"),
    ],
)
def test_what_is_not_read_as_it_stands_is_told_beside_its_question(page: str, word: str) -> None:
    bank = read_bank(f"<html>{PAGE.replace('白炽灯', '白炽灯' + page)}</html>".encode())
    told = next(warning for warning in warnings(bank) if word in warning)
    assert told.startswith("第1段：第2段有")


TABLE = (
    "<table><tr><th>题型<th>题目<th>选项A<th>选项B<th>答案</tr>"
    "<tr><td rowspan=2>单选<td>下列哪种灯更省电？<td>白炽灯<td>节能灯<td>B"
    "<tr><td>空调夏季设多少度合适？</td><td>26 ℃</td><td>18 ℃</td><td>A</td></tr></table>"
)


def test_a_table_of_questions_is_read_as_such_whatever_is_left_open() -> None:
    bank = read_bank(f"<html><body><h1>题库</h1>{TABLE}</body></html>".encode())
    assert (bank.format, bank.encoding) == ("html", "utf-8")
    assert answers(bank) == [("B",), ("A",)]
    assert kinds(bank) == ["single", "single"]
    assert [question.where for question in bank.questions] == ["第1个表格第2行", "第1个表格第3行"]


def test_what_excel_calls_a_web_page_and_names_xls_is_read() -> None:
    page = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset=gbk>'
        "<style>.xl65{color:red;}</style>"
        f"</head><body>{TABLE.replace('<td>', '<td class=xl65 x:str>')}</body></html>"
    )
    bank = read_bank(page.encode("gbk"), "题库.xls")
    assert (bank.format, bank.encoding) == ("html", "gb18030")
    assert answers(bank) == [("B",), ("A",)]


def test_cells_over_several_columns_keep_the_columns_behind_them_in_place() -> None:
    wide = TABLE.replace("</th></tr>", "").replace("<tr><td rowspan", "<tr><td colspan=5>一、单选题<tr><td rowspan", 1)
    assert answers(read_bank(f"<html>{wide}</html>".encode())) == [("B",), ("A",)]


def test_a_table_that_only_arranges_the_page_is_read_through() -> None:
    assert _shown("<table><tr><td><p>1. 甲</p><p>A. 乙</p></td><td>2. 丙</td></tr></table>") == [
        "1. 甲",
        "A. 乙",
        "2. 丙",
    ]
    nested = f"<table><tr><td><table><tr><td>{TABLE}</td></tr></table></td></tr></table>"
    assert answers(read_bank(f"<html>{nested}</html>".encode())) == [("B",), ("A",)]


def test_running_text_is_read() -> None:
    bank = read_bank(f"<!DOCTYPE html><html><body>{PAGE}</body></html>".encode())
    assert texts(only(bank)) == ["白炽灯", "节能灯"]
    assert only(bank).where == "第1段"
    assert bank.problems == ()


def test_embedded_pictures_are_kept_and_linked_ones_are_told() -> None:
    inside = f"<img alt=灯 src='data:image/png;base64,{base64.b64encode(png()).decode()}'>"
    bank = read_bank(f"<html>{PAGE.replace('？', '？' + inside)}</html>".encode())
    assert [picture.alt for picture in only(bank).pictures] == ["灯"]
    assert list(bank.pictures.values()) == [png()]
    linked = read_bank(f"<html>{PAGE.replace('？', '？<img src=http://example.com/a.png>')}</html>".encode())
    assert linked.pictures == {}
    assert any("不在文件里" in warning for warning in warnings(linked))


_WITH_PICTURE = f"<html><meta charset=gb2312>{PAGE.replace('？', '？<img src=cid:p1>')}</html>"
MESSAGE = (
    b"From: <Saved by Microsoft Internet Explorer>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset="gb2312"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(_WITH_PICTURE.encode("gbk")) + b"\r\n--b\r\n"
    b"Content-Type: image/png\r\nContent-ID: <p1>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(png())
    + b"\r\n--b--\r\n"
)


def test_a_web_page_in_one_file_is_read_with_its_pictures() -> None:
    bank = read_bank(MESSAGE)
    assert (bank.format, answers(bank)) == ("mht", [("B",)])
    assert len(only(bank).pictures) == 1


@given(st.integers(0, 10_000), st.binary(max_size=30))
def test_a_web_page_in_one_file_changed_at_random_is_a_bank_or_refused(place: int, instead: bytes) -> None:
    at = place % len(MESSAGE)
    with suppress(UnreadableFile):
        assert isinstance(read_bank(MESSAGE[:at] + instead + MESSAGE[at + len(instead) :]), Bank)


def test_a_page_without_questions_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableFile, match="没有在网页里找到题目"):
        read_bank(b"<html><body><p>Hello</p></body></html>")


@pytest.mark.parametrize(
    "page",
    [
        "<b>" * 100_000 + "甲",
        "<table><tr><td>" * 5_000 + "甲",
        "<li>" * 100_000,
        "</b>" * 100_000 + "甲",
        "<p" * 50_000,
        "&#x" * 50_000,
        "<td rowspan=999999 colspan=999999>" * 300,
        "<style>" + ".a{" * 50_000,
    ],
)
def test_absurd_pages_are_read_or_refused_all_the_same(page: str) -> None:
    _shown(page)


_pieces = st.sampled_from(
    "<p> </p> <b> </b> <table> </table> <tr> <td> </td> <td\\ rowspan=3> <ol\\ type=A> <li> </ol> <br> "
    "<img\\ src=x> <u> <pre> <script> </script> <head> <!-- --> <![ ]]> & &nbsp; < > A. 1. "
    "答案：B 甲 <input\\ type=checkbox> </x> "
    "<span\\ style='color:red;display'> <math> <h1> <font\\ face=Symbol> <a".replace("\\ ", "\x00").split()
).map(lambda piece: piece.replace("\x00", " "))


@given(st.lists(st.one_of(_pieces, st.text(max_size=3)), max_size=40))
@settings(max_examples=300)
def test_any_markup_is_a_page(pieces: list[str]) -> None:
    found = _lines(page_of("".join(pieces)))
    assert all(line.text.strip() or line.pictures for line in found)
    for line in found:
        assert all(
            line.automatic <= len(line.text) and 0 <= start < end <= len(line.text) for start, end in line.marked
        )
