"""The files themselves: sound, complete, and what programs of offices open."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from lxml import etree
from PIL import Image
from python_calamine import CalamineWorkbook
from word_templates_made import text_of

from campaigns.errors import Refused
from campaigns.reports import charts, pdf, sheets, templates, word
from campaigns.reports.content import KINDS, Content, Photo, UnitLine
from campaigns.reports.samples import empty, full

CREATED = 1_783_126_800_000
NASTY = '=1+1 <w:p/> & "{{标题}}" {%p if 1 %}'
CONTENTS = {
    "full": full(),
    "empty": empty(),
    "nasty": replace(full(), title=NASTY, remarks=(NASTY, "一\x07二"), sender=NASTY, campaign=NASTY),
}


RENDERED = (("summary", "full"), ("bulletin", "nasty"), ("summary", "empty"))


@cache
def filled(content: Content, kind: str) -> bytes:
    return word.write_docx(replace(content, kind=kind), templates.shipped(kind), CREATED)


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("kind", KINDS)
def test_word_has_nothing_to_repair(content: Content, kind: str) -> None:
    """What it offers to repair: torn XML, tables without rows, cells without text, ids given twice, parts that lack."""
    data = filled(content, kind)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        for name in names:
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
        body = archive.read("word/document.xml").decode()
        relations = archive.read("word/_rels/document.xml.rels").decode()
    for target in re.findall(r'Target="((?:media|header|footer)[^"]*)"', relations):
        assert f"word/{target}" in names
    paper = Document(BytesIO(data))
    for table in paper.tables:
        assert table.rows
        assert all(cell.paragraphs for row in table.rows for cell in row.cells)
    ids = re.findall(r'<wp:docPr [^>]*\bid="(\d+)"', body)
    assert len(ids) == len(set(ids))
    assert body.count("descr=") >= len(ids)
    if content is not CONTENTS["nasty"]:
        assert "{" not in text_of(data)


def test_what_offices_write_stays_text() -> None:
    data = filled(CONTENTS["nasty"], "bulletin")
    said = text_of(data)
    assert NASTY in said
    assert "一二" in said
    assert Document(BytesIO(data)).core_properties.title == NASTY


def test_a_document_bears_the_offices_name_and_day_and_nobody_elses() -> None:
    about = Document(BytesIO(filled(full(), "summary"))).core_properties
    assert (about.author, about.last_modified_by, about.comments) == ("市机关事务管理局", "", "")
    assert about.created is not None
    assert about.created.year == 2026


def test_a_long_table_says_that_the_annex_has_all() -> None:
    line = UnitLine(1, "U", "某单位", 10, 5, 0.5, 80.0, 400, 5, 1.0)
    content = replace(full(), units=(line,) * 101)
    assert "一共101个单位，这里列出前100个，全部在 Excel 附表里。" in text_of(filled(content, "summary"))
    table = next(one for one in sheets.sheets_of(content) if one.name == "单位")
    assert len(table.rows) == 101


def test_photos_of_every_kind_are_shown() -> None:
    photos = []
    for form in ("PNG", "JPEG", "WEBP", "GIF"):
        out = BytesIO()
        Image.new("RGB", (300, 900), "green").save(out, form)
        photos.append(Photo(out.getvalue(), form))
    content = replace(full(), photos=tuple(photos))
    body = filled(content, "bulletin")
    assert "WEBP" in text_of(body)
    assert len(Document(BytesIO(body)).inline_shapes) == 4 + 1
    assert pdf.write_pdf(content, CREATED).startswith(b"%PDF")


# --- charts -----------------------------------------------------------------------------------------------------------


def test_charts_are_drawn_of_what_can_be_compared_and_of_nothing_else() -> None:
    for name in charts.CHARTS:
        with Image.open(BytesIO(charts.draw(full(), name))) as image:
            assert image.format == "PNG"
            assert image.width > 1_000
        assert charts.draw(empty(), name) == b""
    assert charts.draw(replace(full(), units=full().units[:1]), "units") == b""


@pytest.mark.parametrize("measure", ["平均分", "总分", "合格率"])
def test_a_chart_of_units_is_of_what_they_are_ranked_by(measure: str) -> None:
    assert charts.draw(replace(full(), measure=measure), "units") != charts.draw(full(), "units")


def test_a_rare_character_leaves_a_mark_in_a_chart_and_no_box() -> None:
    rare = replace(
        full(), units=tuple(replace(one, name="𠮷祥街道办事处社区居民委员会联合服务中心") for one in full().units)
    )
    assert charts.draw(rare, "units")


# --- sheets -----------------------------------------------------------------------------------------------------------


def test_the_annex_has_every_table_with_figures_as_figures_and_charts_to_look_at() -> None:
    data = sheets.write_xlsx(full(), CREATED)
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    assert book.sheet_names == ["概况", "单位", "成绩分布", "每日", "入口", "题目", "奖品", "获奖名单"]
    rows = book.get_sheet_by_name("单位").to_python()
    assert rows[0][:4] == ["名次", "代码", "单位", "应参与人数"]
    assert rows[1][:6] == [1.0, "U01", "市机关事务管理局", 125.0, 109.0, 0.872]
    assert book.get_sheet_by_name("获奖名单").to_python()[1] == ["幸运奖", "保温杯", "张*明", "市财政局"]
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert len([name for name in archive.namelist() if name.startswith("xl/charts/chart")]) == 4


def test_nothing_in_the_annex_is_ever_computed() -> None:
    nasty = replace(CONTENTS["nasty"], units=tuple(replace(one, name="=cmd|x") for one in full().units))
    with zipfile.ZipFile(BytesIO(sheets.write_xlsx(nasty, CREATED))) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in archive.read(name)


def test_an_annex_of_nothing_is_a_page_of_words() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(sheets.write_xlsx(empty(), CREATED)))
    assert book.sheet_names == ["概况"]


# --- PDF --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), [("full", "summary"), ("nasty", "bulletin"), ("empty", "summary")])
def test_a_pdf_is_made_of_everything_and_of_nothing(name: str, kind: str) -> None:
    assert pdf.write_pdf(replace(CONTENTS[name], kind=kind), CREATED).startswith(b"%PDF")


def test_a_character_that_the_font_lacks_is_named_and_word_is_offered() -> None:
    with pytest.raises(Refused, match="没有这些字：𠮷。请改用 Word"):
        pdf.write_pdf(replace(full(), remarks=("𠮷祥",)), CREATED)


# --- as offices open them ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of the documents as LibreOffice lays them out, pages divided by form feeds."""
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        pytest.skip("NO LIBREOFFICE HERE (soffice, pdftotext): documents are not opened as offices open them")
    folder = tmp_path_factory.mktemp("rendered")
    for kind, name in RENDERED:
        (folder / f"{kind}-{name}.docx").write_bytes(filled(CONTENTS[name], kind))
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", folder, *folder.glob("*.docx")], check=True, capture_output=True, timeout=120)
    return {path.stem: _read(path) for path in folder.glob("*.pdf")}


def _read(path: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, timeout=30)
    return done.stdout.decode()


def test_libreoffice_opens_every_document_and_shows_what_it_says(rendered: dict[str, str]) -> None:
    assert set(rendered) == {f"{kind}-{name}" for kind, name in RENDERED}
    for name, most in {"summary-full": 6, "bulletin-nasty": 5, "summary-empty": 1}.items():
        assert 1 <= rendered[name].count("\f") <= most
    summary = re.sub(r"\s", "", rendered["summary-full"])
    for said in ("一、基本情况", "参与率80%", "附表获奖名单", "张*明", "六、主要做法和体会", "—1—"):
        assert said in summary
    bulletin = re.sub(r"\s", "", rendered["bulletin-nasty"])
    assert "2026年第9期" in bulletin
    assert re.sub(r"\s", "", NASTY) in bulletin
