"""Coming in, staying in, leaving; and the guard that every request to the console passes."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import now, stores
from admin.parts import wants_part
from admin.rights import OPEN_TO_ALL, Action, action_of, is_scoped, may, needs
from campaigns import staff
from campaigns.clock import MINUTE
from campaigns.errors import Moved
from campaigns.staff import Account, PasswordRefused, Role, SignInRefused

IDLE_MS = 30 * MINUTE
_SEEN = "console_seen_ms"
_SEEN_GRAIN_MS = MINUTE
"""How often a busy session's cookie is renewed."""


class SignedIn:
    """An account as Flask-Login wants to see it. Its id names the epoch, which a change of password ends."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        return f"{self.account.id}:{self.account.epoch}"


def login_manager() -> LoginManager:
    manager = LoginManager()
    manager.session_protection = None  # addresses change behind an office's proxies; the idle limit is ours
    manager.user_loader(_load)
    return manager


def _load(user_id: str) -> SignedIn | None:
    if now() - session.get(_SEEN, 0) > IDLE_MS:
        return None
    account_id, epoch = user_id.split(":")
    with stores().sql.reading() as reading:
        account = staff.find_account(reading, int(account_id), int(epoch))
    return SignedIn(account) if account else None


@console.before_request
def guard() -> Response | None:
    """Nobody passes who is not signed in, has a one-time password to change, or lacks the right to the view."""
    if request.endpoint == f"{console.name}.static":
        return None
    view = current_app.view_functions[request.endpoint or ""]
    action = action_of(view)
    if action is Action.SIGN_IN:
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    account: Account = current_user.account
    if account.one_time and action is not Action.OWN_ACCOUNT:
        return redirect(url_for("admin.change_password"))
    if action is None or not may(account.role, action):
        abort(403)
    if account.unit_id is not None and action not in OPEN_TO_ALL and not is_scoped(view):
        abort(404)  # it would show more than their units
    if now() - session[_SEEN] > _SEEN_GRAIN_MS:
        session[_SEEN] = now()
    return None


def _ask_to_sign_in() -> Response:
    if wants_part() and request.method == "POST":
        abort(401)  # in a sentence: leading away would lose what the person has typed
    if session.pop("_user_id", None):
        flash("您已退出：超过 30 分钟没有操作，或者密码已经改过。请重新登录。", "warning")
    returnable = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    return redirect(url_for("admin.sign_in", next=request.full_path.rstrip("?") if returnable else None))


@console.route("/sign-in", methods=["GET", "POST"])
@needs(Action.SIGN_IN)
def sign_in() -> str | Response | tuple[str, int]:
    refusal = ""
    if request.method == "POST":
        try:
            account = staff.sign_in(stores().sql, request.form.get("name", ""), request.form.get("password", ""), now())
        except SignInRefused as error:
            refusal = str(error)
        else:
            _let_in(account)
            return redirect(_inside(request.args.get("next", ""), account.role))
    page = render_template("admin/sign_in.html", refusal=refusal, name=request.form.get("name", ""))
    return (page, 403) if refusal else page


def _let_in(account: Account) -> None:
    session[_SEEN] = now()
    login_user(SignedIn(account))


def _inside(address: str, role: Role) -> str:
    """Where to go after signing in: a page of the console, wherever the link that led here came from."""
    parts = urlsplit(address)
    root = url_for("admin.campaigns")
    inside = not parts.scheme and not parts.netloc and parts.path.startswith(root) and "\\" not in address
    return address if inside and parts.path != root else _home(role)


def _home(role: Role) -> str:
    """The page that a role begins with."""
    return url_for("admin.desk" if role is Role.DESK else "admin.campaigns")


@console.context_processor
def beginning() -> dict[str, str]:
    """Where the name of the product leads to, above every page."""
    return {"home": _home(current_user.account.role) if current_user.is_authenticated else url_for("admin.sign_in")}


@console.post("/sign-out")
@needs(Action.SIGN_IN)
def sign_out() -> Response:
    logout_user()
    session.pop(_SEEN, None)
    flash("您已退出。", "success")
    return redirect(url_for("admin.sign_in"))


@console.route("/password", methods=["GET", "POST"])
@needs(Action.OWN_ACCOUNT)
def change_password() -> str | Response | tuple[str, int]:
    refusal = ""
    if request.method == "POST":
        try:
            _change(current_user.account)
        except (PasswordRefused, SignInRefused, Moved) as error:
            refusal = str(error)
        else:
            flash("密码已经改好，其他设备上的登录已全部退出。", "success")
            return redirect(_home(current_user.account.role))
    page = render_template("admin/password.html", refusal=refusal, shortest=staff.SHORTEST_PASSWORD)
    return (page, 422) if refusal else page


def _change(account: Account) -> None:
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        raise PasswordRefused("两次输入的新密码不一样，请重新输入。")
    _let_in(staff.change_password(stores().sql, account, request.form.get("old", ""), new, now()))
