"""The calls that an official account may make. Each names the page of the platform's documentation that says how."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from simulator.chats import TEXT_BYTES, Tap
from simulator.deliveries import cdata, reachable
from simulator.followers import Follower
from simulator.menus import check_buttons
from simulator.official_accounts import OfficialAccount
from simulator.refusals import Refusal
from simulator.requests_in import JSON, Endpoints, Incoming, mapping, text

endpoints = Endpoints()

OK: JSON = {"errcode": 0, "errmsg": "ok"}
LONGEST_TICKET_S = 2_592_000
PERMANENT_TICKETS = 100_000
CODE_LIFETIME_S = 300
DEDUPED_S = 600
CLEARS_A_MONTH = 10
LONGEST_VALUES = {"thing": 20, "character_string": 32, "phrase": 5, "name": 20, "number": 32, "letter": 32, "symbol": 5}
"""Characters of a notice's values, by what their field's name begins with. Source: 订阅通知, 参数值内容限制说明."""


@endpoints.add("GET POST", "cgi-bin/token", token=False, daily=2_000)
def token(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 获取接口调用凭据."""
    if call.args.get("grant_type") != "client_credential":
        raise Refusal(40002)
    value, seconds = account.classic.classic()
    return {"access_token": value, "expires_in": seconds}


@endpoints.add("POST", "cgi-bin/stable_token", token=False, daily=500_000)
def stable_token(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 获取稳定版接口调用凭据."""
    payload = call.json()
    if payload.get("grant_type") != "client_credential":
        raise Refusal(40002)
    value, seconds = account.stable.stable(force=payload.get("force_refresh") is True)
    return {"access_token": value, "expires_in": seconds}


@endpoints.add("POST", "cgi-bin/message/custom/send", daily=500_000)
def custom_send(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 客服消息, 发送客服消息."""
    payload = call.json()
    follower = _follower(account, payload)
    taps: tuple[Tap, ...] = ()
    match payload.get("msgtype"):
        case "text":
            said = text(mapping(payload, "text"), "content")
        case "msgmenu":
            said, taps = _menu_message(mapping(payload, "msgmenu"))
        case _:
            raise Refusal(40008)
    if not said:
        raise Refusal(44004)
    if len(said.encode()) > TEXT_BYTES:
        raise Refusal(45002)
    if not follower.subscribed:
        raise Refusal(45015)
    if refused := follower.spend():
        raise Refusal(refused)
    follower.show("account", str(payload["msgtype"]), said, later=True, taps=taps)
    return OK


def _menu_message(menu: JSON) -> tuple[str, tuple[Tap, ...]]:
    items = menu.get("list")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Refusal(47001)
    taps = tuple(Tap(text(item, "content"), str(item.get("id", ""))) for item in items)
    parts = (text(menu, "head_content"), *(tap.content for tap in taps), text(menu, "tail_content"))
    return "\n".join(part for part in parts if part), taps


@endpoints.add("POST", "cgi-bin/message/subscribe/bizsend", daily=500_000)
def subscription_send(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 订阅通知, 发送订阅通知. One grant, one push."""
    payload = call.json()
    follower, template_id = _follower(account, payload), text(payload, "template_id")
    values = _values(account, template_id, payload)
    if not follower.granted.get(template_id):
        raise Refusal(43101)
    follower.granted[template_id] -= 1
    follower.show(
        "account",
        "subscription",
        "\n".join(values.values()),
        later=True,
        url=text(payload, "page"),
        values=values,
        template_id=template_id,
    )
    _report_sent(follower, template_id)
    return OK


def _report_sent(follower: Follower, template_id: str) -> None:
    inner = (
        f"<SubscribeMsgSentEvent><List><TemplateId>{cdata(template_id)}</TemplateId>"
        f"<MsgID>{secrets.randbelow(10**18)}</MsgID><ErrorCode>0</ErrorCode>"
        f"<ErrorStatus>{cdata('success')}</ErrorStatus></List></SubscribeMsgSentEvent>"
    )
    follower.told_of("subscribe_msg_sent_event", inner)


@endpoints.add("POST", "cgi-bin/message/template/send", daily=100_000)
def template_send(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 模板消息, 发送模板消息.

    With a ``client_msg_id`` that this person was sent within ten minutes nothing is sent again. What is answered then
    is not documented: here it is the first message's number.
    """
    payload = call.json()
    follower, template_id = _follower(account, payload), text(payload, "template_id")
    values = _values(account, template_id, payload)
    if not follower.subscribed:
        raise Refusal(43004)
    now, client_id = account.now(), text(payload, "client_msg_id")
    sent_s, number = account.sent_ids.get((follower.openid, client_id), (0.0, 0))
    if client_id and now - sent_s < DEDUPED_S:
        return OK | {"msgid": number}
    number = secrets.randbelow(10**18)
    if client_id:
        account.sent_ids[follower.openid, client_id] = (now, number)
    shown = "\n".join(values.values())
    url = text(payload, "url")
    follower.show("account", "template", shown, later=True, url=url, values=values, template_id=template_id)
    follower.told_of("TEMPLATESENDJOBFINISH", f"<MsgID>{number}</MsgID><Status>{cdata('success')}</Status>")
    return OK | {"msgid": number}


def _values(account: OfficialAccount, template_id: str, payload: JSON) -> dict[str, str]:
    """A notice's values; refused when the template is unknown, or a value is missing, too long or empty."""
    if template_id not in account.templates:
        raise Refusal(40037)
    values: dict[str, str] = {}
    for name, given in mapping(payload, "data").items():
        value = given.get("value") if isinstance(given, dict) else None
        if not isinstance(value, str | int) or not 1 <= len(str(value)) <= _longest(name, str(value)):
            raise Refusal(47003, f"argument invalid! data.{name}.value invalid")
        values[name] = str(value)
    for name in account.templates[template_id]:
        if name not in values:
            raise Refusal(47003, f"argument invalid! data.{name}.value is empty")
    return values


def _longest(name: str, value: str) -> int:
    kind = re.sub(r"\d+$", "", name)
    return 10 if kind == "name" and not value.isascii() else LONGEST_VALUES.get(kind, 200)


@endpoints.add("POST", "cgi-bin/menu/create", daily=1_000)
def menu_create(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 自定义菜单, 创建接口."""
    payload = call.json()
    check_buttons(payload.get("button"))
    account.menu = {"button": payload["button"]}
    return OK


@endpoints.add("GET", "cgi-bin/menu/get", daily=10_000)
def menu_get(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 自定义菜单, 查询接口."""
    if account.menu is None:
        raise Refusal(46003)
    with_sub_buttons = [{"sub_button": [], **button} for button in account.menu["button"]]
    return {"menu": {"button": with_sub_buttons}}


@endpoints.add("GET", "cgi-bin/menu/delete", daily=1_000)
def menu_delete(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 自定义菜单, 删除接口."""
    account.menu = None
    return OK


@endpoints.add("POST", "cgi-bin/qrcode/create", daily=100_000)
def qrcode_create(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 账号管理, 生成带参数的二维码."""
    payload = call.json()
    scene_of, permanent = mapping(mapping(payload, "action_info"), "scene"), False
    match payload.get("action_name"):
        case "QR_STR_SCENE" | "QR_LIMIT_STR_SCENE" as action:
            scene, permanent = text(scene_of, "scene_str"), action == "QR_LIMIT_STR_SCENE"
            if not 1 <= len(scene) <= 64:
                raise Refusal(40053)
        case "QR_SCENE" | "QR_LIMIT_SCENE" as action:
            scene, permanent = str(scene_of.get("scene_id", "")), action == "QR_LIMIT_SCENE"
            if not scene.isdigit() or not 1 <= int(scene) <= (100_000 if permanent else 2**32 - 1):
                raise Refusal(40053)
        case _:
            raise Refusal(40053)
    if permanent:
        if sum(ticket.until_s is None for ticket in account.tickets.values()) >= PERMANENT_TICKETS:
            raise Refusal(45029)
        made = account.make_ticket(scene, None)
        return {"ticket": made.ticket, "url": made.url}
    seconds = payload.get("expire_seconds", 60)
    if not isinstance(seconds, int) or not 1 <= seconds <= LONGEST_TICKET_S:
        raise Refusal(40097)
    made = account.make_ticket(scene, account.now() + seconds)
    return {"ticket": made.ticket, "expire_seconds": seconds, "url": made.url}


@endpoints.add("GET", "cgi-bin/ticket/getticket", daily=1_000_000)
def get_ticket(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: JS-SDK说明文档, 附录1, jsapi_ticket."""
    if call.args.get("type") != "jsapi":
        raise Refusal(40097)
    value, seconds = account.jsapi.kept()
    return OK | {"ticket": value, "expires_in": seconds}


@endpoints.add("POST", "cgi-bin/openapi/quota/get")
def quota_get(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: openApi管理, 查询API调用额度."""
    path = text(call.json(), "cgi_path").strip("/")
    daily = endpoints.daily(path)
    if daily is None:
        raise Refusal(76021)
    used = account.used[path]
    return OK | {"quota": {"daily_limit": daily, "used": used, "remain": max(0, daily - used)}}


@endpoints.add("POST", "cgi-bin/clear_quota")
def clear_quota(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: openApi管理, 重置API调用次数. Ten times a month."""
    if text(call.json(), "appid") != account.app_id:
        raise Refusal(40013)
    if account.clears >= CLEARS_A_MONTH:
        raise Refusal(48006)
    account.clears += 1
    account.used.clear()
    account.faults.clear_quota()
    return OK


@endpoints.add("GET", "cgi-bin/get_api_domain_ip")
@endpoints.add("GET", "cgi-bin/getcallbackip")
def addresses(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 获取微信API接口IP地址; 获取微信推送服务器IP."""
    return {"ip_list": ["127.0.0.1"]}


@endpoints.add("POST", "cgi-bin/callback/check")
def callback_check(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 网络检测. It looks at the callback's name and whether it can be reached, and speaks no HTTP."""
    payload = call.json()
    if payload.get("action") not in {"dns", "ping", "all"}:
        raise Refusal(40097)
    loss = "0%" if reachable(account.callback) else "100%"
    return {
        "dns": [{"ip": "127.0.0.1", "real_operator": "DEFAULT"}],
        "ping": [{"ip": "127.0.0.1", "from_operator": "CAP", "package_loss": loss, "time": "1.0ms"}],
    }


@endpoints.add("GET", "cgi-bin/user/info", daily=500_000)
def user_info(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 用户管理, 获取用户基本信息. No nickname and no picture since 2021-12."""
    follower = account.followers.get(call.args.get("openid", ""))
    if follower is None:
        raise Refusal(40003)
    if not follower.subscribed:
        return {"subscribe": 0, "openid": follower.openid}
    return {
        "subscribe": 1,
        "openid": follower.openid,
        "language": "zh_CN",
        "subscribe_time": follower.subscribed_s,
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE" if follower.subscribe_scene else "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": follower.subscribe_scene,
    }


@endpoints.add("GET POST", "sns/oauth2/access_token", token=False)
def oauth_token(account: OfficialAccount, call: Incoming) -> JSON:
    """Source: 网页授权, 通过code换取网页授权access_token. A code is good once, for five minutes."""
    if call.args.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    if not call.args.get("code"):
        raise Refusal(41008)
    agreed = account.authorizations.get(call.args["code"])
    if agreed is None or account.now() - agreed.given_s > CODE_LIFETIME_S:
        raise Refusal(40029)
    if agreed.used:
        raise Refusal(40163)
    agreed.used = True
    answer = {
        "access_token": secrets.token_urlsafe(64),
        "expires_in": 7_200,
        "refresh_token": secrets.token_urlsafe(64),
        "openid": agreed.openid,
        "scope": agreed.scope,
    }
    return answer | ({"is_snapshotuser": 1} if agreed.snapshot else {})


def account_by_secret(accounts: Iterable[OfficialAccount], call: Incoming) -> OfficialAccount:
    """The account that a call without an access token names, by its secret too."""
    given = call.json() if call.path == "cgi-bin/stable_token" else call.args
    if not given.get("appid"):
        raise Refusal(41002)
    account = next((each for each in accounts if each.app_id == given["appid"]), None)
    if account is None:
        raise Refusal(40013)
    if not given.get("secret"):
        raise Refusal(41004)
    if given["secret"] != account.secret:
        raise Refusal(40125)
    return account


def account_by_token(accounts: Iterable[OfficialAccount], call: Incoming) -> OfficialAccount:
    """The account that an access token is of."""
    given = call.args.get("access_token", "")
    if not given:
        raise Refusal(41001)
    for account in accounts:
        for book in (account.stable, account.classic):
            match book.state(given):
                case "valid":
                    return account
                case "expired":
                    raise Refusal(42001)
                case "dead":
                    raise Refusal(40001)
    raise Refusal(40001)


def _follower(account: OfficialAccount, payload: JSON) -> Follower:
    follower = account.followers.get(text(payload, "touser"))
    if follower is None:
        raise Refusal(40003)
    return follower
