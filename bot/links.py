"""The addresses that replies carry."""

from __future__ import annotations

from urllib.parse import urlencode

from itsdangerous import BadSignature, URLSafeTimedSerializer

from campaigns import addresses

RESUME_S = 15 * 60
"""How long a link from a chat opens a page as the same person; afterwards it is a plain entry link."""


class Links:
    def __init__(self, base_url: str, secret: str) -> None:
        self._base = base_url
        self._signer = URLSafeTimedSerializer(secret, salt="lvda-resume")

    def entry(self, slug: str, unit_code: str = "") -> str:
        """A campaign's entry page: what its QR code holds."""
        return addresses.entry(self._base, slug, unit_code)

    def resume(self, slug: str, person_id: int) -> str:
        """The entry page, opened as a person who is known from a chat."""
        return f"{self.entry(slug)}?{urlencode({'k': self._signer.dumps(person_id)})}"

    def draw(self, draw_id: str) -> str:
        """A draw's public page."""
        return addresses.draw(self._base, draw_id)

    def read_resume(self, token: str) -> int | None:
        """The person that a resume link was made for; None when it is too old or not ours."""
        try:
            return int(self._signer.loads(token, max_age=RESUME_S))
        except (BadSignature, ValueError, TypeError):
            return None
