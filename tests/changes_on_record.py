"""Watches what requests to the console write: whoever changes anything leaves an entry in the audit log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import Connection, event

from campaigns.store import Store

WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
NO_CHANGES = frozenset(
    {
        "staff_session",  # when it was last used
        "staff",  # failed tries, and when somebody was last there; `campaigns.staff` records what matters itself
        "code_try",
        "bank_import",  # a file that somebody looks at before it is imported, and what they decide about it
        "bank_import_part",
        "bank_import_picture",
        "bank_import_question",
        "access_token",
        "circuit",
        "qr_ticket",
        "lease",
        "campaign_figures",
        "unit_standing",
        "unit_tally",
        "job",  # its checkpoints; to ask for one and to cancel it are recorded
        "job_piece",
        "picture",  # kept by their content, and shown by what refers to them
    }
)
"""Tables that say nothing which an organiser decided."""


@contextmanager
def watched(app: Flask, store: Store) -> Iterator[None]:
    """Fails at the end where a request to the console has changed rows, and none of them was an audit entry."""
    unrecorded: list[str] = app.extensions.setdefault("unrecorded", [])

    def begin(connection: Connection) -> None:
        connection.info["written"], connection.info["last"] = set(), ("", _changes(connection))

    def settle(connection: Connection, becomes: str = "") -> None:
        """What the last statement wrote is counted when it is over: one that returns rows is not before it is read."""
        table, seen = connection.info.get("last", ("", 0))
        now = _changes(connection)
        if table and now > seen:
            connection.info.setdefault("written", set()).add(table)
        connection.info["last"] = (becomes, now)

    def execute(
        connection: Connection, cursor: object, statement: str, parameters: object, context: object, many: bool
    ) -> None:
        write = WRITES.match(statement)
        settle(connection, write[1] if write else "")

    def commit(connection: Connection) -> None:
        settle(connection)
        if has_request_context():
            g.setdefault("written", set()).update(connection.info.get("written", set()))

    @app.after_request
    def look(response: Response) -> Response:
        written = g.get("written", set()) - NO_CHANGES
        is_ours = (request.endpoint or "").startswith("admin.")
        if is_ours and written and "audit_entry" not in written:
            unrecorded.append(f"{request.method} {request.endpoint} changes {', '.join(sorted(written))}")
        return response

    event.listen(store.engine, "begin", begin)
    event.listen(store.engine, "before_cursor_execute", execute)
    event.listen(store.engine, "commit", commit)
    yield
    assert not unrecorded, f"without an entry in the audit log: {sorted(set(unrecorded))}"


def _changes(connection: Connection) -> int:
    """How many rows this connection has changed so far; SQLite's."""
    changes: int = connection.connection.dbapi_connection.total_changes  # type: ignore[union-attr]
    return changes
