"""The accounts on the platforms, as the console shows them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from simulator import Simulator, running_simulator
from visitors import NOW, PASSWORD, Clock, Visitor

import wsgi
from admin import accounts
from campaigns import staff, tables
from campaigns.clock import DAY, HOUR, MINUTE
from campaigns.editions import Editions
from campaigns.staff import Role
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores
from platforms.circuits import TOKEN, Circuits
from settings import Settings

FURTHER = """
[wechat.west]
app_id = "wx00000000000west"
token = "westtoken"
[wechat.west.templates."notice.opens"]
id = "tpl-opens"
fields = { thing1 = "campaign" }
[default]
oauth = true
"""
SECRETS = ("hunter2secret", "hunter2token", "a" * 43, "hunter2corp", "westtoken")


@pytest.fixture
def app(records: Store, clock: Clock, tmp_path: Path) -> Flask:
    further = tmp_path / "accounts.toml"
    further.write_text(FURTHER)
    settings = Settings(
        data_dir=tmp_path / "var",
        base_url="https://quiz.example.cn",
        secret_key="a secret of the tests",
        wechat_app_id="wx1234567890abcdef",
        wechat_secret="hunter2secret",
        wechat_token="hunter2token",
        wechat_aes_key="a" * 43,
        wecom_corp_id="ww1234567890",
        wecom_agent_id="1000002",
        wecom_secret="hunter2corp",
        accounts_file=str(further),
        _env_file=None,
    )  # type: ignore[arg-type]
    return wsgi.create_app(settings, Stores(records, Ranking(records, None), Editions()), clock)


@pytest.fixture
def signed_in_to(records: Store, clock: Clock, tmp_path: Path) -> Callable[[Simulator], Visitor]:
    """The owner, in the console of an installation that speaks to a simulator."""

    def sign_in(platform: Simulator) -> Visitor:
        settings = Settings(data_dir=tmp_path / "var", secret_key="x", _env_file=None, **platform.settings())  # type: ignore[arg-type]
        visitor = Visitor(
            wsgi.create_app(settings, Stores(records, Ranking(records, None), Editions()), clock).test_client()
        )
        with records.transaction() as session:
            one_time = staff.add(session, "owner", Role.OWNER, NOW, Random(1))
        visitor.get("/admin/")
        visitor.post("/admin/sign-in", name="owner", password=one_time)
        visitor.post("/admin/password", old=one_time, new=PASSWORD, again=PASSWORD)
        return visitor

    return sign_in


def test_each_account_is_shown_with_its_callback_and_without_its_secrets(owner: Visitor) -> None:
    shown = owner.get("/admin/accounts")
    for part in (
        "wx1234567890abcdef",
        "https://quiz.example.cn/wechat ，安全模式",
        "公众号 west",
        "https://quiz.example.cn/wechat/west ，明文模式",
        "没有填 AppSecret：只能在对话里回复",
        "notice.opens → tpl-opens",
        "企业微信",
        "ww1234567890 / 1000002",
        "没有填 Token，收不到消息",
        "还没有取过",
    ):
        assert part in shown
    assert [secret for secret in SECRETS if secret in owner.page] == []


def test_the_age_of_a_token_and_what_must_not_be_called_are_shown(owner: Visitor, records: Store) -> None:
    with records.transaction() as session:
        session.add(
            tables.AccessToken(
                platform="wechat", account="", purpose="access", sealed="sealed", version=1,
                fetched_ms=NOW - 12 * MINUTE, expires_ms=NOW + 108 * MINUTE, refreshing_until_ms=0,
            )
        )  # fmt: skip
    Circuits(records, "wechat", "", lambda: NOW).open(TOKEN, NOW + HOUR, "今天的次数用完了。")
    Circuits(records, "wecom", "", lambda: NOW).open("x", NOW, "早就好了。")
    shown = owner.get("/admin/accounts")
    assert "12 分钟前取得，还能用 1 小时 48 分钟" in shown
    assert "需要凭证的调用 今天的次数用完了。 （到 2026年7月4日 10:00）" in shown
    assert "早就好了" not in shown
    with records.transaction() as session:
        session.get_one(tables.AccessToken, ("wechat", "", "access")).expires_ms = NOW
    assert "已过期，下次调用时重新取" in owner.get("/admin/accounts")


def test_codes_are_counted_and_the_next_renewal_is_told(owner: Visitor, records: Store) -> None:
    assert "lvda wechat codes" in owner.get("/admin/accounts")
    with records.transaction() as session:
        for scene, expires_ms in (("week", None), ("week:U01", NOW + 7 * DAY), ("week:U02", NOW + 9 * DAY)):
            session.add(
                tables.QrTicket(account="", scene=scene, ticket="t", url="http://w", made_ms=NOW, expires_ms=expires_ms)
            )
    assert "永久 1 个，临时 2 个，2026年7月6日 09:00 起自动更新" in owner.get("/admin/accounts")


def test_how_often_it_may_still_call_is_asked_of_the_platform_at_most_once_a_minute(
    records: Store, signed_in_to: Callable[[Simulator], Visitor], clock: Clock
) -> None:
    with running_simulator() as platform:
        owner = signed_in_to(platform)
        assert "向平台查询" in owner.get("/admin/accounts")
        assert platform.calls.all() == []
        assert "客服消息 还剩 500000 共 500000" in owner.get("/admin/accounts?quota=")
        asked = len(platform.calls.all())
        owner.get("/admin/accounts?quota=")
        assert len(platform.calls.all()) == asked
        clock.now += MINUTE
        platform.faults.answer(48001, path="quota/get", times=1)
        shown = owner.get("/admin/accounts?quota=")
        assert "客服消息 公众号没有这个接口的权限" in shown
        assert "菜单 还剩" in shown
        assert len(platform.calls.all()) > asked


def test_a_platform_that_hangs_holds_the_page_for_seconds_only(
    records: Store, signed_in_to: Callable[[Simulator], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "QUOTA_S", 0.3)
    with running_simulator() as platform:
        owner = signed_in_to(platform)
        platform.faults.hang(30, times=None)
        assert "没有查全：平台没有及时回答" in owner.get("/admin/accounts?quota=")
        assert len(platform.calls.all()) <= 1, "it is not asked on and on"


def test_an_account_that_is_not_there_or_has_no_secret_is_not_asked_for(owner: Visitor) -> None:
    for name in ("east", "west"):
        assert "还剩" not in owner.get(f"/admin/accounts?quota={name}")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_who_edits_questions_or_only_looks_does_not_see_them(signed_in: Callable[[Role], Visitor], role: Role) -> None:
    visitor = signed_in(role)
    assert "/admin/accounts" not in visitor.page
    visitor.get("/admin/accounts", status=403)


@pytest.mark.parametrize(
    ("ms", "said"), [(0, "不到 1 分钟"), (59_999, "不到 1 分钟"), (MINUTE, "1 分钟"), (HOUR, "1 小时 0 分钟")]
)
def test_spans_are_said_in_hours_and_minutes(ms: int, said: str) -> None:
    assert accounts.span(ms) == said
