"""Imports of files that are too long for a request: rosters, lists of units, banks.

What somebody has seen and confirmed is what is done: the job looks again before it begins, and refuses when the records
have changed meanwhile. One that is taken up again has already begun, and finds in its checkpoint what it shall say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from campaigns import imports, rosters, units
from campaigns.banks import Imported
from campaigns.errors import NotFound, Refused
from campaigns.jobs.kinds import Cancelled, Doer, Kinds, Running
from campaigns.privacy import Seal
from campaigns.rosters import MissingPerson, RosterImported
from campaigns.stores import Stores
from campaigns.units import UnitsImported

LARGE = 2_000
"""Rows, or questions, from which on an import is a job."""
ROSTER, UNITS, BANK = "roster_import", "units_import", "bank_import"
_CHANGED = "等待期间{what}有改动，还没有导入：请再选一次文件，看过新的结果再确认。"


def doers(seal: Seal) -> Kinds:
    """What does these jobs; phones are sealed with `seal`."""
    return {ROSTER: _roster(seal), UNITS: _units(seal), BANK: import_bank}


def is_large(planned: RosterImported | UnitsImported) -> bool:
    return planned.added + planned.changed + planned.same > LARGE


def seen(planned: RosterImported | UnitsImported) -> str:
    """Names what an import would do, so that what is confirmed is what was shown; empty where it cannot be done."""
    if planned.is_refused:
        return ""
    missing = [one.id if isinstance(one, MissingPerson) else one.code for one in planned.missing]
    counted = (planned.added, planned.changed, planned.same, missing)
    return hashlib.sha256(repr(counted).encode()).hexdigest()[:16]


def told_of_roster(done: RosterImported, *, retire: bool) -> str:
    gone = f"，移出 {len(done.missing)} 人" if retire and done.missing else ""
    return f"导入完成：新增 {done.added} 人，更新 {done.changed} 人，不变 {done.same} 人{gone}。"


def told_of_units(done: UnitsImported, *, retire: bool) -> str:
    gone = f"，停用 {len(done.missing)} 个" if retire and done.missing else ""
    return f"导入完成：新增 {done.added} 个单位，更新 {done.changed} 个，不变 {done.same} 个{gone}。"


def told_of_bank(done: Imported) -> str:
    left_out = f"，没有导入 {done.left_out} 题" if done.left_out else ""
    return f"导入完成：新增 {done.added} 题，更新 {done.changed} 题，不变 {done.unchanged} 题{left_out}。"


def _roster(seal: Seal) -> Doer:
    def import_roster(stores: Stores, running: Running, now: int) -> str:
        arguments, file = running.asked.arguments, rosters.read_roster(running.given())
        retire = bool(arguments["retire_missing"])
        if running.checkpoint is None:
            with stores.sql.reading() as session:
                planned = rosters.plan_roster(session, file)
            told = _checked(arguments, planned, "人员", told_of_roster(planned, retire=retire))
            running.step(0, len(file.rows), {"told": told})
        else:
            told = running.checkpoint["told"]

        def step(done: int, total: int) -> None:
            try:
                running.step(done, total)
            except Cancelled:
                raise Cancelled("已经取消：取消以前写入的人员保留着，再导入一次会接着做完。") from None

        rosters.import_roster(stores.sql, file, seal, now, retire_missing=retire, by=running.asked.by, step=step)
        return told

    return import_roster


def _units(seal: Seal) -> Doer:
    def import_units(stores: Stores, running: Running, now: int) -> str:
        arguments, file = running.asked.arguments, units.read_units(running.given())
        under, retire = str(arguments["under"]), bool(arguments["retire_missing"])
        if running.checkpoint is None:
            with stores.sql.reading() as session:
                planned = units.plan_units(session, file, under=under)
            told = _checked(arguments, planned, "单位", told_of_units(planned, retire=retire))
            running.step(0, 0, {"told": told})
        else:
            told = running.checkpoint["told"]
        with stores.sql.transaction() as session:
            units.import_units(session, file, seal, now=now, by=running.asked.by, under=under, retire_missing=retire)
        return told

    return import_units


def _checked(arguments: Mapping[str, object], planned: RosterImported | UnitsImported, what: str, told: str) -> str:
    if seen(planned) != arguments["seen"]:
        raise Refused(_CHANGED.format(what=what))
    return told


def import_bank(stores: Stores, running: Running, now: int) -> str:
    """The job: from the preview into the bank, all of it or nothing."""
    arguments, has_begun = running.asked.arguments, running.checkpoint is not None
    running.step(0, 0, {"begun": True})
    try:
        done = imports.commit(
            stores.sql,
            arguments["token"],
            arguments["version"],
            arguments["slug"],
            arguments["name"],
            now,
            permit=imports.permission(arguments["confirmed"]),
            by=running.asked.by,
        )
    except NotFound as error:
        if has_begun:
            raise Refused("这份文件已经导入，或者已经丢弃：请到题库里核对。") from error
        raise
    return told_of_bank(done)
