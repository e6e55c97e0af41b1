from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from admin.commands.campaigns import campaign, closing, moment
from campaigns import banks
from campaigns.clock import HOUR
from campaigns.errors import Refused
from campaigns.store import open_store
from questions.model import Bank, Kind, Question
from settings import Settings

CREATE = [
    "create",
    "week",
    "--name",
    "节能宣传周",
    "--bank",
    "energy",
    "--opens",
    "2026-07-04 09:00",
    "--questions",
    "3",
]


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    store = open_store(sqlite_url)
    questions = tuple(Question(str(n), Kind.TRUE_FALSE, f"第 {n} 句", answer=("true",)) for n in range(1, 5))
    banks.import_bank(store, "energy", "节能题库", Bank("csv", "", questions), 1)
    store.close()
    return Settings(database_url=sqlite_url, redis_url="none", data_dir=tmp_path / "var", _env_file=None)


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(campaign, arguments, obj=settings, catch_exceptions=False)


def read(settings: Settings, *arguments: str) -> Any:
    result = run(settings, *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_campaign_goes_from_draft_to_published_to_closed(settings: Settings) -> None:
    made = read(settings, *CREATE, "--closes", "2099-12-31", "--attempts-per-day", "2")
    assert (made["slug"], made["state"]) == ("week", "draft")
    assert (made["opens_at"], made["closes_at"]) == ("2026-07-04T01:00:00Z", "2099-12-31T16:00:00Z")
    assert "题目 4 道" in run(settings, "publish", "week").stdout
    assert read(settings, "extend", "week", "--closes", "2100-01-31")["closes_at"] == "2100-01-31T16:00:00Z"
    later = read(settings, "extend", "week", "--closes", "2100-02-28 18:00")
    assert later["closes_at"] == "2100-02-28T10:00:00Z"
    assert read(settings, "close", "week")["state"] == "closed"
    (listed,) = read(settings, "list")
    assert (listed["slug"], listed["phase"], listed["people"]) == ("week", "over", 0)


def test_a_campaign_for_reviewed_questions_says_how_many_drafts_it_left_out(settings: Settings) -> None:
    run(settings, *CREATE, "--reviewed-only")
    with pytest.raises(Refused, match="都还是草稿"):
        run(settings, "publish", "week")
    store = open_store(settings.sql_url)
    with store.transaction() as session:
        banks.set_status(session, "energy", ["1", "2", "3"], banks.Status.REVIEWED, "王", 1)
    store.close()
    published = run(settings, "publish", "week")
    assert "题目 3 道" in published.stdout
    assert "1 道草稿没有用" in published.stderr


def test_times_are_those_of_the_campaign_s_zone(settings: Settings) -> None:
    assert read(settings, *CREATE, "--timezone", "Asia/Urumqi")["opens_at"] == "2026-07-04T03:00:00Z"


def test_the_list_tells_people_what_a_campaign_is_doing(settings: Settings) -> None:
    run(settings, *CREATE)
    printed = run(settings, "list").stdout
    for part in ("week", "草稿", "节能宣传周", "2026年7月4日 09:00 起，长期开放", "0 人参与"):
        assert part in printed


@pytest.mark.parametrize(
    "wrong",
    [
        ["--opens", "tomorrow"],
        ["--closes", "2026-13-01"],
        ["--timezone", "Asia/Nowhere"],
        ["--points", "essay=5"],
        ["--points", "single=many"],
        ["--questions", "0"],
        ["--attempts-in-all", "0"],
    ],
)
def test_what_cannot_be_understood_is_a_wrong_command(settings: Settings, wrong: list[str]) -> None:
    result = run(settings, *CREATE, *wrong)
    assert result.exit_code == 2
    assert "Error" in result.stderr
    assert read(settings, "list") == []


def test_points_can_differ_by_kind(settings: Settings) -> None:
    run(settings, *CREATE, "--points", "true_false=0")
    with pytest.raises(Refused, match="只有 0 道"):
        run(settings, "publish", "week")


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-07-04 09:00", 1_783_126_800_000),
        ("2026-07-04T09:00", 1_783_126_800_000),
        (" 2026-07-04 ", 1_783_094_400_000),
    ],
)
def test_a_moment_is_read_in_its_zone(text: str, ms: int) -> None:
    assert moment(text, "Asia/Shanghai") == ms


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-07-04 09:00", 1_783_126_800_000),
        ("2026-07-03", 1_783_094_400_000),
        ("2026-12-31", 1_798_732_800_000),
    ],
)
def test_a_day_that_something_closes_on_is_its_own_last_one(text: str, ms: int) -> None:
    assert closing(text, "Asia/Shanghai") == ms


def test_a_day_is_as_long_as_its_zone_has_it() -> None:
    assert closing("2026-03-29", "Europe/Berlin") - moment("2026-03-29", "Europe/Berlin") == 23 * HOUR


def test_a_list_without_any_campaign_says_so_beside_the_data(settings: Settings) -> None:
    result = run(settings, "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "还没有活动" in result.stderr
    assert read(settings, "list") == []


@pytest.mark.parametrize("text", ["", "2026-7", "09:00", "2026-02-30", "2026-07-04 09:00:00Z"])
def test_what_is_no_moment_is_a_bad_parameter(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a time"):
        moment(text, "Asia/Shanghai")


def test_when_a_campaign_writes_to_people_is_decided_with_it(settings: Settings) -> None:
    made = read(settings, *CREATE, "--reminder-hour", "19", "--notices-per-day", "1", "--quiet", "22-7")
    assert (made["reminder_hour"], made["notices_per_day"], made["quiet_hours"]) == (19, 1, [22, 7])


def test_otherwise_nobody_is_reminded_and_nights_are_quiet(settings: Settings) -> None:
    made = read(settings, *CREATE)
    assert (made["reminder_hour"], made["notices_per_day"], made["quiet_hours"]) == (None, 2, [21, 8])


@pytest.mark.parametrize("quiet", ["22", "22-", "-7", "22-24", "a-b"])
def test_hours_are_written_as_from_and_until(settings: Settings, quiet: str) -> None:
    assert run(settings, *CREATE, "--quiet", quiet).exit_code == 2
