"""Tables of figures: units down the tree, and questions. No persons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from campaigns import figures, tables
from campaigns.exports.scopes import Dataset, Rows, Scope
from campaigns.stores import Stores
from campaigns.text_tables import Cell
from campaigns.unit_standings import UnitPlace, table_of
from campaigns.units.tree import LEVELS
from questions.model import Kind


def units(stores: Stores, scope: Scope) -> Iterator[Rows]:
    """Each unit before those below it, ranked among those of the same parent."""
    yield [_unit_row(place, above) for place, above in _places(stores, scope)]


def _places(stores: Stores, scope: Scope) -> Iterator[tuple[UnitPlace, str]]:
    waiting = [(place, "") for place in reversed(_tops(stores, scope))]
    while waiting:
        place, above = waiting.pop()
        yield place, above
        if place.units_below:
            path = f"{above}·{place.name}" if above else place.name
            below = stores.units.table(scope.edition, place.unit_id, now=scope.now)
            waiting.extend((one, path) for one in reversed(below))


def _tops(stores: Stores, scope: Scope) -> Sequence[UnitPlace]:
    if scope.unit_id is None:
        return stores.units.table(scope.edition, now=scope.now)
    with stores.sql.reading() as session:
        parent_id = session.scalar(select(tables.Unit.parent_id).where(tables.Unit.id == scope.unit_id))
    beside = stores.units.table(scope.edition, parent_id, now=scope.now)
    own = [one for one in beside if one.unit_id == scope.unit_id]
    return own or stores.units.table(scope.edition, scope.unit_id, now=scope.now)


def _unit_row(place: UnitPlace, above: str) -> tuple[Cell, ...]:
    (row,) = table_of([place]).rows
    return above, LEVELS[place.level], *row


def questions(stores: Stores, scope: Scope) -> Iterator[Rows]:
    with stores.sql.reading() as session:
        found = figures.compute(session, scope.edition.id, figures.QUESTIONS, scope.now).values.items
    yield [
        (
            one.ordinal,
            one.number,
            Kind(one.kind).label,
            one.category,
            one.stem,
            "已作废" if one.withdrawn else "",
            one.answered,
            one.right,
            None if one.right_permille is None else one.right_permille / 10,
            None if one.discrimination is None else round(one.discrimination, 3),
            one.most_chosen_wrong.chosen if one.most_chosen_wrong else "",
            one.most_chosen_wrong.count if one.most_chosen_wrong else None,
            "；".join(one.flags),
        )
        for one in found
    ]


_QUESTIONS = (
    "序号", "题库编号", "题型", "类别", "题目", "状态", "作答次数", "答对次数", "正确率%", "区分度",
    "最多人错选", "错选次数", "提示",
)  # fmt: skip

DATASETS = (
    Dataset(
        "units",
        "单位参与情况",
        "按单位树逐级列出：应参与人数、参与人数、参与率、人均得分、合格率，名次在同一上级的单位之间排。",
        ("上级单位", "级别", *table_of(()).header),
        ("see_standings",),
        units,
        by_unit=True,
    ),
    Dataset(
        "questions",
        "题目统计",
        "每道题的作答人数、正确率、区分度和最多人选错的选项。",
        _QUESTIONS,
        ("see_figures",),
        questions,
    ),
)
