from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from campaign_made import OPENS, PLAN
from click.testing import CliRunner, Result

from admin.commands import banks as commands
from admin.commands.banks import bank
from campaigns import banks, keeping, tables
from campaigns.errors import NotFound, Refused
from campaigns.store import open_store
from questions.model import UnreadableFile
from questions.readers import as_check, read_bank
from settings import Settings

ROWS = (
    "编号,题型,题目,选项A,选项B,选项C,选项D,答案\r\n"
    "1,单选,空调一般不低于多少度？,20,22,26,28,C\r\n"
    "2,单选,没有答案怎么办？,甲,乙,丙,丁,\r\n"
)


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=sqlite_url, redis_url="none", data_dir=tmp_path / "var", _env_file=None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bank.csv"
    path.write_bytes(ROWS.encode("gb18030"))
    return path


def run(settings: Settings, *arguments: object) -> Result:
    return CliRunner().invoke(bank, [str(one) for one in arguments], obj=settings, catch_exceptions=False)


def read(settings: Settings, *arguments: object) -> Any:
    result = run(settings, *arguments, "--json")
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_a_check_prints_what_was_read_and_exits_0_though_there_are_errors(settings: Settings, file: Path) -> None:
    checked = read(settings, "check", file)
    assert checked == as_check(read_bank(file.read_bytes()))
    assert (checked["format"], checked["encoding"], len(checked["questions"])) == ("csv", "gb18030", 2)
    assert checked["problems"][0]["severity"] == "error"


def test_a_check_without_json_says_the_same_in_words(settings: Settings, file: Path) -> None:
    printed = run(settings, "check", file).stdout
    assert "不能用" in printed
    assert "读到 2 题，可用 1，请看 0，不能用 1" in printed.splitlines()[0]


def test_a_check_needs_no_database(file: Path, tmp_path: Path) -> None:
    nowhere = Settings(database_url="postgresql://nobody@127.0.0.1:1/none", data_dir=tmp_path, _env_file=None)
    assert len(read(nowhere, "check", file)["questions"]) == 2


def test_a_file_that_cannot_be_read_is_refused(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "bank.xlsx"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(UnreadableFile):
        run(settings, "check", path)


def test_an_import_tells_what_it_did_and_a_list_what_there_is(settings: Settings, file: Path) -> None:
    done = read(settings, "import", file, "--slug", "energy", "--name", "节能题库")
    assert done == {"slug": "energy", "added": 1, "changed": 0, "unchanged": 0, "left_out": 1}
    (listed,) = read(settings, "list")
    assert (listed["slug"], listed["name"], listed["questions"], listed["kinds"]) == (
        "energy",
        "节能题库",
        1,
        {"single": 1},
    )
    assert "energy\t节能题库\t1 题（单选 1）" in run(settings, "list").stdout


def test_an_import_says_what_was_left_out_and_how_to_see_why(settings: Settings, file: Path) -> None:
    result = run(settings, "import", file, "--slug", "energy")
    assert "新增 1 题" in result.stdout
    assert "lvda bank check" in result.stderr


def test_an_exported_bank_is_the_same_when_it_is_imported_again(settings: Settings, file: Path, tmp_path: Path) -> None:
    run(settings, "import", file, "--slug", "energy")
    exported = tmp_path / "out.csv"
    assert run(settings, "export", "energy", "-o", exported).exit_code == 0
    done = read(settings, "import", exported, "--slug", "energy")
    assert (done["added"], done["changed"], done["unchanged"]) == (0, 0, 1)


def changed(file: Path) -> Path:
    path = file.with_name("changed.csv")
    path.write_bytes((ROWS.replace("28,C", "28,D") + "3,单选,垃圾分一分有几类？,二,三,四,五,C\r\n").encode())
    return path


def test_a_bank_that_exists_is_only_changed_when_that_is_asked_for(settings: Settings, file: Path) -> None:
    run(settings, "import", file, "--slug", "energy", "--name", "节能题库")
    with pytest.raises(Refused, match=r"（节能题库）已有.*新增 1 题，更新 1 题，不变 0 题.*--update"):
        run(settings, "import", changed(file), "--slug", "energy")
    assert read(settings, "list")[0]["questions"] == 1
    done = read(settings, "import", changed(file), "--slug", "energy", "--update")
    assert (done["added"], done["changed"]) == (1, 1)


def test_new_questions_and_no_change_at_all_need_no_leave(settings: Settings, file: Path) -> None:
    run(settings, "import", file, "--slug", "energy")
    again = run(settings, "import", file, "--slug", "energy")
    assert (again.exit_code, "题目没有变化" in again.stdout) == (0, True)
    more = file.with_name("more.csv")
    more.write_bytes((ROWS + "3,单选,垃圾分一分有几类？,二,三,四,五,C\r\n").encode())
    done = read(settings, "import", more, "--slug", "energy")
    assert (done["added"], done["changed"], done["unchanged"]) == (1, 0, 1)


def test_another_name_is_not_taken_over_unasked(settings: Settings, file: Path) -> None:
    named = ("import", file, "--slug", "energy", "--name")
    run(settings, *named, "节能题库")
    assert run(settings, *named, "节能题库").exit_code == 0
    with pytest.raises(Refused, match="叫“节能题库”"):
        run(settings, *named, "别的题库")
    assert read(settings, "list")[0]["name"] == "节能题库"
    assert "原名“节能题库”，已改名为“别的题库”" in run(settings, *named, "别的题库", "--update").stderr
    assert read(settings, "list")[0]["name"] == "别的题库"


def test_problems_are_listed_in_the_order_of_the_rows(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "twins.csv"
    lines = ROWS.splitlines()
    path.write_bytes("\r\n".join([lines[0], lines[2], lines[1], lines[1], "4,单选,也没有答案？,甲,乙,丙,丁,"]).encode())
    places = [problem["where"] for problem in read(settings, "check", path)["problems"]]
    assert len(places) >= 3
    assert places == sorted(places, key=lambda where: int(where.strip("第行")))
    assert [line.split("\t")[0] for line in run(settings, "check", path).stdout.splitlines()[1:]] == places


def test_a_list_without_any_bank_says_so_beside_the_data(settings: Settings) -> None:
    result = run(settings, "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "还没有题库" in result.stderr
    assert read(settings, "list") == []


def test_a_bank_that_does_not_exist_leaves_no_file_behind(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        run(settings, "export", "nowhere", "-o", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_slug_that_cannot_be_is_refused(settings: Settings, file: Path) -> None:
    with pytest.raises(Refused):
        run(settings, "import", file, "--slug", "节能")


def test_a_file_that_is_not_there_is_a_wrong_command(settings: Settings, tmp_path: Path) -> None:
    assert run(settings, "check", tmp_path / "nothing.csv").exit_code == 2


# --- what is doubtful -----------------------------------------------------------------------------------------------

LEAKING = ROWS + "3,单选,夏天空调几度？（26 ℃）,20 ℃,22 ℃,26 ℃,28 ℃,C\r\n"


@pytest.fixture
def doubtful(tmp_path: Path) -> Path:
    """One question that is fine, one without an answer, and one that gives its answer away."""
    path = tmp_path / "doubtful.csv"
    path.write_bytes(LEAKING.encode())
    return path


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, settings: Settings, typed: str, *arguments: object) -> Result:
    monkeypatch.setattr(commands, "_is_at_a_terminal", lambda: True)
    given = [str(one) for one in arguments]
    return CliRunner().invoke(bank, given, input=typed, obj=settings, catch_exceptions=False)


def test_without_a_terminal_what_is_doubtful_is_not_imported_unasked(settings: Settings, doubtful: Path) -> None:
    with pytest.raises(Refused, match=r"1 题需要看一看.*--accept-warnings"):
        run(settings, "import", doubtful, "--slug", "energy")
    assert read(settings, "list") == []


def test_at_a_terminal_somebody_is_asked_and_told_what_it_is(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, doubtful: Path
) -> None:
    with pytest.raises(Refused):
        at_a_terminal(monkeypatch, settings, "n\n", "import", doubtful, "--slug", "energy")
    assert read(settings, "list") == []
    result = at_a_terminal(monkeypatch, settings, "y\n", "import", doubtful, "--slug", "energy")
    assert "1 题需要看一看，仍然导入？" in result.stderr
    assert "第4行\t请看\t" in result.stderr
    assert "新增 2 题" in result.stdout


def test_what_is_doubtful_is_accepted_or_left_out_where_that_is_said(settings: Settings, doubtful: Path) -> None:
    accepted = read(settings, "import", doubtful, "--slug", "all", "--accept-warnings")
    assert (accepted["added"], accepted["left_out"]) == (2, 1)
    without = read(settings, "import", doubtful, "--slug", "sure", "--leave-out-doubtful")
    assert (without["added"], without["left_out"]) == (1, 2)
    assert run(settings, "import", doubtful, "--slug", "x", "--accept-warnings", "--leave-out-doubtful").exit_code == 2


def test_the_summary_comes_first_and_beside_the_data(settings: Settings, doubtful: Path) -> None:
    result = run(settings, "import", doubtful, "--slug", "energy", "--accept-warnings")
    assert result.stdout.splitlines()[0] == "doubtful.csv：读到 3 题，可用 1，请看 1，不能用 1。"
    result = run(settings, "import", doubtful, "--slug", "energy", "--accept-warnings", "--json")
    assert json.loads(result.stdout)["unchanged"] == 2
    assert result.stderr.startswith("doubtful.csv：读到 3 题")


def test_a_dry_run_says_everything_and_does_nothing(settings: Settings, doubtful: Path) -> None:
    result = run(settings, "import", doubtful, "--slug", "energy", "--dry-run")
    assert result.exit_code == 0
    assert "试运行，没有写入。新题库 energy：会新增 2 题，更新 0 题，不变 0 题，不导入 1 题。" in result.stdout
    planned = read(settings, "import", doubtful, "--slug", "energy", "--dry-run")
    assert (planned["added"], planned["read"], planned["ready"], planned["doubtful"], planned["unusable"]) == (
        2, 3, 1, 1, 1,
    )  # fmt: skip
    assert [one["severity"] for one in planned["problems"]] == ["error", "warning"]
    assert read(settings, "list") == []


def test_a_dry_run_says_when_an_update_would_be_needed(settings: Settings, file: Path) -> None:
    run(settings, "import", file, "--slug", "energy", "--name", "节能题库")
    result = run(settings, "import", changed(file), "--slug", "energy", "--dry-run")
    assert "题库 energy（节能题库）：会新增 1 题，更新 1 题" in result.stdout
    assert "--update" in result.stderr


def test_a_twin_of_a_question_that_the_bank_has_is_doubtful(settings: Settings, file: Path, tmp_path: Path) -> None:
    run(settings, "import", file, "--slug", "energy")
    twin = tmp_path / "twin.csv"
    twin.write_bytes((ROWS + "9,单选,空调一般不低于多少度,28,26,22,20,B\r\n").encode())
    with pytest.raises(Refused, match="1 题需要看一看"):
        run(settings, "import", twin, "--slug", "energy")
    result = run(settings, "import", twin, "--slug", "energy", "--dry-run")
    assert "题库里编号 1 的题" in result.stdout or "与第2行重复" in result.stdout


# --- keeping --------------------------------------------------------------------------------------------------------


@pytest.fixture
def stocked(settings: Settings, tmp_path: Path) -> Settings:
    path = tmp_path / "stocked.csv"
    path.write_bytes(
        (
            "编号,题型,题目,选项A,选项B,答案,分类\r\n"
            "1,单选,空调夏天几度合适？,20,26,B,空调\r\n"
            "2,单选,下班怎样处理显示器？,关,开,A,办公\r\n"
            "3,判断,水龙头可以一直开着。,,,错,节水\r\n"
        ).encode()
    )
    run(settings, "import", path, "--slug", "energy", "--name", "节能题库")
    return settings


def test_a_bank_is_shown_with_what_was_done_to_it(stocked: Settings) -> None:
    shown = run(stocked, "show", "energy").stdout
    assert "状态\t草稿 3" in shown
    assert "分类\t" in shown
    assert "导入\t命令行\tstocked.csv\t新增 3 题" in shown
    data = read(stocked, "show", "energy")
    assert (data["name"], data["kinds"]) == ("节能题库", {"single": 2, "true_false": 1})
    assert [(one["what"], one["by"], one["added"]) for one in data["changes"]] == [("import", "命令行", 3)]


def test_a_question_is_shown_with_its_history(stocked: Settings) -> None:
    run(stocked, "status", "energy", "2", "--reviewed")
    shown = run(stocked, "show", "energy", "2").stdout
    assert shown.startswith("2\t单选\t已审\t第 1 版\n题干\t下班怎样处理显示器？\n选项A\t关\n")
    assert "改状态\t命令行\t\t\t状态：草稿 → 已审" in shown
    data = read(stocked, "show", "energy", "2")
    assert (data["status"], data["answer"], [one["what"] for one in data["history"]]) == (
        "reviewed",
        ["A"],
        ["import", "status"],
    )
    with pytest.raises(NotFound):
        run(stocked, "show", "energy", "99")


def test_a_status_is_given_to_some_or_all(stocked: Settings) -> None:
    assert read(stocked, "status", "energy", "1", "2", "--reviewed")["changed"] == 2
    assert "1 题改为“停用”" in run(stocked, "status", "energy", "3", "--retired").stdout
    assert read(stocked, "status", "energy", "--all", "--draft")["changed"] == 2
    assert read(stocked, "list")[0]["statuses"] == {"draft": 2, "retired": 1}


@pytest.mark.parametrize(
    "arguments", [("1",), ("--reviewed",), ("1", "--all", "--reviewed")], ids=["no status", "no question", "both"]
)
def test_a_status_needs_questions_and_a_status(stocked: Settings, arguments: tuple[str, ...]) -> None:
    assert run(stocked, "status", "energy", *arguments).exit_code == 2


def test_a_bank_is_split_and_merged_again(stocked: Settings) -> None:
    done = read(stocked, "split", "energy", "--to", "water", "--name", "节水题库", "--category", "节水")
    assert done == {"slug": "water", "from": "energy", "questions": 1, "copied": False}
    assert {one["slug"]: one["questions"] for one in read(stocked, "list")} == {"energy": 2, "water": 1}
    merged = read(stocked, "merge", "water", "--into", "energy")
    assert merged == {"slug": "water", "into": "energy", "moved": 1, "same": 0, "kept_apart": 0, "drafts": []}
    assert "water\t节水题库\t0 题\n" in run(stocked, "list").stdout


def test_a_split_copies_where_that_is_asked_for(stocked: Settings) -> None:
    assert (
        "复制 2 题"
        in run(stocked, "split", "energy", "--to", "some", "--number", "1", "--number", "3", "--copy").stdout
    )
    assert {one["slug"]: one["questions"] for one in read(stocked, "list")} == {"energy": 3, "some": 2}
    assert run(stocked, "split", "energy", "--to", "none").exit_code == 2


def test_what_cannot_be_merged_is_told(stocked: Settings, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes("编号,题型,题目,选项A,选项B,答案\r\n1,单选,空调夏天几度合适？,20,26,A\r\n".encode())
    run(stocked, "import", path, "--slug", "other")
    result = run(stocked, "merge", "other", "--into", "energy")
    assert "移入 0 题，相同 0 题（在 other 里停用），答案或选项不同 1 题（留在 other）" in result.stdout
    assert "编号 1 的题是同一道题" in result.stderr


def test_statistics_of_a_bank_that_nobody_has_played_say_so(stocked: Settings) -> None:
    result = run(stocked, "statistics", "energy")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "还没有人答过" in result.stderr
    assert [one["answered"] for one in read(stocked, "statistics", "energy")] == [0, 0, 0]


def test_statistics_tell_how_each_question_fared(stocked: Settings) -> None:
    store = open_store(stocked.sql_url)
    plan = replace(PLAN, bank="energy", questions_per_paper=3)
    with store.transaction() as session:
        campaign_id = keeping.create(session, plan, "0" * 64, OPENS)
        keeping.publish(session, plan.slug, Random(1), OPENS)
        person = tables.Person(name="", unit_id=None, created_ms=OPENS)
        session.add(person)
        session.flush()
        attempt = tables.Attempt(
            campaign_id=campaign_id, person_id=person.id, ordinal=1, day=20260704, state="finished", paper="",
            position=2, score=0, begun_ms=OPENS, shown_ms=OPENS, finished_ms=OPENS, used_ms=1,
        )  # fmt: skip
        session.add(attempt)
        session.flush()
        revision = banks.find_question(session, "energy", "1").revision_id
        session.add(
            tables.Answer(
                attempt_id=attempt.id, position=1, revision_id=revision, given="A", points=0, answered_ms=OPENS
            )
        )
    store.close()
    assert "1\t答 1 次\t答对 0.0%\t最多错选 A（1 次）" in run(stocked, "statistics", "energy").stdout
    told = read(stocked, "statistics", "energy", "--campaign", "week")
    assert told[0]["most_chosen_wrong"] == {"chosen": "A", "count": 1}
