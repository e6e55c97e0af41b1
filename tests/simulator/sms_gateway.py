"""The addresses of the gateway of short messages."""

from __future__ import annotations

from flask import request

from simulator.requests_in import JSON, Endpoints, Incoming
from simulator.texts import ADDRESS, SECRET, Gateway, Text

__all__ = ["ADDRESS", "Text", "endpoints"]

endpoints = Endpoints()


@endpoints.add("POST", "send", token=False)
def send(gateway: Gateway, call: Incoming) -> JSON:
    """``{"mobile", "content", "id"}`` with a bearer's secret → ``{"result": {"code": "0"}}``, or another code."""
    if request.headers.get("Authorization") != f"Bearer {SECRET}":
        return {"result": {"code": "13"}}
    asked = call.json()
    return {"result": {"code": gateway.take(str(asked.get("mobile")), str(asked.get("content")), str(asked.get("id")))}}
