"""keeping banks: who changed what, statuses, tags and pictures, imports in batches

What stands in the banks is kept as it is. Revisions that came with one import share its time, so that each import of
the past becomes one change, by nobody that is known.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SHIPPED = ("energy", "节能降碳知识题库")
"""Slug and name of the bank that came with the product, whose questions were reviewed before."""
REFERENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_bank = sa.table("bank", sa.column("id"), sa.column("slug"), sa.column("name"), sa.column("version"))
_question = sa.table(
    "question", sa.column("id"), sa.column("bank_id"), sa.column("retired", sa.Boolean()), sa.column("status")
)
_revision = sa.table(
    "question_revision",
    sa.column("question_id"),
    sa.column("revision"),
    sa.column("change_id"),
    sa.column("tags", sa.JSON()),
    sa.column("pictures", sa.JSON()),
    sa.column("created_ms"),
)


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_picture")),
    )
    op.create_table(
        "staging",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'spent')", name=op.f("ck_staging_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staging")),
    )
    op.create_table(
        "staged_question",
        sa.Column("staging_id", REFERENCE, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=255), nullable=False),
        sa.Column("difficulty", sa.String(length=255), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["staging_id"], ["staging.id"], name=op.f("fk_staged_question_staging_id")),
        sa.PrimaryKeyConstraint("staging_id", "ordinal", name=op.f("pk_staged_question")),
    )
    changes = op.create_table(
        "bank_change",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("bank_id", REFERENCE, nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "what IN ('import', 'shipped', 'add', 'edit', 'restore', 'status', 'rename', 'split', 'merge')",
            name=op.f("ck_bank_change_what"),
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_bank_change_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_change")),
    )
    op.create_index(op.f("ix_bank_change_bank_id"), "bank_change", ["bank_id"])

    op.add_column("bank", sa.Column("version", sa.Integer(), nullable=True))
    op.add_column("campaign", sa.Column("reviewed_only", sa.Boolean(), nullable=True))
    op.add_column("question", sa.Column("status", sa.String(length=64), nullable=True))
    for column in (
        sa.Column("change_id", REFERENCE, nullable=True),
        sa.Column("tags", sa.JSON(), nullable=True),
        sa.Column("pictures", sa.JSON(), nullable=True),
    ):
        op.add_column("question_revision", column)

    op.execute(sa.update(_bank).values(version=1))
    op.execute(sa.update(sa.table("campaign", sa.column("reviewed_only", sa.Boolean()))).values(reviewed_only=False))
    shipped = sa.select(_bank.c.id).where(_bank.c.slug == SHIPPED[0], _bank.c.name == SHIPPED[1])
    status = sa.case(
        (_question.c.retired, "retired"),
        (_question.c.bank_id.in_(shipped.scalar_subquery()), "reviewed"),
        else_="draft",
    )
    op.execute(sa.update(_question).values(status=status))
    op.bulk_insert(changes, list(_past_changes()))
    op.execute(sa.update(_revision).values(change_id=_its_change(changes), tags=[], pictures=[]))

    with op.batch_alter_table("bank") as bank:
        bank.alter_column("version", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("campaign") as campaign:
        campaign.alter_column("reviewed_only", existing_type=sa.Boolean(), nullable=False)
    with op.batch_alter_table("question") as question:
        question.alter_column("status", existing_type=sa.String(length=64), nullable=False)
        question.drop_column("retired")
        question.create_check_constraint(op.f("ck_question_status"), "status IN ('draft', 'reviewed', 'retired')")
    with op.batch_alter_table("question_revision") as revisions:
        revisions.alter_column("change_id", existing_type=REFERENCE, nullable=False)
        revisions.alter_column("tags", existing_type=sa.JSON(), nullable=False)
        revisions.alter_column("pictures", existing_type=sa.JSON(), nullable=False)
        revisions.drop_column("created_ms")
        revisions.create_foreign_key(op.f("fk_question_revision_change_id"), "bank_change", ["change_id"], ["id"])


def _past_changes() -> Iterator[dict[str, object]]:
    """One row an import that left anything behind, in the order of their times."""
    groups = op.get_bind().execute(
        sa.select(
            _question.c.bank_id,
            _revision.c.created_ms,
            sa.func.sum(sa.case((_revision.c.revision == 1, 1), else_=0)),
            sa.func.count(),
            _bank.c.slug,
            _bank.c.name,
        )
        .join_from(_revision, _question, _question.c.id == _revision.c.question_id)
        .join(_bank, _bank.c.id == _question.c.bank_id)
        .group_by(_question.c.bank_id, _revision.c.created_ms, _bank.c.slug, _bank.c.name)
        .order_by(_revision.c.created_ms, _question.c.bank_id)
    )
    met = set()
    for bank_id, created_ms, added, revisions, slug, name in groups:
        first = bank_id not in met
        met.add(bank_id)
        yield {
            "bank_id": bank_id,
            "what": "shipped" if first and (slug, name) == SHIPPED else "import",
            "by": "",
            "file": "",
            "at_ms": created_ms,
            "added": added,
            "changed": revisions - added,
            "detail": {},
        }


def _its_change(changes: sa.Table) -> sa.ScalarSelect[int]:
    return (
        sa.select(changes.c.id)
        .join_from(changes, _question, _question.c.bank_id == changes.c.bank_id)
        .where(_question.c.id == _revision.c.question_id, changes.c.at_ms == _revision.c.created_ms)
        .correlate(_revision)
        .scalar_subquery()
    )


def downgrade() -> None:
    op.add_column("question", sa.Column("retired", sa.Boolean(), nullable=True))
    op.add_column("question_revision", sa.Column("created_ms", sa.BigInteger(), nullable=True))
    op.execute(sa.update(_question).values(retired=_question.c.status == "retired"))
    changes = sa.table("bank_change", sa.column("id"), sa.column("at_ms"))
    at_ms = sa.select(changes.c.at_ms).where(changes.c.id == _revision.c.change_id).correlate(_revision)
    op.execute(sa.update(_revision).values(created_ms=at_ms.scalar_subquery()))
    with op.batch_alter_table("question_revision") as revisions:
        revisions.alter_column("created_ms", existing_type=sa.BigInteger(), nullable=False)
        revisions.drop_constraint(op.f("fk_question_revision_change_id"), type_="foreignkey")
        for name in ("change_id", "tags", "pictures"):
            revisions.drop_column(name)
    with op.batch_alter_table("question") as question:
        question.alter_column("retired", existing_type=sa.Boolean(), nullable=False)
        question.drop_constraint(op.f("ck_question_status"), type_="check")
        question.drop_column("status")
    with op.batch_alter_table("campaign") as campaign:
        campaign.drop_column("reviewed_only")
    with op.batch_alter_table("bank") as bank:
        bank.drop_column("version")
    op.drop_index(op.f("ix_bank_change_bank_id"), table_name="bank_change")
    for name in ("bank_change", "staged_question", "staging", "picture"):
        op.drop_table(name)
