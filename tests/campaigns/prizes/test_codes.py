from __future__ import annotations

import hashlib
from random import Random, SystemRandom

import pytest
from award_made import CODE_SEAL, LI, SECRET, WON, ZHANG, code_of, make_winners, won
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns.errors import NotFound, Refused
from campaigns.privacy import CODES, Seal
from campaigns.prizes import awards
from campaigns.prizes.codes import LETTERS, code_for, read_code, shown_code
from campaigns.store import Store, open_store
from campaigns.tables import Award

CODES_MADE = st.text(alphabet=LETTERS, min_size=16, max_size=16)


@given(CODES_MADE)
def test_a_code_is_read_as_it_is_shown(code: str) -> None:
    assert read_code(shown_code(code)) == code


@given(
    CODES_MADE,
    st.sampled_from([str.upper, str.lower, str.title]),
    st.sampled_from(["", " ", "-", " - ", "—", "\u3000", "－"]),
)
def test_case_groups_and_letters_that_look_alike_make_no_difference(code: str, case: object, between: str) -> None:
    typed = between.join(code[start : start + 4] for start in range(0, 16, 4))
    typed = typed.replace("0", "O").replace("1", "l" if len(code) % 2 else "I")
    assert callable(case)
    assert read_code(f"  {case(typed)}\n") == code


def test_full_width_letters_are_read_and_so_is_the_whole_link_that_a_scanner_types() -> None:
    assert read_code("７Ｋ３Ｍ 0Q9T xw2a C5HJ") == "7K3M0Q9TXW2AC5HJ"
    assert read_code("HTTPS://QUIZ.EXAMPLE.CN/ADMIN/DESK#7K3M0Q9TXW2AC5HJ") == "7K3M0Q9TXW2AC5HJ"


@pytest.mark.parametrize(
    "text", ["", "7K3M", "7K3M-0Q9T-XW2A-C5H", "7K3M-0Q9T-XW2A-C5HJ-X", "UUUU-UUUU-UUUU-UUUU", "保温杯" * 6, "#"]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) is None


@given(st.text())
def test_whatever_is_typed_is_read_or_not_and_breaks_nothing(text: str) -> None:
    code = read_code(text)
    assert code is None or (len(code) == 16 and set(code) <= set(LETTERS))


def test_a_code_is_made_once_and_seen_again_and_only_its_hash_can_be_looked_up(store: Store) -> None:
    make_winners(store)
    cup = won(store, ZHANG)
    with store.transaction() as session:
        code = code_for(session, cup, ZHANG, CODE_SEAL, SystemRandom(), WON)
        assert read_code(code) == code
        assert code_of(session, cup, ZHANG, seed=2) == code, "another try of luck makes no other code"
        row = session.execute(select(Award.code_hash, Award.code_sealed)).one()
    assert row.code_hash == hashlib.sha256(code.encode()).hexdigest()
    assert code not in row.code_sealed


def test_eighty_random_bits_are_in_a_code(sqlite_url: str) -> None:
    class Counting(Random):
        asked: int = 0

        def getrandbits(self, k: int) -> int:
            self.asked += k
            return super().getrandbits(k)

    store = open_store(sqlite_url)
    make_winners(store)
    cup = won(store, ZHANG)
    random = Counting(1)
    with store.transaction() as session:
        code = code_for(session, cup, ZHANG, CODE_SEAL, random, WON)
    store.close()
    assert random.asked == 80
    value = sum(LETTERS.index(letter) << 5 * place for place, letter in enumerate(code))
    assert value == Random(1).getrandbits(80), "all of them, and nothing else"


def test_nobody_but_the_winner_has_the_code_and_it_dies_with_a_forfeit(store: Store) -> None:
    make_winners(store)
    cup, other = won(store, ZHANG), won(store, LI)
    with store.transaction() as session:
        for award_id in (cup, 999):
            with pytest.raises(NotFound):
                code_of(session, award_id, LI)
        code_of(session, cup, ZHANG)
        for award_id, person_id in ((cup, ZHANG), (other, LI)):
            awards.take_back(session, award_id, "逾期未领", WON)
            with pytest.raises(Refused, match="已经作废"):
                code_of(session, award_id, person_id)


def test_a_code_that_was_sealed_under_a_lost_secret_is_replaced(store: Store) -> None:
    make_winners(store)
    cup = won(store, ZHANG)
    with store.transaction() as session:
        lost = code_for(session, cup, ZHANG, Seal("another secret", CODES), Random(1), WON)
        new = code_for(session, cup, ZHANG, Seal(SECRET, CODES), Random(2), WON)
        assert new != lost
        assert code_of(session, cup, ZHANG, seed=3) == new
        assert session.scalars(select(Award.code_hash)).one() == hashlib.sha256(new.encode()).hexdigest()
