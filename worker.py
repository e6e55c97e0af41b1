"""The worker: wiring only. It sends the outbox, does long work, and the schedules of which it holds the lease.

Several share the work; each is `lvda worker`, of which `lvda serve` keeps one.
"""

from __future__ import annotations

import logging
import secrets
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from random import SystemRandom
from typing import Any

import click

from admin.operations.worker import (
    AT_LEISURE,
    LEISURELY_LEASE_MS,
    Ownership,
    Schedule,
    Tick,
    stop_on_signals,
    work,
)
from bot.wording import notify
from campaigns import addresses
from campaigns.clock import HOUR, SECOND, now_ms
from campaigns.exports import making as exports
from campaigns.jobs import imports
from campaigns.jobs.kinds import Kinds, Running
from campaigns.jobs.working import work_off
from campaigns.privacy import Seal
from campaigns.store import CourteousQueue, Store
from campaigns.stores import Stores, open_stores
from platforms import mail, sms
from platforms.errors import Misconfigured
from platforms.outgoing import Way
from platforms.sender import Office, Sender, Worded
from platforms.wechat.codes import renew_codes
from platforms.wechat.official import OfficialAccount, open_account
from platforms.wechat.ways import ways as wechat_ways
from platforms.wecom.application import Application, open_application
from platforms.wecom.directory import Directory
from platforms.wecom.ways import ways as wecom_ways
from settings import Settings

log = logging.getLogger(__name__)

Ways = Mapping[tuple[str, str], Way]
ABOUT_PRIZES = frozenset({"notice.won", "notice.claim"})


@click.command("worker")
@click.pass_obj
def command(settings: Settings) -> None:
    """Do what must happen by itself, until told to stop."""
    stop = stop_on_signals()
    with open_stores(settings.sql_url, settings.redis_url, settings.data_dir) as stores:
        sys.exit(run(settings, stores, stop))


def run(settings: Settings, stores: Stores, stop: threading.Event, clock: Callable[[], int] = now_ms) -> int:
    """Work until told to stop; what is being sent is finished first. Gives the program's exit code."""
    stores.sql.writers = CourteousQueue()  # participants' answers come first
    name = f"{socket.gethostname()[:30]}-{secrets.token_hex(6)}"
    officials, application = _clients(settings, stores.sql, clock)
    office = Office(
        store=stores.sql,
        ways=ways(settings, stores.sql, clock, officials, application),
        word=_wording(settings.public_url),
        template_of=_templates(settings),
        clock=clock,
        random=SystemRandom(),
    )
    abroad = _abroad(stores.sql, officials, application)
    failed = threading.Event()
    owners = [Ownership(stores.sql, lease, name) for lease in ("schedule", "platform schedule")]
    owners.append(Ownership(stores.sql, "schedule at leisure", name, LEISURELY_LEASE_MS))
    loops = (
        lambda: Sender(office, name).run(stop),
        lambda: work_off(stores, kinds(settings), name, clock, stop),
        lambda: work(stores, clock, stop, owns=owners[0]),
        lambda: work(stores, clock, stop, abroad, owners[1]),
        lambda: work(stores, clock, stop, AT_LEISURE, owners[2]),
    )
    threads = [threading.Thread(target=_run, args=(loop, stop, failed)) for loop in loops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for owner in owners:
        owner.release()
    return int(failed.is_set())


def _run(loop: Callable[[], None], stop: threading.Event, failed: threading.Event) -> None:
    """A loop that a mistake of ours ends takes the others with it: whoever supervises the worker starts it anew."""
    try:
        loop()
    except Exception:
        log.exception("the worker ends")
        failed.set()
    finally:
        stop.set()


def kinds(settings: Settings) -> Kinds:
    """Every kind of long work, and what does it."""
    return {
        exports.KIND: exports.make_export,
        "report": _make_report,
        **imports.doers(Seal(settings.secret())),
    }


def _make_report(stores: Stores, running: Running, now: int) -> str:
    from campaigns.reports.making import make_report  # noqa: PLC0415 — it draws charts, which few workers ever do

    return make_report(stores, running, now)


def _clients(
    settings: Settings, store: Store, clock: Callable[[], int]
) -> tuple[list[OfficialAccount], Application | None]:
    """Of all accounts that may call their platform."""
    accounts, secret = settings.accounts(), settings.secret()
    officials = [
        open_account(account, store, secret, clock) for account in accounts.wechat.values() if account.may_call
    ]
    company = accounts.wecom
    application = open_application(company, store, secret, clock) if company and company.may_call else None
    return officials, application


def ways(
    settings: Settings,
    store: Store,
    clock: Callable[[], int],
    officials: list[OfficialAccount],
    application: Application | None,
) -> Ways:
    """Every way out that is set up, by way and account."""
    found: dict[tuple[str, str], Way] = {}
    for official in officials:
        found |= {(name, official.name): way for name, way in wechat_ways(official).items()}
    if application is not None:
        found |= {(name, ""): way for name, way in wecom_ways(application).items()}
    try:
        if settings.sms_file:
            gateway = sms.read_gateway_file(Path(settings.sms_file), settings.sms_secret.get_secret_value())
            found["sms", ""] = sms.way(gateway, store, clock, settings.timezone)
        if server_url := settings.smtp_url.get_secret_value():
            found["mail", ""] = mail.way(mail.read_mail_server(server_url, settings.mail_from), "绿答", clock)
    except (Misconfigured, OSError) as error:
        log.error("a way out is not set up: %s", error)  # all else goes on; what waits for it says so
    return found


def _wording(base_url: str) -> Callable[[str, Mapping[str, Any]], Worded]:
    def word(wording: str, values: Mapping[str, Any]) -> Worded:
        words = notify(wording, **values)
        return Worded(words.title, words.text, _way_on(base_url, wording, values))

    return word


def _way_on(base_url: str, wording: str, values: Mapping[str, Any]) -> str:
    """Where a notice leads: winners to their prizes, others to the campaign."""
    slug, draw = values.get("slug"), values.get("draw")
    if slug:
        return addresses.prizes(base_url, slug) if wording in ABOUT_PRIZES else addresses.entry(base_url, slug)
    return addresses.draw(base_url, str(draw)) if draw else ""


def _templates(settings: Settings) -> Callable[[str, str], str]:
    accounts = settings.accounts().wechat

    def template_of(account: str, wording: str) -> str:
        template = accounts[account].templates.get(wording) if account in accounts else None
        return template.id if template else ""

    return template_of


def _abroad(store: Store, officials: list[OfficialAccount], application: Application | None) -> Schedule:
    """The ticks that ask platforms, apart from the others: those do not wait for an answer."""
    makers = {official.name: official.make_code for official in officials}

    def renew(stores: Stores, now: int) -> int:
        return renew_codes(store, makers, now)

    found: list[tuple[Tick, int]] = [(renew, HOUR)] if makers else []
    if application is not None:
        found.append((Directory(application).name_members, 10 * SECOND))
    return tuple(found)
