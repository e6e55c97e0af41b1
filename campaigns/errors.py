"""What the rules of the game and their records can refuse.

CampaignsError                 its text is one plain sentence for the person who asked
  +-- StoreUnavailable         the database cannot be reached or opened
  +-- NotFound                 a campaign, unit, bank, draw or person that does not exist
  +-- Refused                  a rule says no: the text says which, and what to do
  |     +-- NotOpen            the campaign's window or state does not allow play now
  |     +-- NoAttemptLeft      all attempts that the campaign allows are used
  |     +-- DrawRefused        a draw that may not be frozen, held, forfeited so
  +-- Moved                    another process was quicker: look again and decide anew
  +-- PrintError               what cannot be printed: see campaigns.prints.errors
  +-- Unverifiable             evidence of a draw that does not hold together
"""

from __future__ import annotations


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


class DrawRefused(Refused):
    pass


class Moved(CampaignsError):
    pass


class Unverifiable(CampaignsError):
    pass
