from __future__ import annotations

import re
from pathlib import Path

import pytest

from platforms.accounts import Template, WechatAccount, WecomAccount, read_accounts
from platforms.errors import Misconfigured

AES_KEY = "k" * 43
WEST = f"""
[wechat.west]
app_id = "wxwest"
secret = "hush"
token = "westtoken"
aes_key = "{AES_KEY}"
"""
DEFAULT = WechatAccount("", "wxdefault", "hush", "token", "")


def refusal(text: str, default: WechatAccount | None = None) -> str:
    with pytest.raises(Misconfigured) as refused:
        read_accounts(text, default)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_without_a_file_there_is_the_default_account_or_none() -> None:
    assert read_accounts("") == {}
    assert read_accounts("", DEFAULT) == {"": DEFAULT}


def test_a_further_account_is_known_by_its_name() -> None:
    accounts = read_accounts(WEST, DEFAULT)
    assert list(accounts) == ["", "west"]
    assert accounts["west"] == WechatAccount("west", "wxwest", "hush", "westtoken", AES_KEY)


def test_a_template_is_known_by_the_key_of_its_wording() -> None:
    text = WEST + '[wechat.west.templates."notice.opens"]\nid = "T1"\nfields = { thing1 = "campaign" }\n'
    assert read_accounts(text)["west"].templates == {"notice.opens": Template("T1", {"thing1": "campaign"})}


def test_the_file_completes_the_default_account() -> None:
    account = read_accounts('[default]\noauth = true\noriginal_id = "gh_1"\n', DEFAULT)[""]
    assert (account.oauth, account.original_id, account.app_id) == (True, "gh_1", "wxdefault")


def test_an_address_needs_no_slash_at_its_end() -> None:
    assert read_accounts(WEST + 'api_base = "http://127.0.0.1:8899/wechat-api/"\n')["west"].api_base.endswith("-api")


def test_an_account_may_call_with_its_secret_alone() -> None:
    assert read_accounts(WEST)["west"].may_call
    assert not read_accounts('[wechat.west]\napp_id = "wxwest"\ntoken = "westtoken"\n')["west"].may_call
    assert not WecomAccount("", "corp", "", "hush", "", "").may_call


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[wechat.west\n", ["第 1 行"]),
        ("[wechat.west]\napp_id = ", ["TOML"]),
        ("west = 1", ["west"]),
        ("wechat = 1", ["wechat"]),
        ("[wechat]\nwest = 'hush'", ["公众号 west"]),
        ("[wechat.West]\n", ["West", "小写"]),
        ('[wechat."west/1"]\n', ["west/1"]),
        ('[wechat.west]\ntoken = "hush"\n', ["公众号 west", "app_id"]),
        ('[wechat.west]\napp_id = "wx1"\n', ["公众号 west", "token"]),
        (WEST + "secrets = 'hush'\n", ["公众号 west", "secrets"]),
        (WEST.replace(AES_KEY, "hush"), ["公众号 west", "aes_key", "43"]),
        (WEST.replace('"westtoken"', '"hush hush"'), ["公众号 west", "token"]),
        (WEST.replace('"hush"', "5"), ["公众号 west", "secret"]),
        (WEST + "oauth = 'hush'\n", ["公众号 west", "oauth", "true"]),
        (WEST + "api_base = 'hush'\n", ["公众号 west", "api_base", "https://"]),
        (WEST + "api_base = 'http://[hush'\n", ["公众号 west", "api_base", "https://"]),
        (WEST + "[wechat.west.templates]\nwon = 'hush'\n", ["templates.won"]),
        (WEST + "[wechat.west.templates.won]\nid = 'hush'\n", ["templates.won", "fields"]),
        (WEST + "[wechat.west.templates.won]\nid = 'a'\nfields = { thing1 = 5 }\n", ["won", "fields.thing1"]),
        ("[default]\noauth = true\n", ["[default]", "LVDA_WECHAT_APP_ID"]),
        (WEST + WEST.replace("wechat.west", "wechat.east"), ["公众号 east", "app_id", "公众号 west"]),
    ],
)
def test_a_wrong_file_is_refused_by_account_and_key_and_never_by_value(text: str, said: list[str]) -> None:
    sentence = refusal(text)
    assert all(part in sentence for part in said), sentence
    assert "hush" not in sentence


def test_the_default_account_has_no_second_entry() -> None:
    assert "默认公众号" in refusal(WEST.replace("wxwest", "wxdefault"), DEFAULT)


@pytest.mark.parametrize(
    "account", [*read_accounts(WEST, DEFAULT).values(), WecomAccount("", "corp", "1", "hush", "hush", "hush")]
)
def test_an_account_never_shows_its_secrets(account: object) -> None:
    assert not re.search("hush|westtoken|kkk", repr(account))


def test_the_example_in_the_documentation_is_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    blocks = re.findall(r"^```toml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    (example,) = [block for block in blocks if "[wechat." in block]
    accounts = read_accounts(example, DEFAULT)
    assert accounts["west"].oauth
    assert accounts["west"].templates
