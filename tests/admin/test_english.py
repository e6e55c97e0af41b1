"""The console in English: everything that templates say is in the catalogue, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from visitors import Visitor

import admin
from admin.english import in_english
from admin.english.catalogues import CHINESE, pages, piece, said
from admin.english.translated import pieces, translated

TEMPLATES = Path(admin.__file__).parent / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


def lexed(app: Flask, name: str) -> Iterator[tuple[int, str, str]]:
    return app.jinja_env.lex((TEMPLATES / name).read_text(encoding="utf-8"))


def said_by(app: Flask, name: str) -> set[str]:
    """All Chinese of a template that must be in the catalogue."""
    found, before, own = set(), "", False
    for _, kind, text in lexed(app, name):
        if kind == "data":
            found |= set(pieces(text))
        elif (
            kind == "string"
            and "{" not in text
            and CHINESE.search(text)
            and before not in ("==", "!=", "in")
            and not own
        ):
            found.add(text[1:-1].strip())
        own = (own or (kind == "name" and text == "place" and before == "set")) and kind != "block_begin"
        before = text if kind != "whitespace" else before
    return found


def test_every_piece_of_chinese_in_the_templates_has_its_english(app: Flask) -> None:
    missing = {(name, one) for name in NAMES for one in said_by(app, name) if piece(name, one) is None}
    assert sorted(missing) == []


def test_nothing_in_the_catalogue_is_said_nowhere(app: Flask) -> None:
    used = {one for name in NAMES for one in said_by(app, name)}
    assert sorted(chinese for _, chinese in pages() if chinese not in used) == []


def test_english_fits_where_the_chinese_was() -> None:
    """Of Chinese it keeps nothing but words that people type."""
    wrong = [
        (chinese, english)
        for (_, chinese), english in pages().items()
        if set(english) & set('"<>{}') or any(run not in chinese for run in re.findall(r"[㐀-䶿一-鿿]+", english))
    ]
    assert wrong == []
    assert [one for one, english in said().items() if one.count("{}") != english.count("{}")] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_a_template_in_english_too(app: Flask, name: str) -> None:
    app.jinja_env.compile("".join(translated(lexed(app, name), name)), name)


def test_the_browser_says_which_language_it_is(app: Flask, visitor: Visitor) -> None:
    assert "登录" in visitor.get("/admin/sign-in")
    visitor.client.set_cookie("console_language", "en")
    page = visitor.get("/admin/sign-in")
    assert "Sign in" in page
    assert "登录" not in page


def test_what_people_wrote_comes_back_from_a_form_as_they_wrote_it(app: Flask) -> None:
    source = '<input value="{{ name }}"><textarea>{{ name }}</textarea><td>{{ name }}</td>'
    name = next(one for one in said() if "{}" not in one)
    made = app.jinja_env.from_string("".join(translated(app.jinja_env.lex(source), "admin/x.html")))
    assert made.render(name=name) == f'<input value="{name}"><textarea>{name}</textarea><td>{said()[name]}</td>'


def test_sentences_are_known_by_what_is_filled_in() -> None:
    assert in_english("没有人说过的话") == "没有人说过的话"
    assert in_english(7) == 7


def test_what_is_filled_in_is_put_into_english_where_it_is_a_label() -> None:
    assert in_english("已作废") == "Void"
    assert in_english("wang 现在是只读，需要重新登录。") == "wang is Viewer now, and must sign in again."
