"""The second step (两步验证): six digits from an app on the phone, by RFC 6238; or a recovery code, good once.

Secrets are sealed under the installation's secret, recovery codes kept as SHA-256 of what is about 59 bits. No code is
taken twice: the time step of the last one is kept, and a conditional UPDATE takes the next.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from random import Random

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.clock import SECOND
from campaigns.errors import Moved, NotFound, Refused
from campaigns.privacy import Seal
from campaigns.staff import sessions
from campaigns.staff.lock_out import FORGIVEN, charge, tell_lock
from campaigns.staff.model import Account, SignInRefused, subject
from campaigns.staff.passwords import LETTERS, grouped_letters
from campaigns.staff.signing_in import tidy
from campaigns.store import Store

ISSUER = "绿答"
STEP_S = 30
LATE_STEPS = 1
"""How many steps a phone's clock may be behind, or ahead."""
RECOVERY_CODES = 10
_SECRET_BYTES = 20
_WRONG = "验证码不对，或者已经用过：请等验证器显示下一个再填；连续输错会锁定 15 分钟。手机不在身边可以填恢复码。"


def seal_of(secret: str) -> Seal:
    """What seals these secrets, and nothing else."""
    return Seal(secret, "lvda second step")


def new_secret(random: Random) -> str:
    """In base32, as apps want it."""
    return base64.b32encode(random.randbytes(_SECRET_BYTES)).decode()


def address(secret: str, name: str) -> str:
    """What the QR code for an app holds: ``otpauth://totp/…``."""
    from pyotp import TOTP  # noqa: PLC0415 — few programs need it

    return TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def set_up(
    session: Session,
    account: Account,
    sealed: str,
    code: str,
    seal: Seal,
    now: int,
    random: Random,
    *,
    here: int | None = None,
) -> tuple[str, ...]:
    """Ask for a second step from now on, its secret given sealed; gives the recovery codes, which nobody reads again.

    A `code` shows that the app has the secret. Sessions of the account but the one with the id `here` are over.
    Raises Refused for a wrong code, Moved when the account has a second step already or was changed meanwhile.
    """
    secret = seal.open(sealed)
    step = _step_of(secret, code, now) if secret else None
    if step is None:
        raise Refused("验证码不对：请填验证器现在显示的 6 位数字；总是不对的话，请核对手机的时间。")
    codes = _recovery_codes(random)
    staff = tables.Staff
    done = session.execute(
        update(staff)
        .where(staff.id == account.id, staff.epoch == account.epoch, staff.totp_sealed.is_(None))
        .values(
            totp_sealed=sealed,
            totp_step=step,
            recovery=[_hashed(one) for one in codes],
            epoch=staff.epoch + 1,  # whoever has just given the password alone does not come in by it any more
        )
        .returning(staff.id)
    ).one_or_none()
    if done is None:
        raise Moved("两步验证刚刚在别处设置过，请看一下现在的样子。")
    sessions.end_all(session, account.id, now, but=here)
    audit.record(session, account.name, "staff.second_step_set", subject(account.name), now)
    return codes


def prove(store: Store, account: Account, code: str, seal: Seal, now: int) -> None:
    """Take a code of the app, or a recovery code. Raises SignInRefused; wrong ones count as wrong passwords do."""
    with store.transaction() as session:
        who = (tables.Staff.id == account.id) & (tables.Staff.epoch == account.epoch)
        charged = charge(session, who, now)
        is_taken = charged is not None and _take(session, charged, code, seal, now)
        if charged is not None and not is_taken:
            tell_lock(session, charged, now)
    if not is_taken:
        raise SignInRefused(_WRONG)


def renew_recovery_codes(session: Session, account: Account, now: int, random: Random) -> tuple[str, ...]:
    """New ones in place of all old ones; after `prove`. Raises Moved."""
    codes = _recovery_codes(random)
    staff = tables.Staff
    renewed = session.execute(
        update(staff)
        .where(staff.id == account.id, staff.epoch == account.epoch, staff.totp_sealed.is_not(None))
        .values(recovery=[_hashed(one) for one in codes])
        .returning(staff.id)
    ).one_or_none()
    if renewed is None:
        raise Moved("两步验证刚刚有变化，请看一下现在的样子。")
    audit.record(session, account.name, "staff.recovery_renewed", subject(account.name), now)
    return codes


def stop(session: Session, account: Account, now: int) -> None:
    """Ask for none any more; after `prove`."""
    if _lift(session, account.name):
        audit.record(session, account.name, "staff.second_step_stopped", subject(account.name), now)


def lift(session: Session, name: str, now: int, *, by: str = "") -> None:
    """Let somebody in by the password alone, who lost the phone and the recovery codes; their sessions are over.

    Raises NotFound for a name that nobody has, or an account without a second step.
    """
    staff_id = _lift(session, tidy(name))
    if staff_id is None:
        raise NotFound(f"没有用户 {name}，或者这个账号没有设置两步验证，请核对。")
    sessions.end_all(session, staff_id, now)
    audit.record(session, by, "staff.second_step_lifted", subject(tidy(name)), now)


def _lift(session: Session, name: str) -> int | None:
    staff = tables.Staff
    return session.scalar(
        update(staff)
        .where(staff.name == name, staff.totp_sealed.is_not(None))
        .values(totp_sealed=None, recovery=[], epoch=staff.epoch + 1, **FORGIVEN)
        .returning(staff.id)
    )


def _take(session: Session, charged: tables.Staff, code: str, seal: Seal, now: int) -> bool:
    """Whether a code was right, and is used up now; takes the count of failures back."""
    staff = tables.Staff
    step, given = _step_of(seal.open(charged.totp_sealed), code, now), _hashed(code)
    left = [one for one in charged.recovery if one != given]
    if step is not None:
        taken = update(staff).where(staff.totp_step < step).values(totp_step=step, **FORGIVEN)
    elif len(left) < len(charged.recovery):
        # The charge has locked the row: nobody else reads the list before it is shorter.
        taken = update(staff).values(recovery=left, **FORGIVEN)
    else:
        return False
    found = session.execute(taken.where(staff.id == charged.id).returning(staff.id)).one_or_none()
    if found is not None and step is None:
        note = f"还剩 {len(left)} 个"
        audit.record(session, charged.name, "staff.recovery_used", subject(charged.name), now, note=note)
    return found is not None


def _step_of(secret: str, code: str, now: int) -> int | None:
    """The time step whose code this is; None for a wrong one."""
    from pyotp import TOTP  # noqa: PLC0415

    given = "".join(unicodedata.normalize("NFKC", code).split())
    if not secret or not given.isascii():
        return None
    totp, current = TOTP(secret), now // (STEP_S * SECOND)
    steps = range(current - LATE_STEPS, current + LATE_STEPS + 1)
    return next((step for step in steps if hmac.compare_digest(totp.at(step * STEP_S), given)), None)


def _recovery_codes(random: Random) -> tuple[str, ...]:
    return tuple(grouped_letters(random, 3) for _ in range(RECOVERY_CODES))


def _hashed(code: str) -> str:
    """Of a recovery code, however it is typed."""
    folded = unicodedata.normalize("NFKC", code).casefold()
    return hashlib.sha256("".join(letter for letter in folded if letter in LETTERS).encode()).hexdigest()
