from __future__ import annotations

import hashlib

import pytest

from campaigns import pictures
from campaigns.errors import NotFound
from campaigns.store import Store
from questions.model import Kind, Picture, Question

PNG, GIF = b"\x89PNG\r\n\x1a\n" + b"lamp", b"GIF89a" + b"lamp"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_picture_is_read_as_it_was_written_with_its_kind(store: Store) -> None:
    with store.transaction() as session:
        pictures.keep(session, [(sha256(one), one) for one in (PNG, GIF)], 1)
    with store.reading() as session:
        assert pictures.picture(session, sha256(PNG)) == ("image/png", PNG)
        assert pictures.picture(session, sha256(GIF)) == ("image/gif", GIF)


def test_a_picture_written_twice_is_kept_once(store: Store) -> None:
    for now in (1, 2):
        with store.transaction() as session:
            pictures.keep(session, [(sha256(PNG), PNG)], now)
    with store.reading() as session:
        assert pictures.missing(session, [sha256(PNG), sha256(GIF)]) == {sha256(GIF)}


def test_a_picture_that_is_not_there_is_not_found(store: Store) -> None:
    with store.reading() as session, pytest.raises(NotFound):
        pictures.picture(session, sha256(PNG))


def test_the_pictures_of_questions_are_found_together(store: Store) -> None:
    with store.transaction() as session:
        pictures.keep(session, [(sha256(one), one) for one in (PNG, GIF)], 1)
    shown = Question("1", Kind.ESSAY, "看图", pictures=(Picture(sha256(PNG)), Picture(sha256(PNG), "A")))
    with store.reading() as session:
        assert pictures.pictures_of(session, [shown]) == {sha256(PNG): PNG}
        assert pictures.pictures_of(session, []) == {}


def test_portions_are_small_and_hold_everything() -> None:
    shown = {str(n): b"x" * 900_000 for n in range(5)} | {"9": b"x" * 9_000_000}
    portions = list(pictures.portions(shown))
    assert [name for portion in portions for name, _ in portion] == sorted(shown)
    assert all(
        sum(len(data) for _, data in portion) <= pictures.BATCH_BYTES or len(portion) == 1 for portion in portions
    )
