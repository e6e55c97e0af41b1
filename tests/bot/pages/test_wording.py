"""Every sentence is there for a page, and pages ask for no other."""

from __future__ import annotations

import re
from pathlib import Path

import bot.pages
from bot.wording import PAGES

FOLDER = Path(bot.pages.__file__).parent
SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in (*FOLDER.glob("*.py"), *FOLDER.glob("templates/quiz/*.html"))
)


def test_every_sentence_that_a_page_asks_for_exists() -> None:
    asked = set(re.findall(r"""tell\(["']([a-z_.]+)["']""", SOURCES))
    assert asked <= set(PAGES)


def test_no_sentence_is_left_over() -> None:
    named = set(re.findall(r"""["']([a-z_.]+)["']""", SOURCES))
    built = {key for key in PAGES if key.startswith(("state.", "note."))}
    assert set(PAGES) - named - built == set()


def test_every_note_is_asked_for_by_a_redirect() -> None:
    notes = {key.removeprefix("note.") for key in PAGES if key.startswith("note.")}
    assert {note for note in notes if f'"{note}"' not in SOURCES} == set()


def test_templates_hold_no_prose_of_their_own() -> None:
    for template in FOLDER.glob("templates/quiz/*.html"):
        assert not re.search(r"[一-鿿]", template.read_text(encoding="utf-8")), template.name
