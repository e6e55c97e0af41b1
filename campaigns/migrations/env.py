"""Runs migrations on the connection that `Store.migrate` hands over; `make migration` compares with the tables."""

from __future__ import annotations

from alembic import context

from campaigns.tables import Table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    transaction_per_migration=False,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
