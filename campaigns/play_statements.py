"""The statements of an answered message: one to look, one to write.

Written by hand since each costs its share of the opening minute: see docs/decisions/0003-the-hot-path.md.
"""

from __future__ import annotations

from campaigns.store import Gated, Statement

LOOK = Statement(
    """
    SELECT i.id, i.person_id, c.id, c.version, m.identity_id, m.reply, m.attempt_id,
           a.id, a.position, a.score, a.paper, a.begun_ms, a.shown_ms, a.shown_identity_id
    FROM identity i
    LEFT JOIN campaign c ON c.id = i.campaign_id
    LEFT JOIN attempt a ON a.campaign_id = i.campaign_id AND a.person_id = i.person_id AND a.state = 'open'
    LEFT JOIN inbound m ON m.identity_id = i.id AND m.key = :key
    WHERE i.channel = :channel AND i.account = :account AND i.sender = :sender
    """
)
"""Sender and message key → identity, person, campaign and its version, earlier effect, open attempt."""

# The campaign's version is part of the gate: a pause, a close or an extension that was committed between the look
# and the write shuts it, and the message is looked at again under the new edition.
_GATE = """
    UPDATE attempt SET
        position = position + 1, score = score + :points, shown_ms = :now, shown_identity_id = :shown_identity
        {finishing}
    WHERE id = :attempt AND position = :position AND state = 'open'
      AND EXISTS (SELECT 1 FROM campaign WHERE id = :campaign AND version = :version)
    RETURNING {returned}
"""
_ANSWER_GATE = _GATE.format(finishing="", returned="id")
_FINISHING = ", state = 'finished', finished_ms = :now, used_ms = :used"
_FINISH_GATE = _GATE.format(finishing=_FINISHING, returned="id, campaign_id, person_id, score, used_ms, finished_ms")

_ANSWER_COLUMNS = "INSERT INTO answer (attempt_id, position, revision_id, given, points, answered_ms)"
_INBOUND_COLUMNS = "INSERT INTO inbound (identity_id, key, reply, attempt_id, received_ms)"
_STANDING_COLUMNS = """
    INSERT INTO standing (campaign_id, person_id, attempt_id, points, used_ms, finished_ms, version, changed_ms)
"""
# The best attempt counts; the tie rule says which of two is better.
_BETTER = """
    ON CONFLICT (campaign_id, person_id) DO UPDATE SET
        attempt_id = excluded.attempt_id, points = excluded.points, used_ms = excluded.used_ms,
        finished_ms = excluded.finished_ms, version = standing.version + 1, changed_ms = excluded.changed_ms
    WHERE (-excluded.points, excluded.used_ms, excluded.finished_ms)
        < (-standing.points, standing.used_ms, standing.finished_ms)
    RETURNING points, used_ms, finished_ms, version
"""

_PG_ANSWERED = f"""
    answered AS ({_ANSWER_COLUMNS}
        SELECT id, :position, :revision, :given, :points, :now FROM gate),
    told AS ({_INBOUND_COLUMNS}
        SELECT :identity, CAST(:key AS text), CAST(:reply AS text), id, :now FROM gate
        WHERE CAST(:key AS text) IS NOT NULL)
"""
_LITE_ANSWERED = Statement(f"{_ANSWER_COLUMNS} VALUES (:attempt, :position, :revision, :given, :points, :now)")
_LITE_TOLD = Statement(f"{_INBOUND_COLUMNS} SELECT :identity, :key, :reply, :attempt, :now WHERE :key IS NOT NULL")

ANSWER = Gated(
    postgresql=Statement(f"WITH gate AS ({_ANSWER_GATE}), {_PG_ANSWERED} SELECT id FROM gate"),
    sqlite=(Statement(_ANSWER_GATE), _LITE_ANSWERED, _LITE_TOLD),
)
"""Record an answer and its reply, and let the next question wait → the attempt's id."""

FINISH = Gated(
    postgresql=Statement(f"""
        WITH gate AS ({_FINISH_GATE}), {_PG_ANSWERED},
        placed AS ({_STANDING_COLUMNS}
            SELECT campaign_id, person_id, id, score, used_ms, finished_ms, 1, :now FROM gate
            {_BETTER})
        SELECT placed.points, placed.used_ms, placed.finished_ms, placed.version FROM gate LEFT JOIN placed ON TRUE
    """),
    sqlite=(
        Statement(_GATE.format(finishing=_FINISHING, returned="NULL, NULL, NULL, NULL")),
        _LITE_ANSWERED,
        _LITE_TOLD,
        Statement(f"""
            {_STANDING_COLUMNS}
            SELECT campaign_id, person_id, id, score, used_ms, finished_ms, 1, :now FROM attempt WHERE id = :attempt
            {_BETTER}
        """),
    ),
)
"""The same for the last question, which also places the person → points, used, finish, version of a changed
standing, or nulls if an earlier attempt was better."""
