"""Reading in a process apart: the same bank, and one sentence whatever becomes of that process."""

from __future__ import annotations

import json
import os
import sysconfig
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from bank_files import csv_bytes, only, xlsx_bytes
from banks_made import banks, nasty_texts, questions
from hostile_files import ROWS, every_kind
from hypothesis import given, settings

from questions.model import BadColumns, Bank, Kind, Picture, Problem, Question, Severity, UnreadableFile
from questions.readers import read_bank as read_here
from questions.readers.apart import limited
from questions.readers.apart.bank_lines import Heard, lines_of, told_in
from questions.readers.apart.limited import Limits, read_bank

FILES = {kind: data for kind, data in every_kind().items() if kind != "ods without content"}


@pytest.mark.parametrize("kind", list(FILES))
def test_a_file_of_any_kind_is_the_same_bank_as_when_it_is_read_here(kind: str) -> None:
    assert read_bank(FILES[kind]) == read_here(FILES[kind])


def test_refusals_and_columns_come_through() -> None:
    with pytest.raises(UnreadableFile, match="PDF"):
        read_bank(b"%PDF-1.7")
    data = xlsx_bytes([[*ROWS[0], "备用"], [*ROWS[1], "A"]])
    assert only(read_bank(data, columns={"答案": "备用"})).answer == ("A",)
    with pytest.raises(BadColumns, match="没有找到"):
        read_bank(data, columns={"答案": "Z"})


def heard(bank: Bank) -> Bank:
    told = Heard()
    for line in lines_of(bank):
        assert line.count(b"\n") == 1
        told.take(told_in(line))
    assert told.complete
    return told.bank()


@given(banks(questions(texts=nasty_texts(), words=nasty_texts(lines=False), tags=nasty_texts(lines=False))))
@settings(max_examples=50)
def test_a_bank_comes_through_the_lines_as_it_was(bank: Bank) -> None:
    told = replace(bank, format="docx", problems=(Problem("第1段", Severity.WARNING, "请看。"),))
    assert heard(told) == told


def test_texts_that_no_encoding_holds_come_through_as_well() -> None:
    question = Question("\x00", Kind.ESSAY, "\ud800\u2028\x85\r\n", pictures=(Picture("0" * 64, "A", "\udfff"),))
    bank = Bank("xls", "", (question,), (), {"0" * 64: bytes(range(256))})
    assert heard(bank) == bank


def test_an_empty_bank_comes_through() -> None:
    assert heard(Bank("csv", "utf-8")) == Bank("csv", "utf-8")


CRASHES = {
    "segmentation fault": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "出了错"),
    "abort": ("import os; os.abort()", "内存"),
    "killed for its memory": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "内存"),
    "gone without a word": ("", "出了错"),
    "half a bank": ('print(\'{"bank":["csv",""]}\')', "出了错"),
    "rubbish": ("import sys; sys.stdout.buffer.write(bytes(range(256)) * 999 + b'\\n')", "出了错"),
    "another shape": ("print('{\"questions\":[[1]]}')", "出了错"),
    "no object": ("print('[1, 2, 3]')", "出了错"),
    "an unknown word": ("print('{\"hello\": 1}')", "出了错"),
    "not our python": ("raise SystemExit(3)", "出了错"),
}


@pytest.mark.parametrize("crash", list(CRASHES))
def test_a_process_that_dies_or_talks_nonsense_is_one_sentence(crash: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, word = CRASHES[crash]
    monkeypatch.setattr(limited, "PROGRAM", program)
    with pytest.raises(UnreadableFile, match=word) as refused:
        read_bank(csv_bytes(ROWS))
    assert "；请" in str(refused.value)


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        "import sys, time; sys.stdin.buffer.read(); sys.stdout.close(); time.sleep(60)",
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()",
        "while True: print('{\"problems\":[]}', flush=True)",
    ],
    ids=["sleeps", "is silent", "pauses", "never stops talking"],
)
def test_a_process_that_never_ends_is_ended(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "PROGRAM", program)
    with pytest.raises(UnreadableFile, match="1 秒还没有读完"):
        read_bank(b"x" * 1_000_000, limits=Limits(seconds=1))


def test_a_process_that_says_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "_MOST_TOLD", 1 << 20)
    monkeypatch.setattr(limited, "PROGRAM", "import sys\nwhile True: sys.stdout.write('x' * 65536)")
    with pytest.raises(UnreadableFile, match="内存"):
        read_bank(csv_bytes(ROWS))


def test_processor_time_is_limited_too(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = "from questions.readers.apart.confined import confine; confine(1 << 30, 1)\nwhile True: pass"
    start = "import json, sys; sys.path[:] = json.loads(sys.argv[1])['path']\n"
    monkeypatch.setattr(limited, "PROGRAM", start + busy)
    with pytest.raises(UnreadableFile, match="秒还没有读完"):
        read_bank(csv_bytes(ROWS), limits=Limits(seconds=8))


@pytest.mark.skipif(os.uname().sysname == "Darwin", reason="macOS knows no limit of address space")
def test_memory_is_limited() -> None:
    data = xlsx_bytes([*ROWS, *[[f"第{n}题{'节能' * 15_000}？", "甲", "乙", "A"] for n in range(300)]])
    with pytest.raises(UnreadableFile, match="内存"):
        read_bank(data, limits=Limits(memory=96 << 20))


def test_a_fault_of_ours_names_its_place_and_not_what_the_file_says(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import json, sys; asked = json.loads(sys.argv[1]); sys.path[:] = asked['path']\n"
        "from questions.readers.apart import confined\n"
        "def broken(data, columns): raise KeyError('geheim')\n"
        "confined.read_bank = broken; confined.run(asked)"
    )
    monkeypatch.setattr(limited, "PROGRAM", program)
    with pytest.raises(UnreadableFile, match="出了错") as refused:
        read_bank(csv_bytes(ROWS))
    (note,) = refused.value.__notes__
    assert note.startswith("KeyError at")
    assert "geheim" not in note


def test_a_module_that_is_not_installed_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import json, sys; asked = json.loads(sys.argv[1]); sys.path[:] = asked['path']\n"
        "from questions.readers.apart import confined\n"
        "def broken(data, columns): import python_without_wings\n"
        "confined.read_bank = broken; confined.run(asked)"
    )
    monkeypatch.setattr(limited, "PROGRAM", program)
    with pytest.raises(UnreadableFile, match="文件本身没有问题；请联系管理员") as refused:
        read_bank(csv_bytes(ROWS))
    assert refused.value.__notes__ == ["python_without_wings"]


def test_a_process_that_cannot_begin_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "_path", lambda: [sysconfig.get_path("stdlib")])
    with pytest.raises(UnreadableFile, match="文件本身没有问题；请联系管理员"):
        read_bank(csv_bytes(ROWS))


def test_a_module_for_which_no_memory_is_left_is_told_as_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import json, sys; asked = json.loads(sys.argv[1]); sys.path[:] = asked['path']\n"
        "from questions.readers.apart import confined\n"
        "def full(data, columns): raise ImportError('x.so: failed to map segment from shared object')\n"
        "confined.read_bank = full; confined.run(asked)"
    )
    monkeypatch.setattr(limited, "PROGRAM", program)
    with pytest.raises(UnreadableFile, match="内存"):
        read_bank(csv_bytes(ROWS))


def test_the_process_is_alone_in_an_empty_folder_that_is_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("LVDA_SECRET_KEY", "geheim")
    monkeypatch.setattr(
        limited,
        "PROGRAM",
        "import json, os, sys; sys.path[:] = json.loads(sys.argv[1])['path']\n"
        "from questions.readers.apart.bank_lines import line\n"
        "told = [os.getcwd(), os.listdir(), sorted(os.environ), sorted(os.listdir('/dev/fd'))]\n"
        "sys.stdout.buffer.write(line('unreadable', json.dumps(told)))",
    )
    with (tmp_path / "open").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        with pytest.raises(UnreadableFile) as refused:
            read_bank(csv_bytes(ROWS))
    folder, listed, environment, files = json.loads(str(refused.value))
    assert Path(folder).parent == tmp_path
    assert listed == []
    assert "geheim" not in str(refused.value)
    assert set(environment) <= {"LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}
    assert len(files) <= 4
    assert [path.name for path in tmp_path.iterdir()] == ["open"]


def test_what_libreoffice_has_to_convert_is_converted_here_and_read_there(monkeypatch: pytest.MonkeyPatch) -> None:
    made = FILES["docx"]
    monkeypatch.setattr(limited.doc, "convert", lambda data: made)
    bank = read_bank(b"{\\rtf1 whatever}")
    assert bank.format == "rtf"
    assert bank.questions == read_here(made).questions
