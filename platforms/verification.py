"""The files by which a platform checks that a domain is ours: shown at its root, and nothing else ever.

The platform offers such a file for download where a page-authorisation, JS-SDK or trusted domain is set
(``MP_verify_….txt`` of official accounts, ``WW_verify_….txt`` of WeCom), and fetches it from the domain's root.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

from campaigns.errors import Refused

FOLDER = "verify"
"""In the data folder."""
NAME = re.compile(r"(MP|WW)_verify_[A-Za-z0-9]{1,64}\.txt", re.ASCII)
LARGEST = 1024
"""Bytes; they have some sixteen."""


def shown(data_dir: Path, name: str) -> bytes | None:
    """What is in a kept file; None for any other name, for what is no small plain file, and where there is none."""
    if not NAME.fullmatch(name):
        return None
    try:
        descriptor = os.open(data_dir / FOLDER / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        content = os.read(descriptor, LARGEST + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    finally:
        os.close(descriptor)
    return content if _is_one(content) else None


def keep(data_dir: Path, file: Path) -> str:
    """Keep a file that was downloaded from the platform; gives the name under which it is shown.

    Raises Refused when it is no such file, OSError when it cannot be read or kept.
    """
    if not NAME.fullmatch(file.name):
        raise Refused(
            f"{file.name} 不是域名校验文件：文件名应当像 MP_verify_….txt 或 WW_verify_….txt，请用平台给的原名。"
        )
    with file.open("rb") as source:
        content = source.read(LARGEST + 1)
    if not _is_one(content):
        raise Refused(f"{file.name} 的内容不像域名校验文件：应当只有一小段字母和数字，请从平台重新下载。")
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{secrets.token_hex(4)}.draft"
    draft.write_bytes(content)
    draft.replace(folder / file.name)
    return file.name


def _is_one(content: bytes) -> bool:
    return 0 < len(content) <= LARGEST and content.strip().isalnum() and content.isascii()
