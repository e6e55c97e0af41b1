"""A campaign of which there is one of everything that can be taken away."""

from __future__ import annotations

import io

from campaign_made import OPENS, make_campaign
from jobs_made import work_once
from python_calamine import load_workbook
from sqlalchemy import insert, select

from campaigns import tables, units
from campaigns.exports import making
from campaigns.exports.making import KIND, Wish, make_export
from campaigns.jobs import asking
from campaigns.jobs.asking import Listed
from campaigns.store import Store

DONE, HALF, FOUL, ABSENT, GUEST = 1, 2, 3, 4, 5
GIVEN = ("C", "false", "ABD", "一千")
_TOOK = {"finished_ms": OPENS + 61_000, "used_ms": 61_000}
NAMES = {DONE: "张晓明", HALF: "李四", FOUL: "=王五", ABSENT: "赵六", GUEST: ""}


def make_everything(store: Store) -> int:
    """Campaign ``week``; 张晓明 and 李四 of U01's office, =王五 (voided) of U02, 赵六 never came; gives its id."""
    campaign_id = make_campaign(store)
    with store.transaction() as session:
        units.add(session, "U011", "办公室", "U01", "department")
        ids = {code: units.find(session, code).id for code in ("U01", "U02", "U011")}
        of = {DONE: "U011", HALF: "U01", FOUL: "U02", ABSENT: "U011", GUEST: ""}
        session.execute(
            insert(tables.Person),
            [
                {"id": one, "name": NAMES[one], "unit_id": ids.get(code), "rostered": one in (DONE, ABSENT)}
                | {"staff_number": f"100{one}" if code else "", "created_ms": OPENS}
                for one, code in of.items()
            ],
        )
        session.execute(
            insert(tables.Identity),
            [
                {"id": one, "channel": "h5" if one == DONE else "wechat", "account": "", "sender": f"s{one}"}
                | {"person_id": one, "created_ms": OPENS}
                for one in (DONE, HALF, FOUL, GUEST)
            ],
        )
        states = {DONE: "finished", HALF: "open", FOUL: "void", GUEST: "finished"}
        session.execute(
            insert(tables.Attempt),
            [
                {"id": 10 + one, "campaign_id": campaign_id, "person_id": one, "identity_id": one, "ordinal": 1}
                | {"day": 20260704, "state": state, "paper": "1A", "position": 5, "score": 40 - one}
                | {"begun_ms": OPENS, "shown_ms": OPENS, "lot_ms": 0}
                | {
                    "finished_ms": None if state == "open" else OPENS + 61_000,
                    "used_ms": None if state == "open" else 61_000,
                }
                for one, state in states.items()
            ],
        )
        session.execute(
            insert(tables.Standing),
            [
                {"campaign_id": campaign_id, "person_id": one, "attempt_id": 10 + one, "points": points}
                | {"used_ms": 61_000, "finished_ms": OPENS + 61_000, "version": 1, "changed_ms": OPENS}
                for one, points in ((DONE, 39), (GUEST, 39))
            ],
        )
        asked = session.scalars(
            select(tables.CampaignQuestion.revision_id).order_by(tables.CampaignQuestion.ordinal)
        ).all()
        session.execute(
            insert(tables.Answer),
            [
                {"attempt_id": 10 + DONE, "position": position, "revision_id": revision_id, "given": given}
                | {"points": 10, "answered_ms": OPENS + 1_000 * position}
                for position, (revision_id, given) in enumerate(
                    zip(asked, ("C", "false", "ABD", "一千"), strict=True), 1
                )
            ],
        )
        session.add(
            tables.AttemptVoid(attempt_id=10 + FOUL, campaign_id=campaign_id, reason="代答", by="chen", at_ms=OPENS)
        )
        session.add(
            tables.Signal(
                campaign_id=campaign_id, kind="speed", key="k", attempts=[10 + FOUL, 99], values={}, found_ms=OPENS,
                state="voided", note="代答", by="chen", decided_ms=OPENS + 1,
            )
        )  # fmt: skip
        session.add(
            tables.OutboxMessage(
                key="m", campaign_id=campaign_id, person_id=HALF, way="", account="", recipient="",
                wording="notice.opens", values={}, must=False, due_ms=OPENS, created_ms=OPENS, reason="没有关注",
                state="dead", sent_by="",
            )
        )  # fmt: skip
        group = tables.PrizeGroup(campaign_id=campaign_id, ordinal=1, name="参与奖", kind="passed")
        session.add(group)
        session.flush()
        prize = tables.Prize(group_id=group.id, ordinal=1, name="雨伞", stock=2, given=1, releases=[])
        session.add(prize)
        session.flush()
        session.add(
            tables.Award(
                campaign_id=campaign_id, prize_id=prize.id, prize="雨伞", entrant="e" * 16, person_id=DONE,
                state="awarded", awarded_ms=OPENS, changed_ms=OPENS,
            )
        )  # fmt: skip
        session.add(
            tables.Certificate(number="Z1", group_id=group.id, person_id=DONE, name="", points=39, issued_ms=OPENS)
        )
        session.add(
            tables.Exclusion(
                campaign_id=campaign_id, person_id=HALF, why="organiser", note="出题人", by="chen", at_ms=OPENS
            )
        )
    return campaign_id


def ask_for(store: Store, wish: Wish, own: str = "", by: str = "chen", now: int = OPENS) -> int:
    """Ask for an export, as a liaison of the unit `own`, or as somebody who may see all."""
    with store.transaction() as session:
        return making.ask(session, wish, by, now, own=units.find(session, own) if own else None)


def exported(store: Store, job_id: int) -> tuple[Listed, bytes]:
    """Let a worker make what was asked for; gives the job and its file."""
    work_once(store, {KIND: make_export})
    with store.reading() as session:
        found = asking.find(session, job_id)
        assert found.state is asking.State.DONE, found.message
        return found, b"".join(asking.file_of(session, job_id)[2])


def rows_of(data: bytes) -> list[dict[str, object]]:
    """The rows of an xlsx, by what the columns are called."""
    head, *rows = load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]
