from __future__ import annotations

import hashlib
import json
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


OURS = re.compile(r"""<script src="\{\{ url_for\('admin\.static', filename='[\w./]+'\) \}\}" defer></script>""")


def test_no_template_has_a_script_or_a_style_of_its_own() -> None:
    templates = list((FOLDER / "templates").rglob("*.html"))
    assert len(templates) > 5
    for template in templates:
        text = OURS.sub("", template.read_text())
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|hx-on|js:", text), template.name


def test_scripts_are_kept_from_evaluating_text_and_from_writing_styles_into_pages() -> None:
    live = (FOLDER / "templates" / "admin" / "live.html").read_text()
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", live)
    assert found is not None
    config = json.loads(found[1])
    assert config["allowEval"] is config["includeIndicatorStyles"] is config["allowScriptTags"] is False
    assert config["historyCacheSize"] == 0
