"""Reasons that are published with what they are given for."""

from __future__ import annotations

from campaigns.errors import Refused

LONGEST = 500


def stated(reason: str) -> str:
    """The reason, as it is published. Raises Refused for none, and for one that is no single line."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST or not reason.isprintable():
        raise Refused(f"请写明原因，原因将一并公布，不超过 {LONGEST} 字且不换行。")
    return reason
