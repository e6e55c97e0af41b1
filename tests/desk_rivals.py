"""Prize desks as processes of their own, which do what they are told at one and the same instant."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import SystemRandom
from typing import Any

from campaigns.errors import CodeRefused
from campaigns.privacy import CODES, Seal
from campaigns.prizes import awards, codes, redeeming
from campaigns.store import Store, open_store

HEAD_START_S = 0.03
"""Until when all have read what they are to do."""
PATIENCE_S = 60
Deed = tuple[Any, ...]


@contextmanager
def rivals(count: int) -> Iterator[Sequence[Connection]]:
    """So many processes, by the pipes that lead to them; they end with the block, or with us."""
    context = get_context("spawn")  # a fork would share what this process has open
    with ExitStack() as stack:
        ours, theirs = zip(*(map(stack.enter_context, context.Pipe()) for _ in range(count)), strict=True)
        first = context.Process(target=split_up, args=(theirs,))
        first.start()
        for pipe in theirs:
            pipe.close()
        yield ours
    first.join(PATIENCE_S)


def split_up(pipes: Sequence[Connection]) -> None:
    """Become a process a pipe: they import the program but once."""
    for own in pipes:
        if os.fork() == 0:
            for pipe in pipes:
                if pipe is not own:
                    pipe.close()
            work(own)
            os._exit(0)
    for pipe in pipes:
        pipe.close()
    for _ in pipes:
        os.wait()


def at_once(pipes: Sequence[Connection], url: str, deeds: Sequence[Deed]) -> list[Any]:
    """Let each process do its deed in the database at `url`, all at the same instant; what came of it, in order."""
    for pipe in pipes:
        pipe.send((url, "open", 0.0))
        assert pipe.recv() is None
    start = time.time() + HEAD_START_S
    for pipe, deed in zip(pipes, deeds, strict=True):
        pipe.send((url, *deed[:1], start, *deed[1:]))
    outcomes = []
    for pipe in pipes:
        assert pipe.poll(PATIENCE_S)
        outcomes.append(pipe.recv())
    return outcomes


def work(pipe: Connection) -> None:
    """What a process does until its pipe is closed."""
    store: Store | None = None
    while True:
        try:
            url, name, start, *arguments = pipe.recv()
        except EOFError:
            break
        if store is None or name == "open":  # between two tests a database loses its connections
            if store is not None:
                store.close()
            store = open_store(url)
            store.ping()
        while time.time() < start:
            pass
        pipe.send(DEEDS[name](store, *arguments))
    if store is not None:
        store.close()


def _open(store: Store) -> None:
    pass


def _redeem(store: Store, by: str, code: str, now: int) -> tuple[bool, str]:
    """Whether it was handed out by us, and by whom it was."""
    outcome = redeeming.redeem(store, by, code, now)
    return outcome.done, outcome.found.redeemed_by


def _guess(store: Store, by: str, code: str, now: int, times: int) -> list[str]:
    """What is said to each of so many wrong codes."""
    said = []
    for _ in range(times):
        try:
            redeeming.look_up(store, by, code, now)
        except CodeRefused as refused:
            said.append(str(refused))
    return said


def _take_back(store: Store, award_id: int, now: int) -> bool:
    with store.transaction() as session:
        return awards.take_back(session, award_id, "逾期未领", now)


def _see_code(store: Store, award_id: int, person_id: int, secret: str, now: int) -> str:
    with store.transaction() as session:
        return codes.code_for(session, award_id, person_id, Seal(secret, CODES), SystemRandom(), now)


DEEDS: dict[str, Callable[..., Any]] = {
    "open": _open,
    "redeem": _redeem,
    "guess": _guess,
    "take back": _take_back,
    "see code": _see_code,
}
