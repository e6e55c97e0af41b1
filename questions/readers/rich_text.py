"""Text with HTML in it → what it shows, as plain text. Nothing is ever fetched."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes
from xml.etree.ElementTree import Element

from questions.model import Picture
from questions.readers.pictures import Pictures

Find = Callable[[str, str], Picture | None]
"""(where an image's bytes are, what it says that it shows) → the picture; None where it cannot be had."""

VERBATIM = '<div style="white-space:pre-wrap">'
"""In front of text whose spaces and line feeds are meant as they stand, until `</div>`."""

_BLOCK_TAGS = (
    "p div h1 h2 h3 h4 h5 h6 ul ol dl li dt dd table caption thead tbody tfoot tr blockquote pre center section "
    "article header footer figure figcaption hr address form fieldset legend main aside nav details summary body html"
)
_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big br button cite code del dfn em font i img input ins kbd label map mark nobr q rp "
    "ruby s samp small source span strike strong sub sup time track tt u var wbr td th col colgroup noscript picture "
    "param area base link meta"
)
_HIDDEN_TAGS = "script style head title template select textarea annotation math svg rt"
_UNSHOWN = {
    "math": "公式",
    "svg": "图形",
    "audio": "音频",
    "video": "视频",
    "iframe": "嵌入的网页",
    "embed": "嵌入的内容",
    "object": "嵌入的内容",
    "applet": "嵌入的内容",
    "canvas": "图形",
}
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_HIDDEN = frozenset(_HIDDEN_TAGS.split())
_KNOWN = _BLOCKS | _HIDDEN | frozenset(_INLINE_TAGS.split()) | _UNSHOWN.keys()

_TOKEN = re.compile(
    r"<!DOCTYPE[^<>]*>|<\?[^<>]*>"
    r"|<(/?)([A-Za-z][A-Za-z0-9]{0,15}|[a-z]\d?:[A-Za-z]{1,20})"
    r"((?:\s+[A-Za-z_@:][\w:@.-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+))?)*)\s*/?>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"([A-Za-z_@:][\w:@.-]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=`]+)))?")
_MARKUP = re.compile(
    r"</(?:p|div|span|b|strong|i|em|u|sub|sup|font|h[1-6]|ul|ol|li|table|td|a|code|pre)\s*>|<br\s*/?>|<img\s[^<>]*>"
    r"|&(?:nbsp|lt|gt|amp|quot|ldquo|rdquo|middot|times|deg|hellip|mdash|#\d{2,6}|#x[0-9a-fA-F]{2,5});",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACES = re.compile(r" {2,}")
_KEPT = str.maketrans(" \n\t\xa0", "\ufdd0\ufdd1\ufdd2\ufdd3")
_GIVEN_BACK = str.maketrans("\ufdd0\ufdd1\ufdd2\ufdd3", " \n\t\xa0")
"""Verbatim spaces, while others are folded, are characters that no text has."""
_SUPER = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_SUB = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_RAISED, _LOWERED = re.compile(r"[0-9+\-−=()n]+"), re.compile(r"[0-9+\-−=()]+")
_ONE_TAG = re.compile(r"<(?!(?:br|hr|img|p|div|span)\b)[a-z][a-z0-9]*>", re.IGNORECASE)
_OURS = re.compile(rf"{re.escape(VERBATIM)}([^<]*)</div>")


@dataclass(slots=True)
class Shown:
    """What a piece of markup shows."""

    text: str
    pictures: list[Picture] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """What it shows besides and could not be kept: 公式, 图片“a.svg”…"""


def looks_marked_up(text: str) -> bool:
    """Whether a text of unknown form is HTML: it has an end tag, a line break, an image or an entity."""
    return ("<" in text or "&" in text) and _MARKUP.search(text) is not None


def shown(markup: str, find: Find, *, line_feeds: bool = False) -> Shown:
    """What HTML shows: tags gone, entities read, blocks on lines of their own, small digits as Unicode has them.

    `line_feeds`: those of the source show as well, as Moodle's own format has it. What looks like a tag but is none
    of HTML's stays as text, and so does TeX.
    """
    if "<" not in markup and "&" not in markup:
        return Shown(_trimmed(markup if line_feeds else _SPACE.sub(" ", markup)))
    if (ours := _OURS.fullmatch(markup)) is not None:
        return Shown(html.unescape(ours[1]))
    markup = _without_comments(markup)
    page = Page(find, line_feeds=line_feeds)
    end = 0
    for token in _TOKEN.finditer(markup):
        if token[2] and token[2].lower() not in _KNOWN and ":" not in token[2]:
            continue
        page.data(html.unescape(markup[end : token.start()]))
        end = token.end()
        if token[2] and token[1]:
            page.end(token[2].lower())
        elif token[2]:
            page.start(token[2].lower(), _attributes(token[3]))
    page.data(html.unescape(markup[end:]))
    found = page.finished()
    if not found.text and not found.pictures and _ONE_TAG.fullmatch(markup.strip()):
        found.text = markup.strip()  # an option "<a>" that nobody escaped
    return found


def _without_comments(markup: str) -> str:
    kept: list[str] = []
    end = 0
    while (start := markup.find("<!--", end)) >= 0 and (close := markup.find("-->", start)) >= 0:
        kept.append(markup[end:start])
        end = close + 3
    return "".join([*kept, markup[end:]])


def _attributes(text: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(next((part for part in found.groups()[1:] if part is not None), ""))
        for found in _ATTRIBUTE.finditer(text)
    }


def embedded(pictures: Pictures) -> Find:
    """Finds the pictures that an address itself holds (``data:image/png;base64,…``)."""

    def find(source: str, alt: str) -> Picture | None:
        head, comma, body = source.partition(",")
        if not comma or not head.lower().startswith("data:image/"):
            return None
        data = base64_bytes(body) if head.lower().endswith(";base64") else unquote_to_bytes(body)
        return pictures.keep(data, alt) if data else None

    return find


def base64_bytes(text: str) -> bytes:
    """The bytes; none where the text is no Base64."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


class Page:
    """Plain text grown from tags and texts as they come."""

    def __init__(self, find: Find, *, line_feeds: bool = False) -> None:
        self._find = find
        self._line_feeds = line_feeds
        self._out: list[str] = []
        self._open: list[tuple[str, int]] = []
        """Small, underlined and verbatim spans that are open: tag, where its text begins in `_out`."""
        self._lists: list[int] = []
        """The number of the last item of each open list; -1 where it has bullets."""
        self._hidden = 0
        self._verbatim = 0
        """How many blocks are open from the one whose spaces are meant."""
        self._item = -1
        """How much there was when a list item began: its text follows on the same line."""
        self._found = Shown("")

    def tree(self, root: Element, replaced: Callable[[Element], str | None]) -> None:
        """All that stands in an element; `replaced` says what to put for a child, or None for what it shows."""
        self.data(root.text or "")
        waiting = [(root, iter(root))]
        while waiting:
            element, children = waiting[-1]
            child = next(children, None)
            if child is None:
                waiting.pop()
                if waiting:
                    self.end(element.tag)
                    self.data(element.tail or "")
                continue
            instead = replaced(child)
            if instead is not None:
                self.literal(instead)
                self.data(child.tail or "")
                continue
            self.start(child.tag, child.attrib)
            self.data(child.text or "")
            waiting.append((child, iter(child)))

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _UNSHOWN:
            self._unshown(tag, attributes)
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "img":
            self._image(attributes.get("src", ""), attributes)
        elif tag in {"br", "hr"}:
            self.literal("\n")
        elif tag in {"td", "th"} and self._out and not self._out[-1].endswith("\n"):
            self.literal("\t")
        elif tag in _BLOCKS:
            self._block(tag, attributes)
        elif tag in {"sub", "sup", "u"}:
            self._open.append((tag, len(self._out)))

    def _block(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._break()
        if self._verbatim or tag == "pre" or "white-space:pre" in attributes.get("style", "").replace(" ", ""):
            self._verbatim += 1
        if tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "li" and self._lists and self._lists[-1] >= 0:
            self._lists[-1] += 1
            self.literal(f"{self._lists[-1]}. ")
        elif tag == "li":
            self.literal("• ")
        if tag == "li":
            self._item = len(self._out)

    def end(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self._break()
            if tag in {"ul", "ol"} and self._lists:
                self._lists.pop()
            self._verbatim = max(0, self._verbatim - 1)
        elif tag in {"sub", "sup", "u"} and self._open and self._open[-1][0] == tag:
            _, start = self._open.pop()
            text = "".join(self._out[start:])
            self._out[start:] = [_SPANS[tag](text)]

    def data(self, text: str) -> None:
        if self._hidden or not text:
            return
        if self._verbatim:
            self.literal(text.translate(_KEPT))
        elif self._line_feeds:
            self.literal(text)
        else:
            self.literal(_SPACE.sub(" ", text))

    def literal(self, text: str) -> None:
        if not self._hidden:
            self._out.append(text)

    def _break(self) -> None:
        if self._out and len(self._out) != self._item:
            self.literal("\n")

    def _image(self, source: str, attributes: Mapping[str, str]) -> None:
        if self._hidden:
            return
        alt = attributes.get("alt", "")
        tex = attributes.get("data-equation-content", "")
        if not tex and "equation_image" in attributes.get("class", ""):
            tex = alt.removeprefix("LaTeX:").strip()
        if tex:
            self.literal(f"\\({tex}\\)")
            return
        picture = self._find(source, alt)
        if picture is None:
            self._found.lost.append(f"图片“{_name(source, alt)}”")
        else:
            self._found.pictures.append(picture)

    def _unshown(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._hidden:
            return
        if tag == "math" and attributes.get("alttext"):
            self.literal(f"\\({attributes['alttext']}\\)")
        elif tag == "object" and attributes.get("type", "").startswith("image/"):
            self._image(attributes.get("data", ""), attributes)
        else:
            self._found.lost.append(_UNSHOWN[tag])

    def finished(self) -> Shown:
        text = "".join(self._out)
        text = _SPACES.sub(" ", text) if not self._line_feeds else text
        lines = (line.strip(" \xa0") for line in text.split("\n"))
        self._found.text = _trimmed("\n".join(filter(None, lines))).translate(_GIVEN_BACK)
        return self._found


def _trimmed(text: str) -> str:
    return text.replace("\xa0", " ").strip()


def _raised(text: str) -> str:
    text = text.strip()
    if _RAISED.fullmatch(text):
        return text.translate(_SUPER)
    return f"^{text}" if len(text) == 1 else f"^({text})" if text else ""


def _lowered(text: str) -> str:
    return text.translate(_SUB) if _LOWERED.fullmatch(text.strip()) else text


def _underlined(text: str) -> str:
    """An underlined stretch of nothing is a blank to be filled in."""
    return "____" if len(text) > 1 and not text.strip() else text


_SPANS: dict[str, Callable[[str], str]] = {"sup": _raised, "sub": _lowered, "u": _underlined}


def _name(source: str, alt: str) -> str:
    if source.startswith("data:") or not source:
        return alt[:30] or "没有名字"
    return source.rpartition("/")[2][:40] or source[:40]
