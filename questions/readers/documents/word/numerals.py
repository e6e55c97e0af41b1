"""Numbers as Word's automatic numbering shows them (ECMA-376 part 1, 17.18.59 ST_NumberFormat)."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_FINANCIAL = "零壹贰叁肆伍陆柒捌玖"


def numeral(number: int, form: str) -> str:
    """A number in a format by its name in the standard; an unknown format shows decimal digits, as Word does."""
    return _FORMS.get(form, str)(number)


def _letters(number: int) -> str:
    """A…Z, AA, BB…: letters are repeated, not combined."""
    return chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 30) if number > 0 else ""


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    found = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        found += sign * (number // value)
        number %= value
    return found


def _by_digit(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(abs(number)))


def _chinese(number: int) -> str:
    """十一 and 二十 below a hundred, digit by digit above it."""
    return _thousands(number) if number < 100 else _by_digit(number)


def _thousands(number: int, digits: str = "零一二三四五六七八九", units: str = "千百十") -> str:
    """一百零一; numbers of five digits and more, which no document reaches, digit by digit."""
    if not 0 < number < 10_000:
        return _by_digit(number) if number else digits[0]
    found, gap = "", False
    for place, digit in enumerate(f"{number:04}"):
        if digit == "0":
            gap = bool(found)
            continue
        found += (digits[0] if gap else "") + digits[int(digit)] + (units[place] if place < 3 else "")
        gap = False
    return found[1:] if found.startswith("一十") else found


def _within(first: int, count: int) -> Callable[[int], str]:
    """Characters that follow each other in Unicode; beyond the last of them decimal digits."""
    return lambda number: chr(first + number - 1) if 0 < number <= count else str(number)


def _circled(number: int) -> str:
    if 0 < number <= 20:
        return chr(0x2460 + number - 1)
    if number <= 35:
        return chr(0x3251 + number - 21) if number > 20 else str(number)
    return chr(0x32B1 + number - 36) if number <= 50 else str(number)


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)] if number > 0 else str(number)


_FORMS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: "".join(chr(ord(digit) + 0xFEE0) for digit in str(abs(number))),
    "decimalFullWidth2": lambda number: "".join(chr(ord(digit) + 0xFEE0) for digit in str(abs(number))),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _within(0x2474, 20),
    "decimalEnclosedFullstop": _within(0x2488, 20),
    "ideographEnclosedCircle": _within(0x3280, 10),
    "numberInDash": lambda number: f"- {number} -",
    "chineseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "ideographDigital": _by_digit,
    "japaneseDigitalTenThousand": _by_digit,
    "taiwaneseDigital": _by_digit,
    "chineseCountingThousand": _thousands,
    "taiwaneseCountingThousand": _thousands,
    "japaneseCounting": lambda number: _thousands(number).replace("零", ""),
    "chineseLegalSimplified": lambda number: _thousands(number, _FINANCIAL, "仟佰拾"),
    "ideographTraditional": _cycle("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _cycle("子丑寅卯辰巳午未申酉戌亥"),
}
