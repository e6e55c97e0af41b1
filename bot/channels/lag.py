"""How far our clock is ahead of the platform's.

A text counts for a question only if it was sent after the question was shown. The one moment is by the platform's
clock, the other by ours: with ours half a minute ahead, nothing that is typed would ever count.
"""

from __future__ import annotations

from collections import deque

REMEMBERED = 64


class Lag:
    """Remembers how late the last messages came; the least of it is what the two clocks differ by, and little more.

    Deliveries and retries only ever make a message later, so the least is never too small by more than the fastest
    way from a phone to us. Threads may share it.
    """

    def __init__(self) -> None:
        self._late: deque[int] = deque(maxlen=REMEMBERED)

    def seconds_ahead(self, sent_s: int, received_ms: int) -> int:
        """Seconds to add to the platform's times to compare them with ours; 0 when our clock is behind."""
        self._late.append(received_ms // 1_000 - sent_s)
        return max(0, min(tuple(self._late)))
