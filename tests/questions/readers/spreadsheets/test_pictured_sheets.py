"""Pictures in spreadsheets: those that lie over the cells of a question, and those that WPS puts into a cell."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO

import xlsxwriter
from bank_files import only, warnings, xlsx_bytes
from hostile_files import changed, picture_bomb
from word_made import WMF, png

from questions.model import EXPLANATION, Bank
from questions.readers import read_bank

HEADER = ["题型", "题目", "选项A", "选项B", "答案", "解析"]
ROW = ["单选", "哪个标志表示节水？", "甲", "乙", "B", "见图。"]
GREEN, RED, BLUE = png("green"), png("red"), png("blue")


def drawn(rows: Sequence[Sequence[object]], *pictures: tuple[int, int, bytes]) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("题库")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for row, column, data in pictures:
            options = {"image_data": BytesIO(data), "description": "节水标志", "object_position": 1}
            sheet.insert_image(row, column, "a.png", options)
    return out.getvalue()


def places(bank: Bank) -> list[tuple[str, bytes]]:
    return [(picture.place, bank.pictures[picture.sha256]) for picture in only(bank).pictures]


def test_a_picture_belongs_to_the_question_of_its_row_and_the_part_of_its_column() -> None:
    bank = read_bank(drawn([HEADER, ROW], (1, 1, GREEN), (1, 3, RED), (1, 5, BLUE), (1, 9, GREEN)))
    assert places(bank) == [("", GREEN), ("B", RED), (EXPLANATION, BLUE), ("", GREEN)]
    assert only(bank).pictures[0].alt == "节水标志"
    assert bank.problems == ()


def test_an_option_may_be_nothing_but_a_picture() -> None:
    bank = read_bank(drawn([HEADER, ["单选", "哪个标志表示节水？", None, None, "B"]], (1, 2, GREEN), (1, 3, RED)))
    question = only(bank)
    assert [option.letter for option in question.options] == ["A", "B"]
    assert question.answer == ("B",)
    assert places(bank) == [("A", GREEN), ("B", RED)]


def test_a_picture_beside_no_question_is_told() -> None:
    bank = read_bank(drawn([HEADER, ROW], (0, 1, GREEN), (7, 1, RED)))
    assert only(bank).pictures == ()
    assert bank.pictures == {}
    assert any("有 2 张图片不在题目的行里" in warning for warning in warnings(bank))


def test_one_row_an_option_has_its_pictures_with_the_option() -> None:
    rows = [["题目", "选项内容", "是否正确"], ["哪个标志表示节水？", "甲", "否"], [None, "乙", "是"]]
    bank = read_bank(drawn(rows, (1, 0, GREEN), (2, 1, RED)))
    assert places(bank) == [("", GREEN), ("B", RED)]


IMAGES = (
    '<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" '
    'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="ID_ABC"/></xdr:nvPicPr>'
    '<xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic></etc:cellImage></etc:cellImages>'
)
RELATIONS = '<Relationships><Relationship Id="rId1" Type="image" Target="media/image1.png"/></Relationships>'


def wps(cell: str, data: bytes = GREEN, images: str = IMAGES) -> Bank:
    members = {"xl/cellimages.xml": images, "xl/_rels/cellimages.xml.rels": RELATIONS, "xl/media/image1.png": data}
    return read_bank(changed(xlsx_bytes([HEADER, [*ROW[:2], cell, *ROW[3:]]]), members))


def test_what_wps_shows_in_a_cell_is_a_picture_and_no_text() -> None:
    for cell in ('=DISPIMG("ID_ABC",1)', '=_xlfn.DISPIMG("ID_ABC",1)', '甲=DISPIMG("ID_ABC",1)'):
        bank = wps(cell)
        assert places(bank) == [("A", GREEN)]
        assert only(bank).options[0].text == ("甲" if cell.startswith("甲") else "")
        assert bank.problems == ()


def test_pictures_that_cannot_be_shown_are_told() -> None:
    for bank in (wps("甲", WMF), wps("甲", picture_bomb()), wps("甲", images="<broken"), wps("甲", images="<none/>")):
        assert only(bank).pictures == ()
        assert any("有 1 张图片，读不进来" in warning for warning in warnings(bank))


def test_a_drawing_that_leads_out_of_the_file_leads_nowhere() -> None:
    data = drawn([HEADER, ROW], (1, 1, GREEN))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        rels = archive.read("xl/drawings/_rels/drawing1.xml.rels").decode()
    for target in ("../../../../etc/passwd", "/etc/passwd", "http://127.0.0.1:1/a.png"):
        bank = read_bank(
            changed(data, {"xl/drawings/_rels/drawing1.xml.rels": rels.replace("../media/image1.png", target)})
        )
        assert only(bank).pictures == ()
        assert any("读不进来" in warning for warning in warnings(bank))
