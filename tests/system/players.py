"""Twenty colleagues with a phone each: some in the chat of the official account, some on the pages."""

from __future__ import annotations

import html
import re
import time
from dataclasses import dataclass, field
from itertools import count
from random import Random

import requests
from follower import event_xml, reply_text, sealed, text_xml, without_markup

from questions.model import TRUE_FALSE_TEXTS, Kind, Question

_MESSAGE_IDS = count(24_000_000_000_000_000)
_SIGNED = re.compile(r"\?k=[\w.-]+")
"""Of a link to one's own pages: signed anew by replies that change nothing."""
_SHOWN = re.compile(r"^([A-H])\. (.*)$", re.MULTILINE)


@dataclass
class ChatPlayer:
    """Sends messages in safe mode, each delivered twice, as if the first reply had been lost on its way."""

    url: str
    name: str
    http: requests.Session = field(default_factory=requests.Session)

    def says(self, text: str) -> str:
        now = int(time.time())
        return self._delivered(text_xml(self.name, text, now, next(_MESSAGE_IDS)), now)

    def follows(self, scene: str) -> str:
        now = int(time.time())
        return self._delivered(event_xml(self.name, "subscribe", f"qrscene_{scene}", now), now)

    def _delivered(self, xml: str, now: int) -> str:
        replies = set()
        for _ in range(2):
            body, query = sealed(xml, now)
            response = self.http.post(f"{self.url}/wechat", params=query, data=body.encode(), timeout=30)
            assert response.status_code == 200
            replies.add(reply_text(response.content, safe=True))
        assert len({_SIGNED.sub("", reply) for reply in replies}) == 1, replies
        return without_markup(replies.pop())

    def plays(self, bank: dict[str, Question], right: int, random: Random) -> int:
        """Plays a whole attempt with so many right answers; the score that it was told."""
        reply = self.says("答题")
        while "🎉" not in reply:
            stem = next(line for line in reply.splitlines() if line in bank)
            question = bank[stem]
            shown = {text: letter for letter, text in _SHOWN.findall(reply.partition("【")[2])}
            position = int(re.findall(r"第(\d+)/\d+题", reply)[-1])
            reply = self.says(_answer(question, shown, right=position <= right, random=random))
        found = re.search(r"得分 (\d+) ·", reply)
        assert found is not None, reply
        return int(found.group(1))


@dataclass
class PagePlayer:
    """Fills in the forms of the pages, without JavaScript."""

    url: str
    http: requests.Session = field(default_factory=requests.Session)

    def reads(self, path: str) -> str:
        """A page of a campaign."""
        return self._get(f"{self.url}/q/{path}")

    def binds(self, slug: str, sought: str, name: str, number: str) -> str:
        """Says who they are by the unit that is found first; the page after it."""
        page = self._get(f"{self.url}/q/{slug}/bind?s={sought}")
        unit = re.search(r"bind\?unit=(\w+)", page)
        assert unit is not None, page
        page = self._get(f"{self.url}/q/{slug}/bind?unit={unit[1]}")
        fields = {"csrf_token": _hidden(page, "csrf_token"), "unit": unit[1], "agreed": "yes"}
        return self._post(f"{self.url}/q/{slug}/bind", fields | {"name": name, "number": number})

    def plays(self, slug: str, unit: str, bank: dict[str, Question], right: int) -> int:
        page = self._get(f"{self.url}/q/{slug}?u={unit}")
        page = self._post(f"{self.url}/q/{slug}/begin", {"csrf_token": _hidden(page, "csrf_token")})
        position = 0
        while 'name="position"' in page:
            position += 1
            stem = _text(re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL))
            fields = {name: _hidden(page, name) for name in ("csrf_token", "attempt", "position")}
            page = self._post(
                f"{self.url}/q/{slug}/answer", fields | _filled_in(page, bank[stem], right=position <= right)
            )
        page = self.reads(f"{slug}/result")  # without the verdict on the last question, which has points of its own
        found = re.search(r"(\d+)\s*(?:<[^>]+>\s*)*分", page)
        assert found is not None, page
        return int(found.group(1))

    def _get(self, url: str) -> str:
        response = self.http.get(url, timeout=30)
        assert response.status_code == 200, (url, response.status_code)
        return response.text

    def _post(self, url: str, data: dict[str, object]) -> str:
        response = self.http.post(url, data=data, timeout=30)
        assert response.status_code == 200, (url, response.status_code, response.text)
        return response.text


def _answer(question: Question, shown: dict[str, str], *, right: bool, random: Random) -> str:
    """What to type: the right answer, or a wrong one."""
    if question.kind is Kind.TRUE_FALSE:
        text = TRUE_FALSE_TEXTS[question.answer[0]]
        return text if right else ("错误" if text == "正确" else "正确")
    if question.kind is Kind.BLANK:
        return question.answer[0].split(" | ")[0] if right else "不知道"
    texts = {option.letter: option.text for option in question.options}
    correct = sorted(shown[texts[letter]] for letter in question.answer)
    if right:
        return "".join(correct).lower()
    wrong = [letter for letter in shown.values() if [letter] != correct]
    return random.choice(wrong)


def _filled_in(page: str, question: Question, *, right: bool) -> dict[str, object]:
    if question.kind is Kind.BLANK:
        return {"blank": question.answer[0].split(" | ")[0] if right else "不知道"}
    labels = r'name="option" value="(\w)".*?<span class="option__text"><span class="prose">(.*?)</span>'
    options = re.findall(labels, page, re.DOTALL)
    shown = {html.unescape(text).strip(): letter for letter, text in options}
    typed = _answer(question, shown, right=right, random=Random(1))
    if question.kind is Kind.TRUE_FALSE:
        return {"option": shown[typed]}
    return {"option": list(typed.upper())}


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no field {name} in {page}"
    return html.unescape(found.group(1))


def _text(found: re.Match[str] | None) -> str:
    assert found is not None
    return html.unescape(found.group(1)).strip()
