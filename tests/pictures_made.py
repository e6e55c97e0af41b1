"""Pictures drawn for tests, and questions that show them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from campaign_made import OPENS, PLAN, make_campaign
from PIL import Image, ImageDraw

from campaigns import pictures
from campaigns.keeping import Plan
from campaigns.store import Store
from questions.model import EXPLANATION, Kind, Picture, Question, options_of


def png(width: int, height: int, colour: str) -> bytes:
    """A framed ellipse on clear ground."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    edge = max(1, min(width, height) // 40)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width - 1, height - 1), outline="black", width=edge)
    draw.ellipse((edge * 2, edge * 2, width - edge * 2 - 1, height - edge * 2 - 1), fill=colour)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


WIDE, TALL, TINY = png(1280, 300, "seagreen"), png(300, 1600, "steelblue"), png(12, 12, "firebrick")
BINS = [png(240, 240, colour) for colour in ("royalblue", "green", "red", "grey")]
PROOF = png(600, 400, "goldenrod")


def name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def picture(data: bytes, place: str = "", alt: str = "") -> Picture:
    return Picture(name_of(data), place, alt)


METER = Question(
    number="1",
    kind=Kind.SINGLE,
    stem="图中的仪表测量什么？",
    options=options_of(["用水量", "用电量", "用气量"]),
    answer=("B",),
    explanation="表盘上的单位是千瓦时。",
    pictures=(picture(WIDE, alt="一只仪表"), picture(PROOF, EXPLANATION, "表盘的局部")),
)
BIN = Question(
    number="2",
    kind=Kind.SINGLE,
    stem="废电池应投入哪一个桶？",
    options=options_of(["", "", "", "其他垃圾桶"]),
    answer=("C",),
    pictures=tuple(picture(data, letter) for data, letter in zip(BINS, "ABCD", strict=True)),
)
GAUGE = Question(
    number="3",
    kind=Kind.TRUE_FALSE,
    stem="图中的水位计读数偏高。",
    answer=("true",),
    pictures=(picture(TALL), picture(TINY, alt="图例")),
)
PICTURED = (METER, BIN, GAUGE)
ALL_BYTES = (WIDE, TALL, TINY, *BINS, PROOF)


def keep_pictures(store: Store) -> None:
    with store.transaction() as session:
        pictures.keep(session, [(name_of(data), data) for data in ALL_BYTES], OPENS)


def make_pictured_campaign(store: Store, plan: Plan = PLAN, questions: Sequence[Question] = PICTURED) -> int:
    """As `campaign_made.make_campaign`, of questions with pictures."""
    keep_pictures(store)
    return make_campaign(store, replace(plan, questions_per_paper=len(questions)), questions)
