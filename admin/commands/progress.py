"""A progress bar, where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None] | None]:
    """What to tell how much of how much is done: a bar on a terminal's stderr, otherwise None."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label="导入", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show
