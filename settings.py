"""The typed settings: environment variables with the prefix ``LVDA_``, or a ``.env`` file in the working folder.

Read once by `read_settings` when a program starts; nothing reads the environment afterwards.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import secrets
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from platforms.accounts import (
    AES_KEY,
    CALLBACK_TOKEN,
    Accounts,
    WechatAccount,
    WecomAccount,
    is_web_address,
    read_accounts,
)
from platforms.errors import Misconfigured


class SettingsError(Exception):
    """A setting that cannot be used; the text names it and says what it should be."""


class Settings(BaseSettings):
    """All settings, with their defaults: what `make run` uses with none of them set."""

    model_config = SettingsConfigDict(env_prefix="LVDA_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = ""
    """``postgresql://user@host/name`` or ``sqlite:///path``; empty: SQLite in the data folder."""
    redis_url: str = ""
    """``redis://…`` or ``unix://…``; empty: the Valkey server that ``lvda serve`` starts; ``none``: without."""
    valkey_server: str = ""
    """The program to start as the embedded server; empty: the one that came with the package, or on PATH."""
    base_url: str = ""
    """The public address; empty: ``http://HOST:PORT``."""
    code_url: str = ""
    """The address in printed codes, whose visitors are sent on to the public one; empty: the public one itself."""
    secret_key: SecretStr = SecretStr("")
    """Signs cookies and salts pseudonyms; empty: made once and kept in the data folder."""
    data_dir: Path = Path("var")
    timezone: str = "Asia/Shanghai"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=0, ge=0, le=64)
    """Web processes; 0: one a processor core. On SQLite it is always one."""
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses or networks, separated by commas, whose X-Forwarded-* headers count."""
    wechat_app_id: str = ""
    wechat_secret: SecretStr = SecretStr("")
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_api_base: str = ""
    """Where WeChat's interface is; empty: the platform's own address."""
    wecom_corp_id: str = ""
    wecom_agent_id: str = ""
    wecom_secret: SecretStr = SecretStr("")
    wecom_token: SecretStr = SecretStr("")
    wecom_aes_key: SecretStr = SecretStr("")
    wecom_api_base: str = ""
    wecom_cards: bool = True
    """Whether WeCom's members get questions as cards to tap; otherwise as texts alone."""
    accounts_file: str = ""
    """A TOML file of further official accounts: see `platforms.accounts`."""
    sms_file: str = ""
    """A TOML file that describes the gateway of short messages: see `platforms.sms`."""
    sms_secret: SecretStr = SecretStr("")
    smtp_url: SecretStr = SecretStr("")
    """``smtps://user:password@host:465``: what sends mail."""
    mail_from: str = ""
    """The address that mail comes from."""
    footer: str = ""
    """ICP and 公安备案 numbers, shown under every page."""
    second_step: str = "optional"
    """``required``: whoever signs in to the console sets up a second step before anything else."""
    log_format: str = "console"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name} 不是时区名，应当像 Asia/Shanghai") from error
        return name

    @field_validator("base_url", "code_url", "wechat_api_base", "wecom_api_base")
    @classmethod
    def _web_address(cls, address: str) -> str:
        if address and not is_web_address(address):
            raise ValueError("应当是完整的网址，像 https://quiz.example.gov.cn")
        return address

    @field_validator("wechat_token", "wecom_token")
    @classmethod
    def _token(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not CALLBACK_TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("Token 应当是 3 到 32 个字母和数字，与平台上填的一样")
        return token

    @field_validator("log_format")
    @classmethod
    def _known_format(cls, log_format: str) -> str:
        if log_format not in {"console", "json"}:
            raise ValueError("只能是 console 或 json")
        return log_format

    @field_validator("second_step")
    @classmethod
    def _known_second_step(cls, second_step: str) -> str:
        if second_step not in {"optional", "required"}:
            raise ValueError("只能是 optional（自愿）或 required（必须）")
        return second_step

    @field_validator("wechat_aes_key", "wecom_aes_key")
    @classmethod
    def _aes_key(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value()
        if text and not AES_KEY.fullmatch(text):
            raise ValueError("EncodingAESKey 应当正好 43 个字符，只有字母和数字，请从平台上重新复制")
        return key

    @field_validator("wecom_agent_id")
    @classmethod
    def _digits(cls, agent_id: str) -> str:
        if agent_id and not (agent_id.isascii() and agent_id.isdigit()):
            raise ValueError("应当是数字，请从企业微信管理后台的应用详情里复制 AgentId")
        return agent_id

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ipaddress.ip_network(network, strict=False)
            except ValueError as error:
                raise ValueError(f"{network} 不是地址或网段，应当像 127.0.0.1 或 10.0.0.0/8") from error
        return networks

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def public_url(self) -> str:
        """Where people reach this server, without a trailing slash."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def printed_url(self) -> str:
        """Where printed codes lead, without a trailing slash."""
        return (self.code_url or self.public_url).rstrip("/")

    @property
    def sql_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'lvda.db'}"

    def accounts(self) -> Accounts:
        """Whom we speak for on the platforms. Raises SettingsError when the accounts' file cannot be used."""
        default = WechatAccount(
            name="",
            app_id=self.wechat_app_id,
            secret=self.wechat_secret.get_secret_value(),
            token=self.wechat_token.get_secret_value(),
            aes_key=self.wechat_aes_key.get_secret_value(),
            api_base=self.wechat_api_base.rstrip("/"),
        )
        wecom = WecomAccount(
            name="",
            corp_id=self.wecom_corp_id,
            agent_id=self.wecom_agent_id,
            secret=self.wecom_secret.get_secret_value(),
            token=self.wecom_token.get_secret_value(),
            aes_key=self.wecom_aes_key.get_secret_value(),
            api_base=self.wecom_api_base.rstrip("/"),
        )
        try:
            text = Path(self.accounts_file).read_text(encoding="utf-8-sig") if self.accounts_file else ""
            official = read_accounts(text, default if default.app_id or default.token else None)
        except OSError as error:
            raise SettingsError(f"LVDA_ACCOUNTS_FILE：读不到这个文件（{error.strerror}），请检查路径。") from error
        except UnicodeDecodeError as error:
            raise SettingsError("LVDA_ACCOUNTS_FILE：这个文件不是 UTF-8 编码，请另存为 UTF-8。") from error
        except Misconfigured as error:
            raise SettingsError(f"LVDA_ACCOUNTS_FILE：{error}") from error
        is_set = any((wecom.corp_id, wecom.agent_id, wecom.secret, wecom.token, wecom.aes_key))
        return Accounts(official, wecom if is_set else None)

    def secret(self) -> str:
        """The secret key; made once and kept in the data folder, readable by its owner alone."""
        if given := self.secret_key.get_secret_value():
            return given
        path = self.data_dir / "secret-key"
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(48))
        return path.read_text()


def _write_once(path: Path, text: str) -> None:
    """Write a private file whole or not at all; of two programs that start together one is the writer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def configure_logging(settings: Settings) -> None:
    """Log to stderr, for people or as JSON lines."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Tracebacks without local variables: among those are passwords, and what people said.
    plain = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    render: list[structlog.typing.Processor] = (
        [structlog.processors.ExceptionRenderer(plain), structlog.processors.JSONRenderer(ensure_ascii=False)]
        if settings.log_format == "json"
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("alembic", "fontTools", "fpdf"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def read_settings() -> Settings:
    """Read and check every setting.

    Raises SettingsError, which names each setting that cannot be used by its full name, and never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "；".join(
            f"LVDA_{str(problem['loc'][0]).upper()}：{_in_chinese(problem)}" for problem in error.errors()
        )
        raise SettingsError(f"设置有误。{wrong}。") from error


def _in_chinese(problem: ErrorDetails) -> str:
    limits = problem.get("ctx", {})
    match problem["type"]:
        case "int_parsing":
            return "应当是整数"
        case "greater_than_equal":
            return f"不能小于 {limits['ge']}"
        case "less_than_equal":
            return f"不能大于 {limits['le']}"
        case "string_pattern_mismatch":
            return f"应当符合 {limits['pattern']}"
        case _:
            return problem["msg"].removeprefix("Value error, ")
