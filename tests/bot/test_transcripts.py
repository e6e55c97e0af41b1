"""Conversations as they are had, replayed through the real callback.

A transcript is a text file. ``> text`` is what a person sends, ``< line`` what they read (the markup of links left
out); ``……`` at a line's end stands for any rest. ``@`` lines say what happens meanwhile:

    @ person NAME          the lines that follow are of another follower
    @ scan SCENE           | @ follow SCENE | @ menu KEY | @ voice TEXT
    @ tap LETTER           an option of the last reply; @ tap LETTER of N: of the Nth reply of this person
    @ again                the platform delivers the last message once more
    @ sent -3              the next text was sent three seconds ago
    @ wait SECONDS         | @ close | @ pause | @ resume
    @ campaign FIELD=VALUE …   before the first line: what differs from the campaign of tests/campaign_made.py;
                               pictures=1: its questions are those of tests/pictures_made.py
"""

from __future__ import annotations

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
from sqlalchemy import update

from campaigns import keeping, tables
from campaigns.store import Store

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
CHANNELS = {"plain": "app", "safe": "safe_app", "wecom": "wecom_app", "wecom in json": "wecom_app"}
"""How a conversation may reach us, and the application that it reaches."""
NOT_IN_WECOM = {
    "08_a_scanned_code_leads_into_its_campaign_and_unit": "an application in WeCom has no codes to be scanned"
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
            case "close":
                with self.store.transaction() as session:
                    keeping.close(session, PLAN.slug)
            case "pause" | "resume":
                with self.store.transaction() as session:
                    campaign = tables.Campaign
                    state = "paused" if order == "pause" else "published"
                    session.execute(
                        update(campaign)
                        .where(campaign.slug == PLAN.slug)
                        .values(state=state, version=campaign.version + 1)
                    )
            case _:
                raise AssertionError(f"a transcript knows no '@ {order}'")
        return None


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
            changes = dict(pair.split("=") for pair in line.removeprefix("@ campaign ").split())
            plan = replace(plan, keyword=changes.pop("keyword", ""))
            make = make_pictured_campaign if changes.pop("pictures", "") else make_campaign
            make(store, replace(plan, **{name: int(value) for name, value in changes.items()}))
            return
    if not any(line.startswith("@ no campaign") for line in script):
        make_campaign(store, plan)


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
    return len(seen) == len(expected) and all(
        line.startswith(wanted.removesuffix(ANY_REST)) if wanted.endswith(ANY_REST) else line == wanted
        for line, wanted in zip(seen, expected, strict=True)
    )
