from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from forms_sent import fields_of
from visitors import Visitor

from campaigns import keeping, units
from campaigns.clock import DAY
from campaigns.keeping import What
from campaigns.staff import Role
from campaigns.store import Store

PAGE = "/admin/campaigns/week"


def state_of(records: Store, slug: str = "week") -> str:
    with records.reading() as session:
        return keeping.find(session, slug).state


def publish(owner: Visitor) -> None:
    """With its warnings read, as the box beside the button says."""
    read = re.findall(r'name="read" value="([0-9a-f]+)"', owner.page)
    owner.post(f"{PAGE}/publish", **fields_of(owner.page, "/publish"), **({"read": read[0]} if read else {}))


@pytest.fixture
def published(drafted: Callable[..., Visitor]) -> Visitor:
    """The owner at a campaign that is open."""
    owner = drafted(part_count="4", opens="2026-07-04T09:00")
    publish(owner)
    return owner


def test_errors_are_listed_and_there_is_nothing_to_publish_with(drafted: Callable[..., Visitor], bank: Store) -> None:
    owner = drafted(part_count="11")
    assert "必须改" in owner.page
    assert "/publish" not in owner.page
    token = {"version": "1"}
    assert "还有必须先改的地方" in owner.post(f"{PAGE}/publish", 422, **token)
    assert state_of(bank) == "draft"


def test_warnings_are_read_before_publishing(drafted: Callable[..., Visitor], app: Flask, bank: Store) -> None:
    app.extensions["lvda.visit"] = lambda address, headers, seconds: (502, b"")
    owner = drafted(part_count="4")
    assert "HTTP 502" in owner.page
    sent = fields_of(owner.page, "/publish")
    assert "read" not in sent
    assert "有提醒还没有看过" in owner.post(f"{PAGE}/publish", 422, **sent)
    read = re.search(r'name="read" value="([0-9a-f]+)"', owner.page)
    assert read is not None
    assert "题目 10 道" in owner.post(f"{PAGE}/publish", **sent, read=read[1])
    assert state_of(bank) == "published"


def test_a_command_of_the_chat_is_no_keyword(drafted: Callable[..., Visitor]) -> None:
    assert "已有的命令" in drafted(keyword="排名").get(PAGE)


def test_it_is_paused_with_a_reason_and_resumed(published: Visitor, bank: Store) -> None:
    sent = fields_of(published.page, "/pause")
    assert "请填写暂停的原因" in published.post(f"{PAGE}/pause", 422, **sent)
    published.post(f"{PAGE}/pause", **{**sent, "note": "机房停电"})
    assert state_of(bank) == "paused"
    assert "机房停电" in published.get(PAGE)
    published.post(f"{PAGE}/resume", **fields_of(published.page, "/resume"))
    assert state_of(bank) == "published"


def test_it_is_extended_and_what_is_refused_stays_typed(published: Visitor, bank: Store) -> None:
    sent = {**fields_of(published.page, "/extend"), "note": "再给三天"}
    assert "延期只能往后" in published.post(f"{PAGE}/extend", 422, **{**sent, "closes": "2026-07-01T09:00"})
    again = fields_of(published.page, "/extend")
    assert (again["note"], again["closes"]) == (["再给三天"], ["2026-07-01T09:00"])
    assert '<details class="deed" open>' in published.page
    assert "2026年7月30日 17:00" in published.post(f"{PAGE}/extend", **{**sent, "closes": "2026-07-30T17:00"})


def test_a_notice_is_told_with_who_wrote_it(published: Visitor, bank: Store) -> None:
    published.post(f"{PAGE}/notice", **{**fields_of(published.page, "/notice"), "note": "第 3 题的图已经换清楚了"})
    with bank.reading() as session:
        newest = keeping.changes_of(session, keeping.find(session, "week").id)[0]
    assert (newest.what, newest.by, newest.note) == (What.NOTICE, "owner", "第 3 题的图已经换清楚了")
    assert "第 3 题的图已经换清楚了" in published.get(PAGE)


def test_ending_it_is_asked_for_twice_and_then_it_is_archived(published: Visitor, bank: Store) -> None:
    sent = fields_of(published.page, "/close")
    assert "确定的话请勾选" in published.post(f"{PAGE}/close", 422, **sent)
    assert state_of(bank) == "published"
    published.post(f"{PAGE}/close", **sent, sure="1")
    assert state_of(bank) == "closed"
    published.post(f"{PAGE}/archive", **fields_of(published.page, "/archive"))
    assert state_of(bank) == "archived"
    assert "现在可以做的" not in published.page


def test_units_are_added_where_it_was_not_for_all(drafted: Callable[..., Visitor], bank: Store) -> None:
    with bank.transaction() as session:
        units.add(session, "U02", "市水务局", headcount=30)
    owner = drafted(part_count="4", units="U01")
    publish(owner)
    sent = fields_of(owner.page, "/week/units")
    assert "没有代码为 X9 的单位" in owner.post(f"{PAGE}/units", 422, **{**sent, "codes": "X9"})
    assert fields_of(owner.page, "/week/units")["codes"] == ["X9"]
    assert "新增参加单位：市水务局" in owner.post(f"{PAGE}/units", **{**sent, "codes": "U02"})


def test_of_two_at_one_campaign_the_second_sees_what_the_first_did(published: Visitor, bank: Store) -> None:
    seen = fields_of(published.page, "/extend")
    published.post(f"{PAGE}/pause", **{**fields_of(published.page, "/pause"), "note": "停电"})
    shown = published.post(f"{PAGE}/extend", 409, **{**seen, "closes": "2026-08-01T09:00", "note": "延"})
    assert "刚刚被别人改过" in shown
    assert "已暂停" in shown
    assert fields_of(published.page, "/extend")["note"] == ["延"]
    assert state_of(bank) == "paused"


def test_it_is_copied_for_next_year(published: Visitor, bank: Store) -> None:
    sent = fields_of(published.page, "/copy")
    assert "已经有了" in published.post(f"{PAGE}/copy", 422, **{**sent, "slug": "week"})
    assert "编辑草稿" in published.post(f"{PAGE}/copy", **{**sent, "slug": "week-2027"})
    with bank.reading() as session:
        old, new = keeping.plan_of(session, "week"), keeping.plan_of(session, "week-2027")
    assert new.opens_ms - old.opens_ms == 365 * DAY
    assert state_of(bank, "week-2027") == "draft"


def test_what_is_published_is_edited_no_more(published: Visitor) -> None:
    assert "已经发布" in published.get(f"{PAGE}/edit", 422)


def test_who_only_looks_finds_nothing_to_do(published: Visitor, signed_in: Callable[[Role], Visitor]) -> None:
    viewer = signed_in(Role.VIEWER)
    assert "现在可以做的" not in viewer.get(PAGE)
    assert "复制成明年" not in viewer.page
    viewer.post(f"{PAGE}/close", 403, sure="1", version="2")
