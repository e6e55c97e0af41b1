"""From a campaign's pages to its draws, and to one's own prize."""

from __future__ import annotations

import pytest
from draw_made import AFTER, VALUES, freeze, make_finished
from phone import Page, Phone

from campaigns import draws
from campaigns.draws import PublishedDraw, pseudonym
from campaigns.store import Store


def hold(store: Store, draw_id: str) -> None:
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", AFTER)


@pytest.fixture
def finished(phone: Phone) -> Page:
    """The result of this phone's person, who is then the only one with a standing."""
    page = phone.begin("/q/week")
    for fields in ({"option": "C"}, {"option": "B"}, {"option": "A"}, {"blank": "1000"}):
        page = phone.submit(page.form, **fields)
    return page


def test_before_a_freeze_no_page_speaks_of_a_draw_to_look_at(phone: Phone, finished: Page) -> None:
    assert "/draws/" not in phone.open("/q/week").html + finished.html


def test_a_frozen_draw_is_a_tap_away_for_everybody(phone: Phone, finished: Page, store: Store) -> None:
    draw_id = freeze(store).id
    stranger = Phone(phone.client.application)
    own = f"?find={pseudonym('0' * 64, 1)}"
    seen = ((phone.open("/q/week"), own), (phone.open("/q/week/result"), own), (stranger.open("/q/week"), ""))
    for page, found in seen:
        assert f'href="/draws/{draw_id}{found}"' in page.html
        assert "抽奖公示 名单已公布，尚未开奖" in page.text
    assert "在名单中" in phone.open(f"/draws/{draw_id}{own}").text


def test_everybody_finds_their_own_line_of_a_frozen_list(phone: Phone, finished: Page, store: Store) -> None:
    freeze(store)
    own = pseudonym("0" * 64, 1)
    assert f"您在名单中：抽奖编号 {own}，1 张。" in phone.open("/q/week/prizes").text
    late = Phone(phone.client.application)
    page = late.begin("/q/week")
    for fields in ({"option": "C"}, {"option": "B"}, {"option": "A"}, {"blank": "1000"}):
        page = late.submit(page.form, **fields)
    text = late.open("/q/week/prizes").text
    assert "您不在这次的名单中" in text
    assert own not in text


def test_a_winner_reads_of_the_own_prize_and_nobody_else_does(phone: Phone, finished: Page, store: Store) -> None:
    hold(store, freeze(store).id)
    for page in (phone.open("/q/week"), phone.open("/q/week/result")):
        assert "恭喜您获得 一等奖" in page.text
    stranger = Phone(phone.client.application).open("/q/week")
    assert "已开奖" in stranger.text
    assert "恭喜" not in stranger.text


def test_several_draws_are_told_apart(phone: Phone, finished: Page, store: Store) -> None:
    hold(store, freeze(store).id)
    freeze(store, reason="增补", now=AFTER + 1)
    text = phone.open("/q/week").text
    assert "第 1 次抽奖公示 🎁 恭喜您获得 一等奖" in text
    assert "第 2 次抽奖公示 名单已公布，尚未开奖" in text


def test_a_forfeited_prize_is_nobodys_any_more(store: Store) -> None:
    campaign_id = make_finished(store)
    draw_id = freeze(store).id
    hold(store, draw_id)
    with store.transaction() as session:
        draws.forfeit(session, draw_id, 1, "逾期未领", AFTER)
    with store.reading() as session:
        awards = draws.find(session, draw_id).awards
        told = {
            pseudonym("0" * 64, person): one.prizes
            for person in range(1, 13)
            for one in draws.published_draws(session, campaign_id, person)
        }
        assert draws.published_draws(session, campaign_id, 0) == (PublishedDraw(draw_id, draws.DrawState.HELD, ()),)
    assert told == {
        entrant: tuple(award.prize for award in awards if award.entrant == entrant and award.state == "awarded")
        for entrant in told
    }
    assert sum(map(len, told.values())) == 4
