"""What no browser sends on its own gets a kind page, on either database, and never an error of ours."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, urlencode

from campaign_made import LITRE, PLAN, make_campaign
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phone import ADDRESS, Fields, Form, Phone
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bot.pages.blueprint import FORM_BYTES
from campaigns import tables
from campaigns.store import Store

TYPED = "application/x-www-form-urlencoded"
HALF_A_PAIR = "%ED%A0%80"
"""Half a surrogate pair, as a URL spells it."""
ACTS = ("begin", "answer", "adopt", "unit")


class Stream:
    """A body that tells how much of it was read."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        left = self.length - self.taken
        data = b"a" * (left if size < 0 else min(size, left))
        self.taken += len(data)
        return data

    def readinto(self, buffer: bytearray) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def post(phone: Phone, path: str, body: bytes | str = b"", kind: str = TYPED, **environ: object) -> TestResponse:
    return phone.client.post(path, data=body, base_url=ADDRESS, content_type=kind, environ_overrides=environ)


def answers(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(tables.Answer)) or 0


def test_a_name_that_no_campaign_can_have_is_not_found(phone: Phone) -> None:
    form = phone.open("/q/week").form
    slugs = ("%00", "week%00", "week%0A", HALF_A_PAIR, "%FF", "周", "%2F", "..%2F", "a" * 300, "a" * 20_000)
    for slug in slugs:
        for page in (phone.open(f"/q/{slug}"), *(phone.submit(Form(f"/q/{slug}/{act}", form.fields)) for act in ACTS)):
            assert page.status in {404, 405}, page.path
            assert page.status == 405 or "没有找到这个活动" in page.text, page.path


def test_a_blank_takes_whatever_is_typed(phone: Phone, store: Store) -> None:
    make_campaign(store, replace(PLAN, slug="blank", questions_per_paper=1), (LITRE,))
    typed = (HALF_A_PAIR, "%FF", *map(quote, ("10\0 00", "\0", "\x1b", "１０００\n" * 400, "'; --")))
    for text in typed:
        form = phone.begin("/q/blank").form
        sent = post(phone, form.action, f"{urlencode(form.fields)}&blank={text}")
        assert sent.status_code in {303, 422}, text
        assert phone.open("/q/blank/question").status == 200, text


def test_nothing_in_a_form_is_too_strange(phone: Phone, store: Store) -> None:
    form = phone.begin("/q/week").form
    strange = ("%00", HALF_A_PAIR, "%FF", "9" * 5_000, "-1", "%F0%9F%98%80")
    for name in ("option", "attempt", "position", "csrf_token", "k", "%00"):
        for value in strange:
            kept: Fields = {field: text for field, text in form.fields.items() if field != name}
            for act in ACTS:
                sent = post(phone, f"/q/week/{act}", f"{urlencode(kept)}&{name}={value}")
                assert sent.status_code in {303, 400, 422}, (act, name, value)
    assert answers(store) == 0


def test_parts_of_strange_encodings_are_no_answer(phone: Phone, store: Store) -> None:
    form = phone.begin("/q/week").form
    lead = "--b\r\nContent-Disposition: form-data; name="
    fields = "".join(f'{lead}"{name}"\r\n\r\n{text}\r\n' for name, text in form.fields.items())
    for charset, value in (("utf-16", b"\0\xd8"), ("utf-7", b"+2AA-"), ("none", b"\xff"), ("utf-8", b"\xed\xa0\x80")):
        head = f'{lead}"option"\r\nContent-Type: text/plain; charset={charset}\r\n\r\n'
        body = (fields + head).encode() + value + b"\r\n--b--\r\n"
        sent = post(phone, form.action, body, "multipart/form-data; boundary=b")
        assert sent.status_code == 422, charset
        assert "请先选择一个答案再提交" in sent.text, charset
    assert answers(store) == 0


def test_a_form_far_too_large_is_refused_unread(phone: Phone) -> None:
    for act in ACTS:
        for length in (FORM_BYTES + 1, 20_000_000_000):
            body = Stream(FORM_BYTES * 10)
            sent = post(phone, f"/q/week/{act}", **{"wsgi.input": body, "CONTENT_LENGTH": str(length)})
            assert sent.status_code == 413, act
            assert "提交的内容太长" in sent.text, act
            assert 'href="/q/week/question"' in sent.text
            assert body.taken == 0, act


def test_a_form_of_untold_length_is_read_no_further_than_a_form_may_be(phone: Phone) -> None:
    body = Stream(FORM_BYTES * 100)
    chunked = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    sent = post(phone, "/q/week/answer", **chunked)
    assert sent.status_code in {400, 413}
    assert "没有计入" in sent.text
    assert body.taken <= 2 * FORM_BYTES


def test_a_form_as_large_as_one_may_be_is_read(phone: Phone) -> None:
    form = phone.begin("/q/week").form
    body = f"{urlencode(form.fields)}&option=C&more="
    assert post(phone, form.action, body + "x" * (FORM_BYTES - len(body))).status_code == 303


def test_a_length_that_is_no_length_gets_a_kind_page(phone: Phone) -> None:
    for length in ("-1", "abc", "", "1e9", "9" * 5_000):
        sent = post(phone, "/q/week/begin", CONTENT_LENGTH=length)
        assert sent.status_code in {400, 413}, length
        assert "没有计入" in sent.text, length


@given(cookie=st.text(st.characters(max_codepoint=255), max_size=40), query=st.binary(max_size=40))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_cookie_and_no_query_is_too_strange(phone: Phone, cookie: str, query: bytes) -> None:
    given_key = query.decode("latin-1")
    for asked in (given_key, f"u={given_key}", f"k={given_key}"):
        strange = {"HTTP_COOKIE": f"lvda_h5={cookie}; lvda={cookie}", "QUERY_STRING": asked}
        sent = phone.client.get("/q/week", base_url=ADDRESS, environ_overrides=strange)
        assert sent.status_code in {200, 303}, asked
