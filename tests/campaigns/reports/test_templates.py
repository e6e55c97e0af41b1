from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select
from word_templates_made import changed, related, template_of, text_of, with_member

from campaigns import tables
from campaigns.errors import NotFound, Refused
from campaigns.reports import sandbox, templates
from campaigns.reports.content import KINDS
from campaigns.reports.samples import empty, full
from campaigns.store import Store

NOW = 1_783_126_800_000
GOOD = template_of(
    "{{标题}}",
    "{%p if 期号 %}",
    "{{期号}}，{{正文段落|length}}段",
    "{%p endif %}",
    "{%p for 部分 in 各部分 %}",
    "{{部分.标题}}",
    "{%p for 段 in 部分.段落 %}",
    "{{loop.index}} {{段}}",
    "{%p endfor %}",
    "{%p endfor %}",
    rows=[
        ["单位", "参与率"],
        ["{%tr for 行 in 单位表 %}", ""],
        ["{{行.单位}}", "{{行.参与率}}"],
        ["{%tr endfor %}", ""],
    ],
    header="{{落款}}",
)
RELATIONS = "word/_rels/document.xml.rels"


@pytest.mark.parametrize("kind", KINDS)
def test_the_templates_that_ship_stand_their_own_test(kind: str) -> None:
    templates.check(templates.shipped(kind))


def test_a_template_of_an_office_is_filled_as_it_is_written() -> None:
    templates.check(GOOD)
    said = text_of(templates.fill(GOOD, full(), 0))
    assert "关于节能宣传周知识答题活动的总结\n2026年第9期，7段\n一、基本情况\n1 市机关事务管理局组织的" in said
    assert "市财政局\n86.4%" in said
    assert "{" not in said
    assert "期" not in text_of(templates.fill(GOOD, empty(), 0)).split("\n")[1][:6]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (["{{参加人}}"], "没有“参加人”这个标记"),
        (["{{标题}}{{单位.名称}}"], "没有“单位.名称”这个标记"),
        (["{%p if 没有的 %}", "a", "{%p endif %}"], "没有“没有的”这个标记"),
        (["{%p for 行 in 单位表 %}", "{{行.得分}}", "{%p endfor %}"], "没有“行.得分”这个标记"),
        (["{%p if 主题 %}", "{%p for 行 in 单位表 %}", "{{行.得分}}", "{%p endfor %}", "{%p endif %}"], "行.得分"),
        (["{%p for 行 in 标题 %}", "{{行}}", "{%p endfor %}"], "for 只能用于表格和段落的标记"),
        (
            ["{%p for 甲 in 单位表 %}", "{%p for 乙 in 单位表 %}", "x", "{%p endfor %}", "{%p endfor %}"],
            "不能放在另一个 for 里面",
        ),
        (["{{标题.__class__}}"], "没有“标题.__class__”这个标记"),
        (["{{标题.upper()}}"], "有不支持的写法（Call）"),
        (["{{ 'a' * 1000000000 }}"], "有不支持的写法（Mul）"),
        (["{{标题|center(99999999)}}"], "不能用“|center”"),
        (["{{ range(9) }}"], "有不支持的写法"),
        (["{% set 甲 = 标题 %}"], "有不支持的写法（Assign）"),
        (["{% include '/etc/passwd' %}"], "有不支持的写法（Include）"),
        (["{{标题}"], "写错的标记（“}”不该在这里）"),
        (["{%p for 行 in 单位表 %}"], "写错的标记（“for”没有结束）"),
        (["｛｛标题｝｝"], "全角"),
        (["{%p if 主题 %}{{主题}}", "x"], "写错的标记（“if”没有结束）"),
        (["{%p endif %}"], "写错的标记（“endif”不认识，或者多出来了）"),
        (["{{标题 主题}}"], "写错的标记（“主题”不该在这里）"),
        (["{{ }}"], "写错的标记（标记里是空的）"),
    ],
)
def test_what_a_template_may_not_do_is_named_in_one_sentence(written: list[str], said: str) -> None:
    with pytest.raises(Refused, match="。") as refused:
        templates.check(template_of(*written))
    assert said in str(refused.value)


def test_a_loop_over_the_same_again_and_again_is_refused_before_it_is_tried() -> None:
    """Fourteen of them, and the paragraphs of one section come to gigabytes."""
    loops = ["{%p for 部分 in 各部分 %}", *["{%p for 段 in 部分.段落 %}"] * 14]
    with pytest.raises(Refused, match="“段落”的 for 不能放在另一个 for 里面"):
        templates.check(template_of(*loops, "{{段}}", *["{%p endfor %}"] * 15))


def test_a_template_of_which_too_much_comes_is_refused_before_it_is_all_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sandbox, "MOST_RENDERED", 20_000)
    with pytest.raises(Refused, match="生成的文档太大"):
        templates.check(template_of("{%p for 段 in 正文段落 %}", "{{段}}" + "甲" * 4_000, "{%p endfor %}"))


def test_text_counts_as_text_whatever_its_file_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is what the list of types says, and not what the end of its name does."""
    data, out = template_of("{{标题}}", "甲" * 5_000), BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for one in before.infolist():
            name = one.filename.replace("word/document.xml", "word/media/document.png")
            content = before.read(one)
            if name in {"[Content_Types].xml", "_rels/.rels"}:
                content = content.replace(b"word/document.xml", b"word/media/document.png")
            after.writestr(name.replace("word/_rels/document.xml", "word/media/_rels/document.png"), content)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        most = sum(one.file_size for one in archive.infolist() if one.filename.endswith((".xml", ".rels"))) - 1
    monkeypatch.setattr(templates, "MOST_TEXT", most)
    with pytest.raises(Refused, match="文字太多"):
        templates.check(out.getvalue())


def test_a_fault_in_a_header_is_found_too() -> None:
    with pytest.raises(Refused, match="没有“落款人”这个标记"):
        templates.check(template_of("{{标题}}", header="{{落款人}}"))


def test_several_faults_are_told_at_once() -> None:
    with pytest.raises(Refused, match="没有“甲”这个标记；没有“乙”这个标记。"):
        templates.check(template_of("{{甲}}{{乙}}{{甲}}"))


def test_a_loop_that_would_tear_the_document_apart_is_refused() -> None:
    rows = [["{%tr for 行 in 单位表 %}"], ["{{行.单位}}"]]
    with pytest.raises(Refused, match="请"):
        templates.check(template_of("{%p endfor %}", rows=rows))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "请上传 Word 文档"),
        (b"\xd0\xcf\x11\xe0" * 100, "旧的 .doc"),
        (b"PK\x03\x04 not a zip", "打不开"),
        (with_member(GOOD, "word/vbaProject.bin", b"x"), "不带宏"),
        (with_member(GOOD, "word/embeddings/oleObject1.bin", b"x"), "嵌入了别的文件"),
        (changed(GOOD, RELATIONS, related("image", "https://example.com/a.png")), "链接了外面的"),
        (changed(GOOD, RELATIONS, related("attachedTemplate", "https://example.com/a.dotm")), "链接了外面的"),
        (GOOD + b"0" * (5 << 20), "超过 5 MB"),
        (changed(GOOD, "[Content_Types].xml", lambda text: text.replace("document.main", "template.main")), "dotx"),
    ],
    ids=["empty", "doc", "torn", "macros", "embedded", "picture", "template", "large", "dotx"],
)
def test_what_is_no_harmless_word_document_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        templates.check(data)


def test_a_document_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "MOST_UNPACKED", 10_000)
    with pytest.raises(Refused, match="解开后太大"):
        templates.check(GOOD)


def test_links_and_the_template_on_the_authors_own_disk_are_let_be() -> None:
    linked = changed(template_of("{{标题}}"), RELATIONS, related("hyperlink", "https://example.com/"))
    templates.check(changed(linked, RELATIONS, related("attachedTemplate", "file:///C:/Normal.dotm")))


def test_a_template_with_nothing_but_a_loop_leaves_no_table_without_rows() -> None:
    data = template_of("{{标题}}", rows=[["{%tr for 行 in 奖品表 %}"], ["{{行.奖品}}"], ["{%tr endfor %}"]])
    assert "保温杯" in text_of(templates.fill(data, full(), 0))
    nothing = Document(BytesIO(templates.fill(data, empty(), 0)))
    assert nothing.tables == []
    assert nothing.sections[0].header.is_linked_to_previous, "nor anything that was not there"


def test_the_newest_template_is_used_until_one_goes_back_to_the_shipped_one(records: Store) -> None:
    with records.transaction() as session:
        assert templates.current(session, "summary") == templates.shipped("summary")
        templates.keep(session, "summary", "甲.docx", b"one", "chen", NOW)
        templates.keep(session, "summary", "乙.docx", b"two", "chen", NOW + 1)
    with records.reading() as session:
        assert templates.current(session, "summary") == b"two"
        assert templates.current(session, "bulletin") == templates.shipped("bulletin")
        assert [one.name for one in templates.listing(session, "summary")] == ["乙.docx", "甲.docx"]
        assert templates.file_of(session, templates.listing(session, "summary")[1].id)[1] == b"one"
    with records.transaction() as session:
        assert templates.use_shipped(session, "summary", "chen", NOW + 2) == 2
        assert templates.current(session, "summary") == templates.shipped("summary")
        whats = session.scalars(select(tables.AuditEntry.what).order_by(tables.AuditEntry.id)).all()
    assert whats == ["report.template_uploaded", "report.template_uploaded", "report.template_reset"]


def test_there_are_no_other_kinds_of_reports(records: Store) -> None:
    with records.transaction() as session, pytest.raises(NotFound):
        templates.keep(session, "letter", "x.docx", b"", "chen", NOW)
