"""The accounts on the platforms: how each is set, what it may do just now, and what it was given. No secrets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.console import console
from admin.context import now, settings, stores
from admin.official_accounts import official_account
from admin.rights import Action, needs
from campaigns import tables
from campaigns.clock import MINUTE
from platforms.accounts import Template, WechatAccount, WecomAccount
from platforms.circuits import REACHABILITY, TOKEN, Circuits, OpenCircuit
from platforms.deadlines import within
from platforms.errors import Misconfigured, PlatformError, Refused
from platforms.wechat.codes import RENEWED_BEFORE_MS, Code, all_codes
from platforms.wechat.official import Quota
from platforms.wechat.quotas import INTERFACES

CALLS = {REACHABILITY: "全部调用", TOKEN: "需要凭证的调用", **INTERFACES}


@dataclass(frozen=True, slots=True)
class Standing:
    """What SQL knows of an account."""

    token_ms: int | None
    """When its access token was fetched; None: never yet."""
    token_ends_ms: int | None
    circuits: list[OpenCircuit]
    """Kinds of calls that it must not make for a while."""


@dataclass(frozen=True, slots=True)
class Codes:
    """The parametric codes of an official account."""

    permanent: int
    temporary: int
    renewed_ms: int | None
    """When the first of the temporary ones is made anew; None: there are none."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One account as the screen shows it."""

    platform: str
    name: str
    """As settings and commands call it; empty: the default one."""
    app_id: str
    callback: str
    mode: str
    calls: bool
    """Whether it has what a call to the platform needs."""
    oauth: bool
    standing: Standing
    codes: Codes | None
    templates: tuple[tuple[str, Template], ...]
    """By wording key."""


@dataclass(frozen=True, slots=True)
class Calls:
    """How often an interface may still be called today."""

    name: str
    quota: Quota | None
    refusal: str
    """Why there is no such number; empty: there is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an account's platform said of its calls, and when."""

    at_ms: int
    calls: tuple[Calls, ...]
    trouble: str
    """Why it did not say more; empty: it said all."""


QUOTA_S = 3.0
QUOTA_KEPT_MS = MINUTE


@console.get("/accounts")
@needs(Action.SEE_ACCOUNTS)
def accounts() -> str:
    """All of them; with ``?quota=NAME`` the platform is asked how often that one may still call today."""
    configured, at = settings().accounts(), now()
    wanted = configured.wechat.get(request.args.get("quota", "-"))
    asked = {wanted.name: _quotas(wanted.name, at)} if wanted is not None and wanted.may_call else {}
    with stores().sql.reading() as session:
        codes = all_codes(session, at)
        shown = [_official(session, account, codes, at) for account in configured.wechat.values()]
        if configured.wecom is not None:
            shown.append(_wecom(session, configured.wecom, at))
    return render_template("admin/accounts.html", accounts=shown, asked=asked, span=span, calls_named=calls_named)


def _official(session: Session, account: WechatAccount, codes: list[Code], at: int) -> Shown:
    return Shown(
        platform="wechat",
        name=account.name,
        app_id=account.app_id,
        callback=_callback("wechat", account.name) if account.token else "",
        mode="安全模式" if account.aes_key else "明文模式",
        calls=account.may_call,
        oauth=account.oauth,
        standing=_standing(session, "wechat", account.name, at),
        codes=_codes(code for code in codes if code.account == account.name),
        templates=tuple(account.templates.items()),
    )


def _wecom(session: Session, account: WecomAccount, at: int) -> Shown:
    return Shown(
        platform="wecom",
        name=account.name,
        app_id=f"{account.corp_id} / {account.agent_id}",
        callback=_callback("wecom", account.name) if account.token else "",
        mode="加密",
        calls=account.may_call,
        oauth=account.may_call,
        standing=_standing(session, "wecom", account.name, at),
        codes=None,
        templates=(),
    )


def _quotas(name: str, at: int) -> Asked:
    """Asked of the platform at most once a minute."""
    kept: dict[str, Asked] = current_app.extensions.setdefault("lvda.quotas", {})
    if name not in kept or not 0 <= at - kept[name].at_ms < QUOTA_KEPT_MS:
        kept[name] = _ask(name, at)
    return kept[name]


def _ask(name: str, at: int) -> Asked:
    """All within a few seconds; when the platform does not answer, or knows us not, it is not asked on and on."""
    official = official_account(settings(), stores().sql, name, now)
    calls: list[Calls] = []
    with within(QUOTA_S):
        for path, called in INTERFACES.items():
            try:
                calls.append(Calls(called, official.quota(path), ""))
            except PlatformError as error:
                if not isinstance(error, Refused) or isinstance(error, Misconfigured):
                    return Asked(at, tuple(calls), str(error))
                calls.append(Calls(called, None, str(error)))
    return Asked(at, tuple(calls), "")


def _callback(platform: str, name: str) -> str:
    """What is to be pasted into the platform's page."""
    return f"{settings().public_url}/{platform}{f'/{name}' if name else ''}"


def _standing(session: Session, platform: str, name: str, at: int) -> Standing:
    token = tables.AccessToken
    kept = session.execute(
        select(token.fetched_ms, token.expires_ms).where(
            token.platform == platform, token.account == name, token.purpose == "access", token.sealed != ""
        )
    ).one_or_none()
    circuits = Circuits(stores().sql, platform, name, lambda: at).all_open()
    return Standing(kept and kept.fetched_ms, kept and kept.expires_ms, circuits)


def _codes(codes: Iterable[Code]) -> Codes:
    ends = [code.expires_ms for code in codes]
    temporary = [end for end in ends if end is not None]
    return Codes(len(ends) - len(temporary), len(temporary), min(temporary) - RENEWED_BEFORE_MS if temporary else None)


def span(ms: int) -> str:
    """A time as people say it: ``1 小时 48 分钟``."""
    hours, minutes = divmod(max(ms, 0) // MINUTE, 60)
    return f"{hours} 小时 {minutes} 分钟" if hours else f"{minutes} 分钟" if minutes else "不到 1 分钟"


def calls_named(api: str) -> str:
    """A circuit's kind of calls as people say it."""
    return CALLS.get(api, api)
