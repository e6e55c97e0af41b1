"""A campaign as its organisers run it: units, a roster, a plan; two doors, one person; a key that is corrected."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from follower import AES_KEY, APP_ID, TOKEN
from system.players import ChatPlayer, PagePlayer
from system.program import Program, installed

from questions.model import Question
from questions.readers import read_bank

pytestmark = pytest.mark.system

UNITS = """\
单位名称,上级单位,级别,应参与人数,联络员,联系电话
滨海市,,市,,,
市财政局,滨海市,单位,3,王敏,
预算处,市财政局,部门,1,,
市水务局,滨海市,单位,2,李强,
合计,,,5,,
"""
ROSTER = """\
单位,姓名,工号
市财政局,张晓明,1001
市财政局,李红,1002
预算处,陈静,1003
市水务局,王芳,2001
市水务局,赵六,2002
"""
BANK = """\
题型,题干,选项A,选项B,选项C,正确答案
单选题,公共建筑夏季空调温度一般不低于多少？,24 ℃,26 ℃,28 ℃,A
单选题,全国低碳日在节能宣传周的哪一天？,第一天,第三天,最后一天,B
判断题,人走关灯是节约用电的好习惯。,,,,正确
判断题,空调开着时宜同时开窗。,,,,错误
"""
"""The key of the first is wrong: it is 26 ℃."""
PLAN = """\
name = "节能宣传周有奖答题"
organiser = "滨海市机关事务管理局"
bank = "office"
opens = "{opens}"
closes = "{closes}"
admission = "roster"
attempts_in_all = 1
seconds_per_attempt = 600
same_paper = true
pass_points = 30

[[part]]
count = 2
kind = "single"

[[part]]
count = 2
kind = "true_false"
"""


@pytest.fixture
def program(blank_postgres_url: str, any_redis_url: str, tmp_path: Path) -> Program:
    settings = {"wechat_token": TOKEN, "wechat_app_id": APP_ID, "wechat_aes_key": AES_KEY}
    return installed(tmp_path, database_url=blank_postgres_url, redis_url=any_redis_url, workers="2", **settings)


def published(program: Program, folder: Path) -> dict[str, Question]:
    """The campaign of units and a roster; its questions by stem."""
    opens = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(minutes=5)
    window = [(opens + timedelta(days=days)).strftime("%Y-%m-%d %H:%M") for days in (0, 2)]
    for name, text in {
        "units.csv": UNITS,
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
    program.run("campaign", "check", "week")
    program.run("campaign", "publish", "week", "--by", "王敏")
    return {question.stem: question for question in read_bank(BANK.encode(), "bank.csv").questions}


def test_a_campaign_of_units_and_a_roster_from_its_plan_to_a_corrected_key(program: Program, tmp_path: Path) -> None:
    bank = published(program, tmp_path)
    with program.serving():
        zhang = ChatPlayer(program.url, "oZhang")
        zhang.follows("week")
        assert "单位" in zhang.says("答题")
        assert "市财政局" in zhang.says("czj")
        zhang.says(_number_of("市财政局", zhang.says("财政")))
        zhang.says("张晓明")
        assert "第1/4题" in zhang.says("1001")
        assert zhang.plays(bank, 4, Random(1)) == 40

        again = PagePlayer(program.url)
        assert "次数已用完" in again.binds("week", "财政局", "张晓明", "1001"), "the same person by another door"
        wang = PagePlayer(program.url)
        wang.binds("week", "水务", "王芳", "2001")
        assert wang.plays("week", "", bank, 2) == 20

        eventually(lambda: _ranked(program) == [("市水务局", 0.5, 20), ("市财政局", 1 / 3, 40)])
        absent = program.json("campaign", "absent", "week")
        assert {one["name"] for one in absent} == {"李红", "陈静", "赵六"}

        refused = program.run(
            "campaign", "correct-key", "week", "1", "--answer", "B", "--reason", "应为 26 ℃", expect=1
        )
        assert "--yes" in refused
        program.run("campaign", "correct-key", "week", "1", "--answer", "B", "--reason", "应为 26 ℃", "--yes")
        assert "得分 30" in zhang.says("成绩")
        moved = program.json("campaign", "moves", "week")["moves"]
        assert ("张*明", [40, 30]) in [(one["name"], one["points"]) for one in moved]
        assert "应为 26 ℃" in wang.reads("week/rules")

        program.run("campaign", "pause", "week", "--reason", "核对题目")
        assert "暂停" in ChatPlayer(program.url, "oLi").says("答题")
        program.run("campaign", "resume", "week")
        told = [one["what"] for one in program.json("campaign", "changes", "week")]
    assert {"published", "key_corrected", "paused", "resumed"} <= set(told)


def eventually(happens: Callable[[], bool]) -> None:
    """What is at most five seconds behind while a campaign is open."""
    until = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < until
        time.sleep(0.2)


def _number_of(unit: str, reply: str) -> str:
    """Under which number a chat lists a unit."""
    found = re.search(rf"^(\d+) {unit}", reply, re.MULTILINE)
    assert found is not None, reply
    return found[1]


def _ranked(program: Program) -> list[tuple[str, float, int]]:
    cities = program.json("campaign", "ranking", "week", "--units", "--level", "unit")
    return [(one["name"], one["rate"], one["total"]) for one in cities]
