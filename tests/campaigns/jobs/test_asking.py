"""Asking for long work, watching it, and stopping it before anybody has begun."""

from __future__ import annotations

import pytest
from jobs_made import NOTHING, NOW, asked, ended, entries, look, without_redis, work_once
from sqlalchemy import func, select

from campaigns import tables
from campaigns.clock import DAY
from campaigns.errors import NotFound, Refused
from campaigns.jobs import asking
from campaigns.jobs.asking import PIECE_BYTES, State
from campaigns.jobs.working import forget
from campaigns.store import Store


def test_a_job_that_was_asked_for_waits_and_the_audit_log_says_who_asked(store: Store) -> None:
    job_id = asked(store, title="导出答卷", file=b"x" * (PIECE_BYTES + 1))
    found = look(store, job_id)
    assert (found.state, found.title, found.by, found.percent) == (State.WAITING, "导出答卷", "chen", None)
    assert entries(store) == [("chen", "job.asked", f"job:{job_id}")]
    with store.reading() as session:
        assert asking.given_to(session, job_id) == b"x" * (PIECE_BYTES + 1)


def test_the_newest_jobs_come_first_and_one_may_see_only_ones_own(store: Store) -> None:
    asked(store, title="甲")
    asked(store, title="乙", by="li")
    asked(store, title="丙")
    with store.reading() as session:
        assert [one.title for one in asking.listing(session, most=2)] == ["丙", "乙"]
        assert [one.title for one in asking.listing(session, by="chen", most=9)] == ["丙", "甲"]
        assert (asking.how_many(session), asking.how_many(session, by="li")) == (3, 1)


def test_a_job_that_waits_is_cancelled_at_once_and_what_it_was_given_is_forgotten(store: Store) -> None:
    job_id = asked(store, file=b"names")
    with store.transaction() as session:
        asking.cancel(session, job_id, "li", NOW + 5)
    found = look(store, job_id)
    assert (found.state, found.message, found.ended_ms) == (State.CANCELLED, "li 取消了。", NOW + 5)
    assert work_once(store, NOTHING) is False
    with store.reading() as session:
        assert asking.given_to(session, job_id) == b""
    assert entries(store)[-1] == ("li", "job.cancelled", f"job:{job_id}")


def test_what_is_over_or_unknown_cannot_be_cancelled(store: Store) -> None:
    job_id = asked(store)
    work_once(store, NOTHING)
    with pytest.raises(Refused, match="已经结束"), store.transaction() as session:
        asking.cancel(session, job_id, "chen", NOW)
    with pytest.raises(NotFound, match="没有编号为 99 的任务"), store.transaction() as session:
        asking.cancel(session, 99, "chen", NOW)


def test_only_a_job_that_is_done_has_a_file_and_only_for_a_week(store: Store) -> None:
    job_id = asked(store)
    with pytest.raises(NotFound, match="没有可以下载的文件"), store.reading() as session:
        asking.file_of(session, job_id)
    done_ms = ended(store, job_id, b"a" * (PIECE_BYTES * 2 + 7))
    with store.reading() as session:
        name, media_type, pieces = asking.file_of(session, job_id)
        assert (name, media_type, list(map(len, pieces))) == ("表.csv", "text/csv", [PIECE_BYTES, PIECE_BYTES, 7])
    assert look(store, job_id).has_file(done_ms + 7 * DAY - 1)
    assert not look(store, job_id).has_file(done_ms + 7 * DAY)


def test_files_are_forgotten_after_a_week_and_jobs_after_half_a_year(store: Store) -> None:
    job_id, waits = asked(store), asked(store)
    done_ms = ended(store, job_id, b"x" * PIECE_BYTES * 3)
    assert forget(without_redis(store), done_ms + 7 * DAY - 1) == 0
    assert forget(without_redis(store), done_ms + 7 * DAY) == 3
    assert look(store, job_id).file_name == "表.csv"
    with pytest.raises(NotFound, match="只保留 7 天"), store.reading() as session:
        asking.file_of(session, job_id)
    assert forget(without_redis(store), done_ms + 180 * DAY) == 1
    with store.reading() as session:
        assert list(session.scalars(select(tables.Job.id))) == [waits]
        assert session.scalar(select(func.count()).select_from(tables.JobPiece)) == 0


def test_one_account_does_not_keep_the_workers_from_everybody_else(store: Store) -> None:
    jobs = [asked(store) for _ in range(asking.MOST_OPEN)]
    with pytest.raises(Refused, match="20 个任务没有做完"):
        asked(store)
    asked(store, by="li")
    with store.transaction() as session:
        asking.cancel(session, jobs[0], "chen", NOW)
    asked(store)
