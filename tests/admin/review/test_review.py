"""A person judges what is odd: the list, the evidence, voiding, dismissing, undoing."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select
from visitors import Visitor

from campaigns import tables
from campaigns.signals import Kind, Listed
from campaigns.staff import Role
from campaigns.store import Store


def address(one: Listed, deed: str = "") -> str:
    return f"/admin/campaigns/week/signals/{one.id}{deed}"


def test_signals_are_listed_with_what_they_mean_and_who_they_are_about(owner: Visitor, odd: dict[Kind, Listed]) -> None:
    text = owner.get("/admin/campaigns/week/signals")
    for one in odd.values():
        assert one.sentence in text
    assert "不处罚任何人" in text
    assert "平均每题不到 2 秒，得分却不低于满分的 80%" in text
    assert "张快快" in text
    assert "李一一、李二二" in text
    assert re.search(r"王三三、参与者\w{4}、参与者\w{4} 等 14 人", text)
    assert "待核查 3" in text
    assert "这一类里没有线索" in owner.get("/admin/campaigns/week/signals?state=voided")
    assert "待核查" in owner.get("/admin/campaigns/week/signals?state=all&page=9")


def test_the_evidence_stands_side_by_side(owner: Visitor, odd: dict[Kind, Listed]) -> None:
    text = owner.get(address(odd[Kind.SAME_ANSWERS]))
    assert text.count("A ✗ 同") == 4
    assert "C ✓ 8.0 秒" in text
    assert "答案 C" in text
    speed = owner.get(address(odd[Kind.SPEED]))
    assert "10.3.7.0/24" in speed
    assert "0.9 秒" in speed
    kiosk = owner.get(address(odd[Kind.DEVICE]))
    assert kiosk.count("第 1 次") == 12, "a page of them"
    assert owner.get(address(odd[Kind.DEVICE]) + "?page=2").count("第 1 次") == 2


def test_chosen_attempts_are_voided_for_a_reason_and_restored(
    owner: Visitor, odd: dict[Kind, Listed], records: Store
) -> None:
    one, (first, second) = odd[Kind.SAME_ANSWERS], odd[Kind.SAME_ANSWERS].attempts
    owner.get(address(one))
    text = owner.post(address(one, "/void"), attempts=[first], reason=" ", status=422)
    assert "请写明原因" in text
    assert f'value="{first}" checked' in owner.page
    assert "请先勾选答卷" in owner.post(address(one, "/void"), reason="传答案", status=422)
    assert "传答案" in owner.page, "what was typed is not lost"
    text = owner.post(address(one, "/void"), attempts=[first, 1], reason="传答案")
    assert "已作废 1 份答卷，1 个人的成绩和名次已重新计算" in text
    assert "owner，2026年7月4日 09:00：传答案" in text
    text = owner.get("/admin/campaigns/week/signals")
    assert "待核查 2" in text
    assert "已作废的答卷（1 份）" in text
    assert f"答卷 #{first} 已作废" in owner.get(f"/admin/campaigns/week/signals?attempt=%23{first}")
    assert owner.address == f"/admin/campaigns/week/attempts/{first}"
    assert "已作废：传答案" in owner.get(f"/admin/campaigns/week/attempts/{first}")
    void = f"/admin/campaigns/week/attempts/{first}/void"
    assert "已经作废了" in owner.post(void, reason="再来", status=422)
    assert "已恢复这份答卷" in owner.post(void.replace("/void", "/restore"), reason="本人申诉，核对无误")
    assert "没有作废" in owner.post(void.replace("/void", "/restore"), reason="再来", status=422)
    assert "待核查 3" in owner.get("/admin/campaigns/week/signals")
    owner.get(f"/admin/campaigns/week/attempts/{second}")
    assert "已作废这份答卷" in owner.post(f"/admin/campaigns/week/attempts/{second}/void", reason="传答案")
    with records.reading() as session:
        deeds = session.scalars(select(tables.AuditEntry.what).order_by(tables.AuditEntry.id)).all()
        assert [one for one in deeds if one.startswith("attempt.")] == [
            "attempt.voided",
            "attempt.restored",
            "attempt.voided",
        ]


def test_all_of_a_long_signal_are_voided_at_once(owner: Visitor, odd: dict[Kind, Listed]) -> None:
    owner.get(address(odd[Kind.DEVICE]))
    assert "已作废 14 份答卷，14 个人" in owner.post(address(odd[Kind.DEVICE], "/void"), all="yes", reason="一人代答")


def test_a_signal_is_dismissed_with_a_note_and_looked_at_again(owner: Visitor, odd: dict[Kind, Listed]) -> None:
    one = odd[Kind.SPEED]
    owner.get(address(one))
    assert "写一句" in owner.post(address(one, "/dismiss"), note="", status=422)
    assert "不再列出" in owner.post(address(one, "/dismiss"), note="练习过很多遍")
    assert "练习过很多遍" in owner.get("/admin/campaigns/week/signals?state=dismissed")
    owner.get(address(one))
    assert "回到待核查" in owner.post(address(one, "/reopen"))
    assert "刚刚有人处理过" in owner.post(address(one, "/reopen"), status=409)


def test_what_is_not_there_is_not_found(owner: Visitor, odd: dict[Kind, Listed]) -> None:
    for path in (
        "/admin/campaigns/week/signals/99",
        "/admin/campaigns/week/attempts/999",
        "/admin/campaigns/none/signals",
        f"/admin/campaigns/none/attempts/{odd[Kind.SPEED].attempts[0]}",
        "/admin/campaigns/week/signals?attempt=abc",
    ):
        owner.get(path, status=404)


def test_only_who_may_review_sees_it(signed_in: Callable[[Role], Visitor], odd: dict[Kind, Listed]) -> None:
    organiser, viewer = signed_in(Role.ORGANISER), signed_in(Role.VIEWER)
    assert "公平核查" in organiser.get("/admin/campaigns/week")
    assert "公平核查" not in viewer.get("/admin/campaigns/week")
    viewer.get("/admin/campaigns/week/signals", status=403)
