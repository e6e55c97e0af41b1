"""The whole story, on the real program: a bank file, a campaign, twenty players, the ranking, a draw, its evidence."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from follower import AES_KEY, APP_ID, TOKEN
from system.players import ChatPlayer, PagePlayer
from system.program import Program, installed

from questions.model import Kind, Question
from questions.readers import read_bank

pytestmark = pytest.mark.system
VALUES = {"ssq:2999130": "03.08.15.22.27.31+09", "sse:29991130": "3857.93"}


@pytest.fixture(params=["embedded", "postgresql"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Program:
    """SQLite and the embedded Valkey; or PostgreSQL and Redis, with two web processes."""
    settings = {"wechat_token": TOKEN, "wechat_app_id": APP_ID, "wechat_aes_key": AES_KEY}
    if request.param == "postgresql":
        settings["database_url"] = request.getfixturevalue("blank_postgres_url")
        settings["redis_url"] = request.getfixturevalue("any_redis_url")
        settings["workers"] = "2"
    return installed(tmp_path, **settings)


def an_offices_file(path: Path) -> dict[str, Question]:
    """A workbook as an office makes it; its questions by stem."""
    rows = [
        ("2026年节能宣传周题库（请勿外传）",),
        ("序号", "题型", "题  目", "选项A", "选项B", "选项C", "选项D", "正确答案", "解析"),
        *(
            (
                n,
                "单选题",
                f"第{n}号设备一天用电{n}千瓦时，{n % 7 + 2}天共用电多少千瓦时？",
                *_choices(n),
                "B",
                "功率乘时间。",
            )
            for n in range(1, 21)
        ),
        (21, "判断题", "人走关灯是节约用电的好习惯。", "", "", "", "", "√", ""),
        (22, "判断题", "空调开着时宜同时开窗。", "", "", "", "", "×", "门窗应当关闭。"),
        (23, "多选题", "下列属于绿色出行的有", "步行", "骑车", "独自驾车", "公交", "ABD", ""),
        (24, "填空题", "1立方米水重____吨。", "", "", "", "", "1 | 一", ""),
    ]
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("题库")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    bank = read_bank(path.read_bytes(), path.name)
    assert len(bank.questions) == 24
    return {question.stem: question for question in bank.questions}


def _choices(n: int) -> tuple[str, str, str, str]:
    right = n * (n % 7 + 2)
    return f"{right + 11} 度", f"{right} 度", f"{right + 5} 度", f"{right + 101} 度"


def test_from_a_bank_file_to_winners_that_anyone_can_check(program: Program, tmp_path: Path) -> None:
    bank = an_offices_file(tmp_path / "题库.xlsx")
    program.run("init")
    assert program.json("bank", "check", "题库.xlsx")["questions"][20]["answer"] == ["true"]
    program.run("bank", "import", "题库.xlsx", "--slug", "office", "--name", "机关题库")
    _open_a_campaign(program)

    with program.serving():
        scores = _twenty_play(program, bank)
        assert sorted(scores) == sorted(10 * (n % 6) for n in range(20))
        before = ChatPlayer(program.url, "oChat5").says("排名")
        assert re.search(r"个人第 [123] 名 · 共 20 人\n得分 50", before), before
        listed = program.json("campaign", "list")
        assert [(c["slug"], c["people"], c["finished"]) for c in listed] == [("week", 20, 20)]
        _draw(program, tmp_path)

    with program.serving():
        assert ChatPlayer(program.url, "oChat5").says("排名") == before
        assert "【第1/5题" in program.run("chat", "--as", "王工", "--campaign", "week", stdin="答题\n帮助\n")


def _open_a_campaign(program: Program) -> None:
    opens = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(minutes=5)
    window = [(opens + timedelta(days=days)).strftime("%Y-%m-%d %H:%M") for days in (0, 2)]
    program.run(
        "campaign", "create", "week", "--name", "节能宣传周有奖答题", "--bank", "office", "--questions", "5",
        "--opens", window[0], "--closes", window[1], "--attempts-in-all", "1", "--draw-points", "10",
    )  # fmt: skip
    program.run("campaign", "publish", "week")


def _twenty_play(program: Program, bank: dict[str, Question]) -> list[int]:
    def play(number: int) -> int:
        right = number % 6
        if number % 2:
            player = ChatPlayer(program.url, f"oChat{number}")
            assert "节能宣传周有奖答题" in player.follows("week")
            return player.plays(bank, right, Random(number))
        return PagePlayer(program.url).plays("week", "", bank, right)

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(play, range(20)))


def _draw(program: Program, folder: Path) -> None:
    prizes = ("--prize", "一等奖=1", "--prize", "二等奖=3")
    sources = ("--source", "ssq:2999130", "--source", "sse:29991130")
    frozen = program.json("draw", "freeze", "week", *prizes, *sources)
    values = [word for source, value in VALUES.items() for word in ("--value", f"{source}={value}")]
    program.run("draw", "hold", frozen["id"], *values)
    program.run("draw", "hold", frozen["id"], *values)
    assert "已" in program.run("draw", "hold", frozen["id"], "--value", "ssq:2999130=1", *values[2:], expect=1)

    program.run("draw", "audit", frozen["id"], "-o", "audit.zip")
    program.run("draw", "verify", "audit.zip")
    with zipfile.ZipFile(folder / "audit.zip") as evidence:
        entrants = evidence.read("entrants.tsv")
        awards = evidence.read("awards.tsv").decode().splitlines()
    assert hashlib.sha256(entrants).hexdigest() == frozen["list_hash"]
    assert entrants.count(b"\n") == sum(n % 6 > 0 for n in range(20)), "those with ten points and more"
    assert len({row.split("\t")[2] for row in awards[1:]}) == 4

    forged = folder / "forged.zip"
    _forge(folder / "audit.zip", forged)
    assert program.run("draw", "verify", "forged.zip", expect=1)


def _forge(source: Path, target: Path) -> None:
    """Give the first prize to somebody else."""
    with zipfile.ZipFile(source) as evidence, zipfile.ZipFile(target, "w") as forged:
        winner, other = (row.split(b"\t")[0] for row in evidence.read("entrants.tsv").splitlines()[:2])
        for name in evidence.namelist():
            data = evidence.read(name)
            if name == "awards.tsv":
                data = data.replace(winner, b"?").replace(other, winner).replace(b"?", other)
                data = data if data != evidence.read(name) else data.replace(b"\t1\t", b"\t2\t", 1)
            forged.writestr(name, data)


def test_the_demo_is_played_in_the_terminal(tmp_path: Path) -> None:
    program = installed(tmp_path, redis_url="none")
    program.run_anew("init", "--demo")
    printed = program.run_anew("chat", "--campaign", "demo", stdin="答题\n" + "A\n" * 10 + "成绩\n排名\n")
    assert "【第10/10题" in printed
    assert "🎉 答题完成！得分 " in printed
    assert "个人第 1 名" in printed


def test_errors_are_one_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    program = installed(tmp_path, redis_url="none")
    program.run("init", "--demo")
    (tmp_path / "not-a-bank.xlsx").write_bytes(b"%PDF-1.7 ...")
    wrong = [
        program.run("bank", "check", "not-a-bank.xlsx", expect=1),
        program.run("bank", "check", "no-such-file.xlsx", expect=2),
        program.run("qr", "nowhere", "-o", "code.png", expect=1),
        program.run("qr", "demo", "-o", "code.png", "--unit", "U99", expect=1),
        program.run("chat", "--campaign", "nowhere", expect=1),
        program.run("draw", "hold", "C9-D9", "--value", "a=b", expect=1),
        program.run("campaign", "publish", "nowhere", expect=1),
        _with(program, "PORT", "eight").run_anew("doctor", expect=1),
        _with(program, "DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none").run("init", expect=1),
        _with(program, "DATABASE_URL", "mysql://x/y").run("init", expect=1),
        _with(program, "REDIS_URL", "somewhere").run("chat", expect=1),
    ]
    for sentence in wrong:
        assert sentence.strip()
        assert "Traceback" not in sentence
    assert "LVDA_PORT" in wrong[7]
    assert all("LVDA_DATABASE_URL" in sentence for sentence in wrong[8:10])
    assert "LVDA_REDIS_URL" in wrong[10]
    assert not (tmp_path / "code.png").exists()


def _with(program: Program, name: str, value: str) -> Program:
    return Program(program.folder, program.environment | {f"LVDA_{name}": value})


def test_every_kind_of_question_is_shipped_and_listed(tmp_path: Path) -> None:
    program = installed(tmp_path, redis_url="none")
    program.run("init", "--demo")
    banks = json.loads(program.run("bank", "list", "--json"))
    assert banks[0]["slug"] == "energy"
    program.run("bank", "export", "energy", "-o", "energy.csv")
    checked = program.json("bank", "check", "energy.csv")
    assert {question["kind"] for question in checked["questions"]} == {str(kind) for kind in Kind} - {"essay"}
    assert checked["problems"] == []
