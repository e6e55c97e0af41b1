"""Templates in English: the source as it is, with its Chinese replaced by the catalogue's English."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

from flask import g, has_request_context
from flask.templating import Environment
from jinja2 import BaseLoader, Template

from admin.english.catalogues import CHINESE, piece
from admin.english.said import in_english

OURS = "admin/"
ENGLISH = "english:"
"""Before the name of a template: its English."""
_PIECE = re.compile(r"[^<>\"\n]*[㐀-䶿一-鿿][^<>\"\n]*")
_SENT_BACK = re.compile(r'\bvalue="[^"<>]*$|<textarea[^>]*>[^<]*$')
_FAR_ENOUGH = 2000
"""So much of the page before an expression is looked at, to see whether a form will send it back."""
_ENDS_A_TAG, _BEGINS_A_TAG = re.compile(r"</[^<>]*>$"), re.compile(r"<[a-z]")
_CLINGING_LEFT, _CLINGING_RIGHT = frozenset(("", *",.:;)!?%”")), frozenset(("", *"(“"))
_PUNCTUATION = str.maketrans({"，": ", ", "。": ". ", "：": ": ", "；": "; ", "、": ", ", "（": " (", "）": ") "})
_COMPARING = frozenset({"==", "!=", "in"})


class BilingualEnvironment(Environment):
    """Flask's, that loads the console's templates in English where that is spoken."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 — Flask's own
        super().__init__(*arguments, **options)
        self.loader = _Translating(self.loader)
        self.filters["in_english"] = in_english

    def get_template(  # type: ignore[override]
        self, name: str, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        if isinstance(name, str) and name.startswith(OURS) and _speaks_english():
            name = ENGLISH + name
        return super().get_template(name, parent, globals)


def _speaks_english() -> bool:
    return has_request_context() and g.get("console_language") == "en"


class _Translating(BaseLoader):
    def __init__(self, loader: BaseLoader | None) -> None:
        assert loader is not None
        self._loader = loader

    def get_source(
        self,
        environment: Any,  # noqa: ANN401 — jinja2's own
        template: str,
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        source, path, fresh = self._loader.get_source(environment, template.removeprefix(ENGLISH))
        if template.startswith(ENGLISH):
            source = "".join(translated(environment.lex(source), template.removeprefix(ENGLISH)))
        return source, path, fresh

    def list_templates(self) -> list[str]:
        return self._loader.list_templates()


def pieces(text: str) -> list[str]:
    """The pieces of Chinese in a part of a template that is no expression: what is between tags and quotes."""
    return [found[0].strip() for found in _PIECE.finditer(text) if not _is_value(found)]


def translated(tokens: Iterator[tuple[int, str, str]], template: str) -> Iterator[str]:
    """The source of a template in English, from its tokens. What an expression says is looked up when it is said.

    What a form will send back is left alone: what people wrote must come back as they wrote it.
    """
    page, before, is_own_name, is_sent_back = "", "", False, False
    for _, kind, text in tokens:
        if kind == "data":
            page = (page + text)[-_FAR_ENOUGH:]
            yield _PIECE.sub(lambda found: _in_english(found, template), text).translate(_PUNCTUATION)
        elif kind == "variable_begin":
            is_sent_back = _SENT_BACK.search(page) is not None
            yield text if is_sent_back else text + " ("
        elif kind == "variable_end":
            yield text if is_sent_back else ")|in_english " + text
            is_sent_back = False
        elif kind == "string" and CHINESE.search(text) and not (is_own_name or is_sent_back or before in _COMPARING):
            chinese = text[1:-1].strip()
            english = piece(template, chinese)
            yield text if english is None else text.replace(chinese, english)
        else:
            yield text
        if kind == "block_begin":
            is_own_name = False
        elif kind == "name" and text == "place" and before == "set":
            is_own_name = True
        if kind != "whitespace":
            before = text


def _in_english(found: re.Match[str], template: str) -> str:
    """The piece in English, apart from its neighbours: Chinese needs no space there."""
    inner = found[0].strip()
    english = None if _is_value(found) else piece(template, inner)
    if english is None:
        return found[0]
    before, after = found.string[: found.start()], found.string[found.end() :]
    left = " " if english[:1] not in _CLINGING_LEFT and (not before or _ENDS_A_TAG.search(before)) else ""
    right = " " if english[-1:] not in _CLINGING_RIGHT and (not after or _BEGINS_A_TAG.match(after)) else ""
    return found[0].replace(inner, left + english + right, 1)


def _is_value(found: re.Match[str]) -> bool:
    return found.string[: found.start()].endswith('value="')
