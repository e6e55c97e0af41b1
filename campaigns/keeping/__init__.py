"""The life of a campaign: drafted, checked, published, changed a little, closed, archived, and copied for next year."""

from campaigns.keeping.changes import Change, What, changes_of
from campaigns.keeping.changing import add_notice, add_units, archive, close, extend, note_people, pause, resume
from campaigns.keeping.checking import check
from campaigns.keeping.demo import DEMO_SLUG, DEMO_UNITS, ensure_demo
from campaigns.keeping.drafting import copy, create, edit, plan_of
from campaigns.keeping.findings import Finding
from campaigns.keeping.listing import Overview, find, list_campaigns, overview
from campaigns.keeping.plan_files import plan_values, read_plan, write_plan
from campaigns.keeping.plans import CHOICES, KEYWORD_LENGTH, LONGEST_NOTICE, MARKED_KINDS, POINTS, Part, Plan, settled
from campaigns.keeping.prizes import add_prizes, raise_stock
from campaigns.keeping.publishing import Published, Ready, make_ready, publish
from campaigns.keeping.recipes import Pool, Share, pool_of
from campaigns.keeping.samples import sample_edition

__all__ = [
    "CHOICES",
    "DEMO_SLUG",
    "DEMO_UNITS",
    "KEYWORD_LENGTH",
    "LONGEST_NOTICE",
    "MARKED_KINDS",
    "POINTS",
    "Change",
    "Finding",
    "Overview",
    "Part",
    "Plan",
    "Pool",
    "Published",
    "Ready",
    "Share",
    "What",
    "add_notice",
    "add_prizes",
    "add_units",
    "archive",
    "changes_of",
    "check",
    "close",
    "copy",
    "create",
    "edit",
    "ensure_demo",
    "extend",
    "find",
    "list_campaigns",
    "make_ready",
    "note_people",
    "overview",
    "pause",
    "plan_of",
    "plan_values",
    "pool_of",
    "publish",
    "raise_stock",
    "read_plan",
    "resume",
    "sample_edition",
    "settled",
    "write_plan",
]
