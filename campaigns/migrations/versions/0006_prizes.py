"""prizes in groups with their stock, awards of every kind, claims and codes, exclusions, certificates"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

REFERENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MILLISECONDS = sa.BigInteger()
CODE, LINE = sa.String(length=64), sa.String(length=255)
_LIVE = sa.text("state <> 'void'")
_NO_LOT = sa.text("lot_ms IS NULL")
_MERGED = sa.text("merged_into_id IS NOT NULL")
_TICKETS = json.dumps({"base": 1, "per_points": 0, "per_day": 0, "most": 0})
AT_ONCE = 10_000


def upgrade() -> None:
    with op.batch_alter_table("campaign") as campaign:
        campaign.add_column(sa.Column("tickets", sa.JSON(), nullable=False, server_default=sa.text(f"'{_TICKETS}'")))
        campaign.add_column(sa.Column("wins", CODE, nullable=False, server_default=sa.text("'campaign'")))
    with op.batch_alter_table("campaign") as campaign:
        campaign.alter_column("tickets", server_default=None)
        campaign.alter_column("wins", server_default=None)
        campaign.create_check_constraint(op.f("ck_campaign_wins"), "wins IN ('campaign', 'group', 'any')")
    op.execute("UPDATE campaign SET wins = 'any'")  # what was published before promised nothing else
    with op.batch_alter_table("attempt") as attempt:
        attempt.add_column(sa.Column("lot_ms", MILLISECONDS, nullable=True))
    op.execute("UPDATE attempt SET lot_ms = 0")
    op.create_index(
        "ix_attempt_lot", "attempt", ["campaign_id", "finished_ms"], sqlite_where=_NO_LOT, postgresql_where=_NO_LOT
    )
    op.create_index(
        "ix_person_merged_into_id", "person", ["merged_into_id"], sqlite_where=_MERGED, postgresql_where=_MERGED
    )
    _let_roles_be("'owner', 'organiser', 'editor', 'viewer', 'desk'")
    _make_prizes()
    awards = _take_awards_away()
    _make_awards()
    _give_draws_their_prizes(awards)
    _make_tables()


def _let_roles_be(roles: str) -> None:
    with op.batch_alter_table("staff") as staff:
        staff.drop_constraint(op.f("ck_staff_role"), type_="check")
        staff.create_check_constraint(op.f("ck_staff_role"), f"role IN ({roles})")


def _make_prizes() -> None:
    op.create_table(
        "prize_group",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("least_points", sa.Integer(), nullable=False),
        sa.Column("unit_quota", sa.Integer(), nullable=True),
        sa.Column("ties", CODE, nullable=False),
        sa.Column("collecting", CODE, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("claim_days", sa.Integer(), nullable=True),
        sa.Column("settled_ms", MILLISECONDS, nullable=True),
        sa.CheckConstraint("kind IN ('rank', 'draw', 'instant', 'passed')", name=op.f("ck_prize_group_kind")),
        sa.CheckConstraint("ties IN ('time', 'points')", name=op.f("ck_prize_group_ties")),
        sa.CheckConstraint("collecting IN ('pickup', 'post', 'none')", name=op.f("ck_prize_group_collecting")),
        sa.CheckConstraint("unit_quota IS NULL OR unit_quota > 0", name=op.f("ck_prize_group_unit_quota")),
        sa.CheckConstraint("claim_days IS NULL OR claim_days > 0", name=op.f("ck_prize_group_claim_days")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_prize_group_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prize_group")),
        sa.UniqueConstraint("campaign_id", "name", name=op.f("uq_prize_group_campaign_id_name")),
    )
    op.create_table(
        "prize",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("group_id", REFERENCE, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("odds_ppm", sa.Integer(), nullable=False),
        sa.Column("releases", sa.JSON(), nullable=False),
        sa.CheckConstraint("stock > 0", name=op.f("ck_prize_stock")),
        sa.CheckConstraint("given >= 0 AND given <= stock", name=op.f("ck_prize_given")),
        sa.CheckConstraint("odds_ppm BETWEEN 0 AND 1000000", name=op.f("ck_prize_odds_ppm")),
        sa.ForeignKeyConstraint(["group_id"], ["prize_group.id"], name=op.f("fk_prize_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prize")),
        sa.UniqueConstraint("group_id", "name", name=op.f("uq_prize_group_id_name")),
    )


def _take_awards_away() -> list[dict[str, Any]]:
    """The awards that are on record; their table is made anew, with a key of its own."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT draw_id, sequence, prize, entrant, person_id, rank, state, replaces, reason, changed_ms"
            " FROM award ORDER BY draw_id, sequence"
        )
    )
    awards = [dict(row._mapping) for row in rows]
    op.drop_table("award")
    return awards


def _make_awards() -> None:
    drawn = sa.text("draw_id IS NOT NULL AND entrant IS NOT NULL")
    once = sa.text("state = 'awarded' AND once IS NOT NULL")
    replacing = sa.text("replaces_id IS NOT NULL")
    op.create_table(
        "award",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("prize_id", REFERENCE, nullable=False),
        sa.Column("prize", LINE, nullable=False),
        sa.Column("draw_id", CODE, nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("attempt_id", REFERENCE, nullable=True),
        sa.Column("entrant", CODE, nullable=True),
        sa.Column("person_id", REFERENCE, nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("state", CODE, nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("replaces_id", REFERENCE, nullable=True),
        sa.Column("once", CODE, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("awarded_ms", MILLISECONDS, nullable=False),
        sa.Column("changed_ms", MILLISECONDS, nullable=False),
        sa.Column("claim_until_ms", MILLISECONDS, nullable=True),
        sa.Column("code_hash", CODE, nullable=True),
        sa.Column("code_sealed", sa.Text(), nullable=True),
        sa.Column("redeemed_ms", MILLISECONDS, nullable=True),
        sa.Column("redeemed_by", LINE, nullable=False),
        sa.CheckConstraint("state IN ('awarded', 'forfeited', 'unfilled')", name=op.f("ck_award_state")),
        sa.CheckConstraint("(state = 'unfilled') = (entrant IS NULL)", name=op.f("ck_award_entrant")),
        sa.CheckConstraint("redeemed_ms IS NULL OR state = 'awarded'", name=op.f("ck_award_redeemed")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_award_campaign_id")),
        sa.ForeignKeyConstraint(["prize_id"], ["prize.id"], name=op.f("fk_award_prize_id")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_award_draw_id")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_award_attempt_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_award_person_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["award.id"], name=op.f("fk_award_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("draw_id", "sequence", name=op.f("uq_award_draw_id_sequence")),
        sa.UniqueConstraint("draw_id", "replaces", name=op.f("uq_award_draw_id_replaces")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_award_attempt_id")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_award_code_hash")),
    )
    for name, columns, where in (
        ("uq_award_entrant", ["draw_id", "entrant"], drawn),
        ("uq_award_once", ["once"], once),
        ("uq_award_replaces_id", ["replaces_id"], replacing),
    ):
        op.create_index(name, "award", columns, unique=True, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_award_campaign_id_person_id", "award", ["campaign_id", "person_id"])
    op.create_index("ix_award_prize_id", "award", ["prize_id"])


def _give_draws_their_prizes(awards: list[dict[str, Any]]) -> None:
    """A group for each draw that there was, with the prizes that it announced."""
    with op.batch_alter_table("draw") as draw:
        draw.add_column(sa.Column("group_id", REFERENCE, nullable=True))
        draw.add_column(sa.Column("voided_ms", MILLISECONDS, nullable=True))
        draw.add_column(sa.Column("voided_by", LINE, nullable=False, server_default=""))
        draw.add_column(sa.Column("void_reason", sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    prizes: dict[tuple[str, str], tuple[int, int]] = {}
    draws = connection.execute(sa.text("SELECT id, campaign_id, ordinal, announcement FROM draw ORDER BY id")).all()
    for group_id, (draw_id, campaign_id, ordinal, announcement) in enumerate(draws, start=1):
        announced = json.loads(announcement) if isinstance(announcement, str) else announcement
        connection.execute(
            sa.text(
                "INSERT INTO prize_group (campaign_id, ordinal, name, kind, least_points, ties, collecting, place)"
                " VALUES (:campaign_id, :ordinal, :name, 'draw', 0, 'time', 'pickup', '')"
            ),
            {
                "campaign_id": campaign_id,
                "ordinal": ordinal,
                "name": "抽奖" if ordinal == 1 else f"第 {ordinal} 次抽奖",
            },
        )
        connection.execute(sa.text("UPDATE draw SET group_id = :g WHERE id = :d"), {"g": group_id, "d": draw_id})
        for place, prize in enumerate(announced["prizes"], start=1):
            given = sum(
                (award["draw_id"], award["prize"], award["state"]) == (draw_id, prize["prize"], "awarded")
                for award in awards
            )
            connection.execute(
                sa.text(
                    "INSERT INTO prize (group_id, ordinal, name, stock, given, odds_ppm, releases)"
                    " VALUES (:group_id, :ordinal, :name, :stock, :given, 0, '[]')"
                ),
                {
                    "group_id": group_id,
                    "ordinal": place,
                    "name": prize["prize"],
                    "stock": prize["count"],
                    "given": given,
                },
            )
            prizes[draw_id, prize["prize"]] = (len(prizes) + 1, campaign_id)
    with op.batch_alter_table("draw") as draw:
        draw.alter_column("group_id", existing_type=REFERENCE, nullable=False)
        draw.alter_column("voided_by", server_default=None)
        draw.alter_column("void_reason", server_default=None)
        draw.create_foreign_key(op.f("fk_draw_group_id"), "prize_group", ["group_id"], ["id"])
        draw.drop_constraint(op.f("ck_draw_state"), type_="check")
        draw.create_check_constraint(op.f("ck_draw_state"), "state IN ('frozen', 'entered', 'held', 'void')")
        draw.create_check_constraint(op.f("ck_draw_voided_ms"), "(state = 'void') = (voided_ms IS NOT NULL)")
    op.create_index("uq_draw_group_id", "draw", ["group_id"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)
    _put_awards_back(awards, prizes)


def _put_awards_back(awards: list[dict[str, Any]], prizes: dict[tuple[str, str], tuple[int, int]]) -> None:
    connection = op.get_bind()
    ids: dict[tuple[str, int], int] = {}
    rows: list[dict[str, Any]] = []
    for award_id, award in enumerate(awards, start=1):
        prize_id, campaign_id = prizes[award["draw_id"], award["prize"]]
        ids[award["draw_id"], award["sequence"]] = award_id
        rows.append(
            award
            | {
                "prize_id": prize_id,
                "campaign_id": campaign_id,
                "awarded_ms": award["changed_ms"],
                "redeemed_by": "",
                "replaces_id": ids.get((award["draw_id"], award["replaces"])),
            }
        )
    if not rows:
        return
    table = sa.table("award", *(sa.column(name) for name in rows[0]))
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(sa.insert(table), rows[start : start + AT_ONCE])
    _rename_news(ids)


def _rename_news(ids: dict[tuple[str, int], int]) -> None:
    """What has not gone out must still be found by whoever takes the award back."""
    connection = op.get_bind()
    waiting = connection.execute(
        sa.text("SELECT key FROM outbox WHERE wording = 'notice.won' AND state IN ('waiting', 'dead')")
    )
    for (key,) in waiting.all():
        _, draw_id, sequence = key.split(":")
        renamed = {"old": key, "new": f"won:{ids[draw_id, int(sequence)]}"}
        connection.execute(sa.text("UPDATE outbox SET key = :new WHERE key = :old"), renamed)


def _make_tables() -> None:
    op.create_table(
        "claim",
        sa.Column("award_id", REFERENCE, nullable=False),
        sa.Column("way", CODE, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("claimed_ms", MILLISECONDS, nullable=False),
        sa.Column("shipment", LINE, nullable=False),
        sa.CheckConstraint("way IN ('pickup', 'post')", name=op.f("ck_claim_way")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_claim_award_id")),
        sa.PrimaryKeyConstraint("award_id", name=op.f("pk_claim")),
    )
    op.create_table(
        "code_try",
        sa.Column("by", CODE, nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("since_ms", MILLISECONDS, nullable=False),
        sa.PrimaryKeyConstraint("by", name=op.f("pk_code_try")),
    )
    op.create_table(
        "exclusion",
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("person_id", REFERENCE, nullable=False),
        sa.Column("why", CODE, nullable=False),
        sa.Column("note", LINE, nullable=False),
        sa.Column("by", LINE, nullable=False),
        sa.Column("at_ms", MILLISECONDS, nullable=False),
        sa.CheckConstraint("why IN ('organiser', 'won_before', 'other')", name=op.f("ck_exclusion_why")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_exclusion_campaign_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_exclusion_person_id")),
        sa.PrimaryKeyConstraint("campaign_id", "person_id", name=op.f("pk_exclusion")),
    )
    op.create_table(
        "certificate",
        sa.Column("number", CODE, nullable=False),
        sa.Column("group_id", REFERENCE, nullable=False),
        sa.Column("person_id", REFERENCE, nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("issued_ms", MILLISECONDS, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["prize_group.id"], name=op.f("fk_certificate_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_certificate_person_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificate")),
        sa.UniqueConstraint("group_id", "person_id", name=op.f("uq_certificate_group_id_person_id")),
    )


def downgrade() -> None:
    """Only awards of draws are kept: the schema before knew no others."""
    for table in ("certificate", "exclusion", "code_try", "claim"):
        op.drop_table(table)
    rows = op.get_bind().execute(
        sa.text(
            "SELECT draw_id, sequence, prize, entrant, person_id, rank, state, replaces, reason, changed_ms"
            " FROM award WHERE draw_id IS NOT NULL ORDER BY draw_id, sequence"
        )
    )
    awards = [dict(row._mapping) for row in rows]
    op.drop_table("award")
    entrant = sa.text("entrant IS NOT NULL")
    op.create_table(
        "award",
        sa.Column("draw_id", CODE, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("prize", LINE, nullable=False),
        sa.Column("entrant", CODE, nullable=True),
        sa.Column("person_id", REFERENCE, nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("state", CODE, nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_ms", MILLISECONDS, nullable=False),
        sa.CheckConstraint("state IN ('awarded', 'forfeited', 'unfilled')", name=op.f("ck_award_state")),
        sa.CheckConstraint("(state = 'unfilled') = (entrant IS NULL)", name=op.f("ck_award_entrant")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_award_draw_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_award_person_id")),
        sa.PrimaryKeyConstraint("draw_id", "sequence", name=op.f("pk_award")),
        sa.UniqueConstraint("draw_id", "replaces", name=op.f("uq_award_draw_id_replaces")),
    )
    op.create_index(
        "uq_award_entrant", "award", ["draw_id", "entrant"], unique=True, sqlite_where=entrant, postgresql_where=entrant
    )
    if awards:
        award = sa.table("award", *(sa.column(name) for name in awards[0]))
        op.get_bind().execute(sa.insert(award), awards)
    op.drop_index("uq_draw_group_id", "draw")
    op.execute("UPDATE draw SET state = 'frozen', voided_ms = NULL WHERE state = 'void'")
    with op.batch_alter_table("draw") as draw:
        draw.drop_constraint(op.f("ck_draw_voided_ms"), type_="check")
        draw.drop_constraint(op.f("ck_draw_state"), type_="check")
        draw.create_check_constraint(op.f("ck_draw_state"), "state IN ('frozen', 'entered', 'held')")
        draw.drop_constraint(op.f("fk_draw_group_id"), type_="foreignkey")
        for column in ("group_id", "voided_ms", "voided_by", "void_reason"):
            draw.drop_column(column)
    op.drop_table("prize")
    op.drop_table("prize_group")
    op.drop_index("ix_person_merged_into_id", "person")
    op.drop_index("ix_attempt_lot", "attempt")
    with op.batch_alter_table("attempt") as attempt:
        attempt.drop_column("lot_ms")
    with op.batch_alter_table("campaign") as campaign:
        campaign.drop_constraint(op.f("ck_campaign_wins"), type_="check")
        campaign.drop_column("wins")
        campaign.drop_column("tickets")
    op.execute("UPDATE staff SET role = 'viewer' WHERE role = 'desk'")
    _let_roles_be("'owner', 'organiser', 'editor', 'viewer'")
