"""The rules of the game, as they are promised to people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from campaign_made import CLOSES, OPENS, PLAN, SUMMER, make_campaign
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaigns import keeping, people, play, tables
from campaigns.editions import Edition, Editions
from campaigns.errors import Moved, NoAttemptLeft, NotOpen
from campaigns.people import Sender
from campaigns.standings import Ranking, Standing
from campaigns.store import Store
from campaigns.stores import Stores

WANG = Sender("wechat", "", "oWang")
WANGS_BROWSER = Sender("h5", "", "tWang")
LI = Sender("wechat", "", "oLi")
MIDNIGHT = OPENS + 15 * 3_600_000
"""Between the first and the second day of the campaign, in its zone."""
RIGHT = ("C", "false", "ABD", "1000")
WRONG = ("A", "true", "AB", "一百")


@pytest.fixture
def stores(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def looked(stores: Stores, sender: Sender = WANG, key: str = "") -> play.Turn:
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, sender, key)
    assert turn is not None
    return turn


def edition_of(turn: play.Turn) -> Edition:
    assert turn.edition is not None
    return turn.edition


def begun(
    stores: Stores,
    now: int = OPENS,
    sender: Sender = WANG,
    message: play.Message | None = None,
    *,
    in_chat: bool = True,
) -> play.Turn:
    """The turn of a sender who has just begun."""
    people.meet(stores.sql, sender, now)
    turn = looked(stores, sender)
    tell: Callable[[play.Attempt], str] | None = None if message is None else lambda attempt: "第一题"
    play.begin(stores.sql, turn, edition_of(turn), Random(1), now, in_chat=in_chat, message=message, tell=tell)
    return looked(stores, sender)


def answered(
    stores: Stores, given: str, now: int, sender: Sender = WANG, message: play.Message | None = None
) -> play.Marked:
    turn = looked(stores, sender)
    position = turn.attempt.position if turn.attempt is not None else 1
    with stores.sql.direct() as direct:
        return play.answer(
            direct, turn, position, given, now, in_chat=True, message=message, tell=lambda marked: f"+{marked.points}"
        )


def played(stores: Stores, right: int, begins: int, used: int, sender: Sender = WANG) -> play.Marked:
    """A whole attempt with the first so many answers right; what was told of the last."""
    begun(stores, begins, sender)
    for number in range(4):
        marked = answered(stores, (RIGHT if number < right else WRONG)[number], begins + (number == 3) * used, sender)
    return marked


def standing(stores: Stores, campaign: int, sender: Sender = WANG) -> Standing | None:
    with stores.sql.reading() as session:
        return play.standing_of(session, campaign, looked(stores, sender).person_id)


def count(stores: Stores, table: type[tables.Table]) -> int:
    with stores.sql.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def left(stores: Stores, now: int) -> int | None:
    turn = looked(stores)
    with stores.sql.reading() as session:
        return play.attempts_left(session, turn.person_id, edition_of(turn), now)


# --- looking -----------------------------------------------------------------------------------------------------


def test_a_sender_who_was_never_met_stands_nowhere(stores: Stores) -> None:
    make_campaign(stores.sql)
    with stores.sql.direct() as direct:
        assert play.look(direct, stores, WANG) is None


def test_a_sender_without_a_campaign_has_a_person_and_nothing_to_play(stores: Stores) -> None:
    people.meet(stores.sql, WANG, OPENS)
    turn = looked(stores)
    assert turn.person_id > 0
    assert (turn.edition, turn.attempt, turn.effect) == (None, None, None)
    with stores.sql.direct() as direct, pytest.raises(Moved):
        play.answer(direct, turn, 1, "C", OPENS, in_chat=True)


# --- what an attempt is ------------------------------------------------------------------------------------------


def test_each_answer_is_marked_scored_and_leads_to_the_next_question(stores: Stores) -> None:
    make_campaign(stores.sql)
    begun(stores)
    told = [answered(stores, given, OPENS + 1_000 * n) for n, given in enumerate(("C", "true", "ABD", "一千"), 1)]
    assert [(m.right, m.points, m.score, m.next_position) for m in told] == [
        (True, 10, 10, 2),
        (False, 0, 10, 3),
        (True, 10, 20, 4),
        (True, 10, 30, None),
    ]
    assert [m.used_ms for m in told] == [None, None, None, 4_000]
    assert told[0].question == replace(SUMMER, where="")
    turn = looked(stores)
    assert turn.attempt is None
    with stores.sql.reading() as session:
        attempt = session.scalars(select(tables.Attempt)).one()
        answers = play.answers_of(session, attempt.id)
        finished = play.last_finished(session, turn.person_id, attempt.campaign_id)
    assert [(answers[p].given, answers[p].points, answers[p].answered_ms - OPENS) for p in (1, 2, 3, 4)] == [
        ("C", 10, 1_000),
        ("true", 0, 2_000),
        ("ABD", 10, 3_000),
        ("一千", 10, 4_000),
    ]
    assert (attempt.state, attempt.score, attempt.position) == ("finished", 30, 5)
    assert finished is not None
    assert (finished.id, finished.score, finished.used_ms, finished.finished_ms) == (
        attempt.id,
        30,
        4_000,
        OPENS + 4_000,
    )


def test_the_same_random_draws_the_same_paper_and_another_one_another(stores: Stores) -> None:
    make_campaign(stores.sql, replace(PLAN, shuffle_questions=True, shuffle_options=True))
    papers = []
    for number, seed in enumerate((1, 1, 2)):
        sender = replace(WANG, sender=f"o{number}")
        people.meet(stores.sql, sender, OPENS)
        turn = looked(stores, sender)
        papers.append(play.begin(stores.sql, turn, edition_of(turn), Random(seed), OPENS, in_chat=True).paper)
    assert papers[0] == papers[1] != papers[2]


def test_a_second_begin_while_one_is_open_is_told_to_look_again(stores: Stores) -> None:
    make_campaign(stores.sql)
    turn = begun(stores)
    with pytest.raises(Moved):
        play.begin(stores.sql, turn, edition_of(turn), Random(2), OPENS + 1, in_chat=True)
    assert count(stores, tables.Attempt) == 1


@pytest.mark.parametrize("position", [0, 2, 5, -1])
def test_an_answer_to_a_question_that_does_not_wait_changes_nothing(stores: Stores, position: int) -> None:
    make_campaign(stores.sql)
    turn = begun(stores)
    with stores.sql.direct() as direct, pytest.raises(Moved):
        play.answer(direct, turn, position, "C", OPENS, in_chat=True)
    assert count(stores, tables.Answer) == 0
    assert looked(stores).attempt == turn.attempt


def test_an_answer_by_an_old_look_is_not_graded_against_the_next_question(stores: Stores) -> None:
    make_campaign(stores.sql)
    old = begun(stores)
    answered(stores, "C", OPENS + 1)
    with stores.sql.direct() as direct, pytest.raises(Moved):
        play.answer(direct, old, 1, "A", OPENS + 2, in_chat=True)
    assert count(stores, tables.Answer) == 1
    attempt = looked(stores).attempt
    assert attempt is not None
    assert (attempt.position, attempt.score) == (2, 10)


def test_a_begin_whose_reply_cannot_be_told_is_no_begin(stores: Stores) -> None:
    make_campaign(stores.sql)
    people.meet(stores.sql, WANG, OPENS)
    turn = looked(stores)

    def tell(attempt: play.Attempt) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        play.begin(
            stores.sql,
            turn,
            edition_of(turn),
            Random(1),
            OPENS,
            in_chat=True,
            message=play.Message("m:1", 1),
            tell=tell,
        )
    assert count(stores, tables.Attempt) == count(stores, tables.Inbound) == 0


# --- messages and their effects ----------------------------------------------------------------------------------


def test_a_reply_is_stored_with_its_effect_and_a_finishing_one_is_left_open(stores: Stores) -> None:
    make_campaign(stores.sql)
    begun(stores, message=play.Message("m:0", OPENS))
    for number, given in enumerate(RIGHT, 1):
        answered(stores, given, OPENS + number, message=play.Message(f"m:{number}", OPENS + number))
    attempt_id = count(stores, tables.Attempt)
    effects = [looked(stores, key=f"m:{number}").effect for number in range(6)]
    assert [effect and effect.reply for effect in effects] == ["第一题", "+10", "+10", "+10", None, None]
    assert effects[4] is not None
    assert effects[4].attempt_id == attempt_id, "found by its key, though its reply is not known yet"
    assert effects[5] is None


def test_a_message_that_had_its_effect_has_no_second_one(stores: Stores) -> None:
    make_campaign(stores.sql)
    begun(stores)
    answered(stores, "C", OPENS + 1, message=play.Message("m:1", OPENS + 1))
    with pytest.raises(Moved):
        answered(stores, "false", OPENS + 2, message=play.Message("m:1", OPENS + 2))
    attempt = looked(stores).attempt
    assert attempt is not None
    assert (attempt.position, attempt.score, count(stores, tables.Answer)) == (2, 10, 1)


def test_what_a_finishing_answer_was_told_can_be_told_again(stores: Stores) -> None:
    make_campaign(stores.sql)
    told = played(stores, right=3, begins=OPENS, used=9_000)
    with stores.sql.reading() as session:
        edition, again = play.retell(session, stores, told.attempt.id, OPENS + 9_000)
    assert edition == edition_of(looked(stores))
    assert replace(again, standing=told.standing, attempt=told.attempt) == told
    assert (again.attempt.position, again.attempt.score, again.attempt.paper) == (4, 30, told.attempt.paper)


# --- the window --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("now", "accepted"), [(OPENS - 1, False), (OPENS, True), (CLOSES - 1, True), (CLOSES, False)])
def test_the_window_holds_its_opening_millisecond_and_not_its_closing_one(
    stores: Stores, now: int, accepted: bool
) -> None:
    make_campaign(stores.sql)
    begun(stores, OPENS)
    if accepted:
        assert answered(stores, "C", now).right
        assert begun(stores, now, LI).attempt is not None
        return
    with pytest.raises(NotOpen):
        answered(stores, "C", now)
    with pytest.raises(NotOpen):
        begun(stores, now, LI)
    assert count(stores, tables.Answer) == 0
    assert count(stores, tables.Attempt) == 1


@pytest.mark.parametrize("state", ["paused", "closed", "archived", "draft"])
def test_only_a_published_campaign_is_played(stores: Stores, state: str) -> None:
    make_campaign(stores.sql)
    begun(stores)
    people.meet(stores.sql, LI, OPENS)
    with stores.sql.transaction() as session:
        session.execute(update(tables.Campaign).values(state=state, version=tables.Campaign.version + 1))
    with pytest.raises(NotOpen):
        answered(stores, "C", OPENS + 1)
    with pytest.raises(NotOpen):
        begun(stores, OPENS + 1, LI)


def test_an_extension_is_known_with_the_next_message(stores: Stores) -> None:
    make_campaign(stores.sql)
    begun(stores)
    with pytest.raises(NotOpen):
        answered(stores, "C", CLOSES)
    with stores.sql.transaction() as session:
        keeping.extend(session, PLAN.slug, CLOSES + 1, CLOSES)
    assert answered(stores, "C", CLOSES).right


def test_used_time_is_never_negative_when_the_clock_is_set_back(stores: Stores) -> None:
    campaign = make_campaign(stores.sql)
    begun(stores, OPENS + 60_000)
    for given in RIGHT:
        marked = answered(stores, given, OPENS)
    assert marked.used_ms == 0
    found = standing(stores, campaign)
    assert found is not None
    assert (found.used_ms, found.finished_ms) == (0, OPENS)


# --- how often ---------------------------------------------------------------------------------------------------


def test_attempts_per_day_are_counted_from_midnight_in_the_campaigns_zone(stores: Stores) -> None:
    make_campaign(stores.sql, replace(PLAN, attempts_per_day=1))
    people.meet(stores.sql, WANG, OPENS)
    assert left(stores, OPENS) == 1
    played(stores, right=1, begins=OPENS, used=5)
    assert left(stores, MIDNIGHT - 1) == 0
    with pytest.raises(NoAttemptLeft, match="today"):
        begun(stores, MIDNIGHT - 1)
    assert left(stores, MIDNIGHT) == 1
    assert begun(stores, MIDNIGHT).attempt is not None
    assert left(stores, MIDNIGHT) == 0


def test_an_attempt_belongs_to_the_day_it_was_begun_on(stores: Stores) -> None:
    make_campaign(stores.sql, replace(PLAN, attempts_per_day=1))
    played(stores, right=1, begins=MIDNIGHT - 1, used=10)
    assert begun(stores, MIDNIGHT + 20).attempt is not None, "finished today, but begun yesterday"


def test_attempts_in_all_are_counted_over_all_days(stores: Stores) -> None:
    make_campaign(stores.sql, replace(PLAN, attempts_in_all=2, attempts_per_day=2))
    played(stores, right=1, begins=OPENS, used=5)
    assert left(stores, OPENS + 9) == 1
    played(stores, right=1, begins=MIDNIGHT, used=5)
    assert left(stores, MIDNIGHT + 9) == 0
    with pytest.raises(NoAttemptLeft, match="in_all"):
        begun(stores, MIDNIGHT + 9)
    assert count(stores, tables.Attempt) == 2


def test_the_open_attempt_is_not_said_to_be_one_too_many(stores: Stores) -> None:
    make_campaign(stores.sql, replace(PLAN, attempts_in_all=1, attempts_per_day=1))
    turn = begun(stores)
    with pytest.raises(Moved):
        play.begin(stores.sql, turn, edition_of(turn), Random(2), OPENS, in_chat=True)


def test_without_a_limit_one_may_always_begin_again(stores: Stores) -> None:
    make_campaign(stores.sql)
    for number in range(3):
        played(stores, right=1, begins=OPENS + number * 10, used=5)
    assert left(stores, OPENS + 99) is None


def test_attempts_of_other_persons_and_campaigns_do_not_count(stores: Stores) -> None:
    make_campaign(stores.sql, replace(PLAN, attempts_in_all=1))
    played(stores, right=1, begins=OPENS, used=5)
    assert begun(stores, OPENS + 10, LI).attempt is not None
    other = make_campaign(stores.sql, replace(PLAN, slug="other", attempts_in_all=1))
    with stores.sql.transaction() as session:
        people.enter(session, looked(stores).identity_id, other)
    assert begun(stores, OPENS + 10).attempt is not None


# --- which attempt counts ----------------------------------------------------------------------------------------


def test_a_first_result_is_a_standing(stores: Stores) -> None:
    campaign = make_campaign(stores.sql)
    marked = played(stores, right=2, begins=OPENS, used=7_000)
    assert marked.standing == Standing(looked(stores).person_id, 20, 7_000, OPENS + 7_000, version=1)
    assert standing(stores, campaign) == marked.standing


@pytest.mark.parametrize(
    ("right", "used"), [(3, 90_000), (2, 6_999)], ids=["more points, though slower", "as many points, but quicker"]
)
def test_a_better_later_attempt_counts(stores: Stores, right: int, used: int) -> None:
    campaign = make_campaign(stores.sql)
    played(stores, right=2, begins=OPENS, used=7_000)
    marked = played(stores, right=right, begins=OPENS + 100_000, used=used)
    person = looked(stores).person_id
    assert marked.standing == Standing(person, right * 10, used, OPENS + 100_000 + used, version=2)
    assert standing(stores, campaign) == marked.standing
    with stores.sql.reading() as session:
        assert session.get_one(tables.Standing, (campaign, person)).attempt_id == marked.attempt.id


@pytest.mark.parametrize(
    ("right", "used"),
    [(1, 1), (2, 7_001), (2, 7_000)],
    ids=["fewer points, though quicker", "as many points, but slower", "as good, but later"],
)
def test_a_later_attempt_that_is_not_better_changes_nothing(stores: Stores, right: int, used: int) -> None:
    campaign = make_campaign(stores.sql)
    first = played(stores, right=2, begins=OPENS, used=7_000)
    later = played(stores, right=right, begins=OPENS + 100_000, used=used)
    assert later.standing is None
    assert (later.score, later.used_ms) == (right * 10, used)
    assert standing(stores, campaign) == first.standing, "not even its version"


def test_ties_go_by_time_used_then_by_finish_then_by_person(stores: Stores) -> None:
    campaign = make_campaign(stores.sql)
    results = {
        "slow": (4, OPENS, 9_000),
        "late": (4, OPENS + 50, 5_000),
        "first": (4, OPENS, 5_000),
        "twin of first": (4, OPENS, 5_000),
        "few": (3, OPENS, 1),
    }
    names = {}
    for name, (right, begins, used) in results.items():
        sender = Sender("wechat", "", name)
        played(stores, right, begins, used, sender)
        names[looked(stores, sender).person_id] = name
    placed = stores.ranking.top(campaign, 9)
    assert [names[place.person_id] for place in placed] == ["first", "twin of first", "late", "slow", "few"]
    assert [stores.ranking.rank(campaign, place.person_id).rank for place in placed] == [1, 2, 3, 4, 5]


# --- one person, several doors -----------------------------------------------------------------------------------


def test_an_attempt_begun_in_one_identity_goes_on_in_another_of_the_same_person(stores: Stores) -> None:
    make_campaign(stores.sql)
    in_the_chat = begun(stores)
    people.meet(stores.sql, WANGS_BROWSER, OPENS, person_id=in_the_chat.person_id)
    answered(stores, "C", OPENS + 1)
    on_the_page = looked(stores, WANGS_BROWSER)
    assert on_the_page.attempt is not None
    assert in_the_chat.attempt is not None
    assert (on_the_page.attempt.id, on_the_page.attempt.position) == (in_the_chat.attempt.id, 2)
    for given in RIGHT[1:]:
        marked = answered(stores, given, OPENS + 2, WANGS_BROWSER)
    assert marked.score == 40
    assert count(stores, tables.Attempt) == count(stores, tables.Standing) == 1


def test_two_doors_do_not_answer_one_question_twice(stores: Stores) -> None:
    make_campaign(stores.sql)
    in_the_chat = begun(stores)
    people.meet(stores.sql, WANGS_BROWSER, OPENS, person_id=in_the_chat.person_id)
    answered(stores, "A", OPENS + 1, WANGS_BROWSER)
    with stores.sql.direct() as direct, pytest.raises(Moved):
        play.answer(direct, in_the_chat, 1, "C", OPENS + 2, in_chat=True)
    attempt = looked(stores).attempt
    assert attempt is not None
    assert (attempt.position, attempt.score) == (2, 0), "the first answer counts"


def test_whoever_turns_out_to_be_somebody_else_between_look_and_answer_is_looked_at_anew(stores: Stores) -> None:
    make_campaign(stores.sql, replace(PLAN, questions_per_paper=1, seconds_per_attempt=600))
    old = begun(stores)
    people.meet(stores.sql, LI, OPENS)
    with stores.sql.transaction() as session:
        session.execute(update(tables.Attempt).values(person_id=looked(stores, LI).person_id))
    with stores.sql.direct() as direct:
        with pytest.raises(Moved):
            play.answer(direct, old, 1, "C", OPENS + 1, in_chat=True)
        with pytest.raises(Moved):
            play.expire(direct, old, MIDNIGHT)
    assert count(stores, tables.Answer) == count(stores, tables.Standing) == 0


def test_a_question_is_noted_as_shown_where_it_was_shown(stores: Stores) -> None:
    make_campaign(stores.sql)
    turn = begun(stores, in_chat=False)
    assert turn.attempt is not None
    assert turn.attempt.shown_identity_id is None
    show(stores, lambda session: play.show_in_chat(session, turn, OPENS + 5))
    shown = looked(stores).attempt
    assert shown is not None
    assert (shown.shown_identity_id, shown.shown_ms) == (turn.identity_id, OPENS + 5)
    show(stores, lambda session: play.set_aside(session, turn))
    aside = looked(stores).attempt
    assert aside is not None
    assert aside.shown_identity_id is None
    assert aside.position == 1


def test_a_question_that_was_answered_meanwhile_is_not_shown(stores: Stores) -> None:
    make_campaign(stores.sql)
    turn = begun(stores)
    answered(stores, "C", OPENS + 1)
    before = looked(stores).attempt
    with pytest.raises(Moved):
        show(stores, lambda session: play.show_in_chat(session, turn, OPENS + 5))
    assert looked(stores).attempt == before


def show(stores: Stores, what: Callable[[Session], None]) -> None:
    with stores.sql.transaction() as session:
        what(session)
