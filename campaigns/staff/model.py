"""Who may run campaigns: roles, accounts as they were when they were read, and how a sign-in is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from campaigns import tables
from campaigns.errors import Refused


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
    """Raised by every change of password, role or second step: who proved themselves before, proved it of another."""
    unit_id: int | None = None
    """Of a liaison: the unit beyond which they see nothing."""
    has_second_step: bool = False


class SignInRefused(Refused):
    """A wrong name or password, or a lock after too many; one sentence for all, so that names cannot be tried out."""


class PasswordRefused(Refused):
    """A new password that is not good enough; the text says why."""


def account_of(staff: tables.Staff) -> Account:
    return Account(
        id=staff.id,
        name=staff.name,
        role=Role(staff.role),
        one_time=staff.one_time,
        epoch=staff.epoch,
        unit_id=staff.unit_id,
        has_second_step=staff.totp_sealed is not None,
    )


def subject(name: str) -> str:
    """What the audit log calls an account."""
    return f"staff:{name}"
