"""The one table of what can be taken away."""

from __future__ import annotations

from collections.abc import Mapping

from campaigns.errors import NotFound
from campaigns.exports import entrants, oversight, summaries, winners
from campaigns.exports.scopes import Dataset

DATASETS: Mapping[str, Dataset] = {
    one.code: one for one in (*entrants.DATASETS, *summaries.DATASETS, *winners.DATASETS, *oversight.DATASETS)
}
"""By code, in the order in which they are offered."""


def find(code: str) -> Dataset:
    """Raises NotFound."""
    if code not in DATASETS:
        raise NotFound("没有这种导出，请从导出页面上选。")
    return DATASETS[code]
