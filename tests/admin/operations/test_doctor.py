from __future__ import annotations

import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Mapping
from pathlib import Path

import pytest
from campaign_made import make_campaign
from follower import AES_KEY
from sqlalchemy import update

from admin.operations import doctor
from admin.operations.doctor import examine
from campaigns import audit, tables
from campaigns.clock import now_ms
from campaigns.editions import Editions
from campaigns.standings import Ranking
from campaigns.store import open_store
from campaigns.stores import Stores
from settings import Settings

REFUSE = """
from prometheus_client import CollectorRegistry
from bot.metrics import Counts
counts = Counts(CollectorRegistry())
counts.refused.labels(reason="signature").inc(9)
counts.refused.labels(reason="clock").inc({0})
"""


@pytest.fixture
def campaign_url(sqlite_url: str) -> str:
    """A database with a published campaign."""
    store = open_store(sqlite_url)
    make_campaign(store)
    audit.chain(Stores(store, Ranking(store, None), Editions()), now_ms())
    store.close()
    return sqlite_url


def settings(folder: Path, url: str, **over: object) -> Settings:
    """Of a server on which everything is right."""
    values = {
        "data_dir": folder / "var", "database_url": url, "redis_url": "none", "wechat_app_id": "wx1234567890abcdef",
        "base_url": "https://quiz.example.gov.cn", "wechat_token": "hunter2", "wechat_aes_key": AES_KEY,
    }  # fmt: skip
    return Settings(_env_file=None, **{**values, **over})  # type: ignore[arg-type]


def answered(address: str, query: Mapping[str, str], seconds: float) -> tuple[int, str]:
    """By a server whose callbacks are well, without asking it."""
    return 200, query["echostr"]


def unwell(examined: Settings) -> list[str]:
    return [finding.text for finding in examine(examined, answered) if not finding.well]


def test_where_all_is_right_nothing_is_found(tmp_path: Path, campaign_url: str) -> None:
    findings = examine(settings(tmp_path, campaign_url), answered)
    assert [finding.text for finding in findings if not finding.well] == []
    told = "\n".join(finding.text for finding in findings)
    assert "已发布的活动：1 个" in told
    assert "https://quiz.example.gov.cn/wechat" in told
    assert "hunter2" not in told
    assert AES_KEY not in told


@pytest.mark.parametrize(
    ("changes", "found", "to_do"),
    [
        ({"base_url": ""}, "没有设置 LVDA_BASE_URL", "请填公网 https 地址"),
        ({"base_url": "http://quiz.example.gov.cn"}, "不是 https 地址", "请换成 https"),
        ({"wechat_token": ""}, "没有接公众号", "LVDA_WECHAT_TOKEN"),
        ({"wechat_aes_key": ""}, "明文模式", "LVDA_WECHAT_AES_KEY"),
        ({"wechat_app_id": ""}, "需要 AppID", "LVDA_WECHAT_APP_ID"),
        ({"redis_url": ""}, "没有找到正在运行的内置 Valkey", "lvda serve"),
        ({"redis_url": "redis://127.0.0.1:1"}, "Redis 没有响应", "请检查 LVDA_REDIS_URL"),
        ({"redis_url": "somewhere"}, "不是 Redis 地址", "LVDA_REDIS_URL"),
        ({"database_url": "mysql://x/y"}, "mysql", "LVDA_DATABASE_URL"),
        ({"database_url": "postgresql://a:hunter2@127.0.0.1:1/b"}, "连不上数据库", "请检查 LVDA_DATABASE_URL"),
    ],
    ids=lambda value: next(iter(value), "") if isinstance(value, dict) else None,
)
def test_one_thing_that_is_wrong_is_told_with_what_to_do(
    tmp_path: Path, campaign_url: str, changes: dict[str, str], found: str, to_do: str
) -> None:
    (told,) = unwell(settings(tmp_path, campaign_url, **changes))
    assert found in told
    assert to_do in told
    assert "hunter2" not in told


def test_a_database_that_is_not_migrated_is_told(tmp_path: Path, blank_sqlite_url: str) -> None:
    assert unwell(settings(tmp_path, blank_sqlite_url)) == ["数据库结构不是当前版本：请先运行 lvda init。"]


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("no database at all, whatever its name says, for sure and ever " * 40)
    (told,) = unwell(settings(tmp_path, f"sqlite:///{tmp_path / 'notes'}"))
    assert "LVDA_DATABASE_URL" in told


def test_a_server_without_a_campaign_is_told_how_to_make_one(tmp_path: Path, sqlite_url: str) -> None:
    (told,) = unwell(settings(tmp_path, sqlite_url))
    assert "没有已发布的活动" in told
    assert "lvda campaign create" in told


def test_an_altered_audit_log_is_told(tmp_path: Path, campaign_url: str) -> None:
    store = open_store(campaign_url)
    with store.transaction() as session:
        session.execute(update(tables.AuditEntry).values(note="改过"))
    store.close()
    (told,) = unwell(settings(tmp_path, campaign_url))
    assert "内容被改动过" in told


def test_a_redis_that_answers_is_well(tmp_path: Path, campaign_url: str, redis_url: str) -> None:
    assert unwell(settings(tmp_path, campaign_url, redis_url=redis_url)) == []


def test_a_full_disk_is_told(tmp_path: Path, campaign_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", ("total", "used", "free"))
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(1, 1, doctor.LEAST_FREE - 1))
    (told,) = unwell(settings(tmp_path, campaign_url))
    assert "只剩 499 MB" in told
    assert "请清理磁盘" in told


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path, campaign_url: str) -> None:
    (tmp_path / "file").write_text("")
    (told,) = unwell(settings(tmp_path, campaign_url, data_dir=tmp_path / "file"))
    assert "不能写入" in told
    assert "LVDA_DATA_DIR" in told


def refuse(folder: Path, times: int) -> None:
    """As a web process does that refused callbacks for their time alone."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-c", REFUSE.format(times)],
        check=True,
        cwd=Path(__file__).parents[3],
        env={"PROMETHEUS_MULTIPROC_DIR": str(folder)},
    )


def test_callbacks_refused_for_their_time_alone_show_that_our_clock_is_wrong(tmp_path: Path, campaign_url: str) -> None:
    examined = settings(tmp_path, campaign_url)
    refuse(examined.data_dir / "metrics", 3)
    refuse(examined.data_dir / "metrics", 4)
    (told,) = unwell(examined)
    assert "有 7 条微信回调" in told
    assert "请校准本机时钟" in told


def test_callbacks_refused_for_their_signature_say_nothing_about_the_clock(tmp_path: Path, campaign_url: str) -> None:
    examined = settings(tmp_path, campaign_url)
    refuse(examined.data_dir / "metrics", 0)
    findings = examine(examined, answered)
    assert [finding.text for finding in findings if not finding.well] == []
    assert findings[-1].text == "没有因时钟偏差而拒绝的回调。"


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True)])
def test_listening_to_everybody_without_a_proxy_is_warned_of(tmp_path: Path, host: str, warned: bool) -> None:
    findings = examine(Settings(_env_file=None, data_dir=tmp_path, host=host, redis_url="none"))
    assert any("deploy/nginx.conf" in finding.text for finding in findings if not finding.well) == warned
