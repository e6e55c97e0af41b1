"""Uploaded bank files between their preview and their import: kept under the data folder, named by chance.

The address of a preview holds a signed token, so that a name cannot be tried out; a file that nobody came back to is
removed after a day.
"""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex

from itsdangerous import BadSignature, URLSafeSerializer

from campaigns.errors import NotFound

KEPT_S = 24 * 3600
_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    """Of the kept file; not what the person called theirs."""
    title: str
    """What the person called it."""
    slug: str
    """The bank it is meant for; empty: a new one."""


class Uploads:
    """The uploads of one data folder."""

    def __init__(self, data_dir: Path, secret: str) -> None:
        self._folder = data_dir / "uploads"
        self._signer = URLSafeSerializer(secret, salt="lvda-upload")

    def keep(self, data: bytes, title: str, slug: str) -> str:
        """Keep a file; gives the token that finds it again. Removes those that nobody came back to."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._forget_old()
        upload = Upload(token_hex(16), title, slug)
        (self._folder / upload.name).write_bytes(data)
        return self._signer.dumps(asdict(upload))

    def find(self, token: str) -> tuple[Upload, bytes]:
        """Raises NotFound for a token that is not ours, or whose file is no longer kept."""
        try:
            upload = Upload(**self._signer.loads(token))
            if not _NAME.fullmatch(upload.name):
                raise NotFound(_GONE)
            return upload, (self._folder / upload.name).read_bytes()
        except (BadSignature, FileNotFoundError) as error:
            raise NotFound(_GONE) from error

    def drop(self, upload: Upload) -> None:
        (self._folder / upload.name).unlink(missing_ok=True)

    def _forget_old(self) -> None:
        """By the file system's own clock, which wrote the times that it is compared with."""
        for path in self._folder.iterdir():
            if path.stat().st_mtime < time.time() - KEPT_S:
                path.unlink(missing_ok=True)


_GONE = "这次上传的文件已经导入，或者放了一天以上，已被清理。请重新上传。"
