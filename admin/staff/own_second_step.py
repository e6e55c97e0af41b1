"""The second step of one's own account: set up with an app, its recovery codes shown once, given up again.

Nothing is kept until the app has shown that it has the secret: between the two requests the page itself holds it,
sealed.
"""

from __future__ import annotations

import base64
import io
from random import SystemRandom

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import QRCode
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import now, settings, stores
from admin.rights import Action, needs
from admin.sign_in import home_of, prove_second_step
from admin.staff.own_account import own_page
from campaigns.errors import Moved, Refused
from campaigns.staff import SignInRefused, second_steps


@console.route("/account/second-step", methods=["GET", "POST"])
@needs(Action.OWN_ACCOUNT)
def set_up_second_step() -> str | Response | tuple[str, int]:
    account, seal = current_user.account, second_steps.seal_of(settings().secret())
    if account.has_second_step:
        return redirect(url_for("admin.my_account"))
    sealed = request.form.get("sealed", "")
    if request.method == "GET" or not seal.open(sealed):
        return _set_up_page(seal.seal(second_steps.new_secret(SystemRandom())))
    code, here = request.form.get("code", ""), current_user.session.id
    try:
        with stores().sql.transaction() as session:
            codes = second_steps.set_up(session, account, sealed, code, seal, now(), SystemRandom(), here=here)
    except Moved as error:
        flash(str(error), "warning")
        return redirect(url_for("admin.my_account"))
    except Refused as error:
        return _set_up_page(sealed, str(error)), 422
    return _codes_page(codes, "两步验证已打开，其他设备上的登录已全部退出。")


@console.post("/account/second-step/codes")
@needs(Action.OWN_ACCOUNT)
def renew_recovery_codes() -> str | tuple[str, int]:
    try:
        prove_second_step(current_user.account)
        with stores().sql.transaction() as session:
            codes = second_steps.renew_recovery_codes(session, current_user.account, now(), SystemRandom())
    except (SignInRefused, Moved) as error:
        return own_page(str(error)), 422
    return _codes_page(codes, "新的恢复码已经做好，以前的全部作废。")


@console.post("/account/second-step/stop")
@needs(Action.OWN_ACCOUNT)
def stop_second_step() -> Response | tuple[str, int]:
    try:
        if settings().second_step == "required":
            raise Refused("这里要求所有后台账号都用两步验证，不能关闭；换手机请先联系管理员解除，再重新设置。")
        prove_second_step(current_user.account)
        with stores().sql.transaction() as session:
            second_steps.stop(session, current_user.account, now())
    except Refused as error:
        return own_page(str(error)), 422
    flash("两步验证已关闭，以后只用密码登录。", "success")
    return redirect(url_for("admin.my_account"))


def _set_up_page(sealed: str, refusal: str = "") -> str:
    secret = second_steps.seal_of(settings().secret()).open(sealed)
    address = second_steps.address(secret, current_user.account.name)
    return render_template(
        "admin/second_step.html",
        sealed=sealed,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        address=address,
        picture=_picture(address),
        is_required=settings().second_step == "required",
        refusal=refusal,
    )


def _codes_page(codes: tuple[str, ...], told: str) -> str:
    home = home_of(current_user.account.role)
    return render_template("admin/recovery_codes.html", codes=codes, told=told, onward=home)


def _picture(address: str) -> str:
    """A QR code as an address that holds the picture itself: the secret is asked for by no second request."""
    out = io.BytesIO()
    code = QRCode()
    code.add_data(address)
    code.make_image(image_factory=SvgPathFillImage).save(out)
    return f"data:image/svg+xml;base64,{base64.b64encode(out.getvalue()).decode()}"
