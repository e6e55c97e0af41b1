from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "requirements" / "install.py"
FOR_ALL = "global"  # pip's name for the section that concerns everybody
spec = importlib.util.spec_from_file_location("install", SCRIPT)
assert spec is not None
assert spec.loader is not None
install = importlib.util.module_from_spec(spec)
spec.loader.exec_module(install)


def test_what_the_environment_says_wins_over_pip_s_files() -> None:
    listing = (
        ":env:.find-links='/wheels'\n"
        f"{FOR_ALL}.find-links='/old'\n"
        f"{FOR_ALL}.extra-index-url='\\nfile:///a\\nfile:///b'\n"
        "download.timeout='3'\n"
    )
    assert install.pip_settings(listing) == {
        "find-links": "/wheels",
        "extra-index-url": "\nfile:///a\nfile:///b",
    }


def test_uv_is_told_what_pip_is_told() -> None:
    told = install.uv_environment({"extra-index-url": "\nfile:///a\nfile:///b", "find-links": "/x /y"}, {})
    assert told["UV_INDEX"] == "file:///a file:///b"
    assert told["UV_FIND_LINKS"] == "/x,/y"
    assert told["UV_PYTHON"] == sys.executable


def test_pip_is_asked_in_words_that_it_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert install.uv_environment_here()["UV_FIND_LINKS"] == str(tmp_path)


def test_what_uv_was_told_on_purpose_stays() -> None:
    told = install.uv_environment({"index-url": "file:///a"}, {"UV_DEFAULT_INDEX": "file:///mine"})
    assert told["UV_DEFAULT_INDEX"] == "file:///mine"


def test_a_program_that_cannot_be_run_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert not install.succeeds(("/nowhere/uv", "pip"))
    assert "/nowhere/uv cannot be run" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["run.txt", "test.txt", "uv.txt"])
def test_locked_files_name_no_place_and_hash_everything(name: str) -> None:
    text = SCRIPT.with_name(name).read_text()
    assert "://" not in text
    assert "find-links" not in text
    assert text.count("==") <= text.count("--hash=sha256:")
