"""What the product's answered message is measured against: Flask views that do the unavoidable and nothing else.

`create` verifies, decrypts, parses, runs the product's own statements in raw psycopg, makes its one trip to Redis
when an attempt ends, and encrypts a reply of the usual length. `create_bare` only reads arguments and body.
"""

from __future__ import annotations

import secrets
import threading
import time

import psycopg
import redis
from flask import Flask, Response, request

from bot.channels.callback_crypto import AccountCipher, is_signed, signature
from bot.channels.callback_xml import encrypted_envelope, read_fields, text_reply
from campaigns.inbound import SET_REPLY
from campaigns.play_statements import ANSWER, FINISH, LOOK
from campaigns.standings import Ranking, Standing
from campaigns.store import open_store
from settings import read_settings

REPLY = (
    "✅ 回答正确，+10分\n" + "待机也耗电。" * 8 + "\n当前得分 10\n\n【第2/10题·判断·10分】\n" + "电器待机不耗电。" * 4
)


def create() -> Flask:
    """The floor."""
    settings = read_settings()
    token = settings.wechat_token.get_secret_value()
    cipher = AccountCipher(settings.wechat_aes_key.get_secret_value(), settings.wechat_app_id)
    store = open_store(settings.sql_url)
    ranking = Ranking(store, redis.Redis.from_url(settings.redis_url))
    database = settings.database_url.replace("postgresql+psycopg", "postgresql")
    local = threading.local()
    app = Flask("floor", static_folder=None)

    def connection() -> psycopg.Connection[tuple[object, ...]]:
        if not hasattr(local, "connection"):
            local.connection = psycopg.connect(database, autocommit=True)
        made: psycopg.Connection[tuple[object, ...]] = local.connection
        return made

    @app.post("/wechat")
    def answer() -> Response:
        now = time.time_ns() // 1_000_000
        timestamp, nonce = request.args["timestamp"], request.args["nonce"]
        encrypted = read_fields(request.get_data())["Encrypt"]
        if not is_signed(request.args["msg_signature"], token, timestamp, nonce, encrypted):
            return Response(status=403)
        fields = read_fields(cipher.decrypt(encrypted))
        sender, key = fields["FromUserName"], f"m:{fields['MsgId']}"
        execute = connection().execute
        row = execute(LOOK.postgresql, {"channel": "wechat", "account": "", "sender": sender, "key": key}).fetchone()
        assert row is not None
        identity, person, _unit, campaign, version, *_, attempt, position, _score, paper, begun, _shown, _to, _due = row
        places = str(paper).split(" ")
        last = position == len(places)
        parameters = {
            "attempt": attempt,
            "person": person,
            "position": position,
            "campaign": campaign,
            "version": version,
            "revision": int(places[int(str(position)) - 1].rstrip("ABCDEFGH")),
            "given": "A",
            "points": 0,
            "now": now,
            "moment": now,
            "used": now - int(str(begun)) if last else None,
            "identity": identity,
            "shown_identity": identity,
            "key": key,
            "reply": None if last else REPLY,
        }
        placed = execute((FINISH["best"] if last else ANSWER).postgresql.postgresql, parameters).fetchone()
        if last and placed is not None and placed[0] is not None:
            ranking.place(int(str(campaign)), Standing(int(str(person)), *placed))  # type: ignore[arg-type]
            execute(SET_REPLY.postgresql.postgresql, {"identity": identity, "key": key, "reply": REPLY})
        sealed = cipher.encrypt(text_reply(sender, fields["ToUserName"], now // 1_000, REPLY), secrets.token_bytes)
        stamp, fresh = str(now // 1_000), secrets.token_hex(8)
        return Response(
            encrypted_envelope(sealed, signature(token, stamp, fresh, sealed), stamp, fresh),
            mimetype="application/xml",
        )

    return app


def create_bare() -> Flask:
    """A bare Flask view."""
    app = Flask("bare", static_folder=None)

    @app.post("/wechat")
    def receive() -> Response:
        return Response(str(len(request.get_data()) + len(request.args["nonce"])), mimetype="text/plain")

    return app
