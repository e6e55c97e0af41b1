"""An organiser's week in Chromium, from the first sign-in to the report that goes upward: no command but the first."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import docx
import pytest
from accessibility import obstacles
from follower import AES_KEY, APP_ID, TOKEN
from playwright.sync_api import Browser, BrowserContext, Page, expect
from system.players import ChatPlayer, PagePlayer
from system.program import Program, installed

from questions.model import Question
from questions.readers import read_bank

pytestmark = [pytest.mark.system, pytest.mark.browser]

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PASSWORDS = {"admin": "三棵白杨站在大路边上", "wangmin": "四只喜鹊落在银杏树梢", "lihong": "五条小河流过柳树湾旁"}
BANK = """\
题型,题干,选项A,选项B,选项C,正确答案
单选题,全国低碳日在节能宣传周的哪一天？,第一天,第三天,最后一天,B
判断题,人走关灯是节约用电的好习惯。,,,,正确
判断题,空调开着时宜同时开窗。,,,,错误
"""
UNITS = "单位名称,代码,上级单位,级别,应参与人数\n滨海市,C0,,市,\n市财政局,U1,滨海市,单位,4\n市水务局,U2,滨海市,单位,4\n"
ROSTER = "单位,姓名,工号\n" + "".join(
    f"{unit},{name},{number}\n"
    for unit, name, number in (
        ("市财政局", "张晓明", "1001"),
        ("市财政局", "李红", "1002"),
        ("市财政局", "王芳", "1003"),
        ("市水务局", "陈静", "2001"),
        ("市水务局", "赵六", "2002"),
    )
)


@pytest.fixture
def program(blank_postgres_url: str, any_redis_url: str, tmp_path: Path) -> Program:
    settings = {"wechat_token": TOKEN, "wechat_app_id": APP_ID, "wechat_aes_key": AES_KEY}
    return installed(tmp_path, database_url=blank_postgres_url, redis_url=any_redis_url, workers="2", **settings)


@dataclass
class Office:
    """Browsers of the people of an office, each with their own session."""

    program: Program
    browser: Browser
    contexts: list[BrowserContext]
    complaints: list[str]

    def sits_down(self, viewport: dict[str, int]) -> Page:
        context = self.browser.new_context(viewport=viewport, accept_downloads=True)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                self.complaints.append(said.text)
                if said.type == "error" and "Content Security Policy" in said.text
                else None
            ),
        )
        return page

    def signs_in(self, name: str, one_time: str, viewport: dict[str, int] = DESK) -> Page:
        """With the one-time password that was handed over, which is changed at once."""
        page = self.sits_down(viewport)
        page.goto(f"{self.program.url}/admin/")
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码", exact=True).fill(one_time)
        page.get_by_role("button", name="登录").click()
        page.get_by_label("一次性密码").fill(one_time)
        page.get_by_label("新密码", exact=True).fill(PASSWORDS[name])
        page.get_by_label("再输入一次新密码").fill(PASSWORDS[name])
        page.get_by_role("button", name="保存新密码").click()
        expect(page.get_by_role("status").first).to_contain_text("密码已经改好")
        return page


@pytest.fixture
def office(program: Program, browser: Browser) -> Iterator[Office]:
    office = Office(program, browser, [], [])
    yield office
    for context in office.contexts:
        context.close()


def files(folder: Path) -> dict[str, Path]:
    found = {"题库.csv": BANK, "单位.csv": UNITS, "花名册.csv": ROSTER}
    for name, text in found.items():
        (folder / name).write_text(text)
    return {name: folder / name for name in found}


def first_password(told: str) -> str:
    found = re.search(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", told)
    assert found is not None, told
    return found[0]


def when_told(program: Program) -> str:
    """What the server says, once it has said how to sign in: it answers requests a moment earlier."""
    deadline = time.monotonic() + 60
    while "一次性密码" not in (told := program.log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return told


def imports(page: Page, menu: str, link: str, path: Path) -> None:
    """A table of the office: what it would do is shown first."""
    page.get_by_role("link", name=menu, exact=True).first.click()
    page.get_by_role("link", name=link).first.click()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name=re.compile("检查")).click()
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("status").first).to_contain_text("导入完成")


def builds_a_campaign(page: Page) -> None:
    """By the wizard, a step a page."""
    clock = datetime.now(ZoneInfo("Asia/Shanghai"))
    page.get_by_role("link", name="活动", exact=True).first.click()
    page.get_by_role("link", name=re.compile("新建活动|建第一个活动")).first.click()
    page.get_by_label("活动名称").fill("节能宣传周有奖答题")
    page.get_by_label("活动代号").fill("week")
    page.get_by_label("主办单位").fill("滨海市机关事务管理局")
    page.get_by_label("开始").fill((clock - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("结束", exact=True).fill((clock + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    goes_on(page)
    with page.expect_response(lambda answer: "/steps/" in answer.url or "week" in answer.url):
        page.locator("select#bank").select_option("office")
    expect(page.locator("#recipe")).to_contain_text("3")
    page.locator("input[name=part_count]").first.fill("3")
    page.wait_for_load_state("networkidle")
    goes_on(page)
    goes_on(page)
    page.get_by_role("radio", name=re.compile("^花名册上的人")).check()
    goes_on(page)
    goes_on(page)
    goes_on(page)
    if page.get_by_label(re.compile("条提醒看过了")).count():
        page.get_by_label(re.compile("条提醒看过了")).check()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("status").first).to_contain_text("活动已发布")


def goes_on(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="下一步").last.click()


def colleagues_play(program: Program, bank: dict[str, Question]) -> None:
    """Four of five, two in the chat and two on the pages, with more and fewer right answers."""
    for number, (name, staff_number, unit, right) in enumerate(
        (("张晓明", "1001", "财政", 3), ("李红", "1002", "财政", 2), ("陈静", "2001", "水务", 1))
    ):
        player = PagePlayer(program.url)
        player.binds("week", unit, name, staff_number)
        assert player.plays("week", "U1" if unit == "财政" else "U2", bank, right) == 10 * right, number
    chat = ChatPlayer(program.url, "oWangFang")
    chat.says("绑定")
    chat.says("财政")
    chat.says("1")
    chat.says("王芳")
    chat.says("1003")
    assert chat.plays(bank, 3, Random(4)) == 30


def test_a_week_in_the_office_without_a_manual(program: Program, office: Office, tmp_path: Path) -> None:
    given = files(tmp_path)
    bank = {question.stem: question for question in read_bank(BANK.encode(), "题库.csv").questions}
    with program.serving():
        owner = office.signs_in("admin", first_password(when_told(program)))
        helpers = {name: makes_account(owner, name, role) for name, role in (("wangmin", "活动负责人"),)}
        organiser = office.signs_in("wangmin", helpers["wangmin"])
        loads_the_bank(organiser, given["题库.csv"])
        imports(organiser, "单位", "导入单位", given["单位.csv"])
        imports(organiser, "人员", "导入花名册", given["花名册.csv"])
        builds_a_campaign(organiser)
        takes_the_poster(organiser)
        colleagues_play(program, bank)
        watches(organiser)
        deals_with_trouble(organiser)
        liaison = office.signs_in("lihong", makes_account(owner, "lihong", "单位联络员", unit="U1"), PHONE)
        sees_their_own_unit_alone(liaison, program)
        closes(organiser)
        looks_for_unfair_play(organiser)
        reports_upward(organiser)
        takes_a_table(organiser)
        is_all_on_record(owner)
    assert office.complaints == []


def makes_account(owner: Page, name: str, role: str, unit: str = "") -> str:
    """The one-time password of a new account, as it is shown once."""
    owner.goto(re.sub(r"/admin/.*", "/admin/staff", owner.url))
    owner.get_by_label("用户名").fill(name)
    owner.get_by_role("radio", name=re.compile(f"^{role}")).check()
    owner.get_by_label("单位代码").fill(unit)
    owner.get_by_role("button", name="新建").click()
    return first_password(owner.locator("main").inner_text())


def loads_the_bank(page: Page, path: Path) -> None:
    page.get_by_role("link", name="题库", exact=True).first.click()
    page.get_by_role("link", name=re.compile("导入")).first.click()
    page.get_by_label("题库文件").set_input_files(path)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("题库代号").fill("office")
    page.get_by_label("题库名称").fill("机关题库")
    page.get_by_role("button", name="导入 3 题").click()
    expect(page.get_by_role("status").first).to_contain_text("新增 3 题")


def campaign_tab(page: Page, label: str) -> None:
    page.goto(re.sub(r"/admin/.*", "/admin/campaigns/week", page.url))
    page.locator("nav.tabs").get_by_role("link", name=label, exact=True).click()
    page.wait_for_load_state()


def takes_the_poster(page: Page) -> None:
    campaign_tab(page, "入口与海报")
    with page.expect_download() as arriving:
        page.get_by_role("button", name="下载 PDF").or_(page.get_by_role("link", name="下载 PDF")).click()
    assert Path(arriving.value.path()).read_bytes().startswith(b"%PDF-")


def watches(page: Page) -> None:
    """The worker adds the figures up within seconds."""
    campaign_tab(page, "数据")
    for _ in range(30):
        if re.search(r"完成\s*4\s*次", page.locator("main").inner_text()) and page.get_by_text("滨海市").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    page.get_by_role("link", name="滨海市").first.click()
    expect(page.locator("main")).to_contain_text("市财政局")
    assert obstacles(page) == []


def deals_with_trouble(page: Page) -> None:
    """A pause with a reason that participants read, and on again."""
    page.goto(re.sub(r"/admin/.*", "/admin/campaigns/week", page.url))
    page.locator("summary", has_text=re.compile("^暂停")).click()
    page.locator("details", has_text="暂停活动").get_by_label("原因").last.fill("第三题有同事反映，正在核对。")
    page.get_by_role("button", name="暂停活动").click()
    expect(page.get_by_role("status").first).to_contain_text("活动已暂停")
    page.locator("summary", has_text=re.compile("^继续")).click()
    page.get_by_role("button", name="继续活动").click()
    expect(page.get_by_role("status").first).to_contain_text("活动继续了")


def sees_their_own_unit_alone(page: Page, program: Program) -> None:
    page.goto(f"{program.url}/admin/campaigns/week/rankings")
    expect(page.locator("main")).to_contain_text("张*明")
    expect(page.locator("main")).not_to_contain_text("水务")
    foreign = page.goto(f"{program.url}/admin/campaigns/week/rankings?unit=U2")
    assert foreign is not None
    assert foreign.status == 404
    hidden = page.goto(f"{program.url}/admin/staff")
    assert hidden is not None
    assert hidden.status in (403, 404)


def closes(page: Page) -> None:
    page.goto(re.sub(r"/admin/.*", "/admin/campaigns/week", page.url))
    page.locator("summary", has_text=re.compile("^现在结束")).click()
    page.get_by_label("确定现在结束，不能再开").check()
    page.get_by_role("button", name="结束活动").click()
    expect(page.get_by_role("status").first).to_contain_text("活动已结束")


def looks_for_unfair_play(page: Page) -> None:
    """Whatever the machine found, a person decides; the page says so."""
    campaign_tab(page, "公平核查")
    expect(page.locator("main")).to_contain_text("同一个")


def reports_upward(page: Page) -> None:
    """The summary that goes to the province: written, made while one looks on, downloaded."""
    campaign_tab(page, "报告")
    page.get_by_role("link", name="写总结").click()
    page.get_by_role("radio", name=re.compile("^总结")).check()
    page.get_by_label("自己的话").fill("各单位在食堂和楼道张贴了海报。")
    for form in ("Word", "Excel", "PDF"):
        page.get_by_role("checkbox", name=re.compile(form)).check()
    page.get_by_role("button", name="保存并生成").click()
    expect(page.get_by_role("link", name=re.compile("^下载 "))).to_have_count(3, timeout=60_000)
    document = docx.Document(io.BytesIO(downloaded(page, "下载 Word")))
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "滨海市机关事务管理局" in said
    assert "各单位在食堂和楼道张贴了海报。" in said
    told = said + "".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "市财政局" in told
    assert "张晓明" not in told, "what goes upward names nobody in full"
    assert downloaded(page, "下载 PDF").startswith(b"%PDF-")
    assert downloaded(page, "下载 Excel").startswith(b"PK")


def downloaded(page: Page, link: str) -> bytes:
    with page.expect_download() as arriving:
        page.get_by_role("link", name=re.compile(f"^{link}")).click()
    return Path(arriving.value.path()).read_bytes()


def takes_a_table(page: Page) -> None:
    campaign_tab(page, "导出")
    page.locator("input[name=dataset]").first.check()
    page.get_by_role("button", name="导出", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("下载")).first).to_be_visible(timeout=60_000)


def is_all_on_record(owner: Page) -> None:
    """Who did what, and a chain that holds."""
    owner.goto(re.sub(r"/admin/.*", "/admin/audit?by=wangmin", owner.url))
    for one in ("发布", "暂停", "导出", "week"):
        expect(owner.locator("main")).to_contain_text(one)
    owner.get_by_role("link", name="核对完整性").click()
    expect(owner.get_by_role("status").first).to_have_class(re.compile("alert-success"))
