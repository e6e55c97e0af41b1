"""The audit log: who changed what, when, what it was before and is after.

`record` writes one entry in the transaction of the change, so that there is no change without it and no entry without
the change. Entries are chained afterwards, by one writer: what is being changed need not queue for the end of a chain.

Codes of what was done are ``room.deed``, the deed in the past: ``campaign.published``, ``person.merged``,
``staff.signed_in``. Subjects are ``kind:name``: ``campaign:demo``, ``person:17``, ``staff:chen``.

Rooms: `recording` writes entries, `chaining` makes a chain of them, proves it and forgets what is too old, `reading`
finds entries again, `words` says them in Chinese.
"""

from campaigns.audit.chaining import (
    KEPT_MS,
    LEAST_KEPT_MS,
    Head,
    Verdict,
    chain,
    head,
    purge,
    purge_all,
    read_head,
    verify,
)
from campaigns.audit.reading import PROGRAM, Entry, Wanted, authors, codes, entries, how_many, unfold
from campaigns.audit.recording import changed, record, record_each

__all__ = [
    "KEPT_MS",
    "LEAST_KEPT_MS",
    "PROGRAM",
    "Entry",
    "Head",
    "Verdict",
    "Wanted",
    "authors",
    "chain",
    "changed",
    "codes",
    "entries",
    "head",
    "how_many",
    "purge",
    "purge_all",
    "read_head",
    "record",
    "record_each",
    "unfold",
    "verify",
]
