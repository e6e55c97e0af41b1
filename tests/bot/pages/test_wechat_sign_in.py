"""A page opened in WeChat is the person of the follower's chat, against the platform's simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from campaign_made import make_campaign
from flask import Flask
from phone import ADDRESS, Page, Phone
from simulator import Simulator, running_simulator
from sqlalchemy import func, select

from bot.pages import sign_in_flow
from campaigns import people, tables
from campaigns.editions import Editions
from campaigns.people import Sender
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores
from settings import Settings
from wsgi import create_app

INSIDE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN"
WECOM = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) wxwork/4.1.20 MicroMessenger/7.0.1"
NOT_KNOWN = "暂时没有认出您的微信身份"


@pytest.fixture
def records(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    make_campaign(store)
    yield store
    store.close()


@pytest.fixture
def platform() -> Iterator[Simulator]:
    with running_simulator(ADDRESS, accounts=("", "west")) as running:
        yield running


Make = Callable[..., Flask]


@pytest.fixture
def make_app(records: Store, platform: Simulator, clock: Callable[[], int], tmp_path: Path) -> Make:
    """An installation of two accounts, of which by default the default one may ask who opened a page."""

    def make(ending: str = "[default]\noauth = true\n", west: str = "[wechat.west]") -> Flask:
        further = platform.accounts_toml().replace("[wechat.west]", west)
        (tmp_path / "accounts.toml").write_text(f"{further}\n{ending}")
        settings = Settings(
            _env_file=None,
            data_dir=tmp_path,
            base_url=ADDRESS,
            secret_key="for tests",
            accounts_file=str(tmp_path / "accounts.toml"),
            **platform.settings(),
        )  # type: ignore[arg-type]
        return create_app(settings, Stores(records, Ranking(records, None), Editions()), clock)

    return make


class Inside(Phone):
    """A phone whose browser is WeChat's."""

    def __init__(self, app: Flask, platform: Simulator, *, agent: str = INSIDE, snapshot: bool = False) -> None:
        super().__init__(app)
        self.client.environ_base["HTTP_USER_AGENT"] = agent
        self.platform, self.snapshot = platform, snapshot
        self.sent_away = 0
        self.came_back = ""
        """The address, with its code, that the platform sent it to last."""

    def open(self, path: str) -> Page:
        """Follows the platform's redirects, too."""
        while True:
            response = self.client.get(path, base_url=ADDRESS)
            if response.status_code not in {302, 303}:
                return Page(response)
            target = urlsplit(response.headers["Location"])
            path = f"{target.path}?{target.query}" if target.query else target.path
            if target.path.endswith("/connect/oauth2/authorize"):
                path = self.came_back = self._agreed(target.query)

    def _agreed(self, query: str) -> str:
        """What the platform does, unasked, with a follower called 甲."""
        self.sent_away += 1
        assert self.sent_away < 5, "to and fro"
        given = {name: values[0] for name, values in parse_qs(query).items()}
        (account,) = [one for one in self.platform.world.accounts.values() if one.app_id == given["appid"]]
        assert (given["response_type"], given["scope"]) == ("code", "snsapi_base")
        code = account.authorize(account.follower("甲").openid, "snsapi_base", snapshot=self.snapshot)
        back = urlsplit(given["redirect_uri"])
        assert f"{back.scheme}://{back.netloc}" == ADDRESS
        return f"{back.path}?{back.query}{'&' if back.query else ''}code={code}&state={given['state']}"


@pytest.fixture
def inside(make_app: Make, platform: Simulator) -> Inside:
    return Inside(make_app(), platform)


def persons(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(tables.Person)) or 0


def follower(platform: Simulator, account: str = "") -> Sender:
    return Sender("wechat", account, platform.follower("甲", account).openid)


def person_of(store: Store, sender: Sender) -> int:
    with store.reading() as session:
        found = people.find_identity(session, sender)
    assert found is not None
    return found.person_id


# --- who is known ------------------------------------------------------------------------------------------------


def test_a_follower_goes_on_in_the_page_as_the_person_of_their_chat(
    inside: Inside, platform: Simulator, records: Store, clock: Callable[[], int]
) -> None:
    people.meet(records, follower(platform), clock())
    entry = inside.open("/q/week?u=U01")
    assert (entry.status, entry.path, inside.sent_away) == (200, "/q/week?u=U01", 1)
    assert "第1/4题" in inside.submit(entry.form).text
    assert persons(records) == 1
    with records.reading() as session:
        attempt = session.scalars(select(tables.Attempt)).one()
        assert people.unit_name(session, attempt.person_id) == "市财政局", "the link's unit came along"
    assert attempt.person_id == person_of(records, follower(platform))


def test_whoever_comes_to_the_page_first_is_known_in_the_chat_afterwards(
    inside: Inside, platform: Simulator, records: Store
) -> None:
    inside.begin("/q/week")
    assert persons(records) == 1
    assert person_of(records, follower(platform)) > 0


def test_who_is_known_is_not_sent_to_the_platform_again(inside: Inside, platform: Simulator) -> None:
    for _ in range(3):
        inside.open("/q/week")
    assert inside.sent_away == 1
    assert len(platform.calls.of("oauth2/access_token")) == 1


def test_of_several_accounts_it_is_the_first_that_may(make_app: Make, platform: Simulator, records: Store) -> None:
    inside = Inside(make_app("", "[wechat.west]\noauth = true"), platform)
    inside.open("/q/week")
    assert person_of(records, follower(platform, "west")) > 0


# --- who is not --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "agent", ["Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "", WECOM], ids=["web", "", "wecom"]
)
def test_in_any_other_browser_nobody_is_sent_to_wechat(make_app: Make, platform: Simulator, agent: str) -> None:
    phone = Phone(make_app())
    phone.client.environ_base["HTTP_USER_AGENT"] = agent
    response = phone.client.get("/q/week", base_url=ADDRESS)
    assert "appid=wx" not in response.headers.get("Location", "")


def test_without_an_account_that_may_ask_pages_are_opened_as_guests(make_app: Make, platform: Simulator) -> None:
    inside = Inside(make_app(""), platform)
    assert inside.open("/q/week").status == 200
    assert inside.open("/q/week/wechat?code=x&state=y").path == "/q/week"
    assert inside.sent_away == 0


def test_a_guest_who_has_begun_stays_who_they_are(make_app: Make, platform: Simulator, records: Store) -> None:
    phone = Inside(make_app(), platform, agent="Firefox")
    phone.begin("/q/week")
    phone.client.environ_base["HTTP_USER_AGENT"] = INSIDE
    assert "继续答题（第1/4题）" in phone.open("/q/week").text
    assert phone.sent_away == 0
    assert persons(records) == 1


def test_the_visitor_of_a_snapshot_is_told_how_to_open_the_page_and_cannot_begin(
    make_app: Make, platform: Simulator, records: Store
) -> None:
    inside = Inside(make_app(), platform, snapshot=True)
    page = inside.open("/q/week")
    assert page.status == 403
    assert "使用完整服务" in page.text
    assert page.forms == []
    assert persons(records) == 0
    inside.snapshot = False
    assert inside.open(inside.came_back).path == "/q/week", "reloaded as the full page, with the code that was used"
    assert persons(records) == 1


# --- Back, strangers, trouble ------------------------------------------------------------------------------------


def test_going_back_to_an_address_with_a_used_code_leads_on(inside: Inside) -> None:
    inside.open("/q/week")
    assert inside.open(inside.came_back).path == "/q/week"
    assert inside.sent_away == 1


def test_a_used_code_restarts_once_for_whoever_is_not_known(inside: Inside, platform: Simulator) -> None:
    inside.open("/q/week")
    used = inside.came_back
    other = Inside(inside.client.application, platform)
    assert other.open(used).path == "/q/week"
    assert other.sent_away == 1
    assert NOT_KNOWN not in other.open("/q/week").text


def test_a_browser_that_keeps_no_cookies_is_a_guest_after_one_restart(inside: Inside) -> None:
    inside.client._cookies = None
    page = inside.open("/q/week")
    assert NOT_KNOWN in page.text
    assert page.status == 200
    assert inside.sent_away == 2


def test_somebody_elses_code_signs_nobody_in(inside: Inside, platform: Simulator, records: Store) -> None:
    """A link that carries a stranger's code has no state of this browser's session."""
    code = platform.account().authorize(platform.follower("乙").openid, "snsapi_base")
    inside.open(f"/q/week/wechat?code={code}&state=guessed")
    with records.reading() as session:
        stranger = people.find_identity(session, Sender("wechat", "", platform.follower("乙").openid))
    assert stranger is None
    assert person_of(records, follower(platform)) > 0, "the browser's own follower was asked for instead"


def test_a_crowd_that_waits_for_the_platform_leaves_threads_to_callbacks(
    make_app: Make, platform: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app()
    places = app.extensions["lvda.sign_ins"]
    for _ in range(sign_in_flow.AT_ONCE):
        assert places.acquire(blocking=False)
    assert NOT_KNOWN in Inside(app, platform).open("/q/week").text
    assert "太多" in caplog.text
    for _ in range(sign_in_flow.AT_ONCE):
        places.release()
    for _ in range(sign_in_flow.AT_ONCE + 1):
        assert NOT_KNOWN not in Inside(app, platform).open("/q/week").text


@pytest.mark.parametrize("trouble", ["code", "status", "drop"])
def test_while_the_platform_is_in_trouble_one_may_take_part_as_a_guest(
    inside: Inside, platform: Simulator, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    match trouble:
        case "code":
            platform.faults.answer(40125, times=None, path="oauth2/access_token")
        case "status":
            platform.faults.status(503, times=None, path="oauth2/access_token")
        case _:
            platform.faults.drop(times=None, path="oauth2/access_token")
    page = inside.open("/q/week")
    assert NOT_KNOWN in page.text
    assert "第1/4题" in inside.submit(page.form).text
    assert "could not sign in" in caplog.text
    assert platform.account().secret not in caplog.text


def test_a_notice_leads_a_follower_to_their_own_prizes(inside: Inside) -> None:
    page = inside.open("/q/week/prizes")
    assert (page.path, inside.sent_away) == ("/q/week/prizes", 1)
    assert "您还没有获奖。" in page.text
