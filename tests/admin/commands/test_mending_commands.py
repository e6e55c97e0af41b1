from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from campaign_made import OPENS, PLAN, SUMMER, make_campaign
from click.testing import CliRunner, Result
from sqlalchemy import insert, select

from admin.commands.campaigns import campaign
from campaigns import tables, units
from campaigns.counting import recount
from campaigns.errors import NotFound, Refused
from campaigns.store import open_store
from settings import Settings

ONE = replace(PLAN, questions_per_paper=1)


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """Three people of U01 who answered one question: A, C (its key) and B; and one who has not come."""
    store = open_store(sqlite_url)
    campaign_id = make_campaign(store, ONE, [SUMMER])
    with store.transaction() as session:
        unit_id = units.find(session, "U01").id
        revision = session.scalars(select(tables.CampaignQuestion.revision_id)).one()
        people = ((1, "张晓明", "A"), (2, "李四", "C"), (3, "", "B"), (4, "王五", ""))
        session.execute(
            insert(tables.Person),
            [
                {"id": number, "name": name, "unit_id": unit_id, "rostered": bool(name), "created_ms": OPENS}
                for number, name, _ in people
            ],
        )
        for number, _, given in people[:3]:
            points = 10 if given == "C" else 0
            session.add(
                tables.Attempt(
                    id=number,
                    campaign_id=campaign_id,
                    person_id=number,
                    ordinal=1,
                    day=20260704,
                    state="finished",
                    paper=f"{revision}ABCD",
                    position=2,
                    score=points,
                    begun_ms=OPENS,
                    shown_ms=OPENS,
                    finished_ms=OPENS + number,
                    used_ms=1_000,
                )
            )
            session.flush()
            session.add(
                tables.Answer(
                    attempt_id=number, position=1, revision_id=revision, given=given, points=points, answered_ms=OPENS
                )
            )
        session.flush()
        recount(session, campaign_id, [1, 2, 3], OPENS)
    store.close()
    return Settings(database_url=sqlite_url, redis_url="none", data_dir=tmp_path / "var", _env_file=None)


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(campaign, arguments, obj=settings, catch_exceptions=False)


def read(settings: Settings, *arguments: str) -> Any:
    result = run(settings, *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_key_is_corrected_only_when_it_is_asked_for_twice(settings: Settings) -> None:
    correct = ("correct-key", "week", "1", "--answer", "b", "--reason", "标准更新")
    with pytest.raises(Refused) as told:
        run(settings, *correct)
    assert "得分会变的 2 份" in str(told.value)
    assert "提高的 1 人，降低的 1 人" in str(told.value)
    assert "--yes" in str(told.value)
    assert [one["points"] for one in read(settings, "ranking", "week")] == [10, 0, 0]
    assert read(settings, "moves", "week") == {"regrades": [], "moves": []}

    assert "2 人的得分或名次有变化" in run(settings, *correct, "--yes", "--by", "王").stdout
    assert [(one["rank"], one["points"]) for one in read(settings, "ranking", "week")] == [(1, 10), (2, 0), (3, 0)]
    moved = read(settings, "moves", "week")["moves"]
    assert [(one["points"], one["rank"]) for one in moved] == [([0, 10], [3, 1]), ([10, 0], [1, 3])]
    assert "编号 1 的题答案由 C 更正为 B" in run(settings, "moves", "week").stdout


def test_a_withdrawn_question_gives_everybody_its_points(settings: Settings) -> None:
    done = read(settings, "withdraw-question", "week", "1", "--reason", "题干有误", "--yes")
    assert (done["what"], done["attempts"], done["moved"]) == ("withdrawn", 3, 3)
    assert [one["points"] for one in read(settings, "ranking", "week")] == [10, 10, 10]
    with pytest.raises(Refused, match="已经作废"):
        run(settings, "withdraw-question", "week", "1", "--reason", "再来一次", "--yes")


def test_rankings_and_moves_show_masked_names(settings: Settings) -> None:
    names = [one["name"] for one in read(settings, "ranking", "week", "--unit", "U01")]
    assert names[:2] == ["李*", "张*明"]
    assert names[2].startswith("参与者")


def test_units_are_ranked_and_written_into_a_file(settings: Settings, tmp_path: Path) -> None:
    (first, second) = read(settings, "ranking", "week", "--units")
    assert (first["code"], first["entrants"], first["total"], first["rank"]) == ("U01", 3, 10, None)
    assert second["entrants"] == 0
    assert "应参与人数" in run(settings, "ranking", "week", "--level", "unit").stdout
    assert "2 行" in run(settings, "ranking", "week", "--units", "-o", str(tmp_path / "u.csv")).stdout
    assert (tmp_path / "u.csv").read_text("utf-8-sig").splitlines()[1].startswith(",U01,")
    with pytest.raises(Refused, match="xlsx"):
        run(settings, "ranking", "week", "--units", "-o", str(tmp_path / "u.doc"))
    with pytest.raises(NotFound):
        run(settings, "ranking", "week", "--unit", "X9")


def test_the_officer_gets_who_is_missing_by_name(settings: Settings, tmp_path: Path) -> None:
    (missing,) = read(settings, "absent", "week", "--unit", "U01")
    assert (missing["name"], missing["has_begun"]) == ("王五", False)
    assert "1 行" in run(settings, "absent", "week", "-o", str(tmp_path / "a.xlsx")).stdout
    assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")
