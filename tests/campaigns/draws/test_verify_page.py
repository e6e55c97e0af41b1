"""verify.html in a browser, opened from disk as people open it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from accessibility import obstacles
from draw_made import AFTER, freeze, make_finished
from playwright.sync_api import Browser, Page, expect
from zip_made import TAMPERINGS, in_json, packed, replacing, tampered, unpacked

from campaigns import draws
from campaigns.draws import Entrant, Prize
from campaigns.draws.announcement import Announcement, json_bytes
from campaigns.draws.evidence import awards_tsv, ranking_tsv
from campaigns.draws.scheme import fill, list_bytes, list_hash, rank, seed_of
from campaigns.draws.sources import value_problem
from campaigns.store import Store

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(offline=True, viewport={"width": 375, "height": 700}, locale="zh-CN")
    page = context.new_page()
    page.goto(Path(draws.__file__).with_name("verify.html").as_uri())
    yield page
    context.close()


@pytest.fixture
def page(opened: Page) -> Page:
    opened.reload()
    return opened


def choose(page: Page, data: bytes) -> None:
    page.set_input_files("#file", {"name": "audit.zip", "mimeType": "application/zip", "buffer": data})
    expect(page.locator("#verdict")).to_be_visible(timeout=30_000)


def problems(page: Page) -> list[str]:
    return page.locator("#problems li").all_text_contents()


def test_its_own_sha256_is_sha256(page: Page) -> None:
    source = random.Random(7)
    texts = [source.randbytes(length) for length in [*range(130), 1_000, 65_537]]
    computed = page.evaluate(
        "lists => lists.map(list => sha256(Uint8Array.from(list)))", [list(text) for text in texts]
    )
    assert computed == [hashlib.sha256(text).hexdigest() for text in texts]


def test_an_honest_draw_is_green_with_its_list_hash_to_compare(page: Page, audit: bytes) -> None:
    choose(page, audit)
    verdict = draws.verify(audit)
    expect(page.locator("#verdict")).to_have_class("verdict good")
    assert problems(page) == []
    assert page.inner_text("#list-hash") == verdict.list_hash
    assert page.inner_text("#announcement-hash") == verdict.announcement_hash
    rows = [row.locator("td").all_inner_texts() for row in page.locator("#awards tr").all()]
    assert [row[2] for row in rows] == [award.entrant for award in verdict.awards]
    assert rows[1][4] == "作废：逾期未领"
    assert rows[4][4] == "中奖（替补序号 2）"


def test_the_hash_of_the_public_notice_is_compared(page: Page, audit: bytes) -> None:
    choose(page, audit)
    page.fill("#published", f" {draws.verify(audit).list_hash.upper()}\n")
    expect(page.locator("#compared")).to_contain_text("✓")
    page.fill("#published", "0" * 64)
    expect(page.locator("#compared")).to_contain_text("不是公布的那一份")


def test_one_finds_oneself(page: Page, audit: bytes) -> None:
    choose(page, audit)
    winner = draws.verify(audit).awards[0].entrant or ""
    page.fill("#own", winner)
    expect(page.locator("#found")).to_contain_text("中奖：一等奖")
    page.fill("#own", "0" * 16)
    expect(page.locator("#found")).to_contain_text("名单中没有")


def test_a_list_without_a_draw_is_neither_green_nor_red(page: Page, frozen_audit: bytes) -> None:
    choose(page, frozen_audit)
    expect(page.locator("#verdict")).to_have_class("verdict wait")
    expect(page.locator("#awards-section")).to_be_hidden()


def test_whatever_was_changed_is_red_and_named_as_the_command_names_it(page: Page, audit: bytes) -> None:
    for name, change, said in TAMPERINGS:
        data = tampered(audit, name, change)
        choose(page, data)
        expect(page.locator("#verdict")).to_have_class("verdict bad")
        assert problems(page) == list(draws.verify(data).problems)
        assert any(said in problem for problem in problems(page))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data[: len(data) // 2], "不是完好的证据包"),
        (lambda data: b"", "不是完好的证据包"),
        (lambda data: data.replace(b"\tU01\t", b"\tV01\t", 1), "校验和不符"),
        (lambda data: packed(unpacked(data).items(), 8), "压缩"),
        (lambda data: packed([*unpacked(data).items(), ("../x", b"")]), "多余"),
        (lambda data: tampered(data, "announcement.json", lambda _: b"{}"), "缺项"),
        (lambda data: tampered(data, "announcement.json", in_json("formats", [])), "写法不对"),
        (lambda data: tampered(data, "announcement.json", in_json("formats", {"fog:1": 1})), "写法不对"),
        (lambda data: tampered(data, "announcement.json", in_json("tickets", {"base": "1"})), "抽奖券规则"),
        (lambda data: tampered(data, "announcement.json", in_json("excluded_by", [])), "排除原因写法不对"),
        (lambda data: tampered(data, "announcement.json", in_json("group", 1)), "奖项组"),
        (lambda data: tampered(data, "entrants.tsv", lambda content: content[:-1]), "最后一行"),
        (lambda data: tampered(data, "entrants.tsv", lambda content: content + content), "第 13 行"),
    ],
)
def test_what_is_no_evidence_is_red(page: Page, audit: bytes, damage: Callable[[bytes], bytes], said: str) -> None:
    choose(page, damage(audit))
    expect(page.locator("#verdict")).to_have_class("verdict bad")
    assert any(said in problem for problem in problems(page))


def test_quotas_tickets_and_secrets_are_computed_alike(page: Page) -> None:
    choose(page, large_audit(3_000))
    assert problems(page) == []
    expect(page.locator("#verdict")).to_have_class("verdict good")


def test_a_hundred_thousand_entrants_are_checked_while_one_waits(page: Page, tmp_path: Path) -> None:
    data = large_audit(100_000)
    audit = tmp_path / "audit.zip"
    audit.write_bytes(data)
    page.set_input_files("#file", audit)
    expect(page.locator("#verdict")).to_be_visible(timeout=60_000)
    expect(page.locator("#verdict")).to_have_class("verdict good")
    entrant = unpacked(data)["entrants.tsv"].decode().splitlines()[77_777].partition("\t")[0]
    page.fill("#own", entrant)
    expect(page.locator("#found")).to_contain_text("在名单中")


SPELLINGS = [
    *("03.08.15.22.27.31+09", "08.03.15.22.27.31+09", "3.8.15.22.27.31+9", "03.03.15.22.27.31+09", "03.08.15.22.27.31"),
    *("03.08.15.22.27.34+09", "03.08.15.22.27.31+17", "03.08.15.22.27.31+09\n", "03.08.15.22.27+09"),
    *(
        "3857.93",
        "3857.930",
        "3,857.93",
        "+3857.93",
        "03857.93",
        "３８５７.93",
        "٣857.93",
        "3857.93\n",
        "12345678901.00",
    ),
    *("0a1f-07", "0A1F-07", "a1f-07", "0a1f-7", "0a1f_07", "0a1f-0٧", "𝟎a1f-0", "", "secret", "\x00", "a\u2028b"),
]


def test_both_programs_say_the_same_of_every_spelling(page: Page) -> None:
    secret = "secret:" + hashlib.sha256(b"secret").hexdigest()
    sources = ["ssq:1", "sse:2", "fog:3", "unannounced:4", "odd", "ssq", secret, "constructor"]
    formats = {"fog:3": "xxxx-##", "odd": "#?\u00e9"}
    cases = [(source, value) for source in sources for value in SPELLINGS]
    told = page.evaluate(
        "([cases, formats]) => cases.map(([source, value]) => valueProblem(source, value, new Map(formats)))",
        [cases, list(formats.items())],
    )
    assert told == [value_problem(source, value, formats) or "" for source, value in cases]
    assert [value for (_, value), problem in zip(cases, told, strict=True) if not problem] == [
        *("03.08.15.22.27.31+09", "3857.93", "0a1f-07", "03.08.15.22.27.31+09", "secret")
    ]


def test_a_value_outside_its_announced_format_is_red(page: Page) -> None:
    data = tampered(large_audit(50), "sources.json", replacing("0a1f-07", "0A1F-07"))
    choose(page, data)
    assert problems(page) == list(draws.verify(data).problems)
    assert problems(page)[0].startswith("来源 beacon:7 的数值写法不对，应写作：xxxx-##（")


def large_audit(count: int) -> bytes:
    """Evidence of a made-up draw with quotas, several tickets and a secret."""
    entrants = [Entrant(hashlib.sha256(b"%d" % n).hexdigest()[:16], f"U{n % 7}", 1 + n % 3) for n in range(count)]
    data = list_bytes(entrants)
    source = "secret:" + hashlib.sha256("密语 / 2026".encode()).hexdigest()
    announcement = Announcement(
        id="C1-D1",
        list_hash=list_hash(data),
        frozen_at="2026-07-04T01:00:00Z",
        count=count,
        prizes=(Prize("一等奖", 5), Prize("纪念奖", 40)),
        quotas={f"U{n}": n for n in range(6)},
        exclusions=tuple(sorted(entrant.entrant for entrant in entrants[::10])),
        sources=("sse:20261130", source, "beacon:7"),
        fallback="顺延",
        reason="",
        campaign="节能宣传周",
        formats={"beacon:7": "xxxx-##"},
    )
    texts = ["sse:20261130:3857.93", f"{source}:密语 / 2026", "beacon:7:0a1f-07"]
    seed = seed_of(announcement.id, announcement.list_hash, texts)
    ranking = rank(seed, entrants)
    values = [{"source": name, "value": text} for name, text in zip(announcement.sources, texts, strict=True)]
    return packed(
        {
            "entrants.tsv": data,
            "announcement.json": announcement.as_bytes(),
            "sources.json": json_bytes({"values": values, "seed": seed}),
            "ranking.tsv": ranking_tsv(ranking),
            "awards.tsv": awards_tsv(fill(ranking, announcement.rules)),
            "verify.html": b"",
        }.items()
    )


def test_it_reaches_for_nothing_outside_itself(page: Page, audit: bytes) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    choose(page, audit)
    assert asked == [page.url]


def test_on_a_phone_no_part_of_an_award_is_out_of_sight(page: Page, audit: bytes) -> None:
    choose(page, audit)
    right = "cells => cells.map(cell => cell.getBoundingClientRect().right)"
    assert max(page.locator("#awards td").evaluate_all(right)) <= 375
    assert page.locator(".scroll").evaluate("box => box.scrollWidth <= box.clientWidth")
    named = page.locator("#awards td").first.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert named == '"序号"'


def test_everybody_can_read_it_and_get_about_in_it(page: Page, audit: bytes, frozen_audit: bytes) -> None:
    assert obstacles(page) == []
    for data in (audit, frozen_audit, tampered(audit, "awards.tsv", replacing("一等奖", "二等奖")), b""):
        choose(page, data)
        assert obstacles(page) == []


def test_after_the_verdict_it_says_what_is_left_to_do_by_oneself(page: Page, audit: bytes) -> None:
    choose(page, audit)
    expect(page.locator("#next")).to_contain_text("还差两步")
    expect(page.locator("#values")).to_contain_text("双色球第 2026130 期")
    expect(page.locator("#mark-1")).to_have_text("✓")
    expect(page.locator("#mark-2")).to_have_text("2")
    page.fill("#published", draws.verify(audit).announcement_hash)
    expect(page.locator("#mark-2")).to_have_text("✓")
    page.fill("#published", "0" * 64)
    expect(page.locator("#mark-2")).to_have_text("✗")


def test_nothing_of_the_page_is_wider_than_a_phone(page: Page, sqlite_store: Store) -> None:
    make_finished(sqlite_store)
    draw_id = freeze(sqlite_store, now=AFTER).id
    with sqlite_store.reading() as session:
        choose(page, draws.audit_zip(session, draw_id))
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
