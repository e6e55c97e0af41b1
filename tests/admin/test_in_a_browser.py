"""The bank screens in Chromium: with scripts at a desk, and without any on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bank_uploads import FAULTY, GOOD, STEMS, file
from playwright.sync_api import Dialog, Page, expect
from visitors import NOW

from campaigns import banks
from campaigns.store import Store
from questions.model import Question
from questions.readers import read_bank

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture(autouse=True)
def reading_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admin.banks.uploads.read_bank", read_bank)


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A file of six questions: three clean, one to look at, two that cannot be used."""
    path = tmp_path / "节能题库.csv"
    path.write_bytes(file(*FAULTY)[0].read())
    return path


def kept(records: Store, slug: str = "energy") -> list[Question]:
    with records.reading() as session:
        return list(banks.search(session, slug).questions)


def upload(page: Page, address: str, path: Path) -> None:
    page.goto(f"{address}/uploads")
    page.get_by_label("题库文件").set_input_files(path)
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("#summary")).to_have_text("6 题读入，3 可用，1 请看，2 不能用")
    page.wait_for_load_state()  # until then its scripts have not run, and a form is sent as it is without any


def test_a_file_is_looked_through_mended_and_imported_without_leaving_the_page(
    opened: Callable[..., tuple[Page, list[str]]], address: str, faulty: Path, records: Store
) -> None:
    page, said = opened(viewport=DESK)
    upload(page, address, faulty)
    preview = page.url
    doubtful, unusable = page.locator("#q6"), page.locator("#q4")
    doubtful.get_by_role("button", name="接受").click()
    expect(doubtful).to_contain_text("已接受")
    expect(page.locator("#next-step")).not_to_contain_text("没有决定")
    unusable.get_by_role("link", name="修改").click()
    expect(unusable.get_by_label("题干")).to_be_focused()
    unusable.get_by_label("C 是正确答案").check()
    unusable.get_by_role("button", name="选项 C 上移").click()
    expect(unusable.get_by_label("选项 B", exact=True)).to_have_value("丙项4")
    unusable.get_by_role("button", name="保存").click()
    expect(unusable).to_contain_text("已改")
    expect(unusable.get_by_role("link", name="修改")).to_be_focused()
    expect(page.locator("#summary")).to_have_text("6 题读入，4 可用，1 请看，1 不能用")
    assert page.url == preview
    page.get_by_label("题库代号").fill("energy")
    page.get_by_role("button", name="导入 5 题").click()
    expect(page.get_by_role("status").first).to_contain_text("新增 5 题")
    assert kept(records)[3].answer == ("B",)
    assert said == []


def test_the_same_is_done_on_a_phone_without_any_script(
    opened: Callable[..., tuple[Page, list[str]]], address: str, faulty: Path, records: Store
) -> None:
    page, said = opened(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=False)
    upload(page, address, faulty)
    page.locator("#q4").get_by_role("link", name="修改").tap()
    page.get_by_label("题型").select_option("true_false")
    page.get_by_role("button", name="换成这个题型").tap()
    page.get_by_label("正确", exact=True).check()
    page.get_by_role("button", name="保存").last.tap()
    expect(page.locator("#q5")).to_contain_text("可是选项只有")
    page.get_by_role("button", name="其余请看的题都接受").tap()
    page.get_by_label("题库代号").fill("energy")
    page.get_by_role("button", name="导入 5 题").tap()
    expect(page.get_by_role("status").first).to_contain_text("新增 5 题")
    assert kept(records)[3].answer == ("true",)
    assert said == []


def test_what_cannot_be_imported_says_why_and_keeps_what_was_typed(
    opened: Callable[..., tuple[Page, list[str]]], address: str, faulty: Path
) -> None:
    page, _ = opened(viewport=DESK)
    upload(page, address, faulty)
    page.get_by_label("题库名称").fill("好名字")
    page.get_by_role("button", name="导入 4 题").click()
    expect(page.get_by_role("alert")).to_contain_text("还有 1 题")
    expect(page.get_by_label("题库名称")).to_have_value("好名字")


def test_an_edit_that_is_not_saved_is_asked_about_before_an_import(
    opened: Callable[..., tuple[Page, list[str]]], address: str, faulty: Path
) -> None:
    page, _ = opened(viewport=DESK)
    upload(page, address, faulty)
    page.locator("#q4").get_by_role("link", name="修改").click()
    page.locator("#q4").get_by_label("题干").fill("还没有保存的题干")
    asked: list[str] = []

    def no(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", no)
    page.get_by_role("button", name="导入 4 题").click()
    page.wait_for_timeout(200)
    assert len(asked) == 1
    assert "还没有保存" in asked[0]
    expect(page.locator("#q4").get_by_label("题干")).to_have_value("还没有保存的题干")


def test_everything_is_reached_with_the_keyboard(
    opened: Callable[..., tuple[Page, list[str]]], address: str, faulty: Path
) -> None:
    page, _ = opened(viewport=DESK)
    upload(page, address, faulty)
    doubtful = page.locator("#q6")
    doubtful.get_by_role("button", name="接受").focus()
    page.keyboard.press("Enter")
    expect(doubtful.get_by_role("button", name="撤回")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(doubtful.get_by_label("题干")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("乙项")
    doubtful.get_by_label("解析").focus()
    doubtful.get_by_label("分类").focus()
    page.keyboard.press("Enter")  # in a line of text it saves, and moves no option
    expect(doubtful).to_contain_text("已改")


def test_a_dropped_file_is_chosen_and_a_large_one_is_refused_before_it_is_sent(
    opened: Callable[..., tuple[Page, list[str]]], address: str
) -> None:
    page, said = opened(viewport=DESK)
    page.goto(f"{address}/uploads")
    drop = """size => {
      const held = new DataTransfer();
      held.items.add(new File([new Uint8Array(size)], "掉下来的.xlsx"));
      document.querySelector(".drop-zone").dispatchEvent(
        new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true}));
    }"""
    page.evaluate(drop, 21 * 1024 * 1024)
    expect(page.locator(".drop-zone")).to_contain_text("掉下来的.xlsx（21.0 MB）")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("alert")).to_contain_text("最大 20 MB")
    assert said == []


def test_an_upload_shows_how_far_it_is_and_can_be_stopped(
    opened: Callable[..., tuple[Page, list[str]]], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _ = opened(viewport=DESK)
    page.goto(f"{address}/uploads")
    page.route("**/uploads", lambda route: None)  # a server that never answers
    page.get_by_label("题库文件").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"x" * 300_000})
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="下一步")).to_be_disabled()
    page.get_by_role("button", name="取消").click()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(page.get_by_role("button", name="下一步")).to_be_enabled()


def test_a_server_that_is_away_costs_nothing_that_was_typed(
    opened: Callable[..., tuple[Page, list[str]]], address: str, faulty: Path
) -> None:
    page, _ = opened(viewport=DESK)
    upload(page, address, faulty)
    page.locator("#q4").get_by_role("link", name="修改").click()
    page.locator("#q4").get_by_label("题干").fill("网络断开时写的题干")
    page.route("**/edit**", lambda route: route.abort())
    page.locator("#q4").get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("网络断开了")
    expect(page.locator("#q4").get_by_label("题干")).to_have_value("网络断开时写的题干")
    page.unroute("**/edit**")
    page.locator("#q4").get_by_role("button", name="保存").click()
    expect(page.locator("#q4")).to_contain_text("已改")
    expect(page.locator(".shout")).to_have_count(0)


def test_a_bank_is_searched_and_edited_in_place_and_back_leads_back(
    opened: Callable[..., tuple[Page, list[str]]], address: str, records: Store
) -> None:
    data = file(*GOOD, "4,判断,电器待机也耗电。,,,,,对,")[0].read()
    banks.import_bank(records, "energy", "节能题库", read_bank(data), NOW)
    page, said = opened(viewport=DESK)
    page.goto(f"{address}/banks/energy")
    page.get_by_label("题型").select_option("true_false")
    expect(page.locator("#listing")).to_contain_text("找到 1 题")
    assert "kind=true_false" in page.url
    item = page.locator(".item")
    item.get_by_role("link", name="修改").click()
    item.get_by_label("错误", exact=True).check()
    item.get_by_role("button", name="保存").click()
    expect(item).to_contain_text("答案 错误")
    item.get_by_role("link", name="历史").click()
    expect(item.locator(".changes")).to_contain_text("第 2 版")
    page.go_back()
    expect(page.locator("#listing")).to_contain_text(STEMS[0])
    page.get_by_label("全选").check()
    page.get_by_role("button", name="标为已审").click()
    expect(page.get_by_role("status").first).to_contain_text("已把 4 题改成“已审”")
    assert said == []


@pytest.mark.parametrize("script", [True, False])
def test_nothing_is_wider_than_the_phone(
    opened: Callable[..., tuple[Page, list[str]]], address: str, faulty: Path, records: Store, script: bool
) -> None:
    banks.import_bank(records, "energy", "节能题库" * 9, read_bank(file(*GOOD)[0].read()), NOW)
    page, _ = opened(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=script)
    upload(page, address, faulty)
    preview = page.url
    for path in (
        preview, f"{preview}?show=all", f"{preview}/questions/4/edit", f"{address}/uploads", f"{address}/banks",
        f"{address}/banks/energy", f"{address}/banks/energy/question/edit?number=1", f"{address}/banks/energy/add",
        f"{address}/banks/energy/question/history?number=1", f"{address}/banks/energy/keeping",
        f"{address}/banks/energy/statistics",
    ):  # fmt: skip
        page.goto(path)
        assert page.evaluate(WIDTH) == PHONE["width"], path
