from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from small_bank import NOW, STEMS, bank, bring, counted, kept, question, revisions

from campaigns import banks, keeping
from campaigns.banks import Difference, Selection, Status, What
from campaigns.editions import Editions
from campaigns.errors import Moved, NotFound, Refused
from campaigns.store import Store
from questions.model import options_of

SHUFFLED = options_of(["18 ℃", "26 ℃", "20 ℃"])


@pytest.fixture
def stocked(store: Store) -> Store:
    """Two questions about air conditioning, of which one is reviewed, and three others."""
    bring(store, [replace(one, category="空调" if one.number in "12" else "其他") for one in counted()])
    with store.transaction() as session:
        banks.set_status(session, "energy", ["2"], Status.REVIEWED, "王", NOW)
    return store


def numbers(store: Store, slug: str) -> list[str]:
    return [one.number for one in kept(store, slug)]


def split(store: Store, chosen: Selection, *, copy: bool = False) -> banks.Split:
    return banks.split(store, "energy", chosen, "cool", "空调题库", "李", NOW + 1, copy=copy)


def test_chosen_questions_move_with_numbers_statuses_and_history(stocked: Store) -> None:
    assert split(stocked, Selection(category="空调")) == banks.Split(2, copied=False)
    assert (numbers(stocked, "energy"), numbers(stocked, "cool")) == (["3", "4", "5"], ["1", "2"])
    with stocked.reading() as session:
        moved = banks.find_question(session, "cool", "2")
        history = banks.history(session, "cool", "2")
        assert banks.find_bank(session, "cool").name == "空调题库"
        assert banks.bank_history(session, "energy")[0].differences == (Difference("题目去向", "", "空调题库"),)
        assert banks.bank_history(session, "cool")[0].differences == (Difference("题目来自", "", "节能题库"),)
    assert moved.status is Status.REVIEWED
    assert [step.what for step in history] == [What.IMPORT, What.STATUS, What.SPLIT]
    assert history[2].differences == (Difference("题库", "节能题库", "空调题库"),)
    assert revisions(stocked) == 5


def test_copied_questions_stay_and_begin_a_history_of_their_own(stocked: Store) -> None:
    assert split(stocked, Selection(numbers=["2", "3"]), copy=True) == banks.Split(2, copied=True)
    assert (len(kept(stocked)), numbers(stocked, "cool")) == (5, ["2", "3"])
    with stocked.reading() as session:
        assert banks.find_question(session, "cool", "2").status is Status.REVIEWED
        assert [step.what for step in banks.history(session, "cool", "2")] == [What.SPLIT]
        assert [step.what for step in banks.history(session, "energy", "2")] == [What.IMPORT, What.STATUS]
    assert revisions(stocked) == 7


def test_retired_questions_stay_unless_they_are_meant(stocked: Store) -> None:
    with stocked.transaction() as session:
        banks.set_status(session, "energy", ["1"], Status.RETIRED, "王", NOW)
    with pytest.raises(NotFound, match="编号为 1 的题"):
        split(stocked, Selection(numbers=["1"]))
    split(stocked, Selection(status=Status.RETIRED))
    with stocked.reading() as session:
        assert banks.find_question(session, "cool", "1").status is Status.RETIRED


def test_a_split_that_cannot_be_is_refused_and_does_nothing(stocked: Store) -> None:
    with pytest.raises(Refused, match="没有符合条件"):
        split(stocked, Selection(category="垃圾"))
    with pytest.raises(Refused, match="代号 energy 已有"):
        banks.split(stocked, "energy", Selection(), "energy", "", "李", NOW)
    with pytest.raises(Refused, match="只能用小写字母"):
        banks.split(stocked, "energy", Selection(), "空调", "", "李", NOW)
    with pytest.raises(NotFound):
        banks.split(stocked, "nowhere", Selection(), "cool", "", "李", NOW)
    assert len(kept(stocked)) == 5


def test_a_published_campaign_plays_on_when_its_questions_move(store: Store) -> None:
    campaign = make_campaign(store)
    before = Editions().get(store, campaign, 1)
    banks.split(store, "made-week", Selection(numbers=["1", "2"]), "elsewhere", "", "李", NOW)
    bring(store, [question("1", STEMS[0])])
    banks.merge(store, "made-week", "energy", "李", NOW)
    after = Editions().get(store, campaign, 1)
    assert list(after.questions) == list(before.questions)
    assert [one.stem for one in after.questions.values()] == [one.stem for one in before.questions.values()]


def test_a_merge_moves_what_the_other_lacks_and_doubles_nothing(stocked: Store) -> None:
    theirs = [
        question("1", "一道新题，多少张纸？"),
        question("2", STEMS[1], "B", options=SHUFFLED),
        question("9", "又一道新题，多少瓦？"),
    ]
    banks.import_bank(stocked, "more", "补充题", bank(theirs), NOW)
    done = banks.merge(stocked, "more", "energy", "李", NOW + 1)
    assert (done.moved, done.same, done.kept_apart, done.problems, done.drafts) == (2, 1, 0, [], [])
    assert [(one.number, one.stem) for one in kept(stocked)][5:] == [("6", theirs[0].stem), ("9", theirs[2].stem)]
    assert kept(stocked, "more") == []
    with stocked.reading() as session:
        assert banks.find_question(session, "more", "2").status is Status.RETIRED
        history = banks.history(session, "more", "2")
        assert history[-1].what is What.MERGE
        assert history[-1].differences == (Difference("状态", "草稿", "停用"),)
        assert banks.history(session, "energy", "6")[-1].differences == (Difference("题库", "补充题", "节能题库"),)


def test_what_both_ask_with_another_answer_stays_for_a_person_to_decide(stocked: Store) -> None:
    banks.import_bank(stocked, "more", "", bank([question("1", STEMS[0], "B"), question("2", "一道新题？")]), NOW)
    done = banks.merge(stocked, "more", "energy", "李", NOW)
    assert (done.moved, done.same, done.kept_apart) == (1, 0, 1)
    assert [(one.where, "编号 1 的题" in one.message) for one in done.problems] == [("编号 1", True)]
    assert numbers(stocked, "more") == ["1"]
    with stocked.transaction() as session:
        said = banks.find_question(session, "more", "1").question
        banks.edit(session, "more", "1", replace(said, answer=("A",)), 1, "王", NOW)
    again = banks.merge(stocked, "more", "energy", "李", NOW)
    assert (again.moved, again.same, again.kept_apart) == (0, 1, 0)


def test_a_merge_again_has_nothing_to_do(stocked: Store) -> None:
    banks.import_bank(stocked, "more", "", bank([question("1", "一道新题？")]), NOW)
    banks.merge(stocked, "more", "energy", "李", NOW)
    with stocked.reading() as session:
        changes = len(banks.bank_history(session, "energy"))
    assert banks.merge(stocked, "more", "energy", "李", NOW) == banks.Merged(0, 0, 0, [], [])
    with stocked.reading() as session:
        assert len(banks.bank_history(session, "energy")) == changes


def test_a_merge_names_drafts_that_draw_from_what_was_merged(stocked: Store) -> None:
    banks.import_bank(stocked, "more", "", bank([question("1", "一道新题？")]), NOW)
    with stocked.transaction() as session:
        keeping.create(session, replace(PLAN, bank="more"), "salt", OPENS)
    assert banks.merge(stocked, "more", "energy", "李", NOW).drafts == ["week"]


def test_a_merge_that_cannot_be_is_refused(stocked: Store) -> None:
    with pytest.raises(Refused, match="它自己"):
        banks.merge(stocked, "energy", "energy", "李", NOW)
    with pytest.raises(NotFound):
        banks.merge(stocked, "energy", "nowhere", "李", NOW)


def test_of_a_split_and_a_change_meanwhile_the_later_is_told_to_look_again(
    stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    transaction = stocked.transaction

    def changed_before() -> object:
        monkeypatch.undo()
        with stocked.transaction() as session:
            banks.add(session, "energy", question("", "一道新题？", category="空调"), "王", NOW)
        return transaction()

    monkeypatch.setattr(stocked, "transaction", changed_before)
    with pytest.raises(Moved):
        split(stocked, Selection(category="空调"))
    assert numbers(stocked, "energy") == ["1", "2", "3", "4", "5", "6"]
