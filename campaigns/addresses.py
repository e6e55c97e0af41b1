"""The addresses that are printed and sent, and that must never change."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def entry(base_url: str, slug: str, unit_code: str = "") -> str:
    """A campaign's entry page: what its QR code holds. A unit's own code names the unit."""
    unit = f"?{urlencode({'u': unit_code})}" if unit_code else ""
    return f"{base_url.rstrip('/')}/q/{quote(slug)}{unit}"


def draw(base_url: str, draw_id: str) -> str:
    """A draw's public page."""
    return f"{base_url.rstrip('/')}/draws/{quote(draw_id)}"
