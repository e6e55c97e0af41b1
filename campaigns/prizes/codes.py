"""The code by which a prize is handed out: random, seen by its winner alone, and not to be found in the database.

Sixteen letters of Crockford's base 32 (https://www.crockford.com/base32.html), 80 random bits. What is kept is its
SHA-256, to look it up by, and the code itself sealed, for its winner to see again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.errors import NotFound, Refused
from campaigns.privacy import Seal
from campaigns.tables import Award

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
BITS = 5 * LENGTH
_FORFEITED = "这份奖品已经作废，没有兑奖码。"
_ALIKE = str.maketrans("OIL", "011")
_CODE = re.compile(f"[{LETTERS}]{{{LENGTH}}}")
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―_.·]+")


def code_for(session: Session, award_id: int, person_id: int, seal: Seal, random: Random, now: int) -> str:
    """The code of a person's live award, made when they first ask for it; `seal` is of `privacy.CODES`, and `random`
    the system's.

    A code that was sealed under another secret can be read by nobody, and is replaced. Raises NotFound for an award
    that is not theirs, and Refused for one that was forfeited.
    """
    own = Award.id == award_id, Award.person_id.in_(people.selves(session, person_id))
    row = session.execute(select(Award.state, Award.code_hash, Award.code_sealed).where(*own)).one_or_none()
    if row is None:
        raise NotFound("没有这份奖品，请从活动的奖品页面进入。")
    if row.state != "awarded":
        raise Refused(_FORFEITED)
    if code := seal.open(row.code_sealed):
        return code
    code = _made(random)
    unread = Award.code_hash.is_(None) if row.code_hash is None else Award.code_hash == row.code_hash
    session.execute(
        update(Award)
        .where(*own, unread, Award.state == "awarded")
        .values(code_hash=hash_of(code), code_sealed=seal.seal(code), changed_ms=now)
    )
    # Of two pages that were opened at once, the other may have been quicker; and so may a forfeit.
    kept = seal.open(session.scalars(select(Award.code_sealed).where(*own)).one())
    if not kept:
        raise Refused(_FORFEITED)
    return kept


def read_code(text: str) -> str | None:
    """The code in what somebody typed in or a scanner read, in whatever letters and groups; None: it is none.

    Of an address, which is what the winner's QR code holds, what stands behind its ``#``.
    """
    folded = unicodedata.normalize("NFKC", text[:500]).rpartition("#")[2].upper()
    code = _BETWEEN.sub("", folded).translate(_ALIKE)
    return code if _CODE.fullmatch(code) else None


def shown_code(code: str) -> str:
    """In groups of four: ``7K3M-0Q9T-XW2A-C5HJ``."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def hash_of(code: str) -> str:
    """By what a code is found in the database."""
    return hashlib.sha256(code.encode()).hexdigest()


def _made(random: Random) -> str:
    bits = random.getrandbits(BITS)
    return "".join(LETTERS[bits >> shift & 31] for shift in range(0, BITS, 5))
