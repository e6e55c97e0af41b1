"""Word documents: what stands on the page becomes lines, tables and pictures, and those become questions."""

from __future__ import annotations

import base64
import re

import pytest
from bank_files import answers, errors, kinds, only, texts, warnings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from word_made import (
    NAMESPACES,
    QUESTION,
    WMF,
    abstract,
    bold,
    docx,
    doubts,
    level,
    lines,
    listed,
    marked,
    p,
    picture,
    png,
    r,
    red,
    relations,
    run,
    shown,
    table,
    under,
    xml,
    zipped,
)
from zip_made import unpacked

from questions.model import Bank, UnreadableFile
from questions.readers import read_bank

# Paragraphs and what stands in them


def test_each_paragraph_is_a_line_that_knows_its_place_and_whether_it_stands_apart() -> None:
    found = lines(docx(p("1. 哪个？"), p(), p("A. 甲"), p("  B. 乙 ")))
    assert [(line.where, line.text, line.apart) for line in found] == [
        ("第1段", "1. 哪个？", False),
        ("第3段", "A. 甲", True),
        ("第4段", "B. 乙", False),
    ]


def test_a_line_break_begins_a_line_in_the_same_paragraph() -> None:
    found = lines(docx(p("哪个？", run("<w:br/>"), "A. 甲", run("<w:cr/>"), run("<w:br/>"), "B. 乙")))
    assert [(line.where, line.text, line.apart) for line in found] == [
        ("第1段", "哪个？", False),
        ("第1段", "A. 甲", False),
        ("第1段", "B. 乙", True),
    ]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (run("<w:t>甲</w:t><w:tab/><w:t>乙</w:t>"), "甲\t乙"),
        (run("<w:t>A</w:t><w:noBreakHyphen/><w:t>B</w:t>"), "A-B"),
        (run("<w:t>甲</w:t><w:softHyphen/><w:t>乙</w:t>"), "甲乙"),
        (run("<w:t> 甲 </w:t><w:t> 乙</w:t>"), "甲乙"),
        (run("<w:t>甲\u200b乙</w:t>"), "甲乙"),
        (f"<w:ins>{r('甲')}</w:ins><w:del>{run('<w:delText>丙</w:delText>')}</w:del>", "甲"),
        (f"<w:moveFrom>{r('丙')}</w:moveFrom><w:moveTo>{r('甲')}</w:moveTo>", "甲"),
        (f'<w:hyperlink r:id="rId7">{r("甲")}</w:hyperlink>', "甲"),
        (f"<w:smartTag><w:customXml>{r('甲')}</w:customXml></w:smartTag>", "甲"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{r('甲')}</w:sdtContent></w:sdt>", "甲"),
        (f'<w:fldSimple w:instr=" REF a ">{r("甲")}</w:fldSimple>', "甲"),
        (
            run('<w:fldChar w:fldCharType="begin"/>')
            + run("<w:instrText>HYPERLINK x</w:instrText>")
            + run('<w:fldChar w:fldCharType="separate"/>')
            + r("甲")
            + run('<w:fldChar w:fldCharType="end"/>')
            + r("乙"),
            "甲乙",
        ),
        (
            run(
                "<w:ruby><w:rubyPr/><w:rt><w:r><w:t>jiǎ</w:t></w:r></w:rt>"
                "<w:rubyBase><w:r><w:t>甲</w:t></w:r></w:rubyBase></w:ruby>"
            ),
            "甲",
        ),
        (r("甲") + run('<w:footnoteReference w:id="2"/>') + run('<w:commentReference w:id="1"/>'), "甲"),
        (r("CO") + r("2", '<w:vertAlign w:val="subscript"/>'), "CO₂"),
        (r("10 m") + r("3", '<w:vertAlign w:val="superscript"/>'), "10 m³"),
        (r("10") + r("-6", '<w:vertAlign w:val="superscript"/>'), "10⁻⁶"),
        (r("2") + r("n", '<w:vertAlign w:val="superscript"/>'), "2ⁿ"),
        (r("2") + r("x", '<w:vertAlign w:val="superscript"/>'), "2^x"),
        (r("绿答") + r("TM", '<w:vertAlign w:val="superscript"/>'), "绿答TM"),
        ("<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>", "x=1"),
    ],
)
def test_what_a_reader_of_the_page_sees_is_what_is_read(inside: str, text: str) -> None:
    data = docx(p(inside))
    assert shown(data) == [text]
    assert doubts(data) == []


def test_a_paragraph_whose_mark_is_deleted_goes_on_in_the_next() -> None:
    data = docx(p("上半句", more="<w:rPr><w:del/></w:rPr>"), p("下半句"), p("又一句"))
    assert shown(data) == ["上半句下半句", "又一句"]


def test_hidden_text_is_not_read_and_that_is_said_once() -> None:
    hidden = r("答案：B", "<w:vanish/>")
    data = docx(*QUESTION, p(hidden), p("2. 还有哪个？"), p("A. 甲"), p("B. 乙", hidden), p("答案：A"))
    assert "答案：B" not in shown(data)[4:]
    assert sum("隐藏" in warning for warning in warnings(read_bank(data))) == 1


def test_text_that_is_struck_out_is_read_with_a_warning_beside_its_question() -> None:
    data = docx(p("1. 下列哪种灯更省电？"), p("A. 白炽", r("电", "<w:strike/>"), "灯"), *QUESTION[2:])
    bank = read_bank(data)
    assert texts(only(bank)) == ["白炽电灯", "节能灯"]
    told = next(warning for warning in warnings(bank) if "删除线" in warning)
    assert told.startswith("第1段：第2段有加了删除线")


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>", "1/2"),
        ("<m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>c</m:t></m:r></m:den></m:f>", "(a+b)/c"),
        ("<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>", "x²"),
        ("<m:sSub><m:e><m:r><m:t>a</m:t></m:r></m:e><m:sub><m:r><m:t>k</m:t></m:r></m:sub></m:sSub>", "a_k"),
        ("<m:rad><m:deg/><m:e><m:r><m:t>3</m:t></m:r></m:e></m:rad>", "√3"),
        ("<m:d><m:e><m:r><m:t>a</m:t></m:r></m:e></m:d>", "(a)"),
    ],
)
def test_a_formula_becomes_a_line_and_is_to_be_looked_at(formula: str, text: str) -> None:
    data = docx(p("求 ", f"<m:oMath>{formula}</m:oMath>", "。"))
    assert shown(data) == [f"求 {text}。"]
    assert "公式" in doubts(data)[0]


@pytest.mark.parametrize(
    ("instruction", "text", "doubtful"),
    [
        (r"EQ \f(1,2)", "1/2", True),
        (r"eq \o\ac(○,A)", "A", False),
        (r'EQ \* jc2 \* "Font:宋体" \* hps10 \o\ad(\s\up 9(jiǎ),甲)', "甲", False),
        (r"EQ \r(2,x)", "", True),
    ],
)
def test_formulas_in_fields_are_read_where_they_are_simple_and_told_otherwise(
    instruction: str, text: str, doubtful: bool
) -> None:
    begin, end = (run(f'<w:fldChar w:fldCharType="{kind}"/>') for kind in ("begin", "end"))
    data = docx(p("甲", begin, run(f"<w:instrText>{instruction}</w:instrText>"), end, "乙"))
    assert shown(data) == [f"甲{text}乙"]
    assert bool(doubts(data)) == doubtful


def test_a_field_that_never_ends_does_not_swallow_the_rest() -> None:
    data = docx(p(run('<w:fldChar w:fldCharType="begin"/>'), run("<w:instrText>REF x</w:instrText>")), p("甲"))
    assert shown(data) == ["甲"]


@pytest.mark.parametrize(
    ("symbol", "text"),
    [
        ('<w:sym w:font="Wingdings" w:char="F0FC"/>', "√"),
        ('<w:sym w:font="Wingdings" w:char="F0FB"/>', "×"),
        ('<w:sym w:font="Wingdings" w:char="F0FE"/>', "☑"),
        ('<w:sym w:font="Wingdings 2" w:char="F052"/>', "☑"),
        ('<w:sym w:font="Wingdings 2" w:char="0052"/>', "☑"),
        ('<w:sym w:font="Wingdings" w:char="F0A8"/>', "□"),
        ('<w:sym w:font="Wingdings" w:char="F06F"/>', "□"),
        ('<w:sym w:font="Symbol" w:char="F0B0"/>', "°"),
        ('<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>\xfc</w:t>', "√"),
        ('<w:rPr><w:rFonts w:ascii="Wingdings 2"/></w:rPr><w:t>\uf050</w:t>', "√"),
        ("<w:t>\uf0fc</w:t>", "√"),
    ],
)
def test_characters_of_symbol_fonts_are_what_they_show(symbol: str, text: str) -> None:
    data = docx(p(run(symbol), "甲"))
    assert shown(data) == [f"{text}甲"]
    assert doubts(data) == []


def test_a_symbol_that_nobody_knows_is_told() -> None:
    data = docx(p(run('<w:sym w:font="Webdings" w:char="F04E"/>'), "甲"))
    assert "符号" in doubts(data)[0]


@pytest.mark.parametrize(
    ("box", "text"),
    [
        ('<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr>'
         "<w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt>", "☑"),
        ('<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="0"/></w14:checkbox></w:sdtPr>'
         "<w:sdtContent><w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>", "□"),
        (run('<w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar>')
         + run('<w:fldChar w:fldCharType="end"/>'), "☑"),
    ],
)  # fmt: skip
def test_boxes_to_tick_show_whether_they_are_ticked(box: str, text: str) -> None:
    assert shown(docx(p(box, "甲"))) == [f"{text}甲"]


def test_a_text_box_is_read_once_and_after_its_paragraph() -> None:
    inside = f"<w:txbxContent>{p('框里')}</w:txbxContent>"
    drawn = f"<w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing>"
    both = (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{drawn}</mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{inside}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    )
    data = docx(p("框外", run(both)), p("后面"))
    assert [(line.where, line.text) for line in lines(data)] == [
        ("第1段", "框外"),
        ("第1段", "框里"),
        ("第2段", "后面"),
    ]


def test_a_kind_of_drawing_that_is_not_known_shows_what_its_writer_put_for_older_programs() -> None:
    both = (
        '<mc:AlternateContent><mc:Choice Requires="w16se"><w:t>？</w:t></mc:Choice>'
        "<mc:Fallback><w:t>✅</w:t></mc:Fallback></mc:AlternateContent>"
    )
    assert shown(docx(p(run(both), "甲"))) == ["✅甲"]


def test_a_table_of_contents_is_no_text() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="10"><w:name w:val="toc 1"/></w:style>'
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    contents = f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{p('第一章……1')}</w:sdtContent></w:sdt>"
    assert shown(docx(contents, p("第二章……2", style="10"), p("第一章"), styles=styles)) == ["第一章"]


def test_headings_have_their_level_by_style_or_by_themselves() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/>'
        '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="a"><w:basedOn w:val="1"/></w:style>'
    )
    data = docx(
        p("一", style="1"),
        p("二", style="a"),
        p("三", more='<w:outlineLvl w:val="2"/>'),
        p("四", style="1", more='<w:outlineLvl w:val="9"/>'),
        p("五"),
        styles=styles,
    )
    assert [line.heading for line in lines(data)] == [1, 1, 3, 0, 0]


# Automatic numbering


@pytest.mark.parametrize(
    ("form", "text", "labels"),
    [
        ("decimal", "%1.", ["1.", "2.", "3."]),
        ("decimal", "第%1题", ["第1题", "第2题", "第3题"]),
        ("upperLetter", "%1、", ["A、", "B、", "C、"]),
        ("lowerLetter", "（%1）", ["（a）", "（b）", "（c）"]),
        ("upperRoman", "%1", ["I", "II", "III"]),
        ("lowerRoman", "%1)", ["i)", "ii)", "iii)"]),
        ("chineseCounting", "%1、", ["一、", "二、", "三、"]),
        ("chineseCountingThousand", "第%1章", ["第一章", "第二章", "第三章"]),
        ("japaneseCounting", "%1、", ["一、", "二、", "三、"]),
        ("ideographDigital", "%1、", ["一、", "二、", "三、"]),
        ("ideographTraditional", "%1、", ["甲、", "乙、", "丙、"]),
        ("decimalFullWidth", "%1．", ["１．", "２．", "３．"]),
        ("decimalEnclosedCircle", "%1", ["①", "②", "③"]),
        ("decimalEnclosedCircleChinese", "%1", ["①", "②", "③"]),
        ("decimalZero", "%1", ["01", "02", "03"]),
    ],
)
def test_automatic_numbers_stand_in_front_as_word_shows_them(form: str, text: str, labels: list[str]) -> None:
    data = docx(*[p("甲", numbered=(1, 0)) for _ in labels], numbering=abstract(0, level(form, text)) + listed(1, 0))
    assert [(line.text[: line.automatic], line.text) for line in lines(data)] == [
        (f"{label} ", f"{label} 甲") for label in labels
    ]


@pytest.mark.parametrize("form", ["bullet", "none"])
def test_bullets_are_no_numbers(form: str) -> None:
    text = "\uf0b7" if form == "bullet" else ""
    data = docx(p("甲", numbered=(1, 0)), numbering=abstract(0, level(form, text)) + listed(1, 0))
    assert [(line.text, line.automatic) for line in lines(data)] == [("甲", 0)]


def test_a_label_that_nothing_separates_stands_close() -> None:
    numbering = abstract(0, level("upperLetter", "%1.", '<w:suff w:val="nothing"/>')) + listed(1, 0)
    assert shown(docx(p("甲", numbered=(1, 0)), numbering=numbering)) == ["A.甲"]


def test_options_are_lettered_anew_under_each_question() -> None:
    numbering = abstract(0, level("decimal", "%1."), level("upperLetter", "%2.")) + listed(1, 0)
    data = docx(
        p("哪个？", numbered=(1, 0)),
        p("甲", numbered=(1, 1)),
        p("乙", numbered=(1, 1)),
        p("还有哪个？", numbered=(1, 0)),
        p("丙", numbered=(1, 1)),
        numbering=numbering,
    )
    assert shown(data) == ["1. 哪个？", "A. 甲", "B. 乙", "2. 还有哪个？", "A. 丙"]


def test_lists_made_from_one_definition_count_on_together_unless_one_starts_anew() -> None:
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering = abstract(0, level("decimal", "%1.")) + listed(1, 0) + listed(2, 0) + listed(3, 0, start)
    data = docx(*[p("题", numbered=(name, 0)) for name in (1, 1, 2, 3, 3, 1)], numbering=numbering)
    assert shown(data) == ["1. 题", "2. 题", "3. 题", "1. 题", "2. 题", "3. 题"]


def test_a_list_may_show_a_level_in_its_own_way() -> None:
    own = f'<w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0">{level("upperLetter", "%1)")}</w:lvl></w:lvlOverride>'
    numbering = abstract(0, level("decimal", "%1.")) + listed(1, 0, own)
    assert shown(docx(p("甲", numbered=(1, 0)), numbering=numbering)) == ["A) 甲"]


def test_numbers_of_higher_levels_are_shown_and_in_legal_style_as_digits() -> None:
    levels = level("chineseCounting", "%1、"), level("decimal", "%1.%2", "<w:isLgl/>"), level("decimal", "%1.%2.%3")
    numbering = abstract(0, *levels) + listed(1, 0)
    data = docx(*[p("甲", numbered=(1, at)) for at in (0, 1, 1, 0, 1, 2)], numbering=numbering)
    assert shown(data) == ["一、 甲", "1.1 甲", "1.2 甲", "二、 甲", "2.1 甲", "二.1.1 甲"]


def test_a_level_that_never_restarts_counts_through_the_sections() -> None:
    never = '<w:lvlRestart w:val="0"/>'
    numbering = abstract(0, level("chineseCounting", "%1、"), level("decimal", "%2.", never)) + listed(1, 0)
    data = docx(*[p("甲", numbered=(1, at)) for at in (0, 1, 1, 0, 1)], numbering=numbering)
    assert shown(data) == ["一、 甲", "1. 甲", "2. 甲", "二、 甲", "3. 甲"]


def test_numbering_comes_through_styles_and_their_ancestors_and_may_be_switched_off() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="q"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="o"><w:basedOn w:val="q"/>'
        '<w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    numbering = abstract(0, level("decimal", "%1."), level("upperLetter", "%2.")) + listed(1, 0)
    off = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    data = docx(
        p("哪个？", style="q"),
        p("甲", style="o"),
        p("说明", style="q", more=off),
        p("还有？", style="q"),
        styles=styles,
        numbering=numbering,
    )
    assert shown(data) == ["1. 哪个？", "A. 甲", "说明", "2. 还有？"]


def test_a_level_that_belongs_to_a_style_numbers_it() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="o"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    levels = level("decimal", "%1."), level("upperLetter", "%2.", '<w:pStyle w:val="o"/>')
    assert shown(docx(p("甲", style="o"), styles=styles, numbering=abstract(0, *levels) + listed(1, 0))) == ["A. 甲"]


def test_a_list_may_be_what_a_numbering_style_says() -> None:
    styles = (
        '<w:style w:type="numbering" w:styleId="n"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    )
    numbering = (
        abstract(0, more='<w:numStyleLink w:val="n"/>')
        + abstract(1, level("upperLetter", "%1."), more='<w:styleLink w:val="n"/>')
        + listed(1, 0)
        + listed(2, 1)
    )
    assert shown(docx(p("甲", numbered=(1, 0)), styles=styles, numbering=numbering)) == ["A. 甲"]


def test_empty_numbered_paragraphs_count_but_show_nothing_and_vanished_ones_do_not_count() -> None:
    numbering = abstract(0, level("decimal", "%1.")) + listed(1, 0)
    vanished = p(r("无", "<w:vanish/>"), numbered=(1, 0), more="<w:rPr><w:vanish/></w:rPr>")
    data = docx(p("甲", numbered=(1, 0)), p(numbered=(1, 0)), vanished, p("乙", numbered=(1, 0)), numbering=numbering)
    assert shown(data) == ["1. 甲", "3. 乙"]


def test_styles_that_go_in_circles_and_lists_that_are_missing_do_no_harm() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="x"><w:basedOn w:val="y"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="y"><w:basedOn w:val="x"/></w:style>'
    )
    assert shown(docx(p("甲", style="x", numbered=(9, 0)), styles=styles)) == ["甲"]


# Marks


@pytest.mark.parametrize(
    "look",
    [
        '<w:color w:val="FF0000"/>',
        '<w:color w:val="0070C0"/>',
        '<w:color w:val="auto" w:themeColor="accent2"/>',
        '<w:highlight w:val="yellow"/>',
        '<w:shd w:val="clear" w:fill="FFFF00"/>',
        "<w:b/>",
        '<w:u w:val="single"/>',
        '<w:u w:val="double"/>',
        '<w:em w:val="dot"/>',
        '<w:bdr w:val="single"/>',
    ],
)
def test_what_is_set_apart_is_marked(look: str) -> None:
    assert marked(docx(p("A. 白炽灯 一般不用了"), p("B. ", r("节能灯", look)), p("C. 蜡烛 很少用"))) == ["节能灯"]


@pytest.mark.parametrize(
    "look",
    [
        '<w:color w:val="auto"/>',
        '<w:color w:val="000000"/>',
        '<w:color w:val="333333"/>',
        '<w:color w:val="FF0000" w:themeColor="text1"/>',
        '<w:highlight w:val="none"/>',
        '<w:shd w:val="clear" w:fill="FFFFFF"/>',
        '<w:shd w:val="clear" w:color="auto" w:fill="auto"/>',
        '<w:b w:val="0"/>',
        '<w:u w:val="none"/>',
        "<w:i/>",
    ],
)
def test_what_looks_like_any_other_text_is_not_marked(look: str) -> None:
    assert marked(docx(p("A. 白炽灯"), p("B. ", r("节能灯", look)))) == []


def test_a_look_that_the_whole_document_has_marks_nothing() -> None:
    assert marked(docx(*[p(bold(f"{letter}. 很长的一个选项")) for letter in "ABCDEFG"], p("H. 短"))) == []
    assert marked(docx(*[p(red("很长的一段红色文字")) for _ in range(9)], p(r("蓝", '<w:color w:val="0000FF"/>')))) == [
        "蓝"
    ]


def test_marks_come_through_styles_of_characters_and_paragraphs() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="c"><w:rPr><w:color w:val="C00000"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="s"><w:rPr><w:b/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="b"><w:rPr><w:b/></w:rPr></w:style>'
    )
    body = (
        p("A. 普通的文字，普通的文字，普通的文字"),
        p("B. ", r("红的", '<w:rStyle w:val="c"/>')),
        p("C. 粗的", style="s"),
        p("D. 粗的", r("又不粗", '<w:rStyle w:val="b"/>'), style="s"),
    )
    assert marked(docx(*body, styles=styles)) == ["红的", "C. 粗的", "D. 粗的"]


def test_marks_of_runs_side_by_side_are_one() -> None:
    data = docx(p("A. 普通的文字，普通的文字"), p("B. ", red("节"), red(" "), r(" "), bold("能"), red("灯 ")))
    assert marked(data) == ["节  能灯"]


def test_a_links_colour_marks_nothing() -> None:
    blue = r("链接", '<w:color w:val="0563C1"/><w:u w:val="single"/>')
    begin, separate, end = (run(f'<w:fldChar w:fldCharType="{kind}"/>') for kind in ("begin", "separate", "end"))
    link = f"{begin}{run('<w:instrText> HYPERLINK x</w:instrText>')}{separate}{blue}{end}"
    assert marked(docx(p("普通的文字，普通的文字", link))) == []
    assert marked(docx(p("普通的文字，普通的文字", f"<w:hyperlink>{blue}</w:hyperlink>"))) == []


def test_spans_count_from_the_start_of_the_label() -> None:
    numbering = abstract(0, level("upperLetter", "%1.")) + listed(1, 0)
    found = lines(docx(p("白炽灯，早就不用了"), p(red("节能灯"), numbered=(1, 0)), numbering=numbering))[1]
    assert (found.text, found.automatic, found.marked) == ("A. 节能灯", 3, ((3, 6),))


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ((under("      "),), "是____度"),
        ((under("\t"),), "是____度"),
        ((under("  "), under("　")), "是____度"),
        ((under(" "),), "是 度"),
        (("（", under("    "), "）"), "是（    ）度"),
    ],
)
def test_underlined_space_is_a_blank(inside: tuple[str, ...], text: str) -> None:
    data = docx(p("是", *inside, "度"))
    assert shown(data) == [text]
    assert marked(data) == []


def test_an_underlined_word_is_marked_without_the_space_around_it() -> None:
    data = docx(p("夏季空调温度不低于", under("  26  "), "℃，这是普通的文字"))
    assert shown(data) == ["夏季空调温度不低于  26  ℃，这是普通的文字"]
    assert marked(data) == ["26"]


# Tables


BANK = (
    ("题型", "题目", "选项A", "选项B", "答案"),
    ("单选题", "下列哪种灯更省电？", "白炽灯", "节能灯", "B"),
    ("单选题", "空调夏季设多少度合适？", "26 ℃", "18 ℃", "A"),
)


def test_a_table_of_questions_is_read_as_such() -> None:
    bank = read_bank(docx(p("节能题库"), table(*BANK)))
    assert bank.format == "docx"
    assert answers(bank) == [("B",), ("A",)]
    assert [question.where for question in bank.questions] == ["第1个表格第2行", "第1个表格第3行"]
    assert bank.problems == ()


def test_tables_and_text_keep_the_order_of_the_document() -> None:
    more = (p("2. 节水的是？"), p("A. 节水龙头"), p("B. 长流水"), p("答案：A"))
    bank = read_bank(docx(*QUESTION, table(*BANK), *more))
    assert [question.stem[:2] for question in bank.questions] == ["下列", "下列", "空调", "节水"]


def test_a_heading_above_a_table_says_what_kind_its_questions_are() -> None:
    rows = (("题目", "答案"), ("空调越冷越省电。", "A"), ("随手关灯可以节电。", "B"))
    bank = read_bank(docx(p("判断题（A为正确，B为错误）"), table(*rows)))
    assert kinds(bank) == ["true_false", "true_false"]
    assert answers(bank) == [("true",), ("false",)]


def test_cells_merged_downwards_hold_for_all_their_rows() -> None:
    def merged(text: str, value: str) -> str:
        return f'<w:tc><w:tcPr><w:vMerge w:val="{value}"/></w:tcPr>{p(text)}</w:tc>'

    rows = (
        ("分类", "题目", "选项A", "选项B", "答案"),
        (merged("节电", "restart"), "下列哪种灯更省电？", "白炽灯", "节能灯", "B"),
        (merged("", "continue"), "空调夏季设多少度合适？", "26 ℃", "18 ℃", "A"),
    )
    assert [question.category for question in read_bank(docx(table(*rows))).questions] == ["节电", "节电"]


def test_cells_over_several_columns_keep_the_columns_behind_them_in_place() -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="5"/></w:tcPr>{p("一、单选题")}</w:tc>'
    bank = read_bank(docx(table(BANK[0], [wide], *BANK[1:])))
    assert answers(bank) == [("B",), ("A",)]


def test_answers_that_only_a_colour_shows_are_taken_from_a_tables_cells() -> None:
    rows = (
        ("题目", "A", "B", "C"),
        ("下列哪种灯更省电？", "白炽灯", p(red("节能灯")), "蜡烛"),
        ("哪些能节水？", p(red("节水龙头")), "长流水", p(red("一水多用"))),
        ("空调夏季设多少度合适？", "26 ℃", "18 ℃", "16 ℃"),
    )
    bank = read_bank(docx(table(*rows)))
    assert answers(bank) == [("B",), ("A", "C"), ()]
    assert any("颜色" in warning for warning in warnings(bank))


def test_a_column_that_is_nothing_but_automatic_numbers_gives_the_numbers() -> None:
    numbering = abstract(0, level("decimal", "%1.", start=7)) + listed(1, 0)
    rows = [("序号", *BANK[0]), *((p(numbered=(1, 0)), *row) for row in BANK[1:])]
    bank = read_bank(docx(table(*rows), numbering=numbering))
    assert [question.number for question in bank.questions] == ["7", "8"]


def test_any_other_table_is_text_its_cells_side_by_side() -> None:
    data = docx(table(("题号", "1", "2"), ("答案", "A", "")), table((p("甲") + p("乙"),)))
    assert [(line.where, line.text) for line in lines(data)] == [
        ("第1个表格第1行", "题号\t1\t2"),
        ("第1个表格第2行", "答案\tA"),
        ("第2个表格第1行", "甲"),
        ("第2个表格第1行", "乙"),
    ]


def test_a_key_in_a_table_answers_the_questions_above() -> None:
    body = [p("一、单选题"), *QUESTION[:3], p("2. 节水的是？"), p("A. 节水龙头"), p("B. 长流水"), p("参考答案")]
    bank = read_bank(docx(*body, table(("题号", "1", "2"), ("答案", "B", "A"))))
    assert answers(bank) == [("B",), ("A",)]
    assert errors(bank) == []


def test_a_table_that_only_arranges_questions_on_the_page_is_read_through() -> None:
    one = "".join(QUESTION)
    other = "".join((p("2. 节水的是？"), p("A. 节水龙头"), p("B. 长流水"), p("答案：A")))
    bank = read_bank(docx(table((one, other))))
    assert answers(bank) == [("B",), ("A",)]
    nested = read_bank(docx(table((table(*BANK) + p(),))))
    assert answers(nested) == [("B",), ("A",)]
    assert nested.questions[0].where == "第1个表格第1行里的表格第2行"


def test_the_parts_of_a_question_may_stand_below_each_other() -> None:
    def upright(*texts_of: str) -> list[tuple[str, str]]:
        return list(zip(("题目", "选项A", "选项B", "答案"), texts_of, strict=True))

    first, second = (row[1:] for row in BANK[1:])
    apart = docx(p("第1题"), table(*upright(*first)), p("第2题"), table(*upright(*second)))
    together = docx(table(*upright(*first), *upright(*second)))
    beside = docx(
        table(*[(name, one, other) for (name, one), (_, other) in zip(upright(*first), upright(*second), strict=True)])
    )
    for data in (apart, together, beside):
        bank = read_bank(data)
        assert answers(bank) == [("B",), ("A",)]
        assert texts(bank.questions[1]) == ["26 ℃", "18 ℃"]
        assert bank.problems == ()


def test_numbered_text_beside_a_table_of_questions_that_is_no_question_is_told_once() -> None:
    bank = read_bank(docx(table(*BANK), p("1. 请用黑色签字笔作答。"), p("2. 保持卷面整洁。")))
    assert len(bank.questions) == 2
    assert sum("看不出是题目" in warning for warning in warnings(bank)) == len(bank.problems)


def test_a_row_that_tracked_changes_have_deleted_is_gone() -> None:
    gone = f"<w:tr><w:trPr><w:del/></w:trPr>{''.join(f'<w:tc>{p(text)}</w:tc>' for text in BANK[1])}</w:tr>"
    data = docx(table(*BANK).replace("</w:tbl>", f"{gone}</w:tbl>"))
    assert len(read_bank(data).questions) == 2


def test_a_column_may_be_named_over_the_header() -> None:
    rows = (("题目", "选项A", "选项B", "答案", "定稿"), ("下列哪种灯更省电？", "白炽灯", "节能灯", "A", "B"))
    assert answers(read_bank(docx(table(*rows)), columns={"答案": "定稿"})) == [("B",)]


# Pictures


PICTURE = {"related": (("rId9", "image", "media/image1.png"),), "parts": {"word/media/image1.png": png()}}


def test_pictures_stay_with_their_lines_and_come_with_the_bank() -> None:
    body = (p("1. 图中是什么灯？", picture(alt="一盏灯")), p("A. 白炽灯"), p("B. 节能灯"), p("答案：B"))
    data = docx(*body, related=PICTURE["related"], parts=PICTURE["parts"])
    (held,) = lines(data)[0].pictures
    assert held.alt == "一盏灯"
    bank = read_bank(data)
    assert only(bank).pictures == (held,)
    assert bank.pictures[held.sha256] == png()


def test_a_paragraph_that_is_only_a_picture_is_a_line() -> None:
    found = lines(docx(p(picture()), related=PICTURE["related"], parts=PICTURE["parts"]))
    assert [(line.text, len(line.pictures)) for line in found] == [("", 1)]


def test_pictures_in_a_table_belong_to_the_question_of_the_row_and_the_option_of_the_column() -> None:
    rows = (BANK[0], ("单选题", p("图中哪个更省电？", picture()), p("白炽灯", picture()), "节能灯", "B"))
    bank = read_bank(docx(table(*rows), related=PICTURE["related"], parts=PICTURE["parts"]))
    assert [held.place for held in only(bank).pictures] == ["", "A"]


def test_older_pictures_are_kept_too() -> None:
    old = run('<w:pict><v:shape><v:imagedata r:id="rId9" o:title="灯"/></v:shape></w:pict>')
    (line,) = lines(docx(p(old), related=PICTURE["related"], parts=PICTURE["parts"]))
    assert line.pictures[0].alt == "灯"


def test_a_picture_that_no_browser_shows_is_told_beside_its_question() -> None:
    body = (p("1. 图中的公式是？", picture()), p("A. 甲"), p("B. 乙"), p("答案：B"))
    bank = read_bank(docx(*body, related=[("rId9", "image", "media/1.wmf")], parts={"word/media/1.wmf": WMF}))
    told = next(warning for warning in warnings(bank) if "WMF" in warning)
    assert told.startswith("第1段：第1段有一张 WMF 图片")


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("http://example.com/a.png", "链接"),
        ("file:///etc/passwd", "链接"),
        ("../../../../etc/passwd", "找不到"),
        ("/../etc/passwd", "找不到"),
        ("..\\..\\secret.png", "找不到"),
        ("media/missing.png", "找不到"),
    ],
)
def test_a_picture_outside_the_file_is_never_fetched_and_is_told(target: str, word: str) -> None:
    found = doubts(docx(p("甲", picture()), related=[("rId9", "image", target)]))
    assert len(found) == 1
    assert word in found[0]


@pytest.mark.parametrize(
    ("drawing", "word"),
    [
        ('<w:object><o:OLEObject ProgID="Equation.3"/></w:object>', "Equation.3"),
        ("<w:object><w:control/></w:object>", "对象"),
        ('<w:drawing><c:chart r:id="rId5"/></w:drawing>', "图表"),
        ("<w:pict><v:group><v:line/></v:group></w:pict>", "图形"),
    ],
)
def test_what_is_drawn_and_cannot_be_shown_is_told(drawing: str, word: str) -> None:
    assert word in doubts(docx(p("甲", run(drawing))))[0]


# Packages of all kinds


HTML = "<html><body><p>1. 下列哪种灯更省电？</p><p>A. 白炽灯</p><p>B. 节能灯</p><p>答案：B</p></body></html>"
MHT = (
    "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
    'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    f"{base64.b64encode(HTML.replace('？', '？<img src=a.png>').encode()).decode()}\r\n--x\r\n"
    "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: file:///C:/a.png\r\n\r\n"
    f"{base64.b64encode(png()).decode()}\r\n--x--\r\n"
)


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("afchunk.html", HTML.encode()),
        ("afchunk.html", HTML.encode("gbk")),
        ("afchunk.mht", MHT.encode()),
        ("afchunk.docx", docx(*QUESTION)),
        ("afchunk.txt", "1. 下列哪种灯更省电？\nA. 白炽灯\nB. 节能灯\n答案：B".encode()),
    ],
)
def test_a_document_within_the_document_is_read_in_its_place(name: str, held: bytes) -> None:
    chunk = '<w:altChunk r:id="rId9"/>'
    data = docx(p("题库"), chunk, p("完"), related=[("rId9", "aFChunk", name)], parts={f"word/{name}": held})
    assert answers(read_bank(data)) == [("B",)]
    assert [(line.where, line.text) for line in lines(data)][:2] == [
        ("第1段", "题库"),
        ("第2段里第1段", "1. 下列哪种灯更省电？"),
    ]
    assert shown(data)[-1] == "完"


def test_pictures_of_a_document_within_come_along() -> None:
    related, parts = [("rId9", "aFChunk", "a.mht")], {"word/a.mht": MHT.encode()}
    assert len(read_bank(docx('<w:altChunk r:id="rId9"/>', related=related, parts=parts)).pictures) == 1


@pytest.mark.parametrize("target", ["http://example.com/a.html", "../../a.html", "a.rtf", "missing.html"])
def test_a_document_within_that_cannot_be_read_is_told(target: str) -> None:
    chunk = '<w:altChunk r:id="rId9"/>'
    data = docx(*QUESTION, chunk, related=[("rId9", "aFChunk", target)], parts={"word/a.rtf": b"{\\rtf1 x}"})
    assert any("嵌着另一份文件" in warning for warning in warnings(read_bank(data)))


def test_documents_within_documents_come_to_an_end() -> None:
    data = docx(*QUESTION)
    for _ in range(6):
        data = docx(
            p("又一层"),
            '<w:altChunk r:id="rId9"/>',
            related=[("rId9", "aFChunk", "a.docx")],
            parts={"word/a.docx": data},
        )
    assert any("嵌着另一份文件" in doubt for doubt in doubts(data))


def test_the_main_part_may_have_any_name() -> None:
    assert len(read_bank(docx(*QUESTION, main="word/document2.xml")).questions) == 1
    assert len(read_bank(docx(*QUESTION, main="content/main.xml")).questions) == 1


def test_names_with_backslashes_and_capitals_are_the_same_names() -> None:
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels\\.rels": relations(("a", "officeDocument", "/Word/Document.xml")),
        "word\\document.xml": xml("document", f"<w:body>{''.join(QUESTION)}</w:body>"),
    }
    assert len(read_bank(zipped(parts)).questions) == 1


def test_the_strict_kind_of_word_file_is_read() -> None:
    strict = {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "wordprocessingml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "officeDocument/relationships",
        "http://schemas.openxmlformats.org/drawingml/2006/main": "drawingml/main",
    }
    whole = xml("document", f"<w:body>{p('1. 图中是？', picture())}{''.join(QUESTION[1:])}</w:body>")
    kinds_of_relations = relations(("rId1", "image", "media/image1.png")).replace("rId1", "rId9")
    for usual, name in strict.items():
        whole = whole.replace(usual, f"http://purl.oclc.org/ooxml/{name}")
        kinds_of_relations = kinds_of_relations.replace(usual, f"http://purl.oclc.org/ooxml/{name}")
    parts = {
        "word/document.xml": whole,
        "word/_rels/document.xml.rels": kinds_of_relations,
        "word/media/image1.png": png(),
    }
    assert len(only(read_bank(zipped(parts))).pictures) == 1


def test_a_prefix_is_only_a_prefix() -> None:
    whole = re.sub(r"(</?|\s|xmlns:)w:", r"\1word:", xml("document", f"<w:body>{''.join(QUESTION)}</w:body>"))
    whole = whole.replace("xmlns:w=", "xmlns:word=")
    assert len(read_bank(zipped({"word/document.xml": whole})).questions) == 1


def test_macros_are_never_looked_at() -> None:
    bank = read_bank(docx(*QUESTION, parts={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0 anything"}))
    assert answers(bank) == [("B",)]


# What is no bank


def _refused(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read_bank(data)
    return str(refused.value)


def test_a_document_without_questions_is_refused_with_what_to_do() -> None:
    assert "A. 选项" in _refused(docx(p("关于开展节能宣传周活动的通知"), p("各科室：")))
    assert "A. 选项" in _refused(docx())


def test_a_document_of_pictures_alone_is_refused_as_such() -> None:
    assert "图片" in _refused(docx(p(picture()), related=PICTURE["related"], parts=PICTURE["parts"]))


def test_entities_are_refused() -> None:
    bomb = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for declared in (bomb, outside):
        whole = xml("document", f"<w:body>{p('&a;')}</w:body>").replace("?>", f"?>{declared}", 1)
        assert "实体" in _refused(zipped({"word/document.xml": whole}))
        styled = docx(*QUESTION, parts={"word/styles.xml": f"<?xml version='1.0'?>{declared}<b>&a;</b>"})
        assert "实体" in _refused(styled)


@pytest.mark.parametrize(
    "parts",
    [
        {"word/document.xml": "<w:document"},
        {"word/document.xml": b"\xff\xfe\x00"},
        {"word/other.xml": "<a/>"},
        {"word/document.xml": "<a/>", "_rels/.rels": relations(("a", "officeDocument", "../../etc/passwd"))},
        {"word/document.xml": '<?xml version="1.0" encoding="nonsense"?><a/>'},
    ],
)
def test_a_damaged_document_is_refused(parts: dict[str, str | bytes]) -> None:
    assert "请" in _refused(zipped(parts))


def test_absurd_nesting_is_refused_or_read_but_never_a_crash() -> None:
    for tag in ("smartTag", "ins", "sdtContent"):
        deep = f"{f'<w:{tag}>' * 5_000}{r('甲')}{f'</w:{tag}>' * 5_000}"
        assert "损坏" in _refused(docx(f"<w:p>{deep}</w:p>"))
    tables = f"{'<w:tbl><w:tr><w:tc>' * 2_000}{p('甲')}{'</w:tc></w:tr></w:tbl>' * 2_000}"
    assert "损坏" in _refused(docx(tables))


def test_a_hundred_thousand_empty_paragraphs_are_nothing() -> None:
    bank = read_bank(docx("<w:p/>" * 100_000, *QUESTION))
    assert only(bank).where == "第100001段"


def test_a_table_with_absurd_spans_stays_small() -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="99999"/></w:tcPr>{p("甲")}</w:tc>'
    assert shown(docx(table([wide, wide], ["乙"]))) == ["甲", "乙"]


# Anything at all

_TAGS = re.findall(
    r"\w+",
    "p r t tab br tbl tr tc sdt sdtContent ins del moveTo hyperlink fldChar instrText fldSimple sym ruby rubyBase "
    "drawing pict object txbxContent altChunk AlternateContent Choice Fallback oMath f num den rad d blip imagedata "
    "pPr rPr b u",
)
_FRAGMENTS = re.findall(
    r"\S+", '<w:p> </w:p> <w:tbl> </w:tc> <w:r> 9 -1 w:numId %1%2%9 rId9 " < &#0; gridSpan vMerge <w:del>'
)

_SOUND = docx(
    *QUESTION,
    p("2. 题", numbered=(1, 0)),
    p(red("A. 甲"), run('<w:sym w:font="Wingdings" w:char="F0FC"/>'), style="a"),
    table(*BANK),
    p(picture(), run('<w:fldChar w:fldCharType="begin"/>'), "<m:oMath><m:f><m:num/><m:den/></m:f></m:oMath>"),
    '<w:altChunk r:id="rId8"/>',
    styles='<w:style w:type="paragraph" w:styleId="a"><w:basedOn w:val="a"/><w:rPr><w:b/></w:rPr></w:style>',
    numbering=abstract(0, level("decimal", "%1."), level("upperLetter", "%2.")) + listed(1, 0),
    related=[("rId9", "image", "media/1.png"), ("rId8", "aFChunk", "a.html")],
    parts={"word/media/1.png": png(), "word/a.html": HTML},
)
_NAMES = ["word/document.xml", "word/styles.xml", "word/numbering.xml", "word/_rels/document.xml.rels", "word/a.html"]


def _read_or_refused(data: bytes) -> Bank | None:
    try:
        return read_bank(data)
    except UnreadableFile:
        return None


@given(
    st.sampled_from(_NAMES),
    st.lists(
        st.tuples(
            st.floats(0, 1),
            st.integers(0, 40),
            st.one_of(
                st.sampled_from(_FRAGMENTS),
                st.text(max_size=4),
            ),
        ),
        min_size=1,
        max_size=4,
    ),
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_a_document_changed_at_random_is_a_bank_or_refused(name: str, changes: list[tuple[float, int, str]]) -> None:
    parts: dict[str, str | bytes] = dict(unpacked(_SOUND))
    content = unpacked(_SOUND)[name].decode()
    for place, length, instead in changes:
        at = int(place * len(content))
        content = content[:at] + instead + content[at + length :]
    parts[name] = content.encode("utf-8", "replace")
    bank = _read_or_refused(zipped(parts))
    assert bank is None or bank.format == "docx"


@given(st.lists(st.tuples(st.sampled_from(sorted(NAMESPACES)), st.sampled_from(_TAGS), st.booleans()), max_size=30))
@settings(max_examples=200)
def test_any_elements_in_a_body_are_a_bank_or_refused(found: list[tuple[str, str, bool]]) -> None:
    opened: list[str] = []
    body = ""
    for prefix, tag, down in found:
        body += f'<{prefix}:{tag} {prefix}:val="1" w:val="1" r:id="rId9">'
        opened.append(f"</{prefix}:{tag}>")
        if not down:
            body += f"甲{opened.pop()}{opened.pop() if opened else ''}"
    bank = _read_or_refused(docx(body + "".join(reversed(opened)), *QUESTION))
    assert bank is None or bank.questions
