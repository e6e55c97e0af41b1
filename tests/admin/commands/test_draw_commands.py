from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from draw_made import SALT, make_finished
from zip_made import replacing, tampered

from admin.commands import draws as draws_commands
from admin.commands.draws import draw
from campaigns import keeping
from campaigns.draws import pseudonym
from campaigns.errors import DrawRefused, NotFound, Unverifiable
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.store import Store, open_store
from settings import Settings

# In a year in which nobody runs these tests any more: a freeze refuses numbers that may be known by its own clock.
FREEZE = ["freeze", "week", "--prize", "一等奖=1", "--prize", "二等奖=3", "--source", "ssq:2999130"]
FREEZE += ["--source", "sse:29991130"]
VALUES = ["--value", "ssq:2999130=03.08.15.22.27.31+09", "--value", "sse:29991130=3857.93"]


class Terminal:
    """Types commands; what fails raises, as it does into cli.py."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def type(self, *arguments: str, answer: str | None = None) -> Result:
        return CliRunner().invoke(draw, arguments, input=answer, obj=self.settings, catch_exceptions=False)

    def json(self, *arguments: str) -> Any:
        result = self.type(*arguments, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)


@pytest.fixture
def terminal(sqlite_url: str, tmp_path: Path) -> Terminal:
    store = open_store(sqlite_url)
    make_finished(store)
    store.close()
    return Terminal(Settings(_env_file=None, database_url=sqlite_url, redis_url="none", data_dir=tmp_path))


def test_a_draw_by_hand_from_freeze_to_verify(terminal: Terminal, tmp_path: Path) -> None:
    frozen = terminal.json(*FREEZE)
    assert len(frozen["list_hash"]) == 64
    held = terminal.json("hold", frozen["id"], *VALUES)
    assert (held["state"], len(held["awards"])) == ("held", 4)
    forfeited = terminal.json("forfeit", frozen["id"], "2", "--reason", "逾期未领")
    assert forfeited["replacement"]["replaces"] == 2
    audit = tmp_path / "audit.zip"
    assert terminal.type("audit", frozen["id"], "-o", str(audit)).exit_code == 0
    verdict = terminal.json("verify", str(audit))
    assert (verdict["holds"], verdict["held"], verdict["list_hash"]) == (True, True, frozen["list_hash"])
    assert [award["entrant"] for award in verdict["awards"][:4]] == [award["entrant"] for award in held["awards"]]
    (listed,) = terminal.json("list")
    assert (listed["id"], listed["state"], len(listed["awards"])) == (frozen["id"], "held", 5)


def test_who_forfeited_an_award_and_why_is_written_down(terminal: Terminal) -> None:
    frozen = terminal.json(*FREEZE)
    terminal.json("hold", frozen["id"], *VALUES)
    terminal.json("forfeit", frozen["id"], "2", "--reason", "逾期未领", "--by", "li")
    store = open_store(terminal.settings.database_url)
    with store.reading() as session:
        deed = keeping.changes_of(session, 1)[0]
    store.close()
    assert (deed.what, deed.by, deed.note) == ("forfeited", "li", "逾期未领")


def test_people_read_the_same_in_words(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal.type(*FREEZE)
    assert "名单已冻结，共 12 人" in said.stdout
    draw_id = said.stdout.split()[1]
    assert f"/draws/{draw_id}" in said.stdout
    assert "尚未开奖" in terminal.type("list", "--campaign", "week").stdout
    assert "一等奖" in terminal.type("hold", draw_id, *VALUES).stdout
    winner = terminal.json("list")[0]["awards"][0]["entrant"]
    assert "递补" in terminal.type("forfeit", draw_id, "--entrant", winner, "--reason", "弃奖").stdout
    audit = tmp_path / "audit.zip"
    terminal.type("audit", draw_id, "-o", str(audit))
    said = terminal.type("verify", str(audit))
    assert "核验通过" in said.stdout
    assert "与公告中的比对" in said.stdout


def test_quotas_exclusions_fallback_and_reason_are_announced(terminal: Terminal) -> None:
    held = terminal.json("hold", terminal.json(*FREEZE)["id"], *VALUES)
    excluded = pseudonym(SALT, 1)
    more = ["--quota", "U01=2", "--default-quota", "1", "--exclude", excluded, "--fallback", "顺延", "--reason", "增补"]
    frozen = terminal.json(*FREEZE, *more)
    assert frozen["quotas"] == {"U01": 2, "U02": 1}
    winners = {award["entrant"] for award in held["awards"]}
    assert (set(frozen["exclusions"]), frozen["fallback"], frozen["reason"]) == (winners | {excluded}, "顺延", "增补")


def test_a_source_of_another_kind_comes_with_the_format_of_its_value(terminal: Terminal, tmp_path: Path) -> None:
    freeze = ["freeze", "week", "--prize", "一等奖=1", "--source", "beacon:7"]
    with pytest.raises(DrawRefused, match="须指定数值的写法"):
        terminal.type(*freeze)
    frozen = terminal.json(*freeze, "--format", "beacon:7=xx=##")
    assert frozen["formats"] == {"beacon:7": "xx=##"}
    with pytest.raises(DrawRefused, match=r"应写作：xx=##（"):
        terminal.type("hold", frozen["id"], "--value", "beacon:7=0A=07")
    held = terminal.json("hold", frozen["id"], "--value", "beacon:7=0a=07")
    assert held["values"] == [{"source": "beacon:7", "value": "beacon:7:0a=07"}]
    audit = tmp_path / "audit.zip"
    terminal.type("audit", frozen["id"], "-o", str(audit))
    assert terminal.json("verify", str(audit))["holds"]


@pytest.mark.parametrize("spelling", ["3857.930", "3,857.93", "+3857.93", "3857"])
def test_another_spelling_of_a_number_is_refused_and_the_form_is_shown(terminal: Terminal, spelling: str) -> None:
    draw_id = terminal.json(*FREEZE)["id"]
    with pytest.raises(DrawRefused, match=r"来源 sse:29991130 的数值写法不对，应写作：.*如 3857\.93。"):
        terminal.type("hold", draw_id, *VALUES[:2], "--value", f"sse:29991130={spelling}")
    assert terminal.json("list")[0]["state"] == "frozen"


def test_two_persons_confirm(terminal: Terminal, sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    make_finished(store, slug="pair", two_person=True)
    store.close()
    draw_id = terminal.json("freeze", "pair", *FREEZE[2:])["id"]
    assert terminal.json("hold", draw_id, *VALUES)["state"] == "entered"
    with pytest.raises(DrawRefused, match="另一人"):
        terminal.type("confirm", draw_id, "--by", getpass.getuser())
    assert terminal.json("hold", draw_id, *VALUES, "--correct")["state"] == "entered"
    assert terminal.json("confirm", draw_id, "--by", "second person", *VALUES)["state"] == "held"


def test_what_cannot_be_undone_is_shown_and_asked_at_a_terminal(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draws_commands, "_is_at_a_terminal", lambda: True)
    draw_id = terminal.json(*FREEZE)["id"]
    with pytest.raises(DrawRefused, match="什么都没有改变"):
        terminal.type("hold", draw_id, *VALUES, answer="n\n")
    assert terminal.json("list")[0]["state"] == "frozen"
    said = terminal.type("hold", draw_id, *VALUES, answer="y\n")
    for words in (draw_id, "ssq:2999130 = 03.08.15.22.27.31+09", "sse:29991130 = 3857.93", "不能更改"):
        assert words in said.stderr
    assert "已开奖" in said.stdout
    assert terminal.type("hold", draw_id, *VALUES).stderr == "", "nothing would change, so nothing is asked"


def test_a_script_says_yes_beforehand(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws_commands, "_is_at_a_terminal", lambda: True)
    draw_id = terminal.json(*FREEZE)["id"]
    assert terminal.json("hold", draw_id, *VALUES, "--yes")["state"] == "held"


def test_values_that_cannot_be_are_refused_before_anything_is_asked(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draws_commands, "_is_at_a_terminal", lambda: True)
    draw_id = terminal.json(*FREEZE)["id"]
    with pytest.raises(DrawRefused, match="应写作"):
        terminal.type("hold", draw_id, *VALUES[:2], "--value", "sse:29991130=1", answer="y\n")


def test_a_number_that_is_known_already_is_no_source(terminal: Terminal) -> None:
    for source in ("sse:20250829", "ssq:2025100"):
        with pytest.raises(DrawRefused, match=source):
            terminal.type(*FREEZE[:4], "--source", source)
    assert terminal.json("list") == []
    assert "还没有抽奖" in terminal.type("list").stderr


def test_a_draw_before_it_is_held_is_verified_as_far_as_it_goes(terminal: Terminal, tmp_path: Path) -> None:
    audit = tmp_path / "audit.zip"
    terminal.type("audit", terminal.json(*FREEZE)["id"], "-o", str(audit))
    assert "尚未开奖" in terminal.type("verify", str(audit)).stdout


def test_changed_evidence_fails_and_says_what_differs(terminal: Terminal, tmp_path: Path) -> None:
    draw_id = terminal.json(*FREEZE)["id"]
    terminal.type("hold", draw_id, *VALUES)
    audit = tmp_path / "audit.zip"
    terminal.type("audit", draw_id, "-o", str(audit))
    audit.write_bytes(tampered(audit.read_bytes(), "awards.tsv", replacing("一等奖", "二等奖")))
    with pytest.raises(Unverifiable, match=r"awards\.tsv 第 2 行"):
        terminal.type("verify", str(audit))


def test_a_planned_group_is_drawn_by_its_name(terminal: Terminal) -> None:
    store = open_store(terminal.settings.database_url)
    make_finished(store, slug="groups", prize_groups=(PlannedGroup("幸运奖", "draw", (PlannedPrize("水杯", 2),)),))
    store.close()
    frozen = terminal.json("freeze", "groups", "--group", "幸运奖", *FREEZE[6:])
    assert (frozen["group"], frozen["prizes"]) == ("幸运奖", [{"prize": "水杯", "count": 2}])


@pytest.mark.parametrize(
    "arguments",
    [
        ["freeze", "week", "--source", "ssq:1"],
        ["freeze", "week", "--prize", "一等奖", "--source", "ssq:1"],
        ["freeze", "week", "--prize", "一等奖=many", "--source", "ssq:1"],
        ["freeze", "week", "--prize", "奖=1", "--prize", "奖=2", "--source", "ssq:1"],
        ["freeze", "week", "--prize", "奖=1", "--source", "fog:1", "--format", "##"],
        ["hold", "C1-D1", "--value", "ssq:1"],
        ["hold", "C1-D1", "--value", "ssq:1=2", "--value", "ssq:1=3"],
        ["forfeit", "C1-D1", "--reason", "弃奖"],
        ["forfeit", "C1-D1", "1", "--entrant", "x", "--reason", "弃奖"],
        ["forfeit", "C1-D1", "1"],
        ["verify", "no such file"],
    ],
)
def test_a_wrong_command_exits_2(terminal: Terminal, arguments: list[str]) -> None:
    assert terminal.type(*arguments).exit_code == 2


def test_what_a_rule_refuses_reaches_the_edge(terminal: Terminal) -> None:
    with pytest.raises(NotFound):
        terminal.type("hold", "C9-D9", *VALUES)
    draw_id = terminal.json(*FREEZE)["id"]
    with pytest.raises(DrawRefused, match="尚未开奖"):
        terminal.type(*FREEZE)
    terminal.type("hold", draw_id, *VALUES)
    with pytest.raises(DrawRefused, match="原因"):
        terminal.type(*FREEZE)


def test_the_evidence_of_an_open_store_is_only_read(terminal: Terminal, sqlite_url: str, tmp_path: Path) -> None:
    draw_id = terminal.json(*FREEZE)["id"]
    store: Store = open_store(sqlite_url)
    with store.transaction() as session:
        session.connection()  # another process is writing: reading must not wait for it
        assert terminal.type("audit", draw_id, "-o", str(tmp_path / "audit.zip")).exit_code == 0
    store.close()
