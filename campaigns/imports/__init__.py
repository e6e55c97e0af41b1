"""Bank files on their way into a bank: kept in SQL from the upload until everything doubtful about them is decided.

    keep         -> a file and what was read from it, found again by its token for a day (`uploading`)
    edit, decide  -> mend a question; accept what is doubtful about it, or leave it out (`deciding`)
    aim           -> say which bank it is meant for; its questions are compared with that bank's
    commit        -> everything that goes in is imported, or nothing (`committing`)

What is decided about one question may concern others (its twin is no twin any more once it is left out), so that a
change is computed from all of them, without holding up any writer, and written only if nobody was quicker: the
file's version is the gate.
"""

from campaigns.imports.committing import commit, permission, plan, state_of
from campaigns.imports.deciding import aim, decide, decide_rest, edit
from campaigns.imports.looking import Counts, Page, Show, Waiting, counts, file_of, one, page, picture, waiting
from campaigns.imports.records import MOST_NOTES, Decision, Uploaded, UploadedQuestion, find
from campaigns.imports.uploading import KEPT_MS, Upload, drop, keep

__all__ = [
    "KEPT_MS",
    "MOST_NOTES",
    "Counts",
    "Decision",
    "Page",
    "Show",
    "Upload",
    "Uploaded",
    "UploadedQuestion",
    "Waiting",
    "aim",
    "commit",
    "counts",
    "decide",
    "decide_rest",
    "drop",
    "edit",
    "file_of",
    "find",
    "keep",
    "one",
    "page",
    "permission",
    "picture",
    "plan",
    "state_of",
    "waiting",
]
