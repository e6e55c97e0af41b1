"""What a unit is found by."""

from __future__ import annotations

from functools import lru_cache

from campaigns.matching import folded


@lru_cache(maxsize=32_768)
def sought_of(name: str) -> str:
    """The name, the name in pinyin, and the initials, folded and joined by spaces: ``市财政局 shicaizhengju sczj``.

    Kept, since it takes a while: an import that was planned a moment before finds it done.
    """
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 — its dictionaries take a while to load, and a megabyte

    styles = (Style.NORMAL, Style.FIRST_LETTER)
    words = [folded(name), *(folded("".join(lazy_pinyin(name, style))) for style in styles)]
    return " ".join(dict.fromkeys(words))
