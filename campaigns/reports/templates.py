"""Word templates that offices have edited: looked at before they are kept, kept under their kind, the newest used.

A template is somebody's program. It may say which tags stand where, repeat what is a list, and leave parts out; it
calls nothing, reckons nothing and reads no attribute that `tags` does not name. It is tried on made-up content, with
everything and with nothing in it, and kept only if a sound document comes of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from jinja2 import nodes
from jinja2.exceptions import TemplateError
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.banks.storable import line
from campaigns.errors import NotFound, Refused
from campaigns.reports import samples
from campaigns.reports.content import KINDS, Content
from campaigns.reports.sandbox import FILTERS, Sandbox, TooMuch
from campaigns.reports.tags import BY_NAME, Form, Tag
from questions.model import UnreadableFile
from questions.readers.archives import open_archive, read_member

LARGEST = 5 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_TEXT = 2 * 1024 * 1024
"""Of all that is XML in it: what reads tags looks through it again and again."""
_BEGINNING = 1_024
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_LOOP = Tag("loop", "", Form.TABLE, tuple(Tag(name, "") for name in ("index", "first", "last", "length")))
_INNERMOST = replace(_LOOP)
"""The same where what is looped over has no columns: in there nothing is left to loop over."""
_HARMLESS = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
_FULL_WIDTH = re.compile(r"｛\s*[｛{%％]|{\s*[｛％]|[｝}%％]\s*｝|[｝％]\s*}")
_UNREAD = (
    (re.compile(r"block that needs to be closed is '(\w+)'"), "“{}”没有结束"),
    (re.compile(r"unknown tag '(\w+)'"), "“{}”不认识，或者多出来了"),
    (re.compile(r"unexpected (?:char )?'(.+?)'"), "“{}”不该在这里"),
    (re.compile(r"got '(?!end of)(.+?)'"), "“{}”不该在这里"),
    (re.compile(r"Expected an expression"), "标记里是空的"),
)
"""What Jinja says of a tag that it cannot read, and the same in words of ours; the first that fits."""
_TOLD = 8
"""So many faults are told at once."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A template that somebody uploaded, as lists show it."""

    id: int
    kind: str
    name: str
    retired: bool
    by: str
    at_ms: int


# --- which is used ----------------------------------------------------------------------------------------------------


def current(session: Session, kind: str) -> bytes:
    """The template that reports of a kind are made with: the newest that was uploaded, else the one that ships."""
    template = tables.ReportTemplate
    data = session.scalar(
        select(template.data)
        .where(template.kind == kind, template.retired.is_(False))
        .order_by(template.id.desc())
        .limit(1)
    )
    return shipped(kind) if data is None else data


def shipped(kind: str) -> bytes:
    """The template that ships. Raises NotFound."""
    from campaigns.reports.standard_templates import build  # noqa: PLC0415 — it takes a while to load

    return build(known_kind(kind))


def listing(session: Session, kind: str) -> list[Kept]:
    """The uploaded templates of a kind, the newest first; the first that is not retired is used."""
    template = tables.ReportTemplate
    rows = session.execute(
        select(template.id, template.kind, template.name, template.retired, template.by, template.at_ms)
        .where(template.kind == kind)
        .order_by(template.id.desc())
    )
    return [Kept(*row) for row in rows]


def file_of(session: Session, template_id: int) -> tuple[Kept, bytes]:
    """Raises NotFound."""
    one = session.get(tables.ReportTemplate, template_id)
    if one is None:
        raise NotFound("没有这份模板，请刷新页面。")
    return Kept(one.id, one.kind, one.name, one.retired, one.by, one.at_ms), one.data


def keep(session: Session, kind: str, name: str, data: bytes, by: str, now: int) -> int:
    """Use a template from now on; gives its id. It was looked at by `check` before. Raises NotFound for a kind."""
    known_kind(kind)
    template_id = session.execute(
        insert(tables.ReportTemplate)
        .values(kind=kind, name=line(name), data=data, by=by, at_ms=now)
        .returning(tables.ReportTemplate.id)
    ).scalar_one()
    audit.record(session, by, "report.template_uploaded", f"template:{kind}", now, after={"name": line(name)})
    return template_id


def use_shipped(session: Session, kind: str, by: str, now: int) -> int:
    """Go back to the template that ships; gives how many uploaded ones are put aside."""
    known_kind(kind)
    template = tables.ReportTemplate
    retired = session.execute(
        update(template).where(template.kind == kind, template.retired.is_(False)).values(retired=True)
        .returning(template.id)
    ).all()  # fmt: skip
    if retired:
        audit.record(session, by, "report.template_reset", f"template:{kind}", now, before={"templates": len(retired)})
    return len(retired)


def known_kind(kind: str) -> str:
    """Raises NotFound for what is no kind of report."""
    if kind not in KINDS:
        raise NotFound("没有这种报告，请从页面上选一种。")
    return kind


# --- looking at one ---------------------------------------------------------------------------------------------------


def check(data: bytes) -> None:
    """Look at a template and try it. Raises Refused with a sentence that says what is wrong in it, and what to do."""
    _check_file(data)
    try:
        faults = dict.fromkeys(_faults(data))
    except TemplateError as error:
        raise Refused(_unreadable(error)) from error
    except (ValueError, KeyError) as error:  # python-docx: parts that point nowhere
        raise Refused("这个文件打不开：请用 Word 或 WPS 打开，另存为 docx 后再上传。") from error
    if faults:
        raise Refused("；".join([*faults][:_TOLD]) + "。请在 Word 里改好后再上传。")
    for sample in (samples.full(), samples.empty()):
        fill(data, sample, created=0)


def _check_file(data: bytes) -> None:
    """That it is a Word document, of bearable size, without programs, and fetches nothing from elsewhere."""
    if len(data) > LARGEST:
        raise Refused(f"模板超过 {LARGEST >> 20} MB：请删掉里面的大图片，再上传。")
    if not data.startswith(b"PK\x03\x04"):
        raise Refused("请上传 Word 文档（.docx）：旧的 .doc 请用 Word 或 WPS 另存为 docx。")
    try:
        with open_archive(data) as archive:
            members = archive.infolist()
            if sum(one.file_size for one in members) > MOST_UNPACKED:
                raise Refused("模板解开后太大：请删掉里面的大图片，再上传。")
            if sum(one.file_size for one in members if _is_text(archive, one)) > MOST_TEXT:
                raise Refused("模板里的文字太多：请只留下报告的样子，再上传。")
            names = archive.namelist()
            if "[Content_Types].xml" not in names:
                raise Refused("请上传 Word 文档（.docx）：这个文件不是。")
            types = read_member(archive, "[Content_Types].xml").decode("utf-8", "replace")
            relations = {name: read_member(archive, name) for name in names if name.endswith(".rels")}
    except (UnreadableFile, BadZipFile, ZlibError, OSError, EOFError) as error:
        raise Refused("这个文件打不开：请用 Word 或 WPS 打开，去掉密码，另存为 docx 后再上传。") from error
    if _MAIN not in types or any("vbaProject" in name for name in names):
        raise Refused("请上传不带宏的 Word 文档（.docx），不要用模板（.dotx）或启用宏的文档（.docm）。")
    if any("/embeddings/" in name or "/activeX/" in name for name in names):
        raise Refused("模板里嵌入了别的文件或控件：请删掉，再上传。")
    for content in relations.values():
        _check_relations(content)


def _is_text(archive: ZipFile, member: ZipInfo) -> bool:
    """Whether a file in it is XML, whatever it is called: a part is what the list of types says that it is."""
    with archive.open(member) as file:
        beginning = file.read(_BEGINNING)
    shown = beginning.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return bool(beginning) and (not shown or shown.startswith(b"<"))


def _check_relations(content: bytes) -> None:
    try:
        tree = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise Refused("这个文件打不开：请用 Word 或 WPS 打开，另存为 docx 后再上传。") from error
    for one in tree:
        kind, target = one.get("Type", "").rsplit("/", 1)[-1], one.get("Target", "")
        if one.get("TargetMode") != "External" or kind == "hyperlink":
            continue
        # Word names the template that a document was begun with: one on the author's own disk nobody else fetches.
        if kind != "attachedTemplate" or not re.match(r"(file:///)?[A-Za-z]:", target):
            raise Refused("模板里链接了外面的图片或文件，收件人打开时会去下载：请改成直接插入，再上传。")


def _faults(data: bytes) -> Iterator[str]:
    """What of its tags will not do."""
    sandbox = Sandbox()
    for source in _sources(data):
        if found := _FULL_WIDTH.search(re.sub(r"<[^>]*>", "", source)):
            yield f"标记“{found.group()}”用了全角的括号或百分号，应当用英文半角的 {{{{ 和 {{%"
        yield from _unknown(sandbox.parse(source), BY_NAME)


def _sources(data: bytes) -> list[str]:
    """What jinja2 will see of the text, the headers and footers, and the notes."""
    from docx.opc.part import XmlPart  # noqa: PLC0415
    from docxtpl import DocxTemplate  # noqa: PLC0415

    template = DocxTemplate(BytesIO(data))
    template.init_docx()
    found: list[str] = [template.patch_xml(template.get_xml())]
    for part in template.docx.part.package.iter_parts():
        name = str(part.partname)
        if not re.fullmatch(r"/word/(header|footer|footnotes|endnotes)\d*\.xml", name):
            continue
        xml = template.xml_to_string(part.element) if isinstance(part, XmlPart) else part.blob.decode("utf-8")
        found.append(template.patch_xml(xml))
    return found


def _unknown(node: nodes.Node, known: Mapping[str, Tag]) -> Iterator[str]:
    """A fault for each tag that there is not, and for all that templates may not do. `known` are the names here."""
    match node:
        case nodes.For():
            yield from _loop(node, known)
            return
        case nodes.Name(name=name):
            if name not in known:
                yield f"没有“{name}”这个标记"
        case nodes.Getattr():
            yield from _column(node, known)
        case nodes.Filter(name=name):
            if name not in FILTERS or node.args or node.kwargs:
                yield f"不能用“|{name}”"
            yield from _below(node, known)
        case _ if isinstance(node, _HARMLESS):
            yield from _below(node, known)
        case _:
            yield f"有不支持的写法（{type(node).__name__}），标记里只能写名称、if 和 for"


def _below(node: nodes.Node, known: Mapping[str, Tag]) -> Iterator[str]:
    return chain.from_iterable(_unknown(child, known) for child in node.iter_child_nodes())


def _column(node: nodes.Getattr, known: Mapping[str, Tag]) -> Iterator[str]:
    of = _tag_of(node.node, known)
    if of is None or node.attr not in {one.name for one in of.columns}:
        written = f"{node.node.name}.{node.attr}" if isinstance(node.node, nodes.Name) else node.attr
        yield f"没有“{written}”这个标记"


def _loop(node: nodes.For, known: Mapping[str, Tag]) -> Iterator[str]:
    of = _tag_of(node.iter, known)
    if of is None or of.form not in {Form.TABLE, Form.LINES}:
        yield "for 只能用于表格和段落的标记，如“单位表”“正文段落”"
        return
    if not isinstance(node.target, nodes.Name) or node.recursive:
        yield f"“{of.name}”的 for 只能写成“for 行 in {of.name}”"
        return
    nested = any(one.form is Form.TABLE for name, one in known.items() if name not in BY_NAME)
    if (nested and isinstance(node.iter, nodes.Name)) or known.get("loop") is _INNERMOST:
        yield f"“{of.name}”的 for 不能放在另一个 for 里面"
        return
    one = replace(of, form=Form.TABLE) if of.columns else Tag(of.name, "")
    inner = {**known, node.target.name: one, "loop": _LOOP if of.columns else _INNERMOST}
    tests: Sequence[nodes.Node] = [node.test] if node.test else []
    yield from chain.from_iterable(_unknown(child, inner) for child in (*node.body, *node.else_, *tests))


def _tag_of(node: nodes.Node, known: Mapping[str, Tag]) -> Tag | None:
    """What a name, or a column of one, stands for."""
    if isinstance(node, nodes.Name):
        return known.get(node.name)
    if isinstance(node, nodes.Getattr) and (of := _tag_of(node.node, known)) is not None:
        return next((one for one in of.columns if one.name == node.attr), None)
    return None


def _unreadable(error: TemplateError) -> str:
    """Where a tag cannot be read, in words."""
    found = ((told, pattern.search(error.message or "")) for pattern, told in _UNREAD)
    wrong = next((told.format(*match.groups()) for told, match in found if match), "看不懂的写法")
    return (
        f"模板里有写错的标记（{wrong}）："
        "请检查每个 {{ }} 和 {% %} 是否成对，for 和 if 是否都有 endfor、endif，再上传。"
    )


def fill(template: bytes, content: Content, created: int) -> bytes:
    """The docx of some content. Raises Refused where what came of it is no sound document."""
    from docx import Document  # noqa: PLC0415 — as what fills it

    from campaigns.reports.word import write_docx  # noqa: PLC0415

    try:
        data = write_docx(content, template, created)
        Document(BytesIO(data))
    except TooMuch as error:
        raise Refused("用这个模板生成的文档太大：请把 for 里面的内容减少一些，再试。") from error
    except TemplateError as error:
        raise Refused(_unreadable(error)) from error
    except (ValueError, KeyError, SyntaxError, AttributeError) as error:  # lxml's errors of XML are SyntaxErrors
        raise Refused(
            "用这个模板生成的文档是坏的：for、if 和与它成对的 endfor、endif 要放在同样的位置"
            "（都单独成段，或者都单独成表格的一行），请改好模板再试。"
        ) from error
    return data
