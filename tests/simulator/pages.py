"""The platforms' own pages that a visitor's browser is led to: sign-in, and the picture of a code."""

from __future__ import annotations

import io
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import qrcode
from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from simulator.world import World

VISITOR = "simulator_visitor"
"""The cookie that says whose phone this browser is."""


def make_wechat_pages(world: World) -> Blueprint:
    pages = Blueprint("wechat_pages", __name__, url_prefix="/wechat-api")

    @pages.get("/connect/oauth2/authorize")
    def authorize() -> str | BaseResponse:
        """Source: 网页授权. snsapi_base asks nothing of who is known; otherwise there is a page to agree on.

        Redirected back with ``code`` and ``state``; the address must be of the domain that the account is registered
        with, here the product's own.
        """
        account = next((a for a in world.accounts.values() if a.app_id == request.args.get("appid")), None)
        target = request.args.get("redirect_uri", "")
        scope = request.args.get("scope", "")
        if account is None:
            return _failed("AppID 参数错误", 10013)
        if request.args.get("response_type") != "code" or scope not in {"snsapi_base", "snsapi_userinfo"}:
            return _failed("Scope 参数错误或没有 Scope 权限", 10005)
        if urlsplit(target)[:2] != urlsplit(world.product_url)[:2]:
            return _failed("redirect_uri 域名与后台配置不一致", 10003)
        visitor = request.args.get("as") or request.cookies.get(VISITOR, "")
        if visitor in account.followers and (scope == "snsapi_base" or "as" in request.args):
            code = account.authorize(visitor, scope, snapshot="snapshot" in request.args)
            return redirect(_with(target, code=code, state=request.args.get("state", "")))
        choices = [(each.name, _with(request.url, **{"as": each.openid})) for each in account.followers.values()]
        return render_template("authorize.html", choices=choices, platform="微信")

    @pages.get("/cgi-bin/showqrcode")
    def showqrcode() -> Response:
        """Source: 生成带参数的二维码, 通过ticket换取二维码. Here a PNG; 404 for a ticket that is none."""
        tickets = {
            ticket: found.url for account in world.accounts.values() for ticket, found in account.tickets.items()
        }
        return (
            picture(tickets[request.args["ticket"]]) if request.args.get("ticket") in tickets else Response(status=404)
        )

    return pages


def make_wecom_pages(world: World) -> Blueprint:
    pages = Blueprint("wecom_pages", __name__, url_prefix="/wecom-api")

    @pages.get("/connect/oauth2/authorize")
    def authorize() -> str | BaseResponse:
        """Source: 企业微信 网页授权登录, 构造网页授权链接. snsapi_base asks a member nothing."""
        corp, target = world.corp, request.args.get("redirect_uri", "")
        if request.args.get("appid") != corp.corp_id:
            return _failed("corpid 参数错误", 40013)
        if request.args.get("response_type") != "code":
            return _failed("response_type 参数错误", 40035)
        if request.args.get("scope") not in {"snsapi_base", "snsapi_privateinfo"}:
            return _failed("scope 参数错误", 40035)
        if urlsplit(target)[:2] != urlsplit(world.product_url)[:2]:
            return _failed("redirect_uri 与配置的授权完成回调域不一致", 50001)
        visitor = request.args.get("as") or request.cookies.get(VISITOR, "")
        if visitor in corp.members:
            return redirect(_with(target, code=corp.sign_in(visitor), state=request.args.get("state", "")))
        choices = [(each.name, _with(request.url, **{"as": each.userid})) for each in corp.members.values()]
        return render_template("authorize.html", choices=choices, platform="企业微信")

    return pages


def picture(text: str) -> Response:
    """The PNG of a code that holds a text."""
    file = io.BytesIO()
    qrcode.make(text).save(file)
    return Response(file.getvalue(), mimetype="image/png")


def _failed(sentence: str, code: int) -> str:
    return render_template("failed.html", sentence=sentence, code=code)


def _with(address: str, **more: str) -> str:
    parts = urlsplit(address)
    query = [*((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in more), *more.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))
