from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from keeping_made import PLAN
from PIL import Image

from admin.commands.campaigns import campaign
from campaigns import banks, units
from campaigns.errors import PlanRefused, Refused
from campaigns.keeping import plan_values
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
    assert "1 道草稿不会出现" in published.stderr


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
        ["--attempts-per-day", "few"],
        ["--hours", "9-17"],
        ["--part", "single=5"],
        ["--part", "5,kind=essay"],
        ["--part", "5,colour=red"],
        ["--mode", "party"],
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


def test_a_list_without_any_campaign_says_so_beside_the_data(settings: Settings) -> None:
    result = run(settings, "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "还没有活动" in result.stderr
    assert read(settings, "list") == []


def test_when_a_campaign_writes_to_people_is_decided_with_it(settings: Settings) -> None:
    made = read(settings, *CREATE, "--reminder-hour", "19", "--notices-per-day", "1", "--quiet", "22-7")
    assert (made["reminder_hour"], made["notices_per_day"], made["quiet_hours"]) == (19, 1, [22, 7])


def test_otherwise_nobody_is_reminded_and_nights_are_quiet(settings: Settings) -> None:
    made = read(settings, *CREATE)
    assert (made["reminder_hour"], made["notices_per_day"], made["quiet_hours"]) == (None, 2, [21, 8])


@pytest.mark.parametrize("quiet", ["22", "22-", "-7", "22-24", "a-b"])
def test_hours_are_written_as_from_and_until(settings: Settings, quiet: str) -> None:
    assert run(settings, *CREATE, "--quiet", quiet).exit_code == 2


def lay_units(settings: Settings) -> None:
    store = open_store(settings.sql_url)
    with store.transaction() as session:
        for code in ("U01", "U02"):
            units.add(session, code, f"{code} 局", headcount=5)
    store.close()


def test_everything_can_be_decided_by_options(settings: Settings, tmp_path: Path) -> None:
    lay_units(settings)
    (tmp_path / "notice.txt").write_text("收集姓名和单位。\n", "utf-8")
    Image.new("RGB", (8, 8), "green").save(tmp_path / "head.png")
    run(
        settings, "create", "all", "--name", "全部", "--theme", "主题", "--brand", "绿色+", "--organiser", "主办",
        "--keyword", "节能", "--mode", "daily", "--bank", "energy", "--opens", "2026-07-04", "--closes", "2099-07-05",
        "--hours", "09:00-17:00", "--timezone", "Asia/Urumqi", "--part", "1,kind=true_false", "--part", "2,bank=energy",
        "--same-paper", "--reviewed-only", "--fixed-order", "--fixed-options", "--points", "true_false=20",
        "--partial", "half", "--seconds-per-question", "30", "--seconds-per-attempt", "90", "--grace-seconds", "1",
        "--least-ms-per-question", "800", "--attempts-in-all", "9", "--attempts-per-day", "2", "--counts", "sum",
        "--reveals", "at_end", "--pass-points", "30", "--draw-points", "20", "--two-person", "--admission", "unit",
            "--tickets", "base=2", "--tickets", "per_day=1", "--wins", "group", "--keep-days", "90",
        "--unit", "U01", "--unit", "U02", "--unit-ranking", "average", "--least-headcount", "3",
        "--reminder-hour", "12", "--notices-per-day", "1", "--quiet", "22-7",
        "--privacy-notice", str(tmp_path / "notice.txt"), "--picture", str(tmp_path / "head.png"),
    )  # fmt: skip
    shown = read(settings, "show", "all")
    plan = shown["plan"]
    usual = plan_values(PLAN)
    assert {key for key, value in usual.items() if plan[key] == value} == {"bank"}
    assert plan["part"] == [{"count": 1, "kind": "true_false"}, {"count": 2}]
    assert plan["points"] == {"single": 10, "multiple": 10, "true_false": 20, "blank": 10}
    assert (plan["opens"], plan["closes"]) == ("2026-07-04 00:00", "2099-07-06 00:00")
    assert (plan["units"], plan["privacy_notice"], len(plan["picture"])) == (["U01", "U02"], "收集姓名和单位。", 64)
    assert (shown["state"], shown["version"], shown["questions"]) == ("draft", 1, 3)


def test_what_is_shown_makes_the_same_campaign_again(settings: Settings, tmp_path: Path) -> None:
    run(settings, *CREATE, "--closes", "2099-12-31", "--part", "3,kind=true_false", "--hours", "08:30-18:00")
    shown = run(settings, "show", "week").stdout
    file = tmp_path / "plan.toml"
    file.write_text("\ufeff" + shown.replace('"week"', '"again"'), "utf-8")
    assert read(settings, "create", "--file", str(file))["slug"] == "again"
    assert run(settings, "show", "again").stdout == shown.replace('"week"', '"again"')
    assert read(settings, "create", "third", "--file", str(file), "--name", "另一个")["name"] == "另一个"


def test_a_file_that_is_no_plan_is_told_line_by_line(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text('slug = "week"\nname = 3\nmod = "daily"\n', "utf-8")
    with pytest.raises(PlanRefused) as refused:
        run(settings, "create", "--file", str(file))
    assert set(refused.value.faults) == {"name", "mod", "bank", "opens", "questions"}
    file.write_bytes("名".encode("gb18030"))
    with pytest.raises(Refused, match="UTF-8"):
        run(settings, "create", "--file", str(file))


@pytest.mark.parametrize("missing", ["--name", "--bank", "--opens", "--questions"])
def test_without_a_file_the_necessary_is_asked_for(settings: Settings, missing: str) -> None:
    place = CREATE.index(missing)
    result = run(settings, *CREATE[:place], *CREATE[place + 2 :])
    assert result.exit_code == 2
    assert missing in result.stderr


def test_editing_a_draft_says_what_became_of_it(settings: Settings) -> None:
    run(settings, *CREATE, "--attempts-per-day", "2", "--closes", "2099-12-31")
    changed = run(settings, "edit", "week", "--questions", "2", "--attempts-per-day", "none", "--closes", "never")
    assert changed.stdout.splitlines() == [
        "closes\t2100-01-01 00:00 → （无）",
        "questions\t3 → 2",
        "attempts_per_day\t2 → （无）",
        "草稿 week 已改好。",
    ]
    plan = read(settings, "show", "week")["plan"]
    assert (plan["closes"], plan["questions"], plan["attempts_per_day"]) == (None, 2, None)
    run(settings, "edit", "week", "--part", "1,kind=true_false", "--part", "1")
    assert "part" in read(settings, "show", "week")["plan"]
    run(settings, "edit", "week", "--questions", "4", "--shuffled-order", "--hours", "none", "--unit", "none")
    assert "part" not in read(settings, "show", "week")["plan"]
    run(settings, "publish", "week")
    with pytest.raises(Refused, match="不能再改"):
        run(settings, "edit", "week", "--questions", "2")


def test_a_check_says_what_is_wrong_and_fails_where_that_must_be_mended(settings: Settings) -> None:
    run(settings, *CREATE, "--questions", "9", "--organiser", "局")
    checked = run(settings, "check", "week")
    assert checked.exit_code == 1
    assert checked.stdout.splitlines()[0].startswith("✗ 题库里可以出题的只有 4 道")
    assert any(line.startswith("！ 没有设置 LVDA_BASE_URL") for line in checked.stdout.splitlines())
    with pytest.raises(Refused, match="还差 5 道"):
        run(settings, "publish", "week")
    run(settings, "edit", "week", "--questions", "3", "--keyword", "排名")
    assert [one["field"] for one in read(settings, "check", "week")] == [""]
    as_lvda = CliRunner().invoke(_knowing_commands, ["check", "week", "--json"], obj=settings, catch_exceptions=False)
    assert as_lvda.exit_code == 1
    assert json.loads(as_lvda.stdout)[0]["field"] == "keyword"


@click.group()
@click.pass_context
def _knowing_commands(context: click.Context) -> None:
    """As `cli` says what a chat takes for a command."""
    context.meta["lvda.is_command"] = lambda text: text == "排名"


_knowing_commands.add_command(campaign.commands["check"])


def test_what_is_done_to_a_campaign_is_told_with_who_did_it_and_why(settings: Settings) -> None:
    lay_units(settings)
    run(settings, *CREATE, "--closes", "2099-12-31", "--unit", "U01")
    assert run(settings, "changes", "week").stderr == "活动 week 还没有发布过，没有变更。\n"
    run(settings, "publish", "week", "--by", "王")
    assert read(settings, "pause", "week", "--reason", "停电", "--by", "李")["state"] == "paused"
    assert read(settings, "resume", "week")["state"] == "published"
    assert "增加了 U02 局" in run(settings, "add-units", "week", "U02").stdout
    run(settings, "notice", "week", "周三检修。", "--by", "王")
    run(settings, "extend", "week", "--closes", "2100-01-31", "--reason", "应要求")
    run(settings, "close", "week")
    run(settings, "archive", "week")
    told = read(settings, "changes", "week")
    assert [one["what"] for one in told] == [
        "archived", "closed", "extended", "notice", "units_added", "resumed", "paused", "published",
    ]  # fmt: skip
    assert [told[-1]["by"], told[-2]["by"], told[-2]["note"]] == ["王", "李", "停电"]
    lines = run(settings, "changes", "week").stdout.splitlines()
    assert lines[-2].endswith("\t李\t活动暂停（停电）")
    assert lines[3].endswith("\t王\t周三检修。")


def test_a_time_that_is_none_does_not_extend(settings: Settings) -> None:
    run(settings, *CREATE, "--closes", "2099-12-31")
    run(settings, "publish", "week")
    assert run(settings, "extend", "week", "--closes", "later").exit_code == 2


def test_a_campaign_is_copied_for_next_year(settings: Settings) -> None:
    run(settings, *CREATE, "--keyword", "节能")
    copied = run(settings, "copy", "week", "next")
    assert "口令没有复制" in copied.stdout
    assert read(settings, "show", "next")["plan"]["opens"][4:] == "-07-04 09:00"
    assert read(settings, "copy", "week", "third", "--name", "第三年")["name"] == "第三年"


def test_a_file_that_is_no_picture_heads_no_page(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "head.png").write_text("no")
    with pytest.raises(Refused, match="PNG 或 JPEG"):
        run(settings, *CREATE, "--picture", str(tmp_path / "head.png"))
