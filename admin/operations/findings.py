"""What `lvda doctor` says of one thing that it has looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    well: bool
    text: str
    """One sentence; of what is not well, it says what to do."""
