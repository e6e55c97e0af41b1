from __future__ import annotations

import pytest
from campaign_made import OPENS
from sheets_made import csv_of, xlsx_of
from sqlalchemy import select

from campaigns import people, rosters, tables, units
from campaigns.errors import Refused
from campaigns.people import Sender
from campaigns.privacy import Seal
from campaigns.rosters import RosterImported
from campaigns.store import Store

SEAL = Seal("for tests")
ROSTER = csv_of(
    "市级机关花名册",
    "序号,单位,部门,姓 名,工号,手机号码",
    "1,市财政局,办公室,张晓明,1023,13800138000",
    "2,市财政局,,李•四,2.0,",
    "3,市水务局,,王五,W-7,+86 139-0013-9000",
    ",合计,,3,,",
)


@pytest.fixture
def offices(store: Store) -> Store:
    with store.transaction() as session:
        units.add(session, "U01", "市财政局")
        units.add(session, "U01-B", "办公室", "U01", "department")
        units.add(session, "U02", "市水务局")
    return store


def imported(store: Store, data: bytes, *, retire_missing: bool = False) -> RosterImported:
    return rosters.import_roster(store, rosters.read_roster(data), SEAL, OPENS, retire_missing=retire_missing)


def on_rosters(store: Store) -> list[tuple[str, str, str]]:
    """Unit code, name and staff number of all who are on one."""
    person, unit = tables.Person, tables.Unit
    with store.reading() as session:
        rows = session.execute(
            select(unit.code, person.name, person.staff_number)
            .join(unit, unit.id == person.unit_id)
            .where(person.rostered)
        )
        return sorted((row.code, row.name, row.staff_number) for row in rows)


def said(done: RosterImported) -> list[str]:
    return [str(fault) for fault in done.faults if fault.serious]


EVERYBODY = [("U01", "李·四", "2"), ("U01-B", "张晓明", "1023"), ("U02", "王五", "W-7")]


def test_a_list_of_people_becomes_the_rosters_of_their_units(offices: Store) -> None:
    done = imported(offices, ROSTER)
    assert (done.added, done.changed, done.same, said(done)) == (3, 0, 0, [])
    assert on_rosters(offices) == EVERYBODY
    with offices.reading() as session:
        sealed = [one for one in session.scalars(select(tables.Person.phone)) if one]
    assert sorted(SEAL.open(one) for one in sealed) == ["13800138000", "13900139000"]
    assert not any("138" in one for one in sealed)


def test_numbers_that_a_spreadsheet_took_for_numbers_are_read_as_they_look(offices: Store) -> None:
    imported(offices, xlsx_of(["单位代码", "姓名", "工号", "手机"], ["U02", "王五", 7.0, 13800138000]))
    assert on_rosters(offices) == [("U02", "王五", "7")]


def test_the_same_list_again_doubles_nobody(offices: Store) -> None:
    imported(offices, ROSTER)
    again = imported(offices, ROSTER)
    assert (again.added, again.missing) == (0, ())
    assert on_rosters(offices) == EVERYBODY
    more = imported(offices, csv_of("单位,姓名,工号", "市水务局,王五,W-7", "市水务局,赵六,W-8"))
    assert (more.added, more.changed, more.same) == (1, 0, 1)


def test_whoever_came_already_and_is_called_so_is_put_on_the_roster(offices: Store) -> None:
    sender = Sender("wecom", "", "WangWu")
    people.meet(offices, sender, OPENS)
    with offices.transaction() as session:
        identity = people.find_identity(session, sender)
        assert identity is not None
        person = session.get_one(tables.Person, identity.person_id)
        person.name, person.unit_id = "王五", units.find(session, "U02").id
    done = imported(offices, ROSTER)
    assert (done.added, done.changed) == (2, 1)
    assert on_rosters(offices) == EVERYBODY


def test_people_who_are_gone_are_listed_and_leave_the_roster_when_told_so(offices: Store) -> None:
    imported(offices, ROSTER)
    fewer = csv_of("单位,部门,姓名,工号", "市财政局,办公室,张晓明,1023", "市财政局,,孙七,9")
    done = imported(offices, fewer)
    assert [(person.unit, person.name) for person in done.missing] == [("市财政局", "李*四")], "U02 is not in the file"
    assert len(on_rosters(offices)) == 4
    imported(offices, fewer, retire_missing=True)
    assert on_rosters(offices) == [("U01", "孙七", "9"), ("U01-B", "张晓明", "1023"), ("U02", "王五", "W-7")]


def test_whoever_moved_from_one_unit_of_the_file_to_another_stays_the_same_person(offices: Store) -> None:
    imported(offices, ROSTER)
    with offices.reading() as session:
        before = session.scalars(select(tables.Person.id).where(tables.Person.name == "张晓明")).one()
    done = imported(offices, csv_of("单位,部门,姓名,工号", "市水务局,,张晓明,1023", "市财政局,办公室,周八,1"))
    assert done.missing, "of U02 there are others"
    with offices.reading() as session:
        moved = session.get_one(tables.Person, before)
        assert moved.unit_id == units.find(session, "U02").id


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["市财证局,张三,1,"], "第2行：没有单位“市财证局”：是不是“市财政局”？"),
        (["市财政局,,1,"], "第2行：没有姓名"),
        ([",张三,1,"], "第2行：没有单位"),
        (["市财政局,张三,1,1380013"], "第2行：手机号不是 11 位"),
        (["市财政局,张三,7,", "市财政局,李四,07,"], "第3行：工号与第2行相同，姓名却不同"),
        (["市财政局,张三,,", "市财政局,张三,,"], "第3行：与第2行同单位、同姓名"),
    ],
)
def test_what_is_wrong_is_told_by_its_row_and_nobody_is_imported(
    offices: Store, lines: list[str], sentence: str
) -> None:
    done = imported(offices, csv_of("单位,姓名,工号,手机", *lines))
    assert any(one.startswith(sentence) for one in said(done)), done.faults
    assert not any("1380013" in one for one in said(done))
    assert on_rosters(offices) == []


def test_the_same_person_twice_is_counted_once_and_told(offices: Store) -> None:
    done = imported(offices, csv_of("单位,姓名,工号", "市财政局,张三,7", "市财政局,张 三,7"))
    assert done.added == 1
    assert [str(fault) for fault in done.faults] == ["第3行：与第2行是同一个人，只算一次。"]


def test_a_number_that_somebody_came_by_does_not_become_another_persons_in_silence(offices: Store) -> None:
    imported(offices, ROSTER)
    with offices.reading() as session:
        person = session.scalars(select(tables.Person.id).where(tables.Person.name == "王五")).one()
    people.meet(offices, Sender("wechat", "", "oWang"), OPENS, person_id=person)
    other = csv_of("单位,姓名,工号", "市水务局,马九,W-7")
    assert "这个工号原来是 王*" in said(imported(offices, other))[0]
    assert on_rosters(offices) == EVERYBODY


def test_a_list_of_people_finds_those_on_the_roster_and_never_guesses(offices: Store) -> None:
    more = csv_of("单位,姓名,工号", "市水务局,王五,W-8", "市水务局,赵六,W-9")
    assert [imported(offices, file).is_refused for file in (ROSTER, more)] == [False, False]
    asked = csv_of(
        "单位,姓名,工号",
        "市水务局,王五,W-7",
        "U02,王五,w-7",  # the same again
        "市水务局,王五,",  # two are called so
        "市水务局,王五,W-1",
        "市水务局,李四,W-8",
        "市财政局,李•四,",
        "市财政局,王五,",
        "市水务局,赵六,",
        "县水务局,赵六,",
        "合计,9,",
    )
    with offices.reading() as session:
        found, faults = rosters.find_listed(session, rosters.read_roster(asked))
        numbers = {
            row.where: session.scalars(select(tables.Person.staff_number).where(tables.Person.id == person_id)).one()
            for person_id, row in found
        }
    assert numbers == {"第2行": "W-7", "第7行": "2", "第9行": "W-9"}
    told = {fault.where: fault.message for fault in faults if fault.serious}
    assert told["第4行"].startswith("这个单位有几位同名的人")
    assert told["第5行"].startswith("这个单位没有工号是 W-1 的“王五”")
    assert told["第6行"].startswith("这个工号在这个单位是 王*")
    assert told["第8行"].startswith("这个单位没有“王五”")
    assert told["第10行"].startswith("没有单位“县水务局”")
    assert len(told) == 5


@pytest.mark.parametrize("data", [b"", "单位,工号\n市财政局,1".encode(), "姓名\n张三".encode(), "单位,姓名\n".encode()])
def test_a_file_without_people_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Refused, match="请"):
        rosters.read_roster(data)
