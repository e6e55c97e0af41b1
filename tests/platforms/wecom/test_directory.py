from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from platform_stub import Answer, Call, Stub, running_stub
from sqlalchemy import select

from campaigns import people, tables, units
from campaigns.clock import HOUR
from campaigns.editions import Editions
from campaigns.people import Sender
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores
from platforms.accounts import WecomAccount
from platforms.wecom import directory
from platforms.wecom.application import open_application
from platforms.wecom.directory import Directory

NOON = 1_795_233_600_000  # 2026-11-21 12:00 in Shanghai
USER, DEPARTMENT = "/cgi-bin/user/get", "/cgi-bin/department/get"


class Company:
    def __init__(self) -> None:
        self.members: dict[str, dict[str, Any]] = {}
        self.departments = {2: "市财政局", 3: "没有这个单位"}
        self.refusal: Answer | None = None

    def __call__(self, call: Call) -> Answer:
        if call.path == "/cgi-bin/gettoken":
            return {"access_token": "token-1", "expires_in": 7200}
        if self.refusal is not None:
            return self.refusal
        if call.path == DEPARTMENT:
            number = int(call.args["id"])
            if number not in self.departments:
                return {"errcode": 60011, "errmsg": "no privilege"}
            return {"errcode": 0, "department": {"id": number, "name": self.departments[number], "parentid": 1}}
        found = self.members.get(call.args["userid"])
        return {"errcode": 0, **found} if found else {"errcode": 60111, "errmsg": "userid not found"}


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def stub(company: Company) -> Iterator[Stub]:
    with running_stub(company) as running:
        yield running


@pytest.fixture
def stores(store: Store) -> Stores:
    with store.transaction() as session:
        session.add(tables.Unit(code="U01", name="市财政局", parent_id=None))
    return Stores(store, Ranking(store, None), Editions())


@pytest.fixture
def job(stub: Stub, store: Store) -> Directory:
    account = WecomAccount("", "ww1", "1000007", "s3cret", "t", "k", stub.url)
    return Directory(open_application(account, store, "installation", lambda: NOON))


def meet(stores: Stores, company: Company, *userids: str, department: int = 2, channel: str = "wecom") -> None:
    for userid in userids:
        people.meet(stores.sql, Sender(channel, "", userid), NOON)
        company.members[userid] = {
            "name": f"{userid}的名字",
            "department": [9, department],
            "main_department": department,
        }


def known(store: Store) -> dict[str, tuple[str, str | None]]:
    identity, person, unit = tables.Identity, tables.Person, tables.Unit
    found = select(identity.sender, person.name, unit.code).join(person, person.id == identity.person_id)
    with store.reading() as session:
        return {row[0]: (row[1], row[2]) for row in session.execute(found.outerjoin(unit, unit.id == person.unit_id))}


def test_a_member_gets_name_and_unit_from_the_directory(
    job: Directory, stores: Stores, company: Company, store: Store
) -> None:
    meet(stores, company, "ZhangSan")
    assert job.name_members(stores, NOON) == 1
    assert known(store) == {"ZhangSan": ("ZhangSan的名字", "U01")}
    assert job.name_members(stores, NOON) == 0


def test_a_department_that_is_no_unit_of_ours_leaves_the_unit_empty(
    job: Directory, stores: Stores, company: Company, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    meet(stores, company, "LiSi", department=3)
    meet(stores, company, "WangWu", department=4)
    meet(stores, company, "ZhaoLiu", department=0)
    caplog.set_level("INFO", logger="platforms")
    assert job.name_members(stores, NOON) == 3
    assert {unit for _, unit in known(store).values()} == {None}
    assert "3 members' departments" in caplog.text
    assert "LiSi" not in caplog.text


def test_of_two_units_of_one_name_none_is_guessed(
    job: Directory, stores: Stores, company: Company, store: Store
) -> None:
    with store.transaction() as session:
        session.add(tables.Unit(code="U09", name="市财政局", parent_id=None))
    meet(stores, company, "ZhangSan")
    job.name_members(stores, NOON)
    assert known(store) == {"ZhangSan": ("ZhangSan的名字", None)}


@pytest.fixture
def roster(store: Store, stores: Stores) -> list[int]:
    """A bureau with an office, and who is on their rosters; gives the ids of those of the bureau and of the office."""
    with store.transaction() as session:
        session.query(tables.Unit).delete()
        bureau = units.add(session, "U01", "市财政局")
        office = units.add(session, "U01-B", "办公室", "U01", "department")
        rows = [
            tables.Person(unit_id=unit_id, name=name, staff_number=number, rostered=True, created_ms=NOON - 1)
            for unit_id, name, number in (
                (bureau, "LiSi的名字", "1"),
                (office, "ZhangSan的名字", "2"),
                (bureau, "WangWu的名字", "3"),
                (office, "WangWu的名字", "4"),
            )
        ]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def test_whose_name_one_person_of_the_units_roster_has_is_that_person(
    job: Directory, stores: Stores, company: Company, store: Store, roster: list[int]
) -> None:
    meet(stores, company, "ZhangSan", "WangWu", "ZhaoLiu")
    job.name_members(stores, NOON)
    assert known(store) == {
        "ZhangSan": ("ZhangSan的名字", "U01-B"),
        "WangWu": ("WangWu的名字", "U01"),
        "ZhaoLiu": ("ZhaoLiu的名字", "U01"),
    }
    with store.reading() as session:
        led = dict(session.execute(select(tables.Identity.sender, tables.Identity.person_id)).all())
    assert led["ZhangSan"] == roster[1]
    assert led["WangWu"] not in roster, "two are called so"


def test_a_member_who_was_parted_from_somebody_is_not_bound_to_them_again(
    job: Directory, stores: Stores, company: Company, store: Store, roster: list[int]
) -> None:
    meet(stores, company, "ZhangSan")
    job.name_members(stores, NOON)
    with store.transaction() as session:
        identity = people.find_identity(session, Sender("wecom", "", "ZhangSan"))
        assert identity is not None
        parted = people.unbind(session, identity.id, NOON + 1)
    job.name_members(stores, NOON + 2)
    with store.reading() as session:
        assert session.scalars(select(tables.Identity.person_id)).all() == [parted.person_id]
    assert known(store) == {"ZhangSan": ("ZhangSan的名字", "U01")}


def test_what_somebody_has_written_stays(job: Directory, stores: Stores, company: Company, store: Store) -> None:
    meet(stores, company, "ZhangSan", "LiSi")
    with store.transaction() as session:
        session.add(tables.Unit(code="U02", name="市水务局", parent_id=None))
        session.flush()
        zhang, li = session.scalars(select(tables.Person).order_by(tables.Person.id))
        zhang.name = "张三（局办）"
        people.join_unit(session, li.id, "U02")
    job.name_members(stores, NOON)
    assert known(store) == {"ZhangSan": ("张三（局办）", None), "LiSi": ("LiSi的名字", "U02")}


def test_nobody_of_another_channel_is_looked_up(job: Directory, stores: Stores, company: Company, stub: Stub) -> None:
    meet(stores, company, "oFollower", channel="wechat")
    assert job.name_members(stores, NOON) == 0
    assert stub.asked(USER) == []


def test_a_department_is_asked_for_once_a_tick(job: Directory, stores: Stores, company: Company, stub: Stub) -> None:
    meet(stores, company, "ZhangSan", "LiSi", "WangWu")
    job.name_members(stores, NOON)
    assert len(stub.asked(DEPARTMENT)) == 1


def test_who_is_not_in_the_directory_is_not_asked_for_again_at_once_and_keeps_nobody_waiting(
    job: Directory, stores: Stores, company: Company, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "AT_ONCE", 2)
    meet(stores, company, "Gone1", "Gone2", "ZhangSan")
    del company.members["Gone1"], company.members["Gone2"]
    assert [job.name_members(stores, NOON) for _ in range(4)] == [0, 1, 0, 0]
    assert len(stub.asked(USER)) == 3
    assert job.name_members(stores, NOON + 7 * HOUR) == 0
    assert len(stub.asked(USER)) == 5


def test_a_directory_that_says_nothing_is_asked_again_next_time(
    job: Directory, stores: Stores, company: Company, stub: Stub, caplog: pytest.LogCaptureFixture
) -> None:
    meet(stores, company, "ZhangSan", "LiSi")
    company.refusal = {"errcode": 60020, "errmsg": "not allow to access from your ip"}
    assert job.name_members(stores, NOON) == 0
    assert len(stub.asked(USER)) == 1
    assert "企业可信 IP" in caplog.text
    company.refusal = None
    assert job.name_members(stores, NOON) == 2
