"""Where one goes from a step of the wizard, and what is said when one cannot."""

from __future__ import annotations

from flask import url_for

from admin.wizard.steps import CHECK, Step, beside, step_called

WRONG = "有几处要改，这一步还没有保存：请看标红的地方。"
MOVED = "您填的都还在；再点一次“下一步”，就以您填的为准。"
NEXT, LEAVE, GO = "next", "leave", "go-"
"""Buttons that lead on; a step's name follows the last. A form's other buttons change its shape."""


def leads_on(do: str) -> bool:
    """Whether a button keeps the step and leads away; what is sent without a button does as well."""
    return do in {"", NEXT, LEAVE} or do.startswith(GO)


def onward(slug: str, step: Step, do: str) -> str:
    """The address after a step has been kept, by the button that was pressed: the next step if it names no other."""
    if do == LEAVE:
        return url_for("admin.campaign", slug=slug)
    chosen = step_called(do.removeprefix(GO)) if do.startswith(GO) else None
    return url_for("admin.campaign_step", slug=slug, step=(chosen or beside(step, 1) or CHECK).code)
