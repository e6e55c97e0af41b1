"""Make ``console.png``, ``figures.png`` and ``report.png``: a week of a made-up campaign, and what is told of it.

    .venv/bin/python docs/pictures/week.py

Needs what `make test` installs, a Chromium, LibreOffice and pdftoppm. The clock is set.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import asin, sin
from pathlib import Path
from random import Random
from threading import Thread

from flask import Flask
from PIL import Image
from playwright.sync_api import Page
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from servers import running_browser  # noqa: E402 — the tests' own visitor and browser
from visitors import NOW as MORNING  # noqa: E402
from visitors import PASSWORD, Visitor  # noqa: E402

import wsgi  # noqa: E402
from bench import devdata  # noqa: E402
from campaigns import banks, keeping, notices, staff, tables, units  # noqa: E402
from campaigns.clock import DAY, HOUR, MINUTE, SECOND  # noqa: E402
from campaigns.figures import add_up  # noqa: E402
from campaigns.keeping import Plan  # noqa: E402
from campaigns.reports.content import Order  # noqa: E402
from campaigns.reports.gathering import gather  # noqa: E402
from campaigns.reports.making import file_of  # noqa: E402
from campaigns.staff import Role  # noqa: E402
from campaigns.stores import Stores, open_stores  # noqa: E402
from questions.model import FALSE, TRUE  # noqa: E402
from questions.shipped import SHIPPED_NAME, SHIPPED_SLUG, energy_bank  # noqa: E402
from settings import Settings  # noqa: E402

NOW = MORNING + 7 * HOUR
MIDNIGHT = MORNING - 9 * HOUR
SLUG, WHO, PERSONS, COLOURS = "week", "陈晓", 3_000, 64
OFFICES = (
    "市机关事务管理局",
    "市发展改革委",
    "市教育局",
    "市科技局",
    "市公安局",
    "市民政局",
    "市财政局",
    "市生态环境局",
    "市住房城乡建设局",
    "市交通运输局",
    "市水务局",
    "市卫生健康委",
    "市统计局",
    "市图书馆",
)
REMARKS = """各单位把答题和节能行动结合起来：发倡议、贴提示牌、关掉没有人的房间里的灯和空调。
市机关事务管理局在办公楼大厅摆放二维码展架，市教育局把题目带进了学校的班会。"""


def pour(stores: Stores) -> None:
    """Answers of office hours: many in the middle of each day, some at this moment, one question with a wrong key."""
    with stores.sql.transaction() as session:
        for number, name in enumerate(OFFICES):
            come = PERSONS * (((number + 1) / len(OFFICES)) ** 0.5 - (number / len(OFFICES)) ** 0.5)
            units.add(session, f"DEV{number:04d}", name, headcount=int(come * (21 + number % 9) / 20) + 9)
        banks.carry_out(session, banks.plan_import(session, SHIPPED_SLUG, SHIPPED_NAME, energy_bank()), NOW)
        plan = Plan(
            slug=SLUG,
            name="节能宣传周知识竞赛",
            theme="绿色低碳，节能先行",
            organiser=devdata.ORGANISER,
            bank=SHIPPED_SLUG,
            opens_ms=MIDNIGHT - 6 * DAY,
            closes_ms=MIDNIGHT + 2 * DAY,
            timezone="Asia/Shanghai",
            questions_per_paper=10,
            attempts_in_all=2,
            pass_points=60,
            draw_points=60,
            reminder_hour=12,
        )
        keeping.create(session, plan, "0" * 64, NOW)
        keeping.publish(session, SLUG, Random(1), NOW)
    devdata.pour(stores.sql, SLUG, PERSONS, len(OFFICES), NOW)
    with stores.sql.transaction() as session:
        _at_office_hours(session)
        _by_several_doors(session)
        _with_a_wrong_key(session)
        session.execute(update(tables.Campaign).values(organiser="市机关事务管理局"))
        for slug, name, begins in (("water", "节约用水知识问答", 20), ("waste", "反食品浪费每日一答", 41)):
            draft = replace(
                plan,
                slug=slug,
                name=name,
                theme="",
                opens_ms=MIDNIGHT + begins * DAY,
                closes_ms=MIDNIGHT + (begins + 7) * DAY,
            )
            keeping.create(session, draft, "0" * 64, NOW)
    for day in range(3):
        notices.write_notices(stores, MIDNIGHT - day * DAY + 12 * HOUR + 10 * MINUTE)
    with stores.sql.transaction() as session:
        _as_notices_arrive(session)


def _at_office_hours(session: Session) -> None:
    attempt = tables.Attempt
    for one in session.scalars(select(attempt)):
        moment = min(_office_hour(one.begun_ms), NOW - MINUTE)
        if one.finished_ms is None:
            one.begun_ms, one.shown_ms = moment, NOW - one.id % 90 * 10 * SECOND
        else:
            one.begun_ms, one.shown_ms, one.finished_ms = (
                moment,
                moment,
                min(moment + one.finished_ms - one.begun_ms, NOW),
            )


def _office_hour(moment: int) -> int:
    """From midnight to midnight is from eight to six, and more at its middle."""
    day, part = divmod(moment - MIDNIGHT, DAY)
    middling = 0.5 - sin(asin(1 - 2 * part / DAY) / 3)
    return MIDNIGHT + day * DAY + 8 * HOUR + int(middling * 10 * HOUR)


def _by_several_doors(session: Session) -> None:
    attempt, identity = tables.Attempt, tables.Identity
    session.execute(update(identity).where(identity.id % 3 == 0).values(channel="h5"))
    session.execute(update(identity).where(identity.id % 7 == 1).values(channel="wecom"))
    begun_by = select(identity.id).where(identity.person_id == attempt.person_id).scalar_subquery()
    session.execute(update(attempt).values(identity_id=begun_by).execution_options(synchronize_session=False))


def _as_notices_arrive(session: Session) -> None:
    message = tables.OutboxMessage
    session.execute(update(message).values(state="sent", sent_ms=NOW - DAY, sent_by="wecom"))
    session.execute(update(message).where(message.id % 3 == 0).values(sent_by="subscription"))
    failed = {"state": "dead", "sent_ms": None, "sent_by": ""}
    session.execute(update(message).where(message.id % 40 == 0).values(**failed))


def _with_a_wrong_key(session: Session) -> None:
    answer, asked = tables.Answer, tables.CampaignQuestion
    given = session.execute(
        select(answer.revision_id, answer.given).where(answer.given.in_((TRUE, FALSE)), answer.points > 0).limit(1)
    ).one()
    other = FALSE if given.given == TRUE else TRUE
    assert session.scalar(select(asked.revision_id).where(asked.revision_id == given.revision_id)) is not None
    one = (answer.revision_id == given.revision_id) & (answer.attempt_id % 8 != 0)
    session.execute(
        update(answer).where(one).values(given=other, points=0).execution_options(synchronize_session=False)
    )


def sign_in(stores: Stores) -> Visitor:
    settings = Settings(base_url="https://quiz.example.gov.cn", secret_key="a secret of its own", _env_file=None)  # type: ignore[arg-type]
    app = wsgi.create_app(settings, stores, lambda: NOW)
    app.config["SESSION_COOKIE_SECURE"] = False
    app.extensions["lvda.visit"] = lambda address, headers, seconds: (200, b"ok")
    with stores.sql.transaction() as session:
        one_time = staff.add(session, WHO, Role.OWNER, NOW, Random(1))
    visitor = Visitor(app.test_client())
    visitor.get("/admin/")
    visitor.post("/admin/sign-in", name=WHO, password=one_time)
    visitor.post("/admin/password", old=one_time, new=PASSWORD, again=PASSWORD)
    return visitor


@contextmanager
def served(app: Flask) -> Iterator[str]:
    with make_server("127.0.0.1", 0, app, threaded=True) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def report(stores: Stores, folder: Path) -> None:
    order = Order("summary", "关于节能宣传周知识竞赛活动的总结", "市机关事务管理局", remarks=REMARKS)
    content = gather(stores, SLUG, order, NOW, lambda done: None)
    written = folder / "report.docx"
    written.write_bytes(file_of(stores, content, "docx", NOW))
    office = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/office", "--convert-to", "pdf"]
    subprocess.run([*office, "--outdir", str(folder), str(written)], check=True, timeout=180, capture_output=True)
    first = ["pdftoppm", "-r", "76", "-f", "1", "-l", "1", "-singlefile", "-png", str(folder / "report.pdf")]
    subprocess.run([*first, str(folder / "page")], check=True, timeout=60)
    with Image.open(folder / "page.png") as page:
        _keep(page.convert("RGB"), "report")


def photograph(page: Page, address: str) -> None:
    for name, path, height in (("console", "/admin/", 900), ("figures", f"/admin/campaigns/{SLUG}/figures", 1420)):
        page.set_viewport_size({"width": 1280, "height": height})
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        taken = HERE / f"{name}.png"
        page.screenshot(path=taken, animations="disabled")
        with Image.open(taken) as picture:
            _keep(picture.convert("RGB"), name)


def _keep(picture: Image.Image, name: str) -> None:
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / f"{name}.png", optimize=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_stores(f"sqlite:///{folder}/lvda.db", "none", folder) as stores, running_browser() as browser:
            stores.sql.migrate()
            pour(stores)
            for _ in range(4):
                stores.units.refresh(1, NOW)
            visitor = sign_in(stores)
            add_up(stores, NOW)
            report(stores, folder)
            cookie = visitor.client.get_cookie("lvda")
            assert cookie is not None
            with served(visitor.client.application) as address:
                context = browser.new_context(locale="zh-CN")
                context.add_cookies([{"name": "lvda", "value": cookie.value, "url": address}])
                photograph(context.new_page(), address)


if __name__ == "__main__":
    main()
