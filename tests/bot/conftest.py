"""The application over real stores, with a clock that tests set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import member
import pytest
from campaign_made import OPENS
from flask import Flask
from follower import AES_KEY, APP_ID, TOKEN

from campaigns.editions import Editions
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores
from settings import Settings
from wsgi import create_app


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: int = OPENS

    def __call__(self) -> int:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += int(seconds * 1_000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stores(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def made_settings(folder: Path, **over: object) -> Settings:
    values = {
        "data_dir": folder,
        "base_url": "https://quiz.example.gov.cn",
        "secret_key": "for tests",
        "wechat_token": TOKEN,
        "wechat_app_id": APP_ID,
    }
    return Settings(_env_file=None, **{**values, **over})


@pytest.fixture
def app(stores: Stores, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    """In plain mode."""
    return create_app(made_settings(tmp_path), stores, clock)


@pytest.fixture
def safe_app(stores: Stores, clock: Clock, tmp_path: Path) -> Flask:
    """In safe mode."""
    return create_app(made_settings(tmp_path, wechat_aes_key=AES_KEY), stores, clock)


WECOM = {
    "wecom_corp_id": member.CORP,
    "wecom_agent_id": member.AGENT,
    "wecom_token": member.TOKEN,
    "wecom_aes_key": member.AES_KEY,
}


@pytest.fixture
def wecom_app(stores: Stores, clock: Clock, tmp_path: Path) -> Flask:
    """With an application in WeCom that answers in words."""
    return create_app(made_settings(tmp_path, **WECOM), stores, clock)


@pytest.fixture
def card_app(stores: Stores, clock: Clock, tmp_path: Path) -> Flask:
    """With an application in WeCom that may send messages, and so sends cards."""
    return create_app(made_settings(tmp_path, **WECOM, wecom_secret=member.SECRET), stores, clock)
