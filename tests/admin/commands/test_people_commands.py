from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from campaign_made import OPENS, make_campaign
from click import Command
from click.testing import CliRunner, Result

from admin.commands.people import people, roster
from admin.commands.units import units
from campaigns import people as persons
from campaigns import tables
from campaigns.draws.pseudonyms import pseudonym
from campaigns.errors import NotFound, Refused
from campaigns.people import Sender
from campaigns.store import open_store
from settings import Settings


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=sqlite_url, redis_url="none", data_dir=tmp_path / "var", _env_file=None)


def run(settings: Settings, command: Command, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], obj=settings, catch_exceptions=False)


def read(settings: Settings, command: Command, *arguments: object) -> Any:
    return json.loads(run(settings, command, *arguments, "--json").stdout)


@pytest.fixture
def offices(settings: Settings, tmp_path: Path) -> Path:
    """Units and a roster are there; gives the units' file."""
    file, people_file = tmp_path / "units.csv", tmp_path / "roster.csv"
    file.write_text("代码,单位名称,上级代码,应参与人数\nSZ,苏州市,,\nCZ,市财政局,SZ,120\n")
    people_file.write_text("单位,姓名,工号,手机\n市财政局,张晓明,1023,13800138000\n市财政局,李四,7,\n")
    assert "已新增 2 个单位" in run(settings, units, "import", file).stdout
    assert "已新增 2 人" in run(settings, roster, "import", people_file).stdout
    return file


def test_units_are_imported_listed_exported_and_imported_again(
    settings: Settings, offices: Path, tmp_path: Path
) -> None:
    assert read(settings, units, "list")[1]["headcount"] == 120
    assert "  CZ 市财政局（单位） 应参与 120 人 花名册 2 人" in run(settings, units, "list").stdout
    run(settings, units, "export", "-o", tmp_path / "out.xlsx")
    again = read(settings, units, "import", tmp_path / "out.xlsx")
    assert (again["added"], again["changed"], again["same"], again["problems"]) == (0, 0, 2, [])
    with pytest.raises(Refused, match="xlsx"):
        run(settings, units, "export", "-o", tmp_path / "out.csv")


def test_a_dry_run_changes_nothing_and_what_is_missing_is_named(settings: Settings, offices: Path) -> None:
    offices.write_text("代码,单位名称\nSZ,苏州市\n")
    said = run(settings, units, "import", offices, "--dry-run", "--retire-missing").stdout
    assert "将停用" in said
    assert "CZ\t市财政局" in said
    assert not read(settings, units, "list")[1]["retired"]
    run(settings, units, "import", offices, "--retire-missing")
    assert read(settings, units, "list")[1]["retired"]


def test_what_is_wrong_is_said_row_by_row_and_nothing_is_imported(settings: Settings, offices: Path) -> None:
    offices.write_text("单位名称,应参与人数\n甲,若干\n乙,1\n")
    with pytest.raises(Refused, match="有 1 处要改，什么也没有导入"):
        run(settings, units, "import", offices)
    assert len(read(settings, units, "list")) == 2


def test_people_are_found_merged_and_parted_by_the_ids_that_find_shows(settings: Settings, offices: Path) -> None:
    store = open_store(settings.sql_url)
    sender = Sender("wechat", "", "oWangXiaoMing")
    persons.meet(store, sender, OPENS)
    with store.reading() as session:
        identity = persons.find_identity(session, sender)
        assert identity is not None
        guest = identity.person_id
    (rostered,) = read(settings, people, "find", "张晓")
    assert (rostered["staff_number"], rostered["identities"]) == ("1023", [])
    assert read(settings, people, "find", "7")[0]["name"] == "李四"
    done = read(settings, people, "merge", guest, rostered["id"])
    assert [one["sender"] for one in done["person"]["identities"]] == ["aoMing"], "the whole id is nobody's business"
    assert f"已并入 {rostered['id']}" in run(settings, people, "find", f"#{guest}").stdout
    parted = read(settings, people, "unbind", identity.id)
    assert parted["person"]["id"] not in (guest, rostered["id"])
    with pytest.raises(NotFound, match="没有找到"):
        run(settings, people, "find", "欧阳")
    store.close()


@pytest.mark.parametrize("arguments", [("unbind", 2**63), ("merge", 2**63, 1), ("merge", 1, 2**63)])
def test_a_number_that_no_database_takes_is_a_wrong_command(settings: Settings, arguments: tuple[object, ...]) -> None:
    assert run(settings, people, *arguments).exit_code == 2


def test_a_participant_is_found_by_the_pseudonym_of_a_draw(settings: Settings, offices: Path) -> None:
    store = open_store(settings.sql_url)
    make_campaign(store)
    with store.reading() as session:
        person = session.query(tables.Person.id).filter_by(name="李四").scalar()
    found = read(settings, people, "find", pseudonym("0" * 64, person))
    assert [one["name"] for one in found] == ["李四"]
    store.close()
