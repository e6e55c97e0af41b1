"""Questions → a paper to print (docx, A4), with or without the key; with it, the same questions can be read again."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as Paper
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from PIL import Image

from questions.model import EXPLANATION, TRUE_FALSE_TEXTS, Kind, Question
from questions.readers.tables.template import BLANKS
from questions.review import blank_marks

SECTIONS = {
    Kind.SINGLE: "单选题",
    Kind.MULTIPLE: "多选题",
    Kind.TRUE_FALSE: "判断题",
    Kind.BLANK: "填空题",
    Kind.ESSAY: "简答题",
}
"""The kinds in the order of a paper."""
_ORDINALS = "一二三四五"
_BODY, _HEAD = "宋体", "黑体"
_LATIN = "Times New Roman"
_SIZE = Pt(10.5)
_WIDTH = Mm(170)
"""Of the text on an A4 page."""
TITLE, ABOUT, SECTION, STEM, OPTION, TWO, FOUR, KEY = (
    f"Paper {part}" for part in ("title", "about", "section", "stem", "option", "two options", "four options", "key")
)
_STYLES = {
    TITLE: (True, 18, 0, 8, 0),
    ABOUT: (False, 10.5, 0, 12, 0),
    SECTION: (True, 12, 14, 4, 0),
    STEM: (False, 10.5, 7, 0, 0),
    OPTION: (False, 10.5, 0, 0, 21),
    TWO: (False, 10.5, 0, 0, 21),
    FOUR: (False, 10.5, 0, 0, 21),
    KEY: (False, 9, 0, 0, 21),
}
"""Whether in the font of headings, its size, the space before and after, the indent: in points."""
_STOPS = {TWO: (2,), FOUR: (1, 2, 3)}
"""Where options begin, in quarters of a line."""
_LINE = 84
"""How many narrow characters fit on a line of options; a Chinese one is two wide."""
_LEAST_GAP = 4
_WIDEST_PICTURE = Mm(110)
_HIGHEST_PICTURE = Mm(80)
_DOTS_AN_INCH = 150
_LINES_FOR_AN_ESSAY = 6
_BRACKET = "（　　）"
_EPOCH = dt.datetime(2020, 1, 1)


def write_docx(
    questions: Sequence[Question], pictures: Mapping[str, bytes] | None = None, *, title: str = "试题", key: bool
) -> bytes:
    """A paper of all questions, grouped by kind and numbered through.

    `pictures`: SHA-256 → bytes of those that the questions name. With `key` the answer, explanation, category,
    difficulty, source and tags stand below each question, and `questions.readers.read_bank` reads the same questions;
    without, there is room for answers.
    """
    paper = _blank_paper(title)
    _line(paper, title, TITLE)
    _line(paper, "单位：______________　　姓名：______________　　得分：__________", ABOUT)
    number = 0
    held = [(kind, [question for question in questions if question.kind is kind]) for kind in SECTIONS]
    for ordinal, (kind, asked) in zip(_ORDINALS, [pair for pair in held if pair[1]], strict=False):
        _line(paper, f"{ordinal}、{SECTIONS[kind]}（共 {len(asked)} 题）", SECTION)
        for question in asked:
            number += 1
            _ask(_Place(paper, question, pictures or {}), number, key=key)
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


class _Place:
    """A question on the paper, and its pictures by the place that they belong to."""

    def __init__(self, paper: Paper, question: Question, pictures: Mapping[str, bytes]) -> None:
        self.paper, self.question = paper, question
        self._pictures = [(one.place, pictures[one.sha256]) for one in question.pictures if one.sha256 in pictures]

    def line(self, text: str, style: str) -> Paragraph:
        return _line(self.paper, text, style)

    def show(self, place: str, paragraph: Paragraph) -> None:
        """The pictures of a place, at the end of a paragraph."""
        for _, data in (pair for pair in self._pictures if pair[0] == place):
            with Image.open(BytesIO(data)) as image:
                width, height = (min(side / _DOTS_AN_INCH, 1e3) * 25.4 for side in image.size)
                shown = BytesIO(data)
                if image.format == "WEBP":  # which Word does not show everywhere
                    shown = BytesIO()
                    image.save(shown, "PNG")
            scale = min(1.0, _WIDEST_PICTURE / Mm(width), _HIGHEST_PICTURE / Mm(height))
            paragraph.add_run().add_picture(shown, width=int(Mm(width) * scale))

    def pictured(self, place: str) -> bool:
        return any(pair[0] == place for pair in self._pictures)


def _ask(place: _Place, number: int, *, key: bool) -> None:
    question = place.question
    stem = place.line(f"{number}. {question.stem if key else _with_room(question)}", STEM)
    if place.pictured(""):
        place.show("", place.line("", OPTION))
    lettered = [f"{option.letter}. {option.text}" for option in question.options]
    if any(place.pictured(option.letter) for option in question.options):
        for option, text in zip(question.options, lettered, strict=True):
            place.show(option.letter, place.line(text, OPTION))
    else:
        style, count = _fitting(lettered)
        for start in range(0, len(lettered), count):
            place.line("\t".join(lettered[start : start + count]), style)
    if key:
        for text in _key(question):
            line = place.line(text, KEY)
            if text.startswith("解析："):
                place.show(EXPLANATION, line)
    elif question.kind is Kind.ESSAY:
        stem.paragraph_format.space_after = Pt(10.5 * 2 * _LINES_FOR_AN_ESSAY)


def _with_room(question: Question) -> str:
    """The stem with a bracket to write the answer in, where it has none."""
    wanted = question.kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE}
    return f"{question.stem}{_BRACKET}" if wanted and not blank_marks(question.stem) else question.stem


def _key(question: Question) -> Iterator[str]:
    if question.answer:
        yield f"答案：{_ANSWERS[question.kind](question.answer)}"
    if question.explanation:
        yield f"解析：{question.explanation}"
    about = {
        "分类": question.category,
        "难度": question.difficulty,
        "标签": "、".join(question.tags),
        "来源": question.source,
    }
    if any(about.values()):
        yield "　".join(f"【{part}】{text}" for part, text in about.items() if text)


_ANSWERS: dict[Kind, Callable[[Sequence[str]], str]] = {
    Kind.SINGLE: "".join,
    Kind.MULTIPLE: "".join,
    Kind.TRUE_FALSE: lambda answer: TRUE_FALSE_TEXTS[answer[0]],
    Kind.BLANK: BLANKS.join,
    Kind.ESSAY: "\n".join,
}


def _fitting(options: Sequence[str]) -> tuple[str, int]:
    """The style of the lines of options, and how many stand on each: four or two where all of them are short."""
    widest = max(map(_width, options), default=0)
    lines = any("\n" in option or "\t" in option for option in options)
    choices = ((FOUR, 4), (TWO, 2))
    fit = (choice for choice in choices if not lines and widest + _LEAST_GAP <= _LINE // choice[1])
    return next(fit, (OPTION, 1))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def _line(paper: Paper, text: str, style: str) -> Paragraph:
    """A paragraph; line feeds within the text stay lines of it."""
    paragraph = paper.add_paragraph(_legal(text))
    # By its id, which is the name without spaces: to look a style up takes longer than all the rest.
    paragraph._p.style = style.replace(" ", "")
    return paragraph


def _legal(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(character for character in text if character in "\t\n" or character >= " ").translate(_ILLEGAL)


_ILLEGAL = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


def _blank_paper(title: str) -> Paper:
    paper = Document()
    about = paper.core_properties
    about.title, about.author, about.comments, about.created, about.modified = _legal(title), "", "", _EPOCH, _EPOCH
    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Length((Mm(210) - _WIDTH) // 2)
    page.top_margin = page.bottom_margin = Mm(20)
    _styles(paper)
    footer = page.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("第 ", "PAGE"), (" 页　共 ", "NUMPAGES"), (" 页", "")):
        footer.add_run(text)
        if field:
            number = OxmlElement("w:fldSimple")
            number.set(qn("w:instr"), field)
            footer._p.append(number)
    return paper


def _styles(paper: Paper) -> None:
    normal = paper.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    _font(normal, _BODY, _SIZE)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1.25
    made = {name: paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) for name in _STYLES}
    for name, style in made.items():
        assert isinstance(style, ParagraphStyle)
        style.base_style = normal
        style.hidden, style.quick_style = False, True
        head, size, before, after, indent = _STYLES[name]
        _font(style, _HEAD if head else _BODY, Pt(size))
        form = style.paragraph_format
        form.space_before, form.space_after, form.left_indent = Pt(before), Pt(after), Pt(indent)
        form.keep_together = True
        form.keep_with_next = name in {TITLE, SECTION, STEM}
        if name in {TITLE, ABOUT}:
            form.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for quarter in _STOPS.get(name, ()):
            form.tab_stops.add_tab_stop(Length(Pt(indent) + (_WIDTH - Pt(indent)) * quarter // 4))


def _font(style: ParagraphStyle, name: str, size: Length) -> None:
    """A Chinese font, named and not brought along; Latin letters keep theirs in running text."""
    style.font.name, style.font.size = (_LATIN if name == _BODY else name), size
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)
