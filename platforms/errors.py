"""What speaking to a platform can fail with; every client raises these and nothing else.

PlatformError                    its text is one plain Chinese sentence; `code` is the platform's own number, or 0
  +-- Unreachable                no answer in time, or a 5xx: nobody knows whether it was done; try again later
  +-- Busy                       -1, 45011, HTTP 429: not done; try again later, not before `after_ms`
  +-- CircuitOpen                45009, or a circuit that is open already: not tried; not before `until_ms`
  +-- Unwelcome                  45015, 45047, 43101…: not by this way now; another way, or the page, may
  +-- CodeSpent                  40029, 40163: an OAuth code that was used or is too old: begin the sign-in anew
  +-- Refused                    43004, 48001…: never; trying again changes nothing
        +-- Misconfigured        40013, 40125, 40164…: an administrator must mend the account's settings
"""

from __future__ import annotations


class PlatformError(Exception):
    """The root of this package's errors."""

    def __init__(self, sentence: str, code: int = 0) -> None:
        super().__init__(sentence)
        self.code = code


class Unreachable(PlatformError):
    pass


class Busy(PlatformError):
    def __init__(self, sentence: str, code: int = 0, after_ms: int = 0) -> None:
        super().__init__(sentence, code)
        self.after_ms = after_ms
        """Milliseconds to wait at least."""


class CircuitOpen(PlatformError):
    def __init__(self, sentence: str, code: int = 0, until_ms: int = 0) -> None:
        super().__init__(sentence, code)
        self.until_ms = until_ms
        """UTC milliseconds."""


class Unwelcome(PlatformError):
    pass


class CodeSpent(PlatformError):
    pass


class Refused(PlatformError):
    pass


class Misconfigured(Refused):
    pass
