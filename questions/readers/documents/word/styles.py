"""Word's styles: how a run looks and what a paragraph is, through defaults, styles, their ancestors and its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from xml.etree.ElementTree import Element

from questions.readers.documents.marks import PLAIN, Look, ink, paper
from questions.readers.documents.word.package import W
from questions.readers.documents.word.symbols import is_symbolic

_VAL = W + "val"
_OFF = {"0", "false", "off", "none"}
_DARK_THEME = {"text1", "dark1", "tx1", "dk1", "windowText"}
_MOST_ANCESTORS = 20
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Shown:
    """How a run is shown."""

    look: Look = PLAIN
    hidden: bool = False
    struck: bool = False
    script: str = ""
    """``superscript``, ``subscript`` or empty."""
    font: str = ""
    """The Latin font, where it is one of symbols."""


@dataclass(frozen=True, slots=True)
class NumberingOf:
    """The list and the level that a paragraph asks for, each by itself, as styles hand them down."""

    list_id: str | None = None
    level: str | None = None


@dataclass(slots=True)
class _Style:
    name: str = ""
    based_on: str = ""
    run: Element | None = None
    numbering: NumberingOf = NumberingOf()
    outline: int | None = None
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What a paragraph style says, its ancestors included."""

    names: tuple[str, ...]
    """Its own and its ancestors', in lower case."""
    shown: Shown
    numbering: NumberingOf
    outline: int | None
    """0 for the highest heading, None for running text."""
    ground: str


@dataclass(slots=True)
class Styles:
    """The styles of a document. `root` is styles.xml, None for a document without one."""

    root: Element | None = None
    default: str = field(init=False, default="")
    _styles: dict[str, _Style] = field(init=False, default_factory=dict)
    _base: Shown = field(init=False, default=Shown())
    _paragraphs: dict[str, ParagraphStyle] = field(init=False, default_factory=dict)
    _runs: dict[tuple[str, str], Shown] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        if self.root is None:
            return
        for element in self.root.iter(W + "style"):
            name = element.get(W + "styleId", "")
            self._styles[name] = _style(element)
            if element.get(W + "type") == "paragraph" and element.get(W + "default") in {"1", "true", "on"}:
                self.default = name
        defaults = self.root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._base = with_properties(Shown(), defaults)

    def paragraph(self, name: str) -> ParagraphStyle:
        """The style of that id, the document's default for the empty one."""
        name = name if name in self._styles else self.default
        if name not in self._paragraphs:
            chain = self._chain(name)
            shown = self._base
            for style in reversed(chain):
                shown = with_properties(shown, style.run)
            self._paragraphs[name] = ParagraphStyle(
                tuple(style.name for style in chain),
                shown,
                NumberingOf(
                    next((style.numbering.list_id for style in chain if style.numbering.list_id is not None), None),
                    next((style.numbering.level for style in chain if style.numbering.level is not None), None),
                ),
                next((style.outline for style in chain if style.outline is not None), None),
                next((style.ground for style in chain if style.ground is not None), ""),
            )
        return self._paragraphs[name]

    def run(self, paragraph: str, name: str) -> Shown:
        """How runs of a character style look in a paragraph style."""
        if (paragraph, name) not in self._runs:
            shown = self.paragraph(paragraph).shown
            bold = shown.look.bold
            for style in reversed(self._chain(name)):
                shown = with_properties(shown, style.run)
            if bold and _toggles_bold(self._chain(name)):
                shown = replace(shown, look=shown.look._replace(bold=False))
            self._runs[paragraph, name] = shown
        return self._runs[paragraph, name]

    def list_of(self, name: str) -> str | None:
        """The list id that a numbering style names."""
        style = self._styles.get(name)
        return style.numbering.list_id if style else None

    def _chain(self, name: str) -> list[_Style]:
        """A style and its ancestors, as many as Word allows for and more; a circle ends where it closes."""
        found: dict[str, _Style] = {}
        while name in self._styles and name not in found and len(found) < _MOST_ANCESTORS:
            found[name] = self._styles[name]
            name = found[name].based_on
        return list(found.values())


def _style(element: Element) -> _Style:
    properties = element.find(W + "pPr")
    numbering, outline, ground = NumberingOf(), None, None
    if properties is not None:
        numbering, outline, ground = numbering_of(properties), outline_of(properties), ground_of(properties)
    return _Style(
        _value(element.find(W + "name")).casefold(),
        _value(element.find(W + "basedOn")),
        element.find(W + "rPr"),
        numbering,
        outline,
        ground,
    )


def _toggles_bold(chain: list[_Style]) -> bool:
    """Bold in a character style takes bold away where the paragraph is bold (ECMA-376 part 1, 17.7.3)."""
    for style in chain:
        bold = style.run.find(W + "b") if style.run is not None else None
        if bold is not None:
            return _on(bold)
    return False


def _value(element: Element | None, default: str = "") -> str:
    return default if element is None else element.get(_VAL, default)


def _on(element: Element) -> bool:
    return element.get(_VAL, "1").casefold() not in _OFF


def numbering_of(properties: Element) -> NumberingOf:
    """What a paragraph's or a style's own properties say about numbering."""
    own = properties.find(W + "numPr")
    if own is None:
        return NumberingOf()
    list_id, level = own.find(W + "numId"), own.find(W + "ilvl")
    return NumberingOf(None if list_id is None else list_id.get(_VAL), None if level is None else level.get(_VAL))


def outline_of(properties: Element) -> int | None:
    """The outline level that properties set: 0 for the highest, 9 for running text."""
    level = _value(properties.find(W + "outlineLvl"))
    return int(level) if level.isdecimal() and len(level) == 1 else None


def ground_of(properties: Element) -> str | None:
    """The background that properties set."""
    shading = properties.find(W + "shd")
    return None if shading is None else _shading(shading)


def _shading(element: Element) -> str:
    pattern = element.get(_VAL, "clear")
    if pattern in {"nil", "clear", ""}:
        fill = element.get(W + "fill", "auto")
        return "" if fill == "auto" else paper(fill)
    return pattern


def _colour(element: Element) -> str:
    theme = element.get(W + "themeColor", "")
    if theme in _DARK_THEME:
        return ""
    value = element.get(_VAL, "auto")
    if value == "auto":
        return theme
    return ink(value)


def with_properties(shown: Shown, properties: Element | None) -> Shown:
    """What a run looks like whose own properties stand over `shown`."""
    found = {element.tag: element for element in properties if element.tag in _TOLD} if properties is not None else {}
    if not found:
        return shown
    font = _symbol_font(found.get(W + "rFonts"), shown.font)
    if len(found) == 1 and W + "rFonts" in found:
        return shown if font == shown.font else replace(shown, font=font)

    def told(name: str, meaning: Callable[[Element], Told], inherited: Told) -> Told:
        element = found.get(W + name)
        return inherited if element is None else meaning(element)

    look = shown.look
    return Shown(
        Look(
            told("color", _colour, look.colour),
            _own_ground(found, look.ground),
            told("b", _on, look.bold),
            told("u", lambda element: element.get(_VAL, "single") != "none", look.under),
            told("em", lambda element: element.get(_VAL, "none") != "none", look.dotted),
        ),
        told("vanish", _on, shown.hidden),
        told("strike", _on, shown.struck) or told("dstrike", _on, False),
        told("vertAlign", lambda element: _value(element).removeprefix("baseline"), shown.script),
        font,
    )


def _symbol_font(element: Element | None, inherited: str) -> str:
    name = "" if element is None else element.get(W + "ascii") or element.get(W + "hAnsi") or ""
    return (name if is_symbolic(name) else "") if name else inherited


def _own_ground(found: Mapping[str, Element], inherited: str) -> str:
    own = [read(found[name]) for name, read in _GROUNDS.items() if name in found]
    return next(filter(None, own), "") if own else inherited


def _highlight(element: Element) -> str:
    value = element.get(_VAL, "none")
    return "" if value in {"none", "white"} else value


def _frame(element: Element) -> str:
    return "" if _value(element, "none") in {"none", "nil"} else "frame"


_GROUNDS: dict[str, Callable[[Element], str]] = {W + "highlight": _highlight, W + "shd": _shading, W + "bdr": _frame}
_TEXT = "color b u em vanish strike dstrike vertAlign rFonts"
_TOLD = frozenset(_GROUNDS) | {W + name for name in _TEXT.split()}
