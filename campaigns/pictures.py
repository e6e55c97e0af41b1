"""The pictures that questions show: bytes in SQL, under their hash."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Table, inspect, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.errors import NotFound
from campaigns.store import insertion
from questions.model import Question
from questions.readers.pictures import media_type

BATCH_BYTES = 2 * 1024 * 1024
"""How much is written in one transaction; a larger picture is alone in its own."""
_LOOKED_UP = 500

_PICTURES: Table = inspect(tables.Picture).local_table  # type: ignore[assignment]


def picture(session: Session, sha256: str) -> tuple[str, bytes]:
    """A picture's media type and bytes. Raises NotFound for a hash that no picture has."""
    found = session.get(tables.Picture, sha256)
    if found is None:
        raise NotFound("没有这张图片。")
    return found.media_type, found.data


def pictures_of(session: Session, questions: Iterable[Question]) -> dict[str, bytes]:
    """The bytes of every picture that questions show, by hash."""
    wanted = sorted({one.sha256 for question in questions for one in question.pictures})
    found: dict[str, bytes] = {}
    for start in range(0, len(wanted), _LOOKED_UP):
        rows = session.execute(
            select(tables.Picture.sha256, tables.Picture.data).where(
                tables.Picture.sha256.in_(wanted[start : start + _LOOKED_UP])
            )
        )
        found.update((sha256, data) for sha256, data in rows)
    return found


def missing(session: Session, wanted: Collection[str]) -> set[str]:
    """Those of some hashes that no picture has."""
    hashes = sorted(wanted)
    kept: set[str] = set()
    for start in range(0, len(hashes), _LOOKED_UP):
        kept.update(
            session.scalars(
                select(tables.Picture.sha256).where(tables.Picture.sha256.in_(hashes[start : start + _LOOKED_UP]))
            )
        )
    return set(hashes) - kept


def portions(pictures: Mapping[str, bytes]) -> Iterable[Sequence[tuple[str, bytes]]]:
    """Pictures in portions that can be written without keeping other writers waiting."""
    portion: list[tuple[str, bytes]] = []
    size = 0
    for sha256, data in sorted(pictures.items()):
        if portion and size + len(data) > BATCH_BYTES:
            yield portion
            portion, size = [], 0
        portion.append((sha256, data))
        size += len(data)
    if portion:
        yield portion


def keep(session: Session, pictures: Iterable[tuple[str, bytes]], now: int) -> None:
    """Write pictures (hash, bytes) that are not there yet; of two writers of one picture either may be first."""
    rows = [
        {"sha256": sha256, "media_type": media_type(data), "data": data, "created_ms": now} for sha256, data in pictures
    ]
    if rows:
        session.connection().execute(insertion(session.get_bind(), _PICTURES).on_conflict_do_nothing(), rows)
