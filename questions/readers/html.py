"""Web pages, and what office programs save as such → questions."""

from __future__ import annotations

from collections.abc import Mapping

from questions.model import UnreadableFile
from questions.readers.reading import Reading


def read_html(text: str, encoding: str, columns: Mapping[str, str]) -> Reading:
    raise UnreadableFile("这种文件还读不了；请把题目放进 xlsx 或 CSV 表格（一行一题）后再导入。")
