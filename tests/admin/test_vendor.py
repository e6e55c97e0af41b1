from __future__ import annotations

import hashlib
import re
from pathlib import Path

import admin

FOLDER = Path(admin.__file__).parent


def test_the_vendored_files_are_those_of_the_manifest() -> None:
    vendor = FOLDER / "static" / "vendor"
    manifest = dict(reversed(line.split()) for line in (vendor / "manifest.sha256").read_text().splitlines())
    present = {path.name for path in vendor.iterdir()} - {"manifest.sha256"}
    assert set(manifest) == present
    assert {name: hashlib.sha256((vendor / name).read_bytes()).hexdigest() for name in present} == manifest


def test_no_template_has_a_script_or_a_style_of_its_own() -> None:
    templates = list((FOLDER / "templates").rglob("*.html"))
    assert len(templates) > 5
    for template in templates:
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", template.read_text()), template.name
