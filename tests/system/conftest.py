"""What whole programs share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from system.copies import COPIES


@pytest.fixture(scope="session", autouse=True)
def copies() -> Iterator[None]:
    """Commands run in copies of one process, which ends with the tests."""
    yield
    COPIES.stop()
