"""The web application: wiring only. `create` is the factory that web servers call."""

from __future__ import annotations

import atexit
import ipaddress
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import timedelta
from random import SystemRandom
from threading import Semaphore
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from prometheus_client import CollectorRegistry
from werkzeug.middleware.proxy_fix import ProxyFix

from admin import screens
from admin.english import BilingualEnvironment
from bot import health, pages
from bot.channels import wechat, wecom
from bot.dialogue import Desk
from bot.intents import read_intent
from bot.links import Links
from bot.metrics import Counts
from bot.pages import domain, draws, repointing, samples, sign_in_flow, wechat_sign_in, wecom_sign_in
from bot.pages.footer import footer_parts
from campaigns.clock import now_ms
from campaigns.errors import StoreUnavailable
from campaigns.stores import Stores, open_stores
from platforms.wechat.official import OfficialAccount, open_account
from platforms.wecom.application import Application, open_application
from settings import Settings, configure_logging, read_settings

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
LARGEST_UPLOAD = 20 * 1024 * 1024


def create() -> Flask:
    """The application by the environment's settings; its stores are closed when the process ends."""
    settings = read_settings()
    configure_logging(settings)
    stack = ExitStack()
    stores = stack.enter_context(open_stores(settings.sql_url, settings.redis_url, settings.data_dir))
    atexit.register(stack.close)
    return create_app(settings, stores)


def create_app(settings: Settings, stores: Stores, clock: Callable[[], int] = now_ms) -> Flask:
    """The application over opened stores; `clock` gives UTC milliseconds."""
    app = Flask("lvda", static_folder=None)
    app.jinja_environment = BilingualEnvironment  # before anything asks for an environment, which makes it
    secret = settings.secret()
    app.config.update(
        SECRET_KEY=secret,
        LVDA=settings,
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
        SESSION_COOKIE_NAME="lvda",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=180),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the token decides; phones behind an office's proxy often send no referrer
    )
    app.session_interface = PageSessions()
    links = Links(settings.public_url, secret, clock)
    registry = CollectorRegistry()
    app.extensions["lvda"] = stores
    app.extensions["lvda.clock"] = clock
    app.extensions["lvda.links"] = links
    app.extensions["lvda.registry"] = registry
    app.extensions["lvda.is_command"] = lambda text: read_intent(text) is not None
    app.extensions["lvda.footer_parts"] = footer_parts
    app.extensions["lvda.sample"] = samples.sample
    app.extensions["lvda.wecom"] = _application(settings, stores, clock)
    app.extensions["lvda.signs_in"] = _signs_in(settings, stores, clock)
    app.extensions["lvda.sign_ins"] = Semaphore(sign_in_flow.AT_ONCE)
    desk = Desk(stores, links, SystemRandom())
    counts = Counts(registry)
    official = wechat.make_blueprint(wechat.Reception(_callbacks(settings), desk, counts, clock))
    company = wecom.make_blueprint(_wecom(settings, desk, counts, clock))
    csrf = CSRFProtect(app)
    for callbacks in (official, company):
        csrf.exempt(callbacks)
    doors = (repointing, health, pages, draws, domain, wechat_sign_in, wecom_sign_in)
    for blueprint in (official, company, *(door.blueprint for door in doors)):
        app.register_blueprint(blueprint)
    screens.register(app)
    app.after_request(_protect)
    app.register_error_handler(StoreUnavailable, _unavailable)
    pages.handle_errors(app)
    app.wsgi_app = readable(app.wsgi_app)  # type: ignore[assignment,method-assign]
    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    return app


def _callbacks(settings: Settings) -> dict[str, wechat.Callback]:
    """The official accounts whose callbacks can be checked, by name."""
    accounts = [
        wechat.Account(one.name, one.app_id, one.token, one.aes_key)
        for one in settings.accounts().wechat.values()
        if one.token
    ]
    return {account.name: wechat.Callback(account, account.cipher()) for account in accounts}


def _wecom(settings: Settings, desk: Desk, counts: Counts, clock: Callable[[], int]) -> wecom.Reception:
    account = settings.accounts().wecom
    cards = settings.wecom_cards and account is not None and account.may_call
    return wecom.Reception(wecom.callback_of(account), desk, counts, clock, cards)


def _application(settings: Settings, stores: Stores, clock: Callable[[], int]) -> Application | None:
    """The application in WeCom; None where there is none that may call the platform."""
    account = settings.accounts().wecom
    if account is None or not account.may_call:
        return None
    return open_application(account, stores.sql, settings.secret(), clock)


def _signs_in(settings: Settings, stores: Stores, clock: Callable[[], int]) -> OfficialAccount | None:
    """The official account by which pages learn who opened them: the first that may; None where none may."""
    for account in settings.accounts().wechat.values():
        if account.oauth and account.may_call:
            return open_account(account, stores.sql, settings.secret(), clock)
    return None


def _protect(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _unavailable(error: StoreUnavailable) -> tuple[str, int, dict[str, str]]:
    return "现在人多，请稍等几秒再试，您的成绩不会丢失。\n", 503, {"Content-Type": "text/plain; charset=utf-8"}


class PageSessions(SecureCookieSessionInterface):
    """Sessions for pages alone: a platform's callback brings no cookie, and need not pay for one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return None if request.path.startswith(("/wechat", "/wecom")) else super().open_session(app, request)


StartResponse = Callable[..., Any]
WSGIApplication = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def readable(application: WSGIApplication) -> WSGIApplication:
    """Percent-encodes what is not ASCII in a query: some phones send it as typed, which werkzeug cannot read."""

    def read(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        query: str = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = "".join(c if c.isascii() else f"%{ord(c):02X}" for c in query)
        return application(environ, start_response)

    return read


class TrustedProxies:
    """Believes X-Forwarded-For and -Proto only from the named addresses and networks."""

    def __init__(self, application: WSGIApplication, trusted: Iterable[str]) -> None:
        self._direct = application
        self._forwarded = ProxyFix(application, x_for=1, x_proto=1)
        self._networks = [ipaddress.ip_network(network, strict=False) for network in trusted]

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        return (self._forwarded if self._is_trusted(environ.get("REMOTE_ADDR", "")) else self._direct)(
            environ, start_response
        )

    def _is_trusted(self, remote: str) -> bool:
        try:
            address = ipaddress.ip_address(remote)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address):
            address = address.ipv4_mapped or address  # how a socket that hears both kinds names an IPv4 client
        return any(address in network for network in self._networks)
