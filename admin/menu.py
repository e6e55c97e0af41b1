"""Where one can go from every page, and from every page of a campaign: one table each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app

from admin.rights import Action, is_scoped, may
from campaigns.staff import Account


@dataclass(frozen=True, slots=True)
class Place:
    action: Action
    endpoint: str
    label: str
    in_drafts: bool = False
    """Of a campaign: whether it is there before publishing."""

    @property
    def is_there(self) -> bool:
        return f"admin.{self.endpoint}" in current_app.view_functions


PLACES = (
    Place(Action.SEE_CAMPAIGNS, "campaigns", "活动"),
    Place(Action.SEE_BANKS, "banks", "题库"),
    Place(Action.SEE_UNITS, "unit_tree", "单位"),
    Place(Action.SEE_PEOPLE, "people", "人员"),
    Place(Action.SEE_DRAWS, "draws", "抽奖"),
    Place(Action.REDEEM, "desk", "兑奖台"),
    Place(Action.HANDLE_MESSAGES, "messages", "通知"),
)
MORE = (
    Place(Action.EXPORT, "jobs", "任务"),
    Place(Action.SEE_ACCOUNTS, "accounts", "平台账号"),
    Place(Action.MANAGE_STAFF, "staff_accounts", "后台账号"),
    Place(Action.MANAGE_DATA, "data_requests", "个人信息"),
    Place(Action.SEE_AUDIT, "audit_log", "审计日志"),
    Place(Action.SEE_SYSTEM, "system", "系统"),
)
OF_CAMPAIGN = (
    Place(Action.SEE_CAMPAIGNS, "campaign", "概况", in_drafts=True),
    Place(Action.SEE_FIGURES, "campaign_figures", "数据"),
    Place(Action.SEE_CAMPAIGNS, "campaign_doors", "入口与海报", in_drafts=True),
    Place(Action.SEE_STANDINGS, "campaign_rankings", "排名"),
    Place(Action.SEE_DRAWS, "campaign_prizes", "奖品", in_drafts=True),
    Place(Action.SEE_DRAWS, "campaign_awards", "获奖", in_drafts=True),
    Place(Action.SEE_DRAWS, "campaign_draws", "抽奖"),
    Place(Action.SEE_PEOPLE, "campaign_absentees", "未参与"),
    Place(Action.REVIEW_ATTEMPTS, "campaign_signals", "公平核查"),
    Place(Action.RUN_CAMPAIGNS, "campaign_questions", "题目更正"),
    Place(Action.SEE_REPORTS, "campaign_reports", "报告"),
    Place(Action.EXPORT, "campaign_exports", "导出"),
    Place(Action.MANAGE_DATA, "campaign_data", "个人信息"),
)


def open_to(account: Account, places: Iterable[Place]) -> list[Place]:
    """Those of the places that are there, and that an account may go to."""
    return [one for one in places if one.is_there and may(account.role, one.action) and _shows(account, one)]


def _shows(account: Account, place: Place) -> bool:
    """Whether there is more than their own units to see, to those who see nothing else."""
    return account.unit_id is None or is_scoped(current_app.view_functions[f"admin.{place.endpoint}"])
