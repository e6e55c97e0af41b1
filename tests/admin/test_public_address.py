from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import requests

from admin.public_address import trouble_with_address
from settings import Settings


class Visited:
    """What answers, and how it was asked."""

    def __init__(self, answer: int | Exception = 200) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, address: str, query: Mapping[str, str], seconds: float) -> tuple[int, str]:
        self.asked.append(address)
        assert not query
        assert seconds <= 5
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer, ""


def trouble(tmp_path: Path, base_url: str, visited: Visited) -> str:
    settings = Settings(base_url=base_url, redis_url="none", data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    return trouble_with_address(settings, visited)


def test_an_address_that_answers_is_well(tmp_path: Path) -> None:
    visited = Visited()
    assert trouble(tmp_path, "https://quiz.example.gov.cn/lvda/", visited) == ""
    assert visited.asked == ["https://quiz.example.gov.cn/lvda/healthz"]


@pytest.mark.parametrize(
    ("base_url", "reason"),
    [
        ("", "没有设置 LVDA_BASE_URL"),
        ("http://quiz.example.gov.cn", "不是 https"),
        ("https://127.0.0.1:8000", "不是公网地址"),
        ("https://10.1.2.3", "不是公网地址"),
        ("https://[fd00::1]", "不是公网地址"),
        ("https://quiz", "不是公网地址"),
        ("https://quiz.lan", "不是公网地址"),
    ],
)
def test_an_address_that_no_phone_can_reach_is_not_even_tried(tmp_path: Path, base_url: str, reason: str) -> None:
    visited = Visited()
    assert reason in trouble(tmp_path, base_url, visited)
    assert visited.asked == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (502, "HTTP 502"),
        (302, "HTTP 302"),
        (requests.exceptions.SSLError(), "证书"),
        (requests.exceptions.ConnectTimeout(), "连不上"),
        (TimeoutError(), "连不上"),
    ],
)
def test_an_address_that_does_not_answer_is_told(tmp_path: Path, answer: int | Exception, reason: str) -> None:
    assert reason in trouble(tmp_path, "https://quiz.example.gov.cn", Visited(answer))
