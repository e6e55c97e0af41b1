"""The picture that heads a campaign's entry page, and the one of a result to keep."""

from __future__ import annotations

import gzip
import hashlib
import random
from dataclasses import replace
from io import BytesIO

import pytest
import zxingcpp
from campaign_made import OPENS, PLAN, make_campaign
from phone import ADDRESS, Phone
from PIL import Image

from campaigns import keeping, pictures
from campaigns.store import Store

FIRST_PAGE_BYTES = 60_000


def noise(side: int = 900) -> bytes:
    """A PNG that hardly gets smaller."""
    image = Image.frombytes("RGB", (side, side), random.Random(1).randbytes(side * side * 3))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def pictured(store: Store) -> str:
    """The hash of the picture of the campaign ``pictured``."""
    data = noise()
    sha256 = hashlib.sha256(data).hexdigest()
    with store.transaction() as session:
        pictures.keep(session, [(sha256, data)], OPENS)
    make_campaign(store, replace(PLAN, slug="pictured", picture_sha256=sha256, brand="亭·节能 绿色+"))
    return sha256


def test_a_campaigns_picture_and_brand_head_its_page_within_the_weight(phone: Phone, pictured: str) -> None:
    page = phone.open("/q/pictured")
    assert "亭·节能 绿色+" in page.text
    address = f"/pictures/{pictured}/banner.jpg"
    assert f'src="{address}"' in page.html
    banner = phone.client.get(address)
    assert banner.headers["Cache-Control"].startswith("public, max-age=")
    with Image.open(BytesIO(banner.data)) as image:
        assert image.format == "JPEG"
        assert f'width="{image.width}" height="{image.height}"' in page.html
    styles = [part.split('"')[0] for part in page.html.split('href="')[1:] if "/static/" in part.split('"')[0]]
    weight = len(gzip.compress(page.html.encode())) + len(banner.data)
    for address in styles:
        with phone.client.get(address) as response:
            weight += len(gzip.compress(response.data))
    assert weight < FIRST_PAGE_BYTES


def test_the_picture_of_a_draft_is_not_shown(phone: Phone, store: Store, pictured: str) -> None:
    data = noise(64)
    sha256 = hashlib.sha256(data).hexdigest()
    with store.transaction() as session:
        pictures.keep(session, [(sha256, data)], OPENS)
        keeping.create(session, replace(PLAN, slug="draft", bank="made-week", picture_sha256=sha256), "0" * 64, OPENS)
    for path in (sha256, "0" * 64, "x"):
        assert phone.client.get(f"/pictures/{path}/banner.jpg").status_code == 404


def test_a_result_is_kept_as_a_picture_with_the_campaigns_code(phone: Phone) -> None:
    assert phone.open("/q/week/result.png").status == 404
    page = phone.begin("/q/week")
    for fields in ({"option": "C"}, {"option": "B"}, {"option": ["A", "B", "D"]}, {"blank": "1000"}):
        page = phone.submit(page.form, **fields)  # type: ignore[arg-type]
    assert "长按图片，可以保存到手机留念。" in page.text
    assert "分享" not in page.text
    picture = phone.client.get("/q/week/result.png", base_url=ADDRESS)
    assert picture.mimetype == "image/png"
    assert picture.headers["Cache-Control"] == "no-store"
    with Image.open(BytesIO(picture.data)) as image:
        (code,) = zxingcpp.read_barcodes(image.convert("RGB"))
    assert code.text == "https://quiz.example.gov.cn/q/week"
