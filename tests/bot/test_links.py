from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from campaign_made import OPENS
from itsdangerous import URLSafeSerializer

from bot.links import RESUME_MS, Links, Resume

LINKS = Links("https://quiz.example.gov.cn", "secret", lambda: OPENS)


def token(url: str) -> str:
    return parse_qs(urlsplit(url).query)["k"][0]


def test_an_entry_link_is_what_the_codes_hold() -> None:
    assert LINKS.entry("week") == "https://quiz.example.gov.cn/q/week"
    assert LINKS.entry("week", "D01") == "https://quiz.example.gov.cn/q/week?u=D01"
    assert LINKS.entry("week", "财务 1&2") == "https://quiz.example.gov.cn/q/week?u=%E8%B4%A2%E5%8A%A1+1%262"


def test_a_draw_has_an_address() -> None:
    assert LINKS.draw("C1-D1") == "https://quiz.example.gov.cn/draws/C1-D1"
    assert LINKS.draw("C1-D1", "7f3a") == "https://quiz.example.gov.cn/draws/C1-D1?find=7f3a"


def test_a_link_to_the_prizes_resumes_too() -> None:
    url = LINKS.prizes("week", 4711)
    assert url.startswith("https://quiz.example.gov.cn/q/week/prizes?k=")
    assert LINKS.read_resume(token(url)) == Resume(4711, OPENS)


def test_a_resume_link_says_for_whom_it_was_made_and_when() -> None:
    url = LINKS.resume("week", 4711)
    assert url.startswith("https://quiz.example.gov.cn/q/week?k=")
    assert LINKS.read_resume(token(url)) == Resume(4711, OPENS)


def test_a_link_to_the_waiting_question_resumes_too() -> None:
    url = LINKS.question("week", 4711)
    assert url.startswith("https://quiz.example.gov.cn/q/week/question?k=")
    assert LINKS.read_resume(token(url)) == Resume(4711, OPENS)


def test_a_resume_link_is_fresh_for_a_quarter_of_an_hour() -> None:
    resume = LINKS.read_resume(token(LINKS.resume("week", 4711)))
    assert resume is not None
    assert RESUME_MS == 15 * 60_000
    assert resume.is_fresh(OPENS)
    assert resume.is_fresh(OPENS + RESUME_MS)
    assert not resume.is_fresh(OPENS + RESUME_MS + 1)


def forged(content: object, secret: str = "secret", purpose: str = "lvda-resume") -> str:
    signed = URLSafeSerializer(secret, salt=purpose).dumps(content)
    assert isinstance(signed, str)
    return signed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4711",
        "NDcxMQ.abc.def",
        "😀",
        forged([1, OPENS], secret="other"),
        forged([1, OPENS], purpose="lvda-h5"),
        forged(1),
        forged([1]),
        forged(["nobody", OPENS]),
        forged({"person": 1}),
    ],
)
def test_a_link_that_is_not_ours_leads_to_nobody(text: str) -> None:
    assert LINKS.read_resume(text) is None


def test_what_we_forge_here_would_be_believed_if_it_were_right() -> None:
    assert LINKS.read_resume(forged([1, OPENS])) == Resume(1, OPENS)


def test_a_changed_link_leads_to_nobody() -> None:
    made = token(LINKS.resume("week", 4711))
    for place in range(len(made) - 1):  # the very last character holds bits that say nothing
        changed = made[:place] + ("A" if made[place] != "A" else "B") + made[place + 1 :]
        assert LINKS.read_resume(changed) is None
