from __future__ import annotations

import pytest
from flask import Flask

from admin.rights import RIGHTS, Action, action_of, may
from campaigns.staff import Role


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (Action.SIGN_IN, set(Role)),
        (Action.OWN_ACCOUNT, set(Role)),
        (Action.SEE_CAMPAIGNS, set(Role)),
        (Action.SEE_STANDINGS, {Role.OWNER, Role.ORGANISER, Role.VIEWER, Role.LIAISON}),
        (Action.EDIT_CAMPAIGNS, {Role.OWNER, Role.ORGANISER}),
        (Action.RUN_CAMPAIGNS, {Role.OWNER, Role.ORGANISER}),
        (Action.SEE_UNITS, {Role.OWNER, Role.ORGANISER, Role.VIEWER, Role.LIAISON}),
        (Action.EDIT_UNITS, {Role.OWNER, Role.ORGANISER}),
        (Action.SEE_PEOPLE, {Role.OWNER, Role.ORGANISER, Role.VIEWER, Role.LIAISON}),
        (Action.SEE_NAMES, {Role.OWNER, Role.ORGANISER, Role.LIAISON}),
        (Action.EDIT_PEOPLE, {Role.OWNER, Role.ORGANISER}),
        (Action.SEE_DRAWS, {Role.OWNER, Role.ORGANISER, Role.VIEWER, Role.DESK}),
        (Action.RUN_DRAWS, {Role.OWNER, Role.ORGANISER}),
        (Action.REDEEM, {Role.OWNER, Role.ORGANISER, Role.DESK}),
        (Action.SEE_CLAIMS, {Role.OWNER, Role.DESK}),
        (Action.SEE_BANKS, {Role.OWNER, Role.ORGANISER, Role.EDITOR}),
        (Action.EXPORT_BANKS, {Role.OWNER, Role.ORGANISER, Role.EDITOR}),
        (Action.IMPORT_BANKS, {Role.OWNER, Role.ORGANISER, Role.EDITOR}),
        (Action.EDIT_BANKS, {Role.OWNER, Role.ORGANISER, Role.EDITOR}),
        (Action.HANDLE_MESSAGES, {Role.OWNER, Role.ORGANISER}),
        (Action.SEE_ACCOUNTS, {Role.OWNER, Role.ORGANISER}),
        (Action.SEE_FIGURES, {Role.OWNER, Role.ORGANISER, Role.VIEWER, Role.LIAISON}),
        (Action.REVIEW_ATTEMPTS, {Role.OWNER, Role.ORGANISER}),
        (Action.SEE_REPORTS, {Role.OWNER, Role.ORGANISER, Role.VIEWER, Role.LIAISON}),
        (Action.MAKE_REPORTS, {Role.OWNER, Role.ORGANISER, Role.LIAISON}),
        (Action.EXPORT, {Role.OWNER, Role.ORGANISER, Role.VIEWER, Role.LIAISON}),
        (Action.SEE_AUDIT, {Role.OWNER}),
        (Action.MANAGE_STAFF, {Role.OWNER}),
        (Action.MANAGE_DATA, {Role.OWNER}),
        (Action.SEE_SYSTEM, {Role.OWNER, Role.ORGANISER}),
    ],
)
def test_every_action_is_for_these_roles_and_no_others(action: Action, roles: set[Role]) -> None:
    assert {role for role in Role if may(role, action)} == roles


def test_every_action_is_in_this_table() -> None:
    (mark,) = test_every_action_is_for_these_roles_and_no_others.pytestmark  # type: ignore[attr-defined]
    assert {action for action, _ in mark.args[1]} == set(Action)


def test_every_role_is_in_the_table() -> None:
    assert set(RIGHTS) == set(Role)


def test_every_view_of_the_console_says_which_action_it_is(app: Flask) -> None:
    views = {
        name: view for name, view in app.view_functions.items() if name.startswith("admin.") and name != "admin.static"
    }
    assert len(views) > 10
    assert [name for name, view in views.items() if action_of(view) is None] == []


def test_only_signing_in_and_out_is_open_to_anybody(app: Flask) -> None:
    open_to_all = {name for name, view in app.view_functions.items() if action_of(view) is Action.SIGN_IN}
    assert open_to_all == {
        "admin.sign_in",
        "admin.sign_in_code",
        "admin.sign_out",
        "admin.choose_console_language",
    }
