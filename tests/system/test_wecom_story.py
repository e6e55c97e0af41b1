"""What a member of a company lives through in WeCom, told by the simulator: cards, directory, pages that know them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import requests
from simulator import Simulator, running_simulator
from simulator.chats import Bubble
from simulator.members import Member
from sqlalchemy import select, update
from system.program import Program, installed

from campaigns import tables, units
from campaigns.people import Sender, find_identity, unit_name
from campaigns.store import Store, open_store

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("wecom")]

PATIENCE_S = 60.0
INSIDE = {"User-Agent": "Mozilla/5.0 (iPhone) wxwork/4.1.20 MicroMessenger/7.0.1"}


@pytest.fixture(scope="module")
def platforms() -> Iterator[Simulator]:
    with running_simulator() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, platforms: Simulator) -> Iterator[Program]:
    """Served, and shared by all tests here."""
    made = installed(tmp_path_factory.mktemp("program"), **platforms.settings())
    platforms.connect(made.url)
    made.run("init", "--demo")
    with made.serving():
        yield made


@pytest.fixture(scope="module")
def records(program: Program) -> Iterator[Store]:
    store = open_store(f"sqlite:///{program.folder / 'var' / 'lvda.db'}")
    yield store
    store.close()


def until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def answer_by_cards(member: Member) -> None:
    """Tap, tick or type whatever comes, until the result is told."""
    seen = 0

    def arrived() -> list[Bubble]:
        return member.received[seen:]

    while True:
        until(arrived, "nothing came")
        new = arrived()[-1]
        seen = len(member.received)
        if "🎉" in new.text:
            return
        if new.kind != "template_card":
            assert "🎉" not in member.says("A")
        else:
            answer_card(member, new)


def answer_card(member: Member, card: Bubble) -> None:
    if "checkbox" in card.card:
        member.votes("A", "B", card=card)
    else:
        member.taps_card("A", card)


def test_a_member_answers_by_cards_which_become_their_verdicts(program: Program, platforms: Simulator) -> None:
    member = platforms.member("zhangsan", "张三")
    assert platforms.corp.greets()
    assert "欢迎参加" in member.enters()
    time.sleep(1.1)  # within one second it would be the same event, delivered again
    assert member.enters() == ""
    assert "第1/" in member.says("答题")
    answer_by_cards(member)
    platforms.settle()

    def answered() -> list[Bubble]:
        return [bubble for bubble in member.cards if bubble.card["card_type"] == "text_notice"]

    until(lambda: len(answered()) >= 5, "the cards did not change")
    for bubble in answered():
        assert bubble.card["main_title"]["title"][0] in "✅❌"
    assert not [call for call in platforms.calls.of("cgi-bin/message/send") if call.code]


def test_the_directory_gives_a_member_their_name_and_unit(
    program: Program, platforms: Simulator, records: Store
) -> None:
    with records.transaction() as session:
        units.add(session, "WW1", "后勤中心")
    member = platforms.member("lisi", "李四", "后勤中心")
    member.says("帮助")

    def named() -> bool:
        with records.reading() as session:
            identity = find_identity(session, Sender("wecom", "", "lisi"))
            assert identity is not None
            person = session.get_one(tables.Person, identity.person_id)
            return (person.name, unit_name(session, person.id)) == ("李四", "后勤中心")

    until(named, "the directory was not read")


def test_a_page_opened_inside_knows_the_member_of_the_chat(program: Program, platforms: Simulator) -> None:
    member = platforms.member("wangwu", "王五")
    with requests.Session() as browser:
        browser.headers.update(INSIDE)
        member.says("答题")
        member.says("A")
        platform = f"{platforms.url}/wecom-api"
        away = browser.get(f"{program.url}/q/demo", timeout=10, allow_redirects=False).headers["Location"]
        assert away.startswith(f"{platform}/connect/oauth2/authorize?")
        page = browser.get(f"{away.partition('#')[0]}&as=wangwu", timeout=10)
        assert "继续答题（第2/" in page.text
        assert page.url == f"{program.url}/q/demo"


def test_while_the_platform_is_away_words_are_complete_and_cards_come_when_it_returns(
    program: Program, platforms: Simulator, records: Store
) -> None:
    member = platforms.member("zhaoliu", "赵六")
    platforms.faults.status(502, times=None)
    outbox = tables.OutboxMessage
    card = select(outbox.reason).where(outbox.way == "wecom", outbox.recipient == member.userid)

    def waiting() -> list[str]:
        with records.reading() as session:
            return list(session.scalars(card.where(outbox.state == "waiting")))

    number = 1
    assert "第1/" in member.says("答题")
    while not waiting():  # a blank to fill has no card
        number += 1
        assert f"第{number}/" in member.says("A")
    assert f"第{number + 1}/" in member.says("A")
    until(lambda: any(waiting()), "the card was not tried")
    platforms.faults.clear()

    def arrived() -> list[Bubble]:
        with records.transaction() as session:
            session.execute(update(tables.Circuit).values(open_until_ms=0))
            session.execute(update(outbox).where(outbox.state == "waiting").values(due_ms=0))
        return member.cards

    until(arrived, "the card never came")
    answer_card(member, member.cards[0])
    until(lambda: len(member.received) == 2, "the question that waits was not shown")
    assert member.received[0].card["main_title"]["title"][0] in "✅❌"
    assert f"第{number + 1}/" in member.received[1].text
