"""What went wrong, as a page of one sentence that says what to do."""

from __future__ import annotations

from typing import NoReturn

from flask import abort, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from admin.console import console
from admin.rights import Action, needs
from campaigns.errors import Moved, NotFound, Refused, Unverifiable
from campaigns.prints.errors import PrintError
from questions.model import UnreadableFile

Told = tuple[str | dict[str, str], int]
"""A page, or what an address for programs answers; and the status."""
_SENTENCES = {
    401: "您已退出，没有保存。填写的内容还在：请另开一个窗口重新登录，再回到这里提交一次。",
    403: "您的账号没有做这件事的权限，需要的话请联系管理员。",
    404: "没有这个页面，请从上面的菜单进入。",
    405: "这个地址不能这样打开，请从上面的菜单进入。",
    413: "文件超过 20 MB，没有保存。请返回上一页，换一个小一些的文件，或拆成几个文件分别导入。",
}


@console.route("/<path:elsewhere>")
@needs(Action.OWN_ACCOUNT)
def nowhere(elsewhere: str) -> NoReturn:
    """Addresses under ours that are no page, so that they are answered as the console answers."""
    abort(404)


@console.errorhandler(CSRFError)
def stale(error: CSRFError) -> Told:
    """The form's token does not belong to this session: an old page, or another site's."""
    return _page("页面放得太久或者登录已变，没有执行。请返回上一页，刷新后重新提交。", 400)


@console.errorhandler(HTTPException)
def refused(error: HTTPException) -> Told:
    code = error.code or 500
    return _page(_SENTENCES.get(code, "没有成功，请返回上一页再试一次。"), code)


@console.errorhandler(NotFound)
def missing(error: NotFound) -> Told:
    return _page(str(error), 404)


@console.errorhandler(Refused)
@console.errorhandler(UnreadableFile)
@console.errorhandler(PrintError)
@console.errorhandler(Unverifiable)
def unwilling(error: Refused | UnreadableFile | PrintError | Unverifiable) -> Told:
    return _page(str(error), 422)


@console.errorhandler(Moved)
def moved(error: Moved) -> Told:
    return _page(str(error), 409)


def _page(sentence: str, code: int) -> Told:
    if request.path.endswith(".json"):
        return {"error": sentence}, code
    return render_template("admin/trouble.html", sentence=sentence), code
