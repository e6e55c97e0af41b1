"""Who may do what in the console: one table, and one mark on every view; a view without a mark is nobody's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from campaigns.staff import Role

View = TypeVar("View", bound=Callable[..., Any])


class Action(StrEnum):
    SIGN_IN = "sign_in"
    """What anybody may do: to come in."""
    OWN_ACCOUNT = "own_account"
    """What everybody signed in may do, even with a one-time password: change it, and leave."""
    SEE_CAMPAIGNS = "see_campaigns"
    """Names, windows, counts, entry codes and posters; no persons."""
    SEE_STANDINGS = "see_standings"
    """Who stands where and who won, names masked."""
    EDIT_CAMPAIGNS = "edit_campaigns"
    """Drafts: laid down, edited, copied from others."""
    RUN_CAMPAIGNS = "run_campaigns"
    """What concerns everybody who takes part: publish, pause, extend, close, units and notices, mended questions."""
    SEE_UNITS = "see_units"
    """The tree of units with headcounts; officers' names as those of all persons."""
    EDIT_UNITS = "edit_units"
    SEE_PEOPLE = "see_people"
    """Persons, their identities and attempts, and who has not taken part: masked without SEE_NAMES."""
    SEE_NAMES = "see_names"
    """Names, staff numbers and phones in full, on pages and in files."""
    EDIT_PEOPLE = "edit_people"
    """Rosters; identities undone, persons merged."""
    SEE_DRAWS = "see_draws"
    """Draws and prizes: groups, stock, awards with masked names."""
    RUN_DRAWS = "run_draws"
    """Who wins: exclusions, freezes, values and their confirmation, ranks settled, awards forfeited, public lists."""
    REDEEM = "redeem"
    """Hand prizes out to whoever shows a code; sees no more of them than prize and masked name."""
    SEE_CLAIMS = "see_claims"
    """Winners' names, phones and addresses, as they gave them to the prize desk."""
    SEE_BANKS = "see_banks"
    """Questions with their answers."""
    EXPORT_BANKS = "export_banks"
    IMPORT_BANKS = "import_banks"
    EDIT_BANKS = "edit_banks"
    """Single questions, statuses, names; splitting and merging."""
    HANDLE_MESSAGES = "handle_messages"
    """What goes out, what could not and why; sending it again, or giving it up."""
    SEE_ACCOUNTS = "see_accounts"
    """How the accounts on the platforms are set, and what they may do; no secrets."""
    SEE_FIGURES = "see_figures"
    """Dashboards: figures of campaigns, units and questions; no persons."""
    REVIEW_ATTEMPTS = "review_attempts"
    """Signals of unfair play: dismissed, or attempts voided with a reason; and undone."""
    SEE_REPORTS = "see_reports"
    """Reports that go upward, and their files."""
    MAKE_REPORTS = "make_reports"
    """Write and make them, choose photos, upload templates."""
    EXPORT = "export"
    """Tables to take away, of what one may see, masked as one sees it."""
    SEE_AUDIT = "see_audit"
    """Who changed what, when; and export it."""
    MANAGE_STAFF = "manage_staff"
    """Accounts of the console: made, given roles, reset, disabled; their sessions and second steps."""
    MANAGE_DATA = "manage_data"
    """Personal data: how long they are kept, purged; what persons ask for about their own."""
    SEE_SYSTEM = "see_system"
    """How the installation is: what the doctor finds, menus of official accounts, rankings made anew."""


_ALL = frozenset(Action)
_VIEWER = frozenset(
    {
        Action.SIGN_IN,
        Action.OWN_ACCOUNT,
        Action.SEE_CAMPAIGNS,
        Action.SEE_STANDINGS,
        Action.SEE_DRAWS,
        Action.SEE_UNITS,
        Action.SEE_PEOPLE,
        Action.SEE_FIGURES,
        Action.SEE_REPORTS,
        Action.EXPORT,
    }
)
_EDITOR = frozenset(
    {
        Action.SIGN_IN,
        Action.OWN_ACCOUNT,
        Action.SEE_CAMPAIGNS,
        Action.SEE_BANKS,
        Action.EXPORT_BANKS,
        Action.IMPORT_BANKS,
        Action.EDIT_BANKS,
    }
)

_DESK = frozenset(
    {Action.SIGN_IN, Action.OWN_ACCOUNT, Action.SEE_CAMPAIGNS, Action.SEE_DRAWS, Action.REDEEM, Action.SEE_CLAIMS}
)

_LIAISON = frozenset(
    {
        Action.SIGN_IN,
        Action.OWN_ACCOUNT,
        Action.SEE_CAMPAIGNS,
        Action.SEE_STANDINGS,
        Action.SEE_UNITS,
        Action.SEE_PEOPLE,
        Action.SEE_NAMES,
        Action.SEE_FIGURES,
        Action.SEE_REPORTS,
        Action.MAKE_REPORTS,
        Action.EXPORT,
    }
)
"""Of their own unit and those below it; see `needs`."""
_OWNERS_ALONE = frozenset({Action.SEE_CLAIMS, Action.SEE_AUDIT, Action.MANAGE_STAFF, Action.MANAGE_DATA})

OPEN_TO_ALL = frozenset({Action.SIGN_IN, Action.OWN_ACCOUNT})

RIGHTS: Mapping[Role, frozenset[Action]] = {
    Role.OWNER: _ALL,
    Role.ORGANISER: _ALL - _OWNERS_ALONE,
    Role.EDITOR: _EDITOR,
    Role.VIEWER: _VIEWER,
    Role.DESK: _DESK,
    Role.LIAISON: _LIAISON,
}


def may(role: Role, action: Action) -> bool:
    return action in RIGHTS[role]


def needs(action: Action, *, scoped: bool = False) -> Callable[[View], View]:
    """Mark a view with the action that it is; the guard before every request reads the mark.

    `scoped`: the view keeps a liaison to their own units (see `admin.scope`); for them all others do not exist.
    """

    def mark(view: View) -> View:
        view.lvda_action = action  # type: ignore[attr-defined]
        view.lvda_scoped = scoped  # type: ignore[attr-defined]
        return view

    return mark


def action_of(view: Callable[..., Any]) -> Action | None:
    """The action of a marked view; None for one that nobody may call."""
    return getattr(view, "lvda_action", None)


def is_scoped(view: Callable[..., Any]) -> bool:
    """Whether a view keeps a liaison to their own units."""
    return getattr(view, "lvda_scoped", False)
