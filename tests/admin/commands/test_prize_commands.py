from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from award_made import LI, ZHANG, code_of, make_winners, won
from campaign_made import CLOSES, PLAN, make_campaign
from click.testing import CliRunner, Result
from draw_made import finish
from sheets_made import xlsx_of
from sqlalchemy import insert, update

from admin.commands import prizes as prize_commands
from admin.commands.prizes import prize
from campaigns import keeping, tables
from campaigns.errors import NotFound, Refused
from campaigns.prizes import groups
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.store import Store, open_store
from settings import Settings

AFTER = CLOSES + 30 * 86_400_000


class Terminal:
    """Types commands; what fails raises, as it does into cli.py."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def type(self, *arguments: str) -> Result:
        return CliRunner().invoke(prize, arguments, obj=self._settings, catch_exceptions=False)

    def json(self, *arguments: str) -> Any:
        result = self.type(*arguments, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)


@pytest.fixture
def terminal(sqlite_url: str, tmp_path: Path) -> Terminal:
    return Terminal(Settings(_env_file=None, database_url=sqlite_url, redis_url="none", data_dir=tmp_path))


@pytest.fixture(autouse=True)
def month_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prize_commands, "now_ms", lambda: AFTER)


@pytest.fixture
def week(sqlite_url: str) -> Iterator[Store]:
    """张晓明 has a thermos; 李四 is behind them in the ranking."""
    store = open_store(sqlite_url)
    make_winners(store)
    with store.transaction() as session:
        campaign_id = keeping.find(session, "week").id
        for person_id, points in ((ZHANG, 40), (LI, 30)):
            finish(session, campaign_id, person_id, points)
    won(store, ZHANG)
    yield store
    store.close()


def test_prizes_awards_and_what_is_overdue_are_listed(terminal: Terminal, week: Store, tmp_path: Path) -> None:
    thermos, lamp = terminal.json("list", "week")
    assert (thermos["prize"], thermos["stock"], thermos["awarded"], thermos["left"]) == ("保温杯", 50, 1, 49)
    assert (lamp["awarded"], lamp["left"]) == (0, 50)
    assert "剩余 49" in terminal.type("list", "week").stdout
    (one,) = terminal.json("overdue", "week")
    assert (one["name"], one["unit"], one["state"]) == ("张*明", "市财政局", "awarded")
    assert "张晓明" in terminal.type("awards", "week", "--full-names").stdout
    assert terminal.json("awards", "week", "--group", "邮寄奖") == []
    with pytest.raises(NotFound, match="没有叫“特等奖”"):
        terminal.type("awards", "week", "--group", "特等奖")
    assert "1 行" in terminal.type("awards", "week", "-o", str(tmp_path / "awards.csv")).stdout
    assert "张*明" in (tmp_path / "awards.csv").read_text(encoding="utf-8-sig")


def test_an_award_is_forfeited_by_its_number_or_as_overdue(terminal: Terminal, week: Store) -> None:
    with pytest.raises(NotFound, match="没有编号为 99 的奖"):
        terminal.type("forfeit", "week", "99", "--reason", "逾期未领")
    assert "Say which" in terminal.type("forfeit", "week", "--reason", "逾期未领").stderr
    (done,) = terminal.json("forfeit", "week", "--overdue", "--reason", "逾期未领")
    assert (done["forfeited"]["reason"], done["replacement"]["name"]) == ("逾期未领", "李*")
    assert "没有可以递补的人" in terminal.type("forfeit", "week", "2", "--reason", "弃奖").stdout
    with pytest.raises(Refused, match="不能再作废"):
        terminal.type("forfeit", "week", "2", "--reason", "弃奖")
    assert terminal.json("list", "week")[0]["left"] == 50


def test_people_are_excluded_by_id_by_file_and_as_past_winners_and_readmitted(
    terminal: Terminal, week: Store, tmp_path: Path
) -> None:
    make_campaign(week, replace(PLAN, slug="later"))
    assert terminal.json("exclude", "later", "--winners-of", "week") == {"excluded": 1}
    table = tmp_path / "list.xlsx"
    table.write_bytes(xlsx_of(["单位", "姓名", "工号"], ["市财政局", "李四", ""], ["市财政局", "王五", ""]))
    with pytest.raises(Refused, match="一个人也没有排除"):
        terminal.type("exclude", "later", "--file", str(table))
    table.write_bytes(xlsx_of(["单位", "姓名", "工号"], ["市财政局", "李四", ""]))
    assert "1 人" in terminal.type("exclude", "later", "--file", str(table), "--note", "评委").stdout
    assert terminal.json("exclude", "later", str(LI)) == {"excluded": 0}
    listed = {one["person_id"]: (one["why"], one["name"]) for one in terminal.json("exclusions", "later")}
    assert listed == {ZHANG: ("won_before", "张*明"), LI: ("organiser", "李*")}
    assert terminal.json("readmit", "later", str(LI)) == {"readmitted": 1}
    assert "Say whom" in terminal.type("exclude", "later").stderr


def test_a_rank_group_is_looked_at_and_then_settled(terminal: Terminal, sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    campaign_id = make_campaign(store)
    with store.transaction() as session:
        groups.lay_down(session, campaign_id, [PlannedGroup("名次奖", "rank", (PlannedPrize("一等奖", 1),))])
        for person_id in (1, 2):
            session.execute(insert(tables.Person).values(id=person_id, name="", created_ms=0))
            finish(session, campaign_id, person_id, 40)
    store.close()
    said = terminal.type("settle", "week", "名次奖")
    assert "末位并列 2 人" in said.stdout
    assert "--yes" in said.stderr
    assert terminal.json("settle", "week", "名次奖")["to_choose"] == 1
    with pytest.raises(Refused, match="恰好选 1 人"):
        terminal.type("settle", "week", "名次奖", "--yes", "--reason", "抽签")
    (one,) = terminal.json("settle", "week", "名次奖", "--choose", "2", "--reason", "抽签", "--yes")
    assert (one["prize"], one["rank"]) == ("一等奖", 2)


def test_the_notice_board_gets_a_document_or_a_table(terminal: Terminal, week: Store, tmp_path: Path) -> None:
    paper = tmp_path / "notice.docx"
    terminal.type("lists", "week", "-o", str(paper), "--contact", "办公室")
    assert "张*明" in zipfile.ZipFile(BytesIO(paper.read_bytes())).read("word/document.xml").decode()
    assert terminal.type("lists", "week", "-o", str(tmp_path / "notice.xlsx")).exit_code == 0
    with pytest.raises(Refused, match=r"\.docx"):
        terminal.type("lists", "week", "-o", str(tmp_path / "notice.pdf"))


def test_a_prize_is_handed_out_once_by_its_code(terminal: Terminal, week: Store) -> None:
    with week.transaction() as session:
        code = code_of(session, 1, ZHANG)
    assert terminal.json("redeem", code, "--by", "desk")["winner"] == "张*明"
    with pytest.raises(Refused, match="由 desk 发放"):
        terminal.type("redeem", code)
    with pytest.raises(Refused, match="没有这个兑奖码"):
        terminal.type("redeem", "0000000000000000")


def test_there_is_more_of_a_prize(terminal: Terminal, week: Store) -> None:
    with week.transaction() as session:
        session.execute(update(tables.Campaign).values(closes_ms=AFTER + 1))
    assert terminal.json("raise", "week", "邮寄奖", "太阳能灯", "5")["stock"] == 55
