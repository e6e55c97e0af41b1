"""Persons as others may see them: enough to recognise oneself by, too little to be recognised by.

One rule everywhere: on the pages, in the console, in what is printed.
"""

from __future__ import annotations

TAIL = 4
"""How many characters of a pseudonym tell guests apart."""


def masked(name: str) -> str:
    """``张三`` → ``张*``, ``张晓明`` → ``张*明``, ``欧阳晓明`` → ``欧**明``."""
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def masked_phone(phone: str) -> str:
    """``13812345678`` → ``138****5678``; of anything shorter nothing."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


def guest(pseudonym: str) -> str:
    """Who gave no name, by the end of their pseudonym in the campaign: ``参与者cdef``."""
    return f"参与者{pseudonym[-TAIL:]}"


def shown(name: str, pseudonym: str) -> str:
    """A person's masked name; a guest by their pseudonym."""
    return masked(name) if name else guest(pseudonym)
