from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from campaign_made import OPENS
from click import Command, UsageError
from click.testing import CliRunner, Result
from personal_data_made import SECRET, Story, make_story
from sqlalchemy import update

from admin.commands.campaigns import campaign
from admin.commands.people import people
from campaigns import tables
from campaigns.editions import Editions
from campaigns.errors import Refused
from campaigns.standings import Ranking
from campaigns.store import open_store
from campaigns.stores import Stores
from settings import Settings


@pytest.fixture
def story(sqlite_url: str) -> Iterator[Story]:
    store = open_store(sqlite_url)
    yield make_story(Stores(store, Ranking(store, None), Editions()))
    store.close()


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=sqlite_url,
        redis_url="none",
        data_dir=tmp_path / "var",
        secret_key=SECRET,  # type: ignore[arg-type]
        _env_file=None,
    )


def run(settings: Settings, command: Command, *arguments: object) -> Result:
    return CliRunner().invoke(
        command, [str(one) for one in arguments], obj=settings, catch_exceptions=False, standalone_mode=False
    )


def read(settings: Settings, command: Command, *arguments: object) -> Any:
    return json.loads(run(settings, command, *arguments, "--json").stdout)


def close(story: Story) -> None:
    """These commands live by the real clock."""
    with story.stores.sql.transaction() as session:
        session.execute(update(tables.Campaign).values(state="closed", opens_ms=OPENS - 1, closes_ms=OPENS))


def test_a_purge_says_first_what_it_would_do_and_then_does_it(settings: Settings, story: Story) -> None:
    close(story)
    with story.stores.sql.transaction() as session:
        session.execute(update(tables.Award).values(redeemed_ms=None))
    told = run(settings, campaign, "purge", "week").stdout
    assert "！ 还有 1 份奖品没有发放" in told
    assert "将清除 3 人的 3 份答卷、12 个回答、1 份收件信息" in told
    assert "--yes --reason" in told
    assert read(settings, campaign, "purge", "week")["obstacles"][0]["final"] is False
    with pytest.raises(Refused, match="请写明原因"):
        run(settings, campaign, "purge", "week", "--yes")
    assert story.count(tables.Attempt) == 4
    done = run(settings, campaign, "purge", "week", "--yes", "--reason", "奖品已当面发放", "--by", "wang")
    assert "个人信息已清除" in done.stdout
    assert story.count(tables.Attempt) == 1


def test_a_period_is_set(settings: Settings, story: Story) -> None:
    assert read(settings, campaign, "keep", "week", 90) == {"slug": "week", "keep_days": 90}
    with pytest.raises(Refused, match="只能改短"):
        run(settings, campaign, "keep", "week", 91)
    assert "keep_days = 90" in run(settings, campaign, "show", "week").stdout


def test_a_persons_data_are_written_put_right_and_deleted(settings: Settings, story: Story, tmp_path: Path) -> None:
    assert "核实是本人" in run(settings, people, "export", story.guest, "-o", tmp_path / "one.zip").stdout
    assert len(zipfile.ZipFile(tmp_path / "one.zip").namelist()) == 2
    run(settings, people, "export", story.guest, "-o", tmp_path / "data", "--format", "json")
    assert json.loads((tmp_path / "data").read_text())["awards"][0]["phone"] == "13987654321"
    with pytest.raises(UsageError):
        run(settings, people, "export", story.guest, "-o", tmp_path / "one.exe")
    with pytest.raises(UsageError):
        run(settings, people, "correct", story.guest)
    assert read(settings, people, "correct", story.guest, "--name", "张客", "--phone", "")["changed"] == ["name"]
    assert "--yes" in run(settings, people, "forget", story.guest).stdout
    assert story.person(story.guest).name == "张客"
    assert read(settings, people, "forget", story.guest, "--yes")["forgotten"] is True
    assert story.person(story.guest).name == ""
