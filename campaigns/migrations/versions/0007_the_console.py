"""accounts with second steps and sessions, the audit log, jobs, figures, signals, reports, requests about one's data"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

REFERENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MILLISECONDS = sa.BigInteger()
CODE, LINE = sa.String(length=64), sa.String(length=255)
_ROLES = "'owner', 'organiser', 'editor', 'viewer', 'desk'"
_UNCHAINED = sa.text("sequence IS NULL")
_UNDER_WAY = sa.text("state IN ('waiting', 'running')")
_OPEN = sa.text("state = 'open'")
_STATES = "'open', 'finished', 'superseded'"


def upgrade() -> None:
    with op.batch_alter_table("campaign") as campaign:
        campaign.add_column(sa.Column("keep_days", sa.Integer(), nullable=True))
        campaign.add_column(sa.Column("purged_ms", MILLISECONDS, nullable=True))
        campaign.create_check_constraint(op.f("ck_campaign_keep_days"), "keep_days IS NULL OR keep_days > 0")
    _let_attempts_be(f"{_STATES}, 'void'")
    op.create_index("ix_standing_attempt_id", "standing", ["attempt_id"])
    _change_staff()
    _make_audit()
    _make_staff_sessions()
    _make_jobs()
    _make_figures()
    _make_signals()
    _make_reports()
    _make_data_requests()


def _let_attempts_be(states: str) -> None:
    with op.batch_alter_table("attempt") as attempt:
        attempt.drop_constraint(op.f("ck_attempt_state"), type_="check")
        attempt.create_check_constraint(op.f("ck_attempt_state"), f"state IN ({states})")


def _change_staff() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("unit_id", REFERENCE, nullable=True))
        staff.add_column(sa.Column("disabled_ms", MILLISECONDS, nullable=True))
        staff.add_column(sa.Column("totp_sealed", sa.Text(), nullable=True))
        staff.add_column(sa.Column("totp_step", MILLISECONDS, nullable=False, server_default=sa.text("0")))
        staff.add_column(sa.Column("recovery", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        staff.add_column(sa.Column("last_in_ms", MILLISECONDS, nullable=True))
        staff.create_foreign_key(op.f("fk_staff_unit_id"), "unit", ["unit_id"], ["id"])
    with op.batch_alter_table("staff") as staff:
        staff.alter_column("totp_step", server_default=None)
        staff.alter_column("recovery", server_default=None)
        staff.drop_constraint(op.f("ck_staff_role"), type_="check")
        staff.create_check_constraint(op.f("ck_staff_role"), f"role IN ({_ROLES}, 'liaison')")
        staff.create_check_constraint(op.f("ck_staff_unit_id"), "(role = 'liaison') = (unit_id IS NOT NULL)")


def _make_audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("at_ms", MILLISECONDS, nullable=False),
        sa.Column("by", LINE, nullable=False),
        sa.Column("what", CODE, nullable=False),
        sa.Column("subject", LINE, nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sequence", MILLISECONDS, nullable=True),
        sa.Column("hash", CODE, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("sequence", name=op.f("uq_audit_entry_sequence")),
    )
    op.create_index("ix_audit_entry_at_ms", "audit_entry", ["at_ms"])
    op.create_index("ix_audit_entry_by", "audit_entry", ["by", "at_ms"])
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject", "at_ms"])
    op.create_index(
        "ix_audit_entry_unchained",
        "audit_entry",
        ["id"],
        unique=False,
        sqlite_where=_UNCHAINED,
        postgresql_where=_UNCHAINED,
    )


def _make_staff_sessions() -> None:
    op.create_table(
        "staff_session",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("key_hash", CODE, nullable=False),
        sa.Column("staff_id", REFERENCE, nullable=False),
        sa.Column("begun_ms", MILLISECONDS, nullable=False),
        sa.Column("seen_ms", MILLISECONDS, nullable=False),
        sa.Column("ended_ms", MILLISECONDS, nullable=True),
        sa.Column("address", CODE, nullable=False),
        sa.Column("agent", LINE, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_staff_session_key_hash")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])


def _make_jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("title", LINE, nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("by", LINE, nullable=False),
        sa.Column("unit_id", REFERENCE, nullable=True),
        sa.Column("state", CODE, nullable=False),
        sa.Column("done", MILLISECONDS, nullable=False),
        sa.Column("total", MILLISECONDS, nullable=False),
        sa.Column("checkpoint", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("cancel_ms", MILLISECONDS, nullable=True),
        sa.Column("holder", CODE, nullable=True),
        sa.Column("held_until_ms", MILLISECONDS, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("file_name", LINE, nullable=False),
        sa.Column("media_type", LINE, nullable=False),
        sa.Column("asked_ms", MILLISECONDS, nullable=False),
        sa.Column("ended_ms", MILLISECONDS, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_job_state")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_job_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_open",
        "job",
        ["id"],
        unique=False,
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    )
    op.create_table(
        "job_piece",
        sa.Column("job_id", REFERENCE, nullable=False),
        sa.Column("way", CODE, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("way IN ('in', 'out')", name=op.f("ck_job_piece_way")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_piece_job_id")),
        sa.PrimaryKeyConstraint("job_id", "way", "ordinal", name=op.f("pk_job_piece")),
    )


def _make_figures() -> None:
    op.create_table(
        "campaign_figures",
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("part", CODE, nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("made_ms", MILLISECONDS, nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_figures_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "part", name=op.f("pk_campaign_figures")),
    )


def _make_signals() -> None:
    op.create_table(
        "attempt_origin",
        sa.Column("attempt_id", REFERENCE, nullable=False),
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("begun_ms", MILLISECONDS, nullable=False),
        sa.Column("network", CODE, nullable=False),
        sa.Column("address_hash", CODE, nullable=False),
        sa.Column("device_hash", CODE, nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_origin_attempt_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_attempt_origin_campaign_id")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_attempt_origin")),
    )
    op.create_index("ix_attempt_origin_begun", "attempt_origin", ["campaign_id", "begun_ms"])
    op.create_index("ix_attempt_origin_device", "attempt_origin", ["campaign_id", "device_hash"])
    op.create_table(
        "signal",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("key", CODE, nullable=False),
        sa.Column("attempts", sa.JSON(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("found_ms", MILLISECONDS, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", LINE, nullable=False),
        sa.Column("decided_ms", MILLISECONDS, nullable=True),
        sa.CheckConstraint("kind IN ('speed', 'same_answers', 'device')", name=op.f("ck_signal_kind")),
        sa.CheckConstraint("state IN ('open', 'dismissed', 'voided')", name=op.f("ck_signal_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_signal_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
        sa.UniqueConstraint("campaign_id", "kind", "key", name=op.f("uq_signal_campaign_id_kind_key")),
    )
    op.create_table(
        "attempt_void",
        sa.Column("attempt_id", REFERENCE, nullable=False),
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", LINE, nullable=False),
        sa.Column("at_ms", MILLISECONDS, nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_void_attempt_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_attempt_void_campaign_id")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_attempt_void")),
    )
    op.create_index(op.f("ix_attempt_void_campaign_id"), "attempt_void", ["campaign_id"])


def _make_reports() -> None:
    op.create_table(
        "report_template",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("name", LINE, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("by", LINE, nullable=False),
        sa.Column("at_ms", MILLISECONDS, nullable=False),
        sa.CheckConstraint("kind IN ('bulletin', 'summary')", name=op.f("ck_report_template_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_template")),
    )
    op.create_table(
        "report_photo",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("picture_sha256", CODE, nullable=False),
        sa.Column("caption", LINE, nullable=False),
        sa.Column("by", LINE, nullable=False),
        sa.Column("at_ms", MILLISECONDS, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_report_photo_campaign_id")),
        sa.ForeignKeyConstraint(["picture_sha256"], ["picture.sha256"], name=op.f("fk_report_photo_picture_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_photo")),
        sa.UniqueConstraint("campaign_id", "picture_sha256", name=op.f("uq_report_photo_campaign_id_picture_sha256")),
    )
    op.create_table(
        "report",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("campaign_id", REFERENCE, nullable=False),
        sa.Column("unit_id", REFERENCE, nullable=True),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("issue", sa.Integer(), nullable=True),
        sa.Column("title", LINE, nullable=False),
        sa.Column("sender", LINE, nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("by", LINE, nullable=False),
        sa.Column("at_ms", MILLISECONDS, nullable=False),
        sa.CheckConstraint("kind IN ('bulletin', 'summary')", name=op.f("ck_report_kind")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_report_campaign_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("campaign_id", "kind", "issue", name=op.f("uq_report_campaign_id_kind_issue")),
    )


def _make_data_requests() -> None:
    op.create_table(
        "data_request",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("person_id", REFERENCE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("by", LINE, nullable=False),
        sa.Column("asked_ms", MILLISECONDS, nullable=False),
        sa.Column("ended_ms", MILLISECONDS, nullable=True),
        sa.CheckConstraint("kind IN ('copy', 'correct', 'delete')", name=op.f("ck_data_request_kind")),
        sa.CheckConstraint("state IN ('open', 'done', 'refused', 'withdrawn')", name=op.f("ck_data_request_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_data_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index(op.f("ix_data_request_person_id"), "data_request", ["person_id"])
    op.create_index(
        "uq_data_request_open",
        "data_request",
        ["person_id", "kind"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    """Liaisons become viewers without a unit, void attempts superseded ones; all else of this is lost."""
    for table in (
        "data_request",
        "report",
        "report_photo",
        "report_template",
        "attempt_void",
        "signal",
        "attempt_origin",
        "campaign_figures",
        "job_piece",
        "job",
        "staff_session",
        "audit_entry",
    ):
        op.drop_table(table)
    op.drop_index("ix_standing_attempt_id", "standing")
    op.execute("UPDATE staff SET role = 'viewer', unit_id = NULL WHERE role = 'liaison'")
    with op.batch_alter_table("staff") as staff:
        staff.drop_constraint(op.f("ck_staff_unit_id"), type_="check")
        staff.drop_constraint(op.f("ck_staff_role"), type_="check")
        staff.create_check_constraint(op.f("ck_staff_role"), f"role IN ({_ROLES})")
        staff.drop_constraint(op.f("fk_staff_unit_id"), type_="foreignkey")
        for column in ("unit_id", "disabled_ms", "totp_sealed", "totp_step", "recovery", "last_in_ms"):
            staff.drop_column(column)
    op.execute("UPDATE attempt SET state = 'superseded' WHERE state = 'void'")
    _let_attempts_be(_STATES)
    with op.batch_alter_table("campaign") as campaign:
        campaign.drop_constraint(op.f("ck_campaign_keep_days"), type_="check")
        campaign.drop_column("purged_ms")
        campaign.drop_column("keep_days")
