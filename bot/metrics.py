"""What is counted for Prometheus, and for ``lvda doctor``."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter


class Counts:
    """The counters of one process; made once by the wiring."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.messages = Counter(
            "lvda_messages", "Messages played, by channel and kind.", ["channel", "said"], registry=registry
        )
        self.ignored = Counter(
            "lvda_messages_ignored", "Messages of kinds we do not use, answered success.", ["kind"], registry=registry
        )
        self.refused = Counter("lvda_callbacks_refused", "Callbacks refused, by reason.", ["reason"], registry=registry)
        """Reason ``clock``: signed by the platform, but over five minutes off our clock; see `lvda doctor`."""
