"""Persons as others may see them: enough to recognise oneself by, too little to be recognised by.

One rule everywhere: on the pages, in the console, in what is printed. And what must be kept though nobody should read
it in the database: phones, claims and prize codes are sealed under the installation's secret.
"""

from __future__ import annotations

import base64
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

TAIL = 4
"""How many characters of a pseudonym tell guests apart."""


def masked(name: str) -> str:
    """``张三`` → ``张*``, ``张晓明`` → ``张*明``, ``欧阳晓明`` → ``欧**明``."""
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def guest(pseudonym: str) -> str:
    """Who gave no name, by the end of their pseudonym in the campaign: ``参与者cdef``."""
    return f"参与者{pseudonym[-TAIL:]}"


def shown(name: str, pseudonym: str) -> str:
    """A person's masked name; a guest by their pseudonym."""
    return masked(name) if name else guest(pseudonym)


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
