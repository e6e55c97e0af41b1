"""Tables about prizes: awards, certificates, and who may not win."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from campaigns import tables
from campaigns.exports.scopes import AT_ONCE, Dataset, Placed, Rows, Scope, people_of
from campaigns.prizes import exclusions, listing
from campaigns.prizes.certificates import PURGED
from campaigns.stores import Stores


def awards(stores: Stores, scope: Scope) -> Iterator[Rows]:
    with stores.sql.reading() as session:
        lines = listing.awards_of(session, scope.edition.id)
    yield listing.table_of(lines, scope.edition.timezone, scope.now, full=scope.full).rows


def certificates(stores: Stores, scope: Scope) -> Iterator[Rows]:
    certificate, group = tables.Certificate, tables.PrizeGroup
    after = ""
    while True:
        with stores.sql.reading() as session:
            found = session.execute(
                select(certificate, group.name)
                .join(group, group.id == certificate.group_id)
                .where(group.campaign_id == scope.edition.id, certificate.number > after)
                .order_by(certificate.number)
                .limit(AT_ONCE)
            ).all()
            placed = {} if scope.edition.purged else people_of(session, scope, [one.person_id for one, _ in found])
            rows = [
                (one.number, name, *_holder(placed.get(one.person_id)), one.points, scope.moment(one.issued_ms))
                for one, name in found
            ]
        yield rows
        if len(found) < AT_ONCE:
            return
        after = found[-1][0].number


def _holder(placed: Placed | None) -> tuple[str, str]:
    """Whose it is; where the personal data were purged nobody's, though the holder may still be on a roster."""
    return (PURGED, "") if placed is None else (placed.name, placed.unit)


def excluded(stores: Stores, scope: Scope) -> Iterator[Rows]:
    with stores.sql.reading() as session:
        found = exclusions.exclusions_of(session, scope.edition.id)
    yield [
        (
            one.person_id, scope.name(one.person_id, one.name), scope.number(one.staff_number), one.unit,
            exclusions.WHY[one.why], one.note, one.by, scope.moment(one.at_ms),
        )
        for one in found
    ]  # fmt: skip


DATASETS = (
    Dataset(
        "awards",
        "获奖名单",
        "每个奖品给了谁、领到哪一步、发放和作废的记录；不含领奖地址和电话。",
        listing.table_of((), "UTC", 0, full=False).header,
        ("see_draws",),
        awards,
        names=True,
    ),
    Dataset(
        "certificates",
        "证书",
        "已经发出的证书：编号、得分、时间。",
        ("证书编号", "奖项组", "姓名", "单位", "得分", "发出时间"),
        ("see_draws", "see_people"),
        certificates,
        names=True,
    ),
    Dataset(
        "exclusions",
        "不参加评奖的人员",
        "排除名单：原因、说明、登记人。",
        ("人员编号", "姓名", "工号", "单位", "原因", "说明", "登记人", "登记时间"),
        ("run_draws",),
        excluded,
        names=True,
    ),
)
