"""Persons as the console shows them: enough to recognise oneself, too little to be recognised by others."""

from __future__ import annotations

from campaigns.draws import pseudonym


def masked(name: str) -> str:
    """``张三`` → ``张*``, ``张晓明`` → ``张*明``, ``欧阳晓明`` → ``欧**明``."""
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def shown(name: str, salt: str, person_id: int) -> str:
    """A person's masked name; a guest, who gave none, by the end of their pseudonym in the campaign."""
    return masked(name) if name else guest(pseudonym(salt, person_id))


def guest(entrant: str) -> str:
    return f"参与者{entrant[-4:]}"
