from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.draws.freeze_form import FreezeForm, form_of, read_order
from campaigns.draws import Prize

GOOD = FreezeForm(prizes="一等奖 1\n二等奖 3", issue="2026130", day="2026-11-30")


def test_a_form_is_read_in_the_order_in_which_values_go_into_the_seed() -> None:
    secret = "f" * 64
    form = replace(GOOD, secret_hash=secret, others="weather:20261130 ##.#", default_quota="2", quotas="U01 3\nU02=1")
    order, errors = read_order(form)
    assert errors == {}
    assert order.prizes == (Prize("一等奖", 1), Prize("二等奖", 3))
    assert order.sources == ("ssq:2026130", "sse:20261130", f"secret:{secret}", "weather:20261130")
    assert (order.formats, order.quotas, order.default_quota) == ({"weather:20261130": "##.#"}, {"U01": 3, "U02": 1}, 2)


@pytest.mark.parametrize("line", ["一等奖 3", "一等奖=3", "一等奖×3", "一等奖：3 名", "一等奖　3", "一等奖 x 3"])
def test_prizes_are_typed_as_people_write_them(line: str) -> None:
    order, errors = read_order(replace(GOOD, prizes=line))
    assert (order.prizes, errors) == ((Prize("一等奖", 3),), {})


def test_a_planned_group_brings_its_own_prizes() -> None:
    order, errors = read_order(replace(GOOD, group="幸运奖", prizes="旧的 1"))
    assert (order.prizes, errors) == ((), {})


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("prizes", "", "至少写一种奖品"),
        ("prizes", "一等奖", "先写名称，再写数量"),
        ("prizes", "奖 1\n奖 2", "写了两次"),
        ("issue", "26130", "七位数字"),
        ("day", "2026-13-01", "年-月-日"),
        ("secret", "太短了", "逐个试出来"),
        ("secret", "长" * 300, "不能超过"),
        ("secret_hash", "xyz", "重新填写密语"),
        ("others", "weather:20261130", "来源和它的写法"),
        ("default_quota", "两份", "整数"),
        ("quotas", "U01", "先写单位代码"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field(field: str, text: str, said: str) -> None:
    _, errors = read_order(replace(GOOD, **{field: text}))
    assert said in errors[{"secret_hash": "secret"}.get(field, field)]


def test_without_any_source_the_form_says_so() -> None:
    assert "至少选一种来源" in read_order(replace(GOOD, issue="", day=""))[1]["issue"]


def test_of_a_secret_only_its_hash_goes_on() -> None:
    phrase = " 一句谁也猜不到的话，2026 "
    form = form_of({"prizes": "奖 1", "secret": phrase})
    assert form.secret_hash == hashlib.sha256(phrase.encode()).hexdigest()
    assert read_order(form)[0].sources == (f"secret:{form.secret_hash}",)


@given(st.dictionaries(st.sampled_from(list(FreezeForm.__dataclass_fields__)), st.text(max_size=60)))
def test_nothing_that_is_typed_is_too_much(sent: dict[str, str]) -> None:
    read_order(form_of(sent))
