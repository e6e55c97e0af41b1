from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from campaigns import banks, imports, tables
from campaigns.errors import Moved, NotFound, Refused, StoreUnavailable
from campaigns.imports import Counts, Decision, Show, Upload, Uploaded, UploadedQuestion, committing, deciding
from campaigns.store import Store
from questions.model import Bank, Column, Kind, Picture, Problem, Question, Severity, Sheet, options_of
from questions.review import duplicates, review

NOW = 1_783_126_800_000
TOKEN = "a token that nobody can guess"
STEMS = [
    "夏季办公室空调温度一般不低于多少摄氏度？",
    "下班离开办公室以后应当怎样处理显示器？",
    "公共机构的节能宣传周通常在每年几月举行？",
    "双面打印一份四十页的文件要用多少张纸？",
    "一盏十二瓦的灯亮十小时用多少电？",
]
UPLOAD = Upload(b"the file's own bytes", "节能 2026.xlsx", name="节能题库", columns={"答案": "F"}, by="王")


def png() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 6), "green").save(out, "PNG")
    return out.getvalue()


def question(number: int, stem: str, answer: str = "A", **changes: object) -> Question:
    options = options_of([f"{number}甲", f"{number}乙", f"{number}丙"])
    made = Question(
        str(number), Kind.SINGLE, stem, options, (answer,) if answer else (), where=f"工作表“题”第{number}行"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def guess(number: int) -> Problem:
    return Problem(f"工作表“题”第{number}行", Severity.WARNING, "没有写题型，已按单选题读入；请核对。")


def read(questions: Sequence[Question], *problems: Problem) -> Bank:
    """As a reader gives it: what it had to guess, what review says, and what is alike."""
    own = [problem for one in questions for problem in review(one)]
    return Bank("xlsx", "", tuple(questions), (*problems, *own, *duplicates(questions)))


def messy() -> Bank:
    """Five questions: two clean, one guessed, one without an answer, one twice."""
    first, second, third, fourth, _ = (question(number, stem) for number, stem in enumerate(STEMS, start=1))
    twin = replace(first, number="5", where="工作表“题”第5行")
    note = Problem("工作表“题”", Severity.WARNING, "这些列认不出是什么，没有读入：备注。")
    return read([first, second, third, replace(fourth, answer=()), twin], note, guess(2))


@pytest.fixture
def uploaded(store: Store) -> Store:
    imports.keep(store, UPLOAD, messy(), TOKEN, NOW)
    return store


def found(store: Store, token: str = TOKEN) -> Uploaded:
    with store.reading() as session:
        return imports.find(session, token)


def counted(store: Store) -> Counts:
    with store.reading() as session:
        return imports.counts(session, imports.find(session, TOKEN))


def shown(store: Store, show: Show = Show.ALL, text: str = "") -> list[int]:
    with store.reading() as session:
        return [row.ordinal for row in imports.page(session, imports.find(session, TOKEN), show, text).rows]


def row(store: Store, ordinal: int) -> UploadedQuestion:
    with store.reading() as session:
        return imports.one(session, imports.find(session, TOKEN), ordinal)


def said(one: UploadedQuestion) -> list[str]:
    return [problem.message for problem in (*one.problems, *one.likenesses)]


def edited(store: Store, ordinal: int, **changes: object) -> UploadedQuestion:
    seen = row(store, ordinal)
    mended = replace(seen.question, **changes)  # type: ignore[arg-type]
    return imports.edit(store, TOKEN, ordinal, seen.version, mended)


def committed(store: Store, slug: str = "energy", name: str = "节能题库") -> banks.Imported:
    return imports.commit(store, TOKEN, found(store).version, slug, name, NOW, by="王")


def kept(store: Store, slug: str = "energy") -> list[Question]:
    with store.reading() as session:
        return list(banks.search(session, slug, size=10_000).questions)


def left_in(store: Store) -> dict[str, int]:
    with store.reading() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (
                tables.BankImport,
                tables.BankImportPart,
                tables.BankImportPicture,
                tables.BankImportQuestion,
            )
        }


def make_a_bank_that_has_the_third_in_other_words(store: Store) -> None:
    others = [question(number, f"与别的题都不相同的第{number}题，问的是什么？") for number in range(60, 77)]
    alike = question(77, STEMS[2].replace("通常", "，通常"), options=question(3, STEMS[2]).options[::-1])
    alike = replace(alike, options=options_of([option.text for option in alike.options]))
    banks.import_bank(store, "energy", "节能题库", Bank("csv", "", (*others, alike)), NOW)


# --- from the upload to the preview ------------------------------------------------------------------------------


def test_what_was_uploaded_is_found_by_its_token_as_it_was(uploaded: Store) -> None:
    kept_file = found(uploaded)
    assert (kept_file.title, kept_file.name, kept_file.slug) == ("节能 2026.xlsx", "节能题库", "")
    assert (kept_file.format, kept_file.columns, kept_file.by) == ("xlsx", {"答案": "F"}, "王")
    assert [note.message for note in kept_file.notes] == ["这些列认不出是什么，没有读入：备注。"]
    with uploaded.reading() as session:
        assert imports.file_of(session, kept_file) == b"the file's own bytes"
        assert [one.question for one in imports.page(session, kept_file).rows] == list(messy().questions)


def test_how_its_columns_were_understood_is_kept_with_a_file(store: Store) -> None:
    sheets = (Sheet("题库", (Column("A", "题干", "空调…", "题目"), Column("B", "", "A；B", "答案"))), Sheet("说明", ()))
    imports.keep(store, UPLOAD, replace(messy(), sheets=sheets), TOKEN, NOW)
    assert tuple(found(store).sheets) == sheets


def test_every_field_of_a_question_survives(store: Store) -> None:
    picture = Picture("ab" * 32, "B", "空调")
    whole = Question(
        "7-1",
        Kind.MULTIPLE,
        "哪些做法省电？",
        options_of(["关灯", "开窗"]),
        ("A", "B"),
        "解析",
        "空调与照明",
        "易",
        "《节约能源法》",
        ("夏季", "办公"),
        (picture,),
        "第3段",
    )
    imports.keep(store, UPLOAD, Bank("docx", "", (whole,), (), {picture.sha256: png()}), TOKEN, NOW)
    assert row(store, 1).question == whole
    with store.reading() as session:
        assert imports.picture(session, found(store), picture.sha256) == ("image/png", png())
        with pytest.raises(NotFound):
            imports.picture(session, found(store), "cd" * 32)


def test_a_token_that_is_not_ours_finds_nothing(uploaded: Store) -> None:
    with pytest.raises(NotFound, match="重新上传"):
        found(uploaded, "another")


def test_the_figures_add_up(uploaded: Store) -> None:
    assert counted(uploaded) == Counts(
        read=5, usable=2, doubtful=2, useless=1, undecided=2, edited=0, left_out=1, essays=0
    )
    assert counted(uploaded).going_in == 4


@pytest.mark.parametrize(
    ("show", "ordinals"),
    [
        (Show.ALL, [1, 2, 3, 4, 5]),
        (Show.DOUBTFUL, [2, 4, 5]),
        (Show.LOOK, [2, 5]),
        (Show.UNUSABLE, [4]),
        (Show.UNDECIDED, [2, 5]),
        (Show.EDITED, []),
        (Show.LEFT_OUT, [4]),
    ],
)
def test_questions_are_shown_by_what_is_said_about_them(uploaded: Store, show: Show, ordinals: list[int]) -> None:
    assert shown(uploaded, show) == ordinals


@pytest.mark.parametrize(
    ("text", "ordinals"), [("显示器", [2]), ("３甲", [3]), ("100%", []), ("_", []), ("　", [1, 2, 3, 4, 5])]
)
def test_questions_are_searched_by_their_words(uploaded: Store, text: str, ordinals: list[int]) -> None:
    assert shown(uploaded, text=text) == ordinals


def test_pages_hold_fifty_and_a_page_that_is_not_there_gives_the_nearest(store: Store) -> None:
    many = [question(number, f"第{number}个问题与第{number * 7}个有什么不同？") for number in range(1, 121)]
    imports.keep(store, UPLOAD, read(many), TOKEN, NOW)
    with store.reading() as session:
        last = imports.page(session, found(store), Show.ALL, "", 99)
    assert ([one.ordinal for one in last.rows], last.number, last.pages, last.found) == (
        list(range(101, 121)),
        3,
        3,
        120,
    )


def test_two_questions_of_one_place_keep_their_own_likenesses(store: Store) -> None:
    first = question(1, STEMS[0], where="第3行")
    bank = read([first, question(2, STEMS[1], where="第3行"), replace(first, number="3", where="第3行")])
    imports.keep(store, UPLOAD, bank, TOKEN, NOW)
    assert shown(store, Show.LOOK) == [3]
    assert said(row(store, 3)) == ["与第3行（第1题）重复；请删去其中一道。"]


def test_many_notes_are_counted_though_only_the_first_are_kept(store: Store) -> None:
    notes = [Problem(f"第{n}行", Severity.WARNING, "这一行没有题干，没有读入。") for n in range(1000, 1300)]
    imports.keep(store, UPLOAD, read([question(1, STEMS[0])], *notes), TOKEN, NOW)
    assert (len(found(store).notes), found(store).more_notes) == (imports.MOST_NOTES, 300 - imports.MOST_NOTES)


def test_a_file_is_invisible_until_all_of_it_is_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    monkeypatch.setattr("campaigns.imports.uploading.columns_of", lambda row: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        imports.keep(store, UPLOAD, messy(), TOKEN, NOW)
    with pytest.raises(NotFound):
        found(store)
    monkeypatch.undo()
    imports.keep(store, UPLOAD, messy(), "another", NOW + imports.KEPT_MS + 1)
    assert left_in(store)["bank_import"] == 1


def test_what_nobody_came_back_to_is_removed_after_a_day(uploaded: Store) -> None:
    imports.keep(uploaded, UPLOAD, messy(), "another", NOW + imports.KEPT_MS)
    assert found(uploaded)
    imports.keep(uploaded, UPLOAD, messy(), "third", NOW + imports.KEPT_MS + 1)
    with pytest.raises(NotFound):
        found(uploaded)
    assert left_in(uploaded) == {
        "bank_import": 2,
        "bank_import_part": 2,
        "bank_import_picture": 0,
        "bank_import_question": 10,
    }


def test_unfinished_imports_are_listed_for_whoever_began_them(uploaded: Store) -> None:
    imports.keep(uploaded, replace(UPLOAD, title="第二份.docx"), messy(), "second", NOW + 1)
    imports.keep(uploaded, replace(UPLOAD, by="李"), messy(), "third", NOW + 2)
    with uploaded.reading() as session:
        assert [(one.title, one.questions) for one in imports.waiting(session, "王")] == [
            ("第二份.docx", 5),
            ("节能 2026.xlsx", 5),
        ]


def test_a_large_file_is_kept_in_pieces_and_put_together_again(store: Store) -> None:
    data = bytes(range(256)) * 10_000
    imports.keep(store, replace(UPLOAD, data=data), messy(), TOKEN, NOW)
    with store.reading() as session:
        assert imports.file_of(session, found(store)) == data
    assert left_in(store)["bank_import_part"] == 3


# --- deciding ----------------------------------------------------------------------------------------------------


def test_a_mended_question_is_reviewed_anew_and_its_guesses_are_settled(uploaded: Store) -> None:
    assert said(row(uploaded, 2)) == ["没有写题型，已按单选题读入；请核对。"]
    mended = edited(uploaded, 2, explanation="解析里说答案是 B。")
    assert said(mended) == ["解析里说答案是 B，答案却是 A；请核对哪一个对。"]
    assert said(edited(uploaded, 2, explanation="")) == []
    assert shown(uploaded, Show.EDITED) == [2]


def test_an_unusable_question_goes_in_once_it_is_mended(uploaded: Store) -> None:
    assert not row(uploaded, 4).goes_in
    assert edited(uploaded, 4, answer=("B",)).goes_in
    assert counted(uploaded).useless == 0


def test_a_mended_question_that_is_still_wrong_says_so(uploaded: Store) -> None:
    assert said(edited(uploaded, 4, answer=("F",))) == ["答案 F 不在选项里；请改正答案，或补上选项。"]
    assert not row(uploaded, 4).goes_in


def test_number_and_place_of_a_question_stay_whatever_is_edited(uploaded: Store) -> None:
    mended = edited(uploaded, 4, answer=("B",), number="99", where="elsewhere")
    assert (mended.question.number, mended.question.where) == ("4", "工作表“题”第4行")


def test_an_edit_of_what_somebody_else_has_just_edited_is_refused(uploaded: Store) -> None:
    seen = row(uploaded, 2)
    edited(uploaded, 2, explanation="先改的")
    with pytest.raises(Moved, match="在别处改过"):
        imports.edit(uploaded, TOKEN, 2, seen.version, replace(seen.question, explanation="后改的"))
    assert row(uploaded, 2).question.explanation == "先改的"


def test_a_question_that_is_not_there_cannot_be_edited_or_decided(uploaded: Store) -> None:
    with pytest.raises(NotFound):
        imports.edit(uploaded, TOKEN, 9, 1, question(9, STEMS[0]))
    with pytest.raises(NotFound):
        imports.decide(uploaded, TOKEN, 9, Decision.ACCEPTED)


def test_what_is_doubtful_is_accepted_or_left_out_one_by_one(uploaded: Store) -> None:
    assert imports.decide(uploaded, TOKEN, 2, Decision.ACCEPTED).decision is Decision.ACCEPTED
    assert not imports.decide(uploaded, TOKEN, 5, Decision.LEFT_OUT).goes_in
    assert shown(uploaded, Show.UNDECIDED) == []
    assert shown(uploaded, Show.LEFT_OUT) == [4, 5]
    imports.decide(uploaded, TOKEN, 2, Decision.OPEN)
    assert shown(uploaded, Show.UNDECIDED) == [2]


def test_the_rest_is_decided_with_one_word(uploaded: Store) -> None:
    imports.decide(uploaded, TOKEN, 5, Decision.LEFT_OUT)
    assert imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED) == 1
    assert [row(uploaded, ordinal).decision for ordinal in (1, 2, 4, 5)] == ["open", "accepted", "open", "left_out"]
    assert imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED) == 0


def test_a_question_whose_twin_is_left_out_is_no_twin_any_more(uploaded: Store) -> None:
    assert said(row(uploaded, 5)) == ["与工作表“题”第1行重复；请删去其中一道。"]
    imports.decide(uploaded, TOKEN, 1, Decision.LEFT_OUT)
    assert said(row(uploaded, 5)) == []
    imports.decide(uploaded, TOKEN, 1, Decision.OPEN)
    assert said(row(uploaded, 5)) == ["与工作表“题”第1行重复；请删去其中一道。"]


def test_a_question_that_is_left_out_keeps_what_was_said_about_it(uploaded: Store) -> None:
    before = counted(uploaded)
    imports.decide(uploaded, TOKEN, 5, Decision.LEFT_OUT)
    assert said(row(uploaded, 5)) == ["与工作表“题”第1行重复；请删去其中一道。"]
    assert (counted(uploaded).usable, counted(uploaded).doubtful) == (before.usable, before.doubtful)


def test_an_edit_that_makes_two_questions_alike_is_seen_at_the_later_one(uploaded: Store) -> None:
    imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
    seen = row(uploaded, 1).question
    edited(uploaded, 3, stem=seen.stem, options=seen.options)
    assert said(row(uploaded, 3)) == ["与工作表“题”第1行重复；请删去其中一道。"]


def test_a_doubt_that_is_new_was_not_accepted_with_the_others(uploaded: Store) -> None:
    imports.decide(uploaded, TOKEN, 2, Decision.ACCEPTED)
    seen = row(uploaded, 2).question
    edited(uploaded, 1, stem=seen.stem, options=seen.options)
    assert row(uploaded, 2).decision is Decision.OPEN
    assert len(said(row(uploaded, 2))) == 2


def test_a_file_for_a_bank_is_compared_with_it(uploaded: Store) -> None:
    make_a_bank_that_has_the_third_in_other_words(uploaded)
    imports.aim(uploaded, TOKEN, "energy", "节能题库")
    (message,) = said(row(uploaded, 3))
    assert "77" in message
    imports.aim(uploaded, TOKEN, "elsewhere", "另一个")
    assert said(row(uploaded, 3)) == []


def test_a_file_that_is_uploaded_for_a_bank_is_compared_at_once(store: Store) -> None:
    make_a_bank_that_has_the_third_in_other_words(store)
    imports.keep(store, replace(UPLOAD, slug="energy"), messy(), TOKEN, NOW)
    assert "77" in said(row(store, 3))[0]


@pytest.mark.race
def test_changes_that_come_together_are_all_kept(uploaded: Store, repeats: int) -> None:
    for round_ in range(repeats):
        start = threading.Barrier(3)

        def at_once(ordinal: int, start: threading.Barrier = start, round_: int = round_) -> None:
            seen = row(uploaded, ordinal)
            start.wait()
            said = replace(seen.question, explanation=f"第{round_}次")
            imports.edit(uploaded, TOKEN, ordinal, seen.version, said)

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(at_once, (1, 2, 3)))
        assert [row(uploaded, ordinal).question.explanation for ordinal in (1, 2, 3)] == [f"第{round_}次"] * 3


def test_a_decision_that_comes_while_likenesses_are_written_stays(
    uploaded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = deciding._write_likenesses

    def overtaken(*arguments: Any) -> bool:
        monkeypatch.setattr(deciding, "_write_likenesses", write)
        imports.decide(uploaded, TOKEN, 3, Decision.LEFT_OUT)
        return write(*arguments)

    monkeypatch.setattr(deciding, "_write_likenesses", overtaken)
    seen = row(uploaded, 3).question
    edited(uploaded, 1, stem=seen.stem, options=seen.options)
    assert row(uploaded, 1).question.stem == seen.stem
    assert row(uploaded, 3).decision is Decision.LEFT_OUT


@pytest.mark.race
def test_edits_and_decisions_that_come_together_do_not_wait_for_each_other(uploaded: Store, repeats: int) -> None:
    for round_ in range(repeats):
        start = threading.Barrier(3)

        def edits(start: threading.Barrier = start, round_: int = round_) -> None:
            start.wait()
            edited(uploaded, 1, stem=STEMS[round_ % 2 + 1], options=row(uploaded, round_ % 2 + 2).question.options)

        def accepts(start: threading.Barrier = start) -> None:
            start.wait()
            imports.decide(uploaded, TOKEN, 2, Decision.ACCEPTED)

        def accepts_the_rest(start: threading.Barrier = start) -> None:
            start.wait()
            imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)

        with ThreadPoolExecutor(3) as pool:
            for done in [pool.submit(one) for one in (edits, accepts, accepts_the_rest)]:
                done.result()
        assert row(uploaded, 1).version == round_ + 2


# --- into the bank -----------------------------------------------------------------------------------------------


def test_nothing_is_imported_while_a_doubtful_question_is_undecided(uploaded: Store) -> None:
    with pytest.raises(Refused, match="还有 2 题"):
        committed(uploaded)
    with uploaded.reading() as session:
        assert banks.list_banks(session) == []
    assert found(uploaded)


def test_a_file_is_not_meant_for_another_bank_before_everything_is_decided(uploaded: Store) -> None:
    make_a_bank_that_has_the_third_in_other_words(uploaded)
    with pytest.raises(Refused, match="还有 2 题"):
        committed(uploaded)
    assert found(uploaded).slug == UPLOAD.slug


def test_what_goes_in_is_imported_and_the_file_is_forgotten(uploaded: Store) -> None:
    imports.decide(uploaded, TOKEN, 5, Decision.LEFT_OUT)
    imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
    done = committed(uploaded)
    assert (done.added, done.left_out) == (3, 2)
    assert [one.stem for one in kept(uploaded)] == STEMS[:3]
    assert set(left_in(uploaded).values()) == {0}


def test_an_edited_question_is_imported_as_it_was_edited(uploaded: Store) -> None:
    edited(uploaded, 4, answer=("B",), tags=("打印",))
    imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
    committed(uploaded)
    assert kept(uploaded)[3].answer == ("B",)
    assert kept(uploaded)[3].tags == ("打印",)


def test_the_same_file_again_changes_nothing(uploaded: Store) -> None:
    imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
    committed(uploaded)
    imports.keep(uploaded, replace(UPLOAD, slug="energy"), messy(), TOKEN, NOW)
    imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
    done = committed(uploaded)
    assert (done.added, done.changed, done.unchanged) == (0, 0, 4)


def test_what_has_changed_since_it_was_seen_is_not_imported(uploaded: Store) -> None:
    seen = found(uploaded).version
    imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
    with pytest.raises(Moved, match="刚刚有改动"):
        imports.commit(uploaded, TOKEN, seen, "energy", "节能题库", NOW)


def test_an_edit_that_comes_while_a_file_is_imported_is_not_imported_unseen(
    uploaded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
    version = found(uploaded).version
    look_again = imports.aim

    def overtaken(*arguments: Any) -> None:
        edited(uploaded, 3, stem="刚刚有人改成了另一道题，是哪一道？")
        look_again(*arguments)

    monkeypatch.setattr(committing, "aim", overtaken)
    with pytest.raises(Moved, match="刚刚有改动"):
        imports.commit(uploaded, TOKEN, version, "energy", "节能题库", NOW)
    with uploaded.reading() as session:
        assert banks.list_banks(session) == []


def test_what_is_imported_stays_so_though_the_file_could_not_be_forgotten(
    uploaded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(store: Store, token: str) -> None:
        raise StoreUnavailable("数据库正忙，请稍后再试。")

    monkeypatch.setattr(committing, "drop", away)
    imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
    assert committed(uploaded).added == 4


@pytest.mark.parametrize("slug", ["", "节能", "x" * 65])
def test_a_code_that_cannot_be_is_refused_and_the_file_waits_on(uploaded: Store, slug: str) -> None:
    imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
    with pytest.raises(Refused, match="题库代号只能用"):
        committed(uploaded, slug)
    assert found(uploaded)


def test_what_a_permit_refuses_is_not_imported_and_the_wanted_bank_is_remembered(uploaded: Store) -> None:
    def refuse(plan: banks.ImportPlan) -> None:
        raise Refused("先请确认。")

    imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
    with pytest.raises(Refused, match="先请确认"):
        imports.commit(uploaded, TOKEN, found(uploaded).version, "energy", "好名字", NOW, permit=refuse)
    assert (found(uploaded).slug, found(uploaded).name) == ("energy", "好名字")


def test_what_the_bank_has_by_now_is_looked_at_before_the_import(uploaded: Store) -> None:
    imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
    make_a_bank_that_has_the_third_in_other_words(uploaded)
    with pytest.raises(Refused, match="能导入的题变了"):
        committed(uploaded)
    assert shown(uploaded, Show.UNUSABLE) == [3, 4]
    assert committed(uploaded).left_out == 2


def test_pictures_go_into_the_bank_with_their_questions(store: Store) -> None:
    picture = Picture("ab" * 32, "", "空调")
    shown_ = question(1, STEMS[0], pictures=(picture,))
    imports.keep(store, UPLOAD, Bank("docx", "", (shown_,), (), {picture.sha256: png()}), TOKEN, NOW)
    committed(store)
    assert kept(store)[0].pictures == (picture,)


@pytest.mark.race
def test_two_who_import_one_file_at_once_import_it_once(uploaded: Store, repeats: int) -> None:
    imports.drop(uploaded, TOKEN)
    for round_ in range(repeats):
        imports.keep(uploaded, UPLOAD, messy(), TOKEN, NOW)
        imports.decide_rest(uploaded, TOKEN, Decision.ACCEPTED)
        version, slug, start = found(uploaded).version, f"energy-{round_}", threading.Barrier(2)

        def at_once(_: int, version: int = version, slug: str = slug, start: threading.Barrier = start) -> int:
            start.wait()
            try:
                return imports.commit(uploaded, TOKEN, version, slug, "节能题库", NOW).added
            except (Moved, NotFound, Refused):
                return 0

        with ThreadPoolExecutor(2) as pool:
            added = list(pool.map(at_once, range(2)))
        assert sorted(added) == [0, 4]
        assert len(kept(uploaded, slug)) == 4


def test_an_empty_choice_is_refused(store: Store) -> None:
    imports.keep(store, UPLOAD, read([question(1, STEMS[0])]), TOKEN, NOW)
    imports.decide(store, TOKEN, 1, Decision.LEFT_OUT)
    with pytest.raises(Refused, match="没有可以"):
        committed(store)


def test_an_essay_is_counted_among_those_that_go_in(store: Store) -> None:
    essay = Question("1", Kind.ESSAY, "谈谈怎样节水。", where="第1行")
    imports.keep(store, UPLOAD, read([essay, question(2, STEMS[0])]), TOKEN, NOW)
    assert counted(store).essays == 1
    imports.decide(store, TOKEN, 1, Decision.LEFT_OUT)
    assert counted(store).essays == 0
