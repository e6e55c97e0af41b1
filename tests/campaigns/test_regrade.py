from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from campaign_made import COMMUTE, EDITION, LITRE, OPENS, PLAN, QUESTIONS, STANDBY, SUMMER, make_campaign
from draw_made import AFTER, freeze, make_finished
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from sqlalchemy import insert, select, update

from campaigns import play, regrade, tables
from campaigns.clock import HOUR
from campaigns.counting import FinishedAttempt, counted, recount
from campaigns.editions import Edition, Editions, load_edition
from campaigns.errors import Moved, NotFound, Refused
from campaigns.people import Sender, meet
from campaigns.prizes import groups
from campaigns.prizes.awards import Winner, put_on_record, terms_of
from campaigns.prizes.ranks import settle
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.regrade import Mender, recomputing
from campaigns.regrade.scoring import read_attempts
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores
from questions.model import Question, options_of
from questions.papers import dump, load

ROOT = Path(__file__).parents[2]
NOW = OPENS + 3_600_000
EXTRA = replace(SUMMER, number="5", stem="冬季室内温度设置一般不高于多少摄氏度？", answer=("A",))
FIVE = (*QUESTIONS, EXTRA)
WIDE = replace(PLAN, questions_per_paper=3, same_paper=False, shuffle_questions=True, shuffle_options=True)
GIVEN: Mapping[str, Sequence[str]] = {
    "1": ("A", "B", "C", "D", ""),
    "2": ("true", "false", ""),
    "3": ("A", "AB", "ABD", "ABCD", "C", ""),
    "4": ("1000", "100", ""),
    "5": ("A", "B", ""),
}


@pytest.fixture
def stores(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def edition_of(store: Store, campaign_id: int) -> Edition:
    with store.reading() as session:
        return load_edition(session, campaign_id)


def made_attempts(store: Store, campaign_id: int, count: int, random: Random) -> None:
    """Attempts of all sorts by a third as many people, scored by the rules of now; and their standings."""
    edition = edition_of(store, campaign_id)
    ordinals: dict[int, int] = {}
    with store.transaction() as session:
        people = range(1, max(2, count // 3) + 1)
        session.execute(insert(tables.Person), [{"id": n, "name": "", "created_ms": OPENS} for n in people])
        for attempt_id in range(1, count + 1):
            person_id = random.choice(people)
            state = random.choice(["finished"] * 6 + ["timed_out", "superseded"])
            if person_id not in ordinals and random.random() < 0.3:
                state = "open"
            paper = play.paper_for(edition, random)
            answered = len(paper) if state in {"finished", "superseded"} else random.randrange(len(paper))
            given = {
                position: random.choice(GIVEN[edition.questions[place.revision].number])
                for position, place in enumerate(paper[:answered], start=1)
            }
            worth = regrade.score(edition, paper, given, timed_out=state == "timed_out")
            ordinals[person_id] = ordinals.get(person_id, 0) + 1
            is_open = state == "open"
            session.execute(
                insert(tables.Attempt).values(
                    id=attempt_id,
                    campaign_id=campaign_id,
                    person_id=person_id,
                    ordinal=ordinals[person_id],
                    day=20260704 + random.randrange(2),
                    state="finished" if state == "timed_out" else state,
                    timed_out=state == "timed_out",
                    paper=dump(paper),
                    position=answered + 1,
                    score=worth.score,
                    begun_ms=OPENS,
                    shown_ms=OPENS,
                    finished_ms=None if is_open else OPENS + random.randrange(5),
                    used_ms=None if is_open else random.randrange(5) * 1_000,
                )
            )
            answers = [
                {
                    "attempt_id": attempt_id,
                    "position": position,
                    "revision_id": paper[position - 1].revision,
                    "given": text,
                    "points": worth.points[position],
                    "answered_ms": OPENS,
                }
                for position, text in given.items()
            ]
            if answers:
                session.execute(insert(tables.Answer), answers)
    with store.transaction() as session:
        recount(session, campaign_id, ordinals, OPENS)


def carry_out(stores: Stores, regrade_id: int, mender: Mender | None = None) -> int:
    """Go on until it is finished, as time goes by; gives when that was."""
    mender, now = mender or Mender(), NOW
    while not mender.carry_on(stores, regrade_id, now):
        now += 1_000
    return now


def mend(store: Store, number: str, key: str | None, now: int = NOW) -> int:
    with store.transaction() as session:
        if key is None:
            return regrade.withdraw(session, "week", number, "题目有误", now, by="王")
        question = regrade.find_question(session, campaign_id_of(session), number).question
        return regrade.correct(session, "week", number, regrade.read_key(question, key), "答案有误", now, by="王")


def campaign_id_of(session: object) -> int:
    found: int = session.scalars(select(tables.Campaign.id).where(tables.Campaign.slug == "week")).one()  # type: ignore[attr-defined]
    return found


def from_scratch(store: Store, campaign_id: int) -> None:
    """Every score, every answer's points and every standing is what the rules of now say, counted by hand."""
    edition = edition_of(store, campaign_id)
    with store.reading() as session:
        rows = {row.id: row for row in session.scalars(select(tables.Attempt))}
        by_person: dict[int, list[FinishedAttempt]] = {}
        for held in read_attempts(session, list(rows)):
            expected = 0
            for position, place in enumerate(held.paper, start=1):
                question, one = edition.questions[place.revision], held.answers.get(position)
                if place.revision in edition.withdrawn:
                    worth = 10 if one is not None or held.timed_out else 0
                else:
                    worth = by_hand(question, "" if one is None else one.given, edition.partial)
                if one is not None:
                    assert one.points == worth
                expected += worth
            assert held.score == expected
            row = rows[held.id]
            if row.state == "finished":
                one_of_them = FinishedAttempt(
                    row.id, row.ordinal, row.day, row.score, row.used_ms or 0, row.finished_ms or 0
                )
                by_person.setdefault(row.person_id, []).append(one_of_them)
        standings = {row.person_id: row for row in session.scalars(select(tables.Standing))}
    assert set(standings) == set(by_person)
    for person_id, attempts in by_person.items():
        result, row_ = counted(attempts, edition.counts), standings[person_id]
        assert result is not None
        assert (row_.attempt_id, row_.points, row_.used_ms, row_.finished_ms) == (
            result.attempt_id,
            result.points,
            result.used_ms,
            result.finished_ms,
        )


def by_hand(question: Question, text: str, partial: str) -> int:
    key = question.answer
    if question.number == "4":
        return 10 if text and text in key[0].split(" | ") else 0
    if text == "".join(key):
        return 10
    if question.number == "3" and text and set(text) < set(key):
        return {"none": 0, "half": 5, "each": 10 * len(text) // len(key)}[partial]
    return 0


CHANGES: Sequence[tuple[str, str | None]] = (
    ("1", None),
    ("1", "B"),
    ("2", "正确"),
    ("3", "AB"),
    ("3", None),
    ("4", "100"),
    ("4", None),
)


@pytest.mark.parametrize("seed", range(4))
def test_after_mending_every_score_is_as_if_counted_from_scratch(stores: Stores, seed: int) -> None:
    random = Random(seed)
    plan = replace(WIDE, counts=("best", "first", "last", "sum")[seed], partial=random.choice(["none", "half", "each"]))
    campaign = make_campaign(stores.sql, plan, FIVE)
    made_attempts(stores.sql, campaign, 90, random)
    from_scratch(stores.sql, campaign)
    for nth, (number, key) in enumerate(random.sample(CHANGES, len(CHANGES))):
        try:
            regrade_id = mend(stores.sql, number, key, NOW + nth)
        except Refused:  # withdrawn already
            continue
        carry_out(stores, regrade_id)
        from_scratch(stores.sql, campaign)


@given(st.data())
def test_a_score_never_depends_on_what_it_was(data: st.DataObject) -> None:
    questions = dict(enumerate(FIVE, start=1))
    withdrawn = data.draw(st.frozensets(st.sampled_from(sorted(questions))))
    partial = data.draw(st.sampled_from(["none", "half", "each"]))
    edition = replace(EDITION, questions=questions, withdrawn=withdrawn, partial=partial)
    chosen = data.draw(st.lists(st.sampled_from(sorted(questions)), unique=True, min_size=1))
    paper = load(" ".join(f"{revision}ABCD" for revision in chosen))
    answered = data.draw(st.integers(0, len(chosen)))
    given_ = {
        position: data.draw(st.sampled_from(GIVEN[questions[revision].number]))
        for position, revision in enumerate(chosen[:answered], start=1)
    }
    timed_out = data.draw(st.booleans())
    found = regrade.score(edition, paper, given_, timed_out=timed_out)
    assert 0 <= sum(found.points.values()) <= found.score <= 10 * len(chosen)
    more = regrade.score(replace(edition, withdrawn=withdrawn | {chosen[0]}), paper, given_, timed_out=timed_out)
    assert more.score >= found.score, "to withdraw a question takes from nobody"
    if timed_out:
        assert all(chosen[n - 1] not in withdrawn or found.points.get(n, 10) == 10 for n in range(1, len(chosen) + 1))


def test_who_moved_is_kept_and_who_did_not_is_not(stores: Stores) -> None:
    campaign = make_campaign(stores.sql, WIDE, FIVE)
    made_attempts(stores.sql, campaign, 60, Random(3))
    before = ranks(stores.sql, campaign)
    regrade_id = mend(stores.sql, "1", "B")
    with stores.sql.reading() as session:
        assert regrade.moves_of(session, regrade_id) == [], "not before it is finished"
        assert regrade.regrades_of(session, campaign)[0].finished_ms is None
    done = carry_out(stores, regrade_id)
    after = ranks(stores.sql, campaign)

    with stores.sql.reading() as session:
        moves = regrade.moves_of(session, regrade_id)
        (told,) = regrade.regrades_of(session, campaign)
        change = session.scalars(select(tables.CampaignChange).where(tables.CampaignChange.by == "王")).one()
    assert moves
    assert [one.person_id for one in moves] == [person for person in after if before[person] != after[person]]
    for one in moves:
        assert (one.points_before, one.rank_before) == before[one.person_id]
        assert (one.points_after, one.rank_after) == after[one.person_id]
    assert (told.number, told.answer_before, told.answer_after) == ("1", ("C",), ("B",))
    assert (told.reason, told.by) == ("答案有误", "王")
    assert (told.finished_ms, told.moved) == (done, len(moves))
    assert (change.what, change.values, change.note) == (
        "key_corrected",
        {"number": "1", "answer": [["C"], ["B"]]},
        "答案有误",
    )


def ranks(store: Store, campaign_id: int) -> dict[int, tuple[int, int]]:
    """Person → points and rank, in the order of the ranks."""
    return {one.person_id: (one.points, one.rank) for one in Ranking(store, None).top(campaign_id, 10_000)}


@pytest.mark.parametrize("change", [("1", None), ("3", "AB")])
def test_the_forecast_is_what_then_happens(stores: Stores, change: tuple[str, str | None]) -> None:
    number, key = change
    campaign = make_campaign(stores.sql, WIDE, FIVE)
    made_attempts(stores.sql, campaign, 120, Random(8))
    before, scores = ranks(stores.sql, campaign), all_scores(stores.sql)
    with stores.sql.reading() as session:
        question = regrade.find_question(session, campaign, number).question
        told = regrade.forecast(session, "week", number, None if key is None else regrade.read_key(question, key))
    carry_out(stores, mend(stores.sql, number, key))
    after, new_scores = ranks(stores.sql, campaign), all_scores(stores.sql)

    assert told.changed_attempts == sum(1 for one in scores if scores[one] != new_scores[one])
    assert told.persons_up == sum(1 for one in after if after[one][0] > before[one][0])
    assert told.persons_down == sum(1 for one in after if after[one][0] < before[one][0])
    moved = [person for person in after if after[person][1] != before[person][1]]
    assert [one.person_id for one in told.shifts] == moved
    assert told.shifted(10) == sum(1 for one in moved if min(before[one][1], after[one][1]) <= 10)
    assert f"{told.changed_attempts} 份" in told.sentences[1]


def all_scores(store: Store) -> dict[int, int]:
    with store.reading() as session:
        attempt = tables.Attempt
        rows = session.execute(select(attempt.id, attempt.score).where(attempt.state != "superseded"))
        return {row.id: row.score for row in rows}


def test_the_forecast_names_what_was_won_and_stays_as_it_is(stores: Stores) -> None:
    campaign_id = make_finished(stores.sql, (40, 30, 20), wins="any")
    with stores.sql.transaction() as session:
        kinds = (("前两名", "rank", 2), ("当场", "instant", 1))
        offered = [PlannedGroup(name, kind, (PlannedPrize("杯子", stock),)) for name, kind, stock in kinds]
        at_once = terms_of(session, groups.lay_down(session, campaign_id, offered)[1])
        settle(session, "week", "前两名", (), "", "wang", AFTER)
        put_on_record(session, at_once, [Winner("杯子", "e", 3, attempt_id=3)], AFTER)
    freeze(stores.sql)
    with stores.sql.reading() as session:
        told = regrade.forecast(session, "week", "1", None)
    assert (told.draws, told.settled, told.won_at_once) == (("C1-D1",), ("前两名",), 1)
    assert [[word in line for line in told.sentences[-3:]] for word in ("C1-D1", "“前两名”", "即时奖品 1 份")] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


class Killed(Exception):
    pass


@pytest.mark.parametrize("seed", range(3))
def test_a_regrade_that_is_killed_is_finished_by_a_worker(
    stores: Stores, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed within a batch: before, between or behind its writes; another process takes it up."""
    random = Random(100 + seed)
    campaign = make_campaign(stores.sql, replace(WIDE, counts="sum"), FIVE)
    made_attempts(stores.sql, campaign, 80, random)
    monkeypatch.setattr("campaigns.regrade.recomputing.BATCH", 7)
    regrade_id = mend(stores.sql, "1", "B")
    left = random.randrange(1, 13)

    def dying(real: object) -> object:
        def call(*arguments: object, **named: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            return real(*arguments, **named)  # type: ignore[operator]

        return call

    with monkeypatch.context() as until_killed:
        for name in ("_claim", "_rescore", "recount"):
            until_killed.setattr(recomputing, name, dying(getattr(recomputing, name)))
        with pytest.raises(Killed):
            carry_out(stores, regrade_id)
    mender, now = Mender(), NOW
    while mender.carry_on_all(stores, now):
        now += 1_000
    from_scratch(stores.sql, campaign)
    with stores.sql.reading() as session:
        assert regrade.progress(session, regrade_id).is_finished


CARRYING_OUT = """
import sys
from pathlib import Path
from campaigns.regrade import Mender, recomputing
from campaigns.stores import open_stores
recomputing.BATCH = 1
url, regrade_id, now = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with open_stores(url, "none", Path(sys.argv[4])) as stores:
    mender = Mender()
    while not mender.carry_on(stores, regrade_id, now):
        now += 1
"""


@pytest.mark.race
def test_a_process_that_is_killed_leaves_nothing_that_another_cannot_finish(
    stores: Stores, store_url: str, tmp_path: Path, repeats: int
) -> None:
    campaign = make_campaign(stores.sql, WIDE, FIVE)
    made_attempts(stores.sql, campaign, 50, Random(4))
    for nth, (number, key) in enumerate((("1", "B"), ("2", "正确"), ("1", "D"), ("3", "AB"))[: max(3, repeats)]):
        regrade_id = mend(stores.sql, number, key, NOW + nth)
        reached = Random(nth).randrange(1, 40)
        arguments = [store_url, str(regrade_id), str(NOW), str(tmp_path)]
        process = subprocess.Popen([sys.executable, "-c", CARRYING_OUT, *arguments], cwd=ROOT)
        while process.poll() is None and done_of(stores.sql, regrade_id) < reached:
            time.sleep(0.01)
        process.kill()
        process.wait()
        carry_out(stores, regrade_id)
        from_scratch(stores.sql, campaign)


def done_of(store: Store, regrade_id: int) -> int:
    with store.reading() as session:
        return session.get_one(tables.Regrade, regrade_id).done_attempt_id


def test_two_processes_at_one_regrade_do_no_harm(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make_campaign(stores.sql, WIDE, FIVE)
    made_attempts(stores.sql, campaign, 80, Random(5))
    monkeypatch.setattr("campaigns.regrade.recomputing.BATCH", 5)
    regrade_id = mend(stores.sql, "2", "正确")
    both = [threading.Thread(target=carry_out, args=(stores, regrade_id)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    from_scratch(stores.sql, campaign)


def test_a_process_that_slept_over_the_next_mending_does_no_harm(stores: Stores) -> None:
    campaign = make_campaign(stores.sql, WIDE, FIVE)
    made_attempts(stores.sql, campaign, 40, Random(8))
    regrade_id = mend(stores.sql, "1", "B")
    by_the_first = edition_of(stores.sql, campaign)
    carry_out(stores, regrade_id)
    carry_out(stores, mend(stores.sql, "1", "D", NOW + HOUR))
    assert recomputing._batch(stores, by_the_first, range(1, 41), NOW), "it has to look again"
    from_scratch(stores.sql, campaign)


def test_an_answer_by_the_old_key_that_came_late_is_scored_again(stores: Stores) -> None:
    """PostgreSQL: a statement that began before the change may write behind the batch that passed its attempt."""
    campaign = make_campaign(stores.sql, WIDE, FIVE)
    made_attempts(stores.sql, campaign, 40, Random(6))
    mender, regrade_id = Mender(), mend(stores.sql, "1", "B")
    mender.carry_on(stores, regrade_id, NOW)
    edition = edition_of(stores.sql, campaign)
    with stores.sql.transaction() as session:
        (attempt, *_) = (
            one
            for one in read_attempts(session, range(1, 41))
            if one.state == "finished" and any(place.revision == revision(edition, "1") for place in one.paper)
        )
        session.execute(
            update(tables.Attempt)
            .where(tables.Attempt.id == attempt.id)
            .values(score=attempt.score + 10, finished_ms=NOW + 100)
        )
    carry_out(stores, regrade_id, mender)
    from_scratch(stores.sql, campaign)


def test_a_time_out_that_came_late_is_scored_again_though_it_ended_long_before(stores: Stores) -> None:
    """The same of a statement that finishes an attempt as of its limit, which lies in the past."""
    campaign = make_campaign(stores.sql, replace(PLAN, seconds_per_attempt=60))
    sender, begun = Sender("wechat", "gh_1", "openid-1"), OPENS
    meet(stores.sql, sender, begun)
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, sender)
        assert turn is not None
        assert turn.edition is not None
        play.begin(stores.sql, turn, turn.edition, Random(1), begun, in_chat=True)
        stale = play.look(direct, stores, sender)
        assert stale is not None
        mender, regrade_id = Mender(), mend(stores.sql, "1", None)
        assert not mender.carry_on(stores, regrade_id, NOW)
        by_the_old_rules = replace(turn.edition, version=edition_of(stores.sql, campaign).version)
        play.expire(direct, replace(stale, edition=by_the_old_rules), NOW)
    carry_out(stores, regrade_id, mender)
    from_scratch(stores.sql, campaign)


def revision(edition: Edition, number: str) -> int:
    return next(one for one, question in edition.questions.items() if question.number == number)


def test_who_answers_meanwhile_is_marked_by_the_new_key(stores: Stores) -> None:
    campaign = make_campaign(stores.sql)
    sender = Sender("wechat", "gh_1", "openid-1")
    meet(stores.sql, sender, NOW)
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, sender)
    assert turn is not None
    assert turn.edition is not None
    play.begin(stores.sql, turn, turn.edition, Random(1), NOW, in_chat=True)
    with stores.sql.direct() as direct:
        stale = play.look(direct, stores, sender)
        assert stale is not None
        mend(stores.sql, "1", "B", NOW + 1)
        with pytest.raises(Moved):
            play.answer(direct, stale, 1, "B", NOW + 2, in_chat=True)
        again = play.look(direct, stores, sender)
        assert again is not None
        assert play.answer(direct, again, 1, "B", NOW + 2, in_chat=True).points == 10
    from_scratch(stores.sql, campaign)


def test_redis_is_told(store: Store, redis: Redis) -> None:
    stores = Stores(store, Ranking(store, redis), Editions())
    campaign = make_campaign(store, WIDE, FIVE)
    made_attempts(store, campaign, 60, Random(7))
    stores.ranking.rebuild(campaign, OPENS)
    carry_out(stores, mend(store, "1", "B"))
    assert stores.ranking.top(campaign, 99) == Ranking(store, None).top(campaign, 99)


def test_practice_is_scored_again_and_ranks_nobody(stores: Stores) -> None:
    campaign = make_campaign(stores.sql, replace(WIDE, mode="practice"), FIVE)
    made_attempts(stores.sql, campaign, 30, Random(9))
    regrade_id = mend(stores.sql, "1", None)
    carry_out(stores, regrade_id)
    with stores.sql.reading() as session:
        assert session.scalars(select(tables.Standing)).all() == []
        assert regrade.moves_of(session, regrade_id) == []


# --- what is refused -------------------------------------------------------------------------------------------------


def test_what_cannot_be_mended_is_refused_in_one_sentence_and_nothing_changes(stores: Stores) -> None:
    campaign = make_campaign(stores.sql)
    version = edition_of(stores.sql, campaign).version

    def mended(number: str, key: str | None, reason: str) -> None:
        with stores.sql.transaction() as session:
            if key is None:
                regrade.withdraw(session, "week", number, reason, NOW)
                return
            question = regrade.find_question(session, campaign, number).question
            regrade.correct(session, "week", number, regrade.read_key(question, key), reason, NOW)

    def refused(number: str, key: str | None, reason: str = "有误") -> str:
        with pytest.raises((Refused, NotFound)) as caught:
            mended(number, key, reason)
        return str(caught.value)

    assert "99" in refused("99", None)
    assert "原因" in refused("1", None, " ")
    assert "本来就是这样" in refused("1", "C")
    assert "ABCD" in refused("1", "E")
    assert "一个字母" in refused("1", "AC")
    assert "正确 或 错误" in refused("2", "不知道呢")
    assert "1 个空" in refused("4", "1；2")
    assert edition_of(stores.sql, campaign).version == version

    first = mend(stores.sql, "1", None)
    assert "还没有算完" in refused("2", None)
    carry_out(stores, first)
    assert "已经作废" in refused("1", None)
    assert "已经作废" in refused("1", "B")
    with stores.sql.transaction() as session:
        session.execute(update(tables.Campaign).values(state="archived"))
    assert "归档" in refused("2", None)


def test_who_decided_on_an_older_campaign_is_told_to_look_again(stores: Stores) -> None:
    campaign = make_campaign(stores.sql)
    seen = edition_of(stores.sql, campaign).version
    with pytest.raises(Moved), stores.sql.transaction() as session:
        regrade.withdraw(session, "week", "1", "有误", NOW, version=seen - 1)


@pytest.mark.parametrize(
    ("question", "text", "key"),
    [
        (SUMMER, " b ", ("B",)),
        (COMMUTE, "d、Ａ", ("A", "D")),
        (STANDBY, "对", ("true",)),
        (STANDBY, "错误", ("false",)),
        (LITRE, "1000|一千 ｜ 1 000", ("1000 | 一千 | 1 000",)),
    ],
)
def test_a_key_is_read_as_people_write_it(question: Question, text: str, key: tuple[str, ...]) -> None:
    assert regrade.read_key(question, text) == key


def test_a_number_that_two_banks_have_is_asked_for_with_its_bank(stores: Stores) -> None:
    campaign = make_campaign(stores.sql)
    other = replace(SUMMER, stem="别的题", options=options_of(["1", "2"]), answer=("B",))
    make_campaign(stores.sql, replace(PLAN, slug="other", questions_per_paper=1), [other])
    with stores.sql.transaction() as session:
        asked = tables.CampaignQuestion
        (foreign,) = session.scalars(select(asked.revision_id).where(asked.campaign_id != campaign))
        session.execute(insert(asked).values(campaign_id=campaign, revision_id=foreign, ordinal=9))
    with stores.sql.reading() as session:
        with pytest.raises(Refused, match="made-week/1、made-other/1"):
            regrade.find_question(session, campaign, "1")
        assert regrade.find_question(session, campaign, "made-other/1").question.stem == "别的题"
