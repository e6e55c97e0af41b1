"""Processes of their own that finish attempts and draw their lots at the same instant; some are killed at it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from campaign_made import OPENS, TheFirst
from sqlalchemy import insert

from campaigns import play, tables
from campaigns.editions import Editions, load_edition
from campaigns.errors import StoreUnavailable
from campaigns.people import Sender
from campaigns.prizes import lots
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores
from questions.papers import dump

T = TypeVar("T")
ROOT = Path(__file__).parents[1]
PATIENCE_S = 300
TRIES = 50
"""On SQLite a process may wait for the others longer than it cares to."""
NOW = OPENS + 60_000


@dataclass(frozen=True)
class Share:
    """The attempts that one process sees to."""

    attempts: Sequence[int]
    finishes: bool = True
    """Whether they are still to be finished; else only their lots are drawn."""
    dies_between: int = 0
    """Killed behind the so-manieth finish, when its lot is not decided yet; 0: never."""
    dies_in: int = 0
    """Killed when the so-manieth prize was taken and put on record, and is not committed; 0: never."""


def run(url: str, shares: Sequence[Share], killed_after_s: float | None = None) -> list[list[str | None] | None]:
    """What each process's lots won; None for a process that was killed. The last one is, after so many seconds."""
    context = get_context("forkserver")  # forks of one that has imported the program, and has nothing open
    context.set_forkserver_preload(["lot_rivals"])
    inherited = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    try:
        forkserver.ensure_running()
    finally:
        if inherited is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = inherited
    running = []
    for share in shares:
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs, url, share), daemon=True)
        process.start()
        theirs.close()
        running.append((process, ours))
    for _, pipe in running:
        assert pipe.recv() == "ready"
    for _, pipe in running:
        pipe.send("go")
    if killed_after_s is not None:
        time.sleep(killed_after_s)
        running[-1][0].kill()
    outcomes = []
    for process, pipe in running:
        try:
            outcomes.append(pipe.recv() if pipe.poll(PATIENCE_S) else None)
        except EOFError:
            outcomes.append(None)
        process.join(PATIENCE_S)
        assert process.exitcode in (0, -signal.SIGKILL)
        process.close()
        pipe.close()
    return outcomes


def work(pipe: Connection, url: str, share: Share) -> None:
    """What a process does."""
    store = open_store(url)
    stores = Stores(store, Ranking(store, None), Editions())
    store.ping()
    pipe.send("ready")
    pipe.recv()
    won: list[str | None] = []
    for number, attempt_id in enumerate(share.attempts, start=1):
        if share.finishes:
            _patiently(partial(finish, stores, attempt_id))
        if number == share.dies_between:
            os.kill(os.getpid(), signal.SIGKILL)
        dies = share.dies_in == sum(name is not None for name in won) + 1
        won.append(_patiently(partial(draw, stores, attempt_id, dies=dies)))
    pipe.send(won)
    store.close()


def _patiently(deed: Callable[[], T]) -> T:
    for _ in range(TRIES):
        try:
            return deed()
        except StoreUnavailable:
            continue
    raise TimeoutError


def finish(stores: Stores, attempt_id: int) -> None:
    """By the door that participants take: the answer to the last question; nothing, if it has been answered."""
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, sender(attempt_id))
        assert turn is not None
        if turn.attempt is not None:
            play.answer(direct, turn, turn.attempt.position, "C", NOW, in_chat=False)


def draw(stores: Stores, attempt_id: int, *, dies: bool = False) -> str | None:
    with stores.sql.transaction() as session:
        found = lots.draw_lot(session, stores.editions.by_slug(stores.sql, "week"), attempt_id, NOW)
        if dies and found is not None:
            session.flush()
            os.kill(os.getpid(), signal.SIGKILL)
    return found


def sender(number: int) -> Sender:
    return Sender("wechat", "", f"o{number}")


def seat(store: Store, campaign_id: int, numbers: Iterable[int], *, finished: bool = False) -> None:
    """Persons of these ids, each with an identity and an attempt of that id: before its last answer, or behind it."""
    with store.reading() as session:
        edition = load_edition(session, campaign_id)
    paper = dump(play.paper_for(edition, TheFirst()))
    done = {"state": "finished", "position": 2, "score": 10, "finished_ms": NOW, "used_ms": 60_000}
    ids = list(numbers)
    with store.transaction() as session:
        session.execute(insert(tables.Person), [{"id": one, "name": "", "created_ms": OPENS} for one in ids])
        identities = [
            {
                "id": one,
                "channel": sender(one).channel,
                "account": "",
                "sender": sender(one).sender,
                "person_id": one,
                "campaign_id": campaign_id,
                "created_ms": OPENS,
            }
            for one in ids
        ]
        session.execute(insert(tables.Identity), identities)
        attempts = [
            {
                "id": one,
                "campaign_id": campaign_id,
                "person_id": one,
                "identity_id": one,
                "ordinal": 1,
                "day": 20260704,
                "paper": paper,
                "begun_ms": OPENS,
                "shown_ms": OPENS,
                **(done if finished else {}),
            }
            for one in ids
        ]
        session.execute(insert(tables.Attempt), attempts)
