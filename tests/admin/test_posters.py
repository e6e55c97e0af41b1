from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
import zxingcpp
from campaign_made import OPENS, make_campaign
from PIL import Image

from admin.posters import LAYOUTS, Job, Order, collect, dates, led_by, outlives, poster_of, produce
from campaigns import pictures, tables, units
from campaigns.errors import NotFound, Refused
from campaigns.keeping import Overview
from campaigns.prints.errors import UnusableLogo
from campaigns.store import Store, open_store

CODE_URL = "https://qr.example.gov.cn"

CAMPAIGN = Overview(
    id=1,
    slug="week",
    name="节能宣传周知识问答",
    theme="绿色低碳",
    organiser="机关事务管理局",
    state="published",
    timezone="Asia/Shanghai",
    opens_ms=1_783_126_800_000,
    closes_ms=1_783_699_200_000,
    questions_per_paper=10,
    draw_points=0,
    reminder_hour=None,
    notices_per_day=2,
    quiet_from=21,
    quiet_until=8,
    people=0,
    attempts=0,
    finished=0,
)


def test_a_close_at_midnight_belongs_to_the_day_before() -> None:
    assert dates(CAMPAIGN) == "2026年7月4日—2026年7月10日"


def test_a_campaign_that_never_closes_has_no_dates() -> None:
    assert dates(replace(CAMPAIGN, closes_ms=None)) == ""


def test_a_poster_says_what_the_campaign_says() -> None:
    made = poster_of(CAMPAIGN, "https://quiz.example.cn/q/week?u=D01", "办公室", "京ICP备00000000号")
    assert (made.name, made.theme, made.organiser, made.unit, made.footer) == (
        "节能宣传周知识问答",
        "绿色低碳",
        "机关事务管理局",
        "办公室",
        "京ICP备00000000号",
    )


def test_a_poster_names_the_points_that_the_draw_asks_for() -> None:
    assert poster_of(CAMPAIGN, "https://quiz.example.cn/q/week", "", "").instructions[-1] == "完成可参加抽奖"
    asking = replace(CAMPAIGN, draw_points=60)
    assert poster_of(asking, "https://quiz.example.cn/q/week", "", "").instructions[-1] == "得 60 分可参加抽奖"


def test_a_practice_promises_no_draw_and_a_brand_is_shown() -> None:
    practice = replace(CAMPAIGN, mode="practice", brand="亭·节能 绿色+")
    made = poster_of(practice, "https://quiz.example.cn/q/week", "", "")
    assert not any("抽奖" in step for step in made.instructions)
    assert made.brand == "亭·节能 绿色+"


# --- orders ------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """A campaign for 江苏省 with two cities below it, a retired office, and a unit that has no part in it."""
    opened = open_store(sqlite_url)
    campaign_id = make_campaign(opened)
    with opened.transaction() as session:
        province = units.add(session, "JS", "江苏省", level="province")
        units.add(session, "SZ", "苏州市", "JS", level="city")
        units.add(session, "YC", "盐城市", "JS", level="city")
        units.add(session, "SZ1", "市财政局", "SZ")
        units.add(session, "OLD", "撤并的局", "SZ")
        units.add(session, "LN", "辽宁省", level="province")
        session.query(tables.Unit).filter_by(code="OLD").update({"retired": True})
        session.add(tables.CampaignUnit(campaign_id=campaign_id, unit_id=province))
    yield opened
    opened.close()


def collected(store: Store, order: Order) -> Job:
    with store.reading() as session:
        return collect(session, order, CODE_URL, "苏ICP备00000000号")


def made(job: Job) -> bytes:
    return b"".join(produce(job, OPENS))


def scanned(data: bytes) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(data)))]


def test_a_zip_has_the_units_that_take_part_as_the_tree_is_read(store: Store) -> None:
    job = collected(store, Order("week", "zip"))
    assert [(one.code, one.above) for one in job.prints] == [
        ("", ()),
        ("JS", ()),
        ("SZ", ("江苏省",)),
        ("YC", ("江苏省",)),
        ("SZ1", ("江苏省", "苏州市")),
    ]
    assert job.prints[-1].address == f"{CODE_URL}/q/week?u=SZ1"


def test_a_zip_of_a_subtree_has_that_unit_and_all_below_it(store: Store) -> None:
    job = collected(store, Order("week", "zip", unit_code="SZ", layout="sign", logo="leaf"))
    archive = zipfile.ZipFile(io.BytesIO(made(job)))
    assert [name for name in archive.namelist() if name.endswith(".png")] == [
        "活动.png",
        "单位/江苏省/SZ 苏州市.png",
        "单位/江苏省/苏州市/SZ1 市财政局.png",
    ]
    assert scanned(archive.read("单位/江苏省/苏州市/SZ1 市财政局.png")) == [f"{CODE_URL}/q/week?u=SZ1"]
    assert made(job) == made(job)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_can_be_ordered_and_is_called_by_its_name(store: Store, layout: str) -> None:
    order = Order("week", "pdf", layout, unit_code="SZ")
    assert made(collected(store, order)).startswith(b"%PDF-")
    assert order.file_name == f"week-SZ-{layout}.pdf"


def test_codes_can_be_an_official_accounts(store: Store) -> None:
    job = led_by(collected(store, Order("week", "png", unit_code="SZ")), lambda code: f"http://weixin.qq.com/q/{code}")
    assert scanned(made(job)) == ["http://weixin.qq.com/q/SZ"]
    assert job.prints[0].address == f"{CODE_URL}/q/week?u=SZ"


def test_the_logo_is_the_campaigns_picture_or_an_uploaded_one_or_the_leaf(store: Store) -> None:
    picture, upload = saved("red"), saved("blue")
    assert collected(store, Order("week", "png")).logo == b""
    leaf = collected(store, Order("week", "png", logo="picture")).logo
    assert leaf == collected(store, Order("week", "png", logo="leaf")).logo != b""
    with store.transaction() as session:
        pictures.keep(session, [("a" * 64, picture)], OPENS)
        session.query(tables.Campaign).update({"picture_sha256": "a" * 64})
    red = collected(store, Order("week", "png", logo="picture"))
    assert red.logo not in {b"", leaf}
    assert collected(store, Order("week", "png", own_logo=upload)).logo not in {b"", leaf, red.logo}
    assert scanned(made(red)) == [f"{CODE_URL}/q/week"]
    with pytest.raises(UnusableLogo):
        collected(store, Order("week", "png", own_logo=b"no picture"))


def saved(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (Order("nowhere", "png"), NotFound),
        (Order("week", "png", unit_code="X9"), NotFound),
        (Order("week", "zip", unit_code="X9"), NotFound),
        (Order("week", "gif"), Refused),
        (Order("week", "pdf", "a0"), Refused),
        (Order("week", "png", logo="star"), Refused),
    ],
)
def test_what_there_is_not_is_refused(store: Store, order: Order, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        collected(store, order)


def test_it_is_said_what_a_printed_code_outlives() -> None:
    same = outlives(None, "https://quiz.example.cn/", "https://quiz.example.cn")
    apart = outlives(None, CODE_URL, "https://quiz.example.cn")
    account = outlives("west", CODE_URL, "https://quiz.example.cn")
    assert "LVDA_CODE_URL" in same
    assert "LVDA_BASE_URL" in apart
    assert "公众号 west" in account
    assert "域名被封都不影响" in account
