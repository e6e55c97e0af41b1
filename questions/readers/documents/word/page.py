"""What all parts of the reader of Word documents share while they walk through one."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from questions.model import Picture
from questions.readers.documents.document import Document
from questions.readers.documents.word.package import Package, Relation
from questions.readers.documents.word.styles import Styles
from questions.readers.pictures import Pictures

IN_WORD = "请在 Word 里"


@dataclass(slots=True)
class Field:
    """A field that is open: its instruction, and whether its result has begun."""

    instruction: str = ""
    result: bool = False


@dataclass(slots=True)
class Page:
    package: Package
    relations: dict[str, Relation]
    styles: Styles
    pictures: Pictures
    document: Document = field(default_factory=Document)
    where: str = ""
    """The paragraph or the table's row that is being read."""
    fields: list[Field] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    """Text boxes anchored in the paragraph that is being read."""
    hidden: bool = False
    """Whether hidden text has been met."""
    _seen: dict[str, Picture | None] = field(default_factory=dict)

    def enter(self, where: str) -> None:
        """The next paragraph or row begins."""
        self.where = where
        self.document.places.append(where)

    def doubt(self, message: str) -> None:
        """Say something about the place that is being read."""
        self.document.doubts.append((self.where, message))

    def part(self, relation_id: str) -> bytes | None:
        """The bytes that a relation names, None where they are not in the package."""
        relation = self.relations.get(relation_id)
        if relation is None or relation.external or not relation.target:
            return None
        return self.package.part(relation.target)

    def picture(self, relation_id: str, alt: str) -> Picture | None:
        """The picture that a relation names; None, with a doubt, where it cannot be shown."""
        relation = self.relations.get(relation_id)
        data = self.part(relation_id)
        if relation is not None and relation.external:
            self.doubt(f"有一张图片不在文件里，只是一个链接，没有读入；{IN_WORD}把图片粘贴进文档后再导入。")
            return None
        if relation is None or data is None:
            self.doubt(f"有一张图片在文件里找不到，没有读入；{IN_WORD}重新插入这张图片后再导入。")
            return None
        if relation.target not in self._seen:
            self._seen[relation.target] = self.pictures.keep(data)
        found = self._seen[relation.target]
        if found is None:
            self.doubt(f"有一张{_kind(data)}，读不进来；{IN_WORD}改成文字，或截图后粘贴成普通图片，再导入。")
            return None
        return Picture(found.sha256, alt=" ".join(alt.split())[:200])


def _kind(data: bytes) -> str:
    """What a picture is that no browser shows."""
    if data.startswith((b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00", b"\x02\x00\x09\x00")):
        return " WMF 图片（多半是公式）"
    if data.startswith(b"\x01\x00\x00\x00") and data[40:44] == b" EMF":
        return " EMF 图片（多半是公式或图表）"
    return " SVG 图片" if b"<svg" in data[:1000] else "认不出或太大的图片"
