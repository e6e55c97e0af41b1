"""Bank files on the command line: columns that are named, and the formats that a bank is written in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.commands.banks import bank
from campaigns.errors import Refused
from questions.model import BadColumns, UnreadableFile
from questions.readers import read_bank
from settings import Settings

ROWS = "甲,乙,丙,丁\r\n哪个省电？,白炽灯,节能灯,B\r\n哪个费电？,白炽灯,节能灯,A\r\n"
NAMED = ("--map", "题目=A", "--map", "选项A=B", "--map", "选项B=丙", "--map", "答案=丁")


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=sqlite_url, redis_url="none", data_dir=tmp_path / "var", _env_file=None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bank.csv"
    path.write_bytes(ROWS.encode())
    return path


def run(settings: Settings, *arguments: object) -> Result:
    return CliRunner().invoke(bank, [str(one) for one in arguments], obj=settings, catch_exceptions=False)


def test_columns_are_named_for_a_check_and_for_an_import(settings: Settings, file: Path) -> None:
    checked = json.loads(run(settings, "check", file, *NAMED, "--json").stdout)
    assert [question["answer"] for question in checked["questions"]] == [["B"], ["A"]]
    done = run(settings, "import", file, "--slug", "lamps", *NAMED, "--accept-warnings", "--json")
    assert json.loads(done.stdout)["added"] == 2


@pytest.mark.parametrize("value", ["答案", "答案F", ""])
def test_what_is_no_part_and_column_is_a_wrong_command(settings: Settings, file: Path, value: str) -> None:
    result = CliRunner().invoke(bank, ["check", str(file), "--map", value], obj=settings)
    assert result.exit_code == 2
    assert "答案=F" in result.stderr


def test_a_part_is_named_once(settings: Settings, file: Path) -> None:
    result = CliRunner().invoke(bank, ["check", str(file), "--map", "答案=C", "--map", "答案=D"], obj=settings)
    assert result.exit_code == 2


def test_a_table_that_is_not_understood_can_be_explained(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "strange.csv"
    path.write_bytes(ROWS.replace("哪个省电？", "Q7").replace("哪个费电？", "Q8").encode())
    with pytest.raises(UnreadableFile, match="--map 题目=B"):
        run(settings, "check", path)


def test_a_file_of_which_nothing_can_be_used_says_why(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "paper.csv"
    path.write_bytes("题目,选项A,选项B,答案\r\n哪个省电？,白炽灯,节能灯,\r\n哪个费电？,白炽灯,节能灯,\r\n".encode())
    with pytest.raises(Refused, match=r"读到 2 题，都不能用。例如：没有答案.*lvda bank check"):
        run(settings, "import", path, "--slug", "lamps")


def test_a_column_that_there_is_not_is_refused(settings: Settings, file: Path) -> None:
    with pytest.raises(BadColumns, match="没有找到"):
        run(settings, "check", file, "--map", "答案=Z")


@pytest.fixture
def lamps(settings: Settings, file: Path) -> str:
    run(settings, "import", file, "--slug", "lamps", "--name", "灯", *NAMED, "--accept-warnings")
    return "lamps"


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.xlsx", "xlsx"), ("a.csv", "csv"), ("a.gift", "gift"), ("a.xml", "moodle"), ("a.JSON", "json")],
)
def test_the_ending_chooses_the_format(settings: Settings, lamps: str, tmp_path: Path, name: str, form: str) -> None:
    assert run(settings, "export", lamps, "-o", tmp_path / name).exit_code == 0
    found = read_bank((tmp_path / name).read_bytes())
    assert found.format == form
    assert [question.answer for question in found.questions] == [("B",), ("A",)]


def test_a_paper_has_a_key_when_it_is_asked_for(settings: Settings, lamps: str, tmp_path: Path) -> None:
    path = tmp_path / "paper.docx"
    run(settings, "export", lamps, "-o", path, "--with-key")
    assert [question.answer for question in read_bank(path.read_bytes()).questions] == [("B",), ("A",)]
    run(settings, "export", lamps, "-o", path)
    assert [question.answer for question in read_bank(path.read_bytes()).questions] == [(), ()]


def test_a_format_may_be_named_whatever_the_file_is_called(settings: Settings, lamps: str, tmp_path: Path) -> None:
    run(settings, "export", lamps, "-o", tmp_path / "bank.txt", "--format", "gift")
    assert read_bank((tmp_path / "bank.txt").read_bytes()).format == "gift"


@pytest.mark.parametrize("arguments", [("-o", "bank.pdf"), ("-o", "bank.csv", "--with-key")])
def test_what_cannot_be_meant_is_a_wrong_command(settings: Settings, lamps: str, arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(bank, ["export", lamps, *arguments], obj=settings).exit_code == 2
