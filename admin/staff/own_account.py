"""One's own account (我的账号): the password, the second step, and where one is signed in."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, settings, stores
from admin.rights import Action, needs
from admin.sign_in import home_of
from admin.staff.browsers import browser_named
from campaigns import staff
from campaigns.errors import Moved
from campaigns.staff import PasswordRefused, SignInRefused, sessions


@console.get("/account")
@needs(Action.OWN_ACCOUNT)
def my_account() -> str:
    return own_page()


def own_page(refusal: str = "") -> str:
    """Perhaps with why the second step was not changed."""
    at = now()
    with stores().sql.reading() as session:
        line = staff.by_id(session, current_user.account.id, at)
        places = sessions.places(session, line.id, at)
    return render_template(
        "admin/my_account.html",
        line=line,
        sessions=places,
        here=current_user.session.id,
        browser_named=browser_named,
        is_required=settings().second_step == "required",
        refusal=refusal,
    )


@console.post("/account/sessions/<int:session_id>/revoke")
@needs(Action.OWN_ACCOUNT)
def revoke_own_session(session_id: int) -> Response:
    with stores().sql.transaction() as session:
        sessions.revoke(session, me(), session_id, now(), by=me())
    flash("那一处已退出。", "success")
    return redirect(url_for("admin.my_account"))


@console.post("/account/sessions/revoke-others")
@needs(Action.OWN_ACCOUNT)
def revoke_other_sessions() -> Response:
    with stores().sql.transaction() as session:
        ended = sessions.revoke_all(session, me(), now(), but=current_user.session.id, by=me())
    flash(f"其他 {ended} 处登录已全部退出。", "success")
    return redirect(url_for("admin.my_account"))


@console.route("/password", methods=["GET", "POST"])
@needs(Action.OWN_ACCOUNT)
def change_password() -> str | Response | tuple[str, int]:
    refusal = ""
    if request.method == "POST":
        try:
            _change()
        except (PasswordRefused, SignInRefused, Moved) as error:
            refusal = str(error)
        else:
            flash("密码已经改好，其他设备上的登录已全部退出。", "success")
            return redirect(home_of(current_user.account.role))
    page = render_template("admin/password.html", refusal=refusal, shortest=staff.SHORTEST_PASSWORD)
    return (page, 422) if refusal else page


def _change() -> None:
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        raise PasswordRefused("两次输入的新密码不一样，请重新输入。")
    old, here = request.form.get("old", ""), current_user.session.id
    staff.change_password(stores().sql, current_user.account, old, new, now(), here=here)
