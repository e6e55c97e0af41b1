"""The pages for a developer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, expect

from simulator import Simulator, running_simulator
from simulator.chats import OUT_OF_ORDER, Tap


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with running_simulator("http://127.0.0.1:9", patience_s=0.2) as running:
        yield running


def page(simulator: Simulator, path: str) -> str:
    response = requests.get(f"{simulator.url}{path}", timeout=10)
    assert response.status_code == 200, (path, response.status_code)
    return response.text


def test_the_home_page_tells_how_to_start_the_product_and_who_is_there(simulator: Simulator) -> None:
    simulator.follower("张三")
    simulator.member("lisi", "李四")
    shown = page(simulator, "/")
    assert f"LVDA_WECHAT_APP_ID={simulator.account().app_id}" in shown
    assert "张三" in shown
    assert "李四" in shown


def test_pages_run_no_script_of_strangers(simulator: Simulator) -> None:
    policy = requests.get(simulator.url, timeout=10).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")


def test_a_message_is_shown_with_its_links_and_nothing_else_of_its_markup(simulator: Simulator) -> None:
    follower = simulator.follower()
    follower.show(
        "account",
        "text",
        '<script>x</script>\n<a href="weixin://bizmsgmenu?msgmenucontent=B&msgmenuid=1.1.B">B. 二</a>',
    )
    follower.show("account", "text", "见 http://quiz.example/q/demo?k=1&u=2。")
    shown = page(simulator, f"/phone/default/{follower.openid}/chat")
    assert "&lt;script&gt;x&lt;/script&gt;<br>" in shown
    assert 'data-act="taps" data-text="B" data-bubble="1">B. 二</a>' in shown
    assert '<a href="http://quiz.example/q/demo?k=1&amp;u=2" target="_blank" rel="noreferrer">' in shown


def test_a_chat_that_did_not_change_is_not_sent_again(simulator: Simulator) -> None:
    follower = simulator.follower()
    address = f"{simulator.url}/phone/default/{follower.openid}/chat"
    known = requests.get(address, timeout=10).headers["X-State"]
    assert requests.get(address, params={"known": known}, timeout=10).status_code == 204
    follower.show("account", "text", "好", later=True)
    assert requests.get(address, params={"known": known}, timeout=10).status_code == 200


def test_what_is_done_on_the_phone_is_delivered(simulator: Simulator) -> None:
    follower, member = simulator.follower(), simulator.member()
    for path in (f"default/{follower.openid}", f"wecom/{member.userid}"):
        answer = requests.post(f"{simulator.url}/phone/{path}/says", data={"text": "答题"}, timeout=10)
        assert answer.json() == {"open": "", "toast": ""}
    assert [delivery.kind for delivery in simulator.deliveries] == ["text", "text"]


def test_a_code_that_holds_a_page_opens_the_page(simulator: Simulator) -> None:
    follower = simulator.follower()
    address = f"{simulator.url}/phone/default/{follower.openid}/scans"
    answer = requests.post(address, data={"text": "http://quiz.example/q/demo"}, timeout=10)
    assert answer.json()["open"] == "http://quiz.example/q/demo"
    assert simulator.deliveries == []


def test_a_card_is_shown_with_its_buttons_until_they_are_replaced(simulator: Simulator) -> None:
    member = simulator.member()
    card = {
        "card_type": "button_interaction",
        "main_title": {"title": "第1题"},
        "button_list": [{"text": "正确", "key": "A"}],
    }
    bubble = member.show("account", "template_card", "第1题", card=card, task_id="1")
    assert 'data-act="card" data-text="A"' in page(simulator, "/phone/wecom/zhangsan/chat")
    member.change_card(bubble, None, "已答")
    shown = page(simulator, "/phone/wecom/zhangsan/chat")
    assert "data-act" not in shown
    assert "已答" in shown


def test_faults_are_switched_by_hand(simulator: Simulator) -> None:
    address = f"{simulator.url}/faults"
    requests.post(address, data={"do": "status", "times": "5", "path": "menu"}, timeout=10)
    [fault] = simulator.faults.on()
    assert (fault.kind, fault.path, fault.left) == ("status", "menu", 5)
    for kind in ("hang", "drop", "trickle", "code", "quota", "latency", "tokens"):
        shown = requests.post(address, data={"do": kind, "seconds": "2"}, timeout=10).text
    assert "2 秒没有回应" in shown
    shown = requests.post(address, data={"do": "clear"}, timeout=10).text
    assert "现在一切正常" in shown


@pytest.mark.browser
def test_a_developer_chats_and_sees_what_comes_by_itself(simulator: Simulator, browser: Browser) -> None:
    follower, errors = simulator.follower("张三"), []
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.on("console", lambda message: errors.append(message.text))
    page.goto(f"{simulator.url}/phone/default/{follower.openid}")
    page.get_by_label("输入消息").fill("答题")
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".me .bubble")).to_have_text("答题")
    expect(page.get_by_text(OUT_OF_ORDER)).to_be_visible()
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=B&msgmenuid=1.1.B">B. 26 ℃</a>'
    follower.show("account", "text", link, later=True, taps=(Tap("B", "1.1.B"),))
    page.get_by_text("B. 26 ℃").click()
    expect(page.locator(".me .bubble").last).to_have_text("B")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert errors == []
    page.close()
