"""The registration numbers under every page, linked to where the law wants them to lead.

ICP numbers lead to the ministry's register, 公安备案 numbers to their entry in the police's.
"""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"(?P<icp>[一-鿿]ICP[备证]\s*\d+号(?:-\d+)?)|(?P<police>[一-鿿]公网安备\s*(?P<code>\d+)号)")
ICP_REGISTER = "https://beian.miit.gov.cn/"
POLICE_REGISTER = "https://beian.mps.gov.cn/#/query/webSearch?code="


def footer_parts(text: str) -> list[tuple[str, str]]:
    """The footer's text in pieces, each with the address it leads to, or an empty one."""
    parts, end = [], 0
    for found in _NUMBERS.finditer(text):
        parts.append((text[end : found.start()], ""))
        parts.append((found[0], ICP_REGISTER if found["icp"] else POLICE_REGISTER + found["code"]))
        end = found.end()
    return [(words, address) for words, address in (*parts, (text[end:], "")) if words]
