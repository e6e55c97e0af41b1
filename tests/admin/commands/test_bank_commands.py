from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from admin.commands.banks import bank
from campaigns.errors import NotFound, Refused
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
    assert "读到 2 题，不能用 1 题" in printed


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
    assert [line.split("\t")[0] for line in run(settings, "check", path).stdout.splitlines()[:-1]] == places


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
