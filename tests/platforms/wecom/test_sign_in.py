from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from platform_stub import Answer, Call, running_stub

from campaigns.store import open_store
from platforms.accounts import WecomAccount
from platforms.errors import CodeSpent, Unwelcome
from platforms.wecom.application import Application, open_application
from platforms.wecom.sign_in import authorize_url, userid_of


def answer(call: Call) -> Answer:
    if call.path == "/cgi-bin/gettoken":
        return {"access_token": "token-1", "expires_in": 7200}
    assert call.path == "/cgi-bin/auth/getuserinfo"
    codes: dict[str, Answer] = {
        "good": {"errcode": 0, "userid": "ZhangSan", "user_ticket": "t"},
        "old name": {"errcode": 0, "UserId": "LiSi"},
        "stranger": {"errcode": 0, "openid": "o1", "external_userid": "e1"},
    }
    return codes.get(call.args["code"], {"errcode": 40029, "errmsg": "invalid code"})


@pytest.fixture
def application(sqlite_url: str) -> Iterator[Application]:
    store = open_store(sqlite_url)
    with running_stub(answer) as stub:
        account = WecomAccount("", "ww1", "1000007", "s3cret", "t", "k", stub.url)
        yield open_application(account, store, "installation", lambda: 1_795_233_600_000)
    store.close()


@pytest.mark.parametrize(("code", "userid"), [("good", "ZhangSan"), ("old name", "LiSi")])
def test_a_code_tells_which_member_opened_the_page(application: Application, code: str, userid: str) -> None:
    assert userid_of(application, code) == userid


def test_a_code_that_was_used_begins_anew(application: Application) -> None:
    with pytest.raises(CodeSpent):
        userid_of(application, "spent")


def test_whoever_is_no_member_is_nobody(application: Application) -> None:
    with pytest.raises(Unwelcome):
        userid_of(application, "stranger")


def test_the_way_to_the_platform_names_company_application_and_whereto_back() -> None:
    account = WecomAccount("", "ww1", "1000007", "", "", "")
    url = urlsplit(authorize_url(account, "https://quiz.example.gov.cn/q/week/wecom?again=1", "st4te"))
    assert (url.netloc, url.path, url.fragment) == (
        "open.weixin.qq.com",
        "/connect/oauth2/authorize",
        "wechat_redirect",
    )
    assert parse_qs(url.query) == {
        "appid": ["ww1"],
        "redirect_uri": ["https://quiz.example.gov.cn/q/week/wecom?again=1"],
        "response_type": ["code"],
        "scope": ["snsapi_base"],
        "state": ["st4te"],
        "agentid": ["1000007"],
    }
