"""What transcripts cannot show: replies lost before they were stored, stores that go away, a bank with markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from campaign_made import COMMUTE, LITRE, OPENS, PLAN, QUESTIONS, STANDBY, SUMMER, make_campaign
from draw_made import freeze
from prizes_planned import PRIZES
from redis import Redis
from sqlalchemy import func, select, update

from bot import dialogue
from bot.dialogue import Desk, respond
from bot.fitting import fits
from bot.links import Links
from bot.messages import Inbound, Said
from campaigns import banks, keeping, people, play, tables
from campaigns.clock import HOUR, MINUTE
from campaigns.draws import pseudonym
from campaigns.errors import Moved, StoreUnavailable
from campaigns.people import Sender
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.standings import Ranking
from campaigns.store import Direct, Store
from campaigns.stores import Stores
from campaigns.ticks import finish_timed_out
from questions.model import Bank, options_of

WANG = Sender("wechat", "", "oWang")
RIGHT = ("C", "错", "ABD", "1000")


@dataclass
class Chat:
    """Says things to a desk, one a second."""

    desk: Desk
    sender: Sender = WANG
    now: int = OPENS
    last: Inbound | None = None
    replies: list[str] = field(default_factory=list)

    def says(self, text: str = "", **changes: object) -> str:
        self.now += 1_000
        made = Inbound(self.sender, f"m:{self.now}", Said.TEXT, self.now // 1_000, self.now, text, taps=True)
        self.last = replace(made, **changes)  # type: ignore[arg-type]
        return self.again()

    def again(self) -> str:
        """The platform delivers the last message once more."""
        assert self.last is not None
        self.replies.append(respond(self.last, self.desk).text)
        return self.replies[-1]

    def plays(self, *texts: str) -> str:
        """A whole attempt; its last reply."""
        for text in ("答题", *(texts or RIGHT)):
            reply = self.says(text)
        return reply


@pytest.fixture
def desk(stores: Stores) -> Desk:
    return Desk(stores, Links("https://quiz.example.gov.cn", "secret"), Random(1), pauses_s=(0.0, 0.0))


@pytest.fixture
def chat(desk: Desk) -> Chat:
    return Chat(desk)


def without_token(text: str) -> str:
    """A reply but for the signature of its link, which says when it was made."""
    return re.sub(r"\?k=\S+", "", text)


def lose_the_reply(store: Store) -> None:
    """As if the process had ended between the commit of a finishing answer and the storing of its reply."""
    with store.transaction() as session:
        last = session.scalar(select(func.max(tables.Inbound.received_ms)))
        session.execute(update(tables.Inbound).where(tables.Inbound.received_ms == last).values(reply=None))


def count(store: Store, table: type[tables.Table]) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# --- a reply that was never stored -------------------------------------------------------------------------------


def test_a_reply_lost_before_it_was_stored_is_told_again_by_the_same_rule(chat: Chat, store: Store) -> None:
    make_campaign(store)
    told = chat.plays("C", "对", "ABD", "1000")
    assert "得分 30" in told
    lose_the_reply(store)
    again = chat.again()
    assert without_token(again) == without_token(told)
    assert chat.again() == again, "from now on it is stored"
    assert (count(store, tables.Answer), count(store, tables.Attempt), count(store, tables.Standing)) == (4, 1, 1)


def test_so_is_that_of_an_attempt_that_did_not_count(chat: Chat, store: Store) -> None:
    make_campaign(store)
    chat.plays()
    told = chat.plays("A", "对", "AB", "1")
    assert "按最好成绩 40 分" in told
    lose_the_reply(store)
    assert without_token(chat.again()) == without_token(told)


def test_a_lost_reply_is_told_again_even_if_the_next_attempt_has_begun_and_the_campaign_is_over(
    chat: Chat, store: Store
) -> None:
    make_campaign(store)
    told, finishing = chat.plays(), chat.last
    lose_the_reply(store)
    chat.says("答题")
    with store.transaction() as session:
        keeping.close(session, PLAN.slug, OPENS)
    chat.last = finishing
    assert without_token(chat.again()) == without_token(told)


def test_what_was_too_quick_stays_so_when_it_is_delivered_again_later(chat: Chat, store: Store) -> None:
    make_campaign(store, replace(PLAN, least_ms_per_question=2_000))
    chat.says("答题")
    told = chat.says("C")
    assert told.startswith("答得太快了")
    assert chat.last is not None
    chat.last = replace(chat.last, received_ms=chat.last.received_ms + 5_000)
    assert (chat.again(), count(store, tables.Answer)) == (told, 0)
    assert "【第2/4题" in chat.says("C", received_ms=chat.now + 9_000)


@contextmanager
def ranked(desk: Desk, url: str, campaign: int) -> Iterator[Desk]:
    """The same desk over a Redis that holds a whole copy."""
    with Redis.from_url(url) as client:
        ranking = Ranking(desk.stores.sql, client)
        ranking.rebuild(campaign, OPENS)
        yield replace(desk, stores=replace(desk.stores, ranking=ranking))


def test_a_rank_is_told_though_its_process_ended_before_it_could_push_it(
    desk: Desk, store: Store, valkey_url: str
) -> None:
    """The ranking's copy lacks the person until the worker's next tick; nobody is told to be number nought."""
    campaign = make_campaign(store)
    Chat(desk, replace(WANG, sender="oLi")).plays("A", "对", "AB", "1")
    with ranked(desk, valkey_url, campaign) as quick:
        chat = Chat(desk)  # pushes nothing
        chat.plays()
        lose_the_reply(store)
        chat.desk = quick
        assert "个人第 1 名" in chat.again()


def test_a_rank_that_is_asked_for_is_never_nought(desk: Desk, store: Store, valkey_url: str) -> None:
    campaign = make_campaign(store)
    with ranked(desk, valkey_url, campaign) as quick:
        chat = Chat(desk)
        chat.plays()
        chat.desk = quick
        assert "个人第 1 名 · 共 1 人" in chat.says("排名")


def test_a_twin_that_finds_the_reply_still_open_tells_the_same(chat: Chat, store: Store) -> None:
    make_campaign(store)
    chat.plays()
    lose_the_reply(store)
    turns = [turn_of(chat), turn_of(chat)]
    assert chat.last is not None
    told = [dialogue._retell(turn, chat.last, chat.desk) for turn in turns]
    assert told[0] == told[1] == chat.again()


def turn_of(chat: Chat) -> play.Turn:
    assert chat.last is not None
    with chat.desk.stores.sql.direct() as direct:
        turn = play.look(direct, chat.desk.stores, WANG, chat.last.key)
    assert turn is not None
    return turn


# --- stores that go away -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flaky:
    """A store whose ways in fail so often, before or behind what they do."""

    store: Store
    failures: list[str]

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    @contextmanager
    def direct(self) -> Iterator[Direct]:
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "before":
            raise StoreUnavailable("away")
        with self.store.direct() as direct:
            yield direct
        if failure == "behind":
            raise StoreUnavailable("away")


def flaky(chat: Chat, *failures: str) -> None:
    """Let the next looks fail."""
    stores = chat.desk.stores
    chat.desk = replace(chat.desk, stores=replace(stores, sql=Flaky(stores.sql, list(failures))))  # type: ignore[arg-type]


def test_a_connection_that_was_dead_costs_nothing(chat: Chat, store: Store) -> None:
    make_campaign(store)
    chat.says("答题")
    flaky(chat, "before")
    assert chat.says("C").startswith("✅")
    assert count(store, tables.Answer) == 1


def test_a_commit_that_was_cut_off_is_found_and_not_done_twice(chat: Chat, store: Store) -> None:
    make_campaign(store)
    chat.says("答题")
    flaky(chat, "behind")
    assert chat.says("C").startswith("✅ 回答正确，+10分")
    assert count(store, tables.Answer) == 1
    assert "【第2/4题" in chat.replies[-1]


def test_so_is_a_finishing_one(chat: Chat, store: Store) -> None:
    make_campaign(store)
    for text in ("答题", *RIGHT[:3]):
        chat.says(text)
    flaky(chat, "behind", "before")
    assert "🎉 答题完成！得分 40" in chat.says("1000")
    assert count(store, tables.Answer) == 4


def test_a_database_that_stays_away_is_told_as_such(chat: Chat, store: Store) -> None:
    make_campaign(store)
    chat.says("答题")
    flaky(chat, *["before"] * 3)
    with pytest.raises(StoreUnavailable):
        chat.says("C")
    assert chat.again().startswith("✅"), "the same message, delivered again when it is back"


def test_somebody_who_is_always_overtaken_is_told_so_in_the_end(
    chat: Chat, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*_: object, **__: object) -> None:
        raise Moved

    make_campaign(store)
    chat.says("答题")
    monkeypatch.setattr(play, "answer", overtaken)
    with pytest.raises(Moved):
        chat.says("C")
    monkeypatch.undo()
    assert chat.again().startswith("✅")


def test_what_changes_between_look_and_write_is_looked_at_again(
    chat: Chat, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_campaign(store)
    chat.says("答题")
    answer: Callable[..., play.Marked] = play.answer

    def paused_meanwhile(*arguments: object, **options: object) -> play.Marked:
        monkeypatch.undo()
        campaign = tables.Campaign
        with store.transaction() as session:
            session.execute(update(campaign).values(state="paused", version=campaign.version + 1))
        return answer(*arguments, **options)

    monkeypatch.setattr(play, "answer", paused_meanwhile)
    assert "暂停答题" in chat.says("C")
    assert count(store, tables.Answer) == 0


# --- banks and campaigns as people make them ---------------------------------------------------------------------

LINK = '<a href="https://evil.example/">领奖</a>'


def test_text_of_a_bank_makes_no_links(chat: Chat, store: Store) -> None:
    questions = [
        replace(SUMMER, stem=LINK, options=options_of([f"{n}{LINK}" for n in "1234"]), explanation=LINK),
        replace(STANDBY, stem=LINK + "判断", explanation=LINK),
        replace(COMMUTE, stem=LINK + "多选", options=options_of([f"{n}{LINK}" for n in "5678"]), explanation=LINK),
        replace(LITRE, stem=LINK + "____", answer=(LINK,), explanation=LINK),
    ]
    make_campaign(store, PLAN, questions)
    chat.plays("A", "对", "<a", "<b>")
    chat.says("<a href='https://evil.example/'>")
    chat.plays("A", "对", "A", "<b>")
    ours = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=[A-Z]&msgmenuid=[\d.]+[A-Z]">|</a>')
    assert any("evil" in reply for reply in chat.replies)
    assert ["<" for reply in chat.replies if "<" in ours.sub("", reply)] == []


def test_the_longest_names_still_fit_every_reply(chat: Chat, store: Store) -> None:
    longest = "节" * banks.LINE_LENGTH
    make_campaign(store, replace(PLAN, name=longest, theme=longest, organiser=longest))
    with store.transaction() as session:
        session.execute(update(tables.Unit).values(name=longest))
    chat.says(said=Said.FOLLOW, scene="week:U01")
    for text in ("帮助", "规则", "绑定", "成绩", "排名", "奖品", "答题", "什么", "成绩", "退出", "成绩"):
        chat.says(text)
    chat.plays()
    for text in ("成绩", "排名", "奖品"):
        chat.says(text)
    with store.transaction() as session:
        keeping.close(session, PLAN.slug, OPENS)
    for text in ("答题", "C", "成绩", "规则"):
        chat.says(text)
    assert [len(reply) for reply in chat.replies if not fits(reply)] == []
    assert all(chat.replies)


def test_a_draft_is_nothing_that_a_code_leads_to(chat: Chat, store: Store) -> None:
    make_campaign(store)
    with store.transaction() as session:
        plan = replace(PLAN, slug="secret", name="还没公布的活动", bank="secret")
        banks.carry_out(
            session, banks.plan_import(session, "secret", "x", Bank("csv", "utf-8", QUESTIONS)), OPENS - 1_000
        )
        keeping.create(session, plan, "0" * 64, OPENS - 1_000)
    reply = chat.says(said=Said.SCAN, scene="secret:U01")
    assert "还没公布" not in reply
    assert PLAN.name in reply
    assert "【第1/4题" in chat.says("答题")


def test_a_question_that_was_answered_on_a_page_while_it_was_being_shown_is_not_shown(
    chat: Chat, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_campaign(store)
    chat.says("答题")
    chat.says("退出")
    ask: Callable[..., str] = dialogue._question

    def answered_meanwhile(edition: object, attempt: object, turn: play.Turn, *rest: object) -> str:
        monkeypatch.undo()
        with store.direct() as direct:
            play.answer(direct, turn, 1, "C", chat.now, in_chat=False)
        return ask(edition, attempt, turn, *rest)

    monkeypatch.setattr(dialogue, "_question", answered_meanwhile)
    assert "【第2/4题" in chat.says("继续")
    assert "【第3/4题" in chat.says("错")


# --- the clock, and what is told by it ---------------------------------------------------------------------------


def test_a_clock_set_back_by_an_hour_leaves_nobody_waiting_for_it(chat: Chat, store: Store) -> None:
    make_campaign(store, replace(PLAN, seconds_per_attempt=600, least_ms_per_question=100))
    chat.now += 2 * HOUR
    chat.says("答题")
    chat.now -= HOUR
    for text in RIGHT[:3]:
        assert "当前得分" in chat.says(text)
    assert "得分 40 · 用时 0秒" in chat.says(RIGHT[3])


def test_a_clock_set_forward_by_an_hour_ends_what_ran_by_it_and_nothing_else(chat: Chat, store: Store) -> None:
    make_campaign(store)
    chat.says("答题")
    chat.now += HOUR
    assert "✅" in chat.says("C")


def test_whoever_comes_back_long_after_their_time_was_up_is_told_what_to_do(chat: Chat, store: Store) -> None:
    make_campaign(store, replace(PLAN, seconds_per_attempt=600))
    chat.says("答题")
    chat.now += 12 * MINUTE
    assert chat.says("C").startswith("⏰ 答题时间到，已自动交卷。得分 0")
    chat.now += HOUR
    assert chat.says("C") == "没看懂这条消息。发送 答题 开始，发送 帮助 查看更多。"
    assert chat.says("答题").startswith("上次答题时间到，已自动交卷，得分 0。\n本次限时 10分00秒")


def test_when_the_time_is_up_nothing_is_told_that_is_told_after_the_close(chat: Chat, store: Store) -> None:
    make_campaign(store, replace(PLAN, seconds_per_attempt=600, reveals="after_close"))
    chat.says("答题")
    chat.says("C")
    chat.now += HOUR // 2
    assert chat.says("对").startswith("⏰ 答题时间到，已自动交卷。\n成绩、名次和解析将在 2026年7月5日 17:00 以后公布")
    assert chat.says("答题").startswith("上次答题时间到，已自动交卷。\n本次限时")


def test_a_late_tap_after_the_time_was_up_is_told_so_too(chat: Chat, store: Store) -> None:
    make_campaign(store, replace(PLAN, seconds_per_attempt=600))
    chat.says("答题")
    tap = re.search(r"msgmenuid=([\w.]+)", chat.replies[-1])
    assert tap is not None
    chat.now += 15 * MINUTE
    assert chat.says("A", said=Said.TAP, tap=tap[1]).startswith("⏰")


def test_an_answer_that_was_received_in_time_counts_however_late_it_is_worked_on(chat: Chat, store: Store) -> None:
    make_campaign(store, replace(PLAN, seconds_per_attempt=600))
    chat.says("答题")
    assert chat.last is not None
    begun = chat.now
    message = replace(chat.last, key="m:late", text="C", received_ms=begun + 602_999)
    finish_timed_out(chat.desk.stores, begun + 603_000 + 9_000)
    assert respond(message, chat.desk).text.startswith("✅")


@pytest.mark.parametrize(
    ("hour", "reply"),
    [
        (-1, "将于 2026年7月4日 09:30 开始"),
        (0, "每天 09:30–17:00 可以答题，请在 2026年7月4日 09:30 再来。"),
        (8, "每天 09:30–17:00 可以答题，请在 2026年7月5日 09:30 再来。"),
        (32, "已于 2026年7月5日 17:00 结束"),
    ],
)
def test_outside_its_hours_a_campaign_says_when_to_come_back(chat: Chat, store: Store, hour: int, reply: str) -> None:
    make_campaign(store, replace(PLAN, hours=(570, 1020)))
    chat.now += hour * HOUR
    assert reply in chat.says("答题")


def test_a_campaign_whose_last_hours_are_over_says_so(chat: Chat, store: Store) -> None:
    make_campaign(store, replace(PLAN, hours=(570, 1020), closes_ms=OPENS + 24 * HOUR))
    chat.now += 9 * HOUR
    assert "活动结束前不再开放" in chat.says("答题")


# --- which attempt counts, and where the unit stands -------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ("best", "个人第 1 名（按最好成绩 40 分）"),
        ("first", "个人第 1 名（按第一次成绩 40 分）"),
        ("last", "个人第 1 名\n"),
        ("sum", "个人第 1 名（各天最好成绩合计 40 分）"),
    ],
)
def test_a_finishing_reply_says_by_which_attempt_one_is_ranked(
    chat: Chat, store: Store, counts: str, said: str
) -> None:
    make_campaign(store, replace(PLAN, counts=counts))
    chat.plays()
    told = chat.plays("A", "对", "AC", "1")
    assert "得分 0 · 用时" in told
    assert said in told
    lose_the_reply(store)
    assert without_token(chat.again()) == without_token(told)


def test_a_finishing_reply_and_a_rank_tell_the_units_rank(chat: Chat, store: Store) -> None:
    make_campaign(store, replace(PLAN, unit_ranking="average"))
    for number, code in enumerate(("U01", "U02")):
        other = Chat(chat.desk, Sender("wechat", "", f"o{number}"), now=OPENS + number * MINUTE)
        other.says("答题")
        be_of(store, other.sender, code)
        for text in RIGHT if number else ("C", "对", "AC", "1"):
            other.says(text)
    chat.now += HOUR
    chat.says("答题")
    be_of(store, WANG, "U02")
    chat.desk.stores.units.refresh(1, chat.now)
    for text in RIGHT:
        told = chat.says(text)
    assert re.search(r"\n个人第 \d 名 · 单位第 \d 名\n", told), told
    assert re.search(r"\n市水务局：单位第 \d 名$", chat.says("排名"))


def be_of(store: Store, sender: Sender, code: str) -> None:
    with store.transaction() as session:
        identity = people.find_identity(session, sender)
        assert identity is not None
        people.join_unit(session, identity.person_id, code)


# --- prizes ------------------------------------------------------------------------------------------------------

BAG_FOR_ONE = replace(PLAN, questions_per_paper=1, prize_groups=PRIZES["bag"])


def test_a_lot_that_was_decided_is_told_again_and_not_drawn_again(chat: Chat, store: Store) -> None:
    make_campaign(store, BAG_FOR_ONE)
    told = chat.plays("C")
    assert "🎁 恭喜，您中了 帆布袋" in told
    lose_the_reply(store)
    assert without_token(chat.again()) == without_token(told)
    assert count(store, tables.Award) == 1


def test_a_lot_that_nobody_came_to_decide_is_decided_when_the_reply_is_told_again(
    chat: Chat, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the process had ended between the commit of the answer and the lot."""
    make_campaign(store, BAG_FOR_ONE)
    with monkeypatch.context() as patched:
        patched.setattr(dialogue, "draw_lot", lambda *_: None)
        assert "这次没有中奖" in chat.plays("C")
    lose_the_reply(store)
    assert "🎁 恭喜，您中了 帆布袋" in chat.again()


def test_once_a_list_is_frozen_its_own_page_tells_what_stands_on_it(chat: Chat, store: Store) -> None:
    make_campaign(store)
    chat.plays()
    own = pseudonym("0" * 64, 1)
    draw_id = freeze(store).id
    told = chat.says("奖品")
    assert f"您的抽奖编号 {own}，是否在名单中、有几张，点下面的公示查看。" in told
    assert f"抽奖公示：https://quiz.example.gov.cn/draws/{draw_id}?find={own}\n" in told


def test_whose_time_is_up_is_told_of_the_lot_too(chat: Chat, store: Store) -> None:
    make_campaign(store, replace(BAG_FOR_ONE, seconds_per_attempt=60))
    chat.says("答题")
    chat.now += 2 * MINUTE
    assert "🎁 恭喜，您中了 帆布袋" in chat.says("C")
    assert count(store, tables.Award) == 1


def test_the_way_to_a_prize_is_kept_however_long_the_rest_is(chat: Chat, store: Store) -> None:
    long = replace(SUMMER, explanation="因为" * 500)
    make_campaign(store, BAG_FOR_ONE, [long])
    told = chat.plays("A")
    assert fits(told)
    assert re.search(r"帆布袋：点链接领奖 https://quiz\.example\.gov\.cn/q/week/prizes\?k=\S+$", told)


def test_of_more_prizes_than_a_reply_holds_their_page_has_the_rest(chat: Chat, store: Store) -> None:
    many = tuple(PlannedPrize(f"第{number}种" + "奖" * 90, 9) for number in range(20))
    plan = replace(PLAN, prize_groups=tuple(PlannedGroup("组" * 90 + str(n), "rank", many) for n in range(20)))
    make_campaign(store, plan)
    told = chat.says("奖品")
    assert fits(told)
    assert told.startswith("【组组组")
    assert "……还有其他奖品，请打开奖品页面查看。" in told
    assert "奖品和领奖：https://quiz.example.gov.cn/q/week/prizes?k=" in told
