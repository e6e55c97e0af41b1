"""`lvda doctor` on accounts, against the platforms' simulator."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from simulator import Simulator, running_simulator

from admin.operations import accounts_doctor
from admin.operations.accounts_doctor import examine_accounts
from campaigns import tables
from campaigns.clock import now_ms
from campaigns.store import Store, open_store
from platforms.handshakes import Visit
from settings import Settings

MENU = {"button": [{"name": "答题", "type": "click", "key": "答题"}]}


@pytest.fixture
def records(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    yield store
    store.close()


@pytest.fixture
def platform() -> Iterator[Simulator]:
    with running_simulator(accounts=("", "west")) as running:
        running.account().menu = MENU
        yield running


def answered(address: str, query: Mapping[str, str], seconds: float) -> tuple[int, str]:
    return 200, query["echostr"]


def of(kind: str, platform: Simulator) -> dict[str, str]:
    """The settings of one platform."""
    return {key: value for key, value in platform.settings().items() if key.startswith(kind)}


Examine = Callable[..., list[str]]


@pytest.fixture
def examine(records: Store, platform: Simulator, tmp_path: Path) -> Examine:
    """The findings, ``✓`` or ``✗`` before each; of the default account alone, unless told otherwise."""

    def run(visit: Visit = answered, store: Store | None = records, **over: object) -> list[str]:
        values = {"data_dir": tmp_path, "base_url": "https://quiz.example.gov.cn", **of("wechat", platform)}
        settings = Settings(_env_file=None, **{**values, **over})  # type: ignore[arg-type]
        found = examine_accounts(settings, store, visit, now_ms)
        secrets = [str(value) for key, value in values.items() if key in {"wechat_secret", "wechat_token"}]
        assert not any(secret in finding.text for finding in found for secret in secrets)
        return [f"{'✓' if finding.well else '✗'} {finding.text}" for finding in found]

    return run


def unwell(found: list[str]) -> list[str]:
    return [text for text in found if text.startswith("✗")]


def test_an_account_on_which_all_is_right(examine: Examine, platform: Simulator) -> None:
    found = examine()
    assert unwell(found) == []
    told = "\n".join(found)
    for part in (
        f"公众号 {platform.account().app_id} 已配置为安全模式",
        "取得到访问凭证",
        "有菜单（1 项）",
        "客服消息 500000、",
        "回调地址能访问，握手成功",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (40013, "AppID"),
        (40125, "AppSecret"),
        (40164, "203.0.113.7"),
        (-1, "正忙"),
    ],
)
def test_why_there_is_no_token_is_told_and_nothing_more_is_asked(
    examine: Examine, platform: Simulator, code: int, told: str
) -> None:
    platform.faults.answer(code, path="stable_token", times=None)
    (found,) = unwell(examine())
    assert "取访问凭证" in found
    assert told in found
    assert {call.path for call in platform.calls.all()} == {"/cgi-bin/stable_token"}


def test_a_wrong_secret_is_found_although_a_good_token_is_kept(examine: Examine) -> None:
    assert unwell(examine()) == []
    (found,) = unwell(examine(wechat_secret="0" * 32))
    assert "AppSecret" in found


def test_an_account_without_a_menu_is_told_how_to_make_one(examine: Examine, platform: Simulator) -> None:
    platform.account().menu = None
    assert unwell(examine()) == ["✗ 公众号没有菜单：用 lvda wechat menu push 建一个。"]


def test_a_quota_that_runs_low_is_told(examine: Examine, platform: Simulator) -> None:
    examine()  # the platform's day has begun
    platform.account().used["cgi-bin/message/custom/send"] = 450_001
    (found,) = unwell(examine())
    assert "“客服消息” 49999 次（共 500000 次），零点恢复" in found


def test_trouble_with_one_question_is_told_once(examine: Examine, platform: Simulator) -> None:
    platform.faults.answer(-1, path="quota/get", times=None)
    (found,) = unwell(examine())
    assert "公众号查“客服消息”的次数：平台说它正忙" in found


def test_an_account_that_may_not_use_an_interface_is_well(examine: Examine, platform: Simulator) -> None:
    platform.faults.answer(48001, path="menu/get", times=None)
    platform.faults.answer(48001, path="quota/get", times=None)
    found = examine()
    assert unwell(found) == []
    assert "查菜单：没有这个接口的权限" in "\n".join(found)


def test_each_account_is_asked_for_itself(examine: Examine, platform: Simulator, tmp_path: Path) -> None:
    (tmp_path / "accounts.toml").write_text(platform.accounts_toml())
    found = examine(accounts_file=str(tmp_path / "accounts.toml"))
    assert unwell(found) == ["✗ 公众号 west 没有菜单：用 lvda wechat menu push --account west 建一个。"]
    assert "https://quiz.example.gov.cn/wechat/west" in "\n".join(found)


def test_an_account_that_asks_who_opened_a_page_is_told_of_the_domain_that_it_needs(
    examine: Examine, tmp_path: Path
) -> None:
    (tmp_path / "accounts.toml").write_text("[default]\noauth = true")
    found = examine(accounts_file=str(tmp_path / "accounts.toml"))
    assert "“网页授权域名”是 quiz.example.gov.cn" in "\n".join(found)
    assert unwell(found) == []


def test_an_accounts_file_that_cannot_be_used_is_told(examine: Examine, tmp_path: Path) -> None:
    (found,) = examine(accounts_file=str(tmp_path / "nowhere.toml"))
    assert "LVDA_ACCOUNTS_FILE" in found


def test_a_template_that_no_notice_can_use_is_told(examine: Examine, tmp_path: Path) -> None:
    file = tmp_path / "accounts.toml"
    file.write_text(
        '[default.templates."notice.openz"]\nid = "T1"\nfields = { thing1 = "campaign" }\n'
        '[default.templates."notice.won"]\nid = "T2"\nfields = { thing1 = "prize", time2 = "closes" }\n'
        '[default.templates."notice.closes"]\nid = "T3"\nfields = { time2 = "closes" }\n'
    )
    unknown, unfilled = unwell(examine(accounts_file=str(file)))
    assert "“notice.openz”，没有这种通知：请改成 notice.opens、" in unknown
    assert "notice.won 要填“closes”，没有这一项" in unfilled


def test_an_account_that_only_answers_is_well_and_told_what_a_secret_is_for(
    examine: Examine, platform: Simulator
) -> None:
    found = examine(wechat_secret="")
    assert unwell(found) == []
    assert "LVDA_WECHAT_SECRET" in "\n".join(found)
    assert platform.calls.all() == []


def test_without_a_database_or_a_public_address_less_is_looked_at(examine: Examine, platform: Simulator) -> None:
    assert len(examine(store=None, base_url="")) == 1
    assert platform.calls.all() == []


def test_a_callback_that_is_not_there_is_told_with_its_address(examine: Examine) -> None:
    (found,) = unwell(examine(visit=lambda address, query, seconds: (404, "")))
    assert "公众号的回调地址（https://quiz.example.gov.cn/wechat）：这个地址上没有回调" in found


def test_looking_changes_nothing_on_the_platform(examine: Examine, platform: Simulator, records: Store) -> None:
    examine()
    with records.reading() as session:
        assert session.query(tables.AccessToken).one().version == 1
    examine()
    with records.reading() as session:
        assert session.query(tables.AccessToken).one().version == 1, "the same token, not forced anew"
    assert platform.account().menu == MENU


# --- WeCom -------------------------------------------------------------------------------------------------------


def test_wecom_is_asked_too(examine: Examine, platform: Simulator) -> None:
    def bare(address: str, query: Mapping[str, str], seconds: float) -> tuple[int, str]:
        return (200, query["echostr"]) if address.endswith("/wechat") else (403, "")

    found = examine(visit=bare, **of("wecom", platform))
    told = "\n".join(found)
    assert "企业微信的企业 ID 和 Secret 都对" in told
    (wrong,) = unwell(found)
    assert "企业微信的回调地址（https://quiz.example.gov.cn/wecom）：签名对不上" in wrong


def test_what_a_half_set_application_lacks_is_told(examine: Examine) -> None:
    (wrong,) = unwell(examine(wecom_secret="hush", wecom_token="abc", wecom_aes_key="k" * 43))
    assert "企业微信还缺 LVDA_WECOM_CORP_ID、LVDA_WECOM_AGENT_ID：" in wrong


@pytest.mark.parametrize(("code", "told"), [(40013, "企业 ID"), (40001, "Secret"), (60020, "企业可信 IP")])
def test_why_wecom_gives_no_token_is_told(examine: Examine, platform: Simulator, code: int, told: str) -> None:
    platform.faults.answer(code, path="gettoken", times=None)
    wecom = {key: value for key, value in of("wecom", platform).items() if key != "wecom_token"}
    found = unwell(examine(**wecom))
    assert any("企业微信取访问凭证" in text and told in text for text in found)
    assert any("LVDA_WECOM_TOKEN" in text for text in found)


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ({}, "可见范围"),
        ({"close": 1, "allow_partys": {"partyid": [1]}}, "已停用"),
        ({"allow_partys": {"partyid": [1, 2]}}, "2 个部门、0 名成员"),
        ({"allow_userinfos": {"user": [{"userid": "a"}]}, "allow_tags": {"tagid": []}}, "1 名成员"),
    ],
    ids=str,
)
def test_who_sees_the_application_is_told(agent: dict[str, object], told: str) -> None:
    assert told in accounts_doctor._scope(agent).text


# --- in time -----------------------------------------------------------------------------------------------------


def test_a_platform_that_hangs_ends_the_looking_in_time(
    examine: Examine, platform: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts_doctor, "CHECK_S", 0.2)
    platform.faults.hang(30, times=None)
    (found,) = unwell(examine())
    assert "没有及时回答" in found


def test_a_check_that_cannot_be_ended_is_left_behind(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as a resolver that looks for a name for minutes."""
    monkeypatch.setattr(accounts_doctor, "CHECKS_S", 0.5)
    go_on = threading.Event()

    def visit(address: str, query: Mapping[str, str], seconds: float) -> tuple[int, str]:
        go_on.wait(30)
        return answered(address, query, seconds)

    began = time.monotonic()
    (found,) = unwell(examine(visit=visit))
    go_on.set()
    assert "没有查完" in found
    assert "DNS" in found
    assert time.monotonic() - began < 10
