"""Files of offices between two pages: shown what they would do, then sent again unchanged to be imported.

A file goes back and forth in the page itself, so that any of several machines can take it, and nothing of it is kept
for those who never come back.
"""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64decode, b64encode
from typing import Any

from flask import request

from admin.console import console
from campaigns.errors import Refused

LARGEST = 8 * 1024 * 1024
_ENDPOINTS = frozenset({"admin.import_units", "admin.import_roster", "admin.import_exclusions"})


@console.url_value_preprocessor
def admit_packed_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A packed file is longer than a form's text otherwise is. Before the form is first read."""
    if endpoint in _ENDPOINTS:
        request.max_form_memory_size = request.max_content_length


def sent_file() -> bytes:
    """The file that was chosen, or the one that the page before brought along. Raises Refused for none."""
    file = request.files.get("file")
    if file is not None and file.filename:
        data: bytes = file.read()
    elif packed := request.form.get("packed"):
        data = _unpacked(packed)
    else:
        raise Refused("还没有选文件，请先选择一个 Excel（xlsx、xls、ods）或 CSV 文件。")
    if len(data) > LARGEST:
        raise Refused("文件超过 8 MB，请检查是不是选错了，或者分成几个文件导入。")
    return data


def packed(data: bytes) -> str:
    return b64encode(zlib.compress(data)).decode()


def _unpacked(text: str) -> bytes:
    try:
        return zlib.decompressobj().decompress(b64decode(text, validate=True), LARGEST + 1)
    except (ValueError, zlib.error) as error:
        raise Refused("文件在页面之间传坏了，请重新选择一次。") from error


def digest(*counted: object) -> str:
    """Names what an import would do, so that what is confirmed is what was shown."""
    return hashlib.sha256(repr(counted).encode()).hexdigest()[:16]
