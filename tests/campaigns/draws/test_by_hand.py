"""What docs/draws.md prints for those who trust no program of ours."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from zip_made import in_json, replacing, tampered

from campaigns import draws

PAGE = Path(__file__).parents[3] / "docs" / "draws.md"


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    path = tmp_path_factory.mktemp("by hand") / "check.py"
    path.write_text(code)
    return path


def run(script: Path, data: bytes) -> subprocess.CompletedProcess[str]:
    audit = script.with_name("audit.zip")
    audit.write_bytes(data)
    command = [sys.executable, "-I", "-X", "utf8", str(script), str(audit)]  # alone: nothing of ours can be imported
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)


def test_the_script_agrees_with_the_evidence_of_a_draw(script: Path, audit: bytes) -> None:
    checked, verdict = run(script, audit), draws.verify(audit)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert verdict.list_hash in checked.stdout
    assert verdict.announcement_hash in checked.stdout
    assert "sse:20261130:3857.93" in checked.stdout


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("entrants.tsv", replacing("U01", "U02")),
        ("sources.json", replacing("+09", "+10")),
        ("ranking.tsv", replacing("1\t", "2\t")),
        ("awards.tsv", replacing("一等奖", "二等奖")),
        ("awards.tsv", replacing("forfeited", "awarded")),
        ("announcement.json", in_json("exclusions", [])),
        ("announcement.json", in_json("quotas", {"U01": 0})),
    ],
)
def test_the_script_finds_what_was_changed(script: Path, audit: bytes, name: str, change: object) -> None:
    data = tampered(audit, name, change)  # type: ignore[arg-type]
    assert not draws.verify(data).holds
    assert run(script, data).returncode == 1


def test_the_script_is_short_and_stands_alone(script: Path) -> None:
    lines = script.read_text().splitlines()
    assert len(lines) <= 32
    assert set(re.findall(r"^(?:import|from) (.+?)(?: import.*)?$", script.read_text(), re.MULTILINE)) == {
        "hashlib, json, sys, zipfile",
        "collections",
    }


def test_what_the_page_works_out_by_hand_is_right() -> None:
    ((words, digest),) = re.findall(r"^printf '(.+)' \| sha256sum\n([0-9a-f]{64})$", PAGE.read_text(), re.MULTILINE)
    assert hashlib.sha256(words.replace("\\n", "\n").encode()).hexdigest() == digest
    shown = dict(re.findall(r"^(节能宣传周。?) +([0-9a-f]{64})$", PAGE.read_text(), re.MULTILINE))
    assert shown == {text: hashlib.sha256(text.encode()).hexdigest() for text in ("节能宣传周", "节能宣传周。")}
