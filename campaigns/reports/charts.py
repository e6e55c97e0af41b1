"""A report's charts as pictures: PNG, in our own font. What they show stands in a table as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from campaigns.prints.fonts import REGULAR, missing_characters
from campaigns.prints.typesetting import plain
from campaigns.reports.content import Content, Counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_MM = 150
DOTS_PER_INCH = 200
MOST_BARS = 15
LONGEST_NAME = 16
LABELS = 72
"""Characters of all labels beneath the columns together: more would run into each other."""
LACKING = "〓"
"""Stands for a character that our font has not; the table beside the chart has it."""
GREEN, INK, GRID = "#1f7a4d", "#26322c", "#d6ddd8"


def draw(content: Content, name: str) -> bytes:
    """The PNG of a chart of `CHARTS`; empty where there is nothing to compare."""
    return CHARTS[name](content)


def alternative(content: Content, name: str) -> str:
    """What a chart shows, for those who do not see it."""
    return {"units": f"各单位{content.measure}", "histogram": "成绩分布", "days": "每天答完的次数"}[name]


def _units(content: Content) -> bytes:
    """The first units by what they are ranked by, as bars beneath each other."""
    shown = [one for one in content.units if one.rank is not None][:MOST_BARS]
    if len(shown) < 2:
        return b""
    values: Mapping[str, list[float]] = {
        "参与率": [100 * (one.rate or 0.0) for one in shown],
        "平均分": [one.average or 0.0 for one in shown],
        "总分": [float(one.total) for one in shown],
        "合格率": [100 * (one.pass_rate or 0.0) for one in shown],
    }
    measured = values[content.measure]
    unit = "分" if content.measure in {"平均分", "总分"} else "%"
    names = [_short(one.name) for one in shown]

    def paint(axes: Axes, font: Any) -> None:  # noqa: ANN401 — FontProperties is untyped
        places = range(len(shown))
        axes.barh(places, measured, color=GREEN, height=0.62)
        axes.set_yticks(places, names, fontproperties=font)
        axes.invert_yaxis()
        for place, value in zip(places, measured, strict=True):
            label = f" {value:.1f}".removesuffix(".0") + unit
            axes.text(value, place, label, va="center", fontproperties=font, color=INK)
        axes.set_xlim(0, max(measured) * 1.14 or 1)
        axes.xaxis.set_visible(False)

    return _png(12 + 6.6 * len(shown), paint)


def _histogram(content: Content) -> bytes:
    return _columns(content.turnout.histogram, "分", "人")


def _days(content: Content) -> bytes:
    return _columns(content.turnout.days, "", "次")


def _columns(counted: Sequence[Counted], of: str, unit: str) -> bytes:
    if len(counted) < 2 or not any(one.count for one in counted):
        return b""
    names = [f"{one.label}{of}" for one in counted]
    heights = [one.count for one in counted]

    def paint(axes: Axes, font: Any) -> None:  # noqa: ANN401
        places = range(len(counted))
        axes.bar(places, heights, color=GREEN, width=0.66)
        every = -(-sum(map(len, names)) // LABELS)
        axes.set_xticks(list(places)[::every], names[::every], fontproperties=font)
        for place, height in zip(places, heights, strict=True):
            if len(heights) <= 16:
                axes.text(place, height, str(height), ha="center", va="bottom", fontproperties=font, color=INK)
        axes.set_ylim(0, max(heights) * 1.15)
        axes.yaxis.set_visible(False)
        axes.set_title(f"单位：{unit}", loc="left", fontproperties=font, color=INK)

    return _png(62, paint)


CHARTS: Mapping[str, Callable[[Content], bytes]] = {"units": _units, "histogram": _histogram, "days": _days}


def _png(height_mm: float, paint: Callable[[Axes, Any], None]) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 — it takes a second to load
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415

    figure = Figure(figsize=(WIDTH_MM / 25.4, height_mm / 25.4), dpi=DOTS_PER_INCH, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GRID)
    axes.tick_params(colors=INK, length=0)
    paint(axes, FontProperties(fname=str(REGULAR), size=8.5))
    out = BytesIO()
    canvas.print_png(out, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return out.getvalue()


def _short(name: str) -> str:
    tidy = plain(name)
    for character in missing_characters(tidy):
        tidy = tidy.replace(character, LACKING)
    return tidy if len(tidy) <= LONGEST_NAME else f"{tidy[: LONGEST_NAME - 1]}…"
