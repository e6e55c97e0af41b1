from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from campaign_made import CLOSES, OPENS, PLAN, QUESTIONS, SUMMER, make_campaign
from sqlalchemy import event, update

from campaigns import banks, keeping, tables
from campaigns.editions import Editions, campaign_by_keyword, current_campaign
from campaigns.errors import NotFound
from campaigns.store import Store
from questions.model import Bank, Kind

DAY = 86_400_000


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that are asked meanwhile."""
    asked: list[str] = []

    def hear(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    event.listen(store.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(store.engine, "before_cursor_execute", hear)


def change(store: Store, slug: str = PLAN.slug, **values: object) -> int:
    """Change a campaign as everything that changes one does; gives its new version."""
    campaign = tables.Campaign
    with store.transaction() as session:
        return session.execute(
            update(campaign)
            .where(campaign.slug == slug)
            .values(version=campaign.version + 1, **values)
            .returning(campaign.version)
        ).scalar_one()


def made(store: Store, slug: str, opens: int, closes: int | None, state: str = "published") -> int:
    campaign = make_campaign(store, replace(PLAN, slug=slug))
    change(store, slug, state=state, opens_ms=opens, closes_ms=closes)
    return campaign


def test_an_edition_is_the_campaign_with_the_questions_it_was_published_with(store: Store) -> None:
    make_campaign(store)
    edition = Editions().by_slug(store, "week")
    assert (edition.slug, edition.name, edition.opens_ms, edition.closes_ms) == ("week", PLAN.name, OPENS, CLOSES)
    assert list(edition.questions.values()) == list(QUESTIONS)
    assert [edition.points_for(kind) for kind in Kind] == [10, 10, 10, 10, 0]


def test_published_is_frozen_whatever_becomes_of_the_bank(store: Store) -> None:
    make_campaign(store)
    changed = (replace(SUMMER, answer=("D",), explanation="改过了。"), *QUESTIONS[1:])
    with store.transaction() as session:
        plan = banks.plan_import(session, "made-week", "made-week", Bank("csv", "utf-8", changed))
        banks.carry_out(session, plan, OPENS)
    change(store)
    assert list(Editions().by_slug(store, "week").questions.values()) == list(QUESTIONS)


def test_an_edition_is_read_once_while_nothing_changes(store: Store) -> None:
    campaign = make_campaign(store)
    editions = Editions()
    first = editions.get(store, campaign, 1)
    with counted(store) as asked:
        assert editions.get(store, campaign, first.version) is first
    assert asked == []


def test_a_newer_version_is_read_anew_and_an_older_one_is_not(store: Store) -> None:
    campaign = make_campaign(store)
    editions = Editions()
    old = editions.get(store, campaign, 1)
    newer = change(store, state="paused")
    assert editions.get(store, campaign, old.version) is old, "nobody has told it yet"
    fresh = editions.get(store, campaign, newer)
    assert (fresh.version, fresh.state) == (newer, "paused")
    with counted(store) as asked:
        assert editions.get(store, campaign, old.version) is fresh, "whoever looked a moment earlier"
    assert asked == []


def test_a_process_keeps_so_many_editions_and_forgets_the_one_read_longest_ago(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaigns.editions.KEPT", 3)
    editions = Editions()
    campaigns = [make_campaign(store, replace(PLAN, slug=f"c{number}")) for number in range(4)]
    for campaign in campaigns:
        editions.get(store, campaign, 1)
    assert len(editions._kept) == 3
    with counted(store) as asked:
        for campaign in campaigns[1:]:
            editions.get(store, campaign, 1)
        assert asked == []
        editions.get(store, campaigns[0], 1)
        assert asked != []


def test_a_slug_that_no_campaign_has_is_told(store: Store) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        Editions().by_slug(store, "nowhere")


@pytest.mark.parametrize(("now", "is_open", "is_over"), [
    (OPENS - 1, False, False), (OPENS, True, False), (CLOSES - 1, True, False), (CLOSES, False, True),
])  # fmt: skip
def test_the_window_is_kept_to_the_millisecond(store: Store, now: int, is_open: bool, is_over: bool) -> None:
    make_campaign(store)
    edition = Editions().by_slug(store, "week")
    assert (edition.is_open(now), edition.is_over(now)) == (is_open, is_over)


def test_a_campaign_that_never_closes_is_open_for_ever(store: Store) -> None:
    made(store, "endless", OPENS, None)
    edition = Editions().by_slug(store, "endless")
    assert edition.is_open(OPENS + 9_999 * DAY)
    assert not edition.is_open(OPENS - 1)


# --- which campaign a message is about ---------------------------------------------------------------------------


def current(store: Store, now: int = OPENS) -> int | None:
    with store.reading() as session:
        found = current_campaign(session, now)
    return None if found is None else found[0]


def test_without_a_campaign_a_message_is_about_none(store: Store) -> None:
    assert current(store) is None
    made(store, "draft", OPENS, CLOSES, "draft")
    made(store, "archived", OPENS, CLOSES, "archived")
    assert current(store) is None


def test_a_message_is_about_the_open_campaign_that_opened_last(store: Store) -> None:
    made(store, "older", OPENS - 2 * DAY, None)
    newer = made(store, "newer", OPENS - DAY, CLOSES)
    made(store, "to-come", OPENS + DAY, None)
    made(store, "over", OPENS - DAY // 2, OPENS)
    assert current(store) == newer


def test_with_none_open_a_message_is_about_the_next_to_open(store: Store) -> None:
    made(store, "over", OPENS - DAY, OPENS)
    made(store, "later", OPENS + 2 * DAY, None)
    following = made(store, "next", OPENS + DAY, None)
    assert current(store) == following


def test_with_none_to_come_a_message_is_about_the_one_that_closed_last(store: Store) -> None:
    made(store, "long-over", OPENS - 9 * DAY, OPENS - 8 * DAY)
    last = made(store, "over", OPENS - 5 * DAY, OPENS - DAY)
    assert current(store) == last


def test_an_open_campaign_comes_before_a_paused_one(store: Store) -> None:
    is_open = made(store, "open", OPENS - 2 * DAY, None)
    made(store, "paused", OPENS - DAY, CLOSES, "paused")
    assert current(store) == is_open


def test_a_paused_campaign_is_still_what_its_players_mean(store: Store) -> None:
    paused = made(store, "paused", OPENS - DAY, CLOSES, "paused")
    made(store, "to-come", OPENS + DAY, None)
    assert current(store) == paused


def test_a_keyword_enters_its_published_campaign_and_no_other(store: Store) -> None:
    campaign = make_campaign(store)
    version = change(store, keyword="节能周")
    with store.reading() as session:
        assert campaign_by_keyword(session, "节能周") == (campaign, version)
        assert campaign_by_keyword(session, "节能") is None
    with store.transaction() as session:
        keeping.close(session, "week", OPENS)
    with store.reading() as session:
        assert campaign_by_keyword(session, "节能周") is None
