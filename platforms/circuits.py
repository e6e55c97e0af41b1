"""Kinds of calls that an account must not make for a while, known to all processes by rows of `circuit`.

A circuit with a reason of the platform's (a quota, a token) is open until a moment and then forgotten. The circuit of
reachability is opened by failures in a row, and half-open after its moment: one call is let through as a probe; if it
is answered the circuit is closed, if not it stays open longer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import CursorResult, delete, select, update

from campaigns import tables
from campaigns.clock import SECOND
from campaigns.store import Store, insertion
from platforms.errors import CircuitOpen

REACHABILITY = ""
"""The circuit of all calls, opened when the platform does not answer."""
TOKEN = "token"
"""The circuit of all calls that need an access token."""
FAILURES_IN_A_ROW = 3
SHORTEST, LONGEST = 10 * SECOND, 60 * SECOND
PROBE = 10 * SECOND
"""How long the others wait for a probe."""
_REMEMBERED_S = 2.0
_ROW = tables.Circuit


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    api: str
    open_until_ms: int
    opened_ms: int
    reason: str


class Circuits:
    """The circuits of one account. Threads may share it."""

    def __init__(self, store: Store, platform: str, account: str, clock: Callable[[], int]) -> None:
        self._store = store
        self._key = {"platform": platform, "account": account}
        self._here = (_ROW.platform == platform, _ROW.account == account)
        self._clock = clock
        self._guard = threading.Lock()
        self._failures = 0
        self._known: dict[str, OpenCircuit] = {}
        self._known_until = 0.0

    def check(self, *apis: str) -> None:
        """Whether these circuits, and the platform's reachability, let a call through. Raises CircuitOpen."""
        known, now = self._rows(), self._clock()
        for api in apis:
            circuit = known.get(api)
            if circuit is not None and now < circuit.open_until_ms:
                raise CircuitOpen(circuit.reason, until_ms=circuit.open_until_ms)
        reachability = known.get(REACHABILITY)
        if reachability is not None and not self._may_probe(reachability, now):
            raise CircuitOpen(reachability.reason, until_ms=max(reachability.open_until_ms, now + SECOND))

    def open(self, api: str, until_ms: int, reason: str) -> None:
        """Let no call through until then, of whichever process; a circuit that is open longer stays so."""
        row = {"open_until_ms": until_ms, "reason": reason, "opened_ms": self._clock()}
        inserted = insertion(self._store.engine, _ROW).values(**self._key, api=api, **row)
        if api == REACHABILITY:
            del row["opened_ms"]  # a probe that fails goes on with the same outage
        with self._store.transaction() as session:
            session.execute(
                inserted.on_conflict_do_update(
                    index_elements=[_ROW.platform, _ROW.account, _ROW.api],
                    set_=row,
                    where=_ROW.open_until_ms < until_ms,
                )
            )
        self._forget()

    def close(self, *apis: str) -> None:
        """Let calls through again; none named: all of them."""
        named = (_ROW.api.in_(apis),) if apis else ()
        with self._store.transaction() as session:
            session.execute(delete(_ROW).where(*self._here, *named))
        self._forget()

    def unreached(self) -> None:
        """A call was not answered."""
        with self._guard:
            self._failures += 1
            failures, probed = self._failures, self._known.get(REACHABILITY)
        now = self._clock()
        if probed is not None:
            self._open_reachability(now + max(SHORTEST, min(LONGEST, now - probed.opened_ms)))
        elif failures >= FAILURES_IN_A_ROW:
            self._open_reachability(now + SHORTEST)

    def reached(self) -> None:
        """A call was answered, with whatever."""
        with self._guard:
            self._failures = 0
            probed = REACHABILITY in self._known
        if probed:
            self.close(REACHABILITY)

    def all_open(self) -> list[OpenCircuit]:
        """Those that let no call through now, as the database has them."""
        now = self._clock()
        return sorted(
            (circuit for circuit in self._read().values() if now < circuit.open_until_ms), key=lambda one: one.api
        )

    def _open_reachability(self, until_ms: int) -> None:
        self.open(REACHABILITY, until_ms, "平台连续几次没有响应，过几秒再试。")

    def _may_probe(self, circuit: OpenCircuit, now: int) -> bool:
        """Whether this very call is the probe: of all who ask, a conditional UPDATE chooses one."""
        if now < circuit.open_until_ms:
            return False
        with self._store.transaction() as session:
            result = session.execute(
                update(_ROW)
                .where(*self._here, _ROW.api == REACHABILITY, _ROW.open_until_ms == circuit.open_until_ms)
                .values(open_until_ms=now + PROBE)
            )
            assert isinstance(result, CursorResult)
            chosen = result.rowcount == 1
        if not chosen:
            self._forget()
        return chosen

    def _rows(self) -> dict[str, OpenCircuit]:
        with self._guard:
            if time.monotonic() < self._known_until:
                return self._known
        known = self._read()
        with self._guard:
            self._known, self._known_until = known, time.monotonic() + _REMEMBERED_S
        return known

    def _read(self) -> dict[str, OpenCircuit]:
        with self._store.reading() as session:
            rows = session.scalars(select(_ROW).where(*self._here))
            return {row.api: OpenCircuit(row.api, row.open_until_ms, row.opened_ms, row.reason) for row in rows}

    def _forget(self) -> None:
        with self._guard:
            self._known_until = 0.0
