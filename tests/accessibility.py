"""What axe-core finds in a page: what would keep people from reading it or from getting about in it.

https://github.com/dequelabs/axe-core, as it came, in `tests/vendor`.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN = """async without => {
    const rules = Object.fromEntries(without.map(rule => [rule, {enabled: false}]));
    const found = await axe.run(document, {resultTypes: ["violations"], rules});
    const where = one => one.nodes.map(node => node.html.slice(0, 120)).join(" | ");
    return found.violations.map(one => [one.id, one.impact, where(one)]);
}"""


def obstacles(page: Page, *without: str) -> list[str]:
    """What axe finds in a page as it is shown now: rule, how grave it is, and where; `without` some of its rules."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[list[str]] = page.evaluate(RUN, list(without))
    return [" ".join(map(str, one)) for one in found]
