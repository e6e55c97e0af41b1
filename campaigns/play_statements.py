"""The statements of an answered message: one to look, one to write.

Written by hand since each costs its share of the opening minute: see docs/decisions/0003-the-hot-path.md.
"""

from __future__ import annotations

from campaigns.store import Gated, Statement

LOOK = Statement(
    """
    SELECT i.id, i.person_id, p.unit_id, c.id, c.version, m.identity_id, m.reply, m.attempt_id,
           a.id, a.position, a.score, a.paper, a.begun_ms, a.shown_ms, a.shown_identity_id, a.due_ms
    FROM identity i
    JOIN person p ON p.id = i.person_id
    LEFT JOIN campaign c ON c.id = i.campaign_id
    LEFT JOIN attempt a ON a.campaign_id = i.campaign_id AND a.person_id = i.person_id AND a.state = 'open'
    LEFT JOIN inbound m ON m.identity_id = i.id AND m.key = :key
    WHERE i.channel = :channel AND i.account = :account AND i.sender = :sender
    """
)
"""Sender and message key → identity, person, unit, campaign and its version, earlier effect, open attempt."""

# The campaign's version is part of the gate: a pause, a close or an extension that was committed between the look
# and the write shuts it, and the message is looked at again under the new edition. So does whoever turned out to be
# another person meanwhile.
_GATE = """
    UPDATE attempt SET {changes}
    WHERE id = :attempt AND person_id = :person AND position = :position AND state = 'open'
      AND EXISTS (SELECT 1 FROM campaign WHERE id = :campaign AND version = :version) {unmoved}
    RETURNING {returned}
"""
# What compares with the person's other attempts must see them as they are: a statement that waited for somebody who
# was merging, or parting, persons goes on with the newest row of this attempt, but with all others as they were when
# it began. Those who regroup attempts rewrite every row, so that the gate is shut then. SQLite has one writer.
_PG_UNMOVED = "AND EXISTS (SELECT 1 FROM attempt seen WHERE seen.id = attempt.id AND seen.xmin = attempt.xmin)"
_ANSWERING = """
    position = position + 1, score = score + :points, shown_ms = :now, shown_identity_id = :shown_identity
"""
_FINISHING = _ANSWERING + ", state = 'finished', finished_ms = :moment, used_ms = :used"
# How far it came is kept in its position, for whoever asks later; the moment of the write in `shown_ms`, by which it
# is found that it was written while a question was being mended: the finish lies in the past.
_TIMING_OUT = """
    score = score + :points, shown_ms = :now, shown_identity_id = NULL,
    state = 'finished', timed_out = TRUE, finished_ms = :moment, used_ms = :used
"""
_ANSWER_GATE = _GATE.format(changes=_ANSWERING, unmoved="", returned="id")

_ANSWER_COLUMNS = "INSERT INTO answer (attempt_id, position, revision_id, given, points, answered_ms)"
_INBOUND_COLUMNS = "INSERT INTO inbound (identity_id, key, reply, attempt_id, received_ms)"
_ATTEMPT_COLUMNS = "id, campaign_id, person_id, ordinal, day, score, used_ms, finished_ms"

_PG_ANSWERED = f"""
    answered AS ({_ANSWER_COLUMNS}
        SELECT id, :position, :revision, :given, :points, :moment FROM gate),
    told AS ({_INBOUND_COLUMNS}
        SELECT :identity, CAST(:key AS text), CAST(:reply AS text), id, :now FROM gate
        WHERE CAST(:key AS text) IS NOT NULL)
"""
_LITE_ANSWERED = Statement(f"{_ANSWER_COLUMNS} VALUES (:attempt, :position, :revision, :given, :points, :moment)")
_LITE_TOLD = Statement(f"{_INBOUND_COLUMNS} SELECT :identity, :key, :reply, :attempt, :now WHERE :key IS NOT NULL")

ANSWER = Gated(
    postgresql=Statement(f"WITH gate AS ({_ANSWER_GATE}), {_PG_ANSWERED} SELECT id FROM gate"),
    sqlite=(Statement(_ANSWER_GATE), _LITE_ANSWERED, _LITE_TOLD),
)
"""Record an answer and its reply, and let the next question wait → the attempt's id."""

# --- the standing that a finished attempt makes: the same as `campaigns.counting` would ---------------------------

_ORDINAL_OF = "(SELECT ordinal FROM attempt WHERE id = {table}.attempt_id)"
_LATER = f"{_ORDINAL_OF.format(table='excluded')} > {_ORDINAL_OF.format(table='standing')}"
_EARLIER = f"{_ORDINAL_OF.format(table='excluded')} < {_ORDINAL_OF.format(table='standing')}"
_BETTER = """
    (-excluded.points, excluded.used_ms, excluded.finished_ms)
    < (-standing.points, standing.used_ms, standing.finished_ms)
"""
_OTHER = """
    (excluded.points, excluded.used_ms, excluded.finished_ms)
    <> (standing.points, standing.used_ms, standing.finished_ms)
"""
# The person's other attempts are read beside the gate's: within one statement the table does not show it as finished.
_EACH_DAYS_BEST = f"""
    finished AS (
        SELECT {_ATTEMPT_COLUMNS} FROM gate
        UNION ALL
        SELECT {", ".join(f"a.{column}" for column in _ATTEMPT_COLUMNS.split(", "))}
        FROM attempt a JOIN gate ON a.campaign_id = gate.campaign_id AND a.person_id = gate.person_id
        WHERE a.state = 'finished' AND a.id <> gate.id),
    ranked AS (
        SELECT finished.*,
               ROW_NUMBER() OVER (PARTITION BY day ORDER BY score DESC, used_ms, finished_ms, ordinal) AS of_its_day
        FROM finished),
    counted AS (
        SELECT ranked.*, ROW_NUMBER() OVER (ORDER BY finished_ms DESC, ordinal DESC) AS from_the_last
        FROM ranked WHERE of_its_day = 1)
"""
_THIS_ONE = "SELECT campaign_id, person_id, id, score, used_ms, finished_ms, 1, :now FROM gate WHERE TRUE"
_ALL_DAYS = """
    SELECT campaign_id, person_id, MAX(CASE WHEN from_the_last = 1 THEN id END),
           SUM(score), SUM(used_ms), MAX(finished_ms), 1, :now
    FROM counted WHERE TRUE GROUP BY campaign_id, person_id
"""
_PLACED = """
    INSERT INTO standing (campaign_id, person_id, attempt_id, points, used_ms, finished_ms, version, changed_ms)
    {result}
    ON CONFLICT (campaign_id, person_id) DO UPDATE SET
        attempt_id = excluded.attempt_id, points = excluded.points, used_ms = excluded.used_ms,
        finished_ms = excluded.finished_ms, version = standing.version + 1, changed_ms = excluded.changed_ms
    WHERE {counts}
    RETURNING points, used_ms, finished_ms, version
"""
UNRANKED = "none"
"""The rule of campaigns that rank nobody."""
_RULES = {
    "best": ("", _PLACED.format(result=_THIS_ONE, counts=_BETTER)),
    "first": ("", _PLACED.format(result=_THIS_ONE, counts=_EARLIER)),
    "last": ("", _PLACED.format(result=_THIS_ONE, counts=_LATER)),
    "sum": (_EACH_DAYS_BEST, _PLACED.format(result=_ALL_DAYS, counts=_OTHER)),
}
"""What is counted with the gate's attempt, and how it is placed, by the rule of which attempt counts."""


def _with(*parts: str) -> str:
    return "WITH " + ", ".join(part for part in parts if part)


def _ending(changes: str, pg_beside: str, lite_beside: tuple[Statement, ...]) -> dict[str, Gated]:
    """A write that ends an attempt, by the rule of which attempt counts; what is written beside goes with it."""
    nothing = "NULL, NULL, NULL, NULL"
    gate, careful = (
        f"gate AS ({_GATE.format(changes=changes, unmoved=unmoved, returned=_ATTEMPT_COLUMNS)})"
        for unmoved in ("", _PG_UNMOVED)
    )
    lite_gate = Statement(_GATE.format(changes=changes, unmoved="", returned=nothing))
    lite_found = f"gate AS (SELECT {_ATTEMPT_COLUMNS} FROM attempt WHERE id = :attempt)"
    placed_columns = "placed.points, placed.used_ms, placed.finished_ms, placed.version"
    endings = {
        UNRANKED: Gated(
            postgresql=Statement(f"{_with(gate, pg_beside)} SELECT {nothing} FROM gate"),
            sqlite=(lite_gate, *lite_beside),
        )
    }
    for rule, (counted, placed) in _RULES.items():
        endings[rule] = Gated(
            postgresql=Statement(
                f"{_with(gate if rule == 'best' else careful, pg_beside, counted, f'placed AS ({placed})')}"
                f" SELECT {placed_columns} FROM gate LEFT JOIN placed ON TRUE"
            ),
            sqlite=(lite_gate, *lite_beside, Statement(f"{_with(lite_found, counted)} {placed}")),
        )
    return endings


FINISH = _ending(_FINISHING, _PG_ANSWERED, (_LITE_ANSWERED, _LITE_TOLD))
"""By rule: as ANSWER for the last question, which also places the person → points, used, finish, version of a changed
standing, or nulls if it is not changed."""

TIME_OUT = _ending(_TIMING_OUT, "", ())
"""By rule: the same for an attempt whose time is up, without an answer."""
