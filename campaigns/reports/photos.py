"""Photos of what an office did, for its campaign's reports: made small, without where and by whom they were taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import audit, pictures, tables
from campaigns.banks.storable import line
from campaigns.errors import NotFound, Refused
from campaigns.reports.content import Photo
from questions.readers.pictures import Pictures

MOST = 60
"""Of one campaign."""
MOST_IN_A_REPORT = 12


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo as lists show it."""

    id: int
    sha256: str
    caption: str
    by: str
    at_ms: int


def drawn(data: bytes) -> Pictures:
    """A photo as it will be kept: looked at, and drawn anew where it is large or says where it was taken.

    It takes its time, so it is done before the transaction of `add`. Raises Refused for what is no picture.
    """
    found = Pictures()
    if found.keep(data) is None:
        raise Refused("这个文件不是能用的照片，请换一张 JPG 或 PNG。")
    return found


def add(session: Session, campaign_id: int, one: Pictures, caption: str, by: str, now: int) -> int:
    """Keep a photo that was `drawn`; gives its id, that of the one which is there already for the same picture.

    Raises Refused for one too many.
    """
    (sha256,) = one.kept
    photo = tables.ReportPhoto
    known = session.scalar(select(photo.id).where(photo.campaign_id == campaign_id, photo.picture_sha256 == sha256))
    if known is not None:
        return known
    if len(listing(session, campaign_id)) >= MOST:
        raise Refused(f"一个活动最多放 {MOST} 张照片：请先删掉用不到的。")
    pictures.keep(session, one.kept.items(), now)
    try:
        photo_id = session.execute(
            insert(photo)
            .values(campaign_id=campaign_id, picture_sha256=sha256, caption=line(caption), by=by, at_ms=now)
            .returning(photo.id)
        ).scalar_one()
    except IntegrityError as error:  # sent twice at the same moment
        raise Refused("这张照片刚刚已经传过了，请刷新页面。") from error
    audit.record(session, by, "report.photo_added", f"photo:{photo_id}", now, after={"caption": len(line(caption))})
    return photo_id


def describe(session: Session, campaign_id: int, photo_id: int, caption: str, by: str, now: int) -> None:
    """Change what stands beneath a photo. Raises NotFound."""
    before = find(session, campaign_id, photo_id).caption
    if before != line(caption):
        photo = tables.ReportPhoto
        session.execute(update(photo).where(photo.id == photo_id).values(caption=line(caption)))
        audit.record(
            session,
            by,
            "report.photo_described",
            f"photo:{photo_id}",
            now,
            before={"caption": len(before)},  # as of remarks: who is in the picture is named there
            after={"caption": len(line(caption))},
        )


def remove(session: Session, campaign_id: int, photo_id: int, by: str, now: int) -> None:
    """Reports that are made from now on do not show it. Raises NotFound."""
    photo = tables.ReportPhoto
    removed = session.execute(
        delete(photo).where(photo.id == photo_id, photo.campaign_id == campaign_id).returning(photo.caption)
    ).one_or_none()
    if removed is None:
        raise NotFound("没有这张照片，可能刚刚被删掉了。")
    report = tables.Report
    for one in session.scalars(select(report).where(report.campaign_id == campaign_id)):
        one.photos = [chosen_id for chosen_id in one.photos if chosen_id != photo_id]  # ids may be given out again
    audit.record(
        session, by, "report.photo_removed", f"photo:{photo_id}", now, before={"caption": len(removed.caption)}
    )


def listing(session: Session, campaign_id: int, *, by: str | None = None) -> list[Kept]:
    """A campaign's photos, the newest first; `by` an account's name: those that it brought."""
    photo = tables.ReportPhoto
    query = (
        select(photo.id, photo.picture_sha256, photo.caption, photo.by, photo.at_ms)
        .where(photo.campaign_id == campaign_id)
        .order_by(photo.id.desc())
    )
    if by is not None:
        query = query.where(photo.by == by)
    return [Kept(*row) for row in session.execute(query)]


def find(session: Session, campaign_id: int, photo_id: int) -> Kept:
    """Raises NotFound."""
    for one in listing(session, campaign_id):
        if one.id == photo_id:
            return one
    raise NotFound("没有这张照片，可能刚刚被删掉了。")


def chosen(session: Session, campaign_id: int, ids: Sequence[int]) -> tuple[Photo, ...]:
    """Photos of these ids, in their order; those that were removed since are left out."""
    photo, picture = tables.ReportPhoto, tables.Picture
    rows = session.execute(
        select(photo.id, photo.caption, picture.data)
        .join(picture, picture.sha256 == photo.picture_sha256)
        .where(photo.campaign_id == campaign_id, photo.id.in_(ids))
    )
    found = {row.id: Photo(row.data, row.caption) for row in rows}
    return tuple(found[one] for one in ids if one in found)
