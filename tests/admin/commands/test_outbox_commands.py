from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaigns import outbox
from campaigns.store import Store, open_store
from cli import lvda

NOW = 1_783_126_800_000


@pytest.fixture
def store(sqlite_url: str) -> Store:
    """Two messages that could not be sent, and one that waits."""
    store = open_store(sqlite_url)
    with store.transaction() as session:
        for key in ("a", "b", "c"):
            outbox.post(session, key=key, wording="sms", values={"text": "t"}, now=NOW, way="sms", recipient="138")
        for message in outbox.lease(session, "w", NOW, 2):
            outbox.settle_dead(session, message, "号码不存在。", begun=False)
    return store


def run(store: Store, tmp_path: Path, *arguments: str) -> Result:
    environment = {"LVDA_DATABASE_URL": str(store.engine.url), "LVDA_DATA_DIR": str(tmp_path), "LVDA_REDIS_URL": "none"}
    return CliRunner().invoke(lvda, ["outbox", *arguments], env=environment)


def test_what_could_not_be_sent_is_listed_and_counted_without_addresses(store: Store, tmp_path: Path) -> None:
    listed = run(store, tmp_path, "list")
    assert listed.stdout.count("号码不存在。") == 2
    assert "等待 1 条，今天发出 0 条，没有发出 2 条，不再发送 0 条。" in listed.stderr
    rows = json.loads(run(store, tmp_path, "list", "--state", "waiting", "--json").stdout)
    assert [(row["key"], row["state"]) for row in rows] == [("c", "waiting")]
    assert "138" not in listed.output


def test_they_go_again_one_by_one_or_all(store: Store, tmp_path: Path) -> None:
    first = json.loads(run(store, tmp_path, "list", "--json").stdout)[0]["id"]
    assert "1 条" in run(store, tmp_path, "resend", str(first)).stdout
    assert json.loads(run(store, tmp_path, "resend", "--all", "--json").stdout) == {"resent": 1}
    assert json.loads(run(store, tmp_path, "list", "--json").stdout) == []


def test_which_ones_must_be_said(store: Store, tmp_path: Path) -> None:
    assert run(store, tmp_path, "resend").exit_code == 2
    assert run(store, tmp_path, "resend", "--all", "1").exit_code == 2
