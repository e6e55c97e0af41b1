"""A draw frozen in the console: nothing is published before it was looked at, and nothing twice."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable
from typing import Any

from draw_made import AFTER, SALT
from sqlalchemy import insert
from visitors import Visitor

from campaigns import draws, tables
from campaigns.draws import DrawRecord, pseudonym
from campaigns.prizes import groups
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.staff import Role
from campaigns.store import Store

NEW = "/admin/campaigns/week/draws/new"
GOOD = {"prizes": "一等奖 1\n二等奖 3", "issue": "2026130", "day": "2026-11-30"}


def all_draws(store: Store) -> tuple[DrawRecord, ...]:
    with store.reading() as session:
        return draws.list_draws(session)


def preview(visitor: Visitor, status: int = 200, **fields: str) -> str:
    visitor.get(NEW)
    return visitor.post(NEW, status, do="preview", **{**GOOD, **fields})


def shown_fields(visitor: Visitor) -> dict[str, Any]:
    """What the shown form would send, all boxes ticked."""
    found = re.findall(r'<input[^>]* name="([a-z_]+)" value="([^"]*)"', visitor.page)
    return {name: html.unescape(value) for name, value in found if name != "csrf_token"}


def freeze(visitor: Visitor, status: int = 200, **fields: str) -> str:
    return visitor.post(NEW, status, **{**shown_fields(visitor), "do": "freeze", **fields})


def test_a_preview_counts_warns_and_publishes_nothing(finished: Store, owner: Visitor) -> None:
    shown = preview(owner)
    expected = ["12 人", "一等奖 1 份", "二等奖 3 份", "双色球第 2026130 期", "2026年11月30日 收盘点数"]
    assert [words for words in expected if words not in shown] == []
    assert all_draws(finished) == ()


def test_a_freeze_publishes_what_was_shown_and_gives_an_announcement_to_paste(finished: Store, owner: Visitor) -> None:
    preview(owner, default_quota="2", fallback="顺延一期")
    freeze(owner)
    (made,) = all_draws(finished)
    assert made.frozen_by == "owner"
    assert owner.address == f"/admin/draws/{made.id}"
    text = html.unescape(owner.page.partition("readonly>")[2].partition("</textarea>")[0])
    told = made.announcement
    for part in (told.list_hash, told.sha256, "一等奖 1 份、二等奖 3 份", "每个单位最多 2 份", "顺延一期", "共 12 人"):
        assert part in text
    assert text.endswith(f"https://quiz.example.cn/draws/{made.id}")


def test_warnings_are_to_be_read_first(finished: Store, owner: Visitor) -> None:
    preview(owner, day="")
    shown = freeze(owner, 422, read="")
    assert "没有冻结：请先看提醒" in shown
    assert all_draws(finished) == ()
    freeze(owner)
    assert len(all_draws(finished)) == 1


def test_a_second_press_makes_no_second_draw(finished: Store, owner: Visitor) -> None:
    preview(owner)
    fields = shown_fields(owner)
    freeze(owner)
    owner.get(NEW)
    shown = owner.post(NEW, 409, **{**fields, "do": "freeze", "reason": "增补"})
    assert "本活动又有了一次抽奖" in shown
    assert len(all_draws(finished)) == 1


def test_a_second_draw_asks_for_its_reason_and_keeps_what_was_typed(
    held_id: str, finished: Store, owner: Visitor
) -> None:
    assert "写明原因" in preview(owner, 422)
    assert "二等奖 3" in owner.page
    preview(owner, reason="企业加赠奖品")
    freeze(owner)
    assert all_draws(finished)[1].announcement.reason == "企业加赠奖品"


def test_a_planned_group_is_offered_until_it_was_drawn(finished: Store, owner: Visitor) -> None:
    with finished.transaction() as session:
        planned = [PlannedGroup("幸运奖", "draw", (PlannedPrize("水杯", 2),)), PlannedGroup("证书", "passed")]
        groups.lay_down(session, 1, planned)
    shown = owner.get("/admin/campaigns/week/draws")
    assert "幸运奖" in shown
    assert "证书" not in shown
    preview(owner, group="幸运奖", prizes="")
    freeze(owner)
    assert all_draws(finished)[0].announcement.group == "幸运奖"
    assert "幸运奖" not in owner.get(NEW).partition("抽什么")[2]


def test_what_is_wrong_is_told_and_nothing_is_lost(finished: Store, owner: Visitor) -> None:
    shown = preview(owner, 422, issue="130", fallback="顺延")
    assert "七位数字" in shown
    assert ">顺延</textarea>" in owner.page
    assert "不是以后的日期" in preview(owner, 422, day="2026-07-01")


def test_one_goes_back_to_the_form_with_everything_typed(finished: Store, owner: Visitor) -> None:
    preview(owner, quotas="U01 1")
    owner.post(NEW, **{**shown_fields(owner), "do": "edit"})
    assert ">U01 1</textarea>" in owner.page
    assert 'value="2026130"' in owner.page


def test_a_secret_is_shown_once_and_only_its_hash_is_kept(finished: Store, owner: Visitor) -> None:
    phrase = "绿水青山就是金山银山 7391"
    hashed = hashlib.sha256(phrase.encode()).hexdigest()
    shown = preview(owner, secret=phrase)
    assert phrase in shown
    assert 'name="secret" ' not in owner.page
    freeze(owner)
    assert phrase not in owner.page
    (made,) = all_draws(finished)
    assert made.announcement.sources[-1] == f"secret:{hashed}"


def test_exclusions_are_counted_by_their_reason(finished: Store, owner: Visitor) -> None:
    with finished.transaction() as session:
        row = {"campaign_id": 1, "person_id": 1, "why": "organiser", "note": "", "by": "wang", "at_ms": AFTER}
        session.execute(insert(tables.Exclusion).values(row))
    shown = preview(owner, exclusions=pseudonym(SALT, 2).upper())
    for part in ("2 人（", "另外指定 1 人", "主办人员 1 人", pseudonym(SALT, 1), pseudonym(SALT, 2)):
        assert part in shown


def test_a_campaign_that_is_not_known_is_a_plain_404(finished: Store, owner: Visitor) -> None:
    owner.get("/admin/campaigns/nope/draws", 404)
    owner.get("/admin/campaigns/nope/draws/new", 404)


def test_only_who_runs_draws_may_freeze(finished: Store, signed_in: Callable[[Role], Visitor]) -> None:
    for role in (Role.EDITOR, Role.DESK):
        signed_in(role).get(NEW, 403)
    viewer = signed_in(Role.VIEWER)
    viewer.get(NEW, 403)
    viewer.get("/admin/campaigns/week/draws")
    assert NEW not in viewer.page
