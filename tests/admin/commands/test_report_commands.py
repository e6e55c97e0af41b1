from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from report_made import make_reported
from word_templates_made import text_of

from campaigns.store import open_store
from cli import lvda


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path) -> object:
    store = open_store(sqlite_url)
    make_reported(store)
    store.close()
    environment = {"LVDA_DATABASE_URL": sqlite_url, "LVDA_REDIS_URL": "none", "LVDA_DATA_DIR": str(tmp_path / "var")}

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(lvda, ["report", "week", *arguments], env=environment)

    return call


def test_a_report_is_written_by_the_ending_of_its_file(run: object, tmp_path: Path) -> None:
    assert callable(run)
    said = tmp_path / "said.txt"
    said.write_text("我们这样做。\n", encoding="utf-8-sig")
    for ending, begins in (("docx", b"PK"), ("pdf", b"%PDF"), ("xlsx", b"PK")):
        output = tmp_path / f"report.{ending}"
        result = run("-o", str(output), "--kind", "bulletin", "--issue", "2", "--remarks", str(said))
        assert result.exit_code == 0, result.output
        assert "“节能宣传周有奖答题”活动进展情况" in result.output
        assert output.read_bytes().startswith(begins)
    assert "我们这样做。" in text_of((tmp_path / "report.docx").read_bytes())


def test_what_was_made_is_told_to_programs(run: object, tmp_path: Path) -> None:
    assert callable(run)
    output = tmp_path / "report.bin"
    result = run("-o", str(output), "--format", "xlsx", "--unit", "U01", "--json")
    told = json.loads(result.output)
    assert (told["format"], told["kind"], told["unit"], told["people"], told["ranked"]) == (
        "xlsx",
        "summary",
        "U01",
        3,
        3,
    )
    assert told["title"] == "市财政局关于“节能宣传周有奖答题”的总结"


def test_what_cannot_be_is_refused(run: object, tmp_path: Path) -> None:
    assert callable(run)
    assert run("-o", str(tmp_path / "report.txt")).exit_code == 2
    assert run("-o", str(tmp_path / "report.docx"), "--unit", "U99").exception is not None
    (tmp_path / "gbk.txt").write_bytes("我们".encode("gbk"))
    assert "UTF-8" in str(run("-o", str(tmp_path / "a.docx"), "--remarks", str(tmp_path / "gbk.txt")).exception)
