from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from campaign_made import make_campaign
from small_bank import NOW, STEMS, bank, bring, counted, kept, question, revisions

from campaigns import banks, pictures, tables
from campaigns.banks import Difference, Status, Step, What
from campaigns.editions import Editions
from campaigns.errors import Moved, NotFound, Refused
from campaigns.store import Store
from questions.model import Kind, Picture, Question, options_of

PNG = b"\x89PNG\r\n\x1a\n" + b"lamp"
LAMP = hashlib.sha256(PNG).hexdigest()


@pytest.fixture
def stocked(store: Store) -> Store:
    bring(store, counted())
    return store


def entry(store: Store, number: str) -> banks.Entry:
    with store.reading() as session:
        return banks.find_question(session, "energy", number)


def edit(store: Store, number: str, seen: int = 1, by: str = "王", **changes: object) -> int:
    with store.transaction() as session:
        said = replace(entry(store, number).question, **changes)  # type: ignore[arg-type]
        return banks.edit(session, "energy", number, said, seen, by, NOW + 1)


def steps(store: Store, number: str) -> list[Step]:
    with store.reading() as session:
        return banks.history(session, "energy", number)


def set_status(store: Store, numbers: list[str] | None, status: Status, by: str = "李") -> int:
    with store.transaction() as session:
        return banks.set_status(session, "energy", numbers, status, by, NOW + 2)


# --- one question ---------------------------------------------------------------------------------------------------


def test_an_edit_is_a_new_revision_and_says_who_and_what(stocked: Store) -> None:
    assert edit(stocked, "2", options=options_of(["关", "开", "拔", "睡"]), answer=("C",), tags=("显示器",)) == 2
    assert (entry(stocked, "2").revision, entry(stocked, "2").question.answer) == (2, ("C",))
    first, second = steps(stocked, "2")
    assert (first.revision, first.what, first.by, first.differences) == (1, What.IMPORT, "", ())
    assert (second.revision, second.what, second.by, second.at_ms) == (2, What.EDIT, "王", NOW + 1)
    assert second.differences == (
        Difference("选项A", "26 ℃", "关"),
        Difference("选项B", "20 ℃", "开"),
        Difference("选项C", "18 ℃", "拔"),
        Difference("选项D", "", "睡"),
        Difference("答案", "A", "C"),
        Difference("标签", "", "显示器"),
    )


def test_an_edit_that_says_the_same_is_none(stocked: Store) -> None:
    assert edit(stocked, "2") == 1
    assert len(steps(stocked, "2")) == 1


def test_an_edit_of_what_somebody_else_has_changed_is_refused_and_loses_nothing(stocked: Store) -> None:
    edit(stocked, "2", explanation="先来的")
    with pytest.raises(Moved, match="编号 2 的题刚刚被别人改过"):
        edit(stocked, "2", seen=1, explanation="后来的")
    assert (entry(stocked, "2").question.explanation, revisions(stocked)) == ("先来的", 6)


def test_an_edit_with_an_error_is_refused_with_its_sentence(stocked: Store) -> None:
    with pytest.raises(Refused, match=r"没有保存：.*答案 F 不在选项里"):
        edit(stocked, "2", answer=("F",))
    with pytest.raises(Refused, match="没有题干"):
        edit(stocked, "2", stem=" ")
    assert revisions(stocked) == 5


def test_an_edit_keeps_number_and_status(stocked: Store) -> None:
    set_status(stocked, ["2"], Status.REVIEWED)
    with stocked.transaction() as session:
        banks.edit(session, "energy", "2", question("77", "改过的题干，应当怎样处理？"), 1, "王", NOW)
    assert (entry(stocked, "2").question.number, entry(stocked, "2").status) == ("2", Status.REVIEWED)


def test_what_is_not_there_cannot_be_edited(stocked: Store) -> None:
    with pytest.raises(NotFound, match="没有编号为 99 的题"), stocked.transaction() as session:
        banks.edit(session, "energy", "99", question("99", "？"), 1, "王", NOW)


def test_a_picture_comes_with_an_edit_or_is_there(stocked: Store) -> None:
    shown = replace(entry(stocked, "2").question, pictures=(Picture(LAMP, "", "灯"),))
    with pytest.raises(Refused, match="图片没有收到"), stocked.transaction() as session:
        banks.edit(session, "energy", "2", shown, 1, "王", NOW)
    with stocked.transaction() as session:
        banks.edit(session, "energy", "2", shown, 1, "王", NOW, added_pictures={LAMP: PNG})
    with stocked.reading() as session:
        assert pictures.picture(session, LAMP) == ("image/png", PNG)
    assert steps(stocked, "2")[1].differences == (Difference("图片", "", "题干：灯"),)
    assert edit(stocked, "3", pictures=(Picture(LAMP),)) == 2


def test_an_earlier_revision_is_restored_as_a_new_one(stocked: Store) -> None:
    edit(stocked, "2", explanation="不对")
    with stocked.transaction() as session:
        assert banks.restore(session, "energy", "2", 1, 2, "李", NOW + 3) == 3
    assert entry(stocked, "2").question.explanation == ""
    last = steps(stocked, "2")[-1]
    assert (last.revision, last.what, last.differences) == (3, What.RESTORE, (Difference("解析", "不对", ""),))
    with pytest.raises(NotFound, match="没有第 9 版"), stocked.transaction() as session:
        banks.restore(session, "energy", "2", 9, 3, "李", NOW)


def test_a_question_is_added_under_its_own_number_or_the_next(stocked: Store) -> None:
    with stocked.transaction() as session:
        assert banks.add(session, "energy", question("", "一道新题？"), "王", NOW) == "6"
        assert banks.add(session, "energy", question("3", "又一道新题？"), "王", NOW) == "7"
        assert banks.add(session, "energy", question("甲", "第三道？"), "王", NOW, status=Status.REVIEWED) == "甲"
        with pytest.raises(Refused, match="没有答案"):
            banks.add(session, "energy", replace(question("", "没有答案？"), answer=()), "王", NOW)
    assert [one.number for one in kept(stocked)] == ["1", "2", "3", "4", "5", "6", "7", "甲"]
    assert entry(stocked, "甲").status is Status.REVIEWED
    assert [(step.what, step.by) for step in steps(stocked, "6")] == [(What.ADD, "王")]


@pytest.mark.race
def test_of_two_who_edit_one_question_together_one_is_told_to_look_again(stocked: Store, repeats: int) -> None:
    for seen in range(1, repeats + 1):
        with ThreadPoolExecutor(2) as threads:
            doings = [threads.submit(edit, stocked, "2", seen, by, explanation=f"{seen}{by}") for by in ("王", "李")]
            errors = [type(doing.exception()) for doing in doings]
        assert set(errors) == {type(None), Moved}
        assert entry(stocked, "2").revision == seen + 1


# --- statuses, names ------------------------------------------------------------------------------------------------


def test_a_status_is_given_to_some_and_stands_in_their_history(stocked: Store) -> None:
    set_status(stocked, ["1"], Status.REVIEWED)
    assert set_status(stocked, ["1", "2", "3"], Status.RETIRED) == 3
    assert [one.number for one in kept(stocked)] == ["4", "5"]
    assert [(step.what, step.by, step.differences) for step in steps(stocked, "1")[1:]] == [
        (What.STATUS, "李", (Difference("状态", "草稿", "已审"),)),
        (What.STATUS, "李", (Difference("状态", "已审", "停用"),)),
    ]
    assert steps(stocked, "2")[1].differences == (Difference("状态", "草稿", "停用"),)
    assert len(steps(stocked, "4")) == 1


def test_a_status_for_all_leaves_the_retired_alone(stocked: Store) -> None:
    set_status(stocked, ["1"], Status.RETIRED)
    assert set_status(stocked, None, Status.REVIEWED) == 4
    assert set_status(stocked, None, Status.REVIEWED) == 0
    assert entry(stocked, "1").status is Status.RETIRED
    assert set_status(stocked, ["1"], Status.DRAFT) == 1


def test_a_status_for_a_number_that_there_is_not_changes_nothing(stocked: Store) -> None:
    with pytest.raises(NotFound, match="编号为 98、99 的题"):
        set_status(stocked, ["1", "99", "98"], Status.RETIRED)
    assert len(kept(stocked)) == 5


def test_a_bank_is_renamed_and_its_history_says_so(stocked: Store) -> None:
    with stocked.transaction() as session:
        banks.rename(session, "energy", " 新名字 ", "王", NOW + 5)
        banks.rename(session, "energy", "新名字", "王", NOW + 6)
        with pytest.raises(Refused, match="题库名称不能为空"):
            banks.rename(session, "energy", "  ", "王", NOW)
    with stocked.reading() as session:
        found = banks.bank_history(session, "energy")
    assert [(step.what, step.by, step.added) for step in found] == [(What.RENAME, "王", 0), (What.IMPORT, "", 5)]
    assert found[0].differences == (Difference("题库名称", "节能题库", "新名字"),)


def test_what_is_kept_of_answers_is_told_as_people_read_it() -> None:
    before = Question("1", Kind.TRUE_FALSE, "空调越低越好。", answer=("true",))
    after = Question("1", Kind.BLANK, "空调____，冰箱____。", answer=("26 | 二十六", "4"))
    assert banks.differences(before, after) == [
        Difference("题型", "判断", "填空"),
        Difference("题干", "空调越低越好。", "空调____，冰箱____。"),
        Difference("答案", "正确", "26 | 二十六；4"),
    ]


# --- what a campaign was published with -----------------------------------------------------------------------------


def test_nothing_that_becomes_of_a_bank_reaches_a_published_campaign(store: Store) -> None:
    campaign = make_campaign(store)
    before = Editions().get(store, campaign, 1)
    with store.transaction() as session:
        said = banks.find_question(session, "made-week", "1").question
        banks.edit(session, "made-week", "1", replace(said, answer=("A",), stem="另一个题干？"), 1, "王", NOW)
        banks.set_status(session, "made-week", None, Status.RETIRED, "王", NOW)
        session.execute(tables.Campaign.__table__.update().values(version=9))  # type: ignore[attr-defined]
    assert Editions().get(store, campaign, 9).questions == before.questions


def test_two_banks_histories_have_nothing_to_do_with_each_other(stocked: Store) -> None:
    banks.import_bank(stocked, "other", "另一个", bank(counted()), NOW)
    set_status(stocked, ["1"], Status.RETIRED)
    with stocked.reading() as session:
        assert len(banks.history(session, "other", "1")) == 1
        assert [one.stem for one in banks.search(session, "other").questions] == STEMS
