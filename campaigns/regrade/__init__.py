"""Mending a wrong question: it is withdrawn, or its key corrected, while a campaign runs or after.

The change is committed first, and told; from then on answers are marked by it. Then every attempt that holds the
question is scored again, in batches that may be done twice and are taken up by a worker where they were left: a score
is a function of what was answered and of the key and the rules as they are now, never a difference. Last, everybody's
rank before and after is kept where one of them moved.

Rooms: `questions` finds the question and reads a key, `scoring` says what an attempt's answers are worth, `forecasting`
what a change would do, `changing` commits it, `recomputing` carries it out, `moves` tells who moved.
"""

from campaigns.regrade.changing import correct, withdraw
from campaigns.regrade.forecasting import Forecast, Shift, forecast
from campaigns.regrade.moves import Move, Regraded, moves_of, regrades_of, table_of
from campaigns.regrade.questions import Asked, find_question, key_shown, read_key
from campaigns.regrade.recomputing import BATCH, Mender, Progress, progress
from campaigns.regrade.scoring import Scored, score

__all__ = [
    "BATCH",
    "Asked",
    "Forecast",
    "Mender",
    "Move",
    "Progress",
    "Regraded",
    "Scored",
    "Shift",
    "correct",
    "find_question",
    "forecast",
    "key_shown",
    "moves_of",
    "progress",
    "read_key",
    "regrades_of",
    "score",
    "table_of",
    "withdraw",
]
