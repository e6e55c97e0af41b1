"""Texts with their pictures, as HTML that `questions.readers.rich_text` reads again just as they were."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Sequence

from questions.model import Picture
from questions.readers.pictures import media_type
from questions.readers.rich_text import VERBATIM


def verbatim(text: str) -> str:
    """A text whose spaces and line feeds show as they are."""
    return f"{VERBATIM}{html.escape(text, quote=False)}</div>" if text else ""


def marked_up(text: str, pictures: Sequence[Picture], address: Callable[[Picture], str]) -> str:
    """A text and, below it, its pictures."""
    images = (
        f'<p><img src="{html.escape(address(picture))}" alt="{html.escape(picture.alt)}"></p>' for picture in pictures
    )
    return verbatim(text) + "".join(images)


def in_address(data: bytes) -> str:
    """An address that holds the picture itself."""
    return f"data:{media_type(data)};base64,{base64.b64encode(data).decode()}"
