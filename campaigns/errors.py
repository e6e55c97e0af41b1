"""What the rules of the game and their records can refuse.

CampaignsError                 its text is one plain sentence for the person who asked
  +-- StoreUnavailable         the database cannot be reached or opened
  +-- NotFound                 a campaign, unit, bank, draw or person that does not exist
  +-- Refused                  a rule says no: the text says which, and what to do
  |     +-- NotOpen            the campaign's window or state does not allow play now
  |     +-- NoAttemptLeft      all attempts that the campaign allows are used
  |     +-- NotAdmitted        its people are not they: args[0] says what is asked of them, ``unit`` or ``roster``
  |     +-- NotMatched         no roster has somebody of this unit, name and staff number
  |     +-- TooQuick           nobody can have read the question in that time: nothing was recorded
  |     +-- PlanRefused        a campaign cannot be planned so: `faults` has a sentence a field
  |     +-- DrawRefused        a draw that may not be frozen, held, forfeited so
  |     +-- ClaimRefused       a prize cannot be claimed so: `faults` has a sentence a field
  |     +-- CodeRefused        no prize has this code, or too many wrong ones were tried
  +-- Moved                    another process was quicker: look again and decide anew
  +-- PrintError               what cannot be printed: see campaigns.prints.errors
  +-- Unverifiable             evidence of a draw that does not hold together
"""

from __future__ import annotations

from collections.abc import Mapping


class CampaignsError(Exception):
    """The root of this package's errors."""


class StoreUnavailable(CampaignsError):
    pass


class NotFound(CampaignsError):
    pass


class Refused(CampaignsError):
    pass


class NotOpen(Refused):
    pass


class NoAttemptLeft(Refused):
    pass


class NotAdmitted(Refused):
    pass


class TooQuick(Refused):
    pass


class PlanRefused(Refused):
    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("\n".join(faults.values()))
        self.faults = dict(faults)
        """One sentence by what it is about: a field of `keeping.Plan`, or a key of a plan's file."""


class NotMatched(Refused):
    pass


class DrawRefused(Refused):
    pass


class ClaimRefused(Refused):
    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("\n".join(faults.values()))
        self.faults = dict(faults)
        """One sentence by field: ``name``, ``phone``, ``address``; ``award`` where no field is at fault."""


class CodeRefused(Refused):
    pass


class Moved(CampaignsError):
    pass


class Unverifiable(CampaignsError):
    pass
