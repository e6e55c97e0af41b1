from __future__ import annotations

from collections.abc import Callable

import pytest
from campaign_made import make_campaign
from sqlalchemy import select
from visitors import NOW, Visitor

from campaigns import outbox, people, tables
from campaigns.people import Sender
from campaigns.staff import Role
from campaigns.store import Store


@pytest.fixture
def letters(records: Store) -> Store:
    """A dead one to a person with a name, a dead one to a guest, one that waits, one that was sent."""
    campaign_id = make_campaign(records)
    for name in ("oNamed", "oGuest"):
        people.meet(records, Sender("wechat", "", name), NOW)
    with records.transaction() as session:
        named, guest = session.scalars(select(tables.Person).order_by(tables.Person.id))
        named.name = "张晓明"
        for key, person in (("won:1", named.id), ("won:2", guest.id), ("opens:1", named.id), ("sent", named.id)):
            outbox.post(
                session,
                key=key,
                wording="notice.won" if "won" in key else "notice.opens",
                values={"campaign": "周"},
                now=NOW,
                person_id=person,
                campaign_id=campaign_id,
                must="won" in key,
                due_ms=NOW + 9 if key == "opens:1" else None,
            )
        for message in outbox.lease(session, "w", NOW, 10):
            if message.key == "sent":
                outbox.settle_sent(session, message, "custom", NOW)
            else:
                outbox.settle_dead(session, message, "本人已取消关注，送不到。", begun=message.key == "won:2")
    return records


def states(store: Store) -> dict[str, str]:
    with store.reading() as session:
        return {row.key: row.state for row in session.scalars(select(tables.OutboxMessage))}


def id_of(store: Store, key: str) -> int:
    with store.reading() as session:
        return session.scalars(select(tables.OutboxMessage.id).where(tables.OutboxMessage.key == key)).one()


def test_what_could_not_be_sent_is_listed_with_its_reason_and_no_more_of_the_person_than_a_mask(
    letters: Store, owner: Visitor
) -> None:
    text = owner.get("/admin/messages")
    assert "没有发出 2 条" in text
    assert "今天发出 1 条" in text
    assert "等待发送 1 条" in text
    assert "中奖通知" in text
    assert "本人已取消关注，送不到。" in text
    assert "张*明" in text
    assert "参与者" in text
    assert "可能已经送达，重发前请先核实。" in text
    for secret in ("张晓明", "oNamed", "oGuest"):
        assert secret not in owner.page


def test_other_states_are_a_choice_and_so_is_the_campaign(letters: Store, owner: Visitor) -> None:
    assert "活动开始" in owner.get("/admin/messages?state=waiting")
    assert "公众号客服消息" in owner.get("/admin/messages?state=sent")
    assert "没有这样的通知" in owner.get("/admin/messages?state=sent&campaign=other")
    assert "没有发出 2 条" in owner.get("/admin/messages?state=nonsense&page=99")


def test_one_is_sent_again_or_all(letters: Store, owner: Visitor) -> None:
    owner.get("/admin/messages")
    assert "1 条通知将马上重发。" in owner.post("/admin/messages/resend", id=id_of(letters, "won:1"))
    assert states(letters)["won:1"] == "waiting"
    assert "1 条通知将马上重发。" in owner.post("/admin/messages/resend")
    assert states(letters)["won:2"] == "waiting"


def test_what_is_given_up_is_not_sent_any_more(letters: Store, owner: Visitor) -> None:
    owner.get("/admin/messages?state=waiting")
    assert "这条通知不再发送。" in owner.post("/admin/messages/drop", id=id_of(letters, "opens:1"), state="waiting")
    assert states(letters)["opens:1"] == "dropped"
    assert "owner 在后台选择了不再发送。" in owner.get("/admin/messages?state=dropped")


def test_what_was_sent_is_neither_sent_again_nor_given_up(letters: Store, owner: Visitor) -> None:
    for deed in ("resend", "drop"):
        owner.get("/admin/messages")
        assert "已经发出" in owner.post(f"/admin/messages/{deed}", 422, id=id_of(letters, "sent"))
    assert states(letters)["sent"] == "sent"


@pytest.mark.parametrize(("role", "status"), [(Role.ORGANISER, 200), (Role.EDITOR, 403), (Role.VIEWER, 403)])
def test_organisers_see_it_and_others_do_not(
    letters: Store, signed_in: Callable[[Role], Visitor], role: Role, status: int
) -> None:
    signed_in(role).get("/admin/messages", status)


def test_a_campaigns_page_says_when_it_writes_to_people(letters: Store, owner: Visitor) -> None:
    text = owner.get("/admin/campaigns/week")
    assert "每天最多 2 条 · 不提醒 · 21 点到 8 点不打扰" in text
