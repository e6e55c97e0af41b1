"""Bytes of a text file → its text and the name of its encoding."""

from __future__ import annotations

import codecs

from questions.model import UnreadableFile

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
_UNKNOWN = "认不出这个文件的文字编码；请用 Excel 或 WPS 打开，另存为“CSV UTF-8”或 xlsx 后再导入。"


def decode(data: bytes) -> tuple[str, str]:
    """The text, without byte order marks, and its encoding: utf-8-sig, utf-8, utf-16 or gb18030.

    Raises UnreadableFile where none of them gives text that a Chinese office could have written: a wrong guess
    would turn every question into rubbish without a word.
    """
    for bom, codec, name in _BOMS:
        if data.startswith(bom):
            return _strict(data, codec).lstrip("\ufeff"), name
    if b"\x00" in data:
        codec = "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be"
        return _plausible(_strict(data, codec), codec)
    try:
        return data.decode("utf-8").lstrip("\ufeff"), "utf-8"
    except UnicodeDecodeError:
        return _plausible(_strict(data, "gb18030"), "gb18030")


def _strict(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise UnreadableFile(_UNKNOWN) from error


def _plausible(text: str, codec: str) -> tuple[str, str]:
    """Everyday Chinese lies nearly all in GB2312; bytes of another encoding read as Chinese do not."""
    sample = [character for character in text[:20_000] if character > "\x7f"]
    everyday = sum(len(character.encode("gb2312", "ignore")) > 0 for character in sample)
    if "\x00" in text or everyday < 0.8 * len(sample):
        raise UnreadableFile(_UNKNOWN)
    return text, "utf-16" if codec.startswith("utf-16") else codec
