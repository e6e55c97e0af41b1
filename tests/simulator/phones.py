"""The pages for a developer: a phone for each follower and member, and switches for what goes wrong."""

from __future__ import annotations

import re
import time
from html import escape
from itertools import pairwise

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from simulator.chats import Bubble
from simulator.deliveries import greet
from simulator.followers import Follower
from simulator.members import Member
from simulator.official_accounts import OfficialAccount
from simulator.pages import VISITOR, picture
from simulator.settings import environment
from simulator.world import World

DEFAULT, WECOM = "default", "wecom"
"""How addresses call the default official account, and the company."""
GAP_S = 180
"""Between two messages with a time of their own in the chat."""
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_BARE = re.compile(r"https?://[^\s<>\"，。；（）]+")
_TAP = re.compile(r"weixin://bizmsgmenu\?msgmenucontent=([^&]*)&(?:amp;)?msgmenuid=(.*)")


def make_blueprint(world: World) -> Blueprint:
    pages = Blueprint("phones", __name__)

    @pages.after_app_request
    def protect(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers["Content-Security-Policy"] = POLICY
        return response

    @pages.get("/")
    def home() -> str:
        accounts = [(name or DEFAULT, account) for name, account in world.accounts.items()]
        callbacks = {key: (account.callback, account.seal) for key, account in accounts}
        callbacks[WECOM] = (world.corp.callback, world.corp.seal)
        return render_template(
            "home.html",
            world=world,
            accounts=accounts,
            settings=environment(world, request.host_url.rstrip("/")),
            greeted={key: greet(*callback, 1.0) for key, callback in callbacks.items()},
        )

    @pages.post("/people")
    def add() -> BaseResponse:
        account, name = request.form["account"], request.form["name"].strip()[:20] or "新同事"
        if account == WECOM:
            userid = name if name.isascii() and name.isalnum() else f"user{len(world.corp.members) + 1}"
            who = world.corp.member(userid, name, request.form.get("department", "").strip() or "办公室").userid
        else:
            who = world.accounts[account if account != DEFAULT else ""].follower(name).openid
        return redirect(url_for("phones.phone", account=account, who=who))

    @pages.get("/codes/<account>/<scene>.png")
    def code(account: str, scene: str) -> Response:
        found = _account(world, account).ticket_of(scene)
        return picture(found.url) if found is not None else abort(404)

    @pages.get("/phone/<account>/<who>")
    def phone(account: str, who: str) -> Response:
        person = _person(world, account, who)
        owner = person.account if isinstance(person, Follower) else person.corp
        response = Response(
            render_template("phone.html", person=person, account=account, who=who, owner=owner, world=world)
        )
        response.set_cookie(VISITOR, who, samesite="Lax")
        return response

    @pages.get("/phone/<account>/<who>/chat")
    def chat(account: str, who: str) -> Response:
        person = _person(world, account, who)
        state = f"{person.changes}.{len(person.chat)}.{getattr(person, 'subscribed', True)}"
        if request.args.get("known") == state:
            return Response(status=204)
        response = Response(render_template("chat.html", chat=_timed(person.chat), person=person, account=account))
        response.headers["X-State"] = state
        response.set_cookie(VISITOR, who, samesite="Lax")
        return response

    @pages.post("/phone/<account>/<who>/<action>")
    def act(account: str, who: str, action: str) -> Response:
        person = _person(world, account, who)
        try:
            toast = _follower_does(person, action) if isinstance(person, Follower) else _member_does(person, action)
        except LookupError:
            toast = "这里已经不能点了"
        return jsonify(toast=toast, open=_page_scanned(action))

    @pages.get("/faults")
    def faults() -> str:
        calls = world.calls.all()[-40:][::-1]
        deliveries = world.postman.record[-40:][::-1]
        return render_template("faults.html", world=world, calls=calls, deliveries=deliveries)

    @pages.post("/faults")
    def switch() -> BaseResponse:
        _switch(world)
        return redirect(url_for("phones.faults"))

    pages.add_app_template_filter(marked, "marked")
    pages.add_app_template_filter(_clock, "clock")
    return pages


def _account(world: World, account: str) -> OfficialAccount:
    name = "" if account == DEFAULT else account
    if name not in world.accounts:
        abort(404)
    return world.accounts[name]


def _person(world: World, account: str, who: str) -> Follower | Member:
    found: Follower | Member | None = (
        world.corp.members.get(who) if account == WECOM else _account(world, account).followers.get(who)
    )
    return found or abort(404)


def _follower_does(person: Follower, action: str) -> str:
    """One thing that a follower does; a sentence for the foot of the phone, or nothing."""
    text = request.form.get("text", "").strip()
    match action:
        case "says":
            person.says(text)
        case "speaks":
            person.speaks(text)
        case "taps":
            bubble = person.chat[int(request.form["bubble"]) - 1]
            person.taps(text, of=bubble)
        case "scans" if _page_scanned(action):
            return ""
        case "scans":
            person.scans(text)
        case "follows":
            person.follows()
        case "unfollows":
            person.unfollows()
            return "已取消关注"
        case "clicks":
            person.clicks(text)
        case "views":
            person.views(text)
        case "grants":
            person.grants(text)
            return f"已允许一次通知（还剩 {person.granted[text]} 次）"
        case "refuses":
            person.refuses(text)
            return "已拒绝通知"
        case _:
            abort(404)
    return ""


def _page_scanned(action: str) -> str:
    """The web page that a scanned code holds, if it is no parametric one."""
    text = request.form.get("text", "").strip()
    return text if action == "scans" and re.match("https?://(?!weixin.qq.com/q/)", text) else ""


def _member_does(person: Member, action: str) -> str:
    text = request.form.get("text", "").strip()
    match action:
        case "says":
            person.says(text)
        case "speaks":
            person.speaks()
        case "clicks":
            person.clicks(text)
        case "views":
            return ""
        case "enters":
            person.enters()
        case "card":
            person.taps_card(text, person.chat[int(request.form["bubble"]) - 1])
        case "votes":
            person.votes(*request.form.getlist("option"), card=person.chat[int(request.form["bubble"]) - 1])
        case _:
            abort(404)
    return ""


def _switch(world: World) -> None:
    form, faults = request.form, world.faults
    times, path = (int(form["times"]) if form.get("times", "").isdigit() else None), form.get("path", "")
    seconds = float(form.get("seconds") or 30)
    match form["do"]:
        case "hang":
            faults.hang(seconds, times=times, path=path)
        case "lost":
            faults.hang(seconds, times=times, path=path, done=True)
        case "status":
            faults.status(503, times=times, path=path)
        case "drop":
            faults.drop(times=times, path=path)
        case "trickle":
            faults.trickle(seconds, times=times, path=path)
        case "quota":
            faults.quota(path)
        case "code":
            faults.answer(int(form.get("code") or -1), times=times, path=path)
        case "tokens":
            faults.invalidate_tokens()
        case "latency":
            faults.latency(seconds)
        case "pass":
            world.pass_time(float(form["hours"]) * 3_600)
        case _:
            faults.clear()


def marked(bubble: Bubble) -> Markup:
    """A text as a phone shows it: links, options to tap, nothing else."""
    text = bubble.text
    if bubble.kind == "msgmenu":
        named = {tap.content for tap in bubble.taps}
        lines = (_tap(line, line, bubble) if line in named else escape(line) for line in text.splitlines())
        return Markup("<br>".join(lines))
    parts, at = [], 0
    for link in _LINK.finditer(text):
        parts += [_linked(text[at : link.start()]), _anchor(link[1], link[2], bubble)]
        at = link.end()
    return Markup("".join([*parts, _linked(text[at:])]).replace("\n", "<br>"))


def _anchor(address: str, label: str, bubble: Bubble) -> str:
    if found := _TAP.fullmatch(address):
        return _tap(found[1], label, bubble)
    return f'<a href="{escape(address)}" target="_blank" rel="noreferrer">{escape(label)}</a>'


def _tap(content: str, label: str, bubble: Bubble) -> str:
    return (
        f'<a href="#" class="tap" data-act="taps" data-text="{escape(content)}" data-bubble="{bubble.number}">'
        f"{escape(label)}</a>"
    )


def _linked(text: str) -> str:
    return _BARE.sub(
        lambda found: f'<a href="{found[0]}" target="_blank" rel="noreferrer">{found[0]}</a>', escape(text)
    )


def _timed(chat: list[Bubble]) -> list[tuple[str, Bubble]]:
    """Each message, with the time to show above it, if any."""
    shown = [_clock(chat[0].at_s)] if chat else []
    shown += [_clock(b.at_s) if b.at_s - a.at_s > GAP_S else "" for a, b in pairwise(chat)]
    return list(zip(shown, chat, strict=True))


def _clock(seconds: float) -> str:
    return time.strftime("%H:%M", time.localtime(seconds))
