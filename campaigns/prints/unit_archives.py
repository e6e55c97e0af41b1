"""A zip of the codes of all units of a campaign with what is to be printed of each, in folders as the tree of units.

It comes in pieces, a unit at a time, so that thousands of units need no more memory than their names and their small
codes in the index; it may be written to a file or sent as it is made. The same input gives the same bytes.
"""

from __future__ import annotations

import io
import string
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from campaigns.prints import codes, index_sheets
from campaigns.prints.drawing import document
from campaigns.prints.errors import TextTooLong, UnprintableText
from campaigns.prints.file_names import Paths
from campaigns.prints.fonts import Faces, reduced

CODE_PIXELS = 1024
EARLIEST_MS = 315_532_800_000
"""1980 in UTC milliseconds: the first moment that a zip can hold."""


@dataclass(frozen=True, slots=True)
class UnitPrint:
    """A unit whose code is wanted; one without a code is the campaign itself."""

    code: str
    name: str
    above: tuple[str, ...]
    """The names of the units it lies in, the topmost first."""
    address: str
    content: str
    """What its code holds: the address, or the parametric code of an official account."""


Draw = Callable[[UnitPrint, Faces], bytes]
"""Makes the PDF that is printed of a unit."""


Skipped = Callable[[UnitPrint, str], None]
"""Told of a unit of which nothing could be drawn, and why, in a sentence."""


def archive(
    title: str,
    prints: Sequence[UnitPrint],
    draw: Draw,
    *,
    letters: str,
    skipped: Skipped,
    logo: bytes = b"",
    created: int,
) -> Iterator[bytes]:
    """The bytes of the zip: a PNG and a PDF of each unit, then ``索引.pdf`` and ``索引.xlsx``.

    `letters` are the characters, ASCII apart, that `draw` sets beside units' names; `created` is the date of
    everything, UTC milliseconds. A unit whose name cannot be printed has its PNG alone; `skipped`
    and the table say why. Raises UnusableAddress; PrintError when the campaign's own cannot be printed.
    """
    out = _Pieces()
    created = max(created, EARLIEST_MS)
    paths = Paths()
    rows: list[tuple[str, ...]] = []
    every = letters + title + "".join(one.name + one.code for one in prints) + ALWAYS
    with TemporaryDirectory(prefix="lvda-prints-") as folder:
        faces = reduced(every, Path(folder))
        with (
            zipfile.ZipFile(out, "w") as opened,
            document(
                index_sheets.WIDTH, index_sheets.HEIGHT, title=title, author="", created=created, faces=faces
            ) as index,
        ):
            for place, one in enumerate(prints):
                path = f"单位/{paths.path(one.above, one.code, one.name)}" if one.code else "活动"
                picture = codes.png(one.content, pixels=CODE_PIXELS, correction="Q", logo=logo)
                _put(opened, f"{path}.png", picture, created)
                index_sheets.draw_card(index, place, title, one.name, one.code, one.content, logo)
                if note := _put_drawn(opened, f"{path}.pdf", draw, one, faces, created):
                    skipped(one, note)
                above = " / ".join(one.above)
                rows.append((one.name, one.code, above, one.address, one.content, f"{path}.png", note))
                yield out.taken()
            _put(opened, "索引.pdf", bytes(index.pdf.output()), created)
            _put(opened, "索引.xlsx", index_sheets.table(title, rows, created), created)
    yield out.taken()


ALWAYS = string.printable + "·第页二维码索引…〓"


def _put_drawn(opened: zipfile.ZipFile, path: str, draw: Draw, one: UnitPrint, faces: Faces, created: int) -> str:
    """Puts what is printed of a unit there; gives the reason where it cannot be printed."""
    try:
        drawn = draw(one, faces)
    except (UnprintableText, TextTooLong) as error:
        if not one.code:
            raise  # then nothing could be printed of any of them
        return str(error)
    _put(opened, path, drawn, created)
    return ""


def _put(opened: zipfile.ZipFile, path: str, data: bytes, created: int) -> None:
    moment = datetime.fromtimestamp(created / 1000, UTC)
    member = zipfile.ZipInfo(path, moment.timetuple()[:6])
    member.external_attr = 0o644 << 16
    opened.writestr(member, data)


class _Pieces(io.BytesIO):
    """What a zip is written to: holds no more than what was not taken yet, and can go back no further."""

    def __init__(self) -> None:
        super().__init__()
        self._gone = 0

    def tell(self) -> int:
        return self._gone + super().tell()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._gone + super().seek(offset - self._gone if whence == 0 else offset, whence)

    def taken(self) -> bytes:
        """All that was written since; the next bytes come after it."""
        piece = self.getvalue()
        self._gone += len(piece)
        super().seek(0)
        self.truncate(0)
        return piece
