from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random, SystemRandom
from threading import Barrier
from typing import Any

import pytest
from campaign_made import CLOSES
from draw_made import AFTER, SALT, finish, make_finished
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from campaigns import people, tables
from campaigns.draws import pseudonym
from campaigns.editions import Edition, load_edition
from campaigns.prizes.certificates import (
    RANDOM_BITS,
    Certificate,
    certificate_of,
    check_number,
    new_number,
    passed,
    read_number,
)
from campaigns.prizes.rules import PlannedGroup
from campaigns.store import Store

ZONE = "Asia/Shanghai"
PASSED = PlannedGroup("合格证书", "passed", least_points=30)


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> str:
    """Of one kind, unless a test asks for the other by `indirect`: what differs between them is how races end."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


BOTH = pytest.mark.parametrize("store_url", ["sqlite", "postgres"], indirect=True)


def made(store: Store, group: PlannedGroup = PASSED, points: tuple[int, ...] = (40, 20), **plan: Any) -> Edition:
    """A campaign that persons 1 and 2 finished, and its certificates."""
    campaign_id = make_finished(store, points, prize_groups=(group,), **plan)
    with store.reading() as session:
        return load_edition(session, campaign_id)


def issue(store: Store, edition: Edition, person_id: int = 1, now: int = AFTER) -> Certificate | None:
    with store.transaction() as session:
        return certificate_of(session, edition, person_id, Random(person_id), now)


def named(store: Store, person_id: int, name: str) -> None:
    with store.transaction() as session:
        session.execute(update(tables.Person).where(tables.Person.id == person_id).values(name=name))


def test_whoever_has_the_points_has_a_certificate(store: Store) -> None:
    edition = made(store)
    named(store, 1, "张晓明")
    found = issue(store, edition)
    assert found is not None
    assert (found.group, found.name, found.points, found.mark) == ("合格证书", "张晓明", 40, 30)
    assert found.issued_ms == AFTER
    assert issue(store, edition, 2) is None
    assert issue(store, edition, 99) is None


def test_without_points_of_its_own_it_asks_for_those_of_passing(store: Store) -> None:
    edition = made(store, PlannedGroup("合格证书", "passed"), pass_points=40)
    assert issue(store, edition, 1) is not None
    assert issue(store, edition, 2) is None


def test_where_nothing_is_asked_for_whoever_finished_has_one(store: Store) -> None:
    edition = made(store, PlannedGroup("参与证书", "passed"), points=(0,))
    found = issue(store, edition)
    assert found is not None
    assert (found.points, found.mark) == (0, 0)


def test_a_campaign_without_certificates_gives_none(store: Store) -> None:
    campaign_id = make_finished(store)
    with store.reading() as session:
        assert passed(session, load_edition(session, campaign_id), 1, AFTER) is None


def test_there_is_none_before_results_may_be_told(store: Store) -> None:
    edition = made(store, reveals="after_close")
    assert issue(store, edition, now=CLOSES - 1) is None
    assert issue(store, edition, now=CLOSES) is not None


def test_whoever_may_win_no_prizes_has_a_certificate_all_the_same(store: Store) -> None:
    edition = made(store)
    row = {"campaign_id": edition.id, "person_id": 1, "why": "organiser", "note": "", "by": "", "at_ms": AFTER}
    with store.transaction() as session:
        session.add(tables.Exclusion(**row))
    assert issue(store, edition) is not None


def test_a_guest_is_called_by_the_end_of_their_pseudonym(store: Store) -> None:
    found = issue(store, made(store))
    assert found is not None
    assert found.name == f"参与者{pseudonym(SALT, 1)[-4:]}"


@BOTH
def test_it_stays_one_certificate_with_ones_present_name_and_points(store: Store) -> None:
    edition = made(store)
    first = issue(store, edition)
    named(store, 1, "张晓明")
    with store.transaction() as session:
        standing = tables.Standing
        session.execute(update(standing).where(standing.person_id == 1).values(points=70))
    later = issue(store, edition, now=AFTER + 1)
    assert first is not None
    assert later is not None
    assert later == Certificate(first.number, "合格证书", "张晓明", 70, 30, first.issued_ms)
    with store.reading() as session:
        checked = check_number(session, first.number)
    assert checked is not None
    assert checked.name == "张*明"


def test_who_turned_out_to_be_another_keeps_the_number(store: Store) -> None:
    edition = made(store)
    first = issue(store, edition)
    with store.transaction() as session:
        session.add(tables.Person(id=50, name="张晓明", unit_id=None, created_ms=0))
        session.flush()
        finish(session, edition.id, 50, 70)
    with store.transaction() as session:
        people.merge(session, 1, 50, AFTER)
    second = issue(store, edition, 50)
    assert first is not None
    assert second is not None
    assert (second.number, second.name) == (first.number, "张晓明")


def test_a_check_tells_what_is_on_it_but_neither_name_in_full_nor_points(store: Store) -> None:
    edition = made(store)
    named(store, 1, "张晓明")
    found = issue(store, edition)
    assert found is not None
    with store.reading() as session:
        checked = check_number(session, found.number.lower().replace("-", " "))
        assert checked is not None
        assert (checked.name, checked.campaign, checked.organiser) == ("张*明", edition.name, edition.organiser)
        assert (checked.number, checked.issued_ms) == (found.number, AFTER)
        assert not hasattr(checked, "points")


@pytest.mark.parametrize("number", ["", "x", "LD26-0000-0000-0000", "LD26-0000-0000-000U", "\0", "1" * 5_000, "证书"])
def test_no_other_number_is_known(store: Store, number: str) -> None:
    with store.reading() as session:
        assert check_number(session, number) is None


@given(st.integers(0, 2**RANDOM_BITS - 1), st.randoms())
def test_a_number_is_read_however_it_is_typed(bits: int, random: Random) -> None:
    class Given(Random):
        def getrandbits(self, k: int) -> int:
            return bits

    number = new_number(Given(), AFTER, ZONE)
    assert number.startswith("LD26-")
    alike = {"0": "0oO", "1": "1iIlL", "L": "lL1", "-": ["-", " ", "", "－", "—", "--"]}
    typed = "".join(random.choice(alike.get(one, [one, one.lower()])) for one in number)
    assert read_number(typed) == read_number(number) == number


def test_numbers_of_different_bits_differ() -> None:
    random = Random(1)
    assert len({new_number(random, AFTER, ZONE) for _ in range(1_000)}) == 1_000


@BOTH
@pytest.mark.race
def test_of_two_who_ask_at_once_both_get_the_same(store: Store, repeats: int) -> None:
    edition = made(store, points=(40,) * (repeats + 1))

    def ask(person_id: int, start: Barrier) -> str:
        start.wait()
        with store.transaction() as session:
            found = certificate_of(session, edition, person_id, SystemRandom(), AFTER)
        assert found is not None
        return found.number

    with ThreadPoolExecutor(4) as pool:
        for person_id in range(1, repeats + 1):
            start = Barrier(4)
            assert len(set(pool.map(lambda _, who=person_id, at=start: ask(who, at), range(4)))) == 1
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Certificate)) == repeats
