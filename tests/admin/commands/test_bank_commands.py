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


def test_a_bank_that_does_not_exist_leaves_no_file_behind(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        run(settings, "export", "nowhere", "-o", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_slug_that_cannot_be_is_refused(settings: Settings, file: Path) -> None:
    with pytest.raises(Refused):
        run(settings, "import", file, "--slug", "节能")


def test_a_file_that_is_not_there_is_a_wrong_command(settings: Settings, tmp_path: Path) -> None:
    assert run(settings, "check", tmp_path / "nothing.csv").exit_code == 2
