"""What an official account's client asks of the platform, tried on the simulator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from simulator import Simulator, running_simulator
from simulator.followers import Follower

from campaigns.clock import HOUR
from campaigns.store import Store, open_store
from platforms.accounts import Template, WechatAccount
from platforms.errors import CircuitOpen, CodeSpent, Misconfigured, Refused, Unreachable, Unwelcome
from platforms.outgoing import Outgoing
from platforms.wechat import jssdk, messages, sign_in
from platforms.wechat.official import CUSTOM_SEND, OfficialAccount, Quota, open_account
from platforms.wechat.ways import ways

OPENS = Template("T1", {"thing1": "campaign", "time2": "opens"})


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with running_simulator("http://127.0.0.1:9") as running:
        running.account().templates["T1"] = ("thing1", "time2")
        yield running


@pytest.fixture
def local_store(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    yield store
    store.close()


@pytest.fixture
def account(simulator: Simulator) -> WechatAccount:
    registered = simulator.account()
    base = f"{simulator.url}/wechat-api"
    return WechatAccount(
        "", registered.app_id, registered.secret, registered.token, "", base, templates={"opens": OPENS}
    )


@pytest.fixture
def official(account: WechatAccount, local_store: Store, simulator: Simulator) -> OfficialAccount:
    return open_account(account, local_store, "secret", lambda: int(simulator.world.now() * 1_000))


@pytest.fixture
def wang(simulator: Simulator) -> Follower:
    """Follows the account, and has said something."""
    follower = simulator.follower("王")
    follower.follows()
    follower.says("在吗")
    return follower


def outgoing(openid: str, key: str = "opens:1:1") -> Outgoing:
    values = {"campaign": "节能宣传周有奖答题", "opens": "2026-11-21 09:00"}
    return Outgoing(key, "opens", openid, "活动开始了。", url="https://quiz.example.gov.cn/q/week", values=values)


def test_a_follower_who_spoke_gets_a_text_with_its_link(official: OfficialAccount, wang: Follower) -> None:
    ways(official)["custom"](outgoing(wang.openid), 5)
    assert [bubble.text for bubble in wang.received] == ["活动开始了。\nhttps://quiz.example.gov.cn/q/week"]


def test_a_question_with_options_can_be_tapped(official: OfficialAccount, wang: Follower) -> None:
    messages.send_menu(official, wang.openid, "您参加吗？", [("1", "参加"), ("2", "不参加")], "谢谢。")
    (bubble,) = wang.received
    assert bubble.text == "您参加吗？\n参加\n不参加\n谢谢。"
    assert [tap.content for tap in bubble.taps] == ["参加", "不参加"]


def test_the_platforms_limits_are_told_as_unwelcome(
    official: OfficialAccount, wang: Follower, simulator: Simulator
) -> None:
    way = ways(official)["custom"]
    simulator.pass_time(90)  # what following allows is over, what speaking allows is not
    for number in range(5):
        way(outgoing(wang.openid, f"opens:{number}"), 5)
    with pytest.raises(Unwelcome, match="条数"):
        way(outgoing(wang.openid), 5)
    simulator.pass_time(49 * 3_600)
    with pytest.raises(Unwelcome, match="48 小时"):
        way(outgoing(wang.openid), 5)


def test_one_grant_is_one_notice(official: OfficialAccount, wang: Follower) -> None:
    wang.grants("T1")
    ways(official)["subscription"](outgoing(wang.openid), 5)
    (bubble,) = wang.received
    assert bubble.values == {"thing1": "节能宣传周有奖答题", "time2": "2026-11-21 09:00"}
    assert bubble.url == "https://quiz.example.gov.cn/q/week"
    with pytest.raises(Unwelcome):
        ways(official)["subscription"](outgoing(wang.openid), 5)


def test_a_template_message_that_is_sent_again_comes_once(official: OfficialAccount, wang: Follower) -> None:
    way = ways(official)["template"]
    for key in ("opens:1:1", "opens:1:1", "opens:2:1"):
        way(outgoing(wang.openid, key), 5)
    assert len(wang.received) == 2


def test_who_unfollowed_is_refused(official: OfficialAccount, wang: Follower) -> None:
    wang.unfollows()
    with pytest.raises(Refused, match="没有关注"):
        ways(official)["template"](outgoing(wang.openid), 5)


def test_a_notice_without_a_template_is_an_administrators_matter(
    official: OfficialAccount, account: WechatAccount, wang: Follower
) -> None:
    with pytest.raises(Misconfigured, match="没有给通知 closes 指定模板"):
        ways(official)["subscription"](replace(outgoing(wang.openid), wording="closes"), 5)
    with pytest.raises(Misconfigured, match="opens"):
        ways(official)["subscription"](replace(outgoing(wang.openid), values={"campaign": "节能"}), 5)


def test_a_value_that_is_too_long_for_its_template_is_cut() -> None:
    template = Template("T1", {"thing1": "a", "time2": "a", "phrase3": "b"})
    data = messages.filled(template, {"a": "节" * 15 + "\n" + "能" * 15, "b": "已中奖"})
    assert data["thing1"]["value"] == "节" * 15 + " " + "能" * 3 + "…"
    assert len(data["time2"]["value"]) == 31
    assert data["phrase3"]["value"] == "已中奖"


def test_a_menu_is_set_and_read_back(official: OfficialAccount) -> None:
    assert official.menu() is None
    official.set_menu({"button": [{"type": "click", "name": "答题", "key": "答题"}]})
    menu = official.menu()
    assert menu is not None
    assert menu["button"][0]["name"] == "答题"


def test_codes_are_made_for_a_while_or_for_ever(official: OfficialAccount, simulator: Simulator) -> None:
    made = official.make_code("week:office", 3_600)
    assert made.seconds == 3_600
    ticket = simulator.account().ticket_of("week:office")
    assert ticket is not None
    assert (ticket.ticket, ticket.url) == (made.ticket, made.url)
    assert official.make_code("week", None).seconds is None


def test_quotas_are_told_and_begun_anew(official: OfficialAccount, wang: Follower, simulator: Simulator) -> None:
    ways(official)["custom"](outgoing(wang.openid), 5)
    assert official.quota(CUSTOM_SEND) == Quota(500_000, 1, 499_999)
    simulator.faults.quota(CUSTOM_SEND)
    for _ in range(3):
        with pytest.raises(CircuitOpen, match="明天零点"):
            ways(official)["custom"](outgoing(wang.openid), 5)
    assert len(simulator.calls.of(CUSTOM_SEND)) == 2
    official.clear_quota()
    ways(official)["custom"](outgoing(wang.openid), 5)


def test_tokens_that_the_platform_declares_dead_are_replaced_without_a_word(
    official: OfficialAccount, wang: Follower, simulator: Simulator
) -> None:
    ways(official)["custom"](outgoing(wang.openid), 5)
    simulator.pass_time(HOUR // 1_000)
    simulator.faults.invalidate_tokens()
    ways(official)["custom"](outgoing(wang.openid), 5)
    assert len(wang.received) == 2
    assert simulator.account().stable.fetches == 2


def test_an_answer_that_comes_too_late_is_unreachable(
    official: OfficialAccount, wang: Follower, simulator: Simulator
) -> None:
    ways(official)["custom"](outgoing(wang.openid), 5)
    for fault in (simulator.faults.hang, simulator.faults.trickle):
        fault(20, path="message")
        with pytest.raises(Unreachable):
            ways(official)["custom"](outgoing(wang.openid), 0.3)
    simulator.faults.clear()


def code_of(simulator: Simulator, account: WechatAccount, follower: Follower, extra: str = "") -> str:
    """A visitor's way through the platform's page, as a browser goes it."""
    url = sign_in.authorize_url(account, "http://127.0.0.1:9/back", "state-1").partition("#")[0]
    answer = requests.get(f"{url}&as={follower.openid}{extra}", allow_redirects=False, timeout=10)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["state-1"]
    return back["code"][0]


def test_a_visitor_signs_in_by_a_code_that_is_good_once(
    official: OfficialAccount, account: WechatAccount, wang: Follower, simulator: Simulator
) -> None:
    code = code_of(simulator, account, wang)
    assert sign_in.openid_of(official, code) == wang.openid
    for spent in (code, "made-up"):
        with pytest.raises(CodeSpent):
            sign_in.openid_of(official, spent)
    assert simulator.account().stable.fetches == 0  # a sign-in needs no access token


def test_the_visitor_of_a_snapshot_is_nobody(
    official: OfficialAccount, account: WechatAccount, wang: Follower, simulator: Simulator
) -> None:
    with pytest.raises(Unwelcome, match="使用完整服务"):
        sign_in.openid_of(official, code_of(simulator, account, wang, "&snapshot=1"))


def test_without_an_address_of_its_own_a_visitor_is_sent_to_the_platform() -> None:
    url = sign_in.authorize_url(WechatAccount("", "wx1", "", "", ""), "https://a.cn/back?x=1", "s")
    assert url == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1&redirect_uri=https%3A%2F%2Fa.cn%2Fback%3Fx%3D1"
        "&response_type=code&scope=snsapi_base&state=s#wechat_redirect"
    )


def test_the_signature_of_a_page_is_that_of_the_platforms_own_example() -> None:
    """Source: JS-SDK说明文档, 附录1."""
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    signed = jssdk.signature(ticket, "http://mp.weixin.qq.com?params=value#part", "Wm3WZYTPz0wzccnW", 1414587457)
    assert signed == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


def test_pages_share_one_ticket(official: OfficialAccount, simulator: Simulator) -> None:
    configs = [jssdk.page_config(official, f"https://a.cn/{number}", "nonce", 1_795_233_600) for number in range(3)]
    assert len({config.signature for config in configs}) == 3
    assert simulator.account().jsapi.fetches == 1
