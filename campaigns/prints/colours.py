"""The colours of everything that we print: red, green, blue, from 0 to 255."""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    red: int
    green: int
    blue: int


PINE = Colour(16, 84, 58)
SHADE = Colour(24, 96, 67)
LEAF = Colour(126, 186, 104)
MINT = Colour(214, 236, 214)
PALE = Colour(244, 250, 244)
INK = Colour(38, 50, 44)
STONE = Colour(92, 104, 97)
WHITE = Colour(255, 255, 255)
AMBER = Colour(176, 92, 0)
WATER = Colour(18, 98, 158)
ICE = Colour(8, 118, 128)
SLATE = Colour(84, 78, 140)
