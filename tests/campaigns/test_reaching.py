from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from campaign_made import OPENS, make_campaign
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from campaigns import grants, inbound, outbox, people, reaching, tables
from campaigns.clock import DAY, HOUR, MINUTE, local
from campaigns.outbox import Message
from campaigns.people import Sender
from campaigns.reaching import Facts, Go, Manners, Never, Reach, Route, Wait, judge
from campaigns.store import Store

MANNERS = Manners("Asia/Shanghai", 21, 8, 2)
NOTICE = Message(
    id=1,
    key="k",
    campaign_id=1,
    person_id=1,
    way="",
    account="",
    recipient="",
    wording="notice.opens",
    values={},
    must=False,
    expires_ms=None,
    begun=False,
    tries=0,
    created_ms=0,
    lease="w",
)
MUST = replace(NOTICE, must=True)
COLLEAGUE = Reach(7, "wecom", "", "wang")
FOLLOWER = Reach(8, "wechat", "west", "oWang")
ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia", "Africa/Cairo")


def at(text: str, zone: str = "Asia/Shanghai", fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()) * 1_000


NOON = at("2026-07-04 12:00")
manners = st.builds(
    Manners,
    timezone=st.sampled_from(ZONES),
    quiet_from=st.integers(0, 23),
    quiet_until=st.integers(0, 23),
    notices_per_day=st.integers(0, 3),
)
moments = st.integers(at("2011-12-25 00:00"), at("2027-01-01 00:00"))


# --- quiet hours -----------------------------------------------------------------------------------------------


@given(moments, manners)
def test_quiet_hours_end_when_notices_may_go_and_not_before(now: int, manners: Manners) -> None:
    until = reaching.quiet_until_ms(now, manners)
    if until is None:
        return
    assert now < until <= now + 2 * DAY + HOUR
    assert reaching.quiet_until_ms(until, manners) is None
    for part in range(1, 40):
        moment = now + (until - now) * part // 40
        assert moment == until or reaching.quiet_until_ms(moment, manners) == until


@given(moments, st.sampled_from(ZONES), st.integers(0, 23))
def test_the_same_hour_twice_is_never_quiet(now: int, zone: str, hour: int) -> None:
    assert reaching.quiet_until_ms(now, Manners(zone, hour, hour, 2)) is None


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-07-04 20:59:59", None),
        ("2026-07-04 21:00:00", "2026-07-05 08:00"),
        ("2026-07-05 00:00:00", "2026-07-05 08:00"),
        ("2026-07-05 07:59:59", "2026-07-05 08:00"),
        ("2026-07-05 08:00:00", None),
    ],
)
def test_quiet_hours_cross_midnight(now: str, until: str | None) -> None:
    assert reaching.quiet_until_ms(at(now), MANNERS) == (until and at(until))


def test_quiet_hours_within_a_day_end_on_that_day() -> None:
    siesta = replace(MANNERS, quiet_from=12, quiet_until=14)
    assert reaching.quiet_until_ms(at("2026-07-04 13:10"), siesta) == at("2026-07-04 14:00")
    assert reaching.quiet_until_ms(at("2026-07-04 14:00"), siesta) is None


def test_an_hour_that_clocks_skip_ends_the_quiet_when_they_skip_it() -> None:
    york = Manners("America/New_York", 22, 2, 2)
    assert reaching.quiet_until_ms(at("2026-03-08 01:30", york.timezone), york) == at("2026-03-08 03:00", york.timezone)


def test_an_hour_that_clocks_repeat_is_quiet_both_times() -> None:
    york = Manners("America/New_York", 22, 2, 2)
    first, second = (at("2026-11-01 01:30", york.timezone, fold) for fold in (0, 1))
    assert second - first == HOUR
    end = at("2026-11-01 02:00", york.timezone)
    assert reaching.quiet_until_ms(first, york) == reaching.quiet_until_ms(second, york) == end


@given(moments, st.sampled_from(ZONES))
def test_a_day_begins_at_its_first_moment_and_ends_where_the_next_begins(now: int, zone: str) -> None:
    start, following = reaching.day_start_ms(now, zone), reaching.next_day_ms(now, zone)
    assert start <= now < following
    assert local(start, zone).date() == local(now, zone).date() == local(following - 1, zone).date()
    assert local(start - 1, zone).date() < local(now, zone).date() < local(following, zone).date()


# --- whether ---------------------------------------------------------------------------------------------------

facts = st.builds(
    Facts,
    manners=st.none() | manners,
    reaches=st.lists(
        st.builds(
            Reach,
            identity_id=st.integers(1, 9),
            channel=st.sampled_from(["wechat", "wecom", "page"]),
            account=st.just(""),
            recipient=st.just("someone"),
            unfollowed=st.booleans(),
            muted=st.booleans(),
            spoke_ms=st.none() | st.integers(NOON - 3 * DAY, NOON),
            template_id=st.sampled_from(["", "t"]),
        ),
        max_size=3,
    ).map(tuple),
    notices_today=st.integers(0, 4),
    custom_sent_ms=st.lists(st.integers(NOON - DAY, NOON), max_size=6).map(tuple),
)
expiries = st.none() | st.integers(NOON - DAY, NOON + DAY)


@given(facts, expiries, st.booleans())
def test_nothing_that_has_expired_goes_out_or_waits(facts: Facts, expires_ms: int | None, must: bool) -> None:
    verdict = judge(replace(NOTICE, must=must, expires_ms=expires_ms), facts, NOON)
    if expires_ms is not None and expires_ms <= NOON:
        assert verdict == Never(reaching.EXPIRED, is_expired=True)
    if isinstance(verdict, Wait):
        assert expires_ms is None or verdict.until_ms < expires_ms
        assert verdict.until_ms > NOON


@given(facts)
def test_what_must_be_said_is_never_held_back(facts: Facts) -> None:
    verdict = judge(MUST, facts, NOON)
    assert not isinstance(verdict, Wait)
    reachable = isinstance(judge(MUST, replace(facts, manners=None), NOON), Go)
    assert isinstance(verdict, Go) == reachable


@given(facts)
def test_a_notice_goes_only_within_the_campaigns_manners_and_the_persons_wish(facts: Facts) -> None:
    if not isinstance(judge(NOTICE, facts, NOON), Go):
        return
    assert not any(reach.muted for reach in facts.reaches)
    if facts.manners is not None:
        assert facts.notices_today < facts.manners.notices_per_day
        assert reaching.quiet_until_ms(NOON, facts.manners) is None


@given(facts, st.booleans())
def test_nobody_is_written_to_where_they_unfollowed(facts: Facts, must: bool) -> None:
    verdict = judge(replace(NOTICE, must=must), facts, NOON)
    if isinstance(verdict, Go):
        left = {reach.identity_id for reach in facts.reaches if not reach.unfollowed}
        assert {route.identity_id for route in verdict.routes} <= left


def test_who_wants_no_notices_gets_none_by_any_channel() -> None:
    reaches = (COLLEAGUE, replace(FOLLOWER, muted=True))
    assert judge(NOTICE, Facts(MANNERS, reaches), NOON) == Never(reaching.MUTED)
    assert isinstance(judge(MUST, Facts(MANNERS, reaches), NOON), Go)


def test_one_notice_too_many_waits_for_the_next_morning() -> None:
    verdict = judge(NOTICE, Facts(MANNERS, (COLLEAGUE,), notices_today=2), NOON)
    assert verdict == Wait(at("2026-07-05 08:00"), reaching.ENOUGH)
    today_only = replace(NOTICE, expires_ms=at("2026-07-05 00:00"))
    assert judge(today_only, Facts(MANNERS, (COLLEAGUE,), notices_today=2), NOON) == Never(reaching.ENOUGH)


def test_a_campaign_that_sends_no_notices_sends_none() -> None:
    assert judge(NOTICE, Facts(replace(MANNERS, notices_per_day=0), (COLLEAGUE,)), NOON) == Never(reaching.NEVER)


def test_a_message_to_an_address_needs_no_person() -> None:
    report = replace(NOTICE, person_id=None, campaign_id=None, way="mail", recipient="office@example.gov.cn")
    assert judge(report, Facts(), NOON) == Go((Route("mail", "", "office@example.gov.cn"),))


# --- by which way ----------------------------------------------------------------------------------------------


def ways(*reaches: Reach, custom_sent_ms: tuple[int, ...] = (), way: str = "") -> list[str]:
    verdict = judge(replace(NOTICE, way=way), Facts(MANNERS, reaches, custom_sent_ms=custom_sent_ms), NOON)
    return [route.way for route in verdict.routes] if isinstance(verdict, Go) else []


def test_the_office_comes_before_the_consent_and_the_consent_before_the_open_window() -> None:
    follower = replace(FOLLOWER, spoke_ms=NOON - HOUR, template_id="t")
    assert ways(follower, COLLEAGUE) == ["wecom", "subscription", "custom"]
    assert ways(follower, COLLEAGUE, way="custom") == ["custom"]


def test_a_follower_is_written_to_within_48_hours_of_speaking() -> None:
    assert ways(replace(FOLLOWER, spoke_ms=NOON - reaching.WINDOW_MS + 1)) == ["custom"]
    assert ways(replace(FOLLOWER, spoke_ms=NOON - reaching.WINDOW_MS)) == []


def test_five_messages_a_window_and_no_more() -> None:
    spoke = NOON - HOUR
    follower = replace(FOLLOWER, spoke_ms=spoke)
    assert ways(follower, custom_sent_ms=(spoke - 1,) * 9 + (spoke,) * 4) == ["custom"]
    assert ways(follower, custom_sent_ms=(spoke,) * 5) == []
    assert ways(replace(follower, template_id="t"), custom_sent_ms=(spoke,) * 5) == ["subscription"]


@pytest.mark.parametrize(
    ("reaches", "reason"),
    [
        ((), reaching.NO_WAY_IN),
        ((Reach(1, "page", "", "x"),), reaching.NO_WAY_IN),
        ((replace(FOLLOWER, unfollowed=True),), reaching.UNFOLLOWED),
        ((FOLLOWER,), reaching.OUT_OF_REACH),
    ],
)
def test_why_somebody_cannot_be_reached_is_said(reaches: tuple[Reach, ...], reason: str) -> None:
    assert judge(MUST, Facts(MANNERS, reaches), NOON) == Never(reason)


# --- facts -----------------------------------------------------------------------------------------------------


def known(store: Store, sender: str = "oWang", channel: str = "wechat") -> tuple[int, int]:
    """Identity and person."""
    people.meet(store, Sender(channel, "", sender), OPENS)
    with store.reading() as session:
        identity = people.find_identity(session, Sender(channel, "", sender))
        assert identity is not None
        return identity.id, identity.person_id


def gathered(store: Store, message: Message, now: int = OPENS) -> Facts:
    with store.transaction() as session:
        return reaching.gather(session, message, lambda account, wording: f"t-{wording}", now)


def test_the_facts_are_those_on_record(store: Store) -> None:
    campaign_id = make_campaign(store)
    identity_id, person_id = known(store)
    notice = replace(NOTICE, campaign_id=campaign_id, person_id=person_id)
    bare = Facts(Manners("Asia/Shanghai", 21, 8, 2), (Reach(identity_id, "wechat", "", "oWang"),))
    assert gathered(store, notice) == bare
    with store.transaction() as session:
        inbound.record(session, identity_id, "e:1:CLICK:x", "", OPENS - MINUTE)
        inbound.record(session, identity_id, "m:1", "", OPENS - HOUR)
        inbound.record(session, identity_id, "m:0", "", OPENS - 50 * HOUR)
        grants.record(session, identity_id, ["t-notice.opens", "another"], "e:1", OPENS)
        session.execute(update(tables.Identity).values(muted_ms=1, unfollowed_ms=OPENS))
    assert gathered(store, notice).reaches == (
        Reach(identity_id, "wechat", "", "oWang", True, True, OPENS - HOUR, "t-notice.opens"),
    )
    assert gathered(store, replace(notice, wording="notice.won")).reaches[0].template_id == ""


def test_who_has_spoken_since_they_left_follows_again(store: Store) -> None:
    identity_id, person_id = known(store)
    with store.transaction() as session:
        session.execute(update(tables.Identity).values(unfollowed_ms=OPENS - HOUR))
        inbound.record(session, identity_id, "m:1", "", OPENS - 2 * HOUR)
    assert gathered(store, replace(NOTICE, campaign_id=None, person_id=person_id)).reaches[0].unfollowed
    with store.transaction() as session:
        inbound.record(session, identity_id, "m:2", "", OPENS - MINUTE)
    assert not gathered(store, replace(NOTICE, campaign_id=None, person_id=person_id)).reaches[0].unfollowed


@pytest.mark.parametrize("state", ["closed", "paused", "archived"])
def test_a_campaign_that_was_ended_meanwhile_tells_nothing_but_what_must_be_said(store: Store, state: str) -> None:
    campaign_id = make_campaign(store)
    _, person_id = known(store, channel="wecom")
    notice = replace(NOTICE, campaign_id=campaign_id, person_id=person_id)
    assert isinstance(judge(notice, gathered(store, notice), NOON), Go)
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(state=state))
    assert judge(notice, gathered(store, notice), NOON) == Never(reaching.NOT_ON)
    must = replace(notice, must=True)
    assert isinstance(judge(must, gathered(store, must), NOON), Go)


def test_what_was_sent_today_and_what_is_being_sent_counts(store: Store) -> None:
    campaign_id = make_campaign(store)
    _, person_id = known(store)
    about = {"person_id": person_id, "campaign_id": campaign_id, "wording": "notice.opens", "values": {}}
    with store.transaction() as session:
        for key in ("yesterday", "today", "being sent", "waiting", "must"):
            outbox.post(session, key=key, now=OPENS - 2 * DAY, must=key == "must", **about)
        outbox.post(session, key="of no campaign", now=OPENS - 2 * DAY, **{**about, "campaign_id": None})
        for message in outbox.lease(session, "w1", OPENS, 10):
            if message.key == "being sent":
                outbox.begin(session, message, "custom", OPENS)
            elif message.key != "waiting":
                sent = OPENS - 10 * HOUR if message.key == "yesterday" else OPENS - HOUR
                outbox.settle_sent(session, message, "custom", sent)
    facts = gathered(store, replace(NOTICE, id=0, campaign_id=campaign_id, person_id=person_id))
    assert facts.notices_today == 2
    assert sorted(facts.custom_sent_ms) == [OPENS - 10 * HOUR, *[OPENS - HOUR] * 3, OPENS]
    later = gathered(
        store, replace(NOTICE, id=0, campaign_id=campaign_id, person_id=person_id), OPENS + outbox.LEASE_MS
    )
    assert later.notices_today == 1, "the worker that was sending it is dead"


# --- consents --------------------------------------------------------------------------------------------------


def test_a_consent_is_recorded_once_and_spent_once(store: Store) -> None:
    identity_id, _ = known(store)
    with store.transaction() as session:
        for _ in range(2):
            grants.record(session, identity_id, ["t", "t"], "e:1", OPENS)
        first, second = (_posted(session, key) for key in "ab")
        assert grants.claim(session, identity_id, "t", first)
        assert grants.claim(session, identity_id, "t", first), "the same message tries again"
        assert not grants.claim(session, identity_id, "t", second)
        grants.give_back(session, first)
        assert grants.claim(session, identity_id, "t", second)


def test_a_consent_spent_on_an_earlier_try_by_another_template_keeps_no_message_waiting(store: Store) -> None:
    identity_id, _ = known(store)
    with store.transaction() as session:
        grants.record(session, identity_id, ["old", "new"], "e:1", OPENS)
        message = _posted(session, "a")
        assert grants.claim(session, identity_id, "old", message)
        assert grants.claim(session, identity_id, "new", message)
        left = session.scalars(select(tables.SubscriptionGrant)).all()
        assert [(grant.template_id, grant.outbox_id) for grant in left] == [("new", message)]


def test_a_consent_that_was_taken_back_is_gone_unless_it_was_spent(store: Store) -> None:
    identity_id, _ = known(store)
    with store.transaction() as session:
        for number in range(3):
            grants.record(session, identity_id, ["t"], f"e:{number}", OPENS + number)
        message = _posted(session, "a")
        assert grants.claim(session, identity_id, "t", message)
        grants.revoke(session, identity_id, ["t"])
        left = session.scalars(select(tables.SubscriptionGrant)).all()
        assert [(grant.key, grant.outbox_id) for grant in left] == [("e:0", message)]


def _posted(session: object, key: str) -> int:
    outbox.post(session, key=key, wording="notice.opens", values={}, now=OPENS)  # type: ignore[arg-type]
    return session.scalars(select(tables.OutboxMessage.id).where(tables.OutboxMessage.key == key)).one()  # type: ignore[attr-defined,no-any-return]
