"""A campaign that is over, with everything in it that leads to persons."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from random import Random

from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import consents, outbox, people, play, tables
from campaigns.clock import DAY, HOUR
from campaigns.draws import pseudonym
from campaigns.people import Sender
from campaigns.privacy import CLAIMS, PHONES, Seal
from campaigns.stores import Stores

SECRET = "a secret of the tests"
AFTER = CLOSES + HOUR
LATER = CLOSES + 30 * DAY
SALT = "0" * 64
RIGHT = ("C", "false", "ABD", "1000")
LI, GUEST, REGULAR, ONLOOKER = (Sender("wechat", "", f"o{name}") for name in ("Li", "Guest", "Regular", "Onlooker"))
ADDRESS = "江苏省苏州市虎丘区一号"


@dataclass(frozen=True)
class Story:
    """The ids of what was made."""

    stores: Stores
    campaign_id: int
    li: int
    """On a roster, with a phone."""
    guest: int
    """With a name; won a prize, claimed it, and has it."""
    regular: int
    """Played another campaign, too."""
    onlooker: int
    """Never began."""

    def person(self, person_id: int) -> tables.Person:
        with self.stores.sql.reading() as session:
            return session.get_one(tables.Person, person_id)

    def count(self, table: type[tables.Table]) -> int:
        with self.stores.sql.reading() as session:
            return len(session.execute(select(*table.__table__.primary_key)).all())


def play_all(stores: Stores, sender: Sender, campaign_id: int, at: int) -> int:
    """Answer a whole paper rightly, a question a second; gives the person."""
    people.meet(stores.sql, sender, at)
    with stores.sql.transaction() as session:
        found = people.find_identity(session, sender)
        assert found is not None
        people.enter(session, found.id, campaign_id)
        person_id = found.person_id
    for position, given in enumerate(("", *RIGHT)):
        with stores.sql.direct() as direct:
            turn = play.look(direct, stores, sender)
            assert turn is not None
            assert turn.edition is not None
            if position:
                play.answer(direct, turn, position, given, at + 1_000 * position, in_chat=True)
        if not position:
            play.begin(stores.sql, turn, turn.edition, Random(1), at, in_chat=True, consent="v1")
    return person_id


def make_story(stores: Stores) -> Story:
    campaign_id = make_campaign(stores.sql, replace(PLAN, wins="any"))
    other_id = make_campaign(stores.sql, replace(PLAN, slug="other", name="另一次"))
    li, guest, regular = (
        play_all(stores, one, campaign_id, OPENS + n * DAY // 10) for n, one in enumerate((LI, GUEST, REGULAR))
    )
    play_all(stores, REGULAR, other_id, OPENS + HOUR)
    people.meet(stores.sql, ONLOOKER, OPENS)
    with stores.sql.transaction() as session:
        onlooker = people.find_identity(session, ONLOOKER)
        assert onlooker is not None
        onlooker.campaign_id = campaign_id
        story = Story(stores, campaign_id, li, guest, regular, onlooker.person_id)
        consents.give(session, onlooker.id, campaign_id, "v1", OPENS)
        _tell(session, story)
        _win(session, story)
        _suspect(session, story)
        values = {"slug": "week", "campaign": "周", "name": "张客人"}
        outbox.post(
            session, key="x", wording="notice.opens", values=values, now=OPENS, person_id=guest, campaign_id=campaign_id
        )
    return story


def _tell(session: Session, story: Story) -> None:
    unit_id = session.scalars(select(tables.Unit.id).where(tables.Unit.code == "U01")).one()
    li, guest = session.get_one(tables.Person, story.li), session.get_one(tables.Person, story.guest)
    li.name, li.unit_id, li.staff_number, li.rostered = "李晓明", unit_id, "A007", True
    li.phone = Seal(SECRET, PHONES).seal("13812345678")
    guest.name, guest.unit_id = "张客人", unit_id


def _win(session: Session, story: Story) -> None:
    group = tables.PrizeGroup(
        campaign_id=story.campaign_id, ordinal=1, name="邮寄奖", kind="rank", collecting="post", settled_ms=AFTER
    )
    session.add(group)
    session.flush()
    prize = tables.Prize(group_id=group.id, ordinal=1, name="太阳能灯", stock=1, given=1, releases=[])
    session.add(prize)
    session.flush()
    award = tables.Award(
        campaign_id=story.campaign_id,
        prize_id=prize.id,
        prize=prize.name,
        entrant=pseudonym(SALT, story.guest),
        person_id=story.guest,
        rank=1,
        state="awarded",
        once=f"{story.campaign_id}:{story.guest}",
        awarded_ms=AFTER,
        changed_ms=AFTER,
        code_hash="h",
        code_sealed="s",
        redeemed_ms=AFTER,
        redeemed_by="desk",
    )
    session.add(award)
    session.flush()
    told = json.dumps({"name": "张客人", "phone": "13987654321", "address": ADDRESS}, ensure_ascii=False)
    sealed = Seal(SECRET, CLAIMS).seal(told)
    session.add(tables.Claim(award_id=award.id, way="post", sealed=sealed, claimed_ms=AFTER, shipment="顺丰 1"))
    session.add(
        tables.Certificate(
            number="LD26-AAAA-BBBB-CCCC",
            group_id=group.id,
            person_id=story.guest,
            name="张客人",
            points=40,
            issued_ms=AFTER,
        )
    )


def _suspect(session: Session, story: Story) -> None:
    attempt = session.scalars(
        select(tables.Attempt.id).where(
            tables.Attempt.person_id == story.guest, tables.Attempt.campaign_id == story.campaign_id
        )
    ).one()
    session.add(
        tables.AttemptOrigin(
            attempt_id=attempt,
            campaign_id=story.campaign_id,
            begun_ms=OPENS,
            network="10.3.7.0/24",
            address_hash="a",
            device_hash="d",
        )
    )
    session.add(
        tables.Exclusion(campaign_id=story.campaign_id, person_id=story.li, why="organiser", by="wang", at_ms=OPENS)
    )
    session.add(
        tables.Signal(
            campaign_id=story.campaign_id, kind="device", key="d", attempts=[attempt], values={}, found_ms=OPENS
        )
    )
