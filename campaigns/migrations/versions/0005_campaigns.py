"""campaigns as organisers run them: recipes, limits, units and rosters, consents, regrades, standings of units"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

REFERENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MILLISECONDS = sa.BigInteger()
CODE, LINE = sa.String(length=64), sa.String(length=255)
_TIMED = sa.text("state = 'open' AND due_ms IS NOT NULL")
_NUMBERED = sa.text("staff_number <> '' AND merged_into_id IS NULL")

# What was there before gets the default; a new row says its own.
_CAMPAIGN: tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...] = (
    ("brand", LINE, "''"),
    ("picture_sha256", CODE, None),
    ("mode", CODE, "'formal'"),
    ("hours_from", sa.Integer(), None),
    ("hours_until", sa.Integer(), None),
    ("same_paper", sa.Boolean(), "false"),
    ("partial", CODE, "'none'"),
    ("seconds_per_question", sa.Integer(), None),
    ("seconds_per_attempt", sa.Integer(), None),
    ("grace_seconds", sa.Integer(), "3"),
    ("least_ms_per_question", sa.Integer(), "0"),
    ("counts", CODE, "'best'"),
    ("reveals", CODE, "'at_once'"),
    ("pass_points", sa.Integer(), "0"),
    ("admission", CODE, "'open'"),
    ("unit_ranking", CODE, "'participation'"),
    ("least_headcount", sa.Integer(), "0"),
    ("privacy_notice", sa.Text(), "''"),
)
_CAMPAIGN_CHECKS = {
    "mode": "mode IN ('practice', 'formal', 'daily')",
    "hours": "(hours_from IS NULL) = (hours_until IS NULL)"
    " AND (hours_from IS NULL OR (hours_from >= 0 AND hours_from < hours_until AND hours_until <= 1440))",
    "partial": "partial IN ('none', 'half', 'each')",
    "seconds_per_question": "seconds_per_question IS NULL OR seconds_per_question > 0",
    "seconds_per_attempt": "seconds_per_attempt IS NULL OR seconds_per_attempt > 0",
    "grace_seconds": "grace_seconds >= 0",
    "least_ms_per_question": "least_ms_per_question >= 0",
    "counts": "counts IN ('best', 'first', 'last', 'sum')",
    "reveals": "reveals IN ('at_once', 'at_end', 'after_close')",
    "admission": "admission IN ('open', 'unit', 'roster')",
    "unit_ranking": "unit_ranking IN ('participation', 'average', 'total', 'pass_rate')",
    "least_headcount": "least_headcount >= 0",
}
_UNIT: tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...] = (
    ("level", CODE, "'unit'"),
    ("headcount", sa.Integer(), None),
    ("officer", LINE, "''"),
    ("officer_phone", sa.Text(), None),
    ("path", sa.Text(), "''"),
    ("sought", sa.Text(), "''"),
    ("retired", sa.Boolean(), "false"),
)
_UNIT_CHECKS = {
    "level": "level IN ('province', 'city', 'county', 'unit', 'department')",
    "headcount": "headcount IS NULL OR headcount >= 0",
    "parent": "parent_id IS NULL OR parent_id <> id",
}
_PERSON: tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...] = (
    ("staff_number", CODE, "''"),
    ("phone", sa.Text(), None),
    ("rostered", sa.Boolean(), "false"),
    ("merged_into_id", REFERENCE, None),
)
_ATTEMPT: tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...] = (
    ("identity_id", REFERENCE, None),
    ("due_ms", MILLISECONDS, None),
    ("timed_out", sa.Boolean(), "false"),
)
_CAMPAIGN_QUESTION: tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...] = (
    ("part", sa.Integer(), "1"),
    ("withdrawn", sa.Boolean(), "false"),
    ("answer", sa.JSON(), None),
)


def upgrade() -> None:
    _add("campaign", _CAMPAIGN)
    with op.batch_alter_table("campaign") as campaign:
        campaign.create_foreign_key(op.f("fk_campaign_picture_sha256"), "picture", ["picture_sha256"], ["sha256"])
        for name, check in _CAMPAIGN_CHECKS.items():
            campaign.create_check_constraint(op.f(f"ck_campaign_{name}"), check)
    op.execute("UPDATE campaign SET same_paper = NOT shuffle_questions")  # all were asked the bank's first questions
    _add("campaign_question", _CAMPAIGN_QUESTION)
    _add("unit", _UNIT)
    with op.batch_alter_table("unit") as unit:
        for name, check in _UNIT_CHECKS.items():
            unit.create_check_constraint(op.f(f"ck_unit_{name}"), check)
    op.create_index("ix_unit_parent_id", "unit", ["parent_id"])
    op.execute("UPDATE unit SET path = '/' || id || '/', sought = lower(name)")  # units had no parents
    _add("person", _PERSON)
    with op.batch_alter_table("person") as person:
        person.create_foreign_key(op.f("fk_person_merged_into_id"), "person", ["merged_into_id"], ["id"])
        person.create_check_constraint(op.f("ck_person_merged_into"), "merged_into_id IS NULL OR merged_into_id <> id")
    op.create_index(
        "uq_person_staff_number",
        "person",
        ["unit_id", "staff_number"],
        unique=True,
        sqlite_where=_NUMBERED,
        postgresql_where=_NUMBERED,
    )
    _add("attempt", _ATTEMPT)
    with op.batch_alter_table("attempt") as attempt:
        attempt.create_foreign_key(op.f("fk_attempt_identity_id"), "identity", ["identity_id"], ["id"])
    op.create_index("ix_attempt_identity_id", "attempt", ["identity_id"])
    op.create_index("ix_attempt_due", "attempt", ["due_ms"], sqlite_where=_TIMED, postgresql_where=_TIMED)
    op.create_index("ix_answer_revision_id", "answer", ["revision_id"])
    op.drop_index("ix_standing_changed_ms", "standing")
    op.create_index("ix_standing_changed", "standing", ["campaign_id", "changed_ms"])
    _make_tables()
    op.execute(
        "INSERT INTO campaign_part (campaign_id, ordinal, count, bank_id, kind, category, difficulty)"
        " SELECT id, 1, questions_per_paper, bank_id, '', '', '' FROM campaign"
    )


def _make_tables() -> None:
    op.create_table(
        "campaign_part",
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("bank_id", REFERENCE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("category", LINE, nullable=False),
        sa.Column("difficulty", LINE, nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_campaign_part_count")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_part_campaign_id")),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_campaign_part_bank_id")),
        sa.PrimaryKeyConstraint("campaign_id", "ordinal", name=op.f("pk_campaign_part")),
    )
    op.create_table(
        "campaign_unit",
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("unit_id", REFERENCE, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_unit_campaign_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_campaign_unit_unit_id")),
        sa.PrimaryKeyConstraint("campaign_id", "unit_id", name=op.f("pk_campaign_unit")),
    )
    op.create_table(
        "campaign_change",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("at_ms", MILLISECONDS, nullable=False),
        sa.Column("by", LINE, nullable=False),
        sa.Column("what", CODE, nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_change_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_change")),
    )
    op.create_index("ix_campaign_change_campaign_id", "campaign_change", ["campaign_id"])
    op.create_table(
        "regrade",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("revision_id", REFERENCE, nullable=False),
        sa.Column("answer_before", sa.JSON(), nullable=False),
        sa.Column("answer_after", sa.JSON(), nullable=True),
        sa.Column("by", LINE, nullable=False),
        sa.Column("begun_ms", MILLISECONDS, nullable=False),
        sa.Column("done_attempt_id", REFERENCE, nullable=False),
        sa.Column("finished_ms", MILLISECONDS, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_regrade_campaign_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["question_revision.id"], name=op.f("fk_regrade_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade")),
    )
    op.create_index("ix_regrade_campaign_id", "regrade", ["campaign_id"])
    op.create_table(
        "regrade_move",
        sa.Column("regrade_id", REFERENCE, nullable=False),
        sa.Column("person_id", REFERENCE, nullable=False),
        sa.Column("points_before", sa.Integer(), nullable=False),
        sa.Column("rank_before", sa.Integer(), nullable=False),
        sa.Column("points_after", sa.Integer(), nullable=True),
        sa.Column("rank_after", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["regrade_id"], ["regrade.id"], name=op.f("fk_regrade_move_regrade_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_regrade_move_person_id")),
        sa.PrimaryKeyConstraint("regrade_id", "person_id", name=op.f("pk_regrade_move")),
    )
    op.create_table(
        "binding",
        sa.Column("identity_id", REFERENCE, nullable=False),
        sa.Column("step", CODE, nullable=False),
        sa.Column("unit_id", REFERENCE, nullable=True),
        sa.Column("name", LINE, nullable=False),
        sa.Column("offered", sa.JSON(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("changed_ms", MILLISECONDS, nullable=False),
        sa.CheckConstraint("step IN ('unit', 'name', 'number')", name=op.f("ck_binding_step")),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], name=op.f("fk_binding_identity_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_binding_unit_id")),
        sa.PrimaryKeyConstraint("identity_id", name=op.f("pk_binding")),
    )
    op.create_table(
        "consent",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("identity_id", REFERENCE, nullable=False),
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("version", CODE, nullable=False),
        sa.Column("given_ms", MILLISECONDS, nullable=False),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], name=op.f("fk_consent_identity_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_consent_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint(
            "identity_id", "campaign_id", "version", name=op.f("uq_consent_identity_id_campaign_id_version")
        ),
    )
    op.create_table(
        "unit_standing",
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("unit_id", REFERENCE, nullable=False),
        sa.Column("entrants", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_unit_standing_campaign_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_standing_unit_id")),
        sa.PrimaryKeyConstraint("campaign_id", "unit_id", name=op.f("pk_unit_standing")),
    )
    op.create_table(
        "unit_tally",
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("standing_ms", MILLISECONDS, nullable=False),
        sa.Column("made_ms", MILLISECONDS, nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_unit_tally_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_unit_tally")),
    )


def _add(name: str, columns: tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...]) -> None:
    with op.batch_alter_table(name) as table:
        for column, kind, default in columns:
            said = None if default is None else sa.text(default)
            table.add_column(sa.Column(column, kind, nullable=default is None, server_default=said))
    with op.batch_alter_table(name) as table:
        for column, _, default in columns:
            if default is not None:
                table.alter_column(column, server_default=None)


def downgrade() -> None:
    for table in (
        "unit_tally",
        "unit_standing",
        "consent",
        "binding",
        "regrade_move",
        "regrade",
        "campaign_change",
        "campaign_unit",
        "campaign_part",
    ):
        op.drop_table(table)
    op.drop_index("ix_standing_changed", "standing")
    op.create_index("ix_standing_changed_ms", "standing", ["changed_ms"])
    op.drop_index("ix_answer_revision_id", "answer")
    op.drop_index("ix_attempt_due", "attempt")
    op.drop_index("ix_attempt_identity_id", "attempt")
    op.drop_index("uq_person_staff_number", "person")
    op.drop_index("ix_unit_parent_id", "unit")
    _drop("attempt", _ATTEMPT, foreign=("identity_id",))
    _drop("person", _PERSON, checks=("merged_into",), foreign=("merged_into_id",))
    _drop("unit", _UNIT, checks=tuple(_UNIT_CHECKS))
    _drop("campaign_question", _CAMPAIGN_QUESTION)
    _drop("campaign", _CAMPAIGN, checks=tuple(_CAMPAIGN_CHECKS), foreign=("picture_sha256",))


def _drop(
    name: str,
    columns: tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...],
    *,
    checks: tuple[str, ...] = (),
    foreign: tuple[str, ...] = (),
) -> None:
    with op.batch_alter_table(name) as table:
        for check in checks:
            table.drop_constraint(op.f(f"ck_{name}_{check}"), type_="check")
        for column in foreign:
            table.drop_constraint(op.f(f"fk_{name}_{column}"), type_="foreignkey")
        for column, _, _ in columns:
            table.drop_column(column)
