"""The Word templates that ship: a 工作简讯 with its red head, and a 总结 in the layout of official documents.

Made by a program, so that nothing but what is written here is in them; the measures are those of GB/T 9704-2012,
Layout Key for Official Document of Party and Government Organs, as far as reports are concerned: margins of 37, 28, 35
and 26 millimetres, body of 16 points, headings in 黑体. Fonts are named and not brought along.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from campaigns.reports.content import KINDS

_EPOCH = dt.datetime(2020, 1, 1)
_WIDTH = 156
"""Of the text, in millimetres."""
_RED = RGBColor(0xD0, 0x1A, 0x1A)
HEAD, ISSUE, TITLE, SECTION, BODY, TABLE_NAME, CELL, CELL_HEAD, FIGURE, CAPTION, SIGNED, SMALL = (
    f"Report {part}"
    for part in (
        "head", "issue", "title", "section", "body", "table name", "cell", "cell head", "figure", "caption",
        "signature", "small",
    )
)  # fmt: skip
_CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_STYLES: dict[str, tuple[str, float, float, float, WD_ALIGN_PARAGRAPH | None]] = {
    HEAD: ("宋体", 42, 0, 6, _CENTRE),
    ISSUE: ("仿宋", 16, 0, 4, _CENTRE),
    TITLE: ("宋体", 22, 18, 16, _CENTRE),
    SECTION: ("黑体", 16, 8, 4, None),
    BODY: ("仿宋", 16, 0, 0, None),
    TABLE_NAME: ("黑体", 12, 14, 6, _CENTRE),
    CELL: ("宋体", 10.5, 2, 2, _CENTRE),
    CELL_HEAD: ("黑体", 10.5, 3, 3, _CENTRE),
    FIGURE: ("宋体", 10.5, 8, 2, _CENTRE),
    CAPTION: ("楷体", 12, 0, 8, _CENTRE),
    SIGNED: ("仿宋", 16, 0, 0, _RIGHT),
    SMALL: ("仿宋", 12, 4, 0, None),
}
"""The font, its size, the space before and after in points, and where lines stand."""
_BOLD = {HEAD, TITLE}
_KEPT_WITH_NEXT = {TITLE, SECTION, TABLE_NAME, FIGURE}

Columns = Sequence[tuple[str, int]]
"""Of a table: the tag, which is what the head says too, and the width in millimetres."""
_UNITS: Columns = (
    ("名次", 14), ("单位", 46), ("应参与", 18), ("完成", 16), ("参与率", 20), ("平均分", 20), ("合格率", 22),
)  # fmt: skip
_SCORES: Columns = (("分数", 78), ("人数", 78))
_QUESTIONS: Columns = (("题目", 88), ("作答次数", 22), ("正确率", 20), ("常见错误", 26))
_PRIZES: Columns = (("奖项", 40), ("奖品", 46), ("数量", 20), ("已产生", 25), ("已发放", 25))
_WINNERS: Columns = (("奖项", 40), ("奖品", 40), ("姓名", 26), ("单位", 50))


@cache
def build(kind: str) -> bytes:
    """The docx of a kind of `KINDS`, with the tags of `campaigns.reports.tags`; always the same bytes."""
    paper = _blank(KINDS[kind])
    (_bulletin if kind == "bulletin" else _summary)(paper)
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def _bulletin(paper: Paper) -> None:
    _line(paper, "{{报告类型}}", HEAD)
    _line(paper, "{%p if 期号 %}", BODY)
    _line(paper, "{{期号}}", ISSUE)
    _line(paper, "{%p endif %}", BODY)
    below = _line(paper, "{{落款}}\t{{日期}}", SMALL)
    below.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    _ruled(below)
    _line(paper, "{{标题}}", TITLE)
    _repeated(paper, "正文段落", BODY)
    _repeated(paper, "补充段落", BODY)
    _photos(paper)
    _figure(paper, "单位图", "各单位{{排名依据}}")
    _table(paper, "单位表", "各单位参与情况", _UNITS)
    _remark(paper, "单位表说明")
    _line(paper, "数据截至{{截至时间}}。", SMALL)


def _summary(paper: Paper) -> None:
    _line(paper, "{{标题}}", TITLE)
    _line(paper, "{%p for 部分 in 各部分 %}", BODY)
    _line(paper, "{{部分.标题}}", SECTION)
    _line(paper, "{%p for 段落 in 部分.段落 %}", BODY)
    _line(paper, "{{段落}}", BODY)
    _line(paper, "{%p endfor %}", BODY)
    _line(paper, "{%p endfor %}", BODY)
    _line(paper, "{%p if 补充段落 %}", BODY)
    _line(paper, "{{补充标题}}", SECTION)
    _line(paper, "{%p endif %}", BODY)
    _repeated(paper, "补充段落", BODY)
    _photos(paper)
    signed = _line(paper, "{{落款}}", SIGNED)
    signed.paragraph_format.space_before = Pt(36)  # room for the stamp
    signed.paragraph_format.keep_with_next = True
    _line(paper, "{{日期}}", SIGNED)
    _figure(paper, "单位图", "各单位{{排名依据}}")
    _figure(paper, "成绩图", "成绩分布")
    _figure(paper, "每日图", "每天答完的次数")
    _table(paper, "单位表", "附表　各单位参与情况", _UNITS)
    _remark(paper, "单位表说明")
    _table(paper, "成绩表", "附表　成绩分布", _SCORES)
    _table(paper, "题目表", "附表　正确率最低的题目", _QUESTIONS)
    _table(paper, "奖品表", "附表　奖品情况", _PRIZES)
    _table(paper, "获奖表", "附表　获奖名单", _WINNERS)
    _remark(paper, "获奖表说明")
    _line(paper, "数据截至{{截至时间}}。", SMALL)


# --- parts ------------------------------------------------------------------------------------------------------------


def _repeated(paper: Paper, tag: str, style: str) -> None:
    _line(paper, f"{{%p for 段落 in {tag} %}}", style)
    _line(paper, "{{段落}}", style)
    _line(paper, "{%p endfor %}", style)


def _figure(paper: Paper, tag: str, caption: str) -> None:
    _line(paper, f"{{%p if {tag} %}}", BODY)
    _line(paper, f"{{{{{tag}}}}}", FIGURE)
    _line(paper, caption, CAPTION)
    _line(paper, "{%p endif %}", BODY)


def _remark(paper: Paper, tag: str) -> None:
    _line(paper, f"{{%p if {tag} %}}", BODY)
    _line(paper, f"{{{{{tag}}}}}", SMALL)
    _line(paper, "{%p endif %}", BODY)


def _photos(paper: Paper) -> None:
    _line(paper, "{%p for 照 in 照片 %}", BODY)
    _line(paper, "{{照.图}}", FIGURE)
    _line(paper, "{{照.说明}}", CAPTION)
    _line(paper, "{%p endfor %}", BODY)


def _table(paper: Paper, tag: str, name: str, columns: Columns) -> None:
    """With its name above it; neither where it would have no lines."""
    _line(paper, f"{{%p if {tag} %}}", BODY)
    _line(paper, name, TABLE_NAME)
    table = paper.add_table(rows=4, cols=len(columns), style="Table Grid")
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    head, begin, pattern, end = table.rows
    for made, (_, width) in zip(table.columns, columns, strict=True):
        made.width = Mm(width)
    head._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    pattern._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for place, (column, width) in enumerate(columns):
        for row, text, style in ((head, column, CELL_HEAD), (pattern, f"{{{{行.{column}}}}}", CELL)):
            row.cells[place].width = Mm(width)
            _write(row.cells[place], text, style)
    _write(begin.cells[0], f"{{%tr for 行 in {tag} %}}", CELL)
    _write(end.cells[0], "{%tr endfor %}", CELL)
    _line(paper, "{%p endif %}", BODY)


def _write(cell: _Cell, text: str, style: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    paragraph.add_run(text)


def _line(paper: Paper, text: str, style: str) -> Paragraph:
    return paper.add_paragraph(text, style=style)


def _ruled(paragraph: Paragraph) -> None:
    """A red line beneath it."""
    rule = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="18" w:space="4" w:color="D01A1A"/></w:pBdr>'
    )
    paragraph._p.get_or_add_pPr().insert_element_before(
        rule, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _blank(kind_name: str) -> Paper:
    paper = Document()
    about = paper.core_properties
    about.title, about.author, about.comments = f"{kind_name}模板", "绿答", ""
    about.created = about.modified = _EPOCH
    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    page.footer_distance = Mm(25)
    for name, (font, size, before, after, alignment) in _STYLES.items():
        style: Any = paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.font.name, style.font.size, style.font.bold = font, Pt(size), name in _BOLD or None
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
        form = style.paragraph_format
        form.space_before, form.space_after = Pt(before), Pt(after)
        form.line_spacing = Pt(28) if name in {BODY, SECTION, SIGNED} else 1.2
        form.keep_with_next = name in _KEPT_WITH_NEXT
        form.alignment = alignment
        if name in {BODY, SECTION}:
            form.first_line_indent = Pt(2 * size)
    for language in paper.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")  # or programs take another country's forms of the same characters
    paper.styles[HEAD].font.color.rgb = _RED
    _number_pages(page.footer.paragraphs[0])
    return paper


def _number_pages(paragraph: Paragraph) -> None:
    paragraph.alignment = _CENTRE
    paragraph.add_run("— ")
    paragraph._p.append(
        parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )
    paragraph.add_run(" —")
