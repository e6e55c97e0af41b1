from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from settings import Settings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LVDA_")]:
        monkeypatch.delenv(name)


def test_without_any_setting_the_program_runs_on_its_own_folder() -> None:
    settings = read_settings()
    assert settings.sql_url == "sqlite:///var/lvda.db"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.zone.key == "Asia/Shanghai"


def test_the_environment_wins_over_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LVDA_PORT=9000\nLVDA_FOOTER=京ICP备1号\nOTHER=1\n")
    monkeypatch.setenv("LVDA_PORT", "9001")
    settings = read_settings()
    assert (settings.port, settings.footer) == (9001, "京ICP备1号")


def test_proxies_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LVDA_TRUSTED_PROXIES", "10.0.0.1, 172.16.0.0/12,")
    assert read_settings().trusted_proxies == ("10.0.0.1", "172.16.0.0/12")


def test_the_public_address_has_no_trailing_slash() -> None:
    assert Settings(base_url="https://quiz.example.gov.cn/").public_url == "https://quiz.example.gov.cn"


def test_printed_codes_have_the_public_address_or_one_of_their_own() -> None:
    assert Settings(base_url="https://quiz.example.gov.cn/").printed_url == "https://quiz.example.gov.cn"
    apart = Settings(base_url="https://quiz.example.gov.cn", code_url="https://qr.example.gov.cn/")
    assert (apart.printed_url, apart.public_url) == ("https://qr.example.gov.cn", "https://quiz.example.gov.cn")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LVDA_PORT", "0", "不能小于 1"),
        ("LVDA_PORT", "65536", "不能大于 65535"),
        ("LVDA_PORT", "eight", "应当是整数"),
        ("LVDA_TIMEZONE", "Mars/Base", "Asia/Shanghai"),
        ("LVDA_TIMEZONE", "../etc/passwd", "Asia/Shanghai"),
        ("LVDA_WECHAT_AES_KEY", "hush-hush", "43 个字符"),
        ("LVDA_LOG_FORMAT", "xml", "json"),
        ("LVDA_WECHAT_API_BASE", "api.weixin.qq.com", "https://"),
        ("LVDA_WECOM_API_BASE", "qyapi", "https://"),
        ("LVDA_WECOM_API_BASE", "https://[qyapi", "https://"),
        ("LVDA_WECHAT_API_BASE", "http://127.0.0.1:99999", "https://"),
        ("LVDA_BASE_URL", "https://:443", "https://"),
        ("LVDA_WECOM_AGENT_ID", "ww1", "数字"),
        ("LVDA_WECOM_TOKEN", "a b", "3 到 32"),
        ("LVDA_WECOM_AES_KEY", "hush-hush", "43 个字符"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as refused:
        read_settings()
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LVDA_WECHAT_AES_KEY", "hush-hush")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert "hush-hush" not in str(refused.value)


def test_a_secret_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    made = settings.secret()
    assert len(made) >= 48
    assert Settings(data_dir=tmp_path / "data").secret() == made
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600


def test_a_given_secret_key_is_used_and_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LVDA_SECRET_KEY", "hush-hush")
    settings = read_settings()
    assert settings.secret() == "hush-hush"
    assert "hush-hush" not in repr(settings)
    assert not (tmp_path / "var").exists()


def test_without_settings_there_are_no_accounts() -> None:
    accounts = read_settings().accounts()
    assert not accounts.wechat
    assert accounts.wecom is None


def test_the_accounts_are_those_of_the_settings_and_of_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "accounts.toml").write_text('[wechat.west]\napp_id = "wx2"\ntoken = "west"\n')
    monkeypatch.setenv("LVDA_ACCOUNTS_FILE", "accounts.toml")
    monkeypatch.setenv("LVDA_WECHAT_TOKEN", "default")
    monkeypatch.setenv("LVDA_WECHAT_API_BASE", "http://127.0.0.1:8899/wechat-api/")
    monkeypatch.setenv("LVDA_WECOM_CORP_ID", "ww1")
    accounts = read_settings().accounts()
    assert {name: account.token for name, account in accounts.wechat.items()} == {"": "default", "west": "west"}
    assert accounts.wechat[""].api_base == "http://127.0.0.1:8899/wechat-api"
    assert accounts.wecom is not None
    assert accounts.wecom.corp_id == "ww1"


@pytest.mark.parametrize("name", ["wecom_agent_id", "wecom_secret", "wecom_token"])
def test_an_application_that_is_set_by_half_is_not_passed_over(name: str) -> None:
    assert Settings(**{name: "1000002"}).accounts().wecom is not None


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "读不到"), ('[wechat.west]\ntoken = "hush-hush"', "west"), ("名 = 1".encode("gb18030"), "UTF-8")],
)
def test_a_file_of_accounts_that_cannot_be_used_is_named(
    content: str | bytes | None, said: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "accounts.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match="LVDA_ACCOUNTS_FILE") as refused:
        Settings(accounts_file="accounts.toml").accounts()
    assert said in str(refused.value)
    assert "hush-hush" not in str(refused.value)


@pytest.mark.race
def test_programs_that_start_together_share_one_secret_key(tmp_path: Path, repeats: int) -> None:
    for turn in range(repeats):
        settings = Settings(data_dir=tmp_path / str(turn))
        with ThreadPoolExecutor(8) as programs:
            keys = list(programs.map(lambda _, one=settings: one.secret(), range(8)))
        assert len(set(keys)) == 1
        assert [path.name for path in (tmp_path / str(turn)).iterdir()] == ["secret-key"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("WECHAT_AES_KEY", "!" * 43), ("WECHAT_AES_KEY", "short"), ("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/33")],
)
def test_what_only_the_running_server_would_stumble_over_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"LVDA_{name}", value)
    with pytest.raises(SettingsError, match=f"LVDA_{name}"):
        read_settings()


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_what_is_logged_of_a_failure_holds_no_local_values(log_format: str, tmp_path: Path) -> None:
    program = (
        "import logging\n"
        "from settings import configure_logging, read_settings\n"
        "configure_logging(read_settings())\n"
        "def fail(password): raise ValueError('it failed')\n"
        "try: fail('hush' + '-hush')\n"
        "except ValueError: logging.getLogger('lvda').exception('could not')\n"
    )
    environment = os.environ | {"LVDA_LOG_FORMAT": log_format, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "it failed" in done.stderr
    assert "hush-hush" not in done.stderr
