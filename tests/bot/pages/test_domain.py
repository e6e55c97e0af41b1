from __future__ import annotations

from pathlib import Path

from flask import Flask

from platforms.verification import FOLDER


def kept(folder: Path, name: str, content: bytes) -> None:
    (folder / FOLDER).mkdir(exist_ok=True)
    (folder / FOLDER / name).write_bytes(content)


def test_a_verification_file_is_at_the_root_as_plain_text(app: Flask, tmp_path: Path) -> None:
    for name in ("MP_verify_a1B2.txt", "WW_verify_c3D4.txt"):
        kept(tmp_path, name, b"a1B2")
        answer = app.test_client().get(f"/{name}")
        assert (answer.status_code, answer.data) == (200, b"a1B2")
        assert answer.content_type == "text/plain; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


def test_nothing_else_of_that_folder_or_beside_it_is(app: Flask, tmp_path: Path) -> None:
    kept(tmp_path, "notes.txt", b"a1B2")
    (tmp_path / "secret-key").write_text("hunter2")
    for address in (
        "/notes.txt",
        "/MP_verify_nothing.txt",
        "/MP_verify_..%2Fsecret-key.txt",
        "/MP_verify_x/../secret-key.txt",
        "/verify/notes.txt",
    ):
        answer = app.test_client().get(address)
        assert answer.status_code == 404
        assert b"hunter2" not in answer.data
