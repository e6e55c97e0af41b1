"""Drafts → questions: what kind each is and what its answer means, with every doubt said aloud.

What a code means (1 for true? counting from 0 or 1?) is only taken from proof: from what the file itself says, or
from answers that allow one reading alone. Without proof the answer stays empty and the person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from questions.model import EXPLANATION, LETTERS, Kind, Option, Picture, Problem, Question, Severity
from questions.readers.drafts import Draft
from questions.readers.meaning.answers import (
    fold,
    inline_answers,
    leading_truth,
    letters_in,
    says_nothing,
    split_answer,
    truth_of,
    without_points,
    without_remark,
)
from questions.readers.meaning.choices import read_choice, texts_named
from questions.readers.meaning.conventions import Conventions, Item, truths_of
from questions.readers.meaning.kinds import CHOICE, Named, kind_marked, kind_named
from questions.readers.meaning.options import glued, glued_answer, labelled, unlabelled
from questions.readers.meaning.texts import read_blanks, read_essay
from questions.readers.meaning.truths import read_truth
from questions.readers.quoting import brief
from questions.review import NO_ANSWER, blank_marks, review

_NUMBERED = re.compile(r"\s*(\d{1,4})\s*(?:[、．:：)）]|\.(?!\d))\s*(?=\S)")
_SHORT = 20
_BRACKET = re.compile(
    r"[（(【\[]\s*(?=\S)([A-Za-jＡ-Ｊ√×✓✗✔✘✖❌对错正确误是否不、,，;；|/\s\ufe0f]{1,20}?)\s*[\]】)）]"
)
_UNMOVED = [dict(zip(LETTERS[:count], LETTERS, strict=False)) for count in range(len(LETTERS) + 1)]
_WEAK = {"是", "否", "y", "n", "t", "f", "v", "x", "yes", "no", "真", "假", "正", "误", "非"}
"""Words for true and false that may as well answer another kind of question."""
_SIGNS, _STOPS = frozenset("√×✓✗✔✘❌"), frozenset("，,。；;（(")
_ONCE = (
    (re.compile(r"(?:没有另写答案|答案栏是空的)，答案“.*”取自题干的括号；请核对。"), True),
    (re.compile(r"题干的括号里写着答案“.*”，已从题干中去掉；请核对。"), False),
    (re.compile(r"没有写题型，答案“.*”已按判断题读入；请核对。"), False),
    (re.compile(r"答案“.*”是序号，已按从 [01] 数起读成 [A-Z]+；请核对。"), False),
)
"""Warnings that are said once for a file, each with whether it says nothing where most questions are so."""
_EMPTY_PLACES = {"/", "\\", "-", "--", "—", "——"}


def settle(drafts: Sequence[Draft], legend: str = "") -> list[tuple[Question, list[Problem]]]:
    """Each draft's question with its problems, in order.

    `drafts` share their conventions (one sheet, one file); `legend` is the text around them.
    """
    _take_numbers(drafts)
    items = [_item(draft) for draft in drafts]
    answered = {_series(item) for item in items if item.draft.answer or any(item.draft.blanks)}
    for item in items:
        _answer_in_stem(item, _series(item) in answered)
    conventions = Conventions.found_in(items, legend)
    if conventions.kinds:
        meant = "、".join(f"{code} 为{kind.label}" for code, kind in sorted(conventions.kinds.items()))
        items[0].draft.warning(f"题型写的是代码，已按题目的内容理解：{meant}；请核对。")
    questions = [_question(item, conventions) for item in items]
    _say_once([problems for _, problems in questions])
    return questions


def _say_once(told: Sequence[list[Problem]]) -> None:
    """What a file does throughout is said at the first question that does it, with how many others do."""
    for pattern, habit in _ONCE:
        said = [(problems, problem) for problems in told for problem in problems if pattern.fullmatch(problem.message)]
        all_alike = habit and 2 * len(said) > len(told) > 2
        for problems, problem in said if all_alike else said[1:]:
            problems.remove(problem)
        if said[1:] and not all_alike:
            problems, problem = said[0]
            message = f"{problem.message.removesuffix('；请核对。')}，另有 {len(said) - 1} 题也是这样；请核对。"
            problems[problems.index(problem)] = replace(problem, message=message)


def _series(item: Item) -> Kind | None:
    """The questions that are answered in the same way: those of a table all, those of a text kind by kind."""
    return item.kind if item.draft.parted else None


def _take_numbers(drafts: Sequence[Draft]) -> None:
    """Numbers in front of stems are the file's numbers where most stems have one, or where they repeat the number."""
    found = [None if draft.parted else _NUMBERED.match(draft.stem) for draft in drafts]
    numbered = sum(map(bool, found)) >= max(2, 0.6 * len(drafts)) and not any(draft.number for draft in drafts)
    for draft, match in zip(drafts, found, strict=True):
        if match and (numbered or match[1] == draft.number):
            draft.number, draft.stem = match[1], draft.stem[match.end() :]


def _item(draft: Draft) -> Item:
    """The draft with its cells taken apart: explanation from answer, letters from options, gaps closed."""
    if draft.parted:
        draft.answer = "" if says_nothing(draft.answer) else draft.answer
        named = _named(draft)
        _take_points(draft, named)
        _take_remark(draft)
        return Item(draft, named, *_close_gaps(draft))
    answer, explanation, leftover = split_answer(draft.answer)
    if explanation and not draft.explanation:
        draft.explanation = explanation
    if leftover:
        draft.warning(f"答案后面还有别的文字“{brief(leftover)}”，没有当作答案；请核对。")
    draft.answer = "" if says_nothing(answer) else answer
    named = _named(draft)
    if not any(draft.options) and (named is None or named.kind in {None, Kind.SINGLE, Kind.MULTIPLE}):
        _options_in_stem(draft)
    _unglue(draft)
    _take_points(draft, named)
    _take_remark(draft)
    options, moved = _close_gaps(draft)
    return Item(draft, named, options, moved)


def _take_points(draft: Draft, named: Named | None) -> None:
    """What an answer is worth, behind it, is no part of it; in a model answer it says how to mark."""
    if draft.template or (named is not None and named.kind is Kind.ESSAY):
        return
    draft.blanks = [without_points(blank) for blank in draft.blanks]
    bare = without_points(draft.answer)
    asked = named is not None or any(draft.options) or blank_marks(draft.stem) > 0
    if asked or len(bare) <= _SHORT:
        draft.answer = bare


def _take_remark(draft: Draft) -> None:
    """``B。根据…`` is the answer and why."""
    if not any(draft.options) or len(draft.answer) < 4 or draft.answer in draft.options:
        return
    if (found := without_remark(draft.answer)) is not None:
        draft.answer, reason = found
        draft.explanation = "\n".join(text for text in (reason, draft.explanation) if text)


def _named(draft: Draft) -> Named | None:
    if draft.kind:
        named = kind_named(draft.kind)
        if named is None and not draft.kind.isdigit():
            return Named(Kind.ESSAY, draft.kind)
        return named
    return draft.section or kind_marked(draft.stem)


def _options_in_stem(draft: Draft) -> None:
    found = labelled(draft.stem) or glued(draft.stem)
    if found[0] and found[1]:
        draft.stem, draft.options = found


def _unglue(draft: Draft) -> None:
    """推理机 答案：ABCD, in the last option or the stem."""
    last = max((index for index, text in enumerate(draft.options) if text), default=None)
    found = glued_answer(draft.stem if last is None else draft.options[last])
    if found is None or not found[0]:
        return
    text, answer = found
    if last is None:
        draft.stem = text
    else:
        draft.options[last] = text
    answer, explanation, _ = split_answer(answer)
    draft.explanation = draft.explanation or explanation
    if not draft.answer:
        draft.answer = answer
    elif letters_in(draft.answer) != letters_in(answer):
        draft.error(f"题目里写着答案“{brief(answer)}”，答案栏却是“{brief(draft.answer)}”；请核对哪一个对。")
        draft.answer = ""


def _close_gaps(draft: Draft) -> tuple[tuple[Option, ...], dict[str, str]]:
    """The options lettered without gaps, and from which letter in the file to which here."""
    texts = list(draft.options) if draft.parted else unlabelled(draft.options)
    shown = {picture.place for picture in draft.pictures} if draft.pictures else ()
    while texts and _says_nothing(texts) and LETTERS[len(texts) - 1 : len(texts)] not in shown:
        texts.pop()
    if len(texts) > len(LETTERS):
        draft.error(f"有 {len(texts)} 个选项，最多只能有 {len(LETTERS)} 个；请核对这一行。")
        texts = texts[: len(LETTERS)]
    if all(texts):
        return tuple(map(Option, LETTERS, texts)), _UNMOVED[len(texts)]
    kept = [(LETTERS[index], text) for index, text in enumerate(texts) if text or LETTERS[index] in shown]
    options = tuple(Option(LETTERS[index], text) for index, (_, text) in enumerate(kept))
    moved = {old: LETTERS[index] for index, (old, _) in enumerate(kept)}
    if len(kept) < len(texts):
        missing = "、".join(LETTERS[index] for index in range(len(texts)) if LETTERS[index] not in moved)
        draft.warning(f"选项 {missing} 是空的，后面的选项依次前移，答案也跟着改；请核对。")
    return options, moved


def _says_nothing(texts: list[str]) -> bool:
    return not texts[-1] or (len(texts) > 2 and texts[-1] in _EMPTY_PLACES)


def _answer_in_stem(item: Item, answered: bool) -> None:
    """An answer that stands in the stem's bracket or blank: taken where there is no other, and never shown."""
    draft = item.draft
    kind = item.named.kind if item.named else None
    if kind is Kind.BLANK or (kind is None and not item.options and not draft.answer):
        stem, inline = inline_answers(draft.stem)
        if inline and not draft.answer and not any(draft.blanks):
            draft.stem, draft.blanks = stem, inline
            return
    if kind in {Kind.BLANK, Kind.ESSAY}:
        return
    found = _bracketed(item, draft.stem)
    if found is None:
        return
    match, text = found
    before, behind = draft.stem[: match.start()], draft.stem[match.end() :]
    emptied = f"{before.rstrip()}{behind}" if blank_marks(before) else f"{before}（　）{behind}"
    if not draft.answer:
        draft.stem, draft.answer = emptied, text
        if answered:
            where = "没有另写答案" if draft.parted else "答案栏是空的"
            draft.warning(f"{where}，答案“{text}”取自题干的括号；请核对。")
    elif _meant(draft.answer) == _meant(text):
        draft.stem = emptied
        if not draft.parted:
            draft.warning(f"题干的括号里写着答案“{text}”，已从题干中去掉；请核对。")
    elif draft.parted and not blank_marks(draft.stem):
        draft.warning(f"题干的括号里写着“{text}”，和答案“{brief(draft.answer)}”不一样；请核对。")


def _meant(text: str) -> tuple[str, ...] | bool | None:
    truth = truth_of(text)
    return truth if truth is not None else letters_in(text)


def _bracketed(item: Item, stem: str) -> tuple[re.Match[str], str] | None:
    """The last bracket that holds nothing but letters of this question's options, or a sign for true or false."""
    if "(" not in stem and "（" not in stem and "【" not in stem and "[" not in stem:
        return None
    true_false = item.kind is Kind.TRUE_FALSE or (item.kind is None and not item.options)
    true_false = true_false or truths_of(item.options) is not None
    found: list[tuple[re.Match[str], str]] = []
    for match in reversed(list(_BRACKET.finditer(stem))):
        text = match[1]
        if true_false and truth_of(text) is not None:
            return match, text
        if item.kind is Kind.TRUE_FALSE and not item.options and text in {"A", "B"} and _ends_with(match, text, stem):
            return match, text
        letters = letters_in(text) if item.options else None
        if letters and all(letter in item.moved for letter in letters) and not _small_mark(match, stem):
            found.append((match, text))
    if item.draft.parted and blank_marks(stem):
        return next((pair for pair in found[:1] if _ends_with(*pair, stem)), None)
    if not found:
        return None
    if len({_meant(text) for _, text in found}) > 1 and not item.draft.answer:
        both = "”和“".join(text for _, text in found[:2])
        item.draft.error(f"题干的括号里有“{both}”，看不出哪个是答案；请补上答案。")
        return None
    return found[0]


def _ends_with(match: re.Match[str], text: str, stem: str) -> bool:
    """``市场（ ）、（ ）的优势 (AB)``: beside empty blanks only capitals in the last bracket are an answer."""
    return text.isupper() and not stem[match.end() :].strip(" 。.")


def _small_mark(match: re.Match[str], stem: str) -> bool:
    """``如图（a）所示``: a small letter within the sentence is a mark in a picture, not an answer."""
    return match[1].islower() and bool(stem[match.end() :].strip(" 。.？?！!：:"))


def _question(item: Item, conventions: Conventions) -> tuple[Question, list[Problem]]:
    draft = item.draft
    kind = _kind(item, conventions)
    answer = _answer(item, kind, conventions)
    choice = kind in {Kind.SINGLE, Kind.MULTIPLE}
    question = Question(
        number=draft.number,
        kind=kind,
        stem=draft.stem,
        options=item.options if choice else (),
        answer=answer,
        explanation=draft.explanation,
        category=draft.category,
        difficulty=draft.difficulty,
        source=draft.source,
        tags=tuple(draft.tags),
        pictures=_pictures(item, choice),
        where=draft.where,
    )
    told = any(problem.severity is Severity.ERROR for problem in draft.problems)
    more = [
        problem
        for problem in review(question)
        if not (told and problem.message == NO_ANSWER)
        and not (item.named and item.named.foreign and kind is Kind.ESSAY)
    ]
    return question, draft.problems + more


def _pictures(item: Item, choice: bool) -> tuple[Picture, ...]:
    """Those of options under the letters that these have here; without options they belong to the stem."""
    found: list[Picture] = []
    for picture in item.draft.pictures:
        place = picture.place
        if place not in {"", EXPLANATION}:
            place = item.moved.get(place, "") if choice else ""
        found.append(replace(picture, place=place))
    return tuple(found)


def _kind(item: Item, conventions: Conventions) -> Kind:
    draft, named = item.draft, item.named
    if named and named.foreign:
        draft.error(f"题型“{named.foreign}”还不支持，不能在答题中使用；请改成单选、多选、判断或填空。")
        return Kind.ESSAY
    kind = named.kind if named else conventions.kinds.get(draft.kind)
    if kind is Kind.TRUE_FALSE and len(item.options) >= 2 and truths_of(item.options) is None:
        kind = _by_count(item)
        draft.warning(f"题型写的是判断，选项却不是“正确、错误”，已按{kind.label}读入；请核对。")
    return kind or _inferred(item, conventions)


def _inferred(item: Item, conventions: Conventions) -> Kind:
    """The kind that the content shows where the file names none."""
    draft, answer = item.draft, item.draft.answer
    if item.options:
        plain = item.named is not CHOICE and truths_of(item.options, judged=False) is not None
        return Kind.TRUE_FALSE if plain else _by_count(item)
    if item.named is CHOICE:
        return _by_count(item)
    if any(draft.blanks):
        return Kind.BLANK
    if truth_of(answer) is not None or (answer in conventions.coded and conventions.coded_alone):
        if fold(answer) in _WEAK:
            draft.warning(f"没有写题型，答案“{answer}”已按判断题读入；请核对。")
        return Kind.TRUE_FALSE
    if (
        answer[:1] in _SIGNS
        and answer[1:2] in _STOPS
        and leading_truth(answer) is not None
        and not blank_marks(draft.stem)
    ):
        return Kind.TRUE_FALSE
    if letters_in(answer) is not None and len(answer) <= 5 and not blank_marks(draft.stem):
        return _by_count(item)
    kind = Kind.BLANK if blank_marks(draft.stem) or 0 < len(answer) <= _SHORT else Kind.ESSAY
    draft.warning(f"没有写题型，也没有选项，已按{kind.label}题读入；请核对。")
    return kind


def _by_count(item: Item) -> Kind:
    letters = letters_in(item.draft.answer)
    if item.options and (letters is None or any(letter not in item.moved for letter in letters)):
        return Kind.MULTIPLE if texts_named(item) > 1 else Kind.SINGLE
    return Kind.MULTIPLE if letters and len(letters) > 1 else Kind.SINGLE


def _answer(item: Item, kind: Kind, conventions: Conventions) -> tuple[str, ...]:
    if item.draft.answer_mark is not None and kind is not Kind.ESSAY:
        if item.draft.answer_mark == "date":
            item.draft.error(f"答案被表格软件变成了日期“{item.draft.answer}”；请把单元格设为文本，重新填写答案。")
            return ()
        if kind is Kind.BLANK:
            item.draft.warning(f"答案“{item.draft.answer}”在表格里是数字；如果原来是百分数，请设为文本后重填。")
    if kind is Kind.TRUE_FALSE:
        return read_truth(item, conventions)
    if kind is Kind.BLANK:
        return read_blanks(item)
    if kind is Kind.ESSAY:
        return read_essay(item)
    return read_choice(item, kind, conventions)
