from __future__ import annotations

from dataclasses import replace

import pytest
from pictures_made import png
from report_made import Job, make_reported, unit_id
from sqlalchemy import select
from word_templates_made import template_of, text_of

from campaigns import tables
from campaigns.errors import NotFound, Refused
from campaigns.jobs import asking as jobs
from campaigns.jobs.kinds import Asked
from campaigns.reports import asking, photos, templates
from campaigns.reports.asking import Written
from campaigns.reports.content import Order
from campaigns.reports.making import MEDIA_TYPES, make_report
from campaigns.store import Store
from campaigns.stores import Stores

NOW = 1_783_126_800_000
BULLETIN = Order("bulletin", "进展情况", issue=1)


def write(store: Store, order: Order = BULLETIN) -> Written:
    with store.transaction() as session:
        return asking.find(session, 1, asking.write(session, 1, order, "chen", NOW))


def deeds(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(tables.AuditEntry.what).order_by(tables.AuditEntry.id)))


def test_a_report_is_kept_as_it_was_written_and_may_be_said_anew(week: Stores) -> None:
    order = Order("summary", " 总\n结 ", "财政局", unit_id(week.sql, "U01"), None, "一\n二")
    written = write(week.sql, order)
    assert written.order == replace(order, title="总 结")
    assert (written.unit, written.by, written.called) == ("市财政局", "chen", "总 结")
    with week.sql.transaction() as session:
        asking.change(session, written, replace(written.order, remarks="三"), "li", NOW + 1)
    with week.sql.reading() as session:
        assert asking.find(session, 1, written.id).order.remarks == "三"
        entry = session.scalars(select(tables.AuditEntry).order_by(tables.AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.what, entry.subject, entry.by) == ("report.changed", f"report:{written.id}", "li")
    with week.sql.transaction() as session:
        asking.remove(session, written, "li", NOW + 2)
        with pytest.raises(NotFound):
            asking.find(session, 1, written.id)
    assert deeds(week.sql)[-3:] == ["report.written", "report.changed", "report.removed"]


def test_bulletins_of_the_whole_are_numbered_and_no_number_is_given_twice(week: Stores) -> None:
    write(week.sql, replace(BULLETIN, issue=9))
    with week.sql.reading() as session:
        assert asking.next_issue(session, 1) == 10
    with pytest.raises(Refused, match="第 9 期已经有了"):
        write(week.sql, replace(BULLETIN, issue=9))
    for wrong in (replace(BULLETIN, kind="summary"), replace(BULLETIN, unit_id=1), replace(BULLETIN, issue=0)):
        with pytest.raises(Refused, match="期号"):
            write(week.sql, wrong)
    assert write(week.sql, replace(BULLETIN, issue=None)).called == "进展情况"


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (replace(BULLETIN, title=" "), "标题"),
        (replace(BULLETIN, kind="letter"), "没有这种报告"),
        (replace(BULLETIN, remarks="字" * 20_001), "写短一些"),
        (replace(BULLETIN, photos=(99,)), "重新选择"),
        (replace(BULLETIN, photos=tuple(range(13))), "最多放 12 张"),
    ],
)
def test_what_no_report_can_be_is_refused_in_a_sentence(week: Stores, order: Order, said: str) -> None:
    with pytest.raises(Refused, match=said):
        write(week.sql, order)


def test_a_liaisons_reports_are_those_of_their_units_alone(week: Stores) -> None:
    own = [write(week.sql, Order("summary", code, unit_id=unit_id(week.sql, code))).id for code in ("U01", "U01-1")]
    other = write(week.sql, Order("summary", "U02", unit_id=unit_id(week.sql, "U02")))
    whole = write(week.sql)
    with week.sql.reading() as session:
        below = session.get_one(tables.Unit, unit_id(week.sql, "U01"))
        assert [one.id for one in asking.listing(session, 1, below=below)] == own[::-1]
        for beyond in (other, whole):
            with pytest.raises(NotFound):
                asking.find(session, 1, beyond.id, below=below)
        with pytest.raises(NotFound):
            asking.find(session, 2, whole.id)


def test_the_files_of_a_report_are_found_and_not_those_of_another(store: Store) -> None:
    make_reported(store)
    one, other = write(store), write(store, replace(BULLETIN, issue=2))
    with store.transaction() as session:
        asked = [asking.ask_file(session, "week", one, form, "chen", NOW) for form in ("docx", "pdf")]
        asking.ask_file(session, "week", other, "docx", "chen", NOW)
        with pytest.raises(Refused, match="没有这种格式"):
            asking.ask_file(session, "week", one, "exe", "chen", NOW)
    with store.reading() as session:
        files = asking.files_of(session, one)
        assert [file.id for file in files] == asked[::-1]
        assert files[0].title == "第1期 进展情况（PDF）"
        assert asking.files_of(session, replace(one, at_ms=NOW + 1)) == [], "an id may be given out again"


def test_a_photo_is_kept_once_and_taken_out_of_reports_with_its_removal(week: Stores) -> None:
    with week.sql.transaction() as session:
        hall = photos.drawn(png(90, 60, "green"))
        first = photos.add(session, 1, hall, "大厅", "chen", NOW)
        assert photos.add(session, 1, hall, "又一次", "chen", NOW) == first
        photos.describe(session, 1, first, "一楼大厅", "li", NOW)
    with pytest.raises(Refused, match="不是能用的照片"):
        photos.drawn(b"GIF89a")
    with week.sql.reading() as session:
        entries = session.scalars(select(tables.AuditEntry).where(tables.AuditEntry.what.startswith("report.photo_")))
        assert [one.after for one in entries] == [{"caption": 2}, {"caption": 4}], "captions say who is in the picture"
    written = write(week.sql, replace(BULLETIN, photos=(first,)))
    with week.sql.transaction() as session:
        assert [one.caption for one in photos.listing(session, 1)] == ["一楼大厅"]
        assert photos.listing(session, 1, by="li") == []
        photos.remove(session, 1, first, "li", NOW)
        with pytest.raises(NotFound):
            photos.remove(session, 1, first, "li", NOW)
    with week.sql.reading() as session:
        assert asking.find(session, 1, written.id).order.photos == ()
    assert {"report.photo_added", "report.photo_described", "report.photo_removed"} <= set(deeds(week.sql))


def job(arguments: dict[str, object]) -> Job:
    return Job(Asked(7, "report", "", arguments, "chen", None, NOW))


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_the_job_makes_a_file_step_by_step(week: Stores, form: str) -> None:
    written = write(week.sql)
    running = job({"slug": "week", "report": written.id, "form": form})
    said = make_report(week, running, NOW)
    assert said.startswith("已经做好")
    assert running.steps == [(1, 5), (2, 5), (3, 5), (4, 5)]
    assert (running.name, running.media_type) == (f"week-bulletin-{written.id}.{form}", MEDIA_TYPES[form])
    assert running.data.startswith(b"%PDF" if form == "pdf" else b"PK")


def test_the_job_uses_the_template_that_an_office_uploaded(week: Stores) -> None:
    with week.sql.transaction() as session:
        templates.keep(session, "bulletin", "x.docx", template_of("我们的{{标题}}"), "chen", NOW)
    running = job({"report": write(week.sql).id, "form": "docx"})
    make_report(week, running, NOW)
    assert text_of(running.data) == "我们的进展情况"


def test_the_job_of_a_report_that_was_removed_says_so(week: Stores) -> None:
    with pytest.raises(NotFound, match="已经被删掉了"):
        make_report(week, job({"report": 99, "form": "docx"}), NOW)


def test_a_file_of_the_whole_does_not_become_a_units(week: Stores) -> None:
    written = write(week.sql)
    with week.sql.transaction() as session:
        asking.ask_file(session, "week", written, "docx", "chen", NOW)
        order = replace(written.order, issue=None, unit_id=unit_id(week.sql, "U01"))
        asking.change(session, written, order, "chen", NOW)
        assert asking.files_of(session, asking.find(session, 1, written.id)) == []
    with pytest.raises(Refused, match="刚刚改了范围"):
        make_report(week, job({"slug": "week", "report": written.id, "form": "docx"}), NOW)


def test_jobs_are_kept_where_the_console_looks_for_them(week: Stores) -> None:
    written = write(week.sql, Order("summary", "总结", unit_id=unit_id(week.sql, "U01")))
    with week.sql.transaction() as session:
        job_id = asking.ask_file(session, "week", written, "docx", "chen", NOW)
        listed = jobs.find(session, job_id)
    assert (listed.kind, listed.unit_id) == ("report", written.order.unit_id)
    assert listed.arguments == {"slug": "week", "report": written.id, "form": "docx"}
