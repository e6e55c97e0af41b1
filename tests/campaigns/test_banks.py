from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from campaigns import banks, tables
from campaigns.errors import Moved, NotFound, Refused
from campaigns.store import Store
from questions.model import Bank, Kind, Problem, Question, Severity, options_of

NOW = 1_783_126_800_000


def question(number: str, stem: str, answer: str = "A", **changes: object) -> Question:
    made = Question(
        number=number,
        kind=Kind.SINGLE,
        stem=stem,
        options=options_of(["26 ℃", "20 ℃", "18 ℃"]),
        answer=(answer,),
        where=f"第 {number} 行",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


STEMS = [
    "夏季办公室空调温度一般不低于多少摄氏度？",
    "下班离开办公室以后应当怎样处理显示器？",
    "公共机构的节能宣传周通常在每年几月举行？",
    "双面打印一份四十页的文件要用多少张纸？",
    "一盏十二瓦的灯亮十小时用多少电？",
]


def counted(stems: list[str] | None = None) -> list[Question]:
    return [question(str(place), stem) for place, stem in enumerate(stems or STEMS, start=1)]


def bank(questions: list[Question], *problems: Problem) -> Bank:
    return Bank("csv", "utf-8-sig", tuple(questions), problems)


def bring(store: Store, questions: list[Question], *problems: Problem, slug: str = "energy") -> banks.Imported:
    return banks.import_bank(store, slug, "节能题库", bank(questions, *problems), NOW)


def kept(store: Store, slug: str = "energy") -> list[Question]:
    with store.reading() as session:
        return list(banks.search(session, slug, size=10_000).questions)


def revisions(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(tables.QuestionRevision)) or 0


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


def test_banks_are_listed_with_their_questions_by_kind(store: Store) -> None:
    essay = Question("6", Kind.ESSAY, "谈谈节水。", where="第 6 行")
    unanswered = replace(question("7", "还没有答案的题"), answer=())
    bring(store, [*counted(), essay, unanswered])
    with store.transaction() as session:
        session.execute(tables.Question.__table__.update().where(tables.Question.number == "1").values(retired=True))  # type: ignore[attr-defined]
    with store.reading() as session:
        (summary,) = banks.list_banks(session)
    assert summary == banks.BankSummary("energy", "节能题库", {Kind.SINGLE: 5, Kind.ESSAY: 1}, 4, NOW)


def test_search_looks_into_stems_options_categories_and_numbers(store: Store) -> None:
    bring(store, [question("KT-7", STEMS[0], category="空调与照明"), question("ZM-2", STEMS[1])])

    def found(text: str) -> list[str]:
        with store.reading() as session:
            return [one.number for one in banks.search(session, "energy", text).questions]

    assert found("显示器") == ["ZM-2"]
    assert found("２６ ℃") == ["KT-7", "ZM-2"]
    assert found("空调与") == ["KT-7"]
    assert found("zm-2") == ["ZM-2"]
    assert found("没有这句话") == []


def test_a_page_beyond_the_last_shows_the_last(store: Store) -> None:
    bring(store, counted())
    with store.reading() as session:
        page = banks.search(session, "energy", number=99, size=2)
    assert (page.number, page.pages, page.found, [one.number for one in page.questions]) == (3, 3, 5, ["5"])


def test_numbers_are_sorted_as_people_count(store: Store) -> None:
    bring(store, [question(number, f"{STEMS[0]}{number}") for number in ("2-10", "10", "2", "2-9", "甲1")])
    assert [one.number for one in kept(store)] == ["2", "2-9", "2-10", "10", "甲1"]


def test_a_bank_that_does_not_exist_is_said_to_be_missing(store: Store) -> None:
    with store.reading() as session, pytest.raises(NotFound, match="nowhere"):
        banks.export(session, "nowhere")


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
