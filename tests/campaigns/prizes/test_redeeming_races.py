"""What happens when several desks do the same at the same instant: real processes over one database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection

import pytest
from award_made import SECRET, WON, ZHANG, make_winners, won, won_with_code
from desk_rivals import at_once, rivals
from sqlalchemy import func, select

from campaigns.prizes.redeeming import LOCKED, WRONG
from campaigns.store import Store
from campaigns.tables import Award, CodeTry, Prize

pytestmark = pytest.mark.race
DESKS = 3


@pytest.fixture(scope="module")
def desks() -> Iterator[Sequence[Connection]]:
    with rivals(DESKS) as pipes:
        yield pipes


def test_of_many_desks_that_redeem_one_code_at_once_exactly_one_hands_the_prize_out(
    store: Store, store_url: str, desks: Sequence[Connection], repeats: int
) -> None:
    make_winners(store)
    for _ in range(repeats):
        _, code = won_with_code(store, ZHANG)
        outcomes = at_once(desks, store_url, [("redeem", f"desk{number}", code, WON) for number in range(DESKS)])
        (giver,) = [number for number, (done, _) in enumerate(outcomes) if done]
        assert {by for _, by in outcomes} == {f"desk{giver}"}, "all of them read who did it"
    with store.reading() as session:
        assert session.scalar(select(func.count()).where(Award.redeemed_ms.is_not(None))) == repeats
        assert session.scalars(select(CodeTry.failed)).all() == [0] * DESKS


def test_wrong_codes_in_parallel_are_judged_no_more_often_than_five_times(
    store: Store, store_url: str, desks: Sequence[Connection], repeats: int
) -> None:
    make_winners(store)
    for repeat in range(repeats):
        guesses = [("guess", f"desk{repeat}", f"{number:016d}", WON, 3) for number in range(DESKS)]
        said = [sentence for one in at_once(desks, store_url, guesses) for sentence in one]
        assert sorted(said) == sorted([WRONG] * 5 + [LOCKED] * (3 * DESKS - 5))


def test_a_prize_is_either_handed_out_or_forfeited_and_never_both(
    store: Store, store_url: str, desks: Sequence[Connection], repeats: int
) -> None:
    make_winners(store)
    for _ in range(repeats):
        award_id, code = won_with_code(store, ZHANG)
        redeem, take_back = ("redeem", "a", code, WON), ("take back", award_id, WON)
        (first, _), forfeited, (second, _) = at_once(desks, store_url, [redeem, take_back, redeem])
        handed_out = first + second
        assert (handed_out, forfeited) in ((1, 0), (0, 1))
        with store.reading() as session:
            state, when = session.execute(select(Award.state, Award.redeemed_ms).where(Award.id == award_id)).one()
            live = session.scalar(select(func.count()).where(Award.state == "awarded"))
            given = session.scalar(select(func.sum(Prize.given)))
        assert (state, when) == (("awarded", WON) if handed_out else ("forfeited", None))
        assert live == given


def test_a_winner_who_opens_their_page_twice_at_once_sees_one_code(
    store: Store, store_url: str, desks: Sequence[Connection], repeats: int
) -> None:
    make_winners(store)
    for _ in range(repeats):
        award_id = won(store, ZHANG)
        seen = at_once(desks, store_url, [("see code", award_id, ZHANG, SECRET, WON)] * DESKS)
        assert len(set(seen)) == 1
        (outcome, *_) = at_once(desks, store_url, [("redeem", f"d{n}", seen[0], WON) for n in range(DESKS)])
        assert outcome[1]
