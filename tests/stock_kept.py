"""What holds of prizes after whatever any test has done: live awards and what is left make up the stock."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from campaigns.store import Store
from campaigns.tables import Award, Prize


def check_stock(store: Store) -> None:
    with store.reading() as session:
        live = Counter(session.scalars(select(Award.prize_id).where(Award.state == "awarded")))
        for prize in session.scalars(select(Prize)):
            assert live[prize.id] + (prize.stock - prize.given) == prize.stock, f"{prize.name} was lost, or given twice"
            assert prize.given <= prize.stock
