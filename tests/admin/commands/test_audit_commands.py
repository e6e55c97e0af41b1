"""``lvda audit``: listed, written into files, proved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from campaigns import audit, tables
from campaigns.clock import DAY
from campaigns.store import Store, open_store
from cli import lvda

NOW = 1_783_126_800_000


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    with store.transaction() as session:
        audit.record(session, "chen", "campaign.paused", "campaign:week", NOW - DAY, before={"state": "published"})
        audit.record(session, "", "bank.shipped", "bank:energy", NOW, after={"added": 120})
    yield store
    store.close()


def run(store: Store, tmp_path: Path, *arguments: str) -> Result:
    environment = {"LVDA_DATABASE_URL": str(store.engine.url), "LVDA_DATA_DIR": str(tmp_path), "LVDA_REDIS_URL": "none"}
    return CliRunner().invoke(lvda, ["audit", *arguments], env=environment)


def test_changes_are_listed_the_latest_first_and_some_of_them(store: Store, tmp_path: Path) -> None:
    lines = run(store, tmp_path, "list").stdout.splitlines()
    assert [line.split("\t")[2:6] for line in lines] == [
        ["命令行或程序", "随程序更新题库", "题库 energy", "新增：120"],
        ["chen", "暂停活动", "活动 week", "状态：原为 已发布"],
    ]
    (one,) = json.loads(run(store, tmp_path, "list", "--by", "chen", "--json").stdout)
    assert (one["what"], one["at"], one["sequence"]) == ("campaign.paused", "2026-07-03T01:00:00Z", None)
    assert run(store, tmp_path, "list", "--until", "2026-07-03", "--what", "campaign").stdout.count("\n") == 1
    assert "没有这样的记录" in run(store, tmp_path, "list", "--subject", "活动 other").stderr


def test_an_export_is_all_that_is_needed_to_prove_the_chain(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    told = json.loads(run(store, tmp_path, "export", "-o", str(file), "--json").stdout)
    before = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        said = {key: entry[key] for key in ("after", "at_ms", "before", "by", "note", "sequence", "subject", "what")}
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        before = hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()
        assert entry["hash"] == before
    assert told["head"] == {"sequence": 2, "hash": before}
    assert "export.made" in run(store, tmp_path, "list", "--json").stdout


def test_it_is_written_for_spreadsheets_too(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "audit.csv"
    assert "2 条" in run(store, tmp_path, "export", "-o", str(file)).stdout
    assert "随程序更新题库" in file.read_text(encoding="utf-8-sig")
    assert run(store, tmp_path, "export", "-o", str(tmp_path / "audit.txt")).exit_code == 1


def test_the_chain_is_proved_and_what_was_noted_is_held_against_it(store: Store, tmp_path: Path) -> None:
    noted = json.loads(run(store, tmp_path, "export", "-o", str(tmp_path / "a.csv"), "--json").stdout)["head"]
    known = f"{noted['sequence']}:{noted['hash']}"
    proved = run(store, tmp_path, "verify", "--known", known)
    assert (proved.exit_code, "审计日志完整" in proved.stdout, known in proved.stderr) == (0, True, True)
    with store.transaction() as session:
        session.execute(update(tables.AuditEntry).where(tables.AuditEntry.sequence == 1).values(by="li"))
    found = run(store, tmp_path, "verify", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["faults"][0].startswith("第 1 条")
    assert run(store, tmp_path, "verify", "--known", "nonsense").exit_code == 1
