"""Office's maths (OMML) as a line of plain text, as far as a line can hold it."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from questions.readers.documents.word.package import W
from questions.readers.documents.word.symbols import lowered, raised

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_PLAIN = {"oMath", "oMathPara", "r", "t", "e", "box", "borderBox", "rPr", "ctrlPr", "oMathParaPr", "argPr"}
_SKIPPED = {f"{name}Pr" for name in ("f", "sSup", "sSub", "sSubSup", "d", "nary", "rad", "acc", "bar", "m", "func")}


def is_plain(formula: Element) -> bool:
    """Whether a formula is nothing but characters in a row."""
    return all(not element.tag.startswith(M) or element.tag.removeprefix(M) in _PLAIN for element in formula.iter())


def formula_text(element: Element) -> str:
    """A formula's text: fractions as a/b, powers raised, roots with √."""
    if element.tag in {M + "t", W + "t"}:
        return element.text or ""
    name = element.tag.removeprefix(M)
    if name in _SKIPPED or element.tag == W + "rPr":
        return ""
    written = _WRITTEN.get(name)
    return "".join(map(formula_text, element)) if written is None else written(element)


def _part(element: Element, name: str) -> str:
    part = element.find(M + name)
    return "" if part is None else formula_text(part).strip()


def _property(element: Element, properties: str, name: str, default: str) -> str:
    found = element.find(f"{M}{properties}/{M}{name}")
    return default if found is None else found.get(M + "val", default)


def _delimited(element: Element) -> str:
    between = _property(element, "dPr", "sepChr", "|")
    inside = between.join(formula_text(part) for part in element.findall(M + "e"))
    return _property(element, "dPr", "begChr", "(") + inside + _property(element, "dPr", "endChr", ")")


def _grouped(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() else f"({text})"


def _up(text: str) -> str:
    return small if (small := raised(text)) != text or not text else f"^{_grouped(text)}"


def _down(text: str) -> str:
    return small if (small := lowered(text)) != text or not text else f"_{_grouped(text)}"


def _nary(element: Element) -> str:
    sign = _property(element, "naryPr", "chr", "∫")
    return sign + _down(_part(element, "sub")) + _up(_part(element, "sup")) + _part(element, "e")


def _matrix(element: Element) -> str:
    rows = ("，".join(formula_text(cell) for cell in row.findall(M + "e")) for row in element.findall(M + "mr"))
    return f"[{'；'.join(rows)}]"


_WRITTEN: dict[str, Callable[[Element], str]] = {
    "f": lambda found: f"{_grouped(_part(found, 'num'))}/{_grouped(_part(found, 'den'))}",
    "sSup": lambda found: _part(found, "e") + _up(_part(found, "sup")),
    "sSub": lambda found: _part(found, "e") + _down(_part(found, "sub")),
    "sSubSup": lambda found: _part(found, "e") + _down(_part(found, "sub")) + _up(_part(found, "sup")),
    "rad": lambda found: f"{raised(_part(found, 'deg'))}√{_grouped(_part(found, 'e'))}",
    "d": _delimited,
    "nary": _nary,
    "m": _matrix,
}
