"""Packages of questions (IMS content packages, Canvas and Common Cartridge exports, Blackboard pools) → questions."""

from __future__ import annotations

import posixpath
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from questions.model import Picture, Problem, Severity, UnreadableFile
from questions.readers.archives import open_archive, read_member
from questions.readers.pictures import Pictures
from questions.readers.programs.exact import Exact
from questions.readers.programs.qti1 import read_items
from questions.readers.programs.qti2 import items_in, plain_names, read_item
from questions.readers.reading import Reading
from questions.readers.rich_text import Find, embedded
from questions.readers.text import decode
from questions.readers.xml import local, parse_xml, without_namespaces

_UTF8 = 0x800
"""The flag of a member whose name is UTF-8; others are in whatever the system wrote."""
_MANIFEST = "imsmanifest.xml"
_QUESTIONS = (".xml", ".qti", ".dat")
_BASES = ("$IMS-CC-FILEBASE$", "$CANVAS_OBJECT_REFERENCE$")
_ROOT = re.compile(
    rb"(?:[^\x21-\x7e]|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*<([\w:.-]+)", re.DOTALL | re.IGNORECASE
)
_XID = re.compile(r"xid-[\d_]+")
_NONE = "压缩包里没有找到题目；请从原来的系统按 QTI 或 Common Cartridge 重新导出。"


def read_cartridge(data: bytes, columns: Mapping[str, str]) -> Reading:
    """The questions of every member that holds some, in the manifest's order.

    Nothing is unpacked to disk. Raises UnreadableFile for a damaged, oversized or encrypted package, for unsound XML,
    and where no member holds questions.
    """
    package = _Package(open_archive(data))
    reading = Reading("cartridge")
    pictures = Pictures()
    reading.problems += package.problems
    refused: list[UnreadableFile] = []
    for name in package.in_order():
        try:
            _member(package, name, reading, pictures)
        except UnreadableFile as error:
            refused.append(error)
            reading.problems.append(Problem(name, Severity.ERROR, f"没有读入：{error}"))
    if not reading.settled:
        raise refused[0] if refused else UnreadableFile(_NONE)
    reading.problems += package.missing()
    reading.pictures = pictures.kept
    return reading


def _member(package: _Package, name: str, reading: Reading, pictures: Pictures) -> None:
    """Adds the questions of one member."""
    root, find = parse_xml(package.text(name)), package.finds(name, pictures)
    if _kind(root.tag) == "questestinterop":
        _classic(without_namespaces(root), reading, pictures, find, name)
        return
    items = items_in(plain_names(root))
    for place, element in enumerate(items, 1):
        where = f"{name}第{place}题" if len(items) > 1 else name
        item = read_item(element, Exact(where, category=package.sections.get(name, "")), find)
        reading.settled.append(item.settled())


def _classic(root: Element, reading: Reading, pictures: Pictures, find: Find, name: str) -> None:
    assessment = root.find("assessment")
    title = "" if assessment is None else " ".join(assessment.get("title", "").split())
    read_items(root, reading, pictures, find, within=name, category=title)


class _Package:
    """The members of an archive that stay inside it, and what its manifest says of them."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.problems: list[Problem] = []
        self._names: dict[str, str] = {}
        """A member's path in plain form → its name in the archive."""
        for member in archive.infolist():
            path = posixpath.normpath(member.filename.replace("\\", "/"))
            outside = path.startswith(("/", "../")) or path == ".." or re.match(r"[A-Za-z]:", path)
            if member.is_dir():
                continue
            if outside or stat.S_ISLNK(member.external_attr >> 16):
                told = f"压缩包里的“{member.filename[:60]}”指向包外面，没有读入。"
                self.problems.append(Problem("整个文件", Severity.WARNING, told))
            else:
                self._names[path] = member.filename
                if not member.flag_bits & _UTF8:
                    self._names.setdefault(_as_chinese(path), member.filename)
        self.sections: dict[str, str] = {}
        """A member → the titles of the test's sections that call it."""
        self._listed: list[str] = []
        self._manifest()

    def _manifest(self) -> None:
        found = sorted((name for name in self._names if posixpath.basename(name) == _MANIFEST), key=len)
        if not found:
            return
        base = posixpath.dirname(found[0])
        root = without_namespaces(parse_xml(self.text(found[0])))
        for resource in root.iter("resource"):
            folder = posixpath.join(base, resource.get("base", "").strip("/"))
            own = [resource.get("href"), *(file.get("href") for file in resource.iter("file")), resource.get("file")]
            for name in map(unquote, filter(None, own)):
                inner = _within(folder, name)  # Blackboard names such a folder, and does not always use it
                self._listed.append(inner if inner in self._names else _within(base, name))
        self._listed = list(dict.fromkeys(self._listed))

    def in_order(self) -> list[str]:
        """Members that hold questions: as a test calls them, as the manifest lists them, then by name."""
        kinds = {name: self._kind(name) for name in sorted(self._names, key=_natural) if self._may_hold(name)}
        called: list[str] = []
        for name in dict.fromkeys([*self._listed, *kinds]):
            if kinds.get(name) == "assessmenttest":
                called += self._calls(plain_names(parse_xml(self.text(name))), posixpath.dirname(name))
        return [name for name in dict.fromkeys([*called, *self._listed, *kinds]) if kinds.get(name)]

    def _may_hold(self, name: str) -> bool:
        """Canvas exports every quiz twice; the one outside the standard's folder holds all of it."""
        full = f"non_cc_assessments/{posixpath.basename(posixpath.dirname(name))}.xml.qti"
        twice = posixpath.basename(name) == "assessment_qti.xml" and any(one.endswith(full) for one in self._names)
        return name.endswith(_QUESTIONS) and posixpath.basename(name) != _MANIFEST and not twice

    def _calls(self, test: Element, folder: str) -> Iterator[str]:
        """The members that a test calls, with the sections that they are called in."""
        waiting: list[tuple[Element, tuple[str, ...]]] = [(test, ())]
        while waiting:
            element, titles = waiting.pop()
            if element.tag == "assessmentitemref" and element.get("href"):
                name = _within(folder, unquote(element.get("href", "")))
                self._listed.append(name)
                self.sections[name] = "/".join(titles)
                yield name
            inner = titles
            if element.tag == "assessmentsection" and element.get("visible", "true") == "true" and element.get("title"):
                inner = (*titles, element.get("title", ""))
            waiting += [(child, inner) for child in reversed(element)]

    def _kind(self, name: str) -> str:
        """What a member's root says that it is, where that may hold questions; otherwise nothing."""
        data = read_member(self._archive, self._names[name])
        root = _ROOT.match(data[:20_000].replace(b"\x00", b""))
        kind = _kind(root[1].decode("ascii", "replace")) if root else ""
        return kind if kind in {"questestinterop", "assessmentitem", "assessmenttest"} else ""

    def text(self, name: str) -> str:
        return decode(read_member(self._archive, self._names[name]))[0]

    def missing(self) -> Iterable[Problem]:
        for name in dict.fromkeys(self._listed):
            if name.endswith(_QUESTIONS) and name not in self._names:
                told = f"清单里的“{name[:80]}”不在压缩包里，里面如有题目也没有读入。"
                yield Problem("整个文件", Severity.ERROR, told)

    def finds(self, member: str, pictures: Pictures) -> Find:
        """Pictures from members, named from where `member` stands."""
        within, folder = embedded(pictures), posixpath.dirname(member)

        def find(source: str, alt: str) -> Picture | None:
            if source.startswith("data:"):
                return within(source, alt)
            name = self._picture(unquote(source).partition("?")[0], folder)
            return pictures.keep(read_member(self._archive, self._names[name]), alt) if name else None

        return find

    def _picture(self, source: str, folder: str) -> str | None:
        """The member that an image's address means; None for one that is not in the package."""
        for base in _BASES:
            if source.startswith(base):
                rest = source.removeprefix(base).strip("/")
                tried = [rest, f"web_resources/{rest}", f"web_resources/{rest.removeprefix('media/')}"]
                return next((name for name in map(posixpath.normpath, tried) if name in self._names), None)
        if (xid := _XID.search(source)) is not None:
            return next((name for name in self._names if f"__{xid[0]}" in name), None)
        if "://" in source or source.startswith("//"):
            return None
        tried = [_within(folder, source), posixpath.normpath(source.lstrip("/"))]
        return next((name for name in tried if name in self._names), None)


def _kind(tag: str) -> str:
    return local(tag).rpartition(":")[2].lower().removeprefix("qti-").replace("-", "")


def _as_chinese(name: str) -> str:
    """A name in GBK that was read as the code page of old."""
    try:
        return name.encode("cp437").decode("gbk")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name


def _within(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name.replace("\\", "/")))


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d{1,9})", name)]
