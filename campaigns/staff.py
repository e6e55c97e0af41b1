"""Accounts of those who run campaigns: sign-in with a lock-out, one-time passwords, passwords that are good enough.

Whoever calls with a Store, and not with a session, does so because hashing takes as long as dozens of answers: no
transaction is open meanwhile, and a failure is counted by its own commit.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from random import Random

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Update, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import MINUTE
from campaigns.errors import Moved, NotFound, Refused
from campaigns.store import Store

OWNER_NAME = "admin"
FAILURES_ALLOWED = 5
LOCKED_MS = 15 * MINUTE
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 256
HASHER = PasswordHasher()

_ONE_TIME_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without the letters and digits that people take for each other."""
_COMMON = frozenset(
    (
        "0123456789",
        "1234567890",
        "0987654321",
        "1122334455",
        "123456789a",
        "a123456789",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "5201314520",
    )
)
_COMMON_WORD = re.compile(
    r"(?:a|abc|abcd|abcde|abcdef|abcdefg|admin|administrator|asdf|asdfgh|asdfghjkl|changeme|default|guanliyuan|guest|"
    r"hello|iloveyou|jieneng|letmein|login|lvda|manager|master|mima|monkey|nihao|p[a@]ss|p[a@]ssw[o0]rd|qazwsx|qq|qwe|"
    r"qwer|qwerty|qwertyuiop|root|secret|super|superuser|system|test|user|wechat|weixin|welcome|woaini|woaizhongguo|"
    r"wodemima|zhongguo|zxc|zxcvbn|zxcvbnm|密码|我的密码|管理员|节能|绿答|中国|我爱你|我爱中国)"
    r"[0-9!@#$%^&*._+=?~ -]*"
)
"""With the digits and marks that people put behind one to have their password accepted."""
_WRONG = "用户名或密码不对；连续输错 5 次会锁定 15 分钟。请核对后再试，忘记密码请联系管理员重置。"


class Role(StrEnum):
    OWNER = "owner"
    ORGANISER = "organiser"
    EDITOR = "editor"
    VIEWER = "viewer"
    DESK = "desk"
    LIAISON = "liaison"

    @property
    def label(self) -> str:
        return {
            "owner": "管理员",
            "organiser": "活动负责人",
            "editor": "题库编辑",
            "viewer": "只读",
            "desk": "兑奖台",
            "liaison": "单位联络员",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Account:
    """One who may sign in, as they were when they were read."""

    id: int
    name: str
    role: Role
    one_time: bool
    """The password was made by the program: nothing is allowed but to change it."""
    epoch: int
    """Sessions that carry an older one are over."""
    unit_id: int | None = None
    """Of a liaison: the unit beyond which they see nothing."""


class SignInRefused(Refused):
    """A wrong name or password, or a lock after too many; one sentence for all, so that names cannot be tried out."""


class PasswordRefused(Refused):
    """A new password that is not good enough; the text says why."""


def sign_in(store: Store, name: str, password: str, now: int) -> Account:
    """Whose name and password these are. Raises SignInRefused.

    A try is counted before it is judged, so that parallel guesses have no more than the allowed number between them;
    a right one takes the count back. A name that does not exist costs a hash all the same.
    """
    name = _tidy(name)
    with store.transaction() as session:
        charged = session.execute(_charge(name, now)).one_or_none()
    stored = charged.password_hash if charged else _dummy_hash()
    if not _matches(stored, password) or charged is None:
        raise SignInRefused(_WRONG)
    with store.transaction() as session:
        session.execute(
            update(tables.Staff)
            .where(tables.Staff.id == charged.id, tables.Staff.epoch == charged.epoch)
            .values(failures=0, locked_until_ms=0)
        )
    return Account(charged.id, charged.name, Role(charged.role), charged.one_time, charged.epoch)


def find_account(session: Session, account_id: int, epoch: int) -> Account | None:
    """The account of a session; None when it is gone or its password has been changed since."""
    staff = session.get(tables.Staff, account_id)
    if staff is None or staff.epoch != epoch:
        return None
    return Account(staff.id, staff.name, Role(staff.role), staff.one_time, staff.epoch, staff.unit_id)


def change_password(store: Store, account: Account, old: str, new: str, now: int) -> Account:
    """Give a new password; all other sessions of the account are over.

    Raises SignInRefused for a wrong old one (counted like a sign-in), PasswordRefused for a new one that is not good
    enough, Moved when the password was changed meanwhile.
    """
    signed_in = sign_in(store, account.name, old, now)
    check_password(account.name, new)
    if new == old:
        raise PasswordRefused("新密码和旧密码一样，请换一个。")
    hashed = HASHER.hash(new)
    with store.transaction() as session:
        changed = session.execute(
            update(tables.Staff)
            .where(tables.Staff.id == signed_in.id, tables.Staff.epoch == signed_in.epoch)
            .values(password_hash=hashed, one_time=False, epoch=tables.Staff.epoch + 1)
            .returning(tables.Staff.epoch)
        ).scalar_one_or_none()
    if changed is None:
        raise Moved("密码刚刚在别处改过，请重新登录。")
    return Account(signed_in.id, signed_in.name, signed_in.role, False, changed)


def check_password(name: str, password: str) -> None:
    """Raises PasswordRefused for a password that is short, all one character, common, a common word followed by
    digits or marks, or made of the name.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordRefused(f"密码至少要 {SHORTEST_PASSWORD} 个字符，请加长，例如用几个不相干的词连起来。")
    if len(password) > LONGEST_PASSWORD:
        raise PasswordRefused(f"密码最多 {LONGEST_PASSWORD} 个字符，请缩短。")
    if folded.replace(name.casefold(), "", 1).strip("0123456789") == "" and name.casefold() in folded:
        raise PasswordRefused("密码不能是用户名加数字，请换一个别人猜不到的。")
    if folded in _COMMON or _COMMON_WORD.fullmatch(folded) or len(set(folded)) < 4:
        raise PasswordRefused("这个密码太常见，很容易被猜到，请换一个。")


def add(session: Session, name: str, role: Role, now: int, random: Random) -> str:
    """Make an account; gives its one-time password, which nobody can read again.

    Raises Refused for a name that cannot be used or that someone has.
    """
    name = _tidy(name)
    if not name or len(name) > 64 or not name.isprintable() or " " in name:
        raise Refused("用户名不能为空、不能含空格，最多 64 个字符，请换一个。")
    password = _one_time_password(random)
    try:
        with session.begin_nested():
            session.execute(
                insert(tables.Staff).values(
                    name=name,
                    role=role.value,
                    password_hash=HASHER.hash(password),
                    one_time=True,
                    failures=0,
                    locked_until_ms=0,
                    epoch=1,
                    created_ms=now,
                )
            )
    except IntegrityError as error:
        raise Refused(f"用户名 {name} 已经有人用了，请换一个，或用 lvda user reset {name} 重置密码。") from error
    return password


def reset(session: Session, name: str, random: Random) -> str:
    """Give an account a new one-time password, end its sessions, and lift a lock. Raises NotFound."""
    name = _tidy(name)
    password = _one_time_password(random)
    done = session.execute(
        _with_one_time_password(password)
        .where(tables.Staff.name == name)
        .values(epoch=tables.Staff.epoch + 1)
        .returning(tables.Staff.id)
    ).one_or_none()
    if done is None:
        raise NotFound(f"没有用户 {name}，请核对用户名。")
    return password


def ensure_owner(session: Session, now: int, random: Random) -> str | None:
    """Make the account `admin` if there is no account at all; gives the one-time password to be shown once.

    As long as nobody has changed that first password, every start makes and shows a fresh one: a password that
    scrolled away is no trouble, and one that lies in an old log is worth nothing. Otherwise None.
    """
    if not session.scalar(select(func.count()).select_from(tables.Staff)):
        try:
            return add(session, OWNER_NAME, Role.OWNER, now, random)
        except Refused:
            return None  # a program that started at the same time was quicker, and shows its own
    password = _one_time_password(random)
    unused = (tables.Staff.name == OWNER_NAME) & tables.Staff.one_time.is_(True) & (tables.Staff.epoch == 1)
    if session.scalar(select(tables.Staff.id).where(unused)) is None:
        return None
    renewed = session.execute(_with_one_time_password(password).where(unused).returning(tables.Staff.id))
    return password if renewed.one_or_none() else None


def _with_one_time_password(password: str) -> Update:
    return update(tables.Staff).values(
        password_hash=HASHER.hash(password), one_time=True, failures=0, locked_until_ms=0
    )


def _charge(name: str, now: int) -> Update:
    staff = tables.Staff
    last = staff.failures + 1 >= FAILURES_ALLOWED
    return (
        update(staff)
        .where(staff.name == name, staff.locked_until_ms <= now)
        .values(
            failures=case((last, 0), else_=staff.failures + 1),
            locked_until_ms=case((last, now + LOCKED_MS), else_=staff.locked_until_ms),
        )
        .returning(staff.id, staff.name, staff.role, staff.one_time, staff.epoch, staff.password_hash)
    )


def _matches(stored: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        password = ""  # never a password; hashing a megabyte would be a gift to whoever sends it
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy_hash() -> str:
    return HASHER.hash("no account has this password")


def _tidy(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()


def _one_time_password(random: Random) -> str:
    """Sixteen letters in fours: about 79 bits when `random` is the system's."""
    letters = random.choices(_ONE_TIME_LETTERS, k=16)
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))
