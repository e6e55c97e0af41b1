"""Passwords: hashed by argon2, those that are good enough, and those that the program makes for one use."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from random import Random

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from campaigns.staff.model import PasswordRefused

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 256
HASHER = PasswordHasher()
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
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


def hashed(password: str) -> str:
    return HASHER.hash(password)


def matches(stored: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        password = ""  # never a password; hashing a megabyte would be a gift to whoever sends it
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobody_s_hash() -> str:
    return HASHER.hash("no account has this password")


def grouped_letters(random: Random, groups: int) -> str:
    """Letters in fours, each group good for about 19.8 bits when `random` is the system's."""
    letters = random.choices(LETTERS, k=4 * groups)
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 4 * groups, 4))


def one_time_password(random: Random) -> str:
    """Sixteen letters: about 79 bits."""
    return grouped_letters(random, 4)
