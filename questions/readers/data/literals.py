"""Data written as text → the data: JSON, JSON lines, and what programs' sources have for it.

Numbers stay the texts that they are written as. Nothing is ever run.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

from questions.model import Problem, Severity, UnreadableFile

_MOST_PYTHON = 8 * 1024 * 1024
_LONGEST_NUMBER = 400
_HEAD = re.compile(
    r"(?:\s|//[^\n]*\n|/\*.*?\*/)*(?:(?:module\.exports|exports(?:\.\w+)?|(?:export\s+)?(?:var|let|const)\s+\w+"
    r"(?:\s*:[^=\n]{1,60})?|[A-Za-z_]\w*)\s*=|export\s+default|[A-Za-z_]\w*\()?\s*(?=[\[{(])",
    re.DOTALL,
)
_TAIL = re.compile(r"[\])};,\s]*(?:(?:module\.exports|export)\b[^\[\]{}]*[\[{]?[^\[\]{}]*[\]}]?;?\s*)?")
_TOKEN = re.compile(
    r"""(?P<double>"(?:[^"\\]|\\.)*")|(?P<single>[uU]?'(?:[^'\\]|\\.)*')|(?P<template>`(?:[^`\\$]|\\.)*`)"""
    r"""|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<comma>,(?=(?:\s|//[^\n]*\n|/\*.*?\*/)*[\]}]))"""
    r"""|(?P<key>[A-Za-z_$\u4e00-\u9fff][\w$]*|\d+)(?=\s*:)|(?P<word>[A-Za-z_$][\w$]*)""",
    re.DOTALL,
)
_OPENS = frozenset("[{ \t\r\n\ufeff")
_WORDS = {"true": "true", "false": "false", "True": "true", "False": "false"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "", "\n": ""}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)


@dataclass(slots=True)
class Documents:
    """What a text holds."""

    found: list[tuple[str, object]] = field(default_factory=list)
    """Each with its place: ``第3行`` where every line holds one, otherwise empty."""
    problems: list[Problem] = field(default_factory=list)


def documents(text: str) -> Documents:
    """Raises UnreadableFile, which names the line, for a text that is no data."""
    twice: set[str] = set()
    read = _reader(twice)
    found = _documents(text, read)
    if twice:
        told = f"有的对象里键“{sorted(twice)[0][:30]}”写了不止一次，只读了最后一个；请核对。"
        found.problems.append(Problem("整个文件", Severity.WARNING, told))
    return found


def _documents(text: str, read: Callable[[str], object]) -> Documents:
    try:
        return Documents([("", read(text))])
    except (ValueError, RecursionError) as error:
        first = error
    lines = _lines(text, read)
    if lines is not None:
        return lines
    for attempt in (_one_after_another, _source, _python):
        try:
            return Documents([("", value) for value in attempt(text, read)])
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    line = f"第 {first.lineno} 行附近" if isinstance(first, json.JSONDecodeError) else ""
    raise UnreadableFile(f"这个 JSON 文件{line}写得不对，读不下去；请改正（括号、引号、逗号），或重新导出后再导入。")


def _reader(twice: set[str]) -> Callable[[str], object]:
    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(found)
        if len(made) < len(found):
            keys = [key for key, _ in found]
            twice.update(key for key in made if keys.count(key) > 1)
        return made

    decoder = json.JSONDecoder(
        object_pairs_hook=pairs, parse_float=str, parse_int=str, parse_constant=lambda _: None, strict=False
    )
    return decoder.decode


def _lines(text: str, read: Callable[[str], object]) -> Documents | None:
    """JSON lines, or Python's dictionaries line by line; None for a text that is not written so."""
    found = Documents()
    failed: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        body = line.strip().rstrip(",")
        if not body or body in {"[", "]"}:
            continue
        try:
            value = _line(body, read)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            failed.append(number)
            if len(failed) > len(found.found) + 3:
                return None
            continue
        if isinstance(value, dict | list):
            found.found.append((f"第{number}行", value))
        else:
            failed.append(number)
    if len(found.found) < max(1, 2 * len(failed)):
        return None
    for number in failed:
        told = "这一行不是完整的 JSON，没有读入；请改正后重新导入。"
        found.problems.append(Problem(f"第{number}行", Severity.ERROR, told))
    return found


def _line(body: str, read: Callable[[str], object]) -> object:
    try:
        return read(body)
    except ValueError:
        if body[0] not in "{[(":
            raise
        return _literal(body)


def _one_after_another(text: str, read: Callable[[str], object]) -> list[object]:
    """Several values, one behind the other, each on as many lines as it likes."""
    parts = re.split(r"(?<=[}\]])[ \t]*,?\s*\n(?=[{\[])", text.strip())
    if len(parts) < 2:
        raise ValueError("one value")
    return [read(part) for part in parts]


def _source(text: str, read: Callable[[str], object]) -> list[object]:
    """What a script assigns: bare keys, single quotes, comments, commas before a closing bracket."""
    head = _HEAD.match(text)
    if head is None:
        raise ValueError("no data")
    body = _TOKEN.sub(_strict, text[head.end() :])
    end = max(body.rfind("]"), body.rfind("}")) + 1
    while end:
        try:
            return [read(body[:end])]
        except json.JSONDecodeError as error:
            if error.msg != "Extra data" or not _TAIL.fullmatch(body[error.pos :]):
                raise
            end = error.pos
    raise ValueError("no data")


def _strict(token: re.Match[str]) -> str:
    """One token of a script as JSON has it."""
    text = token[0]
    match token.lastgroup:
        case "double":
            return text if "\\" not in text else json.dumps(_unescaped(text[1:-1]))
        case "single" | "template":
            return json.dumps(_unescaped(text.lstrip("uU")[1:-1]))
        case "key":
            return json.dumps(text)
        case "word":
            return _WORDS.get(text, "null" if text in {"null", "undefined", "None", "NaN"} else text)
        case _:
            return " "


def _unescaped(text: str) -> str:
    def meant(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        return chr(int(code, 16)) if code else _ESCAPES.get(found[3], found[3])

    whole = _ESCAPE.sub(meant, text)
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _python(text: str, read: Callable[[str], object]) -> list[object]:
    """A Python literal, perhaps behind a name that it is assigned to."""
    head = _HEAD.match(text)
    if head is None:
        raise ValueError("no data")
    return [_literal(text[head.end() :].strip().rstrip(";"))]


def _literal(body: str) -> object:
    if len(body) > _MOST_PYTHON:
        raise ValueError("too long")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of backslashes that escape nothing
        return _plain(ast.literal_eval(body))


def _plain(value: object) -> object:
    """Python's values as JSON's, numbers as texts."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        inner = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        return [_plain(one) for one in inner]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER else str(value)


def inner_data(text: str) -> object:
    """The list or object that a text holds in its turn; None for any other text."""
    if text[:1] not in _OPENS:
        return None
    body = text.strip()
    if body[:1] not in {"[", "{"} or body[-1:] not in {"]", "}"} or len(body) > _MOST_PYTHON:
        return None
    try:
        found = _line(body, _reader(set()))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return found if isinstance(found, list | dict) else None
