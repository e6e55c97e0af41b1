"""What tests of the import screens upload, and how a person without scripts goes through them."""

from __future__ import annotations

import io
import re

from visitors import Visitor

HEADER = "编号,题型,题目,选项A,选项B,选项C,选项D,答案,解析\r\n"
STEMS = ["空调一般不低于多少度？", "下班后怎样处理显示器？", "宣传周在几月举行？"]


def file(*rows: str, name: str = "节能 bank 2026.csv") -> tuple[io.BytesIO, str]:
    return io.BytesIO(("\ufeff" + HEADER + "\r\n".join(rows)).encode()), name


def row(number: int, stem: str, answer: str = "B", kind: str = "单选") -> str:
    return f"{number},{kind},{stem},甲项{number},乙项{number},丙项{number},丁项{number},{answer},这是解析"


GOOD = [row(number, stem) for number, stem in enumerate(STEMS, start=1)]
FAULTY = [
    *GOOD,
    row(4, "这道题没有答案，怎么办？", ""),
    row(5, "答案不在选项里怎么办？<script>alert(1)</script>", "F"),
    row(6, "垃圾分为哪几类？", "C", "多选"),
]


def upload(visitor: Visitor, *rows: str, name: str = "节能 bank 2026.csv", bank: str = "") -> str:
    """Upload a file of these rows; the preview's words. Its address is the visitor's."""
    address = f"/admin/uploads?bank={bank}" if bank else "/admin/uploads"
    visitor.get(address)
    return visitor.post(address, file=file(*rows, name=name))


def held(visitor: Visitor, name: str) -> str:
    """What the page that is shown sends along under a name."""
    found = re.search(rf'name="{name}" value="([^"]+)"', visitor.page)
    assert found is not None, f"the page holds no {name}"
    return found[1]


def commit(visitor: Visitor, status: int = 200, **fields: object) -> str:
    return visitor.post(visitor.address, status, version=held(visitor, "version"), **fields)


def imported(visitor: Visitor, *rows: str, slug: str = "energy", name: str = "节能题库") -> None:
    """A bank of these rows, or of three good ones."""
    upload(visitor, *(rows or GOOD))
    commit(visitor, slug=slug, name=name)
