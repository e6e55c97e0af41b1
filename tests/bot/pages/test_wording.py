"""Every sentence is there for a page, in both languages, and pages ask for no other."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import bot
from bot.wording import CATALOGUES, ENGLISH, IN_CHINESE, IN_ENGLISH, PAGES, speak, tell

FOLDER = Path(bot.__file__).parent
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (
        *FOLDER.glob("pages/**/*.py"),
        *FOLDER.glob("pages/templates/quiz/*.html"),
        FOLDER / "privacy_notices.py",
    )
)
BUILT = tuple(set(re.findall(r"""(?:tell\(f?|key = f)["']([a-z_.]+\.)(?:["'] ~|\{)""", SOURCES)))
"""How keys begin that are put together."""


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_sentence_that_a_page_asks_for_exists() -> None:
    asked = set(re.findall(r"""tell\(["']([a-z_.]+)["'][,)]""", SOURCES))
    assert asked <= set(PAGES)
    assert all(any(key.startswith(begun) for key in PAGES) for begun in BUILT)


def test_no_sentence_is_left_over() -> None:
    named = set(re.findall(r"""["']([a-z_.]+)["']""", SOURCES))
    built = {key for key in PAGES if key.startswith(BUILT)}
    assert set(PAGES) - named - built == set()


def test_every_note_is_asked_for_by_a_redirect() -> None:
    notes = {key.removeprefix("note.") for key in PAGES if key.startswith("note.")}
    assert {note for note in notes if f'"{note}"' not in SOURCES and f'"note.{note}"' not in SOURCES} == set()


def test_templates_hold_no_prose_of_their_own() -> None:
    for template in FOLDER.glob("pages/templates/quiz/*.html"):
        assert not re.search(r"[一-鿿]", template.read_text(encoding="utf-8")), template.name


def test_both_languages_say_the_same_things_of_the_same_values() -> None:
    assert set(ENGLISH) == set(PAGES)
    assert {key for key in PAGES if places(PAGES[key]) != places(ENGLISH[key])} == set()


def test_english_sentences_hold_no_chinese() -> None:
    names = {"reading.language", "privacy.text", "note.expired"}
    """The name of the other language, a masked name, a word to send in a chat."""
    assert {key for key, sentence in ENGLISH.items() if re.search(r"[一-鿿]", sentence)} == names


def test_a_page_speaks_the_language_it_was_told_to() -> None:
    try:
        speak(IN_ENGLISH)
        assert tell("entry.begin") == "Begin"
    finally:
        speak(IN_CHINESE)
    assert tell("entry.begin") == "开始答题"


def test_no_other_language_is_spoken() -> None:
    with pytest.raises(KeyError):
        speak("fr")
    assert set(CATALOGUES) == {IN_CHINESE, IN_ENGLISH}
