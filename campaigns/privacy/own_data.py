"""Everything that is kept about one person, for that person (PIPL, art. 45): to read, and for programs.

`whole` is for whoever has made sure who asks. A page that somebody reached by name and staff number alone shows phones
and addresses masked, as the prize desk's own page does: a colleague may know both.

What is not told to anybody yet is not told here either: scores and verdicts of a campaign that reveals them later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import people, tables
from campaigns.clock import in_words
from campaigns.draws.pseudonyms import pseudonym
from campaigns.editions import Edition, load_edition
from campaigns.errors import NotFound
from campaigns.privacy.clearing import CLEARED
from campaigns.privacy.masking import masked_phone
from campaigns.privacy.requests import KINDS, STATES
from campaigns.privacy.seals import CLAIMS, PHONES, Seal
from questions.model import LETTERS, TRUE_FALSE_TEXTS

Value = str | int | bool | None

CHANNELS = {"wechat": "公众号", "wecom": "企业微信", "h5": "网页", "api": "接口", "terminal": "命令行"}
ATTEMPTS = {"open": "没有答完", "finished": "完成", "superseded": "不计（超出次数）", "void": "作废"}
AWARDS = {"awarded": "有效", "forfeited": "已作废", "unfilled": "空缺"}
MESSAGES = {"waiting": "等待发送", "sent": "已发出", "dead": "没有发出", "dropped": "没有发送"}
REASONS = {"organiser": "主办方人员", "won_before": "以前中过奖", "other": "其他"}
LATER = "公布以后才有"


class Column(NamedTuple):
    key: str
    """In JSON."""
    label: str
    is_time: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of what is kept, a row a record."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class OwnData:
    person_id: int
    made_ms: int
    zone: str
    whole: bool
    sections: Sequence[Section]

    @property
    def kept(self) -> list[Section]:
        """The sections that hold anything."""
        return [one for one in self.sections if one.rows]

    def told(self, section: Section, row: Sequence[Value]) -> list[tuple[str, str]]:
        """What a record says, by label, without what it does not say."""
        pairs = zip(section.columns, row, strict=True)
        return [(column.label, self.text(column, value)) for column, value in pairs if value not in (None, "")]

    def text(self, column: Column, value: Value) -> str:
        """A value as people read it."""
        if value is None or value == "":
            return "—"
        if isinstance(value, bool):
            return "是" if value else "否"
        return in_words(value, self.zone) if column.is_time and isinstance(value, int) else str(value)


def about(session: Session, person_id: int, secret: str, now: int, zone: str, *, whole: bool) -> OwnData:
    """Everything about a person, or about whoever they turned out to be; `zone` is for times outside of campaigns.

    `secret` is the installation's, under which phones and claims are sealed. Raises NotFound.
    """
    if session.get(tables.Person, person_id) is None:
        raise NotFound(f"没有编号为 {person_id} 的人，请查找以后再试。")
    reader = _Reader(session, people.living(session, person_id), secret, now, whole=whole)
    return OwnData(reader.person_id, now, zone, whole, list(reader.sections()))


class _Reader:
    def __init__(self, session: Session, person_id: int, secret: str, now: int, *, whole: bool) -> None:
        self.session, self.person_id, self.secret, self.now, self.whole = session, person_id, secret, now, whole
        self.selves = people.selves(session, person_id)
        self._editions: dict[int, Edition] = {}

    def sections(self) -> Iterator[Section]:
        yield self._person()
        yield self._identities()
        yield self._consents()
        yield self._bindings()
        yield self._attempts()
        yield self._answers()
        yield self._origins()
        yield self._voids()
        yield self._standings()
        yield self._moves()
        yield self._awards()
        yield self._certificates()
        yield self._exclusions()
        yield self._messages()
        yield self._replies()
        yield self._requests()

    def _edition(self, campaign_id: int) -> Edition:
        if campaign_id not in self._editions:
            self._editions[campaign_id] = load_edition(self.session, campaign_id)
        return self._editions[campaign_id]

    def _is_revealed(self, campaign_id: int, *, finished: bool) -> bool:
        return self._edition(campaign_id).is_revealed(self.now, finished=finished)

    def _phone(self, phone: str) -> str:
        return phone if self.whole else masked_phone(phone)

    def _person(self) -> Section:
        person, seal = tables.Person, Seal(self.secret, PHONES)
        rows = self.session.scalars(select(person).where(person.id.in_(self.selves)).order_by(person.id)).all()
        columns = (
            Column("id", "编号"),
            Column("name", "姓名"),
            Column("unit", "单位"),
            Column("staff_number", "工号"),
            Column("phone", "手机"),
            Column("rostered", "在花名册上"),
            Column("merged_into", "已并入编号"),
            Column("created", "登记时间", is_time=True),
        )
        return Section(
            "person",
            "身份资料",
            columns,
            [
                (
                    one.id,
                    one.name,
                    people.unit_name(self.session, one.id),
                    one.staff_number,
                    self._phone(seal.open(one.phone)),
                    one.rostered,
                    one.merged_into_id,
                    one.created_ms,
                )
                for one in rows
            ],
        )

    def _identities(self) -> Section:
        identity = tables.Identity
        rows = self.session.scalars(
            select(identity)
            .where(identity.person_id.in_(self.selves), ~identity.sender.startswith(CLEARED))
            .order_by(identity.id)
        )
        columns = (
            Column("channel", "从哪里来"),
            Column("account", "平台账号"),
            Column("sender", "平台给出的标识"),
            Column("created", "第一次来", is_time=True),
            Column("unfollowed", "取消关注", is_time=True),
            Column("muted", "不收通知", is_time=True),
        )
        return Section(
            "identities",
            "进入的身份",
            columns,
            [
                (
                    CHANNELS.get(one.channel, one.channel),
                    one.account,
                    self._sender(one),
                    one.created_ms,
                    one.unfollowed_ms,
                    one.muted_ms,
                )
                for one in rows
            ],
        )

    def _sender(self, identity: tables.Identity) -> str:
        """A browser's is what opens this very page: never told."""
        is_told = self.whole and identity.channel != "h5"
        return identity.sender if is_told else "…" + identity.sender[-4:]

    def _consents(self) -> Section:
        consent, identity, campaign = tables.Consent, tables.Identity, tables.Campaign
        rows = self.session.execute(
            select(campaign.name, consent.version, consent.given_ms)
            .join(identity, identity.id == consent.identity_id)
            .join(campaign, campaign.id == consent.campaign_id)
            .where(identity.person_id.in_(self.selves))
            .order_by(consent.given_ms, consent.id)
        )
        columns = (
            Column("campaign", "活动"),
            Column("version", "告知的版本"),
            Column("given", "同意时间", is_time=True),
        )
        return Section("consents", "对告知的同意", columns, _plain(rows))

    def _bindings(self) -> Section:
        binding, identity, unit = tables.Binding, tables.Identity, tables.Unit
        rows = self.session.execute(
            select(unit.name, binding.name, binding.failed, binding.changed_ms)
            .join(identity, identity.id == binding.identity_id)
            .outerjoin(unit, unit.id == binding.unit_id)
            .where(identity.person_id.in_(self.selves))
        )
        columns = (
            Column("unit", "单位"),
            Column("name", "填写的姓名"),
            Column("failed", "没有对上的次数"),
            Column("changed", "时间", is_time=True),
        )
        return Section("bindings", "没有办完的绑定", columns, _plain(rows))

    def _attempts(self) -> Section:
        attempt = tables.Attempt
        rows = self.session.scalars(
            select(attempt).where(attempt.person_id.in_(self.selves)).order_by(attempt.begun_ms, attempt.id)
        ).all()
        columns = (
            Column("campaign", "活动"),
            Column("ordinal", "第几次"),
            Column("state", "状态"),
            Column("score", "得分"),
            Column("begun", "开始", is_time=True),
            Column("finished", "结束", is_time=True),
            Column("used_seconds", "用时（秒）"),
        )
        return Section(
            "attempts",
            "答题",
            columns,
            [
                (
                    self._edition(one.campaign_id).name,
                    one.ordinal,
                    ATTEMPTS.get(one.state, one.state),
                    one.score if self._is_revealed(one.campaign_id, finished=one.state != "open") else LATER,
                    one.begun_ms,
                    one.finished_ms,
                    None if one.used_ms is None else one.used_ms // 1_000,
                )
                for one in rows
            ],
        )

    def _answers(self) -> Section:
        attempt, answer, revision = tables.Attempt, tables.Answer, tables.QuestionRevision
        rows = self.session.execute(
            select(attempt.campaign_id, attempt.ordinal, attempt.state, answer, revision.stem, revision.options)
            .join(answer, answer.attempt_id == attempt.id)
            .join(revision, revision.id == answer.revision_id)
            .where(attempt.person_id.in_(self.selves))
            .order_by(attempt.begun_ms, attempt.id, answer.position)
        )
        columns = (
            Column("campaign", "活动"),
            Column("ordinal", "第几次"),
            Column("position", "第几题"),
            Column("question", "题目"),
            Column("given", "回答"),
            Column("points", "得分"),
            Column("answered", "时间", is_time=True),
        )
        return Section(
            "answers",
            "每道题的回答",
            columns,
            [
                (
                    self._edition(campaign_id).name,
                    ordinal,
                    one.position,
                    stem,
                    given_in_words(one.given, options),
                    one.points if self._is_revealed(campaign_id, finished=state != "open") else LATER,
                    one.answered_ms,
                )
                for campaign_id, ordinal, state, one, stem, options in rows
            ],
        )

    def _origins(self) -> Section:
        attempt, origin, campaign = tables.Attempt, tables.AttemptOrigin, tables.Campaign
        rows = self.session.execute(
            select(campaign.name, attempt.ordinal, origin.network, origin.begun_ms)
            .join(attempt, attempt.id == origin.attempt_id)
            .join(campaign, campaign.id == origin.campaign_id)
            .where(attempt.person_id.in_(self.selves))
            .order_by(origin.begun_ms)
        )
        columns = (
            Column("campaign", "活动"),
            Column("ordinal", "第几次"),
            Column("network", "网络地址段"),
            Column("begun", "时间", is_time=True),
        )
        return Section("origins", "从哪个网络开始答题", columns, _plain(rows))

    def _voids(self) -> Section:
        attempt, void, campaign = tables.Attempt, tables.AttemptVoid, tables.Campaign
        rows = self.session.execute(
            select(campaign.name, attempt.ordinal, void.reason, void.at_ms)
            .join(attempt, attempt.id == void.attempt_id)
            .join(campaign, campaign.id == void.campaign_id)
            .where(attempt.person_id.in_(self.selves))
            .order_by(void.at_ms)
        )
        columns = (
            Column("campaign", "活动"),
            Column("ordinal", "第几次"),
            Column("reason", "作废的原因"),
            Column("at", "时间", is_time=True),
        )
        return Section("voids", "作废的答题", columns, _plain(rows))

    def _standings(self) -> Section:
        standing = tables.Standing
        rows = self.session.scalars(
            select(standing).where(standing.person_id.in_(self.selves)).order_by(standing.finished_ms)
        ).all()
        columns = (
            Column("campaign", "活动"),
            Column("points", "计入的成绩"),
            Column("finished", "时间", is_time=True),
            Column("entrant", "抽奖编号"),
        )
        return Section(
            "standings",
            "成绩",
            columns,
            [
                (
                    self._edition(one.campaign_id).name,
                    one.points if self._is_revealed(one.campaign_id, finished=True) else LATER,
                    one.finished_ms,
                    pseudonym(self._edition(one.campaign_id).salt, one.person_id),
                )
                for one in rows
            ],
        )

    def _moves(self) -> Section:
        move, regrade, campaign = tables.RegradeMove, tables.Regrade, tables.Campaign
        rows = self.session.execute(
            select(regrade.campaign_id, campaign.name, regrade.begun_ms, move.points_before, move.points_after)
            .join(regrade, regrade.id == move.regrade_id)
            .join(campaign, campaign.id == regrade.campaign_id)
            .where(move.person_id.in_(self.selves))
            .order_by(regrade.begun_ms)
        )
        columns = (
            Column("campaign", "活动"),
            Column("at", "时间", is_time=True),
            Column("before", "更正以前"),
            Column("after", "更正以后"),
        )
        shown = [
            (name, at, *((before, after) if self._is_revealed(campaign_id, finished=True) else (LATER, LATER)))
            for campaign_id, name, at, before, after in rows
        ]
        return Section("regrades", "题目更正以后的成绩变动", columns, shown)

    def _awards(self) -> Section:
        award, claim, campaign = tables.Award, tables.Claim, tables.Campaign
        seal = Seal(self.secret, CLAIMS)
        rows = self.session.execute(
            select(award, claim.sealed, claim.claimed_ms, claim.shipment, campaign.name)
            .join(campaign, campaign.id == award.campaign_id)
            .outerjoin(claim, claim.award_id == award.id)
            .where(award.person_id.in_(self.selves))
            .order_by(award.awarded_ms, award.id)
        )
        columns = (
            Column("campaign", "活动"),
            Column("prize", "奖品"),
            Column("state", "状态"),
            Column("entrant", "抽奖编号"),
            Column("awarded", "获奖时间", is_time=True),
            Column("redeemed", "发放时间", is_time=True),
            Column("claimed", "登记时间", is_time=True),
            Column("name", "收件人"),
            Column("phone", "收件手机"),
            Column("address", "收件地址"),
            Column("shipment", "快递单号"),
        )
        found = []
        for one, sealed, claimed_ms, shipment, name in rows:
            told: Mapping[str, str] = json.loads(seal.open(sealed) or "{}")
            address = told.get("address", "")
            found.append(
                (
                    name,
                    one.prize,
                    AWARDS.get(one.state, one.state),
                    one.entrant,
                    one.awarded_ms,
                    one.redeemed_ms,
                    claimed_ms,
                    told.get("name", "") if self.whole else told.get("name", "")[:1] + "*" * bool(told.get("name")),
                    self._phone(told.get("phone", "")),
                    address if self.whole or not address else address[:3] + "……",
                    shipment or "",
                )
            )
        return Section("awards", "奖品", columns, found)

    def _certificates(self) -> Section:
        certificate, group, campaign = tables.Certificate, tables.PrizeGroup, tables.Campaign
        rows = self.session.execute(
            select(campaign.name, certificate.number, certificate.name, certificate.issued_ms)
            .join(group, group.id == certificate.group_id)
            .join(campaign, campaign.id == group.campaign_id)
            .where(certificate.person_id.in_(self.selves))
            .order_by(certificate.issued_ms)
        )
        columns = (
            Column("campaign", "活动"),
            Column("number", "证书编号"),
            Column("name", "证书上的姓名"),
            Column("issued", "发证时间", is_time=True),
        )
        return Section("certificates", "证书", columns, _plain(rows))

    def _exclusions(self) -> Section:
        exclusion, campaign = tables.Exclusion, tables.Campaign
        rows = self.session.execute(
            select(campaign.name, exclusion.why, exclusion.at_ms)
            .join(campaign, campaign.id == exclusion.campaign_id)
            .where(exclusion.person_id.in_(self.selves))
            .order_by(exclusion.at_ms)
        )
        columns = (Column("campaign", "活动"), Column("why", "原因"), Column("at", "时间", is_time=True))
        return Section(
            "exclusions", "不参与评奖", columns, [(name, REASONS.get(why, why), at) for name, why, at in rows]
        )

    def _messages(self) -> Section:
        outbox, campaign = tables.OutboxMessage, tables.Campaign
        rows = self.session.execute(
            select(campaign.name, outbox.sent_by, outbox.state, outbox.created_ms, outbox.sent_ms)
            .outerjoin(campaign, campaign.id == outbox.campaign_id)
            .where(outbox.person_id.in_(self.selves))
            .order_by(outbox.id)
        )
        columns = (
            Column("campaign", "活动"),
            Column("way", "从哪里发"),
            Column("state", "状态"),
            Column("created", "写下", is_time=True),
            Column("sent", "发出", is_time=True),
        )
        ways = CHANNELS | {"sms": "短信", "mail": "邮件"}
        shown = [
            (name, ways.get(way, way), MESSAGES.get(state, state), created, sent)
            for name, way, state, created, sent in rows
        ]
        return Section("messages", "发给您的通知", columns, shown)

    def _replies(self) -> Section:
        inbound, identity = tables.Inbound, tables.Identity
        rows = self.session.execute(
            select(inbound.received_ms, inbound.reply)
            .join(identity, identity.id == inbound.identity_id)
            .where(identity.person_id.in_(self.selves))
            .order_by(inbound.received_ms)
        )
        columns = (Column("received", "收到消息", is_time=True), Column("reply", "回复"))
        return Section("replies", "两天以内的聊天回复", columns, _plain(rows))

    def _requests(self) -> Section:
        request = tables.DataRequest
        rows = self.session.scalars(
            select(request).where(request.person_id.in_(self.selves)).order_by(request.asked_ms, request.id)
        )
        columns = (
            Column("kind", "申请"),
            Column("text", "说明"),
            Column("state", "状态"),
            Column("answer", "答复"),
            Column("asked", "提出", is_time=True),
            Column("ended", "办结", is_time=True),
        )
        return Section(
            "requests",
            "关于个人信息的申请",
            columns,
            [(KINDS[one.kind], one.text, STATES[one.state], one.answer, one.asked_ms, one.ended_ms) for one in rows],
        )


def given_in_words(given: str, options: Sequence[str]) -> str:
    """An answer as it is kept (``AC``, ``true``, the text of blanks), as people read it."""
    if not given:
        return "没有回答"
    if given in TRUE_FALSE_TEXTS:
        return TRUE_FALSE_TEXTS[given]
    if options and all(letter in LETTERS[: len(options)] for letter in given):
        return "；".join(f"{letter}. {options[LETTERS.index(letter)]}" for letter in given)
    return given


def _plain(rows: Iterable[Any]) -> list[tuple[Value, ...]]:
    return [tuple(row) for row in rows]
