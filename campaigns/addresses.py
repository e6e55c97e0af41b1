"""The addresses that are printed and sent, and that must never change."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def entry(base_url: str, slug: str, unit_code: str = "") -> str:
    """A campaign's entry page: what its QR code holds. A unit's own code names the unit."""
    unit = f"?{urlencode({'u': unit_code})}" if unit_code else ""
    return f"{base_url.rstrip('/')}/q/{quote(slug)}{unit}"


def prizes(base_url: str, slug: str) -> str:
    """The page of a campaign's prizes, where winners find their own."""
    return f"{entry(base_url, slug)}/prizes"


def draw(base_url: str, draw_id: str, entrant: str = "") -> str:
    """A draw's public page, which shows an entrant's own line where one is named."""
    found = f"?{urlencode({'find': entrant})}" if entrant else ""
    return f"{base_url.rstrip('/')}/draws/{quote(draw_id)}{found}"


def desk(base_url: str, code: str) -> str:
    """The prize desk with a winner's code: in the fragment, which no server is sent and no log keeps."""
    return f"{base_url.rstrip('/')}/admin/desk#{code}"


def certificate(base_url: str, number: str) -> str:
    """Where a certificate is checked: what its code holds."""
    return f"{base_url.rstrip('/')}/certificates/{quote(number)}"
