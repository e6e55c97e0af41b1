"""XML text → a tree. Never an entity, never anything from outside the text."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from questions.model import UnreadableFile

_AGAIN = "请从原来的系统重新导出后再导入。"
_UNSAFE = f"这个 XML 文件里定义了实体，或者引用了外面的文件，为了安全没有读；{_AGAIN}"
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ILLEGAL_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));")


def parse_xml(text: str) -> Element:
    """The root of the tree; characters that XML forbids, which some programs export all the same, are left out.

    Raises UnreadableFile where the text is no well-formed XML, defines entities, or draws on other files.
    """
    legal = _ILLEGAL.sub("", text.lstrip())
    if "&#" in legal:
        legal = _ILLEGAL_REFERENCE.sub("", legal)
    try:
        root: Element = fromstring(legal, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise UnreadableFile(_UNSAFE) from error
    except ParseError as error:
        raise UnreadableFile(f"这个 XML 文件第 {error.position[0]} 行写得不对，读不下去；{_AGAIN}") from error
    except (ValueError, LookupError, RecursionError) as error:
        raise UnreadableFile(f"这个 XML 文件写得不对，读不下去；{_AGAIN}") from error
    return root


def local(name: str) -> str:
    """A tag or attribute without its namespace: ``{http://…}item`` → ``item``."""
    return name.rpartition("}")[2]


def without_namespaces(root: Element) -> Element:
    """The same tree, its tags and attributes without namespaces."""
    for element in root.iter():
        element.tag = local(element.tag)
        if any("}" in name for name in element.attrib):
            element.attrib = {local(name): value for name, value in element.attrib.items()}
    return root


def child_text(element: Element | None, path: str) -> str:
    """All text below the first element at `path`, or nothing."""
    found = None if element is None else element.find(path)
    return "" if found is None else "".join(found.itertext())
