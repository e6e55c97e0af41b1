"""What was done to a campaign, by whom: one row a change, written with what it changed.

Every change raises the campaign's `version` by an UPDATE that names the version it was decided on, so of two that
change it together one is told to look again.

What a change's `values` hold, before and after in a pair where it says so:

=================== ============================================================
what                values
=================== ============================================================
published           ``questions``, ``left_out``
extended            ``closes_ms``: [before, after]
paused              ``state``: [before, after]
resumed             ``state``: [before, after], ``paused_ms``: how long it was
closed              ``state``: [before, after], ``closes_ms``: as it was planned
archived            ``state``: [before, after], ``keyword``: the one that it had
units_added         ``units``: [their names]
people_added        ``people``: how many
notice              nothing: the note is the text
question_withdrawn  ``number``
key_corrected       ``number``, ``answer``: [before, after]
excluded            ``people``: how many
readmitted          ``people``: how many
ranks_settled       ``group``, ``awards``: how many
forfeited           ``prize``; the note is the reason
prizes_added        ``groups``: [[group, [[prize, count], …]], …]
stock_raised        ``group``, ``prize``, ``more``
kept_for            ``keep_days``: [before, after]
purged              ``people``, ``attempts``, ``answers``, ``claims``: how many there were
attempts_voided     ``attempts``: how many
attempts_restored   ``attempts``: how many
=================== ============================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.banks.storable import line
from campaigns.clock import duration_in_words, in_words
from campaigns.errors import Moved

_PAIRS = ("state", "closes_ms", "answer", "keep_days")
"""The keys of values that may be [before, after]."""
NAMED = 5
"""So many units are named; the rest is counted."""


class What(StrEnum):
    PUBLISHED = "published"
    EXTENDED = "extended"
    PAUSED = "paused"
    RESUMED = "resumed"
    CLOSED = "closed"
    ARCHIVED = "archived"
    UNITS_ADDED = "units_added"
    PEOPLE_ADDED = "people_added"
    NOTICE = "notice"
    QUESTION_WITHDRAWN = "question_withdrawn"
    KEY_CORRECTED = "key_corrected"
    EXCLUDED = "excluded"
    READMITTED = "readmitted"
    RANKS_SETTLED = "ranks_settled"
    FORFEITED = "forfeited"
    PRIZES_ADDED = "prizes_added"
    STOCK_RAISED = "stock_raised"
    KEPT_FOR = "kept_for"
    PURGED = "purged"
    ATTEMPTS_VOIDED = "attempts_voided"
    ATTEMPTS_RESTORED = "attempts_restored"

    @property
    def is_public(self) -> bool:
        """Whether participants are shown it: what was not so when they read the rules."""
        return self not in {What.PUBLISHED, What.ARCHIVED}


@dataclass(frozen=True, slots=True)
class Change:
    id: int
    at_ms: int
    by: str
    """The account's name; empty: not told."""
    what: What
    values: Mapping[str, Any]
    """What of it was before and is after: see above."""
    note: str
    """The reason, or a notice's text, as participants read it."""
    timezone: str
    """The campaign's."""

    @property
    def sentence(self) -> str:
        """What was done, in Chinese, as participants read it: of a notice its text, and otherwise without the note.

        It tells no answer, since others may still be asked that question: `detail` does.
        """
        match self.what:
            case What.EXTENDED:
                before, after = (in_words(ms, self.timezone) for ms in self.values["closes_ms"])
                return f"结束时间由 {before} 延到 {after}"
            case What.RESUMED:
                return f"活动恢复，没答完的限时顺延 {duration_in_words(self.values['paused_ms'])}"
            case What.UNITS_ADDED:
                return f"新增参加单位：{_listed(self.values['units'])}"
            case What.PRIZES_ADDED:
                return f"新增奖项：{'；'.join(_offered(*group) for group in self.values['groups'])}"
            case What.STOCK_RAISED:
                return f"增加奖品：{_offered(self.values['group'], [[self.values['prize'], self.values['more']]])}"
            case What.KEPT_FOR:
                return f"个人信息改为在活动结束 {self.values['keep_days'][1]} 天后清除"
            case What.NOTICE:
                return self.note
            case _:
                return _SAID[self.what].format(**self.values)

    @property
    def detail(self) -> str:
        """What only the organiser is to know of it; mostly nothing."""
        if self.what is not What.KEY_CORRECTED:
            return ""
        before, after = ("".join(answer) for answer in self.values["answer"])
        return f"答案由 {before} 改为 {after}"


_SAID = {
    What.PUBLISHED: "发布活动，题目 {questions} 道",
    What.PAUSED: "活动暂停",
    What.CLOSED: "活动结束",
    What.ARCHIVED: "活动归档",
    What.PEOPLE_ADDED: "花名册新增 {people} 人",
    What.QUESTION_WITHDRAWN: "编号为 {number} 的题作废，含有它的答卷都得这道题的满分",
    What.KEY_CORRECTED: "编号为 {number} 的题更正了答案，成绩重新计算",
    What.EXCLUDED: "排除名单增加 {people} 人",
    What.READMITTED: "排除名单减少 {people} 人",
    What.RANKS_SETTLED: "“{group}”按名次评出，发出奖品 {awards} 份",
    What.FORFEITED: "一份“{prize}”作废",
    What.PURGED: "活动的个人信息已经清除，统计数字、抽奖证据和不带姓名的获奖记录保留",
    What.ATTEMPTS_VOIDED: "经公平核查作废答卷 {attempts} 份",
    What.ATTEMPTS_RESTORED: "经复核恢复答卷 {attempts} 份",
}


def _listed(names: list[str]) -> str:
    return "、".join(names[:NAMED]) + (f" 等 {len(names)} 个单位" if len(names) > NAMED else "")


def _offered(group: str, prizes: list[list[Any]]) -> str:
    listed = "、".join(f"{name} {count} 份" for name, count in prizes)
    return f"{group}（{listed}）" if prizes else group


def changes_of(session: Session, campaign_id: int, *, public: bool = False) -> list[Change]:
    """What was done to a campaign, the latest first; with `public` only what participants are shown."""
    change, campaign = tables.CampaignChange, tables.Campaign
    rows = session.execute(
        select(change.id, change.at_ms, change.by, change.what, change.values, change.note, campaign.timezone)
        .join(campaign, campaign.id == change.campaign_id)
        .where(change.campaign_id == campaign_id)
        .order_by(change.id.desc())
    )
    found = [Change(row.id, row.at_ms, row.by, What(row.what), row[4], row.note, row.timezone) for row in rows]
    return [one for one in found if one.what.is_public or not public]


def make(
    session: Session,
    campaign: tables.Campaign,
    what: What,
    by: str,
    now: int,
    *,
    said: Mapping[str, Any],
    note: str = "",
    version: int | None = None,
    **columns: object,
) -> None:
    """Change columns of a campaign and write down what was done. `version` as for `claim`. Raises Moved."""
    claim(session, campaign, version=version, **columns)
    _write(session, campaign.id, what, by, now, said, note)


def note_down(
    session: Session, campaign_id: int, what: What, by: str, now: int, *, said: Mapping[str, Any], note: str = ""
) -> None:
    """Write down what was done elsewhere and holds whatever else has changed, and raise the campaign's version."""
    campaign = tables.Campaign
    session.execute(update(campaign).where(campaign.id == campaign_id).values(version=campaign.version + 1))
    _write(session, campaign_id, what, by, now, said, note)


def _write(
    session: Session, campaign_id: int, what: What, by: str, now: int, said: Mapping[str, Any], note: str
) -> None:
    session.execute(
        insert(tables.CampaignChange).values(
            campaign_id=campaign_id, at_ms=now, by=line(by), what=what.value, values=dict(said), note=note
        )
    )
    slug = session.scalars(select(tables.Campaign.slug).where(tables.Campaign.id == campaign_id)).one()
    before, after = _parted(said)
    done = "announced" if what is What.NOTICE else what.value
    audit.record(session, by, f"campaign.{done}", f"campaign:{slug}", now, before=before, after=after, note=note)


def _parted(said: Mapping[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What was before and what is after, of values that hold both in a pair; the others are after."""
    pairs = {key: said[key] for key in _PAIRS if isinstance(said.get(key), list | tuple)}
    after = {**said, **{key: pair[1] for key, pair in pairs.items()}}
    return {key: pair[0] for key, pair in pairs.items()} or None, after


def claim(session: Session, campaign: tables.Campaign, *, version: int | None = None, **columns: object) -> None:
    """Change columns of a campaign, as it was read, and raise its version.

    `version` is the one that the decision was made on, where a person saw it earlier. Raises Moved when somebody
    changed the campaign since.
    """
    seen = campaign.version if version is None else version
    changed = session.execute(
        update(tables.Campaign)
        .where(tables.Campaign.id == campaign.id, tables.Campaign.version == seen)
        .values(version=seen + 1, **columns)
        .returning(tables.Campaign.id)
    ).one_or_none()
    if changed is None:
        raise Moved(f"活动 {campaign.slug} 刚刚被别人改过，请看一下现在的样子再决定。")
