"""Our own JSON format → the questions just as they were written; `questions.writers.json` says what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from questions.model import Kind, Option, Picture, Problem, Question, Severity, UnreadableFile
from questions.readers.pictures import Pictures
from questions.readers.reading import Reading, Settled
from questions.readers.rich_text import base64_bytes
from questions.review import review

FORMAT, VERSION = "lvda-questions", 1
_NEWER = "这个题库文件是更新版本的绿答导出的；请先升级绿答，再导入。"
_KINDS = [kind.value for kind in Kind]
_TEXTS = ("number", "stem", "explanation", "category", "difficulty", "source")


def is_own(found: object) -> bool:
    return isinstance(found, dict) and found.get("format") == FORMAT


def read_own(found: Mapping[str, object], encoding: str) -> Reading:
    """Raises UnreadableFile for a version that this program does not know, or where there are no questions."""
    questions, version = found.get("questions"), found.get("version")
    if str(version) != str(VERSION):
        raise UnreadableFile(_NEWER)
    if not isinstance(questions, list):
        raise UnreadableFile("这个题库文件里没有题目；请重新导出后再导入。")
    reading = Reading("json", encoding)
    pictures, names = _pictures(found.get("pictures"))
    for place, one in enumerate(questions, 1):
        where = f"第{place}题"
        if not isinstance(one, dict) or one.get("kind") not in _KINDS:
            told = "这一题不是绿答写出的样子，没有读入；请重新导出，或按说明改正。"
            reading.problems.append(Problem(where, Severity.ERROR, told))
            continue
        reading.settled.append(_question(one, where, names))
    reading.pictures = pictures.kept
    return reading


def _pictures(found: object) -> tuple[Pictures, dict[str, str]]:
    """The pictures, and from the name in the file to the name here, which differs where one was drawn anew."""
    pictures, names = Pictures(), dict[str, str]()
    for name, body in found.items() if isinstance(found, dict) else ():
        picture = pictures.keep(base64_bytes(body)) if isinstance(body, str) else None
        if picture is not None:
            names[name] = picture.sha256
    return pictures, names


def _question(found: Mapping[str, object], where: str, names: Mapping[str, str]) -> Settled:
    problems: list[Problem] = []
    options, pictures = found.get("options"), found.get("pictures")
    named = [picture for one in pictures if (picture := _picture(one))] if isinstance(pictures, list) else []
    if any(picture.sha256 not in names for picture in named):
        told = "有图片不在文件里，或者读不进来；请核对没有图片时能否作答。"
        problems.append(Problem(where, Severity.WARNING, told))
    texts = {name: _text(found.get(name)) for name in _TEXTS}
    question = Question(
        kind=Kind(str(found["kind"])),
        options=tuple(Option(_text(letter), _text(text)) for letter, text in options.items())
        if isinstance(options, dict)
        else (),
        answer=_list(found.get("answer")),
        tags=_list(found.get("tags")),
        pictures=tuple(replace(picture, sha256=names[picture.sha256]) for picture in named if picture.sha256 in names),
        where=where,
        **texts,
    )
    return question, problems + review(question)


def _picture(found: object) -> Picture | None:
    if not isinstance(found, dict):
        return None
    return Picture(_text(found.get("sha256")), _text(found.get("place")), _text(found.get("alt")))


def _list(found: object) -> tuple[str, ...]:
    return tuple(map(_text, found)) if isinstance(found, list) else ()


def _text(found: object) -> str:
    """Never half of a surrogate pair, which JSON can hold and nothing else can."""
    text = "" if found is None else found if isinstance(found, str) else str(found)
    return text.encode("utf-8", "ignore").decode()
