"""HTML as people and programs write it → a tree of bounded depth, whatever is left open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from questions.model import UnreadableFile

BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "dl",
        "li",
        "dt",
        "dd",
        "table",
        "caption",
        "blockquote",
        "pre",
        "center",
        "section",
        "article",
        "header",
        "footer",
        "figure",
        "figcaption",
        "hr",
        "address",
        "form",
        "fieldset",
        "legend",
        "main",
        "aside",
        "nav",
        "details",
        "summary",
        "body",
        "html",
    ]
)
_VOID = frozenset(
    [
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "col",
        "area",
        "base",
        "embed",
        "param",
        "source",
        "track",
        "wbr",
        "frame",
    ]
)
_UNREAD = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "select",
        "textarea",
        "object",
        "iframe",
        "audio",
        "video",
        "rt",
        "rp",
    ]
)
"""Elements whose contents are not on the page."""
_DEEPEST = 100
MOST_ELEMENTS = 500_000
_TOO_LARGE = "网页太大或太复杂，不像是题库；请只留下题目，拆成几个文件后再导入。"
_CELLS = frozenset({"td", "th"})
_ROW_GROUPS = frozenset({"tbody", "thead", "tfoot"})
_SCOPE = frozenset({"table", "caption", *_CELLS})
_CLOSED: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    **dict.fromkeys(BLOCKS, (frozenset({"p"}), _SCOPE)),
    "li": (frozenset({"li"}), _SCOPE | {"ol", "ul"}),
    **dict.fromkeys(["dt", "dd"], (frozenset({"dt", "dd"}), _SCOPE | {"dl"})),
    **dict.fromkeys(_CELLS, (_CELLS, frozenset({"table", "tr"}))),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    **dict.fromkeys(_ROW_GROUPS, (_ROW_GROUPS | {"tr"}, frozenset({"table"}))),
}
"""What a start tag ends that nobody has ended, and what it does not reach beyond (HTML Standard, 13.2.6)."""
_MARKED_SECTION = re.compile(r"<!\[[^<>]{0,200}\]>")
"""Word's conditional comments that hide nothing (``<![if !supportLists]>``)."""
_REACH = {
    "table": frozenset[str](),
    **dict.fromkeys([*_CELLS, *_ROW_GROUPS, "tr", "caption"], frozenset({"table"})),
}
"""What an end tag does not reach beyond; all others stay within their cell."""


@dataclass(slots=True)
class Node:
    tag: str
    given: Mapping[str, str]
    """Its attributes."""
    children: list[Node | str] = field(default_factory=list)


def tree_of(text: str) -> Node:
    """The page's root. What is not shown (scripts, styles, the head) is left out.

    Raises UnreadableFile for a page of more than `MOST_ELEMENTS`.
    """
    parser = _Parser()
    parser.feed(_completed(_MARKED_SECTION.sub("", text).replace("<![", "&lt;![")))
    parser.close()
    return parser.root


def _completed(text: str) -> str:
    """The text without tags and comments that never end: the parser looks for the end of each to the end of all."""
    for opening, closing in (("<!--", "-->"), ("<", ">")):
        end = text.rfind(closing) + 1
        text = text[:end] + text[end:].replace(opening, "&lt;" + opening[1:])
    return text


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self._open = [self.root]
        self._named = Counter[str]()
        """How many elements of each name are open."""
        self._elements = 0
        self._unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unread or tag in _UNREAD:
            if tag in _UNREAD and len(self._unread) < _DEEPEST:
                self._unread.append(tag)
            if tag not in {"body", "table", "p", "div"} or self._unread[0] != "head":
                return
            self._unread = []  # a head that nobody has ended
        if tag in {"html", "body"}:
            self._merge(attrs)
            return
        if tag in _CLOSED:
            self._close(*_CLOSED[tag])
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise UnreadableFile(_TOO_LARGE)
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in _VOID and len(self._open) < _DEEPEST:
            self._open.append(node)
            self._named[tag] += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _UNREAD or (tag not in _VOID and tag not in BLOCKS):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unread:
            if tag in self._unread:
                del self._unread[self._unread.index(tag) :]
            return
        if tag == "br":
            self._open[-1].children.append(Node("br", {}))
        elif tag not in _VOID and tag not in {"html", "body"}:
            self._close(frozenset({tag}), _REACH.get(tag, _SCOPE))

    def handle_data(self, data: str) -> None:
        if not self._unread and data:
            self._open[-1].children.append(data)

    def _merge(self, attrs: list[tuple[str, str | None]]) -> None:
        self.root.given = {**self.root.given, **{name: value or "" for name, value in attrs}}

    def _close(self, tags: frozenset[str], reach: frozenset[str]) -> None:
        """Ends the innermost open element of those names, with all that is open inside it."""
        if not any(map(self._named.__getitem__, tags)):
            return
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag in tags:
                self._named.subtract(node.tag for node in self._open[depth:])
                del self._open[depth:]
                if not tags & _ROW_GROUPS:
                    return
            elif self._open[depth].tag in reach:
                return
