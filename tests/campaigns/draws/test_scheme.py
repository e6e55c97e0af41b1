from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.draws.scheme import (
    Award,
    AwardState,
    Entrant,
    Prize,
    Ranked,
    Rules,
    fill,
    find_entrant,
    forfeit,
    list_bytes,
    list_hash,
    rank,
    read_list,
    seed_of,
)
from campaigns.errors import DrawRefused, Unverifiable

KNOWN = [Entrant(f"E{n:03}", f"U{n % 3}", 1 + n % 2) for n in range(1, 11)]
KNOWN_SEED = "b60ba2cd29b4f872837caee832080392e796a0f0b15f2920a4ac2958e31e6e2e"
NO_RULES = Rules((Prize("一等奖", 1), Prize("二等奖", 3)), {}, frozenset())

names = st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r"), min_size=1, max_size=8)
lists = st.lists(st.builds(Entrant, names, names, st.integers(1, 3)), max_size=12, unique_by=lambda e: e.entrant)
small_lists = st.lists(
    st.builds(Entrant, st.integers(0, 10**6).map(str), st.sampled_from(["A", "B", "C"]), st.integers(1, 3)),
    max_size=15,
    unique_by=lambda e: e.entrant,
)


@st.composite
def filled(draw: st.DrawFn) -> tuple[list[Ranked], Rules]:
    entrants = draw(small_lists)
    excluded = draw(st.frozensets(st.sampled_from([e.entrant for e in entrants]))) if entrants else frozenset()
    quotas = draw(st.dictionaries(st.sampled_from(["A", "B"]), st.integers(0, 3)))
    prizes = tuple(
        Prize(f"P{n}", count) for n, count in enumerate(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    )
    return rank("seed", entrants), Rules(prizes, quotas, excluded)


def live_by_unit(ranking: list[Ranked], awards: tuple[Award, ...]) -> Counter[str]:
    return Counter(ranking[a.rank - 1].unit for a in awards if a.rank and a.state is AwardState.AWARDED)


def test_the_published_check_value_comes_out() -> None:
    data = list_bytes(KNOWN)
    values = ["ssq:2025100:03.08.15.22.27.31+09", "sse:20250829:3857.93"]
    assert list_hash(data) == "e41f696fe0b3a5c9639fc8a5714232794a6d14283177883e461b6763c4cbf21b"
    assert seed_of("C1-D1", list_hash(data), values) == KNOWN_SEED
    ranking = [ranked.entrant for ranked in rank(KNOWN_SEED, read_list(data))]
    assert " ".join(ranking) == "E008 E004 E001 E005 E009 E006 E003 E002 E007 E010"


def test_a_key_is_the_smallest_of_the_tickets_digests() -> None:
    tickets = [hashlib.sha256(f"{KNOWN_SEED}\nE001\n{k}".encode()).digest() for k in (1, 2, 3)]
    assert rank(KNOWN_SEED, [Entrant("E001", "U1", 3)]) == [Ranked(min(tickets), "E001", "U1")]


@given(lists, st.randoms(use_true_random=False))
def test_the_list_does_not_depend_on_the_order_in_which_entrants_come(entrants: list[Entrant], random: Random) -> None:
    shuffled = random.sample(entrants, len(entrants))
    assert list_bytes(shuffled) == list_bytes(entrants)
    assert rank("seed", shuffled) == rank("seed", entrants)


@given(lists)
def test_a_list_is_read_as_it_was_written_sorted_by_bytes(entrants: list[Entrant]) -> None:
    assert read_list(list_bytes(entrants)) == sorted(entrants, key=lambda e: e.entrant.encode())


@pytest.mark.parametrize(
    "entrants",
    [
        [Entrant("a", "U", 1), Entrant("a", "V", 1)],
        [Entrant("a\tb", "U", 1)],
        [Entrant("a", "U\n", 1)],
        [Entrant("a", "U\r", 1)],
    ],
)
def test_a_list_that_could_be_read_otherwise_is_not_written(entrants: list[Entrant]) -> None:
    with pytest.raises(ValueError, match=r"twice|tab"):
        list_bytes(entrants)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a\tU\t1", "最后一行"),
        (b"a\tU\t0\n", "第 1 行"),
        (b"a\tU\t01\n", "第 1 行"),
        (b"a\tU\t999999999\n", "第 1 行"),
        (b"a\tU\n", "第 1 行"),
        (b"a\t\t1\n", "第 1 行"),
        (b"b\tU\t1\na\tU\t1\n", "第 2 行"),
        (b"a\tU\t1\na\tV\t1\n", "第 2 行"),
        (b"a\tU\t1\n\n", "第 2 行"),
        (b"\xff\tU\t1\n", "UTF-8"),
        (b"a\tU\t15000000\nb\tU\t15000000\n", "超过"),
    ],
)
def test_a_list_that_is_none_is_refused_by_line(data: bytes, said: str) -> None:
    with pytest.raises(Unverifiable, match=said):
        read_list(data)


# 1 % of fair lotteries exceed these: the 0.99 quantiles of chi-square, by degrees of freedom. Fixed seeds, so no luck.
BOUND = {5: 15.09, 23: 41.64, 59: 87.17}
SEEDS = 100_000


@pytest.mark.parametrize("weights", [(1, 1, 1, 1), (1, 2, 3), (1, 1, 2, 4, 7)])
def test_every_order_comes_as_often_as_its_tickets_say(weights: tuple[int, ...]) -> None:
    """Of the first three places: as if ticket by ticket were drawn from an urn, and those of who was drawn left it."""
    entrants = [Entrant(f"e{n}", "U", tickets) for n, tickets in enumerate(weights)]
    orders = Counter(tuple(one.entrant for one in rank(f"seed {n}", entrants)[:3]) for n in range(SEEDS))
    often = {
        tuple(entrants[place].entrant for place in places): SEEDS * chance_of(weights, places)
        for places in permutations(range(len(weights)), 3)
    }
    assert sum(often.values()) == pytest.approx(SEEDS)
    chi_square = sum((orders[order] - expected) ** 2 / expected for order, expected in often.items())
    assert chi_square < BOUND[len(often) - 1]


def chance_of(weights: Sequence[int], places: Sequence[int]) -> float:
    chance, rest = 1.0, sum(weights)
    for place in places:
        chance *= weights[place] / rest
        rest -= weights[place]
    return chance


@given(filled())
def test_every_prize_has_its_award_in_order_and_nobody_two(made: tuple[list[Ranked], Rules]) -> None:
    ranking, rules = made
    awards = fill(ranking, rules)
    assert [award.prize for award in awards] == [prize.name for prize in rules.prizes for _ in range(prize.count)]
    assert [award.sequence for award in awards] == list(range(1, len(awards) + 1))
    winners = [award.entrant for award in awards if award.entrant]
    assert len(set(winners)) == len(winners)
    assert not rules.exclusions & set(winners)
    ranks = [award.rank for award in awards if award.rank]
    assert ranks == sorted(ranks)


@given(filled())
def test_no_unit_has_more_than_its_quota_and_no_prize_is_unfilled_without_need(
    made: tuple[list[Ranked], Rules],
) -> None:
    ranking, rules = made
    awards = fill(ranking, rules)
    live = live_by_unit(ranking, awards)
    assert all(live[unit] <= quota for unit, quota in rules.quotas.items())
    if any(award.state is AwardState.UNFILLED for award in awards):
        winners = {award.entrant for award in awards}
        passed_over = [r for r in ranking if r.entrant not in winners and r.entrant not in rules.exclusions]
        assert all(live[r.unit] == rules.quotas[r.unit] for r in passed_over)


@given(filled(), st.randoms(use_true_random=False))
def test_forfeits_move_nobody_else(made: tuple[list[Ranked], Rules], random: Random) -> None:
    ranking, rules = made
    awards = fill(ranking, rules)
    for _ in range(4):
        live = [award for award in awards if award.state is AwardState.AWARDED]
        if not live:
            break
        lost = random.choice(live)
        after = forfeit(ranking, awards, rules, lost.sequence, "放弃")
        kept = [award for award in after[:-1] if award.sequence != lost.sequence]
        assert kept == [award for award in awards if award.sequence != lost.sequence]
        assert (after[lost.sequence - 1].state, after[lost.sequence - 1].reason) == (AwardState.FORFEITED, "放弃")
        assert (after[-1].replaces, after[-1].prize) == (lost.sequence, lost.prize)
        assert after[-1].entrant is None or after[-1].entrant not in {award.entrant for award in awards}
        assert all(live_by_unit(ranking, after)[unit] <= quota for unit, quota in rules.quotas.items())
        awards = after


def test_a_forfeit_goes_to_the_first_who_was_never_awarded() -> None:
    ranking = rank(KNOWN_SEED, KNOWN)
    awards = forfeit(ranking, fill(ranking, NO_RULES), NO_RULES, 2, "未领取")
    assert awards[-1] == Award(5, "二等奖", "E009", 5, AwardState.AWARDED, replaces=2)


def test_a_forfeit_frees_the_quota_of_its_unit() -> None:
    """The best of U1 stands behind the holder; with a quota of one they may have it only now."""
    rules = Rules((Prize("奖", 1), Prize("鼓励奖", 1)), {"U1": 1, "U0": 0, "U2": 0}, frozenset())
    ranking = rank(KNOWN_SEED, KNOWN)
    awards = fill(ranking, rules)
    assert [(award.entrant, award.state) for award in awards] == [("E004", "awarded"), (None, "unfilled")]
    after = forfeit(ranking, awards, rules, 1, "弃奖")
    assert [award.entrant for award in after] == ["E004", None, "E001"]
    assert after[2].replaces == 1


def test_a_forfeit_with_nobody_left_is_recorded_as_unfilled() -> None:
    ranking = rank(KNOWN_SEED, KNOWN[:1])
    rules = Rules((Prize("奖", 1),), {}, frozenset())
    after = forfeit(ranking, fill(ranking, rules), rules, 1, "弃奖")
    assert after[-1] == Award(2, "奖", None, None, AwardState.UNFILLED, replaces=1)


@pytest.mark.parametrize(("sequence", "said"), [(1, "已经作废"), (11, "没有中奖人"), (99, "没有序号"), (0, "没有序号")])
def test_only_a_live_award_can_be_forfeited(sequence: int, said: str) -> None:
    ranking = rank(KNOWN_SEED, KNOWN)
    rules = Rules((Prize("奖", 11),), {}, frozenset())
    awards = forfeit(ranking, fill(ranking, rules), rules, 1, "弃奖")
    with pytest.raises(DrawRefused, match=said):
        forfeit(ranking, awards, rules, sequence, "弃奖")


@given(lists, names)
def test_every_line_of_a_list_is_found_and_nothing_else(entrants: list[Entrant], other: str) -> None:
    data = list_bytes(entrants)
    assert [find_entrant(data, entrant.entrant) for entrant in entrants] == entrants
    assert find_entrant(data, other) == next((entrant for entrant in entrants if entrant.entrant == other), None)


def test_a_line_is_found_without_reading_the_others() -> None:
    class Counting(bytes):
        sliced = 0

        def __getitem__(self, place: object) -> bytes:  # type: ignore[override]
            piece: bytes = bytes.__getitem__(self, place)  # type: ignore[index]
            Counting.sliced += len(piece)
            return piece

    data = Counting(list_bytes(Entrant(f"{n:016x}", "U1", 1) for n in range(100_000)))
    assert find_entrant(data, f"{77_777:016x}") == Entrant(f"{77_777:016x}", "U1", 1)
    assert Counting.sliced < 1_000
