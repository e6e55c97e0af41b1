from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import pytest
from draw_made import AFTER, SALT, VALUES, freeze, make_finished
from sqlalchemy.orm import Session

from campaigns import draws
from campaigns.draws import DrawRecord, Entrant, kept_files, pseudonym
from campaigns.draws.evidence import write_audit
from campaigns.draws.records import frozen_list
from campaigns.errors import Moved, NotFound
from campaigns.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "draws"


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def counted(monkeypatch: pytest.MonkeyPatch, name: str, kept: Callable[..., object]) -> list[str]:
    """The draws for which the function was called."""
    made: list[str] = []

    def count(*given: object) -> object:
        made.append(next(one.id for one in given if isinstance(one, DrawRecord)))
        return kept(*given)

    monkeypatch.setattr(kept_files, name, count)
    return made


def test_the_file_holds_the_evidence(sqlite_store: Store, held_id: str, audit: bytes, folder: Path) -> None:
    path = draws.kept_audit(sqlite_store, folder, held_id)
    assert path.read_bytes() == audit
    assert files(folder) == {path.name}


def test_it_is_made_once(sqlite_store: Store, held_id: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = counted(monkeypatch, "write_audit", write_audit)
    assert len({draws.kept_audit(sqlite_store, folder, held_id) for _ in range(3)}) == 1
    assert made == [held_id]


def test_what_a_draw_was_before_is_removed_and_other_draws_stay(sqlite_store: Store, folder: Path) -> None:
    make_finished(sqlite_store, wins="any")
    first, second = freeze(sqlite_store).id, freeze(sqlite_store, reason="又一次").id
    before, other = (draws.kept_audit(sqlite_store, folder, draw_id) for draw_id in (first, second))
    with sqlite_store.transaction() as session:
        draws.hold(session, first, VALUES, "wang", AFTER)
    after = draws.kept_audit(sqlite_store, folder, first)
    assert before != after
    assert files(folder) == {after.name, other.name}


def test_what_breaks_off_leaves_nothing_and_is_made_again(
    sqlite_store: Store, held_id: str, audit: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(session: Session, draw: DrawRecord, stream: IO[bytes]) -> None:
        stream.write(b"PK")
        raise OSError("no space left")

    monkeypatch.setattr(kept_files, "write_audit", broken)
    with pytest.raises(OSError, match="no space"):
        draws.kept_audit(sqlite_store, folder, held_id)
    assert files(folder) == set()
    monkeypatch.undo()
    assert draws.kept_audit(sqlite_store, folder, held_id).read_bytes() == audit


def test_the_remains_of_a_killed_maker_are_written_over(
    sqlite_store: Store, held_id: str, audit: bytes, folder: Path
) -> None:
    folder.mkdir()
    (folder / f"{held_id}.zip.part").write_bytes(b"PK" * 1_000_000)
    path = draws.kept_audit(sqlite_store, folder, held_id)
    assert path.read_bytes() == audit
    assert files(folder) == {path.name}


@pytest.mark.race
def test_of_those_who_ask_at_once_one_makes_it_and_all_get_it(
    sqlite_store: Store, held_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repeats: int
) -> None:
    made = counted(monkeypatch, "write_audit", write_audit)
    for number in range(repeats):
        folder, start = tmp_path / str(number), threading.Barrier(8)

        def ask(folder: Path = folder, start: threading.Barrier = start) -> Path:
            start.wait(10)
            return draws.kept_audit(sqlite_store, folder, held_id)

        with ThreadPoolExecutor(8) as pool:
            paths = {future.result(30) for future in [pool.submit(ask) for _ in range(8)]}
        assert len(paths) == 1
        assert len(made) == number + 1


def test_who_would_wait_too_long_is_asked_to_come_again(
    sqlite_store: Store, held_id: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_files, "PATIENCE_S", 0.0)
    begun, let_go = threading.Event(), threading.Event()

    def slow(session: Session, draw: DrawRecord, stream: IO[bytes]) -> None:
        begun.set()
        assert let_go.wait(10)
        write_audit(session, draw, stream)

    monkeypatch.setattr(kept_files, "write_audit", slow)
    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(draws.kept_audit, sqlite_store, folder, held_id)
        assert begun.wait(10)
        with pytest.raises(Moved, match="过几秒"):
            draws.kept_audit(sqlite_store, folder, held_id)
        let_go.set()
        assert making.result(10) == draws.kept_audit(sqlite_store, folder, held_id)


def test_an_unknown_draw_keeps_nothing(sqlite_store: Store, folder: Path) -> None:
    for draw_id in ("C9-D9", "../C1-D1", "*"):
        with pytest.raises(NotFound):
            draws.kept_audit(sqlite_store, folder, draw_id)
    assert not folder.exists()


def test_a_line_is_found_in_the_list_that_is_read_once(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    read = counted(monkeypatch, "frozen_list", frozen_list)
    with store.reading() as session:
        draw = draws.find(session, draw_id)
        found = [draws.entrant_of(session, folder, draw, pseudonym(SALT, person)) for person in (1, 2, 3)]
        strange = draws.entrant_of(session, folder, draw, "0" * 16)
    assert [(entrant.unit, entrant.tickets) if entrant else None for entrant in found] == [
        ("U01", 1),
        ("U02", 1),
        ("-", 1),
    ]
    assert [entrant.entrant for entrant in found if isinstance(entrant, Entrant)] == [
        pseudonym(SALT, person) for person in (1, 2, 3)
    ]
    assert strange is None
    assert read == [draw_id]
