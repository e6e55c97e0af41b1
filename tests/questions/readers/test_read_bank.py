"""What a file is: decided by its bytes, refused with a sentence that says what to do, never any other way."""

from __future__ import annotations

import datetime as dt
import json
import struct
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
import xlsxwriter
from bank_files import answers, bank_of, csv_bytes, errors, only, texts, warnings, xls_bytes, xlsx_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.model import Bank, Kind, Option, Question, UnreadableFile
from questions.readers import as_check, read_bank
from questions.readers.archives import MOST_UNPACKED
from questions.writers.csv import write_csv

ROWS = [["题目", "选项A", "选项B", "答案"], ["下列哪种灯更省电，节能减排？", "白炽灯", "节能灯", "B"]]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
    ],
)
def test_every_encoding_that_excel_writes_is_read(encoding: str, named: str) -> None:
    bank = read_bank(csv_bytes(ROWS, encoding))
    assert (bank.format, bank.encoding) == ("csv", named)
    assert only(bank).answer == ("B",)
    assert texts(only(bank)) == ["白炽灯", "节能灯"]


def test_two_byte_order_marks_are_no_part_of_the_header() -> None:
    bank = read_bank(b"\xef\xbb\xbf" + csv_bytes(ROWS))
    assert only(bank).answer == ("B",)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    bank = read_bank(csv_bytes(ROWS, delimiter=delimiter))
    assert bank.format == ("tsv" if delimiter == "\t" else "csv")
    assert only(bank).answer == ("B",)


def test_the_line_in_which_excel_names_its_delimiter_is_understood() -> None:
    assert only(read_bank(b"sep=;\r\n" + csv_bytes(ROWS, "utf-8", ";"))).where == "第3行"


def test_a_files_name_decides_nothing() -> None:
    assert read_bank(csv_bytes(ROWS, delimiter="\t"), "题库.xlsx").format == "tsv"
    assert read_bank(xlsx_bytes(ROWS), "题库.csv").format == "xlsx"


def test_cells_with_line_breaks_keep_them_and_rows_their_numbers() -> None:
    rows = [ROWS[0], ["哪个？\n请选择。", "甲", "乙", "A"], [], ["还有哪个？", "丙", "丁", "B"]]
    bank = read_bank(csv_bytes(rows))
    assert [question.where for question in bank.questions] == ["第2行", "第4行"]
    assert bank.questions[0].stem == "哪个？\n请选择。"


def test_a_quote_that_is_never_closed_is_an_error_and_not_a_shorter_bank() -> None:
    data = csv_bytes([*ROWS, ["哪个", "甲", "乙", "A"]], "utf-8").replace("哪个".encode(), '"哪个'.encode())
    data += csv_bytes([["第三题", "甲", "乙", "A"]], "utf-8")
    assert any("引号" in error for error in errors(read_bank(data)))


def test_an_apostrophe_that_guards_against_formulas_is_taken_away_again() -> None:
    bank = read_bank(csv_bytes([ROWS[0], ["哪个？", "'-5℃", "'=1+1", "A"]]))
    assert texts(only(bank)) == ["-5℃", "=1+1"]


def _zip(**members: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "空文件"),
        (b" \r\n\t ", "空文件"),
        (b"\xef\xbb\xbf", "空文件"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"Rar!\x1a\x07", "压缩包"),
        (_zip(ppt__presentation_xml=b"<p/>"), "PPT"),
        (_zip(readme_txt=b"hello"), "压缩包"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (OLE, "损坏"),
        (b"PK\x03\x04 and no more", "损坏"),
        (b'<?xml version="1.0"?><svg/>', "XML"),
        ("姓名,部门,电话\n张三,办公室,1\n李四,后勤,2\n".encode(), "没有找到题目"),
        (b"\xff\xfe\xfa\xfb\xff\xff\xff\xff\x81", "编码"),
        ("哪個選項正確，請選擇答案。".encode("big5"), "编码"),
    ],
)
def test_what_is_no_bank_is_refused_with_a_sentence_that_says_what_to_do(data: bytes, word: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_bank(data)
    assert word in str(refused.value)
    assert "请" in str(refused.value)


def test_a_zip_that_unpacks_to_more_than_any_bank_is_refused() -> None:
    data = _zip(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=bytes(MOST_UNPACKED + 1))
    assert len(data) < 200_000
    with pytest.raises(UnreadableFile, match="160 MB"):
        read_bank(data)


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    data = _zip(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=bytes(MOST_UNPACKED + 1))
    lying = data.replace(struct.pack("<I", MOST_UNPACKED + 1), struct.pack("<I", 1_000))
    assert lying != data
    with pytest.raises(UnreadableFile, match="160 MB"):
        read_bank(lying)


def test_an_empty_template_says_that_it_is_empty() -> None:
    bank = read_bank(csv_bytes(ROWS[:1]))
    assert bank.questions == ()
    assert "没有题目" in errors(bank)[0]


def _sheet(*cells: tuple[int, int, object]) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ROWS[0])
        sheet.write_row(1, 0, ROWS[1])
        for row, column, value in cells:
            sheet.write(row, column, value)
    return out.getvalue()


def test_a_stray_cell_in_the_last_column_or_row_costs_nothing_and_is_said() -> None:
    bank = read_bank(_sheet((0, 16_383, "x"), (1, 300, "y"), (1_048_575, 0, "z")))
    assert answers(bank) == [("B",)]
    assert "256" in warnings(bank)[0]


def test_hundreds_of_blank_rows_and_formatted_cells_are_nothing() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet, red = workbook.add_worksheet(), workbook.add_format({"bg_color": "red"})
        sheet.write_row(0, 0, ROWS[0])
        sheet.write_row(1, 0, ROWS[1])
        for row in range(2, 300):
            sheet.write_blank(row, row % 7, None, red)
        sheet.write_blank(1, 16_383, None, red)
    bank = read_bank(out.getvalue())
    assert len(bank.questions) == 1
    assert bank.problems == ()


def test_dates_and_fractions_that_a_spreadsheet_made_are_reported() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["题型", "题目", "选项A", "选项B", "答案"])
        sheet.write_row(1, 0, ["单选", "香港何时回归？"])
        sheet.write_datetime(1, 2, dt.datetime(1997, 7, 1))
        sheet.write_row(1, 3, ["1999-12-20", "A"])
        sheet.write_row(2, 0, ["多选", "哪些？", "甲", "乙"])
        sheet.write_datetime(2, 4, dt.datetime(2026, 1, 2))
        sheet.write_row(3, 0, ["单选", "节电多少？", 0.2, 0.1 + 0.2, "A"])
    bank = read_bank(out.getvalue())
    assert texts(bank.questions[0]) == ["1997-07-01", "1999-12-20"]
    assert answers(bank) == [("A",), (), ("A",)]
    assert any("变成了日期" in error for error in errors(bank))
    assert texts(bank.questions[2]) == ["0.2", "0.3"]
    assert sum("百分数" in warning for warning in warnings(bank)) == 2


def test_a_day_number_among_dates_is_reported() -> None:
    bank = bank_of(["题目", "A", "B", "答案"], ["香港回归的日期是？", 35612, "1999-12-20", "A"])
    assert "35612" in warnings(bank)[0]


def test_percentages_in_cells_are_read_as_they_are_shown() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet, percent = workbook.add_worksheet(), workbook.add_format({"num_format": "0%"})
        tenth = workbook.add_format({"num_format": "0.0%"})
        sheet.write_row(0, 0, ["题目", "选项A", "选项B", "选项C", "答案"])
        sheet.write_row(1, 0, ["节电多少？"])
        sheet.write_number(1, 1, 0.2, percent)
        sheet.write_number(1, 2, 0.125, tenth)
        sheet.write_number(1, 3, 1, percent)
        sheet.write(1, 4, "B")
    bank = read_bank(out.getvalue())
    assert texts(only(bank)) == ["20%", "12.5%", "100%"]
    assert bank.problems == ()


def test_hidden_sheets_are_not_read_and_that_is_said() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        for name in ("题库", "备用"):
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(ROWS):
                sheet.write_row(number, 0, row)
        sheet.hide()
    bank = read_bank(out.getvalue())
    assert len(bank.questions) == 1
    assert "隐藏" in warnings(bank)[0]


def test_duplicates_within_a_file_are_reported() -> None:
    bank = bank_of(ROWS[0], ROWS[1], ROWS[1], [*ROWS[1][:3], "A"])
    assert len(bank.questions) == 3
    assert "重复" in warnings(bank)[0]
    assert "答案却不同" in errors(bank)[0]


def test_numbers_that_are_used_twice_give_way_to_places_in_the_file() -> None:
    bank = bank_of(["编号", *ROWS[0]], ["N1", *ROWS[1]], ["N1", "还有哪个？", "丙", "丁", "A"])
    assert [question.number for question in bank.questions] == ["1", "2"]
    assert "N1" in warnings(bank)[0]


def test_the_check_is_plain_data_with_just_the_agreed_names() -> None:
    bank = read_bank(
        csv_bytes(
            [["题型", *ROWS[0]], ["填空", "夏季____℃。", "", "", "26;二十六"], ["单选", "哪个？", "甲", "乙", "C"]]
        )
    )
    check = as_check(bank)
    assert json.loads(json.dumps(check)) == {
        "format": "csv",
        "encoding": "utf-8-sig",
        "questions": [
            {
                "number": "1",
                "kind": "blank",
                "stem": "夏季____℃。",
                "options": [],
                "answer": ["26 | 二十六"],
                "explanation": "",
                "category": "",
                "difficulty": "",
                "where": "第2行",
            },
            {
                "number": "2",
                "kind": "single",
                "stem": "哪个？",
                "options": ["甲", "乙"],
                "answer": [],
                "explanation": "",
                "category": "",
                "difficulty": "",
                "where": "第3行",
            },
        ],
        "problems": [
            {"where": "第3行", "severity": "error", "message": "答案是 C，可是选项只有 AB；请改正答案，或补上选项。"}
        ],
    }


def _read_or_refused(data: bytes) -> Bank | None:
    try:
        return read_bank(data)
    except UnreadableFile:
        return None


@given(st.binary(max_size=400))
def test_any_bytes_are_a_bank_or_refused(data: bytes) -> None:
    bank = _read_or_refused(data)
    assert bank is None or isinstance(bank, Bank)


cell = st.one_of(
    st.sampled_from(
        [
            "",
            "A",
            "BD",
            "对",
            "1",
            "0",
            "2",
            "单选题",
            "判断",
            "填空",
            "____",
            "（A）",
            "A. 甲 B. 乙",
            "甲|乙",
            "[1]",
            "{",
            "['",
            "答案：B",
        ]
    ),
    st.text(max_size=12),
)


@given(st.lists(st.lists(cell, max_size=7), max_size=8), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
@settings(max_examples=200)
def test_any_cells_under_a_header_are_a_bank_of_whole_questions(rows: list[list[str]], encoding: str) -> None:
    header = ["题型", "题目", "选项A", "选项B", "选项C", "答案", "解析"]
    text_rows = [[value.encode("utf-8", "replace").decode() for value in row] for row in rows]
    bank = _read_or_refused(csv_bytes([header, *text_rows], encoding))
    for question in bank.questions if bank else ():
        letters = [option.letter for option in question.options]
        assert question.stem
        assert question.kind in {Kind.SINGLE, Kind.MULTIPLE} or not letters
        assert question.kind not in {Kind.SINGLE, Kind.MULTIPLE} or set(question.answer) <= set(letters)
        assert question.kind is not Kind.TRUE_FALSE or question.answer in {(), ("true",), ("false",)}
        assert (
            question.answer
            or question.kind is Kind.ESSAY
            or any(problem.where == question.where and problem.severity == "error" for problem in bank.problems)
        )


@given(st.integers(0, 5_000), st.integers(0, 255))
@settings(max_examples=100)
def test_a_damaged_xlsx_is_a_bank_or_refused(place: int, value: int) -> None:
    data = bytearray(xlsx_bytes(ROWS))
    data[place % len(data)] = value
    bank = _read_or_refused(bytes(data))
    assert bank is None or bank.format == "xlsx"


@given(st.integers(512, 5_000), st.integers(0, 255))
@settings(max_examples=5, deadline=None)
def test_a_damaged_xls_is_a_bank_or_refused(place: int, value: int) -> None:
    data = bytearray(xls_bytes(ROWS))
    data[place % len(data)] = value
    bank = _read_or_refused(bytes(data))
    assert bank is None or bank.format == "xls"


words = st.text(st.sampled_from("节能减排空调照明办公室水电气碳中和绿色"), min_size=2, max_size=12)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from([Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.BLANK]))
    options: tuple[Option, ...] = ()
    stem = f"{draw(words)}是什么？"
    match kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            found = draw(st.lists(words, min_size=2, max_size=6, unique=True))
            options = tuple(Option("ABCDEF"[index], text) for index, text in enumerate(found))
            least, most = (1, 1) if kind is Kind.SINGLE else (2, len(found))
            chosen = st.sets(st.sampled_from([option.letter for option in options]), min_size=least, max_size=most)
            answer = tuple(sorted(draw(chosen)))
        case Kind.TRUE_FALSE:
            answer = (draw(st.sampled_from(["true", "false"])),)
        case _:
            answer = tuple(
                " | ".join(draw(st.lists(words, min_size=1, max_size=3, unique=True)))
                for _ in range(draw(st.integers(1, 3)))
            )
            stem = "和".join(["____"] * len(answer)) + stem
    return Question(
        "", kind, stem, options, answer, draw(words), draw(words), draw(st.sampled_from("易中难")), draw(words)
    )


@given(st.lists(questions(), min_size=1, max_size=8))
def test_a_bank_in_our_template_is_read_back_as_it_was(made: list[Question]) -> None:
    numbered = [replace(question, number=f"E{place:03}") for place, question in enumerate(made, 1)]
    bank = read_bank(write_csv(numbered))
    assert [replace(question, where="") for question in bank.questions] == numbered
    assert not [error for error in errors(bank) if "同一道题" not in error]
