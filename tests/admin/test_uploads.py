from __future__ import annotations

import os
from pathlib import Path

import pytest
from itsdangerous import URLSafeSerializer

from admin.uploads import Uploads
from campaigns.errors import NotFound


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path, "secret")


def test_a_kept_file_is_found_by_its_token(uploads: Uploads) -> None:
    upload, data = uploads.find(uploads.keep(b"bytes", "题库.csv", "energy"))
    assert (upload.title, upload.slug, data) == ("题库.csv", "energy", b"bytes")


def test_a_dropped_file_is_gone(uploads: Uploads) -> None:
    token = uploads.keep(b"bytes", "题库.csv", "")
    uploads.drop(uploads.find(token)[0])
    with pytest.raises(NotFound, match="重新上传"):
        uploads.find(token)


@pytest.mark.parametrize("forge", [lambda token: token + "x", lambda token: "", lambda token: token.swapcase()])
def test_a_token_that_is_not_ours_finds_nothing(uploads: Uploads, forge: object) -> None:
    token = uploads.keep(b"bytes", "题库.csv", "")
    with pytest.raises(NotFound):
        uploads.find(forge(token))  # type: ignore[operator]


def test_a_signed_name_that_leads_elsewhere_finds_nothing(uploads: Uploads, tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("secret")
    signer = URLSafeSerializer("secret", salt="lvda-upload")
    with pytest.raises(NotFound):
        uploads.find(signer.dumps({"name": "../secret-key", "title": "", "slug": ""}))


def test_what_nobody_came_back_to_is_removed_after_a_day(uploads: Uploads, tmp_path: Path) -> None:
    old, new = uploads.keep(b"old", "a.csv", ""), uploads.keep(b"new", "b.csv", "")
    path = tmp_path / "uploads" / uploads.find(old)[0].name
    os.utime(path, (0, 0))
    uploads.keep(b"another", "c.csv", "")
    with pytest.raises(NotFound):
        uploads.find(old)
    assert uploads.find(new)[1] == b"new"


def test_uploads_are_readable_by_their_owner_alone(uploads: Uploads, tmp_path: Path) -> None:
    uploads.keep(b"bytes", "a.csv", "")
    assert (tmp_path / "uploads").stat().st_mode & 0o077 == 0
