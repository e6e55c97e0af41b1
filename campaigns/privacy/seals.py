"""What must be kept though nobody should read it in the database, sealed under the installation's secret."""

from __future__ import annotations

import base64
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def fernet(secret: str, context: str) -> Fernet:
    """What seals and opens under a key of its own for each context, derived from the installation's secret."""
    from cryptography.fernet import Fernet  # noqa: PLC0415 — most commands seal nothing, and it takes a while to load
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    derived = HKDF(SHA256(), 32, salt=None, info=context.encode()).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


PHONES, CLAIMS, CODES = "lvda phone", "lvda claim", "lvda prize code"
"""What is sealed, each under a key of its own."""


class Seal:
    """Seals personal texts under the installation's secret; threads may share it."""

    def __init__(self, secret: str, context: str = PHONES) -> None:
        self._secret, self._context = secret, context

    def seal(self, text: str) -> str:
        """The text as it is kept: each time another one, so that equal texts do not show."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str | None) -> str:
        """The text; empty where there is none, or it was sealed under another secret."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415

        try:
            return self._fernet.decrypt(sealed.encode()).decode() if sealed else ""
        except InvalidToken:
            return ""

    @cached_property
    def _fernet(self) -> Fernet:
        return fernet(self._secret, self._context)
