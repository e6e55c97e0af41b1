from __future__ import annotations

import pytest
from campaign_made import make_campaign
from sqlalchemy import update

from campaigns import people, tables, units
from campaigns.errors import NotFound, Refused
from campaigns.store import Store


@pytest.fixture
def placed(store: Store) -> Store:
    with store.transaction() as session:
        units.add(session, "SZ", "苏州市", level="city")
        units.add(session, "CZ", "市财政局", "SZ")
        units.add(session, "SW", "市水务局", "SZ")
        units.add(session, "XC", "市政协办公厅", "SZ")
        for code in ("CZ", "SW"):
            units.add(session, f"{code}-B", "办公室", code, "department")
    return store


def found(store: Store, text: str, campaign_id: int | None = None) -> list[str]:
    with store.reading() as session:
        return [unit.code for unit in units.search(session, text, campaign_id)]


def test_a_unit_is_found_by_part_of_its_name_pinyin_or_initials(placed: Store) -> None:
    expected = {
        "财政": ["CZ"],
        "ＣＺ局": [],
        "caizheng": ["CZ"],
        "SCZJ": ["CZ"],
        "czj": ["CZ"],
        "bgs": ["CZ-B", "SW-B"],
        "办公": ["CZ-B", "SW-B", "XC"],
        "水务 办公室": ["SW-B"],
        "shuiwu bgs": ["SW-B"],
        "市财政局办公室": ["CZ-B"],
        "财政局办公室": ["CZ-B"],
        "%": [],
        "_": [],
        "": [],
        "   ": [],
        "税务": [],
    }
    assert {text: found(placed, text) for text in expected} == expected


def test_what_is_above_a_unit_tells_it_from_others_of_its_name(placed: Store) -> None:
    with placed.reading() as session:
        listing = units.look_up(session, "办公室", most=1)
        assert (listing.units[0].above, listing.total) == ("苏州市·市财政局", 2)


def test_a_campaign_for_some_units_offers_those_below_them_alone(placed: Store) -> None:
    campaign = make_campaign(placed)
    assert found(placed, "办公室", campaign) == ["CZ-B", "SW-B"]
    with placed.transaction() as session:
        unit_id = units.find(session, "SW").id
        session.add(tables.CampaignUnit(campaign_id=campaign, unit_id=unit_id))
    assert found(placed, "办公室", campaign) == ["SW-B"]
    with placed.reading() as session:
        assert units.is_admitted(session, campaign, units.find(session, "SW-B").id)
        assert not units.is_admitted(session, campaign, units.find(session, "SZ").id)


def test_a_retired_unit_is_found_by_nobody(placed: Store) -> None:
    with placed.transaction() as session:
        session.execute(update(tables.Unit).where(tables.Unit.code == "CZ").values(retired=True))
    assert found(placed, "财政") == []
    with pytest.raises(NotFound, match="停用"), placed.reading() as session:
        people.find_unit(session, "CZ")


def test_the_tree_is_walked_up_and_down(placed: Store) -> None:
    with placed.reading() as session:
        top = units.children(session)
        assert [unit.code for unit in top] == ["SZ"]
        assert {unit.code for unit in units.children(session, top[0].id)} == {"CZ", "SW", "XC"}
        assert [unit.code for unit in units.ancestors(session, units.find(session, "CZ-B").id)] == ["SZ", "CZ"]


@pytest.mark.parametrize(
    ("code", "name", "parent", "level", "why"),
    [
        ("CZ", "又一个", "", "unit", "已经有单位"),
        ("一", "名", "", "unit", "不能用"),
        ("a:b", "名", "", "unit", "不能用"),
        ("N", " ", "", "unit", "没有名称"),
        ("N", "名", "", "village", "不是单位的级别"),
    ],
)
def test_a_unit_that_cannot_be_is_refused(
    placed: Store, code: str, name: str, parent: str, level: str, why: str
) -> None:
    with pytest.raises(Refused, match=why), placed.transaction() as session:
        units.add(session, code, name, parent, level)


def test_a_unit_below_none_is_refused(placed: Store) -> None:
    with pytest.raises(NotFound, match="XX"), placed.transaction() as session:
        units.add(session, "N", "名", "XX")
