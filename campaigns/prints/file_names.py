"""Names of files and folders that every system can open, Windows too, made of what units are called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from campaigns.prints.typesetting import plain

LONGEST = 40
"""Characters of a name, so that a path stays under the 260 that Windows can open."""
DEEPEST = 4
"""Folders below one another; what lies deeper is put into the last of them."""
UNSAFE = re.compile(r'[<>:"/\\|?*]')
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def safe(text: str) -> str:
    """`text` as a name: forbidden characters become ``_``; never empty, never a name that Windows keeps for itself."""
    name = UNSAFE.sub("_", plain(text))[:LONGEST].strip(" .")
    return f"_{name}" if not name or RESERVED.fullmatch(name) else name


class Paths:
    """Gives every unit a path of its own, also where a system takes upper and lower case for the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def path(self, above: Sequence[str], code: str, name: str) -> str:
        """``<above>/<code> <name>`` without an ending."""
        folders = [safe(one) for one in above[:DEEPEST]]
        wanted = "/".join([*folders, safe(f"{code} {name}")])
        found, number = wanted, 1
        while found.casefold() in self._taken:
            number += 1
            found = f"{wanted}-{number}"
        self._taken.add(found.casefold())
        return found
