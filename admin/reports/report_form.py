"""The form of a report: what was typed, and what is ordered by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from admin import scope
from admin.reports.photo_pages import photos_seen
from campaigns import tables, units
from campaigns.errors import Refused
from campaigns.keeping import Overview
from campaigns.reports.asking import FORMATS, Written
from campaigns.reports.content import KINDS, Order, suggested_title


@dataclass(frozen=True, slots=True)
class ReportForm:
    """As it was typed."""

    kind: str
    unit: str = ""
    """The code; empty: the whole campaign."""
    issue: str = ""
    title: str = ""
    sender: str = ""
    remarks: str = ""
    photos: tuple[int, ...] = ()
    formats: tuple[str, ...] = ("docx",)

    def with_photos(self, more: Sequence[int]) -> ReportForm:
        return replace(self, photos=tuple(dict.fromkeys((*self.photos, *more))))


def empty_form(kind: str, own: tables.Unit | None, issue: int | None) -> ReportForm:
    """For a report that is yet to be written; `issue` is the number that comes next."""
    kind = kind if kind in KINDS else "bulletin"
    is_counted = kind == "bulletin" and own is None
    return ReportForm(kind, own.code if own else "", str(issue) if is_counted and issue is not None else "")


def form_of(written: Written, code: str) -> ReportForm:
    order = written.order
    issue = "" if order.issue is None else str(order.issue)
    return ReportForm(order.kind, code, issue, order.title, order.sender, order.remarks, order.photos, ())


def as_sent(sent: MultiDict[str, str]) -> ReportForm:
    return ReportForm(
        kind=sent.get("kind", ""),
        unit=sent.get("unit", "").strip(),
        issue=sent.get("issue", "").strip(),
        title=sent.get("title", "").strip(),
        sender=sent.get("sender", "").strip(),
        remarks=sent.get("remarks", "").replace("\r\n", "\n"),
        photos=tuple(int(one) for one in sent.getlist("photo") if one.isascii() and one.isdecimal()),
        formats=tuple(one for one in sent.getlist("format") if one in FORMATS),
    )


def order_of(session: Session, found: Overview, form: ReportForm) -> Order:
    """What is ordered by a form. Raises Refused, and NotFound for a unit that there is not, or beyond a liaison's."""
    unit = scope.unit_asked(session, form.unit)
    if not set(form.photos) <= {one.id for one in photos_seen(session, found.id)}:
        raise Refused("选的照片里有一张刚刚被删掉了，请重新选择。")
    called = units.called(session, unit) if unit else ""
    return Order(
        kind=form.kind,
        title=form.title or suggested_title(form.kind, found.name, called),
        sender=form.sender,
        unit_id=unit.id if unit else None,
        issue=_issue(form, is_counted=form.kind == "bulletin" and unit is None),
        remarks=form.remarks,
        photos=form.photos,
    )


def _issue(form: ReportForm, *, is_counted: bool) -> int | None:
    """Of what is not counted the number that stood in the form is no number of it."""
    if not form.issue or not is_counted:
        return None
    if not (form.issue.isascii() and form.issue.isdecimal() and len(form.issue) <= 4):
        raise Refused("期号应当是一个整数，不编期号就空着。")
    return int(form.issue)
