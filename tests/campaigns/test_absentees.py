from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from campaign_made import EDITION, OPENS, make_campaign
from python_calamine import load_workbook
from sqlalchemy import insert

from campaigns import absentees, tables, units
from campaigns.editions import Edition, load_edition
from campaigns.store import Store
from campaigns.text_tables import TextTable, as_csv, as_xlsx


@pytest.fixture
def edition(store: Store) -> Edition:
    """A campaign with a roster: 1 has finished, 2 is in the middle, 3 was superseded, 4 has not come, 5 is a guest,
    6 was merged into 1, 7 is elsewhere."""
    campaign = make_campaign(store)
    with store.transaction() as session:
        bureau = units.add(session, "B", "水务局")
        office = units.add(session, "B1", "办公室", "B", "department")
        elsewhere = units.add(session, "E", "教育局")
        session.execute(
            insert(tables.Person),
            [
                {"id": number, "name": name, "unit_id": unit, "rostered": rostered, "created_ms": OPENS}
                | {"merged_into_id": merged, "staff_number": f"00{number}"}
                for number, name, unit, rostered, merged in (
                    (1, "完成的", bureau, True, None),
                    (2, "答了一半的", office, True, None),
                    (3, "作废的", office, True, None),
                    (4, "=没来的", bureau, True, None),
                    (5, "", office, False, None),
                    (6, "并掉的", bureau, True, 1),
                    (7, "别处的", elsewhere, True, None),
                )
            ],
        )
        session.execute(
            insert(tables.Attempt),
            [
                {"campaign_id": campaign, "person_id": person, "ordinal": 1, "day": 20260704, "state": state}
                | {"paper": "1A", "begun_ms": OPENS, "shown_ms": OPENS}
                | {"finished_ms": None if state == "open" else OPENS, "used_ms": None if state == "open" else 1}
                for person, state in ((1, "finished"), (2, "open"), (3, "superseded"))
            ],
        )
        return load_edition(session, campaign)


def test_absent_is_who_is_on_the_roster_and_has_finished_nothing(store: Store, edition: Edition) -> None:
    with store.reading() as session:
        found = absentees.of(session, edition, units.find(session, "B").id)
        everywhere = absentees.of(session, edition)
    assert [(one.unit, one.above, one.person_id, one.has_begun) for one in found] == [
        ("水务局", "", 4, False),
        ("办公室", "水务局", 3, False),
        ("办公室", "水务局", 2, True),
    ]
    assert {one.person_id for one in everywhere} == {2, 3, 4, 7}


def test_of_a_campaign_for_some_units_only_their_people_are_missed(store: Store, edition: Edition) -> None:
    with store.transaction() as session:
        session.add(tables.CampaignUnit(campaign_id=edition.id, unit_id=units.find(session, "B1").id))
        session.flush()
        assert {one.person_id for one in absentees.of(session, edition)} == {2, 3}


def test_in_another_campaign_all_are_absent(store: Store, edition: Edition) -> None:
    with store.reading() as session:
        assert len(absentees.of(session, replace(EDITION, id=edition.id + 1))) == 5


def test_the_officers_list_is_read_as_it_was_written(store: Store, edition: Edition) -> None:
    with store.reading() as session:
        table = absentees.table(absentees.of(session, edition))
    (sheet,) = load_workbook(io.BytesIO(as_xlsx(table))).sheet_names
    rows = load_workbook(io.BytesIO(as_xlsx(table))).get_sheet_by_name(sheet).to_python()
    assert rows == [list(table.header), *map(list, table.rows)]
    assert ["水务局", "", "=没来的", "004", "未参加"] in rows
    assert as_xlsx(table) == as_xlsx(table)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", " =1", "\t1", "'=1"])
def test_no_cell_of_a_csv_is_a_formula(cell: str) -> None:
    written = as_csv(TextTable("表", ("甲", "乙"), [(cell, 3), ("没事", None)]))
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert rows == [["甲", "乙"], [f"'{cell}", "3"], ["没事", ""]]
