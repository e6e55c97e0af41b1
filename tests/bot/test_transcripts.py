"""Conversations as they are had, replayed through the real callback.

A transcript is a text file. ``> text`` is what a person sends, ``< line`` what they read (the markup of links left
out); ``……`` at a line's end stands for any rest, alone in the last
line for any further lines. ``@`` lines say what happens meanwhile:

    @ person NAME          the lines that follow are of another follower
    @ scan SCENE           | @ follow SCENE | @ menu KEY | @ voice TEXT
    @ tap LETTER           an option of the last reply; @ tap LETTER of N: of the Nth reply of this person
    @ again                the platform delivers the last message once more
    @ sent -3              the next text was sent three seconds ago
    @ wait SECONDS         | @ close | @ pause | @ resume
    @ page ANSWER          the waiting question is answered by the same person, in a browser
    @ worker               the worker does what must happen by itself
    @ unit CODE            they are of this unit, by whatever way
    @ branch CODE NAME [PARENT]    there is this unit, below the one of that code
    @ takes CODE           the campaign is for this unit, and others that are named so
    @ rostered CODE NAME [NUMBER]  the unit's roster has this person
    @ wrong N              they give a wrong name and number so many times
    @ notice TEXT          the organiser tells participants something
    @ excluded             they are put on the list of those who may not win
    @ forfeited WHY        what they have won is taken back
    @ handed out           what they have won is handed out
    @ withdraw N           the campaign's Nth question turns out to be wrong
    @ campaign FIELD=VALUE …   before the first line: what differs from the campaign of tests/campaign_made.py;
                               hours=09:00-17:00; pictures=1: its questions are those of tests/pictures_made.py;
                               prizes=NAME tickets=NAME: those of tests/prizes_planned.py
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest
from campaign_made import PLAN, make_campaign
from flask import Flask
from follower import Follower, without_markup
from member import Member
from pictures_made import make_pictured_campaign
from prizes_planned import PRIZES, TICKETS
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns import keeping, people, play, tables, ticks, units
from campaigns.people import Sender
from campaigns.prizes import awards, exclusions
from campaigns.prizes.rules import ONE_TICKET
from campaigns.store import Store
from campaigns.stores import Stores

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
CHANNELS = {"plain": "app", "safe": "safe_app", "wecom": "wecom_app", "wecom in json": "wecom_app"}
"""How a conversation may reach us, and the application that it reaches."""
NOT_IN_WECOM = {
    "08_a_scanned_code_leads_into_its_campaign_and_unit": "an application in WeCom has no codes to be scanned",
    "33_a_units_code_leads_to_the_name_where_a_roster_is_asked_for": "nor those of units",
}
ANY_REST = "……"


@dataclass
class Stage:
    app: Flask
    store: Store
    clock: object
    channel: str
    followers: dict[str, Follower | Member] = field(default_factory=dict)
    who: str = "oXiaoWang"
    sent: int = 0

    @property
    def person(self) -> Follower | Member:
        if self.who not in self.followers:
            client, clock = self.app.test_client(), cast(Callable[[], int], self.clock)
            self.followers[self.who] = (
                Member(client, self.store, self.who, clock, in_json="json" in self.channel)
                if "wecom" in self.channel
                else Follower(client, self.who, clock, safe=self.channel == "safe")
            )
        return self.followers[self.who]

    def hear(self, text: str) -> str:
        sent, self.sent = self.sent, 0
        return self.person.says(text, sent_s=self.clock() // 1_000 + sent)  # type: ignore[operator]

    def direct(self, order: str, words: list[str]) -> str | None:
        rest = " ".join(words)
        match order:
            case "person":
                self.who = rest
            case "scan":
                assert isinstance(self.person, Follower)
                return self.person.scans(rest)
            case "follow":
                return self.person.follows(rest)
            case "menu":
                return self.person.clicks(rest)
            case "voice":
                return self.person.speaks(rest)
            case "tap":
                older = self.person.replies[int(words[2]) - 1] if len(words) > 1 else ""
                return self.person.taps(words[0], of=older)
            case "again":
                return self.person.retried()
            case "sent":
                self.sent = int(rest)
            case "wait":
                self.clock.pass_seconds(float(rest))  # type: ignore[attr-defined]
            case _:
                self.happens(order, rest)
        return None

    def happens(self, order: str, rest: str) -> None:
        """What is done elsewhere meanwhile."""
        match order:
            case "close":
                with self.store.transaction() as session:
                    keeping.close(session, PLAN.slug, self.clock())
            case "pause" | "resume":
                change = keeping.pause if order == "pause" else keeping.resume
                with self.store.transaction() as session:
                    change(session, PLAN.slug, self.clock())  # type: ignore[operator]
            case "page":
                self.answer_on_the_page(rest)
            case "worker":
                ticks.finish_timed_out(self.stores, self.clock())  # type: ignore[operator]
            case "unit":
                with self.store.transaction() as session:
                    people.join_unit(session, self.person_id(session), rest)
            case "branch" | "takes" | "rostered":
                with self.store.transaction() as session:
                    self.arrange(session, order, *rest.split())
            case "wrong":
                for _ in range(int(rest)):
                    self.hear("某某")
                    assert "对不上" in self.hear("0")
            case "notice":
                with self.store.transaction() as session:
                    keeping.add_notice(session, PLAN.slug, rest, "", self.clock())  # type: ignore[operator]
            case "withdraw":
                self.withdraw(int(rest))
            case "excluded" | "forfeited" | "handed":
                with self.store.transaction() as session:
                    self.decide(session, order, rest)
            case _:
                raise AssertionError(f"a transcript knows no '@ {order}'")

    @property
    def stores(self) -> Stores:
        return cast(Stores, self.app.extensions["lvda"])

    def person_id(self, session: Session) -> int:
        return session.scalars(select(tables.Identity.person_id).where(tables.Identity.sender == self.who)).one()

    def arrange(self, session: Session, order: str, code: str, name: str = "", more: str = "") -> None:
        if order == "branch":
            units.add(session, code, name, more)
            return
        unit_id = units.find(session, code).id
        if order == "takes":
            session.add(tables.CampaignUnit(campaign_id=1, unit_id=unit_id))
        else:
            session.add(
                tables.Person(unit_id=unit_id, name=name, staff_number=more, rostered=True, created_ms=PLAN.opens_ms)
            )

    def decide(self, session: Session, order: str, rest: str) -> None:
        now, person_id = self.clock(), self.person_id(session)  # type: ignore[operator]
        if order == "excluded":
            exclusions.exclude(session, PLAN.slug, [person_id], "organiser", "", "王工", now)
        for award_id in session.scalars(select(tables.Award.id).where(tables.Award.person_id == person_id)).all():
            if order == "forfeited":
                assert awards.take_back(session, award_id, rest, now)
            else:
                session.execute(update(tables.Award).where(tables.Award.id == award_id).values(redeemed_ms=now))

    def answer_on_the_page(self, given: str) -> None:
        browser, now = Sender("h5", "", f"t{self.who}"), self.clock()  # type: ignore[operator]
        with self.store.reading() as session:
            person = self.person_id(session)
        people.meet(self.store, browser, now, person_id=person)
        with self.store.direct() as direct:
            turn = play.look(direct, self.stores, browser)
            assert turn is not None
            assert turn.attempt is not None
            play.answer(direct, turn, turn.attempt.position, given, now, in_chat=False)

    def withdraw(self, ordinal: int) -> None:
        asked, campaign = tables.CampaignQuestion, tables.Campaign
        with self.store.transaction() as session:
            session.execute(update(asked).where(asked.ordinal == ordinal).values(withdrawn=True))
            session.execute(update(campaign).values(version=campaign.version + 1))


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_conversation(path: Path, channel: str, store: Store, clock: object, request: pytest.FixtureRequest) -> None:
    if "wecom" in channel and path.stem in NOT_IN_WECOM:
        pytest.skip(NOT_IN_WECOM[path.stem])
    script = path.read_text().splitlines()
    _make_campaign(script, store)
    stage = Stage(request.getfixturevalue(CHANNELS[channel]), store, clock, channel)
    for number, reply, expected in _played(script, stage):
        seen = without_markup(reply).splitlines()
        assert _matches(seen, expected), f"{path.name}:{number}\n--- read\n" + "\n".join(seen)


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 10


def _make_campaign(script: list[str], store: Store) -> None:
    plan = PLAN
    for line in script:
        if line.startswith("@ campaign "):
            changes = dict(pair.split("=", 1) for pair in line.removeprefix("@ campaign ").split())
            plan = replace(plan, keyword=changes.pop("keyword", ""))
            make = make_pictured_campaign if changes.pop("pictures", "") else make_campaign
            admission = changes.pop("admission", "open")
            plan = replace(
                plan,
                prize_groups=PRIZES.get(changes.pop("prizes", ""), ()),
                tickets=TICKETS.get(changes.pop("tickets", ""), ONE_TICKET),
            )
            make(store, replace(plan, **{name: _value(name, value) for name, value in changes.items()}))
            with store.transaction() as session:  # behind the check that somebody is on a roster, who comes later
                session.execute(update(tables.Campaign).values(admission=admission))
            return
    if not any(line.startswith("@ no campaign") for line in script):
        make_campaign(store, plan)


def _value(name: str, value: str) -> object:
    if name == "hours":
        since, until = (int(hour) * 60 + int(minute) for hour, minute in re.findall(r"(\d+):(\d+)", value))
        return since, until
    return int(value) if value.isdigit() else None if value == "None" else value


def _played(script: list[str], stage: Stage) -> Iterator[tuple[int, str, list[str]]]:
    """Each reply with the lines that were expected of it."""
    reply: str | None = None
    expected: list[str] = []
    begun = 0
    for number, line in enumerate([*script, "@ end"], start=1):
        if line.startswith("<"):
            expected.append(line[1:].removeprefix(" "))
            continue
        if line.startswith((">", "@")):
            if reply is not None:
                yield begun, reply, expected
            reply, expected, begun = None, [], number
        if line.startswith(">"):
            reply = stage.hear(line[1:].removeprefix(" "))
        elif line.startswith("@ ") and not line.startswith(("@ campaign", "@ no campaign", "@ end")):
            order, *words = line[2:].split()
            reply = stage.direct(order, words)


def _matches(seen: list[str], expected: list[str]) -> bool:
    if expected and expected[-1] == ANY_REST:
        expected, seen = expected[:-1], seen[: len(expected) - 1]
    return len(seen) == len(expected) and all(
        line.startswith(wanted.removesuffix(ANY_REST)) if wanted.endswith(ANY_REST) else line == wanted
        for line, wanted in zip(seen, expected, strict=True)
    )
