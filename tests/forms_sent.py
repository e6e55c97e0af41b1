"""What a browser would send of a form that nobody has touched."""

from __future__ import annotations

import html
import re

FIELD = re.compile(r"<input\b([^>]*)>|<(select|textarea)\b([^>]*)>(.*?)</\2>", re.DOTALL)
CHOSEN = re.compile(r'<option(?: value="([^"]*)")? selected>([^<]*)')


def fields_of(page: str, holds: str = "") -> dict[str, list[str]]:
    """The fields of the first form that holds a text, each with its values, but for files and buttons."""
    form = next(one for one in re.findall(r"<form\b.*?</form>", page, re.DOTALL) if holds in one)
    sent: dict[str, list[str]] = {}
    for match in FIELD.finditer(form):
        attributes = match[1] or match[3] or ""
        name = re.search(r'\bname="([^"]*)"', attributes)
        if name is None or 'type="file"' in attributes:
            continue
        if re.search(r'type="(radio|checkbox)"', attributes) and " checked" not in attributes:
            continue
        sent.setdefault(name[1], []).append(html.unescape(_value(attributes, match[2], match[4])))
    return sent


def _value(attributes: str, tag: str | None, inner: str | None) -> str:
    if tag == "textarea":
        return inner or ""
    if tag == "select":
        chosen = CHOSEN.search(inner or "")
        return "" if chosen is None else chosen[2] if chosen[1] is None else chosen[1]
    value = re.search(r'\bvalue="([^"]*)"', attributes)
    return value[1] if value else ""
