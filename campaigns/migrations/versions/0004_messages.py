"""messages: what must go out, grants, tokens, circuits, codes of accounts, leases; and when people want no notices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

REFERENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITS = sa.text("state = 'waiting'")
_HOURS = (("reminder_hour", None), ("notices_per_day", 2), ("quiet_from", 21), ("quiet_until", 8))
_CHECKS = {
    "reminder_hour": "reminder_hour BETWEEN 0 AND 23",
    "notices_per_day": "notices_per_day >= 0",
    "quiet_hours": "quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23",
}


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("campaign_id", REFERENCE, nullable=True),
        sa.Column("person_id", REFERENCE, nullable=True),
        sa.Column("way", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=255), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=True),
        sa.Column("lease", sa.String(length=64), nullable=True),
        sa.Column("leased_until_ms", sa.BigInteger(), nullable=True),
        sa.Column("begun", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.Column("sent_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name=op.f("ck_outbox_state")),
        sa.CheckConstraint("(state = 'sent') = (sent_ms IS NOT NULL)", name=op.f("ck_outbox_sent")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_outbox_campaign_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outbox_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_due", "outbox", ["due_ms", "id"], sqlite_where=_WAITS, postgresql_where=_WAITS)
    op.create_index("ix_outbox_person_campaign", "outbox", ["person_id", "campaign_id", "sent_ms"])
    op.create_table(
        "subscription_grant",
        sa.Column("id", REFERENCE, nullable=False),
        sa.Column("identity_id", REFERENCE, nullable=False),
        sa.Column("template_id", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("granted_ms", sa.BigInteger(), nullable=False),
        sa.Column("outbox_id", REFERENCE, nullable=True),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], name=op.f("fk_subscription_grant_identity_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_subscription_grant_outbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_grant")),
        sa.UniqueConstraint(
            "identity_id", "template_id", "key", name=op.f("uq_subscription_grant_identity_id_template_id_key")
        ),
        sa.UniqueConstraint("outbox_id", name=op.f("uq_subscription_grant_outbox_id")),
    )
    op.create_table(
        "access_token",
        sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fetched_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("refresher", sa.String(length=64), nullable=True),
        sa.Column("refreshing_until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", "purpose", name=op.f("pk_access_token")),
    )
    op.create_table(
        "circuit",
        sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("api", sa.String(length=255), nullable=False),
        sa.Column("open_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", "api", name=op.f("pk_circuit")),
    )
    op.create_table(
        "qr_ticket",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("scene", sa.String(length=64), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("account", "scene", name=op.f("pk_qr_ticket")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    with op.batch_alter_table("identity") as identity:
        identity.add_column(sa.Column("unfollowed_ms", sa.BigInteger(), nullable=True))
        identity.add_column(sa.Column("muted_ms", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("campaign") as campaign:
        for name, default in _HOURS:
            said = None if default is None else str(default)
            campaign.add_column(sa.Column(name, sa.Integer(), nullable=default is None, server_default=said))
    with op.batch_alter_table("campaign") as campaign:
        for name, default in _HOURS:
            if default is not None:  # only what was there before is told; a new campaign says its own
                campaign.alter_column(name, server_default=None)
        for name, check in _CHECKS.items():
            campaign.create_check_constraint(op.f(f"ck_campaign_{name}"), check)


def downgrade() -> None:
    with op.batch_alter_table("campaign") as campaign:
        for name in _CHECKS:
            campaign.drop_constraint(op.f(f"ck_campaign_{name}"), type_="check")
        for name, _ in _HOURS:
            campaign.drop_column(name)
    with op.batch_alter_table("identity") as identity:
        identity.drop_column("muted_ms")
        identity.drop_column("unfollowed_ms")
    for table in ("lease", "qr_ticket", "circuit", "access_token", "subscription_grant", "outbox"):
        op.drop_table(table)
