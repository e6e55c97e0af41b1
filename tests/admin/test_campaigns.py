from __future__ import annotations

import io
from collections.abc import Callable
from random import Random

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select
from visitors import NOW, Visitor

from campaigns import draws, keeping, tables
from campaigns.clock import DAY
from campaigns.draws import Prize
from campaigns.staff import Role
from campaigns.store import Store


@pytest.fixture
def demo(records: Store) -> Store:
    """The demo campaign with three who finished: two of a unit with names, and a guest."""
    with records.transaction() as session:
        keeping.ensure_demo(session, NOW - DAY, Random(1))
        campaign = keeping.find(session, "demo")
        unit_id = session.scalar(select(tables.Unit.id).where(tables.Unit.code == "D02"))
        for points, name in [(90, "张晓明"), (100, ""), (80, "李雷")]:
            person = tables.Person(name=name, unit_id=unit_id if name else None, created_ms=NOW)
            session.add(person)
            session.flush()
            _finish(session.add, session.flush, campaign.id, person.id, points)
    return records


def _finish(
    add: Callable[[object], None], flush: Callable[[], None], campaign_id: int, person_id: int, points: int
) -> None:
    attempt = tables.Attempt(
        campaign_id=campaign_id,
        person_id=person_id,
        ordinal=1,
        day=20260704,
        state="finished",
        paper="",
        begun_ms=NOW,
        shown_ms=NOW,
        finished_ms=NOW,
        used_ms=192_000,
        score=points,
    )
    add(attempt)
    flush()
    add(
        tables.Standing(
            campaign_id=campaign_id,
            person_id=person_id,
            attempt_id=attempt.id,
            points=points,
            used_ms=192_000,
            finished_ms=NOW,
            version=1,
            changed_ms=NOW,
        )
    )


def test_campaigns_are_listed_with_their_state_and_figures(owner: Visitor, demo: Store) -> None:
    shown = owner.get("/admin/")
    for part in ("节能降碳知识有奖问答（演示）", "进行中", "长期开放", "3 人", "3 次"):
        assert part in shown


def test_without_campaigns_the_page_says_how_to_make_one(owner: Visitor) -> None:
    assert "建一个活动要走七步" in owner.get("/admin/")
    assert "/admin/campaigns/begin" in owner.page


def test_standings_are_in_order_with_masked_names_units_and_times(owner: Visitor, demo: Store) -> None:
    shown = owner.get("/admin/campaigns/demo/rankings")
    assert "参与者" in shown
    assert shown.index("参与者") < shown.index("张*明") < shown.index("李*")
    assert "张晓明" not in shown
    assert "财务处" in shown
    assert "3分12秒" in shown


def test_winners_are_masked_too_and_lead_to_the_public_page(owner: Visitor, demo: Store) -> None:
    with demo.transaction() as session:
        frozen = draws.freeze(
            session,
            "demo",
            [Prize("一等奖", 1), Prize("二等奖", 5)],
            ["ssq:2026130"],
            quotas={},
            exclusions=[],
            fallback="",
            reason="",
            by="owner",
            now=NOW,
        )
    with demo.transaction() as session:
        draws.hold(session, frozen.id, {"ssq:2026130": "03.08.15.22.27.31+09"}, by="owner", now=NOW)
    shown = owner.get("/admin/campaigns/demo")
    assert f'href="/draws/{frozen.id}"' in owner.page
    for part in ("已开奖", "一等奖", "二等奖", "张*明", "（空缺）"):
        assert part in shown
    assert "张晓明" not in shown
    assert frozen.id in owner.get("/admin/draws")
    assert "lvda draw hold" in owner.get("/admin/draws")
    assert "已作废" not in shown
    with demo.transaction() as session:
        draws.forfeit(session, frozen.id, 1, "逾期未领", NOW)
    assert "（已作废）" in owner.get("/admin/campaigns/demo")


def test_an_editor_sees_a_campaign_without_its_persons(signed_in: Callable[[Role], Visitor], demo: Store) -> None:
    editor = signed_in(Role.EDITOR)
    shown = editor.get("/admin/campaigns/demo")
    assert "答题入口" in shown
    assert "排名" not in editor.page.split("</nav>")[1]
    editor.get("/admin/campaigns/demo/rankings", 403)


def test_the_code_holds_the_public_entry_address(owner: Visitor, demo: Store) -> None:
    picture = owner.client.get("/admin/campaigns/demo/code.png")
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.data)))
    assert found.text == "https://quiz.example.cn/q/demo"


@pytest.mark.parametrize("address", ["poster.pdf", "poster.pdf?unit=D02"])
def test_posters_are_pdf_files(owner: Visitor, demo: Store, address: str) -> None:
    response = owner.client.get(f"/admin/campaigns/demo/{address}")
    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF-")


def test_a_unit_that_does_not_exist_has_no_poster(owner: Visitor, demo: Store) -> None:
    assert "没有代码为 X99 的单位" in owner.get("/admin/campaigns/demo/poster.pdf?unit=X99", 404)


@pytest.mark.parametrize("address", ["", "/code.png", "/poster.pdf"])
def test_a_campaign_that_does_not_exist_is_said_to_be_missing(owner: Visitor, address: str) -> None:
    assert "没有代号为 nowhere 的活动" in owner.get(f"/admin/campaigns/nowhere{address}", 404)


def test_the_footer_is_the_one_of_the_settings(owner: Visitor) -> None:
    assert "京ICP备00000000号" in owner.get("/admin/")


# --- codes of official accounts ----------------------------------------------------------------------------------


@pytest.fixture
def tickets(demo: Store) -> Store:
    """Codes of the default account and of ``west``: permanent, temporary, of a unit, and one that has ended."""
    with demo.transaction() as session:
        for account, scene, expires_ms in (
            ("", "demo", None),
            ("", "demo:D02", NOW + DAY),
            ("west", "demo", NOW + DAY),
            ("west", "demo:D01", NOW),
        ):
            url = f"http://weixin.qq.com/q/{account}{scene.replace(':', '')}"
            session.add(
                tables.QrTicket(account=account, scene=scene, ticket="t", url=url, made_ms=NOW, expires_ms=expires_ms)
            )
    return demo


def read_code(visitor: Visitor, address: str) -> str:
    picture = visitor.client.get(address)
    assert picture.mimetype == "image/png"
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.data)))
    return str(read.text)


def test_the_codes_of_official_accounts_stand_beside_the_pages_own(owner: Visitor, tickets: Store) -> None:
    shown = owner.get("/admin/campaigns/demo/doors")
    for part in ("公众号二维码", "永久有效，可以印制", "公众号 west 二维码", "不要印制", "D02"):
        assert part in shown
    address = "/admin/campaigns/demo/account-code.png"
    assert read_code(owner, address) == "http://weixin.qq.com/q/demo"
    assert read_code(owner, f"{address}?account=&unit=D02") == "http://weixin.qq.com/q/demoD02"
    assert read_code(owner, f"{address}?account=west") == "http://weixin.qq.com/q/westdemo"


def test_without_such_codes_nothing_is_said_of_them(owner: Visitor, demo: Store) -> None:
    assert "公众号" not in owner.get("/admin/campaigns/demo/doors")


@pytest.mark.parametrize("query", ["account=east", "unit=D01", "account=west&unit=D01", f"unit={'x' * 70}"])
def test_a_code_that_is_not_there_any_more_is_told(owner: Visitor, tickets: Store, query: str) -> None:
    response = owner.client.get(f"/admin/campaigns/demo/account-code.png?{query}")
    assert response.status_code in {404, 422}
    assert "。" in response.text
