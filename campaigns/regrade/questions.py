"""The question that is found wrong, and its right key as somebody types it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.editions import SAID, question_of
from campaigns.errors import NotFound, Refused
from questions import grading
from questions.model import ALTERNATIVES, Kind, Question
from questions.papers import Place


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a campaign, as it is marked now."""

    revision_id: int
    number: str
    """In its bank; behind the bank's slug and a slash where several banks of the campaign have that number."""
    question: Question
    """A corrected key is in it."""
    withdrawn: bool


def find_question(session: Session, campaign_id: int, number: str) -> Asked:
    """The question of a number, or of ``bank/number``. Raises NotFound, and Refused for a number that several have."""
    asked, revision, question, bank = tables.CampaignQuestion, tables.QuestionRevision, tables.Question, tables.Bank
    wanted = number.strip()
    slug, slash, of_bank = wanted.partition("/")
    rows = session.execute(
        select(
            revision.id,
            question.number,
            bank.slug,
            asked.answer.label("corrected"),
            asked.withdrawn,
            *SAID,
        )
        .join(asked, asked.revision_id == revision.id)
        .join(question, question.id == revision.question_id)
        .join(bank, bank.id == question.bank_id)
        .where(
            asked.campaign_id == campaign_id,
            (question.number == wanted) | ((bank.slug == slug) & (question.number == of_bank) & bool(slash)),
        )
        .order_by(asked.ordinal)
    ).all()
    if not rows:
        raise NotFound(f"活动里没有编号为 {wanted[:64]} 的题：编号是题库里的编号，请核对。")
    if len(rows) > 1:
        choices = "、".join(f"{row.slug}/{row.number}" for row in rows)
        raise Refused(f"编号 {wanted} 有 {len(rows)} 道题，请连题库一起写：{choices}。")
    (row,) = rows
    found = question_of(row, row.number)
    if row.corrected is not None:
        found = replace(found, answer=tuple(row.corrected))
    return Asked(row.id, wanted, found, row.withdrawn)


def read_key(question: Question, text: str) -> tuple[str, ...]:
    """A key as it is kept in a bank: ``AC``, ``正确``, or for blanks ``26；二十 | 20``. Raises Refused."""
    match question.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            return _read_letters(question, text)
        case Kind.TRUE_FALSE:
            read = grading.read(question, Place(0, ""), text)
            if read is None:
                raise Refused("这是判断题，正确答案请写 正确 或 错误。")
            return (read,)
        case Kind.BLANK:
            return _read_blanks(question, text)
        case Kind.ESSAY:
            raise Refused("简答题不计分，没有答案可以更正。")


def key_shown(question: Question, key: Sequence[str]) -> str:
    """A key as a person reads it, in the bank's own letters."""
    place = Place(0, "".join(option.letter for option in question.options))
    return grading.answer_shown(replace(question, answer=tuple(key)), place)


def _read_letters(question: Question, text: str) -> tuple[str, ...]:
    letters = re.sub(r"[\s、,;/]+", "", unicodedata.normalize("NFKC", text).upper())
    known = "".join(option.letter for option in question.options)
    if not letters or len(set(letters)) != len(letters) or not set(letters) <= set(known):
        raise Refused(f"正确答案请写题库里的选项字母（{known}），如 {known[:1]}；这里写的是“{text[:40]}”。")
    if question.kind is Kind.SINGLE and len(letters) != 1:
        raise Refused("这是单选题，正确答案只能是一个字母；有几个都对的，请把这道题作废。")
    return tuple(sorted(letters))


def _read_blanks(question: Question, text: str) -> tuple[str, ...]:
    blanks = [re.split(r"\s*[|｜]\s*", blank.strip()) for blank in re.split("[；;]", text)]
    if len(blanks) != len(question.answer) or not all(grading.folded(one) for blank in blanks for one in blank):
        raise Refused(f"这道题有 {len(question.answer)} 个空，正确答案请用“；”分开，一个空的几种写法用“ | ”分开。")
    return tuple(ALTERNATIVES.join(blank) for blank in blanks)
