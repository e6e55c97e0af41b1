"""Coming in, staying in, leaving; and the guard that every request to the console passes.

Who has signed in holds a key in the cookie, by which their session is found in SQL: see `campaigns.staff.sessions`.
Who has given their password, and has a second step to pass, is nobody yet: the cookie remembers for five minutes whose
password it was.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import now, settings, stores
from admin.parts import wants_part
from admin.rights import OPEN_TO_ALL, Action, action_of, is_scoped, may, needs
from admin.scope import is_campaign_seen
from campaigns import staff
from campaigns.clock import MINUTE
from campaigns.errors import Moved
from campaigns.staff import Account, Role, SignedIn, SignInRefused, second_steps, sessions

HALF_WAY_MS = 5 * MINUTE
"""How long a password that was right waits for the code of the second step."""
AUTOMATIC = "X-Automatic"
"""The header of what a page asks for by itself: somebody who has left it open is not there for that."""
_HALF_WAY = "console_half_way"


class Visitor:
    """Whoever is signed in, as Flask-Login wants to see them. The id is the key of their session."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, found: SignedIn, key: str) -> None:
        self.account = found.account
        self.session = found
        self._key = key

    def get_id(self) -> str:
        return self._key


def login_manager() -> LoginManager:
    manager = LoginManager()
    manager.session_protection = None  # addresses change behind an office's proxies; the limits are ours
    manager.user_loader(_load)
    return manager


def _load(key: str) -> Visitor | None:
    with stores().sql.reading() as reading:
        found = sessions.find(reading, key, now())
    return Visitor(found, key) if found else None


@console.before_request
def guard() -> Response | None:
    """Nobody passes who is not signed in, has a password or a second step to set up, or lacks the right to the view."""
    if request.endpoint == f"{console.name}.static":
        return None
    view = current_app.view_functions[request.endpoint or ""]
    action = action_of(view)
    if action is Action.SIGN_IN:
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    account: Account = current_user.account
    if action is not Action.OWN_ACCOUNT and (unfinished := _unfinished(account)):
        return redirect(url_for(unfinished))
    if action is None or not may(account.role, action):
        abort(403)
    if account.unit_id is not None and action not in OPEN_TO_ALL:
        _keep_to_own_units(is_scoped(view))
    if AUTOMATIC not in request.headers and now() - current_user.session.seen_ms > sessions.SEEN_GRAIN_MS:
        with stores().sql.transaction() as writing:
            sessions.touch(writing, current_user.session, now())
    return None


def _unfinished(account: Account) -> str:
    """The endpoint of what an account must do before anything else; empty: nothing."""
    if account.one_time:
        return "admin.change_password"
    if settings().second_step == "required" and not account.has_second_step:
        return "admin.set_up_second_step"
    return ""


def _keep_to_own_units(keeps_by_itself: bool) -> None:
    """What a liaison may not see does not exist: views of everybody's, campaigns that are not for their units."""
    if not keeps_by_itself:
        abort(404)
    slug = (request.view_args or {}).get("slug")
    if slug is not None:
        with stores().sql.reading() as reading:
            if not is_campaign_seen(reading, slug):
                abort(404)


def _ask_to_sign_in() -> Response:
    if wants_part() and request.method == "POST":
        abort(401)  # in a sentence: leading away would lose what the person has typed
    if session.pop("_user_id", None):
        flash("您已退出：超过 30 分钟没有操作、登录满 12 小时，或者账号有了变化。请重新登录。", "warning")
    returnable = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    return redirect(url_for("admin.sign_in", next=request.full_path.rstrip("?") if returnable else None))


@console.route("/sign-in", methods=["GET", "POST"])
@needs(Action.SIGN_IN)
def sign_in() -> str | Response | tuple[str, int]:
    refusal = ""
    if request.method == "POST":
        try:
            account = staff.sign_in(stores().sql, request.form.get("name", ""), request.form.get("password", ""), now())
            if account.has_second_step:
                session[_HALF_WAY] = [account.id, account.epoch, now()]
                return redirect(url_for("admin.sign_in_code", next=request.args.get("next")))
            _let_in(account)
            return redirect(_inside(request.args.get("next", ""), account.role))
        except (SignInRefused, Moved) as error:
            refusal = str(error)
    page = render_template("admin/sign_in.html", refusal=refusal, name=request.form.get("name", ""))
    return (page, 403) if refusal else page


@console.route("/sign-in/code", methods=["GET", "POST"])
@needs(Action.SIGN_IN)
def sign_in_code() -> str | Response | tuple[str, int]:
    """The second step of whoever has just given their password."""
    account = _half_way()
    if account is None:
        session.pop(_HALF_WAY, None)
        flash("隔得太久了，请重新输入用户名和密码。", "warning")
        return redirect(url_for("admin.sign_in", next=request.args.get("next")))
    if request.method == "GET":
        return render_template("admin/sign_in_code.html", refusal="")
    try:
        prove_second_step(account)
        _let_in(account)
    except (SignInRefused, Moved) as error:
        return render_template("admin/sign_in_code.html", refusal=str(error)), 403
    return redirect(_inside(request.args.get("next", ""), account.role))


def prove_second_step(account: Account) -> None:
    """By the code that the form brings. Raises SignInRefused."""
    seal = second_steps.seal_of(settings().secret())
    second_steps.prove(stores().sql, account, request.form.get("code", ""), seal, now())


def _half_way() -> Account | None:
    account_id, epoch, at = session.get(_HALF_WAY, (0, 0, 0))
    if not 0 <= now() - at <= HALF_WAY_MS:
        return None
    with stores().sql.reading() as reading:
        return staff.find_account(reading, account_id, epoch)


def _let_in(account: Account) -> None:
    """Raises Moved."""
    key = secrets.token_urlsafe(32)
    agent = request.user_agent.string
    with stores().sql.transaction() as writing:
        sessions.begin(writing, account, key, now(), address=request.remote_addr or "", agent=agent)
    session.pop(_HALF_WAY, None)
    visitor = _load(key)
    if visitor is not None:
        login_user(visitor)


def _inside(address: str, role: Role) -> str:
    """Where to go after signing in: a page of the console, wherever the link that led here came from."""
    parts = urlsplit(address)
    root = url_for("admin.campaigns")
    inside = not parts.scheme and not parts.netloc and parts.path.startswith(root) and "\\" not in address
    return address if inside and parts.path != root else home_of(role)


def home_of(role: Role) -> str:
    """The page that a role begins with."""
    return url_for("admin.desk" if role is Role.DESK else "admin.campaigns")


@console.context_processor
def beginning() -> dict[str, str]:
    """Where the name of the product leads to, above every page."""
    return {"home": home_of(current_user.account.role) if current_user.is_authenticated else url_for("admin.sign_in")}


@console.post("/sign-out")
@needs(Action.SIGN_IN)
def sign_out() -> Response:
    if current_user.is_authenticated:
        with stores().sql.transaction() as writing:
            sessions.end(writing, current_user.session, now())
    logout_user()
    session.pop(_HALF_WAY, None)
    flash("您已退出。", "success")
    return redirect(url_for("admin.sign_in"))
