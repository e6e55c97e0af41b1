"""A page opened inside WeCom is the person of the member's chat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, urlsplit

import member
import pytest
from flask import Flask
from phone import ADDRESS, Page, Phone
from platform_stub import Answer, Call, Raw, Stub, running_stub
from sqlalchemy import func, select

from campaigns import people, play, tables
from campaigns.people import Sender
from campaigns.store import Store
from campaigns.stores import Stores
from settings import Settings
from wsgi import create_app

ZHANG = Sender("wecom", "", "ZhangSan")
NOT_KNOWN = "暂时没有认出您在企业微信里的身份"
INSIDE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) wxwork/4.1.20 MicroMessenger/7.0.1"


class Platform:
    """Knows codes, each good once."""

    def __init__(self) -> None:
        self.codes: dict[str, dict[str, str]] = {}
        self.trouble: Answer | None = None

    def __call__(self, call: Call) -> Answer:
        if call.path == "/cgi-bin/gettoken":
            return {"access_token": "token-1", "expires_in": 7200}
        if self.trouble is not None:
            return self.trouble
        found = self.codes.pop(call.args["code"], None)
        return {"errcode": 0, **found} if found else {"errcode": 40029, "errmsg": "invalid code"}


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def stub(platform: Platform) -> Iterator[Stub]:
    with running_stub(platform) as running:
        yield running


@pytest.fixture
def app(stores: Stores, clock: Callable[[], int], tmp_path: Path, stub: Stub) -> Flask:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        base_url=ADDRESS,
        secret_key="for tests",
        wecom_corp_id=member.CORP,
        wecom_agent_id=member.AGENT,
        wecom_secret=member.SECRET,
        wecom_token=member.TOKEN,
        wecom_aes_key=member.AES_KEY,
        wecom_api_base=stub.url,
    )
    return create_app(settings, stores, clock)


class Inside(Phone):
    """A phone whose browser is WeCom's, which brings codes of the platform."""

    def __init__(self, app: Flask, platform: Platform, stub: Stub, **said: str) -> None:
        super().__init__(app)
        self.client.environ_base["HTTP_USER_AGENT"] = INSIDE
        self.platform, self.stub, self.said = platform, stub, said or {"userid": "ZhangSan"}
        self.sent_away = 0
        self.came_back = ""

    def open(self, path: str) -> Page:
        """Follows the platform's redirects, too."""
        while True:
            response = self.client.get(path, base_url=ADDRESS)
            if response.status_code not in {302, 303}:
                return Page(response)
            target = urlsplit(response.headers["Location"])
            path = f"{target.path}?{target.query}" if target.query else target.path
            if f"{target.scheme}://{target.netloc}" == self.stub.url:
                path = self.came_back = self._agreed(target.query)

    def _agreed(self, query: str) -> str:
        self.sent_away += 1
        assert self.sent_away < 5
        given = {name: values[0] for name, values in parse_qs(query).items()}
        code = f"code-{self.sent_away}"
        self.platform.codes[code] = self.said
        back = urlsplit(given["redirect_uri"])
        assert f"{back.scheme}://{back.netloc}" == ADDRESS
        mark = "&" if back.query else "?"
        return f"{back.path}{'?' + back.query if back.query else ''}{mark}code={code}&state={given['state']}"


@pytest.fixture
def inside(app: Flask, campaign: int, platform: Platform, stub: Stub) -> Inside:
    return Inside(app, platform, stub)


def counts(store: Store) -> tuple[int, int]:
    """Persons, and identities."""
    with store.reading() as session:
        persons = session.scalar(select(func.count()).select_from(tables.Person))
        identities = session.scalar(select(func.count()).select_from(tables.Identity))
    return persons or 0, identities or 0


def person_of(stores: Stores, sender: Sender = ZHANG) -> play.Turn:
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, sender)
    assert turn is not None
    return turn


def test_an_attempt_begun_in_the_chat_goes_on_in_the_page(inside: Inside, stores: Stores, clock: object) -> None:
    people.meet(stores.sql, ZHANG, clock())  # type: ignore[operator]
    chat = person_of(stores)
    assert chat.edition is not None
    play.begin(stores.sql, chat, chat.edition, Random(1), clock(), in_chat=True)  # type: ignore[operator]
    entry = inside.open("/q/week")
    assert entry.path == "/q/week"
    assert "继续答题（第1/4题）" in entry.text
    inside.submit(inside.submit(entry.form).form, option="C")
    attempt = person_of(stores).attempt
    assert attempt is not None
    assert (attempt.position, attempt.score) == (2, 10)


def test_who_was_never_heard_of_becomes_a_person_whom_the_chat_knows(
    inside: Inside, stores: Stores, store: Store
) -> None:
    assert "开始答题" in inside.open("/q/week").text
    assert counts(store) == (1, 2)
    assert person_of(stores).attempt is None
    inside.begin("/q/week")
    assert person_of(stores).attempt is not None
    assert counts(store) == (1, 2)


def test_the_unit_that_a_code_names_is_kept_on_the_way(inside: Inside, stores: Stores, store: Store) -> None:
    page = inside.open("/q/week?u=U02")
    assert page.path == "/q/week?u=U02"
    inside.submit(page.form)
    with store.reading() as session:
        assert people.unit_name(session, person_of(stores).person_id) == "市水务局"


def test_a_browser_that_is_signed_in_is_not_sent_away_again(inside: Inside) -> None:
    for _ in range(3):
        inside.open("/q/week")
    assert inside.sent_away == 1


def test_a_browser_outside_of_wecom_is_left_alone(app: Flask, campaign: int, store: Store) -> None:
    assert "开始答题" in Phone(app).open("/q/week").text
    assert counts(store) == (0, 0)


def test_a_guest_who_has_begun_here_stays_that_guest(app: Flask, inside: Inside, store: Store) -> None:
    del inside.client.environ_base["HTTP_USER_AGENT"]
    inside.begin("/q/week")
    inside.client.environ_base["HTTP_USER_AGENT"] = INSIDE
    assert "继续答题（第1/4题）" in inside.open("/q/week").text
    assert inside.sent_away == 0


def test_back_to_a_used_code_of_who_is_signed_in_just_shows_the_page(inside: Inside, store: Store) -> None:
    inside.open("/q/week")
    before = counts(store)
    assert inside.open(inside.came_back).path == "/q/week"
    assert counts(store) == before
    assert inside.sent_away == 1


def test_a_code_that_was_used_begins_anew_once(inside: Inside, platform: Platform, store: Store) -> None:
    agreed = inside._agreed

    def spent_once(query: str) -> str:
        path = agreed(query)
        if inside.sent_away == 1:
            platform.codes.clear()
        return path

    inside._agreed = spent_once  # type: ignore[method-assign]
    page = inside.open("/q/week")
    assert (page.path, inside.sent_away) == ("/q/week", 2)
    assert counts(store) == (1, 2)


def test_codes_that_are_never_good_lead_to_the_guests_way_with_a_sentence(
    inside: Inside, platform: Platform, store: Store
) -> None:
    agreed = inside._agreed

    def spent(query: str) -> str:
        path = agreed(query)
        platform.codes.clear()
        return path

    inside._agreed = spent  # type: ignore[method-assign]
    page = inside.open("/q/week")
    assert NOT_KNOWN in page.text
    assert inside.sent_away == 2
    assert "第1/4题" in inside.submit(page.form).text


@pytest.mark.parametrize("state", ["", "forged", "%00"])
def test_a_state_that_is_not_of_this_browser_begins_anew_and_then_holds(
    inside: Inside, platform: Platform, stores: Stores, state: str
) -> None:
    platform.codes["another's"] = {"userid": "LiSi"}
    inside.open(f"/q/week/wecom?code=another's&state={state}")
    assert inside.sent_away == 1
    assert "another's" in platform.codes
    person_of(stores)


def test_a_browser_without_cookies_is_not_sent_round_for_ever(inside: Inside) -> None:
    agreed = inside._agreed

    def forgotten(query: str) -> str:
        inside.client.delete_cookie("lvda", domain="quiz.example.gov.cn")
        return agreed(query)

    inside._agreed = forgotten  # type: ignore[method-assign]
    assert NOT_KNOWN in inside.open("/q/week").text
    assert inside.sent_away == 2


@pytest.mark.parametrize(
    "trouble",
    [
        Raw(502),
        {"errcode": -1, "errmsg": "busy"},
        {"errcode": 50001, "errmsg": "redirect_uri"},
        {"errcode": 0, "openid": "o1"},
    ],
)
def test_whatever_the_platform_fails_with_leads_to_the_guests_way_with_a_sentence(
    inside: Inside, platform: Platform, store: Store, trouble: Answer
) -> None:
    platform.trouble = trouble
    page = inside.open("/q/week?u=U01")
    assert NOT_KNOWN in page.text
    assert inside.sent_away == 1
    assert "第1/4题" in inside.submit(page.form).text


def test_two_tabs_that_are_on_their_way_both_arrive(inside: Inside, store: Store) -> None:
    first = inside.client.get("/q/week", base_url=ADDRESS).headers["Location"]
    second = inside.client.get("/q/week?u=U01", base_url=ADDRESS).headers["Location"]
    paths = [inside._agreed(urlsplit(location).query) for location in (first, second)]
    assert inside.open(paths[1]).path == "/q/week?u=U01"
    assert inside.open(paths[0]).path == "/q/week"
    assert counts(store) == (1, 2)


def test_without_an_application_that_may_call_nobody_is_sent_away(
    stores: Stores, clock: Callable[[], int], tmp_path: Path, campaign: int
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, base_url=ADDRESS, secret_key="for tests")
    phone = Phone(create_app(settings, stores, clock))
    phone.client.environ_base["HTTP_USER_AGENT"] = INSIDE
    assert "开始答题" in phone.open("/q/week").text
    assert phone.open("/q/week/wecom?code=c&state=s").path == "/q/week"
