"""Page numbers as addresses hold them, and which of them a page offers."""

from __future__ import annotations

from flask import request

NEAR = 2


def page_asked() -> int:
    """``?page=``; 1 for anything that is no page number."""
    return max(1, min(request.args.get("page", 1, type=int), 1_000_000))


def pages_offered(number: int, pages: int) -> list[int | None]:
    """The first, the last, and those near the shown one; None where some are left out."""
    shown = [page for page in range(1, pages + 1) if page in (1, pages) or abs(page - number) <= NEAR]
    offered: list[int | None] = []
    for page in shown:
        if offered and offered[-1] is not None and page > offered[-1] + 1:
            offered.append(None)
        offered.append(page)
    return offered
