from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from signals_made import ALIKE, answered, make_ten

from admin.commands.campaigns import campaign
from campaigns.errors import NotFound, Refused
from campaigns.store import open_store
from settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path) -> Run:
    """Eight who answered rightly, and two, attempts 9 and 10, who were wrong in the same way."""
    store = open_store(sqlite_url)
    campaign_id = make_ten(store)
    with store.transaction() as session:
        for number in range(8):
            answered(session, campaign_id, f"某{number}")
        for name in ("李小一", "李小二"):
            answered(session, campaign_id, name, ALIKE)
    store.close()
    settings = Settings(data_dir=tmp_path, database_url=sqlite_url, redis_url="none", _env_file=None)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(campaign, list(arguments), obj=settings)

    return invoke


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_signals_are_found_listed_and_judged_from_the_command_line(run: Run) -> None:
    assert "没有这样的线索" in run("signals", "week").stderr
    (line,) = run("signals", "week", "--find").stdout.splitlines()
    assert line.startswith("1\t答案雷同\t待核查\t2 个人答的 10 道题相同")
    assert "#9 李*一、#10 李*二" in line
    (one,) = told(run("signals", "week", "--json"))["signals"]
    assert (one["kind"], [of["id"] for of in one["attempts"]]) == ("same_answers", [9, 10])
    assert "已记为没有问题" in run("dismiss-signal", "week", "1", "--note", "一起讨论", "--by", "wang").stdout
    assert told(run("signals", "week", "--json"))["signals"] == []
    (one,) = told(run("signals", "week", "--state", "all", "--json"))["signals"]
    assert (one["state"], one["note"], one["by"]) == ("dismissed", "一起讨论", "wang")


def test_attempts_are_voided_and_restored_from_the_command_line(run: Run) -> None:
    done = told(run("void-attempt", "week", "9", "10", "--reason", "传答案", "--by", "wang", "--json"))
    assert done == {"attempts": [9, 10], "persons": 2, "standings": 2}
    assert "已作废的答卷：#9、#10" in run("signals", "week").stdout
    void = told(run("signals", "week", "--json"))["void"]
    assert [(one["attempt"], one["reason"], one["by"]) for one in void] == [
        (9, "传答案", "wang"),
        (10, "传答案", "wang"),
    ]
    assert "已恢复 1 份答卷" in run("restore-attempt", "week", "9", "--reason", "核对无误").stdout
    assert isinstance(run("void-attempt", "week", "10", "--reason", "再来").exception, Refused)
    assert isinstance(run("void-attempt", "week", "99", "--reason", "再来").exception, NotFound)
    assert isinstance(run("void-attempt", "none", "9", "--reason", "再来").exception, NotFound)
    assert run("void-attempt", "week", "9").exit_code == 2
