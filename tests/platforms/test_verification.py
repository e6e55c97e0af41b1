from __future__ import annotations

import os
from pathlib import Path

import pytest

from campaigns.errors import Refused
from platforms import verification
from platforms.verification import FOLDER, LARGEST, keep, shown

NAME = "MP_verify_a1B2c3D4e5F6g7H8.txt"


def downloaded(folder: Path, name: str = NAME, content: bytes = b"a1B2c3D4e5F6g7H8") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("name", [NAME, "WW_verify_a1B2c3D4e5F6g7H8.txt"])
def test_a_downloaded_file_is_kept_and_shown_as_it_is(tmp_path: Path, name: str) -> None:
    assert keep(tmp_path / "var", downloaded(tmp_path, name)) == name
    assert shown(tmp_path / "var", name) == b"a1B2c3D4e5F6g7H8"
    assert [path.name for path in (tmp_path / "var" / FOLDER).iterdir()] == [name], "and no draft is left"


def test_a_second_download_takes_the_place_of_the_first(tmp_path: Path) -> None:
    keep(tmp_path, downloaded(tmp_path))
    keep(tmp_path, downloaded(tmp_path, content=b"second\n"))
    assert shown(tmp_path, NAME) == b"second\n"


@pytest.mark.parametrize(
    "name",
    [
        "secret-key",
        "MP_verify_.txt",
        "MP_verify_a.txt.bak",
        "MP_verify_a.TXT",
        "mp_verify_a.txt",
        "XX_verify_a.txt",
        "MP_verify_a b.txt",
        "MP_verify_../x.txt",
        "MP_verify_ａ.txt",
        f"MP_verify_{'a' * 65}.txt",
    ],
)
def test_no_other_name_is_shown_or_kept(tmp_path: Path, name: str) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    if "/" not in name:
        downloaded(folder, name)
        with pytest.raises(Refused, match="文件名应当像"):
            keep(tmp_path, folder / name)
    assert shown(tmp_path, name) is None


@pytest.mark.parametrize("content", [b"", b"x" * (LARGEST + 1), b"<script>", b"\xff\xfe", "校验".encode(), b"a b"])
def test_what_does_not_look_like_such_a_file_is_neither_kept_nor_shown(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refused, match="内容不像"):
        keep(tmp_path / "var", downloaded(tmp_path, content=content))
    (tmp_path / FOLDER).mkdir()
    downloaded(tmp_path / FOLDER, content=content)
    assert shown(tmp_path, NAME) is None


def test_links_folders_and_pipes_are_not_followed_or_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / verification.FOLDER
    folder.mkdir()
    (tmp_path / "secret-key").write_text("hunter2")
    (folder / "MP_verify_link.txt").symlink_to(tmp_path / "secret-key")
    (folder / "MP_verify_folder.txt").mkdir()
    os.mkfifo(folder / "MP_verify_pipe.txt")
    for name in ("link", "folder", "pipe", "nothing"):
        assert shown(tmp_path, f"MP_verify_{name}.txt") is None


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        keep(tmp_path, tmp_path / NAME)
