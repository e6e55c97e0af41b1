"""One access token among all processes, kept in SQL: fetched by one of them while the others go on or wait.

The row of `access_token` says all: its token (sealed), its version, who is fetching a new one and until when.

- A token is renewed in its last five minutes, in which the platforms accept the old and the new one.
- A token that was refused is renewed at once, but at most once a minute; whoever was refused with an older version than
  the row's takes the row's.
- Whoever fetches has a lease: a conditional UPDATE decides, and when it dies the lease runs out. A lease without a
  holder is a fetch that failed: until it runs out nobody tries again, and nobody waits.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import CursorResult, Executable, select, update

from campaigns import tables
from campaigns.clock import DAY, MINUTE, SECOND, day_number
from campaigns.privacy import fernet
from campaigns.store import Store, insertion
from platforms.errors import CircuitOpen, PlatformError

RENEWED_BEFORE = 5 * MINUTE
RENEWALS_APART = MINUTE
LONGEST_LIFETIME = 7_200 * SECOND
FETCH_S = 5.0
LEASE = 7 * SECOND
"""A little longer than a fetch may take."""
PAUSE_AFTER_FAILURE = 5 * SECOND
_LEAST_FAIR_S = 1.0
"""A fetch that had less time than this says nothing about the platform when it fails."""
_POLL_S = 0.05
_PLATFORMS_ZONE = "Asia/Shanghai"
_ROW = tables.AccessToken


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    version: int

    def __repr__(self) -> str:
        return f"Token(version={self.version})"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the platform gave."""

    token: str
    lifetime_ms: int

    def __repr__(self) -> str:
        return f"Fetched(lifetime_ms={self.lifetime_ms})"


Fetch = Callable[[bool, float], Fetched]
"""Asks the platform: (whether to force a new token, seconds it may take). Raises PlatformError."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """The row, unsealed."""

    token: Token | None
    version: int
    forced_ms: tuple[int, ...]
    renewed_ms: int
    """When last one was fetched because the one before was refused."""
    fetched_ms: int
    expires_ms: int
    refresher: str | None
    refreshing_until_ms: int


class Tokens:
    """The token of one account for one purpose. Threads may share it."""

    def __init__(
        self,
        store: Store,
        platform: str,
        account: str,
        purpose: str,
        fetch: Fetch,
        secret: str,
        clock: Callable[[], int],
        holder: str,
        forced_a_day: int = 0,
    ) -> None:
        """`secret` seals the token: who has another one cannot read it, and fetches anew. `holder` names the process.

        `forced_a_day`: how often a day the platform may be made to give a new token although it holds the present
        one to be good; 0 where it cannot be.
        """
        self._store = store
        self._key = {"platform": platform, "account": account, "purpose": purpose}
        self._here = [getattr(_ROW, column) == value for column, value in self._key.items()]
        self._fetch = fetch
        self._seal = _sealer(secret, f"{platform}\n{account}\n{purpose}")
        self._clock = clock
        self._holder = holder[:40]
        self._forced_a_day = forced_a_day
        self._guard = threading.Lock()
        self._cached: Token | None = None
        self._cached_until_ms = 0

    def get(self, seconds: float) -> Token:
        """A token that should be good, in at most `seconds`.

        Raises CircuitOpen when it cannot be had for the moment, PlatformError when it was asked for in vain.
        """
        with self._guard:
            if self._cached is not None and self._clock() < self._cached_until_ms:
                return self._cached
        return self._shared(None, time.monotonic() + seconds)

    def renew(self, refused: Token, seconds: float) -> Token:
        """A newer token than one that the platform refused. Raises as `get` does."""
        return self._shared(refused, time.monotonic() + seconds)

    def renewable_from(self) -> int:
        """From when on a refused token may be renewed, in UTC milliseconds."""
        return self._read().renewed_ms + RENEWALS_APART

    def _shared(self, refused: Token | None, deadline: float) -> Token:
        while True:
            kept, now = self._read(), self._clock()
            token = _usable(kept, refused, now)
            if token is not None and not self._is_due(kept, now):
                self._remember(token, kept)
                return token
            if refused is not None and token is None:
                _not_too_soon(kept, refused, now)
            lease = self._lease(kept, now)
            if lease is not None:
                return self._refresh(lease, kept, token, refused, deadline)
            if token is not None:
                return token
            self._wait(deadline)

    def _is_due(self, kept: _Kept, now: int) -> bool:
        """Whether a token that is still good should be renewed now."""
        renewed_from = max(kept.expires_ms - RENEWED_BEFORE, kept.fetched_ms + RENEWALS_APART)
        return now >= renewed_from and now >= kept.refreshing_until_ms

    def _remember(self, token: Token, kept: _Kept) -> None:
        with self._guard:
            self._cached, self._cached_until_ms = token, kept.expires_ms - RENEWED_BEFORE

    def _wait(self, deadline: float) -> None:
        """For another process that is fetching. Raises CircuitOpen when it failed, or takes too long."""
        while True:
            kept, now = self._read(), self._clock()
            if now >= kept.refreshing_until_ms:
                return
            if kept.refresher is None:
                raise CircuitOpen("刚才没有取到平台的访问凭证，稍后会再试。", until_ms=kept.refreshing_until_ms)
            if time.monotonic() >= deadline:
                soon = min(kept.refreshing_until_ms, now + SECOND)
                raise CircuitOpen("平台的访问凭证正在更新，稍后会再试。", until_ms=soon)
            time.sleep(_POLL_S)

    def _refresh(self, lease: str, kept: _Kept, token: Token | None, refused: Token | None, deadline: float) -> Token:
        seconds = min(FETCH_S, deadline - time.monotonic())
        begun = self._clock()
        try:
            fetched, forced = self._fetch_other_than(refused, lease, kept, seconds)
        except PlatformError as error:
            now = self._clock()
            until = error.until_ms if isinstance(error, CircuitOpen) else now + PAUSE_AFTER_FAILURE
            fair = seconds >= _LEAST_FAIR_S
            self._release(lease, min(until, now + RENEWALS_APART) if fair else 0)
            if token is None:
                raise
            return token
        except BaseException:
            self._release(lease, 0)
            raise
        lifetime = max(MINUTE, min(fetched.lifetime_ms, LONGEST_LIFETIME))
        renewed_ms = kept.renewed_ms if refused is None else self._clock()
        self._settle(lease, self._sealed(fetched.token, forced, renewed_ms), begun + lifetime)
        return self._shared(refused, deadline)

    def _fetch_other_than(
        self, refused: Token | None, lease: str, kept: _Kept, seconds: float
    ) -> tuple[Fetched, tuple[int, ...]]:
        """What the platform gives; forced out of it only when it insists on the refused one.

        Asked plainly it gives the token that another program has forced meanwhile: to force another one each time
        would be a war between two programs, of twenty battles a day.
        """
        end = time.monotonic() + seconds
        fetched = self._fetch(False, seconds)
        if refused is None or fetched.token != refused.value:
            return fetched, kept.forced_ms
        now = self._clock()
        today = day_number(now, _PLATFORMS_ZONE)
        forced = tuple(ms for ms in kept.forced_ms if day_number(ms, _PLATFORMS_ZONE) == today)
        if len(forced) >= self._forced_a_day:
            raise CircuitOpen(_SPENT if self._forced_a_day else _INSISTS, until_ms=now + RENEWALS_APART)
        if forced and now - forced[-1] < RENEWALS_APART:
            raise CircuitOpen(_INSISTS, until_ms=forced[-1] + RENEWALS_APART)
        forced = (*forced, now)
        if not self._note_forced(
            lease, forced, kept.renewed_ms
        ):  # before it is done: whether it was is not always told
            raise CircuitOpen(_INSISTS, until_ms=now + RENEWALS_APART)
        return self._fetch(True, end - time.monotonic()), forced

    def _read(self) -> _Kept:
        with self._store.reading() as session:
            row = session.scalars(select(_ROW).where(*self._here)).one_or_none()
        if row is None:
            return _Kept(None, 0, (), -DAY, -DAY, 0, None, 0)
        value, forced, renewed_ms = self._open(row.sealed)
        return _Kept(
            token=Token(value, row.version) if value else None,
            version=row.version,
            forced_ms=forced,
            renewed_ms=renewed_ms,
            fetched_ms=row.fetched_ms,
            expires_ms=row.expires_ms,
            refresher=row.refresher,
            refreshing_until_ms=row.refreshing_until_ms,
        )

    def _open(self, sealed: str) -> tuple[str, tuple[int, ...], int]:
        """The token, or nothing where there is none that we can read; when it was forced, and renewed."""
        if not sealed:
            return "", (), -DAY
        try:
            opened = json.loads(self._seal.decrypt(sealed))
            return opened["token"], tuple(opened["forced_ms"]), opened["renewed_ms"]
        except (InvalidToken, KeyError):  # sealed under another secret, or by another version of the program
            return "", (), -DAY

    def _sealed(self, value: str, forced: tuple[int, ...], renewed_ms: int) -> str:
        opened = {"token": value, "forced_ms": forced, "renewed_ms": renewed_ms}
        return self._seal.encrypt(json.dumps(opened).encode()).decode()

    def _lease(self, kept: _Kept, now: int) -> str | None:
        """The right to fetch, or None when somebody has it, or nobody may."""
        if now < kept.refreshing_until_ms:
            return None
        lease = f"{self._holder}.{secrets.token_hex(6)}"
        if kept.version == 0:
            self._make_row()
        taken = self._write(
            update(_ROW)
            .where(*self._here, _ROW.version == kept.version, _ROW.refreshing_until_ms <= now)
            .values(refresher=lease, refreshing_until_ms=now + LEASE)
        )
        return lease if taken else None

    def _make_row(self) -> None:
        empty = {"sealed": "", "version": 0, "fetched_ms": 0, "expires_ms": 0, "refreshing_until_ms": 0}
        self._write(insertion(self._store.engine, _ROW).values(**self._key, **empty).on_conflict_do_nothing())

    def _note_forced(self, lease: str, forced: tuple[int, ...], renewed_ms: int) -> bool:
        """Whether the lease still holds."""
        sealed = self._sealed("", forced, renewed_ms)  # the token is the refused one
        return self._write(update(_ROW).where(*self._here, _ROW.refresher == lease).values(sealed=sealed))

    def _settle(self, lease: str, sealed: str, expires_ms: int) -> None:
        """Unless the lease was lost: then another one's token is as good."""
        self._write(
            update(_ROW)
            .where(*self._here, _ROW.refresher == lease)
            .values(
                sealed=sealed,
                version=_ROW.version + 1,
                fetched_ms=self._clock(),
                expires_ms=expires_ms,
                refresher=None,
                refreshing_until_ms=0,
            )
        )

    def _release(self, lease: str, until_ms: int) -> None:
        self._write(
            update(_ROW)
            .where(*self._here, _ROW.refresher == lease)
            .values(refresher=None, refreshing_until_ms=until_ms)
        )

    def _write(self, statement: Executable) -> bool:
        with self._store.transaction() as session:
            result = session.execute(statement)
            assert isinstance(result, CursorResult)
            return bool(result.rowcount == 1)


_SPENT = "今天强制更新访问凭证的次数已经用完，请查一查是不是还有别的程序在用同一个 AppSecret；稍后会再试。"
_INSISTS = "平台不认它自己刚发的访问凭证，稍后会再试。"


def _usable(kept: _Kept, refused: Token | None, now: int) -> Token | None:
    if kept.token is None or now >= kept.expires_ms or (refused is not None and kept.version <= refused.version):
        return None
    return kept.token


def _not_too_soon(kept: _Kept, refused: Token, now: int) -> None:
    """Raises CircuitOpen when the newest token is refused within a minute of the last renewal."""
    soonest = kept.renewed_ms + RENEWALS_APART
    if kept.version <= refused.version and now < soonest:
        raise CircuitOpen("平台不认刚更新的访问凭证，一分钟后再更新。", until_ms=soonest)


def _sealer(secret: str, context: str) -> Fernet:
    return fernet(secret, f"lvda access token\n{context}")
