"""Older Word files, RTF and OpenDocument text: read through LibreOffice, or refused with what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from bank_files import answers, texts
from docx import Document
from servers import absent
from word_made import QUESTION, abstract, docx, level, listed, p, red, zipped

from questions.model import UnreadableFile
from questions.readers import read_bank
from questions.readers.documents.doc import convert
from questions.readers.ole import ole_streams
from questions.readers.sniff import sniff

RTF = rb"{\rtf1\ansi 1. x\par}"


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents in the older formats, as LibreOffice writes them."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        absent("no LibreOffice: install libreoffice-writer to try the older Word formats")
        raise AssertionError
    folder = tmp_path_factory.mktemp("office")
    numbering = abstract(0, level("decimal", "%1."), level("upperLetter", "%2.")) + listed(1, 0)
    body = (
        p("一、单选题"),
        p("下列哪种灯更省电？", numbered=(1, 0)),
        p("白炽灯", numbered=(1, 1)),
        p(red("节能灯"), numbered=(1, 1)),
        p("答案：B"),
        p("空调夏季设多少度合适？", numbered=(1, 0)),
        p("26 ℃", numbered=(1, 1)),
        p("18 ℃", numbered=(1, 1)),
        p("答案：A"),
    )
    (folder / "made.docx").write_bytes(docx(*body, numbering=numbering))
    rows = (("题目", "选项A", "选项B", "答案"), ("下列哪种灯更省电？", "白炽灯", "节能灯", "B"))
    document = Document()
    document.add_paragraph("题库")
    table = document.add_table(len(rows), len(rows[0]))
    for row, texts_of_row in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts_of_row, strict=True):
            cell.text = text
    document.add_paragraph("完")
    document.save(str(folder / "table.docx"))
    profile = (folder / "profile").as_uri()
    for form in ("doc", "rtf", "odt"):
        subprocess.run(
            [
                program,
                f"-env:UserInstallation={profile}",
                "--headless",
                "--convert-to",
                form,
                "made.docx",
                "table.docx",
            ],
            cwd=folder,
            capture_output=True,
            timeout=120,
            check=True,
        )
    return folder


@pytest.mark.parametrize("form", ["doc", "rtf", "odt"])
def test_older_formats_are_read_with_their_automatic_numbers(office: Path, form: str) -> None:
    data = (office / f"made.{form}").read_bytes()
    assert sniff(data) == form
    bank = read_bank(data)
    assert bank.format == form
    assert [question.number for question in bank.questions] == ["1", "2"]
    assert texts(bank.questions[0]) == ["白炽灯", "节能灯"]
    assert answers(bank) == [("B",), ("A",)]


def test_tables_in_older_formats_are_tables(office: Path) -> None:
    bank = read_bank((office / "table.doc").read_bytes())
    assert answers(bank) == [("B",)]
    assert bank.questions[0].where == "第1个表格第2行"


def test_what_libreoffice_cannot_open_is_said_to_be_damaged(office: Path) -> None:
    data = (office / "made.odt").read_bytes()
    with pytest.raises(UnreadableFile, match="打不开"):
        convert(data[:200] + bytes(len(data) - 400) + data[-200:])


def test_the_directory_of_an_ole_file_says_what_it_is(office: Path) -> None:
    data = (office / "made.doc").read_bytes()
    assert "WordDocument" in ole_streams(data)
    assert sniff(data + "EncryptedPackage".encode("utf-16-le")) == "doc"


def test_a_workbook_with_a_word_document_inside_is_a_workbook() -> None:
    data = bytearray(512 + 128 * 8)
    data[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    data[30:32] = (9).to_bytes(2, "little")
    data[48:52] = (0).to_bytes(4, "little")
    data[76:512] = b"\xff" * 436
    data[76:80] = (1).to_bytes(4, "little")
    for place, (name, child) in enumerate([("Root Entry", 1), ("Workbook", -1), ("MBD1", 3), ("WordDocument", -1)]):
        entry = bytearray(128)
        text = name.encode("utf-16-le")
        entry[: len(text)] = text
        entry[64:66] = (len(text) + 2).to_bytes(2, "little")
        entry[68:76] = b"\xff" * 4 + ((2).to_bytes(4, "little") if name == "Workbook" else b"\xff" * 4)
        entry[76:80] = (child % 2**32).to_bytes(4, "little")
        data[512 + 128 * place : 512 + 128 * (place + 1)] = entry
    data[1024:1028] = (0xFFFFFFFE).to_bytes(4, "little")
    assert ole_streams(bytes(data)) == {"Workbook", "MBD1"}
    assert sniff(bytes(data)) == "xls"


def test_an_open_document_says_itself_what_it_is() -> None:
    def made(kind: str) -> bytes:
        return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<a/>"})

    assert sniff(made("text")) == "odt"
    assert sniff(made("spreadsheet")) == "ods"
    assert sniff(zipped({"content.xml": "<a/>"})) == "ods"
    with pytest.raises(UnreadableFile, match="演示文稿"):
        sniff(made("presentation"))


def test_words_own_xml_in_a_single_file_goes_the_way_of_the_older_formats() -> None:
    start = b'<?xml version="1.0"?>\r\n<?mso-application progid="Word.Document"?>'
    assert sniff(start + b"<w:wordDocument/>") == "doc"


def _fake(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program called soffice that is found first, and that does what the script says."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("data", "word"),
    [(RTF, "RTF"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") * 99, "旧版 Word")],
)
def test_without_libreoffice_the_person_is_told_to_save_as_docx(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, word: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableFile) as refused:
        read_bank(data)
    assert word in str(refused.value)
    assert "没有安装 LibreOffice" in str(refused.value)
    assert "另存为 docx" in str(refused.value)


def test_a_conversion_that_takes_too_long_ends_with_all_its_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fake(tmp_path, f"sleep 60 & echo $! > {tmp_path}/child; wait", monkeypatch)
    with pytest.raises(UnreadableFile, match="还没有打开"):
        convert(RTF, seconds=1.0)
    _gone(int((tmp_path / "child").read_text()))


def test_what_a_conversion_leaves_running_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fake(tmp_path, f"sleep 60 & echo $! > {tmp_path}/child; exit 0", monkeypatch)
    with pytest.raises(UnreadableFile, match="打不开"):
        convert(RTF)
    _gone(int((tmp_path / "child").read_text()))


def _gone(process: int) -> None:
    """Waits for the end of a process that is not ours to wait for."""
    for _ in range(200):
        state = Path(f"/proc/{process}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)
    raise AssertionError(f"process {process} is still running")


def test_libreoffice_works_in_a_folder_and_a_profile_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = f'echo "$@" > {tmp_path}/asked; env > {tmp_path}/env; cat profile/user/*.xcu > {tmp_path}/settings; exit 1'
    _fake(tmp_path, script, monkeypatch)
    monkeypatch.setenv("LVDA_SECRET_KEY", "geheim")
    with pytest.raises(UnreadableFile, match="打不开"):
        convert(RTF)
    asked = (tmp_path / "asked").read_text()
    assert "--headless" in asked
    assert "-env:UserInstallation=file:///" in asked
    assert "DisableMacrosExecution" in (tmp_path / "settings").read_text()
    assert "geheim" not in (tmp_path / "env").read_text()
    folder = asked.rpartition(" ")[2].strip()
    assert folder.endswith("source.rtf")
    assert not Path(folder).exists()


def test_what_libreoffice_made_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made.docx").write_bytes(docx(*QUESTION))
    _fake(tmp_path, f"mkdir out; cp {tmp_path}/made.docx out/source.docx", monkeypatch)
    bank = read_bank(RTF)
    assert (bank.format, answers(bank)) == ("rtf", [("B",)])
