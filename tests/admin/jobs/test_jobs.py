"""任务: whose they are, how far they are, how they are stopped, and who may take their files."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from exports_made import ask_for, make_everything
from forms_sent import fields_of
from jobs_made import NOTHING, asked, entries, look, work_once
from sqlalchemy import update
from sqlalchemy.orm import Session
from visitors import NOW, Clock, Visitor

from campaigns import rosters, tables, units
from campaigns.clock import DAY
from campaigns.exports.making import KIND, Wish, make_export
from campaigns.jobs import asking, imports
from campaigns.jobs.asking import State
from campaigns.jobs.kinds import Kinds, Running
from campaigns.jobs.working import LEASE_MS
from campaigns.privacy import Seal
from campaigns.staff import Role
from campaigns.store import Store
from campaigns.stores import Stores

EXPORTS: Kinds = {KIND: make_export}
IMPORTS = imports.doers(Seal("a secret of the tests"))


def test_one_sees_ones_own_jobs_and_who_runs_campaigns_those_of_all(
    signed_in: Callable[..., Visitor], records: Store
) -> None:
    own = asked(records, title="我的导出", by="viewer")
    other = asked(records, title="别人的导出", by="chen")
    viewer, organiser = signed_in(Role.VIEWER), signed_in(Role.ORGANISER)
    shown = viewer.get("/admin/jobs")
    assert "我的导出" in shown
    assert "别人的导出" not in shown
    viewer.get(f"/admin/jobs/{own}")
    for address in (f"/admin/jobs/{other}", f"/admin/jobs/{other}/file", "/admin/jobs/999", f"/admin/jobs/{2**70}"):
        viewer.get(address, 404)
    viewer.get(f"/admin/jobs/{own}")
    viewer.post(f"/admin/jobs/{other}/cancel", 404)
    assert look(records, other).state is State.WAITING
    shown = organiser.get("/admin/jobs")
    assert "我的导出 其他 · viewer" in shown
    assert "别人的导出" in shown


def test_the_page_renews_itself_until_the_job_is_over(owner: Visitor, records: Store) -> None:
    job_id = asked(records, by="owner")
    assert "排队等待" in owner.get(f"/admin/jobs/{job_id}")
    assert 'hx-trigger="every 2s"' in owner.page
    assert '<noscript><meta http-equiv="refresh"' in owner.page

    def look_on(stores: Stores, running: Running, now: int) -> str:
        running.step(3, 12, {"done": 3})
        assert "3 / 12（25%）" in owner.get(f"/admin/jobs/{job_id}")
        assert "25%" in owner.get("/admin/jobs")
        return "数到 12。"

    work_once(records, {"count": look_on})
    part = owner.client.get(f"/admin/jobs/{job_id}", headers={"HX-Request": "true"}).text
    assert "数到 12。" in part
    assert "hx-trigger" not in part
    assert "<html" not in part


def test_a_job_is_cancelled_by_its_button_and_what_is_over_says_so(owner: Visitor, records: Store) -> None:
    waits, over = asked(records, by="owner"), asked(records, by="owner")
    owner.get(f"/admin/jobs/{waits}")
    assert "owner 取消了。" in owner.post(f"/admin/jobs/{waits}/cancel")
    owner.get(f"/admin/jobs/{over}")
    work_once(records, NOTHING)
    assert "已经结束，不能取消" in owner.post(f"/admin/jobs/{over}/cancel")


def test_a_job_that_is_being_done_is_told_to_stop(owner: Visitor, records: Store) -> None:
    job_id = asked(records, by="owner")

    def cancel(stores: Stores, running: Running, now: int) -> str:
        owner.get(f"/admin/jobs/{job_id}")
        assert "做完手上的一步就停" in owner.post(f"/admin/jobs/{job_id}/cancel")
        running.step(1, 2, {"done": 1})
        return "不该到这里。"

    work_once(records, {"count": cancel})
    assert "已经取消" in owner.get(f"/admin/jobs/{job_id}")


def test_a_failure_says_why_and_where_to_try_again(owner: Visitor, records: Store) -> None:
    make_everything(records)
    job_id = ask_for(records, Wish("week", "people"), by="owner")

    def fail(stores: Stores, running: Running, now: int) -> str:
        raise ZeroDivisionError

    work_once(records, {KIND: fail})
    shown = owner.get(f"/admin/jobs/{job_id}")
    assert "程序出错了，没有做完：请把任务编号告诉管理员" in shown
    assert f"任务编号 {job_id}" in shown
    assert "回到导出" in shown


def test_a_file_is_there_for_a_week_and_who_took_it_is_on_record(owner: Visitor, records: Store, clock: Clock) -> None:
    make_everything(records)
    job_id = ask_for(records, Wish("week", "people", form="csv"), by="chen", now=NOW)
    owner.get(f"/admin/jobs/{job_id}/file", 404)
    work_once(records, EXPORTS, clock)
    assert "下载 week-参与人员.csv" in owner.get(f"/admin/jobs/{job_id}")
    response = owner.client.get(f"/admin/jobs/{job_id}/file")
    assert response.data.startswith("\ufeff人员编号,姓名".encode())
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert entries(records)[-1] == ("owner", "job.file_taken", f"job:{job_id}")


def test_a_file_that_was_forgotten_is_no_page(owner: Visitor, records: Store) -> None:
    make_everything(records)
    job_id = ask_for(records, Wish("week", "people"), by="owner")
    work_once(records, EXPORTS)
    with records.transaction() as session:
        session.execute(update(tables.Job).values(ended_ms=NOW - 7 * DAY))
    assert "已经删除；需要时请再做一次" in owner.get(f"/admin/jobs/{job_id}")
    assert "没有可以下载的文件了" in owner.get(f"/admin/jobs/{job_id}/file", 404)


def test_names_are_not_handed_to_whoever_may_not_see_them_any_more(
    signed_in: Callable[..., Visitor], records: Store
) -> None:
    make_everything(records)
    viewer = signed_in(Role.VIEWER)
    named = ask_for(records, Wish("week", "people", full=True), by="viewer")
    masked = ask_for(records, Wish("week", "people"), by="viewer")
    for _ in range(2):
        work_once(records, EXPORTS)
    viewer.get(f"/admin/jobs/{masked}")
    viewer.get(f"/admin/jobs/{named}", 404)
    viewer.get(f"/admin/jobs/{named}/file", 404)
    assert viewer.get("/admin/jobs").count("下载") == 1


def test_a_liaison_sees_no_job_of_other_units_not_even_ones_own_from_before(
    signed_in: Callable[..., Visitor], records: Store
) -> None:
    make_everything(records)
    liaison = signed_in(Role.LIAISON, "U01")
    own = ask_for(records, Wish("week", "people"), own="U01", by="liaison")
    before = ask_for(records, Wish("week", "people"), own="U02", by="liaison")
    whole = ask_for(records, Wish("week", "people"), by="liaison")
    liaison.get(f"/admin/jobs/{own}")
    liaison.get(f"/admin/jobs/{before}", 404)
    liaison.get(f"/admin/jobs/{whole}", 404)


def test_a_correction_that_is_being_carried_out_is_in_the_list(owner: Visitor, records: Store) -> None:
    campaign_id = make_everything(records)
    with records.transaction() as session:
        revision_id = session.query(tables.CampaignQuestion.revision_id).limit(1).scalar()
        regrade = tables.Regrade(
            campaign_id=campaign_id, revision_id=revision_id, answer_before=["A"], answer_after=["B"], begun_ms=NOW
        )
        session.add(regrade)
    assert "节能宣传周有奖答题：题目更正 0 / 4 份答卷" in owner.get("/admin/jobs")


# --- long imports -------------------------------------------------------------------------------------------------

ROSTER = "单位,姓名,工号\n市财政局,赵一,B001\n市财政局,钱二,B002\n"
UNITS = "单位名称,代码\n市教育局,U03\n市卫健委,U04\n"
BANK = "题型,题目,A,B,答案\n单选,甲？,一,二,A\n单选,乙？,三,四,B\n"


@pytest.fixture
def short_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are too many for a request."""
    monkeypatch.setattr(imports, "LARGE", 1)
    monkeypatch.setattr("admin.banks.uploads.LARGE", 1)


def confirm(visitor: Visitor, address: str, text: str) -> str:
    """Choose a file, look at what it would do, and say yes."""
    visitor.get(address)
    visitor.post(address, file=(io.BytesIO(text.encode()), "名单.csv"))
    return visitor.post(address, **fields_of(visitor.page, "confirmed"))


def how_it_ended(visitor: Visitor, records: Store) -> str:
    """What the job that one was led to came to."""
    job = visitor.address
    assert job.startswith("/admin/jobs/")
    work_once(records, IMPORTS)
    return visitor.get(job)


@pytest.mark.usefixtures("short_requests")
def test_long_lists_are_imported_by_jobs_and_refused_when_the_records_have_changed(
    owner: Visitor, records: Store
) -> None:
    confirm(owner, "/admin/units/import", "单位名称,代码\n市财政局,U01\n市水务局,U02\n")
    shown = how_it_ended(owner, records)
    assert "导入完成：新增 2 个单位，更新 0 个，不变 0 个。" in shown
    assert "看单位" in shown
    confirm(owner, "/admin/people/import", ROSTER)
    shown = how_it_ended(owner, records)
    assert "导入完成：新增 2 人，更新 0 人，不变 0 人。" in shown
    assert "看人员" in shown
    confirm(owner, "/admin/units/import", UNITS)
    with records.transaction() as session:
        units.add(session, "U03", "市教育局")
    shown = how_it_ended(owner, records)
    assert "等待期间单位有改动，还没有导入" in shown
    assert "再导入一次" in shown


@pytest.mark.usefixtures("short_requests")
def test_a_long_bank_is_imported_by_a_job(owner: Visitor, records: Store) -> None:
    owner.get("/admin/uploads")
    owner.post("/admin/uploads", file=(io.BytesIO(BANK.encode()), "energy.csv"))
    preview = owner.address
    owner.post(preview, **{**fields_of(owner.page, 'name="version"'), "slug": "energy", "name": "节能题库"})
    assert "导入完成：新增 2 题，更新 0 题，不变 0 题。" in how_it_ended(owner, records)
    assert "节能题库" in owner.get("/admin/banks/energy")


def a_roster(records: Store) -> int:
    """A job that imports it as it was confirmed."""
    with records.transaction() as session:
        units.add(session, "U01", "市财政局")
    with records.reading() as session:
        seen = imports.seen(rosters.plan_roster(session, rosters.read_roster(ROSTER.encode())))
    arguments = {"seen": seen, "retire_missing": False}
    return asked(records, imports.ROSTER, arguments=arguments, file=ROSTER.encode())


def test_a_roster_that_is_cancelled_in_its_middle_says_what_is_left_of_it(
    records: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = a_roster(records)
    add = rosters._add

    def add_and_cancel(session: Session, *arguments: object) -> None:
        add(session, *arguments)  # type: ignore[arg-type]
        asking.cancel(session, job_id, "chen", NOW)

    monkeypatch.setattr(rosters, "_add", add_and_cancel)
    work_once(records, IMPORTS)
    found = look(records, job_id)
    assert found.state is State.CANCELLED
    assert found.message == "已经取消：取消以前写入的人员保留着，再导入一次会接着做完。"


def test_a_roster_that_broke_off_goes_on_and_says_what_was_confirmed(records: Store, clock: Clock) -> None:
    job_id = a_roster(records)

    def die_half_way(stores: Stores, running: Running, now: int) -> str:
        IMPORTS[imports.ROSTER](stores, running, now)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_once(records, {imports.ROSTER: die_half_way}, clock)
    clock.now += LEASE_MS
    work_once(records, IMPORTS, clock)
    assert look(records, job_id).message == "导入完成：新增 2 人，更新 0 人，不变 0 人。"
