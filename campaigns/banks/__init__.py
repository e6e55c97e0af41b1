"""Banks in SQL: import, keeping, history, search, export.

A question's identity outlives what it says: every change of it writes a new revision and lets the question point at
it; revisions are never touched again, since papers refer to them. Every change of a bank is noted with who made it.
"""

from campaigns.banks.changes import Change, What
from campaigns.banks.editing import add, edit, rename, restore, set_status
from campaigns.banks.history import BankStep, Difference, Step, bank_history, differences, history
from campaigns.banks.importing import (
    Imported,
    ImportPlan,
    carry_out,
    compare,
    import_bank,
    likenesses,
    plan_import,
    problems_by_place,
)
from campaigns.banks.listing import (
    BankSummary,
    Entry,
    Facets,
    Page,
    Selection,
    current_questions,
    export,
    facets,
    find_bank,
    find_question,
    list_banks,
    search,
)
from campaigns.banks.moving import Merged, Split, merge, split
from campaigns.banks.shipping import ensure_shipped_bank
from campaigns.banks.storable import LINE_LENGTH, NUMBER_LENGTH, SLUG, Status

__all__ = [
    "LINE_LENGTH",
    "NUMBER_LENGTH",
    "SLUG",
    "BankStep",
    "BankSummary",
    "Change",
    "Difference",
    "Entry",
    "Facets",
    "ImportPlan",
    "Imported",
    "Merged",
    "Page",
    "Selection",
    "Split",
    "Status",
    "Step",
    "What",
    "add",
    "bank_history",
    "carry_out",
    "compare",
    "current_questions",
    "differences",
    "edit",
    "ensure_shipped_bank",
    "export",
    "facets",
    "find_bank",
    "find_question",
    "history",
    "import_bank",
    "likenesses",
    "list_banks",
    "merge",
    "plan_import",
    "problems_by_place",
    "rename",
    "restore",
    "search",
    "set_status",
    "split",
]
