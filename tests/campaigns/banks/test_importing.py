from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from small_bank import NOW, STEMS, bank, bring, counted, kept, question, revisions
from sqlalchemy import select

from campaigns import banks, pictures, tables
from campaigns.errors import Moved, Refused
from campaigns.store import Store
from questions.model import EXPLANATION, Bank, Kind, Picture, Problem, Question, Severity, options_of


def test_what_was_imported_is_read_back_as_it_was(store: Store) -> None:
    questions = [
        question(
            "1", STEMS[0], explanation="国办发〔2007〕42号", category="空调与照明", difficulty="易", source="通知"
        ),
        Question(
            "2", Kind.MULTIPLE, "哪些做法省电？", options_of(["关灯", "开窗", "拔插头"]), ("A", "C"), where="第 2 行"
        ),
        Question("3", Kind.TRUE_FALSE, "空调越低越好。", answer=("false",), where="第 3 行"),
        Question("4", Kind.BLANK, "全国低碳日在节能宣传周的第____天。", answer=("三 | 3",), where="第 4 行"),
        Question("5", Kind.ESSAY, "谈谈你怎样节水。", where="第 5 行"),
    ]
    assert bring(store, questions) == banks.Imported(added=5, changed=0, unchanged=0, left_out=0)
    assert kept(store) == [replace(one, where="") for one in questions]


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    bring(store, counted())
    assert bring(store, counted()) == banks.Imported(added=0, changed=0, unchanged=5, left_out=0)
    assert revisions(store) == 5


def test_a_mended_question_becomes_a_new_revision_and_the_old_one_stays(store: Store) -> None:
    bring(store, counted())
    mended = counted()
    mended[1] = replace(mended[1], answer=("B",))
    assert bring(store, mended) == banks.Imported(added=0, changed=1, unchanged=4, left_out=0)
    assert kept(store)[1].answer == ("B",)
    with store.reading() as session:
        said = session.execute(
            select(tables.QuestionRevision.revision, tables.QuestionRevision.answer)
            .where(tables.QuestionRevision.stem == STEMS[1])
            .order_by(tables.QuestionRevision.revision)
        ).all()
    assert [tuple(row) for row in said] == [(1, ["A"]), (2, ["B"])]


def test_a_row_inserted_in_the_middle_is_one_new_question(store: Store) -> None:
    bring(store, counted())
    stems = [*STEMS[:2], "垃圾分类标志里可回收物是什么颜色？", *STEMS[2:]]
    assert bring(store, counted(stems)) == banks.Imported(added=1, changed=0, unchanged=5, left_out=0)
    assert {one.stem for one in kept(store)} == set(stems)
    assert bring(store, counted(stems)) == banks.Imported(added=0, changed=0, unchanged=6, left_out=0)


def test_a_stem_mended_below_an_inserted_row_is_still_the_same_question(store: Store) -> None:
    bring(store, counted())
    stems = [STEMS[0], "垃圾分类标志里可回收物是什么颜色？", STEMS[1], STEMS[2] + "（选一个）", *STEMS[3:]]
    assert bring(store, counted(stems)) == banks.Imported(added=1, changed=1, unchanged=4, left_out=0)


def test_a_question_reworded_between_its_neighbours_replaces_the_old_one(store: Store) -> None:
    bring(store, counted())
    stems = [*STEMS[:2], "节能宣传周通常在几月举行？", *STEMS[3:]]
    assert bring(store, counted(stems)) == banks.Imported(added=0, changed=1, unchanged=4, left_out=0)
    assert [one.stem for one in kept(store)] == stems


def test_another_question_between_the_same_neighbours_is_a_new_one(store: Store) -> None:
    bring(store, counted())
    stems = [*STEMS[:2], "垃圾分类标志里可回收物是什么颜色？", *STEMS[3:]]
    assert bring(store, counted(stems)) == banks.Imported(added=1, changed=0, unchanged=4, left_out=0)
    assert [one.stem for one in kept(store)] == [*STEMS, stems[2]]


def test_a_row_that_cannot_be_used_keeps_its_place_from_the_question_beside_it(store: Store) -> None:
    bring(store, counted())
    stems = [*STEMS[:2], STEMS[2] + "（可选多项）", "公共机构的节能减排周通常在每年几月举行？", *STEMS[3:]]
    broken = Problem("第 3 行", Severity.ERROR, "没有答案，请补上。")
    assert bring(store, counted(stems), broken) == banks.Imported(added=1, changed=0, unchanged=4, left_out=1)
    assert [one.stem for one in kept(store)] == [*STEMS, stems[3]]


def test_a_usable_question_is_the_old_one_rather_than_its_broken_twin(store: Store) -> None:
    bring(store, counted())
    twin = question("1", STEMS[0], where="第 9 行", answer="")
    mended = [twin, *(replace(one, number=str(n)) for n, one in enumerate(counted(), start=2))]
    mended[1] = replace(mended[1], answer=("B",))
    broken = Problem("第 9 行", Severity.ERROR, "没有答案，请补上。")
    assert bring(store, mended, broken) == banks.Imported(added=0, changed=1, unchanged=4, left_out=1)


def test_a_supplement_numbered_from_one_overwrites_nothing(store: Store) -> None:
    bring(store, counted())
    supplement = ["哪个标志表示节能产品认证？", "一吨等于多少千克？"]
    assert bring(store, counted(supplement)) == banks.Imported(added=2, changed=0, unchanged=0, left_out=0)
    assert [(one.number, one.stem) for one in kept(store)][5:] == [("6", supplement[0]), ("7", supplement[1])]


def test_a_stem_that_stands_over_many_questions_does_not_make_them_one(store: Store) -> None:
    bring(store, [question("1", "下列说法正确的是（ ）")])
    other = question("1", "下列说法正确的是（ ）", options=options_of(["一", "二", "三"]))
    assert bring(store, [other]) == banks.Imported(added=1, changed=0, unchanged=0, left_out=0)


def test_a_mended_option_is_a_change_of_the_same_question(store: Store) -> None:
    bring(store, counted())
    mended = counted()
    mended[0] = replace(mended[0], options=options_of(["26 ℃", "20 ℃", "16 ℃"]))
    assert bring(store, mended) == banks.Imported(added=0, changed=1, unchanged=4, left_out=0)


def test_a_file_with_numbers_of_its_own_is_matched_by_them(store: Store) -> None:
    bring(store, [question("KT-7", STEMS[0]), question("ZM-2", STEMS[1])])
    outcome = bring(store, [question("ZM-2", "下班离开以后，显示器应当怎样处理？"), question("KT-7", STEMS[0])])
    assert outcome == banks.Imported(added=0, changed=1, unchanged=1, left_out=0)


def test_a_number_does_not_make_two_questions_one_that_have_nothing_else_in_common(store: Store) -> None:
    bring(store, [question("KT-7", STEMS[0]), question("ZM-2", STEMS[1])])
    other = [question("ZM-2", "哪个标志表示产品通过了节水认证？"), question("KT-7", STEMS[0])]
    assert bring(store, other) == banks.Imported(added=1, changed=0, unchanged=1, left_out=0)
    assert [one.number for one in kept(store)] == ["KT-7", "ZM-2", "ZM-2-2"]
    assert bring(store, other) == banks.Imported(added=0, changed=0, unchanged=2, left_out=0)


def test_one_number_used_twice_gives_two_questions_however_often_it_is_imported(store: Store) -> None:
    twice = [question("A", STEMS[0]), question("A", STEMS[1])]
    assert bring(store, twice).added == 2
    assert bring(store, twice).unchanged == 2
    assert [one.number for one in kept(store)] == ["A", "A-2"]


def test_numbers_longer_than_their_column_are_told_apart_and_found_again(store: Store) -> None:
    long = [question("甲" * 70 + "1", STEMS[0]), question("甲" * 70 + "2", STEMS[1])]
    assert bring(store, long).added == 2
    assert all(len(one.number) == 64 for one in kept(store))
    assert bring(store, [replace(one, stem=one.stem + "？") for one in long]).changed == 2


def test_questions_with_an_error_are_left_out_and_counted(store: Store) -> None:
    problems = [
        Problem("第 2 行", Severity.ERROR, "没有答案，请补上。"),
        Problem("第 3 行", Severity.WARNING, "题目和第 1 行很像，请看一下。"),
    ]
    assert bring(store, counted(), *problems) == banks.Imported(added=4, changed=0, unchanged=0, left_out=1)
    assert STEMS[1] not in {one.stem for one in kept(store)}


def test_a_file_without_a_usable_question_is_refused_and_makes_no_bank(store: Store) -> None:
    with pytest.raises(Refused, match="没有可以使用的题目"):
        bring(store, counted(STEMS[:1]), Problem("第 1 行", Severity.ERROR, "没有答案，请补上。"))
    with store.reading() as session:
        assert banks.list_banks(session) == []


def test_what_postgresql_cannot_store_is_taken_out(store: Store) -> None:
    odd = [question("1", "零\0字符", category="类" * 300, explanation="半个\ud800")]
    bring(store, odd)
    assert (kept(store)[0].stem, len(kept(store)[0].category), kept(store)[0].explanation) == ("零字符", 255, "半个")
    assert bring(store, odd).unchanged == 1


@pytest.mark.parametrize("slug", ["", "Energy", "节能", "a/b", "-a", "a" * 65])
def test_a_slug_that_cannot_stand_in_an_address_is_refused(store: Store, slug: str) -> None:
    with pytest.raises(Refused, match="题库代号"):
        bring(store, counted(), slug=slug)


def test_a_plan_tells_what_an_import_will_do_and_writes_nothing(store: Store) -> None:
    bring(store, counted(STEMS[:3]))
    with store.reading() as session:
        planned = banks.plan_import(session, "energy", "", bank(counted())).outcome
        assert banks.plan_import(session, "other", "", bank(counted())).outcome.added == 5
    assert revisions(store) == 3
    assert bring(store, counted()) == planned == banks.Imported(added=2, changed=0, unchanged=3, left_out=0)


def test_a_plan_made_before_another_import_is_not_carried_out(store: Store) -> None:
    with store.reading() as session:
        plan = banks.plan_import(session, "energy", "", bank(counted(STEMS[:3])))
    bring(store, counted())
    with pytest.raises(Moved), store.transaction() as session:
        banks.carry_out(session, plan, NOW)
    assert revisions(store) == 5


def test_what_is_not_permitted_is_not_done(store: Store) -> None:
    bring(store, counted())
    seen: list[banks.ImportPlan] = []

    def permit(plan: banks.ImportPlan) -> None:
        seen.append(plan)
        raise Refused("no")

    with pytest.raises(Refused, match="no"):
        banks.import_bank(store, "energy", "另一个名字", bank(counted(["一道新题？"])), NOW, permit=permit)
    assert (seen[0].called, seen[0].outcome.added, seen[0].outcome.renamed_from) == ("节能题库", 1, "节能题库")
    assert len(kept(store)) == 5
    with store.reading() as session:
        assert banks.find_bank(session, "energy").name == "节能题库"


def test_problems_come_in_the_order_of_their_places() -> None:
    places = [
        "工作表“单选”第10行",
        "工作表“判断”第3行",
        "工作表“单选”第9行",
        "工作表“说明2”",
        "工作表“单选”",
        "整个文件",
        "工作表“单选”第9行",
    ]
    problems = [Problem(where, Severity.WARNING, str(place)) for place, where in enumerate(places)]
    questions = [question("1", STEMS[0], where="工作表“单选”第2行"), question("2", STEMS[1], where="工作表“判断”第2行")]
    found = banks.problems_by_place(bank(questions, *problems))
    assert [one.message for one in found] == ["5", "4", "2", "6", "0", "1", "3"]
    rows = [Problem(f"第{row}行", Severity.ERROR, "") for row in (12, 3)]
    ordered = banks.problems_by_place(bank([], *rows, Problem("整个文件", Severity.ERROR, "")))
    assert [one.where for one in ordered] == ["整个文件", "第3行", "第12行"]


def test_ten_thousand_questions_are_imported_and_found_unchanged(store: Store) -> None:
    many = [question(str(n), f"第{n}道：{STEMS[n % 5]}") for n in range(1, 10_001)]
    assert bring(store, many).added == 10_000
    assert bring(store, many).unchanged == 10_000


@pytest.mark.race
def test_imports_of_one_bank_at_the_same_time_agree_on_one_set_of_questions(store: Store, repeats: int) -> None:
    for turn in range(repeats):
        slug = f"race-{turn}"
        doings: list[Callable[[], banks.Imported]] = [lambda slug=slug: bring(store, counted(), slug=slug)] * 4  # type: ignore[misc]
        with ThreadPoolExecutor(4) as threads:
            outcomes = [future.result() for future in [threads.submit(doing) for doing in doings]]
        assert sorted(outcome.added for outcome in outcomes) == [0, 0, 0, 5]
        assert [one.stem for one in kept(store, slug)] == STEMS


PNG = b"\x89PNG\r\n\x1a\n" + b"lamp"
LAMP = hashlib.sha256(PNG).hexdigest()


def with_picture(one: Question, place: str = "", alt: str = "一盏灯") -> Question:
    return replace(one, pictures=(*one.pictures, Picture(LAMP, place, alt)))


def test_tags_and_pictures_are_kept_and_read_back(store: Store) -> None:
    shown = replace(with_picture(counted()[0]), tags=("空调", "夏季"))
    banks.import_bank(store, "energy", "", replace(bank([shown]), pictures={LAMP: PNG}), NOW)
    assert kept(store) == [replace(shown, where="")]
    with store.reading() as session:
        assert pictures.picture(session, LAMP) == ("image/png", PNG)


def test_a_file_without_a_place_for_something_erases_none_of_it(store: Store) -> None:
    full = [
        replace(
            with_picture(one),
            explanation="解析",
            category="空调",
            difficulty="易",
            source="通知",
            tags=("夏季",),
        )
        for one in counted()
    ]
    banks.import_bank(store, "energy", "节能题库", replace(bank(full), pictures={LAMP: PNG}), NOW)
    assert bring(store, counted()) == banks.Imported(added=0, changed=0, unchanged=5, left_out=0)
    mended = [replace(counted()[0], answer=("B",)), *counted()[1:]]
    assert bring(store, mended).changed == 1
    assert kept(store) == [replace(one, where="") for one in [replace(full[0], answer=("B",)), *full[1:]]]


def test_a_file_with_a_place_for_something_says_what_it_is(store: Store) -> None:
    bring(store, [replace(one, explanation="解析", source="通知") for one in counted()])
    assert bring(store, [replace(counted()[0], explanation="新解析"), *counted()[1:]]).changed == 5
    assert [(one.explanation, one.source) for one in kept(store)] == [("新解析", "通知"), *[("", "通知")] * 4]


def test_a_picture_that_stays_follows_its_option(store: Store) -> None:
    shown = with_picture(with_picture(with_picture(counted()[0], "B"), "C"), EXPLANATION)
    banks.import_bank(store, "energy", "", replace(bank([shown]), pictures={LAMP: PNG}), NOW)
    bring(store, [replace(counted()[0], options=options_of(["20 ℃", "26 ℃", "16 ℃"]), answer=("B",))])
    assert [one.place for one in kept(store)[0].pictures] == ["A", EXPLANATION]


def test_a_picture_that_was_not_read_is_missed_at_once(store: Store) -> None:
    with pytest.raises(Refused, match="图片没有读到"):
        bring(store, [with_picture(counted()[0])])


def test_a_picture_that_is_there_need_not_come_again(store: Store) -> None:
    file = [with_picture(one) for one in counted()]
    banks.import_bank(store, "energy", "", replace(bank(file), pictures={LAMP: PNG}), NOW)
    assert bring(store, file).unchanged == 5
    assert bring(store, file, slug="other").added == 5


def test_pictures_are_written_in_portions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "BATCH_BYTES", 10)
    data = [PNG + bytes([n]) for n in range(5)]
    shown = {hashlib.sha256(one).hexdigest(): one for one in data}
    file = [replace(one, pictures=(Picture(name),)) for one, name in zip(counted(), shown, strict=True)]
    banks.import_bank(store, "energy", "", replace(bank(file), pictures=shown), NOW)
    with store.reading() as session:
        assert pictures.pictures_of(session, kept(store)) == shown


def test_what_is_not_wanted_is_left_out_and_keeps_its_place(store: Store) -> None:
    bring(store, counted())
    mended = [replace(one, answer=("B",)) for one in counted()]
    done = banks.import_bank(store, "energy", "", bank(mended), NOW, leave_out=["第 1 行", "第 2 行"])
    assert done == banks.Imported(added=0, changed=3, unchanged=0, left_out=2)
    assert [one.answer for one in kept(store)] == [("A",)] * 2 + [("B",)] * 3


def test_new_questions_get_the_status_that_is_said_and_others_keep_theirs(store: Store) -> None:
    bring(store, counted()[:2])
    file = bank([replace(one, source="通知") for one in counted()])
    banks.import_bank(store, "energy", "", file, NOW, status=banks.Status.REVIEWED)
    with store.reading() as session:
        found = banks.search(session, "energy").entries
    assert [entry.status.value for entry in found] == ["draft"] * 2 + ["reviewed"] * 3


def test_a_retired_question_is_not_brought_back_by_its_file(store: Store) -> None:
    bring(store, counted())
    with store.transaction() as session:
        banks.set_status(session, "energy", ["2"], banks.Status.RETIRED, "王", NOW)
    assert bring(store, [replace(one, answer=("B",)) for one in counted()]).changed == 5
    assert [one.number for one in kept(store)] == ["1", "3", "4", "5"]


def test_questions_mended_by_a_person_are_imported_as_any_file(store: Store) -> None:
    """As the console does: a bank of edited questions, and of what is still wrong with them."""
    edited = [replace(counted()[0], number="", where="第3题"), replace(counted()[1], answer=(), where="第4题")]
    problems = (Problem("第4题", Severity.ERROR, "没有答案，还不能使用；请补上答案。"),)
    done = banks.import_bank(
        store, "energy", "", Bank("docx", "", tuple(edited), problems), NOW, by="王", file="题.docx"
    )
    assert done == banks.Imported(added=1, changed=0, unchanged=0, left_out=1)
    with store.reading() as session:
        (step,) = banks.history(session, "energy", "1")
    assert (step.by, step.file, step.what, step.at_ms) == ("王", "题.docx", banks.What.IMPORT, NOW)


def test_the_banks_own_questions_are_like_nothing_and_neither_are_those_of_a_new_bank(store: Store) -> None:
    bring(store, counted())
    mended = [replace(counted()[0], answer=("B",)), *counted()[1:], question("9", "一道新题？")]
    with store.reading() as session:
        assert banks.compare(session, "energy", bank(mended)) == []
        assert banks.compare(session, "elsewhere", bank(mended)) == []


def test_a_twin_under_another_number_is_told_with_the_banks_number(store: Store) -> None:
    bring(store, counted())
    with store.reading() as session:
        plan = banks.plan_import(session, "energy", "", bank([*counted(), question("6", STEMS[0])]))
    (problem,) = banks.likenesses(plan)
    assert (problem.where, problem.severity) == ("第 6 行", Severity.WARNING)
    assert "编号 1 " in problem.message


def test_a_twin_with_another_answer_is_an_error(store: Store) -> None:
    bring(store, counted())
    with store.reading() as session:
        problems = banks.compare(session, "energy", bank([*counted(), question("6", STEMS[0], "B")]))
    assert [(one.where, one.severity) for one in problems] == [("第 6 行", Severity.ERROR)]


def test_an_import_that_changes_nothing_writes_nothing(store: Store) -> None:
    bring(store, counted())
    with store.reading() as session:
        before = (banks.find_bank(session, "energy").version, len(banks.bank_history(session, "energy")))
    bring(store, counted())
    with store.reading() as session:
        assert (banks.find_bank(session, "energy").version, len(banks.bank_history(session, "energy"))) == before


def test_another_name_alone_is_a_change(store: Store) -> None:
    bring(store, counted())
    banks.import_bank(store, "energy", "新名字", bank(counted()), NOW + 1, by="王")
    with store.reading() as session:
        last = banks.bank_history(session, "energy")[0]
        assert banks.find_bank(session, "energy").name == "新名字"
    assert (last.by, last.added, last.changed) == ("王", 0, 0)
    assert last.differences == (banks.Difference("题库名称", "节能题库", "新名字"),)
