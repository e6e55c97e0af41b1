"""`lvda doctor`: look at everything that must be right, and say what to do about what is not."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import redis
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import func, select

from admin.operations.accounts_doctor import examine_accounts
from admin.operations.findings import Finding
from admin.public_address import trouble_as_written
from campaigns import audit, tables
from campaigns.clock import now_ms
from campaigns.errors import StoreUnavailable
from campaigns.store import Store, open_store
from campaigns.stores import WITHOUT_REDIS, open_redis
from platforms import handshakes
from platforms.handshakes import Visit
from settings import Settings

LEAST_FREE = 500 * 1024 * 1024


def examine(settings: Settings, visit: Visit = handshakes.visit) -> list[Finding]:
    """Everything that was looked at, in the order in which it matters; `visit` is how our own addresses are tried."""
    return [
        _data_folder(settings.data_dir),
        *_database(settings),
        _redis(settings),
        _public_address(settings),
        *_listening(settings),
        *_accounts(settings, visit),
        *_clock(settings.data_dir / "metrics"),
    ]


def _data_folder(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_text("")
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(False, f"数据目录 {folder} 不能写入（{error.strerror}）：请检查目录权限，或改 LVDA_DATA_DIR。")
    if free < LEAST_FREE:
        return Finding(False, f"数据目录 {folder} 所在磁盘只剩 {free // 1024**2} MB：请清理磁盘。")
    return Finding(True, f"数据目录 {folder} 可写，剩余 {free // 1024**3} GB。")


def _database(settings: Settings) -> list[Finding]:
    try:
        store = open_store(settings.sql_url)
    except StoreUnavailable as error:
        return [Finding(False, str(error))]
    try:
        store.ping()
        if not store.is_migrated():
            return [Finding(False, "数据库结构不是当前版本：请先运行 lvda init。")]
        return [
            Finding(True, f"数据库可用（{'SQLite' if store.on_sqlite else 'PostgreSQL'}）。"),
            _campaigns(store),
            _audit_log(store),
        ]
    except StoreUnavailable as error:
        return [Finding(False, str(error))]
    finally:
        store.close()


def _campaigns(store: Store) -> Finding:
    with store.reading() as session:
        published = session.scalar(
            select(func.count()).select_from(tables.Campaign).where(tables.Campaign.state == "published")
        )
    if not published:
        return Finding(False, "没有已发布的活动：用 lvda campaign create 和 publish 建一个，或运行 lvda serve --demo。")
    return Finding(True, f"已发布的活动：{published} 个。")


def _audit_log(store: Store) -> Finding:
    with store.reading() as session:
        verdict = audit.verify(session, now_ms())
    told = "".join(verdict.sentences) or "审计日志刚刚开始，还没有连成链。"
    return Finding(verdict.well and not verdict.is_late, told)


def _redis(settings: Settings) -> Finding:
    try:
        client = open_redis(settings.redis_url, settings.data_dir)
    except StoreUnavailable as error:
        return Finding(False, str(error))
    if client is None:
        chosen = settings.redis_url == WITHOUT_REDIS
        return Finding(chosen, "按设置不用 Redis，名次直接查数据库。" if chosen else _NO_REDIS)
    with client:
        try:
            alive = bool(client.ping())
        except redis.RedisError:
            alive = False
    return Finding(alive, "Redis 可用。" if alive else "Redis 没有响应：答题照常，名次较慢；请检查 LVDA_REDIS_URL。")


_NO_REDIS = "没有找到正在运行的内置 Valkey：运行 lvda serve 会启动它；不需要时可设 LVDA_REDIS_URL=none。"


def _public_address(settings: Settings) -> Finding:
    trouble = trouble_as_written(settings)
    return Finding(not trouble, trouble or f"对外地址 {settings.public_url}。")


def _listening(settings: Settings) -> list[Finding]:
    """A few clients that send their bodies slowly can hold every thread, unless a proxy takes bodies in first."""
    if settings.host in {"127.0.0.1", "::1", "localhost"}:
        return []
    return [
        Finding(
            False,
            f"服务直接监听 {settings.host}：少数慢速请求就能占满它；请让 LVDA_HOST 保持 127.0.0.1，"
            "前面放会先收完请求的反向代理（如 nginx，见 deploy/nginx.conf）。",
        )
    ]


def _accounts(settings: Settings, visit: Visit) -> list[Finding]:
    """The platforms are asked where the database is fit to keep their tokens; that it is not has been said already."""
    try:
        store = open_store(settings.sql_url)
    except StoreUnavailable:
        return examine_accounts(settings, None, visit, now_ms)
    with closing(store):
        try:
            fit = store.is_migrated()
        except StoreUnavailable:
            fit = False
        return examine_accounts(settings, store if fit else None, visit, now_ms)


def _clock(folder: Path) -> list[Finding]:
    """The platform signs each callback with its time; refusals for their time alone mean that our clock is wrong."""
    if not folder.is_dir():
        return []
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    refused = registry.get_sample_value("lvda_callbacks_refused_total", {"reason": "clock"}) or 0
    if refused:
        return [
            Finding(
                False,
                f"启动以来有 {refused:.0f} 条微信回调签名正确，但时间与本机相差五分钟以上，已拒绝："
                "请校准本机时钟（如 timedatectl set-ntp true）。",
            )
        ]
    return [Finding(True, "没有因时钟偏差而拒绝的回调。")]
