"""The names under which persons take part in a draw: each can find their own, nobody else's."""

from __future__ import annotations

import hmac


def pseudonym(salt: str, person_id: int) -> str:
    """16 hex characters: a person's entrant in every draw of the campaign whose (secret) salt this is."""
    return hmac.digest(salt.encode(), f"entrant\n{person_id}".encode(), "sha256").hex()[:16]


def tickets_of(points: int, draw_points: int) -> int:
    """Tickets of a person whose counted attempt has so many points; 0: no entrant.

    `draw_points` is what the campaign asks for. More points than that give no more tickets.
    """
    return 1 if points >= draw_points else 0
