"""Characters of Word's symbol fonts, and small raised and lowered ones, as plain Unicode."""

from __future__ import annotations

_WINGDINGS = {
    0x6C: "●", 0x6D: "○", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "□", 0x72: "□", 0x74: "◆", 0x75: "◆", 0x76: "❖",
    0x80: "⓪", 0x9F: "·", 0xA1: "○", 0xA2: "○", 0xA4: "◉", 0xA5: "◎", 0xA7: "▪", 0xA8: "□", 0xAA: "✦", 0xAB: "★",
    0xB6: "☆", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "→", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧",
    0xF2: "⇩", 0xF3: "⇔", 0xFB: "×", 0xFC: "√", 0xFD: "☒", 0xFE: "☑",
    **{0x81 + index: chr(0x2460 + index) for index in range(10)},
    **{0x8C + index: chr(0x2776 + index) for index in range(10)},
}  # fmt: skip
_WINGDINGS_2 = {
    0x4F: "×", 0x50: "√", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x75: "⓪", 0x97: "●", 0x98: "●", 0x99: "○",
    0xA2: "■", 0xA3: "□", 0xA4: "□", 0xAE: "◆",
    **{0x6A + index: chr(0x2460 + index) for index in range(10)},
}  # fmt: skip
_SYMBOL = {
    0xA2: "′", 0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±",
    0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB7: "·", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…",
    0xC5: "⊕", 0xC6: "∅", 0xC7: "∩", 0xC8: "∪", 0xCC: "⊂", 0xCE: "∈", 0xCF: "∉", 0xD0: "∠", 0xD5: "∏", 0xD6: "√",
    0xD7: "⋅", 0xE5: "∑", 0xF2: "∫", 0x5C: "∴", 0x5E: "⊥", 0x7E: "~", 0x22: "∀", 0x24: "∃", 0x2D: "−",
    **dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
    **dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)),
}  # fmt: skip
"""Microsoft's own encodings of these fonts, as far as exam papers use them: offset from U+F000 → character."""
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}

UNKNOWN = "\ufffd"


def is_symbolic(font: str) -> bool:
    """Whether a font shows other things than the letters it is given."""
    return font.casefold() in _FONTS


def symbol(font: str, code: int) -> str:
    """What a font shows for a character, `UNKNOWN` where that is not known."""
    offset = code & 0xFF if 0xF000 <= code <= 0xF0FF else code
    if known := _FONTS.get(font.casefold(), _WINGDINGS if 0xF000 <= code <= 0xF0FF else {}).get(offset):
        return known
    if code != offset or is_symbolic(font) or not 0x20 <= code < 0x110000 or 0xD800 <= code < 0xF900:
        return UNKNOWN
    return chr(code)


def in_font(font: str, text: str) -> str:
    """A whole text as a symbol font shows it; space and what is no Latin character stay what they are."""
    return "".join(
        character
        if character.isspace() or "\xff" < character < "\uf000" or character > "\uf0ff"
        else symbol(font, ord(character))
        for character in text
    )


_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


def raised(text: str) -> str:
    """Superscript where all of it exists in Unicode, otherwise the text as it is."""
    return _small(text, _RAISED)


def lowered(text: str) -> str:
    """Subscript where all of it exists in Unicode, otherwise the text as it is."""
    return _small(text, _LOWERED)


def _small(text: str, table: dict[int, int]) -> str:
    return text.translate(table) if all(ord(character) in table or character.isspace() for character in text) else text
