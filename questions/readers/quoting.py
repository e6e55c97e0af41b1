"""How problems quote what a file says."""

from __future__ import annotations


def brief(text: str, most: int = 20) -> str:
    """A text on one line, and no more of it than its first `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"
