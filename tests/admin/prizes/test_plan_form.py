from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keeping_made import NOW, PLAN
from werkzeug.datastructures import MultiDict

from admin.prizes.plan_form import (
    CHOICES,
    GROUP_FIELDS,
    PRIZE_FIELDS,
    GroupRow,
    PrizeForm,
    form_of,
    read_form,
    read_prizes,
    reshaped,
)
from campaigns.clock import HOUR
from campaigns.keeping import Plan, settled
from campaigns.prizes.rules import COLLECTING, KINDS, TIES, PlannedGroup, PlannedPrize, Release, TicketRule

RELEASES = (Release(NOW, 4), Release(NOW + HOUR, 6))
GROUPS = (
    PlannedGroup("前三名", "rank", (PlannedPrize("保温杯", 3),), 6, 2, "points", place="二楼\n九点起", claim_days=7),
    PlannedGroup("幸运奖", "draw", (PlannedPrize("一等奖", 1), PlannedPrize("二等奖", 20)), collecting="post"),
    PlannedGroup("当场开奖", "instant", (PlannedPrize("雨伞", 10, 25_000, RELEASES),), 3, collecting="none"),
    PlannedGroup("证书", "passed", least_points=5, collecting="none"),
)
WHOLE = settled(replace(PLAN, prize_groups=GROUPS, tickets=TicketRule(2, 10, 1, 5), wins="group"))


def sent(form: PrizeForm) -> MultiDict[str, str]:
    """The form as a browser would send it."""
    fields = [(f"tickets_{name}", text) for name, text in form.tickets.items()]
    for place, group in enumerate(form.groups):
        fields += [(f"g{place}-{name}", text.replace("\n", "\r\n")) for name, text in group.fields.items()]
        for number, prize in enumerate(group.prizes):
            fields += [(f"g{place}-p{number}-{name}", text.replace("\n", "\r\n")) for name, text in prize.items()]
    return MultiDict([*fields, ("wins", form.wins), ("version", str(form.version))])


def errors(form: PrizeForm, plan: Plan = WHOLE) -> dict[str, str]:
    return dict(read_prizes(form, plan).errors)


def changed(name: str, text: str) -> PrizeForm:
    return read_form(MultiDict({**sent(form_of(WHOLE, 1)), name: text}))


def test_prizes_come_back_from_the_form_as_they_were() -> None:
    reading = read_prizes(read_form(sent(form_of(WHOLE, 7))), replace(WHOLE, prize_groups=(), wins="any"))
    assert reading.errors == {}
    assert (reading.groups, reading.tickets, reading.wins) == (GROUPS, WHOLE.tickets, "group")
    assert read_form(sent(form_of(WHOLE, 7))).version == 7


def test_the_choices_are_those_that_a_group_knows() -> None:
    assert (set(CHOICES["kind"]), set(CHOICES["ties"]), set(CHOICES["collecting"])) == (
        set(KINDS),
        set(TIES),
        set(COLLECTING),
    )


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("tickets_base", "两", "整数"),
        ("tickets_base", "0", "至少 1 张"),
        ("tickets_most", "1", "还少"),
        ("wins", "once", "只能是"),
        ("g0-name", "", "要有名称"),
        ("g1-name", "前三名", "写了两次"),
        ("g0-kind", "gift", "只能是"),
        ("g0-least_points", "高", "整数"),
        ("g0-unit_quota", "0", "单位名额"),
        ("g0-claim_days", "999", "领奖期限"),
        ("g1-p0-stock", "", "1 到 100000"),
        ("g1-p1-stock", "多", "整数"),
        ("g1-p1-name", "一等奖", "写了两次"),
        ("g2-p0-odds", "常常", "百分数"),
        ("g2-p0-odds", "", "大于 0"),
        ("g2-p0-releases", "明天 10", "2026-07-04 09:00 = 10"),
        ("g2-p0-releases", "2026-07-04 09:00 = 9", "9 份"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(field: str, text: str, sentence: str) -> None:
    told = errors(changed(field, text))
    assert set(told) == {field}
    assert sentence in told[field]


def test_of_another_kind_a_group_keeps_only_what_that_kind_has() -> None:
    drawn = read_prizes(changed("g0-kind", "draw"), WHOLE)
    assert drawn.errors == {}
    assert drawn.groups[0] == replace(GROUPS[0], kind="draw", least_points=0, ties="time")
    told = errors(changed("g1-kind", "instant"))
    assert set(told) == {"g1-p0-odds", "g1-p1-odds"}  # the next page has the fields for them


def test_a_chance_and_releases_are_read_as_people_write_them() -> None:
    form = read_form(
        MultiDict({**sent(form_of(WHOLE, 1)), "g2-p0-odds": "2.5 %", "g2-p0-releases": "2026-07-04 ＝ 10\n\n"})
    )
    plan = replace(WHOLE, opens_ms=NOW - 9 * HOUR)
    assert read_prizes(form, plan).groups[2].prizes == (
        PlannedPrize("雨伞", 10, 25_000, (Release(NOW - 9 * HOUR, 10),)),
    )


def test_groups_and_prizes_are_added_moved_and_removed() -> None:
    form = form_of(WHOLE, 1)

    def names(do: str) -> list[str]:
        return [group.name for group in reshaped(form, do).groups]

    def prizes(do: str) -> list[str]:
        return [prize.get("name", "") for prize in reshaped(form, do).groups[1].prizes]

    assert names("add") == ["前三名", "幸运奖", "当场开奖", "证书", ""]
    assert names("remove-1") == ["前三名", "当场开奖", "证书"]
    assert names("up-2") == ["前三名", "当场开奖", "幸运奖", "证书"]
    assert prizes("more-1") == ["一等奖", "二等奖", ""]
    assert prizes("less-1-0") == ["二等奖"]
    for nothing in ("up-0", "remove-9", "more-9", "less-1-9", "less-9-0", "remove", "remove-x", "redraw", "save"):
        assert reshaped(form, nothing) == form
    alone = PrizeForm((GroupRow({}, ({"name": "杯"},)),))
    assert reshaped(alone, "less-0-0").groups[0].prizes == ({},)


NAMES = [
    "wins", "version", "tickets_base", *(f"g{place}-{name}" for place in (0, 1, 3, 999) for name in GROUP_FIELDS),
    *(f"g0-p{place}-{name}" for place in (0, 2, 999) for name in PRIZE_FIELDS),
]  # fmt: skip


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=8) | st.sampled_from(KINDS), max_size=8))
def test_whatever_is_sent_can_be_planned_or_says_beside_which_fields_it_cannot(fields: dict[str, str]) -> None:
    form = read_form(MultiDict(fields))
    reading = read_prizes(form, PLAN)
    assert len(form.groups) <= 51
    for name, sentence in reading.errors.items():
        assert sentence.endswith("。")
        assert name in {"wins", "prize_group"} or name.startswith("tickets_") or form[name] is not None
