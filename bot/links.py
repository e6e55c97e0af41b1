"""The addresses that replies carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeSerializer

from campaigns import addresses
from campaigns.clock import MINUTE, now_ms

RESUME_MS = 15 * MINUTE
"""How long a link from a chat can make a browser the same person; afterwards it is a plain entry link."""


@dataclass(frozen=True, slots=True)
class Resume:
    """What a resume link says."""

    person_id: int
    issued_ms: int

    def is_fresh(self, now: int) -> bool:
        """Whether it is young enough. That it was not used yet is another matter: see `bot.pages.identity`."""
        return now - self.issued_ms <= RESUME_MS


class Links:
    """Addresses under a public one; `clock` gives the UTC milliseconds at which resume links are issued."""

    def __init__(self, base_url: str, secret: str, clock: Callable[[], int] = now_ms) -> None:
        self._base = base_url
        self._signer = URLSafeSerializer(secret, salt="lvda-resume")
        self._clock = clock

    def entry(self, slug: str, unit_code: str = "") -> str:
        """A campaign's entry page: what its QR code holds."""
        return addresses.entry(self._base, slug, unit_code)

    def privacy(self, slug: str) -> str:
        """The notice about personal data."""
        return f"{self.entry(slug)}/privacy"

    def resume(self, slug: str, person_id: int) -> str:
        """The entry page, offering one browser to go on as a person who is known from a chat."""
        return f"{self.entry(slug)}?{self._resumed(person_id)}"

    def question(self, slug: str, person_id: int) -> str:
        """The page of the question that waits for a person known from a chat; else as `resume`."""
        return f"{self.entry(slug)}/question?{self._resumed(person_id)}"

    def prizes(self, slug: str, person_id: int) -> str:
        """The page of the prizes, with those of a person known from a chat; else as `resume`."""
        return f"{addresses.prizes(self._base, slug)}?{self._resumed(person_id)}"

    def draw(self, draw_id: str, entrant: str = "") -> str:
        """A draw's public page, which shows an entrant's own line where one is named."""
        return addresses.draw(self._base, draw_id, entrant)

    def _resumed(self, person_id: int) -> str:
        return urlencode({"k": self._signer.dumps([person_id, self._clock()])})

    def read_resume(self, token: str) -> Resume | None:
        """What a resume link says, however old it is; None when it is not ours."""
        try:
            person_id, issued_ms = self._signer.loads(token)
            return Resume(int(person_id), int(issued_ms))
        except (BadData, ValueError, TypeError):
            return None
