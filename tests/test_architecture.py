"""The shape of the house, as its design says it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("questions", "campaigns", "platforms", "bot", "admin")
ROOMS_FOR_ANYTHING = {"core", "utils", "util", "common", "helpers", "misc", "shared"}


def test_imports_go_one_way() -> None:
    """By a process of its own: import-linter silences the loggers of the one that it runs in."""
    lint = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_is_for_anything(room: str) -> None:
    names = {path.stem for path in (ROOT / room).rglob("*") if path.suffix in {"", ".py"}}
    assert "__init__" in names
    assert not names & ROOMS_FOR_ANYTHING
