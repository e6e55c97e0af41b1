"""The calls that an application in WeCom may make. Each names the page of the documentation that says how."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from simulator.chats import TEXT_BYTES
from simulator.corps import Corp
from simulator.members import INTERACTIVE, Member, card_text
from simulator.menus import check_buttons
from simulator.refusals import Refusal
from simulator.requests_in import JSON, Endpoints, Incoming, mapping, text

endpoints = Endpoints()

OK: JSON = {"errcode": 0, "errmsg": "ok"}
CODE_LIFETIME_S = 300
A_MINUTE, AN_HOUR = 30, 1_000
"""Messages to one member; what is beyond is not delivered, and nobody is told."""
DUPLICATE_S, LONGEST_DUPLICATE_S = 1_800, 4 * 3_600
CARD_KINDS = {"text_notice", "news_notice"} | INTERACTIVE
INVALID = 40058
"""不合法的参数, with what is wrong in the message; for cards the platform has numbers that are not documented."""


@endpoints.add("GET", "cgi-bin/gettoken", token=False)
def gettoken(corp: Corp, call: Incoming) -> JSON:
    """Source: 获取access_token."""
    value, seconds = corp.access.kept()
    return OK | {"access_token": value, "expires_in": seconds}


@endpoints.add("POST", "cgi-bin/message/send", daily=100_000)
def send(corp: Corp, call: Incoming) -> JSON:
    """Source: 发送应用消息."""
    payload = call.json()
    if str(payload.get("agentid", "")) != corp.agent_id:
        raise Refusal(40056)
    kind, shown = str(payload.get("msgtype", "")), _shown(corp, payload)
    to = [userid.lower() for userid in text(payload, "touser").split("|") if userid]
    if len(to) > 1_000:
        raise Refusal(INVALID, "touser: more than 1000")
    known = {userid.lower(): member for userid, member in corp.members.items() if member.visible}
    members = list(known.values()) if to == ["@all"] else [known[userid] for userid in to if userid in known]
    if not members:
        raise Refusal(81013)
    if (answered := _duplicate(corp, payload)) is not None:
        return answered
    number = secrets.token_urlsafe(24)
    bubbles = [
        (member, member.show("account", kind, later=True, message_id=number, **shown))
        for member in members
        if _may_receive(corp, member)
    ]
    answer = OK | {"msgid": number}
    if invalid := [userid for userid in to if userid not in known and userid != "@all"]:
        answer["invaliduser"] = "|".join(invalid)
    if shown.get("card", {}).get("card_type") in INTERACTIVE:
        answer["response_code"] = corp.card_code(bubbles)
    _remember(corp, payload, answer)
    return answer


def _shown(corp: Corp, payload: JSON) -> dict[str, Any]:
    match payload.get("msgtype"):
        case "text":
            content = text(mapping(payload, "text"), "content")
            if not content:
                raise Refusal(44004)
            return {"text": content.encode()[:TEXT_BYTES].decode(errors="ignore")}
        case "textcard":
            card = mapping(payload, "textcard")
            for name in ("title", "description", "url"):
                if not text(card, name):
                    raise Refusal(INVALID, f"textcard.{name} is missing")
            if len(card["title"].encode()) > 128 or len(card["description"].encode()) > 512:
                raise Refusal(45002)
            description = re.sub(r"<br\s*/?>", "\n", card["description"])
            return {
                "title": card["title"],
                "text": re.sub(r"<[^>]+>", "", description),
                "url": card["url"],
                "values": {"btntxt": text(card, "btntxt") or "详情"},
            }
        case "template_card":
            card = mapping(payload, "template_card")
            check_card(card)
            task_id = str(card.get("task_id", ""))
            if task_id and task_id in corp.task_ids:
                raise Refusal(INVALID, "template_card.task_id was used already")
            corp.task_ids.add(task_id)
            return {"text": card_text(card), "card": card, "task_id": task_id, "url": _card_url(card)}
        case _:
            raise Refusal(40008)


def check_card(card: JSON) -> None:
    """Refuses a card that the documentation does not allow. Lengths of texts are only recommended there."""
    kind = card.get("card_type")
    if kind not in CARD_KINDS:
        raise Refusal(INVALID, "template_card.card_type is invalid")
    task_id = str(card.get("task_id", ""))
    if kind in INTERACTIVE and not task_id:
        raise Refusal(INVALID, "template_card.task_id is missing")
    if task_id and not (re.fullmatch(r"[A-Za-z0-9_\-@]+", task_id) and len(task_id) <= 128):
        raise Refusal(INVALID, "template_card.task_id is invalid")
    if not card_text(card) and kind != "vote_interaction":
        raise Refusal(INVALID, "template_card.main_title is missing")
    if len(card.get("horizontal_content_list", [])) > 6:
        raise Refusal(INVALID, "template_card.horizontal_content_list: more than 6")
    if kind in ("text_notice", "news_notice") and "card_action" not in card:
        raise Refusal(INVALID, "template_card.card_action is missing")
    if kind == "button_interaction":
        _check_list(card.get("button_list"), "button_list", 6, "key", 1_024)
    if kind == "vote_interaction":
        box = mapping(card, "checkbox")
        if not text(box, "question_key"):
            raise Refusal(INVALID, "template_card.checkbox.question_key is missing")
        _check_list(box.get("option_list"), "checkbox.option_list", 20, "id", 128)
        if not text(mapping(card, "submit_button"), "key"):
            raise Refusal(INVALID, "template_card.submit_button.key is missing")


def _check_list(items: Any, name: str, most: int, key: str, longest: int) -> None:
    if not isinstance(items, list) or not 1 <= len(items) <= most:
        raise Refusal(INVALID, f"template_card.{name}: 1 to {most}")
    keys = [str(item.get(key, "")) for item in items]
    if len(set(keys)) < len(keys) or not all(1 <= len(each.encode()) <= longest for each in keys):
        raise Refusal(INVALID, f"template_card.{name}.{key} is invalid")
    if not all(item.get("text") for item in items):
        raise Refusal(INVALID, f"template_card.{name}.text is missing")


def _card_url(card: JSON) -> str:
    return str(mapping(card, "card_action").get("url", ""))


def _duplicate(corp: Corp, payload: JSON) -> JSON | None:
    until_s, answer = corp.sent.get(_content(payload), (0.0, {}))
    return answer if payload.get("enable_duplicate_check") == 1 and corp.now() < until_s else None


def _remember(corp: Corp, payload: JSON, answer: JSON) -> None:
    seconds = payload.get("duplicate_check_interval", DUPLICATE_S)
    if not isinstance(seconds, int) or seconds > LONGEST_DUPLICATE_S:
        raise Refusal(INVALID, "duplicate_check_interval is invalid")
    if payload.get("enable_duplicate_check") == 1:
        corp.sent[_content(payload)] = (corp.now() + seconds, answer)


def _content(payload: JSON) -> str:
    return json.dumps(payload, sort_keys=True)


def _may_receive(corp: Corp, member: Member) -> bool:
    now = corp.now()
    times = [then for then in corp.sent_to.get(member.userid, []) if now - then < 3_600]
    allowed = len(times) < AN_HOUR and sum(now - then < 60 for then in times) < A_MINUTE
    corp.sent_to[member.userid] = [*times, now] if allowed else times
    return allowed


@endpoints.add("POST", "cgi-bin/message/update_template_card")
def update_card(corp: Corp, call: Incoming) -> JSON:
    """Source: 更新模版卡片消息. A code is good once, within 72 hours."""
    payload = call.json()
    if str(payload.get("agentid", "")) != corp.agent_id:
        raise Refusal(40056)
    code = corp.codes.get(text(payload, "response_code"))
    if code is None or code.used or corp.now() > code.until_s:
        raise Refusal(INVALID, "response_code is invalid")
    card = mapping(payload, "template_card") if "template_card" in payload else None
    if card is not None:
        check_card(card)
    code.used = True
    wanted, all_of_them = payload.get("userids", []), payload.get("atall") == 1
    replaced = text(mapping(payload, "button"), "replace_name")
    chosen = [(member, bubble) for member, bubble in code.bubbles if all_of_them or member.userid in wanted]
    for member, bubble in chosen:
        member.change_card(bubble, card, replaced)
    reached = {member.userid for member, _ in chosen}
    return OK | {"invaliduser": [userid for userid in wanted if userid not in reached]}


@endpoints.add("GET", "cgi-bin/user/get")
def user_get(corp: Corp, call: Incoming) -> JSON:
    """Source: 读取成员. Since 2022 no avatar, mobile number or mail address is given here."""
    member = _member(corp, call.args.get("userid", ""))
    return OK | {
        "userid": member.userid,
        "name": member.name,
        "department": [member.department],
        "main_department": member.department,
        "order": [0],
        "is_leader_in_dept": [0],
        "status": 1,
        "enable": 1,
    }


@endpoints.add("GET", "cgi-bin/auth/getuserinfo")
def auth_getuserinfo(corp: Corp, call: Incoming) -> JSON:
    """Source: 网页授权登录, 获取访问用户身份. A code is good once, for five minutes."""
    userid = _spent(corp, call)
    return OK | ({"userid": userid} if userid else {"openid": f"o{secrets.token_hex(13)}"})


@endpoints.add("GET", "cgi-bin/user/getuserinfo")
def user_getuserinfo(corp: Corp, call: Incoming) -> JSON:
    """Source: 获取访问用户身份, as it was before 2022: the same with capitals, still answered."""
    userid = _spent(corp, call)
    return OK | ({"UserId": userid, "DeviceId": "d"} if userid else {"OpenId": f"o{secrets.token_hex(13)}"})


def _spent(corp: Corp, call: Incoming) -> str:
    """The userid that a sign-in code is of, which is used up by this."""
    found = corp.sign_ins.get(call.args.get("code", ""))
    if found is None or found.used or corp.now() - found.given_s > CODE_LIFETIME_S:
        raise Refusal(40029)
    found.used = True
    return found.userid


@endpoints.add("GET", "cgi-bin/department/list")
def department_list(corp: Corp, call: Incoming) -> JSON:
    """Source: 获取部门列表."""
    return OK | {"department": [_department(corp, number) for number in corp.departments]}


@endpoints.add("GET", "cgi-bin/department/get")
def department_get(corp: Corp, call: Incoming) -> JSON:
    """Source: 获取单个部门详情."""
    number = call.args.get("id", "")
    if not number.isdigit() or int(number) not in corp.departments:
        raise Refusal(60123)
    return OK | {"department": _department(corp, int(number))}


def _department(corp: Corp, number: int) -> JSON:
    name, parent = corp.departments[number]
    return {"id": number, "name": name, "parentid": parent, "order": number, "department_leader": []}


@endpoints.add("GET", "cgi-bin/agent/get")
def agent_get(corp: Corp, call: Incoming) -> JSON:
    """Source: 获取指定的应用详情."""
    _check_agent(corp, call)
    return OK | {
        "agentid": int(corp.agent_id),
        "name": "节能答题",
        "square_logo_url": "",
        "description": "节能知识有奖问答",
        "allow_userinfos": {"user": [{"userid": each.userid} for each in corp.members.values() if each.visible]},
        "allow_partys": {"partyid": [1]},
        "allow_tags": {"tagid": []},
        "close": 0,
        "redirect_domain": re.sub("^https?://", "", corp.product_url()),
        "report_location_flag": 0,
        "isreportenter": 1,
        "home_url": corp.product_url(),
    }


@endpoints.add("POST", "cgi-bin/menu/create")
def menu_create(corp: Corp, call: Incoming) -> JSON:
    """Source: 自定义菜单, 创建菜单."""
    _check_agent(corp, call)
    buttons = call.json().get("button")
    check_buttons(buttons, sub_name_bytes=40)
    corp.menu = {"button": buttons}
    return OK


@endpoints.add("GET", "cgi-bin/menu/get")
def menu_get(corp: Corp, call: Incoming) -> JSON:
    """Source: 自定义菜单, 获取菜单."""
    _check_agent(corp, call)
    if corp.menu is None:
        raise Refusal(46003)
    return OK | corp.menu


@endpoints.add("GET", "cgi-bin/menu/delete")
def menu_delete(corp: Corp, call: Incoming) -> JSON:
    """Source: 自定义菜单, 删除菜单."""
    _check_agent(corp, call)
    corp.menu = None
    return OK


@endpoints.add("GET", "cgi-bin/get_api_domain_ip")
@endpoints.add("GET", "cgi-bin/getcallbackip")
def addresses(corp: Corp, call: Incoming) -> JSON:
    """Source: 获取企业微信接口IP段; 获取企业微信回调IP段."""
    return OK | {"ip_list": ["127.0.0.1"]}


def find_corp(corp: Corp, call: Incoming, by_token: bool) -> Corp:
    """The company, where the call proves that it is its application's."""
    if not by_token:
        if call.args.get("corpid") != corp.corp_id:
            raise Refusal(40013, "invalid corpid")
        if call.args.get("corpsecret") != corp.secret:
            raise Refusal(40001, "invalid secret")
        return corp
    if not call.args.get("access_token"):
        raise Refusal(41001)
    match corp.access.state(call.args["access_token"]):
        case "valid":
            return corp
        case "expired":
            raise Refusal(42001)
        case _:
            raise Refusal(40014)


def _check_agent(corp: Corp, call: Incoming) -> None:
    if call.args.get("agentid") != corp.agent_id:
        raise Refusal(40056)


def _member(corp: Corp, userid: str) -> Member:
    member = corp.members.get(userid)
    if member is None:
        raise Refusal(60111)
    if not member.visible:
        raise Refusal(60011)
    return member
