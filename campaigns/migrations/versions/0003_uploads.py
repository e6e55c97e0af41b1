"""uploads: bank files that wait to be imported, and what has been decided about their questions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bank_import",
        sa.Column("id", _ID, nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("format", sa.String(length=64), nullable=False),
        sa.Column("encoding", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("sheets", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("more_notes", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_import")),
        sa.UniqueConstraint("token", name=op.f("uq_bank_import_token")),
    )
    op.create_table(
        "bank_import_part",
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["bank_import.id"], name=op.f("fk_bank_import_part_import_id")),
        sa.PrimaryKeyConstraint("import_id", "ordinal", name=op.f("pk_bank_import_part")),
    )
    op.create_table(
        "bank_import_picture",
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["bank_import.id"], name=op.f("fk_bank_import_picture_import_id")),
        sa.PrimaryKeyConstraint("import_id", "sha256", name=op.f("pk_bank_import_picture")),
    )
    op.create_table(
        "bank_import_question",
        sa.Column("import_id", _ID, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("likenesses", sa.JSON(), nullable=False),
        sa.Column("severity", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=64), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('open', 'accepted', 'left_out')", name=op.f("ck_bank_import_question_decision")
        ),
        sa.CheckConstraint("severity IN ('', 'warning', 'error')", name=op.f("ck_bank_import_question_severity")),
        sa.ForeignKeyConstraint(["import_id"], ["bank_import.id"], name=op.f("fk_bank_import_question_import_id")),
        sa.PrimaryKeyConstraint("import_id", "ordinal", name=op.f("pk_bank_import_question")),
    )


def downgrade() -> None:
    for table in ("bank_import_question", "bank_import_picture", "bank_import_part", "bank_import"):
        op.drop_table(table)
