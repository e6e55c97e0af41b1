"""A draw that anyone can check: freeze, hold, confirm, forfeit, and the evidence.

    freeze   → the list of entrants and the rules are fixed and published (`freezing`)
    hold     → the announced public numbers are typed in, the awards follow (`holding`; `confirm` by a second person)
    forfeit  → a prize goes to the next who may have it (`forfeiting`)
    void     → a draw whose numbers never come is given up before it is held (`voiding`)
    audit    → everything needed to compute the draw again (`evidence`, which `keeping` makes once), and doing so
               (`verifying`)

Who wins is a pure function: `scheme`. Callers give the session and commit it. Where many may take part they first
`gather` (before a freeze) or `prepare` (before the others) in a session that only reads, so that writes stay short.
"""

from campaigns.draws.announcement import Announcement
from campaigns.draws.evidence import audit_tag, audit_zip
from campaigns.draws.forfeiting import forfeit, sequence_of
from campaigns.draws.freezing import FrozenDraw, freeze
from campaigns.draws.gathering import Gathered, days_of, gather
from campaigns.draws.holding import confirm, hold
from campaigns.draws.kept_files import entrant_of, kept_audit
from campaigns.draws.own_places import OwnPlace, own_place
from campaigns.draws.preparing import Prepared, given_for, prepare
from campaigns.draws.pseudonyms import pseudonym
from campaigns.draws.records import (
    DrawRecord,
    DrawState,
    ListedDraw,
    PublishedDraw,
    SourceValue,
    find,
    list_draws,
    listed_draws,
    published_draws,
)
from campaigns.draws.scheme import Award, AwardState, Entrant, Prize
from campaigns.draws.verifying import SIZE_LIMIT, Verdict, verify
from campaigns.draws.voiding import void
from campaigns.draws.waiting import pending, waits_for_scores

__all__ = [
    "SIZE_LIMIT",
    "Announcement",
    "Award",
    "AwardState",
    "DrawRecord",
    "DrawState",
    "Entrant",
    "FrozenDraw",
    "Gathered",
    "ListedDraw",
    "OwnPlace",
    "Prepared",
    "Prize",
    "PublishedDraw",
    "SourceValue",
    "Verdict",
    "audit_tag",
    "audit_zip",
    "confirm",
    "days_of",
    "entrant_of",
    "find",
    "forfeit",
    "freeze",
    "gather",
    "given_for",
    "hold",
    "kept_audit",
    "list_draws",
    "listed_draws",
    "own_place",
    "pending",
    "prepare",
    "pseudonym",
    "published_draws",
    "sequence_of",
    "verify",
    "void",
    "waits_for_scores",
]
