"""The first bank of an installation: the one that comes with the program, for whoever has none of their own yet."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, stores
from admin.rights import Action, needs
from campaigns import banks
from campaigns.errors import Refused
from questions.shipped import SHIPPED_SLUG


@console.post("/banks/shipped")
@needs(Action.IMPORT_BANKS)
def take_shipped_bank() -> Response:
    with stores().sql.transaction() as session:
        if any(bank.slug == SHIPPED_SLUG for bank in banks.list_banks(session)):
            raise Refused("自带的题库已经在了，请到“题库”页面看。")
        banks.ensure_shipped_bank(session, now(), me())
    flash("自带的题库已经装好，题目都审过，可以直接用来出题；也可以先看一遍，改成自己的。", "success")
    if request.form.get("then") == "campaign":
        return redirect(url_for("admin.begin_campaign"))
    return redirect(url_for("admin.bank", slug=SHIPPED_SLUG))
