"""OLE files (MS-CFB): what the older office programs, and encrypted files of the newer, are in."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

_END = 0xFFFFFFFA
"""Sector numbers from here on are no sectors."""
_NONE = 0xFFFFFFFF
_MOST_SECTORS = 4_096
"""Of a directory: 8 entries of 128 bytes a kilobyte."""


def ole_streams(data: bytes) -> frozenset[str]:
    """The names at the top of an OLE file; those that occur anywhere where its directory cannot be read.

    Names below the top belong to documents within the document, which do not say what the file is.
    """
    try:
        found = _top(_directory(data))
    except (struct.error, IndexError, ValueError):
        found = frozenset()
    known = ("WordDocument", "Workbook", "Book", "PowerPoint Document", "EncryptedPackage")
    return found or frozenset(name for name in known if name.encode("utf-16-le") in data)


@dataclass(frozen=True, slots=True)
class Stream:
    data: bytes = b""
    size: int = 512
    """Of a sector."""
    sectors: Sequence[int] = ()

    def place(self, offset: int) -> int:
        """Where in the file a byte of the stream stands."""
        return (self.sectors[offset // self.size] + 1) * self.size + offset % self.size


def ole_stream(data: bytes, *names: str) -> Stream:
    """The first stream of one of these names, of those that are too large for the file's attic; empty for none.

    Raises struct.error, IndexError or ValueError for a damaged file.
    """
    size, table = _table(data)
    for entry in _directory(data):
        start, length = struct.unpack_from("<2I", entry, 116)
        if _name(entry) in names and length >= struct.unpack_from("<I", data, 56)[0]:
            sectors = _chain(start, table, -(-length // size))
            held = b"".join([data[(sector + 1) * size : (sector + 2) * size] for sector in sectors])
            return Stream(held[:length], size, sectors)
    return Stream()


def check_chains(data: bytes) -> None:
    """Raises ValueError, struct.error or IndexError where sectors follow each other in a circle, or are not there.

    Other programs go round and round in such a file, and keep what they pass.
    """
    size, table = _table(data)
    first, count = struct.unpack_from("<2I", data, 60)
    small: list[int] = []
    for sector in _chain(first, table, count):
        small += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    for following in (table, small):
        _check_circles(following)


def _check_circles(following: list[int]) -> None:
    seen = bytearray(len(following))  # 1: on the way that is being followed; 2: leads to an end
    for start in range(len(following)):
        way = []
        place = start
        while place < len(following) and not seen[place]:
            seen[place] = 1
            way.append(place)
            place = following[place]
        if place < len(following) and seen[place] == 1:
            raise ValueError("sectors in a circle")
        for passed in way:
            seen[passed] = 2


def _table(data: bytes) -> tuple[int, list[int]]:
    """The size of a sector, and which sector follows each."""
    size = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
    listed = [*struct.unpack_from("<109I", data, 76)]
    more, count = struct.unpack_from("<2I", data, 68)
    for _ in range(count):
        if len(listed) > len(data) // size + 109:
            raise ValueError("more sectors than the file has")
        *others, more = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        listed += others
    if count and more < _END:
        raise ValueError("a list of sectors without an end")
    table: list[int] = []
    for sector in listed:
        if sector < _END:
            table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return size, table


def _chain(first: int, table: list[int], most: int) -> list[int]:
    """Sectors that follow each other, `most` of them."""
    found: list[int] = []
    while first < _END and len(found) < most:
        found.append(first)
        first = table[first]
    return found


def _directory(data: bytes) -> list[bytes]:
    """The entries of the directory, 128 bytes each."""
    size, table = _table(data)
    sectors = _chain(struct.unpack_from("<I", data, 48)[0], table, _MOST_SECTORS)
    starts = [(sector + 1) * size for sector in sectors]
    return [data[at : at + 128] for start in starts for at in range(start, start + size, 128)]


def _name(entry: bytes) -> str:
    length = struct.unpack_from("<H", entry, 64)[0]
    return entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")


def _top(entries: list[bytes]) -> frozenset[str]:
    """The names right below the root: a tree of siblings, each of which names its left and its right one."""
    names: set[str] = set()
    waiting, seen = [struct.unpack_from("<I", entries[0], 76)[0]], {_NONE}
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        entry = entries[place]
        names.add(_name(entry))
        waiting += struct.unpack_from("<2I", entry, 68)
    return frozenset(names)
