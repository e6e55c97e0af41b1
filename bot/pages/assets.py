"""Style sheets and pictures, under addresses that change with their content, so that phones may keep them for long."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, request, url_for

KEPT_S = 365 * 24 * 3600
VERSION_LENGTH = 12
_FOLDER = Path(__file__).parent / "static"


class CachedBlueprint(Blueprint):
    """A blueprint whose static files may be kept for a year when they are asked for by version."""

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        return KEPT_S if "v" in request.args else super().get_send_file_max_age(filename)


def asset(filename: str) -> str:
    """The address of a file of the pages' static folder."""
    path = _FOLDER / filename
    return url_for("pages.static", filename=filename, v=_version(path, path.stat().st_mtime_ns))


@cache
def _version(path: Path, changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:VERSION_LENGTH]
