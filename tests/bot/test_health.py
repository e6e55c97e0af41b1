from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from campaign_made import make_campaign
from flask import Flask
from follower import Follower
from redis import Redis

from campaigns.editions import Editions
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores
from settings import Settings
from wsgi import create_app

COUNT = """
from prometheus_client import CollectorRegistry
from bot.metrics import Counts
counts = Counts(CollectorRegistry())
counts.messages.labels(channel="wechat", said="text").inc({0})
counts.refused.labels(reason="clock").inc()
"""


def made_settings(folder: Path) -> Settings:
    values = {"data_dir": folder, "base_url": "https://quiz.example.gov.cn", "secret_key": "for tests"}
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


def test_alive_is_said_without_any_store(tmp_path: Path) -> None:
    away = open_store("postgresql://nobody@127.0.0.1:1/none")
    app = create_app(made_settings(tmp_path), Stores(away, Ranking(away, None), Editions()))
    response = app.test_client().get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_ready_means_that_the_database_answers(app: Flask) -> None:
    response = app.test_client().get("/readyz")
    assert (response.status_code, response.json) == (200, {"database": True, "redis": None})


def test_without_the_database_nothing_is_ready(tmp_path: Path) -> None:
    away = open_store("postgresql://nobody:hunter2@127.0.0.1:1/none")
    app = create_app(made_settings(tmp_path), Stores(away, Ranking(away, None), Editions()))
    response = app.test_client().get("/readyz")
    assert (response.status_code, response.json) == (503, {"database": False, "redis": None})
    assert "hunter2" not in response.text


def test_redis_is_told_of_and_no_more(store: Store, valkey_url: str, tmp_path: Path) -> None:
    for url, answers in ((valkey_url, True), ("redis://127.0.0.1:1", False)):
        with Redis.from_url(url) as client:
            app = create_app(made_settings(tmp_path), Stores(store, Ranking(store, client), Editions()))
            response = app.test_client().get("/readyz")
            assert (response.status_code, response.json) == (200, {"database": True, "redis": answers})


def test_messages_are_counted_by_channel_and_kind(app: Flask, store: Store, clock: object) -> None:
    make_campaign(store)
    follower = Follower(app.test_client(), "oCounted", clock)  # type: ignore[arg-type]
    follower.says("答题")
    follower.says("C")
    follower.clicks("答题")
    said = app.test_client().get("/metrics").text
    assert 'lvda_messages_total{channel="wechat",said="text"} 2.0' in said
    assert 'lvda_messages_total{channel="wechat",said="menu"} 1.0' in said
    assert "oCounted" not in said


def test_the_figures_of_all_processes_are_summed(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(folder))
    for number in (2, 40):
        subprocess.run([sys.executable, "-c", COUNT.format(number)], check=True, cwd=Path(__file__).parents[2])
    response = app.test_client().get("/metrics")
    assert response.content_type.startswith("text/plain")
    assert 'lvda_messages_total{channel="wechat",said="text"} 42.0' in response.text
    assert 'lvda_callbacks_refused_total{reason="clock"} 2.0' in response.text
