"""The notice of who won as a document to print and stamp (docx, A4).

For `campaigns.prizes.notice_boards`, which loads it when it is wanted: what writes documents takes a while to load.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from copy import deepcopy
from io import BytesIO
from itertools import groupby
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from campaigns.prizes.notice_boards import (
    ENTRANT,
    NAME,
    NOBODY,
    NUMBER,
    PRIZE,
    RANK,
    UNIT,
    WinnerNotice,
    listed,
    taken_back,
)
from campaigns.prizes.results import WinnerLine

BLANK_PERIOD = "____年__月__日至____年__月__日"
BLANK_CONTACT = "__________________"
"""What is left to be filled in by hand."""
_WIDTH = 164
"""Of the text, in millimetres."""
_LONGEST = 255
"""Characters of what a document says about itself."""
_EPOCH = dt.datetime(2020, 1, 1)
TITLE, BODY, SECTION, SMALL, HASH, SIGNED, CELL, HEAD = (
    f"Notice {part}" for part in ("title", "body", "section", "small", "hash", "signature", "cell", "head")
)
_STYLES = {
    TITLE: ("黑体", 20, 0, 16),
    BODY: ("仿宋", 15, 0, 4),
    SECTION: ("黑体", 14, 12, 6),
    SMALL: ("仿宋", 12, 0, 3),
    HASH: ("宋体", 9, 0, 6),
    SIGNED: ("仿宋", 15, 0, 2),
    CELL: ("宋体", 10.5, 2, 2),
    HEAD: ("黑体", 10.5, 3, 3),
}
"""The font, its size, the space before and after, in points."""


def write_docx(notice: WinnerNotice) -> bytes:
    """The heading, a table a group, what was taken back, how to check draws, and who issues it."""
    paper = _blank_paper(notice)
    _line(paper, f"关于“{notice.campaign}”获奖名单的公示", TITLE)
    _line(
        paper,
        f"“{notice.campaign}”的获奖名单已经产生，现予公示。为保护个人信息，姓名只显示一部分；"
        "获奖者可以用自己的抽奖编号核对，在答题对话里发送“成绩”，或在答题页面的“我的”里都能看到。",
        BODY,
    )
    period, contact = notice.period or BLANK_PERIOD, notice.contact or BLANK_CONTACT
    _line(paper, f"公示期：{period}。对名单有异议的，请在公示期内反映。联系方式：{contact}。", BODY)
    groups = [(name, list(lines)) for name, lines in groupby(listed(notice.lines), key=lambda line: line.group)]
    for name, lines in groups:
        _line(paper, name, SECTION)
        _table(paper, lines)
    if not groups:
        _line(paper, "目前还没有获奖者。", BODY)
    if sentences := list(taken_back(notice.lines)):
        _line(paper, "作废和递补", SECTION)
        for sentence in sentences:
            _line(paper, sentence, SMALL)
    if notice.draws:
        _line(paper, "自行核验", SECTION)
        _line(paper, "抽奖的名单和规则在开奖前已经公布，任何人都可以在下面的网页查看经过，下载证据重新计算。", SMALL)
        for drawn in notice.draws:
            _line(paper, f"{drawn.group}（{drawn.id}）：{drawn.address}", SMALL)
            _line(paper, f"名单哈希 {drawn.list_hash}", HASH)
    for place, text in enumerate(filter(None, (notice.organiser, notice.issued))):
        signed = _line(paper, text, SIGNED)
        if not place:
            _spaced(signed)
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def _table(paper: Paper, lines: Sequence[WinnerLine]) -> None:
    """One row a prize given; the head is repeated on every page, and no row is torn apart."""
    ranked = any(line.kind == "rank" for line in lines)
    columns = [NUMBER, PRIZE, *([RANK] if ranked else []), NAME, UNIT, ENTRANT]
    spare = _WIDTH - sum(column.width for column in columns)
    table = paper.add_table(rows=2, cols=len(columns), style="Table Grid")
    table.autofit = False
    for column, made in zip(columns, table.columns, strict=True):
        made.width = Mm(column.width + (spare if column is UNIT else 0))
    head, pattern = table.rows[0]._tr, table.rows[1]._tr
    for row, style in ((head, HEAD), (pattern, CELL)):
        row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for column, cell in zip(columns, row.tc_lst, strict=True):
            cell.width = Mm(column.width + (spare if column is UNIT else 0))
            paragraph = cell.p_lst[0]
            paragraph.style = style.replace(" ", "")
            paragraph.add_r().text = column.name
    head.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    table._tbl.remove(pattern)
    for number, line in enumerate(lines, 1):
        # A copy of a whole row: to make each cell anew takes a minute for a few thousand of them.
        row = deepcopy(pattern)
        for column, cell in zip(columns, row.tc_lst, strict=True):
            found = column.of(number, line)
            cell.p_lst[0].r_lst[0].text = _legal(NOBODY if found is None else str(found))
        table._tbl.append(row)


def _line(paper: Paper, text: str, style: str) -> Paragraph:
    paragraph = paper.add_paragraph(_legal(text))
    paragraph._p.style = style.replace(" ", "")
    return paragraph


def _spaced(paragraph: Paragraph) -> None:
    """Room above the signature, for the stamp."""
    paragraph.paragraph_format.space_before = Pt(36)
    paragraph.paragraph_format.keep_with_next = True


def _legal(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(character for character in text if character >= " ").translate(_ILLEGAL)


_ILLEGAL = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


def _blank_paper(notice: WinnerNotice) -> Paper:
    paper = Document()
    about = paper.core_properties
    about.title, about.author = _legal(f"{notice.campaign}获奖名单")[:_LONGEST], _legal(notice.organiser)[:_LONGEST]
    about.comments = ""
    about.created = about.modified = _EPOCH
    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm((210 - _WIDTH) // 2)
    page.top_margin, page.bottom_margin = Mm(30), Mm(25)
    _styles(paper)
    return paper


def _styles(paper: Paper) -> None:
    alignments = {
        TITLE: WD_ALIGN_PARAGRAPH.CENTER,
        SIGNED: WD_ALIGN_PARAGRAPH.RIGHT,
        CELL: WD_ALIGN_PARAGRAPH.CENTER,
        HEAD: WD_ALIGN_PARAGRAPH.CENTER,
    }
    for name, (font, size, before, after) in _STYLES.items():
        style: Any = paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _font(style, font, Pt(size))
        form = style.paragraph_format
        form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.3
        form.keep_with_next = name in {TITLE, SECTION}
        if name in alignments:
            form.alignment = alignments[name]
        if name == BODY:
            form.first_line_indent = Pt(2 * size)


def _font(style: ParagraphStyle, name: str, size: Length) -> None:
    """A Chinese font, named and not brought along."""
    style.font.name, style.font.size = name, size
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
