"""What signals there are, and what became of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    SPEED = "speed"
    SAME_ANSWERS = "same_answers"
    DEVICE = "device"

    @property
    def label(self) -> str:
        """The Chinese name that people read."""
        return _KINDS[self]


_KINDS = {Kind.SPEED: "答得太快", Kind.SAME_ANSWERS: "答案雷同", Kind.DEVICE: "同一台设备"}


class State(StrEnum):
    OPEN = "open"
    DISMISSED = "dismissed"
    VOIDED = "voided"

    @property
    def label(self) -> str:
        """The Chinese name that people read."""
        return _STATES[self]


_STATES = {State.OPEN: "待核查", State.DISMISSED: "没有问题", State.VOIDED: "已作废答卷"}


@dataclass(frozen=True, slots=True)
class Found:
    """Something odd, as it is to be kept."""

    kind: Kind
    key: str
    """What makes it this one."""
    attempts: Sequence[int]
    """Ascending."""
    values: Mapping[str, Any]
    """What is said of it: see `campaigns.signals.listing.sentence`; no name, no address."""
