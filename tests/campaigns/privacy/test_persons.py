"""What one person may ask for: their data, put right, deleted; and when that is due."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from campaign_made import CLOSES, OPENS
from personal_data_made import ADDRESS, GUEST, LATER, LI, RIGHT, SECRET, Story
from sqlalchemy import select, update

from campaigns import people, tables
from campaigns.clock import DAY, in_words
from campaigns.draws import pseudonym
from campaigns.errors import NotFound, Refused
from campaigns.privacy import PHONES, Seal, correcting, forgetting, kept, own_data, requests
from campaigns.privacy.own_data_files import as_html, as_json, export

ZONE = "Asia/Shanghai"


def data_of(story: Story, person_id: int, *, whole: bool = True, now: int = LATER) -> own_data.OwnData:
    with story.stores.sql.reading() as session:
        return own_data.about(session, person_id, SECRET, now, ZONE, whole=whole)


def as_values(own: own_data.OwnData) -> dict[str, list[dict[str, object]]]:
    values: dict[str, list[dict[str, object]]] = json.loads(as_json(own))
    return values


# --- one's own data -------------------------------------------------------------------------------------------------


def test_everything_about_a_person_is_in_their_file(story: Story) -> None:
    values = as_values(data_of(story, story.guest))
    assert values["person"][0]["name"] == "张客人"
    assert values["identities"][0]["sender"] == GUEST.sender
    assert [one["given"] for one in values["answers"]] == ["C. 26 ℃", "错误", "A. 步行；B. 骑自行车；D. 乘地铁", "1000"]
    assert values["attempts"][0]["score"] == 40
    assert values["origins"][0]["network"] == "10.3.7.0/24"
    assert values["awards"][0]["address"] == ADDRESS
    assert values["awards"][0]["phone"] == "13987654321"
    assert values["certificates"][0]["number"] == "LD26-AAAA-BBBB-CCCC"
    assert values["messages"][0]["state"] == "等待发送"
    assert values["consents"][0]["version"] == "v1"
    assert as_values(data_of(story, story.li))["exclusions"][0]["why"] == "主办方人员"
    assert as_values(data_of(story, story.li))["person"][0]["phone"] == "13812345678"


def test_whoever_only_opened_a_page_sees_phones_and_addresses_in_part(story: Story) -> None:
    text = as_json(data_of(story, story.guest, whole=False)) + as_html(data_of(story, story.li, whole=False))
    for secret in ("13987654321", "13812345678", ADDRESS, GUEST.sender):
        assert secret not in text
    for part in ("139****4321", "138****5678", "江苏省……"):
        assert part in text


def test_what_nobody_is_told_yet_is_not_told_here(story: Story) -> None:
    with story.stores.sql.transaction() as session:
        session.execute(update(tables.Campaign).values(reveals="after_close", version=tables.Campaign.version + 1))
    before, after = (as_values(data_of(story, story.guest, now=now)) for now in (OPENS + DAY, CLOSES))
    assert {one["points"] for one in before["answers"]} == {"公布以后才有"}
    assert before["attempts"][0]["score"] == before["standings"][0]["points"] == "公布以后才有"
    assert after["attempts"][0]["score"] == 40


def test_markup_in_what_people_typed_is_only_text(story: Story) -> None:
    with story.stores.sql.transaction() as session:
        session.execute(update(tables.Person).values(name="<b>张</b>"))
    assert "<b>" not in as_html(data_of(story, story.guest))


def test_who_was_merged_is_told_as_who_they_are_now(story: Story) -> None:
    with story.stores.sql.transaction() as session:
        people.merge(session, story.guest, story.li, LATER)
    own = data_of(story, story.guest)
    assert own.person_id == story.li
    assert {one["sender"] for one in as_values(own)["identities"]} == {LI.sender, GUEST.sender}
    assert len(as_values(own)["answers"]) == 2 * len(RIGHT)


def test_a_copy_that_is_handed_out_is_on_record(story: Story) -> None:
    with story.stores.sql.transaction() as session:
        name, media_type, data = export(session, story.guest, SECRET, "wang", LATER, ZONE, "zip")
        entry = session.scalars(select(tables.AuditEntry).where(tables.AuditEntry.what == "person.exported")).one()
        assert (entry.by, entry.subject) == ("wang", f"person:{story.guest}")
        with pytest.raises(Refused):
            export(session, story.guest, SECRET, "wang", LATER, ZONE, "exe")
        with pytest.raises(NotFound):
            export(session, 999, SECRET, "wang", LATER, ZONE, "zip")
    assert (name, media_type) == (f"个人信息-{story.guest}.zip", "application/zip")
    assert zipfile.ZipFile(BytesIO(data)).namelist() == ["个人信息.html", "personal-data.json"]


# --- put right ------------------------------------------------------------------------------------------------------


def test_particulars_are_put_right_and_the_log_says_which_but_not_what(story: Story) -> None:
    seal = Seal(SECRET, PHONES)
    with story.stores.sql.transaction() as session:
        done = correcting.correct(
            session,
            story.li,
            seal,
            "wang",
            LATER,
            name="李 小明",
            staff_number=" A008 ",
            phone="139-1234-5678",
            unit="U02",
        )
        assert correcting.correct(session, story.li, seal, "wang", LATER, phone="13912345678") == []
        entry = session.scalars(select(tables.AuditEntry).where(tables.AuditEntry.what == "person.corrected")).one()
        assert entry.after == {"fields": sorted(done)}
    assert sorted(done) == ["name", "phone", "staff_number", "unit_id"]
    li = story.person(story.li)
    assert (li.name, li.staff_number, seal.open(li.phone)) == ("李小明", "A008", "13912345678")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"name": ""}, "要有姓名"),
        ({"unit": ""}, "要有单位"),
        ({"phone": "138"}, "11 位"),
        ({"staff_number": "A009"}, "已经有人用这个工号"),
    ],
)
def test_what_cannot_be_is_refused_and_loses_nothing(story: Story, told: dict[str, str], sentence: str) -> None:
    with story.stores.sql.transaction() as session:
        unit_id = session.get_one(tables.Person, story.li).unit_id
        session.add(tables.Person(name="钱", unit_id=unit_id, staff_number="A009", rostered=True, created_ms=OPENS))
    with story.stores.sql.transaction() as session, pytest.raises(Refused, match=sentence):
        correcting.correct(session, story.li, Seal(SECRET, PHONES), "wang", LATER, **told)
    assert story.person(story.li).name == "李晓明"


# --- deleted --------------------------------------------------------------------------------------------------------


def test_who_is_forgotten_is_nobody_and_what_they_did_still_counts(story_anywhere: Story) -> None:
    story = story_anywhere
    with story.stores.sql.transaction() as session:
        done = forgetting.forget(session, story.guest, "wang", LATER)
    assert done == forgetting.Forgotten(story.guest, identities=1, attempts=1, claims=1)
    guest = story.person(story.guest)
    assert (guest.name, guest.rostered) == ("", False)
    assert guest.unit_id is not None  # who is counted there
    text = as_json(data_of(story, story.guest))
    assert as_values(data_of(story, story.guest))["identities"] == []
    for secret in ("张客人", GUEST.sender, "13987654321", "10.3.7.0"):
        assert secret not in text
    assert (story.count(tables.Attempt), story.count(tables.Standing)) == (4, 4)
    with story.stores.sql.reading() as session:
        award = session.scalars(select(tables.Award)).one()
        assert award.entrant == pseudonym("0" * 64, story.guest)
        assert people.find_identity(session, GUEST) is None


def test_who_is_forgotten_wins_nothing_afterwards_and_who_was_excluded_stays_so(story_anywhere: Story) -> None:
    story = story_anywhere
    with story.stores.sql.transaction() as session:
        session.execute(update(tables.Exclusion).values(note="李晓明是主办方的"))
        for person_id in (story.li, story.guest):
            forgetting.forget(session, person_id, "wang", LATER)
    with story.stores.sql.reading() as session:
        rows = session.scalars(select(tables.Exclusion).order_by(tables.Exclusion.why))
        assert [(one.person_id, one.why, one.note) for one in rows] == [
            (story.li, "organiser", ""),
            (story.guest, "other", forgetting.FORGOTTEN),
        ]


def test_a_prize_that_waits_and_a_copy_that_is_wanted_need_a_reason(story: Story) -> None:
    with story.stores.sql.transaction() as session:
        session.execute(update(tables.Award).values(redeemed_ms=None))
        requests.ask(session, story.guest, "copy", "", LATER)
        requests.ask(session, story.guest, "delete", "", LATER)
        with pytest.raises(Refused, match=r"1 份奖品还没有领(.|\n)*副本"):
            forgetting.forget(session, story.guest, "wang", LATER)
        forgetting.forget(session, story.guest, "wang", LATER, "本人放弃奖品")
        states = {one.kind: (one.state, one.answer) for one in requests.of_person(session, story.guest, ZONE)}
    assert states == {"copy": ("refused", "本人放弃奖品"), "delete": ("done", "已经删除。")}


# --- requests -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (OPENS, "2026年7月25日 00:00"),  # asked on a Saturday
        (OPENS + 2 * DAY, "2026年7月28日 00:00"),  # on a Monday
    ],
)
def test_a_request_is_due_in_fifteen_working_days(asked: int, due: str) -> None:
    assert in_words(requests.due_ms(asked, ZONE), ZONE) == due


def test_the_same_is_asked_once_until_it_ends(story_anywhere: Story) -> None:
    story = story_anywhere
    with story.stores.sql.transaction() as session:
        first = requests.ask(session, story.guest, "delete", " 不想留了 ", LATER)
        with pytest.raises(Refused, match="已经在办理"):
            requests.ask(session, story.guest, "delete", "", LATER)
        with pytest.raises(Refused, match="哪里不对"):
            requests.ask(session, story.guest, "correct", " ", LATER)
        with pytest.raises(NotFound):
            requests.withdraw(session, story.li, first, LATER)
        requests.withdraw(session, story.guest, first, LATER)
        second = requests.ask(session, story.guest, "delete", "", LATER)
        with pytest.raises(Refused, match="理由"):
            requests.refuse(session, second, " ", "wang", LATER)
        requests.refuse(session, second, "奖品还在路上", "wang", LATER)
        with pytest.raises(Refused, match="已经办结"):
            requests.finish(session, second, "", "wang", LATER)
        states = [one.state for one in requests.of_person(session, story.guest, ZONE)]
        assert states == ["refused", "withdrawn"]
        assert requests.waiting(session, ZONE) == []
    assert requests.forget_old(story.stores, LATER + requests.KEPT_MS) == 0
    assert requests.forget_old(story.stores, LATER + requests.KEPT_MS + 1) == 2


def test_who_takes_back_their_consent_asks_to_be_deleted_by_that(story: Story) -> None:
    with story.stores.sql.transaction() as session:
        for _ in range(2):
            requests.withdraw_consent(session, story.regular, story.campaign_id, LATER)
        left = session.scalars(
            select(tables.Consent.campaign_id)
            .join(tables.Identity, tables.Identity.id == tables.Consent.identity_id)
            .where(tables.Identity.person_id == story.regular)
        ).all()
        assert story.campaign_id not in left
        assert len(left) == 1  # of the other campaign
        assert [one.kind for one in requests.waiting(session, ZONE)] == ["delete"]
        muted = select(tables.Identity.muted_ms).where(tables.Identity.person_id == story.regular)
        assert session.scalars(muted).all() == [LATER]


# --- what is kept ---------------------------------------------------------------------------------------------------

NOBODYS = {
    "access_token", "bank", "bank_change_question", "bank_import_part", "bank_import_picture", "bank_import_question",
    "campaign", "campaign_figures", "campaign_part", "campaign_question", "campaign_unit", "circuit", "installation",
    "lease", "prize", "prize_group", "qr_ticket", "question", "question_revision", "staged_question", "unit_standing",
    "unit_tally",
}  # fmt: skip
"""Tables that hold nothing about anybody."""
OF_PERSONS = {"person", "identity", "attempt", "award", "staff"}


def test_every_table_that_holds_anything_about_a_person_is_named() -> None:
    found = tables.Table.metadata.tables
    assert kept.named_tables() <= set(found)
    assert kept.named_tables().isdisjoint(NOBODYS)
    assert set(found) - kept.named_tables() - NOBODYS == set(), "say what is kept in it, why and how long"
    for name in NOBODYS & set(found):
        leads = {key.column.table.name for key in found[name].foreign_keys} & OF_PERSONS
        assert not leads, f"{name} leads to persons"
        assert "by" not in found[name].columns, f"{name} says who did it"


def test_the_page_for_administrators_has_the_same_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "privacy.md").read_text("utf-8")
    for row in kept.ROWS:
        assert f"| {row.zh.what} | {row.zh.why} | {row.zh.until} | {row.zh.seen_by} |\n" in page


def test_every_row_of_it_is_said_in_both_languages() -> None:
    for row in kept.ROWS:
        for said in (row.zh, row.en):
            assert all((said.what, said.why, said.until, said.seen_by))
        assert not any("一" <= letter <= "鿿" for part in (row.en.what, row.en.why, row.en.until) for letter in part)
