"""Values as people write them under the keys of a plan's file: of the right kind, or told to be wrong."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any

TEXT, WHOLE, YES_OR_NO = "加引号的文字", "整数", "true 或 false"
_TYPES: Mapping[str, type] = {TEXT: str, WHOLE: int, YES_OR_NO: bool}


def fits(value: object, kind: str) -> bool:
    """Whether a value is of a kind, and a number no longer than the columns for it."""
    return type(value) is _TYPES[kind] and (not isinstance(value, int) or abs(value) < 2**31)


def checked(
    given: Mapping[str, Any], keys: Mapping[str, str], path: str, lead: str, wrong: dict[str, str]
) -> dict[str, Any]:
    """Of a section those values that are of the kinds that `keys` says.

    The others are told in `wrong`, by ``path.key``, in sentences that begin with `lead` and the key.
    """
    found = {}
    for key, value in given.items():
        if key not in keys:
            wrong[f"{path}.{key}"] = f"{lead}{key}：没有这个项目{nearest(key, set(keys))}"
        elif not fits(value, keys[key]):
            wrong[f"{path}.{key}"] = f"{lead}{key}：要写成{keys[key]}，现在是 {shown(value)}。"
        else:
            found[key] = value
    return found


def shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:60]}……"


def nearest(key: str, known: set[str]) -> str:
    close = difflib.get_close_matches(key, sorted(known), n=1)
    return f"，是不是 {close[0]}？" if close else "。"
