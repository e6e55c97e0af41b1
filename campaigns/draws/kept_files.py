"""What the public pages of a draw ask for again and again, made once and kept as files of one folder.

For a million entrants the evidence takes seconds and hundreds of megabytes to make, and anyone may ask for it. It is
kept under a name that changes with it; so is the frozen list, in which single lines are looked up. The folder holds
one of each for a draw, and nothing that could not be made again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from campaigns.draws import scheme
from campaigns.draws.evidence import audit_tag, write_audit
from campaigns.draws.records import DrawRecord, find, frozen_list
from campaigns.draws.scheme import Entrant
from campaigns.embedded import hold as lock_file
from campaigns.errors import Moved
from campaigns.store import Store

EVIDENCE = ".zip"
LIST = ".tsv"
PATIENCE_S = 2.0
"""How long one waits while another makes the evidence: longer than for any usual draw. Of a large one's requests
there could be as many as the server has threads, and nobody's answer would be heard."""


def kept_audit(store: Store, folder: Path, draw_id: str) -> Path:
    """The file that holds `audit_zip` of the draw as it is by now; its name changes with its content.

    Raises NotFound, Unverifiable when the stored list is not the published one, and Moved when another thread or
    process is still making it.
    """
    with store.reading() as session:
        path = _path(folder, draw_id, audit_tag(find(session, draw_id)), EVIDENCE)
    if path.exists():
        return path
    with _one_maker(folder, EVIDENCE), store.reading() as session:
        draw = find(session, draw_id)  # it may have gone on while others made theirs
        path = _path(folder, draw_id, audit_tag(draw), EVIDENCE)
        if not path.exists():
            _keep(path, draw_id, lambda stream: write_audit(session, draw, stream))
    return path


def entrant_of(session: Session, folder: Path, draw: DrawRecord, entrant: str) -> Entrant | None:
    """One line of the draw's list, found without reading all of it. Raises as `kept_audit`."""
    path = _path(folder, draw.id, draw.announcement.list_hash, LIST)
    if not path.exists():
        with _one_maker(folder, LIST):
            if not path.exists():
                _keep(path, draw.id, lambda stream: stream.write(frozen_list(session, draw)))
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        return scheme.find_entrant(data, entrant)


def _path(folder: Path, draw_id: str, tag: str, kind: str) -> Path:
    return folder / f"{draw_id}-{tag}{kind}"


@contextmanager
def _one_maker(folder: Path, kind: str) -> Iterator[None]:
    """Threads and processes that share the folder take turns."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = lock_file(folder / f"making{kind}.lock", PATIENCE_S)
    if lock is None:
        raise Moved("证据正在生成，请过几秒再试。")
    try:
        yield
    finally:
        os.close(lock)


def _keep(path: Path, draw_id: str, write: Callable[[IO[bytes]], object]) -> None:
    """Make a file, whole or not at all, and remove those of its kind that the draw had before."""
    draft = path.with_name(f"{draw_id}{path.suffix}.part")  # should this be killed, the next maker writes it over
    try:
        with draft.open("wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    for former in path.parent.glob(f"{draw_id}-*{path.suffix}"):
        if former != path:
            former.unlink(missing_ok=True)
