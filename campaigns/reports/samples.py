"""Made-up content, on which templates are tried before they are kept."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from io import BytesIO

from PIL import Image

from campaigns.reports.content import (
    Content,
    Counted,
    OwnPlace,
    Photo,
    PrizeLine,
    QuestionLine,
    Turnout,
    UnitLine,
    Winner,
)

_NAMES = ("市机关事务管理局", "市财政局", "市教育局", "市水务局")


def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), (31, 122, 77)).save(out, "PNG")
    return out.getvalue()


@cache
def empty() -> Content:
    """Nothing has happened yet."""
    return Content(
        kind="summary",
        title="样例",
        sender="",
        issue=None,
        issued="2026年7月10日",
        year=2026,
        as_of="2026年7月10日 09:00",
        campaign="节能知识答题",
        theme="",
        brand="",
        organiser="",
        days="自2026年7月4日起",
        is_over=False,
        mode="formal",
        questions_per_paper=10,
        pass_points=0,
        measure="参与率",
        turnout=Turnout(people=0, finished=0, ranked=0, average=None, passed=0),
        headcount=None,
        entrants=0,
    )


@cache
def full() -> Content:
    """Everything that a report may say, with a line or more in every table."""
    return replace(
        empty(),
        title="关于节能宣传周知识答题活动的总结",
        sender="市机关事务管理局",
        issue=9,
        theme="绿色转型，节能攻坚",
        brand="亭·节能 绿色+",
        organiser="市机关事务管理局",
        days="2026年7月4日至7月10日",
        is_over=True,
        pass_points=60,
        turnout=Turnout(
            people=420,
            finished=510,
            ranked=400,
            average=82.3,
            passed=360,
            histogram=tuple(Counted(f"{n}0—{n}9", 40 + n) for n in range(10)),
            days=tuple(Counted(f"7月{n}日", 60 + n) for n in range(4, 11)),
            doors=(Counted("公众号", 300), Counted("网页", 120)),
        ),
        headcount=500,
        entrants=400,
        unit=OwnPlace("市机关事务管理局", "单位", 1, 4),
        units=tuple(
            UnitLine(n, f"U0{n}", name, 125, 110 - n, (110 - n) / 125, 84.5 - n, 9_000 - n, 100 - n, 0.9)
            for n, name in enumerate(_NAMES, start=1)
        ),
        questions=(
            QuestionLine("3", "电器待机不耗电。", 400, 412, "选正确"),
            QuestionLine("1", "公共建筑夏季空调温度设置一般不低于多少摄氏度？", 400, 931, "选B"),
        ),
        prizes=(PrizeLine("幸运奖", "抽奖", "保温杯", 10, 10, 6),),
        winners=(Winner("幸运奖", "保温杯", "张*明", "市财政局"),),
        remarks=("各单位领导带头参加，在电梯、食堂张贴了二维码。",),
        photos=(Photo(_picture(), "市财政局在大厅摆放了答题二维码。"),),
    )
