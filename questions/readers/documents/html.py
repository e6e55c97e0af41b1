"""Web pages, and what office programs save as such → questions. Nothing is ever fetched or run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from questions.model import Picture, Problem, Severity
from questions.readers.documents.document import Document, read_document
from questions.readers.documents.grids import MOST_COLUMNS, Raw, RawCell, RawTable, settled
from questions.readers.documents.marks import PLAIN, Look, Words, ink, paper
from questions.readers.documents.markup import BLOCKS, Node, tree_of
from questions.readers.documents.word.numerals import numeral
from questions.readers.documents.word.symbols import in_font, is_symbolic, lowered, raised
from questions.readers.pictures import Pictures
from questions.readers.reading import Reading
from questions.readers.rich_text import embedded

NOTHING = (
    "没有在网页里找到题目；请写成“1. 题干”，下面一行一个“A. 选项”，再写“答案：B”，"
    "或者放进有“题目、选项A、选项B、答案”这样表头的表格，一行一题。"
)
_HIDDEN = "网页里有隐藏的文字，没有读入；如果里面有题目或答案，请在浏览器里让它显示出来，复制到 Word 里再导入。"
_MOST_ROWS_SPANNED = 10_000
_MOST_NESTED = 10
"""Tables within tables; further in they are but text: what one holds is handed on by each around it."""

_BOLD = frozenset(["b", "strong", "th", "mark"])
_STYLED = _BOLD | {"a", "pre", "u", "s", "strike", "sup", "sub", "ol", "ul"}
"""Elements that look otherwise than what is around them, whatever they say themselves."""
_LIST_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_LIST_STYLES = {
    "decimal": "decimal",
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "cjk-ideographic": "chineseCountingThousand",
    "simp-chinese-informal": "chineseCountingThousand",
    "none": "none",
    "disc": "none",
    "circle": "none",
    "square": "none",
}
_ORDINARY_INK = {
    "black",
    "windowtext",
    "inherit",
    "initial",
    "currentcolor",
    "gray",
    "grey",
    "dimgray",
    "auto",
    "canvastext",
}
_ORDINARY_PAPER = {"white", "transparent", "inherit", "initial", "none", "window", "whitesmoke", "snow", "ivory"}
_HEAVY = {"bold", "bolder", "600", "700", "800", "900"}
_SPACES = re.compile(r"[ \t\r\n\f]+")
_STYLES = re.compile(r"<style[^>]{0,200}>(.{0,300000}?)</style", re.DOTALL | re.IGNORECASE)
_RULE = re.compile(r"(?:^|[\s,};>])[a-z]{0,10}\.([\w-]{1,60})\s*\{([^{}]{0,2000})\}", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,?\s*(\d{1,3})\s*,?\s*(\d{1,3})\s*[,/)]")


def read_html(text: str, encoding: str, columns: Mapping[str, str]) -> Reading:
    """The questions of a page, in tables or in running text.

    Raises UnreadableFile where it holds none, and BadColumns like `questions.readers.read_bank`.
    """
    return replace(read_document("html", page_of(text), columns, NOTHING), encoding=encoding)


def page_of(text: str, pictures: Mapping[str, bytes] | None = None) -> Document:
    """A page as lines and tables. `pictures`: the bytes that came with it, by the address that it gives them."""
    return _Page(text, pictures or {}).read(tree_of(text))


@dataclass(frozen=True, slots=True)
class _Style:
    """What an element hands down to what it holds."""

    look: Look = PLAIN
    linked: bool = False
    """Within a link, whose colour and underlining mark nothing."""
    hidden: bool = False
    verbatim: bool = False
    struck: bool = False
    script: str = ""
    """``sup``, ``sub`` or empty."""
    font: str = ""
    """The name of a symbol font."""
    numbered: str = "decimal"
    """How ordered lists count, where CSS says so."""


@dataclass(slots=True)
class _Page:
    """Walks through a page's tree."""

    text: str
    given: Mapping[str, bytes]
    document: Document = field(default_factory=Document)
    _pictures: Pictures = field(init=False, default_factory=Pictures)
    _classes: dict[str, str] = field(init=False)
    _out: list[Raw] = field(init=False, default_factory=list)
    """Where lines go: to the page, or to the cell that is being read."""
    _words: Words = field(init=False, default_factory=Words)
    _label: str = field(init=False, default="")
    _heading: int = field(init=False, default=0)
    _where: str = field(init=False, default="")
    """The row that is being read; empty outside tables, where each paragraph has its own."""
    _paragraphs: int = field(init=False, default=0)
    _tables: int = field(init=False, default=0)
    _nested: int = field(init=False, default=0)
    """In how many tables it is at the moment."""
    _spaced: bool = field(init=False, default=True)
    """Whether the line so far ends with space or with nothing, so that more space does not show."""
    _apart: bool = field(init=False, default=False)
    """Whether an empty line stands above."""
    _hidden: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        rules = " ".join(found[1] for found in _STYLES.finditer(self.text))
        self._classes = {}
        for name, declarations in _RULE.findall(rules):
            self._classes[name] = f"{self._classes.get(name, '')};{declarations}"

    def read(self, root: Node) -> Document:
        self._element(root, _Style())
        self._end_paragraph()
        self.document.blocks = settled(self._out)
        if self._hidden:
            self.document.problems.append(Problem("整个文件", Severity.WARNING, _HIDDEN))
        self.document.pictures = self._pictures.kept
        return self.document

    # Elements

    def _element(self, node: Node, above: _Style) -> None:
        style = self._style(node, above)
        block = node.tag in BLOCKS
        if block:
            self._end_paragraph()
        match node.tag:
            case "br":
                self._words.end_line()
                self._spaced = True
            case "img" | "input" | "svg" | "math":
                self._object(node, style)
            case "del":
                self._doubt("有标为删除的文字，没有读入；请核对。")
            case "ol" | "ul":
                self._list(node, style)
            case "table" if self._nested < _MOST_NESTED:
                self._nested += 1
                self._table(node, style)
                self._nested -= 1
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._heading = int(node.tag[1])
                self._children(node, style)
            case _:
                self._children(node, style)
        if block:
            self._end_paragraph()
            self._heading = 0

    def _children(self, node: Node, style: _Style) -> None:
        for child in node.children:
            if isinstance(child, str):
                self._data(child, style)
            else:
                self._element(child, style)

    def _list(self, node: Node, style: _Style) -> None:
        number = _whole(node.given.get("start", ""), 1)
        form = style.numbered if node.tag == "ol" else "none"
        for child in node.children:
            if isinstance(child, str):
                self._data(child, style)
                continue
            if child.tag == "li" and form != "none":
                number = _whole(child.given.get("value", ""), number)
                self._end_paragraph()
                self._label = f"{numeral(number, form)}. "
                number += 1
            self._element(child, style)
        self._label = ""

    def _object(self, node: Node, style: _Style) -> None:
        """What is no text: a picture, a box to tick, a place to write in."""
        if style.hidden:
            return
        kind = node.given.get("type", "text").lower()
        if node.tag == "img":
            if (picture := self._picture(node.given.get("src", ""), node.given.get("alt", ""))) is not None:
                self._words.picture(picture)
        elif node.tag == "math":
            self._children(node, style)
            self._doubt("有公式，已改写成一行文字；请核对，不对的请改成文字或截图。")
        elif node.tag == "input" and kind in {"checkbox", "radio"}:
            self._words.add("☑" if "checked" in node.given else "□")
        elif node.tag == "input" and kind == "text":
            self._words.add(node.given.get("value", "") or "____")

    def _picture(self, source: str, alt: str) -> Picture | None:
        data = self.given.get(source) or self.given.get(source.rpartition("/")[2])
        found = self._pictures.keep(data, alt) if data else embedded(self._pictures)(source, alt)
        if found is None and (data or source.startswith("data:")):
            self._doubt("有一张图片浏览器显示不了，没有读入；请换成 PNG 或 JPEG 图片后再导入。")
        elif found is None:
            self._doubt("有一张图片不在文件里，没有读入；请用 Word 打开这个网页，另存为 docx 后再导入。")
        return found

    # Text

    def _data(self, data: str, style: _Style) -> None:
        if style.hidden:
            self._hidden |= bool(data.strip())
            return
        if style.struck and data.strip():
            self._doubt("有加了删除线的文字，已照样读入；请核对，不要的请删掉。")
        if style.font:
            data = in_font(style.font, data)
        if style.script:
            data = raised(data) if style.script == "sup" else lowered(data)
        look = style.look._replace(colour="", under=False) if style.linked else style.look
        if style.verbatim:
            first, *rest = data.splitlines() or [""]
            self._words.add(first, look)
            for line in rest:
                self._words.end_line()
                self._words.add(line, look)
            return
        text = _SPACES.sub(" ", data)
        if self._spaced:
            text = text.removeprefix(" ")
        if text:
            self._words.add(text, look)
            self._spaced = text.endswith(" ")

    def _end_paragraph(self) -> None:
        self._spaced = True
        if self._words.untouched:
            return
        words, self._words = self._words, Words()
        if words.empty:
            # Between blocks there is nothing at all; an empty line holds at least a break or a space that stays.
            self._apart |= len(words.lines) > 1 or any(pieces for pieces, _ in words.lines)
            return
        if not self._where:
            self._paragraphs += 1
            self.document.places.append(self._place)
        self._out += words.finished(self._place, self._label, self._heading, apart=self._apart)
        self._label, self._apart = "", False

    @property
    def _place(self) -> str:
        return self._where or f"第{self._paragraphs}段"

    def _doubt(self, message: str) -> None:
        # The paragraph that is being read is counted when it ends.
        self.document.doubts.append((self._where or f"第{self._paragraphs + 1}段", message))

    # Tables

    def _table(self, node: Node, style: _Style) -> None:
        outside, self._where = self._where, ""
        out = self._out
        self._tables += not outside
        table = RawTable(f"{outside}里的表格" if outside else f"第{self._tables}个表格")
        down: dict[int, int] = {}
        for child in node.children:
            if isinstance(child, Node) and child.tag == "caption":
                self._where = outside
                self._element(child, style)
        for row, row_style in self._rows(node, style):
            self._where = f"{table.place}第{len(table.rows) + 1}行"
            self.document.places.append(self._where)
            table.rows.append(self._row(row, row_style, down))
        self._where, self._out = outside, out
        self._out.append(table)

    def _rows(self, node: Node, style: _Style) -> Iterable[tuple[Node, _Style]]:
        """The rows of a table, and what stands in it outside its rows as rows of one cell."""
        for child in node.children:
            if isinstance(child, str):
                if child.strip():
                    yield Node("tr", {}, [Node("td", {}, [child])]), style
            elif child.tag == "tr":
                yield child, self._style(child, style)
            elif child.tag in {"tbody", "thead", "tfoot"}:
                yield from self._rows(child, self._style(child, style))
            elif child.tag in {"td", "th"}:
                yield Node("tr", {}, [child]), style
            elif child.tag not in {"col", "colgroup", "caption"}:
                yield Node("tr", {}, [Node("td", {}, [child])]), style

    def _row(self, node: Node, style: _Style, down: dict[int, int]) -> list[RawCell]:
        """A row's cells. `down`: column → how many further rows the cell above reaches down, kept up to date."""
        cells = [RawCell(column, continues=True) for column in sorted(down)]
        for column in list(down):
            down[column] -= 1
            if not down[column]:
                del down[column]
        taken = {cell.column for cell in cells}
        column = 0
        for child in node.children:
            while column in taken:
                column += 1
            if column >= MOST_COLUMNS:
                break
            if isinstance(child, str) and not child.strip():
                continue
            inside = child if isinstance(child, Node) and child.tag in {"td", "th"} else Node("td", {}, [child])
            cells.append(self._cell(inside, style, column))
            if (high := min(_whole(inside.given.get("rowspan", ""), 1), _MOST_ROWS_SPANNED)) > 1:
                down[column] = high - 1
            column += max(_whole(inside.given.get("colspan", ""), 1), 1)
        return sorted(cells, key=lambda cell: cell.column)

    def _cell(self, node: Node, above: _Style, column: int) -> RawCell:
        style = self._style(node, above)
        cell = RawCell(column, marked=bool(style.look.ground))
        self._out = cell.blocks
        self._end_paragraph()
        self._children(node, replace(style, look=style.look._replace(ground="")))
        self._end_paragraph()
        return cell

    # Styles

    def _style(self, node: Node, above: _Style) -> _Style:
        tag, given = node.tag, node.given
        if not given and tag not in _STYLED:
            return above
        classes = (self._classes.get(name, "") for name in given.get("class", "").split())
        css = _declarations(";".join([*classes, given.get("style", "")]))
        hidden = "hidden" in given or css.get("display") == "none" or css.get("visibility") == "hidden"
        font = css.get("font-family", given.get("face", "")).split(",")[0].strip("\"' ")
        form = _LIST_TYPES.get(given.get("type", ""), "decimal") if tag in {"ol", "ul"} else above.numbered
        return _Style(
            _look(tag, given, css, above.look),
            above.linked or tag == "a",
            above.hidden or hidden or css.get("mso-hide") == "all",
            above.verbatim or tag == "pre" or css.get("white-space", "").startswith(("pre", "break-spaces")),
            above.struck or tag in {"s", "strike"} or "line-through" in css.get("text-decoration", ""),
            tag if tag in {"sup", "sub"} else above.script,
            font if is_symbolic(font) else "" if font else above.font,
            _LIST_STYLES.get(css.get("list-style-type", css.get("list-style", "")), form),
        )


def _look(tag: str, given: Mapping[str, str], css: Mapping[str, str], above: Look) -> Look:
    colour, ground, bold, under, dotted = above
    if written := css.get("color") or (given.get("color", "") if tag == "font" else ""):
        colour = _colour(written, _ORDINARY_INK, ink)
    background = css.get("background-color") or css.get("background") or given.get("bgcolor", "")
    if tag == "mark":
        ground = "mark"
    elif background and tag not in {"body", "html", "table"}:
        ground = _colour(background, _ORDINARY_PAPER, paper)
    weight = css.get("font-weight", "")
    bold = weight in _HEAVY if weight else bold or tag in _BOLD
    decoration = css.get("text-decoration", css.get("text-decoration-line", ""))
    under = "underline" in decoration or ((under or tag == "u") and "none" not in decoration)
    return Look(colour, ground, bold, under, dotted or "text-emphasis" in css or "text-emphasis-style" in css)


def _colour(written: str, ordinary: Iterable[str], known: Callable[[str], str]) -> str:
    text = written.strip().casefold()
    if found := _RGB.match(text):
        text = "".join(f"{min(int(part), 255):02x}" for part in found.groups())
    name = text.split()[0] if text else ""
    return "" if name in ordinary or name.startswith(("url", "linear", "var")) else known(name)


def _declarations(text: str) -> dict[str, str]:
    """CSS declarations as a dictionary: later ones win."""
    found: dict[str, str] = {}
    for declaration in text.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return found


def _whole(text: str, default: int) -> int:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 6 else default
