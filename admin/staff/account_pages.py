"""The accounts of the console (后台账号): made, given roles and units, reset, disabled; their sessions ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import SystemRandom

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, settings, stores
from admin.rights import Action, needs
from admin.staff.browsers import browser_named
from campaigns import staff
from campaigns.errors import NotFound, Refused
from campaigns.staff import Role, second_steps, sessions

MEANINGS: Mapping[Role, str] = {
    Role.OWNER: "全部，包括后台账号、审计日志和个人信息",
    Role.ORGANISER: "建活动、发布、抽奖、题库、单位和人员",
    Role.EDITOR: "只管题库",
    Role.VIEWER: "看活动、排名和数据，姓名打码，不能改",
    Role.DESK: "兑奖、发奖和寄奖",
    Role.LIAISON: "只看本单位和下级单位的情况，印本单位的海报，做本单位的报告",
}


@console.get("/staff")
@needs(Action.MANAGE_STAFF)
def staff_accounts() -> str:
    return _list_page()


@console.post("/staff")
@needs(Action.MANAGE_STAFF)
def add_staff_account() -> str | tuple[str, int]:
    """The answer shows the one-time password: nowhere else is it ever seen."""
    sent = request.form
    name = sent.get("name", "")
    try:
        role = _role(sent)
        with stores().sql.transaction() as session:
            unit_code = sent.get("unit", "").strip()
            password = staff.add(session, name, role, now(), SystemRandom(), unit_code=unit_code, by=me())
            name = staff.one(session, name, now()).name
    except (Refused, NotFound) as error:
        return _list_page(str(error), sent), 422
    return _password_page(name, password, "账号已建好。")


@console.get("/staff/<int:account_id>")
@needs(Action.MANAGE_STAFF)
def staff_account(account_id: int) -> str:
    return _account_page(account_id)


@console.post("/staff/<int:account_id>/role")
@needs(Action.MANAGE_STAFF)
def change_staff_role(account_id: int) -> Response | tuple[str, int]:
    sent = request.form

    def change(session: Session, name: str) -> str:
        role, unit_code = _role(sent), sent.get("unit", "").strip()
        staff.change_role(session, name, role, now(), unit_code=unit_code, by=me())
        return f"{name} 现在是{role.label}，需要重新登录。"

    return _do(account_id, change, "role")


@console.post("/staff/<int:account_id>/reset")
@needs(Action.MANAGE_STAFF)
def reset_staff_account(account_id: int) -> str:
    with stores().sql.transaction() as session:
        name = staff.by_id(session, account_id, now()).name
        password = staff.reset(session, name, SystemRandom(), now(), by=me())
    if account_id == current_user.account.id:
        flash("您重置了自己的密码：请记下一次性密码，用它重新登录。", "warning")
    return _password_page(name, password, "密码已重置，这个账号的登录已全部退出，锁定已解除。")


@console.post("/staff/<int:account_id>/disable")
@needs(Action.MANAGE_STAFF)
def disable_staff_account(account_id: int) -> Response | tuple[str, int]:
    def disable(session: Session, name: str) -> str:
        staff.disable(session, name, now(), by=me())
        return f"{name} 已停用，登录已全部退出。"

    return _do(account_id, disable, "disable")


@console.post("/staff/<int:account_id>/enable")
@needs(Action.MANAGE_STAFF)
def enable_staff_account(account_id: int) -> Response | tuple[str, int]:
    def enable(session: Session, name: str) -> str:
        staff.enable(session, name, now(), by=me())
        return f"{name} 可以登录了，密码还是原来的。"

    return _do(account_id, enable, "enable")


@console.post("/staff/<int:account_id>/lift-second-step")
@needs(Action.MANAGE_STAFF)
def lift_second_step(account_id: int) -> Response | tuple[str, int]:
    def lift(session: Session, name: str) -> str:
        second_steps.lift(session, name, now(), by=me())
        return f"{name} 的两步验证已解除，登录已全部退出；请他登录以后重新设置。"

    return _do(account_id, lift, "lift")


@console.post("/staff/<int:account_id>/sessions/<int:session_id>/revoke")
@needs(Action.MANAGE_STAFF)
def revoke_staff_session(account_id: int, session_id: int) -> Response | tuple[str, int]:
    def revoke(session: Session, name: str) -> str:
        sessions.revoke(session, name, session_id, now(), by=me())
        return "那一处已退出。"

    return _do(account_id, revoke, "sessions")


@console.post("/staff/<int:account_id>/sessions/revoke")
@needs(Action.MANAGE_STAFF)
def revoke_staff_sessions(account_id: int) -> Response | tuple[str, int]:
    def revoke(session: Session, name: str) -> str:
        but = current_user.session.id if account_id == current_user.account.id else None
        return f"{name} 的 {sessions.revoke_all(session, name, now(), but=but, by=me())} 处登录已退出。"

    return _do(account_id, revoke, "sessions")


def _do(account_id: int, deed: Callable[[Session, str], str], what: str) -> Response | tuple[str, int]:
    """A deed of the session and the account's name, which says that it is done; refused, it is told beside its form."""
    with stores().sql.reading() as session:
        name = staff.by_id(session, account_id, now()).name
    if account_id == current_user.account.id and what in {"role", "disable"}:
        return _account_page(account_id, what, "这是您自己的账号：停用和换角色请让另一个管理员来办。"), 422
    try:
        with stores().sql.transaction() as session:
            told = deed(session, name)
    except (Refused, NotFound) as error:
        return _account_page(account_id, what, str(error)), 422
    flash(told, "success")
    return redirect(url_for("admin.staff_account", account_id=account_id))


def _role(sent: Mapping[str, str]) -> Role:
    """Raises Refused."""
    role = sent.get("role", "")
    if role not in set(Role):
        raise Refused("请选一个角色。")
    return Role(role)


def _list_page(refusal: str = "", sent: Mapping[str, str] | None = None) -> str:
    with stores().sql.reading() as session:
        lines = staff.list_accounts(session, now())
    return render_template(
        "admin/staff_accounts.html",
        lines=lines,
        roles=MEANINGS,
        longest=staff.LONGEST_NAME,
        is_required=settings().second_step == "required",
        refusal=refusal,
        sent=sent or {},
    )


def _account_page(account_id: int, what: str = "", refusal: str = "") -> str:
    """Perhaps with what has just been refused, and why."""
    at = now()
    with stores().sql.reading() as session:
        line = staff.by_id(session, account_id, at)
        places = sessions.places(session, line.id, at)
    return render_template(
        "admin/staff_account.html",
        line=line,
        sessions=places,
        here=current_user.session.id,
        browser_named=browser_named,
        roles=MEANINGS,
        what=what,
        refusal=refusal,
        sent=request.form,
    )


def _password_page(name: str, password: str, told: str) -> str:
    return render_template("admin/staff_password.html", name=name, password=password, told=told)
