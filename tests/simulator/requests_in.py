"""One call of the product to a platform, as an endpoint sees it, and the table of endpoints."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.refusals import Refusal

JSON = dict[str, Any]


@dataclass(frozen=True)
class Incoming:
    method: str
    path: str
    """``cgi-bin/…``"""
    args: Mapping[str, str]
    body: bytes

    def json(self) -> JSON:
        """The body; refused with 47001 when it is no JSON object."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError as error:
            raise Refusal(47001) from error
        if not isinstance(found, dict):
            raise Refusal(47001)
        return found


@dataclass(frozen=True)
class Endpoint:
    run: Callable[..., JSON]
    token: bool
    """Whether it wants an access token; such endpoints are given the account that the token is of."""
    daily: int
    """Calls a day; 0: no limit of its own."""


class Endpoints:
    """By method and path."""

    def __init__(self) -> None:
        self.table: dict[tuple[str, str], Endpoint] = {}

    def add(self, methods: str, path: str, *, token: bool = True, daily: int = 0) -> Callable[..., Any]:
        """Registers the function that it decorates."""

        def register(run: Callable[..., JSON]) -> Callable[..., JSON]:
            for method in methods.split():
                self.table[method, path] = Endpoint(run, token, daily)
            return run

        return register

    def daily(self, path: str) -> int | None:
        """The daily limit of a path; None for one that does not exist."""
        return next((endpoint.daily for (_, known), endpoint in self.table.items() if known == path), None)


def text(payload: Mapping[str, Any], name: str) -> str:
    """A field that is a text, or absent or null: an empty one then; 47001 otherwise."""
    value = payload.get(name)
    value = "" if value is None else value
    if not isinstance(value, str):
        raise Refusal(47001)
    return value


def mapping(payload: Mapping[str, Any], name: str) -> JSON:
    """A field that is an object, or absent or null: an empty one then; 47001 otherwise."""
    value = payload.get(name)
    value = {} if value is None else value
    if not isinstance(value, dict):
        raise Refusal(47001)
    return value
