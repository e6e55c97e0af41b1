"""What would go wrong with a campaign, a sentence each that says what to do."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    severity: str
    """``error`` or ``warning``."""
    sentence: str
    field: str = ""
    """The field of `Plan` that it is about; empty: what lies outside of it."""
