"""Evidence taken apart and put together again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def tampered(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same zip, with sound checksums, but for one member."""
    members = unpacked(data)
    assert change(members[name]) != members[name]
    return packed({**members, name: change(members[name])}.items())


def replacing(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(old.encode(), new.encode(), 1)


def in_json(key: str, value: object) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps({**json.loads(content), key: value}).encode()


def without_last_line(content: bytes) -> bytes:
    return content[: content.rindex(b"\n", 0, -1) + 1]


TAMPERINGS = [
    ("entrants.tsv", replacing("U01", "U02"), "名单被改动过"),
    ("entrants.tsv", without_last_line, "名单有 11 人"),
    ("announcement.json", in_json("list_hash", "0" * 64), "名单被改动过"),
    ("announcement.json", in_json("count", 13), "公告写的是 13 人"),
    ("announcement.json", in_json("id", "C1-D2"), "种子"),
    ("announcement.json", in_json("prizes", [{"prize": "一等奖", "count": 2}]), "中奖名单与重新计算的不同"),
    ("announcement.json", in_json("quotas", {"U01": 0, "U02": 0}), "中奖名单"),
    ("announcement.json", in_json("exclusions", ["0" * 16]), "不在名单中"),
    ("announcement.json", in_json("sources", ["sse:20261130", "ssq:2026130"]), "顺序"),
    ("sources.json", replacing("+09", "+10"), "种子"),
    ("sources.json", replacing("3857.93", "3,857.930"), "来源 sse:20261130 的数值写法不对，应写作："),
    ("sources.json", replacing("3857.93", "3857.93\\n"), "来源 sse:20261130 的数值写法不对，应写作："),
    ("sources.json", replacing("03.08.", "08.03."), "来源 ssq:2026130 的数值写法不对，应写作："),
    ("sources.json", replacing("03.08.", "3.8."), "来源 ssq:2026130 的数值写法不对，应写作："),
    ("sources.json", replacing('"value": "sse:20261130:', '"value": "sse:20261129:'), "没有以来源名开头"),
    ("ranking.tsv", replacing("1\t", "2\t"), "ranking.tsv 第 2 行"),
    ("ranking.tsv", without_last_line, "ranking.tsv 第 13 行"),
    ("awards.tsv", replacing("一等奖", "二等奖"), "awards.tsv 第 2 行"),
    ("awards.tsv", replacing("forfeited", "awarded"), "awards.tsv 第 3 行"),
    ("awards.tsv", replacing("awarded\t2\t", "awarded\t3\t"), "awards.tsv 第 3 行"),
    ("awards.tsv", replacing("awarded\t2\t", "awarded\t9\t"), "awards.tsv 第 3 行"),
    ("awards.tsv", replacing("awarded\t2\t", "awarded\t\t"), "awards.tsv 第 3 行"),
    ("awards.tsv", without_last_line, "awards.tsv"),
]
"""Member, change, and words of the sentence that must name it."""
