"""Text in the form in which it is matched: one character for each, so that places stay the same."""

from __future__ import annotations

import unicodedata

_PUNCTUATION = {
    "【": "[",
    "】": "]",
    "〔": "[",
    "〕": "]",
    "〖": "[",
    "〗": "]",
    "﹙": "(",
    "﹚": ")",
    "∶": ":",
    "﹕": ":",
    "︰": ":",
    "–": "-",
    "—": "-",
    "―": "-",
    "−": "-",
    "‐": "-",
    "‑": "-",
    "〜": "~",
    "﹏": "_",
    "﹍": "_",
    "﹎": "_",
    "\u3000": " ",
    "\xa0": " ",
    "\u2002": " ",
    "\u2003": " ",
    "\u2009": " ",
}
_LOOKALIKES = dict(zip("АВСЕНІΑΒΕΗΙ", "ABCEHIABEHI", strict=True))
_RADICALS = dict(
    zip("⺟⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻥⻦⻨⻩⻬⻮⻰⺠⻳", "母西见角贝车长门青页风飞食马鱼鸟麦黄齐齿龙民龟", strict=True)
)


def _compatible() -> dict[str, str]:
    """Full-width and circled letters, Kangxi radicals, compatibility ideographs: where NFKC gives one for one."""
    ranges = (
        (0xFF01, 0xFF5F),
        (0x24B6, 0x24EA),
        (0x2F00, 0x2FD6),
        (0xF900, 0xFAFF),
        (0x2E9F, 0x2EA0),
        (0x2EF3, 0x2EF4),
    )
    folded = {chr(code): unicodedata.normalize("NFKC", chr(code)) for low, high in ranges for code in range(low, high)}
    return {character: plain for character, plain in folded.items() if len(plain) == 1 and plain != character}


_TABLE = str.maketrans({**_compatible(), **_LOOKALIKES, **_RADICALS, **_PUNCTUATION})


def folded(text: str) -> str:
    """The text with plain width, brackets, colons and dashes, as long as it was."""
    return text if text.isascii() else text.translate(_TABLE)
