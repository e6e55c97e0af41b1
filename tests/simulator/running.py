"""The simulator in a thread, and the handle that tests hold."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from simulator import sms_gateway, wechat_api, wecom_api
from simulator.answering import answer
from simulator.calls import Calls
from simulator.corps import Corp
from simulator.deliveries import PATIENCE_S, Delivery
from simulator.faults import Faults
from simulator.followers import Follower
from simulator.members import Member
from simulator.official_accounts import OfficialAccount
from simulator.pages import make_wechat_pages, make_wecom_pages
from simulator.phones import make_blueprint
from simulator.requests_in import Incoming
from simulator.settings import accounts_toml, sms_toml, wechat_settings, wecom_settings
from simulator.sms_gateway import Text
from simulator.world import World

METHODS = ["GET", "POST"]


def make_app(world: World) -> Flask:
    """Both platforms' addresses, over one world."""
    app = Flask("simulator", root_path=str(Path(__file__).parent))
    app.register_blueprint(make_wechat_pages(world))
    app.register_blueprint(make_wecom_pages(world))
    app.register_blueprint(make_blueprint(world))

    @app.route("/wechat-api/<path:path>", methods=METHODS)
    def wechat(path: str) -> Response:
        return answer(world, "wechat", wechat_api.endpoints, _wechat_account, path)

    @app.route("/wecom-api/<path:path>", methods=METHODS)
    def wecom(path: str) -> Response:
        return answer(world, "wecom", wecom_api.endpoints, _corp, path)

    @app.route(f"{sms_gateway.ADDRESS}/<path:path>", methods=METHODS)
    def sms(path: str) -> Response:
        return answer(world, "sms", sms_gateway.endpoints, lambda world, call, by_token: world.gateway, path)

    return app


def _corp(world: World, call: Incoming, by_token: bool) -> Corp:
    return wecom_api.find_corp(world.corp, call, by_token)


def _wechat_account(world: World, call: Incoming, by_token: bool) -> OfficialAccount:
    find = wechat_api.account_by_token if by_token else wechat_api.account_by_secret
    return find(world.accounts.values(), call)


@dataclass(frozen=True)
class Simulator:
    """A running simulator."""

    world: World
    url: str

    @property
    def faults(self) -> Faults:
        return self.world.faults

    @property
    def calls(self) -> Calls:
        return self.world.calls

    def connect(self, product_url: str) -> None:
        """Say where the product listens: the address that would be filled in on the platform's pages."""
        self.world.product_url = product_url.rstrip("/")

    def account(self, name: str = "") -> OfficialAccount:
        return self.world.accounts[name]

    def follower(self, name: str = "甲", account: str = "") -> Follower:
        """The person of this name; the same name is the same person. At first they do not follow the account."""
        return self.account(account).follower(name)

    @property
    def corp(self) -> Corp:
        """The company in WeCom."""
        return self.world.corp

    def member(self, userid: str = "zhangsan", name: str = "张三", department: int | str = "节能处") -> Member:
        """The member of this userid; the same userid is the same person."""
        return self.corp.member(userid, name, department)

    @property
    def texts(self) -> list[Text]:
        """The short messages that the gateway took."""
        return list(self.world.gateway.texts)

    def sms_toml(self) -> str:
        """The product's description of the gateway."""
        return sms_toml(self.url)

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass on the platforms (windows, tokens, tickets, quotas), without waiting."""
        self.world.pass_time(seconds)

    def settle(self) -> None:
        """Wait until the events that nobody waits for have been delivered."""
        self.world.postman.settle()

    @property
    def deliveries(self) -> list[Delivery]:
        """Every message that was brought to the product, each with its attempts and their milliseconds."""
        return list(self.world.postman.record)

    def settings(self, account: str = "") -> dict[str, str]:
        """What the product must be started with, by the settings' names without their prefix, in small letters."""
        return wechat_settings(self.world, self.url, account) | wecom_settings(self.world, self.url)

    def accounts_toml(self) -> str:
        """The product's file of further official accounts: all but the default one."""
        return accounts_toml(self.world, self.url)


@contextmanager
def running_simulator(
    product_url: str = "",
    *,
    accounts: Sequence[str] = ("",),
    safe: bool = True,
    patience_s: float = PATIENCE_S,
    port: int = 0,
) -> Iterator[Simulator]:
    """A simulator on a free port of 127.0.0.1, in a thread, until the block ends.

    `accounts` names the official accounts, the default one "". `safe`: messages are encrypted. `patience_s`: how long
    a delivery waits for the product; the platforms wait five seconds.
    """
    world = World(accounts, safe=safe, patience_s=patience_s)
    if product_url:
        world.product_url = product_url.rstrip("/")
    server = ThreadedWSGIServer("127.0.0.1", port, make_app(world), _Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="simulator")
    thread.start()
    try:
        yield Simulator(world, f"http://127.0.0.1:{server.server_port}")
    finally:
        world.end()
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: the log of calls says what matters, and no token."""
