"""The runs of a Word paragraph → words, with what they look like, their pictures and their symbols."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from questions.readers.documents.marks import Look, Words
from questions.readers.documents.word.formulas import M, formula_text, is_plain
from questions.readers.documents.word.package import R, W
from questions.readers.documents.word.page import IN_WORD, Field, Page
from questions.readers.documents.word.styles import Shown, with_properties
from questions.readers.documents.word.symbols import UNKNOWN, in_font, lowered, raised, symbol

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
ALTERNATIVES = _MC + "AlternateContent"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_V = "{urn:schemas-microsoft-com:vml}"
_O = "{urn:schemas-microsoft-com:office:office}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_VAL = W + "val"

_SAYING = (
    "pPr rPr del moveFrom delText delInstrText sectPr tblPr tblGrid trPr tcPr sdtPr sdtEndPr rt softHyphen "
    "footnoteReference endnoteReference commentReference annotationRef footnoteRef endnoteRef"
)
GONE = frozenset(W + name for name in _SAYING.split())
"""What says something about the text, or is no longer on the page."""
_PRIVATE = re.compile("[\uf000-\uf0ff]")
"""Where Word keeps the characters of symbol fonts."""
_EQUATION = re.compile(r"\s*EQ\s+(.*)", re.IGNORECASE | re.DOTALL)
_EQ_FRACTION = re.compile(r"\\f\(([^(),，]*)[,，]([^(),，]*)\)", re.IGNORECASE)
_EQ_CIRCLE = re.compile(r"\\o\\ac\([^(),，]*[,，]([^(),，]*)\)\s*", re.IGNORECASE)
_EQ_RUBY = re.compile(r"[^()]{0,80}\\o\\a[dc]\(\\s\\up ?\d{0,3}\([^()]*\)[,，]([^()]*)\)\s*", re.IGNORECASE)
_UNDERSTOOD = {"wps", "wpg", "wpc", "wp14", "w14", "a14"}
"""Prefixes of the extensions whose branch of an alternative is read."""
_DRAWN = {"wgp", "wpc", "group"}
_MOST_FIELDS = 20
"""How deep fields may lie in each other."""


@dataclass(slots=True)
class Runs:
    """Reads one paragraph into `words`; `ground` is the paragraph's own background."""

    page: Page
    words: Words
    style: str
    ground: str
    _linked: bool = field(init=False, default=False)
    """Within a hyperlink, whose colour and underlining mark nothing."""

    def inline(self, parent: Element) -> None:
        """All runs below an element."""
        for element in parent:
            read = _INLINE.get(element.tag)
            if read is not None:
                read(self, element)
            elif element.tag not in GONE:
                self.inline(element)

    def _hyperlink(self, element: Element) -> None:
        outside, self._linked = self._linked, True
        self.inline(element)
        self._linked = outside

    def _alternatives(self, element: Element) -> None:
        if (found := branch(element)) is not None:
            self.inline(found)

    def _control(self, element: Element) -> None:
        """A content control: what it holds, or the box that it ticks."""
        checked = element.find(f"{W}sdtPr/{_W14}checkbox/{_W14}checked")
        if checked is not None:
            self.words.add("☑" if checked.get(_W14 + "val", "1") not in {"0", "false"} else "□")
        elif (content := element.find(W + "sdtContent")) is not None:
            self.inline(content)

    def _formula(self, element: Element) -> None:
        self.words.add(formula_text(element))
        if not is_plain(element):
            self.page.doubt(f"有公式，已改写成一行文字；请核对，不对的{IN_WORD}改成文字或截图。")

    def _subdocument(self, _element: Element) -> None:
        self.page.doubt(f"链接着另一份文档，没有读入；{IN_WORD}把它的内容粘贴进来后再导入。")

    def _simple_field(self, element: Element) -> None:
        if equation := _EQUATION.fullmatch(element.get(W + "instr", "")):
            self._equation(equation[1])
        else:
            self.inline(element)

    def _run(self, element: Element) -> None:
        shown = self.page.styles.paragraph(self.style).shown
        properties = element.find(W + "rPr")
        if properties is not None:
            named = properties.find(W + "rStyle")
            if named is not None:
                shown = self.page.styles.run(self.style, named.get(_VAL, ""))
            shown = with_properties(shown, properties)
        look = shown.look
        if self._linked or any(map(_is_link, self.page.fields)):
            look = look._replace(colour="", under=False)
        if self.ground and not look.ground:
            look = look._replace(ground=self.ground)
        self._contents(element, shown, look)

    def _contents(self, run: Element, shown: Shown, look: Look) -> None:
        for element in run:
            tag = element.tag
            if tag == W + "t":
                self._text(_text(element), shown, look)
            elif (said := _CHARACTERS.get(tag)) is not None:
                self._put(said, shown, look)
            elif tag == W + "sym":
                self._put(_symbol(element), shown, look)
            elif tag in {W + "br", W + "cr"}:
                if not shown.hidden:
                    self.words.end_line()
            elif tag in _DRAWINGS:
                if not shown.hidden:
                    self._drawing(element)
            elif tag == ALTERNATIVES:
                if (found := branch(element)) is not None:
                    self._contents(found, shown, look)
            elif (read := _IN_RUN.get(tag)) is not None:
                read(self, element)

    def _text(self, text: str, shown: Shown, look: Look) -> None:
        if shown.font or _PRIVATE.search(text):
            text = in_font(shown.font, text)
        self._put(text, shown, look)

    def _put(self, text: str, shown: Shown, look: Look) -> None:
        if not text or any(not opened.result for opened in self.page.fields):
            return
        if shown.hidden:
            self.page.hidden |= bool(text.strip())
            return
        if UNKNOWN in text:
            self.page.doubt(f"有一个特殊字体的符号认不出来；{IN_WORD}把它换成普通文字。")
        if shown.struck and text.strip():
            self.page.doubt(f"有加了删除线的文字，已照样读入；请核对，不要的{IN_WORD}删掉。")
        self.words.add(_scripted(text, shown.script) if shown.script else text, look)

    def _ruby(self, element: Element) -> None:
        if (base := element.find(W + "rubyBase")) is not None:
            self.inline(base)

    # Fields

    def _instruction(self, element: Element) -> None:
        if self.page.fields:
            self.page.fields[-1].instruction += element.text or ""

    def _field(self, element: Element) -> None:
        fields = self.page.fields
        match element.get(W + "fldCharType"):
            case "begin":
                fields.append(Field())
                del fields[:-_MOST_FIELDS]
                if (box := element.find(f"{W}ffData/{W}checkBox")) is not None:
                    self.words.add("☑" if _ticked(box) else "□")
            case "separate" if fields:
                fields[-1].result = True
            case "end" if fields:
                ended = fields.pop()
                equation = _EQUATION.fullmatch(ended.instruction)
                if equation and not ended.result:
                    self._equation(equation[1])

    def _equation(self, text: str) -> None:
        """The older kind of formula, written out in a field: fractions, circled and annotated characters are read."""
        if known := _EQ_CIRCLE.fullmatch(text) or _EQ_RUBY.fullmatch(text):
            self.words.add(known[1])
            return
        simple = _EQ_FRACTION.sub(r"\1/\2", text).strip()
        self.words.add("" if "\\" in simple else simple)
        self.page.doubt(f"有域公式（EQ），不能照原样读入；请核对，最好{IN_WORD}改成文字或截图。")

    # Drawings

    def _drawing(self, parent: Element) -> None:
        """The pictures and text boxes of a drawing; what shows neither is told."""
        about = parent.find(f".//{_WP}docPr")
        found = _Found()
        _search(parent, "" if about is None else about.get("descr", ""), found)
        self.page.boxes += found.boxes
        for relation_id, alt in found.pictures:
            if picture := self.page.picture(relation_id, alt):
                self.words.picture(picture)
        ole = parent.find(f".//{_O}OLEObject")
        if found.graphics:
            self.page.doubt(f"有一个{found.graphics}，读不进来；{IN_WORD}换成图片后再导入。")
        elif found.boxes or found.pictures:
            return
        elif ole is not None or parent.tag == W + "object":
            kind = ("" if ole is None else ole.get("ProgID", "")) or "不知是什么"
            self.page.doubt(f"有一个嵌入的对象（{kind}），读不进来；{IN_WORD}换成文字或图片后再导入。")
        elif any(element.tag.rpartition("}")[2] in _DRAWN for element in parent.iter()):
            self.page.doubt(f"有一幅用图形画的图，读不进来；{IN_WORD}截图后粘贴成普通图片，再导入。")


_INLINE: dict[str, Callable[[Runs, Element], None]] = {
    W + "r": Runs._run,
    W + "hyperlink": Runs._hyperlink,
    W + "sdt": Runs._control,
    W + "subDoc": Runs._subdocument,
    W + "fldSimple": Runs._simple_field,
    M + "oMath": Runs._formula,
    M + "oMathPara": Runs._formula,
    ALTERNATIVES: Runs._alternatives,
}
_IN_RUN: dict[str, Callable[[Runs, Element], None]] = {
    W + "fldChar": Runs._field,
    W + "instrText": Runs._instruction,
    W + "ruby": Runs._ruby,
    W + "r": Runs._run,
    M + "oMath": Runs._formula,
}
_DRAWINGS = frozenset({W + "drawing", W + "pict", W + "object"})
_CHARACTERS = {W + "tab": "\t", W + "ptab": "\t", W + "noBreakHyphen": "-"}


@dataclass(slots=True)
class _Found:
    """What a drawing holds."""

    boxes: list[Element] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)
    """Relation, and what it says that it shows."""
    graphics: str = ""
    """What no picture stands for: a chart…"""


def _search(parent: Element, alt: str, found: _Found) -> None:
    for element in parent:
        tag = element.tag
        if tag in {W + "txbxContent", A + "p"}:
            found.boxes.append(element)
        elif tag == A + "blip":
            found.pictures.append((element.get(R + "embed") or element.get(R + "link") or "", alt))
        elif tag == _V + "imagedata":
            relation_id = element.get(R + "id") or element.get(R + "href") or element.get(_O + "relid") or ""
            found.pictures.append((relation_id, alt or element.get(_O + "title", "")))
        elif tag == ALTERNATIVES:
            if (chosen := branch(element)) is not None:
                _search(chosen, alt, found)
        elif tag in {_CHART, _DIAGRAM}:
            found.graphics = "图表" if tag == _CHART else " SmartArt 图形"
        else:
            _search(element, alt, found)


def branch(element: Element) -> Element | None:
    """The one branch of an alternative that is read: what its writer meant, where that is of a kind known here."""
    for choice in element.findall(_MC + "Choice"):
        if set(choice.get("Requires", "").split()) <= _UNDERSTOOD:
            return choice
    return element.find(_MC + "Fallback")


def _text(element: Element) -> str:
    """A text element's text: without space="preserve" the space around it is not shown."""
    text = element.text or ""
    return text if element.get(_SPACE) == "preserve" else text.strip(" \t\r\n")


def _symbol(element: Element) -> str:
    try:
        return symbol(element.get(W + "font", ""), int(element.get(W + "char", ""), 16))
    except ValueError:
        return UNKNOWN


def _scripted(text: str, script: str) -> str:
    """Small digits; a letter that Unicode cannot raise is a power, unless it ends an ordinal or is a mark of trade."""
    if script != "superscript":
        return lowered(text)
    small = raised(text)
    if small == text and len(text) == 1 and text.isascii() and text.isalpha() and text != "R":
        return f"^{text}"
    return small


def _is_link(opened: Field) -> bool:
    return opened.instruction.lstrip().startswith("HYPERLINK")


def _ticked(box: Element) -> bool:
    checked = box.find(W + "checked")
    checked = box.find(W + "default") if checked is None else checked
    return checked is not None and checked.get(_VAL, "1") not in {"0", "false", "off"}
