"""The numbers of a draw: typed in by one, read again, confirmed by another; and prizes that nobody collects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from draw_made import AFTER, OTHER_VALUES, VALUES, freeze
from sqlalchemy import update
from visitors import Visitor

from campaigns import draws, tables
from campaigns.draws import DrawRecord, DrawState
from campaigns.staff import Role
from campaigns.store import Store

TYPED: dict[str, Any] = {f"value-{number}": value for number, value in enumerate(VALUES.values())}
OTHERS: dict[str, Any] = {f"value-{number}": value for number, value in enumerate(OTHER_VALUES.values())}


def look(store: Store, draw_id: str) -> DrawRecord:
    with store.reading() as session:
        return draws.find(session, draw_id)


def enter(visitor: Visitor, draw_id: str, status: int = 200, **fields: object) -> str:
    visitor.get(f"/admin/draws/{draw_id}")
    return visitor.post(f"/admin/draws/{draw_id}/values", status, **{**TYPED, "do": "enter", "sure": "1", **fields})


def confirm(visitor: Visitor, draw_id: str, status: int = 200, **fields: object) -> str:
    visitor.get(f"/admin/draws/{draw_id}")
    return visitor.post(f"/admin/draws/{draw_id}/confirm", status, **{**TYPED, "sure": "1", **fields})


def test_what_was_typed_is_repeated_digit_by_digit_before_anything_is_recorded(finished: Store, owner: Visitor) -> None:
    draw_id = freeze(finished).id
    shown = owner.get(f"/admin/draws/{draw_id}")
    assert "如 03.08.15.22.27.31+09" in shown
    shown = owner.post(f"/admin/draws/{draw_id}/values", **{**TYPED, "value-1": " ３８５７.93 ", "do": "check"})
    assert "录入后立即开奖，不能更改" in shown
    assert "3 8 5 7 . 9 3" in shown
    assert 'name="value-1" value="3857.93"' in owner.page
    assert look(finished, draw_id).state is DrawState.FROZEN


def test_one_person_holds_the_draw_of_a_small_office(finished: Store, owner: Visitor) -> None:
    draw_id = freeze(finished).id
    assert "已开奖" in enter(owner, draw_id)
    held = look(finished, draw_id)
    assert held.state is DrawState.HELD
    assert {value.entered_by for value in held.values} == {"owner"}


def test_without_the_tick_nothing_is_recorded_and_the_numbers_stay(finished: Store, owner: Visitor) -> None:
    draw_id = freeze(finished).id
    shown = enter(owner, draw_id, 422, sure="")
    assert "逐位核对" in shown
    assert 'value="3857.93"' in owner.page
    assert look(finished, draw_id).state is DrawState.FROZEN


def test_a_number_that_is_written_otherwise_is_told_how(finished: Store, owner: Visitor) -> None:
    draw_id = freeze(finished).id
    owner.get(f"/admin/draws/{draw_id}")
    for value, said in (("3857.9", "应写作"), ("", "还缺来源"), ("x" * 5_000, "应写作")):
        shown = owner.post(f"/admin/draws/{draw_id}/values", 422, **{**TYPED, "value-1": value, "do": "check"})
        assert said in shown
        assert "03.08.15.22.27.31+09" in owner.page


def test_values_cannot_be_changed_once_the_draw_is_held(held_id: str, finished: Store, owner: Visitor) -> None:
    before = look(finished, held_id)
    assert "已录入另外的数值" in enter(owner, held_id, 422, **OTHERS, correct="1")
    enter(owner, held_id)
    assert look(finished, held_id) == before


def test_another_account_confirms(two_persons: Store, owner: Visitor, organiser: Visitor) -> None:
    draw_id = freeze(two_persons).id
    assert "等另一位同事" in enter(owner, draw_id)
    assert "请另一位同事用自己的账号登录" in owner.get(f"/admin/draws/{draw_id}")
    assert "确认并开奖" not in owner.page
    assert "须由另一人复核" in confirm(owner, draw_id, 422)
    assert look(two_persons, draw_id).state is DrawState.ENTERED
    assert "已开奖" in confirm(organiser, draw_id)
    assert look(two_persons, draw_id).confirmed_by == "organiser"


def test_values_typed_in_since_are_not_confirmed(two_persons: Store, owner: Visitor, organiser: Visitor) -> None:
    draw_id = freeze(two_persons).id
    enter(owner, draw_id)
    organiser.get(f"/admin/draws/{draw_id}")
    enter(owner, draw_id, **OTHERS, correct="1")
    shown = organiser.post(f"/admin/draws/{draw_id}/confirm", 422, **TYPED, sure="1")
    assert "与已录入的不同" in shown
    assert look(two_persons, draw_id).state is DrawState.ENTERED


def test_values_are_corrected_while_they_wait_but_not_by_accident(two_persons: Store, owner: Visitor) -> None:
    draw_id = freeze(two_persons).id
    enter(owner, draw_id)
    assert "已录入另外的数值" in enter(owner, draw_id, 422, **OTHERS)
    enter(owner, draw_id, **OTHERS, correct="1")
    assert {value.source: value.value for value in look(two_persons, draw_id).values} == OTHER_VALUES


def test_a_draw_whose_numbers_never_come_is_given_up_in_public(two_persons: Store, owner: Visitor) -> None:
    draw_id = freeze(two_persons).id
    owner.get(f"/admin/draws/{draw_id}")
    assert "请写明原因" in owner.post(f"/admin/draws/{draw_id}/void", 422, reason=" ")
    assert "已作废" in owner.post(f"/admin/draws/{draw_id}/void", reason="密语丢失")
    assert "密语丢失" in owner.page
    assert "已作废：密语丢失" in owner.get(f"/draws/{draw_id}")


def test_who_may_only_look_can_do_nothing(held_id: str, finished: Store, signed_in: Callable[[Role], Visitor]) -> None:
    for role in (Role.VIEWER, Role.DESK):
        visitor = signed_in(role)
        shown = visitor.get(f"/admin/draws/{held_id}")
        assert "张晓明" not in shown
        assert "names=full" not in visitor.page
        for deed in ("values", "confirm", "forfeit"):
            assert f"/{deed}" not in visitor.page
            visitor.post(f"/admin/draws/{held_id}/{deed}", 403)


def test_winners_are_named_in_full_to_who_may_see_names(held_id: str, finished: Store, owner: Visitor) -> None:
    winner = look(finished, held_id).awards[0].entrant
    with finished.transaction() as session:
        own = session.query(tables.Award.person_id).filter_by(draw_id=held_id, sequence=1).scalar()
        session.execute(update(tables.Person).where(tables.Person.id == own).values(name="诸葛晓明"))
    assert "诸葛晓明" in owner.get(f"/admin/draws/{held_id}")
    found = owner.get(f"/admin/draws/{held_id}?find=诸葛")
    assert winner in found
    assert "二等奖" not in found.partition("中奖名单")[2].partition("时间")[0]
    assert "没有找到“无名氏”" in owner.get(f"/admin/draws/{held_id}?find=无名氏")


def test_a_forfeited_prize_goes_to_the_next_with_a_public_reason(held_id: str, finished: Store, owner: Visitor) -> None:
    owner.get(f"/admin/draws/{held_id}")
    forfeit = f"/admin/draws/{held_id}/forfeit"
    assert "请写明原因" in owner.post(forfeit, 422, sequence=2, reason=" ")
    shown = owner.post(forfeit, sequence=2, reason="本人不在现场")
    lost, heir = look(finished, held_id).awards[1], look(finished, held_id).awards[-1]
    assert (lost.state, lost.reason, heir.replaces) == ("forfeited", "本人不在现场", 2)
    assert f"由编号 {heir.entrant} 递补" in shown
    assert "已经作废" in owner.post(forfeit, 422, sequence=2, reason="再来一次")
    assert "没有序号为 99" in owner.post(forfeit, 404, sequence=99, reason="没有")


def test_a_prize_that_was_handed_out_stays(held_id: str, finished: Store, owner: Visitor) -> None:
    with finished.transaction() as session:
        handed = update(tables.Award).where(tables.Award.sequence == 1)
        session.execute(handed.values(redeemed_ms=AFTER, redeemed_by="desk"))
    shown = owner.get(f"/admin/draws/{held_id}")
    assert "已发放" in shown
    assert "作废序号 1 " not in shown
    owner.post(f"/admin/draws/{held_id}/forfeit", 422, sequence=1, reason="晚了")


def test_an_award_that_was_led_to_somebody_else_shows(held_id: str, finished: Store, owner: Visitor) -> None:
    assert "数据可能被改动过" not in owner.get(f"/admin/draws/{held_id}")
    award = tables.Award
    with finished.transaction() as session:
        session.execute(update(award).where(award.sequence == 1).values(person_id=award.person_id % 12 + 1, once=None))
    assert "数据可能被改动过" in owner.get(f"/admin/draws/{held_id}")


def test_long_lists_of_winners_have_pages(finished: Store, owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin.draws.draw_pages.AWARDS_SHOWN", 3)
    draw_id = freeze(finished).id
    enter(owner, draw_id)
    assert owner.get(f"/admin/draws/{draw_id}").count("作废序号") == 3
    assert owner.get(f"/admin/draws/{draw_id}?page=2").count("作废序号") == 1
    assert owner.get(f"/admin/draws/{draw_id}?page=9").count("作废序号") == 1


def test_an_unknown_draw_is_a_plain_404(finished: Store, owner: Visitor) -> None:
    for address in ("/admin/draws/C9-D9", "/admin/draws/nope", "/admin/draws/C9-D9/screen"):
        assert "请核对编号" in owner.get(address, 404)
