"""The draws of all campaigns, each with its public page. Freezing and holding them is done on the command line."""

from __future__ import annotations

from flask import render_template

from admin.console import console
from admin.context import stores
from admin.rights import Action, needs
from campaigns.draws import list_draws


@console.get("/draws")
@needs(Action.SEE_DRAWS)
def draws() -> str:
    with stores().sql.reading() as session:
        found = list_draws(session)
    return render_template("admin/draws.html", draws=found[::-1])
