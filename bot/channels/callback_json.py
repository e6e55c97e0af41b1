"""WeCom's JSON callbacks: an envelope of lower-case names around the very fields that the XML has.

Read as strictly as the XML is: a name given twice, or anything that is no object, is refused; characters that XML
could not have held (and a database will not) are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.channels.callback_xml import Malformed, writable

_ENVELOPE = {"tousername": "ToUserName", "encrypt": "Encrypt", "agentid": "AgentID"}


def read_envelope(body: bytes) -> dict[str, str]:
    """An envelope's fields, under the names that the XML has for them. Raises Malformed."""
    return {_ENVELOPE.get(name.lower(), name): value for name, value in read_fields(body).items()}


def read_fields(body: bytes) -> dict[str, str]:
    """The texts and numbers of an object, by name; what lies deeper is passed over. Raises Malformed."""
    return {name: writable(value) for name, value in _object(body).items() if isinstance(value, str)}


def read_texts(body: bytes, name: str) -> tuple[str, ...]:
    """Every text that stands under a name, at any depth, alone or in a list. Raises Malformed."""
    return tuple(writable(text) for text in _texts(_object(body), name))


def written(fields: object) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _object(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body, object_pairs_hook=_once, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not the platform's JSON") from error
    if not isinstance(found, dict):
        raise Malformed("the body is no object")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a name is given twice")
    return found


def _texts(root: object, name: str) -> Iterator[str]:
    """Without calling itself: what JSON's reader takes may be deeper than Python's calls may go."""
    waiting = [(root, False)]
    while waiting:
        value, inside = waiting.pop()
        if isinstance(value, dict):
            waiting += [(one, key == name) for key, one in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(one, inside) for one in reversed(value)]
        elif inside and isinstance(value, str):
            yield value
