"""The older Word formats, RTF and OpenDocument text → questions, through LibreOffice.

LibreOffice makes a docx of them, and that is read. It is a large program that no limit of ours suits, so that it runs
where the caller says: `questions.readers.apart.limited` calls `convert` in its own process and reads the docx in the
limited one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from questions.model import UnreadableFile
from questions.readers.archives import MOST_UNPACKED
from questions.readers.reading import Reading

SECONDS = 20.0
_PROGRAMS = ("soffice", "libreoffice")
_KINDS = {"doc": "旧版 Word 文件（doc）", "rtf": "RTF 文件", "odt": "ODF 文档（odt）"}
_MISSING = "这是{}；这台服务器上没有安装 LibreOffice，请用 Word 或 WPS 打开它，另存为 docx 后再导入。"
_SLOW = "LibreOffice 花了 {:.0f} 秒还没有打开这份{}；请用 Word 或 WPS 打开它，另存为 docx 后再导入。"
_FAILED = "LibreOffice 打不开这份{}，它可能已损坏或设了密码；请用 Word 或 WPS 打开它，另存为 docx 后再导入。"
_MOST_MEMORY = 4 << 20
"""Kilobytes of address space; LibreOffice 7.4 maps 0.7 GB for a doc of 5,000 questions, and uses less than half."""
_MOST_WRITTEN = MOST_UNPACKED // 512
"""Blocks of 512 bytes that one file it writes may have."""
_CONFINED = f'ulimit -f {_MOST_WRITTEN}; ulimit -c 0; ulimit -v {_MOST_MEMORY} 2>/dev/null; "$0" "$@"; kill -s KILL 0'
"""The shell stays until LibreOffice has ended, and then ends whatever that has left running, itself last."""

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
{}
</oor:items>
"""
_ITEM = '<item oor:path="/org.openoffice.Office.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
_SAFE = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Writer/Content/Update", "Link", "2"),
    ("Common/Misc", "FirstRun", "false"),
)
"""A profile in which no macro runs and nothing is fetched."""


def read_doc(data: bytes, columns: Mapping[str, str]) -> Reading:
    """The questions of a Word file of the older kind.

    Raises UnreadableFile without LibreOffice, where it cannot convert the file in time, and like `read_docx`.
    """
    return _read(data, columns, "doc")


def read_rtf(data: bytes, columns: Mapping[str, str]) -> Reading:
    """The same for RTF."""
    return _read(data, columns, "rtf")


def read_odt(data: bytes, columns: Mapping[str, str]) -> Reading:
    """The same for OpenDocument text."""
    return _read(data, columns, "odt")


def _read(data: bytes, columns: Mapping[str, str], form: str) -> Reading:
    from questions.readers.documents.docx import read_docx  # noqa: PLC0415  # `convert` is called where nothing is parsed

    return read_docx(convert(data), columns, form)


def convert(data: bytes, seconds: float = SECONDS) -> bytes:
    """A docx with the same contents. Raises UnreadableFile, with a sentence for each reason why there is none."""
    form = _form(data)
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise UnreadableFile(_MISSING.format(_KINDS[form]))
    with tempfile.TemporaryDirectory(prefix="lvda-") as folder:
        place = Path(folder)
        (place / "profile" / "user").mkdir(parents=True)
        items = "\n".join(_ITEM.format(*item) for item in _SAFE)
        (place / "profile" / "user" / "registrymodifications.xcu").write_text(_SETTINGS.format(items))
        source = place / f"source.{'xml' if data.lstrip().startswith(b'<') else form}"
        source.write_bytes(data)
        _run(program, place, source, seconds, _KINDS[form])
        converted = place / "out" / "source.docx"
        if not converted.is_file():
            raise UnreadableFile(_FAILED.format(_KINDS[form]))
        return converted.read_bytes()


def _form(data: bytes) -> str:
    if data.startswith(b"{\\rtf"):
        return "rtf"
    return "odt" if data.startswith(b"PK") else "doc"


def _run(program: str, place: Path, source: Path, seconds: float, kind: str) -> None:
    """LibreOffice without a window, in a session of its own, so that all of it ends with the time that it is given."""
    command = [
        program,
        f"-env:UserInstallation={(place / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo", "--nofirststartwizard"),
        *("--convert-to", "docx", "--outdir", str(place / "out"), str(source)),
    ]
    nowhere = "http://127.0.0.1:9"
    process = subprocess.Popen(
        ["/bin/sh", "-c", _CONFINED, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=place,
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(place),
            "TMPDIR": str(place),
            "LANG": "C.UTF-8",
            **dict.fromkeys(["http_proxy", "https_proxy", "ftp_proxy"], nowhere),
        },
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(_SLOW.format(seconds, kind)) from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
