"""Curves as points, for pictures; documents have curves of their own."""

from __future__ import annotations

Point = tuple[float, float]


def curve(start: Point, first: Point, second: Point, end: Point, steps: int = 60) -> list[Point]:
    """A cubic Bézier curve as points."""
    along = [step / steps for step in range(steps + 1)]
    points = (start, first, second, end)
    return [
        (
            sum(weight * x for weight, (x, _) in zip(weights, points, strict=True)),
            sum(weight * y for weight, (_, y) in zip(weights, points, strict=True)),
        )
        for weights in (((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3) for t in along)
    ]
