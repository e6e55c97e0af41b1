"""What the console knows of each kind of job: what it is called, who may see its file, and where its result is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from admin.rights import Action
from campaigns.errors import NotFound
from campaigns.exports import datasets, making
from campaigns.jobs import imports
from campaigns.jobs.asking import Listed, State

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """Where one goes on from a job that is over."""

    address: str
    label: str


@dataclass(frozen=True, slots=True)
class JobKind:
    label: str
    needs: Callable[[Arguments], Collection[Action]]
    """The rights without which nobody sees the job, whoever asked for it."""
    leads: Callable[[Arguments], Result | None]
    """Where the result is, of one that is done."""
    again: Callable[[Arguments], Result | None] = lambda arguments: None
    """Where one tries again, of one that failed."""


def kind_of(job: Listed) -> JobKind:
    return KINDS.get(job.kind, _OTHER)


def way_on(job: Listed) -> Result | None:
    """Where to go from a job that is over."""
    kind = kind_of(job)
    return kind.leads(job.arguments) if job.state is State.DONE else kind.again(job.arguments)


def _needs_of_export(arguments: Arguments) -> Collection[Action]:
    try:
        dataset = datasets.find(str(arguments["dataset"]))
    except NotFound:  # one of an earlier version
        return {Action.MANAGE_DATA}
    names = {Action.SEE_NAMES} if arguments["full"] else set()
    return {Action.EXPORT, *map(Action, dataset.needs)} | names


def _exports(arguments: Arguments) -> Result:
    return Result(url_for("admin.campaign_exports", slug=arguments["slug"]), "回到导出")


def _reports(arguments: Arguments) -> Result | None:
    slug = arguments.get("slug")
    return Result(url_for("admin.campaign_reports", slug=slug), "回到报告") if slug else None


KINDS: Mapping[str, JobKind] = {
    making.KIND: JobKind("导出", _needs_of_export, _exports, _exports),
    "report": JobKind("报告", lambda arguments: {Action.SEE_REPORTS}, _reports, _reports),
    imports.ROSTER: JobKind(
        "导入花名册",
        lambda arguments: {Action.EDIT_PEOPLE},
        lambda arguments: Result(url_for("admin.people"), "看人员"),
        lambda arguments: Result(url_for("admin.import_roster"), "再导入一次"),
    ),
    imports.UNITS: JobKind(
        "导入单位",
        lambda arguments: {Action.EDIT_UNITS},
        lambda arguments: Result(url_for("admin.unit_tree"), "看单位"),
        lambda arguments: Result(url_for("admin.import_units", under=arguments["under"] or None), "再导入一次"),
    ),
    imports.BANK: JobKind(
        "导入题库",
        lambda arguments: {Action.IMPORT_BANKS},
        lambda arguments: Result(url_for("admin.bank", slug=arguments["slug"]), "看题库"),
        lambda arguments: Result(url_for("admin.preview", token=arguments["token"]), "回到这份文件"),
    ),
}
_OTHER = JobKind("其他", lambda arguments: (), lambda arguments: None)
