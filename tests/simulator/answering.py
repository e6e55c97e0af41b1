"""One call of the product: its faults, its checks, its quota, its entry in the log."""

from __future__ import annotations

import json
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, request

from simulator.calls import Call
from simulator.faults import Fault
from simulator.refusals import Refusal
from simulator.requests_in import JSON, Endpoint, Endpoints, Incoming
from simulator.world import World

Finder = Callable[[World, Incoming, bool], Any]
"""Finds the account of a call, by its token where the flag says so, otherwise by what else it says."""


def answer(world: World, platform: str, endpoints: Endpoints, find: Finder, path: str) -> Response:
    """Answer the present request."""
    incoming = Incoming(request.method, path, request.args.to_dict(), request.get_data())
    began_s, started = time.time(), time.perf_counter()
    if world.faults.delay_s:
        world.faults.wait(world.faults.delay_s)
    fault = world.faults.take(f"/{path}")
    account = ""
    payload: JSON = {}
    if fault is None or fault.done or fault.kind == "code":
        with world.lock:
            account, payload = _settled(world, endpoints, find, incoming, fault)
    response, status = _spoilt(world, payload, fault)
    seconds = time.perf_counter() - started
    code = int(payload.get("errcode", 0)) if status == 200 else -1
    world.calls.add(Call(platform, account, f"/{path}", code, status, began_s, seconds))
    return response


def _settled(
    world: World, endpoints: Endpoints, find: Finder, incoming: Incoming, fault: Fault | None
) -> tuple[str, JSON]:
    """The account's name, and what a call is answered: its effect is done when this returns."""
    name = ""
    try:
        endpoint = _endpoint(endpoints, incoming)
        account = find(world, incoming, endpoint.token)
        name = account.name
        if fault is not None and fault.kind == "code":
            raise Refusal(int(fault.value))
        _count(world, account, endpoint, incoming.path)
        return name, endpoint.run(account, incoming)
    except Refusal as refusal:
        return name, _refused(refusal)


def _endpoint(endpoints: Endpoints, incoming: Incoming) -> Endpoint:
    found = endpoints.table.get((incoming.method, incoming.path))
    if found is None:
        raise Refusal(43002 if ("POST", incoming.path) in endpoints.table else 76021)
    return found


def _count(world: World, account: Any, endpoint: Endpoint, path: str) -> None:
    if account.used_on != world.today():
        account.used_on = world.today()
        account.used.clear()
    if endpoint.daily and account.used[path] >= endpoint.daily:
        raise Refusal(45009)
    account.used[path] += 1


def _refused(refusal: Refusal) -> JSON:
    return {"errcode": refusal.code, "errmsg": f"{refusal.message} rid: {secrets.token_hex(4)}-{secrets.token_hex(4)}"}


def _spoilt(world: World, payload: JSON, fault: Fault | None) -> tuple[Response, int]:
    """The response, and the status that the log tells."""
    body = json.dumps(payload, ensure_ascii=False).encode()
    match fault.kind if fault is not None else "":
        case "hang":
            assert fault is not None
            world.faults.wait(fault.value)
            return Response("<html>504 Gateway Time-out</html>", 504), 504
        case "status":
            assert fault is not None
            return Response(f"<html>{int(fault.value)}</html>", int(fault.value)), int(fault.value)
        case "drop":
            _close(request.environ["werkzeug.socket"])
            return Response(), 0
        case "trickle":
            assert fault is not None
            return Response(_dripping(world, body, fault.value), content_type="application/json"), 200
    return Response(body, content_type="application/json; encoding=utf-8"), 200


def _dripping(world: World, body: bytes, seconds: float) -> Iterator[bytes]:
    for byte in body:
        world.faults.wait(seconds / len(body))
        yield bytes([byte])


def _close(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)
