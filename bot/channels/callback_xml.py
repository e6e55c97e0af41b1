"""The platforms' XML, read and written by hand: a flat root with one level of fields that we use.

Read strictly: a DOCTYPE of any kind, a second field of the same name, or a body that is no XML is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.parsers import expat

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 has no way to write: a client would refuse the whole reply."""


class Malformed(ValueError):
    """A body that is not a platform message."""


def read_fields(body: bytes) -> dict[str, str]:
    """The text of each child of the root, by name; what lies deeper is passed over. Raises Malformed."""
    reader = _Reader()
    _parse(body, reader)
    return reader.fields


def read_texts(body: bytes, name: str) -> tuple[str, ...]:
    """The text of every element of a name, at any depth. Raises Malformed."""
    reader = _Finder(name)
    _parse(body, reader)
    return tuple(reader.found)


def _parse(body: bytes, reader: _Reader) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Malformed("the body is not the platform's XML") from error


class _Reader:
    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._depth = 0
        self._name = ""
        self._parts: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 2:
            if name in self.fields:
                raise Malformed(f"{name} is given twice")
            self._name, self._parts = name, []

    def end(self, name: str) -> None:
        if self._depth == 2:
            self.fields[self._name] = "".join(self._parts)
        self._depth -= 1

    def text(self, data: str) -> None:
        if self._depth == 2:
            self._parts.append(data)

    def doctype(self, *declaration: object) -> None:
        raise Malformed("a DOCTYPE is refused")


class _Finder(_Reader):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._wanted = name
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._inside = name == self._wanted
        self._parts = []

    def end(self, name: str) -> None:
        if self._inside:
            self.found.append("".join(self._parts))
        self._inside = False

    def text(self, data: str) -> None:
        if self._inside:
            self._parts.append(data)


Written = Mapping[str, "str | int | Written | Sequence[Written]"]
"""Elements to be written: texts, numbers, elements inside, and elements that are repeated."""


def written(fields: Written) -> bytes:
    """Elements under the platform's root, in their order."""
    return f"<xml>{_elements(fields)}</xml>".encode()


def _elements(fields: Written) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: str | int | Written | Sequence[Written]) -> str:
    if isinstance(value, str):
        inner = _cdata(value)
    elif isinstance(value, int):
        inner = str(value)
    elif isinstance(value, Mapping):
        inner = _elements(value)
    else:
        return "".join(_element(name, one) for one in value)
    return f"<{name}>{inner}</{name}>"


def text_reply(to: str, sender: str, created_s: int, content: str) -> bytes:
    """A passive text reply."""
    return (
        f"<xml><ToUserName>{_cdata(to)}</ToUserName><FromUserName>{_cdata(sender)}</FromUserName>"
        f"<CreateTime>{created_s}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(content)}</Content></xml>"
    ).encode()


def encrypted_envelope(encrypted: str, signature: str, timestamp: str, nonce: str) -> bytes:
    """A reply in safe mode. All four values are of characters that XML leaves alone, or wrapped."""
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{_cdata(nonce)}</Nonce></xml>"
    ).encode()


def _cdata(text: str) -> str:
    """Wrapped so that no text can end the section: an echoed ``]]>`` once injected a second MsgType elsewhere."""
    return f"<![CDATA[{writable(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def writable(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _UNWRITABLE.sub("", text)
