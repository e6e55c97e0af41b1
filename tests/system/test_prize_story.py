"""Prizes from their plan to the winners' hands: won on the spot, by rank, by a draw of two persons, and handed out."""

from __future__ import annotations

import hashlib
import html
import io
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import docx
import pytest
import requests
from follower import AES_KEY, APP_ID, TOKEN
from system.players import ChatPlayer, PagePlayer
from system.program import Program, installed

from questions.model import Question
from questions.readers import read_bank

pytestmark = pytest.mark.system

NAMES = ("张晓明", "李红", "王芳", "陈静", "赵六", "孙七", "周八", "吴九")
ROSTER = "单位,姓名,工号\n" + "".join(f"市财政局,{name},100{number}\n" for number, name in enumerate(NAMES))
BANK = """\
题型,题干,选项A,选项B,选项C,正确答案
单选题,全国低碳日在节能宣传周的哪一天？,第一天,第三天,最后一天,B
判断题,人走关灯是节约用电的好习惯。,,,,正确
判断题,空调开着时宜同时开窗。,,,,错误
"""
PLAN = """\
name = "节能宣传周有奖答题"
organiser = "滨海市机关事务管理局"
bank = "office"
opens = "{opens}"
closes = "{closes}"
admission = "roster"
attempts_in_all = 1
questions = 3
same_paper = true
pass_points = 20
two_person = true

[tickets]
base = 1
per_points = 10

[[prize_group]]
name = "当场开奖"
kind = "instant"
collecting = "pickup"
place = "一楼大厅"

[[prize_group.prize]]
name = "雨伞"
stock = 2
odds = "100%"

[[prize_group]]
name = "前两名"
kind = "rank"
collecting = "none"

[[prize_group.prize]]
name = "保温杯"
stock = 2

[[prize_group]]
name = "幸运奖"
kind = "draw"
collecting = "post"
claim_days = 3

[[prize_group.prize]]
name = "一等奖"
stock = 1

[[prize_group.prize]]
name = "二等奖"
stock = 1

[[prize_group]]
name = "参与证书"
kind = "passed"
"""
PASSWORD = "三棵白杨站在大路边上"
SECRET = "今年的水比去年清"


@pytest.fixture
def program(blank_postgres_url: str, any_redis_url: str, tmp_path: Path) -> Program:
    settings = {"wechat_token": TOKEN, "wechat_app_id": APP_ID, "wechat_aes_key": AES_KEY}
    return installed(tmp_path, database_url=blank_postgres_url, redis_url=any_redis_url, workers="2", **settings)


def published(program: Program, folder: Path) -> dict[str, Question]:
    """The campaign and its prizes; its questions by stem."""
    opens = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(minutes=5)
    window = [(opens + timedelta(days=days)).strftime("%Y-%m-%d %H:%M") for days in (0, 2)]
    for name, text in {
        "units.csv": "单位名称,上级单位,级别,应参与人数\n市财政局,,单位,8\n",
        "roster.csv": ROSTER,
        "bank.csv": BANK,
        "plan.toml": PLAN.format(opens=window[0], closes=window[1]),
    }.items():
        (folder / name).write_text(text)
    program.run("init")
    program.run("bank", "import", "bank.csv", "--slug", "office", "--name", "机关题库")
    program.run("units", "import", "units.csv")
    program.run("roster", "import", "roster.csv")
    program.run("campaign", "create", "week", "--file", "plan.toml")
    program.run("campaign", "publish", "week", "--by", "王敏")
    return {question.stem: question for question in read_bank(BANK.encode(), "bank.csv").questions}


@dataclass
class Staff:
    """Somebody at the console, without scripts."""

    url: str
    http: requests.Session = field(default_factory=requests.Session)
    page: str = ""

    def signs_in(self, name: str, password: str) -> None:
        self.opens("sign-in")
        self.sends("sign-in", name=name, password=password)
        self.sends("password", old=password, new=PASSWORD, again=PASSWORD)

    def opens(self, path: str, status: int = 200) -> str:
        return self._read(self.http.get(f"{self.url}/admin/{path}", timeout=30), status)

    def sends(self, path: str, status: int = 200, **fields: str) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        assert token is not None, self.page
        data = {"csrf_token": token[1], **fields}
        return self._read(self.http.post(f"{self.url}/admin/{path}", data=data, timeout=30), status)

    def _read(self, response: requests.Response, status: int) -> str:
        assert response.status_code == status, (response.url, response.status_code, response.text)
        self.page = response.text
        return _words(response.text)


def _words(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))


def test_prizes_from_their_plan_to_the_winners_hands(program: Program, tmp_path: Path) -> None:
    bank = published(program, tmp_path)
    with program.serving():
        people = {name: PagePlayer(program.url) for name in NAMES[1:]}
        zhang = _plays_in_chat(program, bank)
        for number, (name, player) in enumerate(people.items(), start=1):
            player.binds("week", "财政", name, f"100{number}")
            assert player.plays("week", "", bank, 3 if number < 5 else 2) == (30 if number < 5 else 20)
        assert _left(program) == {"雨伞": 0, "保温杯": 2, "一等奖": 1, "二等奖": 1}
        assert "雨伞" in zhang.says("奖品")

        program.run("campaign", "close", "week")
        (tmp_path / "organisers.csv").write_text("单位,姓名,工号\n市财政局,王芳,1002\n")
        program.run("prize", "exclude", "week", "--file", "organisers.csv", "--note", "本次活动的出题人")
        assert program.json("prize", "settle", "week", "前两名", "--yes", "--by", "王敏")
        drawn = _draws(program)
        assert drawn["state"] == "held"
        assert _left(program) == {"雨伞": 0, "保温杯": 0, "一等奖": 0, "二等奖": 0}
        winners = {one["name"]: one for one in program.json("prize", "awards", "week", "--full-names")}
        assert set(winners) == {"张晓明", "李红", "陈静", "赵六", *_drawn_of(winners)}
        assert _drawn_of(winners) < {"孙七", "周八", "吴九"}, "who has won is passed over, and so is the organiser"

        lost, kept = sorted(_drawn_of(winners))
        program.run("prize", "forfeit", "week", str(winners[lost]["id"]), "--reason", "本人放弃")
        (heir,) = {"孙七", "周八", "吴九"} - {lost, kept}
        _is_sent_by_post(program, people[heir], heir)
        _is_handed_out_once(program, people["李红"])
        _is_certified(program, people["王芳"])

        program.run("prize", "lists", "week", "-o", "list.docx")
        board = "\n".join(
            cell.text for table in docx.Document(str(tmp_path / "list.docx")).tables for cell in table._cells
        )
        assert "李*" in board
        assert "李红" not in board


def _plays_in_chat(program: Program, bank: dict[str, Question]) -> ChatPlayer:
    """The first, who wins on the spot."""
    zhang = ChatPlayer(program.url, "oZhang")
    zhang.follows("week")
    zhang.says("答题")
    listed = zhang.says("财政")
    if (number := re.search(r"^(\d+) 市财政局", listed, re.MULTILINE)) is not None:
        zhang.says(number[1])
    zhang.says("张晓明")
    zhang.says("1000")
    assert zhang.plays(bank, 3, Random(1)) == 30
    return zhang


def _left(program: Program) -> dict[str, int]:
    stock = program.json("prize", "list", "week")
    assert all(one["awarded"] + one["left"] == one["stock"] for one in stock)
    return {one["prize"]: one["left"] for one in stock}


def _draws(program: Program) -> dict[str, object]:
    """The draw of the group, frozen, held by one and confirmed by another; its evidence holds."""
    source = f"secret:{hashlib.sha256(SECRET.encode()).hexdigest()}"
    frozen = program.json("draw", "freeze", "week", "--group", "幸运奖", "--source", source, "--by", "王敏")
    assert frozen["count"] >= 3
    page = requests.get(f"{program.url}/draws/{frozen['id']}", timeout=30).text
    assert frozen["list_hash"] in page
    value = f"{source}={SECRET}"
    assert program.json("draw", "hold", frozen["id"], "--value", value, "--by", "王敏")["state"] == "entered"
    assert "另一人" in program.run("draw", "confirm", frozen["id"], "--by", "王敏", expect=1)
    held: dict[str, object] = program.json("draw", "confirm", frozen["id"], "--by", "李强")
    program.run("draw", "audit", str(frozen["id"]), "-o", "audit.zip")
    assert "核验通过" in program.run("draw", "verify", "audit.zip")
    return held


def _drawn_of(winners: dict[str, dict[str, object]]) -> set[str]:
    return {name for name, one in winners.items() if one["group"] == "幸运奖"}


def _is_sent_by_post(program: Program, winner: PagePlayer, name: str) -> None:
    """Only the prize desk reads where to."""
    page = winner.reads("week/prizes")
    award = re.search(r'name="award" value="(\d+)"', page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert award is not None, _words(page)
    assert token is not None
    fields = {"csrf_token": token[1], "award": award[1], "name": name, "phone": "13812345678", "address": "滨海路 1 号"}
    winner._post(f"{program.url}/q/week/prizes", fields)
    desk, organiser = Staff(program.url), Staff(program.url)
    desk.signs_in("desk", _one_time(program, "desk", "desk"))
    assert "滨海路 1 号" in desk.opens("desk/claims?campaign=week")
    organiser.signs_in("orga", _one_time(program, "orga", "organiser"))
    organiser.opens("desk/claims?campaign=week", status=403)


def _one_time(program: Program, name: str, role: str) -> str:
    return str(program.json("user", "add", name, "--role", role)["one_time_password"])


def _is_handed_out_once(program: Program, winner: PagePlayer) -> None:
    code = re.search(r"(?:[0-9A-Z]{4}[ -–]){3}[0-9A-Z]{4}", _words(winner.reads("week/prizes")))
    assert code is not None
    typed = re.sub(r"[^0-9A-Z]", "", code[0]).lower()
    first = Staff(program.url)
    first.signs_in("hall", _one_time(program, "hall", "desk"))
    first.opens("desk")
    assert "雨伞" in first.sends("desk/found", code=typed)
    assert "李*" in _words(first.page)
    assert "已发放" in first.sends("desk/redeem", code=typed)
    again = program.run("prize", "redeem", typed, "--by", "another desk", expect=1)
    assert "hall" in again


def _is_certified(program: Program, player: PagePlayer) -> None:
    """Whoever has passed, the organiser, too."""
    response = player.http.get(f"{program.url}/q/week/certificate.pdf", timeout=30)
    assert response.status_code == 200
    assert io.BytesIO(response.content).read(5) == b"%PDF-"
