from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sheets_made import csv_of, xlsx_of
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from campaigns import tables, units
from campaigns.errors import NotFound, Refused
from campaigns.privacy import Seal
from campaigns.store import Store
from campaigns.units import UnitsImported

NOW = 1_783_126_800_000
SEAL = Seal("for tests")
PARENTS = csv_of(
    "江苏省节能宣传周参与单位",
    "序号,单位名称,上级单位,级别,应参与人数,联络员,联系电话",
    "1,苏州市,,市,,,",
    '2,市财政局,苏州市,单位,"1,200 人",张三,0512-65220000',
    "3,办公室,市财政局,部门,12,,",
    "4,市水务局,苏州市,单位,80.0,李四,13800138000",
    "5,办公室,市水务局,部门,,,",
    ",合计,,,1292,,",
    "填表人：王五,,,,,,",
)


def imported(store: Store, data: bytes, *, under: str = "", retire_missing: bool = False) -> UnitsImported:
    with store.transaction() as session:
        return units.import_units(
            session, units.read_units(data), SEAL, now=NOW, under=under, retire_missing=retire_missing
        )


def tree(store: Store) -> list[str]:
    """Each unit as its names from the top, with headcount."""
    with store.reading() as session:
        rows = session.scalars(select(tables.Unit).where(tables.Unit.retired.is_(False))).all()
        above = units.names_above(session, (row.path for row in rows))
        return sorted(
            "·".join(filter(None, (above[row.path], row.name))) + (f"={row.headcount}" if row.headcount else "")
            for row in rows
        )


TREE = ["苏州市", "苏州市·市水务局=80", "苏州市·市水务局·办公室", "苏州市·市财政局=1200", "苏州市·市财政局·办公室=12"]


def said(done: UnitsImported) -> list[str]:
    return [str(fault) for fault in done.faults if fault.serious]


def test_a_list_with_parents_becomes_the_tree(store: Store) -> None:
    done = imported(store, PARENTS)
    assert not done.is_refused, done.faults
    assert (done.added, done.changed, done.same, done.missing) == (5, 0, 0, ())
    assert tree(store) == sorted(TREE)
    with store.reading() as session:
        bureau = session.scalars(select(tables.Unit).where(tables.Unit.name == "市财政局")).one()
        assert (bureau.level, bureau.officer, bureau.sought) == ("unit", "张三", "市财政局 shicaizhengju sczj")
        assert "0512" not in (bureau.officer_phone or "")
        assert SEAL.open(bureau.officer_phone) == "0512-65220000"
        offices = session.scalars(select(tables.Unit).where(tables.Unit.name == "办公室")).all()
        assert {office.level for office in offices} == {"department"}
        for unit in session.scalars(select(tables.Unit)):
            assert len(unit.code) == 6
            assert unit.code.isalnum()
            assert unit.path.endswith(f"/{unit.id}/")
    assert [fault.where for fault in done.faults] == ["第8行", "第9行"], "the total and the remark are told"


LEVELS = xlsx_of(
    ["市", "单位", "部门", "应参与人数"],
    ["苏州市", "市财政局", None, 1200],
    [None, None, "办公室", 12.0],
    [None, "市水务局", None, 80],
    [None, None, "办公室"],
)


def test_a_column_a_level_means_the_same_tree(store: Store) -> None:
    done = imported(store, LEVELS)
    assert not done.is_refused, done.faults
    assert tree(store) == sorted(TREE)
    with store.reading() as session:
        assert session.scalar(select(tables.Unit.level).where(tables.Unit.name == "苏州市")) == "city"


def test_merged_cells_mean_what_stands_in_them(store: Store) -> None:
    merged = xlsx_of(
        ["市", "单位名称", "部门", "应参与人数"],
        ["", "", "办公室", 12],
        ["", "", "人事处", 8],
        ["", "市水务局", "", 80],
        merged=[("A2:A4", "苏州市"), ("B2:B3", "市财政局")],
    )
    done = imported(store, merged)
    assert not done.is_refused, done.faults
    assert tree(store) == [
        "苏州市", "苏州市·市水务局=80", "苏州市·市财政局", "苏州市·市财政局·人事处=8", "苏州市·市财政局·办公室=12",
    ]  # fmt: skip


def test_a_left_out_level_is_left_out_only_where_that_is_plain(store: Store) -> None:
    data = xlsx_of(
        ["市", "单位", "部门"], ["苏州市", "市财政局", "办公室"], ["南京市", None, "督查室"], ["南京市", None, "信访室"]
    )
    done = imported(store, data)
    assert not done.is_refused, done.faults
    assert "南京市·督查室" in tree(store)
    doubtful = xlsx_of(["市", "单位", "部门"], ["苏州市", "市财政局", "办公室"], ["苏州市", None, "督查室"])
    assert "看不出是同上还是没有这一级（市财政局）" in said(imported(store, doubtful))[0]


def test_the_same_file_again_changes_nothing_and_codes_stay(store: Store) -> None:
    imported(store, PARENTS)
    with store.reading() as session:
        codes = set(session.scalars(select(tables.Unit.code)))
    again = imported(store, PARENTS)
    assert (again.added, again.changed, again.same) == (0, 0, 5)
    mended = imported(store, PARENTS.replace("张三".encode(), "赵六".encode()).replace(b"80.0", b"81"))
    assert (mended.added, mended.changed, mended.same) == (0, 2, 3)
    with store.reading() as session:
        assert set(session.scalars(select(tables.Unit.code))) == codes


def test_codes_are_the_same_on_another_installation(store: Store) -> None:
    imported(store, csv_of("单位名称,上级单位", "市财政局,", "办公室,市财政局"))
    with store.reading() as session:
        assert sorted(session.scalars(select(tables.Unit.code))) == ["9YFVVM", "XTNGG8"]


def test_a_unit_is_renamed_and_moved_by_its_code_with_all_below_it(store: Store) -> None:
    imported(
        store,
        csv_of("代码,单位名称,上级代码", "A,苏州市,", "B,南京市,", "C,市水利局,A", "D,办公室,C"),
    )
    done = imported(store, csv_of("代码,单位名称,上级代码", "C,市水务局,B"))
    assert (done.added, done.changed) == (0, 1)
    assert tree(store) == ["南京市", "南京市·市水务局", "南京市·市水务局·办公室", "苏州市"]
    with store.reading() as session:
        assert [unit.code for unit in units.search(session, "shuiwu")] == ["C"]
        assert [unit.code for unit in units.ancestors(session, units.find(session, "D").id)] == ["B", "C"]


def test_what_a_file_does_not_name_is_listed_and_stays_unless_it_is_to_be_retired(store: Store) -> None:
    imported(store, PARENTS)
    fewer = csv_of("单位名称,上级单位", "苏州市,", "市财政局,苏州市")
    done = imported(store, fewer)
    assert sorted(unit.name for unit in done.missing) == ["办公室", "办公室", "市水务局"]
    assert len(tree(store)) == 5
    imported(store, fewer, retire_missing=True)
    assert tree(store) == ["苏州市", "苏州市·市财政局=1200"]
    back = imported(store, PARENTS)
    assert (back.added, back.changed) == (0, 3), "whoever is named again is offered again"
    assert len(tree(store)) == 5


def test_a_branch_is_imported_below_a_unit_and_only_there_something_is_missing(store: Store) -> None:
    imported(store, csv_of("代码,单位名称", "SZ,苏州市", "NJ,南京市"))
    branch = csv_of("单位名称,应参与人数", "市财政局,10")
    assert imported(store, branch, under="SZ").missing == ()
    assert imported(store, csv_of("单位名称", "市水务局"), under="SZ").missing[0].name == "市财政局"
    assert tree(store) == ["南京市", "苏州市", "苏州市·市水务局", "苏州市·市财政局=10"]
    with pytest.raises(NotFound, match="XX"):
        imported(store, branch, under="XX")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["A,,,若干", "B,,,1"], "第2行：应参与人数“若干”不是数"),
        (["A,,,-3"], "第2行：应参与人数“-3”不是数"),
        (["A,,,12.5"], "第2行：应参与人数“12.5”不是数"),
        ([",,,5"], "第2行：没有单位名称"),
        (["A,B,,", "B,A,,"], "第2行：“A”的上级绕了一圈又回到它自己"),
        (["A,A,,"], "第2行：没有上级单位“A”"),
        (["市财政局,,,", "办公室,市财证局,,"], "第3行：没有上级单位“市财证局”：是不是“市财政局”？"),
        (["甲,,,", "乙,,,", "办,甲,,", "办,乙,,", "科,办,,"], "第6行：叫“办”的单位不止一个"),
        (["甲,,X1,", "乙,,X1,"], "第3行：代码 X1 与第2行重复"),
        (["甲,,,", "甲,,,"], "第3行：与第2行"),
        (["甲,,一 二,"], "第2行：单位代码“一 二”不能用"),
    ],
)
def test_what_is_wrong_is_told_by_its_row_and_nothing_is_imported(
    store: Store, lines: list[str], sentence: str
) -> None:
    done = imported(store, csv_of("单位名称,上级单位,代码,应参与人数", *lines))
    assert any(one.startswith(sentence) for one in said(done)), done.faults
    assert done.is_refused
    assert tree(store) == []


def test_an_ambiguous_parent_may_be_written_with_what_is_above_it(store: Store) -> None:
    done = imported(store, csv_of("单位名称,上级单位", "甲,", "乙,", "办,甲", "办,乙", "科,甲/办", "科,乙 / 办"))
    assert not done.is_refused, done.faults
    assert tree(store) == ["乙", "乙·办", "乙·办·科", "甲", "甲·办", "甲·办·科"]


def test_a_unit_does_not_move_below_itself(store: Store) -> None:
    imported(store, csv_of("代码,单位名称,上级代码", "A,甲,", "B,乙,A"))
    done = imported(store, csv_of("代码,单位名称,上级代码", "A,甲,B"))
    assert "上级现在是它自己的下级" in said(done)[0]


def test_a_printed_code_is_not_taken_away(store: Store) -> None:
    imported(store, csv_of("代码,单位名称", "A,甲"))
    assert "印好的二维码用的是原来的代码" in said(imported(store, csv_of("代码,单位名称", "B,甲")))[0]


def test_what_was_exported_is_read_again_and_changes_nothing(store: Store) -> None:
    imported(store, PARENTS)
    with store.reading() as session:
        data = units.export_units(session, SEAL)
    again = imported(store, data)
    assert (again.added, again.same, again.missing, again.faults) == (0, 5, (), ())


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04rubbish", b"\x89PNG\r\n", "姓名\n张三".encode(), b"a,b\n1,2"])
def test_a_file_without_units_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Refused, match=r"请"):
        units.read_units(data)


NAMES = st.sampled_from(["甲", "乙", "丙", "丁"])


@hypothesis_settings(max_examples=60)
@given(st.lists(st.tuples(NAMES, st.none() | NAMES), min_size=1, max_size=6))
def test_any_list_is_imported_as_it_says_or_not_at_all(rows: list[tuple[str, str | None]]) -> None:
    data = csv_of("单位名称,上级单位", *(f"{name},{parent or ''}" for name, parent in rows))
    engine = create_engine("sqlite://")
    tables.Table.metadata.create_all(engine)
    with Session(engine) as session:
        done = units.import_units(session, units.read_units(data), SEAL, now=NOW)
        found = session.scalars(select(tables.Unit)).all()
        names = {unit.id: unit.name for unit in found}
        if done.is_refused:
            assert not found
        else:
            written = sorted((unit.name, names.get(unit.parent_id or 0, "")) for unit in found)
            assert written == sorted((name, parent or "") for name, parent in rows)
    engine.dispose()
