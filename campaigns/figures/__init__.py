"""Figures of campaigns: added up by a worker and kept, so that looking at them costs the same for a million attempts.

`read` gives a part as it is kept, `compute` the same at once, `current` what a page shows; `add_up` is the worker's
tick. What units have reached is told by `campaigns.unit_standings`, what somebody should look at by
`campaigns.figures.alarms`.
"""

from campaigns.figures.adding_up import add_up
from campaigns.figures.kept import compute, current, keep, read, shape
from campaigns.figures.shapes import (
    OVERVIEW,
    PARTS,
    QUESTIONS,
    Burst,
    ChosenWrong,
    Door,
    Figures,
    Hour,
    Item,
    MessageCount,
    Overview,
    Part,
    Questions,
    ScoreBand,
)

__all__ = [
    "OVERVIEW",
    "PARTS",
    "QUESTIONS",
    "Burst",
    "ChosenWrong",
    "Door",
    "Figures",
    "Hour",
    "Item",
    "MessageCount",
    "Overview",
    "Part",
    "Questions",
    "ScoreBand",
    "add_up",
    "compute",
    "current",
    "keep",
    "read",
    "shape",
]
