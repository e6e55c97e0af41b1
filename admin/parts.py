"""Parts of pages: what htmx asks for is answered with the part that it replaces, everybody else gets the whole page."""

from __future__ import annotations

from flask import Response, request

from admin.console import console


def wants_part() -> bool:
    """Whether the part that is named by `part_wanted` will do; never for somebody who comes back to a page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def page_or_part(name: str) -> str:
    """The template of a part, or that of the whole page around it, whichever will do."""
    return f"admin/{name}.html" if wants_part() else f"admin/{name}_page.html"


def part_wanted() -> str:
    """The id of the element that the answer is put in or in place of; empty for a whole page."""
    return request.headers.get("HX-Target", "") if wants_part() else ""


@console.after_request
def lead_on(response: Response) -> Response:
    """A redirect leads the whole page on: followed by the script alone, it would put that page into a part of ours."""
    if wants_part() and response.location:
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        response.status_code = 200
        response.set_data(b"")
    return response
