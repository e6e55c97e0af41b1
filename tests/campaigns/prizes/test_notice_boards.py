from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
from docx import Document
from draw_made import AFTER, VALUES, freeze, make_finished
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from campaigns import draws, tables
from campaigns.draws import Prize
from campaigns.errors import NotFound
from campaigns.prizes.notice_boards import WinnerNotice, winner_docx, winner_notice, winner_xlsx
from campaigns.prizes.results import WinnerLine
from campaigns.store import Store

BASE = "https://quiz.example.gov.cn"
LINE = WinnerLine(
    award_id=1, group="名次奖", kind="rank", prize="保温杯", name="张*明", unit="市财政局", entrant="0123456789abcdef",
    rank=1, state="awarded", reason="", draw_id=None, sequence=None, replaces=None, replaces_id=None, awarded_ms=AFTER,
    redeemed_ms=None,
)  # fmt: skip
NOTICE = WinnerNotice("节能周", "机关事务管理局", "2026年7月5日", (LINE,))


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One kind of store will do: what differs between them is in `results`."""
    return sqlite_url


def texts(docx: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(docx)).paragraphs]


def rows(docx: bytes) -> Iterator[list[list[str]]]:
    for table in Document(io.BytesIO(docx)).tables:
        yield [[cell.text for cell in row.cells] for row in table.rows]


def test_a_drawn_campaign_is_posted_with_names_masked_and_where_to_check(store: Store) -> None:
    make_finished(store)
    with store.transaction() as session:
        session.execute(update(tables.Person).values(name="欧阳晓明"))
    draw_id = freeze(store, prizes=(Prize("一等奖", 1), Prize("二等奖", 2))).id
    with store.transaction() as session:
        held = draws.hold(session, draw_id, VALUES, "wang", AFTER)
    with store.transaction() as session:
        draws.forfeit(session, draw_id, 2, "逾期未领。", AFTER)
    with store.reading() as session:
        notice = winner_notice(session, "week", BASE, AFTER, period="7月6日至10日", contact="010-00000000")
    docx = winner_docx(notice)
    said = texts(docx)
    assert said[0] == "关于“节能宣传周有奖答题”获奖名单的公示"
    assert "公示期：7月6日至10日。对名单有异议的，请在公示期内反映。联系方式：010-00000000。" in said
    first, second, third = (award.entrant for award in held.awards)
    (fourth,) = (line.entrant for line in notice.lines if line.replaces == 2)
    (table,) = rows(docx)
    assert table[0] == ["序号", "奖品", "姓名", "单位", "抽奖编号"]
    assert [(row[0], row[1], row[2], row[4]) for row in table[1:]] == [
        ("1", "一等奖", "欧**明", first),
        ("2", "二等奖", "欧**明", third),
        ("3", "二等奖", "欧**明", fourth),
    ]
    assert {row[3] for row in table[1:]} <= {"市财政局", "市水务局", "—"}
    assert f"二等奖：欧**明（{second}）已作废，原因：逾期未领。由欧**明（{fourth}）递补。" in said
    assert any(f"{BASE}/draws/{draw_id}" in line for line in said)
    assert any(held.announcement.list_hash in line for line in said)
    assert said[-2:] == ["机关事务管理局", "2026年7月5日"]
    assert "欧阳晓明" not in "".join(said)


def test_what_is_not_known_is_left_to_be_filled_in_by_hand() -> None:
    said = "".join(texts(winner_docx(replace(NOTICE, organiser=""))))
    assert "公示期：____年__月__日至____年__月__日。" in said
    assert "联系方式：__________________。" in said
    assert "自行核验" not in said
    assert "作废和递补" not in said


def test_each_group_has_a_table_and_ranks_are_told_where_they_decided() -> None:
    drawn = replace(LINE, award_id=2, group="幸运奖", kind="draw", prize="雨伞", rank=7)
    unfilled = replace(drawn, award_id=3, name="（空缺）", entrant="", unit="", rank=None, state="unfilled")
    first, second = rows(winner_docx(replace(NOTICE, lines=(LINE, drawn, unfilled))))
    assert first[0] == ["序号", "奖品", "名次", "姓名", "单位", "抽奖编号"]
    assert first[1] == ["1", "保温杯", "1", "张*明", "市财政局", "0123456789abcdef"]
    assert second[2] == ["2", "雨伞", "（空缺）", "—", "—"]


def test_a_prize_taken_back_is_told_whoever_has_it_now() -> None:
    lost = replace(LINE, state="forfeited", reason="身份不符")
    heir = replace(LINE, award_id=2, name="李*", entrant="fedcba9876543210", rank=2, replaces_id=1)
    nobody = replace(heir, name="（空缺）", entrant="", state="unfilled")
    lost_text = "保温杯：张*明（0123456789abcdef）已作废，原因：身份不符。"
    for lines, ending in (
        ((lost, heir), "由李*（fedcba9876543210）递补。"),
        ((lost, nobody), "无人递补，空缺。"),
        ((lost,), ""),
    ):
        assert f"{lost_text}{ending}" in texts(winner_docx(replace(NOTICE, lines=lines)))


def test_a_campaign_without_winners_says_so_and_an_unknown_one_is_refused(store: Store) -> None:
    make_finished(store)
    with store.reading() as session:
        assert "目前还没有获奖者。" in texts(winner_docx(winner_notice(session, "week", BASE, AFTER)))
        with pytest.raises(NotFound):
            winner_notice(session, "none", BASE, AFTER)


def test_a_long_list_repeats_its_head_and_tears_no_row() -> None:
    docx = winner_docx(replace(NOTICE, lines=(LINE,) * 2_000))
    written = zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml").decode()
    assert written.count("<w:tblHeader/>") == 1
    assert written.count("<w:cantSplit/>") == 2_001


def test_the_table_holds_texts_alone_whatever_they_look_like() -> None:
    data = winner_xlsx(
        replace(NOTICE, lines=(replace(LINE, unit="=1+1"), replace(LINE, award_id=2, state="forfeited")))
    )
    head, row = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert head == ["序号", "奖项", "奖品", "名次", "姓名", "单位", "抽奖编号"]
    assert row == [1, "名次奖", "保温杯", 1, "张*明", "=1+1", "0123456789abcdef"]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
