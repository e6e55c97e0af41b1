"""A bank file from xlsx to its preview and into the database, beside a bare calamine read and a bare executemany.

The reading is the product's own: in a process apart, with limited memory and time. What it takes is measured on the
clock, and the memory of both processes in a fresh one (`python -m bench.imported FILE URL`).
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

import psycopg
import xlsxwriter
from python_calamine import CalamineWorkbook

from bench.table import Row
from campaigns.banks import import_bank, plan_import
from campaigns.clock import now_ms
from campaigns.store import Store, open_store
from questions.readers.apart.limited import Limits, read_bank

FEW, MANY = 10_000, 100_000
MEBIBYTE = 1 << 20
ALLOWED = 300.0
"""MiB."""
PATIENT = Limits(seconds=60)
"""A busy machine may take longer than people would wait; what it takes is told, and not cut off."""

_HEADER = ["编号", "题型", "题目", "选项A", "选项B", "选项C", "选项D", "答案", "解析", "分类", "难度", "来源"]
_WORDS = re.findall(
    r"\w+",
    "节能 减排 空调 照明 办公室 用水 用电 绿色 出行 公共机构 能源 管理 温度 节约 垃圾 分类 回收 利用 食品 打印 双面 "
    "待机 关灯 食堂 会议室 电梯 水龙头 充电桩 屋顶 光伏 计量 审计 定额 标准 产品 采购",
)
_BARE = (
    "CREATE TEMPORARY TABLE bare (number text, kind text, stem text, a text, b text, c text, d text, answer text, "
    "explanation text, category text, difficulty text, source text)"
)


@dataclass(frozen=True)
class Times:
    """Seconds."""

    read: float
    """Calamine alone, from bytes to Python's values."""
    written: float
    """An executemany alone, with its commit."""
    preview: float
    """The bank read, reviewed and compared with what is there."""
    committed: float
    """The same, and imported."""


def measure(url: str, rounds: int = 3) -> list[Row]:
    """`url`: an empty PostgreSQL database."""
    store = open_store(url)
    store.migrate()
    few, many = made_up(FEW), made_up(MANY)
    small = [_times(store, url, few, f"few-{number}") for number in range(rounds)]
    large = _times(store, url, many, "many")
    store.close()
    child, parent = _memory(url, many)
    rows = [
        _row("to its preview", small, lambda times: times.preview),
        _row("to committed", small, lambda times: times.committed),
        _linear("to its preview", small, large, lambda times: times.preview),
        _linear("to committed", small, large, lambda times: times.committed),
    ]
    rows.append(
        Row(
            f"bank: {MANY:,} questions read, memory of the process apart", child, "MiB", ALLOWED, child / ALLOWED, "≤ 1"
        )
    )
    rows.append(Row(f"bank: {MANY:,} questions imported, memory", parent, "MiB", ALLOWED, parent / ALLOWED, "≤ 1"))
    return rows


def made_up(count: int) -> bytes:
    """An xlsx with so many different questions of three kinds, as long as real ones."""
    random = Random(count)

    def text(words: int) -> str:
        return "".join(random.choices(_WORDS, k=words))

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("题库")
        sheet.write_row(0, 0, _HEADER)
        for number in range(1, count + 1):
            kind = ("单选", "单选", "多选", "判断")[number % 4]
            options = [f"{text(3)}{letter}" for letter in "ABCD"] if kind != "判断" else [""] * 4
            answer = {"单选": random.choice("ABCD"), "多选": "ABD", "判断": random.choice(["正确", "错误"])}[kind]
            about = [text(12), random.choice(_WORDS), random.choice("易中难"), "《节约能源法》"]
            row = [str(number), kind, f"{text(9)}，下列说法正确的是？", *options, answer, *about]
            sheet.write_row(number, 0, row)
    return out.getvalue()


def _times(store: Store, url: str, data: bytes, slug: str) -> Times:
    rows = _calamine(data)
    read = _seconds(partial(_calamine, data))
    written = _seconds(partial(_executemany, url, rows))
    del rows
    preview = _seconds(partial(_preview, store, data, slug))
    committed = _seconds(partial(_import, store, data, slug))
    return Times(read, written, preview, committed)


def _calamine(data: bytes) -> Sequence[Sequence[object]]:
    return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()


def _executemany(url: str, rows: Sequence[Sequence[object]]) -> None:
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        connection.execute(_BARE)
        with connection.cursor() as cursor:
            places = ", ".join(["%s"] * len(_HEADER))
            cursor.executemany(f"INSERT INTO bare VALUES ({places})", rows[1:])


def _preview(store: Store, data: bytes, slug: str) -> None:
    bank = read_bank(data, limits=PATIENT)
    with store.reading() as session:
        plan_import(session, slug, "题库", bank)


def _import(store: Store, data: bytes, slug: str) -> None:
    import_bank(store, slug, "题库", read_bank(data, limits=PATIENT), now_ms())


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _row(what: str, found: Sequence[Times], ours: Callable[[Times], float]) -> Row:
    bare = [times.read + times.written for times in found]
    ratio = median(ours(times) / beside for times, beside in zip(found, bare, strict=True))
    value = median(map(ours, found)) * 1e3
    name = f"bank: {FEW:,} questions from xlsx {what}, beside calamine and executemany alone"
    return Row(name, value, "ms", median(bare) * 1e3, ratio, "≤ 5")


def _linear(what: str, small: Sequence[Times], large: Times, ours: Callable[[Times], float]) -> Row:
    one, of_many = median(map(ours, small)) / FEW * 1e6, ours(large) / MANY * 1e6
    return Row(
        f"bank: a question of {MANY:,} {what}, beside one of {FEW:,}", of_many, "µs", one, of_many / one, "≤ 1.3"
    )


def _memory(url: str, data: bytes) -> tuple[float, float]:
    """The most that the reading process and the importing one ever held, in MiB."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "bank.xlsx")
        path.write_bytes(data)
        command = [sys.executable, "-m", "bench.imported", str(path), url]
        done = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, check=True)
    child, parent = json.loads(done.stdout)
    return child, parent


def main() -> None:
    path, url = sys.argv[1:]
    store = open_store(url)
    _import(store, Path(path).read_bytes(), "memory")
    store.close()
    print(json.dumps([_most_of_children(), _most_of_own()]))


def _most_of_children() -> float:
    return _mebibytes(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _most_of_own() -> float:
    """Not by `getrusage`, where Linux tells it: that counts what the process held that this one was forked from."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return _mebibytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _mebibytes(most: int) -> float:
    return most / (MEBIBYTE if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
