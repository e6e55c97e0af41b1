"""What a kind of job is: a function that does the work step by step, and says how far it is.

A job may be taken up again by another worker at any moment, from its last checkpoint or from the beginning: what it
does in SQL is idempotent, or guarded by the transaction that writes its checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from campaigns.stores import Stores


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job was asked to do."""

    id: int
    kind: str
    title: str
    arguments: Mapping[str, Any]
    by: str
    unit_id: int | None
    """Of a liaison's: the unit beyond which it shows nothing."""
    asked_ms: int


class Running(Protocol):
    """The job as the function that does it sees it."""

    @property
    def asked(self) -> Asked: ...

    @property
    def checkpoint(self) -> Mapping[str, Any] | None:
        """The last one that was written; None: it begins."""

    def given(self) -> bytes:
        """The file that it was given; empty: none."""

    def step(self, done: int, total: int = 0, checkpoint: Mapping[str, Any] | None = None) -> None:
        """Say how far it is (0 of 0: not known), and from where to go on. Call it every few seconds, outside of
        transactions.

        Raises Cancelled when somebody asked to stop it, Lost when another worker does it by now.
        """

    def deliver(self, name: str, media_type: str, pieces: Iterable[bytes]) -> None:
        """Keep the file that it made, in place of one that an earlier try had begun."""


Doer = Callable[[Stores, Running, int], str]
"""Does the work at a time `now`; gives what came of it in one sentence, or raises CampaignsError or QuestionError with
the sentence why not."""
Kinds = Mapping[str, Doer]
"""By the name of the kind; `worker` puts it together."""


class Interrupted(Exception):
    """The work ends here."""


class Cancelled(Interrupted):
    """Somebody asked to stop it; the work may raise it anew with a sentence about what is left."""


class Lost(Interrupted):
    """Another worker does it."""
