"""What may be unfair play: found by the worker, judged by a person.

A signal says that something is odd about attempts, and does nothing by itself: nobody is banned by a machine. A person
looks at the evidence, and dismisses it with a note, or declares attempts void for a reason that their participants
read. Both can be undone. Offices share one address, and often one computer: an address alone is no signal.

Rooms: `quick`, `alike` and `one_device` say what is odd, purely, and where their thresholds are; `finding` looks for it
bit by bit; `listing` and `evidence` show what was found; `deciding` and `voiding` are what a person does about it.
"""

from campaigns.signals.deciding import dismiss, reopen
from campaigns.signals.evidence import Cell, Column, Evidence, Line, evidence
from campaigns.signals.finding import Finder, find_signals, find_signals_of
from campaigns.signals.kinds import Kind, State
from campaigns.signals.listing import Counts, Listed, Whose, check_attempts, counts, find, listing, whose
from campaigns.signals.voiding import (
    OwnVoid,
    VoidAttempt,
    Voided,
    own_voids,
    push,
    restore,
    void,
    void_attempts,
)

__all__ = [
    "Cell",
    "Column",
    "Counts",
    "Evidence",
    "Finder",
    "Kind",
    "Line",
    "Listed",
    "OwnVoid",
    "State",
    "VoidAttempt",
    "Voided",
    "Whose",
    "check_attempts",
    "counts",
    "dismiss",
    "evidence",
    "find",
    "find_signals",
    "find_signals_of",
    "listing",
    "own_voids",
    "push",
    "reopen",
    "restore",
    "void",
    "void_attempts",
    "whose",
]
