"""Who stays on a draw's list and is passed over: published by pseudonym, and how many for which reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.draws.gathering import Offering
from campaigns.draws.pseudonyms import pseudonym
from campaigns.draws.scheme import Entrant
from campaigns.errors import DrawRefused
from campaigns.prizes.awards import winners_of
from campaigns.tables import Exclusion, Person

NAMED = "named"
"""Why somebody is passed over: their entrant was named at the freeze."""
WON = "won"
"""They have an award of the campaign, in which one may win once."""


def excluded(
    session: Session, campaign: Offering, named: Collection[str], entrants: Sequence[Entrant]
) -> tuple[tuple[str, ...], dict[str, int]]:
    """The entrants to pass over, sorted, and how many there are for each reason.

    Those `named`, whoever is on the campaign's exclusion list, and, where one may win once in it, whoever has an award
    of it: as far as they are on this list. The reasons are `NAMED`, those of `campaigns.tables.Exclusion`, and `WON`;
    of several that one has, the first of these counts. Raises DrawRefused for a named one who is not on the list,
    since a mistyped exclusion could never be mended.
    """
    on_list = {entrant.entrant for entrant in entrants}
    if unknown := set(named) - on_list:
        raise DrawRefused(f"要排除的编号 {sorted(unknown)[0]} 不在名单中，请核对编号。")
    reasons: dict[str, str] = {}
    if campaign.wins == "campaign":
        winners = winners_of(session, campaign.id)
        reasons |= {pseudonym(campaign.salt, person_id): WON for person_id in winners}
    reasons |= _listed(session, campaign)
    reasons |= dict.fromkeys(named, NAMED)
    found = {entrant: why for entrant, why in reasons.items() if entrant in on_list}
    return tuple(sorted(found)), dict(sorted(Counter(found.values()).items()))


def _listed(session: Session, campaign: Offering) -> dict[str, str]:
    """Whoever was excluded before they turned out to be another person is excluded as that one."""
    rows = session.execute(
        select(func.coalesce(Person.merged_into_id, Person.id), Exclusion.why)
        .select_from(Exclusion)
        .join(Person, Person.id == Exclusion.person_id)
        .where(Exclusion.campaign_id == campaign.id)
        .order_by(Exclusion.why)
    )
    return {pseudonym(campaign.salt, person_id): why for person_id, why in rows}
