"""Accounts of those who run campaigns.

Rooms: `model` says what an account is, `accounts` makes and changes them, `passwords` knows which are good enough,
`signing_in` whose they are, `lock_out` counts guesses, `second_steps` asks for more than a password, `sessions` knows
where one is signed in.
"""

from campaigns.staff.accounts import (
    LONGEST_NAME,
    OWNER_NAME,
    AccountLine,
    add,
    by_id,
    change_role,
    disable,
    enable,
    ensure_owner,
    list_accounts,
    one,
    reset,
)
from campaigns.staff.lock_out import FAILURES_ALLOWED, LOCKED_MS
from campaigns.staff.model import Account, PasswordRefused, Role, SignInRefused
from campaigns.staff.passwords import SHORTEST_PASSWORD, check_password
from campaigns.staff.sessions import SignedIn
from campaigns.staff.signing_in import change_password, find_account, sign_in

__all__ = [
    "FAILURES_ALLOWED",
    "LOCKED_MS",
    "LONGEST_NAME",
    "OWNER_NAME",
    "SHORTEST_PASSWORD",
    "Account",
    "AccountLine",
    "PasswordRefused",
    "Role",
    "SignInRefused",
    "SignedIn",
    "add",
    "by_id",
    "change_password",
    "change_role",
    "check_password",
    "disable",
    "enable",
    "ensure_owner",
    "find_account",
    "list_accounts",
    "one",
    "reset",
    "sign_in",
]
