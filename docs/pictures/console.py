"""Make ``console-*.png``: the console over a made-up campaign, at a desk and on a phone.

    .venv/bin/python docs/pictures/console.py

Needs what `make test` installs, and a Chromium. The people are `bench.devdata`'s, and the clock is set.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Thread

from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from forms_sent import fields_of  # noqa: E402 — the tests' own visitor and browser
from servers import running_browser  # noqa: E402
from visitors import NOW, PASSWORD, Visitor  # noqa: E402

import wsgi  # noqa: E402
from bench import devdata  # noqa: E402
from campaigns import audit, staff  # noqa: E402
from campaigns.clock import HOUR  # noqa: E402
from campaigns.figures import add_up  # noqa: E402
from campaigns.staff import Role  # noqa: E402
from campaigns.stores import Stores, open_stores  # noqa: E402
from settings import Settings  # noqa: E402

PERSONS, UNITS = 600, 14
WHO = "陈晓"
COLOURS = 64
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 780}
WEEK, WATER = "/admin/campaigns/week", "/admin/campaigns/water"
PICTURES = {
    "console-home": "/admin/",
    "console-figures": f"{WEEK}/figures",
    "console-check": f"{WATER}/steps/check",
    "console-sample": f"{WATER}/sample",
    "console-audit": "/admin/audit",
}
ON_A_PHONE = "console-phone"


def laid_out(stores: Stores) -> Visitor:
    """The console of an owner who has a campaign that is on, and a draft."""
    settings = Settings(
        base_url="https://quiz.example.gov.cn",
        secret_key="a secret of its own",  # type: ignore[arg-type]
        _env_file=None,
    )
    devdata.pour(stores.sql, "week", PERSONS, UNITS, NOW - HOUR)
    app = wsgi.create_app(settings, stores, lambda: NOW)
    app.config["SESSION_COOKIE_SECURE"] = False
    app.extensions["lvda.visit"] = lambda address, headers, seconds: (200, b"ok")
    visitor = Visitor(app.test_client())
    with stores.sql.transaction() as session:
        one_time = staff.add(session, WHO, Role.OWNER, NOW, Random(1))
    visitor.get("/admin/")
    visitor.post("/admin/sign-in", name=WHO, password=one_time)
    visitor.post("/admin/password", old=one_time, new=PASSWORD, again=PASSWORD)
    draft(visitor)
    add_up(stores, NOW)
    audit.chain(stores, NOW)
    return visitor


def draft(visitor: Visitor) -> None:
    visitor.get("/admin/campaigns/begin")
    named = {"name": "节约用水知识问答", "slug": "water", "theme": "珍惜每一滴水", "organiser": "机关事务管理局"}
    visitor.post("/admin/campaigns/begin", **{**fields_of(visitor.page, "活动名称"), **named})  # type: ignore[arg-type]
    visitor.get(f"{WATER}/steps/rules")
    visitor.post(f"{WATER}/steps/rules", **{**fields_of(visitor.page, "步骤"), "attempts_per_day": "3"})  # type: ignore[arg-type]


@contextmanager
def served(app: Flask) -> Iterator[str]:
    with make_server("127.0.0.1", 0, app, threaded=True) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def opened(browser: Browser, address: str, visitor: Visitor, size: dict[str, int], scale: int) -> Page:
    context = browser.new_context(viewport=size, device_scale_factor=scale, locale="zh-CN")  # type: ignore[arg-type]
    cookie = visitor.client.get_cookie("lvda")
    assert cookie is not None
    context.add_cookies([{"name": "lvda", "value": cookie.value, "url": address}])
    return context.new_page()


def take(page: Page, name: str) -> Image.Image:
    path = HERE / f"{name}.png"
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, animations="disabled")
    with Image.open(path) as taken:
        picture = taken.convert("RGB")
    return kept(picture, name)


def kept(picture: Image.Image, name: str) -> Image.Image:
    few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(HERE / f"{name}.png", optimize=True)
    return picture


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/lvda.db"
        with open_stores(database, "none", Path(folder)) as stores, running_browser() as browser:
            stores.sql.migrate()
            visitor = laid_out(stores)
            with served(visitor.client.application) as address:
                at_a_desk(opened(browser, address, visitor, DESK, 1), address)
                on_a_phone(opened(browser, address, visitor, PHONE, 2), address)


def at_a_desk(page: Page, address: str) -> None:
    for name, path in PICTURES.items():
        page.goto(address + path)
        take(page, name)


def on_a_phone(page: Page, address: str) -> None:
    """The menu, and a step of the wizard beside it."""
    page.goto(f"{address}/admin/")
    page.get_by_text("菜单", exact=True).click()
    menu = take(page, ON_A_PHONE)
    page.goto(f"{address}{WATER}/steps/rules")
    step = take(page, ON_A_PHONE)
    both = Image.new("RGB", (menu.width + step.width + 40, menu.height), "white")
    both.paste(menu, (0, 0))
    both.paste(step, (menu.width + 40, 0))
    kept(both.resize((both.width * 2 // 3, both.height * 2 // 3)), ON_A_PHONE)


if __name__ == "__main__":
    main()
