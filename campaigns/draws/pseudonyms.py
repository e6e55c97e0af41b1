"""The names under which persons take part in a draw: each can find their own, nobody else's."""

from __future__ import annotations

import hmac


def pseudonym(salt: str, person_id: int) -> str:
    """16 hex characters: a person's entrant in every draw of the campaign whose (secret) salt this is."""
    return hmac.digest(salt.encode(), f"entrant\n{person_id}".encode(), "sha256").hex()[:16]
