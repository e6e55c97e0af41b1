"""A campaign's poster, the same from the console and from the command line."""

from __future__ import annotations

from campaigns.clock import local
from campaigns.keeping import Overview
from campaigns.prints.posters import Poster, steps


def poster_of(campaign: Overview, address: str, unit: str, footer: str) -> Poster:
    """What the poster of a campaign, or of one unit in it, says."""
    return Poster(
        name=campaign.name,
        theme=campaign.theme,
        dates=dates(campaign),
        address=address,
        instructions=steps(campaign.draw_points),
        unit=unit,
        organiser=campaign.organiser,
        footer=footer,
    )


def dates(campaign: Overview) -> str:
    """The days of the window; a close at midnight belongs to the day before. Nothing for one that never closes."""
    if campaign.closes_ms is None:
        return ""
    first, last = (local(ms, campaign.timezone) for ms in (campaign.opens_ms, campaign.closes_ms - 1))
    return "—".join(f"{day.year}年{day.month}月{day.day}日" for day in (first, last))
