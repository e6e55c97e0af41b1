from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from servers import Postgres
from small_bank import NOW, STEMS, bank, bring, counted, kept, question, revisions
from sqlalchemy import func, select, text

from campaigns import banks, tables
from campaigns.banks import staging
from campaigns.errors import Moved, StoreUnavailable
from campaigns.store import Store, open_store

LATER = NOW + staging.LEASE_MS + 1


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "BATCH", 2)


def bring_watched(store: Store, watch: Callable[[int, int], None], now: int = NOW) -> banks.Imported:
    return banks.import_bank(store, "energy", "节能题库", bank(counted()), now, progress=watch)


def left_behind(store: Store) -> tuple[int, int]:
    """Stagings, and questions in them."""
    with store.reading() as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(select(func.count()).select_from(table)) for table in (tables.Staging, tables.StagedQuestion)
        )


def begin_and_die(store: Store, now: int = NOW) -> int:
    """What a process leaves that is killed between two batches."""
    with store.transaction() as session:
        staging_id = staging.begin(session, now)
        rows = [staging.row(n, one, added=True) for n, one in enumerate(counted()[:3], start=1)]
        staging.stage(session, staging_id, rows)
    return staging_id


def test_nobody_sees_anything_of_an_import_before_all_of_it_is_there(store: Store) -> None:
    seen: list[tuple[int, int, int]] = []

    def watch(done: int, total: int) -> None:
        with store.reading() as session:
            seen.append((done, total, len(banks.list_banks(session))))
        assert revisions(store) == 0

    assert bring_watched(store, watch).added == 5
    assert seen == [(2, 5, 0), (4, 5, 0), (5, 5, 0)]
    assert (len(kept(store)), left_behind(store)) == (5, (0, 0))


def test_a_change_of_what_is_there_is_seen_at_once_or_not_at_all(store: Store) -> None:
    bring(store, counted())
    mended = [replace(one, answer=("B",)) for one in counted()]
    banks.import_bank(store, "energy", "", bank(mended), NOW, progress=lambda done, total: answers_are(store, {"A"}))
    answers_are(store, {"B"})
    assert (revisions(store), left_behind(store)) == (10, (0, 0))


def answers_are(store: Store, letters: set[str]) -> None:
    assert {one.answer[0] for one in kept(store)} == letters


def test_an_import_that_is_interrupted_leaves_nothing(store: Store) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_watched(store, interrupt)
    with store.reading() as session:
        assert banks.list_banks(session) == []
    assert (revisions(store), left_behind(store)) == (0, (0, 0))


def test_what_a_dead_importer_left_goes_with_the_next_import_after_an_hour(store: Store) -> None:
    begin_and_die(store)
    bring(store, counted())
    assert left_behind(store) == (1, 3), "it might still be alive"
    banks.import_bank(store, "other", "", bank(counted()), LATER)
    assert left_behind(store) == (0, 0)
    assert [one.stem for one in kept(store)] == STEMS


def test_an_importer_that_was_swept_cannot_publish_any_more(store: Store) -> None:
    staging_id = begin_and_die(store)
    bring(store, counted())
    staging.sweep(store, LATER)
    with pytest.raises(Moved), store.transaction() as session:
        staging.stage(session, staging_id, [staging.row(4, counted()[3], added=True)])
    with pytest.raises(Moved), store.transaction() as session:
        staging.publish(session, staging_id, 1, 1)
    assert len(kept(store)) == 5


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_batch_that_the_database_went_away_from_says_so_and_the_next_import_goes_on(
    store: Store, postgres: Postgres
) -> None:
    with store.transaction() as session:
        staging_id = staging.begin(session, NOW)
    with pytest.raises(StoreUnavailable):
        stage_when_cut_off(store, postgres, staging_id)
    bring(store, counted())
    assert [one.stem for one in kept(store)] == STEMS


def stage_when_cut_off(store: Store, postgres: Postgres, staging_id: int) -> None:
    with store.transaction() as session:
        process = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with psycopg.connect(postgres.address.render_as_string(False), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [process])
        staging.stage(session, staging_id, [staging.row(1, counted()[0], added=True)])


def test_an_importer_that_was_swept_begins_anew(store: Store) -> None:
    swept: list[None] = []

    def sweep_once(done: int, total: int) -> None:
        if not swept:
            swept.append(staging.sweep(store, LATER))

    assert bring_watched(store, sweep_once).added == 5
    assert ([one.stem for one in kept(store)], left_behind(store)) == (STEMS, (0, 0))


def test_an_import_looks_again_when_the_bank_was_changed_meanwhile(store: Store) -> None:
    bring(store, counted(STEMS[:2]))
    plans: list[banks.ImportPlan] = []

    def edit_once(done: int, total: int) -> None:
        if len(plans) == 1:
            with store.transaction() as session:
                banks.edit(session, "energy", "1", replace(counted()[0], explanation="改过"), 1, "王", NOW)

    banks.import_bank(store, "energy", "", bank(counted()), NOW, permit=plans.append, progress=edit_once)
    assert [plan.outcome.added for plan in plans] == [3, 3]
    assert kept(store)[0].explanation == "改过", "the file has no place for explanations"
    assert [one.stem for one in kept(store)] == STEMS


@pytest.mark.race
def test_importers_of_one_bank_with_different_files_double_nothing_and_lose_nothing(
    store_url: str, repeats: int
) -> None:
    """Each over a store of its own, as processes have."""
    more = ["哪个标志表示节能产品认证？", "一吨等于多少千克？", "垃圾分类标志里可回收物是什么颜色？"]
    files = [[*counted(), question("6", stem)] for stem in more]
    stores = [open_store(store_url) for _ in files]
    for turn in range(repeats):
        slug = f"race-{turn}"
        with ThreadPoolExecutor(len(files)) as threads:
            doings = [threads.submit(bring, store, file, slug=slug) for store, file in zip(stores, files, strict=True)]
            outcomes = [doing.result() for doing in doings]
        assert sorted(outcome.added for outcome in outcomes) == [1, 1, 6]
        found = kept(stores[0], slug)
        assert sorted(one.stem for one in found) == sorted([*STEMS, *more])
        assert len({one.number for one in found}) == 8
        assert left_behind(stores[0]) == (0, 0)
    for store in stores:
        store.close()


@pytest.mark.race
def test_an_edit_and_an_import_at_the_same_time_wait_for_each_other_and_not_for_ever(
    store: Store, repeats: int
) -> None:
    bring(store, counted())
    for turn in range(1, repeats + 1):
        with ThreadPoolExecutor(2) as threads:
            file = [replace(one, source=f"第{turn}版") for one in counted()]
            importing = threads.submit(banks.import_bank, store, "energy", "", bank(file), NOW)
            editing = threads.submit(edit_until_done, store, f"第{turn}次修改")
            importing.result()
            editing.result()
        assert {one.source for one in kept(store)} == {f"第{turn}版"}
        assert kept(store)[2].explanation == f"第{turn}次修改"


def edit_until_done(store: Store, explanation: str) -> None:
    while True:
        with store.reading() as session:
            entry = banks.find_question(session, "energy", "3")
        try:
            with store.transaction() as session:
                changed = replace(entry.question, explanation=explanation)
                banks.edit(session, "energy", "3", changed, entry.revision, "王", NOW)
            return
        except Moved:
            continue


IMPORTER = """
import sys, time
from small_bank import NOW, bank, counted
from campaigns import banks
from campaigns.banks import staging
from campaigns.store import open_store

def told(done, total):
    print(done, flush=True)
    time.sleep(60)

staging.BATCH = 2
banks.import_bank(open_store(sys.argv[1]), "energy", "节能题库", bank(counted()), NOW, progress=told)
"""


def test_an_importer_killed_in_the_middle_has_done_nothing_and_the_next_does_all(store: Store, store_url: str) -> None:
    root = Path(__file__).parents[3]
    importer = subprocess.Popen(
        [sys.executable, "-c", IMPORTER, store_url],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "tests")])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert importer.stdout is not None
    assert importer.stdout.readline() == "2\n"
    importer.send_signal(signal.SIGKILL)
    importer.communicate()
    assert left_behind(store) == (1, 2)
    with store.reading() as session:
        assert banks.list_banks(session) == []
    assert bring(store, counted()) == banks.Imported(added=5, changed=0, unchanged=0, left_out=0)
    assert ([one.stem for one in kept(store)], revisions(store)) == (STEMS, 5)
    staging.sweep(store, LATER)
    assert left_behind(store) == (0, 0)
