"""One device: several persons who began by the same browser."""

from __future__ import annotations

LEAST_PERSONS = 3
"""Two may share a telephone at home."""
