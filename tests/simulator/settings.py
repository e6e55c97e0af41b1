"""What the product must be started with to speak to the simulator."""

from __future__ import annotations

from simulator.texts import ADDRESS
from simulator.world import World


def wechat_settings(world: World, url: str, account: str = "") -> dict[str, str]:
    """By the settings' names, without their prefix and in small letters."""
    known = world.accounts[account]
    return {
        "wechat_app_id": known.app_id,
        "wechat_secret": known.secret,
        "wechat_token": known.token,
        "wechat_aes_key": known.aes_key,
        "wechat_api_base": f"{url}/wechat-api",
    }


def wecom_settings(world: World, url: str) -> dict[str, str]:
    return {
        "wecom_corp_id": world.corp.corp_id,
        "wecom_agent_id": world.corp.agent_id,
        "wecom_secret": world.corp.secret,
        "wecom_token": world.corp.token,
        "wecom_aes_key": world.corp.aes_key,
        "wecom_api_base": f"{url}/wecom-api",
    }


def environment(world: World, url: str) -> dict[str, str]:
    """Both, as environment variables."""
    settings = wechat_settings(world, url) | wecom_settings(world, url)
    return {f"LVDA_{name.upper()}": value for name, value in settings.items()}


def sms_toml(url: str) -> str:
    """The product's description of the gateway of short messages, whose secret is ``gateway-secret``."""
    return f"""
url = "{url}{ADDRESS}/send"
per_second = 50
[headers]
Authorization = "Bearer {{secret}}"
[json]
mobile = "{{phone}}"
content = "{{text}}"
id = "{{key}}"
[answer]
field = "result.code"
accepted = ["0"]
later = ["busy"]
"""


def accounts_toml(world: World, url: str) -> str:
    """The product's file of further official accounts: all but the default one."""
    lines: list[str] = []
    for name, account in world.accounts.items():
        if name:
            known = wechat_settings(world, url, name)
            lines += [f"[wechat.{name}]", f'original_id = "{account.original_id}"']
            lines += [f'{key.removeprefix("wechat_")} = "{value}"' for key, value in known.items() if value]
    return "\n".join([*lines, ""])
