"""Tables to take away: what is in them, who is not, and that their making is on record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from exports_made import ask_for, exported, make_everything, rows_of
from jobs_made import work_once
from sqlalchemy import select, update

from campaigns import tables
from campaigns.errors import NotFound, Refused
from campaigns.exports import entrants
from campaigns.exports.datasets import DATASETS
from campaigns.exports.making import KIND, Wish, make_export
from campaigns.jobs import asking
from campaigns.store import Store, open_store


def table(store: Store, code: str, unit: str = "", own: str = "", *, full: bool = False) -> list[dict[str, object]]:
    _, data = exported(store, ask_for(store, Wish("week", code, unit=unit, full=full), own))
    return rows_of(data)


@pytest.fixture
def everything(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    make_everything(store)
    yield store
    store.close()


@pytest.fixture
def anywhere(store: Store) -> Store:
    """The same in either database."""
    make_everything(store)
    return store


def test_every_table_has_rows_and_says_no_name_to_those_who_may_not_know_it(anywhere: Store) -> None:
    for code, dataset in DATASETS.items():
        job, data = exported(anywhere, ask_for(anywhere, Wish("week", code)))
        rows = rows_of(data)
        assert list(rows[0]) == list(dataset.header), code
        assert job.message == f"导出了 {len(rows)} 行。"
        assert (job.done, job.total) == (len(rows), len(rows))
        told = str(rows)
        assert not any(name in told for name in ("张晓明", "王五", "1001")), code
        assert ("张*明" in told) is (dataset.names and code not in {"absentees", "signals", "exclusions", "messages"})


def test_participants_are_who_came_and_who_should_have(everything: Store) -> None:
    rows = {one["人员编号"]: one for one in table(everything, "people", full=True)}
    assert [(one["姓名"], one["工号"], one["参加情况"], one["得分"]) for one in rows.values()] == [
        ("张晓明", "1001", "已完成", 39),
        ("李四", "1002", "未答完", ""),
        ("=王五", "1003", "作废", ""),
        ("赵六", "1004", "未参加", ""),
        (rows[5]["姓名"], "", "已完成", 39),
    ]
    assert str(rows[5]["姓名"]).startswith("参与者")
    assert (rows[5]["单位"], rows[5]["单位代码"], rows[5]["上级单位"]) == ("", "", "")
    assert (rows[1]["单位"], rows[1]["上级单位"], rows[1]["渠道"]) == ("办公室", "市财政局", "网页")


def test_attempts_tell_what_counts_and_why_one_was_voided(everything: Store) -> None:
    rows = {one["答卷编号"]: one for one in table(everything, "attempts")}
    assert [(one["状态"], one["计入成绩"], one["作废原因"]) for one in rows.values()] == [
        ("完成", "是", ""),
        ("没有答完", "否", ""),
        ("作废", "否", "代答"),
        ("完成", "是", ""),
    ]
    assert (rows[11]["用时（秒）"], rows[11]["开始"], rows[12]["完成"]) == (61, "2026-07-04 09:00:00", "")


def test_answers_tell_what_was_given_and_what_would_have_been_right(everything: Store) -> None:
    rows = table(everything, "answers")
    assert [(one["第几题"], one["题型"], one["作答"], one["正确答案"]) for one in rows] == [
        (1, "单选", "C", "C"),
        (2, "判断", "错误", "错误"),
        (3, "多选", "ABD", "ABD"),
        (4, "填空", "一千", "1000 | 一千"),
    ]


def test_ranks_are_those_of_all_also_in_a_table_of_one_unit(anywhere: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for at_once in (1, 1_000):
        monkeypatch.setattr(entrants, "AT_ONCE", at_once)
        rows = table(anywhere, "standings")
        assert [(one["总名次"], one["人员编号"]) for one in rows] == [(1, 1), (2, 5)]
        (own,) = table(anywhere, "standings", unit="U01")
        assert (own["总名次"], own["所选范围内名次"], own["人员编号"]) == (1, 1, 1)


def test_long_tables_are_read_piece_by_piece(anywhere: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {code: table(anywhere, code) for code in ("people", "attempts", "answers")}
    monkeypatch.setattr(entrants, "AT_ONCE", 2)
    monkeypatch.setattr(entrants, "ATTEMPTS_AT_ONCE", 1)
    assert {code: table(anywhere, code) for code in whole} == whole


def test_units_are_told_down_the_tree(everything: Store) -> None:
    rows = table(everything, "units")
    assert [(one["上级单位"], one["代码"], one["参与人数"]) for one in rows] == [
        ("", "U01", 1),
        ("市财政局", "U011", 1),
        ("", "U02", 0),
    ]
    assert [one["代码"] for one in table(everything, "units", unit="U011")] == ["U011"]


def test_a_table_of_a_unit_holds_it_and_those_below_and_nobody_else(anywhere: Store) -> None:
    for code in (code for code, one in DATASETS.items() if one.by_unit):
        inside, everywhere = str(table(anywhere, code, own="U01")), str(table(anywhere, code))
        assert ("办公室" in inside) is ("办公室" in everywhere), code
        assert "市水务局" not in inside, code


def test_a_liaison_asks_for_no_other_unit_and_for_nothing_of_the_whole(everything: Store) -> None:
    with pytest.raises(NotFound, match="没有代码为 U02 的单位"):
        ask_for(everything, Wish("week", "people", unit="U02"), own="U01")
    with pytest.raises(Refused, match="不能按单位导出"):
        ask_for(everything, Wish("week", "awards"), own="U01")


def test_a_liaison_sees_nothing_of_a_unit_that_was_moved_away_before_the_table_was_made(everything: Store) -> None:
    job_id = ask_for(everything, Wish("week", "people", unit="U011"), own="U01")
    with everything.transaction() as session:
        moved = session.scalars(select(tables.Unit).where(tables.Unit.code == "U011")).one()
        moved.path = f"/{session.scalar(select(tables.Unit.id).where(tables.Unit.code == 'U02'))}/{moved.id}/"
    work_once(everything, {KIND: make_export})
    with everything.reading() as session:
        found = asking.find(session, job_id)
    assert (found.state, found.message[:13]) == (asking.State.FAILED, "没有代码为 U011 的单位"[:13])


def test_what_cannot_be_made_is_refused_before_it_is_a_job(everything: Store) -> None:
    for wish, told in (
        (Wish("week", "nothing"), "没有这种导出"),
        (Wish("nobody", "people"), "nobody"),
        (Wish("week", "people", form="pdf"), "Excel 或 CSV"),
        (Wish("week", "people", unit="U99"), "没有代码为 U99 的单位"),
    ):
        with pytest.raises((Refused, NotFound), match=told):
            ask_for(everything, wish)


def test_a_table_that_was_made_is_on_record_with_how_many_rows_and_whether_names_are_told(everything: Store) -> None:
    exported(everything, ask_for(everything, Wish("week", "attempts", form="csv", unit="U01", full=True)))
    with everything.reading() as session:
        (entry,) = session.scalars(select(tables.AuditEntry).where(tables.AuditEntry.what == "export.made"))
        assert (entry.by, entry.subject) == ("chen", "campaign:week")
        assert entry.after == {"table": "答卷", "format": "CSV", "unit": "U01", "rows": 2, "names": "full"}


def test_no_cell_of_a_csv_is_a_formula_and_no_text_of_a_sheet_either(everything: Store) -> None:
    job, data = exported(everything, ask_for(everything, Wish("week", "people", form="csv", full=True)))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert (job.file_name, job.media_type) == ("week-参与人员.csv", "text/csv; charset=utf-8")
    assert [one["姓名"] for one in rows][2] == "'=王五"
    assert next(one for one in table(everything, "people", full=True) if one["人员编号"] == 3)["姓名"] == "=王五"


def test_nothing_is_taken_out_of_a_draft(everything: Store) -> None:
    with everything.transaction() as session:
        session.scalars(select(tables.Campaign)).one().state = "draft"
    with pytest.raises(Refused, match="还没有发布"):
        ask_for(everything, Wish("week", "people"))


def test_nobody_s_name_stands_beside_a_certificate_once_the_personal_data_are_purged(everything: Store) -> None:
    assert table(everything, "certificates", full=True)[0]["姓名"] == "张晓明"  # who is on a roster, and stays there
    with everything.transaction() as session:
        session.execute(update(tables.Campaign).values(purged_ms=1, version=tables.Campaign.version + 1))
    (row,) = table(everything, "certificates", full=True)
    assert (row["姓名"], row["单位"]) == ("（姓名已按期清除）", "")
