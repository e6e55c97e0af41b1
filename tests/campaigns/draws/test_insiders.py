"""Every way we know by which somebody with the database in hand could bend a draw: refused, or there for all to see.

What `lvda draw hold` and its like refuse to whoever comes by the door is in the tests of each; here the tables
themselves are changed. "Seen" is what the evidence made from them says, or that none can be made from them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from draw_made import AFTER, OTHER_VALUES, SALT, VALUES, freeze, make_finished
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from campaigns import draws, tables
from campaigns.draws import DrawRecord, Prize, pseudonym
from campaigns.draws.scheme import list_hash, seed_of
from campaigns.draws.sources import seed_text
from campaigns.errors import Unverifiable
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.store import Store, open_store

Deed = Callable[[Session, DrawRecord], object]
GROUP = PlannedGroup("幸运奖", "draw", (PlannedPrize("一等奖", 1), PlannedPrize("二等奖", 3)), unit_quota=2)


@pytest.fixture(scope="module")
def frozen_file(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A database with a frozen draw."""
    return made(tmp_path_factory, sqlite_template, lambda store, draw_id: None)


@pytest.fixture(scope="module")
def held_file(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """The same, held, with its second award forfeited."""

    def go_on(store: Store, draw_id: str) -> None:
        hold(store, draw_id)
        with store.transaction() as session:
            draws.forfeit(session, draw_id, 2, "逾期未领", AFTER)

    return made(tmp_path_factory, sqlite_template, go_on)


def made(factory: pytest.TempPathFactory, template: Path, go_on: Callable[[Store, str], None]) -> Path:
    path = factory.mktemp("insider") / "lvda.db"
    shutil.copyfile(template, path)
    store = open_store(f"sqlite:///{path}")
    make_finished(store, prize_groups=(GROUP,))
    go_on(store, freeze(store, prizes=(), group="幸运奖", exclusions=[pseudonym(SALT, 5)]).id)
    store.close()
    return path


@pytest.fixture
def frozen(frozen_file: Path, tmp_path: Path) -> Iterator[Store]:
    yield from copied(frozen_file, tmp_path)


@pytest.fixture
def held(held_file: Path, tmp_path: Path) -> Iterator[Store]:
    yield from copied(held_file, tmp_path)


def copied(path: Path, folder: Path) -> Iterator[Store]:
    shutil.copyfile(path, folder / "lvda.db")
    store = open_store(f"sqlite:///{folder / 'lvda.db'}")
    yield store
    store.close()


def the_draw(store: Store) -> DrawRecord:
    with store.reading() as session:
        (draw,) = draws.list_draws(session)
    return draw


def hold(store: Store, draw_id: str, values: dict[str, str] = VALUES) -> DrawRecord:
    with store.transaction() as session:
        return draws.hold(session, draw_id, values, "wang", AFTER)


def bend(store: Store, deed: Deed) -> None:
    draw = the_draw(store)
    with store.transaction() as session:
        deed(session, draw)


def problems(store: Store) -> list[str]:
    """What the evidence made from the tables says, or why none can be made."""
    with store.reading() as session:
        draw_id = session.scalars(select(tables.Draw.id)).one()
        try:
            return list(draws.verify(draws.audit_zip(session, draw_id)).problems)
        except Unverifiable as error:
            return [str(error)]


# --- deeds -----------------------------------------------------------------------------------------------------


def on_list(change: Callable[[bytes], bytes]) -> Deed:
    def deed(session: Session, draw: DrawRecord) -> None:
        data = session.scalars(select(tables.Draw.entrants)).one()
        assert change(data) != data
        session.execute(update(tables.Draw).values(entrants=change(data)))

    return deed


def with_another_hash(session: Session, draw: DrawRecord) -> None:
    """Another list, and everything in the draw's row that says which it is."""
    data = another_entrant(session.scalars(select(tables.Draw.entrants)).one())
    announced = {**draw.announcement.as_json(), "list_hash": list_hash(data), "count": data.count(b"\n")}
    session.execute(update(tables.Draw).values(entrants=data, list_hash=list_hash(data), announcement=announced))


def another_entrant(data: bytes) -> bytes:
    return b"".join(sorted([*data.splitlines(keepends=True), b"0123456789abcdef\tU01\t9\n"]))


def without_an_entrant(data: bytes) -> bytes:
    return data[data.index(b"\n") + 1 :]


def with_more_tickets(data: bytes) -> bytes:
    return data.replace(b"\t1\n", b"\t8\n", 1)


def announcing(**changed: object) -> Deed:
    def deed(session: Session, draw: DrawRecord) -> None:
        session.execute(update(tables.Draw).values(announcement={**draw.announcement.as_json(), **changed}))

    return deed


def award_with(sequence: int, **values: Any) -> Deed:
    return lambda session, draw: session.execute(
        update(tables.Award).where(tables.Award.sequence == sequence).values(**values)
    )


def another_winner(session: Session, draw: DrawRecord) -> None:
    """The first prize goes to somebody who has none."""
    winners = {award.entrant for award in draw.awards}
    person = next(person for person in range(1, 13) if pseudonym(SALT, person) not in winners)
    award_with(1, entrant=pseudonym(SALT, person), person_id=person)(session, draw)


def another_person(session: Session, draw: DrawRecord) -> None:
    """The first prize goes to somebody who has none, and the pseudonym stays."""
    winners = {award.entrant for award in draw.awards}
    person = next(person for person in range(1, 13) if pseudonym(SALT, person) not in winners)
    award_with(1, person_id=person)(session, draw)


def swapped(session: Session, draw: DrawRecord) -> None:
    """Who won the first prize and who won a second one change places."""
    rows = {row.sequence: row for row in session.scalars(select(tables.Award))}
    first, third = ((rows[n].entrant, rows[n].person_id, rows[n].once, rows[n].rank) for n in (1, 3))
    award_with(1, entrant=None, state="unfilled", once=None)(session, draw)
    award_with(3, entrant=first[0], person_id=first[1], once=first[2], rank=first[3])(session, draw)
    award_with(1, entrant=third[0], person_id=third[1], once=third[2], rank=third[3], state="awarded")(session, draw)


def swapped_prizes(session: Session, draw: DrawRecord) -> None:
    """The prizes in stock change places, and their names on the awards stay."""
    ids = {row.sequence: row.prize_id for row in session.scalars(select(tables.Award))}
    award_with(1, prize_id=ids[3])(session, draw)
    award_with(3, prize_id=ids[1])(session, draw)


def added_award(session: Session, draw: DrawRecord) -> None:
    """One more award, for a friend."""
    winners = {award.entrant for award in draw.awards}
    person = next(person for person in range(1, 13) if pseudonym(SALT, person) not in winners)
    row = session.scalars(select(tables.Award).where(tables.Award.sequence == 3)).one()
    same = {key: getattr(row, key) for key in ("campaign_id", "prize_id", "prize", "draw_id", "state", "awarded_ms")}
    values = {**same, "changed_ms": AFTER, "sequence": 6, "rank": 6, "reason": "", "redeemed_by": ""}
    session.execute(insert(tables.Award).values(entrant=pseudonym(SALT, person), person_id=person, **values))


def other_values(session: Session, draw: DrawRecord) -> None:
    row = tables.DrawValue.source == "ssq:2026130"
    session.execute(update(tables.DrawValue).where(row).values(value=OTHER_VALUES["ssq:2026130"]))


def other_values_and_seed(session: Session, draw: DrawRecord) -> None:
    other_values(session, draw)
    texts = [seed_text(source, OTHER_VALUES[source]) for source in draw.announcement.sources]
    seed = seed_of(draw.id, draw.announcement.list_hash, texts)
    session.execute(update(tables.Draw).values(seed=seed))


NOT_MADE = "数据可能被改动过"
SEEN = {
    "an entrant is added": (on_list(another_entrant), NOT_MADE),
    "an entrant is removed": (on_list(without_an_entrant), NOT_MADE),
    "an entrant has more tickets": (on_list(with_more_tickets), NOT_MADE),
    "an entrant is added, and every hash made anew": (with_another_hash, "种子"),
    "a value is changed": (other_values, "种子"),
    "the seed is changed": (lambda session, draw: session.execute(update(tables.Draw).values(seed="0" * 64)), "种子"),
    "a value and the seed are changed": (other_values_and_seed, "中奖名单与重新计算的不同"),
    "an award goes to another entrant": (another_winner, "中奖名单与重新计算的不同"),
    "an award goes to another person": (another_person, NOT_MADE),
    "two awards are swapped": (swapped, "中奖名单与重新计算的不同"),
    "two prizes are swapped": (swapped_prizes, NOT_MADE),
    "an award has another prize": (award_with(3, prize="一等奖"), NOT_MADE),
    "an award has another rank": (award_with(3, rank=1), "中奖名单与重新计算的不同"),
    "an award is no longer live": (award_with(3, state="forfeited", reason="弃奖"), "中奖名单与重新计算的不同"),
    "an award is live again": (award_with(2, state="awarded", once=None), "中奖名单与重新计算的不同"),
    "an award replaces another": (award_with(5, replaces=1), "中奖名单与重新计算的不同"),
    "an award is deleted": (
        lambda session, draw: session.execute(delete(tables.Award).where(tables.Award.sequence == 3)),
        "中奖名单与重新计算的不同",
    ),
    "the heir's award is deleted": (
        lambda session, draw: session.execute(delete(tables.Award).where(tables.Award.sequence == 5)),
        "中奖名单与重新计算的不同",
    ),
    "an award is added": (added_award, "中奖名单与重新计算的不同"),
    "quotas are announced otherwise": (announcing(quotas={"U01": 0}), "中奖名单与重新计算的不同"),
    "a winner is excluded afterwards": (
        lambda session, draw: announcing(exclusions=[draw.awards[0].entrant])(session, draw),
        "中奖名单与重新计算的不同",
    ),
    "prizes are announced otherwise": (
        announcing(prizes=[{"prize": "一等奖", "count": 2}, {"prize": "二等奖", "count": 3}]),
        "中奖名单与重新计算的不同",
    ),
    "other sources are announced": (announcing(sources=["sse:20261130", "ssq:2026130"]), "种子"),
    "another count is announced": (announcing(count=13), "公告写的是 13 人"),
    "it is another draw's": (announcing(id="C1-D2"), NOT_MADE),
}


@pytest.mark.parametrize(("deed", "said"), SEEN.values(), ids=SEEN.keys())
def test_once_held_whatever_is_changed_is_seen(held: Store, deed: Deed, said: str) -> None:
    bend(held, deed)
    assert any(said in problem for problem in problems(held)), problems(held)


def test_what_was_not_bent_holds(held: Store) -> None:
    assert problems(held) == []


@pytest.mark.parametrize(
    "deed",
    [
        with_another_hash,
        announcing(exclusions=[]),
        announcing(quotas={}),
        announcing(fallback="由主办方决定"),
        announcing(reason="另行抽取"),
        announcing(tickets={"base": 9}),
    ],
)
def test_before_the_draw_another_announcement_has_another_hash_than_the_public_notice(
    frozen: Store, deed: Deed
) -> None:
    """Who changes everything consistently before the draw is betrayed by the two hashes that everybody has read."""
    published = the_draw(frozen).announcement
    bend(frozen, deed)
    held = hold(frozen, the_draw(frozen).id)
    with frozen.reading() as session:
        verdict = draws.verify(draws.audit_zip(session, held.id))
    assert held.announcement.sha256 == verdict.announcement_hash != published.sha256


@pytest.mark.parametrize("change", [another_entrant, without_an_entrant, with_more_tickets])
def test_nobody_is_drawn_from_a_list_that_was_changed(frozen: Store, change: Callable[[bytes], bytes]) -> None:
    bend(frozen, on_list(change))
    with pytest.raises(Unverifiable, match="与公布的哈希不符"):
        hold(frozen, the_draw(frozen).id)
    assert the_draw(frozen).awards == ()


def test_more_in_stock_than_was_announced_is_not_given(frozen: Store) -> None:
    bend(frozen, lambda session, draw: session.execute(update(tables.Prize).values(stock=9)))
    assert len(hold(frozen, the_draw(frozen).id).awards) == 4


@pytest.mark.parametrize(
    "deed",
    [
        lambda session, draw: session.execute(update(tables.Prize).values(stock=1)),
        lambda session, draw: session.execute(update(tables.Prize).values(name=tables.Prize.name + "（小）")),
        announcing(prizes=[{"prize": "一等奖", "count": 2}]),
        announcing(prizes=[{"prize": "特等奖", "count": 1}]),
    ],
)
def test_prizes_that_are_not_those_announced_are_not_given(frozen: Store, deed: Deed) -> None:
    bend(frozen, deed)
    with pytest.raises(Unverifiable, match="数据可能被改动过"):
        hold(frozen, the_draw(frozen).id)
    assert the_draw(frozen).awards == ()


def test_who_is_excluded_after_the_freeze_takes_part_as_announced(frozen: Store) -> None:
    def exclude_everybody(session: Session, draw: DrawRecord) -> None:
        rows = [
            {"campaign_id": 1, "person_id": person, "why": "organiser", "note": "", "by": "wang", "at_ms": AFTER}
            for person in range(1, 13)
        ]
        session.execute(insert(tables.Exclusion), rows)

    announced = the_draw(frozen).announcement
    bend(frozen, exclude_everybody)
    held = hold(frozen, the_draw(frozen).id)
    assert held.announcement == announced
    assert [award.state for award in held.awards] == ["awarded"] * 4


def test_who_won_elsewhere_behind_the_back_of_a_frozen_list_stops_the_draw(frozen: Store) -> None:
    """No door gives an award then; one that a hand has put into the table is not passed over in silence."""

    def award_everybody(session: Session, draw: DrawRecord) -> None:
        prize_id = session.scalars(select(tables.Prize.id)).first()
        rows = [
            {
                "campaign_id": 1,
                "prize_id": prize_id,
                "prize": "",
                "entrant": pseudonym(SALT, person),
                "person_id": person,
                "state": "awarded",
                "once": f"1:{person}",
                "reason": "",
                "redeemed_by": "",
                "awarded_ms": AFTER,
                "changed_ms": AFTER,
            }
            for person in range(1, 13)
        ]
        session.execute(insert(tables.Award), rows)

    bend(frozen, award_everybody)
    with pytest.raises(Unverifiable, match="数据可能被改动过"):
        hold(frozen, the_draw(frozen).id)


def test_a_draw_that_was_set_back_is_not_held_anew(held: Store) -> None:
    def set_back(session: Session, draw: DrawRecord) -> None:
        session.execute(delete(tables.DrawValue))
        session.execute(update(tables.Draw).values(state="frozen", seed=None, held_ms=None))

    bend(held, set_back)
    before = the_draw(held).awards
    with pytest.raises(Unverifiable, match="数据可能被改动过"):
        hold(held, the_draw(held).id, OTHER_VALUES)
    assert the_draw(held).awards == before


def test_the_schema_draws_no_group_twice_and_awards_no_place_twice(held: Store) -> None:
    with held.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Draw)) == 1
    row = {"id": "C1-D9", "ordinal": 9}

    def draw_again(session: Session, draw: DrawRecord) -> None:
        columns = [column for column in tables.Draw.__table__.columns if column.name not in row]
        values = session.execute(select(*columns)).mappings().one()
        session.execute(insert(tables.Draw).values(**values, **row))

    with pytest.raises(Exception, match=r"UNIQUE constraint failed: draw\.group_id"):
        bend(held, draw_again)
    with pytest.raises(Exception, match=r"UNIQUE constraint failed: award\.draw_id, award\.entrant"):
        bend(held, award_with(3, entrant=the_draw(held).awards[0].entrant))


def test_no_prize_is_added_by_a_second_draw_in_silence(held: Store) -> None:
    again = freeze(held, prizes=[Prize("加奖", 1)], reason="加奖").announcement
    assert (again.reason, again.id) == ("加奖", "C1-D2")
    with held.reading() as session:
        assert [draw.id for draw in draws.published_draws(session, 1, 0)] == ["C1-D1", "C1-D2"]
