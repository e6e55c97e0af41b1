"""The same report on paper: PDF, A4, in our own font, for where there is no Word. It follows no uploaded template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from campaigns.errors import Refused
from campaigns.prints.colours import INK, MINT, PINE, STONE, Colour
from campaigns.prints.fonts import missing_characters
from campaigns.prints.typesetting import ITEM, POINT, plain
from campaigns.reports import charts, narrative
from campaigns.reports.content import Content
from campaigns.reports.tags import table_lines, units_left_out, winners_left_out

if TYPE_CHECKING:
    from fpdf import FPDF

LEFT, TOP, WIDTH, BOTTOM = 28.0, 32.0, 154.0, 270.0
"""Of the text on a page, in millimetres."""
BODY, HEADING, TITLE, SMALL, CELL = 13.0, 14.0, 20.0, 9.5, 9.0
"""Sizes of type, in points."""
LEADING = 1.65
PAD = 1.6
"""Around the text of a cell, in millimetres."""
RED = Colour(208, 26, 26)
PHOTO_HEIGHT = 82.0
_TABLES = (
    ("单位表", "各单位参与情况", ("名次", "单位", "应参与", "完成", "参与率", "平均分", "合格率"),
     (12, 46, 20, 18, 20, 18, 20)),
    ("成绩表", "成绩分布", ("分数", "人数"), (77, 77)),
    ("题目表", "正确率最低的题目", ("题目", "作答次数", "正确率", "常见错误"), (92, 20, 20, 22)),
    ("奖品表", "奖品情况", ("奖项", "奖品", "数量", "已产生", "已发放"), (40, 48, 20, 23, 23)),
    ("获奖表", "获奖名单", ("奖项", "奖品", "姓名", "单位"), (38, 40, 26, 50)),
)  # fmt: skip
"""The tag, what stands above it, and its columns with their widths in millimetres."""
_FIGURES = (("units", "各单位{}"), ("histogram", "成绩分布"), ("days", "每天答完的次数"))


def write_pdf(content: Content, created: int) -> bytes:
    """`created` is the date in the file, UTC milliseconds. Raises Refused where our font lacks a character."""
    from campaigns.prints.drawing import document  # noqa: PLC0415 — most processes write no PDF

    check_printable(content)
    with document(210, 297, title=content.title, author=content.sender, created=created) as sheet:
        page = Pages(sheet.pdf)
        _head(page, content)
        _text(page, content)
        _pictures(page, content)
        _tables(page, content)
        page.paragraph(f"数据截至{content.as_of}。", SMALL, colour=STONE, indent=0)
        return bytes(sheet.pdf.output())


def check_printable(content: Content) -> None:
    """Raises Refused: an empty box in place of a name would be wrong in silence."""
    if lacking := missing_characters("".join(map(plain, _texts(content)))):
        raise Refused(f"PDF 字库里没有这些字：{'、'.join(lacking)}。请改用 Word 格式，或者换一种写法。")


def _texts(content: Content) -> Iterator[str]:
    yield from (content.title, content.sender, content.issued, content.as_of, content.issue_line)
    for section in narrative.sections(content):
        yield from (section.heading, *section.paragraphs)
    yield from narrative.paragraphs(content)
    yield from content.remarks
    yield from (photo.caption for photo in content.photos)
    for lines in table_lines(content).values():
        for line in lines:
            yield from line.values()


# --- what it is made of -----------------------------------------------------------------------------------------------


def _head(page: Pages, content: Content) -> None:
    if content.kind == "bulletin":
        page.paragraph(content.kind_name, 34, bold=True, colour=RED, align="C", indent=0)
        if content.issue_line:
            page.paragraph(content.issue_line, BODY, align="C", indent=0)
        page.both_ends(content.sender, content.issued)
    page.space(5)
    page.paragraph(content.title, TITLE, bold=True, align="C", indent=0)
    page.space(4)


def _text(page: Pages, content: Content) -> None:
    if content.kind == "bulletin":
        for text in (*narrative.paragraphs(content), *content.remarks):
            page.paragraph(text, BODY)
        return
    for section in narrative.sections(content):
        page.paragraph(section.heading, HEADING, bold=True, stays=True)
        for text in section.paragraphs:
            page.paragraph(text, BODY)
    if content.remarks:
        page.paragraph(narrative.next_heading(content), HEADING, bold=True, stays=True)
        for text in content.remarks:
            page.paragraph(text, BODY)
    page.space(12)
    for text in filter(None, (content.sender, content.issued)):
        page.paragraph(text, BODY, align="R", indent=0)


def _pictures(page: Pages, content: Content) -> None:
    for photo in content.photos:
        page.picture(photo.data, PHOTO_HEIGHT, photo.caption)
    wanted = _FIGURES[:1] if content.kind == "bulletin" else _FIGURES
    for name, caption in wanted:
        if data := charts.draw(content, name):
            page.picture(data, 200, caption.format(content.measure))


def _tables(page: Pages, content: Content) -> None:
    found = table_lines(content)
    remarks = {"单位表": units_left_out(content), "获奖表": winners_left_out(content)}
    for tag, name, columns, widths in _TABLES[:1] if content.kind == "bulletin" else _TABLES:
        rows = [[line[column] for column in columns] for line in found[tag]]
        if rows:
            page.table(name, columns, widths, rows)
            if remark := remarks.get(tag):
                page.paragraph(remark, SMALL, colour=STONE, indent=0)


# --- how it is set ----------------------------------------------------------------------------------------------------


class Pages:
    """Text, pictures and tables one beneath the other, on as many pages as they take."""

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf
        self._begin()

    def space(self, millimetres: float) -> None:
        self._y += millimetres

    def paragraph(
        self,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: Colour = INK,
        align: str = "L",
        indent: float = 2,
        stays: bool = False,
    ) -> None:
        """Lines of one text; `indent` is that of the first, in ems; one that `stays` is on the page of what follows."""
        height = size * POINT * LEADING
        lines = self._lines(text, size, WIDTH, bold=bold, indent=indent)
        if stays:
            self._need((len(lines) + 2) * height)
        for place, line in enumerate(lines):
            self._need(height)
            self._font(size, colour, bold=bold)
            left = self._left(line, align) + (indent * size * POINT if place == 0 and align == "L" else 0)
            self._pdf.text(left, self._y + 0.75 * height, line)
            self._y += height

    def both_ends(self, left: str, right: str) -> None:
        """Two texts on one line, with a red rule beneath."""
        self._font(11, INK)
        self._pdf.text(LEFT, self._y + 5, plain(left))
        self._pdf.text(self._left(plain(right), "R"), self._y + 5, plain(right))
        self._pdf.set_draw_color(*RED)
        self._pdf.set_line_width(0.8)
        self._pdf.line(LEFT, self._y + 8, LEFT + WIDTH, self._y + 8)
        self._y += 12

    def picture(self, data: bytes, most: float, caption: str) -> None:
        """As wide as the text, at most so many millimetres high; with its caption on the same page."""
        with Image.open(BytesIO(data)) as image:
            shape = image.width / image.height
        width = min(WIDTH, most * shape)
        height = width / shape
        self.space(3)
        self._need(height + 8)
        self._pdf.image(BytesIO(data), LEFT + (WIDTH - width) / 2, self._y, width, height, alt_text=caption or "照片")
        self._y += height + 1
        if caption:
            self.paragraph(caption, SMALL, colour=STONE, align="C", indent=0)

    def table(self, name: str, columns: Sequence[str], widths: Sequence[float], rows: Sequence[Sequence[str]]) -> None:
        """Its head is repeated on every page, and no row is torn apart."""
        self.space(5)
        self._need(30)
        self.paragraph(name, 11, bold=True, align="C", indent=0)
        self._row(columns, widths, is_head=True)
        for row in rows:
            if self._y + self._row_height(row, widths) > BOTTOM:
                self._new_page()
                self._row(columns, widths, is_head=True)
            self._row(row, widths)

    def _row(self, cells: Sequence[str], widths: Sequence[float], *, is_head: bool = False) -> None:
        height, left = self._row_height(cells, widths), LEFT
        for text, width in zip(cells, widths, strict=True):
            lines = self._lines(text, CELL, width - 2 * PAD, bold=is_head)
            self._pdf.set_draw_color(*STONE)
            self._pdf.set_line_width(0.15)
            self._pdf.set_fill_color(*MINT)
            self._pdf.rect(left, self._y, width, height, style="DF" if is_head else "D")
            self._font(CELL, PINE if is_head else INK, bold=is_head)
            top = self._y + (height - len(lines) * _cell_line()) / 2
            for place, line in enumerate(lines):
                start = left + (width - self._pdf.get_string_width(line)) / 2
                self._pdf.text(start, top + (place + 0.74) * _cell_line(), line)
            left += width
        self._y += height

    def _row_height(self, cells: Sequence[str], widths: Sequence[float]) -> float:
        most = max(len(self._lines(text, CELL, width - 2 * PAD)) for text, width in zip(cells, widths, strict=True))
        return max(1, most) * _cell_line() + 2 * PAD

    def _lines(self, text: str, size: float, width: float, *, bold: bool = False, indent: float = 0) -> list[str]:
        """As few lines as it takes; none begins with a closing mark, and words stay whole where they can."""
        self._font(size, INK, bold=bold)
        tidy, lines, room = plain(text), [""], width - indent * size * POINT
        end = 0
        for match in ITEM.finditer(tidy):
            gap, end = " " * (match.start() > end), match.end()
            for part in self._parts(match.group(), width):
                longer = f"{lines[-1]}{gap}{part}" if lines[-1] else part
                gap = ""
                if lines[-1] and self._pdf.get_string_width(longer) > room:
                    lines.append(part)
                    room = width
                else:
                    lines[-1] = longer
        return lines

    def _parts(self, word: str, width: float) -> Sequence[str]:
        return [word] if self._pdf.get_string_width(word) <= width else list(word)

    def _font(self, size: float, colour: Colour, *, bold: bool = False) -> None:
        self._pdf.set_font("NotoSansSC", "B" if bold else "", size)
        self._pdf.set_text_color(*colour)

    def _left(self, line: str, align: str) -> float:
        spare: float = WIDTH - self._pdf.get_string_width(line)
        return LEFT + {"L": 0.0, "C": spare / 2, "R": spare}[align]

    def _need(self, height: float) -> None:
        if self._y + height > BOTTOM and self._y > TOP:
            self._new_page()

    def _new_page(self) -> None:
        self._pdf.add_page()
        self._begin()

    def _begin(self) -> None:
        number = f"— {self._pdf.page_no()} —"
        self._font(SMALL, STONE)
        self._pdf.text(self._left(number, "C"), 285, number)
        self._y = TOP


def _cell_line() -> float:
    return CELL * POINT * 1.35
