"""An official account's menu: read from a file, checked, and in the form that the platform takes.

The file is TOML; an entry has a name and one of these:

=============== ===============================================================================================
``text``        what a tap sends: a command, or a campaign's keyword
``campaign``    the slug of a campaign whose page it opens
``url``         the address that it opens; from ``/`` on: under our own public address
``children``    the entries of its submenu, ``[[menu.children]]``
=============== ===============================================================================================

The limits are of the platform's page 创建自定义菜单 (createCustomMenu).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import ndiff
from typing import Any

from campaigns.errors import CampaignsError, Refused

ENTRIES, CHILDREN = 3, 5
SHOWN_ENTRY, SHOWN_CHILD = 4, 8
"""Chinese characters of a name that a phone shows; two of any narrow script count as one."""
BYTES_ENTRY, BYTES_CHILD = 16, 60
KEY_BYTES, URL_BYTES = 128, 1024
KINDS = ("text", "campaign", "url", "children")

NAMING = ("key", "appid", "pagepath", "media_id", "article_id")
"""What tells entries of kinds apart that our files do not make."""

_ADDRESS = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_LINE = re.compile(r"\(at line (\d+)")

Button = dict[str, Any]
"""An entry as the platform writes it."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the entries of a file may mean."""

    public_url: str
    """Without a trailing slash."""
    understood: Callable[[str], bool]
    """Whether a participant who sends this text is understood."""
    entry: Callable[[str], str]
    """The address of a campaign's page; raises NotFound for a slug that no campaign has."""


def read_menu(data: bytes, meanings: Meanings) -> list[Button]:
    """The buttons that a menu file describes.

    Raises Refused with one sentence that names the entry; nothing is left out in silence.
    """
    content = _parsed(data)
    if strange := sorted(set(content) - {"menu"}):
        raise Refused(f"菜单文件里的“{strange[0]}”读不懂：每个菜单项以 [[menu]] 一行开头。")
    return _entries(content.get("menu"), "菜单", ENTRIES, lambda one, where: _top(one, where, meanings))


def described(buttons: Sequence[Mapping[str, Any]]) -> list[str]:
    """A menu, a line an entry, as people read it; also one that was not made from our files."""
    lines = []
    for button in buttons:
        children = button.get("sub_button") or []
        lines.append(f"{button.get('name', '')}{'' if children else ' → ' + _action(button)}")
        lines += [f"    {child.get('name', '')} → {_action(child)}" for child in children]
    return lines


def differences(there: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> list[str]:
    """The lines of both menus, led by ``+`` what comes, ``-`` what goes, and a space what stays; empty: the same."""
    before, after = described(there), described(wanted)
    if before == after:
        return []
    return [line for line in ndiff(before, after) if not line.startswith("?")]


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused("菜单文件不是 UTF-8 编码：请另存为 UTF-8 再试。") from error
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        place = f"第 {line[1]} 行" if line else "末尾"
        raise Refused(f'菜单文件{place}不合 TOML 的写法：文字要放在英文引号里，像 name = "答题"。') from error


Reader = Callable[[dict[str, Any], str], Button]


def _entries(given: object, where: str, most: int, read: Reader) -> list[Button]:
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise Refused(f"{where}里没有可用的菜单项：请写 1 到 {most} 项，每项至少有 name。")
    if len(given) > most:
        raise Refused(f"{where}有 {len(given)} 项，公众号最多放 {most} 项：请删去或并入别的子菜单。")
    return [read(one, f"{where}第 {number} 项") for number, one in enumerate(given, start=1)]


def _top(entry: dict[str, Any], where: str, meanings: Meanings) -> Button:
    name = _name(entry, where, SHOWN_ENTRY, BYTES_ENTRY)
    where, kind = f"菜单项“{name}”", _kind(entry, f"菜单项“{name}”", KINDS)
    if kind != "children":
        return {"name": name, **_leaf(kind, entry[kind], where, meanings)}
    return {
        "name": name,
        "sub_button": _entries(entry["children"], where, CHILDREN, lambda one, at: _child(one, at, meanings)),
    }


def _child(entry: dict[str, Any], where: str, meanings: Meanings) -> Button:
    name = _name(entry, where, SHOWN_CHILD, BYTES_CHILD)
    where = f"子菜单项“{name}”"
    kind = _kind(entry, where, tuple(kind for kind in KINDS if kind != "children"))
    return {"name": name, **_leaf(kind, entry[kind], where, meanings)}


def _name(entry: dict[str, Any], where: str, shown: int, most_bytes: int) -> str:
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise Refused(f'{where}没有名称：请写 name = "…"，一行文字。')
    name = name.strip()
    if _width(name) > shown or len(name.encode()) > most_bytes:
        level = "菜单" if shown == SHOWN_ENTRY else "子菜单"
        raise Refused(f"{level}项“{name}”的名称太长：手机上只显示 {shown} 个汉字，请缩短。")
    return name


def _width(name: str) -> float:
    """In Chinese characters."""
    return sum(1 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in name)


def _kind(entry: dict[str, Any], where: str, allowed: tuple[str, ...]) -> str:
    if strange := sorted(set(entry) - {"name", *allowed}):
        deeper = "子菜单下面不能再有子菜单。" if strange[0] == "children" else "请检查拼写。"
        raise Refused(f"{where}里的“{strange[0]}”不能用：{deeper}")
    kinds = [kind for kind in allowed if kind in entry]
    if len(kinds) != 1:
        raise Refused(f"{where}要做什么不清楚：{'、'.join(allowed)} 里请正好写一个。")
    return kinds[0]


def _leaf(kind: str, value: object, where: str, meanings: Meanings) -> Button:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise Refused(f"{where}的 {kind} 是空的，或者不是一行文字。")
    value = value.strip()
    if kind == "text":
        return {"type": "click", "key": _key(value, where, meanings)}
    return {"type": "view", "url": _url(kind, value, where, meanings)}


def _key(text: str, where: str, meanings: Meanings) -> str:
    if len(text.encode()) > KEY_BYTES:
        raise Refused(f"{where}的 text 太长：最多 {KEY_BYTES} 个字节。")
    if not meanings.understood(text):
        raise Refused(f"{where}会发送“{text}”，但它不是命令，也不是已发布活动的口令，点了没有回答：请改 text。")
    return text


def _url(kind: str, value: str, where: str, meanings: Meanings) -> str:
    if kind == "campaign":
        try:
            address = meanings.entry(value)
        except CampaignsError as error:
            raise Refused(f"{where}：{error}") from error
    else:
        address = meanings.public_url + value if value.startswith("/") else value
    if not _ADDRESS.fullmatch(address) or len(address) > URL_BYTES:
        raise Refused(f"{where}的网址不能用：应当是完整的 https:// 地址，不含空格和中文，最多 {URL_BYTES} 个字符。")
    return address


def _action(button: Mapping[str, Any]) -> str:
    match button.get("type"):
        case "click":
            return f"发送“{button.get('key', '')}”"
        case "view":
            return f"打开 {button.get('url', '')}"
        case None | "":
            return "（没有动作）"
        case other:  # set by another program, or in the platform's own pages
            values = [
                str(button[key]) for key in ("key", "appid", "pagepath", "media_id", "article_id") if key in button
            ]
            return " ".join([str(other), *values])
