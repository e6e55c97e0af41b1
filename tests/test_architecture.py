"""The shape of the house, as its design says it."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[1]
ROOMS = ("questions", "campaigns", "platforms", "bot", "admin")
ROOMS_FOR_ANYTHING = {"core", "utils", "util", "common", "helpers", "misc", "shared"}


def test_imports_go_one_way(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_is_for_anything(room: str) -> None:
    names = {path.stem for path in (ROOT / room).rglob("*") if path.suffix in {"", ".py"}}
    assert "__init__" in names
    assert not names & ROOMS_FOR_ANYTHING
